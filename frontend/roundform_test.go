package frontend_test

import (
	"fmt"
	"testing"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/survey"
	"migov/frontend"
)

func init() {
	city := func(i int) assessment.City {
		return assessment.City{Code: fmt.Sprint("c", i), Name: hostile, Country: "XA", Fictional: i%2 == 0}
	}
	sample := func(change func(x *frontend.RoundFormOf), is func(p *frontend.RoundForm)) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			x := frontend.RoundFormOf{Plan: assessment.RoundPlan{Title: hostile, Code: "2027", Instrument: questionnaire().Name(), Languages: []string{"ar"}, Opens: "2027-01-01"}, Instruments: []*survey.Instrument{questionnaire()},
				Classes: []compare.Class{{Group: compare.Group{By: compare.ByRegion, Value: "015"}, Cities: 3}, {Group: compare.Group{By: compare.ByCountry, Value: "XA"}, Cities: 1}}, Rounds: []assessment.Round{{Code: "2026", Title: hostile}}}
			if change != nil {
				change(&x)
			}
			p := frontend.NewRoundForm(signed(f), words(f), x)
			p.Action, p.Back, p.New = "/rounds/new", "/rounds", x.Inside == nil
			if is != nil {
				is(&p)
			}
			return p
		}
	}
	chosen := func(n int) func(x *frontend.RoundFormOf) {
		return func(x *frontend.RoundFormOf) {
			x.Wish = assessment.CohortWish{Groups: []string{"region:015"}, Pasted: hostile, Earlier: "2026"}
			x.Chosen = &assessment.Chosen{Unknown: []string{hostile}, Ambiguous: []string{hostile, "x"}}
			for i := range n {
				x.Chosen.Cities = append(x.Chosen.Cities, city(i))
			}
			x.Ticked = map[string]bool{"c1": true}
		}
	}
	samples["roundform"] = []func(f frontend.Frame) any{
		sample(nil, nil), sample(chosen(0), nil), sample(chosen(7), nil), sample(chosen(frontend.MostTicked+1), nil),
		sample(func(x *frontend.RoundFormOf) {
			chosen(3)(x)
			x.Inside, x.Remove = []assessment.RoundCity{{City: city(1)}, {City: city(9), Begun: true}}, []string{"c1"}
		}, nil),
		sample(nil, func(p *frontend.RoundForm) {
			p.Notice, p.Marks = true, frontend.Marks{}
			for _, name := range []string{"title", "code", "instrument", "languages", "opens", "due", "cities", "groups", "pasted", "earlier"} {
				p.Marks[name] = hostile
				p.Faults = append(p.Faults, frontend.Fault{Href: "#" + name, Text: hostile})
			}
		}),
	}
}

func TestTheCitiesOfAWishAreTickedUntilTheyAreUnticked(t *testing.T) {
	f := frontend.Frame{Lang: "en"}
	x := frontend.RoundFormOf{Instruments: []*survey.Instrument{questionnaire()}, Inside: []assessment.RoundCity{{City: assessment.City{Code: "in"}}},
		Chosen: &assessment.Chosen{Cities: []assessment.City{{Code: "a"}, {Code: "b"}, {Code: "in"}}}}
	p := frontend.NewRoundForm(f, words(f), x)
	if p.Count != 2 || !p.Cities[0].Chosen || !p.Cities[1].Chosen || !p.Few {
		t.Errorf("%+v", p.Cities)
	}
	x.Ticked = map[string]bool{"b": true}
	if p = frontend.NewRoundForm(f, words(f), x); p.Cities[0].Chosen || !p.Cities[1].Chosen {
		t.Errorf("%+v", p.Cities)
	}
	one, other := assessment.CohortWish{Groups: []string{"a", "b"}, Pasted: "x\r\ny "}, assessment.CohortWish{Groups: []string{"b", "a"}, Pasted: "x\ny"}
	if frontend.WishKey(one) != frontend.WishKey(other) || frontend.WishKey(one) == frontend.WishKey(assessment.CohortWish{Groups: []string{"a"}}) {
		t.Error("a wish is not known again")
	}
}
