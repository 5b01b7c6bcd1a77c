package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// scheme is of an instrument with one dimension D and its sub-categories D.1 and D.2.
var scheme = score.NewScheme(&survey.Instrument{Dimensions: []survey.Dimension{
	{ID: "D", Subcategories: []survey.Subcategory{{ID: "D.1"}, {ID: "D.2"}}},
}})

// known is a result with a central situation; the effort lacks its basis.
func known(x float64) score.Result {
	return score.Result{Situation: score.Interval{Low: x, Central: x, High: x, Banded: true, Known: true}, Answered: 1, Applicable: 1}
}

// members are cities named A, B, C and so on, with these situations in the dimension.
func members(values ...float64) []compare.Member {
	var out []compare.Member
	for i, v := range values {
		name := string(rune('A' + i))
		out = append(out, compare.Member{City: strings.ToLower(name), Name: name, Numbers: score.Numbers{
			Dimensions: []score.Result{known(v)}, Subcategories: []score.Result{known(v), {}}}})
	}
	return out
}

func situation(t *testing.T, members []compare.Member) compare.Distribution {
	t.Helper()
	d, ok := compare.Distribute(scheme, members, compare.Situation).Of("D")
	if !ok {
		t.Fatal("there is no dimension D")
	}
	return d
}

func TestQuantilesOfARound(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []float64
		want   [5]float64
	}{
		{"five cities are their own quantiles", []float64{50, 10, 40, 20, 30}, [5]float64{10, 20, 30, 40, 50}},
		// type 7, as QUARTILE.INC in Microsoft's manual of Excel: the first quartile of these eight is 3.5
		{"eight cities", []float64{12, 1, 10, 2, 9, 4, 8, 7}, [5]float64{1, 3.5, 7.5, 9.25, 12}},
		{"cities that are all alike", []float64{66.6, 66.6, 66.6, 66.6, 66.6, 66.6}, [5]float64{66.6, 66.6, 66.6, 66.6, 66.6}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := situation(t, members(test.values...))
			if got := [5]float64{d.Min, d.FirstQuartile, d.Median, d.ThirdQuartile, d.Max}; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if !d.Enough || d.Counted != len(test.values) {
				t.Errorf("counted %d, enough %v", d.Counted, d.Enough)
			}
		})
	}
}

func TestUnderFiveCitiesNothingIsTold(t *testing.T) {
	d := situation(t, members(10, 20, 30, 40))
	if d.Enough || d.Counted != 4 || d.Points != nil || d.Min != 0 || d.Median != 0 || d.Max != 0 {
		t.Errorf("it tells %+v", d)
	}
	if p, ok := d.Position("a"); ok {
		t.Errorf("it tells a position: %+v", p)
	}
	if d := situation(t, nil); d.Enough || d.Counted != 0 || len(d.LeftOut) != 0 {
		t.Errorf("of no city it tells %+v", d)
	}
}

func TestWhoIsCountedAndWhoIsNot(t *testing.T) {
	all := members(10, 20, 30, 40, 50, 0, 0, 0, 0)
	band := score.Interval{Low: 20, High: 80, Banded: true}
	all[5].Numbers.Dimensions[0] = score.Result{}                                                         // F: nothing applicable
	all[6].Numbers.Dimensions[0] = score.Result{Situation: band, Answered: 1, Applicable: 3}              // G: the band alone
	all[7].Numbers = score.Numbers{}                                                                      // H: no numbers at all
	all[8].Numbers.Dimensions[0] = score.Result{Situation: known(1).Situation, Effort: band, Answered: 1, // I: no central effort
		Applicable: 1, EffortAnswered: 0.5, EffortApplicable: 1}
	for _, test := range []struct {
		measure          compare.Measure
		counted, leftOut string
	}{
		{compare.Situation, "A B C D E I", "F nothing_applicable, G not_enough_answers, H nothing_applicable"},
		{compare.Effort, "", "A insufficient_basis, B insufficient_basis, C insufficient_basis, D insufficient_basis, E insufficient_basis, " +
			"F nothing_applicable, G insufficient_basis, H nothing_applicable, I not_enough_effort_answers"},
	} {
		t.Run(string(test.measure), func(t *testing.T) {
			d, _ := compare.Distribute(scheme, all, test.measure).Of("D")
			var counted, leftOut []string
			for _, p := range d.Points {
				counted = append(counted, p.Name)
			}
			for _, l := range d.LeftOut {
				leftOut = append(leftOut, l.Name+" "+string(l.Why))
			}
			if got := strings.Join(counted, " "); got != test.counted {
				t.Errorf("counted: %s, want %s", got, test.counted)
			}
			if got := strings.Join(leftOut, ", "); got != test.leftOut {
				t.Errorf("left out: %s, want %s", got, test.leftOut)
			}
		})
	}
	t.Run("a city left out in one sub-category is counted in another", func(t *testing.T) {
		d := compare.Distribute(scheme, all, compare.Situation)
		first, second := d.Subcategories[0], d.Subcategories[1]
		if first.ID != "D.1" || first.Counted != 8 || second.ID != "D.2" || second.Counted != 0 || len(second.LeftOut) != 9 {
			t.Errorf("D.1 %+v, D.2 %+v", first, second)
		}
	})
}

func TestCitiesStandByNameWhateverTheirValues(t *testing.T) {
	all := members(10, 20, 30, 40, 50)
	for i, name := range []string{"Wadi", "alder", "Bir", "Bir", "Marsa"} {
		all[i].Name = name
	}
	slices.Reverse(all)
	var got []string
	for _, p := range situation(t, all).Points {
		got = append(got, p.Name+"/"+p.City)
	}
	if want := "alder/b Bir/c Bir/d Marsa/e Wadi/a"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if all[0].Name != "Marsa" {
		t.Error("the caller's members were moved")
	}
}

func TestPosition(t *testing.T) {
	for _, test := range []struct {
		name     string
		values   []float64 // the city asked about is the first
		quarter  compare.Quarter
		distance float64
	}{
		{"below the first quartile", []float64{10, 20, 30, 40, 50}, compare.FirstQuarter, -20},
		{"on the first quartile", []float64{20, 10, 30, 40, 50}, compare.SecondQuarter, -10},
		{"at the median", []float64{30, 10, 20, 40, 50}, compare.AtMedian, 0},
		{"on the third quartile", []float64{40, 10, 20, 30, 50}, compare.ThirdQuarter, 10},
		{"above the third quartile", []float64{50, 10, 20, 30, 40}, compare.FourthQuarter, 20},
		{"of six, just under the median", []float64{30, 10, 20, 40, 50, 60}, compare.SecondQuarter, -5},
		{"of six, just over the median", []float64{40, 10, 20, 30, 50, 60}, compare.ThirdQuarter, 5},
		{"all alike", []float64{70, 70, 70, 70, 70}, compare.AtMedian, 0},
		{"tied with most at the low end", []float64{0, 0, 0, 0, 80}, compare.AtMedian, 0},
		{"two of eight tied at the top", []float64{80, 80, 10, 20, 30, 40, 50, 60}, compare.FourthQuarter, 35},
		{"three of eight tied at the top are on the third quartile", []float64{80, 80, 80, 10, 20, 30, 40, 50}, compare.ThirdQuarter, 35},
		{"alike but for rounding", []float64{100.0 / 3 * 2, 66.66666666666666, 66.66666666666667, 10, 90}, compare.AtMedian, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, ok := situation(t, members(test.values...)).Position("a")
			if !ok || p.Quarter != test.quarter || p.Distance != test.distance || p.Central != test.values[0] || p.Name != "A" {
				t.Errorf("got %+v %v, want %s and %v", p, ok, test.quarter, test.distance)
			}
		})
	}
	if _, ok := situation(t, members(1, 2, 3, 4, 5)).Position("zz"); ok {
		t.Error("a city that is not there has a position")
	}
}

func TestEqualValuesShareAQuarter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := rapid.SliceOfN(rapid.IntRange(0, 4), compare.MinCities, 30).Draw(t, "levels")
		var values []float64
		for _, l := range levels {
			values = append(values, float64(25*l))
		}
		d, _ := compare.Distribute(scheme, members(values...), compare.Situation).Of("D")
		quarters := map[float64]compare.Quarter{}
		below, above := 0, 0
		for _, point := range d.Points {
			p, ok := d.Position(point.City)
			if was, seen := quarters[p.Central]; !ok || seen && was != p.Quarter {
				t.Fatalf("%v lies in %s and in %s", p.Central, was, p.Quarter)
			}
			quarters[p.Central] = p.Quarter
			switch p.Quarter {
			case compare.FirstQuarter:
				below++
			case compare.FourthQuarter:
				above++
			}
		}
		// strictly outside the quartiles of type 7 lie at most a quarter of the cities on either side
		if quarter := (len(values) + 3) / 4; below > quarter || above > quarter {
			t.Fatalf("of %d cities %d lie in the first quarter and %d in the fourth", len(values), below, above)
		}
	})
}

func TestUnknownPart(t *testing.T) {
	if d, ok := compare.Distribute(scheme, members(1, 2, 3, 4, 5), compare.Situation).Of("ZZ"); ok {
		t.Errorf("it tells %+v", d)
	}
}

// BenchmarkDistribute1000 sets 1,000 cities side by side in 6 dimensions and 26 sub-categories; it is held well under 50 ms.
func BenchmarkDistribute1000(b *testing.B) {
	in := &survey.Instrument{}
	subs := []int{4, 6, 4, 4, 4, 4} // as in urban-migof
	for i, n := range subs {
		d := survey.Dimension{ID: fmt.Sprint("D", i)}
		for k := range n {
			d.Subcategories = append(d.Subcategories, survey.Subcategory{ID: fmt.Sprint("D", i, ".", k)})
		}
		in.Dimensions = append(in.Dimensions, d)
	}
	s := score.NewScheme(in)
	all := make([]compare.Member, 1000)
	for i := range all {
		all[i] = compare.Member{City: fmt.Sprint("c", i), Name: fmt.Sprint("City ", i*7919%1000)}
		for k := range 6 {
			all[i].Numbers.Dimensions = append(all[i].Numbers.Dimensions, known(float64((i*31+k*17)%101)))
		}
		for k := range 26 {
			all[i].Numbers.Subcategories = append(all[i].Numbers.Subcategories, known(float64((i*37+k*13)%101)))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		compare.Distribute(s, all, compare.Situation)
	}
}
