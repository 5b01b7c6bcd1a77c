package frontend_test

import (
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

// differing is a round in which two words were said of one indicator.
func differing(f frontend.Frame) frontend.Differences {
	q := &survey.Indicator{ID: "MR-01", Kind: survey.Level}
	city := assessment.City{Name: hostile}
	return frontend.NewDifferences(signed(f), words(f), assessment.Round{Code: "2026", Title: hostile}, []assessment.Difference{{Indicator: q, Verified: 1, Proposed: 1, Counted: 2, Mean: -0.5, Deviation: 0.7071,
		Said: []assessment.Said{{City: city, Value: "3", Kind: assessment.VerdictVerified, By: account.Analyst, Counts: true},
			{City: city, Value: "3", Proposed: "2", Kind: assessment.VerdictChallenged, By: account.Reviewer, Reason: hostile, Levels: -1, Counts: true}}},
		{Indicator: &survey.Indicator{ID: "MR-02"}, Challenged: 1, Said: []assessment.Said{{City: city, Value: "yes", Kind: assessment.VerdictChallenged, By: account.Reviewer, Reason: "x"}}}})
}

func init() {
	samples["differences"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Differences{Frame: signed(f), Code: "2026", Title: hostile}
		},
		func(f frontend.Frame) any { return differing(f) },
	}
}

func TestDifferencesAreSigned(t *testing.T) {
	rows := differing(frontend.Frame{}).Rows
	if got := strings.Join([]string{rows[0].Mean, rows[0].Deviation, rows[0].Said[0].Levels, rows[0].Said[1].Levels, rows[1].Mean}, " "); got != "−0.5 0.7 0 −1 " {
		t.Errorf("%q", got)
	}
}
