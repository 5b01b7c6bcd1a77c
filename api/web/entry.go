package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

func (p *Pages) entryRoutes() []Route {
	return []Route{
		{http.MethodGet, "/", account.ReadPublic, p.start},
		{http.MethodGet, "/sign-in", account.ReadPublic, p.signInPage},
		{http.MethodPost, "/sign-in", account.ReadPublic, p.signIn},
		{http.MethodPost, "/demo/sign-in", account.ReadPublic, p.demoSignIn},
		{http.MethodPost, "/sign-out", account.UseAccount, p.signOut},
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

func (p *Pages) signInPage(c *gin.Context, who session.Asker) error {
	if who.Signed() {
		c.Redirect(http.StatusSeeOther, local(c.Query("to"), homeOf(who.Role)))
		return nil
	}
	return p.Show(c, http.StatusOK, "signin", who, frontend.SignIn{Frame: p.Frame(c, who), To: local(c.Query("to"), "")})
}

// askToSignIn leads a reader to the sign-in page. What somebody sent after the session had ended is sealed into that page and comes back afterwards.
func (p *Pages) askToSignIn(c *gin.Context, who session.Asker) {
	if reads(c) {
		c.Redirect(http.StatusSeeOther, "/sign-in?to="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	page := frontend.SignIn{Frame: p.Frame(c, who), Expired: true}
	if err := c.Request.ParseForm(); err == nil && c.PostForm("by") != "" {
		sealed, err := p.Sessions.Seal(session.Form{Account: c.PostForm("by"), Path: c.Request.URL.Path, Values: c.Request.PostForm, At: p.Now()})
		if err != nil {
			p.Fail(c, who, err)
			return
		}
		page.Resume = sealed
	}
	if err := p.Show(c, http.StatusUnauthorized, "signin", who, page); err != nil {
		p.Fail(c, who, err)
	}
}

func (p *Pages) signIn(c *gin.Context, who session.Asker) error {
	email, to, resume := c.PostForm("email"), local(c.PostForm("to"), ""), c.PostForm("resume")
	a, err := p.Crowd.SignIn(c.Request.Context(), email, c.PostForm("password"), c.ClientIP())
	if faults, ok := p.Invalid(who, err, func(string) string { return "#email" }); ok {
		page := frontend.SignIn{Frame: p.Frame(c, who), To: to, Email: email, Resume: resume}
		page.Faults = faults
		_, status := problem.Of(err)
		retryLater(c, err)
		return p.Show(c, status, "signin", who, page)
	}
	if err != nil {
		return err
	}
	return p.enter(c, a, to, resume)
}

// enter begins a session and leads on: to what was sealed, to where the person wanted to go, or home.
func (p *Pages) enter(c *gin.Context, a account.Account, to, resume string) error {
	if err := p.Sessions.Begin(c.Request.Context(), a); err != nil {
		return err
	}
	if f, ok := p.Sessions.Unseal(resume, a.ID, p.Now()); ok {
		who := session.Asker{Actor: a.Actor(), Lang: string(a.Language)}
		page := frontend.Resume{Frame: p.Frame(c, who), Action: f.Path, Home: homeOf(a.Role)}
		for _, name := range slices.Sorted(maps.Keys(f.Values)) {
			for _, v := range f.Values[name] {
				page.Values = append(page.Values, frontend.Pair{Name: name, Value: v})
			}
		}
		return p.Show(c, http.StatusOK, "resume", who, page)
	}
	if to == "" {
		to = homeOf(a.Role)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// demoSignIn takes one of the listed demonstration accounts, and exists in demonstrations only.
func (p *Pages) demoSignIn(c *gin.Context, who session.Asker) error {
	for _, r := range p.DemoRoles {
		if p.Demo && r.Email == c.PostForm("email") {
			a, err := p.Store.AccountByEmail(c.Request.Context(), r.Email)
			if err != nil {
				return err
			}
			if lang := language(who.Lang); a.Language != lang {
				if err := p.Store.SetLanguage(c.Request.Context(), a.ID, lang); err != nil {
					return err
				}
			}
			return p.enter(c, a, "", "")
		}
	}
	return notFound()
}

func (p *Pages) signOut(c *gin.Context, who session.Asker) error {
	if err := p.Sessions.End(c.Request.Context()); err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache"`)
	c.Redirect(http.StatusSeeOther, "/")
	return nil
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
