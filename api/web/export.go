package web

import (
	"cmp"
	"io"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/export"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend"
)

// ExportRoutes hand on what a round, or a city in it, has gathered.
func (p *Pages) ExportRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rounds/:code/exports", account.ExportRound, p.exports},
		{http.MethodGet, "/rounds/:code/export", account.ExportRound, p.exportRound},
		{http.MethodGet, "/assessments/:id/export", account.ExportAnswers, p.exportAssessment},
	}
}

// exports is the page on which an analyst chooses a file of a round.
func (p *Pages) exports(c *gin.Context, who session.Asker) error {
	r, err := p.Store.Round(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	page := frontend.Exports{Frame: p.wide(c, who, p.roundNav(c, who, r)...), Title: r.Title, Choice: p.exportChoice(who, "/rounds/"+r.Code+"/export", r.Code)}
	if !r.Published {
		_, cohort, err := p.Cohorts.Of(c.Request.Context(), who.Actor, r.Code)
		if err != nil {
			return err
		}
		page.Package = cohort.Select(compare.Group{}).Size() > 0
	}
	return p.Show(c, http.StatusOK, "exports", who, page)
}

// exportChoice is what can be chosen.
func (p *Pages) exportChoice(who session.Asker, action, round string) frontend.ExportChoice {
	f := frontend.ExportChoice{Action: action, Round: round, Lang: p.Words(who).Lang()}
	for _, x := range export.Formats {
		f.Formats = append(f.Formats, string(x))
	}
	for _, x := range export.Subjects {
		f.Subjects = append(f.Subjects, string(x))
	}
	for _, x := range export.Shapes {
		f.Shapes = append(f.Shapes, string(x))
	}
	return f
}

func (p *Pages) exportRound(c *gin.Context, who session.Asker) error {
	return p.sendExport(c, who, c.Param("code"), c.Query("city"))
}

func (p *Pages) exportAssessment(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.sendExport(c, who, a.Round.Code, a.City.Code)
}

// sendExport sends a file as the query wishes it. The language of the labels is "language": "lang" is that of the pages.
func (p *Pages) sendExport(c *gin.Context, who session.Asker, round, city string) error {
	order := export.Order{Format: export.Format(cmp.Or(c.Query("format"), string(export.XLSX))), Subject: export.Subject(c.Query("subject")), Shape: export.Shape(c.Query("shape"))}
	if order.Subject == export.Everything && !order.Format.Packed() && slices.Contains(export.Formats, order.Format) {
		order.Subject = "" // the form offers it beside every format
	}
	lang := c.Query("language")
	if lang == "" {
		lang = who.Lang
	}
	if !slices.Contains(locale.Languages, lang) {
		return fault.New(fault.Invalid, "fault.language", nil)
	}
	prepared, err := p.Exports.Prepare(c.Request.Context(), who.Actor, assessment.ExportOrder{Order: order, Round: round, City: city, Language: survey.Language(lang), Say: saying(p.Site.Words.In(lang))})
	if err != nil {
		return err
	}
	return download.File(c, prepared.Name, prepared.Media, p.Log, func(w io.Writer) error {
		return prepared.Write(c.Request.Context(), w)
	})
}

// saying says messages that take no values.
func saying(w *locale.Words) func(string) string { return func(key string) string { return w.T(key) } }
