package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/frontend"
)

// CheckRoutes are the check before handing in, and handing in.
func (p *Pages) CheckRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/check", account.ReadAssessment, p.check},
		{http.MethodPost, "/assessments/:id/hand-in", account.HandIn, p.handIn},
	}
}

func (p *Pages) check(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return err
	}
	page := frontend.NewCheck(p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), d, b, d.Open() && account.Allowed(who.Role, account.WriteAnswer), p.Now())
	page.By, page.OfCity = who.Account, who.Role.OfCity()
	page.MayHandIn = d.Open() && account.Allowed(who.Role, account.HandIn)
	if page.Consent, err = p.consentHere(c, who, d); err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "check", who, page)
}

func (p *Pages) handIn(c *gin.Context, who session.Asker) error {
	a, err := p.Drafts.HandIn(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+a.ID+"/receipt", "check.done")
}
