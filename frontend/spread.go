package frontend

import (
	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/frontend/chart"
)

func (c layout) strip(p *Comparison) {
	s := chart.Strip{Label: c.T("compare.strip_label"), RTL: c.Dir() == "rtl", Dimension: c.T("results.dimension"), Median: c.T("compare.median"),
		FirstQuartile: c.T("compare.first_quartile"), ThirdQuartile: c.T("compare.third_quartile"), Marked: p.Marked}
	above, at, below, enough := 0, 0, 0, false
	for i, d := range c.spread.Dimensions {
		title := c.reader.in.Dimensions[i].Title
		row := chart.StripRow{Name: c.said(title).Text, Spread: d.Enough, Q1: snap(d.FirstQuartile), Median: snap(d.Median), Q3: snap(d.ThirdQuartile)}
		if !d.Enough {
			row.Words = c.T("compare.too_few_short")
		} else {
			enough = true
			row.Values = c.T("compare.row_median", "Median", c.whole(d.Median))
		}
		if c.marked != nil {
			v, why := c.of(c.marked.Numbers.Dimensions[i])
			row.Own = interval(v, "")
			line := PositionLine{Name: c.said(title), Shown: c.shown(v, why)}
			if why != "" {
				row.Own.Words = c.T("results.short_" + string(why))
				line.Words = c.T("compare.not_counted")
			} else if where, ok := d.Position(c.marked.Assessment.City.Code); ok {
				row.Values = c.T("compare.row_both", "Value", c.whole(v.Central), "Median", c.whole(d.Median))
				line.Words = c.position(where, d)
				switch {
				case where.Distance > 0:
					above++
				case where.Distance < 0:
					below++
				default:
					at++
				}
			} else {
				line.Words = c.T("compare.too_few")
			}
			p.Positions = append(p.Positions, line)
		}
		for _, point := range d.Points {
			if c.marked == nil || point.City != c.marked.Assessment.City.Code {
				row.Peers = append(row.Peers, chart.Peer{Name: point.Name, Value: snap(point.Central)})
			}
		}
		s.Rows = append(s.Rows, row)
	}
	switch {
	case !enough:
		p.StripFinding = c.T("compare.too_few")
	case c.marked != nil:
		p.StripFinding = c.N("compare.strip_marked", above+at+below, "Above", above, "At", at, "Below", below)
	default:
		p.StripFinding = c.T("compare.strip_plain")
	}
	p.StripTable = s.Table()
	if enough {
		p.StripHow = c.T("compare.strip_dots")
		if !s.Dots() {
			p.StripHow = c.T("compare.strip_columns")
		}
		c.album.add(&p.Strip.Wide, s, chart.Wide)
		c.album.add(&p.Strip.Narrow, s, chart.Narrow)
		p.Strip.Live = c.alive(s)
	}
}

// position says in words where a city stands: between which quartiles, and how far from the median.
func (c layout) position(where compare.Position, d compare.Distribution) string {
	median := c.whole(d.Median)
	if where.Quarter == compare.AtMedian {
		return c.T("compare.at_median", "Median", median)
	}
	distance, key := where.Distance, "compare.above"
	if distance < 0 {
		distance, key = -distance, "compare.below"
	}
	points := c.T("compare.less_than_a_point")
	if n := score.Round(distance); n > 0 {
		points = c.N("compare.points", n)
	}
	return c.T(key, "Quarter", c.T("compare."+string(where.Quarter)), "Points", points, "Median", median)
}

// shapes sets the radars of the chosen cities side by side: the marked one, else the first by name, where none is chosen.
func (c layout) shapes(p *Comparison) {
	var chosen []*assessment.ScoreRow
	for _, code := range c.ask.With {
		if row := c.row(code); row != nil {
			chosen = append(chosen, row)
		}
	}
	if len(chosen) == 0 && c.marked != nil {
		chosen = append(chosen, c.marked)
	}
	if len(chosen) == 0 {
		for i := range min(MostShapes, len(c.in)) {
			chosen = append(chosen, &c.in[i])
		}
	}
	t := chart.Table{Head: []string{c.T("compare.city")}}
	median := chart.TableRow{Head: c.T("compare.median")}
	for i, d := range c.spread.Dimensions {
		t.Head = append(t.Head, c.short(&c.reader.in.Dimensions[i]))
		cell := chart.TableCell{Words: c.T("compare.too_few_short")}
		if d.Enough {
			cell = chart.TableCell{Value: c.whole(d.Median)}
		}
		median.Cells = append(median.Cells, cell)
	}
	p.Shapes = make([]Shape, len(chosen))
	for i, row := range chosen {
		t.Rows = append(t.Rows, c.shape(&p.Shapes[i], row))
	}
	t.Rows = append(t.Rows, median)
	p.ShapesTable = t
}

// shape fills the place of a city's shape, and returns its figures for the table.
func (c layout) shape(place *Shape, row *assessment.ScoreRow) chart.TableRow {
	name, marked := row.Assessment.City.Name, c.marked != nil && row.Assessment.ID == c.marked.Assessment.ID
	d := chart.Radar{RTL: c.Dir() == "rtl", Label: name, Dimension: c.T("results.dimension"), Name: name, MedianName: c.T("compare.median"), Marked: marked}
	line := chart.TableRow{Head: name, Marked: marked}
	all := true
	for i, r := range row.Numbers.Dimensions {
		v, why := c.of(r)
		spread := c.spread.Dimensions[i]
		all = all && v.Known
		corner := chart.Corner{Name: c.reader.in.Dimensions[i].ID, Value: interval(v, ""), Median: snap(spread.Median), MedianKnown: spread.Enough}
		d.Corners = append(d.Corners, corner)
		s := c.shown(v, why)
		line.Cells = append(line.Cells, chart.TableCell{Value: s.Figure, Range: s.Range, Words: s.Words})
		d.Label += ", " + corner.Name + " " + s.Figure + s.Words
	}
	if !all {
		*place = Shape{Name: name, Marked: marked, Words: c.T("compare.no_shape")}
		return line
	}
	*place = Shape{Name: name, Marked: marked}
	c.album.add(&place.Chart, d, chart.Small)
	return line
}
