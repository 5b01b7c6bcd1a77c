package frontend

import (
	"slices"
	"strings"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/survey"
	"migov/data/locale"
)

// RoundForm makes a round, or changes one.
type RoundForm struct {
	Frame
	Action    string // address of the form
	Back      string
	By        string
	New       bool
	Plan      assessment.RoundPlan
	Marks     Marks
	Choices   []Choice // questionnaires
	Languages []Choice
	Groups    []ChoiceGroup
	Grouped   bool // some class is chosen
	Earlier   []Choice
	Wish      assessment.CohortWish
	Shown     string // the wish whose cities are shown; empty while none are
	Cities    []CityChoice
	Whole     bool // too many to be ticked one by one: all of them are invited
	Count     int
	Few       bool // under five, of which no comparison tells
	Unknown   []string
	Ambiguous []string
	Notice    bool // the choice has changed since the cities were shown
	Inside    []CityChoice
	InsideN   int
	InsideAll bool // the list of the cities inside is complete
}

// CityChoice is a city that can be ticked.
type CityChoice struct {
	Code, Name, Country string
	Fictional           bool
	Begun               bool // it stays
	Chosen              bool
}

// MostTicked is up to how many cities are ticked one by one.
const MostTicked = 500

// RoundFormOf is what the page of a form is made from.
type RoundFormOf struct {
	Plan        assessment.RoundPlan
	Instruments []*survey.Instrument
	Classes     []compare.Class
	Rounds      []assessment.Round // within reach, to take cities from
	Wish        assessment.CohortWish
	Chosen      *assessment.Chosen // nil while none are looked for
	Ticked      map[string]bool    // nil: all
	Inside      []assessment.RoundCity
	Remove      []string
}

// WishKey tells one wish from another.
func WishKey(w assessment.CohortWish) string {
	groups := slices.Sorted(slices.Values(w.Groups))
	return strings.Join(append(groups, w.Earlier, strings.Join(strings.Fields(w.Pasted), " ")), "|") // a form would change the ends of lines
}

// NewRoundForm fills the page.
func NewRoundForm(f Frame, w *locale.Words, x RoundFormOf) RoundForm {
	p := RoundForm{Frame: f, Plan: x.Plan, Wish: x.Wish, Grouped: len(x.Wish.Groups) > 0}
	var in *survey.Instrument
	for _, i := range x.Instruments {
		if chosen := i.Name() == x.Plan.Instrument; chosen || in == nil {
			in = i
		}
		p.Choices = append(p.Choices, Choice{i.Name(), Say(i.Title, w.Lang()).Text + " (" + i.Name() + ")", i.Name() == x.Plan.Instrument})
	}
	for _, l := range survey.Languages {
		p.Languages = append(p.Languages, Choice{string(l), locale.Names[string(l)], slices.Contains(x.Plan.Languages, string(l))})
	}
	r := reader{w, in}
	for _, by := range compare.Attributes {
		g := ChoiceGroup{Title: r.T("compare.by_" + string(by))}
		for _, class := range x.Classes {
			if class.By == by {
				g.Choices = append(g.Choices, Choice{class.Key(), r.N("compare.class", class.Cities, "Name", r.class(by, class.Value)), slices.Contains(x.Wish.Groups, class.Key())})
			}
		}
		if len(g.Choices) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	for _, o := range x.Rounds {
		if o.Code != x.Plan.Code || x.Inside == nil {
			p.Earlier = append(p.Earlier, Choice{o.Code, o.Title, o.Code == x.Wish.Earlier})
		}
	}
	p.inside(r, x)
	if x.Chosen != nil {
		p.chosen(r, x)
	}
	return p
}

func (p *RoundForm) inside(r reader, x RoundFormOf) {
	p.InsideN, p.InsideAll = len(x.Inside), len(x.Inside) <= MostTicked
	for _, c := range x.Inside[:min(len(x.Inside), MostTicked)] {
		p.Inside = append(p.Inside, CityChoice{c.Code, c.Name, r.Country(c.Country), c.Fictional, c.Begun, slices.Contains(x.Remove, c.Code)})
	}
}

func (p *RoundForm) chosen(r reader, x RoundFormOf) {
	p.Shown, p.Unknown, p.Ambiguous = WishKey(x.Wish), x.Chosen.Unknown, x.Chosen.Ambiguous
	there := map[string]bool{}
	for _, c := range x.Inside {
		there[c.Code] = true
	}
	for _, c := range x.Chosen.Cities {
		if !there[c.Code] {
			p.Cities = append(p.Cities, CityChoice{c.Code, c.Name, r.Country(c.Country), c.Fictional, false, x.Ticked == nil || x.Ticked[c.Code]})
		}
	}
	p.Count = len(p.Cities)
	p.Few = p.Count+len(x.Inside) < compare.MinCities
	if p.Whole = p.Count > MostTicked; p.Whole {
		p.Cities = p.Cities[:MostTicked]
	}
}
