package store_test

import (
	"fmt"
	"slices"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/data/store/storetest"
)

func queueOf(w *storetest.World) assessment.Queue {
	return assessment.Queue{Store: w.Store, Questionnaires: w.Drafts.Questionnaires, Besides: &assessment.Besides{Store: w.Store}, Now: w.Drafts.Now}
}

func TestAReviewIsCompleteWhenNoQuestionIsOpen(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p, q := handedInOne(t, w), queueOf(w)
		x := reviewerOf(t, w, p, "")
		isKind(t, "validated before anybody has looked", q.Validate(ctx, w.Analyst, w.Mine.ID), fault.Conflict)
		must[assessment.Reviewing](t)(q.Open(ctx, x, w.Mine.ID))
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Analyst, w.Mine.ID)); a.State != review.Submitted {
			t.Error("reading alone has moved it to", a.State)
		}
		if err := proofs(w).Judge(ctx, x, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "1", "Why"); err != nil {
			t.Fatal(err)
		}
		r := must[assessment.Reviewing](t)(q.Open(ctx, x, w.Mine.ID))
		if len(r.Items) != 1 || r.Reviewed() != 1 || r.Challenged() != 1 || r.Items[0].Mine.Proposed != "1" || r.Validatable(x) || !r.Validatable(w.Analyst) {
			t.Errorf("%+v", r.Items)
		}
		isKind(t, "validated by a reviewer", q.Validate(ctx, x, w.Mine.ID), fault.Forbidden)
		isKind(t, "validated by a stray analyst", q.Validate(ctx, w.Stray, w.Mine.ID), fault.NotFound)
		isKind(t, "a city reads its queue", func() error { _, err := q.Open(ctx, w.Coordinator, w.Mine.ID); return err }(), fault.Forbidden)
		storetest.Exec(t, w.Store, fmt.Sprintf(`INSERT INTO clarification (city_id, assessment_id, id, indicator, question, due, version, by_account, by_role, at, reply, outcome, replied_by, replied_role, settled_by, settled_role)
			VALUES ('%s', '%s', 'q', 'AA-01', 'Who?', '2020-01-31 00:00:00+00:00', 1, '%s', 'reviewer', '2026-11-20 10:00:00', '', '', '', '', '', '')`, w.Accra.ID, w.Mine.ID, x.Account))
		isKind(t, "validated with an open question", q.Validate(ctx, w.Analyst, w.Mine.ID), fault.Conflict)
		all := must[[]assessment.Reviewing](t)(q.All(ctx, x))
		if len(all) != 1 || all[0].Questions != 1 || all[0].Overdue != 1 || all[0].Reviewed() != 1 || all[0].Challenged() != 1 {
			t.Errorf("%+v", all)
		}
		storetest.Exec(t, w.Store, "UPDATE clarification SET settled = '2026-11-21 10:00:00' WHERE id = 'q'")
		if err := q.Validate(ctx, w.Analyst, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Analyst, w.Mine.ID)); a.State != review.Validated {
			t.Error("it is", a.State)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM notice WHERE kind = 'state_validated' AND account_id = '"+w.Coordinator.Account+"'"); n != 1 {
			t.Errorf("the coordinator was told %d times", n)
		}
		isKind(t, "validated twice", q.Validate(ctx, w.Analyst, w.Mine.ID), fault.Conflict)
	})
}

func TestLevelsOfOtherCitiesAreCountedOnlyWhereComparisonIsAllowed(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p, q := handedInOne(t, w), queueOf(w)
		x := reviewerOf(t, w, p, "")
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, x, w.Mine.ID))
		for i := range assessment.FewestCities {
			more, mine := another(t, w, a.Round.Code, fmt.Sprintf("more-%d", i), "2")
			in := must[assessment.Reviewing](t)(q.Open(ctx, w.Analyst, a.ID)).Instrument.Indicator("AA-01")
			if levels := must[[]int](t)(q.Elsewhere(ctx, w.Analyst, a, in)); levels != nil {
				t.Errorf("with %d cities an analyst reads %v", i, levels)
			}
			must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, more, mine.ID))
		}
		in := must[assessment.Reviewing](t)(q.Open(ctx, w.Analyst, a.ID)).Instrument.Indicator("AA-01")
		if levels := must[[]int](t)(q.Elsewhere(ctx, w.Analyst, a, in)); len(levels) != 5 || levels[2] != assessment.FewestCities {
			t.Errorf("an analyst reads %v", levels)
		}
		if levels := must[[]int](t)(q.Elsewhere(ctx, x, a, in)); levels != nil {
			t.Errorf("a reviewer of a round without comparison reads %v", levels)
		}
		storetest.Exec(t, w.Store, "UPDATE round SET reviewers_compare = TRUE")
		if a = must[assessment.Assessment](t)(w.Store.Assessment(ctx, x, w.Mine.ID)); !a.Round.ReviewersCompare {
			t.Error("the round does not say that reviewers compare")
		}
		if levels := must[[]int](t)(q.Elsewhere(ctx, x, a, in)); len(levels) != 5 || levels[2] != assessment.FewestCities {
			t.Errorf("a reviewer reads %v", levels)
		}
	})
}

// another is one more city of a round, with a level for AA-01.
func another(t *testing.T, w *storetest.World, round, code, level string) (account.Actor, assessment.Assessment) {
	t.Helper()
	city := w.City(t, code, "More", "PE")
	if err := w.Store.AddCities(ctx, round, w.Scheme, []string{city.Code}, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	more := w.Person(t, account.Coordinator, city.ID)
	mine := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, more, round))[0]
	order := w.Order(more, storetest.Value("AA-01", 0, level))
	order.Assessment = mine.ID
	if _, err := w.Store.Save(ctx, more, order); err != nil {
		t.Fatal(err)
	}
	return more, mine
}

// TestS14NoLookOfAReviewerDiffersByOneCity is S14 of trust.md 3.3: between two looks one city hands in, takes its answers back,
// gives another level, or is taken away, and what a reviewer reads of other cities stays as it was, until five more have handed in.
func TestS14NoLookOfAReviewerDiffersByOneCity(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p, q := handedInOne(t, w), queueOf(w)
		x := reviewerOf(t, w, p, "")
		storetest.Exec(t, w.Store, "UPDATE round SET reviewers_compare = TRUE")
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, x, w.Mine.ID))
		in := must[assessment.Reviewing](t)(q.Open(ctx, x, a.ID)).Instrument.Indicator("AA-01")
		looks := func(when string, want ...int) {
			t.Helper()
			if got := must[[]int](t)(q.Elsewhere(ctx, x, a, in)); !slices.Equal(got, want) {
				t.Errorf("%s a reviewer reads %v, not %v", when, got, want)
			}
		}
		var people []account.Actor
		var cities []assessment.Assessment
		handIn := func(level string) {
			t.Helper()
			more, mine := another(t, w, a.Round.Code, fmt.Sprintf("more-%d", len(cities)), level)
			must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, more, mine.ID))
			people, cities = append(people, more), append(cities, mine)
		}
		for i := range 4 {
			handIn("2")
			looks(fmt.Sprintf("with %d others", i+1))
		}
		handIn("3")
		looks("with five others", 0, 0, 4, 1, 0)
		handIn("0")
		looks("after one more has handed in", 0, 0, 4, 1, 0)
		must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Analyst, cities[4].ID, "Look again."))
		looks("after one has its answers back", 0, 0, 4, 1, 0)
		order := w.Order(people[4], storetest.Value("AA-01", 1, "1"))
		order.Assessment = cities[4].ID
		if _, err := w.Store.Save(ctx, people[4], order); err != nil {
			t.Fatal(err)
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, people[4], cities[4].ID))
		looks("after it has given another level", 0, 0, 4, 1, 0)
		storetest.Exec(t, w.Store, "UPDATE assessment SET state = 'private' WHERE id = '"+cities[0].ID+"'")
		looks("after one is kept private", 0, 0, 4, 1, 0)
		for range 3 {
			handIn("0")
		}
		looks("with four that wait", 0, 0, 4, 1, 0)
		handIn("0")
		looks("with five that wait", 5, 0, 4, 1, 0)
		if levels := must[[]int](t)(q.Elsewhere(ctx, w.Analyst, a, in)); !slices.Equal(levels, []int{5, 1, 4, 0, 0}) {
			t.Errorf("an analyst, who reads every answer, is told %v", levels)
		}
		isKind(t, "a reviewer counts cities past the lots", func() error { _, err := w.Store.Elsewhere(ctx, x, a, "AA-01"); return err }(), fault.Forbidden)
		isKind(t, "a reviewer of another round", func() error {
			_, err := w.Store.Told(ctx, account.Actor{Role: account.Reviewer}, a, "AA-01")
			return err
		}(), fault.NotFound)
		for _, other := range cities[:2] { // whoever reads two of the first five is told of the second five alone
			x.Assigned = append(x.Assigned, other.ID)
		}
		looks("who reads two of the first five", 5, 0, 0, 0, 0)
	})
}

func TestAllReviewsCostAFixedNumberOfStatements(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		handedInOne(t, w)
		before := w.Store.Statements()
		must[[]assessment.Reviewing](t)(queueOf(w).All(ctx, w.Analyst))
		if n := w.Store.Statements() - before; n > 7 { // of ten for the whole page, with signing in
			t.Errorf("%d statements", n)
		}
	})
}
