package frontend

import (
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/locale"
)

// Assessments lists the assessments within somebody's reach, by round.
type Assessments struct {
	Frame
	OfCity bool
	Rounds []AssessmentRound
}

// AssessmentRound is a round in the list.
type AssessmentRound struct {
	Code, Title string
	Due         time.Time
	Published   bool
	Rows        []AssessmentRow
}

// AssessmentRow is an assessment in the list.
type AssessmentRow struct {
	Href, City        string
	Fictional         bool
	Perspective       string // empty for the officials, who are the usual ones
	Status            string
	Settled, Total    int
	Width             string // class of the bar
	HandedIn, Changed time.Time
}

// NewAssessments lists assessments, which come sorted by round; total tells how many indicators the instrument of a round has.
func NewAssessments(f Frame, ofCity bool, all []assessment.Assessment, total func(instrument string) int) Assessments {
	p := Assessments{Frame: f, OfCity: ofCity}
	for _, a := range all {
		if n := len(p.Rounds); n == 0 || p.Rounds[n-1].Code != a.Round.Code {
			p.Rounds = append(p.Rounds, AssessmentRound{Code: a.Round.Code, Title: a.Round.Title, Due: a.Round.Due, Published: a.Round.Published})
		}
		row := AssessmentRow{Href: "/assessments/" + a.ID, City: a.City.Name, Fictional: a.City.Fictional, Settled: a.Settled, Total: total(a.Round.Instrument),
			HandedIn: a.HandedIn, Changed: a.Changed, Status: string(assessment.InProgress)}
		switch {
		case a.Changed.IsZero() && a.Settled == 0:
			row.Status = string(assessment.NotStarted)
		case a.Settled == row.Total:
			row.Status = string(assessment.Complete)
		}
		if a.Perspective != assessment.Officials {
			row.Perspective = string(a.Perspective)
		}
		row.Width = width(row.Settled, row.Total)
		last := &p.Rounds[len(p.Rounds)-1]
		last.Rows = append(last.Rows, row)
	}
	for i := range p.Rounds {
		p.Rounds[i].Rows = byName(f.Lang, p.Rounds[i].Rows, func(r AssessmentRow) string { return r.City }, func(r AssessmentRow) string { return r.Perspective + r.Href })
	}
	return p
}

// City is the home of an assessment: what to do next, how far it is, and the list of tasks.
type City struct {
	Frame
	Home, By     string // address of the assessment; id of the account
	Name, Round  string
	RoundCode    string
	Instrument   string
	Perspective  string // empty for the officials
	Fictional    bool
	Published    bool // a reading of published material
	OfCity       bool
	MayGiveBack  bool // an analyst may give it back to the city
	Due          Due
	HandedIn     time.Time
	HandedInRole string // of whoever handed it in; empty when that is not known
	Steps        []NextStep
	Progress     assessment.Progress
	Width        string // class of the bar
	Sections     int    // of the dimensions
	Complete     int    // of them
	Groups       []TaskGroup
	Powers       PowerSummary
	SetsPower    bool
}

// Due is when an assessment is to be handed in.
type Due struct {
	Date time.Time // zero when there is no date
	Left int       // days until the last day; negative after it
}

// NewDue counts the days from now to the last day, both in UTC.
func NewDue(date, now time.Time) Due {
	if date.IsZero() {
		return Due{}
	}
	today := now.UTC().Truncate(24 * time.Hour)
	return Due{Date: date, Left: int(date.UTC().Truncate(24*time.Hour).Sub(today) / (24 * time.Hour))}
}

// Known tells whether there is a date.
func (d Due) Known() bool { return !d.Date.IsZero() }

// Over is how many days the date has passed.
func (d Due) Over() int { return max(0, -d.Left) }

// NextStep is something to do next.
type NextStep struct {
	Href, Text, Aside string
	Act               string // words of the button that begins it
}

// TaskGroup is a dimension with its sub-categories; the context module has the number 0.
type TaskGroup struct {
	ID             string
	Number         int
	Title          survey.Text
	Settled, Total int
	Tasks          []Task
}

// Task is a sub-category in the list.
type Task struct {
	Href           string
	Title          survey.Text
	By             string // who wrote there last
	Settled, Total int
	Status         string
}

// Open is how many of the applicable indicators have no value.
func (c City) Open() int { return c.Progress.Applicable() - c.Progress.Answered }

// NewCity lays out the home of an assessment for somebody; signed says who wrote something.
func NewCity(f Frame, w *locale.Words, d assessment.Draft, who account.Actor, now time.Time, signed func(assessment.Author) string) City {
	c := City{Frame: f, Home: "/assessments/" + d.ID, By: who.Account, Name: d.City.Name, Round: d.Round.Title, RoundCode: d.Round.Code, Instrument: d.Round.Instrument,
		Fictional: d.City.Fictional, Published: d.Round.Published, OfCity: who.Role.OfCity(), Due: NewDue(d.Round.Due, now), HandedIn: d.HandedIn,
		Powers: NewPowerSummary(w, d), SetsPower: d.Open() && account.Allowed(who.Role, account.SetPower)}
	if d.Perspective != assessment.Officials {
		c.Perspective = string(d.Perspective)
	}
	c.MayGiveBack = !d.Open() && !d.Round.Published && account.Allowed(who.Role, account.UndoHandIn)
	for i := range d.Instrument.Dimensions {
		g := taskGroup(c.Home, d, &d.Instrument.Dimensions[i], signed)
		g.Number = i + 1
		for _, t := range g.Tasks {
			c.Sections++
			if t.Status == string(assessment.Complete) {
				c.Complete++
			}
		}
		c.Groups = append(c.Groups, g)
	}
	if d.Instrument.Context != nil {
		c.Groups = append(c.Groups, taskGroup(c.Home, d, d.Instrument.Context, signed))
	}
	c.Progress = d.Sheet.ProgressOf(d.Instrument.Indicators())
	c.Width = width(c.Progress.Answered, c.Progress.Applicable())
	if d.Open() && account.Allowed(who.Role, account.WriteAnswer) {
		c.Steps = c.steps(w, d)
	}
	return c
}

func taskGroup(home string, d assessment.Draft, dim *survey.Dimension, signed func(assessment.Author) string) TaskGroup {
	g := TaskGroup{ID: dim.ID, Title: dim.Title}
	for i := range dim.Subcategories {
		s := &dim.Subcategories[i]
		p := d.Sheet.ProgressOf(s.Indicators)
		t := Task{Href: home + "/" + s.ID, Title: s.Title, Settled: p.Settled, Total: p.Total, Status: string(p.Status())}
		var last assessment.Kept
		for _, q := range s.Indicators {
			if k := d.Sheet.Answers[q.ID]; k.At.After(last.At) {
				last = k
			}
		}
		if !last.At.IsZero() {
			t.By = signed(last.By)
		}
		g.Settled, g.Total = g.Settled+p.Settled, g.Total+p.Total
		g.Tasks = append(g.Tasks, t)
	}
	return g
}

// steps lists what to do next: two versions to choose from, the powers map, the next section, the check. Once the city has
// begun to answer, the powers map waits behind the next section: until it is changed, the defaults of the instrument count.
func (c City) steps(w *locale.Words, d assessment.Draft) (steps []NextStep) {
	var first *survey.Indicator
	two := 0
	for _, q := range d.Instrument.All() {
		if len(d.Sheet.Alternatives[q.ID]) == 0 {
			continue
		}
		if two++; first == nil {
			first = q
		}
	}
	if first != nil {
		steps = append(steps, NextStep{c.Home + "/" + first.Subcategory + "#" + first.ID, w.N("city.step_two", two), first.ID, w.T("city.act_two")})
	}
	powers := []NextStep{{c.Home + "/powers", w.T("city.step_powers"), w.T("city.step_powers_aside"), w.T("city.act_powers")}}
	if !c.SetsPower || len(d.Sheet.Powers) > 0 {
		powers = nil
	}
	if c.Progress.Touched == 0 {
		steps, powers = append(steps, powers...), nil
	}
	for _, g := range c.Groups {
		for _, t := range g.Tasks {
			if t.Settled == t.Total {
				continue
			}
			key := "city.act_continue"
			if c.Progress.Touched == 0 {
				key = "city.act_begin"
			}
			title := Say(t.Title, w.Lang()).Text
			aside := w.T("city.of", "Done", t.Settled, "Total", t.Total)
			steps = append(steps, NextStep{t.Href, w.T("city.step_section", "Section", title), aside, w.T(key)})
			return append(append(steps, powers...), c.check(w))
		}
	}
	return append(append(steps, c.check(w)), powers...)
}

func (c City) check(w *locale.Words) NextStep {
	aside := ""
	if c.Due.Known() {
		aside = w.T("city.by_date", "Date", c.Due.Date)
	}
	return NextStep{c.Home + "/check", w.T("city.step_check"), aside, w.T("city.act_check")}
}
