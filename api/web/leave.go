package web

import (
	"bytes"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
)

// LeaveRoutes are what people and cities take along, and the end of a person's name here.
func (p *Pages) LeaveRoutes() []Route {
	return []Route{
		{http.MethodGet, "/account/data.json", account.UseAccount, p.myData},
		{http.MethodGet, "/people/data.zip", account.ExportCity, p.cityData},
		{http.MethodGet, "/people/:id/erase", account.ErasePerson, p.erasePage},
		{http.MethodPost, "/people/:id/erase", account.ErasePerson, p.erase},
	}
}

func attach(c *gin.Context, media, name string) {
	c.Header("Content-Type", media)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Header("Cache-Control", "no-store")
}

func (p *Pages) myData(c *gin.Context, who session.Asker) error {
	var b bytes.Buffer
	if err := p.Leave.Mine(c.Request.Context(), who.Actor, &b); err != nil {
		return err
	}
	attach(c, "application/json; charset=utf-8", "migov-my-data.json")
	c.Status(http.StatusOK)
	_, err := b.WriteTo(c.Writer)
	return err
}

// cityData sends everything that is kept of the own city while it is read. What fails in the middle ends the connection, so
// that no file looks whole that is not.
func (p *Pages) cityData(c *gin.Context, who session.Asker) error {
	begun := false
	err := p.Leave.City(c.Request.Context(), who.Actor, c.Writer, func(city assessment.City) {
		attach(c, "application/zip", "migov-"+city.Code+".zip")
		c.Status(http.StatusOK)
		begun = true
	})
	if err != nil && begun {
		p.Log.ErrorContext(c.Request.Context(), "a download broke off", "route", c.FullPath(), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

func (p *Pages) erasePage(c *gin.Context, who session.Asker) error {
	return p.showErase(c, who, http.StatusOK, nil)
}

func (p *Pages) showErase(c *gin.Context, who session.Asker, status int, refused error) error {
	ctx := c.Request.Context()
	f, err := p.Leave.Farewell(ctx, who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	if f.Person.ID == who.Account {
		return fault.New(fault.Invalid, "fault.own_account", nil)
	}
	n, err := p.names(ctx)
	if err != nil {
		return err
	}
	page := frontend.Erase{Frame: p.Frame(c, who), By: who.Account, Is: personOf(p.Words(who), f.Person, n, who), Written: f.Written, Parts: f.Parts}
	page.Path = c.Request.URL.Path
	page.Faults, _ = p.Invalid(who, refused, Here)
	return p.Show(c, status, "erase", who, page)
}

func (p *Pages) erase(c *gin.Context, who session.Asker) error {
	number, err := p.Leave.Erase(c.Request.Context(), who.Actor, c.Param("id"))
	if fault.Is(err, fault.Conflict) {
		_, status := problem.Of(err)
		return p.showErase(c, who, status, err)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/people", "leave.erased_done", "Former", p.Words(who).T("people.former", "Number", number))
}
