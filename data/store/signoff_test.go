package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store/storetest"
)

func signOffs(w *storetest.World) assessment.SignOffs {
	return assessment.SignOffs{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Now: storetest.Clock}
}

func changed(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return fmt.Sprint(err)
	}
	out := []string{f.Key}
	for _, x := range f.Fields {
		out = append(out, x.Name)
	}
	return strings.Join(out, " ")
}

func TestACityWithAnApproverHandsInWithConsentOnly(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s := signOffs(w)
		save(t, w, w.Contributor, storetest.Value("AA-01", 0, "2"))
		x := must[assessment.Consent](t)(s.Of(ctx, w.Coordinator, w.Mine.ID))
		if x.Needed() || x.Stands() || x.Seq != 1 || len(x.Changed) != 1 {
			t.Errorf("without an approver: %+v", x)
		}
		wantFault(t, s.Ask(ctx, w.Coordinator, w.Mine.ID), fault.Invalid)
		approver := w.Person(t, account.Approver, w.Accra.ID)
		foreign := w.Person(t, account.Approver, w.Quito.ID)
		handIn := func() error { _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); return err }
		consent := func(who account.Actor, seq int64) error { return s.Consent(ctx, who, w.Mine.ID, seq) }
		if got := changed(handIn()); got != "signoff.none" {
			t.Errorf("without consent: %s", got)
		}
		if err := s.Ask(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		wantFault(t, consent(foreign, 1), fault.NotFound)
		wantFault(t, consent(w.Coordinator, 1), fault.Forbidden)
		wantFault(t, consent(w.Analyst, 1), fault.NotFound)
		wantFault(t, consent(approver, 2), fault.Invalid)
		if err := consent(approver, 1); err != nil {
			t.Fatal(err)
		}
		save(t, w, w.Contributor, storetest.Value("AA-02", 0, "yes"))
		save(t, w, w.Contributor, storetest.Explain("AA-01", 1, "More."))
		save(t, w, w.Contributor, storetest.Value("AA-02", 1, "no"))
		if got := changed(handIn()); got != "signoff.stale AA-01 AA-02" {
			t.Errorf("after a change: %s", got)
		}
		if got := changed(consent(approver, 1)); got != "signoff.moved AA-01 AA-02" {
			t.Errorf("consent to what was: %s", got)
		}
		wantFault(t, s.Refuse(ctx, approver, w.Mine.ID, 4, " "), fault.Invalid)
		if err := s.Refuse(ctx, approver, w.Mine.ID, 4, "AA-02 is not so."); err != nil {
			t.Fatal(err)
		}
		if x := must[assessment.Consent](t)(s.Of(ctx, w.Contributor, w.Mine.ID)); x.Refusal.Reason != "AA-02 is not so." || x.Last.Seq != 1 || x.Stands() || len(x.Changed) != 2 {
			t.Errorf("sent back: %+v", x)
		}
		if got := changed(handIn()); got != "signoff.sent_back" {
			t.Errorf("sent back: %s", got)
		}
		later := s
		later.Now = func() time.Time { return storetest.Now.Add(time.Second) }
		if err := later.Consent(ctx, approver, w.Mine.ID, 4); err != nil { // the same line: the refusal is taken back
			t.Fatal(err)
		}
		if x := must[assessment.Consent](t)(s.Of(ctx, w.Contributor, w.Mine.ID)); !x.Stands() || !x.Refusal.At.IsZero() || len(x.Changed) != 0 {
			t.Errorf("consented: %+v", x)
		}
		if err := handIn(); err != nil {
			t.Fatal(err)
		}
		if got := changed(consent(approver, 4)); got != "review.not_now_consent" {
			t.Errorf("consent to what was handed in: %s", got)
		}
		if got, want := told(t, w, w.Coordinator), "signed; state_sent_back; signed"; got != want {
			t.Errorf("the coordinator was told %q, want %q", got, want)
		}
		if got, want := told(t, w, approver), "sign_off; handed_in"; got != want {
			t.Errorf("the approver was told %q, want %q", got, want)
		}
		if _, err := w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, "Look again."); err != nil {
			t.Fatal(err)
		}
		if got, want := told(t, w, w.Contributor), "handed_in; state_reopened"; got != want {
			t.Errorf("the contributor was told %q, want %q", got, want)
		}
		if got, want := told(t, w, w.Analyst), "handed_in"; got != want {
			t.Errorf("the analyst was told %q, want %q", got, want)
		}
		for _, n := range must[[]assessment.Notice](t)(w.Store.Notices(ctx, w.Analyst.Account, "", 9)) {
			if n.Args["By"] != "" {
				t.Errorf("an analyst reads the name %q", n.Args["By"])
			}
		}
		if err := w.Store.SetDisabled(ctx, approver.Account, true, assessment.Author{Role: account.Operator}); err != nil {
			t.Fatal(err)
		}
		save(t, w, w.Contributor, storetest.Value("AA-02", 2, "yes"))
		if err := handIn(); err != nil {
			t.Errorf("when the only approver has left: %v", err)
		}
	})
}

func TestExactlyTheLineThatWasConsentedToIsHandedIn(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		approver := w.Person(t, account.Approver, w.Accra.ID)
		s := signOffs(w)
		version := 0
		for round := range 15 {
			x := must[assessment.Consent](t)(s.Of(ctx, approver, w.Mine.ID))
			var wait sync.WaitGroup
			var consent, saved error
			wait.Go(func() { consent = s.Consent(ctx, approver, w.Mine.ID, x.Seq) })
			wait.Go(func() {
				_, saved = w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("AA-01", version, fmt.Sprint("round ", round))))
			})
			wait.Wait()
			if saved != nil {
				t.Fatal(saved)
			}
			version++
			if consent != nil && !fault.Is(consent, fault.Conflict) {
				t.Fatal(consent)
			}
			_, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID)
			if !fault.Is(err, fault.Conflict) {
				t.Fatalf("round %d: what nobody consented to was handed in (consent: %v, hand-in: %v)", round, consent, err)
			}
		}
		x := must[assessment.Consent](t)(s.Of(ctx, approver, w.Mine.ID))
		var wait sync.WaitGroup
		var consent, handIn error
		wait.Go(func() { consent = s.Consent(ctx, approver, w.Mine.ID, x.Seq) })
		wait.Go(func() { _, handIn = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) })
		wait.Wait()
		if consent != nil || handIn != nil && !fault.Is(handIn, fault.Conflict) {
			t.Errorf("consent %v, hand-in %v", consent, handIn)
		}
	})
}
