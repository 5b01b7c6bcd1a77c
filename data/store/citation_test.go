package store_test

import (
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

func TestRemovingEvidenceLowersTheStandingAndNotTheAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		if _, err := s.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "3"))); err != nil {
			t.Fatal(err)
		}
		standing := func(want evidence.Standing) {
			t.Helper()
			sheet, err := s.Sheet(ctx, w.Operator, w.Mine.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := beside(t, w).StandingOf(sheet.Answers["AA-01"], "AA-01", storetest.Now); got != want || sheet.Answers["AA-01"].Value != "3" {
				t.Errorf("%q, not %q; the answer is %q", got, want, sheet.Answers["AA-01"].Value)
			}
		}
		did := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		standing("claimed")
		e := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 10)))
		before, err := s.Assessment(ctx, w.Coordinator, w.Mine.ID)
		did(err)
		did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID, "page 2"))
		standing("evidenced")
		after, err := s.Assessment(ctx, w.Coordinator, w.Mine.ID)
		did(err)
		if after.Beside <= before.Beside || after.Changed != before.Changed {
			t.Errorf("beside %d then %d; changed %v then %v", before.Beside, after.Beside, before.Changed, after.Changed)
		}
		did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID, "page 4"))
		if c := beside(t, w).Citations; len(c) != 1 || c[0].Passage != "page 4" {
			t.Errorf("%+v", c)
		}
		did(p.Remove(ctx, w.Coordinator, e.ID, true))
		standing("claimed")
		if b := beside(t, w); len(b.Evidence) != 1 || b.Evidence[0].Removed.IsZero() {
			t.Errorf("a cited piece that was removed is not listed: %+v", b.Evidence)
		}
		did(p.Remove(ctx, w.Coordinator, e.ID, true)) // once more changes nothing
		did(p.Remove(ctx, w.Coordinator, e.ID, false))
		standing("evidenced")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan", Expires: "2026-11-23"}))
		standing("claimed")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan", Expires: "2026-11-24"}))
		standing("evidenced")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan"}))
		isKind(t, "a verdict before handing in", p.Judge(ctx, w.Operator, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""), fault.Conflict)
		handIn := func() { t.Helper(); _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); did(err) }
		handIn()
		isKind(t, "a challenge without a reason", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "", " "), fault.Invalid)
		isKind(t, "a verdict on a blank", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-02", assessment.VerdictVerified, 0, "", ""), fault.Invalid)
		isKind(t, "a verdict on another version", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 2, "", ""), fault.Conflict)
		isKind(t, "a verdict of the city itself", p.Judge(ctx, w.Coordinator, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""), fault.Forbidden)
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""))
		standing("verified")
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "", "The plan is from another city."))
		standing("challenged")
		if n := counted(t, s, "SELECT COUNT(*) FROM notice WHERE kind = 'challenged' AND account_id = '"+w.Coordinator.Account+"'"); n != 1 {
			t.Errorf("the coordinator has %d notices of the challenge", n)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM notice WHERE kind = 'verified' AND account_id = '"+w.Coordinator.Account+"'"); n != 1 {
			t.Errorf("the coordinator has %d notices of the verification", n)
		}
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictWithdrawn, 1, "", ""))
		standing("evidenced")
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""))
		_, err = w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, "Look again.")
		did(err)
		standing("verified")
		_, err = s.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Explain("AA-01", 1, "More to say.")))
		did(err)
		standing("evidenced")
		did(p.Uncite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID))
		standing("claimed")
		w.Sound(t)
	})
}

func TestPeopleAreToldOnceThatEvidenceEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		add := func(name, day, indicator string) {
			t.Helper()
			added(t, w, w.Contributor, assessment.Proof{Link: "https://city.example/" + name, Title: name, Expires: day, Indicator: indicator})
		}
		add("soon", "2026-12-10", "AA-01")
		add("late", "2027-12-10", "AA-01")
		add("over", "2026-11-20", "AA-02")
		add("uncited", "2026-11-20", "")
		add("endless", "", "AA-01")
		told := func(day int, want int) {
			t.Helper()
			for i, want := range []int{want, 0} {
				if n, err := p.Expire(ctx, time.Date(2026, 11, 24+day, 5, 0, 0, 0, time.UTC)); err != nil || n != want {
					t.Errorf("day %d, run %d: told of %d, not %d: %v", day, i, n, want, err)
				}
			}
		}
		told(0, 2)
		told(1, 0)
		told(16, 0) // the last day of "soon"
		told(17, 1) // it has ended
		for who, want := range map[string]int{w.Coordinator.Account: 3, w.Contributor.Account: 3, w.Foreign.Account: 0} {
			if n := counted(t, s, "SELECT COUNT(*) FROM notice WHERE kind = 'expiring' AND account_id = '"+who+"'"); n != want {
				t.Errorf("%d notices, not %d", n, want)
			}
		}
		_, pieces, err := p.Shelf(ctx, w.Coordinator, w.Mine.ID)
		if err != nil || pieces[4].Title != "uncited" || pieces[3].Title != "soon" {
			t.Fatal(pieces, err)
		}
		if err := p.Describe(ctx, w.Coordinator, pieces[3].ID, assessment.Proof{Title: "soon", Expires: "2027-01-01"}); err != nil {
			t.Fatal(err)
		}
		told(18, 1) // the new last day is near as well
	})
}
