package frontend_test

import (
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/lens"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend"
)

// lensed is an assessment seen through a framework: a level in every answer but those of SO, which are blank.
func lensed(framework string, l *lens.Lens) assessment.OwnLens {
	in := questionnaire()
	scheme := score.NewScheme(in)
	x := assessment.OwnLens{Scheme: scheme, Draft: assessment.Draft{Instrument: in, Assessment: assessment.Assessment{ID: "a", City: assessment.City{Code: "x", Name: hostile, Fictional: true}, Round: assessment.Round{Title: hostile, Instrument: in.Name()}}}}
	x.Sheet.Answers = map[string]assessment.Kept{}
	for i, id := range scheme.ScoredIDs() {
		if q := in.Indicator(id); q.Kind == survey.Level && q.Dimension != "SO" {
			x.Sheet.Answers[id] = assessment.Kept{Answer: survey.Answer{Value: string("01234"[i%5])}}
		}
	}
	x.View, _ = lens.Through(in, framework, l)
	x.Marks = scheme.Marks(x.Sheet.Plain(), x.Sheet.Holders())
	for _, set := range x.View.Sets(scheme) {
		x.Values = append(x.Values, lens.ValueOf(set, x.Marks))
	}
	return x
}

// lensedRound is a round of a number of cities, all with the same answers.
func lensedRound(cities int) assessment.RoundLens {
	own := lensed("gcm", nil)
	var all []compare.City
	for i := range cities {
		c := compare.City{Assessment: string(rune('a' + i)), ID: string(rune('a' + i)), Code: string(rune('a' + i)), Name: hostile, Country: "XA", Region: "015", HandedIn: true, Marks: own.Marks}
		own.Scheme.Numbers(c.Marks, &c.Numbers)
		all = append(all, c)
	}
	x := assessment.RoundLens{View: own.View, Round: assessment.Round{Code: "2026", Title: hostile, Instrument: own.Instrument.Name()}, Cohort: compare.NewCohort(own.Scheme, all)}
	x.Selection = x.Cohort.Select(compare.Group{})
	for i, set := range x.View.Sets(own.Scheme) {
		x.Spreads = append(x.Spreads, x.Selection.SpreadBy(x.Objectives[i].ID, func(m score.Marks) (float64, score.Note) {
			v := lens.ValueOf(set, m)
			return v.Central, v.Note
		}))
	}
	return x
}

// strange is a lens with a link that is gone, objectives that nobody asks about, and hostile reasons.
func strange() *lens.Lens {
	return &lens.Lens{Framework: "gcm", Questionnaire: "urban-migof", Targets: []string{"1", "24", "<b>"}, Links: []lens.Link{{Indicator: "<i>", Target: "15", Type: lens.Full, Why: survey.Text{"en": hostile}}}}
}

func init() {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	one := func(framework string, l *lens.Lens, pledge bool) func(f frontend.Frame) any {
		return func(f frontend.Frame) any { return frontend.NewLens(signed(f), words(f), lensed(framework, l), pledge) }
	}
	samples["lens"] = []func(f frontend.Frame) any{one("gcm", nil, true), one("sdg", nil, false), one("gcm", strange(), false)}
	round := func(cities int, refused error) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			return frontend.NewRoundLens(signed(f), words(f), lensedRound(cities), refused)
		}
	}
	_, bad := compare.ParseGroup("nothing:" + hostile)
	samples["roundlens"] = []func(f frontend.Frame) any{round(0, nil), round(1, nil), round(4, bad), round(5, nil)}
	pledge := func(framework string, chosen ...string) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			x := lensed(framework, nil)
			return frontend.NewPledge(signed(f), words(f), x, x.View.Steps(x.Scheme, x.Marks), chosen, at)
		}
	}
	samples["pledge"] = []func(f frontend.Frame) any{pledge("gcm"), pledge("gcm", "MR-02", "MR-03", hostile), pledge("micic"), pledge("sdg", "MR-02")}
}

func TestALensNeverShowsANumberWithoutItsMarkOrItsReason(t *testing.T) {
	f := frontend.Frame{Lang: "en"}
	page := frontend.NewLens(f, words(f), lensed("gcm", nil), false)
	numbers, words := 0, 0
	for _, row := range page.Rows {
		switch {
		case row.Value.Figure != "":
			numbers++
			if !row.InPart {
				t.Errorf("objective %s rests on links in part and does not say so", row.ID)
			}
			if row.Count < lens.Fewest {
				t.Errorf("objective %s has a number over %d indicators", row.ID, row.Count)
			}
		case row.Value.Words == "":
			t.Errorf("objective %s has neither a number nor a reason", row.ID)
		default:
			words++
		}
		if len(row.Powers) != row.Count || len(row.First()) != min(row.Count, 4) {
			t.Errorf("objective %s: %d squares, %d names for %d indicators", row.ID, len(row.Powers), len(row.First()), row.Count)
		}
	}
	if numbers == 0 || words == 0 {
		t.Errorf("%d numbers, %d reasons: the sample shows only one of them", numbers, words)
	}
}

func TestARoundTellsFromFiveCitiesOn(t *testing.T) {
	f := frontend.Frame{Lang: "en"}
	for cities, want := range map[int]bool{1: false, 4: false, 5: true} {
		told := 0
		for _, row := range frontend.NewRoundLens(f, words(f), lensedRound(cities), nil).Rows {
			if row.Value.Figure != "" || row.Middle != "" || row.Track.Drawn {
				told++
			} else if row.Value.Words == "" {
				t.Errorf("%d cities, objective %s: neither a number nor a reason", cities, row.ID)
			}
		}
		if told > 0 != want {
			t.Errorf("%d cities: %d objectives are told", cities, told)
		}
	}
	for _, row := range frontend.RoundLensFigures(words(f), lensedRound(4))[1:] {
		if strings.Join(row[len(row)-3:], "") != "" {
			t.Errorf("the file tells of four cities: %v", row)
		}
	}
}

func TestADraftNamesWhatWasChosen(t *testing.T) {
	f := frontend.Frame{Lang: "en"}
	x := lensed("gcm", nil)
	p := frontend.NewPledge(f, words(f), x, x.View.Steps(x.Scheme, x.Marks), []string{"MR-02", "no-such"}, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	text := p.Text(words(f))
	for _, want := range []string{x.Instrument.Indicator("MR-02").Title.String(), "(MR-02)", "- 7 ", "- 15 ", "[to be filled in]", "urban-migof@1.0.0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft does not have %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "MR-03") || len(p.Draft.Steps) != 1 {
		t.Errorf("the draft has what was not chosen:\n%s", text)
	}
	var all []string
	for _, s := range p.Steps {
		all = append(all, s.ID)
	}
	if most := frontend.NewPledge(f, words(f), x, x.View.Steps(x.Scheme, x.Marks), all, time.Time{}); len(all) <= 10 || len(most.Draft.Steps) != 10 {
		t.Errorf("%d chosen, %d in the draft, want 10", len(all), len(most.Draft.Steps))
	}
}
