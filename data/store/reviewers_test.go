package store_test

import (
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/data/store/storetest"
)

// handedInOne is an assessment with one answer that was handed in, and its panel.
func handedInOne(t *testing.T, w *storetest.World) assessment.Panels {
	t.Helper()
	if _, err := w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "3"))); err != nil {
		t.Fatal(err)
	}
	must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
	return assessment.Panels{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Now: w.Drafts.Now}
}

// reviewerOf adds a reviewer who is asked to look at the assessment.
func reviewerOf(t *testing.T, w *storetest.World, p assessment.Panels, home string) account.Actor {
	t.Helper()
	x := w.Person(t, account.Reviewer, home)
	if err := p.Assign(ctx, w.Analyst, w.Mine.ID, x.Account); err != nil {
		t.Fatal(err)
	}
	return must[account.Account](t)(w.Store.Account(ctx, x.Account)).Actor()
}

func TestReviewersReachWhatIsAssignedToThem(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := handedInOne(t, w)
		local := w.Person(t, account.Reviewer, w.Accra.ID)
		isKind(t, "a reviewer of the own city", p.Assign(ctx, w.Analyst, w.Mine.ID, local.Account), fault.Conflict)
		isKind(t, "a contributor as reviewer", p.Assign(ctx, w.Analyst, w.Mine.ID, w.Contributor.Account), fault.Invalid)
		isKind(t, "assigned by a coordinator", p.Assign(ctx, w.Coordinator, w.Mine.ID, local.Account), fault.Forbidden)
		isKind(t, "assigned by an analyst of nothing", p.Assign(ctx, w.Stray, w.Mine.ID, local.Account), fault.NotFound)
		x := reviewerOf(t, w, p, w.Quito.ID)
		if _, err := w.Store.Assessment(ctx, x, w.Mine.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.Store.Assessment(ctx, x, w.Theirs.ID); !fault.Is(err, fault.NotFound) {
			t.Error("a reviewer reads the city they live in:", err)
		}
		if list, err := w.Store.Assessments(ctx, x, ""); err != nil || len(list) != 1 || list[0].ID != w.Mine.ID {
			t.Errorf("%v, %v", list, err)
		}
		for range 2 { // once more changes nothing
			if err := p.Assign(ctx, w.Analyst, w.Mine.ID, x.Account); err != nil {
				t.Fatal(err)
			}
		}
		panel := must[assessment.Panel](t)(p.Of(ctx, w.Analyst, w.Mine.ID))
		if len(panel.Assigned) != 1 || panel.Assigned[0].Account != x.Account || len(panel.Others) != 1 {
			t.Errorf("%+v", panel)
		}
		b := must[assessment.Beside](t)(w.Store.Beside(ctx, w.Coordinator, w.Mine.ID))
		if len(b.Reviewers) != 1 || b.Reviewers[0].Name != "" {
			t.Errorf("the city reads %+v", b.Reviewers)
		}
		for _, m := range b.Team {
			if m.Role == account.Reviewer {
				t.Error("a reviewer who lives in the city is of its team")
			}
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM notice WHERE kind = 'reviewer' AND account_id = '"+x.Account+"'"); n != 1 {
			t.Errorf("the reviewer was told %d times", n)
		}
		if err := p.Dismiss(ctx, w.Analyst, w.Mine.ID, x.Account); err != nil {
			t.Fatal(err)
		}
		gone := must[account.Account](t)(w.Store.Account(ctx, x.Account)).Actor()
		if _, err := w.Store.Assessment(ctx, gone, w.Mine.ID); !fault.Is(err, fault.NotFound) {
			t.Error("who was taken off still reads:", err)
		}
	})
}

func TestTheNewestWordOfEachPersonCounts(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := handedInOne(t, w)
		one, two := reviewerOf(t, w, p, ""), reviewerOf(t, w, p, w.Quito.ID)
		say := func(who account.Actor, kind assessment.VerdictKind, proposed, reason string) {
			t.Helper()
			if err := proofs(w).Judge(ctx, who, w.Mine.ID, "AA-01", kind, 1, proposed, reason); err != nil {
				t.Fatal(err)
			}
		}
		standing := func(want string) {
			t.Helper()
			b := must[assessment.Beside](t)(w.Store.Beside(ctx, w.Coordinator, w.Mine.ID))
			sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
			if got := b.StandingOf(sheet.Answers["AA-01"], "AA-01", storetest.Now); string(got) != want {
				t.Errorf("%q, not %q", got, want)
			}
		}
		say(one, assessment.VerdictVerified, "", "")
		standing("verified")
		say(two, assessment.VerdictChallenged, "1", "The plan ended.")
		standing("challenged")
		say(two, assessment.VerdictWithdrawn, "", "")
		standing("verified") // the word of the other one still stands
		isKind(t, "a proposal of what the city says", proofs(w).Judge(ctx, two, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "3", "Why"), fault.Invalid)
		isKind(t, "a proposal that cannot be read", proofs(w).Judge(ctx, two, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "9", "Why"), fault.Invalid)
		if kept := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID)).Answers["AA-01"]; kept.Value != "3" || kept.Version != 1 {
			t.Errorf("a proposal has changed the answer: %+v", kept)
		}
	})
}

// Of two reviewers who speak of one answer at once both are kept, and the review begins once.
func TestTwoReviewersOfOneAnswerAreBothKept(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := handedInOne(t, w)
		one, two := reviewerOf(t, w, p, ""), reviewerOf(t, w, p, "")
		for i := range races {
			if i > 0 {
				must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Once more."))
				must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
			}
			var errs [2]error
			together(
				func() { errs[0] = proofs(w).Judge(ctx, one, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", "") },
				func() {
					errs[1] = proofs(w).Judge(ctx, two, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "1", "The plan ended.")
				})
			a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Operator, w.Mine.ID))
			if errs != [2]error{} || a.State != review.InReview {
				t.Fatalf("race %d: %v, %s", i, errs, a.State)
			}
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM audit WHERE action = 'review.look'"); n != races {
			t.Errorf("%d reviews of %d began once", n, races)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM verdict"); n != 2*races {
			t.Errorf("%d verdicts of %d are kept", n, 2*races)
		}
	})
}
