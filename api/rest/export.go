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
	"migov/assessment/export"
	"migov/assessment/survey"
)

// Export says what a file shall hold.
type Export struct {
	Format   string `query:"format" enum:"xlsx,csv,raw,json,ndjson,hxl,package,spss" default:"raw" doc:"raw is CSV for programs; csv is CSV for spreadsheets, with a byte order mark and texts guarded against being taken for formulas"`
	Subject  string `query:"subject" enum:"everything,answers,cities,powers,results,verdicts,indicators,codebook" doc:"everything where the format holds several tables (xlsx, package), else answers"`
	Shape    string `query:"shape" enum:"long,wide" default:"long" doc:"of answers: a row for each city and indicator, or for each city"`
	Language string `query:"language" enum:"en,fr,es,ar" doc:"of labels; the account's own where none is named"`
}

// exportFile describes a reply that huma cannot tell from its type.
var exportFile = map[string]*huma.Response{"200": {Description: "The file. It is sent while it is read: a connection that breaks off means that it is not whole. Its name says round, questionnaire, method and day.",
	Content: map[string]*huma.MediaType{
		export.CSV.Media():     {Schema: &huma.Schema{Type: huma.TypeString}},
		export.JSON.Media():    {Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject}}},
		export.NDJSON.Media():  {Schema: &huma.Schema{Type: huma.TypeString}},
		export.XLSX.Media():    {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		export.Package.Media(): {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}

func (a *API) exports() {
	const about = "Answers that were handed in, cities, powers, results by dimension and sub-category, verdicts, indicators and codebook, by stable codes, as far as the account may see them. " +
		"There are no ranks and no overall numbers."
	type ofRound struct {
		Code string `path:"code" doc:"code of the round"`
		City string `query:"city" doc:"code of a city, for this one alone"`
		Export
	}
	add(a, huma.Operation{OperationID: "export-data", Method: http.MethodGet, Path: "/rounds/{code}/export", Summary: "Draw a round as a file for other programs", Description: about, Responses: exportFile, Errors: []int{http.StatusUnprocessableEntity}},
		account.ExportRound, func(ctx context.Context, who session.Asker, in *ofRound) (*csvReply, error) {
			return a.draw(ctx, who, in.Code, in.City, in.Export)
		})
	type ofAssessment struct {
		ID string `path:"id"`
		Export
	}
	add(a, huma.Operation{OperationID: "export-assessment", Method: http.MethodGet, Path: "/assessments/{id}/export", Summary: "Draw an assessment as a file for other programs", Description: about, Responses: exportFile, Errors: []int{http.StatusUnprocessableEntity}},
		account.ExportAnswers, func(ctx context.Context, who session.Asker, in *ofAssessment) (*csvReply, error) {
			x, err := a.Store.Assessment(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return a.draw(ctx, who, x.Round.Code, x.City.Code, in.Export)
		})
}

// draw sends a file while it is read.
func (a *API) draw(ctx context.Context, who session.Asker, round, city string, wish Export) (*csvReply, error) {
	lang := wish.Language
	if lang == "" {
		lang = who.Lang
	}
	words := a.Words.In(lang)
	prepared, err := a.Exports.Prepare(ctx, who.Actor, assessment.ExportOrder{Round: round, City: city, Language: survey.Language(lang), Say: func(key string) string { return words.T(key) },
		Order: export.Order{Format: export.Format(wish.Format), Subject: export.Subject(wish.Subject), Shape: export.Shape(wish.Shape)}})
	if err != nil {
		return nil, err
	}
	return &csvReply{func(ctx huma.Context) {
		c := humagin.Unwrap(ctx)
		err := download.File(c, prepared.Name, prepared.Media, a.Log, func(w io.Writer) error {
			return prepared.Write(ctx.Context(), w)
		})
		if err != nil {
			_ = a.fail(ctx.Context(), err, who) // logs what is ours; huma writes nothing more by itself here
			problem.Write(c.Writer, err, a.Words.In(who.Lang))
		}
	}}, nil
}
