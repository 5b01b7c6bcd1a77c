package reality_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment/reality"
	"migov/assessment/score"
	"migov/assessment/survey"
)

func questionnaire(t *testing.T) *survey.Instrument {
	t.Helper()
	source, err := os.ReadFile("../../data/instruments/urban-migof.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

// city answers as a text says: indicators with a value, a non-answer, or nothing, and after a slash who holds the power.
func city(in *survey.Instrument, id, text string) reality.City {
	answers, holders := map[string]survey.Answer{}, map[string]survey.Holder{}
	for _, word := range strings.Fields(text) {
		indicator, said, _ := strings.Cut(word, "=")
		said, holder, _ := strings.Cut(said, "/")
		a := survey.Answer{Value: said}
		if n := survey.NonAnswer(said); n.Known() {
			a = survey.Answer{NonAnswer: n}
		}
		answers[indicator] = a
		if holder != "" {
			holders[indicator] = survey.Holder(holder)
		}
	}
	scheme := score.NewScheme(in)
	marks := scheme.Marks(answers, holders)
	return reality.City{ID: id, Answer: func(indicator string) score.Line {
		l, _ := scheme.Line(marks, indicator)
		return l
	}}
}

// The table of the package, cell by cell. MR-01 asks for a level, PA-08 for yes or no, MR-14 for up to six options.
func TestWhatIsSaidIsPairedWithWhatIsAnswered(t *testing.T) {
	in := questionnaire(t)
	for _, x := range []struct {
		name, indicator, answer string
		in, partly, not         string // place, in part, not in place
	}{
		{"reviewed", "MR-01", "4", "aligned", "city_ahead", "city_ahead"},
		{"75, the first well-developed value", "MR-01", "3", "aligned", "city_ahead", "city_ahead"},
		{"half-way", "MR-01", "2", "aligned in part", "aligned in part", "gap_on_both_sides in part"},
		{"25, the last value with potential", "MR-01", "1", "on_paper_only", "gap_on_both_sides", "gap_on_both_sides"},
		{"nothing yet", "MR-01", "0", "on_paper_only", "gap_on_both_sides", "gap_on_both_sides"},
		{"yes", "PA-08", "yes", "aligned", "city_ahead", "city_ahead"},
		{"no", "PA-08", "no", "on_paper_only", "gap_on_both_sides", "gap_on_both_sides"},
		{"five of six options", "MR-14", "women|children|older_people|people_with_disabilities|lgbtiq", "aligned", "city_ahead", "city_ahead"},
		{"two of six options, above 25", "MR-14", "women|children", "aligned in part", "aligned in part", "gap_on_both_sides in part"},
		{"one of six options, below 25", "MR-14", "women", "on_paper_only", "gap_on_both_sides", "gap_on_both_sides"},
		{"none of the options", "MR-14", "none", "on_paper_only", "gap_on_both_sides", "gap_on_both_sides"},
		{"not our responsibility", "MR-01", "not_ours", "no_data", "no_data", "no_data"},
		{"does not apply", "MR-01", "not_applicable", "no_data", "no_data", "no_data"},
		{"do not know", "MR-01", "dont_know", "no_data", "no_data", "no_data"},
		{"prefer not to answer", "MR-01", "declined", "no_data", "no_data", "no_data"},
		{"skipped", "MR-01", "skipped", "no_data", "no_data", "no_data"},
		{"blank", "MR-01", "", "no_data", "no_data", "no_data"},
		{"a number is not scored", "MR-10", "12", "no_data", "no_data", "no_data"},
	} {
		answer := city(in, "x", x.indicator+"="+x.answer).Answer(x.indicator)
		if !strings.HasPrefix(x.in, "no_data") && !answer.Answered {
			t.Errorf("%s: the answer %s is none", x.name, x.answer)
		}
		for says, want := range map[reality.Says]string{reality.InPlace: x.in, reality.Partly: x.partly, reality.NotInPlace: x.not} {
			outcome, part := reality.Match(says, answer)
			got := string(outcome)
			if part {
				got += " in part"
			}
			if got != want {
				t.Errorf("%s, and the text says %s: %s, want %s", x.name, says, got, want)
			}
		}
	}
}

// nine is an invented country of nine cities. What each answers to the statements of nineSays is written out here, so that
// every count below can be checked by hand.
func nine(in *survey.Instrument) (cities []reality.City) {
	for i, text := range []string{
		"MR-01=0/national MR-05=3 WG-12=4 SO-07=1 CR-05=2 WG-04=3",
		"MR-01=1/national MR-05=3 WG-12=4 SO-07=0 CR-05=2 WG-04=4",
		"MR-01=1/national MR-05=3 WG-12=3 SO-07=1 CR-05=2 WG-04=2",
		"MR-01=0/national MR-05=4 WG-12=3 SO-07=1 CR-05=2 WG-04=1",
		"MR-01=1/shared MR-05=4 WG-12=2 SO-07=1 CR-05=3 WG-04=0",
		"MR-01=0/shared MR-05=0 WG-12=1 SO-07=dont_know CR-05=3 WG-04=0",
		"MR-01=1 MR-05=not_ours WG-12=1 SO-07=not_ours CR-05=3 WG-04=dont_know",
		"MR-01=3 MR-05=dont_know WG-12=0 SO-07=not_ours CR-05=3",
		"MR-01=4 MR-05=declined WG-12=skipped CR-05=4 WG-04=1",
	} {
		cities = append(cities, city(in, fmt.Sprintf("city-%d", i+1), text))
	}
	return cities
}

var nineSays = []reality.Statement{
	{ID: "crisis", Instrument: "urban-migof", Indicator: "CR-05", Says: reality.InPlace},
	{ID: "fund", Instrument: "urban-migof", Indicator: "MR-01", Says: reality.InPlace},
	{ID: "housing", Instrument: "urban-migof", Indicator: "MR-05", Says: reality.NotInPlace},
	{ID: "budget", Instrument: "urban-migof", Indicator: "WG-12", Says: reality.Partly},
	{ID: "referral", Instrument: "urban-migof", Indicator: "SO-07", Says: reality.Partly},
	{ID: "gone", Instrument: "urban-migof", Indicator: "ZZ-01", Says: reality.InPlace},
	{ID: "count", Instrument: "urban-migof", Indicator: "MR-10", Says: reality.InPlace},
	{ID: "elsewhere", Instrument: "another", Indicator: "MR-01", Says: reality.InPlace},
}

func write(t reality.Tally) string {
	var all []string
	for _, o := range reality.Outcomes {
		all = append(all, fmt.Sprint(t[o]))
	}
	return strings.Join(all, " ")
}

func TestACountryOfNineCities(t *testing.T) {
	in := questionnaire(t)
	c := reality.Of(in, nineSays, nine(in))
	if c.Cities != 9 {
		t.Errorf("%d cities", c.Cities)
	}
	var got []string
	for _, f := range c.Findings {
		got = append(got, fmt.Sprintf("%s: %s, %d in part", f.Statement.ID, write(f.Counts), f.InPart))
	}
	// aligned, on paper only, city ahead, gap on both sides, no data
	want := []string{"fund: 2 7 0 0 0, 0 in part", "housing: 0 0 5 1 3, 0 in part", "budget: 1 0 4 3 1, 1 in part", "crisis: 9 0 0 0 0, 4 in part", "referral: 0 0 0 5 4, 0 in part"}
	if !slices.Equal(got, want) {
		t.Errorf("findings\n%q, want\n%q", got, want)
	}
	got = nil
	for _, d := range c.Dimensions {
		got = append(got, fmt.Sprintf("%s %d: %s", d.ID, d.Statements, write(d.Counts)))
	}
	if want := []string{"MR 2: 2 7 5 1 3", "WG 1: 1 0 4 3 1", "CR 1: 9 0 0 0 0", "SO 1: 0 0 0 5 4"}; !slices.Equal(got, want) {
		t.Errorf("the matrix\n%q, want\n%q", got, want)
	}
	got = nil
	for _, s := range c.LeftOut {
		got = append(got, s.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"count", "elsewhere", "gone"}) {
		t.Errorf("left out: %v", got)
	}
	if d := c.Dialogue; d.Indicator.ID != "WG-04" || [4]int{d.Exists, d.InPart, d.None, d.NoData} != [4]int{2, 1, 4, 2} || d.Known() != 7 {
		t.Errorf("dialogue: %+v", d)
	}
	// 5 of the 6 cities with data come before 7 of 9: 0.83 to 0.78; then 4 of 8.
	got = nil
	for _, f := range c.Sharpest() {
		got = append(got, fmt.Sprintf("%s %d of %d", f.Statement.ID, f.Counts.Mismatches(), f.Counts.Known()))
	}
	if want := []string{"housing 5 of 6", "fund 7 of 9", "budget 4 of 8"}; !slices.Equal(got, want) {
		t.Errorf("mismatches %q, want %q", got, want)
	}
	got = nil
	for _, i := range c.Agenda() {
		got = append(got, fmt.Sprintf("%s %s %d of %d, %s, %s", i.Statement.ID, i.Outcome, i.Cities, i.Counts.Known(), i.Holder, i.Question))
	}
	// By the questionnaire MR-01, MR-05 and SO-07 are shared and WG-12 is municipal.
	if want := []string{"housing city_ahead 5 of 6, shared, support", "fund on_paper_only 7 of 9, shared, reach_shared",
		"budget city_ahead 4 of 8, municipal, support", "referral gap_on_both_sides 5 of 5, shared, begin"}; !slices.Equal(got, want) {
		t.Errorf("the agenda\n%q, want\n%q", got, want)
	}
	if h := c.Findings[0].Holders; len(h) != 2 || h[0] != (reality.Holding{Holder: survey.Shared, Cities: 5}) || h[1] != (reality.Holding{Holder: survey.National, Cities: 4}) {
		t.Errorf("who holds the power: %v", h)
	}
}

func TestNothingToPair(t *testing.T) {
	in := questionnaire(t)
	for name, c := range map[string]reality.Check{
		"no statements": reality.Of(in, nil, nine(in)), "no cities": reality.Of(in, nineSays, nil),
		"nobody answers": reality.Of(in, nineSays, []reality.City{city(in, "a", ""), city(in, "b", "")})} {
		if n := len(c.Sharpest()) + len(c.SharedGaps()) + len(c.Agenda()); n != 0 {
			t.Errorf("%s: %d mismatches", name, n)
		}
	}
}

func TestTheOrderDoesNotDependOnTheOrderGiven(t *testing.T) {
	in := questionnaire(t)
	order := func(says []reality.Statement) (out []string) {
		for _, f := range reality.Of(in, says, nine(in)).Sharpest() {
			out = append(out, f.Statement.ID)
		}
		return out
	}
	twins := append(slices.Clone(nineSays), reality.Statement{ID: "a twin", Instrument: "urban-migof", Indicator: "MR-01", Says: reality.InPlace})
	want := order(twins)
	if !slices.Equal(want, []string{"housing", "a twin", "fund", "budget"}) {
		t.Fatalf("%v", want)
	}
	slices.Reverse(twins)
	if got := order(twins); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWhoIsAskedFollowsFromWhoHoldsThePower(t *testing.T) {
	in := questionnaire(t)
	for holder, want := range map[survey.Holder]reality.Question{survey.National: reality.ReachNational, survey.Regional: reality.ReachNational, survey.Municipal: reality.ReachCity,
		survey.Shared: reality.ReachShared, survey.Contested: reality.ReachShared, survey.Nobody: reality.ReachShared} {
		c := reality.Of(in, nineSays[1:2], []reality.City{city(in, "a", "MR-01=0/"+string(holder))})
		if items := c.Agenda(); len(items) != 1 || items[0].Question != want || items[0].Holder != holder {
			t.Errorf("%s: %+v", holder, items)
		}
	}
}

func TestCountsAreToldFromFiveCitiesOn(t *testing.T) {
	for n, want := range map[int]bool{4: false, 5: true} {
		if got := (reality.Tally{reality.Aligned: n - 1, reality.GapOnBoth: 1, reality.NoData: 9}).Tellable(); got != want {
			t.Errorf("%d cities with data: %v", n, got)
		}
	}
}

func TestAStatementIsReadAsItIsTyped(t *testing.T) {
	in := questionnaire(t)
	today := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	good := reality.Given{Indicator: "MR-01", Says: "in_place", Text: " Health care is open to all.\nSection 3. ", Source: "National  strategy, p. 4", URL: "https://state.example/strategy", Date: "2024-03-31", Language: "en"}
	s, faults := reality.Clean(good, in, today)
	if len(faults) > 0 || s.Text != "Health care is open to all.\nSection 3." || s.Source != "National strategy, p. 4" || s.Instrument != "urban-migof" || s.Date.Format(time.DateOnly) != "2024-03-31" || len(s.Publishable()) > 0 {
		t.Errorf("%+v, %v", s, faults)
	}
	for _, x := range []struct {
		name   string
		change func(*reality.Given)
		want   string // fields with a fault
	}{
		{"a draft without source, date and address", func(g *reality.Given) { g.Source, g.Date, g.URL = "", "", "" }, ""},
		{"an Arabic text", func(g *reality.Given) {
			g.Text, g.Language = "الرعاية الصحية متاحة للجميع.", "ar"
		}, ""},
		{"a language with a region", func(g *reality.Given) { g.Language = "pt-BR" }, ""},
		{"nothing at all", func(g *reality.Given) { *g = reality.Given{} }, "indicator says text language"},
		{"an unknown indicator", func(g *reality.Given) { g.Indicator = "ZZ-01" }, "indicator"},
		{"an indicator that is a number", func(g *reality.Given) { g.Indicator = "MR-10" }, "indicator"},
		{"another word for what it says", func(g *reality.Given) { g.Says = "perhaps" }, "says"},
		{"a text of 4,001 characters", func(g *reality.Given) { g.Text = strings.Repeat("ع", 4001) }, "text"},
		{"a text of 4,000 characters", func(g *reality.Given) { g.Text = strings.Repeat("ع", 4000) }, ""},
		{"a source of 501 characters", func(g *reality.Given) { g.Source = strings.Repeat("s", 501) }, "source"},
		{"an invisible sign", func(g *reality.Given) { g.Text = "a\x00b" }, "text"},
		{"a script as address", func(g *reality.Given) { g.URL = "javascript:alert(1)" }, "url"},
		{"an address with a password", func(g *reality.Given) { g.URL = "https://a:b@state.example/" }, "url"},
		{"a date in words", func(g *reality.Given) { g.Date = "last year" }, "date"},
		{"the 30th of February", func(g *reality.Given) { g.Date = "2024-02-30" }, "date"},
		{"tomorrow", func(g *reality.Given) { g.Date = "2026-11-26" }, "date"},
		{"today", func(g *reality.Given) { g.Date = "2026-11-25" }, ""},
		{"a language in words", func(g *reality.Given) { g.Language = "English language" }, "language"},
		{"a language that is a figure", func(g *reality.Given) { g.Language = "12" }, "language"},
	} {
		g := good
		x.change(&g)
		_, faults := reality.Clean(g, in, today)
		var names []string
		for _, f := range faults {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != x.want {
			t.Errorf("%s: faults at %q, want %q", x.name, got, x.want)
		}
	}
}

func TestWithoutSourceAndDateNothingIsPublished(t *testing.T) {
	day := time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)
	for want, s := range map[string]reality.Statement{"source date": {}, "source": {Date: day}, "date": {Source: "Strategy"}, "": {Source: "Strategy", Date: day}} {
		var names []string
		for _, f := range s.Publishable() {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q is missing, want %q", got, want)
		}
	}
}
