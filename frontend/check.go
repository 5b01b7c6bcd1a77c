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

// GapGroup is a kind of gap with the indicators that have it.
type GapGroup struct {
	Kind  string
	Lines []GapLine
}

// GapLine is an indicator with a gap.
type GapLine struct {
	Href, ID       string
	Title, Section survey.Text
}

// Short tells whether the lines are few enough to be shown at once.
func (g GapGroup) Short() bool { return len(g.Lines) <= 12 }

// NewCheck lists the gaps of an assessment by kind. The context module is asked only whether somebody has to choose between two versions.
func NewCheck(f Frame, d assessment.Draft, now time.Time) Check {
	c := Check{Frame: f, Home: "/assessments/" + d.ID, HandedIn: d.HandedIn, Due: NewDue(d.Round.Due, now), Progress: d.Sheet.ProgressOf(d.Instrument.Indicators())}
	c.Width = width(c.Progress.Settled, c.Progress.Total)
	found := map[assessment.Gap][]GapLine{}
	for _, s := range d.Instrument.Sections() {
		for _, q := range s.Indicators {
			for _, gap := range d.Sheet.GapsOf(q) {
				if gap == assessment.TwoVersions || !d.Instrument.IsContext(q) {
					found[gap] = append(found[gap], GapLine{c.Home + "/" + s.ID + "#" + q.ID, q.ID, q.Title, s.Title})
				}
			}
		}
	}
	for _, gap := range assessment.Gaps {
		if lines := found[gap]; len(lines) > 0 {
			c.Gaps = append(c.Gaps, GapGroup{string(gap), lines})
			c.Lines += len(lines)
		}
	}
	return c
}
