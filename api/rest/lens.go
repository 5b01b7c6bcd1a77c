package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/lens"
	"migov/assessment/survey"
)

// LensLink is an indicator that is linked to an objective.
type LensLink struct {
	Indicator string `json:"indicator"`
	Type      string `json:"type" enum:"full,partial,context"`
	Counts    bool   `json:"counts" doc:"in the number of the objective: scored, and more than context"`
	Why       string `json:"why" doc:"in the language of the request, else in English; empty when nobody has written it"`
}

// LensObjective is one objective with the indicators that are linked to it.
type LensObjective struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Coverage string     `json:"coverage" enum:"broad,some,thin,none" doc:"five indicators or more, two to four, one, none"`
	InPart   bool       `json:"in_part" doc:"a number speaks of a part of the objective alone"`
	Links    []LensLink `json:"links"`
}

// LensValue is an objective of one city.
type LensValue struct {
	LensObjective
	Low        *float64 `json:"low"`
	Central    *float64 `json:"central" doc:"situation, 0 to 100; null where there is none"`
	High       *float64 `json:"high"`
	Why        string   `json:"why_none" enum:",too_few_links,too_few_apply,nothing_applicable,not_enough_answers"`
	Answered   int      `json:"answered"`
	Applicable int      `json:"applicable"`
}

// LensSpread is an objective of a round.
type LensSpread struct {
	LensObjective
	Cities        int      `json:"cities" doc:"with a number"`
	FirstQuartile *float64 `json:"first_quartile" doc:"null with fewer than five cities"`
	Median        *float64 `json:"median"`
	ThirdQuartile *float64 `json:"third_quartile"`
}

func sentObjective(o lens.Objective, who session.Asker) LensObjective {
	in := func(t survey.Text) string {
		s, _ := t.In(survey.Language(who.Lang))
		return s
	}
	out := LensObjective{ID: o.ID, Title: in(o.Title), Coverage: string(o.Coverage), InPart: o.InPart(), Links: []LensLink{}}
	for _, k := range o.Ties {
		out.Links = append(out.Links, LensLink{k.Indicator.ID, string(k.Type), k.Counts, in(k.Why)})
	}
	return out
}

// known is a number, or null.
func known(is bool, x float64) *float64 {
	if !is {
		return nil
	}
	return &x
}

func (a *API) lenses() {
	type wish struct {
		ID        string `path:"id" doc:"id of the assessment"`
		Framework string `query:"framework" doc:"such as gcm, sdg, nua or micic; without it the first of the questionnaire"`
	}
	type lensed struct {
		Body struct {
			Framework  string      `json:"framework"`
			Objectives []LensValue `json:"objectives" doc:"in the order of the framework"`
			Beyond     []string    `json:"beyond" doc:"ids of the framework that no indicator of the questionnaire tells of"`
		}
	}
	add(a, huma.Operation{OperationID: "get-lens", Method: http.MethodGet, Path: "/assessments/{id}/lens", Summary: "The answers of a city, seen through another framework",
		Description: "A way of reading, not a score for the framework: nothing is added up over objectives, and with fewer than two indicators that apply there is no number."},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *wish) (*lensed, error) {
			x, err := a.Lenses.Own(ctx, who.Actor, in.ID, in.Framework)
			if err != nil {
				return nil, err
			}
			out := &lensed{}
			out.Body.Framework, out.Body.Objectives, out.Body.Beyond = x.View.ID, []LensValue{}, append([]string{}, x.Beyond...)
			for i, o := range x.Objectives {
				v := x.Values[i]
				out.Body.Objectives = append(out.Body.Objectives, LensValue{sentObjective(o, who), known(v.Banded, v.Low), known(v.Known, v.Central), known(v.Banded, v.High), string(v.Note), v.Answered, v.Applicable})
			}
			return out, nil
		})
	a.roundLens()
}

func (a *API) roundLens() {
	type wish struct {
		Code      string `path:"code" doc:"code of the round"`
		Framework string `query:"framework" doc:"such as gcm, sdg, nua or micic; without it the first of the questionnaire"`
		Group     string `query:"group" doc:"a peer group as in the comparison; without it every city that has handed in"`
	}
	type spread struct {
		Body struct {
			Framework  string       `json:"framework"`
			Group      string       `json:"group"`
			Cities     int          `json:"cities" doc:"in the group, handed in"`
			Objectives []LensSpread `json:"objectives" doc:"in the order of the framework"`
			Beyond     []string     `json:"beyond" doc:"ids of the framework that no indicator of the questionnaire tells of"`
		}
	}
	add(a, huma.Operation{OperationID: "get-round-lens", Method: http.MethodGet, Path: "/rounds/{code}/lens", Summary: "The cities of a round, seen through another framework",
		Description: "Quartiles over the cities that have handed in, from five with a number on. No city is named and none is ranked."},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*spread, error) {
			group, err := compare.ParseGroup(in.Group)
			if err != nil {
				return nil, err
			}
			x, err := a.Lenses.Round(ctx, who.Actor, in.Code, in.Framework, group)
			if err != nil {
				return nil, err
			}
			out := &spread{}
			b := &out.Body
			b.Framework, b.Group, b.Cities, b.Objectives, b.Beyond = x.View.ID, group.Key(), x.Selection.Size(), []LensSpread{}, append([]string{}, x.Beyond...)
			for i, o := range x.Objectives {
				d := x.Spreads[i]
				b.Objectives = append(b.Objectives, LensSpread{sentObjective(o, who), d.Counted, known(d.Enough, d.FirstQuartile), known(d.Enough, d.Median), known(d.Enough, d.ThirdQuartile)})
			}
			return out, nil
		})
}
