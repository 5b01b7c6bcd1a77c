package frontend

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"migov/assessment"
	"migov/assessment/review"
	"migov/data/locale"
)

// Rounds lists the rounds of an analyst.
type Rounds struct {
	Frame
	Rows    []RoundLine
	MayPlan bool
}

// RoundLine is a round in the list.
type RoundLine struct {
	Href, Title      string
	Published        bool
	Due              time.Time
	Cities, HandedIn int
	Width            string // class of the bar
}

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

// Pager leads to the pages of a long list; without pages there is only one.
type Pager struct {
	Pages       []Link
	First, Last int // numbers of the rows that are shown
	Of          int
}

// PerPage is how many cities stand on a page.
const PerPage = 100

// turn cuts a list to one page; pages are counted from 1, and one that does not exist is the first or the last.
func turn[T any](all []T, page int, w *locale.Words, href func(page int) string) ([]T, Pager) {
	pages := (len(all) + PerPage - 1) / PerPage
	page = max(1, min(page, pages))
	from, to := (page-1)*PerPage, min(page*PerPage, len(all))
	if len(all) == 0 {
		return nil, Pager{}
	}
	return all[from:to], pagerOf(page, len(all), to-from, w, href)
}

// byName sorts by name as the reader's language does, and by another key where names are the same.
func byName[T any](lang string, all []T, name, other func(T) string) []T {
	order := collate.New(language.Make(lang), collate.IgnoreCase)
	var buffer collate.Buffer
	type keyed struct {
		key  []byte
		item T
	}
	list := make([]keyed, len(all))
	for i, x := range all {
		list[i] = keyed{order.KeyFromString(&buffer, name(x)), x}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		return cmp.Or(slices.Compare(a.key, b.key), cmp.Compare(other(a.item), other(b.item)))
	})
	out := make([]T, len(all))
	for i, x := range list {
		out[i] = x.item
	}
	return out
}

// rowsByName sorts the rows of a round by the name of the city.
func rowsByName(lang string, rows []assessment.ScoreRow) []assessment.ScoreRow {
	return byName(lang, rows, func(x assessment.ScoreRow) string { return x.Assessment.City.Name },
		func(x assessment.ScoreRow) string { return x.Assessment.City.Code + string(x.Assessment.Perspective) })
}

// width is the class of a bar that shows a part of a whole.
func width(part, whole int) string {
	if whole == 0 {
		return "w0"
	}
	return "w" + strconv.Itoa(min(100*part/whole, 100))
}

// NewRounds lists rounds with what is known of their cities.
func NewRounds(f Frame, all []assessment.RoundTally) Rounds {
	p := Rounds{Frame: f}
	for _, x := range all {
		line := RoundLine{Href: "/rounds/" + x.Round.Code, Title: x.Round.Title, Published: x.Round.Published, Due: x.Round.Due, Cities: x.Cities, HandedIn: x.HandedIn}
		line.Width = width(line.HandedIn, line.Cities)
		p.Rows = append(p.Rows, line)
	}
	return p
}

// quietAfter is after how many days without a save a city at work is called quiet.
const quietAfter = 7

// NewRound lays out the monitor of a round.
func NewRound(f Frame, w *locale.Words, x assessment.Monitor, ask RoundAsk, now time.Time) Round {
	total := len(x.Instrument.Indicators())
	base := "/rounds/" + x.Round.Code
	p := Round{Frame: f, Code: x.Round.Code, Title: x.Round.Title, Instrument: x.Round.Instrument, Due: x.Round.Due, Published: x.Round.Published,
		Cities: len(x.Rows), Total: total * len(x.Rows), CSV: base + "/monitor.csv?" + ask.query(1)}
	c := monitor{reader{w, x.Instrument}, x, ask, now, total}
	countries, states := map[string]bool{}, map[review.State]bool{}
	var rows []RoundRow
	for _, row := range rowsByName(f.Lang, x.Rows) {
		a := row.Assessment
		p.Settled += a.Settled
		p.Questions += x.Counts[a.ID].Questions
		countries[a.City.Country], states[a.State] = true, true
		if !a.Open() {
			p.HandedIn++
		}
		if a.State == review.Submitted || a.State == review.InReview {
			p.Waiting++
		}
		if c.quiet(a) {
			p.Quiet++
		}
		if c.lets(a) {
			rows = append(rows, c.row(a))
		}
	}
	p.Width = width(p.Settled, p.Total)
	for _, s := range x.Stuck {
		q := x.Instrument.Indicator(s.Indicator)
		p.Stuck = append(p.Stuck, StuckLine{s.Indicator, "/instruments/" + x.Round.Instrument + "#" + s.Indicator, c.said(q.Title), s.Cities})
	}
	c.filters(&p, countries, states)
	if !x.Round.Published {
		rows = byName(f.Lang, rows, func(r RoundRow) string { return r.Country }, func(RoundRow) string { return "" })
	}
	p.Shown, p.Filtered = len(rows), ask.query(1) != ""
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Country]++
	}
	some, pager := turn(rows, ask.Page, w, func(i int) string { return base + "?" + ask.query(i) })
	p.Pager = pager
	for _, r := range some {
		if n := len(p.Groups); n == 0 || (p.Groups[n-1].Country != r.Country && !x.Round.Published) {
			p.Groups = append(p.Groups, RoundGroup{Country: r.Country, Cities: counts[r.Country]})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Rows = append(g.Rows, r)
	}
	return p
}

// monitor is what the lines are made from.
type monitor struct {
	reader
	x     assessment.Monitor
	ask   RoundAsk
	now   time.Time
	total int
}

// days are the whole days from a moment to now.
func (c monitor) days(t time.Time) int { return max(0, int(c.now.Sub(t).Hours()/24)) }

func (c monitor) quiet(a assessment.Assessment) bool {
	return a.Open() && !a.Changed.IsZero() && c.days(a.Changed) > quietAfter
}

// proof is the share of the answers with a value that have evidence, in per cent.
func (c monitor) proof(a assessment.Assessment) (share int, known bool) {
	if a.Answered == 0 {
		return 0, false
	}
	return min(100, 100*c.x.Counts[a.ID].Cited/a.Answered), true
}

// lets tells whether the filters let a city through.
func (c monitor) lets(a assessment.Assessment) bool {
	share, known := c.proof(a)
	questions := c.x.Counts[a.ID].Questions > 0
	return (c.ask.Country == "" || a.City.Country == c.ask.Country) && (c.ask.State == "" || string(a.State) == c.ask.State) &&
		map[string]bool{"": true, "week": !a.Changed.IsZero() && c.days(a.Changed) <= quietAfter, "quiet": c.quiet(a), "never": a.Changed.IsZero()}[c.ask.Activity] &&
		map[string]bool{"": true, "none": !known || share == 0, "half": known && share > 0 && share < 50, "more": known && share >= 50}[c.ask.Proof] &&
		map[string]bool{"": true, "open": questions, "none": !questions}[c.ask.Questions]
}

func (c monitor) filters(p *Round, countries map[string]bool, states map[review.State]bool) {
	any := func(key string, chosen bool) Choice { return Choice{"", c.T(key), chosen} }
	p.Countries = []Choice{any("rounds.any_country", c.ask.Country == "")}
	for code := range countries {
		p.Countries = append(p.Countries, Choice{code, c.Country(code), code == c.ask.Country})
	}
	p.Countries = append(p.Countries[:1], byName(c.Lang(), p.Countries[1:], func(x Choice) string { return x.Text }, func(x Choice) string { return x.Value })...)
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

func (c monitor) row(a assessment.Assessment) RoundRow {
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

// RoundFigures are the lines that the filters let through, for a table of another program; see NewRound.
func RoundFigures(w *locale.Words, x assessment.Monitor, ask RoundAsk, now time.Time) (rows [][]string) {
	c := monitor{reader{w, x.Instrument}, x, ask, now, len(x.Instrument.Indicators())}
	rows = [][]string{{"city", "name", "country", "state", "answered", "settled", "indicators", "to_confirm", "with_evidence", "open_questions", "last_change", "handed_in", "due"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	}
	for _, row := range rowsByName(w.Lang(), x.Rows) {
		if a := row.Assessment; c.lets(a) {
			n := x.Counts[a.ID]
			rows = append(rows, []string{a.City.Code, a.City.Name, a.City.Country, string(a.State), strconv.Itoa(a.Answered), strconv.Itoa(a.Settled), strconv.Itoa(c.total), strconv.Itoa(n.Carried),
				strconv.Itoa(n.Cited), strconv.Itoa(n.Questions), day(a.Changed), day(a.HandedIn), day(x.Round.Due)})
		}
	}
	return rows
}
