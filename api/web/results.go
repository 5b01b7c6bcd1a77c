package web

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/frontend"
	"migov/frontend/chart"
)

// ResultsRoutes are the results of an assessment and the maths behind them.
func (p *Pages) ResultsRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/results", account.ReadAssessment, p.results},
		{http.MethodGet, "/assessments/:id/results/:part", account.ReadAssessment, p.maths},
	}
}

// draw draws charts within the request.
func (p *Pages) draw(c *gin.Context) frontend.Draw {
	return func(x chart.Chart, size chart.Size) template.HTML { return p.Charts.SVG(c.Request.Context(), x, size) }
}

func (p *Pages) results(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	frame := p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...)
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return err
	}
	page := frontend.NewResults(frame, p.Words(who), p.Library.Scheme(d.Instrument), d.Assessment, d.Sheet, b, p.Now(), p.draw(c))
	return p.Show(c, http.StatusOK, "results", who, page)
}

func (p *Pages) maths(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	frame := p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...)
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return err
	}
	page, ok := frontend.NewMaths(frame, p.Words(who), p.Library.Scheme(d.Instrument), d.Assessment, d.Sheet, b, c.Param("part"), p.Now())
	if !ok {
		return notFound()
	}
	return p.Show(c, http.StatusOK, "maths", who, page)
}
