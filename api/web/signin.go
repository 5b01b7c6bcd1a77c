package web

import (
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
)

// OrganisationReturn is where the organisation sends people back to.
const OrganisationReturn = "/sign-in/organisation/return"

const codePath = "/sign-in/code"

func (p *Pages) signInRoutes() []Route {
	return []Route{
		{http.MethodGet, "/sign-in", account.ReadPublic, p.signInPage},
		{http.MethodPost, "/sign-in", account.ReadPublic, p.signIn},
		{http.MethodGet, codePath, account.ReadPublic, p.codePage},
		{http.MethodPost, codePath, account.ReadPublic, p.code},
		{http.MethodPost, "/sign-in/organisation", account.ReadPublic, p.toOrganisation},
		{http.MethodGet, OrganisationReturn, account.ReadPublic, p.fromOrganisation},
		{http.MethodPost, "/account/organisation/remove", account.UseAccount, p.removeOrganisation},
		{http.MethodPost, "/demo/sign-in", account.ReadPublic, p.demoSignIn},
		{http.MethodPost, "/sign-out", account.UseAccount, p.signOut},
	}
}

func (p *Pages) signInPage(c *gin.Context, who session.Asker) error {
	if who.Signed() {
		c.Redirect(http.StatusSeeOther, local(c.Query("to"), homeOf(who.Role)))
		return nil
	}
	return p.showSignIn(c, who, http.StatusOK, frontend.SignIn{To: local(c.Query("to"), "")}, nil)
}

func (p *Pages) showSignIn(c *gin.Context, who session.Asker, status int, page frontend.SignIn, faults []frontend.Fault) error {
	page.Frame = p.Frame(c, who)
	page.Faults = faults
	page.DemoRoles = len(p.DemoRoles) > 0
	if p.Organisation != nil {
		page.Organisation = p.Organisation.Name
	}
	return p.Show(c, status, "signin", who, page)
}

// askToSignIn leads a reader to the sign-in page. What somebody sent after the session had ended is sealed into that page and comes back afterwards.
func (p *Pages) askToSignIn(c *gin.Context, who session.Asker) {
	if reads(c) {
		c.Redirect(http.StatusSeeOther, "/sign-in?to="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	page := frontend.SignIn{Expired: true}
	if err := c.Request.ParseForm(); err == nil && c.PostForm("by") != "" {
		sealed, err := p.Sessions.Seal(session.Form{Account: c.PostForm("by"), Path: c.Request.URL.Path, Values: c.Request.PostForm, At: p.Now()})
		if err != nil {
			p.Fail(c, who, err)
			return
		}
		page.Resume = sealed
	}
	if err := p.showSignIn(c, who, http.StatusUnauthorized, page, nil); err != nil {
		p.Fail(c, who, err)
	}
}

// signIn is the first step: address and password.
func (p *Pages) signIn(c *gin.Context, who session.Asker) error {
	page := frontend.SignIn{To: local(c.PostForm("to"), ""), Email: c.PostForm("email"), Resume: c.PostForm("resume"), Own: c.PostForm("own") != ""}
	a, err := p.Crowd.SignIn(c.Request.Context(), page.Email, c.PostForm("password"), c.ClientIP())
	if faults, ok := p.Invalid(who, err, func(string) string { return "#email" }); ok {
		_, status := problem.Of(err)
		retryLater(c, err)
		return p.showSignIn(c, who, status, page, faults)
	}
	if err != nil {
		return err
	}
	return p.come(c, a, session.Waiting{To: page.To, Resume: page.Resume, Own: page.Own}, false)
}

// enter lets in somebody who has just set a password by a link.
func (p *Pages) enter(c *gin.Context, a account.Account, to, resume string) error {
	return p.come(c, a, session.Waiting{To: to, Resume: resume}, false)
}

// come lets somebody in whose first factor was right, or asks for the second one.
func (p *Pages) come(c *gin.Context, a account.Account, w session.Waiting, strong bool) error {
	if !a.Factor || strong {
		return p.begin(c, a, w, session.Entry{Own: w.Own, Strong: strong})
	}
	if err := p.Sessions.AwaitCode(c.Request.Context(), a, w); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, codePath)
	return nil
}

// begin begins a session and leads on: to what was sealed, to where the person wanted to go, or home.
func (p *Pages) begin(c *gin.Context, a account.Account, w session.Waiting, e session.Entry) error {
	e.Agent = c.Request.UserAgent()
	if err := p.Sessions.Begin(c.Request.Context(), a, e); err != nil {
		return err
	}
	if f, ok := p.Sessions.Unseal(w.Resume, a.ID, p.Now()); ok {
		who := session.Asker{Actor: a.Actor(), Lang: string(a.Language)}
		page := frontend.Resume{Frame: p.Frame(c, who), Action: f.Path, Home: homeOf(a.Role)}
		for _, name := range slices.Sorted(maps.Keys(f.Values)) {
			for _, v := range f.Values[name] {
				page.Values = append(page.Values, frontend.Pair{Name: name, Value: v})
			}
		}
		return p.Show(c, http.StatusOK, "resume", who, page)
	}
	if w.To == "" {
		w.To = homeOf(a.Role)
	}
	c.Redirect(http.StatusSeeOther, w.To)
	return nil
}

// codePage asks for the second factor of somebody whose password was right a moment ago.
func (p *Pages) codePage(c *gin.Context, who session.Asker) error {
	w, _, ok, err := p.Sessions.AwaitedCode(c.Request.Context())
	if err != nil {
		return err
	}
	if !ok {
		return p.showSignIn(c, who, http.StatusOK, frontend.SignIn{Expired: true}, nil)
	}
	return p.showCode(c, who, http.StatusOK, w.Resume, nil)
}

func (p *Pages) showCode(c *gin.Context, who session.Asker, status int, resume string, faults []frontend.Fault) error {
	page := frontend.SignInCode{Frame: p.Frame(c, who), Resume: resume}
	page.Path, page.Faults = codePath, faults
	return p.Show(c, status, "signin_code", who, page)
}

// code is the second step. A sealed form stands in the page too, so that it outlives the ten minutes in which the step waits.
func (p *Pages) code(c *gin.Context, who session.Asker) error {
	ctx, resume := c.Request.Context(), c.PostForm("resume")
	w, a, ok, err := p.Sessions.AwaitedCode(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return p.showSignIn(c, who, http.StatusUnprocessableEntity, frontend.SignIn{Expired: true, Resume: resume}, nil)
	}
	err = p.Crowd.CheckFactor(ctx, a, c.PostForm("code"), c.ClientIP())
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		retryLater(c, err)
		return p.showCode(c, who, status, resume, faults)
	}
	if err != nil {
		return err
	}
	if err := p.Crowd.SignedIn(ctx, a); err != nil {
		return err
	}
	return p.begin(c, a, w, session.Entry{Own: w.Own, Strong: true})
}

// toOrganisation leads to the organisation: to sign in, to accept an invitation, or to bind its account to the own one. A header leads
// on, not a redirection, for which the answer to a form would need leave from our own content security policy.
func (p *Pages) toOrganisation(c *gin.Context, who session.Asker) error {
	if p.Organisation == nil {
		return notFound()
	}
	address, w, err := p.Organisation.Begin(c.Request.Context())
	w.Account, w.To, w.Link, w.Own = who.Account, local(c.PostForm("to"), ""), c.PostForm("link"), c.PostForm("own") != ""
	if resume := c.PostForm("resume"); p.Sessions.Ours(resume) {
		w.Resume = resume
	}
	if err != nil {
		return p.refuseOrganisation(c, who, w, err)
	}
	if err := p.Sessions.Await(c.Request.Context(), w); err != nil {
		return err
	}
	c.Header("Refresh", "0; url="+address)
	page := frontend.Away{Frame: p.Frame(c, who), Organisation: p.Organisation.Name, Address: address}
	page.Path = "/sign-in"
	return p.Show(c, http.StatusOK, "away", who, page)
}

// fromOrganisation takes the answer of the organisation.
func (p *Pages) fromOrganisation(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	if p.Organisation == nil {
		return notFound()
	}
	w, ok := p.Sessions.Awaited(ctx, session.ForOrganisation)
	p.Sessions.Forget(ctx)
	if !ok || w.Account != who.Account {
		return p.refuseOrganisation(c, who, w, fault.New(fault.Forbidden, "fault.organisation_refused", nil))
	}
	v, err := p.Organisation.Finish(ctx, w, c.Request.URL.Query())
	if err != nil {
		return p.refuseOrganisation(c, who, w, err)
	}
	if who.Signed() {
		if err := p.Store.LinkIdentity(ctx, who.Account, v.Identity, assessment.Author{Account: who.Account, Name: who.Name, Role: who.Role}, p.Now()); err != nil {
			return err
		}
		return p.Done(c, who, sessionsPath, "signin.linked_done", "Organisation", p.Organisation.Name)
	}
	var a account.Account
	if w.Link != "" {
		a, err = p.Crowd.AcceptIdentity(ctx, w.Link, v.Identity)
		if fault.Is(err, fault.NotFound) {
			return p.gone(c, who, err)
		}
	} else {
		a, err = p.Crowd.ByIdentity(ctx, v.Identity)
	}
	if err != nil {
		return p.refuseOrganisation(c, who, w, err)
	}
	if !a.Factor || v.Strong {
		if err := p.Crowd.SignedIn(ctx, a); err != nil {
			return err
		}
	}
	return p.come(c, a, w, v.Strong)
}

// refuseOrganisation says on the sign-in page why the organisation's answer let nobody in; what was written stays sealed in it.
func (p *Pages) refuseOrganisation(c *gin.Context, who session.Asker, w session.Waiting, err error) error {
	f, status := problem.Of(err)
	if who.Signed() || f.Kind != fault.Forbidden && f.Kind != fault.Unavailable && f.Kind != fault.Conflict {
		return err
	}
	level := slog.LevelInfo
	if f.Kind == fault.Unavailable {
		level = slog.LevelWarn
	}
	p.Log.Log(c.Request.Context(), level, "the organisation let nobody in", "error", err)
	retryLater(c, err)
	page := frontend.SignIn{To: w.To, Link: w.Link, Resume: w.Resume, Own: w.Own, Elsewhere: true}
	return p.showSignIn(c, who, status, page, []frontend.Fault{{Text: problem.Sentence(f, p.Words(who))}})
}

// removeOrganisation takes the organisation's account away from the own one, if there is a password beside it.
func (p *Pages) removeOrganisation(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	if a.Password == "" {
		return fault.New(fault.Invalid, "fault.password_first", nil)
	}
	if err := p.Store.UnlinkIdentities(ctx, a.ID, assessment.Author{Account: a.ID, Name: a.Name, Role: a.Role}, p.Now()); err != nil {
		return err
	}
	return p.Done(c, who, sessionsPath, "signin.unlinked_done")
}

// demoSignIn takes one of the listed demonstration accounts, and exists in demonstrations only. It goes without a second factor.
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
			return p.begin(c, a, session.Waiting{}, session.Entry{Strong: true})
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
