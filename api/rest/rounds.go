package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// RoundPlan is a round as whoever runs it says it.
type RoundPlan struct {
	Title            string   `json:"title"`
	Opens            string   `json:"opens" required:"false" doc:"the first day, such as 2027-01-01; empty when there is none"`
	Due              string   `json:"due" required:"false" doc:"the last day to answer; empty when there is none"`
	Languages        []string `json:"languages" required:"false" doc:"of the questionnaire; none means all of them"`
	ReviewersCompare bool     `json:"reviewers_compare" required:"false" doc:"reviewers may see how many other cities give each level"`
}

// RoundCohort says which cities are meant. What is chosen in several ways is joined together.
type RoundCohort struct {
	Cities  []string `json:"cities" required:"false" doc:"codes"`
	Groups  []string `json:"groups" required:"false" doc:"classes of cities, such as region:015: several of one kind mean any of them, several kinds mean all"`
	Named   string   `json:"named" required:"false" doc:"a list of codes, UN/LOCODEs or names, one a line"`
	Earlier string   `json:"earlier" required:"false" doc:"code of another round, whose cities are taken"`
}

// PlannedRound is a round with its cities.
type PlannedRound struct {
	RoundPlan
	Code       string      `json:"code"`
	Instrument string      `json:"instrument" doc:"code@version"`
	Cities     []RoundCity `json:"cities" doc:"by name"`
}

// RoundCity is a city of a round.
type RoundCity struct {
	City  string `json:"city" doc:"its code"`
	Name  string `json:"name"`
	Begun bool   `json:"begun" doc:"somebody has worked on it; it is not taken out"`
}

type plannedRound struct{ Body PlannedRound }

func (a *API) roundPlans() assessment.RoundPlans {
	return assessment.RoundPlans{Store: a.Store, Questionnaires: a.Library}
}

// cohort finds the cities that are meant; a name that means none or several refuses the whole.
func (a *API) cohort(ctx context.Context, who session.Asker, c RoundCohort) ([]string, error) {
	found, err := a.roundPlans().Choose(ctx, who.Actor, assessment.CohortWish{Groups: c.Groups, Codes: c.Cities, Pasted: c.Named, Earlier: c.Earlier})
	if err != nil {
		return nil, err
	}
	return found.Codes(), found.Fault()
}

func (p RoundPlan) plan(code, instrument string) assessment.RoundPlan {
	return assessment.RoundPlan{Code: code, Title: p.Title, Instrument: instrument, Opens: p.Opens, Due: p.Due, Languages: p.Languages, ReviewersCompare: p.ReviewersCompare}
}

// plannedRound reads a round as it stands.
func (a *API) plannedRound(ctx context.Context, who session.Asker, code string) (*plannedRound, error) {
	r, cities, err := a.roundPlans().Cities(ctx, who.Actor, code)
	if err != nil {
		return nil, err
	}
	p := assessment.PlanOf(r)
	out := &plannedRound{PlannedRound{RoundPlan: RoundPlan{p.Title, p.Opens, p.Due, append([]string{}, p.Languages...), p.ReviewersCompare}, Code: r.Code, Instrument: r.Instrument, Cities: []RoundCity{}}}
	for _, c := range cities {
		out.Body.Cities = append(out.Body.Cities, RoundCity{c.Code, c.Name, c.Begun})
	}
	return out, nil
}

func (a *API) plannedRounds() {
	type address struct {
		Code string `path:"code" doc:"code of the round"`
	}
	add(a, huma.Operation{OperationID: "get-round-plan", Method: http.MethodGet, Path: "/rounds/{code}/plan", Summary: "A round, its dates, languages and cities"},
		account.ManageRounds, func(ctx context.Context, who session.Asker, in *address) (*plannedRound, error) {
			return a.plannedRound(ctx, who, in.Code)
		})
	type making struct {
		Body struct {
			RoundPlan
			Code       string      `json:"code" required:"false" doc:"short name in addresses and files; without it made from the title"`
			Instrument string      `json:"instrument" doc:"code@version"`
			Cohort     RoundCohort `json:"cohort"`
		}
	}
	add(a, huma.Operation{OperationID: "make-round", Method: http.MethodPost, Path: "/rounds", Summary: "Make a round and invite cities",
		Description: "An analyst who makes a round is bound to it. All or nothing: a city that is not known refuses the whole.", Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}},
		account.ManageRounds, func(ctx context.Context, who session.Asker, in *making) (*plannedRound, error) {
			cities, err := a.cohort(ctx, who, in.Body.Cohort)
			if err != nil {
				return nil, err
			}
			r, err := a.roundPlans().Make(ctx, who.Actor, in.Body.plan(in.Body.Code, in.Body.Instrument), cities)
			if err != nil {
				return nil, err
			}
			if who.Role == account.Analyst {
				who.Rounds = append(who.Rounds, r.ID)
			}
			return a.plannedRound(ctx, who, r.Code)
		})
	type changing struct {
		Code string `path:"code" doc:"code of the round"`
		Body struct {
			RoundPlan
			Add    RoundCohort `json:"add" required:"false"`
			Remove []string    `json:"remove" required:"false" doc:"codes of cities that have not begun"`
		}
	}
	add(a, huma.Operation{OperationID: "change-round", Method: http.MethodPut, Path: "/rounds/{code}/plan", Summary: "Change a round, invite cities, take out those that have not begun",
		Description: "Code and questionnaire stay. 409 when a city to be taken out has begun; then nothing is changed.", Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}},
		account.ManageRounds, func(ctx context.Context, who session.Asker, in *changing) (*plannedRound, error) {
			cities, err := a.cohort(ctx, who, in.Body.Add)
			if err != nil {
				return nil, err
			}
			if _, err := a.roundPlans().Change(ctx, who.Actor, in.Code, in.Body.plan(in.Code, ""), cities, in.Body.Remove); err != nil {
				return nil, err
			}
			return a.plannedRound(ctx, who, in.Code)
		})
}
