package assessment_test

import (
	"reflect"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

var at = time.Date(2026, 11, 24, 14, 3, 0, 0, time.UTC)

func fields(f ...assessment.Field) (s assessment.Fields) {
	for _, x := range f {
		s = s.With(x)
	}
	return s
}

func TestMerge(t *testing.T) {
	const V, X, E = assessment.ValueField, assessment.ExplanationField, assessment.EvidenceField
	me := assessment.Author{Account: "me", Role: account.Contributor}
	now := assessment.Kept{Answer: survey.Answer{Value: "2", Explanation: "text"}, Indicator: "AA-01", Version: 5, Changed: [assessment.FieldCount]int{3, 5, 0, 0}}
	tests := []struct {
		name     string
		now      assessment.Kept
		base     int
		fields   assessment.Fields
		answer   survey.Answer
		want     survey.Answer
		version  int
		changed  [assessment.FieldCount]int
		earlier  string
		conflict assessment.Fields
		beside   survey.Answer
	}{
		{"a first save", assessment.Kept{}, 0, fields(V, X), survey.Answer{Value: "3", Explanation: "new"}, survey.Answer{Value: "3", Explanation: "new"}, 1, [4]int{1, 1, 0, 0}, "", 0, survey.Answer{}},
		{"a field that nobody changed since", now, 4, fields(V), survey.Answer{Value: "4"}, survey.Answer{Value: "4", Explanation: "text"}, 6, [4]int{6, 5, 0, 0}, "", 0, survey.Answer{}},
		{"a field that somebody changed since", now, 4, fields(X), survey.Answer{Explanation: "other"}, now.Answer, 5, now.Changed, "", fields(X), survey.Answer{Explanation: "other"}},
		{"one field free, one taken", now, 4, fields(X, E), survey.Answer{Explanation: "other", Evidence: "link"}, survey.Answer{Value: "2", Explanation: "text", Evidence: "link"}, 6, [4]int{3, 5, 6, 0}, "", fields(X), survey.Answer{Explanation: "other"}},
		{"the same text as somebody else's", now, 0, fields(X), survey.Answer{Explanation: "text"}, now.Answer, 5, now.Changed, "", 0, survey.Answer{}},
		{"nothing", now, 5, 0, survey.Answer{Value: "4"}, now.Answer, 5, now.Changed, "", 0, survey.Answer{}},
		{"a non-answer keeps the earlier level", now, 5, fields(V), survey.Answer{NonAnswer: survey.NotOurs}, survey.Answer{NonAnswer: survey.NotOurs, Explanation: "text"}, 6, [4]int{6, 5, 0, 0}, "2", 0, survey.Answer{}},
		{"a base from the future is taken as it comes", now, 99, fields(X), survey.Answer{Explanation: "other"}, survey.Answer{Value: "2", Explanation: "other"}, 6, [4]int{3, 6, 0, 0}, "", 0, survey.Answer{}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			m := assessment.Mutation{ID: "mutation", Indicator: "AA-01", Base: c.base, Fields: c.fields, Answer: c.answer}
			next, alternative := assessment.Merge(c.now, m, me, at)
			want := assessment.Kept{Answer: c.want, Indicator: "AA-01", Version: c.version, Changed: c.changed, Earlier: c.earlier}
			if c.version != c.now.Version {
				want.By, want.At = me, at
			}
			if !reflect.DeepEqual(next, want) {
				t.Errorf("got %+v\nwant %+v", next, want)
			}
			if (alternative != nil) != (c.conflict != 0) {
				t.Fatalf("the alternative is %+v", alternative)
			}
			if alternative != nil && (alternative.Fields != c.conflict || alternative.Answer != c.beside || alternative.By != me || alternative.Base != c.base || alternative.ID != "mutation") {
				t.Errorf("the alternative is %+v", alternative)
			}
		})
	}
}

func TestSwitchingBackForgetsTheEarlierValue(t *testing.T) {
	k := assessment.Kept{}
	for i, a := range []survey.Answer{{Value: "2"}, {NonAnswer: survey.NotOurs}, {NonAnswer: survey.DontKnow}, {Value: "2"}} {
		k, _ = assessment.Merge(k, assessment.Mutation{Indicator: "AA-01", Base: i, Fields: fields(assessment.ValueField), Answer: a}, assessment.Author{}, at)
		want := []string{"", "2", "2", ""}[i]
		if k.Earlier != want {
			t.Errorf("after step %d the earlier value is %q, want %q", i+1, k.Earlier, want)
		}
	}
}

func TestDigestsTellContentsApart(t *testing.T) {
	base := assessment.Mutation{ID: "a", Indicator: "AA-01", Base: 1, Fields: fields(assessment.ValueField, assessment.ExplanationField),
		Answer: survey.Answer{Value: "1", Explanation: "12"}, Source: "script"}
	same := base
	same.ID, same.Source, same.Answer.Evidence = "b", "form", "not among the fields"
	if base.Digest() != same.Digest() || len(base.Digest()) != 64 {
		t.Error("the digest depends on more than the content")
	}
	seen := map[string]string{base.Digest(): "base"}
	for name, change := range map[string]func(m *assessment.Mutation){
		"indicator":   func(m *assessment.Mutation) { m.Indicator = "AA-02" },
		"base":        func(m *assessment.Mutation) { m.Base = 2 },
		"fields":      func(m *assessment.Mutation) { m.Fields = m.Fields.With(assessment.EvidenceField) },
		"value":       func(m *assessment.Mutation) { m.Answer.Value = "2" },
		"non-answer":  func(m *assessment.Mutation) { m.Answer.Value, m.Answer.NonAnswer = "", survey.NotOurs },
		"holder":      func(m *assessment.Mutation) { m.Holder = survey.National },
		"explanation": func(m *assessment.Mutation) { m.Answer.Explanation = "1" },
		"shifted":     func(m *assessment.Mutation) { m.Answer.Value, m.Answer.Explanation = "11", "2" },
	} {
		m := base
		change(&m)
		if other, known := seen[m.Digest()]; known {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[m.Digest()] = name
	}
}

func TestSeenTellsWhatAFormReallyChanged(t *testing.T) {
	k := assessment.Kept{Version: 7, Answer: survey.Answer{Value: "2", Explanation: "text", Confidence: survey.Unsure}}
	seen, ok := assessment.ParseSeen(assessment.See(k).String())
	if !ok || seen != assessment.See(k) || seen.Version != 7 {
		t.Fatalf("read back %+v", seen)
	}
	a := k.Answer
	if seen.Changed(a) != 0 {
		t.Error("an untouched form changed something")
	}
	a.NonAnswer, a.Value, a.Evidence = survey.Skipped, "", "link"
	if got := seen.Changed(a); got != fields(assessment.ValueField, assessment.EvidenceField) {
		t.Errorf("changed %v", got.Names())
	}
	for _, wrong := range []string{"", "7", "x.a.b.c.d", "-1.a.b.c.d", "7.a.b.c", "7.a.b.c.d.e"} {
		if _, ok := assessment.ParseSeen(wrong); ok {
			t.Errorf("%q was read", wrong)
		}
	}
}
