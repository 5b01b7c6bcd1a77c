package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment/account"
)

type leftKey struct{}

// left lets somebody through to save an answer whose account was ended while they were writing; see assessment.Drafts.SaveLeft.
func (a *API) left(ctx huma.Context, r *http.Request, who session.Asker, refused error) (huma.Context, session.Asker, error) {
	if ctx.Operation().OperationID != "save-answer" {
		return ctx, who, refused
	}
	gone, ok, err := a.Sessions.Left(r)
	if err != nil {
		return ctx, who, err
	}
	if !ok {
		return ctx, who, refused
	}
	return huma.WithValue(ctx, leftKey{}, gone), session.Asker{Lang: string(gone.Language)}, nil
}

// hasLeft returns the account of somebody who was let through.
func hasLeft(ctx context.Context) (account.Account, bool) {
	a, ok := ctx.Value(leftKey{}).(account.Account)
	return a, ok
}
