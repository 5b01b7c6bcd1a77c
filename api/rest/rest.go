// Package rest is /api/v1: the same use cases as the pages, as JSON. huma writes the OpenAPI 3.1 description from the types.
package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
)

// Base is where the API lives.
const Base = "/api/v1"

// API serves the JSON API.
type API struct {
	Sessions    *session.Sessions
	Words       *locale.Bundle
	Store       assessment.Store
	Library     *assessment.Library
	Drafts      assessment.Drafts
	Comparisons assessment.Comparisons
	Cohorts     *assessment.Cohorts
	Lenses      *assessment.Lenses
	Transfer    assessment.Transfer
	Exports     assessment.Exports
	Proofs      assessment.Proofs
	Besides     *assessment.Besides
	Talk        assessment.Talk
	Inbox       assessment.Inbox
	Clarify     assessment.Clarifications
	CarryOver   assessment.CarryOver
	Now         func() time.Time
	Log         *slog.Logger // of errors that are ours; none when nil

	huma huma.API
	ops  []*huma.Operation
}

type askerKey struct{}

// actionKey is the name under which an operation carries the action it needs.
const actionKey = "action"

// Register adds every operation to a router.
func (a *API) Register(r *gin.Engine, version string) {
	config := huma.DefaultConfig("migov", version)
	config.Info.Description = "Self-assessment of the governance of migration in cities. Every change carries an Idempotency-Key (a UUID made by the client) " +
		"and If-Match (the version it is based on). Only a reply whose body says saved: true and repeats the key means that a change is on disk. " +
		"Numbers that may not be shown are null; nothing is ever ranked."
	config.OpenAPIPath = Base + "/openapi"
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token made on the account page or with `migov user token`. Its scope (export, read, write or all) says what it may do at most."},
		"session": {Type: "apiKey", In: "cookie", Name: "migov", Description: "The cookie of a sign-in session."},
	}
	config.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	a.huma = humagin.New(r, config)
	a.huma.UseMiddleware(a.ask)
	huma.NewErrorWithContext = a.refused
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return a.refused(nil, status, msg, errs...)
	}
	a.assessments()
	a.results()
	a.resultsPackage()
	a.exports()
	a.programme()
	a.cities()
	a.reality()
	a.lenses()
	a.plannedRounds()
	a.countryPacks()
	a.parts()
	a.talk()
	a.reviews()
	a.clarifications()
	a.carried()
	a.evidence()
	a.outbox()
}

// ask finds out who is asking, and refuses a role that may not do what the operation does.
func (a *API) ask(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	who, err := a.Sessions.Ask(c.Request)
	action, _ := ctx.Operation().Metadata[actionKey].(account.Action)
	switch {
	case err != nil:
	case !who.Signed() && !account.Allowed(account.Anonymous, action):
		ctx, who, err = a.left(ctx, c.Request, who, fault.New(fault.Unsigned, "fault.unsigned", nil))
	case !account.Allowed(who.Role, action):
		err = fault.New(fault.Forbidden, "fault.forbidden", nil)
	case !who.WithinToken(action, ctx.Method() == http.MethodGet || ctx.Method() == http.MethodHead):
		err = fault.New(fault.Forbidden, "tokens.beyond", fault.Args{"Scope": string(who.Token)})
	case who.Bare && !account.Allowed(account.Anonymous, action):
		err = fault.New(fault.Forbidden, "fault.factor_first", nil)
	case unread(who, action, ctx.Method()):
		err = fault.New(fault.Forbidden, "fault.notice_first", fault.Args{"Link": "/notice"})
	}
	ctx = huma.WithValue(ctx, askerKey{}, who)
	if err != nil {
		problem.Write(c.Writer, err, a.Words.In(who.Lang))
		return
	}
	ctx.SetHeader("Content-Language", who.Lang)
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.AppendHeader("Vary", "Accept-Language, Cookie, Authorization")
	next(ctx)
}

// unread tells whether somebody must read first who sees what, as on the pages: everybody once, and before reading on after
// it has changed. What was written meanwhile is not refused. The own account and its inbox are open to all.
func unread(who session.Asker, action account.Action, method string) bool {
	if !who.Signed() || who.Notice == account.NoticeVersion || action == account.UseAccount || account.Allowed(account.Anonymous, action) {
		return false
	}
	return who.Notice == "" || method == http.MethodGet || method == http.MethodHead
}

// refused says in the reader's language what huma found wrong with the shape of a request.
func (a *API) refused(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	who := session.Asker{Lang: locale.Languages[0]}
	if ctx != nil {
		if known, ok := ctx.Context().Value(askerKey{}).(session.Asker); ok {
			who = known
		}
	}
	key := "fault.request"
	if status >= http.StatusInternalServerError {
		key = "fault.internal"
	}
	w := a.Words.In(who.Lang)
	d := &problem.Detail{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: w.T(key), Code: key}
	for _, e := range errs {
		place := problem.Place{Location: "body"}
		var detail *huma.ErrorDetail
		if errors.As(e, &detail) {
			place.Location = strings.TrimPrefix(detail.Location, "body.")
			msg = detail.Message
		} else {
			msg = e.Error()
		}
		shape, args := understood(msg)
		place.Code, place.Message = shape, w.With(shape, args)
		d.Errors = append(d.Errors, place)
	}
	return d
}

// understood turns what huma says about the shape of a request, in English, into a message of ours.
func understood(msg string) (key string, args map[string]any) {
	for _, m := range []struct{ begins, key, arg string }{
		{validation.MsgUnexpectedProperty, "rest.unexpected", ""},
		{"expected required property ", "rest.missing", "Name"},
		{"expected value to be one of ", "rest.one_of", "Options"},
		{"expected length", "rest.shape", ""},
		{"expected string to ", "rest.shape", ""},
		{"expected number ", "rest.shape", ""},
		{"expected array ", "rest.shape", ""},
		{"expected ", "rest.type", "Type"},
		{"invalid character", "rest.body", ""},
		{"unexpected end of JSON", "rest.body", ""},
	} {
		if rest, ok := strings.CutPrefix(msg, m.begins); ok {
			return m.key, map[string]any{m.arg: strings.Trim(strings.TrimSuffix(rest, " to be present"), `"`)}
		}
	}
	return "rest.shape", nil
}

// add registers an operation with the action it needs. The work gets the asker as an argument, never from the context.
func add[I, O any](a *API, op huma.Operation, action account.Action, do func(ctx context.Context, who session.Asker, in *I) (*O, error)) {
	op.Path = Base + op.Path
	op.Metadata = map[string]any{actionKey: action}
	op.Errors = append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, op.Errors...)
	if account.Allowed(account.Anonymous, action) {
		op.Security, op.Errors = []map[string][]string{}, []int{http.StatusNotFound}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 1 << 20
	}
	op.BodyReadTimeout = 5 * time.Minute // a slow line takes its time; the server's own limit is the same
	kept := op
	a.ops = append(a.ops, &kept)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		who, _ := ctx.Value(askerKey{}).(session.Asker)
		out, err := do(ctx, who, in)
		if err != nil {
			return nil, a.fail(ctx, err, who)
		}
		return out, nil
	})
}

func (a *API) fail(ctx context.Context, err error, who session.Asker) error {
	d := problem.For(err, a.Words.In(who.Lang))
	if d.Status >= http.StatusInternalServerError && a.Log != nil && ctx.Err() == nil {
		a.Log.ErrorContext(ctx, "request failed", "error", err)
	}
	if wait := problem.RetryAfter(err); wait != "" {
		return huma.ErrorWithHeaders(d, http.Header{"Retry-After": {wait}})
	}
	return d
}

// Line is an operation as the policy lists it.
type Line struct {
	Method, Path, Summary, Description string
	Action                             account.Action
}

// Lines lists every operation, by path and method.
func (a *API) Lines() []Line {
	out := make([]Line, 0, len(a.ops))
	for _, op := range a.ops {
		action, _ := op.Metadata[actionKey].(account.Action)
		out = append(out, Line{op.Method, op.Path, op.Summary, op.Description, action})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

func missing() error { return fault.New(fault.NotFound, "fault.not_found", nil) }
