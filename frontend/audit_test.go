package frontend_test

import (
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
	"migov/frontend"
)

func init() {
	lines := []assessment.Line{
		{Seq: 3, Event: assessment.Event{At: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Actor: assessment.Author{Role: account.Analyst}, Action: "read", Subject: "0198-x"}},
		{Seq: 2, Event: assessment.Event{At: time.Date(2026, 5, 4, 3, 2, 0, 0, time.UTC), Actor: assessment.Author{Name: "Housing <lead>", Role: account.Contributor}, Action: "answer.save", Subject: "0198-x/MR-01"}},
		{Event: assessment.Event{Action: "something.new"}},
	}
	words := func(lang string) *locale.Words {
		all, err := locale.Load()
		if err != nil {
			panic(err) // the built-in messages
		}
		return all.In(lang)
	}
	samples["audit"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewAudit(f, words(f.Lang), nil, assessment.AuditFilter{}) },
		func(f frontend.Frame) any {
			p := frontend.NewAudit(f, words(f.Lang), lines, assessment.AuditFilter{Group: assessment.AuditLooked, Outside: true})
			p.Older, p.File, p.From, p.Marks = "/audit?before=2", "/audit.csv", "yesterday", frontend.Marks{"from": "no date"}
			return p
		},
	}
}
