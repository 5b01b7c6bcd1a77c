package frontend

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend/chart"
)

// The levels of detail of the matrix.
const (
	ByDimension   = "dimensions"
	BySubcategory = "subcategories"
	ByIndicator   = "indicators"
)

// MostShapes is how many shapes stand side by side at most.
const MostShapes = 4

// mostNames is how many names of cities a list tells before it says how many more there are.
const mostNames = 40

// mostChoices is up to how many cities a list lets one choose the marked one; of more, the code is typed.
const mostChoices = 400

// mostCollated is up to how many cities are put in the order of the reader's language.
const mostCollated = 2000

// ByPopulation is the axis of a scatter that shows residents.
const ByPopulation = "population"

// Ask is what the reader wants to see; it lives in the address.
type Ask struct {
	Measure  compare.Measure
	Level    string
	Standing evidence.Standing // how far answers must be backed to count
	Group    compare.Group
	Fault    error    // of the group, where the address names none that there is
	City     string   // code of the marked city
	With     []string // codes of the chosen cities: the first MostShapes have their shapes side by side
	X, Y     string   // axes of the scatter: ids of dimensions, or ByPopulation
	Before   string   // code of the earlier round
	Part     string   // id of the dimension whose change is drawn
	Page     int
}

// ParseAsk reads the address. What is unknown there is as if it were not there; a group that is not there is a fault as well.
func ParseAsk(q url.Values) Ask {
	a := Ask{Measure: compare.Situation, Level: ByDimension, Standing: evidence.Claimed, City: q.Get("city"), X: q.Get("x"), Y: q.Get("y"), Before: q.Get("before"), Part: q.Get("part"), Page: 1}
	if m := compare.Measure(q.Get("measure")); slices.Contains(compare.Measures, m) {
		a.Measure = m
	}
	if l := q.Get("level"); l == BySubcategory || l == ByIndicator {
		a.Level = l
	}
	if s := evidence.Standing(q.Get("standing")); s == evidence.Evidenced || s == evidence.Verified {
		a.Standing = s
	}
	for _, code := range q["with"] {
		if len(a.With) < 200 && !slices.Contains(a.With, code) {
			a.With = append(a.With, code)
		}
	}
	key := q.Get("group")
	if key == string(compare.ByHand) {
		a.Group = compare.Group{By: compare.ByHand, Codes: slices.Sorted(slices.Values(a.With))}
		if len(a.With) == 0 {
			a.Fault = fault.New(fault.Invalid, "fault.group_by_hand", fault.Args{"Most": 200})
		}
	} else {
		a.Group, a.Fault = compare.ParseGroup(key)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		a.Page = n
	}
	return a
}

// query writes the address of a page of the same view.
func (a Ask) query(page int) string {
	q := url.Values{"measure": {string(a.Measure)}, "level": {a.Level}, "standing": {string(a.Standing)}}
	for name, value := range map[string]string{"city": a.City, "group": a.Group.Key(), "x": a.X, "y": a.Y, "before": a.Before, "part": a.Part} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if a.Group.By == compare.ByHand {
		q.Set("group", string(compare.ByHand))
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

// ChoiceGroup is several choices under one heading; without a heading they stand alone.
type ChoiceGroup struct {
	Title   string
	Choices []Choice
}

// Live is a drawing that the browser may draw itself, in CSS pixels.
type Live struct {
	Option        json.RawMessage
	Width, Height int
}

// Figure is a chart in its drawings. Live is nil where nothing is to be explored. File is the address of the drawing as a file.
type Figure struct {
	Wide, Narrow template.HTML
	Live         *Live
	File         string
}

// Comparison sets the cities of a round side by side.
type Comparison struct {
	Frame
	Code, Title                  string
	Measures, Levels, Standings  []Choice
	Groups                       []ChoiceGroup
	Cities                       []Choice // none where they are too many to list
	Xs, Ys, Befores, PartChoices []Choice
	City                         string   // code of the marked city
	Chips                        []Choice // cities of this page to set side by side
	Kept                         []string // chosen on other pages
	Marked                       string   // name of the marked city
	MarkedWords                  string   // when the marked city is not among those compared
	Warning                      string   // of what was asked and cannot be shown
	GroupWords                   string   // the group in a sentence
	Rule                         string   // of open answers
	Counted, All                 int
	LeftOut                      []LeftGroup
	Parts                        []PartCount
	Heat                         Figure
	Matrix                       Matrix
	Phone                        *Matrix // the dimensions, for a phone, where a wider table stands
	HeatFinding                  string
	Pager                        Pager
	Strip                        Figure
	StripTable                   chart.Table
	StripFinding, StripHow       string
	Positions                    []PositionLine
	Boxes                        Figure
	BoxTable                     chart.Table
	Scatter                      Figure
	ScatterTable                 chart.Table
	ScatterFinding               string
	Slope                        Figure
	SlopeTable                   chart.Table
	SlopeFinding, SlopeLeft      string
	Shapes                       []Shape
	ShapesTable                  chart.Table
	Subcategories, Indicators    bool
	CSV                          string // address of the figures as a file
	Link                         string // of this view
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

// Matrix is cities by dimensions, sub-categories or indicators, as a table with shades.
type Matrix struct {
	Groups []MatrixGroup
	Heads  []MatrixHead
	Rows   []MatrixRow
	Drawn  bool // a chart shows the same; the table is a step away
}

// MatrixGroup is a dimension over its sub-categories or indicators.
type MatrixGroup struct {
	Name Said
	Span int
}

// MatrixHead is the head of a column: what is shown, and what it stands for.
type MatrixHead struct {
	Short string
	Name  Said
}

// MatrixRow is a city. Private: it shows its numbers neither to peers nor to everybody.
type MatrixRow struct {
	Name    string
	Href    string
	Marked  bool
	Private bool
	Cells   []MatrixCell
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

// Compared is what is compared: the cohort of a round with the answers that count, and the cities chosen from it.
type Compared struct {
	Round      assessment.Round
	Instrument *survey.Instrument
	Selection  *compare.Selection
	Cohort     *compare.Cohort
	Warning    error // why something else is shown than was asked
	Earlier    []assessment.Round
	Before     *compare.Cohort // of the earlier round that was asked; nil without
	BeforeName string
}

// compared is a city with its numbers.
type compared struct {
	compare.City
	score.Numbers
}

// layout is what the parts of the page are made from.
type layout struct {
	reader
	ask    Ask
	x      Compared
	page   []compared
	marked *compared
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

// numbered computes the numbers of a city anew: the cohort keeps the central values alone.
func (x Compared) numbered(c compare.City) compared {
	out := compared{City: c}
	x.Cohort.Scheme.Numbers(c.Marks, &out.Numbers)
	return out
}

// cities are the selected cities of a page, in the order of the reader's language where they are not too many.
func (x Compared) cities(lang string, page int, w *locale.Words, href func(int) string) ([]compared, Pager) {
	size := x.Selection.Size()
	if size <= mostCollated {
		all := make([]compare.City, size)
		for i := range all {
			all[i] = x.Selection.At(i)
		}
		all = byName(lang, all, func(c compare.City) string { return c.Name }, func(c compare.City) string { return c.Code })
		some, pager := turn(all, page, w, href)
		return x.all(some), pager
	}
	places := make([]int, size)
	for i := range places {
		places[i] = i
	}
	some, pager := turn(places, page, w, href)
	cities := make([]compare.City, len(some))
	for i, place := range some {
		cities[i] = x.Selection.At(place)
	}
	return x.all(cities), pager
}

func (x Compared) all(cities []compare.City) []compared {
	out := make([]compared, len(cities))
	for i, c := range cities {
		out[i] = x.numbered(c)
	}
	return out
}

// NewCompare lays out the comparison. Draw is called from several goroutines. Distributions are those of all cities that are
// selected, not of one page.
func NewCompare(f Frame, w *locale.Words, x Compared, ask Ask, draw Draw, live func(chart.Chart, chart.Size) (chart.Drawing, bool)) Comparison {
	c := layout{reader: reader{w, x.Instrument}, ask: ask, x: x, album: newAlbum(draw), live: live}
	base := "/rounds/" + x.Round.Code + "/compare"
	p := Comparison{Frame: f, Code: x.Round.Code, Title: x.Round.Title, All: x.Cohort.Size(), Subcategories: ask.Level == BySubcategory, Indicators: ask.Level == ByIndicator,
		CSV: base + ".csv?" + ask.query(1), Link: base + "?" + ask.query(ask.Page), City: ask.City, Rule: w.T("compare.rule")}
	if ask.Standing == evidence.Claimed {
		p.Rule += " " + w.T("compare.claimed")
	}
	c.page, p.Pager = x.cities(f.Lang, ask.Page, w, func(i int) string { return base + "?" + ask.query(i) })
	if city, ok := x.Cohort.City(ask.City); ok && ask.City != "" && x.Selection.Has(city.Code) {
		marked := x.numbered(city)
		c.marked, p.Marked = &marked, city.Name
	} else if ask.City != "" {
		p.MarkedWords = w.T("compare.marked_missing")
	}
	for _, err := range []error{ask.Fault, x.Warning} {
		var said *fault.Fault
		if errors.As(err, &said) {
			p.Warning = w.With(said.Key, said.Args)
		}
	}
	p.GroupWords = c.groupWords()
	c.choices(&p)
	c.whoCounts(&p)
	if x.Selection.Size() > 0 {
		c.matrix(&p)
		c.strip(&p)
		c.boxes(&p)
		c.scatter(&p)
		c.slope(&p)
		c.shapes(&p)
	}
	c.album.wait()
	for name, place := range map[string]*Figure{"matrix": &p.Heat, "strip": &p.Strip, "boxes": &p.Boxes, "scatter": &p.Scatter, "change": &p.Slope} {
		if place.Wide != "" {
			place.File = base + ".svg?" + ask.query(ask.Page) + "&chart=" + name
		}
	}
	return p
}

func (c layout) choices(p *Comparison) {
	for _, m := range compare.Measures {
		p.Measures = append(p.Measures, Choice{string(m), c.T("results." + string(m)), m == c.ask.Measure})
	}
	for _, l := range []string{ByDimension, BySubcategory, ByIndicator} {
		p.Levels = append(p.Levels, Choice{l, c.T("compare.level_" + l), l == c.ask.Level})
	}
	for _, s := range []evidence.Standing{evidence.Claimed, evidence.Evidenced, evidence.Verified} {
		p.Standings = append(p.Standings, Choice{string(s), c.T("compare.standing_" + string(s)), s == c.ask.Standing})
	}
	if n := c.x.Selection.Size(); n <= mostChoices {
		p.Cities = []Choice{{"", c.T("compare.none"), c.marked == nil}}
		all, _ := c.x.cities(c.Lang(), 1, c.Words, func(int) string { return "" })
		if n > PerPage {
			all = nil
			for i := range n {
				all = append(all, compared{City: c.x.Selection.At(i)})
			}
		}
		for _, city := range all {
			p.Cities = append(p.Cities, Choice{city.Code, city.Name, city.Code == c.ask.City})
		}
	}
	here := map[string]bool{}
	for _, city := range c.page {
		here[city.Code] = true
		p.Chips = append(p.Chips, Choice{city.Code, city.Name, slices.Contains(c.ask.With, city.Code)})
	}
	for _, code := range c.ask.With {
		if _, known := c.x.Cohort.City(code); known && !here[code] {
			p.Kept = append(p.Kept, code)
		}
	}
	c.groups(p)
	for i, d := range c.reader.in.Dimensions {
		title := c.said(d.Title).Text
		p.Xs = append(p.Xs, Choice{d.ID, title, d.ID == c.x.axis(c.ask.X, 0).Part})
		p.Ys = append(p.Ys, Choice{d.ID, title, d.ID == c.x.axis(c.ask.Y, 1).Part})
		p.PartChoices = append(p.PartChoices, Choice{d.ID, title, i == c.x.dimension(c.ask.Part)})
	}
	p.Xs = append(p.Xs, Choice{ByPopulation, c.T("compare.population"), c.ask.X == ByPopulation})
	for _, r := range c.x.Earlier {
		p.Befores = append(p.Befores, Choice{r.Code, r.Title, r.Code == c.ask.Before})
	}
}

// group names cities up to a limit.
func group(title string, some compare.Some) LeftGroup {
	return LeftGroup{Title: title, Names: some.Names, More: some.Count - len(some.Names)}
}

// whoCounts tells who is counted, who is not, and why. A city is counted when it has a value in one dimension at least.
func (c layout) whoCounts(p *Comparison) {
	sel := c.x.Selection
	for _, why := range compare.Absences {
		if n := sel.Out(why); n > 0 {
			names := byName(c.Lang(), sel.Names(why, mostNames), func(s string) string { return s }, func(s string) string { return s })
			p.LeftOut = append(p.LeftOut, LeftGroup{Title: c.N("compare."+string(why), n), Names: names, More: n - len(names)})
		}
	}
	counted, empty := sel.Empty(c.ask.Measure, mostNames)
	p.Counted = counted
	p.LeftOut = append(p.LeftOut, c.byReason(empty)...)
	for _, d := range c.reader.in.Dimensions {
		p.Parts = append(p.Parts, PartCount{Name: c.said(d.Title), Counted: sel.Spread(d.ID, c.ask.Measure).Counted, Left: c.byReason(sel.Left(d.ID, c.ask.Measure, mostNames))})
	}
}

func (c layout) byReason(left map[score.Note]compare.Some) (out []LeftGroup) {
	for _, note := range score.Notes {
		if some := left[note]; some.Count > 0 {
			some.Names = byName(c.Lang(), some.Names, func(s string) string { return s }, func(s string) string { return s })
			out = append(out, group(c.N("compare.left_"+string(note), some.Count), some))
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
