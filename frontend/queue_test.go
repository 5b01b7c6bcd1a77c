package frontend_test

import (
	"migov/assessment"
	"migov/assessment/survey"
	"migov/frontend"
)

func init() {
	queue := func(f frontend.Frame) frontend.Queue {
		q := questionnaire().Indicators()[0]
		return frontend.Queue{Frame: signed(f), Home: "/h", By: "x", City: hostile, Round: hostile, State: "in_review", HandedIn: noon, Due: noon, Way: assessment.QueueFirst, Ways: assessment.QueueWays,
			Total: 2, Reviewed: 1, Challenged: 1, Questions: 1, Judges: true, Validates: true, Begin: "/h/review/x",
			Items: []frontend.QueueLink{{Href: "/a", ID: "AA-01", Level: "3", Title: q.Question, Standing: "challenged", Mark: "tag", Reviewed: true, Current: true, Asked: 2},
				{Href: "/b", ID: "AA-02", Title: q.Question, Standing: "claimed", Mark: "tag"}}}
	}
	samples["queue"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Queue{Frame: signed(f), Home: "/h", State: "submitted", Ways: assessment.QueueWays, Way: assessment.QueueTodo, Validates: true}
		},
		func(f frontend.Frame) any { return queue(f) },
		func(f frontend.Frame) any {
			page := queue(f)
			page.Questions, page.MayValidate = 0, true
			return page
		},
	}
	samples["queue_item"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.QueueItem{Queue: queue(f), Q: frontend.Question{Indicator: questionnaire().Indicators()[0], Holder: survey.Shared}, Action: "/x", Comment: "/c"}
		},
		func(f frontend.Frame) any {
			q := questionnaire().Indicators()[0]
			page := frontend.QueueItem{Queue: queue(f), Action: "/x", Comment: "/c", Ask: "/ask", Next: "/n", Previous: "/p", Claims: true, Position: 1, PositionsOf: 2, Section: q.Question, National: []frontend.Told{frontend.NewTold(nil, statementSamples()[0])},
				Elsewhere: []int{0, 1, 2, 3, 4}, Cities: 10, Choices: []string{"0", "1"}, Proposed: "1", Reason: hostile, Marks: frontend.Marks{"proposed": "x", "reason": "y"}, Sure: "very_sure"}
			page.Faults = []frontend.Fault{{Href: "#reason", Text: "x"}}
			page.Q = frontend.Question{Indicator: q, Holder: survey.Shared, Reason: hostile, Stands: frontend.Shown{Level: "3", Words: []survey.Text{q.Question}}, Author: hostile, At: noon,
				Answer: survey.Answer{Value: "3", Explanation: hostile, Evidence: hostile}, Here: frontend.EvidenceHere{Standing: "challenged", Mark: "tag ask"}}
			word := frontend.QueueWord{Kind: "challenged", By: hostile, Proposed: frontend.Shown{Plain: hostile}, Reason: hostile, At: noon}
			page.Mine, page.Others = &word, []frontend.QueueWord{word, {Kind: "verified", By: hostile, At: noon}}
			page.Earlier = &frontend.QueueEarlier{Round: hostile, Stands: frontend.Shown{Level: "2"}, Standing: "verified", Mark: "tag", Explanation: hostile, Changed: true}
			return page
		},
	}
	samples["queues"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Queues{Frame: signed(f)} },
		func(f frontend.Frame) any {
			return frontend.Queues{Frame: signed(f), Lines: []frontend.QueuesLine{{Href: "/a", City: hostile, Round: hostile, State: "in_review", Fictional: true, Due: noon, Total: 3, Reviewed: 1, Next: "review"},
				{Href: "/b", City: "B", Round: "R", State: "validated", Next: "done"}, {Href: "/b", City: "B", Round: "R", State: "clarification", Next: "wait"}, {Href: "/b", City: "B", Round: "R", State: "in_review", Next: "validate"}}}
		},
	}
}
