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
