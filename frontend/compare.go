package frontend

import (
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/score"
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
	album  *album
	live   func(chart.Chart, chart.Size) (chart.Drawing, bool)
}

// album draws the charts of a page at the same time, as many as there are engines.
type album struct {
	draw Draw
	work errgroup.Group
}

func newAlbum(draw Draw) *album {
	a := &album{draw: draw}
	a.work.SetLimit(chart.Engines)
	return a
}

// add has a chart drawn into its place on the page, which must stay where it is until wait returns.
func (a *album) add(place *template.HTML, c chart.Chart, size chart.Size) {
	a.work.Go(func() error {
		*place = a.draw(c, size)
		return nil
	})
}

// wait returns when everything is drawn.
func (a *album) wait() { _ = a.work.Wait() } // drawing does not fail: a chart that cannot be drawn is empty

// NewCompare lays out the comparison. Draw is called from several goroutines. Distributions are those of all cities that have handed in, not of one page.
func NewCompare(f Frame, w *locale.Words, scheme *score.Scheme, x assessment.RoundResults, ask Ask, draw Draw, live func(chart.Chart, chart.Size) (chart.Drawing, bool)) Comparison {
	c := layout{reader: reader{w, x.Instrument}, ask: ask, album: newAlbum(draw), live: live}
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
	c.album.wait()
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
