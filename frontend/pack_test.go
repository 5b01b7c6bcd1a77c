package frontend_test

import (
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

func init() {
	samples["pack"] = append(samples["pack"],
		func(f frontend.Frame) any {
			return frontend.NewPack(signed(f), asked(), "id", assessment.Pack{Country: "XA", Instrument: "urban-migof"})
		},
		func(f frontend.Frame) any {
			return frontend.NewPack(signed(f), asked(), "id", assessment.Pack{Country: "XA", Instrument: "urban-migof", Revision: 2, By: assessment.Author{Role: account.Analyst}, At: noon,
				Powers: []assessment.PackPower{{Indicator: "MR-01", Holder: survey.National, Citation: hostile}},
				Terms:  []assessment.PackTerm{{Language: "en", Term: hostile, Meaning: hostile}}})
		})
}
