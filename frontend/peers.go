package frontend

import (
	"errors"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/data/locale"
	"migov/frontend/chart"
)

// PeersOf is where a city stands: in which group, or why it is told nothing.
type PeersOf struct {
	Assessment assessment.Assessment
	Cohort     *compare.Cohort
	Peers      compare.Peers
	Group      compare.Group
	Selection  *compare.Selection // nil with Refused
	Refused    error
	Measure    compare.Measure
}

// PeersPage shows a city where it stands among its peers. It names no other city and shows no value of one.
type PeersPage struct {
	Frame
	Home, City, Round string
	Measures          []Choice
	Groups            []ChoiceGroup
	NotOffered        []string // groups that would tell of single cities, and why
	Refused           string
	GroupWords        string
	Count             int
	Left              []string
	Finding           string
	Parts             []PeerPart
	Boxes             Figure
	Table             chart.Table
}

// PeerPart is a dimension with its sub-categories.
type PeerPart struct {
	PeerLine
	Subs []PeerLine
}

// PeerLine says where the city stands in a part.
type PeerLine struct {
	ID      string
	Name    Said
	Shown   Reading
	Counted int
	Median  string // empty where there is none
	Middle  string // from the first to the third quartile
	Words   string
}

// NewPeers lays the page out.
func NewPeers(f Frame, w *locale.Words, x PeersOf, draw Draw) PeersPage {
	p := PeersPage{Frame: f, Home: "/assessments/" + x.Assessment.ID, City: x.Assessment.City.Name, Round: x.Assessment.Round.Title}
	var said *fault.Fault
	if errors.As(x.Refused, &said) {
		p.Refused = w.With(said.Key, said.Args)
	}
	if x.Cohort == nil {
		return p
	}
	c := reader{w, x.Cohort.Scheme.Instrument()}
	for _, m := range compare.Measures {
		p.Measures = append(p.Measures, Choice{string(m), c.T("results." + string(m)), m == x.Measure})
	}
	key := x.Group.Key()
	p.Groups = []ChoiceGroup{{Choices: []Choice{{"", c.T("peers.all"), key == ""}}}}
	for _, by := range compare.Attributes {
		g := ChoiceGroup{Title: c.T("compare.by_" + string(by))}
		for _, o := range x.Peers.Offers {
			switch name := c.class(by, o.Value); {
			case o.By != by:
			case o.Refused != "":
				p.NotOffered = append(p.NotOffered, c.T("peers.not_offered_"+string(o.Refused), "Group", name))
			default:
				g.Choices = append(g.Choices, Choice{o.Key(), c.N("compare.class", o.Cities, "Name", name), o.Key() == key})
			}
		}
		if len(g.Choices) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	if x.Selection == nil {
		return p
	}
	p.Count, p.GroupWords = x.Selection.Size(), c.class(x.Group.By, x.Group.Value)
	if x.Group.By == compare.Everybody {
		p.GroupWords = c.T("peers.all")
	}
	for _, why := range []compare.Absence{compare.OutsideGroup, compare.NotHandedIn, compare.NotConsented} {
		if n := x.Selection.Out(why); n > 0 && !(n < compare.MinCities && why != compare.NotHandedIn) {
			p.Left = append(p.Left, c.N("compare."+string(why), n))
		}
	}
	c.among(&p, x, draw)
	return p
}

func (c reader) among(p *PeersPage, x PeersOf, draw Draw) {
	own, _ := x.Cohort.Own(x.Assessment.ID)
	var numbers score.Numbers
	x.Cohort.Scheme.Numbers(own.Marks, &numbers)
	b := chart.Box{Label: c.T("peers.box_label", "City", x.Assessment.City.Name), RTL: c.Dir() == "rtl", Part: c.T("results.dimension"), Marked: x.Assessment.City.Name, Middle: true,
		Names: [5]string{c.T("compare.least"), c.T("compare.first_quartile"), c.T("compare.median"), c.T("compare.third_quartile"), c.T("compare.largest")}}
	above, below, at, place := 0, 0, 0, 0
	enough := false
	for i, d := range c.in.Dimensions {
		line, row, distance, ok := c.peerLine(x, d.ID, c.said(d.Title), numbers.Dimensions[i])
		b.Rows = append(b.Rows, row)
		enough = enough || row.Spread
		switch {
		case !ok:
		case distance > 0:
			above++
		case distance < 0:
			below++
		default:
			at++
		}
		part := PeerPart{PeerLine: line}
		for _, sub := range d.Subcategories {
			one, _, _, _ := c.peerLine(x, sub.ID, c.said(sub.Title), numbers.Subcategories[place])
			place++
			part.Subs = append(part.Subs, one)
		}
		p.Parts = append(p.Parts, part)
	}
	switch {
	case above+below+at > 0:
		p.Finding = c.N("compare.strip_marked", above+at+below, "Above", above, "At", at, "Below", below)
	case enough:
		p.Finding = c.T("peers.own_nowhere")
	default:
		p.Finding = c.T("compare.too_few")
	}
	p.Table = b.Table()
	if enough {
		p.Boxes.Wide, p.Boxes.Narrow = draw(b, chart.Wide), draw(b, chart.Narrow)
	}
}

// peerLine is where the city stands in a part. The least and the largest value belong to one city each, so that the box goes
// from the first to the third quartile alone.
func (c reader) peerLine(x PeersOf, id string, name Said, r score.Result) (PeerLine, chart.BoxRow, float64, bool) {
	v, why := r.Situation, r.SituationNote()
	if x.Measure == compare.Effort {
		v, why = r.Effort, r.EffortNote()
	}
	d := x.Selection.Spread(id, x.Measure)
	line := PeerLine{ID: id, Name: name, Shown: c.shown(v, why), Counted: d.Counted}
	row := chart.BoxRow{Name: name.Text, Own: interval(v, ""), Words: c.T("compare.too_few_short"), Spread: d.Enough,
		Five: [5]float64{1: snap(d.FirstQuartile), 2: snap(d.Median), 3: snap(d.ThirdQuartile)}}
	if why != "" {
		row.Own.Words = c.T("results.short_" + string(why))
	}
	if !d.Enough {
		line.Counted, line.Words = 0, c.T("compare.too_few")
		return line, row, 0, false
	}
	line.Median, line.Middle = c.whole(d.Median), c.whole(d.FirstQuartile)+"–"+c.whole(d.ThirdQuartile)
	quarter, distance, ok := d.Place(v.Central)
	if why != "" || !ok {
		line.Words = c.T("peers.own_none")
		return line, row, 0, false
	}
	line.Words = c.position(quarter, distance, d.Median)
	return line, row, distance, true
}
