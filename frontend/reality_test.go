package frontend_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/reality"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend"
)

func statementSamples() []reality.Statement {
	day := time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)
	return []reality.Statement{
		{ID: "a", Country: "XE", Instrument: "urban-migof", Indicator: "MR-01", Says: reality.InPlace, Text: hostile, Source: hostile, URL: "https://state.example/strategy?a=1&b=2", Date: day, Language: "pt-BR"},
		{ID: "b", Country: "XE", Instrument: "urban-migof", Indicator: "MR-14", Says: reality.NotInPlace, Text: "x", Source: "Report", Date: day, Language: "ar"},
		{ID: "c", Country: "XE", Instrument: "urban-migof", Indicator: "PA-08", Says: reality.Partly, Text: "x", Source: "Report", Date: day, Language: "en"},
		{ID: "d", Country: "XE", Instrument: "urban-migof", Indicator: "MR-10", Says: reality.Partly, Text: "x", Source: "Report", Date: day, Language: "en"},
	}
}

// checked is a reality check of a number of cities: level 0 or a non-answer for MR-01, all options of MR-14, "no" for PA-08.
func checked(cities int) assessment.RealityCheck {
	in := questionnaire()
	scheme := score.NewScheme(in)
	x := assessment.RealityCheck{Round: assessment.Round{Code: "2026", Title: hostile}, Instrument: in, Country: assessment.RoundCountry{Country: "XE", Cities: cities + 3, HandedIn: cities, Statements: 4}}
	x.Countries = []assessment.RoundCountry{x.Country, {Country: "XA", Cities: 1}}
	var list []reality.City
	for i := range cities {
		answers := map[string]survey.Answer{"MR-01": {Value: "0"}, "MR-14": {Value: "women|children|older_people|people_with_disabilities|lgbtiq|stateless_people"}, "PA-08": {Value: "no"}, "WG-04": {Value: fmt.Sprint(i % 5)}}
		if i == 1 {
			answers["MR-01"] = survey.Answer{NonAnswer: survey.NotOurs}
		}
		marks := scheme.Marks(answers, map[string]survey.Holder{"MR-01": survey.National})
		x.Cities = append(x.Cities, assessment.CityMarks{City: assessment.City{ID: fmt.Sprint(i), Name: hostile, Fictional: true}, Assessment: fmt.Sprint("a", i), Marks: marks})
		list = append(list, reality.City{Answer: func(q string) score.Line { l, _ := scheme.Line(marks, q); return l }})
	}
	x.Check = reality.Of(in, statementSamples(), list)
	return x
}

func keptSamples() []assessment.KeptStatement {
	var all []assessment.KeptStatement
	for i, s := range statementSamples() {
		all = append(all, assessment.KeptStatement{Statement: s, Revision: 2, Published: i, By: assessment.Author{Role: account.Analyst}, At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
	}
	all[1].Source, all[1].Date = "", time.Time{}
	return all
}

func init() {
	in := questionnaire
	check := func(cities int, query string) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			q, _ := url.ParseQuery(query)
			return frontend.NewReality(signed(f), words(f), checked(cities), frontend.ParseRealityAsk(q), true)
		}
	}
	samples["reality"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.NewReality(signed(f), words(f), assessment.RealityCheck{Round: assessment.Round{Code: "2026"}, Instrument: in(), Countries: []assessment.RoundCountry{{Country: "XA", Cities: 1}}}, frontend.RealityAsk{}, false)
		},
		check(0, "country=XE"), check(2, "country=XE"), check(9, "country=XE"), check(9, "country=XE&dimension=MR&outcome=city_ahead"), check(9, "country=XE&outcome=%3Cb%3E"), check(200, "country=XE&page=3"),
		func(f frontend.Frame) any {
			x := checked(1)
			x.Check.LeftOut, x.Findings = append(x.LeftOut, statementSamples()...), nil
			return frontend.NewReality(signed(f), words(f), x, frontend.RealityAsk{}, true)
		},
	}
	samples["agenda"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewRealityAgenda(signed(f), checked(0)) },
		func(f frontend.Frame) any { return frontend.NewRealityAgenda(signed(f), checked(2)) },
		func(f frontend.Frame) any { return frontend.NewRealityAgenda(signed(f), checked(9)) },
	}
	own := func(statements []reality.Statement) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			x := assessment.OwnReality{Assessment: assessment.Assessment{ID: "a", City: assessment.City{Name: hostile, Country: "XE"}}, Instrument: in()}
			scheme := score.NewScheme(x.Instrument)
			x.Check = reality.Of(x.Instrument, statements, []reality.City{{Answer: func(q string) score.Line { l, _ := scheme.Line(scheme.Blank(), q); return l }}})
			return frontend.NewRealityOwn(signed(f), words(f), x)
		}
	}
	samples["ownreality"] = []func(f frontend.Frame) any{own(nil), own(statementSamples())}
	instrument := func(string) *survey.Instrument { return in() }
	samples["statements"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewStatements(signed(f), "XE", nil, instrument) },
		func(f frontend.Frame) any { return frontend.NewStatements(signed(f), "XE", keptSamples(), instrument) },
	}
	samples["statement"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.NewStatementForm(signed(f), words(f), in(), "XE", "me", reality.Given{Language: "en"})
		},
		func(f frontend.Frame) any {
			f = signed(f)
			f.Faults = []frontend.Fault{{Href: "#text", Text: "x"}}
			p := frontend.NewStatementForm(f, words(f), in(), "XE", "me", reality.Given{Indicator: "MR-01", Says: "partly", Text: hostile, Source: hostile, URL: hostile, Date: hostile, Language: hostile}).Of(in(), keptSamples()[1:2])
			p.Marks = frontend.Marks{}
			for _, name := range []string{"indicator", "text", "says", "source", "date", "url", "language"} {
				p.Marks[name] = hostile
			}
			return p
		},
		func(f frontend.Frame) any {
			all := keptSamples()
			return frontend.NewStatementForm(signed(f), words(f), in(), "XE", "me", frontend.GivenOf(all[2].Statement)).Of(in(), []assessment.KeptStatement{all[2], all[1]})
		},
	}
}

func TestARealityCheckShowsWhatIsAskedFor(t *testing.T) {
	x := checked(9)
	page := func(query string) frontend.Reality {
		q, _ := url.ParseQuery(query)
		return frontend.NewReality(frontend.Frame{Lang: "en"}, words(frontend.Frame{Lang: "en"}), x, frontend.ParseRealityAsk(q), true)
	}
	for query, want := range map[string]int{"": 27, "dimension=MR": 18, "outcome=on_paper_only": 8, "dimension=MR&outcome=city_ahead": 9, "dimension=PA&outcome=city_ahead": 0, "outcome=gap_on_both_sides": 9, "outcome=no_data": 1, "outcome=other": 0} {
		if got := page(query); got.PairsOf != want || len(got.Pairs) != want {
			t.Errorf("%q: %d pairs, want %d", query, got.PairsOf, want)
		}
	}
	p := page("page=9")
	if len(p.Sharp) != 2 || p.Sharp[0].Indicator != "MR-14" || p.Sharp[0].Cities != 9 || p.Sharp[1].Outcome != "on_paper_only" || p.Sharp[1].Cities != 8 || p.Sharp[1].Known != 8 || p.Few || p.More != 0 {
		t.Errorf("%+v", p.Sharp)
	}
	if href := p.Matrix[0].Cells[1].Href; href != "/rounds/2026/reality?country=XE&dimension=MR&outcome=on_paper_only#pairs" {
		t.Error(href)
	}
	if !strings.Contains(strings.Join(p.LeftOut, " "), "MR-10") {
		t.Error(p.LeftOut)
	}
}

func TestWhatTooFewCitiesSayIsNotPrinted(t *testing.T) {
	for cities, want := range map[int][2]int{4: {0, 3}, 5: {2, 1}, 6: {3, 0}} { // of five cities one has no value for MR-01
		p := frontend.NewRealityAgenda(frontend.Frame{Lang: "en"}, checked(cities))
		if got := [2]int{len(p.Items), p.Left}; got != want {
			t.Errorf("%d cities: %v items and left out, want %v", cities, got, want)
		}
		for i, item := range p.Items {
			if item.Position != i+1 || item.Known < reality.Fewest {
				t.Errorf("%d cities: %+v", cities, item)
			}
		}
	}
}
