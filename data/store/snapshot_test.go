package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/snapshot"
	"migov/data/store/storetest"
)

func snapshots(w *storetest.World) assessment.Snapshots {
	return assessment.Snapshots{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Now: storetest.Clock}
}

// keptOf reads a snapshot and checks it whole: its hash, its form, its numbers.
func keptOf(t *testing.T, w *storetest.World, revision int) (assessment.SnapshotHead, snapshot.Document) {
	t.Helper()
	head, content, err := w.Store.Snapshot(ctx, w.Operator, w.Mine.ID, revision)
	if err != nil {
		t.Fatal(err)
	}
	d, err := snapshot.Check(content, head.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Recompute(w.Scheme); err != nil {
		t.Fatal(err)
	}
	return head, d
}

func TestHandingInKeepsASnapshotThatStays(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := snapshots(w)
		if _, heads, _, err := x.List(ctx, w.Coordinator, w.Mine.ID); err != nil || len(heads) != 0 {
			t.Errorf("before: %v, %v", heads, err)
		}
		_, _, err := x.Document(ctx, w.Coordinator, w.Mine.ID, 0)
		wantFault(t, err, fault.NotFound)
		save(t, w, w.Contributor, storetest.Value("AA-01", 0, "3"))
		save(t, w, w.Contributor, storetest.Explain("AA-01", 1, "مدينة & <b>“plan”</b>"))
		save(t, w, w.Contributor, storetest.NotAnswered("BB-01", 0, "not_ours", "regional"))
		e, _, err := proofs(w).Add(ctx, w.Contributor, w.Mine.ID, func() assessment.Proof {
			f := fileOf("plan.txt", text(1, 900))
			f.Indicator, f.Passage = "AA-01", "page 2"
			return f
		}())
		if err != nil {
			t.Fatal(err)
		}
		a := must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		if a.State != review.Submitted || a.Open() {
			t.Errorf("handed in it is %+v", a)
		}
		head, first := keptOf(t, w, 0)
		if head.Revision != 1 || head.Seq != 4 || head.Instrument != w.Instrument.Name() || head.Method != "1.0.0" || head.By.Role != account.Coordinator || !head.At.Equal(storetest.Now.Truncate(1000)) {
			t.Errorf("head %+v", head)
		}
		if r, ok := snapshot.ParseReference(head.Reference); !ok || r != head.Reference {
			t.Errorf("reference %q", head.Reference)
		}
		if len(first.Answers) != 2 || first.Answers[0].Explanation != "مدينة & <b>“plan”</b>" || len(first.Citations) != 1 || first.Citations[0].SHA256 != e.SHA256 || first.Citations[0].Passage != "page 2" ||
			len(first.Powers) != 1 || first.Powers[0].Holder != "regional" || first.City.Code != "accra" || first.Round.Code != "2026" || first.Instrument.Hash != w.Instrument.Hash {
			t.Errorf("%+v", first)
		}
		_, content, _ := w.Store.Snapshot(ctx, w.Operator, w.Mine.ID, 1)
		for _, secret := range []string{w.Coordinator.Account, w.Contributor.Account, w.Contributor.Name, "plan.txt"} {
			if secret != "" && strings.Contains(strings.ReplaceAll(string(content), `"title":"plan.txt"`, ""), secret) {
				t.Errorf("the document holds %q", secret)
			}
		}
		// Whoever reaches the assessment reads it; nobody else, and nobody from outside with a name.
		for _, who := range []account.Actor{w.Coordinator, w.Contributor, w.Analyst} {
			_, heads, _, err := x.List(ctx, who, w.Mine.ID)
			if err != nil || len(heads) != 1 || (heads[0].By.Name != "") != who.Role.OfCity() {
				t.Errorf("%s: %+v, %v", who.Role, heads, err)
			}
			if _, got, err := x.Document(ctx, who, w.Mine.ID, 1); err != nil || string(got) != string(content) {
				t.Errorf("%s: %v", who.Role, err)
			}
		}
		for _, who := range []account.Actor{w.Foreign, w.Stray, w.Admin, {}} {
			_, _, err := x.Document(ctx, who, w.Mine.ID, 1)
			wantFault(t, err, fault.NotFound)
			_, _, _, err = x.List(ctx, who, w.Mine.ID)
			wantFault(t, err, fault.NotFound)
		}
		// Nothing has changed, so giving back after questions keeps no other.
		if same, err := w.Store.KeepSnapshot(ctx, w.Coordinator, w.Mine.ID, w.Scheme, assessment.Author{}, storetest.Now); err != nil || same != (assessment.SnapshotHead{Revision: 1, Reference: head.Reference, Seq: 4,
			Instrument: head.Instrument, Method: head.Method, Hash: head.Hash, By: head.By, At: head.At}) {
			t.Errorf("%+v, %v", same, err)
		}
		_, err = w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, " \n")
		wantFault(t, err, fault.Invalid)
		if got, err := w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, " Look at BB-01. "); err != nil || !got.Open() || got.State != review.Collecting {
			t.Fatal(got, err)
		}
		if _, err := w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Twice."); changed(err) != "review.not_now_reopen" {
			t.Errorf("reopened twice: %v", err)
		}
		_, _, reopenings, err := x.List(ctx, w.Contributor, w.Mine.ID)
		if err != nil || len(reopenings) != 1 || reopenings[0].Reason != "Look at BB-01." || reopenings[0].Revision != 1 || reopenings[0].By.Role != account.Analyst {
			t.Errorf("%+v, %v", reopenings, err)
		}
		notices := must[[]assessment.Notice](t)(w.Store.Notices(ctx, w.Contributor.Account, "", 9))
		if len(notices) == 0 || notices[0].Kind != "state_reopened" || notices[0].Href != "/assessments/"+w.Mine.ID+"/receipt" || notices[0].Args["By"] != "" {
			t.Errorf("%+v", notices)
		}
		save(t, w, w.Contributor, storetest.Value("AA-01", 2, "4"))
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); changed(err) != "review.not_now_submit" {
			t.Errorf("handed in twice: %v", err)
		}
		second, d := keptOf(t, w, 0)
		if second.Revision != 2 || second.Hash == head.Hash || second.Reference == head.Reference || d.Answers[0].Value != "4" {
			t.Errorf("%+v", second)
		}
		if _, again := keptOf(t, w, 1); !reflect.DeepEqual(again, first) {
			t.Error("the first revision has changed")
		}
		for _, h := range []assessment.SnapshotHead{head, second} {
			got, found, err := x.Match(ctx, strings.ToLower(h.Reference), " "+strings.ToUpper(h.Hash))
			if err != nil || !found || got.Revision != h.Revision || got.By != (assessment.Author{}) {
				t.Errorf("%+v, %v, %v", got, found, err)
			}
		}
		if _, found, err := x.Match(ctx, head.Reference, second.Hash); found || err != nil {
			t.Errorf("another reference: %v, %v", found, err)
		}
		_, _, err = x.Match(ctx, "", "beef")
		wantFault(t, err, fault.Invalid)
		if third, err := w.Store.KeepSnapshot(ctx, w.Coordinator, w.Mine.ID, w.Scheme, assessment.Author{Role: account.Coordinator}, storetest.Now); err != nil || third.Revision != 2 {
			t.Errorf("%+v, %v", third, err)
		}
		storetest.Exec(t, w.Store, "UPDATE answer SET value = '1' WHERE indicator = 'AA-01' AND assessment_id = '"+w.Mine.ID+"'")
		if third, err := w.Store.KeepSnapshot(ctx, w.Coordinator, w.Mine.ID, w.Scheme, assessment.Author{Role: account.Coordinator}, storetest.Now); err != nil || third.Revision != 3 {
			t.Errorf("after a change: %+v, %v", third, err)
		}
		storetest.Exec(t, w.Store, "UPDATE answer SET value = '4' WHERE indicator = 'AA-01' AND assessment_id = '"+w.Mine.ID+"'")
		if wrong := must[[]string](t)(w.Store.VerifySnapshots(ctx)); len(wrong) != 0 {
			t.Errorf("the doctor finds %q", wrong)
		}
		// A copy that was spoiled in the database is not given out.
		storetest.Exec(t, w.Store, "UPDATE snapshot SET content = (SELECT y.content FROM snapshot y WHERE y.revision = 2 AND y.assessment_id = snapshot.assessment_id) WHERE revision = 1")
		if _, _, err := x.Document(ctx, w.Coordinator, w.Mine.ID, 1); err == nil {
			t.Error("a spoiled snapshot is given out")
		}
		if wrong := must[[]string](t)(w.Store.VerifySnapshots(ctx)); len(wrong) != 1 || !strings.HasPrefix(wrong[0], head.Reference+": ") {
			t.Errorf("the doctor finds %q", wrong)
		}
	})
}

func TestAPublishedAssessmentIsNotReopened(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		storetest.Exec(t, w.Store, "UPDATE assessment SET state = 'published' WHERE id = '"+w.Mine.ID+"'")
		if _, err := w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, "Look again."); changed(err) != "review.not_now_reopen" {
			t.Errorf("a published assessment is reopened: %v", err)
		}
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Analyst, w.Mine.ID)); a.State != review.Published {
			t.Errorf("it is %s", a.State)
		}
		if n := counted(t, w.Store, "SELECT count(*) FROM reopening"); n != 0 {
			t.Errorf("%d reopenings are kept", n)
		}
	})
}

func TestWhoHasWrittenDoesNotConsent(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s := signOffs(w)
		both, other := w.Person(t, account.Contributor, w.Accra.ID), w.Person(t, account.Approver, w.Accra.ID)
		save(t, w, both, storetest.Value("AA-01", 0, "2"))
		both.Role = account.Approver // since then
		storetest.Exec(t, w.Store, fmt.Sprintf("UPDATE account SET role = 'approver' WHERE id = '%s'", both.Account))
		if x := must[assessment.Consent](t)(s.Of(ctx, both, w.Mine.ID)); !x.Wrote {
			t.Error("the page is not told")
		}
		if x := must[assessment.Consent](t)(s.Of(ctx, other, w.Mine.ID)); x.Wrote {
			t.Error("somebody else is told")
		}
		err := s.Consent(ctx, both, w.Mine.ID, 1)
		if wantFault(t, err, fault.Conflict); changed(err) != "review.wrote" {
			t.Errorf("consent: %v", err)
		}
		if err := s.Consent(ctx, other, w.Mine.ID, 1); err != nil {
			t.Fatal(err)
		}
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID))
		if a.State != review.InternalCheck {
			t.Errorf("consented, it is %s", a.State)
		}
		if err := s.Refuse(ctx, both, w.Mine.ID, 1, "Wait."); err != nil { // sending back is no consent
			t.Error(err)
		}
		if a = must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)); a.State != review.Collecting {
			t.Errorf("sent back, it is %s", a.State)
		}
		if err := s.Ask(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if a = must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)); a.State != review.InternalCheck {
			t.Errorf("asked, it is %s", a.State)
		}
	})
}
