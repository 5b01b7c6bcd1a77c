package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

func (p *Pages) entryRoutes() []Route {
	return []Route{
		{http.MethodGet, "/", account.ReadPublic, p.start},
		{http.MethodGet, "/notice", account.UseAccount, p.noticePage},
		{http.MethodPost, "/notice", account.UseAccount, p.notice},
	}
}

// reads tells whether a request only reads: a page, or its head.
func reads(c *gin.Context) bool {
	return c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
}

func language(s string) survey.Language { return survey.Language(s) }

// homeOf is where a person begins.
func homeOf(role account.Role) string {
	switch role {
	case account.Coordinator, account.Contributor, account.Approver:
		return "/assessments"
	case account.Reviewer:
		return "/review"
	case account.Analyst:
		return "/rounds"
	case account.Admin:
		return "/people"
	}
	return "/"
}

func (p *Pages) start(c *gin.Context, who session.Asker) error {
	page := frontend.Start{Frame: p.Frame(c, who), Home: homeOf(who.Role)}
	if in := p.questionnaire(); in != nil {
		page.Questions, page.Dimensions = len(in.Indicators()), len(in.Dimensions)
	}
	for _, r := range p.DemoRoles {
		page.Roles = append(page.Roles, frontend.TryRole{Email: r.Email, Role: string(r.Role), Place: r.Place})
	}
	return p.Show(c, http.StatusOK, "start", who, page)
}

// questionnaire is the instrument that the public pages speak of: the newest version of the longest one; nil when there is none.
func (p *Pages) questionnaire() (in *survey.Instrument) {
	for _, other := range p.Library.List() {
		if in == nil || len(other.All()) >= len(in.All()) {
			in = other
		}
	}
	return in
}

func (p *Pages) noticePage(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "notice", who, frontend.Notice{Frame: p.Frame(c, who), To: local(c.Query("to"), ""), OfCity: who.Role.OfCity()})
}

func (p *Pages) notice(c *gin.Context, who session.Asker) error {
	if err := p.Store.SetNoticed(c.Request.Context(), who.Account, account.NoticeVersion); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, local(c.PostForm("to"), homeOf(who.Role)))
	return nil
}
