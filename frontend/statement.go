package frontend

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/reality"
	"migov/assessment/survey"
	"migov/data/locale"
)

// Statements lists what national texts of a country say.
type Statements struct {
	Frame
	Home, Country string // address and code
	Rows          []StatementRow
	Published     int
}

// Told is a statement as people read it.
type Told struct {
	Indicator  string
	Title      survey.Text
	Says       string
	Text, Lang string
	Source     string
	URL, Host  string
	Date       time.Time
}

// NewTold fills it; the title is left out without a questionnaire.
func NewTold(in *survey.Instrument, s reality.Statement) Told {
	t := Told{Indicator: s.Indicator, Says: string(s.Says), Text: s.Text, Lang: s.Language, Source: s.Source, URL: s.URL, Host: evidence.Host(s.URL), Date: s.Date}
	if in != nil {
		t.Title = in.TitleOf(s.Indicator)
	}
	return t
}

// StatementRow is a revision of a statement in a list.
type StatementRow struct {
	Told
	Href     string
	Revision int
	State    string // published, draft, changed (a draft beside a revision that is published), earlier
	By       string // role
	At       time.Time
}

func statementRow(in *survey.Instrument, home string, k assessment.KeptStatement) StatementRow {
	r := StatementRow{Told: NewTold(in, k.Statement), Href: home + "/" + k.ID, Revision: k.Revision, By: string(k.By.Role), At: k.At, State: "draft"}
	switch {
	case k.Shown():
		r.State = "published"
	case k.Published > 0:
		r.State = "changed"
	}
	return r
}

// NewStatements fills the list.
func NewStatements(f Frame, country string, all []assessment.KeptStatement, instrument func(code string) *survey.Instrument) Statements {
	p := Statements{Frame: f, Home: "/countries/" + country + "/statements", Country: country}
	place := map[string]int{} // in the order of the questionnaire
	for _, k := range all {
		if in := instrument(k.Instrument); in != nil && place[in.Code] == 0 {
			place[in.Code] = 1
			for i, q := range in.Indicators() {
				place[in.Code+q.ID] = i
			}
		}
	}
	slices.SortStableFunc(all, func(a, b assessment.KeptStatement) int {
		return cmp.Or(strings.Compare(a.Instrument, b.Instrument), cmp.Compare(place[a.Instrument+a.Indicator], place[b.Instrument+b.Indicator]))
	})
	for _, k := range all {
		p.Rows = append(p.Rows, statementRow(instrument(k.Instrument), p.Home, k))
		if k.Published > 0 {
			p.Published++
		}
	}
	return p
}

// StatementForm is the page on which a statement is added or changed.
type StatementForm struct {
	Frame
	Home, Action string
	Country, By  string
	Instrument   string // code, for a new one
	Revision     int    // the newest that was seen; 0 for a new one
	State        string // as in StatementRow; empty for a new one
	Lacks        bool   // source or date: it cannot be published
	Form         reality.Given
	Marks        Marks
	Groups       []IndicatorGroup
	Says         []reality.Says
	Revisions    []StatementRow // the newest first
}

// IndicatorGroup are the indicators of a dimension to choose from.
type IndicatorGroup struct {
	Title string
	Items []Choice
}

// NewStatementForm fills the form with the scored indicators of the questionnaire.
func NewStatementForm(f Frame, w *locale.Words, in *survey.Instrument, country, by string, given reality.Given) StatementForm {
	home := "/countries/" + country + "/statements"
	p := StatementForm{Frame: f, Home: home, Action: home, Country: country, By: by, Instrument: in.Code, Form: given, Says: reality.AllSays}
	for _, d := range in.Dimensions {
		g := IndicatorGroup{Title: Say(d.Title, w.Lang()).Text}
		for _, s := range d.Subcategories {
			for _, q := range s.Indicators {
				if q.Scored {
					g.Items = append(g.Items, Choice{q.ID, q.ID + " · " + Say(q.Title, w.Lang()).Text, q.ID == given.Indicator})
				}
			}
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

// Of adds what is kept of the statement: its revisions, the newest first.
func (p StatementForm) Of(in *survey.Instrument, all []assessment.KeptStatement) StatementForm {
	p.Action = p.Home + "/" + all[0].ID
	for i, k := range all {
		row := statementRow(in, p.Home, k)
		if i > 0 && !k.Shown() {
			row.State = "earlier"
		}
		p.Revisions = append(p.Revisions, row)
	}
	p.State, p.Lacks = p.Revisions[0].State, len(all[0].Publishable()) > 0
	return p
}

// GivenOf is a kept statement as its form shows it.
func GivenOf(s reality.Statement) reality.Given {
	g := reality.Given{Indicator: s.Indicator, Says: string(s.Says), Text: s.Text, Source: s.Source, URL: s.URL, Language: s.Language}
	if !s.Date.IsZero() {
		g.Date = s.Date.Format(time.DateOnly)
	}
	return g
}
