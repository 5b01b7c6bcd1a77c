package store_test

import (
	"strconv"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

func TestAWholeCityIsKeptAsTheUseCasesWouldHaveKeptIt(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		scheme := w.Library.Scheme(w.Instrument)
		states := []review.State{review.Draft, review.Collecting, review.Submitted}
		all := func(yield func(assessment.Whole, error) bool) {
			for i := range 300 { // more than go into one transaction
				x := assessment.Whole{City: assessment.City{Code: "made-" + strconv.Itoa(i), Name: "Made " + strconv.Itoa(i), Country: "XA", Fictional: true,
					Region: "015", Population: 1000 + i, Roles: []string{"origin", "transit"}, Income: "low"}, State: states[i%3], Moved: storetest.Now}
				if x.State != review.Draft {
					x.Changed = storetest.Now.Add(-time.Hour)
					x.Answers = []assessment.WholeAnswer{{Indicator: "AA-01", Answer: survey.Answer{Value: "2", Explanation: "why"}},
						{Indicator: "AA-02", Answer: survey.Answer{NonAnswer: survey.DontKnow}}}
					x.Powers = []assessment.WholePower{{Indicator: "AA-02", Holder: survey.National, Reason: "a law"}}
				}
				_, err := x.Complete(scheme, w.Round, "")
				if !yield(x, err) {
					return
				}
			}
		}
		before := must[assessment.Round](t)(w.Store.Round(ctx, w.Operator, w.Round.Code))
		if n, err := w.Store.AddWholes(ctx, w.Round, all, assessment.Author{Role: account.Operator}); err != nil || n != 300 {
			t.Fatal(n, err)
		}
		if wrong := must[[]string](t)(w.Store.VerifyLog(ctx, w.Library)); len(wrong) > 0 {
			t.Errorf("%d things are wrong, the first: %s", len(wrong), wrong[0])
		}
		states = nil
		var one assessment.Assessment
		for _, a := range must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Operator, w.Round.Code)) {
			if a.City.Code == "made-2" {
				one = a
			}
			if a.City.Country == "XA" {
				states = append(states, a.State)
			}
		}
		if len(states) != 300 || one.State != review.Submitted || one.Answered != 1 || one.City.Population != 1002 || len(one.City.Roles) != 2 || one.City.Region != "015" {
			t.Errorf("%d cities; one is %+v", len(states), one)
		}
		if after := must[assessment.Round](t)(w.Store.Round(ctx, w.Operator, w.Round.Code)); after.Moved != before.Moved+300 {
			t.Errorf("the round has moved by %d", after.Moved-before.Moved)
		}
	})
}
