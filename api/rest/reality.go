package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/reality"
)

// Statement is what a national text says of the subject of one indicator.
type Statement struct {
	ID         string `json:"id"`
	Country    string `json:"country"`
	Instrument string `json:"instrument" doc:"code without version"`
	Indicator  string `json:"indicator"`
	Says       string `json:"says" enum:"in_place,partly,not_in_place"`
	Text       string `json:"text"`
	Language   string `json:"language" doc:"of the text"`
	Source     string `json:"source" doc:"empty only in a draft"`
	URL        string `json:"url"`
	Date       string `json:"date" doc:"of the paper, such as 2024-03-31; empty only in a draft"`
}

func sentStatement(s reality.Statement) Statement {
	out := Statement{ID: s.ID, Country: s.Country, Instrument: s.Instrument, Indicator: s.Indicator, Says: string(s.Says), Text: s.Text, Language: s.Language, Source: s.Source, URL: s.URL}
	if !s.Date.IsZero() {
		out.Date = s.Date.Format(time.DateOnly)
	}
	return out
}

// KeptStatement is the newest version of a statement.
type KeptStatement struct {
	Statement
	Revision  int `json:"revision" doc:"the newest version"`
	Published int `json:"published" doc:"the version that others read; 0 for none"`
}

// Outcomes counts pairs of a statement and a city.
type Outcomes struct {
	Aligned     int `json:"aligned"`
	OnPaperOnly int `json:"on_paper_only"`
	CityAhead   int `json:"city_ahead"`
	GapOnBoth   int `json:"gap_on_both_sides"`
	NoData      int `json:"no_data"`
}

func sentOutcomes(t reality.Tally) Outcomes {
	return Outcomes{t[reality.Aligned], t[reality.OnPaperOnly], t[reality.CityAhead], t[reality.GapOnBoth], t[reality.NoData]}
}

// Pair is one statement beside the answer of one city.
type Pair struct {
	City    string   `json:"city" doc:"code"`
	Value   *float64 `json:"value" doc:"0 to 100; null where the answer carries none"`
	Holder  string   `json:"holder" doc:"who holds the power in this city"`
	Outcome string   `json:"outcome" enum:"aligned,on_paper_only,city_ahead,gap_on_both_sides,no_data"`
	InPart  bool     `json:"in_part" doc:"the answer lies between the thresholds of the method"`
}

// Finding is a statement with what the cities of the country answer.
type Finding struct {
	Statement Statement `json:"statement"`
	Counts    Outcomes  `json:"counts"`
	InPart    int       `json:"in_part"`
	Pairs     []Pair    `json:"pairs" doc:"by name of city"`
}

// RealityRow are the pairs of a dimension.
type RealityRow struct {
	ID         string   `json:"id"`
	Statements int      `json:"statements"`
	Counts     Outcomes `json:"counts"`
}

// AgendaItem is a proposal for a meeting between the levels of government.
type AgendaItem struct {
	Statement string `json:"statement" doc:"id"`
	Outcome   string `json:"outcome"`
	Cities    int    `json:"cities" doc:"with this outcome"`
	Known     int    `json:"known" doc:"cities with data"`
	Holder    string `json:"holder" doc:"who holds the power in most cities"`
	Question  string `json:"question" enum:"reach_national,reach_shared,reach_city,support,begin"`
	Tellable  bool   `json:"tellable" doc:"at least five cities have data, so that the counts may be told to others than the analysts of the round"`
}

func (a *API) reality() {
	type country struct {
		Country string `path:"country" doc:"ISO 3166-1 alpha-2"`
	}
	type statements struct {
		Body struct {
			Statements []KeptStatement `json:"statements"`
		}
	}
	add(a, huma.Operation{OperationID: "list-statements", Method: http.MethodGet, Path: "/countries/{country}/statements", Summary: "What national texts of a country say",
		Description: "The newest version of each, published or not, by indicator."},
		account.ManagePacks, func(ctx context.Context, who session.Asker, in *country) (*statements, error) {
			all, err := assessment.Statements{Store: a.Store, Questionnaires: a.Library, Now: a.Now}.List(ctx, who.Actor, in.Country)
			out := &statements{}
			out.Body.Statements = []KeptStatement{}
			for _, k := range all {
				out.Body.Statements = append(out.Body.Statements, KeptStatement{sentStatement(k.Statement), k.Revision, k.Published})
			}
			return out, err
		})
	type wish struct {
		Code    string `path:"code" doc:"code of the round"`
		Country string `query:"country" doc:"ISO 3166-1 alpha-2; without it the first country with published statements and cities that have handed in"`
	}
	type check struct {
		Body struct {
			Round      string       `json:"round"`
			Country    string       `json:"country"`
			Cities     int          `json:"cities" doc:"handed in and counted"`
			Dimensions []RealityRow `json:"dimensions"`
			Findings   []Finding    `json:"findings" doc:"in the order of the questionnaire"`
			Sharpest   []string     `json:"sharpest" doc:"ids of statements that a city contradicts, the larger share first"`
			Agenda     []AgendaItem `json:"agenda"`
		}
	}
	add(a, huma.Operation{OperationID: "check-reality", Method: http.MethodGet, Path: "/rounds/{code}/reality", Summary: "National statements beside what the cities of a round answer",
		Description: "Only assessments handed in count. A mismatch is stated only where an answer is 75 or more, or 25 or less."},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*check, error) {
			x, err := assessment.RealityChecks{Store: a.Store, Questionnaires: a.Library, Looks: a.Drafts.Looks}.Of(ctx, who.Actor, in.Code, in.Country)
			if err != nil {
				return nil, err
			}
			out := &check{}
			b := &out.Body
			b.Round, b.Country, b.Cities = x.Round.Code, x.Country.Country, len(x.Cities)
			b.Dimensions, b.Findings, b.Sharpest, b.Agenda = []RealityRow{}, []Finding{}, []string{}, []AgendaItem{}
			for _, d := range x.Dimensions {
				b.Dimensions = append(b.Dimensions, RealityRow{d.ID, d.Statements, sentOutcomes(d.Counts)})
			}
			for _, f := range x.Findings {
				b.Findings = append(b.Findings, sentFinding(f, x.Cities))
			}
			for _, f := range x.Sharpest() {
				b.Sharpest = append(b.Sharpest, f.Statement.ID)
			}
			for _, i := range x.Agenda() {
				b.Agenda = append(b.Agenda, AgendaItem{i.Statement.ID, string(i.Outcome), i.Cities, i.Counts.Known(), string(i.Holder), string(i.Question), i.Counts.Tellable()})
			}
			return out, nil
		})
}

func sentFinding(f reality.Finding, cities []assessment.CityMarks) Finding {
	out := Finding{Statement: sentStatement(f.Statement), Counts: sentOutcomes(f.Counts), InPart: f.InPart, Pairs: []Pair{}}
	for _, y := range f.Pairs {
		p := Pair{City: cities[y.City].City.Code, Holder: string(y.Answer.Holder), Outcome: string(y.Outcome), InPart: y.InPart}
		if y.Answer.Answered {
			p.Value = &y.Answer.Value
		}
		out.Pairs = append(out.Pairs, p)
	}
	return out
}
