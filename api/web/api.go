package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/frontend"
)

func (p *Pages) apiRoutes() []Route {
	return []Route{{http.MethodGet, "/api/v1", account.ReadPublic, p.apiPage}}
}

func (p *Pages) apiPage(c *gin.Context, who session.Asker) error {
	page := frontend.API{Frame: p.Frame(c, who), BaseURL: p.BaseURL, Operations: p.Operations()}
	for _, s := range account.Scopes {
		page.Scopes = append(page.Scopes, string(s))
	}
	page.Examples()
	return p.Show(c, http.StatusOK, "api", who, page)
}
