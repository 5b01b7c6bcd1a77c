package assessment_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/survey"
)

// TestWhatTheCheckPointsTo has one answer of the fixture for each kind of gap, and its neighbours that are none.
func TestWhatTheCheckPointsTo(t *testing.T) {
	source, err := os.ReadFile("survey/testdata/libraries.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	cite := func(indicator string, e assessment.Evidence) assessment.Beside {
		e.ID = "e"
		return assessment.Beside{Evidence: []assessment.Evidence{e}, Citations: []assessment.Citation{{Indicator: indicator, Evidence: "e"}}}
	}
	for _, c := range []struct {
		name, indicator string
		answer          survey.Answer
		power           assessment.Power
		beside          assessment.Beside
		want            string // gap:field of this indicator
	}{
		{"a blank", "LB-01", survey.Answer{}, assessment.Power{}, assessment.Beside{}, "unanswered:value"},
		{"a low level", "LB-01", survey.Answer{Value: "2"}, assessment.Power{}, assessment.Beside{}, ""},
		{"a high level", "LB-01", survey.Answer{Value: "3"}, assessment.Power{}, assessment.Beside{}, "proof_missing:proof"},
		{"a high level with words about evidence", "LB-01", survey.Answer{Value: "3", Evidence: "The plan."}, assessment.Power{}, assessment.Beside{}, "proof_missing:proof worded"},
		{"a high level with evidence", "LB-01", survey.Answer{Value: "3"}, assessment.Power{}, cite("LB-01", assessment.Evidence{}), ""},
		{"a high level with evidence that has ended", "LB-01", survey.Answer{Value: "4"}, assessment.Power{}, cite("LB-01", assessment.Evidence{Expires: now.AddDate(0, 0, -3)}), "proof_missing:proof"},
		{"a high level with evidence that was removed", "LB-01", survey.Answer{Value: "4"}, assessment.Power{}, cite("LB-01", assessment.Evidence{Removed: now}), "proof_missing:proof"},
		{"a high level with evidence of another indicator", "LB-01", survey.Answer{Value: "4"}, assessment.Power{}, cite("LB-02", assessment.Evidence{}), "proof_missing:proof"},
		{"yes", "LB-02", survey.Answer{Value: "yes"}, assessment.Power{}, assessment.Beside{}, "proof_missing:proof"},
		{"no", "LB-02", survey.Answer{Value: "no"}, assessment.Power{}, assessment.Beside{}, ""},
		{"do not know", "LB-02", survey.Answer{NonAnswer: survey.DontKnow}, assessment.Power{}, assessment.Beside{}, "postponed:value"},
		{"declined", "LB-02", survey.Answer{NonAnswer: survey.Declined}, assessment.Power{}, assessment.Beside{}, ""},
		{"not ours without anything", "LB-02", survey.Answer{NonAnswer: survey.NotOurs}, assessment.Power{Holder: survey.National}, assessment.Beside{}, "reason_missing:explanation"},
		{"not ours with a reason", "LB-02", survey.Answer{NonAnswer: survey.NotOurs, Explanation: "The state runs them."}, assessment.Power{Holder: survey.National}, assessment.Beside{}, ""},
		{"not ours with a citation in the powers map", "LB-02", survey.Answer{NonAnswer: survey.NotOurs}, assessment.Power{Holder: survey.National, Reason: "Libraries act, art. 3"}, assessment.Beside{}, ""},
		{"not ours with evidence", "LB-02", survey.Answer{NonAnswer: survey.NotOurs}, assessment.Power{Holder: survey.National}, cite("LB-02", assessment.Evidence{}), ""},
		{"not ours, but ours", "LB-02", survey.Answer{NonAnswer: survey.NotOurs, Explanation: "x"}, assessment.Power{Holder: survey.Municipal}, assessment.Beside{}, "ours_though:value"},
		{"does not apply, with a power named", "LB-02", survey.Answer{NonAnswer: survey.NotApplicable}, assessment.Power{Reason: "x"}, assessment.Beside{}, "reason_missing:explanation"},
		{"an address in the explanation", "LB-02", survey.Answer{Value: "no", Explanation: "a@b.example"}, assessment.Power{}, assessment.Beside{}, "personal:explanation"},
		{"a phone number in the evidence", "LB-02", survey.Answer{Value: "no", Evidence: "tel 71 123 456"}, assessment.Power{}, assessment.Beside{}, "personal:evidence"},
		{"an address in the powers map", "LB-02", survey.Answer{Value: "no"}, assessment.Power{Reason: "ask a@b.example"}, assessment.Beside{}, "personal:power"},
		{"an address in a text answer", "LB-05", survey.Answer{Value: "a@b.example"}, assessment.Power{}, assessment.Beside{}, "personal:value"},
		{"a long number as a number", "LB-04", survey.Answer{Value: "123456789"}, assessment.Power{}, assessment.Beside{}, ""},
	} {
		d := assessment.Draft{Instrument: in, Sheet: assessment.Sheet{Answers: map[string]assessment.Kept{c.indicator: {Answer: c.answer, Indicator: c.indicator, Version: 1}},
			Powers: map[string]assessment.Power{c.indicator: c.power}}}
		var got []string
		for _, f := range d.Findings(c.beside, now) {
			if f.Indicator.ID == c.indicator {
				got = append(got, fmt.Sprintf("%s:%s", f.Gap, f.Field)+map[bool]string{true: " worded"}[f.Worded])
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, not %q", c.name, s, c.want)
		}
	}
}
