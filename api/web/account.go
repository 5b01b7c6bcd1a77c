package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
	"migov/frontend"
)

// AccountRoutes are the own account and the one-time links to set a password.
func (p *Pages) AccountRoutes() []Route {
	return []Route{
		{http.MethodGet, "/account", account.UseAccount, p.account},
		{http.MethodPost, "/account/language", account.UseAccount, p.setLanguage},
		{http.MethodPost, "/account/password", account.UseAccount, p.setPassword},
		{http.MethodGet, "/links/:secret", account.ReadPublic, p.link},
		{http.MethodPost, "/links/:secret", account.ReadPublic, p.useLink},
	}
}

func (p *Pages) account(c *gin.Context, who session.Asker) error {
	return p.showAccount(c, who, http.StatusOK, nil, nil)
}

func (p *Pages) showAccount(c *gin.Context, who session.Asker, status int, faults []frontend.Fault, marks frontend.Marks) error {
	a, err := p.Store.Account(c.Request.Context(), who.Account)
	if err != nil {
		return err
	}
	n, err := p.names(c.Request.Context())
	if err != nil {
		return err
	}
	page := frontend.Account{Frame: p.Frame(c, who), By: a.ID, Name: a.Name, Email: a.Email, Role: string(a.Role), Places: n.placesOf(a), Marks: marks}
	page.Faults = faults
	return p.Show(c, status, "account", who, page)
}

func (p *Pages) setLanguage(c *gin.Context, who session.Asker) error {
	lang := c.PostForm("language")
	if p.Site.Words.In(lang).Lang() != lang {
		return fault.New(fault.Invalid, "fault.language", nil)
	}
	if err := p.Store.SetLanguage(c.Request.Context(), who.Account, language(lang)); err != nil {
		return err
	}
	who.Lang = lang
	return p.Done(c, who, "/account", "account.language_done", "Language", locale.Names[lang])
}

// twice checks that a new password was typed the same way twice.
func twice(c *gin.Context) error {
	if c.PostForm("password") != c.PostForm("password_again") {
		return fault.New(fault.Invalid, "fault.password_again", nil).WithFields(fault.Field{Name: "password_again", Key: "fault.password_again"})
	}
	return nil
}

// setPassword changes the own password. Every sign-in session of the account ends; this browser begins a new one.
func (p *Pages) setPassword(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	err := twice(c)
	if err == nil {
		err = p.Crowd.ChangePassword(ctx, who.Actor, c.PostForm("old"), c.PostForm("password"))
	}
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		return p.showAccount(c, who, status, faults, p.marks(who, err))
	}
	if err != nil {
		return err
	}
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	if err := p.Sessions.Begin(ctx, a); err != nil {
		return err
	}
	return p.Done(c, who, "/account", "account.password_done")
}

// marks says beside each faulty input what is wrong about it.
func (p *Pages) marks(who session.Asker, err error) frontend.Marks {
	out := frontend.Marks{}
	if f, ok := fault.As(err); ok {
		for _, x := range f.Fields {
			out[x.Name] = problem.Field(x, p.Words(who))
		}
	}
	return out
}

// linkFault says the same of a link that is forged, used or too old.
func linkFault(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "fault.link", nil)
	}
	return err
}

// link shows the form behind a one-time link. It uses nothing up: mail programs open links before people do.
func (p *Pages) link(c *gin.Context, who session.Asker) error {
	c.Header("Referrer-Policy", "no-referrer")
	a, err := p.Crowd.Peek(c.Request.Context(), who.Actor, c.Param("secret"), c.ClientIP())
	if err != nil {
		return linkFault(err)
	}
	return p.showLink(c, who, http.StatusOK, a, nil)
}

func (p *Pages) showLink(c *gin.Context, who session.Asker, status int, o assessment.Opened, refused error) error {
	a := o.Account
	page := frontend.PasswordLink{Frame: p.Frame(c, who), Secret: c.Param("secret"), Name: a.Name, Email: a.Email, Marks: p.marks(who, refused)}
	page.Path = c.Request.URL.Path
	page.Faults, _ = p.Invalid(who, refused, Here)
	return p.Show(c, status, "link", who, page)
}

// useLink sets the password and signs in.
func (p *Pages) useLink(c *gin.Context, who session.Asker) error {
	c.Header("Referrer-Policy", "no-referrer")
	ctx, secret := c.Request.Context(), c.Param("secret")
	peeked, err := p.Crowd.Peek(ctx, who.Actor, secret, c.ClientIP())
	if err != nil {
		return linkFault(err)
	}
	err = twice(c)
	var a account.Account
	if err == nil {
		a, err = p.Crowd.Accept(ctx, secret, c.PostForm("name"), c.PostForm("password"))
	}
	if fault.Is(err, fault.Invalid) {
		return p.showLink(c, who, http.StatusUnprocessableEntity, peeked, err)
	}
	if err != nil {
		return linkFault(err)
	}
	if a, err = p.Store.Account(ctx, a.ID); err != nil {
		return err
	}
	return p.enter(c, a, "", "")
}
