package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

const sessionsPath = "/account/sessions"

func (p *Pages) sessionRoutes() []Route {
	return []Route{
		{http.MethodGet, sessionsPath, account.UseAccount, p.sessions},
		{http.MethodPost, sessionsPath + "/end", account.UseAccount, p.endSession},
		{http.MethodPost, sessionsPath + "/stay", account.UseAccount, p.stay},
		{http.MethodPost, "/people/:id/sessions/end", account.ErasePerson, p.endSessionsOf},
	}
}

// sessions lists where the own account is signed in.
func (p *Pages) sessions(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	all, err := p.Store.SessionsOf(ctx, who.Account, p.Sessions.Now())
	if err != nil {
		return err
	}
	page := frontend.Sessions{Frame: p.Frame(c, who), By: who.Account}
	for _, x := range all {
		l := frontend.SessionLine{ID: x.Hash, Device: x.Device, Begun: x.Begun, Seen: x.Seen, Own: x.Own, This: x.Hash == who.Session}
		if !l.This {
			page.Others++
		}
		page.List = append(page.List, l)
	}
	if p.Organisation != nil {
		a, err := p.Store.Account(ctx, who.Account)
		if err != nil {
			return err
		}
		page.Provider, page.Password = p.Organisation.Name, a.Password != ""
		if page.Identities, err = p.Store.Identities(ctx, a.ID); err != nil {
			return err
		}
	}
	return p.Show(c, http.StatusOK, "sessions", who, page)
}

// endSession ends one of the own sessions, or all but this one.
func (p *Pages) endSession(c *gin.Context, who session.Asker) error {
	ctx, by := c.Request.Context(), assessment.Author{Account: who.Account, Name: who.Name, Role: who.Role}
	var err error
	if hash := c.PostForm("session"); hash != "" {
		err = p.Store.EndSessionOf(ctx, who.Account, hash, by, p.Now())
	} else {
		_, err = p.Store.EndSessions(ctx, who.Account, who.Session, by, p.Now())
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, sessionsPath, "sessions.ended")
}

// stay is what the page asks when somebody says to be still there: the request itself is the answer.
func (p *Pages) stay(c *gin.Context, _ session.Asker) error {
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
	return nil
}

// endSessionsOf ends all sessions of somebody else.
func (p *Pages) endSessionsOf(c *gin.Context, who session.Asker) error {
	a, err := p.Crowd.EndSessions(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.Done(c, who, "/people/"+a.ID, "sessions.ended_of", "Name", a.Name)
}
