package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
)

// ReviewersRoutes say who reviews an assessment.
func (p *Pages) ReviewersRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/reviewers", account.AssignReviewer, p.reviewers},
		{http.MethodPost, "/assessments/:id/reviewers", account.AssignReviewer, p.assignReviewer},
		{http.MethodPost, "/assessments/:id/reviewers/dismiss", account.AssignReviewer, p.dismissReviewer},
	}
}

func (p *Pages) panels() assessment.Panels {
	return assessment.Panels{Store: p.Store, Besides: p.Besides, Now: p.Now}
}

func (p *Pages) reviewers(c *gin.Context, who session.Asker) error {
	return p.showReviewers(c, who, http.StatusOK, nil)
}

func (p *Pages) showReviewers(c *gin.Context, who session.Asker, status int, refused error) error {
	panel, err := p.panels().Of(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	a := panel.Assessment
	page := frontend.Reviewers{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), By: who.Account, Home: "/assessments/" + a.ID, City: a.City.Name, Chosen: c.PostForm("reviewer")}
	person := func(r assessment.Reviewer) frontend.ReviewerLine {
		return frontend.ReviewerLine{ID: r.Account, Name: r.Name, Organisation: r.Organisation, At: r.At}
	}
	for _, r := range panel.Assigned {
		page.Assigned = append(page.Assigned, person(r))
	}
	for _, r := range panel.Others {
		page.Others = append(page.Others, person(r))
	}
	if refused != nil {
		page.Faults, _ = p.Invalid(who, refused, func(string) string { return "#reviewer" })
	}
	return p.Show(c, status, "reviewers", who, page)
}

func (p *Pages) assignReviewer(c *gin.Context, who session.Asker) error {
	id := c.Param("id")
	err := p.panels().Assign(c.Request.Context(), who.Actor, id, c.PostForm("reviewer"))
	switch {
	case fault.Is(err, fault.Invalid):
		return p.showReviewers(c, who, http.StatusUnprocessableEntity, err)
	case fault.Is(err, fault.Conflict):
		return p.showReviewers(c, who, http.StatusConflict, err)
	case err != nil:
		return err
	}
	return p.Done(c, who, "/assessments/"+id+"/reviewers", "reviewers.done")
}

func (p *Pages) dismissReviewer(c *gin.Context, who session.Asker) error {
	id := c.Param("id")
	if err := p.panels().Dismiss(c.Request.Context(), who.Actor, id, c.PostForm("reviewer")); err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+id+"/reviewers", "reviewers.dismissed")
}
