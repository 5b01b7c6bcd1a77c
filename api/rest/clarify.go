package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
)

// Clarification is a question of somebody who reviews as it is sent.
type Clarification struct {
	ID           string     `json:"id"`
	Indicator    string     `json:"indicator"`
	State        string     `json:"state" doc:"waiting, replied, settled, or withdrew"`
	Question     string     `json:"question"`
	Due          *time.Time `json:"due" doc:"the last day; nothing is blocked when it passes"`
	Overdue      bool       `json:"overdue"`
	Version      int        `json:"answer_version" doc:"of the answer when it was asked"`
	By           string     `json:"by" doc:"role"`
	Organisation string     `json:"organisation"`
	At           time.Time  `json:"at"`
	Reply        string     `json:"reply"`
	Outcome      string     `json:"outcome" doc:"replied, changed, or stands; empty while the city has not replied"`
	RepliedBy    string     `json:"replied_by" doc:"role"`
	RepliedName  string     `json:"replied_name" doc:"for people of the city; empty for others"`
	Replied      *time.Time `json:"replied"`
	Settled      *time.Time `json:"settled" doc:"when whoever asked was content, or took the question back"`
}

func clarifications(b assessment.Beside, words *locale.Words, now time.Time) []Clarification {
	out := []Clarification{}
	for _, x := range b.Clarifications {
		out = append(out, Clarification{ID: x.ID, Indicator: x.Indicator, State: string(x.State()), Question: x.Question, Due: moment(x.Due), Overdue: x.Overdue(now), Version: x.Version,
			By: string(x.By.Role), Organisation: x.Department, At: x.At, Reply: x.Reply, Outcome: string(x.Outcome), RepliedBy: string(x.RepliedBy.Role),
			RepliedName: words.Name(x.RepliedBy.Name), Replied: moment(x.Replied), Settled: moment(x.Settled)})
	}
	return out
}

func (a *API) clarifications() {
	type clarificationList struct {
		Body struct {
			State          string          `json:"state" doc:"of the assessment"`
			Clarifications []Clarification `json:"clarifications" doc:"oldest first"`
		}
	}
	const path = "/assessments/{id}/clarifications"
	add(a, huma.Operation{OperationID: "list-clarifications", Method: http.MethodGet, Path: path, Summary: "Questions of the people who review",
		Description: "While the state is clarification, the indicators of questions that are not settled take changes, and no others."},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *Where) (*clarificationList, error) {
			x, _, b, err := a.Clarify.Open(ctx, who.Actor, in.ID)
			out := &clarificationList{}
			out.Body.State, out.Body.Clarifications = string(x.State), clarifications(b, a.Words.In(who.Lang), a.Now())
			return out, err
		})
	type asked struct {
		Body struct {
			ID string `json:"id" doc:"of the question"`
		}
	}
	type asking struct {
		Where
		Key  string `header:"Idempotency-Key" doc:"a UUID made by the client: the same twice is one question"`
		Body struct {
			Indicator string `json:"indicator"`
			Question  string `json:"question" doc:"1 to 3,000 characters"`
			Due       string `json:"due,omitempty" doc:"the last day, as 2006-01-02"`
		}
	}
	refused := []int{http.StatusConflict, http.StatusUnprocessableEntity}
	add(a, huma.Operation{OperationID: "ask-clarification", Method: http.MethodPost, Path: path, Summary: "Ask the city about an answer", DefaultStatus: http.StatusCreated, Errors: refused},
		account.Verify, func(ctx context.Context, who session.Asker, in *asking) (*asked, error) {
			out := &asked{}
			var err error
			out.Body.ID, err = a.Clarify.Ask(ctx, who.Actor, in.ID, assessment.Asking{ID: in.Key, Indicator: in.Body.Indicator, Question: in.Body.Question, Due: in.Body.Due})
			return out, err
		})
	type replied struct {
		Body struct {
			Outcome string `json:"outcome" doc:"replied, changed, or stands"`
		}
	}
	type replying struct {
		Where
		Question string `path:"question" doc:"id of the question"`
		Body     struct {
			Text    string    `json:"text" doc:"1 to 3,000 characters"`
			Outcome string    `json:"outcome,omitempty" enum:"replied,stands" doc:"needed where the answer was not changed since it was asked about"`
			Seen    time.Time `json:"seen,omitempty" doc:"the moment of the reply that this one takes the place of"`
		}
	}
	add(a, huma.Operation{OperationID: "reply-clarification", Method: http.MethodPut, Path: path + "/{question}/reply", Summary: "Reply to a question", Errors: refused},
		account.Clarify, func(ctx context.Context, who session.Asker, in *replying) (*replied, error) {
			outcome, err := a.Clarify.Reply(ctx, who.Actor, in.ID, assessment.Replying{ID: in.Question, Text: in.Body.Text, Outcome: assessment.ClarificationOutcome(in.Body.Outcome), Seen: in.Body.Seen})
			out := &replied{}
			out.Body.Outcome = string(outcome)
			return out, err
		})
	type settling struct {
		Where
		Question string `path:"question" doc:"id of the question"`
		Body     struct {
			Withdraw bool      `json:"withdraw,omitempty" doc:"take back a question that nobody has replied to"`
			Seen     time.Time `json:"seen,omitempty" doc:"the moment of the reply that is enough"`
		}
	}
	add(a, huma.Operation{OperationID: "settle-clarification", Method: http.MethodPut, Path: path + "/{question}/settled", Summary: "Be content with a reply, or take a question back", DefaultStatus: http.StatusNoContent, Errors: refused},
		account.Verify, func(ctx context.Context, who session.Asker, in *settling) (*struct{}, error) {
			return nil, a.Clarify.Settle(ctx, who.Actor, in.ID, in.Question, in.Body.Withdraw, in.Body.Seen)
		})
	add(a, huma.Operation{OperationID: "give-back", Method: http.MethodPost, Path: path + "/give-back", Summary: "Give the answers back to the review",
		Description: "Every open question has a reply. Where answers have changed, an approver of the city has consented to them.", DefaultStatus: http.StatusNoContent, Errors: refused},
		account.HandIn, func(ctx context.Context, who session.Asker, in *Where) (*struct{}, error) {
			return nil, a.Clarify.GiveBack(ctx, who.Actor, in.ID)
		})
}
