package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

// CityRoutes are the assessments of a city and their homes.
func (p *Pages) CityRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments", account.ReadAssessment, p.assessments},
		{http.MethodGet, "/assessments/:id", account.ReadAssessment, p.city},
	}
}

// assessments lists what is within reach; whoever has one only is led to it.
func (p *Pages) assessments(c *gin.Context, who session.Asker) error {
	all, err := p.Drafts.Mine(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	if who.Role.OfCity() && len(all) == 1 {
		return p.Done(c, who, "/assessments/"+all[0].ID, "")
	}
	total := func(instrument string) int {
		code, version, _ := survey.ParseName(instrument)
		if in, ok := p.Library.Find(code, version); ok {
			return len(in.Indicators())
		}
		return 0
	}
	return p.Show(c, http.StatusOK, "assessments", who, frontend.NewAssessments(p.Frame(c, who), who.Role.OfCity(), all, total))
}

func (p *Pages) city(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	beside, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return err
	}
	frame := p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...)
	page := frontend.NewCity(frame, p.Words(who), d, beside, who.Actor, p.Now(), p.signer(who), p.owners(who, beside))
	page.Invites, page.Audits = page.OfCity && account.Allowed(who.Role, account.Invite), account.Allowed(who.Role, account.ReadAudit)
	if m := beside.Member(d.HandedInBy); !d.Open() && m.Account != "" {
		page.HandedInRole = string(m.Role)
	} else if d.HandedInBy != "" && !d.Open() { // somebody from outside the city
		by, err := p.Store.Account(c.Request.Context(), d.HandedInBy)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		page.HandedInRole = string(by.Role)
	}
	return p.Show(c, http.StatusOK, "city", who, page)
}

// signer says for somebody who wrote something.
func (p *Pages) signer(who session.Asker) func(assessment.Author) string {
	return func(by assessment.Author) string { return p.signed(who, by) }
}
