package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store/storetest"
)

func TestASessionLivesUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s, now := w.Store, storetest.Now
		keep := func(hash, account string, life time.Duration) assessment.Session {
			t.Helper()
			x := assessment.Session{Hash: hash, Account: account, Begun: now, Seen: now, Expires: now.Add(life), Own: hash == "b", Device: "Firefox, Linux", Data: []byte{0, 255, 'x'}}
			if err := s.KeepSession(ctx, x, true, now); err != nil {
				t.Fatal(err)
			}
			return x
		}
		me := w.Coordinator.Account
		a := keep("a", me, time.Hour)
		got := must[assessment.Session](t)(s.Session(ctx, "a", now))
		if got.Account != me || !got.Begun.Equal(kept(now)) || !got.Expires.Equal(kept(now.Add(time.Hour))) || got.Own || got.Device != a.Device || string(got.Data) != string(a.Data) {
			t.Errorf("found %+v", got)
		}
		_, err := s.Session(ctx, "a", now.Add(time.Hour))
		wantFault(t, err, fault.NotFound)
		if err := s.SeeSession(ctx, "a", now.Add(time.Minute), now.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got = must[assessment.Session](t)(s.Session(ctx, "a", now.Add(time.Hour))); !got.Seen.Equal(kept(now.Add(time.Minute))) {
			t.Errorf("seen %v", got.Seen)
		}
		keep("b", me, 3*time.Hour)
		keep("c", w.Contributor.Account, 3*time.Hour)
		list := must[[]assessment.Session](t)(s.SessionsOf(ctx, me, now))
		if len(list) != 2 || list[0].Hash != "a" || list[1].Hash != "b" || !list[1].Own {
			t.Errorf("listed %+v", list)
		}
		wantFault(t, s.EndSessionOf(ctx, w.Contributor.Account, "a", assessment.Author{}, now), fault.NotFound)
		if n := must[int](t)(s.EndSessions(ctx, me, "a", assessment.Author{}, now)); n != 1 {
			t.Errorf("%d others ended", n)
		}
		t.Run("what was ended meanwhile is not brought back by a request under way", func(t *testing.T) {
			b := assessment.Session{Hash: "b", Account: me, Expires: now.Add(time.Hour), Data: []byte("late")}
			if err := s.KeepSession(ctx, b, false, now); err != nil {
				t.Fatal(err)
			}
			_, err := s.Session(ctx, "b", now)
			wantFault(t, err, fault.NotFound)
		})
		if err := errors.Join(s.EndSessionOf(ctx, me, "a", assessment.Author{}, now), s.EndSession(ctx, "c")); err != nil {
			t.Fatal(err)
		}
		for _, hash := range []string{"a", "c"} {
			_, err := s.Session(ctx, hash, now)
			wantFault(t, err, fault.NotFound)
		}
	})
}

func kept(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

func TestTriesAtTheSameMomentCountEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		now, since := storetest.Now, storetest.Now.Add(-time.Minute)
		var through atomic.Int32
		try := func(account int) func() {
			return func() {
				ok, err := w.Store.Try(ctx, []assessment.TryLimit{{Key: fmt.Sprint("account", account), Most: 5}, {Key: "origin", Most: 12}}, since, now)
				if err != nil {
					t.Error(err)
				}
				if ok {
					through.Add(1)
				}
			}
		}
		var work []func()
		for range 30 {
			work = append(work, try(1))
		}
		together(work...)
		if through.Load() != 5 {
			t.Errorf("%d tries of one account went through", through.Load())
		}
		work = nil
		for i := range 30 {
			work = append(work, try(2+i))
		}
		together(work...)
		if through.Load() != 12 {
			t.Errorf("%d tries of one origin went through", through.Load())
		}
		if err := w.Store.Unfail(ctx, now, "account1", "origin"); err != nil {
			t.Fatal(err)
		}
		if n, m := must[int](t)(w.Store.Failures(ctx, "account1", since)), must[int](t)(w.Store.Failures(ctx, "origin", since)); n != 4 || m != 11 {
			t.Errorf("after one was taken back: %d and %d", n, m)
		}
	})
}

func TestASecondFactorIsKeptAndUsedUp(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s, me, now := w.Store, w.Coordinator.Account, storetest.Now
		for _, hash := range []string{"this", "other"} {
			if err := s.KeepSession(ctx, assessment.Session{Hash: hash, Account: me, Expires: now.Add(time.Hour)}, true, now); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetFactor(ctx, me, "sealed", 100, []string{"r1", "r2"}, "this", assessment.Author{Account: me}, now); err != nil {
			t.Fatal(err)
		}
		if a := must[account.Account](t)(s.Account(ctx, me)); !a.Factor || a.Unread != 1 {
			t.Errorf("%+v: the factor is not there, or the person was not told", a)
		}
		if list := must[[]assessment.Session](t)(s.SessionsOf(ctx, me, now)); len(list) != 1 || list[0].Hash != "this" {
			t.Errorf("sessions: %+v", list)
		}
		var used atomic.Int32
		work := make([]func(), 8)
		for i := range work {
			work[i] = func() {
				if ok, err := s.UseStep(ctx, me, 101); err != nil {
					t.Error(err)
				} else if ok {
					used.Add(1)
				}
				if ok, err := s.UseRecoveryCode(ctx, me, "r1", now); err != nil {
					t.Error(err)
				} else if ok {
					used.Add(10)
				}
			}
		}
		together(work...)
		if used.Load() != 11 {
			t.Errorf("a step counted %d times, a recovery code %d times", used.Load()%10, used.Load()/10)
		}
		for _, step := range []int64{99, 100, 101} {
			if must[bool](t)(s.UseStep(ctx, me, step)) {
				t.Errorf("step %d counted again", step)
			}
		}
		if must[bool](t)(s.UseRecoveryCode(ctx, w.Contributor.Account, "r2", now)) {
			t.Error("a code of somebody else counted")
		}
		if n := must[int](t)(s.RecoveryCodesLeft(ctx, me)); n != 1 {
			t.Errorf("%d codes left", n)
		}
		if err := s.SetFactor(ctx, me, "", 0, nil, "", assessment.Author{}, now); err != nil {
			t.Fatal(err)
		}
		sealed, step, err := s.Factor(ctx, me)
		if n := must[int](t)(s.RecoveryCodesLeft(ctx, me)); err != nil || sealed != "" || step != 101 || n != 0 {
			t.Errorf("after removal: %q, step %d, %d codes, %v", sealed, step, n, err)
		}
		wantFault(t, s.SetFactor(ctx, "nobody", "x", 1, nil, "", assessment.Author{}, now), fault.NotFound)
	})
}

func TestAnIdentityBelongsToOneAccount(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s, now := w.Store, storetest.Now
		i := assessment.Identity{Issuer: "https://id.example", Subject: "s1"}
		_, err := s.AccountByIdentity(ctx, i)
		wantFault(t, err, fault.NotFound)
		if err := s.LinkIdentity(ctx, w.Coordinator.Account, i, assessment.Author{}, now); err != nil {
			t.Fatal(err)
		}
		wantFault(t, s.LinkIdentity(ctx, w.Contributor.Account, i, assessment.Author{}, now), fault.Conflict)
		if a := must[account.Account](t)(s.AccountByIdentity(ctx, i)); a.ID != w.Coordinator.Account {
			t.Errorf("found %+v", a)
		}
		_, err = s.AccountByIdentity(ctx, assessment.Identity{Issuer: "https://other.example", Subject: "s1"})
		wantFault(t, err, fault.NotFound)
		if n := must[int](t)(s.Identities(ctx, w.Coordinator.Account)); n != 1 {
			t.Errorf("%d identities", n)
		}
		if err := s.UnlinkIdentities(ctx, w.Coordinator.Account, assessment.Author{}, now); err != nil {
			t.Fatal(err)
		}
		wantFault(t, s.UnlinkIdentities(ctx, w.Coordinator.Account, assessment.Author{}, now), fault.NotFound)

		t.Run("an invitation is accepted with an identity once, a reset never", func(t *testing.T) {
			for hash, purpose := range map[string]assessment.LinkPurpose{"inv": assessment.InviteLink, "res": assessment.ResetLink} {
				l := assessment.Link{Hash: hash, Account: w.Contributor.Account, Purpose: purpose, Expires: now.Add(time.Hour), Beside: true}
				if err := s.AddLink(ctx, l, now); err != nil {
					t.Fatal(err)
				}
			}
			_, err := s.UseInviteLink(ctx, "res", i, now)
			wantFault(t, err, fault.NotFound)
			_, err = s.UseInviteLink(ctx, "inv", i, now.Add(2*time.Hour))
			wantFault(t, err, fault.NotFound)
			if a := must[account.Account](t)(s.UseInviteLink(ctx, "inv", i, now)); a.ID != w.Contributor.Account {
				t.Errorf("%+v", a)
			}
			_, err = s.UseInviteLink(ctx, "inv", assessment.Identity{Issuer: "x", Subject: "y"}, now)
			wantFault(t, err, fault.NotFound)
		})
	})
}

func TestTheFirstValueOfAPropertyStays(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		var got [6]string
		work := make([]func(), len(got))
		for i := range work {
			work[i] = func() {
				v, err := w.Store.FirstProperty(ctx, "key", fmt.Sprint(i))
				if err != nil {
					t.Error(err)
				}
				got[i] = v
			}
		}
		together(work...)
		for _, v := range got {
			if v != got[0] {
				t.Errorf("%v", got)
			}
		}
	})
}
