package frontend_test

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend"
	"migov/frontend/chart"
)

// drawer is one engine for all samples.
var drawer = sync.OnceValue(func() *chart.Engine {
	e, err := chart.New(frontend.Built(), slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	return e
})

// drawIn draws in English only, as drawing takes long; in other languages the pages do without.
func drawIn(f frontend.Frame) frontend.Draw {
	return func(c chart.Chart, size chart.Size) template.HTML {
		if f.Lang != "en" {
			return ""
		}
		return drawer().SVG(context.Background(), c, size)
	}
}

// asked is the questionnaire, decoded once.
var asked = sync.OnceValue(questionnaire)

var day = time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC)

// city is an assessment with hostile texts; say gives the value of a level, or a non-answer, or nothing.
func city(in *survey.Instrument, n int, say func(i int) string) (assessment.Assessment, assessment.Sheet) {
	a := assessment.Assessment{ID: fmt.Sprintf("id%d", n), City: assessment.City{Code: fmt.Sprintf("c%d", n), Name: fmt.Sprintf("%d %s", n, hostile), Fictional: true},
		Round: assessment.Round{Code: "2026", Title: hostile, Instrument: in.Name()}, HandedIn: day, Changed: day}
	sheet := assessment.Sheet{Answers: map[string]assessment.Kept{}}
	for i, q := range in.Indicators() {
		k := assessment.Kept{Indicator: q.ID}
		switch said := say(i); {
		case survey.NonAnswer(said).Known():
			k.NonAnswer = survey.NonAnswer(said)
		case q.Kind == survey.Level:
			k.Value = said
		case q.Kind == survey.YesNo && said != "":
			k.Value = "yes"
		case q.Kind == survey.Multiple && said != "":
			k.Value = q.Options[0].ID
		}
		k.Explanation = strings.Repeat(hostile+" ", 20)
		sheet.Answers[q.ID] = k
	}
	return a, sheet
}

func full(i int) string { return fmt.Sprint(i % 5) }
func blank(int) string  { return "" }
func partly(i int) string {
	return []string{"4", "0", "", "not_ours", "dont_know", "not_applicable"}[i%6]
}

func words(f frontend.Frame) *locale.Words {
	b, err := locale.Load()
	if err != nil {
		panic(err)
	}
	return b.In(f.Lang)
}

func resultsOf(say func(int) string) func(f frontend.Frame) any {
	return func(f frontend.Frame) any {
		in := asked()
		a, sheet := city(in, 1, say)
		a.Round.Published = f.Lang == "fr"
		return frontend.NewResults(signed(f), words(f), score.NewScheme(in), a, sheet, backed(in, sheet), noon, drawIn(f))
	}
}

func mathsOf(say func(int) string, id string) func(f frontend.Frame) any {
	return func(f frontend.Frame) any {
		in := asked()
		a, sheet := city(in, 1, say)
		p, ok := frontend.NewMaths(signed(f), words(f), score.NewScheme(in), a, sheet, assessment.Beside{}, id, noon)
		if !ok {
			panic(id)
		}
		return p
	}
}

// roundOf is a round of cities that have handed in, one that is at work and one that was never opened.
func roundOf(n int, published bool) assessment.RoundResults {
	in := asked()
	scheme := score.NewScheme(in)
	x := assessment.RoundResults{Instrument: in, Round: assessment.Round{Code: "2026", Title: hostile, Instrument: in.Name(), Due: day, Published: published}}
	for i := range n {
		say := []func(int) string{full, partly, blank}[i%3]
		a, sheet := city(in, i, func(k int) string { return say(k + i) })
		row := assessment.ScoreRow{Assessment: a}
		scheme.Numbers(scheme.Marks(sheet.Plain(), nil), &row.Numbers)
		x.Rows = append(x.Rows, row)
	}
	x.Rows = append(x.Rows, assessment.ScoreRow{Assessment: assessment.Assessment{ID: "w", City: assessment.City{Code: "w", Name: "At work"}, Changed: day, Settled: 40}},
		assessment.ScoreRow{Assessment: assessment.Assessment{ID: "n", City: assessment.City{Code: "n", Name: "Never opened"}}})
	return x
}

// monitorOf is roundOf with counts beside it.
func monitorOf(n int, published bool) assessment.Monitor {
	x := roundOf(n, published)
	m := assessment.Monitor{RoundOverview: assessment.RoundOverview{Round: x.Round, Instrument: x.Instrument}, Counts: map[string]assessment.CityCount{}, AtWork: 4,
		Stuck: []assessment.Stuck{{Indicator: "MR-01", Cities: 3}}}
	for i, row := range x.Rows {
		a := row.Assessment
		a.State, a.City.Country, a.Answered = review.States[i%len(review.States)], []string{"XA", "FR", "TN"}[i%3], 40*(i%2)
		m.Cities = append(m.Cities, a)
		m.Counts[a.ID] = assessment.CityCount{Cited: i % 41, Questions: i % 3, Carried: i % 5}
	}
	return m
}

func comparisonOf(n int, query string) func(f frontend.Frame) any {
	return func(f frontend.Frame) any {
		q, err := url.ParseQuery(query)
		if err != nil {
			panic(err)
		}
		ask := frontend.ParseAsk(q)
		x := frontend.Compared{Round: roundOf(0, false).Round, Instrument: asked(), Cohort: cohortOf(n)}
		x.Selection = x.Cohort.Select(ask.Group)
		x.Earlier = []assessment.Round{{Code: "2025", Title: hostile}}
		if ask.Before != "" {
			x.Before, x.BeforeName = cohortOf(n-1), hostile
		}
		return frontend.NewCompare(signed(f), words(f), x, ask, drawIn(f), drawer().Drawing)
	}
}

// cohortOf are cities of one region, in two bands of population, of which every second shows its numbers; the first does not
// if there are many.
func cohortOf(n int) *compare.Cohort {
	in := asked()
	scheme := score.NewScheme(in)
	var all []compare.City
	for i := range n {
		say := []func(int) string{full, partly, full, blank}[i%4]
		a, sheet := city(in, i, func(k int) string { return say(k + i) })
		c := compare.City{Assessment: a.ID, Code: a.City.Code, Name: a.City.Name, Country: "XA", Region: "015", Population: 10_000 + 40_000*(i%2), Roles: []string{"origin"}, Income: "low",
			HandedIn: true, Consents: i%7 != 6, Marks: scheme.Marks(sheet.Plain(), nil)}
		scheme.Numbers(c.Marks, &c.Numbers)
		all = append(all, c)
	}
	all = append(all, compare.City{Assessment: "w", Code: "w", Name: "At work"}, compare.City{Assessment: "n", Code: "n", Name: "Never opened"})
	return compare.NewCohort(scheme, all)
}

// peersOf is the page of the first city of a cohort.
func peersOf(n int, key string) func(f frontend.Frame) any {
	return func(f frontend.Frame) any {
		x := frontend.PeersOf{Cohort: cohortOf(n), Measure: compare.Situation}
		x.Assessment, _ = city(asked(), 0, full)
		x.Peers = x.Cohort.Peers(x.Assessment.ID)
		g, err := compare.ParseGroup(key)
		if err != nil {
			panic(err)
		}
		x.Group = g
		x.Selection, x.Refused = x.Peers.Select(g, x.Assessment.ID)
		return frontend.NewPeers(signed(f), words(f), x, drawIn(f))
	}
}

func init() {
	samples["results"] = append(samples["results"], resultsOf(full), resultsOf(partly), resultsOf(blank))
	samples["maths"] = append(samples["maths"], mathsOf(partly, "MR"), mathsOf(blank, "SO.2"), mathsOf(full, score.OverallID), mathsOf(partly, score.OverallID),
		mathsOf(partly, score.AdvocacyID), mathsOf(blank, score.AdvocacyID))
	samples["rounds"] = append(samples["rounds"], func(f frontend.Frame) any {
		return frontend.NewRounds(signed(f), []assessment.RoundTally{{Round: roundOf(2, false).Round, Cities: 2, HandedIn: 1}, {Round: roundOf(1, true).Round, Cities: 1}, {Round: assessment.Round{Code: "e", Title: "Empty"}}})
	})
	samples["round"] = append(samples["round"],
		func(f frontend.Frame) any {
			return frontend.NewRound(signed(f), frontend.NewMonitor(words(f), monitorOf(3, false), frontend.ParseRoundAsk(nil), noon))
		},
		func(f frontend.Frame) any {
			return frontend.NewRound(signed(f), frontend.NewMonitor(words(f), monitorOf(2, true), frontend.ParseRoundAsk(nil), noon))
		},
		func(f frontend.Frame) any {
			return frontend.NewRound(signed(f), frontend.NewMonitor(words(f), monitorOf(120, false), frontend.ParseRoundAsk(url.Values{"page": {"2"}, "activity": {"quiet"}}), noon.AddDate(0, 1, 0)))
		},
		func(f frontend.Frame) any {
			return frontend.NewRound(signed(f), frontend.NewMonitor(words(f), monitorOf(3, false), frontend.ParseRoundAsk(url.Values{"country": {"ZZ"}}), noon))
		})
	samples["compare"] = append(samples["compare"], comparisonOf(0, ""), comparisonOf(3, "city=c0"), comparisonOf(18, "city=c0&with=c1&with=c2&with=c3"),
		comparisonOf(18, "city=c2&measure=effort&level=subcategories&before=2025&part=WG"), comparisonOf(21, "level=subcategories&city=gone&x=population&y=PA"),
		comparisonOf(9, "level=indicators&measure=effort&group=region:015"), comparisonOf(9, "group=powers:c1&city=c1"), comparisonOf(9, "group=hand&with=c1&with=c2"),
		comparisonOf(9, "group=nonsense"), comparisonOf(450, "level=indicators"))
	samples["peers"] = append(samples["peers"], peersOf(4, ""), peersOf(20, ""), peersOf(20, "population:50k-200k"), peersOf(20, "income:high"))
}

func TestResultsSayWordsWhereThereIsNoFigure(t *testing.T) {
	s := site(t)
	for name, say := range map[string]func(int) string{"nothing": blank, "some": partly, "not ours": func(int) string { return "not_ours" }, "not applicable": func(int) string { return "not_applicable" }} {
		for _, lang := range locale.Languages {
			p := resultsOf(say)(frontend.Frame{Lang: lang, Dir: "ltr"}).(frontend.Results)
			for _, v := range p.Values {
				if v.Figure == "" && len(v.Why) == 0 {
					t.Errorf("%s in %s: %s has neither figure nor reason", name, lang, v.Title)
				}
			}
			if len(p.Notes) == 0 {
				t.Errorf("%s in %s: no sentence explains what is absent", name, lang)
			}
			rows := p.Dimensions
			for _, g := range p.Groups {
				rows = append(rows, g.Rows...)
			}
			for _, row := range rows {
				for what, x := range map[string]frontend.Reading{"situation": row.Situation, "effort": row.Effort} {
					if (x.Figure == "") == (x.Words == "") {
						t.Errorf("%s in %s: the %s of %s shows %+v", name, lang, what, row.ID, x)
					}
				}
			}
			if lang == "en" && (p.Radar == "") == (p.RadarWords == "") {
				t.Errorf("%s: there must be a radar or words", name)
			}
			body, err := s.Render(lang, "results", p)
			if err != nil {
				t.Fatal(err)
			}
			for _, no := range []string{"NaN", "+Inf", "⟨"} {
				if strings.Contains(string(body), no) {
					t.Errorf("%s in %s: the page says %s", name, lang, no)
				}
			}
		}
	}
}
