package frontend

import (
	"slices"
	"strings"

	"migov/assessment"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend/chart"
)

// results are the results of a row at the level of the matrix.
func results(row assessment.ScoreRow, level string) []score.Result {
	if level == BySubcategory {
		return row.Numbers.Subcategories
	}
	return row.Numbers.Dimensions
}

// kindOf tells how a cell without a figure looks.
func kindOf(why score.Note) chart.CellKind {
	switch why {
	case "":
		return chart.HasValue
	case score.NotEnoughAnswers, score.NotEnoughEffortAnswers:
		return chart.NotAnswered
	}
	return chart.NotComparable
}

func (c layout) matrix(p *Comparison, page []assessment.ScoreRow) {
	heat := c.heat(page, c.ask.Level)
	p.Matrix = c.table(heat, page)
	if p.Matrix.Drawn = heat.Size() <= chart.MostCells && len(page) > 0; p.Matrix.Drawn {
		c.album.add(&p.Heat.Wide, heat, chart.Wide)
		p.Heat.Live = c.alive(heat)
		narrow := heat
		narrow.Groups = slices.Clone(heat.Groups) // the wide one is being drawn meanwhile
		if c.ask.Level == BySubcategory {
			narrow = c.heat(page, ByDimension)
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
	if !p.Matrix.Drawn && c.ask.Level == BySubcategory {
		dimensions := c
		dimensions.ask.Level = ByDimension
		phone := dimensions.table(dimensions.heat(page, ByDimension), page)
		p.Phone = &phone
	}
	cells, elsewhere, open := 0, 0, 0
	for _, row := range c.in {
		for _, r := range results(row, c.ask.Level) {
			_, why := c.of(r)
			cells++
			switch kindOf(why) {
			case chart.NotComparable:
				elsewhere++
			case chart.NotAnswered:
				open++
			}
		}
	}
	var said []string
	if elsewhere > 0 {
		said = append(said, c.N("compare.heat_elsewhere", elsewhere, "Cells", cells))
	}
	if open > 0 {
		said = append(said, c.N("compare.heat_open", open, "Cells", cells))
	}
	if len(said) == 0 {
		said = append(said, c.N("compare.heat_all", cells))
	}
	p.HeatFinding = strings.Join(said, " ")
}

// heat is the matrix of some cities.
func (c layout) heat(page []assessment.ScoreRow, level string) chart.HeatMap {
	h := chart.HeatMap{Label: c.T("compare.heat_label"), RTL: c.Dir() == "rtl", City: c.T("compare.city"),
		NotComparable: c.T("compare.not_comparable"), NotAnswered: c.T("compare.not_answered")}
	for i := range c.reader.in.Dimensions {
		d := &c.reader.in.Dimensions[i]
		if level != BySubcategory {
			h.Groups = append(h.Groups, chart.HeatGroup{Columns: []string{c.short(d)}})
			continue
		}
		g := chart.HeatGroup{Name: c.short(d)}
		for _, s := range d.Subcategories {
			g.Columns = append(g.Columns, s.ID)
		}
		h.Groups = append(h.Groups, g)
	}
	for _, row := range page {
		line := chart.HeatRow{Name: row.Assessment.City.Name, Marked: c.marked != nil && row.Assessment.ID == c.marked.Assessment.ID}
		for _, r := range results(row, level) {
			v, why := c.of(r)
			line.Cells = append(line.Cells, chart.HeatCell{Value: snap(v.Central), Kind: kindOf(why)})
		}
		h.Rows = append(h.Rows, line)
	}
	return h
}

// table is the same matrix as a table.
func (c layout) table(h chart.HeatMap, page []assessment.ScoreRow) (m Matrix) {
	for i := range c.reader.in.Dimensions {
		d := &c.reader.in.Dimensions[i]
		if c.ask.Level != BySubcategory {
			m.Heads = append(m.Heads, MatrixHead{c.short(d), c.said(d.Title)})
			continue
		}
		m.Groups = append(m.Groups, MatrixGroup{c.said(shortOf(d)), len(d.Subcategories)})
		for _, s := range d.Subcategories {
			m.Heads = append(m.Heads, MatrixHead{s.ID, c.said(s.Title)})
		}
	}
	for i, row := range h.Rows {
		line := MatrixRow{Name: row.Name, Marked: row.Marked, Href: "/assessments/" + page[i].Assessment.ID + "/results"}
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
