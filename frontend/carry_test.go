package frontend_test

import (
	"migov/assessment/survey"
	"migov/frontend"
)

func init() {
	item := func(state string) frontend.CarriedItem {
		q := questionnaire().Indicators()[0]
		return frontend.CarriedItem{ID: q.ID + state, Href: "/h/MR.1#MR-01", Question: q.Question, Was: frontend.Shown{Level: "2", Words: []survey.Text{q.Question}}, Explains: hostile, By: hostile, At: noon,
			Round: hostile, Holder: string(survey.Shared), Reason: hostile, Fits: true, State: state}
	}
	samples["carried"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Carried{Frame: signed(f), Home: "/h", Action: "/h/carried"}
		},
		func(f frontend.Frame) any {
			return frontend.Carried{Frame: signed(f), Home: "/h", By: "x", Action: "/h/carried", Open: true, Earlier: hostile, Offer: true}
		},
		func(f frontend.Frame) any { // everything at once: what must be looked at first, the rest, and what is settled
			first := item("")
			before, after := frontend.Compare("In the city "+hostile, "In the district "+hostile)
			first.Fits, first.Gone, first.Expired = false, 2, []frontend.CarriedEvidence{{Title: hostile, Since: noon}}
			for _, part := range []string{survey.QuestionPart, survey.LevelsPart, survey.KindPart} {
				first.Changes = append(first.Changes, frontend.CarriedChange{Part: part, English: part == survey.LevelsPart, Before: before, After: after})
			}
			second := item("second")
			return frontend.Carried{Frame: signed(f), Home: "/h", By: "x", Action: "/h/carried", Open: true, Earlier: hostile, Begun: true, Offer: true, Waiting: 2, Powers: 3, First: []frontend.CarriedItem{first},
				Groups:  []frontend.CarriedGroup{{ID: "MR.1", Title: second.Question, Items: []frontend.CarriedItem{second}}},
				Settled: []frontend.CarriedItem{item("confirmed"), item("aside"), item("answered")}}
		},
		func(f frontend.Frame) any {
			return frontend.Carried{Frame: signed(f), Home: "/h", Action: "/h/carried", Earlier: hostile, Begun: true, Waiting: 1, First: []frontend.CarriedItem{item("")}}
		},
	}
}
