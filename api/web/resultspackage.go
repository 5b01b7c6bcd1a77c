package web

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// PackageRoutes hand out the results of a round as a package that anybody computes again.
func (p *Pages) PackageRoutes() []Route {
	return []Route{{http.MethodGet, "/rounds/:code/results.zip", account.Compare, p.resultsPackage}}
}

func (p *Pages) resultsPackage(c *gin.Context, who session.Asker) error {
	code := c.Param("code")
	return download.File(c, "results-"+code+".zip", "application/zip", p.Log, func(w io.Writer) error {
		_, err := assessment.Packages{Store: p.Store, Questionnaires: p.Library, Now: p.Now}.Write(c.Request.Context(), who.Actor, code, w)
		return err
	})
}
