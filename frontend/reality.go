package frontend

import (
	"net/url"
	"slices"
	"strconv"

	"migov/assessment"
	"migov/assessment/reality"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
)

// RealityAsk is what a reader wants to see of a reality check; it stands in the address.
type RealityAsk struct {
	Country, Dimension, Outcome string
	Page                        int
}

// ParseRealityAsk reads the query of an address.
func ParseRealityAsk(q url.Values) RealityAsk {
	page, _ := strconv.Atoi(q.Get("page"))
	return RealityAsk{Country: q.Get("country"), Dimension: q.Get("dimension"), Outcome: q.Get("outcome"), Page: page}
}

// href is the address of the same page with another choice.
func (a RealityAsk) href(code string, change func(*RealityAsk)) string {
	a.Page = 0
	change(&a)
	q := url.Values{}
	for name, value := range map[string]string{"country": a.Country, "dimension": a.Dimension, "outcome": a.Outcome} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if a.Page > 1 {
		q.Set("page", strconv.Itoa(a.Page))
	}
	return "/rounds/" + code + "/reality?" + q.Encode() + "#pairs"
}

// Reality is the reality check of a country in a round.
type Reality struct {
	Frame
	Code, Title, Country string
	Countries            []Choice
	Dimensions           []Choice
	Outcomes             []Choice
	Cities, HandedIn     int
	Few                  bool // fewer cities than may be told to others
	Statements           string
	MayKeep              bool
	Chosen               bool // a country
	Matrix               []RealityRow
	Sharp                []RealityFinding
	More                 int // statements that are contradicted and do not stand among the sharpest
	Findings             []RealityFinding
	Dialogue             RealityDialogue
	Agenda               []RealityItem
	AgendaHref, File     string
	Pairs                []RealityPair
	PairsOf              int
	Filtered             bool // the address asks for some of the pairs
	Pager                Pager
	LeftOut              []string // ids of indicators
}

// RealityRow is a dimension in the matrix.
type RealityRow struct {
	Name       survey.Text
	ID         string
	Statements int
	Cells      []RealityCell
}

// RealityCell is how many pairs of a dimension have an outcome; Href lists them.
type RealityCell struct {
	Outcome string
	Count   int
	Href    string
}

// RealityFinding is a statement with its counts.
type RealityFinding struct {
	Told
	Counts   []RealityCell // in the order of reality.Outcomes
	Known    int           // cities with data
	Cities   int           // that have the outcome which the finding stands for
	Outcome  string        // that one
	InPart   int
	Holders  []RealityHolder
	Position int
}

// RealityHolder is in how many cities somebody holds the power.
type RealityHolder struct {
	Holder string
	Cities int
}

// RealityItem is an item of the agenda. Its counts are told from five cities with data on.
type RealityItem struct {
	RealityFinding
	Tellable bool
	Holder   string
	Question string
}

// RealityDialogue says in how many cities there is a regular dialogue with the national level.
type RealityDialogue struct {
	Known                        bool // the questionnaire asks for it
	Indicator                    string
	Title                        survey.Text
	Exists, InPart, None, NoData int
	Of                           int // cities that say something of it
	Tellable                     bool
}

// RealityPair is one city beside one statement.
type RealityPair struct {
	City, Href string
	Fictional  bool
	Told
	Given   Given
	Outcome string
	InPart  bool
}

// NewReality fills the page.
func NewReality(f Frame, w *locale.Words, x assessment.RealityCheck, ask RealityAsk, mayKeep bool) Reality {
	code := x.Round.Code
	ask.Country = x.Country.Country
	p := Reality{Frame: f, Code: code, Title: x.Round.Title, Country: ask.Country, Chosen: ask.Country != "", MayKeep: mayKeep, Cities: x.Country.Cities, HandedIn: len(x.Cities),
		Few: len(x.Cities) < reality.Fewest, AgendaHref: "/rounds/" + code + "/reality/agenda?country=" + url.QueryEscape(ask.Country), File: "/rounds/" + code + "/reality.csv?country=" + url.QueryEscape(ask.Country)}
	for _, c := range x.Countries {
		p.Countries = append(p.Countries, Choice{c.Country, w.T("reality.country_of", "Country", c.Country, "HandedIn", c.HandedIn, "Cities", c.Cities, "Statements", c.Statements), c.Country == ask.Country})
	}
	if !p.Chosen {
		return p
	}
	p.Statements = "/countries/" + ask.Country + "/statements"
	r := reader{w, x.Instrument}
	p.Dimensions = []Choice{{"", w.T("reality.all"), false}}
	for _, d := range x.Dimensions {
		name := x.Instrument.TitleOf(d.ID)
		p.Dimensions = append(p.Dimensions, Choice{d.ID, Say(name, w.Lang()).Text, d.ID == ask.Dimension})
		row := RealityRow{Name: name, ID: d.ID, Statements: d.Statements}
		for _, o := range reality.Outcomes {
			row.Cells = append(row.Cells, RealityCell{string(o), d.Counts[o], ask.href(code, func(a *RealityAsk) { a.Dimension, a.Outcome = d.ID, string(o) })})
		}
		p.Matrix = append(p.Matrix, row)
	}
	p.Outcomes = []Choice{{"", w.T("reality.all"), false}}
	for _, o := range reality.Outcomes {
		p.Outcomes = append(p.Outcomes, Choice{string(o), w.T("reality.is_" + string(o)), string(o) == ask.Outcome})
	}
	for _, y := range x.Findings {
		p.Findings = append(p.Findings, realityFinding(x, y, ""))
	}
	sharp := x.Sharpest()
	for i, y := range sharp[:min(len(sharp), reality.SharpestShown)] {
		shown := realityFinding(x, y, reality.CityAhead)
		if y.Statement.Says == reality.InPlace {
			shown = realityFinding(x, y, reality.OnPaperOnly)
		}
		shown.Position = i + 1
		p.Sharp = append(p.Sharp, shown)
	}
	p.More = len(sharp) - len(p.Sharp)
	p.Dialogue, p.Agenda = realityDialogue(x.Dialogue), realityAgenda(x)
	for _, s := range x.LeftOut {
		p.LeftOut = append(p.LeftOut, s.Indicator)
	}
	p.pairs(r, x, ask)
	return p
}

func realityFinding(x assessment.RealityCheck, f reality.Finding, o reality.Outcome) RealityFinding {
	out := RealityFinding{Told: NewTold(x.Instrument, f.Statement), Known: f.Counts.Known(), InPart: f.InPart, Outcome: string(o), Cities: f.Counts[o]}
	for _, o := range reality.Outcomes {
		out.Counts = append(out.Counts, RealityCell{Outcome: string(o), Count: f.Counts[o]})
	}
	for _, h := range f.Holders {
		out.Holders = append(out.Holders, RealityHolder{string(h.Holder), h.Cities})
	}
	return out
}

func realityAgenda(x assessment.RealityCheck) (items []RealityItem) {
	for i, y := range x.Agenda() {
		item := RealityItem{RealityFinding: realityFinding(x, y.Finding, y.Outcome), Tellable: y.Counts.Tellable(), Holder: string(y.Holder), Question: string(y.Question)}
		item.Position = i + 1
		items = append(items, item)
	}
	return items
}

func realityDialogue(d reality.Dialogue) RealityDialogue {
	if d.Indicator == nil {
		return RealityDialogue{}
	}
	return RealityDialogue{Known: true, Indicator: d.Indicator.ID, Title: d.Indicator.Title, Exists: d.Exists, InPart: d.InPart, None: d.None, NoData: d.NoData, Of: d.Known(), Tellable: d.Known() >= reality.Fewest}
}

// pairs lists the pairs that were asked for, by statement and then by city.
func (p *Reality) pairs(r reader, x assessment.RealityCheck, ask RealityAsk) {
	type pair struct {
		finding, city int
	}
	var all []pair
	for i, f := range x.Findings {
		if ask.Dimension != "" && f.Indicator.Dimension != ask.Dimension {
			continue
		}
		for j, y := range f.Pairs {
			if ask.Outcome == "" || string(y.Outcome) == ask.Outcome {
				all = append(all, pair{i, j})
			}
		}
	}
	p.PairsOf, p.Filtered = len(all), ask.Dimension != "" || ask.Outcome != "" || ask.Page > 0
	shown, pager := turn(all, ask.Page, r.Words, func(n int) string { return ask.href(p.Code, func(a *RealityAsk) { a.Page = n }) })
	p.Pager = pager
	for _, y := range shown {
		f := x.Findings[y.finding]
		found, city := f.Pairs[y.city], x.Cities[y.city]
		p.Pairs = append(p.Pairs, RealityPair{City: city.City.Name, Fictional: city.City.Fictional, Href: "/assessments/" + city.Assessment + "/" + f.Indicator.Subcategory + "#" + f.Indicator.ID,
			Told: NewTold(x.Instrument, f.Statement), Given: r.answered(found.Answer), Outcome: string(found.Outcome), InPart: found.InPart})
	}
}

// answered says an answer of which only its line in the maths is known.
func (r reader) answered(l score.Line) Given {
	switch {
	case l.NonAnswer != "" || !l.Answered:
		return r.given(l.Indicator, survey.Answer{NonAnswer: l.NonAnswer})
	case l.Indicator.Kind == survey.Level:
		return r.given(l.Indicator, survey.Answer{Value: strconv.Itoa(l.Points)})
	case l.Indicator.Kind == survey.YesNo:
		return r.given(l.Indicator, survey.Answer{Value: []string{"no", "yes"}[l.Points]})
	}
	return Given{Word: r.plain("results.options", "Chosen", l.Points, "Options", l.Of)}
}

// RealityAgenda is the agenda of a meeting between the levels of government, to be printed.
type RealityAgenda struct {
	Frame
	Code, Title, Country string
	Back                 string
	Fictional            bool
	Items                []RealityItem
	Left                 int // items of which too few cities have data to be told to others
	Dialogue             RealityDialogue
}

// NewRealityAgenda fills the page. It is made for others, so that what too few cities say does not stand on it.
func NewRealityAgenda(f Frame, x assessment.RealityCheck) RealityAgenda {
	p := RealityAgenda{Frame: f, Code: x.Round.Code, Title: x.Round.Title, Country: x.Country.Country, Dialogue: realityDialogue(x.Dialogue),
		Back: "/rounds/" + x.Round.Code + "/reality?country=" + url.QueryEscape(x.Country.Country), Fictional: slices.ContainsFunc(x.Cities, func(c assessment.CityMarks) bool { return c.City.Fictional })}
	for _, item := range realityAgenda(x) {
		if !item.Tellable {
			p.Left++
			continue
		}
		item.Position = len(p.Items) + 1
		p.Items = append(p.Items, item)
	}
	return p
}

// RealityOwn is what is published of the country beside the answers of one city.
type RealityOwn struct {
	Frame
	Home, City, Country string
	Open                bool
	Rows                []RealityPair
}

// NewRealityOwn fills the page.
func NewRealityOwn(f Frame, w *locale.Words, x assessment.OwnReality) RealityOwn {
	a := x.Assessment
	p := RealityOwn{Frame: f, Home: "/assessments/" + a.ID, City: a.City.Name, Country: a.City.Country, Open: a.Open()}
	for _, y := range x.Findings {
		found := y.Pairs[0]
		p.Rows = append(p.Rows, RealityPair{Told: NewTold(x.Instrument, y.Statement), Given: reader{w, x.Instrument}.answered(found.Answer), Outcome: string(found.Outcome), InPart: found.InPart,
			Href: p.Home + "/" + y.Indicator.Subcategory + "#" + y.Indicator.ID})
	}
	return p
}
