package frontend_test

import (
	"testing"

	"migov/assessment"
	"migov/frontend"
)

func init() {
	cities := []assessment.City{{Code: "x", Name: hostile, Country: "XA", Fictional: true}, {Code: "y", Name: "=1+1", Country: "PE", Region: "005", Locode: "PELIM", Population: 9_000_000, Roles: []string{"transit", "origin"}, Income: "upper_middle"}}
	samples["cities"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.NewCities(signed(f), words(f), assessment.CityList{}, frontend.CitiesAsk{Page: 1})
		},
		func(f frontend.Frame) any {
			return frontend.NewCities(signed(f), words(f), assessment.CityList{Cities: cities, Of: 1000, Countries: []string{"XA", "PE"}, Regions: []string{"005"}}, frontend.CitiesAsk{Country: "PE", Page: 2})
		},
	}
	page := func(plan *assessment.CityPlan, refused []frontend.RefusedRow, msg string) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			p := frontend.CitiesImport{Frame: signed(f), By: "a", Megabytes: 4, Columns: assessment.CityColumns, FileMsg: msg}
			if plan != nil {
				p.Plan = frontend.NewCitiesPlan(words(f), *plan, refused, hostile)
			}
			if msg != "" {
				p.Faults = []frontend.Fault{{Href: "#file", Text: msg}}
			}
			return p
		}
	}
	plan := assessment.CityPlan{Unread: []string{hostile}, Digest: "d", Lines: []assessment.CityLine{{Row: 2, Effect: assessment.Adds, After: cities[0]}, {Row: 3, Effect: assessment.Changes, Before: cities[1], After: cities[0]}, {Row: 4, Effect: assessment.Same, Before: cities[1], After: cities[1]}}}
	long := plan
	for range 400 {
		long.Lines = append(long.Lines, plan.Lines[0])
	}
	samples["cities_import"] = []func(f frontend.Frame) any{
		page(nil, nil, ""), page(nil, nil, hostile), page(&plan, nil, ""), page(&long, nil, ""), page(&assessment.CityPlan{}, nil, ""),
		page(&plan, []frontend.RefusedRow{{Row: 2, Text: hostile}, {Text: "The whole file."}}, ""),
	}
}

func TestAPlanOfCitiesSaysWhatWouldChange(t *testing.T) {
	f := frontend.Frame{Lang: "en"}
	before := assessment.City{Code: "lima", Name: "Lima", Country: "PE", Population: 8_000_000}
	after := before
	after.Population, after.Region = 9_000_000, "005"
	p := frontend.NewCitiesPlan(words(f), assessment.CityPlan{Lines: []assessment.CityLine{{Row: 2, Effect: assessment.Changes, Before: before, After: after}, {Row: 3, Effect: assessment.Same, Before: before, After: before}}}, nil, "")
	if len(p.Rows) != 1 || len(p.Rows[0].Facts) != 2 || p.Rows[0].Facts[1] != (frontend.CityFact{Column: "population", Before: "8,000,000", After: "9,000,000"}) || p.Changes != 1 || p.Same != 1 || !p.Ready() {
		t.Errorf("%+v", p)
	}
}
