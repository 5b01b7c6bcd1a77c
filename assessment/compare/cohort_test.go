package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// scale is a questionnaire of two dimensions with level questions: A.1 with three, B.1 with one.
func scale() *score.Scheme {
	in := &survey.Instrument{Code: "test", Version: "1.0.0"}
	for d, n := range map[string]int{"A": 3, "B": 1} {
		sub := survey.Subcategory{ID: d + ".1", Dimension: d}
		for i := range n {
			sub.Indicators = append(sub.Indicators, &survey.Indicator{ID: fmt.Sprintf("%s-%02d", d, i+1), Dimension: d, Subcategory: sub.ID, Kind: survey.Level, Power: survey.Municipal, Scored: true})
		}
		in.Dimensions = append(in.Dimensions, survey.Dimension{ID: d, Subcategories: []survey.Subcategory{sub}})
	}
	slices.SortFunc(in.Dimensions, func(a, b survey.Dimension) int { return int(a.ID[0]) - int(b.ID[0]) })
	return score.NewScheme(in)
}

// town is a city that answers with a level and B-01 not at all.
func town(s *score.Scheme, i, level int, consents bool) compare.City {
	answers := map[string]survey.Answer{}
	for _, id := range []string{"A-01", "A-02", "A-03"} {
		answers[id] = survey.Answer{Value: fmt.Sprint(level)}
	}
	c := compare.City{Assessment: fmt.Sprintf("id-%03d", i), Code: fmt.Sprintf("c%03d", i), Name: fmt.Sprintf("City %d", i), HandedIn: true, Consents: consents, Marks: s.Marks(answers, nil)}
	s.Numbers(c.Marks, &c.Numbers)
	return c
}

func TestASelectionTellsOfTheCitiesThatHaveHandedIn(t *testing.T) {
	s := scale()
	var all []compare.City
	for i := range 5 { // levels 0 to 4: 0, 25, 50, 75, 100
		c := town(s, i, i, false)
		c.Region, c.Population, c.Roles = "015", 100_000*(i+1), []string{"origin"}
		all = append(all, c)
	}
	draft := town(s, 9, 4, false)
	draft.HandedIn, draft.Region = false, "015"
	c := compare.NewCohort(s, append(all, draft))
	sel := c.Select(compare.Group{})
	if sel.Size() != 5 || sel.Out(compare.NotHandedIn) != 1 || sel.Has("c009") || sel.Names(compare.NotHandedIn, 9)[0] != "City 9" {
		t.Errorf("%d selected", sel.Size())
	}
	d := sel.Spread("A", compare.Situation)
	if d.Counted != 5 || !d.Enough || d.Min != 0 || d.FirstQuartile != 25 || d.Median != 50 || d.ThirdQuartile != 75 || d.Max != 100 {
		t.Errorf("%+v", d)
	}
	if q, distance, ok := d.Place(100); !ok || q != compare.FourthQuarter || distance != 50 {
		t.Error(q, distance, ok)
	}
	if none := sel.Spread("B", compare.Situation); none.Counted != 0 || none.Enough || none.Left[score.NotEnoughAnswers] != 5 {
		t.Errorf("nobody answers B: %+v", none)
	}
	if none := sel.Spread("Z", compare.Situation); none.Counted != 0 || none.Enough {
		t.Error("a part that does not exist")
	}
	if v, why := c.Value("c009", "A", compare.Situation); v != 0 && why == "" {
		t.Error("a draft has a value", v)
	}
	for _, g := range []struct {
		key   string
		size  int
		words string
	}{
		{"region:015", 5, ""}, {"region:011", 0, ""}, {"population:50k-200k", 1, ""}, {"population:200k-500k", 3, ""}, {"population:500k-1500k", 1, ""},
		{"role:origin", 5, ""}, {"role:transit", 0, ""}, {"hand:c001,c003,c003,nobody", 2, ""}, {"powers:c001", 5, ""}, {"powers:nobody", 0, ""}, {"", 5, ""},
		{"region", 0, "group_unknown"}, {"size:9", 0, "group_unknown"}, {"hand:,", 0, "group_by_hand"},
	} {
		group, err := compare.ParseGroup(g.key)
		if g.words != "" {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", g.key, err)
			}
			continue
		}
		if got := c.Select(group).Size(); err != nil || got != g.size {
			t.Errorf("%s: %d cities, want %d (%v)", g.key, got, g.size, err)
		}
	}
	if four := c.Select(compare.Group{By: compare.ByHand, Codes: []string{"c000", "c001", "c002", "c003"}}).Spread("A", compare.Situation); four.Enough || four.Counted != 4 || four.Median != 0 {
		t.Errorf("a group of four: %+v", four)
	}
	pairs, left := sel.Pairs(compare.Axis{Part: "A", Measure: compare.Situation}, compare.Axis{Population: true})
	if len(pairs) != 5 || left != 0 || pairs[4].X != 100 || pairs[4].Y != 500_000 {
		t.Errorf("%+v %d", pairs, left)
	}
	if none, left := sel.Pairs(compare.Axis{Part: "A"}, compare.Axis{Part: "B", Measure: compare.Situation}); none != nil || left != 5 {
		t.Error("a scatter of fewer than five")
	}
}

func TestACohortAfterChangesIsTheCohortMadeAnew(t *testing.T) {
	s := scale()
	rnd := rand.New(rand.NewPCG(1, 2))
	now := map[int]compare.City{}
	var all []compare.City
	for i := range 40 {
		now[i] = town(s, i, rnd.IntN(5), i%2 == 0)
		all = append(all, now[i])
	}
	c := compare.NewCohort(s, all)
	c.Select(compare.Group{}).Spread("A", compare.Situation)
	for range 30 {
		var changed []compare.City
		for range 3 {
			i := rnd.IntN(60) // some are new
			x := town(s, i, rnd.IntN(5), rnd.IntN(2) == 0)
			x.HandedIn = rnd.IntN(3) > 0
			changed, now[i] = append(changed, x), x
		}
		c = c.With(changed)
	}
	all = all[:0]
	for i := range 60 {
		if x, there := now[i]; there {
			all = append(all, x)
		}
	}
	anew := compare.NewCohort(s, all)
	for _, m := range compare.Measures {
		for _, part := range c.Parts() {
			if a, b := c.Select(compare.Group{}).Spread(part, m), anew.Select(compare.Group{}).Spread(part, m); fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("%s %s: %+v, made anew %+v", part, m, a, b)
			}
		}
	}
	if c.Size() != anew.Size() {
		t.Error(c.Size(), anew.Size())
	}
}

func TestACityIsToldOfFiveConsentingPeersOrOfNothing(t *testing.T) {
	s := scale()
	make := func(n int) *compare.Cohort {
		all := []compare.City{town(s, 0, 2, true)}
		for i := 1; i <= n; i++ {
			all = append(all, town(s, i, i%5, true))
		}
		all = append(all, town(s, 900, 4, false)) // does not consent
		return compare.NewCohort(s, all)
	}
	if p := make(4).Peers("id-000"); p.All != nil || len(p.Offers) > 0 {
		t.Error("four peers are told of")
	} else if _, err := p.Select(compare.Group{}, "id-000"); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	p := make(5).Peers("id-000")
	if p.All == nil || p.All.Size() != 5 || p.All.Has("c000") || p.All.Has("c900") || p.All.Out(compare.NotConsented) != 1 {
		t.Fatal("five peers are not told of as they should")
	}
	// Levels 1, 2, 3, 4 and 0: median 50.
	if d := p.All.Spread("A", compare.Situation); d.Median != 50 || d.Counted != 5 {
		t.Errorf("%+v", d)
	}
}

// classes are cities of which each has a region and a population.
func classes(s *score.Scheme, of map[string]int) *compare.Cohort {
	all := []compare.City{town(s, 0, 2, true)}
	for _, region := range []string{"r1", "r2", "r3", "r4"} {
		for range of[region] {
			c := town(s, len(all), 1, true)
			c.Region = region
			all = append(all, c)
		}
	}
	for range of["none"] {
		all = append(all, town(s, len(all), 1, true))
	}
	return compare.NewCohort(s, all)
}

func TestWhichGroupsACityIsOffered(t *testing.T) {
	s := scale()
	for _, c := range []struct {
		says string
		of   map[string]int
		want string
	}{
		{"two classes of five", map[string]int{"r1": 5, "r2": 5}, "r1 r2"},
		{"a class of four, and the rest beside it", map[string]int{"r1": 6, "r2": 4}, "r1:too_close r2:too_few"},
		{"a class of four takes the smallest other with it", map[string]int{"r1": 9, "r2": 6, "r3": 4}, "r1 r2:too_close r3:too_few"},
		{"two small classes hide each other", map[string]int{"r1": 9, "r2": 3, "r3": 3}, "r1 r2:too_few r3:too_few"},
		{"one city outside of every class", map[string]int{"r1": 7, "r2": 8, "none": 1}, "r1:too_close r2"},
		{"five outside of every class", map[string]int{"r1": 7, "none": 5}, "r1"},
		{"everybody in one class", map[string]int{"r1": 7}, "r1"},
	} {
		got := ""
		for _, o := range classes(s, c.of).Peers("id-000").Offers {
			if o.By == compare.ByRegion {
				if got += " " + o.Value; o.Refused != "" {
					got += ":" + string(o.Refused)
				}
			}
		}
		if got != " "+c.want {
			t.Errorf("%s: offered%s, want %s", c.says, got, c.want)
		}
	}
	p := classes(s, map[string]int{"r1": 9, "r2": 6, "r3": 4}).Peers("id-000")
	for key, kind := range map[string]fault.Kind{"region:r2": fault.Forbidden, "region:r3": fault.Forbidden, "region:r9": fault.Invalid, "hand:c001": fault.Invalid, "powers:c000": fault.Invalid} {
		g, err := compare.ParseGroup(key)
		if err != nil {
			t.Fatal(err)
		}
		if sel, err := p.Select(g, "id-000"); sel != nil || !fault.Is(err, kind) {
			t.Errorf("%s typed into the address: %v", key, err)
		}
	}
	if sel, err := p.Select(compare.Group{By: compare.ByRegion, Value: "r1"}, "id-000"); err != nil || sel.Size() != 9 {
		t.Error(err)
	}
}

// TestNoTwoViewsOfACityDifferByFewerThanFive is S14 of trust.md over made-up cohorts: of any two selections that a city may look
// at, neither lies within the other with 1 to 4 cities more; and what an attribute leaves over is nobody or five.
func TestNoTwoViewsOfACityDifferByFewerThanFive(t *testing.T) {
	s := scale()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "cities")
		all := []compare.City{town(s, 0, 2, true)}
		for i := 1; i <= n; i++ {
			c := town(s, i, 1, rapid.IntRange(0, 9).Draw(t, "consents") > 0)
			c.HandedIn = rapid.IntRange(0, 9).Draw(t, "handed in") > 0
			c.Region = rapid.SampledFrom([]string{"", "015", "011", "030"}).Draw(t, "region")
			c.Population = rapid.SampledFrom([]int{0, 10_000, 300_000, 2_000_000}).Draw(t, "population")
			c.Income = rapid.SampledFrom([]string{"", "low", "high"}).Draw(t, "income")
			c.Roles = rapid.SampledFrom([][]string{nil, {"origin"}, {"origin", "transit"}}).Draw(t, "roles")
			all = append(all, c)
		}
		cohort := compare.NewCohort(s, all)
		p := cohort.Peers("id-000")
		if p.All == nil {
			return
		}
		views := []*compare.Selection{p.All}
		rest := map[compare.Attribute]map[string]bool{}
		for _, o := range p.Offers {
			sel, err := p.Select(o.Group, "id-000")
			if (err == nil) != (o.Refused == "") {
				t.Fatalf("%s: offered %q, %v", o.Key(), o.Refused, err)
			}
			if err != nil {
				continue
			}
			if sel.Size() < compare.MinCities || sel.Size() != o.Cities {
				t.Fatalf("%s has %d cities", o.Key(), sel.Size())
			}
			views = append(views, sel)
			if rest[o.By] == nil {
				rest[o.By] = map[string]bool{}
			}
			for _, c := range sel.Cities() {
				rest[o.By][c.Code] = true
			}
		}
		for by, union := range rest {
			if left := p.All.Size() - len(union); left > 0 && left < compare.MinCities {
				t.Fatalf("%s leaves %d cities over", by, left)
			}
		}
		for i, a := range views {
			for _, b := range views[:i] {
				both := 0
				for _, c := range a.Cities() {
					if b.Has(c.Code) {
						both++
					}
				}
				for _, pair := range [][2]int{{a.Size(), b.Size()}, {b.Size(), a.Size()}} {
					if more := pair[1] - both; both == pair[0] && more > 0 && more < compare.MinCities {
						t.Fatalf("%q and %q differ by %d", a.Group.Key(), b.Group.Key(), more)
					}
				}
			}
		}
	})
}

func TestChangesAreToldOnCommonIndicatorsAlone(t *testing.T) {
	before, now := scale(), scale()
	// Of the later version A-03 asks something else, so that it does not count on either side.
	now.Instrument().Dimensions[0].Subcategories[0].Indicators[2].Kind = survey.YesNo
	now = score.NewScheme(now.Instrument())
	if got := compare.Comparable(before.Instrument(), now.Instrument()); !slices.Equal(got, []string{"A-01", "A-02", "B-01"}) {
		t.Fatal(got)
	}
	was := town(before, 1, 1, false) // 25 in every question
	is := town(now, 1, 3, false)
	is.Marks = now.Marks(map[string]survey.Answer{"A-01": {Value: "3"}, "A-02": {Value: "4"}, "A-03": {Value: "yes"}}, nil)
	other := town(now, 2, 2, false)
	sel := compare.NewCohort(now, []compare.City{is, other}).Select(compare.Group{})
	changes, left := compare.Changes(sel, compare.NewCohort(before, []compare.City{was}), -1)
	if len(changes) != 1 || left != 1 || changes[0].Before[0].Situation.Central != 25 || changes[0].Now[0].Situation.Central != 87.5 || changes[0].Now[0].Applicable != 2 {
		t.Errorf("%+v, %d left out", changes, left)
	}
}
