package frontend

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/review"
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
	Instrument   string
	Perspective  string // empty for the officials
	Fictional    bool
	Published    bool // a reading of published material
	OfCity       bool
	MayGiveBack  bool    // an analyst may give it back to the city
	Receipts     bool    // something was handed in and kept
	Reopened     *Signed // why it is open again, for the city
	ShownTo      string  // audience of the profile that the city has consented to show; empty when there is none
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
	Mine         []MyTask // what the reader is asked to answer
	MineProgress assessment.Progress
	MineWidth    string
	Loads        []LoadRow // what waits for whom
	Nobody       int       // sub-categories of which something open is nobody's part, once anything was given
	Approvers    []string  // names
	Consented    *Signed   // the newest consent
	Approves     bool      // the reader is one of them
	Assigns      bool      // the reader may give parts, and there is somebody to give them to
	Invites      bool      // the reader may invite people of the city
	Alone        bool      // the reader would give parts, but nobody else of the city can answer
	Audits       bool      // the reader may see who looked at the answers
}

// MyTask is a sub-category of which something is the reader's part.
type MyTask struct {
	Href           string
	Title          survey.Text
	Settled, Total int // of the reader's own indicators
	Status         string
	Due            time.Time
	Late           bool
	Note           string
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

// Word tells whether what stands aside is one word, such as an id, which must not be broken.
func (s NextStep) Word() bool { return !strings.Contains(s.Aside, " ") }

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
	Owners         string // whose it is; empty when it is nobody's part
	Assign         string // where a coordinator gives it to somebody; empty when there is nothing to give, or nobody
	Waits          string // for whom, when the status is waiting
	Settled, Total int
	Status         string
}

// Open is how many of the applicable indicators have no value.
func (c City) Open() int { return c.Progress.Applicable() - c.Progress.Answered }

// NewCity lays out the home of an assessment for somebody; signed says who wrote something, named whose a part is.
func NewCity(f Frame, w *locale.Words, d assessment.Draft, b assessment.Beside, who account.Actor, now time.Time, signed func(assessment.Author) string, named func(assessment.Owner) string) City {
	c := City{Frame: f, Home: "/assessments/" + d.ID, By: who.Account, Name: d.City.Name, Round: d.Round.Title, Instrument: d.Round.Instrument,
		Fictional: d.City.Fictional, Published: d.Round.Published, OfCity: who.Role.OfCity(), Due: NewDue(d.Round.Due, now), HandedIn: d.HandedIn,
		Powers: NewPowerSummary(w, d), SetsPower: d.Open() && account.Allowed(who.Role, account.SetPower)}
	if d.Perspective != assessment.Officials {
		c.Perspective = string(d.Perspective)
	}
	_, notNow := review.Next(d.State, review.Reopen, who.Role)
	c.MayGiveBack, c.Receipts = notNow == nil && !d.Round.Published, len(b.Snapshots) > 0
	if d.Open() && c.OfCity && len(b.Reopenings) > 0 {
		r := b.Reopenings[0]
		c.Reopened = &Signed{By: w.T("shell.role_" + string(cmp.Or(r.By.Role, account.Operator))), At: r.At, Reason: r.Reason}
	}
	tasks := taskList{c.Home, d, assessment.Divide(d.Instrument, b.Parts), who, now, signed, named, w.T("parts.comma") + " ", false}
	if c.OfCity {
		assigns, answer := d.Open() && account.Allowed(who.Role, account.Assign), len(b.Answerers())
		tasks.assigns = assigns && answer > 1
		c.Assigns, c.Alone = tasks.assigns, assigns && answer == 1
		c.divide(tasks, b)
	} else {
		tasks.division = assessment.Division{}
	}
	for i := range d.Instrument.Dimensions {
		g := tasks.group(&d.Instrument.Dimensions[i])
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
		c.Groups = append(c.Groups, tasks.group(d.Instrument.Context))
	}
	c.Progress = d.Sheet.ProgressOf(d.Instrument.Indicators())
	c.Width = width(c.Progress.Answered, c.Progress.Applicable())
	if d.Open() && account.Allowed(who.Role, account.WriteAnswer) {
		c.Steps = c.steps(w, d, b)
	}
	if d.State == review.Clarification && account.Allowed(who.Role, account.Clarify) {
		c.Steps = c.clarify(w, d, b, who, now)
	}
	if c.OfCity {
		c.ShownTo = b.Standing().Audience
	}
	if d.State == review.Validated && c.OfCity {
		c.Steps = []NextStep{{Href: c.Home + "/publish", Text: w.T("publish.step"), Act: w.T("publish.act")}}
	}
	if d.Open() && c.Approves {
		c.Steps = []NextStep{{c.Home + "/sign-off", w.T("city.step_consent"), c.consentedAt(w), w.T("city.act_consent")}, c.check(w)}
	}
	return c
}

// clarify is what a city does next that was asked about its answers: reply, then give back.
func (c City) clarify(w *locale.Words, d assessment.Draft, b assessment.Beside, who account.Actor, now time.Time) (steps []NextStep) {
	all := c.Home + "/clarifications"
	if waiting := b.Waiting(); len(waiting) > 0 {
		step := NextStep{Href: all, Text: w.N("clarify.step_waiting", len(waiting)), Act: w.T("clarify.act_waiting")}
		if q := d.Instrument.Indicator(waiting[0].Indicator); q != nil {
			step.Href = c.Home + "/" + q.Subcategory + "#" + q.ID
		}
		switch due := waiting[0].Due; {
		case waiting[0].Overdue(now):
			step.Aside = w.T("clarify.aside_late", "Date", due)
		case !due.IsZero():
			step.Aside = w.T("clarify.aside_due", "Date", due)
		}
		return append(steps, step)
	}
	if review.May(who.Role, review.GiveBack) {
		return append(steps, NextStep{Href: all + "#give-back", Text: w.T("clarify.step_give_back"), Act: w.T("clarify.act_give_back")})
	}
	return append(steps, NextStep{Href: all, Text: w.T("clarify.all"), Act: w.T("clarify.all")})
}

// consentedAt says when somebody last consented.
func (c City) consentedAt(w *locale.Words) string {
	if c.Consented == nil {
		return w.T("city.not_consented")
	}
	return w.T("city.consented", "Date", c.Consented.At)
}

// divide fills in who does what: the reader's part first, then what waits for whom, and who consents.
func (c *City) divide(t taskList, b assessment.Beside) {
	for _, m := range b.Approvers() {
		c.Approvers = append(c.Approvers, t.named(assessment.Owner{Account: m.Account}))
		c.Approves = c.Approves || m.Account == t.who.Account
	}
	if last, _ := b.Latest(); !last.At.IsZero() {
		c.Consented = &Signed{By: t.signed(last.By), At: last.At}
	}
	c.Loads = NewLoadRows(t.division.Loads(t.d.Sheet, t.now), t.named)
	mine := t.division.Mine(t.who)
	c.MineProgress = t.d.Sheet.ProgressOf(mine)
	c.MineWidth = width(c.MineProgress.Settled, c.MineProgress.Total)
	for _, s := range t.d.Instrument.Sections() {
		own := slices.DeleteFunc(slices.Clone(mine), func(q *survey.Indicator) bool { return q.Subcategory != s.ID })
		if len(own) > 0 {
			c.Mine = append(c.Mine, t.mine(s, own))
		}
		if len(b.Parts) > 0 && slices.ContainsFunc(s.Indicators, t.nobodys) {
			c.Nobody++
		}
	}
	slices.SortStableFunc(c.Mine, func(a, b MyTask) int { // what is due first; then what has no date; what is complete last
		if d := cmp.Compare(order(a), order(b)); d != 0 {
			return d
		}
		return a.Due.Compare(b.Due)
	})
}

// nobodys tells whether an indicator is open and nobody's part.
func (t taskList) nobodys(q *survey.Indicator) bool {
	_, given := t.division.Of(q)
	return !given && !t.d.Sheet.Answers[q.ID].Settled()
}

func order(m MyTask) int {
	switch {
	case m.Settled == m.Total:
		return 2
	case m.Due.IsZero():
		return 1
	}
	return 0
}

// taskList makes the lines of the home.
type taskList struct {
	home     string
	d        assessment.Draft
	division assessment.Division
	who      account.Actor
	now      time.Time
	signed   func(assessment.Author) string
	named    func(assessment.Owner) string
	comma    string // between names
	assigns  bool   // the reader may give parts, and there is somebody to give them to
}

// mine is the line of a sub-category of which some indicators are the reader's. It leads to the first that is open.
func (t taskList) mine(s *survey.Subcategory, own []*survey.Indicator) MyTask {
	p := t.d.Sheet.ProgressOf(own)
	m := MyTask{Href: t.home + "/" + s.ID, Title: s.Title, Settled: p.Settled, Total: p.Total, Status: string(p.Status())}
	first := true
	for _, q := range own {
		settled := t.d.Sheet.Answers[q.ID].Settled()
		if !settled && first {
			if first = false; q != s.Indicators[0] {
				m.Href += "#" + q.ID
			}
		}
		of, _ := t.division.Of(q)
		if m.Note == "" {
			m.Note = of.Note
		}
		if !settled && !of.Due.IsZero() && (m.Due.IsZero() || of.Due.Before(m.Due)) {
			m.Due = of.Due
		}
	}
	m.Late = assessment.Late(m.Due, t.now)
	return m
}

func (t taskList) group(dim *survey.Dimension) TaskGroup {
	d := t.d
	g := TaskGroup{ID: dim.ID, Title: dim.Title}
	for i := range dim.Subcategories {
		s := &dim.Subcategories[i]
		p := d.Sheet.ProgressOf(s.Indicators)
		line := Task{Href: t.home + "/" + s.ID, Title: s.Title, Settled: p.Settled, Total: p.Total}
		status, waits := t.division.StatusOf(t.who, s.Indicators, d.Sheet, t.now)
		if line.Status = string(status); status == assessment.Waiting {
			line.Waits = t.named(waits)
		}
		if owners := t.division.Owners(s.Indicators); len(owners) > 0 {
			line.Owners = t.names(owners)
		} else if t.assigns && p.Settled < p.Total {
			line.Assign = t.home + "/parts#" + s.ID
		}
		var last assessment.Kept
		for _, q := range s.Indicators {
			if k := d.Sheet.Answers[q.ID]; k.At.After(last.At) {
				last = k
			}
		}
		if !last.At.IsZero() {
			line.By = t.signed(last.By)
		}
		g.Settled, g.Total = g.Settled+p.Settled, g.Total+p.Total
		g.Tasks = append(g.Tasks, line)
	}
	return g
}

// names writes up to two owners out, and how many more there are.
func (t taskList) names(owners []assessment.Owner) string {
	var names []string
	for _, o := range owners[:min(2, len(owners))] {
		names = append(names, t.named(o))
	}
	out := strings.Join(names, t.comma)
	if more := len(owners) - 2; more > 0 {
		out += " +" + strconv.Itoa(more)
	}
	return out
}

// steps lists up to four things to do next: two versions to choose from, the powers map, the next section (of the reader's own
// part, if there is one and it is not complete), what is late or nobody's for whoever gives parts, the check. Once the city has
// begun to answer, the powers map waits behind the next section: until it is changed, the defaults of the instrument count.
func (c City) steps(w *locale.Words, d assessment.Draft, b assessment.Beside) (steps []NextStep) {
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
	steps = append(steps, c.carried(w, d, b)...)
	powers := []NextStep{{c.Home + "/powers", w.T("city.step_powers"), w.T("city.step_powers_aside"), w.T("city.act_powers")}}
	if !c.SetsPower || len(d.Sheet.Powers) > 0 {
		powers = nil
	}
	if c.Progress.Touched == 0 {
		steps, powers = append(steps, powers...), nil
	}
	var next []NextStep
	if open, ok := c.next(w); ok {
		next = append(next, open)
	}
	others := append(c.others(w), powers...)
	if len(next) == 0 {
		steps = append(append(steps, c.check(w)), others...)
	} else {
		steps = append(append(append(steps, next...), others...), c.check(w))
	}
	return steps[:min(4, len(steps))]
}

// carried is what the last round has left: to be taken over by a coordinator, or to be confirmed.
func (c City) carried(w *locale.Words, d assessment.Draft, b assessment.Beside) []NextStep {
	at := c.Home + "/carried"
	if len(b.Carried) == 0 && b.Earlier != nil && c.SetsPower && c.Progress.Settled < c.Progress.Total {
		return []NextStep{{at, w.T("carry.step_offer"), b.Earlier.Round, w.T("carry.act_offer")}}
	}
	if n, _ := b.ToConfirm(d.Sheet); n > 0 {
		return []NextStep{{at, w.N("carry.step_waiting", n), b.Carried[0].Round, w.T("carry.act_waiting")}}
	}
	return nil
}

// next is the section to go on with; ok is false when nothing is open.
func (c City) next(w *locale.Words) (step NextStep, ok bool) {
	act := w.T("city.act_continue")
	if c.Progress.Touched == 0 {
		act = w.T("city.act_begin")
	}
	words := func(title survey.Text) string { return w.T("city.step_section", "Section", Say(title, w.Lang()).Text) }
	if len(c.Mine) > 0 && c.Mine[0].Settled < c.Mine[0].Total {
		m := c.Mine[0]
		aside := w.T("city.of", "Done", m.Settled, "Total", m.Total)
		if !m.Due.IsZero() {
			aside = w.T("city.by_date", "Date", m.Due)
		}
		return NextStep{m.Href, words(m.Title), aside, act}, true
	}
	for _, g := range c.Groups {
		for _, t := range g.Tasks {
			if t.Settled < t.Total {
				return NextStep{t.Href, words(t.Title), w.T("city.of", "Done", t.Settled, "Total", t.Total), act}, true
			}
		}
	}
	return step, false
}

// others is what whoever gives parts should look at: that nobody else can answer; what is late, and what is nobody's.
func (c City) others(w *locale.Words) (steps []NextStep) {
	if c.Alone {
		return []NextStep{{"/people", w.T("city.step_invite"), w.T("city.step_invite_aside"), w.T("city.act_invite")}}
	}
	if !c.Assigns {
		return nil
	}
	late := 0
	for _, l := range c.Loads {
		late += l.Late
	}
	if late > 0 {
		steps = append(steps, NextStep{c.Home + "/parts", w.N("city.step_late", late), w.T("city.step_late_aside"), w.T("city.act_parts")})
	}
	if c.Nobody > 0 {
		steps = append(steps, NextStep{c.Home + "/parts", w.N("city.step_nobody", c.Nobody), w.T("city.step_nobody_aside"), w.T("city.act_parts")})
	}
	return steps
}

func (c City) check(w *locale.Words) NextStep {
	aside := ""
	if c.Due.Known() {
		aside = w.T("city.by_date", "Date", c.Due.Date)
	}
	return NextStep{c.Home + "/check", w.T("city.step_check"), aside, w.T("city.act_check")}
}
