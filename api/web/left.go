package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
)

// sectionPath is the route of a section.
const sectionPath = "/assessments/:id/:section"

// keepLeft keeps what somebody sends whose account was ended while they were writing, and says so; false when this is not so.
func (p *Pages) keepLeft(c *gin.Context, r Route) bool {
	if r.Method != http.MethodPost || r.Path != sectionPath {
		return false
	}
	a, ok, err := p.Sessions.Left(c.Request)
	if !ok && err == nil {
		return false
	}
	who := session.Asker{Lang: p.Site.Words.In(string(a.Language)).Lang()}
	if err == nil {
		var s sectionOf
		if s, err = p.openSection(c, session.Asker{Actor: a.Actor(), Lang: who.Lang}); err == nil {
			if err = c.Request.ParseForm(); err == nil {
				form := sectionForm{s, c.Request.PostForm}
				err = p.Drafts.SaveLeft(c.Request.Context(), p.Store, a, s.ID, form.given()...)
			}
		}
	}
	p.Fail(c, who, err)
	return true
}
