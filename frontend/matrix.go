package frontend

import (
	"slices"
	"strings"

	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend/chart"
)

// kindOf tells how a cell without a figure looks.
func kindOf(why score.Note) chart.CellKind {
	switch why {
	case "":
		return chart.HasValue
	case score.NotEnoughAnswers, score.NotEnoughEffortAnswers:
		return chart.NotAnswered
	case score.NothingApplicable:
		return chart.NotApplicable
	}
	return chart.NotComparable
}

// saidKind tells how the cell of an indicator looks. Effort leaves out what the city neither holds nor shares.
func saidKind(x score.Saying, m compare.Measure) chart.CellKind {
	switch {
	case x.NonAnswer == survey.NotApplicable:
		return chart.NotApplicable
	case x.NonAnswer == survey.NotOurs, m == compare.Effort && (x.Holder == survey.Regional || x.Holder == survey.National || x.Holder == survey.Nobody):
		return chart.NotComparable
	case !x.Answered:
		return chart.NotAnswered
	}
	return chart.HasValue
}

// cells are the cells of a city at a level.
func (c layout) cells(city compared, level string) (out []chart.HeatCell) {
	if level == ByIndicator {
		for i := range c.x.Cohort.Scheme.ScoredIDs() {
			x := c.x.Cohort.Scheme.At(city.Marks, i)
			out = append(out, chart.HeatCell{Value: x.Value, Kind: saidKind(x, c.ask.Measure)})
		}
		return out
	}
	results := city.Dimensions
	if level == BySubcategory {
		results = city.Subcategories
	}
	for _, r := range results {
		v, why := c.of(r)
		out = append(out, chart.HeatCell{Value: snap(v.Central), Kind: kindOf(why)})
	}
	return out
}

func (c layout) matrix(p *Comparison) {
	heat := c.heat(c.ask.Level)
	p.Matrix = c.table(heat, c.ask.Level)
	if p.Matrix.Drawn = heat.Size() <= chart.MostCells && len(c.page) > 0; p.Matrix.Drawn {
		c.album.add(&p.Heat.Wide, heat, chart.Wide)
		p.Heat.Live = c.alive(heat)
		narrow := heat
		narrow.Groups = slices.Clone(heat.Groups) // the wide one is being drawn meanwhile
		if c.ask.Level != ByDimension {
			narrow = c.heat(ByDimension)
			for i := range narrow.Groups {
				narrow.Groups[i].Name = ""
			}
		}
		// A phone gets the ids of the dimensions as heads.
		for i := range narrow.Groups {
			if len(narrow.Groups[i].Columns) == 1 {
				narrow.Groups[i].Columns = []string{c.reader.in.Dimensions[i].ID}
			}
		}
		c.album.add(&p.Heat.Narrow, narrow, chart.Narrow)
	}
	if !p.Matrix.Drawn && c.ask.Level != ByDimension {
		phone := c.table(c.heat(ByDimension), ByDimension)
		p.Phone = &phone
	}
	p.HeatFinding = c.heatFinding(heat)
}

// heatFinding says how many cells have no figure: of all selected cities, of indicators those of the page.
func (c layout) heatFinding(heat chart.HeatMap) string {
	counts := map[chart.CellKind]int{}
	cells := 0
	if c.ask.Level == ByIndicator {
		for _, row := range heat.Rows {
			for _, x := range row.Cells {
				counts[x.Kind]++
				cells++
			}
		}
	} else {
		parts := c.x.Cohort.Scheme.DimensionIDs()
		if c.ask.Level == BySubcategory {
			parts = c.x.Cohort.Scheme.SubcategoryIDs()
		}
		for _, part := range parts {
			d := c.x.Selection.Spread(part, c.ask.Measure)
			cells += d.Counted
			for why, n := range d.Left {
				counts[kindOf(why)] += n
				cells += n
			}
		}
	}
	var said []string
	for _, kind := range []struct {
		of  chart.CellKind
		key string
	}{{chart.NotComparable, "compare.heat_elsewhere"}, {chart.NotAnswered, "compare.heat_open"}, {chart.NotApplicable, "compare.heat_nothing"}} {
		if n := counts[kind.of]; n > 0 {
			said = append(said, c.N(kind.key, n, "Cells", cells))
		}
	}
	if len(said) == 0 {
		said = append(said, c.N("compare.heat_all", cells))
	}
	return strings.Join(said, " ")
}

// heat is the matrix of the cities of the page.
func (c layout) heat(level string) chart.HeatMap {
	h := chart.HeatMap{Label: c.T("compare.heat_label"), RTL: c.Dir() == "rtl", City: c.T("compare.city"),
		NotComparable: c.T("compare.not_comparable"), NotAnswered: c.T("compare.not_answered"), NotApplicable: c.T("compare.not_applicable")}
	for i := range c.reader.in.Dimensions {
		d := &c.reader.in.Dimensions[i]
		if level == ByDimension {
			h.Groups = append(h.Groups, chart.HeatGroup{Columns: []string{c.short(d)}})
			continue
		}
		g := chart.HeatGroup{Name: c.short(d)}
		for _, s := range d.Subcategories {
			if level == BySubcategory {
				g.Columns = append(g.Columns, s.ID)
				continue
			}
			for _, q := range s.Indicators {
				if q.Scored {
					g.Columns = append(g.Columns, q.ID)
				}
			}
		}
		h.Groups = append(h.Groups, g)
	}
	for _, city := range c.page {
		h.Rows = append(h.Rows, chart.HeatRow{Name: city.Name, Marked: c.marked != nil && city.Assessment == c.marked.Assessment, Cells: c.cells(city, level)})
	}
	return h
}

// table is the same matrix as a table.
func (c layout) table(h chart.HeatMap, level string) (m Matrix) {
	for i := range c.reader.in.Dimensions {
		d := &c.reader.in.Dimensions[i]
		if level == ByDimension {
			m.Heads = append(m.Heads, MatrixHead{c.short(d), c.said(d.Title)})
			continue
		}
		m.Groups = append(m.Groups, MatrixGroup{c.said(shortOf(d)), len(h.Groups[i].Columns)})
		for _, s := range d.Subcategories {
			if level == BySubcategory {
				m.Heads = append(m.Heads, MatrixHead{s.ID, c.said(s.Title)})
				continue
			}
			for _, q := range s.Indicators {
				if q.Scored {
					m.Heads = append(m.Heads, MatrixHead{q.ID, c.said(q.Title)})
				}
			}
		}
	}
	for i, row := range h.Rows {
		line := MatrixRow{Name: row.Name, Marked: row.Marked, Href: "/assessments/" + c.page[i].Assessment + "/results", Private: !c.page[i].Consents}
		for _, x := range row.Cells {
			line.Cells = append(line.Cells, c.cell(x, h))
		}
		m.Rows = append(m.Rows, line)
	}
	return m
}

func shortOf(d *survey.Dimension) survey.Text {
	if len(d.Short) > 0 {
		return d.Short
	}
	return d.Title
}

func (c layout) cell(x chart.HeatCell, h chart.HeatMap) MatrixCell {
	switch x.Kind {
	case chart.NotComparable:
		return MatrixCell{Class: "nc", Words: h.NotComparable}
	case chart.NotAnswered:
		return MatrixCell{Class: "na", Sign: "?", Words: h.NotAnswered}
	case chart.NotApplicable:
		return MatrixCell{Class: "na", Sign: "–", Words: h.NotApplicable}
	}
	return MatrixCell{Class: chart.ShadeClass(x.Value), Figure: c.whole(x.Value)}
}

// alive is a chart for the browser to draw; nil where it cannot be drawn.
func (c layout) alive(x chart.Chart) *Live {
	d, ok := c.live(x, chart.Wide)
	if !ok {
		return nil
	}
	return &Live{d.Option, d.Width, d.Height}
}
