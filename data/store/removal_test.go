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
		w.Sound(t)
	})
}
