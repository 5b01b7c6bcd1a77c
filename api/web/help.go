package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/frontend"
)

// HelpRoutes are the pages that explain.
func (p *Pages) HelpRoutes() []Route {
	return []Route{
		{http.MethodGet, "/help", account.ReadPublic, p.plain("help")},
		{http.MethodGet, "/accessibility", account.ReadPublic, p.plain("accessibility")},
		{http.MethodGet, "/privacy", account.ReadPublic, p.plain("privacy")},
		{http.MethodGet, "/method", account.ReadPublic, p.method},
	}
}

// plain serves a page of texts alone.
func (p *Pages) plain(name string) Handler {
	return func(c *gin.Context, who session.Asker) error {
		return p.Show(c, http.StatusOK, name, who, frontend.Plain{Frame: p.Frame(c, who)})
	}
}

func (p *Pages) method(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "method", who, frontend.Method{Frame: p.Frame(c, who), Example: frontend.WorkExample()})
}
