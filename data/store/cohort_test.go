package store_test

import (
	"slices"
	"sync"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/data/store/storetest"
)

func TestACohortInMemoryFollowsWhatMoves(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w) // accra has handed in, and was validated
		cohorts := &assessment.Cohorts{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
		of := func() *compare.Cohort {
			t.Helper()
			_, c, err := cohorts.Of(ctx, w.Analyst, "2026")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		first := of()
		if all := first.Select(compare.Group{}); first.Size() != 2 || all.Size() != 1 || !all.Has("accra") || all.Out(compare.NotHandedIn) != 1 {
			t.Fatal("who has handed in is another")
		}
		if of() != first {
			t.Error("nothing moved, and the cohort was read again")
		}
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Foreign, assessment.SaveOrder{Assessment: w.Theirs.ID, Instrument: w.Instrument, Scheme: w.Scheme, Mutations: []assessment.Mutation{storetest.Value("AA-01", 0, "2")}, By: assessment.Author{Account: w.Foreign.Account, Role: w.Foreign.Role}, At: storetest.Now}))
		if of() != first {
			t.Error("a save of a draft moves the comparison")
		}
		if city, _ := of().City("accra"); city.Consents {
			t.Error("consent before it is given")
		}
		x.publish(t, x.given(t, publish.Scope{publish.Numbers}, publish.Peers))
		if city, _ := of().City("accra"); !city.Consents {
			t.Error("the consent is not seen")
		}
		if err := x.Withdraw(ctx, x.approver.Actor(), x.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if city, _ := of().City("accra"); city.Consents {
			t.Error("a consent that was withdrawn is still seen")
		}
		x.publish(t, x.given(t, publish.Scope{publish.Explanations}, publish.Peers))
		if city, _ := of().City("accra"); city.Consents {
			t.Error("a consent without the numbers counts for comparing them")
		}
		w.City(t, "lima", "Lima", "PE")
		if err := w.Planning.Invite(ctx, w.Operator, "2026", "lima"); err != nil {
			t.Fatal(err)
		}
		if _, there := of().City("lima"); !there {
			t.Error("a city that was invited is not seen")
		}
		if city, _ := first.City("accra"); first.Size() != 2 || city.Consents {
			t.Error("a cohort that somebody looks at has changed")
		}
		_, backed, err := cohorts.Of(ctx, w.Analyst, "2026")
		if err == nil {
			backed, err = cohorts.Backed(ctx, w.Analyst, w.Round, backed, evidence.Verified)
		}
		if err != nil || backed.Select(compare.Group{}).Size() != 1 {
			t.Error(err)
		}
	})
}

func TestWhoComparesWhat(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		cohorts := &assessment.Cohorts{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
		for who, actor := range map[string]account.Actor{"a coordinator": w.Coordinator, "an admin": w.Admin} {
			if _, _, err := cohorts.Of(ctx, actor, "2026"); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s compares a round: %v", who, err)
			}
		}
		if _, _, err := cohorts.Of(ctx, w.Stray, "2026"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an analyst of no round: %v", err)
		}
		if _, _, _, err := cohorts.Peers(ctx, w.Foreign, w.Mine.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a city looks at the peers of another: %v", err)
		}
		if _, _, _, err := cohorts.Peers(ctx, w.Coordinator, w.Mine.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("a draft is compared: %v", err)
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		if _, _, _, err := cohorts.Peers(ctx, w.Analyst, w.Mine.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an analyst reads the page of a city's peers: %v", err)
		}
		_, _, peers, err := cohorts.Peers(ctx, w.Contributor, w.Mine.ID)
		if err != nil || peers.All != nil {
			t.Errorf("a city is told of fewer than five: %v", err)
		}
		// Many ask at once while the round moves: nobody sees a half of it.
		var ready sync.WaitGroup
		for range 20 {
			ready.Go(func() {
				_, c, err := cohorts.Of(ctx, w.Analyst, "2026")
				if err != nil || c.Size() != 2 || !slices.Contains([]int{0, 1}, c.Select(compare.Group{}).Size()) {
					t.Error(err)
				}
			})
		}
		ready.Wait()
	})
}
