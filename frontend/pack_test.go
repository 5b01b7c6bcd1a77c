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

func init() {
	told := func(f frontend.Frame, d assessment.Draft) *frontend.PowersTold {
		return frontend.NewPowersTold(d, assessment.Pack{Revision: 3, Powers: []assessment.PackPower{{Indicator: "MR-01", Holder: survey.Nobody, Citation: hostile}, {Indicator: "ZZ-01", Holder: survey.Shared, Citation: "x"}, {Indicator: "MR-02", Holder: d.Sheet.Holder(d.Instrument.Indicator("MR-02")), Citation: "x"}},
			Terms: []assessment.PackTerm{{Language: "ar", Term: hostile, Meaning: hostile}}})
	}
	samples["countries"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewCountries(signed(f), words(f), nil) },
		func(f frontend.Frame) any {
			return frontend.NewCountries(signed(f), words(f), []assessment.PackCountry{{Country: "XE", Cities: 6, Revision: 2, Powers: 11, Terms: 6, Statements: 15}, {Country: "PE", Cities: 1}})
		},
	}
	samples["powers"] = append(samples["powers"], func(f frontend.Frame) any {
		d := assessment.Draft{Instrument: questionnaire(), Assessment: assessment.Assessment{ID: "a"}}
		p := frontend.NewPowers(signed(f), words(f), d, seenNothing, signs)
		p.Told = told(f, d)
		return p
	})
}
