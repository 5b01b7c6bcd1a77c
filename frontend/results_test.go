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

func comparisonOf(n int, query string) func(f frontend.Frame) any {
	return func(f frontend.Frame) any {
		q, err := url.ParseQuery(query)
		if err != nil {
			panic(err)
		}
		x := roundOf(n, false)
		return frontend.NewCompare(signed(f), words(f), score.NewScheme(x.Instrument), x, frontend.ParseAsk(q), drawIn(f), drawer().Drawing)
	}
}

func init() {
	samples["results"] = append(samples["results"], resultsOf(full), resultsOf(partly), resultsOf(blank))
	samples["maths"] = append(samples["maths"], mathsOf(partly, "MR"), mathsOf(blank, "SO.2"), mathsOf(full, score.OverallID), mathsOf(partly, score.OverallID),
		mathsOf(partly, score.AdvocacyID), mathsOf(blank, score.AdvocacyID))
	samples["rounds"] = append(samples["rounds"], func(f frontend.Frame) any {
		return frontend.NewRounds(signed(f), []assessment.RoundResults{roundOf(2, false), roundOf(1, true), {Round: assessment.Round{Code: "e", Title: "Empty"}}})
	})
	samples["round"] = append(samples["round"],
		func(f frontend.Frame) any { return frontend.NewRound(signed(f), words(f), roundOf(3, false), 1) },
		func(f frontend.Frame) any { return frontend.NewRound(signed(f), words(f), roundOf(2, true), 1) },
		func(f frontend.Frame) any { return frontend.NewRound(signed(f), words(f), roundOf(120, false), 2) })
	samples["compare"] = append(samples["compare"], comparisonOf(0, ""), comparisonOf(3, "city=c0"), comparisonOf(18, "city=c0&with=c1&with=c2&with=c3"),
		comparisonOf(18, "city=c2&measure=effort&level=subcategories"), comparisonOf(21, "level=subcategories&city=gone"))
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
