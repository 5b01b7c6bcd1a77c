package frontend

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"migov/assessment"
	"migov/data/locale"
)

// Rounds lists the rounds of an analyst.
type Rounds struct {
	Frame
	Rows []RoundLine
}

// RoundLine is a round in the list.
type RoundLine struct {
	Href, Title      string
	Published        bool
	Due              time.Time
	Cities, HandedIn int
	Width            string // class of the bar
}

// Round is the overview of a round.
type Round struct {
	Frame
	Code, Title, Instrument string
	Due                     time.Time
	Published               bool
	Cities, HandedIn        int
	Settled, Total          int // indicators, over all cities
	Width                   string
	Rows                    []RoundRow
	Pager                   Pager
}

// RoundRow is a city in the overview.
type RoundRow struct {
	ID, City       string
	Fictional      bool
	Results        string // address; only of those handed in
	Status         string // where it is not handed in
	HandedIn       time.Time
	Settled, Total int
	Answered       int
	Width          string
	Changed        time.Time
	Coverage       string // only of those handed in
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
	p := Pager{First: from + 1, Last: to, Of: len(all)}
	if len(all) == 0 {
		return nil, Pager{}
	}
	for i := 1; pages > 1 && i <= pages; i++ {
		p.Pages = append(p.Pages, Link{Href: href(i), Text: w.Int(i), Current: i == page})
	}
	return all[from:to], p
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
func NewRounds(f Frame, all []assessment.RoundResults) Rounds {
	p := Rounds{Frame: f}
	for _, x := range all {
		line := RoundLine{Href: "/rounds/" + x.Round.Code, Title: x.Round.Title, Published: x.Round.Published, Due: x.Round.Due, Cities: len(x.Rows)}
		for _, row := range x.Rows {
			if !row.Assessment.Open() {
				line.HandedIn++
			}
		}
		line.Width = width(line.HandedIn, line.Cities)
		p.Rows = append(p.Rows, line)
	}
	return p
}

// NewRound lays out the overview of a round.
func NewRound(f Frame, w *locale.Words, x assessment.RoundResults, page int) Round {
	total := len(x.Instrument.Indicators())
	p := Round{Frame: f, Code: x.Round.Code, Title: x.Round.Title, Instrument: x.Round.Instrument, Due: x.Round.Due, Published: x.Round.Published,
		Cities: len(x.Rows), Total: total * len(x.Rows)}
	for _, row := range x.Rows {
		p.Settled += row.Assessment.Settled
		if !row.Assessment.Open() {
			p.HandedIn++
		}
	}
	p.Width = width(p.Settled, p.Total)
	rows, pager := turn(rowsByName(f.Lang, x.Rows), page, w, func(i int) string { return "/rounds/" + x.Round.Code + "?page=" + strconv.Itoa(i) })
	p.Pager = pager
	for _, row := range rows {
		p.Rows = append(p.Rows, roundRow(reader{w, x.Instrument}, row, total))
	}
	return p
}

func roundRow(r reader, row assessment.ScoreRow, total int) RoundRow {
	a := row.Assessment
	out := RoundRow{ID: a.ID, City: a.City.Name, Fictional: a.City.Fictional, HandedIn: a.HandedIn, Settled: a.Settled, Total: total,
		Answered: a.Answered, Width: width(a.Settled, total), Changed: a.Changed, Status: "in_progress"}
	switch {
	case !a.Open():
		out.Results = "/assessments/" + a.ID + "/results"
		var c count
		for _, d := range row.Numbers.Dimensions {
			c = c.plus(count{d.Answered, d.Applicable})
		}
		if out.Coverage = r.T("results.of", "Answered", c.answered, "Applicable", c.applicable); c.applicable == 0 {
			out.Coverage = r.T("results.short_nothing_applicable")
		}
	case a.Changed.IsZero():
		out.Status = "not_started"
	case a.Settled == total:
		out.Status = "complete"
	}
	return out
}
