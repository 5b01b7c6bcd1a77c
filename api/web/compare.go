package web

import (
	"encoding/csv"
	"errors"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/frontend"
	"migov/frontend/chart"
)

// CompareRoutes are the comparison of the cities of a round, and of a city with its peers.
func (p *Pages) CompareRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rounds/:code/compare", account.Compare, p.compare},
		{http.MethodGet, "/rounds/:code/compare.csv", account.Compare, p.compareFigures},
		{http.MethodGet, "/rounds/:code/compare.svg", account.Compare, p.compareDrawing},
		{http.MethodGet, "/assessments/:id/peers", account.ReadPeers, p.peers},
	}
}

// compared finds what an address asks to compare.
func (p *Pages) compared(c *gin.Context, who session.Asker) (x frontend.Compared, ask frontend.Ask, err error) {
	ctx := c.Request.Context()
	ask = frontend.ParseAsk(c.Request.URL.Query())
	if x.Round, x.Cohort, err = p.Cohorts.Of(ctx, who.Actor, c.Param("code")); err != nil {
		return x, ask, err
	}
	x.Instrument = x.Cohort.Scheme.Instrument()
	backed, err := p.Cohorts.Backed(ctx, who.Actor, x.Round, x.Cohort, ask.Standing)
	switch {
	case err == nil:
		x.Cohort = backed
	case fault.Is(err, fault.Conflict):
		x.Warning, ask.Standing = err, evidence.Claimed
	default:
		return x, ask, err
	}
	x.Selection = x.Cohort.Select(ask.Group)
	rounds, err := p.Store.Rounds(ctx)
	if err != nil {
		return x, ask, err
	}
	for _, r := range rounds {
		if r.ID == x.Round.ID || r.Published || !who.InRound(r.ID) {
			continue
		}
		x.Earlier = append(x.Earlier, r)
		if r.Code != ask.Before {
			continue
		}
		if _, x.Before, err = p.Cohorts.Of(ctx, who.Actor, r.Code); err != nil {
			return x, ask, err
		}
		x.BeforeName = r.Title
	}
	return x, ask, nil
}

// compare asks whether the round has moved, and reads no city that has not, however many there are.
func (p *Pages) compare(c *gin.Context, who session.Asker) error {
	var ready sync.WaitGroup
	defer ready.Wait()
	ready.Go(p.Charts.Prepare) // while the rows are read
	x, ask, err := p.compared(c, who)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if ask.Fault != nil {
		status = http.StatusUnprocessableEntity
	}
	page := frontend.NewCompare(p.wide(c, who, p.roundNav(c, who, x.Round)...), p.Words(who), x, ask, p.draw(c), p.Charts.Drawing)
	return p.Show(c, status, "compare", who, page)
}

// compareFigures sends the figures of a view as CSV: a row for each selected city and part, then how they are distributed.
func (p *Pages) compareFigures(c *gin.Context, who session.Asker) error {
	x, ask, err := p.compared(c, who)
	if err == nil {
		err = errors.Join(ask.Fault, x.Warning)
	}
	if err != nil {
		return err
	}
	return download.CSV(c, "compare-"+x.Round.Code+".csv", p.Log, func(w io.Writer) error {
		if _, err := io.WriteString(w, "\ufeff"); err != nil { // so that spreadsheets read it as UTF-8
			return err
		}
		out := csv.NewWriter(w)
		_ = out.Write([]string{"city", "name", "country", "part", "measure", "standing", "low", "central", "high", "why_none"})
		n := func(known bool, v float64) string {
			if !known {
				return ""
			}
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		for i := range x.Selection.Size() {
			city := x.Selection.At(i)
			var numbers score.Numbers
			x.Cohort.Scheme.Numbers(city.Marks, &numbers)
			for k, r := range append(numbers.Dimensions, numbers.Subcategories...) {
				v, why := r.Situation, r.SituationNote()
				if ask.Measure == compare.Effort {
					v, why = r.Effort, r.EffortNote()
				}
				_ = out.Write([]string{city.Code, longform.Guard(city.Name), city.Country, x.Cohort.Parts()[k], string(ask.Measure), string(ask.Standing),
					n(v.Banded, v.Low), n(v.Known, v.Central), n(v.Banded, v.High), string(why)})
			}
		}
		for _, part := range x.Cohort.Parts() {
			d := x.Selection.Spread(part, ask.Measure)
			for _, q := range []struct {
				name  string
				value float64
			}{{"(min)", d.Min}, {"(first quartile)", d.FirstQuartile}, {"(median)", d.Median}, {"(third quartile)", d.ThirdQuartile}, {"(max)", d.Max}} {
				_ = out.Write([]string{q.name, "", "", part, string(ask.Measure), string(ask.Standing), "", n(d.Enough, q.value), "", ""})
			}
		}
		out.Flush()
		return out.Error()
	})
}

// compareDrawing sends a chart of a view as a file.
func (p *Pages) compareDrawing(c *gin.Context, who session.Asker) error {
	x, ask, err := p.compared(c, who)
	if err == nil {
		err = errors.Join(ask.Fault, x.Warning)
	}
	if err != nil {
		return err
	}
	var drawn template.HTML
	one := c.DefaultQuery("chart", "matrix")
	if !slices.Contains(chartNames, one) {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	draw := p.draw(c)
	var mu sync.Mutex
	frontend.NewCompare(p.wide(c, who), p.Words(who), x, ask, func(d chart.Chart, size chart.Size) template.HTML {
		if size == chart.Wide && chartName(d) == one {
			svg := draw(d, size)
			mu.Lock()
			defer mu.Unlock()
			drawn = svg
		}
		return ""
	}, func(chart.Chart, chart.Size) (chart.Drawing, bool) { return chart.Drawing{}, false })
	if drawn == "" {
		return fault.New(fault.Conflict, "fault.not_drawn", nil)
	}
	return download.File(c, one+"-"+x.Round.Code+".svg", "image/svg+xml", p.Log, func(w io.Writer) error {
		_, err := io.WriteString(w, frontend.Drawn(string(drawn)))
		return err
	})
}

// chartNames are the charts of the page that are files.
var chartNames = []string{"matrix", "strip", "boxes", "scatter", "change"}

func chartName(d chart.Chart) string {
	switch d.(type) {
	case chart.HeatMap:
		return "matrix"
	case chart.Strip:
		return "strip"
	case chart.Box:
		return "boxes"
	case chart.Scatter:
		return "scatter"
	case chart.Slope:
		return "change"
	}
	return ""
}

// peers shows a city where it stands among consenting peers.
func (p *Pages) peers(c *gin.Context, who session.Asker) error {
	a, cohort, peers, err := p.Cohorts.Peers(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	x := frontend.PeersOf{Assessment: a, Peers: peers, Cohort: cohort, Measure: compare.Situation}
	if compare.Measure(c.Query("measure")) == compare.Effort {
		x.Measure = compare.Effort
	}
	status := http.StatusOK
	var chosen compare.Group
	if err == nil {
		if chosen, err = compare.ParseGroup(c.Query("group")); err == nil {
			x.Selection, err = peers.Select(chosen, a.ID)
		}
		if err != nil && c.Query("group") != "" {
			status = http.StatusUnprocessableEntity
			if fault.Is(err, fault.Forbidden) {
				status = http.StatusForbidden
			}
		}
	}
	x.Group, x.Refused = chosen, err
	page := frontend.NewPeers(p.Frame(c, who, p.AssessmentNav(c, who, a)...), p.Words(who), x, p.draw(c))
	return p.Show(c, status, "peers", who, page)
}
