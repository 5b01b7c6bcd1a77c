package frontend_test

import (
	"maps"
	"time"

	"migov/frontend"
)

func init() {
	maps.Copy(samples, map[string][]func(f frontend.Frame) any{
		"ask": {func(f frontend.Frame) any {
			return frontend.Asking{Frame: signed(f), Home: "/h", Action: "/a", Indicator: "MR-01", Question: questionnaire().Title, Href: "/h/MR.1#MR-01", Explains: hostile, Before: questions(), Standard: []string{"article", "since", "charge"},
				Text: hostile, Due: "2027-01-01", Marks: frontend.Marks{"question": "Q", "due": "D"}, Long: 3000}
		}},
		"clarification": {func(f frontend.Frame) any {
			return frontend.Reply{Frame: signed(f), Home: "/h", Asked: questions()[1], Explains: hostile, Text: hostile, Marks: frontend.Marks{"text": "T", "outcome": "O"}, Long: 3000}
		}, func(f frontend.Frame) any {
			return frontend.Reply{Frame: signed(f), Home: "/h", Asked: questions()[0], Changed: true, Long: 3000}
		}},
		"clarifications": {func(f frontend.Frame) any {
			return frontend.Clarifications{Frame: signed(f), Home: "/h", OfCity: true, Open: true, Consents: true, Waiting: 1, All: questions()}
		}, func(f frontend.Frame) any {
			return frontend.Clarifications{Frame: signed(f), Home: "/h", OfCity: true, Open: true, MayGive: true}
		}},
	})
}

// questions is one question in each state.
func questions() (all []frontend.Asked) {
	at := time.Date(2026, 11, 24, 14, 3, 0, 0, time.UTC)
	for _, state := range []string{"waiting", "replied", "settled", "withdrew"} {
		x := frontend.Asked{ID: "id-" + state, Indicator: "MR-01", Title: questionnaire().Title, Href: "/h/MR.1#MR-01", Action: "/h/clarifications/" + state, Question: hostile, By: "Reviewer, " + hostile, At: at,
			Due: at, Late: state == "waiting", State: state, MayReply: state == "waiting" || state == "replied", MaySettle: state == "waiting" || state == "replied"}
		if state == "replied" || state == "settled" {
			x.Reply, x.Outcome, x.RepliedBy, x.Replied = hostile, "stands", hostile, at
		}
		if state == "settled" || state == "withdrew" {
			x.SettledBy, x.Settled = "Analyst", at
		}
		all = append(all, x)
	}
	return all
}
