package store_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

// talking is the use case on a world, with a clock that a test may move.
func talking(w *storetest.World, now *time.Time) assessment.Talk {
	return assessment.Talk{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: func() time.Time { return *now }}
}

func besideOf(t *testing.T, w *storetest.World, who account.Actor) assessment.Beside {
	t.Helper()
	a, err := w.Store.Assessment(context.Background(), who, w.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := (&assessment.Besides{Store: w.Store}).Of(context.Background(), who, a)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unread are the kinds of notices that somebody has not read, oldest first; the count of the account must say the same.
func unread(t *testing.T, w *storetest.World, who account.Actor) (kinds []string) {
	t.Helper()
	list, err := w.Store.Unread(context.Background(), who.Account)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		kinds = append(kinds, string(n.Kind))
	}
	a, err := w.Store.Account(context.Background(), who.Account)
	if err != nil || a.Unread != len(list) {
		t.Fatalf("the account counts %d unread notices (%v), the inbox holds %d", a.Unread, err, len(list))
	}
	return kinds
}

func TestConversations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, ctx, now := storetest.Populate(t, s), context.Background(), storetest.Now
		talk := talking(w, &now)
		say := func(who account.Actor, r assessment.Remark) string {
			t.Helper()
			now = now.Add(time.Second)
			id, err := talk.Say(ctx, who, w.Mine.ID, r)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		const odd = "  قال: نعم\r\n=1+1 </script> \u202e"
		private := say(w.Coordinator, assessment.Remark{ID: "post-0001", Indicator: "AA-01", Body: odd, Mentions: []string{w.Contributor.Account}})
		if again := say(w.Coordinator, assessment.Remark{ID: "post-0001", Indicator: "AA-01", Body: odd}); again != private {
			t.Errorf("the same sent twice is %s and %s", private, again)
		}
		if _, err := talk.Say(ctx, w.Coordinator, w.Mine.ID, assessment.Remark{ID: "post-0001", Indicator: "AA-01", Body: "Other words."}); !fault.Is(err, fault.Mismatch) {
			t.Errorf("other words under the same id: %v", err)
		}
		say(w.Contributor, assessment.Remark{Thread: private, Body: "It is in the annual report."})
		shared := say(w.Coordinator, assessment.Remark{Indicator: "AA-02", Shared: true, Body: "For the reviewers."})

		b := besideOf(t, w, w.Contributor)
		if len(b.Threads) != 2 || len(b.Threads[0].Posts) != 2 || b.Threads[0].Posts[0].Body != odd || b.Threads[0].Shared || !b.Threads[1].Shared {
			t.Fatalf("the city reads %+v", b.Threads)
		}
		if got := unread(t, w, w.Contributor); !slices.Equal(got, []string{"mentioned"}) {
			t.Errorf("the contributor is told %v", got)
		}
		if got := unread(t, w, w.Coordinator); !slices.Equal(got, []string{"replied"}) {
			t.Errorf("the coordinator is told %v", got)
		}
		if got := unread(t, w, w.Analyst); got != nil {
			t.Errorf("before the hand-in the analyst is told %v", got)
		}

		if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		b = besideOf(t, w, w.Analyst)
		if len(b.Threads) != 1 || b.Threads[0].ID != shared || b.Threads[0].Posts[0].By.Name != "" {
			t.Fatalf("the analyst reads %+v", b.Threads)
		}
		for name, do := range map[string]func() error{
			"the analyst replies in a private one": func() error {
				_, err := talk.Say(ctx, w.Analyst, w.Mine.ID, assessment.Remark{Thread: private, Body: "x"})
				return err
			},
			"the analyst resolves a private one": func() error { return talk.Resolve(ctx, w.Analyst, w.Mine.ID, private, true) },
			"the store is asked past the use case": func() error {
				return s.Say(ctx, w.Analyst, assessment.SayOrder{Assessment: w.Mine.ID, Indicator: "AA-01", Thread: private, Post: "post-0009", Body: "x", At: now})
			},
			"another city": func() error {
				_, err := talk.Say(ctx, w.Foreign, w.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "x"})
				return err
			},
			"another city resolves": func() error { return talk.Resolve(ctx, w.Foreign, w.Mine.ID, shared, true) },
			"an analyst of no round": func() error {
				_, err := talk.Say(ctx, w.Stray, w.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "x"})
				return err
			},
			"an administrator": func() error {
				_, err := talk.Say(ctx, w.Admin, w.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "x"})
				return err
			},
			"an indicator that does not exist": func() error {
				_, err := talk.Say(ctx, w.Coordinator, w.Mine.ID, assessment.Remark{Indicator: "ZZ-99", Body: "x"})
				return err
			},
		} {
			if err := do(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		asked := say(w.Analyst, assessment.Remark{Indicator: "AA-03", Body: "Which rule is it?"})
		if got := unread(t, w, w.Coordinator); !slices.Equal(got, []string{"replied", "shared"}) {
			t.Errorf("the coordinator is told %v", got)
		}
		list, _ := s.Unread(ctx, w.Coordinator.Account)
		if args := list[1].Args; args["By"] != "" || args["Role"] != "analyst" || args["Indicator"] != "AA-03" {
			t.Errorf("the coordinator is told of the analyst as %v", args)
		}
		say(w.Contributor, assessment.Remark{Thread: asked, Body: "The instruction of 2024."})
		if got := unread(t, w, w.Analyst); !slices.Equal(got, []string{"handed_in", "replied"}) {
			t.Errorf("the analyst is told %v", got)
		}
		list, _ = s.Unread(ctx, w.Analyst.Account)
		for _, n := range list {
			if n.Args["By"] != "" {
				t.Errorf("by %s the analyst learns the name %q", n.Kind, n.Args["By"])
			}
		}

		for _, step := range []bool{true, true, false, true} {
			if err := talk.Resolve(ctx, w.Analyst, w.Mine.ID, asked, step); err != nil {
				t.Fatal(err)
			}
			if got := besideOf(t, w, w.Coordinator).OpenThreads("AA-03"); got == 0 != step {
				t.Errorf("after resolved=%v there are %d open ones", step, got)
			}
		}
		say(w.Coordinator, assessment.Remark{Thread: asked, Body: "One more thing."})
		if got := besideOf(t, w, w.Coordinator).OpenThreads("AA-03"); got != 1 {
			t.Errorf("a reply does not open a resolved conversation: %d open", got)
		}
		w.Sound(t)
	})
}

func TestWhatCannotBeSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, ctx, now := storetest.Populate(t, s), context.Background(), storetest.Now
		talk := talking(w, &now)
		for name, test := range map[string]struct {
			r    assessment.Remark
			want string // name and key of the fault; empty when it is said
		}{
			"64 KB":                  {assessment.Remark{Body: strings.Repeat("ب", 32<<10)}, ""},
			"one byte more":          {assessment.Remark{Body: strings.Repeat("b", 64<<10+1)}, "text fault.text_too_large"},
			"nothing":                {assessment.Remark{Body: ""}, "text talk.empty"},
			"blanks":                 {assessment.Remark{Body: " \n\t"}, "text talk.empty"},
			"a NUL":                  {assessment.Remark{Body: "a\x00b"}, "text fault.text_nul"},
			"not UTF-8":              {assessment.Remark{Body: "a\xffb"}, "text fault.text_encoding"},
			"somebody of elsewhere":  {assessment.Remark{Body: "x", Mentions: []string{w.Foreign.Account}}, "mention talk.stranger"},
			"an id of another shape": {assessment.Remark{ID: "a b", Body: "x"}, "id fault.mutation_id"},
		} {
			test.r.Indicator = "AA-01"
			_, err := talk.Say(ctx, w.Contributor, w.Mine.ID, test.r)
			got := ""
			if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
				got = f.Fields[0].Name + " " + f.Fields[0].Key
			}
			if got != test.want || err != nil == (test.want == "") {
				t.Errorf("%s: %q (%v), want %q", name, got, err, test.want)
			}
		}
	})
}

func TestPresence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, ctx, now := storetest.Populate(t, s), context.Background(), storetest.Now
		talk := talking(w, &now)
		there := func(who account.Actor, section string) (names []string) {
			t.Helper()
			list, err := talk.Present(ctx, who, w.Mine.ID, section)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				names = append(names, m.Account)
			}
			return names
		}
		seen := func() (at time.Time) {
			t.Helper()
			if err := storetest.Raw(t, s).QueryRow("SELECT seen FROM presence WHERE account_id = '" + w.Coordinator.Account + "'").Scan(&at); err != nil {
				t.Fatal(err)
			}
			return at
		}
		first, second := w.Instrument.Sections()[0].ID, w.Instrument.Sections()[1].ID
		if got := there(w.Coordinator, first); got != nil {
			t.Errorf("alone, one sees %v", got)
		}
		written := seen()
		if got := there(w.Contributor, first); !slices.Equal(got, []string{w.Coordinator.Account}) {
			t.Errorf("the contributor sees %v", got)
		}
		if got := there(w.Contributor, second); got != nil {
			t.Errorf("in another section one sees %v", got)
		}
		now = now.Add(29 * time.Second)
		there(w.Coordinator, second)
		if !seen().Equal(written) {
			t.Error("presence was written twice within 30 seconds")
		}
		now = now.Add(time.Second)
		there(w.Coordinator, first)
		if seen().Equal(written) {
			t.Error("presence is not written after 30 seconds")
		}
		now = now.Add(91 * time.Second)
		if got := there(w.Contributor, first); got != nil {
			t.Errorf("after 91 seconds one sees %v", got)
		}
		if _, err := talk.Present(ctx, w.Foreign, w.Mine.ID, first); !fault.Is(err, fault.NotFound) {
			t.Errorf("another city: %v", err)
		}
		if _, err := talk.Present(ctx, w.Coordinator, w.Mine.ID, "ZZ.9"); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such section: %v", err)
		}
		var lines int
		if err := storetest.Raw(t, s).QueryRow("SELECT COUNT(*) FROM audit WHERE action LIKE 'presence%'").Scan(&lines); err != nil || lines != 0 {
			t.Errorf("presence left %d lines in the audit log (%v)", lines, err)
		}
	})
}

func TestTheInboxCountsExactly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, ctx, now := storetest.Populate(t, s), context.Background(), storetest.Now
		talk := talking(w, &now)
		inbox := assessment.Inbox{Store: s, Now: func() time.Time { return now }}
		thread, err := talk.Say(ctx, w.Coordinator, w.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "Begin."})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Add(2)
			go func() {
				defer all.Done()
				if _, err := talk.Say(ctx, w.Contributor, w.Mine.ID, assessment.Remark{Thread: thread, Body: "More."}); err != nil {
					t.Error(err)
				}
			}()
			go func() {
				defer all.Done()
				if err := inbox.ReadAll(ctx, w.Coordinator); err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
		left := unread(t, w, w.Coordinator) // fails when the count and the inbox differ
		page, older, err := inbox.List(ctx, w.Coordinator, "")
		if err != nil || len(page) != 8 || older != "" {
			t.Fatalf("%d notices, older %q, %v", len(page), older, err)
		}
		if err := inbox.ReadAll(ctx, w.Coordinator); err != nil {
			t.Fatal(err)
		}
		if got := unread(t, w, w.Coordinator); got != nil {
			t.Errorf("after reading all, %v of %v are unread", got, left)
		}
		if _, err := talk.Say(ctx, w.Contributor, w.Mine.ID, assessment.Remark{Thread: thread, Body: "Last."}); err != nil {
			t.Fatal(err)
		}
		page, _, _ = inbox.List(ctx, w.Coordinator, "")
		if _, err := inbox.Read(ctx, w.Contributor, page[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else reads it: %v", err)
		}
		for range 2 {
			if n, err := inbox.Read(ctx, w.Coordinator, page[0].ID); err != nil || n.Href == "" {
				t.Fatal(n, err)
			}
			if got := unread(t, w, w.Coordinator); got != nil {
				t.Errorf("after reading the one, %v are unread", got)
			}
		}
		for i := range assessment.NoticesShown + 3 {
			now = now.Add(time.Duration(i) * time.Second)
			if _, err := talk.Say(ctx, w.Contributor, w.Mine.ID, assessment.Remark{Thread: thread, Body: "Many."}); err != nil {
				t.Fatal(err)
			}
		}
		first, older, _ := inbox.List(ctx, w.Coordinator, "")
		rest, end, err := inbox.List(ctx, w.Coordinator, older)
		if err != nil || len(first) != assessment.NoticesShown || len(rest) != 12 || end != "" || first[0].Seen != (time.Time{}) {
			t.Errorf("pages of %d and %d, then %q (%v)", len(first), len(rest), end, err)
		}
	})
}
