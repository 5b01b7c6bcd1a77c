package store_test

import (
	"fmt"
	"slices"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

func plans(w *storetest.World) assessment.RoundPlans {
	return assessment.RoundPlans{Store: w.Store, Questionnaires: w.Library}
}

func fields(err error) (names []string) {
	f, _ := fault.As(err)
	if f == nil {
		return nil
	}
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	return names
}

func TestAnAnalystIsBoundToTheRoundsThatTheAnalystMakes(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := plans(w)
		plan := assessment.RoundPlan{Code: "2027", Title: " Round 2027 ", Instrument: w.Instrument.Name(), Opens: "2027-01-01", Due: "2027-06-30", Languages: []string{"en"}, ReviewersCompare: true}
		made := must[assessment.Round](t)(p.Make(ctx, w.Stray, plan, []string{"accra", "quito"}))
		who := must[account.Account](t)(w.Store.Account(ctx, w.Stray.Account)).Actor()
		got := must[assessment.Round](t)(w.Store.Round(ctx, who, "2027"))
		if got.ID != made.ID || got.Title != "Round 2027" || got.Opens.Day() != 1 || got.Due.Day() != 30 || !slices.Equal(got.Languages, []survey.Language{"en"}) || !got.ReviewersCompare {
			t.Errorf("kept %+v", got)
		}
		if _, err := p.Change(ctx, who, "2026", plan, nil, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("an analyst changes the round of another: %v", err)
		}
		if _, err := p.Change(ctx, w.Analyst, "2027", plan, nil, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("an analyst changes the round of another: %v", err)
		}
		for _, other := range []account.Actor{w.Coordinator, w.Contributor, {}} {
			if _, err := p.Make(ctx, other, plan, []string{"accra"}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s makes a round: %v", other.Role, err)
			}
			if _, err := p.Choose(ctx, other, assessment.CohortWish{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s chooses cities: %v", other.Role, err)
			}
			if _, err := p.Change(ctx, other, "2027", plan, nil, nil); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s changes a round: %v", other.Role, err)
			}
		}
	})
}

func TestPlansThatAreNotRight(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := plans(w)
		fine := assessment.RoundPlan{Code: "2027", Title: "Round", Instrument: w.Instrument.Name(), Opens: "2027-01-01", Due: "2027-06-30"}
		for _, x := range []struct {
			name   string
			change func(*assessment.RoundPlan)
			field  string
		}{
			{"a code with a slash", func(r *assessment.RoundPlan) { r.Code = "a/b" }, "code"},
			{"no title", func(r *assessment.RoundPlan) { r.Title = " " }, "title"},
			{"a questionnaire that is not here", func(r *assessment.RoundPlan) { r.Instrument = "other@1.0.0" }, "instrument"},
			{"a first day in words", func(r *assessment.RoundPlan) { r.Opens = "soon" }, "opens"},
			{"a last day that does not exist", func(r *assessment.RoundPlan) { r.Due = "2027-02-30" }, "due"},
			{"a last day before the first", func(r *assessment.RoundPlan) { r.Due = "2026-12-31" }, "due"},
			{"the last day is the first", func(r *assessment.RoundPlan) { r.Due = "2027-01-01" }, "due"},
			{"a language that the questionnaire lacks", func(r *assessment.RoundPlan) { r.Languages = []string{"en", "pt"} }, "languages"},
		} {
			plan := fine
			x.change(&plan)
			_, err := p.Make(ctx, w.Admin, plan, []string{"accra"})
			if !fault.Is(err, fault.Invalid) || !slices.Equal(fields(err), []string{x.field}) {
				t.Errorf("%s: %v %v", x.name, err, fields(err))
			}
			if err := p.Check(w.Admin, plan); !slices.Equal(fields(err), []string{x.field}) {
				t.Errorf("%s, looked at before: %v", x.name, err)
			}
		}
		if _, err := p.Make(ctx, w.Admin, fine, nil); !slices.Equal(fields(err), []string{"cities"}) {
			t.Errorf("no city: %v", err)
		}
		if _, err := p.Make(ctx, w.Admin, fine, []string{"accra", "nowhere"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a city that is not here: %v", err)
		}
		if _, err := w.Store.Round(ctx, w.Admin, "2027"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a round that was refused stands: %v", err)
		}
		fine.Code = "2026"
		if _, err := p.Make(ctx, w.Admin, fine, []string{"accra"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a code that is taken: %v", err)
		}
	})
}

func TestCitiesAreChosenByFilterByHandAndByList(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		by := assessment.Author{Role: account.Operator}
		for _, c := range []assessment.City{
			{Code: "tunis", Name: "Tunis", Country: "TN", Region: "015", Population: 600_000, Roles: []string{"transit", "destination"}, Income: "lower_middle", Locode: "TNTUN"},
			{Code: "sfax", Name: "Sfax", Country: "TN", Region: "015", Population: 300_000, Roles: []string{"transit"}, Income: "lower_middle"},
			{Code: "lima", Name: "Lima", Country: "PE", Region: "419", Population: 9_000_000, Roles: []string{"destination"}, Income: "upper_middle"},
			{Code: "santiago", Name: "Santiago", Country: "CL", Region: "419", Population: 6_000_000},
			{Code: "santiago-2", Name: "SANTIAGO", Country: "ES", Region: "039", Population: 98_000},
		} {
			must[assessment.City](t)(w.Store.AddCity(ctx, c, by))
		}
		p := plans(w)
		for _, x := range []struct {
			name               string
			wish               assessment.CohortWish
			want               []string
			unknown, ambiguous []string
		}{
			{"nothing", assessment.CohortWish{}, nil, nil, nil},
			{"a region", assessment.CohortWish{Groups: []string{"region:015"}}, []string{"sfax", "tunis"}, nil, nil},
			{"two regions", assessment.CohortWish{Groups: []string{"region:015", "region:419"}}, []string{"lima", "santiago", "sfax", "tunis"}, nil, nil},
			{"a region and a role", assessment.CohortWish{Groups: []string{"region:015", "role:destination"}}, []string{"tunis"}, nil, nil},
			{"a band of residents", assessment.CohortWish{Groups: []string{"population:500k-1500k"}}, []string{"tunis"}, nil, nil},
			{"a class without cities", assessment.CohortWish{Groups: []string{"country:FR"}}, nil, nil, nil},
			{"by hand", assessment.CohortWish{Codes: []string{"lima", "lima", "gone"}}, []string{"lima"}, []string{"gone"}, nil},
			{"a list of names, codes and UN/LOCODEs", assessment.CohortWish{Pasted: "  LIMA\n\ntntun\nsfax\r\nAtlantis\nSantiago"}, []string{"lima", "sfax", "tunis"}, []string{"Atlantis"}, []string{"Santiago"}},
			{"a code tells two of the same name apart", assessment.CohortWish{Pasted: "santiago"}, []string{"santiago"}, nil, nil},
			{"the cities of another round", assessment.CohortWish{Earlier: "2026"}, []string{"accra", "quito"}, nil, nil},
			{"all together, each once", assessment.CohortWish{Groups: []string{"country:TN"}, Codes: []string{"tunis"}, Pasted: "Tunis\nAccra", Earlier: "2026"}, []string{"accra", "quito", "sfax", "tunis"}, nil, nil},
		} {
			got, err := p.Choose(ctx, w.Admin, x.wish)
			if codes := got.Codes(); err != nil || !slices.Equal(slices.Sorted(slices.Values(codes)), x.want) && len(x.want)+len(codes) > 0 || !slices.Equal(got.Unknown, x.unknown) || !slices.Equal(got.Ambiguous, x.ambiguous) {
				t.Errorf("%s: %v %v, unknown %q, ambiguous %q", x.name, err, codes, got.Unknown, got.Ambiguous)
			}
		}
		for name, wish := range map[string]assessment.CohortWish{"groups": {Groups: []string{"powers:lima"}}, "earlier": {Earlier: "none"}} {
			if _, err := p.Choose(ctx, w.Admin, wish); !slices.Equal(fields(err), []string{name}) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := p.Choose(ctx, w.Stray, assessment.CohortWish{Earlier: "2026"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an analyst takes the cities of a round out of reach: %v", err)
		}
	})
}

func TestARoundIsChangedAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := plans(w)
		w.City(t, "lima", "Lima", "PE")
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "2"))))
		plan := assessment.PlanOf(must[assessment.Round](t)(w.Store.Round(ctx, w.Analyst, "2026")))
		plan.Title, plan.Due = "Another title", "2027-12-31"
		_, err := p.Change(ctx, w.Analyst, "2026", plan, []string{"lima"}, []string{"quito", "accra"})
		if f, _ := fault.As(err); f == nil || f.Kind != fault.Conflict || len(f.Fields) != 1 || f.Fields[0].Args["City"] != "Accra" {
			t.Fatalf("a city that has begun was taken out: %v", err)
		}
		if r := must[assessment.Round](t)(w.Store.Round(ctx, w.Analyst, "2026")); r.Title != "Round 2026" {
			t.Errorf("half of a refused change was kept: %+v", r)
		}
		cohorts := &assessment.Cohorts{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
		size := func() int {
			_, c, err := cohorts.Of(ctx, w.Analyst, "2026")
			if err != nil {
				t.Fatal(err)
			}
			return c.Select(compare.Group{}).Out(compare.NotHandedIn)
		}
		if size() != 2 {
			t.Fatal("two cities are to be in the round")
		}
		plan.Code, plan.Instrument = "other", "other@9.9.9" // both stay
		changed := must[assessment.Round](t)(p.Change(ctx, w.Analyst, "2026", plan, []string{"lima", "accra"}, []string{"quito", "nowhere"}))
		if changed.Code != "2026" || changed.Instrument != w.Instrument.Name() || changed.Title != "Another title" {
			t.Errorf("changed %+v", changed)
		}
		var codes []string
		for _, a := range must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Operator, "2026")) {
			codes = append(codes, a.City.Code)
		}
		if slices.Sort(codes); !slices.Equal(codes, []string{"accra", "lima"}) {
			t.Errorf("in the round: %v", codes)
		}
		if n := size(); n != 2 {
			t.Errorf("a comparison knows %d cities", n)
		}
		if _, err := w.Store.Assessment(ctx, w.Foreign, w.Theirs.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a city reads an assessment that was taken out: %v", err)
		}
		must[assessment.Round](t)(p.Change(ctx, w.Analyst, "2026", plan, []string{"quito"}, nil)) // and comes back
	})
}

func TestARoundOfAThousandCitiesIsMadeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		var codes []string
		by := assessment.Author{Role: account.Operator}
		for i := range 1000 {
			codes = append(codes, fmt.Sprintf("c%d", i))
			must[assessment.City](t)(w.Store.AddCity(ctx, assessment.City{Code: codes[i], Name: codes[i], Country: "PE"}, by))
		}
		must[assessment.Round](t)(plans(w).Make(ctx, w.Admin, assessment.RoundPlan{Code: "many", Title: "Many", Instrument: w.Instrument.Name()}, codes))
		if all := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Operator, "many")); len(all) != 1000 {
			t.Errorf("%d cities", len(all))
		}
	})
}

func TestRoundsAreCountedWithoutBeingRead(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		must[assessment.Round](t)(plans(w).Make(ctx, w.Admin, assessment.RoundPlan{Code: "2027", Title: "Next", Instrument: w.Instrument.Name()}, []string{"accra"}))
		if _, err := w.Drafts.HandIn(ctx, w.Operator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		of := func(who account.Actor) (out []string) {
			for _, x := range must[[]assessment.RoundTally](t)(w.Store.RoundTallies(ctx, who)) {
				out = append(out, fmt.Sprintf("%s %d %d", x.Round.Code, x.Cities, x.HandedIn))
			}
			return out
		}
		if got := of(w.Operator); !slices.Equal(got, []string{"2027 1 0", "2026 2 1"}) {
			t.Errorf("an operator: %v", got)
		}
		if got := of(w.Analyst); !slices.Equal(got, []string{"2026 2 1"}) {
			t.Errorf("an analyst: %v", got)
		}
		if got := of(w.Stray); got != nil {
			t.Errorf("an analyst of no round: %v", got)
		}
		mine := must[[]assessment.RoundTally](t)(w.Comparisons.Mine(ctx, w.Analyst))
		if len(mine) != 1 || mine[0].Cities != 2 || mine[0].Round.Title != "Round 2026" {
			t.Errorf("%+v", mine)
		}
		if _, err := w.Comparisons.Mine(ctx, w.Coordinator); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a city lists rounds: %v", err)
		}
	})
}
