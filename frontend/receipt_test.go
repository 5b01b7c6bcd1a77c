package frontend_test

import (
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/snapshot"
	"migov/frontend"
)

func receiptOf(f frontend.Frame, heads []assessment.SnapshotHead, reopenings []assessment.Reopening) frontend.Receipt {
	r := frontend.NewReceipt(f, assessment.Assessment{ID: "a", City: assessment.City{Name: hostile}, Round: assessment.Round{Title: hostile}, HandedIn: noon}, heads, reopenings, "https://example.org")
	r.MaySave = true
	return r
}

func init() {
	head := func(n int, at time.Time) assessment.SnapshotHead {
		return assessment.SnapshotHead{Revision: n, Reference: "7QK4-0M3D-XW9A", Hash: strings.Repeat("a", 64), Instrument: "urban-migof@1.0.0", Method: "1.0.0", By: assessment.Author{Role: account.Coordinator}, At: at}
	}
	d := snapshot.Document{Answers: []snapshot.Answer{{Indicator: "MR-01", Value: "2", Explanation: "x"}, {Indicator: "MR-02", NonAnswer: "not_ours"}, {Indicator: "MR-03", Explanation: "a text alone"}, {Indicator: "CX-01", Value: "1"}}}
	samples["receipt"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return receiptOf(f, nil, nil) },
		func(f frontend.Frame) any {
			return frontend.NewReceipt(f, assessment.Assessment{ID: "a"}, nil, nil, "")
		},
		func(f frontend.Frame) any {
			heads := []assessment.SnapshotHead{head(2, noon.Add(2*time.Hour)), head(1, noon)}
			r := receiptOf(signed(f), heads, []assessment.Reopening{{Revision: 1, Reason: hostile, By: assessment.Author{Role: account.Analyst}, At: noon.Add(time.Hour)}})
			r.Fill(heads[1], d, questionnaire())
			return r
		},
		func(f frontend.Frame) any {
			heads := []assessment.SnapshotHead{head(1, noon)}
			r := receiptOf(signed(f), heads, nil)
			r.HandedIn = time.Time{}
			r.Fill(heads[0], d, nil)
			return r
		},
	}
	samples["reopen"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Reopen{Frame: f, Home: "/h", City: hostile, State: "published", NotNow: "Withdraw it first."}
		},
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#reason", Text: "x"}}
			return frontend.Reopen{Frame: signed(f), Home: "/h", By: "x", City: hostile, Round: hostile, State: "in_review", Reason: hostile, Msg: "x"}
		},
	}
	samples["verify"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Verify{Frame: f} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#hash", Text: "x"}}
			return frontend.Verify{Frame: f, Reference: "7QK4-0M3D-XW9A", Hash: hostile, Msg: "x"}
		},
		func(f frontend.Frame) any { return frontend.Verify{Frame: f, Tried: strings.Repeat("a", 64)} },
		func(f frontend.Frame) any {
			return frontend.Verify{Frame: f, Reference: "7QK4-0M3D-XW9A", Tried: strings.Repeat("a", 64)}
		},
		func(f frontend.Frame) any {
			return frontend.Verify{Frame: f, Tried: strings.Repeat("a", 64), Found: &frontend.VerifiedHead{Reference: "7QK4-0M3D-XW9A", Revision: 2, At: noon}}
		},
	}
}

func TestAReceiptCountsEachKindOfAnswerOnce(t *testing.T) {
	r := samples["receipt"][2](frontend.Frame{}).(frontend.Receipt)
	got := map[string]int{}
	sum := 0
	for _, c := range r.Counts {
		got[c.Kind] = c.Count
		sum += c.Count
	}
	// Of 90 indicators one has a value and one is not the city's; a text alone leaves the question open, the context is not counted.
	if r.Total != 90 || sum != 90 || got["value"] != 1 || got["not_ours"] != 1 || got["blank"] != 88 || r.Head.Explanations != 2 {
		t.Errorf("%+v of %d, %+v", r.Counts, r.Total, r.Head)
	}
	// Newest first, with the reopening between the two.
	if len(r.Rows) != 3 || r.Rows[0].Revision != 2 || r.Rows[1].Reason != hostile || r.Rows[2].Revision != 1 || !r.Rows[2].Current || r.Rows[0].Current {
		t.Errorf("%+v", r.Rows)
	}
}
