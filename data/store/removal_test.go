package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"migov/assessment"
	"migov/data/store/storetest"
)

func TestPeopleAreWarnedBeforeAnUnfinishedAssessmentIsDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("AA-01", 0, "begun"))))
		r := assessment.Retention{Unfinished: 24}
		end := storetest.Now.AddDate(0, 24, 0)
		must[any](t)(nil, func() error { _, err := w.Drafts.HandIn(ctx, w.Foreign, w.Theirs.ID); return err }()) // of no concern here
		warn := func(before int, want int) {
			t.Helper()
			if n := must[int](t)(assessment.WarnOfEnding(ctx, w.Store, r, end.AddDate(0, 0, -before))); n != want {
				t.Errorf("%d days before: %d warnings, want %d", before, n, want)
			}
		}
		warn(91, 0)
		warn(90, 1)
		warn(89, 0)
		warn(60, 0)
		warn(30, 1)
		warn(30, 0)
		warn(8, 0)
		warn(7, 1)
		warn(1, 0)
		warn(90, 0) // a clock set back
		var got []string
		for _, who := range []string{w.Coordinator.Account, w.Analyst.Account, w.Contributor.Account, w.Stray.Account, w.Foreign.Account} {
			n := 0
			for _, x := range must[[]assessment.Notice](t)(w.Store.Unread(ctx, who)) {
				if x.Kind == assessment.NoticeRemoval {
					n++
					if x.Args["City"] != "Accra" || x.Args["Due"] != end.UTC().Format(time.DateOnly) {
						t.Errorf("it says %v", x.Args)
					}
				}
			}
			got = append(got, fmt.Sprint(n))
		}
		if want := []string{"3", "3", "0", "0", "0"}; !slices.Equal(got, want) {
			t.Errorf("coordinator, analyst, contributor, stray analyst and foreign coordinator have %v warnings, want %v", got, want)
		}
		if n := must[int](t)(assessment.WarnOfEnding(ctx, w.Store, assessment.Retention{}, end)); n != 0 {
			t.Errorf("where nothing is deleted people are warned %d times", n)
		}
		later := w.Order(w.Contributor, storetest.Explain("AA-01", 1, "gone on"))
		later.At = end.AddDate(0, 0, -3)
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, later))
		warn(1, 0) // the end was put off
		end = later.At.AddDate(0, 24, 0)
		warn(20, 1) // a server that was off gives one warning, not two
		warn(5, 1)  // and keeps to the end that it has told
		if got := kindsOf(must[[]assessment.Expiry](t)(w.Store.Expired(ctx, r, end.AddDate(0, 0, 1)))); !slices.Equal(got, []string{"unfinished assessment accra 2026"}) {
			t.Errorf("after the end: %v", got)
		}
		w.Sound(t)
	})
}

func TestNothingIsDeletedWithinAWeekOfTheFirstWarning(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		r := assessment.Retention{Unfinished: 24}
		late := time.Date(2040, 1, 1, 6, 0, 0, 0, time.UTC) // retention is set long after the end
		ended := func(days int) int {
			t.Helper()
			return len(must[[]assessment.Expiry](t)(w.Store.Expired(ctx, r, late.AddDate(0, 0, days))))
		}
		if n := ended(0); n != 2 {
			t.Fatalf("%d of both assessments have ended", n)
		}
		if n := must[int](t)(assessment.WarnOfEnding(ctx, w.Store, r, late)); n != 2 {
			t.Fatalf("%d warnings", n)
		}
		for day := range 8 {
			if n := must[int](t)(assessment.WarnOfEnding(ctx, w.Store, r, late.AddDate(0, 0, day))); n != 0 {
				t.Errorf("on day %d they are warned again", day)
			}
			if n := ended(day); n != 0 {
				t.Errorf("on day %d after the warning %d are deleted", day, n)
			}
		}
		if n := ended(8); n != 2 {
			t.Errorf("%d of 2 end after the week", n)
		}
		for _, n := range must[[]assessment.Notice](t)(w.Store.Unread(ctx, w.Coordinator.Account)) {
			if n.Args["Due"] != "2040-01-08" {
				t.Errorf("the notice says %v", n.Args)
			}
		}
	})
}
