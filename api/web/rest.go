package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

// RestRoutes are the days on which a city is not reminded of anything.
func (p *Pages) RestRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rest-days", account.Assign, p.rest},
		{http.MethodPost, "/rest-days", account.Assign, p.setRest},
	}
}

func (p *Pages) rest(c *gin.Context, who session.Asker) error {
	days, err := p.Rest.Of(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	return p.showRest(c, who, http.StatusOK, days, frontend.Rest{})
}

func (p *Pages) showRest(c *gin.Context, who session.Asker, status int, days assessment.RestDays, page frontend.Rest) error {
	n, err := p.names(c.Request.Context())
	if err != nil {
		return err
	}
	faults := page.Faults
	page.Frame, page.By, page.City = p.Frame(c, who), who.Account, n.cities[who.City]
	page.Faults, page.Path = faults, "/rest-days"
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		page.Days = append(page.Days, frontend.RestDay{Day: int(day), Chosen: days.Has(day)})
	}
	return p.Show(c, status, "rest", who, page)
}

func (p *Pages) setRest(c *gin.Context, who session.Asker) error {
	var days assessment.RestDays
	for _, text := range c.PostFormArray("day") {
		if day, err := strconv.Atoi(text); err == nil && day >= 0 && day < 7 {
			days |= assessment.RestOn(time.Weekday(day))
		}
	}
	err := p.Rest.Set(c.Request.Context(), who.Actor, days)
	if faults, bad := p.Invalid(who, err, Here); bad {
		page := frontend.Rest{Msg: faults[0].Text}
		page.Faults = faults
		return p.showRest(c, who, http.StatusUnprocessableEntity, days, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/people", "restday.done")
}
