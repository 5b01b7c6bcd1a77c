package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
	"migov/frontend"
)

// AccountRoutes are the own account.
func (p *Pages) AccountRoutes() []Route {
	return []Route{
		{http.MethodGet, "/account", account.UseAccount, p.account},
		{http.MethodPost, "/account/language", account.UseAccount, p.setLanguage},
		{http.MethodPost, "/account/password", account.UseAccount, p.setPassword},
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
	page := frontend.Account{Frame: p.Frame(c, who), By: a.ID, Name: a.Name, Email: a.Email, Role: string(a.Role), Department: a.Department, Places: n.placesOf(a),
		Exports: account.Allowed(a.Role, account.ExportCity), Marks: marks}
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
	if err := p.Sessions.StepUp(ctx, a, false); err != nil {
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
