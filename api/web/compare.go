package web

import (
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/frontend"
)

// CompareRoutes are the comparison of the cities of a round.
func (p *Pages) CompareRoutes() []Route {
	return []Route{{http.MethodGet, "/rounds/:code/compare", account.Compare, p.compare}}
}

// compare reads the round and all its score rows, and no more, however many cities there are.
func (p *Pages) compare(c *gin.Context, who session.Asker) error {
	var ready sync.WaitGroup
	defer ready.Wait()
	ready.Go(p.Charts.Prepare) // while the rows are read
	x, err := p.Comparisons.Of(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	frame := p.wide(c, who, p.roundNav(c, who, x.Round)...)
	page := frontend.NewCompare(frame, p.Words(who), p.Library.Scheme(x.Instrument), x, frontend.ParseAsk(c.Request.URL.Query()), p.draw(c), p.Charts.Drawing)
	return p.Show(c, http.StatusOK, "compare", who, page)
}
