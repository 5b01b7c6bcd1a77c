package store_test

import (
	"slices"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

// The clock of mailing begins on Wednesday, 25 November 2026, 14:00 UTC.

func TestRemindersWaitWhileTheCityRests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		must[any](t)(nil, s.SetMail(ctx, x.Contributor.Account, account.EachMail))
		rest := assessment.Rest{Store: s, Now: func() time.Time { return x.now }}
		must[any](t)(nil, rest.Set(ctx, x.Coordinator, assessment.RestOn(time.Wednesday, time.Thursday)))
		if days := must[assessment.RestDays](t)(rest.Of(ctx, x.Coordinator)); days != assessment.RestOn(time.Thursday, time.Wednesday) {
			t.Errorf("rest days are %b", days)
		}
		parts := assessment.Parts{Store: s, Besides: &assessment.Besides{Store: s}, Questionnaires: x.Library, Now: func() time.Time { return x.now }}
		x.now = x.now.AddDate(0, 0, -5) // who was given a part today is not reminded today
		must[any](t)(nil, parts.Assign(ctx, x.Coordinator, x.Mine.ID, assessment.PartGiven{Ref: "AA", Account: x.Contributor.Account, Due: "2026-11-26"}))
		x.now = x.now.AddDate(0, 0, 5)
		x.work(0) // that it was given
		if n := must[int](t)(parts.Remind(ctx, x.now)); n != 1 {
			t.Fatalf("%d parts are due", n)
		}
		x.news()
		if got := x.work(0); !slices.Equal(got, []string{"replied to " + x.Coordinator.Account}) {
			t.Errorf("on a rest day go out %v, want what a colleague did and no reminder", got)
		}
		if got := x.work(24 * time.Hour); got != nil {
			t.Errorf("on the second rest day go out %v", got)
		}
		if got := x.work(24 * time.Hour); !slices.Equal(got, []string{"due to " + x.Contributor.Account}) {
			t.Errorf("after the rest go out %v", got)
		}
	})
}

func TestSummariesWaitWhileTheCityRests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, test := range []struct {
			name  string
			mail  account.Mail
			rest  assessment.RestDays
			after []int // days of 24 hours later on which a letter goes
		}{
			{"without rest days, the next day", account.DailyMail, 0, []int{1}},
			{"two days of rest, then one summary", account.DailyMail, assessment.RestOn(time.Thursday, time.Friday), []int{3}},
			{"a weekly one, on Monday", account.WeeklyMail, 0, []int{5}},
			{"where Monday is a rest day, on Tuesday", account.WeeklyMail, assessment.RestOn(time.Monday), []int{6}},
		} {
			t.Run(test.name, func(t *testing.T) {
				x := newMailing(t, storetest.Open(t, s.Engine()), test.mail)
				must[any](t)(nil, assessment.Rest{Store: x.Store, Now: func() time.Time { return x.now }}.Set(ctx, x.Coordinator, test.rest))
				x.news()
				var went []int
				for day := range 8 {
					later := 24 * time.Hour
					if day == 0 {
						later = 0
					}
					if len(x.work(later)) > 0 {
						went = append(went, day)
					}
				}
				if !slices.Equal(went, test.after) {
					t.Errorf("letters went after %v days, want %v", went, test.after)
				}
			})
		}
	})
}

func TestWhoSetsRestDays(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		rest := assessment.Rest{Store: w.Store, Now: storetest.Clock}
		for _, test := range []struct {
			name string
			who  account.Actor
			days assessment.RestDays
			kind fault.Kind
		}{
			{"a coordinator", w.Coordinator, assessment.RestOn(time.Friday, time.Saturday), ""},
			{"a contributor does not", w.Contributor, 1, fault.Forbidden},
			{"an analyst does not", w.Analyst, 1, fault.Forbidden},
			{"each day of the week is refused", w.Coordinator, 127, fault.Invalid},
		} {
			err := rest.Set(ctx, test.who, test.days)
			if test.kind == "" && err != nil || test.kind != "" && !fault.Is(err, test.kind) {
				t.Errorf("%s: %v", test.name, err)
			}
		}
		if days := must[assessment.RestDays](t)(rest.Of(ctx, w.Foreign)); days != 0 {
			t.Errorf("the other city rests too: %b", days)
		}
		w.Sound(t)
	})
}
