package web

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/longform"
	"migov/frontend"
)

// DifferencesRoutes tell how far those who review and the cities of a round differ.
func (p *Pages) DifferencesRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rounds/:code/differences", account.ReadDifferences, p.differences},
		{http.MethodGet, "/rounds/:code/differences.csv", account.ReadDifferences, p.differencesFile},
	}
}

func (p *Pages) differing() assessment.Differences {
	return assessment.Differences{Store: p.Store, Questionnaires: p.Library, Looks: p.Drafts.Looks}
}

func (p *Pages) differences(c *gin.Context, who session.Asker) error {
	r, all, err := p.differing().Of(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "differences", who, frontend.NewDifferences(p.wide(c, who, p.roundNav(c, who, r)...), p.Words(who), r, all))
}

// differencesFile has a row for each word that was said.
func (p *Pages) differencesFile(c *gin.Context, who session.Asker) error {
	r, all, err := p.differing().Of(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+r.Code+`-differences.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(c.Writer)
	_ = out.Write([]string{"indicator", "city", "value", "word", "proposed", "difference_in_levels", "by", "reason"}) // a failure stays with the writer until Flush
	for _, x := range all {
		for _, s := range x.Said {
			levels := ""
			if s.Counts {
				levels = strconv.Itoa(int(s.Levels))
			}
			_ = out.Write([]string{x.Indicator.ID, s.City.Code, longform.Guard(s.Value), string(s.Kind), longform.Guard(s.Proposed), levels, string(s.By), longform.Guard(s.Reason)}) // the same
		}
	}
	out.Flush()
	return out.Error()
}
