package frontend

import (
	"time"

	"migov/assessment"
	"migov/assessment/survey"
)

// Check is the look at an assessment before it is handed in. Nothing on it hinders handing in.
type Check struct {
	Frame
	Home, By  string
	OfCity    bool
	MayHandIn bool
	Consent   ConsentLine // where it stands with the approver
	HandedIn  time.Time
	Due       Due
	Progress  assessment.Progress
	Width     string
	Gaps      []GapGroup // only the kinds that occur
	Lines     int        // of all kinds
}

// GapGroup is a kind of gap with the places that have it.
type GapGroup struct {
	Kind  string
	Lines []GapLine
}

// GapLine is a gap with the way to the input in question.
type GapLine struct {
	GapLink
	Section  survey.Text
	Personal []assessment.PersonalKind
	Worded   bool        // evidence is named in words
	Say      survey.Text // why answers hardly go together
	Others   []GapLink   // the other answers
}

// GapLink leads to an input, or to the answer where nothing can be changed.
type GapLink struct {
	Href, ID string
	Title    survey.Text
}

// Short tells whether the lines are few enough to be shown at once.
func (g GapGroup) Short() bool { return len(g.Lines) <= 12 }

// Places tells whether the lines are places in texts, or several answers together, rather than indicators.
func (g GapGroup) Places() bool {
	return g.Kind == string(assessment.PersonalData) || g.Kind == string(assessment.Contradictory)
}

// NewCheck lists the gaps of an assessment by kind. Inputs tells whether the reader can change answers, so that a line leads
// to the very input.
func NewCheck(f Frame, d assessment.Draft, b assessment.Beside, inputs bool, now time.Time) Check {
	c := Check{Frame: f, Home: "/assessments/" + d.ID, HandedIn: d.HandedIn, Due: NewDue(d.Round.Due, now), Progress: d.Sheet.ProgressOf(d.Instrument.Indicators())}
	c.Width = width(c.Progress.Settled, c.Progress.Total)
	link := func(q *survey.Indicator, field string) GapLink {
		return GapLink{c.Home + place(q, field, inputs), q.ID, q.Title}
	}
	for _, x := range d.Findings(b, now) {
		line := GapLine{GapLink: link(x.Indicator, x.Field), Section: d.Instrument.Subcategory(x.Indicator.Subcategory).Title, Personal: x.Personal, Worded: x.Worded}
		if x.Rule != nil {
			line.Say = x.Rule.Say
		}
		for _, q := range x.Others {
			line.Others = append(line.Others, link(q, x.Field))
		}
		if n := len(c.Gaps); n == 0 || c.Gaps[n-1].Kind != string(x.Gap) {
			c.Gaps = append(c.Gaps, GapGroup{Kind: string(x.Gap)})
		}
		g := &c.Gaps[len(c.Gaps)-1]
		g.Lines = append(g.Lines, line)
		c.Lines++
	}
	return c
}

// place is the address of a field of an indicator, below that of the assessment.
func place(q *survey.Indicator, field string, inputs bool) string {
	at := "/" + q.Subcategory + "#"
	switch {
	case field == "power":
		return "/powers#" + q.ID
	case field == "proof":
		return at + "evidence-" + q.ID
	case !inputs:
		return at + q.ID
	case field == "both":
		return at + "both-" + q.ID
	}
	return at + q.ID + "-" + field
}
