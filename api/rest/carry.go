package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment/account"
)

// Carried is what the last round has left for an indicator, as it is sent.
type Carried struct {
	Indicator   string     `json:"indicator"`
	Value       string     `json:"value" doc:"as this questionnaire takes it; empty when it no longer does"`
	NonAnswer   string     `json:"non_answer"`
	Explanation string     `json:"explanation"`
	Evidence    string     `json:"evidence"`
	Confidence  string     `json:"confidence"`
	Was         string     `json:"was" doc:"the value in the earlier round"`
	Power       string     `json:"power" doc:"where it was set"`
	Pieces      []string   `json:"pieces" doc:"ids of the evidence that was cited"`
	Changed     []string   `json:"changed" doc:"what is another in the question: kind, question, levels, options, labels, number, title, help, evidence, elsewhere, power; and value when the answer no longer fits"`
	Expired     int        `json:"expired" doc:"pieces that were cited and are no longer valid, or have gone"`
	Waits       bool       `json:"waits" doc:"to be confirmed, answered anew, or put aside"`
	Confirmed   bool       `json:"confirmed"`
	Settled     *time.Time `json:"settled"`
	From        string     `json:"from" doc:"id of the earlier assessment"`
	At          time.Time  `json:"at" doc:"when it was written"`
	Role        string     `json:"role" doc:"of whoever wrote it"`
}

func (a *API) carried() {
	type carriedList struct {
		Body struct {
			Carried []Carried `json:"carried" doc:"in the order of the questionnaire; nothing of it counts as answered until it is confirmed"`
		}
	}
	const path = "/assessments/{id}/carried"
	add(a, huma.Operation{OperationID: "list-carried", Method: http.MethodGet, Path: path, Summary: "What the last round has left"},
		account.Carry, func(ctx context.Context, who session.Asker, in *Where) (*carriedList, error) {
			r, err := a.CarryOver.Review(ctx, who.Actor, in.ID)
			out := &carriedList{}
			out.Body.Carried = []Carried{}
			for _, x := range r.Lines {
				one := Carried{Indicator: x.Indicator, Value: x.Answer.Value, NonAnswer: string(x.Answer.NonAnswer), Explanation: x.Answer.Explanation, Evidence: x.Answer.Evidence,
					Confidence: string(x.Answer.Confidence), Was: x.Was.Value, Power: string(x.Holder), Pieces: []string{}, Changed: append([]string{}, x.Changed...), Expired: len(x.Expired) + x.Gone,
					Waits: x.Waits, Confirmed: x.Confirmed, Settled: moment(x.Settled), From: x.From, At: x.At, Role: string(x.By.Role)}
				for _, c := range x.Citations {
					one.Pieces = append(one.Pieces, c.Evidence)
				}
				out.Body.Carried = append(out.Body.Carried, one)
			}
			return out, err
		})
	type counted struct {
		Body struct {
			Count int `json:"count"`
		}
	}
	refused := []int{http.StatusConflict, http.StatusUnprocessableEntity}
	add(a, huma.Operation{OperationID: "carry-over", Method: http.MethodPost, Path: path, Summary: "Take over what the last round has left",
		Description: "Doing it again adds what has come since. The count is that of new lines.", Errors: refused},
		account.SetPower, func(ctx context.Context, who session.Asker, in *Where) (*counted, error) {
			n, err := a.CarryOver.Over(ctx, who.Actor, in.ID)
			out := &counted{}
			out.Body.Count = n
			return out, err
		})
	type chosen struct {
		Where
		Body struct {
			Indicators []string `json:"indicators" minItems:"1" maxItems:"500"`
		}
	}
	type outcome struct {
		Indicator string `json:"indicator"`
		Outcome   string `json:"outcome" doc:"confirmed; answered: an answer of this round stands, and the line was put aside; settled: it was before; unfit: it waits to be answered anew"`
	}
	type outcomes struct {
		Body struct {
			Confirmed []outcome `json:"confirmed"`
		}
	}
	add(a, huma.Operation{OperationID: "confirm-carried", Method: http.MethodPost, Path: path + "/confirm", Summary: "Say that answers of the last round are still true",
		Description: "Each becomes an answer of this round, with its citations and, by a coordinator, its power. Doing it again changes nothing.", Errors: refused},
		account.Carry, func(ctx context.Context, who session.Asker, in *chosen) (*outcomes, error) {
			done, err := a.CarryOver.Confirm(ctx, who.Actor, in.ID, in.Body.Indicators...)
			out := &outcomes{}
			out.Body.Confirmed = []outcome{}
			for _, x := range done {
				out.Body.Confirmed = append(out.Body.Confirmed, outcome{x.Indicator, string(x.Outcome)})
			}
			return out, err
		})
	add(a, huma.Operation{OperationID: "put-carried-aside", Method: http.MethodPost, Path: path + "/aside", Summary: "Put answers of the last round aside", Errors: refused},
		account.Carry, func(ctx context.Context, who session.Asker, in *chosen) (*counted, error) {
			n, err := a.CarryOver.Aside(ctx, who.Actor, in.ID, in.Body.Indicators...)
			out := &counted{}
			out.Body.Count = n
			return out, err
		})
	add(a, huma.Operation{OperationID: "confirm-carried-powers", Method: http.MethodPost, Path: path + "/powers", Summary: "Confirm the powers of the last round that nobody has set in this one", Errors: refused},
		account.SetPower, func(ctx context.Context, who session.Asker, in *Where) (*counted, error) {
			n, err := a.CarryOver.Powers(ctx, who.Actor, in.ID)
			out := &counted{}
			out.Body.Count = n
			return out, err
		})
}
