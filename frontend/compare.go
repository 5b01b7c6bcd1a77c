package frontend

import (
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend/chart"
)

// The levels of detail of the matrix.
const (
	ByDimension   = "dimensions"
	BySubcategory = "subcategories"
)

// MostShapes is how many shapes stand side by side at most.
const MostShapes = 4

// mostNames is how many names of cities a list tells before it says how many more there are.
const mostNames = 40

// Ask is what the reader wants to see; it lives in the address.
type Ask struct {
	Measure compare.Measure
	Level   string
	City    string   // code of the marked city
	With    []string // codes of the cities whose shapes stand side by side
	Page    int
}

// ParseAsk reads the address. What is unknown there is as if it were not there.
func ParseAsk(q url.Values) Ask {
	a := Ask{Measure: compare.Situation, Level: ByDimension, City: q.Get("city"), Page: 1}
	if m := compare.Measure(q.Get("measure")); slices.Contains(compare.Measures, m) {
		a.Measure = m
	}
	if q.Get("level") == BySubcategory {
		a.Level = BySubcategory
	}
	for _, code := range q["with"] {
		if len(a.With) < MostShapes && !slices.Contains(a.With, code) {
			a.With = append(a.With, code)
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		a.Page = n
	}
	return a
}

// query writes the address of a page of the same view.
func (a Ask) query(page int) string {
	q := url.Values{"measure": {string(a.Measure)}, "level": {a.Level}}
	if a.City != "" {
		q.Set("city", a.City)
	}
	for _, code := range a.With {
		q.Add("with", code)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return q.Encode()
}

// Choice is one choice of a filter.
type Choice struct {
	Value, Text string
	Chosen      bool
}

// Live is a drawing that the browser may draw itself, in CSS pixels.
type Live struct {
	Option        json.RawMessage
	Width, Height int
}

// Figure is a chart in its drawings. Live is nil where nothing is to be explored.
type Figure struct {
	Wide, Narrow template.HTML
	Live         *Live
}

// Comparison sets the cities of a round side by side.
type Comparison struct {
	Frame
	Code, Title              string
	Measures, Levels, Cities []Choice
	Chips                    []Choice // cities of this page to set side by side
	Kept                     []string // chosen on other pages
	Marked                   string   // name of the marked city
	MarkedWords              string   // when the marked city is not among those handed in
	Counted, All             int
	LeftOut                  []LeftGroup
	Parts                    []PartCount
	Heat                     Figure
	Matrix                   Matrix
	Phone                    *Matrix // the dimensions, for a phone, where a table of sub-categories stands
	HeatFinding              string
	Pager                    Pager
	Strip                    Figure
	StripTable               chart.Table
	StripFinding, StripHow   string
	Positions                []PositionLine
	Shapes                   []Shape
	ShapesTable              chart.Table
	Subcategories            bool
}

// LeftGroup are cities that are not counted, for one reason.
type LeftGroup struct {
	Title string
	Names []string
	More  int // further ones that are not named
}

// PartCount tells of a dimension which cities are counted in it.
type PartCount struct {
	Name    Said
	Counted int
	Left    []LeftGroup
}

// Matrix is cities by dimensions or sub-categories, as a table with shades.
type Matrix struct {
	Groups []MatrixGroup
	Heads  []MatrixHead
	Rows   []MatrixRow
	Drawn  bool // a chart shows the same; the table is a step away
}

// MatrixGroup is a dimension over its sub-categories.
type MatrixGroup struct {
	Name Said
	Span int
}

// MatrixHead is the head of a column: what is shown, and what it stands for.
type MatrixHead struct {
	Short string
	Name  Said
}

// MatrixRow is a city.
type MatrixRow struct {
	Name   string
	Href   string
	Marked bool
	Cells  []MatrixCell
}

// MatrixCell is a figure with the class of its shade, or the class and the words of why there is none.
type MatrixCell struct{ Class, Figure, Sign, Words string }

// PositionLine says where the marked city stands in a dimension.
type PositionLine struct {
	Name  Said
	Shown Reading
	Words string
}

// Shape is the radar of one city, or words where it has none.
type Shape struct {
	Name   string
	Marked bool
	Chart  template.HTML
	Words  string
}

// layout is what the parts of the page are made from.
type layout struct {
	reader
	ask    Ask
	in     []assessment.ScoreRow // handed in, by name
	spread compare.Distributions
	marked *assessment.ScoreRow
	draw   Draw
	live   func(chart.Chart, chart.Size) (chart.Drawing, bool)
}

// NewCompare lays out the comparison. Distributions are those of all cities that have handed in, not of one page.
func NewCompare(f Frame, w *locale.Words, scheme *score.Scheme, x assessment.RoundResults, ask Ask, draw Draw, live func(chart.Chart, chart.Size) (chart.Drawing, bool)) Comparison {
	c := layout{reader: reader{w, x.Instrument}, ask: ask, draw: draw, live: live}
	p := Comparison{Frame: f, Code: x.Round.Code, Title: x.Round.Title, All: len(x.Rows), Subcategories: ask.Level == BySubcategory}
	var members []compare.Member
	var open []string
	for _, row := range rowsByName(f.Lang, x.Rows) {
		if row.Assessment.Open() {
			open = append(open, row.Assessment.City.Name)
			continue
		}
		c.in = append(c.in, row)
		members = append(members, compare.Member{City: row.Assessment.City.Code, Name: row.Assessment.City.Name, Numbers: row.Numbers})
	}
	for i := range c.in {
		if ask.City != "" && c.in[i].Assessment.City.Code == ask.City {
			c.marked = &c.in[i]
			p.Marked = c.in[i].Assessment.City.Name
		}
	}
	if ask.City != "" && c.marked == nil {
		p.MarkedWords = w.T("compare.marked_missing")
	}
	c.spread = compare.Distribute(scheme, members, ask.Measure)
	page, pager := turn(c.in, ask.Page, w, func(i int) string { return "/rounds/" + x.Round.Code + "/compare?" + ask.query(i) })
	p.Pager = pager
	c.choices(&p, page)
	c.whoCounts(&p, open)
	c.matrix(&p, page)
	c.strip(&p)
	c.shapes(&p)
	return p
}

func (c layout) choices(p *Comparison, page []assessment.ScoreRow) {
	for _, m := range compare.Measures {
		p.Measures = append(p.Measures, Choice{string(m), c.T("results." + string(m)), m == c.ask.Measure})
	}
	for _, l := range []string{ByDimension, BySubcategory} {
		p.Levels = append(p.Levels, Choice{l, c.T("compare.level_" + l), l == c.ask.Level})
	}
	p.Cities = []Choice{{"", c.T("compare.none"), c.marked == nil}}
	for _, row := range c.in {
		city := row.Assessment.City
		p.Cities = append(p.Cities, Choice{city.Code, city.Name, city.Code == c.ask.City})
	}
	here := map[string]bool{}
	for _, row := range page {
		city := row.Assessment.City
		here[city.Code] = true
		p.Chips = append(p.Chips, Choice{city.Code, city.Name, slices.Contains(c.ask.With, city.Code)})
	}
	for _, code := range c.ask.With {
		if !here[code] && c.row(code) != nil {
			p.Kept = append(p.Kept, code)
		}
	}
}

// row finds the row of a city that has handed in.
func (c layout) row(code string) *assessment.ScoreRow {
	for i := range c.in {
		if c.in[i].Assessment.City.Code == code {
			return &c.in[i]
		}
	}
	return nil
}

// group names cities up to a limit.
func group(title string, names []string) LeftGroup {
	g := LeftGroup{Title: title, Names: names}
	if len(names) > mostNames {
		g.Names, g.More = names[:mostNames], len(names)-mostNames
	}
	return g
}

// whoCounts tells who is counted, who is not, and why. A city is counted when it has a value in one dimension at least.
func (c layout) whoCounts(p *Comparison, open []string) {
	if len(open) > 0 {
		p.LeftOut = append(p.LeftOut, group(c.N("compare.not_handed_in", len(open)), open))
	}
	empty := map[score.Note][]string{}
	for _, row := range c.in {
		why, counted := score.NothingApplicable, false
		for i, d := range row.Numbers.Dimensions {
			_, note := c.of(d)
			counted = counted || note == ""
			if i == 0 {
				why = note
			}
		}
		if counted {
			p.Counted++
			continue
		}
		empty[why] = append(empty[why], row.Assessment.City.Name)
	}
	p.LeftOut = append(p.LeftOut, c.byReason(empty)...)
	for i, d := range c.spread.Dimensions {
		why := map[score.Note][]string{}
		for _, x := range d.LeftOut {
			why[x.Why] = append(why[x.Why], x.Name)
		}
		p.Parts = append(p.Parts, PartCount{Name: c.said(c.reader.in.Dimensions[i].Title), Counted: d.Counted, Left: c.byReason(why)})
	}
}

func (c layout) byReason(names map[score.Note][]string) (out []LeftGroup) {
	for _, note := range score.Notes {
		if list := names[note]; len(list) > 0 {
			list = byName(c.Lang(), list, func(s string) string { return s }, func(s string) string { return s })
			out = append(out, group(c.N("compare.left_"+string(note), len(list)), list))
		}
	}
	return out
}

// of is the number of a result that is compared, and why it has no central value.
func (c layout) of(r score.Result) (score.Interval, score.Note) {
	if c.ask.Measure == compare.Effort {
		return r.Effort, r.EffortNote()
	}
	return r.Situation, r.SituationNote()
}

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
		p.Heat.Wide = c.draw(heat, chart.Wide)
		p.Heat.Live = c.alive(heat)
		narrow := heat
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
		p.Heat.Narrow = c.draw(narrow, chart.Narrow)
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
		p.Strip = Figure{Wide: c.draw(s, chart.Wide), Narrow: c.draw(s, chart.Narrow), Live: c.alive(s)}
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
	for _, row := range chosen {
		shape, line := c.shape(row)
		p.Shapes = append(p.Shapes, shape)
		t.Rows = append(t.Rows, line)
	}
	t.Rows = append(t.Rows, median)
	p.ShapesTable = t
}

func (c layout) shape(row *assessment.ScoreRow) (Shape, chart.TableRow) {
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
		return Shape{Name: name, Marked: marked, Words: c.T("compare.no_shape")}, line
	}
	return Shape{Name: name, Marked: marked, Chart: c.draw(d, chart.Small)}, line
}
