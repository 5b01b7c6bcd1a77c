package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// maxLetters is how many letters one delivery brings at most.
const maxLetters = 200

// outbox takes what browsers had sealed while they could not reach the server.
func (a *API) outbox() {
	type sealedLetter struct {
		ID  string `json:"id" maxLength:"80" doc:"by which the browser knows the letter"`
		Box string `json:"box" maxLength:"200000" doc:"base64url of the sealed letter"`
	}
	type outboxDelivery struct {
		Body struct {
			Letters []sealedLetter `json:"letters" maxItems:"200"`
		}
	}
	type letterResult struct {
		ID    string `json:"id"`
		State string `json:"state" enum:"saved,kept,refused,later" doc:"saved: it stands; kept: beside what a colleague wrote; refused: it can never be taken; later: try again, or its author signs in first"`
	}
	type outboxReply struct {
		Body struct {
			Results []letterResult `json:"results"`
		}
	}
	add(a, huma.Operation{OperationID: "deliver-outbox", Method: http.MethodPost, Path: "/outbox", Summary: "Deliver saves that a browser had sealed",
		Description:  "Nobody needs to be signed in: each letter says, sealed, who wrote it, and is saved in that name. The same letter again is the same save.",
		MaxBodyBytes: 8 << 20},
		account.DeliverSealed, func(ctx context.Context, who session.Asker, in *outboxDelivery) (*outboxReply, error) {
			out := &outboxReply{}
			out.Body.Results = []letterResult{}
			for _, l := range in.Body.Letters[:min(len(in.Body.Letters), maxLetters)] {
				out.Body.Results = append(out.Body.Results, letterResult{l.ID, a.deliver(ctx, who, l.Box)})
			}
			return out, nil
		})
}

// deliver saves one letter in the name of its author, and says what became of it.
func (a *API) deliver(ctx context.Context, who session.Asker, box string) string {
	l, author, err := a.Sessions.OpenLetter(ctx, who, box, a.Now())
	switch {
	case errors.Is(err, session.ErrLetterWaits), fault.Is(err, fault.Unavailable):
		return "later"
	case err != nil:
		return "refused"
	}
	g := assessment.Given{Mutation: l.Mutation, Indicator: l.Indicator, Base: l.Base, Source: "outbox", Holder: l.Body["holder"]}
	for name, to := range map[string]**string{"value": &g.Value, "non_answer": &g.NonAnswer, "explanation": &g.Explanation, "evidence": &g.Evidence, "confidence": &g.Confidence} {
		if text, said := l.Body[name]; said {
			*to = &text
		}
	}
	saved, rejected, err := assessment.Sealed{Drafts: a.Drafts, Store: a.Store}.Deliver(ctx, author.Actor(), l.Assessment, g, l.After)
	switch {
	case fault.Is(err, fault.Mismatch):
		return "refused"
	case err != nil: // handed in, or not theirs any more: it may be given back while the letter is young
		return "later"
	case len(rejected) > 0 || len(saved) == 0:
		return "refused"
	case saved[0].Conflict != 0:
		return "kept"
	}
	return "saved"
}
