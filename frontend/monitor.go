package frontend

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"migov/assessment"
	"migov/assessment/review"
	"migov/data/locale"
)

// Round is the monitor of a round, or the list of readings of published material.
type Round struct {
	Frame
	Code, Title, Instrument string
	Due                     time.Time
	Published               bool
	Cities, HandedIn        int
	Settled, Total          int // indicators, over all cities
	Width                   string
	Quiet                   int // cities at work that nobody touched for more than a week
	Waiting, Questions      int // cities to review, questions without a reply
	Stuck                   []StuckLine
	Countries, States       []Choice
	Activities, Proofs      []Choice
	Deadlines               []Choice
	Filtered                bool
	Shown                   int // rows that the filters let through
	CSV                     string
	MayPlan                 bool
	Groups                  []RoundGroup
	Pager                   Pager
}

// StuckLine is an indicator that many cities have open.
type StuckLine struct {
	ID, Href string
	Title    Said
	Cities   int
}

// RoundGroup is the cities of a country on this page. Readings of published material are in one group without a name.
type RoundGroup struct {
	Country string
	Cities  int // of the country, after the filters
	Rows    []RoundRow
}

// RoundRow is a city in the monitor.
type RoundRow struct {
	ID, City       string
	Country        string
	Fictional      bool
	Results        string // address; only of those handed in
	State          string // in words
	Settled, Total int
	Carried        int
	Answered       int
	Width, Hatched string // classes of the bar
	Changed        time.Time
	Days           string // since the last activity, in words
	Tag            string // quiet, not opened
	Proof          string // share of the answers with evidence; empty where there is no answer
	Questions      int
	Left           string // days left, in words; empty where there is no deadline or the city has handed in
	Next, NextText string
}

// RoundAsk is what the reader wants to see of a round; it lives in the address. What is unknown there is as if it were not there.
type RoundAsk struct {
	Country, State, Activity, Proof, Questions string
	Page                                       int
}

// The values of the filters.
var (
	roundActivities = []string{"week", "quiet", "never"}
	roundProofs     = []string{"none", "half", "more"}
	roundQuestions  = []string{"open", "none"}
)

// ParseRoundAsk reads the address.
func ParseRoundAsk(q url.Values) RoundAsk {
	known := func(value string, among []string) string {
		if slices.Contains(among, value) {
			return value
		}
		return ""
	}
	states := make([]string, len(review.States))
	for i, s := range review.States {
		states[i] = string(s)
	}
	a := RoundAsk{Country: q.Get("country"), State: known(q.Get("state"), states), Activity: known(q.Get("activity"), roundActivities),
		Proof: known(q.Get("proof"), roundProofs), Questions: known(q.Get("questions"), roundQuestions), Page: 1}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		a.Page = n
	}
	return a
}

// OfProof tells whether cities are wanted by the evidence of their answers.
func (a RoundAsk) OfProof() bool { return a.Proof != "" }

func (a RoundAsk) query(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"country": a.Country, "state": a.State, "activity": a.Activity, "proof": a.Proof, "questions": a.Questions} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return q.Encode()
}

// quietAfter is after how many days without a save a city at work is called quiet.
const quietAfter = 7

// Monitor is a round as its reader wants to see it: which cities, in which order, which of them on this page. The counts of evidence are
// looked at only by the filter for them and by NewRound.
type Monitor struct {
	reader
	x         assessment.Monitor
	ask       RoundAsk
	now       time.Time
	total     int                      // indicators of the questionnaire
	countries map[string]string        // names by code
	cities    []*assessment.Assessment // that the filters let through
	pager     Pager
	page      []*assessment.Assessment
}

// NewMonitor filters and sorts the cities of a round: by country and name, those of readings of published material by name.
func NewMonitor(w *locale.Words, x assessment.Monitor, ask RoundAsk, now time.Time) *Monitor {
	m := &Monitor{reader: reader{w, x.Instrument}, x: x, ask: ask, now: now, total: len(x.Instrument.Indicators()), countries: map[string]string{}}
	for i := range x.Cities {
		a := &x.Cities[i]
		if _, known := m.countries[a.City.Country]; !known {
			m.countries[a.City.Country] = m.Country(a.City.Country)
		}
		if m.lets(a) {
			m.cities = append(m.cities, a)
		}
	}
	m.cities = byName(w.Lang(), m.cities, func(a *assessment.Assessment) string { return a.City.Name },
		func(a *assessment.Assessment) string { return a.City.Code + string(a.Perspective) })
	if !x.Round.Published {
		of := map[string][]*assessment.Assessment{}
		for _, a := range m.cities {
			of[a.City.Country] = append(of[a.City.Country], a)
		}
		m.cities = m.cities[:0]
		for _, country := range m.named(w.Lang()) {
			m.cities = append(m.cities, of[country.Value]...)
		}
	}
	m.page, m.pager = turn(m.cities, ask.Page, w, func(i int) string { return "/rounds/" + x.Round.Code + "?" + ask.query(i) })
	return m
}

// Page returns the ids of the assessments on this page.
func (m *Monitor) Page() []string {
	out := make([]string, len(m.page))
	for i, a := range m.page {
		out[i] = a.ID
	}
	return out
}

// named are the countries of the round by name.
func (m *Monitor) named(lang string) (out []Choice) {
	for code, name := range m.countries {
		out = append(out, Choice{code, name, code == m.ask.Country})
	}
	return byName(lang, out, func(x Choice) string { return x.Text }, func(x Choice) string { return x.Value })
}

// NewRound lays out the monitor of a round.
func NewRound(f Frame, m *Monitor) Round {
	x := m.x
	p := Round{Frame: f, Code: x.Round.Code, Title: x.Round.Title, Instrument: x.Round.Instrument, Due: x.Round.Due, Published: x.Round.Published,
		Cities: len(x.Cities), Total: m.total * len(x.Cities), CSV: "/rounds/" + x.Round.Code + "/monitor.csv?" + m.ask.query(1),
		Shown: len(m.cities), Filtered: m.ask.query(1) != "", Pager: m.pager}
	states, counts := map[review.State]bool{}, map[string]int{}
	for i := range x.Cities {
		a := &x.Cities[i]
		p.Settled += a.Settled
		p.Questions += x.Counts[a.ID].Questions
		states[a.State] = true
		if !a.Open() {
			p.HandedIn++
		}
		if a.State == review.Submitted || a.State == review.InReview {
			p.Waiting++
		}
		if m.quiet(a) {
			p.Quiet++
		}
	}
	p.Width = width(p.Settled, p.Total)
	for _, s := range x.Stuck {
		q := x.Instrument.Indicator(s.Indicator)
		p.Stuck = append(p.Stuck, StuckLine{s.Indicator, "/instruments/" + x.Round.Instrument + "#" + s.Indicator, m.said(q.Title), s.Cities})
	}
	m.filters(&p, states)
	for _, a := range m.cities {
		counts[a.City.Country]++
	}
	for i, a := range m.page {
		if i == 0 || (m.page[i-1].City.Country != a.City.Country && !x.Round.Published) {
			p.Groups = append(p.Groups, RoundGroup{Country: m.countries[a.City.Country], Cities: counts[a.City.Country]})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Rows = append(g.Rows, m.row(a))
	}
	return p
}

// days are the whole days from a moment to now.
func (c *Monitor) days(t time.Time) int { return max(0, int(c.now.Sub(t).Hours()/24)) }

func (c *Monitor) quiet(a *assessment.Assessment) bool {
	return a.Open() && !a.Changed.IsZero() && c.days(a.Changed) > quietAfter
}

// proof is the share of the answers with a value that have evidence, in per cent.
func (c *Monitor) proof(a *assessment.Assessment) (share int, known bool) {
	if a.Answered == 0 {
		return 0, false
	}
	return min(100, 100*c.x.Counts[a.ID].Cited/a.Answered), true
}

// lets tells whether the filters let a city through.
func (c *Monitor) lets(a *assessment.Assessment) bool {
	return (c.ask.Country == "" || a.City.Country == c.ask.Country) && (c.ask.State == "" || string(a.State) == c.ask.State) &&
		c.letsActivity(a) && c.letsProof(a) && (c.ask.Questions == "" || (c.ask.Questions == "open") == (c.x.Counts[a.ID].Questions > 0))
}

func (c *Monitor) letsActivity(a *assessment.Assessment) bool {
	switch c.ask.Activity {
	case "week":
		return !a.Changed.IsZero() && c.days(a.Changed) <= quietAfter
	case "quiet":
		return c.quiet(a)
	case "never":
		return a.Changed.IsZero()
	}
	return true
}

func (c *Monitor) letsProof(a *assessment.Assessment) bool {
	share, known := c.proof(a)
	switch c.ask.Proof {
	case "none":
		return !known || share == 0
	case "half":
		return known && share > 0 && share < 50
	case "more":
		return known && share >= 50
	}
	return true
}

func (c *Monitor) filters(p *Round, states map[review.State]bool) {
	any := func(key string, chosen bool) Choice { return Choice{"", c.T(key), chosen} }
	p.Countries = append([]Choice{any("rounds.any_country", c.ask.Country == "")}, c.named(c.Lang())...)
	p.States = []Choice{any("rounds.any_state", c.ask.State == "")}
	for _, s := range review.States {
		if states[s] || string(s) == c.ask.State {
			p.States = append(p.States, Choice{string(s), c.T("review.state_" + string(s)), string(s) == c.ask.State})
		}
	}
	for _, filter := range []struct {
		into         *[]Choice
		name, chosen string
		values       []string
	}{{&p.Activities, "activity", c.ask.Activity, roundActivities}, {&p.Proofs, "proof", c.ask.Proof, roundProofs}, {&p.Deadlines, "questions", c.ask.Questions, roundQuestions}} {
		*filter.into = []Choice{any("rounds.any_"+filter.name, filter.chosen == "")}
		for _, v := range filter.values {
			*filter.into = append(*filter.into, Choice{v, c.T("rounds." + filter.name + "_" + v), v == filter.chosen})
		}
	}
}

func (c *Monitor) row(a *assessment.Assessment) RoundRow {
	counts := c.x.Counts[a.ID]
	out := RoundRow{ID: a.ID, City: a.City.Name, Country: c.Country(a.City.Country), Fictional: a.City.Fictional, Settled: a.Settled, Total: c.total, Carried: counts.Carried,
		Answered: a.Answered, Width: width(a.Settled, c.total), Changed: a.Changed, State: c.T("review.state_" + string(a.State)), Questions: counts.Questions}
	if counts.Carried > 0 {
		out.Hatched = width(min(counts.Carried, c.total-a.Settled), c.total)
	}
	if share, known := c.proof(a); known {
		out.Proof = c.Int(share) + " %"
	}
	switch {
	case a.Changed.IsZero():
		out.Days, out.Tag = c.T("rounds.never_changed"), c.T("rounds.tag_never")
	case c.quiet(a):
		out.Days, out.Tag = c.N("rounds.days_ago", c.days(a.Changed)), c.T("rounds.tag_quiet")
	case c.days(a.Changed) == 0:
		out.Days = c.T("rounds.today")
	default:
		out.Days = c.N("rounds.days_ago", c.days(a.Changed))
	}
	if !a.Open() {
		out.Results, out.Next, out.NextText = "/assessments/"+a.ID+"/results", "/assessments/"+a.ID+"/results", c.T("rounds.results")
		if a.State == review.Submitted || a.State == review.InReview || a.State == review.Clarification {
			out.Next, out.NextText = "/assessments/"+a.ID+"/review", c.T("rounds.review")
		}
		return out
	}
	if !c.x.Round.Due.IsZero() {
		if left := int(c.x.Round.Due.Add(24*time.Hour).Sub(c.now).Hours() / 24); left >= 0 {
			out.Left = c.Int(left)
		} else {
			out.Left = c.T("rounds.overdue")
		}
	}
	return out
}

// RoundFigures are the lines that the filters let through, for a table of another program, in the order of the page.
func RoundFigures(m *Monitor) (rows [][]string) {
	rows = [][]string{{"city", "name", "country", "state", "answered", "settled", "indicators", "to_confirm", "with_evidence", "open_questions", "last_change", "handed_in", "due"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	}
	for _, a := range m.cities {
		n := m.x.Counts[a.ID]
		rows = append(rows, []string{a.City.Code, a.City.Name, a.City.Country, string(a.State), strconv.Itoa(a.Answered), strconv.Itoa(a.Settled), strconv.Itoa(m.total), strconv.Itoa(n.Carried),
			strconv.Itoa(n.Cited), strconv.Itoa(n.Questions), day(a.Changed), day(a.HandedIn), day(m.x.Round.Due)})
	}
	return rows
}
