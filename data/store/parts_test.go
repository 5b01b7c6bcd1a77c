package store_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store/storetest"
)

func partsOf(w *storetest.World) assessment.Parts {
	return assessment.Parts{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}
}

func partsBeside(t testing.TB, w *storetest.World) assessment.Beside {
	t.Helper()
	return must[assessment.Beside](t)(w.Store.Beside(ctx, w.Coordinator, w.Mine.ID))
}

// told lists the kinds, and the parts, of what a person was told, in order.
func told(t testing.TB, w *storetest.World, who account.Actor) string {
	t.Helper()
	var out []string
	for _, n := range must[[]assessment.Notice](t)(w.Store.Notices(ctx, who.Account, "", 50)) {
		out = append(out, strings.TrimSpace(string(n.Kind)+" "+n.Args["Part"]))
	}
	slices.Reverse(out)
	return strings.Join(out, "; ")
}

func TestPartsAreGivenTakenBackAndHandedOver(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := partsOf(w)
		other := w.Person(t, account.Contributor, w.Accra.ID)
		give := func(g ...assessment.PartGiven) {
			t.Helper()
			if err := p.Assign(ctx, w.Coordinator, w.Mine.ID, g...); err != nil {
				t.Fatal(err)
			}
		}
		lena, omar := w.Contributor.Account, other.Account
		give(assessment.PartGiven{Ref: "AA", Account: lena, Due: "2026-12-10", Note: "Ask the desk."}, assessment.PartGiven{Ref: "BB-01", Account: lena})
		b := partsBeside(t, w)
		if len(b.Parts) != 2 || b.Parts[0].Ref != "AA" || b.Parts[0].Account != lena || b.Parts[0].Note != "Ask the desk." || b.Parts[0].Due.Format(time.DateOnly) != "2026-12-10" ||
			b.Parts[0].By.Name != w.Coordinator.Name || !b.Parts[0].Opened.IsZero() {
			t.Errorf("%+v", b.Parts)
		}
		was := b.Parts[0].ID
		give(assessment.PartGiven{Ref: "AA", Account: lena, Due: "2026-12-10", Note: "Ask the desk."}) // nothing new
		if again := partsBeside(t, w).Parts[0].ID; again != was {
			t.Error("the same part given again is another part")
		}
		if err := p.Opened(ctx, w.Contributor, w.Mine.ID, b.Parts[0]); err != nil {
			t.Fatal(err)
		}
		before := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)).Beside
		if err := p.Opened(ctx, w.Contributor, w.Mine.ID, b.Parts[0]); err != nil {
			t.Fatal(err)
		}
		if now := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)).Beside; now != before {
			t.Error("opening a second time changed something")
		}
		give(assessment.PartGiven{Ref: "AA", Account: lena, Due: "2026-12-12"})
		if x := partsBeside(t, w).Parts[0]; x.Opened.IsZero() || x.Note != "" || x.ID == was {
			t.Errorf("a new date: %+v", x)
		}
		wantFault(t, p.Assign(ctx, w.Coordinator, w.Mine.ID, assessment.PartGiven{Ref: "AA", Base: &was, Account: omar}), fault.Conflict)
		give(assessment.PartGiven{Ref: "AA", Account: omar}, assessment.PartGiven{Ref: "BB-01"})
		if b := partsBeside(t, w); len(b.Parts) != 1 || b.Parts[0].Account != omar || !b.Parts[0].Opened.IsZero() {
			t.Errorf("%+v", b.Parts)
		}
		if got, want := told(t, w, w.Contributor), "assigned AA, BB-01; assigned AA; taken_back AA, BB-01"; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		held := must[map[string]int](t)(p.Held(ctx, w.Admin, lena, omar))
		if held[omar] != 1 || held[lena] != 0 {
			t.Errorf("held: %v", held)
		}
		_, err := p.HandOver(ctx, w.Coordinator, assessment.Owner{Account: lena}, assessment.Owner{Account: omar})
		wantFault(t, err, fault.Invalid)
		_, err = p.HandOver(ctx, w.Coordinator, assessment.Owner{Account: omar}, assessment.Owner{Account: w.Foreign.Account})
		wantFault(t, err, fault.Invalid)
		_, err = p.HandOver(ctx, w.Contributor, assessment.Owner{Account: omar}, assessment.Owner{Account: lena})
		wantFault(t, err, fault.Forbidden)
		_, err = p.HandOver(ctx, w.Foreign, assessment.Owner{Account: omar}, assessment.Owner{Account: w.Foreign.Account})
		wantFault(t, err, fault.Invalid)
		if n := must[int](t)(p.HandOver(ctx, w.Coordinator, assessment.Owner{Account: omar}, assessment.Owner{Account: lena})); n != 1 {
			t.Errorf("%d parts were handed over", n)
		}
		if b := partsBeside(t, w); b.Parts[0].Account != lena {
			t.Errorf("%+v", b.Parts)
		}
		if got := told(t, w, w.Contributor); !strings.HasSuffix(got, "; handed_over AA") {
			t.Errorf("told %q", got)
		}
	})
}

func TestOfTwoWhoGiveTheSamePartOneIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		other := w.Person(t, account.Coordinator, w.Accra.ID)
		for round := range 10 {
			var wait sync.WaitGroup
			errs := make([]error, 2)
			base := ""
			for _, x := range partsBeside(t, w).Parts {
				base = x.ID
			}
			for i, who := range []account.Actor{w.Coordinator, other} {
				wait.Go(func() {
					errs[i] = partsOf(w).Assign(ctx, who, w.Mine.ID, assessment.PartGiven{Ref: "AA", Base: &base, Account: who.Account, Note: fmt.Sprint(round)})
				})
			}
			wait.Wait()
			refused := 0
			for _, err := range errs {
				if fault.Is(err, fault.Conflict) {
					refused++
				} else if err != nil {
					t.Fatal(err)
				}
			}
			if parts := partsBeside(t, w).Parts; refused != 1 || len(parts) != 1 {
				t.Fatalf("round %d: %d refused, %+v", round, refused, parts)
			}
		}
	})
}

func TestPeopleAreRemindedOnceForEachStage(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		p := partsOf(w)
		err := p.Assign(ctx, w.Coordinator, w.Mine.ID, assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Due: "2026-12-10"},
			assessment.PartGiven{Ref: "CX", Account: w.Coordinator.Account, Due: "2026-12-10"}, assessment.PartGiven{Ref: "BB", Account: w.Contributor.Account})
		if err != nil {
			t.Fatal(err)
		}
		save(t, w, w.Coordinator, storetest.Value("CX-01", 0, "a port")) // complete: nobody is reminded of it
		for _, x := range []struct {
			day  string
			want int
		}{{"2026-12-06", 0}, {"2026-12-07", 1}, {"2026-12-07", 0}, {"2026-12-09", 0}, {"2026-12-10", 1}, {"2026-12-16", 0}, {"2026-12-17", 1}, {"2027-01-20", 1}, {"2027-01-20", 0}} {
			now := must[time.Time](t)(time.Parse(time.DateOnly, x.day)).Add(6 * time.Hour)
			if got := must[int](t)(p.Remind(ctx, now)); got != x.want {
				t.Errorf("%s: %d parts, want %d", x.day, got, x.want)
			}
		}
		if got, want := told(t, w, w.Contributor), "assigned AA, BB"+strings.Repeat("; due AA", 4); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		var wait sync.WaitGroup
		told := make([]int, 3)
		for i := range told {
			wait.Go(func() {
				told[i], _ = partsOf(w).Remind(ctx, time.Date(2027, 2, 5, 6, 0, 0, 0, time.UTC))
			})
		}
		wait.Wait()
		if told[0]+told[1]+told[2] != 1 {
			t.Errorf("three workers at the same time told %v", told)
		}
		if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if got := must[int](t)(p.Remind(ctx, time.Date(2027, 3, 5, 6, 0, 0, 0, time.UTC))); got != 0 {
			t.Errorf("%d reminders after handing in", got)
		}
	})
}
