// Package web serves the pages. A handler is five acts: who, read, ask, write, done; it holds no rule of its own.
package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/data/locale"
	"migov/frontend"
	"migov/frontend/chart"
)

// Pages serves every page.
type Pages struct {
	Site        *frontend.Site
	Sessions    *session.Sessions
	Store       assessment.Store
	Library     *assessment.Library
	Drafts      assessment.Drafts
	Besides     *assessment.Besides
	Trail       assessment.Trail
	Proofs      assessment.Proofs
	Parts       assessment.Parts
	SignOffs    assessment.SignOffs
	Publishing  assessment.Publishing
	Clarify     assessment.Clarifications
	CarryOver   assessment.CarryOver
	Talk        assessment.Talk
	Inbox       assessment.Inbox
	Rest        assessment.Rest
	LetterKey   string // of assessment.LetterToken; empty when no letters are sent
	Crowd       assessment.Crowd
	Comparisons assessment.Comparisons
	Cohorts     *assessment.Cohorts
	Lenses      *assessment.Lenses
	Transfer    assessment.Transfer
	Exports     assessment.Exports
	Leave       assessment.Leave
	Charts      *chart.Engine
	Operations  func() []frontend.Operation // of the API, for its readable page
	DemoRoles   []DemoRole                  // sign-ins by one click; only in a demonstration
	Demo        bool
	// Organisation lets people sign in with the account of their organisation; nil where that is not set up.
	Organisation *session.Organisation
	BaseURL      string // address of this instance, without a slash at the end, for links to copy
	Contact      string // whom to ask for help; may be empty
	Now          func() time.Time
	Log          *slog.Logger
	profiles     *profiles // made with the routes
	told         *told     // made with the routes
}

// DemoRole is a demonstration account that anybody may use by one click.
type DemoRole struct {
	Email string
	Role  account.Role
	Place string // name of the city or title of the round
}

// Handler serves one route for somebody. An error it returns becomes a page that says it.
type Handler func(c *gin.Context, who session.Asker) error

// Route is a line of the policy: what a person must be allowed to do to use it. A route without an action cannot be made.
type Route struct {
	Method, Path string
	Action       account.Action
	Handle       Handler
}

// Routes lists every route of the pages.
func (p *Pages) Routes() []Route {
	var all []Route
	for _, part := range [][]Route{p.entryRoutes(), p.signInRoutes(), p.factorRoutes(), p.sessionRoutes(), p.CityRoutes(), p.PowersRoutes(), p.CheckRoutes(), p.PartsRoutes(), p.SignOffRoutes(), p.ReviewersRoutes(), p.QueueRoutes(), p.DifferencesRoutes(), p.RealityRoutes(), p.LensRoutes(), p.StatementRoutes(), p.PackRoutes(), p.CitiesRoutes(), p.PublishRoutes(), p.ReceiptRoutes(), p.VerifyRoutes(), p.ClarifyRoutes(), p.CarryRoutes(), p.EvidenceRoutes(), p.TransferRoutes(), p.ExportRoutes(), p.tokenRoutes(), p.SectionRoutes(), p.TalkRoutes(), p.InboxRoutes(), p.AccountRoutes(), p.PeopleRoutes(), p.InviteRoutes(), p.LeaveRoutes(), p.RestRoutes(), p.InstrumentRoutes(), p.HelpRoutes(), p.ResultsRoutes(), p.RoundsRoutes(), p.RoundFormRoutes(), p.CompareRoutes(), p.PackageRoutes(), p.AuditRoutes(), p.apiRoutes()} {
		all = append(all, part...)
	}
	return all
}

// Serve makes the handler of a route: language, sign-in, permission, notice, then the route's own work.
func (p *Pages) Serve(r Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		who, err := p.Sessions.Ask(c.Request)
		if err != nil {
			p.Fail(c, who, err)
			return
		}
		if p.changeLanguage(c, who) {
			return
		}
		switch {
		case !who.Signed() && !account.Allowed(account.Anonymous, r.Action):
			if !p.keepLeft(c, r) {
				p.askToSignIn(c, who)
			}
		case !account.Allowed(who.Role, r.Action):
			p.Fail(c, who, fault.New(fault.Forbidden, "fault.forbidden", nil))
		case !who.WithinToken(r.Action, reads(c)):
			p.Fail(c, who, fault.New(fault.Forbidden, "tokens.beyond", fault.Args{"Scope": string(who.Token)}))
		case who.Bare && r.Action != account.ReadPublic && r.Action != account.UseAccount:
			c.Redirect(http.StatusSeeOther, factorPath)
		case who.Signed() && r.Action != account.ReadPublic && r.Action != account.UseAccount && who.Notice != account.NoticeVersion && (who.Notice == "" || reads(c)):
			// A form of somebody who has read an earlier version is not thrown away: the next page asks.
			to := c.Request.URL.RequestURI()
			if !reads(c) {
				to = back(c)
			}
			c.Redirect(http.StatusSeeOther, "/notice?to="+url.QueryEscape(to))
		default:
			if err := r.Handle(c, who); err != nil {
				p.Fail(c, who, err)
			}
		}
	}
}

// changeLanguage keeps a language chosen by ?lang= and leads back to the same page without it.
func (p *Pages) changeLanguage(c *gin.Context, who session.Asker) bool {
	q := c.Request.URL.Query()
	lang := q.Get("lang")
	if lang == "" || !reads(c) {
		return false
	}
	q.Del("lang")
	if p.Site.Words.In(lang).Lang() == lang {
		http.SetCookie(c.Writer, &http.Cookie{Name: session.LanguageCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.BaseURL, "https://")})
		if who.Signed() {
			if err := p.Store.SetLanguage(c.Request.Context(), who.Account, language(lang)); err != nil {
				p.Fail(c, who, err)
				return true
			}
		}
	}
	to := url.URL{Path: c.Request.URL.Path, RawQuery: q.Encode()}
	c.Redirect(http.StatusSeeOther, to.String())
	return true
}

// Words are the words of the reader's language.
func (p *Pages) Words(who session.Asker) *locale.Words { return p.Site.Words.In(who.Lang) }

// Frame fills what stands around a page.
func (p *Pages) Frame(c *gin.Context, who session.Asker, nav ...frontend.Link) frontend.Frame {
	w := p.Words(who)
	f := frontend.Frame{Lang: w.Lang(), Dir: w.Dir(), Path: c.Request.URL.RequestURI(), Signed: who.Signed(), Demo: p.Demo,
		Contact: p.Contact, Method: score.MethodVersion, Nav: nav, Profiles: p.someProfiles(c.Request.Context()), Done: p.Sessions.Take(c.Request.Context())}
	if !reads(c) {
		f.Path = back(c)
	}
	if who.Signed() {
		f.Unread, f.Idle = who.Unread, int(who.Idle.Seconds())
		f.Who = w.T("shell.role_" + string(who.Role))
		if who.Name != "" {
			f.Who = who.Name
		}
	}
	if len(nav) == 0 {
		f.Nav = p.mainNav(c, who, w)
	}
	return f
}

// back is the page that a form which failed belongs to, for the links that change the language.
func back(c *gin.Context) string {
	if u, err := url.Parse(c.Request.Referer()); err == nil && u.Path != "" && u.Host == c.Request.Host {
		return u.RequestURI()
	}
	return "/"
}

// mainNav is the navigation outside an assessment.
func (p *Pages) mainNav(c *gin.Context, who session.Asker, w *locale.Words) []frontend.Link {
	link := func(href, key string) frontend.Link {
		return frontend.Link{Href: href, Text: w.T(key), Current: c.Request.URL.Path == href}
	}
	var nav []frontend.Link
	switch who.Role {
	case account.Coordinator, account.Contributor, account.Approver:
		nav = append(nav, link("/assessments", "shell.nav_assessments"))
	case account.Analyst:
		nav = append(nav, link("/rounds", "shell.nav_rounds"), link("/assessments", "shell.nav_assessments"))
	}
	if account.Allowed(who.Role, account.Verify) {
		nav = append(nav, link("/review", "queue.nav"))
	}
	if account.Allowed(who.Role, assessment.KeepsCities) {
		nav = append(nav, link("/cities", "cities.title"))
	}
	if account.Allowed(who.Role, account.ManagePacks) {
		nav = append(nav, link("/countries", "pack.countries"))
	}
	if account.Allowed(who.Role, account.Invite) {
		nav = append(nav, link("/people", "shell.nav_people"))
	}
	if account.Allowed(who.Role, account.ReadAudit) {
		nav = append(nav, link("/audit", "shell.nav_audit"))
	}
	return append(nav, link("/instruments", "shell.nav_questionnaire"))
}

// AssessmentNav is the navigation inside an assessment.
func (p *Pages) AssessmentNav(c *gin.Context, who session.Asker, a assessment.Assessment) []frontend.Link {
	w, base := p.Words(who), "/assessments/"+a.ID
	link := func(href, key string) frontend.Link {
		return frontend.Link{Href: href, Text: w.T(key), Current: c.Request.URL.Path == href}
	}
	nav := []frontend.Link{link(base, "shell.nav_assessment"), link(base+"/powers", "shell.nav_powers")}
	if who.Role.OfCity() {
		nav = append(nav, link(base+"/parts", "parts.nav"), link(base+"/check", "shell.nav_check"))
	}
	nav = append(nav, link(base+"/results", "shell.nav_results"))
	if p.lensed(a.Round) {
		nav = append(nav, link(base+"/lens", "lens.nav"))
	}
	if who.Role.OfCity() && a.State.HandedIn() {
		nav = append(nav, link(base+"/publish", "publish.nav"))
	}
	if who.Role.OfCity() && a.State.HandedIn() && !a.Round.Published {
		nav = append(nav, link(base+"/peers", "peers.nav"))
	}
	if p.tells(c.Request.Context(), a) {
		nav = append(nav, link(base+"/reality", "reality.nav_own"))
	}
	if account.Allowed(who.Role, account.ReadEvidence) {
		nav = append(nav, link(base+"/evidence", "evidence.proof"))
	}
	if account.Allowed(who.Role, account.Talk) {
		nav = append(nav, link(base+"/talk", "talk.title"))
	}
	if account.Allowed(who.Role, account.ExportAnswers) {
		nav = append(nav, link(base+"/transfer", "shell.nav_transfer"))
	}
	if account.Allowed(who.Role, account.Verify) && a.State.HandedIn() {
		nav = append(nav, link(base+"/review", "queue.nav"))
	}
	if account.Allowed(who.Role, account.AssignReviewer) {
		nav = append(nav, link(base+"/reviewers", "reviewers.nav"))
	}
	if who.Role == account.Analyst {
		nav = append(nav, link("/rounds/"+a.Round.Code, "shell.nav_rounds"))
	}
	return nav
}

// Show sends a page.
func (p *Pages) Show(c *gin.Context, status int, name string, who session.Asker, page any) error {
	body, err := p.Site.Render(who.Lang, name, page)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Language", who.Lang)
	h.Add("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", "no-store")
	c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Fail says an error: to a program as a problem in JSON, to a person as a page that keeps the text that was sent.
func (p *Pages) Fail(c *gin.Context, who session.Asker, err error) {
	f, status := problem.Of(err)
	if status >= 500 {
		level := slog.LevelError
		if f.Key == session.OrganisationAway { // somebody else's server
			level = slog.LevelWarn
		}
		p.Log.Log(c.Request.Context(), level, "request failed", "route", c.FullPath(), "error", err)
	}
	w := p.Words(who)
	if strings.HasPrefix(c.Request.URL.Path, "/api/") || strings.Contains(c.GetHeader("Accept"), "application/json") {
		problem.Write(c.Writer, err, w)
		return
	}
	retryLater(c, err)
	page := frontend.Problem{Frame: p.Frame(c, who), Status: status, Sentence: problem.Sentence(f, w), Texts: sent(c)}
	for _, x := range f.Fields {
		page.Details = append(page.Details, problem.Field(x, w))
	}
	if showErr := p.Show(c, status, "problem", who, page); showErr != nil {
		p.Log.ErrorContext(c.Request.Context(), "error page failed", "error", showErr)
		c.String(http.StatusInternalServerError, w.T("fault.internal"))
	}
}

// retryLater tells browsers and programs how many seconds to wait, where waiting helps.
func retryLater(c *gin.Context, err error) {
	if wait := problem.RetryAfter(err); wait != "" {
		c.Header("Retry-After", wait)
	}
}

// sent collects the texts of a form, so that no error page costs anybody's work. Passwords are left out.
func sent(c *gin.Context) (texts []string) {
	if reads(c) || c.Request.ParseForm() != nil {
		return nil
	}
	for name, values := range c.Request.PostForm {
		if strings.Contains(name, "password") || name == "old" || name == "resume" || name == "code" {
			continue
		}
		for _, v := range values {
			if len([]rune(v)) > 20 && strings.ContainsAny(v, " \n") {
				texts = append(texts, v)
			}
		}
	}
	return texts
}

// Invalid turns a fault into the lines of an error summary; href makes the address of the input a field is about.
func (p *Pages) Invalid(who session.Asker, err error, href func(name string) string) ([]frontend.Fault, bool) {
	f, ok := fault.As(err)
	if !ok || (f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.TooMany) {
		return nil, false
	}
	w := p.Words(who)
	var out []frontend.Fault
	for _, x := range f.Fields {
		out = append(out, frontend.Fault{Href: href(x.Name), Text: problem.Field(x, w)})
	}
	if len(out) == 0 {
		out = append(out, frontend.Fault{Text: problem.Sentence(f, w)})
	}
	return out, true
}

// Here is the fragment of the input with the name of a field.
func Here(name string) string { return "#" + name }

// Done leads to a page after an action and says there what it did.
func (p *Pages) Done(c *gin.Context, who session.Asker, to, key string, pairs ...any) error {
	if key != "" {
		p.Sessions.Leave(c.Request.Context(), p.Words(who).T(key, pairs...))
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// local returns a path of this site to go on to, or the fallback for anything else.
func local(to, fallback string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		return fallback
	}
	return to
}
