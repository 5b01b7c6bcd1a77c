package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

// RoundsRoutes are the rounds of an analyst.
func (p *Pages) RoundsRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rounds", account.ReadRound, p.rounds},
		{http.MethodGet, "/rounds/:code", account.ReadRound, p.round},
		{http.MethodGet, "/rounds/:code/monitor.csv", account.ReadRound, p.monitorFigures},
	}
}

// rounds lists the rounds that the analyst is bound to.
func (p *Pages) rounds(c *gin.Context, who session.Asker) error {
	mine, err := p.Comparisons.Mine(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	page := frontend.NewRounds(p.wide(c, who), mine)
	page.MayPlan = account.Allowed(who.Role, account.ManageRounds)
	return p.Show(c, http.StatusOK, "rounds", who, page)
}

func (p *Pages) round(c *gin.Context, who session.Asker) error {
	ask := frontend.ParseRoundAsk(c.Request.URL.Query())
	m, x, err := p.monitor(c, who, ask, ask.OfProof())
	if err == nil && !ask.OfProof() {
		err = p.Comparisons.Cite(c.Request.Context(), who.Actor, x, m.Page())
	}
	if err != nil {
		return err
	}
	page := frontend.NewRound(p.wide(c, who, p.roundNav(c, who, x.Round)...), m)
	page.MayPlan = account.Allowed(who.Role, account.ManageRounds)
	return p.Show(c, http.StatusOK, "round", who, page)
}

// monitor reads a round. The evidence of all answers of a large one takes seconds to count: only where cited is set.
func (p *Pages) monitor(c *gin.Context, who session.Asker, ask frontend.RoundAsk, cited bool) (*frontend.Monitor, assessment.Monitor, error) {
	x, err := p.Comparisons.Monitor(c.Request.Context(), who.Actor, c.Param("code"))
	if err == nil && cited {
		err = p.Comparisons.Cite(c.Request.Context(), who.Actor, x, nil)
	}
	if err != nil {
		return nil, x, err
	}
	return frontend.NewMonitor(p.Words(who), x, ask, p.Now()), x, nil
}

// monitorFigures sends the monitor as a table for other programs, with the same filters.
func (p *Pages) monitorFigures(c *gin.Context, who session.Asker) error {
	m, x, err := p.monitor(c, who, frontend.ParseRoundAsk(c.Request.URL.Query()), true)
	if err != nil {
		return err
	}
	return p.rows(c, "monitor-"+x.Round.Code+".csv", frontend.RoundFigures(m))
}

// wide is the frame of a page for analysts.
func (p *Pages) wide(c *gin.Context, who session.Asker, nav ...frontend.Link) frontend.Frame {
	f := p.Frame(c, who, nav...)
	f.Wide = true
	return f
}

// roundNav is the navigation inside a round. Readings of published material are not compared, so nothing leads there.
func (p *Pages) roundNav(c *gin.Context, who session.Asker, r assessment.Round) []frontend.Link {
	w, base := p.Words(who), "/rounds/"+r.Code
	link := func(href, key string) frontend.Link {
		return frontend.Link{Href: href, Text: w.T(key), Current: c.Request.URL.Path == href}
	}
	nav := []frontend.Link{link("/rounds", "shell.nav_rounds"), link(base, "rounds.nav_overview")}
	if !r.Published {
		nav = append(nav, link(base+"/compare", "rounds.nav_compare"), link(base+"/differences", "differences.nav"), link(base+"/reality", "reality.nav"))
		if p.lensed(r) {
			nav = append(nav, link(base+"/lens", "lens.nav"))
		}
	}
	nav = append(nav, link(base+"/exports", "export.nav"))
	return append(nav, link("/instruments/"+r.Instrument, "shell.nav_questionnaire"))
}
