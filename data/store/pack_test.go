package store_test

import (
	"slices"
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store/storetest"
)

func packs(w *storetest.World) assessment.Packs {
	return assessment.Packs{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
}

const packHead = "indicator,holder,citation\n"

func TestAPackIsAppliedOnceWhereNobodyHasSetAPower(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := packs(w)
		if err := x.Replace(ctx, w.Analyst, "GH", w.Instrument, 0, packHead+"AA-01,national,\"Act, article 4\"\n", "language,term,meaning\nen,assembly,'=the council of a district\n"); err != nil {
			t.Fatal(err)
		}
		p := must[assessment.Pack](t)(x.Of(ctx, w.Analyst, "GH", "small"))
		if p.Revision != 1 || len(p.Powers) != 1 || p.Powers[0] != (assessment.PackPower{Indicator: "AA-01", Holder: "national", Citation: "Act, article 4"}) ||
			len(p.Terms) != 1 || p.Terms[0].Meaning != "=the council of a district" || p.By.Account != w.Analyst.Account {
			t.Fatalf("%+v", p)
		}
		if n := must[int](t)(x.Apply(ctx, w.Analyst, "GH", "small")); n != 1 {
			t.Errorf("applied to %d", n)
		}
		sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
		if got := sheet.Powers["AA-01"]; got.Holder != "national" || got.Reason != "Act, article 4" || got.Version != 1 || got.By.Role != account.Analyst {
			t.Errorf("%+v", got)
		}
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)); !a.Changed.IsZero() {
			t.Error("the city seems to have done something")
		}
		if err := x.Replace(ctx, w.Admin, "GH", w.Instrument, 1, packHead+"AA-01,municipal,Act\n", ""); err != nil {
			t.Fatal(err)
		}
		if n := must[int](t)(x.Apply(ctx, w.Operator, "GH", "small")); n != 0 {
			t.Errorf("a change of the pack has reached %d that have powers", n)
		}
		if got := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID)).Powers["AA-01"]; got.Holder != "national" {
			t.Errorf("%+v", got)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM pack_power WHERE country = 'GH'"); n != 2 {
			t.Errorf("%d powers are kept of two revisions", n)
		}
		isKind(t, "a revision that somebody has changed", x.Replace(ctx, w.Analyst, "GH", w.Instrument, 1, packHead, ""), fault.Conflict)
		isKind(t, "a country without a city", x.Replace(ctx, w.Analyst, "ZZ", w.Instrument, 0, packHead, ""), fault.NotFound)
		isKind(t, "an analyst of no round", x.Replace(ctx, w.Stray, "GH", w.Instrument, 2, packHead, ""), fault.NotFound)
		isKind(t, "a city", x.Replace(ctx, w.Coordinator, "GH", w.Instrument, 2, packHead, ""), fault.Forbidden)
	})
}

func TestARowOfAPackThatCannotBeKeptIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for _, c := range []struct{ says, powers, terms, key string }{
			{"another header", "indicator,power\n", "", "pack.row_header"},
			{"a column too many", packHead + "AA-01,national,Act,4\n", "", "pack.row_columns"},
			{"an unknown indicator", packHead + "ZZ-99,national,Act\n", "", "pack.row_indicator"},
			{"an unknown holder", packHead + "AA-01,king,Act\n", "", "pack.row_holder"},
			{"no citation", packHead + "AA-01,national,\n", "", "pack.row_citation"},
			{"an indicator twice", packHead + "AA-01,national,Act\nAA-01,shared,Act\n", "", "pack.row_twice"},
			{"a citation too long", packHead + "AA-01,national," + strings.Repeat("م", 501) + "\n", "", "pack.row_long"},
			{"a quotation mark that is not closed", packHead + "AA-01,national,\"Act\n", "", "pack.row_text"},
			{"another language", "", "language,term,meaning\nde,Rat,council\n", "pack.row_language"},
			{"a word twice", "", "language,term,meaning\nen,assembly,a council\nen,assembly,a meeting\n", "pack.row_twice"},
			{"a word without a meaning", "", "language,term,meaning\nen,assembly,\n", "pack.row_meaning"},
		} {
			err := packs(w).Replace(ctx, w.Analyst, "GH", w.Instrument, 0, c.powers, c.terms)
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Key != c.key || f.Fields[0].Args["Row"] == nil {
				t.Errorf("%s: %v", c.says, err)
			}
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM pack"); n != 0 {
			t.Errorf("%d packs are kept of what was refused", n)
		}
	})
}

func TestCountriesOfPacks(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := assessment.Packs{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
		for base, powers := range []string{"indicator,holder,citation\nAA-01,national,Act\nAA-02,shared,Act\n", "indicator,holder,citation\nAA-01,national,Act\n"} {
			if err := x.Replace(ctx, w.Operator, "GH", w.Instrument, base, powers, "language,term,meaning\nen,district,The city\n"); err != nil {
				t.Fatal(err)
			}
		}
		w.City(t, "lima", "Lima", "PE")
		want := []assessment.PackCountry{{Country: "EC", Cities: 1}, {Country: "GH", Cities: 1, Revision: 2, Powers: 1, Terms: 1}}
		if got := must[[]assessment.PackCountry](t)(x.Countries(ctx, w.Analyst)); !slices.Equal(got, want) {
			t.Errorf("an analyst sees %+v", got)
		}
		if got := must[[]assessment.PackCountry](t)(x.Countries(ctx, w.Operator)); len(got) != 3 {
			t.Errorf("an operator sees %+v", got)
		}
		if got := must[[]assessment.PackCountry](t)(x.Countries(ctx, w.Stray)); len(got) != 0 {
			t.Errorf("an analyst of no round sees %+v", got)
		}
		if _, err := x.Countries(ctx, w.Coordinator); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a city sees the countries: %v", err)
		}
	})
}
