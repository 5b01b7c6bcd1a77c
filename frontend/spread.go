package frontend

import (
	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/frontend/chart"
)

func (c layout) strip(p *Comparison) {
	s := chart.Strip{Label: c.T("compare.strip_label"), RTL: c.Dir() == "rtl", Dimension: c.T("results.dimension"), Median: c.T("compare.median"),
		FirstQuartile: c.T("compare.first_quartile"), ThirdQuartile: c.T("compare.third_quartile"), Marked: p.Marked}
	above, at, below, enough := 0, 0, 0, false
	for i, dimension := range c.reader.in.Dimensions {
		d, title := c.x.Selection.Spread(dimension.ID, c.ask.Measure), dimension.Title
		row := chart.StripRow{Name: c.said(title).Text, Spread: d.Enough, Q1: snap(d.FirstQuartile), Median: snap(d.Median), Q3: snap(d.ThirdQuartile)}
		if !d.Enough {
			row.Words = c.T("compare.too_few_short")
		} else {
			enough = true
			row.Values = c.T("compare.row_median", "Median", c.whole(d.Median))
		}
		if c.marked != nil {
			v, why := c.of(c.marked.Dimensions[i])
			row.Own = interval(v, "")
			line := PositionLine{Name: c.said(title), Shown: c.shown(v, why)}
			if why != "" {
				row.Own.Words = c.T("results.short_" + string(why))
				line.Words = c.T("compare.not_counted")
			} else if quarter, distance, ok := d.Place(v.Central); ok {
				row.Values = c.T("compare.row_both", "Value", c.whole(v.Central), "Median", c.whole(d.Median))
				line.Words = c.position(quarter, distance, d.Median)
				switch {
				case distance > 0:
					above++
				case distance < 0:
					below++
				default:
					at++
				}
			} else {
				line.Words = c.T("compare.too_few")
			}
			p.Positions = append(p.Positions, line)
		}
		if d.Enough {
			row.Peers = c.peers(dimension.ID)
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

// peers are the other cities that have a value in a dimension, with their names where each is a circle of its own.
func (c layout) peers(part string) (out []chart.Peer) {
	values := c.x.Selection.Values(part, c.ask.Measure)
	if len(values) > chart.MostDots+1 {
		for _, v := range values { // columns, of all of them: one among many makes no difference
			out = append(out, chart.Peer{Value: snap(v)})
		}
		return out
	}
	for i := range c.x.Selection.Size() {
		city := c.x.Selection.At(i)
		if v, why := c.x.Cohort.Value(city.Code, part, c.ask.Measure); why == "" && (c.marked == nil || city.Code != c.marked.Code) {
			out = append(out, chart.Peer{Name: city.Name, Value: snap(v)})
		}
	}
	return out
}

// position says in words where a city stands: between which quartiles, and how far from the median.
func (r reader) position(quarter compare.Quarter, distance, median float64) string {
	shown := r.whole(median)
	if quarter == compare.AtMedian {
		return r.T("compare.at_median", "Median", shown)
	}
	key := "compare.above"
	if distance < 0 {
		distance, key = -distance, "compare.below"
	}
	points := r.T("compare.less_than_a_point")
	if n := score.Round(distance); n > 0 {
		points = r.N("compare.points", n)
	}
	return r.T(key, "Quarter", r.T("compare."+string(quarter)), "Points", points, "Median", shown)
}

// boxes shows the five numbers of every dimension; with more detail, of every sub-category.
func (c layout) boxes(p *Comparison) {
	b := chart.Box{Label: c.T("compare.box_label"), RTL: c.Dir() == "rtl", Part: c.T("results.dimension"), Marked: p.Marked,
		Names: [5]string{c.T("compare.least"), c.T("compare.first_quartile"), c.T("compare.median"), c.T("compare.third_quartile"), c.T("compare.largest")}}
	enough, place := false, 0
	add := func(id, name string, own func(compared) score.Result) {
		d := c.x.Selection.Spread(id, c.ask.Measure)
		row := chart.BoxRow{Name: name, Spread: d.Enough,
			Five: [5]float64{snap(d.Min), snap(d.FirstQuartile), snap(d.Median), snap(d.ThirdQuartile), snap(d.Max)}, Words: c.T("compare.too_few_short")}
		if c.marked != nil {
			v, why := c.of(own(*c.marked))
			if row.Own = interval(v, ""); why != "" {
				row.Own.Words = c.T("results.short_" + string(why))
			}
		}
		enough = enough || d.Enough
		b.Rows = append(b.Rows, row)
	}
	for i, dimension := range c.reader.in.Dimensions {
		if c.ask.Level == ByDimension {
			add(dimension.ID, c.said(dimension.Title).Text, func(own compared) score.Result { return own.Dimensions[i] })
			continue
		}
		b.Part = c.T("results.subcategory")
		for _, sub := range dimension.Subcategories {
			at := place
			add(sub.ID, sub.ID+" "+c.said(sub.Title).Text, func(own compared) score.Result { return own.Subcategories[at] })
			place++
		}
	}
	p.BoxTable = b.Table()
	if enough {
		c.album.add(&p.Boxes.Wide, b, chart.Wide)
		c.album.add(&p.Boxes.Narrow, b, chart.Narrow)
	}
}

// dimension is the place of a dimension that is asked for, else the first.
func (x Compared) dimension(id string) int {
	for i, d := range x.Instrument.Dimensions {
		if d.ID == id {
			return i
		}
	}
	return 0
}

// axis is what an axis shows: what is asked for, else a dimension at a place.
func (x Compared) axis(id string, otherwise int) compare.Axis {
	if id == ByPopulation {
		return compare.Axis{Population: true}
	}
	for _, d := range x.Instrument.Dimensions {
		if d.ID == id {
			return compare.Axis{Part: id}
		}
	}
	return compare.Axis{Part: x.Instrument.Dimensions[min(otherwise, len(x.Instrument.Dimensions)-1)].ID}
}

func (c layout) scale(a compare.Axis) chart.Scale {
	if a.Population {
		return chart.Scale{Name: c.T("compare.population"), Log: true}
	}
	return chart.Scale{Name: c.said(c.reader.in.Dimension(a.Part).Title).Text}
}

func (c layout) scatter(p *Comparison) {
	x, y := c.x.axis(c.ask.X, 0), c.x.axis(c.ask.Y, 1)
	x.Measure, y.Measure = c.ask.Measure, c.ask.Measure
	pairs, left := c.x.Selection.Pairs(x, y)
	s := chart.Scatter{Label: c.T("compare.scatter_label"), RTL: c.Dir() == "rtl", City: c.T("compare.city"), X: c.scale(x), Y: c.scale(y), Marked: p.Marked, Least: compare.MinCities}
	for _, pair := range pairs {
		s.Points = append(s.Points, chart.Point{Name: pair.Name, X: pair.X, Y: pair.Y, Marked: c.marked != nil && pair.City == c.marked.Code})
	}
	if len(pairs) == 0 {
		p.ScatterFinding = c.T("compare.scatter_few")
		return
	}
	p.ScatterFinding = c.N("compare.scatter_of", len(pairs), "Left", left)
	s.Points = byName(c.Lang(), s.Points[:len(s.Points):len(s.Points)], func(q chart.Point) string { return q.Name }, func(chart.Point) string { return "" })
	p.ScatterTable = s.Table()
	c.album.add(&p.Scatter.Wide, s, chart.Wide)
	c.album.add(&p.Scatter.Narrow, s, chart.Narrow)
}

func (c layout) slope(p *Comparison) {
	if c.x.Before == nil {
		return
	}
	changes, left := compare.Changes(c.x.Selection, c.x.Before, chart.MostSlopes)
	common := len(compare.Comparable(c.x.Before.Scheme.Instrument(), c.x.Instrument))
	place := c.x.dimension(c.ask.Part)
	s := chart.Slope{Label: c.T("compare.slope_label"), RTL: c.Dir() == "rtl", City: c.T("compare.city"), Before: c.x.BeforeName, Now: c.x.Round.Title, None: c.T("compare.no_value")}
	drawn := false
	for _, x := range changes {
		line := chart.SlopeLine{Name: x.Name, Marked: c.marked != nil && x.City == c.marked.Code}
		if place < len(x.Before) && place < len(x.Now) {
			before, why := c.of(x.Before[place])
			now, why2 := c.of(x.Now[place])
			line.Before, line.Now = interval(before, ""), interval(now, "")
			drawn = drawn || (why == "" && why2 == "")
		}
		s.Lines = append(s.Lines, line)
	}
	s.Lines = byName(c.Lang(), s.Lines, func(l chart.SlopeLine) string { return l.Name }, func(chart.SlopeLine) string { return "" })
	p.SlopeLeft = c.N("compare.slope_left", left)
	if !drawn {
		p.SlopeFinding = c.T("compare.slope_none")
		return
	}
	p.SlopeFinding = c.N("compare.slope_common", common, "Cities", len(changes))
	p.SlopeTable = s.Table()
	c.album.add(&p.Slope.Wide, s, chart.Wide)
	c.album.add(&p.Slope.Narrow, s, chart.Narrow)
}

// shapes sets the radars of the chosen cities side by side: the marked one, else the first by name, where none is chosen.
func (c layout) shapes(p *Comparison) {
	var chosen []compared
	for _, code := range c.ask.With {
		if city, ok := c.x.Cohort.City(code); ok && c.x.Selection.Has(code) && len(chosen) < MostShapes {
			chosen = append(chosen, c.x.numbered(city))
		}
	}
	if len(chosen) == 0 && c.marked != nil {
		chosen = append(chosen, *c.marked)
	}
	if len(chosen) == 0 {
		chosen = c.page[:min(MostShapes, len(c.page))]
	}
	t := chart.Table{Head: []string{c.T("compare.city")}}
	median := chart.TableRow{Head: c.T("compare.median")}
	for i := range c.reader.in.Dimensions {
		d := c.x.Selection.Spread(c.reader.in.Dimensions[i].ID, c.ask.Measure)
		t.Head = append(t.Head, c.short(&c.reader.in.Dimensions[i]))
		cell := chart.TableCell{Words: c.T("compare.too_few_short")}
		if d.Enough {
			cell = chart.TableCell{Value: c.whole(d.Median)}
		}
		median.Cells = append(median.Cells, cell)
	}
	p.Shapes = make([]Shape, len(chosen))
	for i := range chosen {
		t.Rows = append(t.Rows, c.shape(&p.Shapes[i], chosen[i]))
	}
	t.Rows = append(t.Rows, median)
	p.ShapesTable = t
}

// shape fills the place of a city's shape, and returns its figures for the table.
func (c layout) shape(place *Shape, city compared) chart.TableRow {
	marked := c.marked != nil && city.Assessment == c.marked.Assessment
	d := chart.Radar{RTL: c.Dir() == "rtl", Label: city.Name, Dimension: c.T("results.dimension"), Name: city.Name, MedianName: c.T("compare.median"), Marked: marked}
	line := chart.TableRow{Head: city.Name, Marked: marked}
	all := true
	for i, r := range city.Dimensions {
		v, why := c.of(r)
		spread := c.x.Selection.Spread(c.reader.in.Dimensions[i].ID, c.ask.Measure)
		all = all && v.Known
		corner := chart.Corner{Name: c.reader.in.Dimensions[i].ID, Value: interval(v, ""), Median: snap(spread.Median), MedianKnown: spread.Enough}
		d.Corners = append(d.Corners, corner)
		s := c.shown(v, why)
		line.Cells = append(line.Cells, chart.TableCell{Value: s.Figure, Range: s.Range, Words: s.Words})
		d.Label += ", " + corner.Name + " " + s.Figure + s.Words
	}
	if !all {
		*place = Shape{Name: city.Name, Marked: marked, Words: c.T("compare.no_shape")}
		return line
	}
	*place = Shape{Name: city.Name, Marked: marked}
	c.album.add(&place.Chart, d, chart.Small)
	return line
}
