package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store"
	"migov/data/store/storetest"
)

// carrier keeps what it carries, as "kind to account", and refuses while refused is set.
type carrier struct {
	mu      sync.Mutex
	carried []string
	news    []int
	refused error
	pause   time.Duration
}

func (c *carrier) Carry(_ context.Context, to account.Account, l assessment.Letter, news []assessment.Notice) error {
	time.Sleep(c.pause)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused != nil {
		return c.refused
	}
	c.carried = append(c.carried, l.Kind+" to "+to.ID)
	c.news = append(c.news, len(news))
	return nil
}

func (c *carrier) Open() assessment.Trip { return c }
func (c *carrier) Close()                {}

func (c *carrier) take() (out []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, c.carried = c.carried, nil
	return out
}

// mailing is a world in which the contributor talks, so that the coordinator has news.
type mailing struct {
	*storetest.World
	now    time.Time
	thread string
	c      *carrier
	raw    *sql.DB
	t      *testing.T
}

func newMailing(t *testing.T, s *store.Store, m account.Mail) *mailing {
	x := &mailing{World: storetest.Populate(t, s), now: time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC), c: &carrier{}, raw: storetest.Raw(t, s), t: t} // a Wednesday
	if err := (assessment.Inbox{Store: s}).SetMail(context.Background(), x.Coordinator.Account, m); err != nil {
		t.Fatal(err)
	}
	err := assessment.Inbox{Store: s}.SetMail(context.Background(), x.Admin.Account, account.NoMail)
	if err != nil {
		t.Fatal(err)
	}
	if x.thread, err = talking(x.World, &x.now).Say(context.Background(), x.Coordinator, x.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "Begin."}); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *mailing) news() {
	x.t.Helper()
	if _, err := talking(x.World, &x.now).Say(context.Background(), x.Contributor, x.Mine.ID, assessment.Remark{Thread: x.thread, Body: "News."}); err != nil {
		x.t.Fatal(err)
	}
}

func (x *mailing) letters() *assessment.Letters {
	return &assessment.Letters{Store: x.Store, Carrier: x.c, Now: func() time.Time { return x.now }}
}

// work lets the worker run once after some time and says what was carried.
func (x *mailing) work(later time.Duration) []string {
	x.t.Helper()
	x.now = x.now.Add(later)
	if err := x.letters().Work(context.Background()); err != nil {
		x.t.Fatal(err)
	}
	return x.c.take()
}

func (x *mailing) waiting() (n int) {
	x.t.Helper()
	if err := x.raw.QueryRow("SELECT COUNT(*) FROM letter WHERE sent IS NULL AND given_up IS NULL").Scan(&n); err != nil {
		x.t.Fatal(err)
	}
	return n
}

func TestALetterIsTriedForThreeDaysAndThenGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		x.c.refused = errors.New("451 not now")
		x.news()
		began := x.now
		var tries []string
		letters := x.letters()
		letters.Failed = func(assessment.Letter, error) { tries = append(tries, x.now.Sub(began).String()) }
		for x.waiting() > 0 && x.now.Before(began.Add(10*24*time.Hour)) {
			if err := letters.Work(context.Background()); err != nil {
				t.Fatal(err)
			}
			x.now = x.now.Add(time.Minute)
		}
		want := []string{"0s", "1m0s", "6m0s", "36m0s", "2h36m0s", "8h36m0s", "32h36m0s", "56h36m0s", "72h0m0s"}
		if !slices.Equal(tries, want) {
			t.Errorf("tried after %v, want %v", tries, want)
		}
		if got := unread(t, x.World, x.Admin); !slices.Equal(got, []string{"unsent"}) {
			t.Errorf("the administrator is told %v", got)
		}
		x.news()
		x.work(0)
		x.work(4 * 24 * time.Hour)
		if got := unread(t, x.World, x.Admin); !slices.Equal(got, []string{"unsent"}) || x.waiting() != 0 {
			t.Errorf("after a second letter the administrator is told %v, %d wait", got, x.waiting())
		}
	})
}

func TestALetterGoesOutWhenTheServerIsBackAfterADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		x.c.refused = errors.New("connection refused")
		x.news()
		if got := x.work(0); got != nil {
			t.Fatal(got)
		}
		x.c.refused = nil
		if got := x.work(24 * time.Hour); !slices.Equal(got, []string{"replied to " + x.Coordinator.Account}) {
			t.Errorf("carried %v", got)
		}
		if got := x.work(24 * time.Hour); got != nil || x.waiting() != 0 {
			t.Errorf("carried again %v, %d wait", got, x.waiting())
		}
	})
}

func TestALetterWhoseSenderWasKilledGoesOutAfterTheLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		x.news()
		if _, found, err := s.Claim(context.Background(), x.now); !found || err != nil {
			t.Fatal(found, err)
		}
		if got := x.work(59 * time.Second); got != nil {
			t.Errorf("within the lease of another: %v", got)
		}
		if got := x.work(time.Second); len(got) != 1 {
			t.Errorf("after the lease: %v", got)
		}
	})
}

func TestTwoInstancesSendEachLetterOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		const letters = 20
		for range letters {
			x.news()
		}
		other := s
		if s.Engine() == store.PostgreSQL {
			other = storetest.OpenAt(t, storetest.AddressOf(t, s))
		}
		x.c.pause = time.Millisecond
		var both sync.WaitGroup
		for _, one := range []*store.Store{s, other} {
			both.Add(1)
			go func() {
				defer both.Done()
				w := x.letters()
				w.Store = one
				if err := w.Work(context.Background()); err != nil {
					t.Error(err)
				}
			}()
		}
		both.Wait()
		if got := x.c.take(); len(got) != letters || x.waiting() != 0 {
			t.Errorf("%d letters carried, %d wait, want %d and 0", len(got), x.waiting(), letters)
		}
	})
}

func TestDailyAndWeeklyLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, test := range []struct {
			m    account.Mail
			due  time.Time // after the first news, on Wednesday 25 November 2026, 14:00
			next time.Time
		}{
			{account.DailyMail, time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC), time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC)},
			{account.WeeklyMail, time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC), time.Date(2026, 12, 7, 6, 0, 0, 0, time.UTC)},
		} {
			t.Run(string(test.m), func(t *testing.T) {
				x := newMailing(t, storetest.Open(t, s.Engine()), test.m)
				x.news()
				x.news()
				want := []string{"digest to " + x.Coordinator.Account}
				if got := x.work(test.due.Sub(x.now) - time.Second); got != nil {
					t.Errorf("before it is due: %v", got)
				}
				if got := x.work(time.Second); !slices.Equal(got, want) || x.c.news[0] != 2 {
					t.Errorf("when it is due: %v of %v", got, x.c.news)
				}
				if got := x.work(time.Hour); got != nil {
					t.Errorf("an hour later: %v", got)
				}
				if got := x.work(test.next.Sub(x.now)); got != nil {
					t.Errorf("without news: %v", got)
				}
				x.news()
				if err := (assessment.Inbox{Store: x.Store, Now: func() time.Time { return x.now }}).ReadAll(context.Background(), x.Coordinator); err != nil {
					t.Fatal(err)
				}
				if got := x.work(8 * 24 * time.Hour); got != nil {
					t.Errorf("when all is read: %v", got)
				}
				x.news()
				if got := x.work(20 * 24 * time.Hour); !slices.Equal(got, want) {
					t.Errorf("after three weeks in which nothing ran: %v", got)
				}
			})
		}
	})
}

func TestNobodyGetsALetterTheyDoNotWant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		for _, test := range []struct {
			name   string
			change func(x *mailing) error
		}{
			{"switched off", func(x *mailing) error {
				return assessment.Inbox{Store: x.Store}.SetMail(ctx, x.Coordinator.Account, account.NoMail)
			}},
			{"from now on weekly", func(x *mailing) error {
				return assessment.Inbox{Store: x.Store}.SetMail(ctx, x.Coordinator.Account, account.WeeklyMail)
			}},
			{"the account has ended", func(x *mailing) error {
				return x.Store.SetDisabled(ctx, x.Coordinator.Account, true, assessment.Author{Role: account.Operator})
			}},
			{"mail is off and the outbox is swept", func(x *mailing) error { return x.Store.Sweep(ctx, x.now.Add(-assessment.LettersKept), true) }},
		} {
			t.Run(test.name, func(t *testing.T) {
				x := newMailing(t, storetest.Open(t, s.Engine()), account.EachMail)
				x.news()
				if err := test.change(x); err != nil {
					t.Fatal(err)
				}
				if got := x.work(0); got != nil || x.waiting() != 0 {
					t.Errorf("carried %v, %d wait", got, x.waiting())
				}
			})
		}
	})
}

func TestADailyWorkIsDoneByOneInstance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		day := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
		var got []bool
		for _, due := range []time.Time{day, day, day.AddDate(0, 0, 1), day} {
			mine, err := s.Turn(context.Background(), "remind", due)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, mine)
		}
		if want := []bool{true, false, true, false}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func TestOldLettersAndNoticesAreSwept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := newMailing(t, s, account.EachMail)
		x.news()
		x.work(0)
		if _, err := (assessment.Inbox{Store: s, Now: func() time.Time { return x.now }}).Read(context.Background(), x.Coordinator, mustUnread(t, x)[0].ID); err != nil {
			t.Fatal(err)
		}
		count := func() string {
			var letters, notices int
			if err := storetest.Raw(t, s).QueryRow("SELECT (SELECT COUNT(*) FROM letter), (SELECT COUNT(*) FROM notice)").Scan(&letters, &notices); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(letters, " ", notices)
		}
		for _, step := range []struct {
			later time.Duration
			want  string
		}{{29 * 24 * time.Hour, "1 1"}, {31 * 24 * time.Hour, "0 0"}} {
			if err := s.Sweep(context.Background(), x.now.Add(step.later-assessment.LettersKept), false); err != nil {
				t.Fatal(err)
			}
			if got := count(); got != step.want {
				t.Errorf("after %v: %s letters and notices, want %s", step.later, got, step.want)
			}
		}
	})
}

func mustUnread(t *testing.T, x *mailing) []assessment.Notice {
	t.Helper()
	list, err := x.Store.Unread(context.Background(), x.Coordinator.Account)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}
