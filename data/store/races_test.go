package store_test

import (
	"errors"
	"fmt"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store/storetest"
)

// Races of what people do together (trust.md 2.4, R6), beside those of answers in save_test.go: of two who do the same thing
// at the same moment exactly one changes something, and whoever is refused is told.

func TestOfTwoWhoAcceptTheSameInvitationOneGetsIn(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for i := range races {
			invited := w.Person(t, account.Contributor, w.Accra.ID)
			hash := fmt.Sprint("link ", i)
			l := assessment.Link{Hash: hash, Account: invited.Account, Purpose: assessment.InviteLink, Expires: storetest.Now.Add(1e12), By: assessment.Author{Account: w.Coordinator.Account, Role: account.Coordinator}}
			if err := w.Store.AddLink(ctx, l, storetest.Now); err != nil {
				t.Fatal(err)
			}
			var errs [2]error
			names := []string{"First", "Second"}
			together(
				func() { _, errs[0] = w.Store.UseLink(ctx, hash, names[0], "hash 0", storetest.Now) },
				func() { _, errs[1] = w.Store.UseLink(ctx, hash, names[1], "hash 1", storetest.Now) })
			a := must[account.Account](t)(w.Store.Account(ctx, invited.Account))
			for j, err := range errs {
				if other := errs[1-j]; err == nil && (!fault.Is(other, fault.NotFound) || a.Name != names[j] || a.Password != fmt.Sprint("hash ", j)) || err != nil && other != nil {
					t.Fatalf("race %d: %v, and the account is %+v", i, errs, a)
				}
			}
		}
	})
}

func TestOfTwoCoordinatorsWhoEndEachOtherOneStays(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for i := range races {
			city := w.City(t, fmt.Sprint("city-", i), fmt.Sprint("City ", i), "GH")
			both := []account.Actor{w.Person(t, account.Coordinator, city.ID), w.Person(t, account.Coordinator, city.ID)}
			for _, x := range both {
				if err := w.Store.SetPassword(ctx, x.Account, "hash", assessment.Author{}); err != nil {
					t.Fatal(err)
				}
			}
			var errs [2]error
			end := func(j int) func() {
				return func() {
					errs[j] = w.Store.SetDisabled(ctx, both[j].Account, true, assessment.Author{Account: both[1-j].Account, Role: account.Coordinator})
				}
			}
			together(end(0), end(1))
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("race %d: %v", i, errs)
			}
		}
	})
}

func TestTwoUploadsOfOneFileAreOnePieceEachTime(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for i := range races {
			var pieces [2]assessment.Evidence
			var same [2]bool
			var errs [2]error
			file := func() assessment.Proof { return fileOf(fmt.Sprint("plan ", i, ".txt"), text(uint64(100+i), 5000)) }
			who := []account.Actor{w.Coordinator, w.Contributor}
			add := func(j int) func() {
				return func() { pieces[j], same[j], errs[j] = proofs(w).Add(ctx, who[j], w.Mine.ID, file()) }
			}
			together(add(0), add(1))
			if errs[0] != nil || errs[1] != nil || pieces[0].ID != pieces[1].ID || same[0] == same[1] {
				t.Fatalf("race %d: %v, %v, same %v", i, errs, pieces, same)
			}
		}
		if n := counted(t, w.Store, "SELECT count(*) FROM evidence"); n != races {
			t.Errorf("%d pieces are kept", n)
		}
	})
}

func TestAConsentThatRacesWithASaveCoversWhatItSaw(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		approver := w.Person(t, account.Approver, w.Accra.ID)
		s := signOffs(w)
		save(t, w, w.Contributor, storetest.Explain("AA-01", 0, "before"))
		outcomes := map[string]int{}
		for i := range races {
			x := must[assessment.Consent](t)(s.Of(ctx, approver, w.Mine.ID))
			base := sheet(t, w).Answers["AA-01"].Version
			var consent, saved, handed error
			together(
				func() { consent = s.Consent(ctx, approver, w.Mine.ID, x.Seq) },
				func() { _, handed = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) },
				func() {
					_, saved = w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("AA-01", base, fmt.Sprint("text ", i))))
				})
			now := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID))
			kept := sheet(t, w).Answers["AA-01"]
			switch {
			case saved == nil && kept.Version == base+1 && now.Open() && fault.Is(handed, fault.Conflict):
				outcomes["saved"]++
			case saved == nil && kept.Version == base+1 && !now.Open():
				t.Fatalf("race %d: what nobody consented to was handed in", i)
			case fault.Is(saved, fault.Closed) && kept.Version == base && consent == nil && handed == nil && !now.Open():
				outcomes["handed in"]++
				must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Look again."))
				save(t, w, w.Contributor, storetest.Explain("AA-01", base, fmt.Sprint("after ", i)))
			default:
				t.Fatalf("race %d: save %v, consent %v, hand-in %v, open %v, kept %+v", i, saved, consent, handed, now.Open(), kept)
			}
		}
		t.Log(outcomes)
	})
}

func TestOnePostSentThreeTimesAtOnceIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		talk := assessment.Talk{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}
		for i := range races {
			var threads [3]string
			var errs [3]error
			say := func(j int) func() {
				return func() {
					threads[j], errs[j] = talk.Say(ctx, w.Contributor, w.Mine.ID, assessment.Remark{ID: fmt.Sprint("post-number-", i), Indicator: "AA-01", Body: fmt.Sprint("word ", i)})
				}
			}
			together(say(0), say(1), say(2))
			if errs[0] != nil || errs[1] != nil || errs[2] != nil || threads[0] != threads[1] || threads[1] != threads[2] {
				t.Fatalf("race %d: %v %v", i, threads, errs)
			}
		}
		if n := counted(t, w.Store, "SELECT count(*) FROM post"); n != races {
			t.Errorf("%d posts are kept", n)
		}
	})
}

func TestASnapshotHoldsExactlyWhatWasSavedBeforeIt(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Contributor, storetest.Explain("AA-01", 0, "before"))
		outcomes := map[string]int{}
		for i := range races {
			base := sheet(t, w).Answers["AA-01"].Version
			var saved error
			var handed [2]error
			together(
				func() {
					_, saved = w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("AA-01", base, fmt.Sprint("text ", i))))
				},
				func() { _, handed[0] = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) },
				func() { _, handed[1] = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) })
			if (handed[0] == nil) == (handed[1] == nil) || changed(errors.Join(handed[:]...)) != "review.not_now_submit" {
				t.Fatalf("race %d: handing in twice at once: %v", i, handed)
			}
			now := sheet(t, w).Answers["AA-01"]
			head, d := keptOf(t, w, 0)
			if head.Revision != i+1 || d.Answers[0].Version != now.Version || d.Answers[0].Explanation != now.Explanation {
				t.Fatalf("race %d: revision %d holds %+v, kept is %+v", i, head.Revision, d.Answers[0], now)
			}
			switch {
			case saved == nil && now.Version == base+1:
				outcomes["saved before"]++
			case fault.Is(saved, fault.Closed) && now.Version == base:
				outcomes["refused after"]++
			default:
				t.Fatalf("race %d: %v, kept %+v", i, saved, now)
			}
			must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Once more."))
		}
		if n := counted(t, w.Store, "SELECT count(*) FROM snapshot"); n != races {
			t.Errorf("%d snapshots are kept", n)
		}
		t.Log(outcomes)
	})
}
