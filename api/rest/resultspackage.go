package rest

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// resultsPackage hands out the results of a round as a package that anybody computes again.
func (a *API) resultsPackage() {
	type packageOf struct {
		Code string `path:"code" doc:"code of the round"`
	}
	type packageReply struct {
		Body func(huma.Context)
	}
	add(a, huma.Operation{OperationID: "export-results", Method: http.MethodGet, Path: "/rounds/{code}/results.zip", Summary: "The results of a round as a package", Errors: []int{http.StatusConflict},
		Description: "A ZIP file with the answers handed in (as codes), the questionnaire, the method, all results and their hashes. `migov verify FILE` computes every number again, without a database.",
		Responses: map[string]*huma.Response{"200": {Description: "The file. It is sent while it is read: a connection that breaks off means that it is not whole.",
			Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}},
		account.Compare, func(_ context.Context, who session.Asker, in *packageOf) (*packageReply, error) {
			return &packageReply{func(ctx huma.Context) {
				c := humagin.Unwrap(ctx)
				err := download.File(c, "results-"+in.Code+".zip", "application/zip", a.Log, func(w io.Writer) error {
					_, err := assessment.Packages{Store: a.Store, Questionnaires: a.Library, Now: a.Now}.Write(ctx.Context(), who.Actor, in.Code, w)
					return err
				})
				if err != nil {
					_ = a.fail(ctx.Context(), err, who)
					problem.Write(c.Writer, err, a.Words.In(who.Lang))
				}
			}}, nil
		})
}
