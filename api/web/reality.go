package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend"
)

// RealityRoutes set what national texts say beside what cities answer.
func (p *Pages) RealityRoutes() []Route {
	p.told = &told{}
	return []Route{
		{http.MethodGet, "/rounds/:code/reality", account.Compare, p.reality},
		{http.MethodGet, "/rounds/:code/reality.csv", account.Compare, p.realityFile},
		{http.MethodGet, "/rounds/:code/reality/agenda", account.Compare, p.realityAgenda},
		{http.MethodGet, "/assessments/:id/reality", account.ReadAssessment, p.ownReality},
	}
}

func (p *Pages) realities() assessment.RealityChecks {
	return assessment.RealityChecks{Store: p.Store, Questionnaires: p.Library, Looks: p.Drafts.Looks}
}

func (p *Pages) reality(c *gin.Context, who session.Asker) error {
	ask := frontend.ParseRealityAsk(c.Request.URL.Query())
	x, err := p.realities().Of(c.Request.Context(), who.Actor, c.Param("code"), ask.Country)
	if err != nil {
		return err
	}
	page := frontend.NewReality(p.wide(c, who, p.roundNav(c, who, x.Round)...), p.Words(who), x, ask, account.Allowed(who.Role, account.ManagePacks))
	return p.Show(c, http.StatusOK, "reality", who, page)
}

func (p *Pages) realityAgenda(c *gin.Context, who session.Asker) error {
	x, err := p.realities().Of(c.Request.Context(), who.Actor, c.Param("code"), c.Query("country"))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "agenda", who, frontend.NewRealityAgenda(p.wide(c, who, p.roundNav(c, who, x.Round)...), x))
}

// realityColumns are the columns of the file: a row for each pair.
var realityColumns = []string{"country", "statement", "indicator", "dimension", "says", "text", "source", "url", "date", "language", "city", "value", "non_answer", "holder", "outcome", "in_part"}

// realityFile has a row for each pair.
func (p *Pages) realityFile(c *gin.Context, who session.Asker) error {
	x, err := p.realities().Of(c.Request.Context(), who.Actor, c.Param("code"), c.Query("country"))
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+strings.TrimSuffix(x.Round.Code+"-reality-"+x.Country.Country, "-")+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(c.Writer)
	_ = out.Write(realityColumns) // a failure stays with the writer until Flush
	for _, f := range x.Findings {
		s := f.Statement
		for _, y := range f.Pairs {
			_ = out.Write([]string{s.Country, s.ID, s.Indicator, f.Indicator.Dimension, string(s.Says), longform.Guard(s.Text), longform.Guard(s.Source), longform.Guard(s.URL),
				s.Date.Format(time.DateOnly), s.Language, x.Cities[y.City].City.Code, answerOf(y.Answer), string(y.Answer.NonAnswer), string(y.Answer.Holder), string(y.Outcome), strconv.FormatBool(y.InPart)}) // the same
		}
	}
	out.Flush()
	return out.Error()
}

// answerOf writes a value as scoring knows it: the level, yes or no, or how many options are chosen; empty for none.
func answerOf(l score.Line) string {
	switch {
	case !l.Answered:
		return ""
	case l.Indicator.Kind == survey.YesNo:
		return []string{"no", "yes"}[l.Points]
	}
	return strconv.Itoa(l.Points)
}

// ownReality shows a city its own pairs, and those of no other.
func (p *Pages) ownReality(c *gin.Context, who session.Asker) error {
	x, err := p.realities().Own(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "ownreality", who, frontend.NewRealityOwn(p.Frame(c, who, p.AssessmentNav(c, who, x.Assessment)...), p.Words(who), x))
}

// told remembers where statements are published, so that the navigation of an assessment asks no question.
type told struct {
	asked atomic.Int64 // seconds since 1970
	mu    sync.RWMutex
	where []assessment.CountryStatements
}

// toldAsked is how long the navigation may not know of a first statement of a country.
const toldAsked = 30 * time.Second

// tells tells whether statements are published for an assessment. It asks at most twice a minute; while that fails, what was
// known counts.
func (p *Pages) tells(ctx context.Context, a assessment.Assessment) bool {
	k := p.told
	if k == nil || a.Round.Published {
		return false
	}
	now, last := time.Now().Unix(), k.asked.Load()
	if now-last >= int64(toldAsked/time.Second) && k.asked.CompareAndSwap(last, now) {
		if all, err := p.Store.CountriesWithStatements(ctx); err == nil {
			k.mu.Lock()
			k.where = all
			k.mu.Unlock()
		}
	}
	code, _, _ := survey.ParseName(a.Round.Instrument)
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Contains(k.where, assessment.CountryStatements{Country: a.City.Country, Instrument: code})
}

// national is what is published of the country of an assessment on one indicator, for those who review it.
func (p *Pages) national(ctx context.Context, a assessment.Assessment, in *survey.Instrument, q *survey.Indicator) (out []frontend.Told, err error) {
	if !p.tells(ctx, a) {
		return nil, nil
	}
	all, err := p.Store.PublishedStatements(ctx, a.City.Country, in.Code)
	for _, s := range all {
		if s.Indicator == q.ID {
			out = append(out, frontend.NewTold(in, s))
		}
	}
	return out, err
}
