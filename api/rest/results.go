package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/score"
)

func (a *API) results() {
	type card struct {
		Body json.RawMessage
	}
	add(a, huma.Operation{OperationID: "get-results", Method: http.MethodGet, Path: "/assessments/{id}/results", Summary: "The card of an assessment",
		Description: "The same shape as one card of `migov score --format json`: situation and effort by dimension and sub-category with low, central, high, coverage and notes; what may not be shown is null. " +
			"Its numbers count every answer, as the city claims. `evidenced` and `verified` hold the same numbers of the answers alone that are evidenced or better, or verified; `standings` says how many answers have which standing."},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *Where) (*card, error) {
			d, err := a.Drafts.Open(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			b, err := a.Besides.Of(ctx, who.Actor, d.Assessment)
			if err != nil {
				return nil, err
			}
			body, err := sentResults(a.Library.Scheme(d.Instrument), d, b, a.Now())
			return &card{body}, err
		})
	type round struct {
		Code string `path:"code" doc:"code of the round"`
	}
	type rounds struct {
		Body struct {
			Rounds []Round `json:"rounds"`
		}
	}
	type none struct{}
	add(a, huma.Operation{OperationID: "list-rounds", Method: http.MethodGet, Path: "/rounds", Summary: "Rounds within reach"},
		account.ReadRound, func(ctx context.Context, who session.Asker, _ *none) (*rounds, error) {
			all, err := a.Store.Rounds(ctx)
			out := &rounds{}
			out.Body.Rounds = []Round{}
			for _, r := range all {
				if who.InRound(r.ID) {
					out.Body.Rounds = append(out.Body.Rounds, Round{r.Code, r.Title, r.Instrument, moment(r.Due), r.Published})
				}
			}
			return out, err
		})
	type overview struct {
		Body struct {
			Round  string       `json:"round"`
			Cities []Assessment `json:"cities" doc:"by name"`
		}
	}
	add(a, huma.Operation{OperationID: "get-round", Method: http.MethodGet, Path: "/rounds/{code}", Summary: "The cities of a round and how far they are"},
		account.ReadRound, func(ctx context.Context, who session.Asker, in *round) (*overview, error) {
			r, err := a.Comparisons.Overview(ctx, who.Actor, in.Code)
			if err != nil {
				return nil, err
			}
			out := &overview{}
			out.Body.Round, out.Body.Cities = r.Round.Code, []Assessment{}
			for _, a := range r.Cities {
				out.Body.Cities = append(out.Body.Cities, sentAssessment(a))
			}
			return out, nil
		})
	a.comparison()
	type wish struct { // huma fills no fields of an embedded struct whose name is not exported
		Code string `path:"code" doc:"code of the round"`
		Raw  bool   `query:"raw"`
	}
	add(a, huma.Operation{OperationID: "export-round", Method: http.MethodGet, Path: "/rounds/{code}/answers.csv", Summary: "Export the answers handed in as CSV", Responses: csvFile},
		account.ExportRound, func(_ context.Context, who session.Asker, in *wish) (*csvReply, error) {
			return a.export(who, in.Code, "", in.Raw)
		})
}

// sentResults are the three sets of numbers of an assessment.
func sentResults(scheme *score.Scheme, d assessment.Draft, beside assessment.Beside, now time.Time) (json.RawMessage, error) {
	backing := assessment.BackingOf(scheme, d.Sheet, beside, now)
	var b bytes.Buffer
	if err := score.WriteJSON(&b, []score.Card{scheme.Card(d.City.Code, backing.Claimed), scheme.Card(d.City.Code, backing.Evidenced), scheme.Card(d.City.Code, backing.Verified)}); err != nil {
		return nil, err
	}
	type numbers struct {
		Dimensions    json.RawMessage `json:"dimensions"`
		Subcategories json.RawMessage `json:"subcategories"`
		Overall       json.RawMessage `json:"overall"`
	}
	var cards [3]struct {
		City       string `json:"city"`
		Instrument string `json:"instrument"`
		Method     string `json:"method"`
		numbers
	}
	if err := json.Unmarshal(b.Bytes(), &cards); err != nil {
		return nil, err
	}
	standings := map[evidence.Standing]int{}
	for _, s := range evidence.Standings {
		standings[s] = backing.Count(s)
	}
	whole := struct {
		City       string `json:"city"`
		Instrument string `json:"instrument"`
		Method     string `json:"method"`
		numbers
		Standings map[evidence.Standing]int `json:"standings"`
		Evidenced numbers                   `json:"evidenced"`
		Verified  numbers                   `json:"verified"`
	}{cards[0].City, cards[0].Instrument, cards[0].Method, cards[0].numbers, standings, cards[1].numbers, cards[2].numbers}
	return json.Marshal(whole)
}

// Round as it is sent.
type Round struct {
	Code       string `json:"code"`
	Title      string `json:"title"`
	Instrument string `json:"instrument"`
	Due        any    `json:"due"`
	Published  bool   `json:"published" doc:"holds readings of published material; never compared"`
}
