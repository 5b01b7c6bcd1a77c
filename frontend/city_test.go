package frontend_test

import (
	"slices"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

var noon = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// draft is an assessment of the whole questionnaire with what a test puts into it.
func draft(change func(d *assessment.Draft)) assessment.Draft {
	in := questionnaire()
	d := assessment.Draft{Instrument: in, Sheet: assessment.Sheet{Answers: map[string]assessment.Kept{}, Powers: map[string]assessment.Power{}, Alternatives: map[string][]assessment.Alternative{}}}
	d.ID, d.Perspective = "a", assessment.Officials
	d.City, d.Round = assessment.City{Name: hostile, Fictional: true}, assessment.Round{Code: "2026", Title: hostile, Instrument: in.Name(), Due: noon.AddDate(0, 0, 25)}
	if change != nil {
		change(&d)
	}
	return d
}

// answered gives an indicator an answer.
func answered(d *assessment.Draft, q *survey.Indicator, a survey.Answer) {
	d.Sheet.Answers[q.ID] = assessment.Kept{Answer: a, Indicator: q.ID, Version: 1, By: assessment.Author{Role: account.Contributor}, At: noon}
}

func signs(assessment.Author) string { return hostile }

func seenNothing(assessment.Power) string { return "0" }

func home(f frontend.Frame, role account.Role, change func(d *assessment.Draft)) frontend.City {
	return divided(f, role, change, assessment.Beside{})
}

// divided is the home of an assessment with what stands beside it.
func divided(f frontend.Frame, role account.Role, change func(d *assessment.Draft), b assessment.Beside) frontend.City {
	return frontend.NewCity(signed(f), words(f), draft(change), b, account.Actor{Account: "x", Role: role, Department: "Housing"}, noon, signs, owns)
}

func owns(o assessment.Owner) string { return hostile + o.Account + o.Department }

// busy is an assessment in which everything occurs: two versions, each kind of gap, powers of every kind.
func busy(d *assessment.Draft) {
	for i, q := range d.Instrument.Indicators() {
		a := survey.Answer{NonAnswer: survey.NonAnswers[i%len(survey.NonAnswers)]}
		if q.Kind == survey.Level && i%2 == 0 {
			a = survey.Answer{Value: "3"}
		}
		if i > 70 {
			continue
		}
		answered(d, q, a)
		d.Sheet.Powers[q.ID] = assessment.Power{Indicator: q.ID, Holder: survey.Holders[i%len(survey.Holders)], Reason: hostile, Version: 1, At: noon}
	}
	first := d.Instrument.Indicators()[0]
	ours := d.Instrument.Indicators()[5]
	answered(d, ours, survey.Answer{NonAnswer: survey.NotOurs})
	d.Sheet.Powers[ours.ID] = assessment.Power{Indicator: ours.ID, Holder: survey.Municipal, Version: 1, At: noon}
	d.Sheet.Alternatives[first.ID] = []assessment.Alternative{{ID: "1", Indicator: first.ID}}
}

func handedIn(d *assessment.Draft) { d.HandedIn, d.HandedInBy = noon, "y" }

func init() {
	samples["assessments"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewAssessments(f, true, nil, nil) },
		func(f frontend.Frame) any { return frontend.NewAssessments(f, false, nil, nil) },
		func(f frontend.Frame) any {
			city := assessment.City{Name: hostile, Fictional: true}
			round := assessment.Round{Code: "2026", Title: hostile}
			return frontend.NewAssessments(signed(f), true, []assessment.Assessment{
				{ID: "1", City: city, Round: round}, {ID: "2", City: city, Round: round, Perspective: assessment.CivilSociety, Settled: 3, Changed: noon},
				{ID: "3", City: city, Round: assessment.Round{Code: "old", Title: "Old", Due: noon, Published: true}, Settled: 90, HandedIn: noon, Perspective: assessment.ExternalReviewer},
				{ID: "4", City: city, Round: assessment.Round{Code: "old"}, Perspective: assessment.MigrantAssociations}}, func(string) int { return 90 })
		},
	}
	samples["city"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return home(f, account.Coordinator, nil) },
		func(f frontend.Frame) any { return home(f, account.Contributor, busy) },
		func(f frontend.Frame) any {
			return home(f, account.Coordinator, func(d *assessment.Draft) { busy(d); d.Round.Due = noon.AddDate(0, 0, -2) })
		},
		func(f frontend.Frame) any {
			c := home(f, account.Coordinator, func(d *assessment.Draft) { busy(d); handedIn(d); d.Perspective = assessment.CivilSociety })
			c.HandedInRole = "coordinator"
			return c
		},
		func(f frontend.Frame) any {
			return home(f, account.Analyst, func(d *assessment.Draft) { handedIn(d); d.Round.Due = time.Time{} })
		},
		func(f frontend.Frame) any {
			return home(f, account.Analyst, func(d *assessment.Draft) { handedIn(d); d.Round.Published = true })
		},
	}
	samples["city"] = append(samples["city"],
		func(f frontend.Frame) any { return divided(f, account.Coordinator, busy, team(f)) },
		func(f frontend.Frame) any { return divided(f, account.Contributor, nil, team(f)) },
		func(f frontend.Frame) any { return divided(f, account.Approver, busy, team(f)) },
		func(f frontend.Frame) any { return divided(f, account.Analyst, handedIn, team(f)) })
	samples["powers"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.NewPowers(f, words(f), draft(nil), seenNothing, signs) },
		func(f frontend.Frame) any {
			return frontend.NewPowers(f, words(f), draft(func(d *assessment.Draft) { busy(d); handedIn(d) }), seenNothing, signs)
		},
		func(f frontend.Frame) any {
			p := frontend.NewPowers(signed(f), words(f), draft(busy), seenNothing, signs)
			p.Edit, p.By, p.More = true, "x", 3
			p.Last = []frontend.PowerChange{{ID: "MR-01", Title: survey.Text{"en": "A"}, Now: survey.Shared, Before: survey.Nobody, Version: 2, By: hostile, At: noon},
				{ID: "MR-02", Title: survey.Text{"en": "A"}, Now: survey.Shared, Before: survey.Shared, Reason: true, Version: 2, By: hostile, At: noon}}
			line := p.Line("MR-01")
			line.Theirs = &frontend.PowerTheirs{Holder: survey.Contested, Reason: hostile, By: hostile, At: noon}
			line.RefusedHolder, line.RefusedReason = "wrong", "long"
			p.Faults = []frontend.Fault{{Href: "#MR-01-holder", Text: "x"}, {Href: "#MR-01-reason", Text: "y"}}
			return p
		},
	}
	check := func(f frontend.Frame, change func(d *assessment.Draft)) frontend.Check {
		c := frontend.NewCheck(signed(f), draft(change), assessment.Beside{}, true, noon)
		c.OfCity = true
		return c
	}
	samples["check"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return check(f, nil) },
		func(f frontend.Frame) any { c := check(f, busy); c.MayHandIn = true; return c },
		func(f frontend.Frame) any { return check(f, handedIn) },
		func(f frontend.Frame) any {
			return check(f, func(d *assessment.Draft) {
				for _, q := range d.Instrument.Indicators() {
					answered(d, q, survey.Answer{NonAnswer: survey.Declined})
				}
			})
		},
	}
	columns := []string{"city", "indicator", "value", "non_answer", "power", "explanation", "evidence"}
	samples["transfer"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Transfer{Frame: f} },
		func(f frontend.Frame) any { return frontend.Transfer{Frame: f, HandedIn: noon, Columns: columns} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#file", Text: "x"}}
			return frontend.Transfer{Frame: signed(f), MayImport: true, FileMsg: "x", Megabytes: 1, Plan: &frontend.ImportPlan{}}
		},
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#refused", Text: "x"}}
			return frontend.Transfer{Frame: signed(f), MayImport: true, Plan: &frontend.ImportPlan{Refused: []frontend.RefusedRow{{Text: hostile}, {Row: 7, Text: hostile}}}}
		},
		func(f frontend.Frame) any {
			title := survey.Text{"en": hostile}
			return frontend.Transfer{Frame: signed(f), MayImport: true, Plan: &frontend.ImportPlan{Adds: 1, Changes: 2, File: "eA==", Seen: `{"a":1}`, Raw: true, Rows: []frontend.ImportRow{
				{Row: 2, ID: "MR-01", Effect: "adds", Title: title, Value: true, After: frontend.Shown{Level: "3", Words: []survey.Text{title}}},
				{Row: 3, ID: "MR-02", Effect: "changes", Title: title, Power: "shared", Explanation: true, Evidence: true},
				{Row: 4, ID: "MR-03", Effect: "changes", Title: title, Value: true, Before: frontend.Shown{Plain: hostile}, After: frontend.Shown{Non: "declined"}}}}}
		},
	}
}

// first lists the addresses of the steps.
func first(c frontend.City) (out []string) {
	for _, s := range c.Steps {
		out = append(out, s.Href)
	}
	return out
}

func TestWhatToDoNext(t *testing.T) {
	sections := questionnaire().Sections()
	one, two := sections[0], sections[1]
	all := func(d *assessment.Draft, n int) {
		for _, s := range d.Instrument.Sections()[:n] {
			for _, q := range s.Indicators {
				answered(d, q, survey.Answer{NonAnswer: survey.Declined})
			}
		}
	}
	whole := len(sections)
	for _, test := range []struct {
		name   string
		role   account.Role
		change func(d *assessment.Draft)
		want   []string
	}{
		{"nothing is done: the powers map, the first section, the check", account.Coordinator, nil, []string{"/powers", "/" + one.ID, "/check"}},
		{"a contributor sets no powers", account.Contributor, nil, []string{"/" + one.ID, "/check"}},
		{"one section is complete: the second, and the powers map waits", account.Coordinator, func(d *assessment.Draft) { all(d, 1) }, []string{"/" + two.ID, "/powers", "/check"}},
		{"a power was set: the map was looked at", account.Coordinator, func(d *assessment.Draft) { d.Sheet.Powers[one.Indicators[0].ID] = assessment.Power{Version: 1} }, []string{"/" + one.ID, "/check"}},
		{"two versions come first", account.Contributor, func(d *assessment.Draft) {
			q := two.Indicators[1]
			d.Sheet.Alternatives[q.ID] = []assessment.Alternative{{}}
		}, []string{"/" + two.ID + "#" + two.Indicators[1].ID, "/" + one.ID, "/check"}},
		{"a gap in the middle is found", account.Contributor, func(d *assessment.Draft) { all(d, whole); delete(d.Sheet.Answers, two.Indicators[0].ID) }, []string{"/" + two.ID, "/check"}},
		{"“do not know yet” keeps a section open", account.Contributor, func(d *assessment.Draft) {
			all(d, whole)
			answered(d, one.Indicators[0], survey.Answer{NonAnswer: survey.DontKnow})
		}, []string{"/" + one.ID, "/check"}},
		{"everything is complete: the check", account.Contributor, func(d *assessment.Draft) { all(d, whole) }, []string{"/check"}},
		{"handed in: nothing", account.Coordinator, handedIn, nil},
		{"an analyst has nothing to answer", account.Analyst, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := first(home(frontend.Frame{Lang: "en"}, test.role, test.change))
			if len(got) != len(test.want) {
				t.Fatalf("%v, want %v", got, test.want)
			}
			for i := range got {
				if got[i] != "/assessments/a"+test.want[i] {
					t.Errorf("step %d leads to %s, want %s", i, got[i], test.want[i])
				}
			}
		})
	}
}

func TestACoordinatorWhoIsAloneIsLedToInvite(t *testing.T) {
	me := assessment.Member{Account: "x", Role: account.Coordinator}
	for _, test := range []struct {
		name    string
		team    []assessment.Member
		invites bool
	}{
		{"nobody else", []assessment.Member{me}, true},
		{"an approver does not answer", []assessment.Member{me, {Account: "y", Role: account.Approver}}, true},
		{"somebody who has left does not answer", []assessment.Member{me, {Account: "y", Role: account.Contributor, Left: true}}, true},
		{"a colleague answers", []assessment.Member{me, {Account: "y", Role: account.Contributor}}, false},
	} {
		got := first(divided(frontend.Frame{Lang: "en"}, account.Coordinator, nil, assessment.Beside{Team: test.team}))
		if slices.Contains(got, "/people") != test.invites {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestDaysLeft(t *testing.T) {
	due := time.Date(2026, 12, 18, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name       string
		now        time.Time
		left, over int
	}{
		{"weeks before", time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), 25, 0},
		{"the day before, late", time.Date(2026, 12, 17, 23, 59, 0, 0, time.UTC), 1, 0},
		{"on the last day, late", time.Date(2026, 12, 18, 23, 59, 0, 0, time.UTC), 0, 0},
		{"the day after", time.Date(2026, 12, 19, 0, 0, 0, 0, time.UTC), -1, 1},
		{"in another zone it is still the last day in UTC", time.Date(2026, 12, 19, 1, 0, 0, 0, time.FixedZone("", 2*3600)), 0, 0},
	} {
		if d := frontend.NewDue(due, test.now); d.Left != test.left || d.Over() != test.over {
			t.Errorf("%s: %d left, %d over", test.name, d.Left, d.Over())
		}
	}
	if frontend.NewDue(time.Time{}, due).Known() {
		t.Error("no date is taken for a date")
	}
}

func TestTheBarCountsEveryLineOnce(t *testing.T) {
	c := home(frontend.Frame{Lang: "en"}, account.Coordinator, busy)
	sum := 0
	for _, p := range c.Powers.Parts {
		sum += p.Count
	}
	if n := len(questionnaire().Indicators()); sum != n || c.Powers.Total != n {
		t.Errorf("%d lines in the bar, %d in the summary, %d in the questionnaire", sum, c.Powers.Total, n)
	}
}
