package frontend

import (
	"net/url"
	"strconv"
	"strings"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/data/locale"
)

// Cities lists the cities that rounds can invite.
type Cities struct {
	Frame
	Rows               []CityFacts
	Of                 int // that fit the filters
	Countries, Regions []Choice
	Filtered           bool
	Pager              Pager
}

// CityFacts is what is known of a city, in words; empty where nobody has said it.
type CityFacts struct {
	Code, Name      string
	Fictional       bool
	Country, Region string
	Locode          string
	Population      string
	Roles, Income   string
}

// CitiesAsk is which cities the reader wants to see; it lives in the address.
type CitiesAsk struct {
	Country, Region string
	Page            int // from 1
}

// ParseCitiesAsk reads the address.
func ParseCitiesAsk(q url.Values) CitiesAsk {
	a := CitiesAsk{Country: q.Get("country"), Region: q.Get("region"), Page: 1}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 1_000_000 {
		a.Page = n
	}
	return a
}

// Of is the question to the store.
func (a CitiesAsk) Of() assessment.CityAsk {
	return assessment.CityAsk{Country: a.Country, Region: a.Region, From: (a.Page - 1) * PerPage, Most: PerPage}
}

func (a CitiesAsk) href(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"country": a.Country, "region": a.Region} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/cities"
	}
	return "/cities?" + q.Encode()
}

// NewCities lays out a part of the list.
func NewCities(f Frame, w *locale.Words, x assessment.CityList, ask CitiesAsk) Cities {
	r := reader{Words: w}
	p := Cities{Frame: f, Of: x.Of, Filtered: ask.Country+ask.Region != ""}
	for _, c := range x.Cities {
		p.Rows = append(p.Rows, r.facts(c))
	}
	p.Countries = r.choices(compare.ByCountry, x.Countries, ask.Country, "cities.any_country")
	p.Regions = r.choices(compare.ByRegion, x.Regions, ask.Region, "cities.any_region")
	p.Pager = pagerOf(ask.Page, x.Of, len(x.Cities), w, ask.href)
	return p
}

// choices are the classes to filter by, by their names.
func (r reader) choices(by compare.Attribute, values []string, chosen, every string) []Choice {
	var out []Choice
	for _, v := range values {
		out = append(out, Choice{v, r.class(by, v), v == chosen})
	}
	out = byName(r.Lang(), out, func(x Choice) string { return x.Text }, func(x Choice) string { return x.Value })
	return append([]Choice{{"", r.T(every), chosen == ""}}, out...)
}

// pagerOf leads to the first and the last page and to those around the one that is shown.
func pagerOf(page, of, shown int, w *locale.Words, href func(page int) string) (p Pager) {
	pages := (of + PerPage - 1) / PerPage
	first := (page - 1) * PerPage
	p = Pager{First: first + 1, Last: first + shown, Of: of}
	for i := 1; pages > 1 && i <= pages; i++ {
		if i == 1 || i == pages || (i >= page-2 && i <= page+2) {
			p.Pages = append(p.Pages, Link{Href: href(i), Text: w.Int(i), Current: i == page})
		}
	}
	return p
}

func (r reader) facts(c assessment.City) CityFacts {
	out := CityFacts{Code: c.Code, Name: c.Name, Fictional: c.Fictional, Country: r.Country(c.Country), Locode: c.Locode}
	if c.Region != "" {
		out.Region = r.class(compare.ByRegion, c.Region)
	}
	if c.Population > 0 {
		out.Population = r.Int(c.Population)
	}
	var roles []string
	for _, role := range c.Roles {
		roles = append(roles, r.class(compare.ByRole, role))
	}
	out.Roles = r.list(roles)
	if c.Income != "" {
		out.Income = r.class(compare.ByIncome, c.Income)
	}
	return out
}

// CitiesImport is the page on which cities come in from a file.
type CitiesImport struct {
	Frame
	By        string
	Megabytes int // largest file
	Columns   []string
	FileMsg   string
	Plan      *CitiesPlan // after a dry run
}

// CitiesPlan says what an import would do. Of a long file the beginning is shown.
type CitiesPlan struct {
	Adds, Changes, Same int
	Refused             []RefusedRow
	Rows                []CitiesPlanRow // those that do something
	Refusals, More      int             // refused rows in all; rows that do something and are not shown
	Unread              []string        // headings of columns
	File, Digest        string          // what is sent back to be carried out: the whole file in base64
}

// Ready tells whether the plan can be carried out and does something.
func (p CitiesPlan) Ready() bool { return p.Refusals == 0 && p.Adds+p.Changes > 0 }

// Does is how many rows do something.
func (p CitiesPlan) Does() int { return p.Adds + p.Changes }

// CitiesPlanRow is what a row would do.
type CitiesPlanRow struct {
	Row          int
	Name, Effect string
	Facts        []CityFact
}

// CityFact is one thing that is said of a city; Before is empty for a new one.
type CityFact struct{ Column, Before, After string }

// mostPlanned is how many rows of a dry run are shown, and how many that are refused.
const mostPlanned = 300

// NewCitiesPlan puts a dry run into words; refused are its refused rows in words.
func NewCitiesPlan(w *locale.Words, p assessment.CityPlan, refused []RefusedRow, file string) *CitiesPlan {
	r := reader{Words: w}
	out := &CitiesPlan{Adds: p.Count(assessment.Adds), Changes: p.Count(assessment.Changes), Same: p.Count(assessment.Same), Refused: refused, Refusals: len(refused), Unread: p.Unread, File: file, Digest: p.Digest}
	out.Refused = out.Refused[:min(len(out.Refused), mostPlanned)]
	for _, l := range p.Lines {
		switch {
		case l.Effect == assessment.Same:
		case len(out.Rows) == mostPlanned:
			out.More++
		default:
			out.Rows = append(out.Rows, r.planned(l))
		}
	}
	return out
}

func (r reader) planned(l assessment.CityLine) CitiesPlanRow {
	row := CitiesPlanRow{Row: l.Row, Name: l.After.Name, Effect: string(l.Effect)}
	before, after := r.facts(l.Before), r.facts(l.After)
	for _, column := range assessment.CityColumns {
		f := CityFact{column, before.of(column), after.of(column)}
		switch {
		case l.Effect == assessment.Changes && f.After != f.Before:
			row.Facts = append(row.Facts, f)
		case l.Effect == assessment.Adds && column != "name" && f.After != "":
			row.Facts = append(row.Facts, CityFact{Column: column, After: f.After})
		}
	}
	return row
}

// of is the fact of a column.
func (c CityFacts) of(column string) string {
	return map[string]string{"city": c.Code, "name": c.Name, "country": c.Country, "region": c.Region, "locode": c.Locode, "population": c.Population, "roles": c.Roles, "income": c.Income}[column]
}

// CityNotes explain the columns of a file of cities: for each its name and what stands in it.
func CityNotes(w *locale.Words) [][]string {
	rows := [][]string{{w.T("cities.column"), w.T("cities.meaning")}}
	for _, column := range assessment.CityColumns {
		rows = append(rows, []string{column, w.T("cities.column_" + column)})
	}
	rows = append(rows, []string{"", strings.Join([]string{w.T("cities.columns_more"), w.T("cities.identity")}, " ")})
	return rows
}
