package store_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/data/store"
	"migov/data/store/storetest"
)

// publishing is a world whose assessment is validated, with an answer that a file supports.
type publishing struct {
	*storetest.World
	assessment.Publishing
	approver account.Account
	proof    assessment.Evidence
}

func validated(t testing.TB, w *storetest.World) *publishing {
	t.Helper()
	x := &publishing{World: w}
	besides := &assessment.Besides{Store: w.Store}
	x.Publishing = assessment.Publishing{Store: w.Store, Besides: besides, Questionnaires: w.Library, Now: storetest.Clock, Prove: func(_ context.Context, _ account.Account, code, _ string) error {
		if code != "123456" {
			return fault.New(fault.Invalid, "fault.factor_code", nil).WithFields(fault.Field{Name: "code", Key: "fault.factor_code"})
		}
		return nil
	}}
	who := w.Person(t, account.Approver, w.Accra.ID)
	x.approver = account.Account{ID: who.Account, Name: who.Name, Role: account.Approver, City: w.Accra.ID, Factor: true}
	save(t, w, w.Contributor, storetest.Value("AA-01", 0, "2"))
	save(t, w, w.Contributor, storetest.Explain("AA-01", 1, "As article 4 says."))
	content := "A plain text as proof."
	proofs := assessment.Proofs{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
	var err error
	if x.proof, _, err = proofs.Add(ctx, w.Contributor, w.Mine.ID, assessment.Proof{Name: "proof.txt", Content: strings.NewReader(content), Size: int64(len(content)), Title: "Article 4", Indicator: "AA-01"}); err != nil {
		t.Fatal(err)
	}
	signs := signOffs(w)
	if err := signs.Consent(ctx, who, w.Mine.ID, must[assessment.Consent](t)(signs.Of(ctx, who, w.Mine.ID)).Seq); err != nil {
		t.Fatal(err)
	}
	must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
	x.set(t, review.Validated)
	return x
}

// set brings the assessment into a state, past the steps that lead there.
func (x *publishing) set(t testing.TB, s review.State) {
	t.Helper()
	storetest.Exec(t, x.World.Store, "UPDATE assessment SET state = '"+string(s)+"', beside = beside + 1 WHERE id = '"+x.Mine.ID+"'")
}

var everything = publish.Scope(publish.Parts)

// given is a consent to what the preview shows now.
func (x *publishing) given(t testing.TB, scope publish.Scope, audience publish.Audience) assessment.ConsentGiven {
	t.Helper()
	p := must[assessment.Preview](t)(x.Preview(ctx, x.approver.Actor(), x.Mine.ID, scope))
	return assessment.ConsentGiven{Scope: scope, Audience: audience, Hash: p.Hash, Terms: publish.TermsVersion, Code: "123456"}
}

func (x *publishing) publish(t testing.TB, g assessment.ConsentGiven) {
	t.Helper()
	if err := x.Publish(ctx, x.approver, x.Mine.ID, g); err != nil {
		t.Fatal(err)
	}
}

func (x *publishing) state(t testing.TB) (review.State, []assessment.Publication) {
	t.Helper()
	a, b, err := x.Of(ctx, x.Coordinator, x.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.State, b.Publications
}

func TestConsentShowsExactlyWhatWasPreviewed(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		visitor := account.Actor{}
		if _, err := x.Shown(ctx, visitor, "accra", "2026"); !fault.Is(err, fault.NotFound) {
			t.Errorf("before: %v", err)
		}
		preview := must[assessment.Preview](t)(x.Preview(ctx, w.Coordinator, w.Mine.ID, everything))
		x.publish(t, x.given(t, everything, publish.Public))
		shown := must[assessment.Shown](t)(x.Shown(ctx, visitor, "accra", "2026"))
		content := must[[]byte](t)(x.Profile(ctx, shown))
		if string(content) != string(preview.Content) || shown.Hash != preview.Hash {
			t.Errorf("another profile than that of the preview:\n%s\n%s", content, preview.Content)
		}
		state, all := x.state(t)
		if state != review.Published || len(all) != 1 || !slices.Equal(all[0].Scope, everything.Strings()) || all[0].Audience != "public" || all[0].Terms != publish.TermsVersion || all[0].By.Account != x.approver.ID || all[0].Revision != 1 {
			t.Errorf("%s %+v", state, all)
		}
		p := must[publish.Profile](t)(publish.Decode(content))
		_, r, file, err := x.File(ctx, shown, p, x.proof.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if text := must[[]byte](t)(io.ReadAll(file)); string(text) != "A plain text as proof." || r.Size != int64(len(text)) || !strings.HasPrefix(r.Media, "text/plain") {
			t.Errorf("%q, %+v", text, r)
		}
		if list := must[[]assessment.Shown](t)(x.List(ctx, visitor)); len(list) != 1 || list[0].City.Name != "Accra" {
			t.Errorf("%+v", list)
		}
		var told []string
		for _, who := range []account.Actor{w.Coordinator, w.Contributor, w.Analyst, x.approver.Actor(), w.Foreign} {
			n := must[[]assessment.Notice](t)(w.Store.Unread(ctx, who.Account))
			if slices.ContainsFunc(n, func(n assessment.Notice) bool { return n.Kind == assessment.NoticeStates["published"] }) {
				told = append(told, string(who.Role))
			}
		}
		if !slices.Equal(told, []string{"coordinator", "contributor", "analyst"}) {
			t.Errorf("told: %v", told)
		}
	})
}

func TestNoConsentIsNoPublication(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		good := x.given(t, everything, publish.Public)
		for name, c := range map[string]struct {
			change func(*assessment.ConsentGiven)
			kind   fault.Kind
			key    string
		}{
			"no hash":              {func(g *assessment.ConsentGiven) { g.Hash = "" }, fault.Conflict, "publish.moved"},
			"another hash":         {func(g *assessment.ConsentGiven) { g.Hash = strings.Repeat("0", 64) }, fault.Conflict, "publish.moved"},
			"a wider scope":        {func(g *assessment.ConsentGiven) { g.Scope = publish.Scope{publish.Numbers} }, fault.Conflict, "publish.moved"},
			"no terms":             {func(g *assessment.ConsentGiven) { g.Terms = "" }, fault.Conflict, "publish.terms_older"},
			"an older text":        {func(g *assessment.ConsentGiven) { g.Terms = "2025-01" }, fault.Conflict, "publish.terms_older"},
			"no code":              {func(g *assessment.ConsentGiven) { g.Code = "" }, fault.Invalid, "fault.factor_code"},
			"a wrong code":         {func(g *assessment.ConsentGiven) { g.Code = "654321" }, fault.Invalid, "fault.factor_code"},
			"somebody of no code ": {func(*assessment.ConsentGiven) {}, fault.Invalid, "publish.no_factor"},
		} {
			g, by := good, x.approver
			c.change(&g)
			by.Factor = c.key != "publish.no_factor"
			f, _ := fault.As(x.Publish(ctx, by, w.Mine.ID, g))
			if f == nil || f.Kind != c.kind || f.Key != c.key {
				t.Errorf("%s: %+v", name, f)
			}
		}
		for name, who := range map[string]account.Actor{"coordinator": w.Coordinator, "contributor": w.Contributor} {
			if err := x.Publish(ctx, account.Account{ID: who.Account, Role: who.Role, City: who.City, Factor: true}, w.Mine.ID, good); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, who := range map[string]account.Actor{"an analyst": w.Analyst, "another city": w.Foreign} {
			if _, err := x.Preview(ctx, who, w.Mine.ID, everything); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
			if err := x.Withdraw(ctx, who, w.Mine.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s withdraws: %v", name, err)
			}
		}
		for _, s := range []review.State{review.Submitted, review.InReview, review.Clarification} {
			x.set(t, s)
			wantFault(t, x.Publish(ctx, x.approver, w.Mine.ID, good), fault.Conflict)
			wantFault(t, x.KeepPrivate(ctx, x.approver.Actor(), w.Mine.ID), fault.Conflict)
			wantFault(t, x.Withdraw(ctx, x.approver.Actor(), w.Mine.ID), fault.Conflict)
		}
		if state, all := x.state(t); state != review.Clarification || len(all) != 0 {
			t.Errorf("%s %+v", state, all)
		}
	})
}

func TestAWithdrawnPublicationIsGoneWithItsFiles(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		visitor, approver := account.Actor{}, x.approver.Actor()
		old := x.given(t, everything, publish.Public)
		x.publish(t, old)
		shown := must[assessment.Shown](t)(x.Shown(ctx, visitor, "accra", "2026"))
		p := must[publish.Profile](t)(publish.Decode(must[[]byte](t)(x.Profile(ctx, shown))))
		_, _, file, err := x.File(ctx, shown, p, x.proof.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Withdraw(ctx, approver, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(file); err != nil || len(text) != 22 { // what was begun ends
			t.Errorf("a download under way: %d bytes, %v", len(text), err)
		}
		f, _ := fault.As(must2(x.Shown(ctx, visitor, "accra", "2026")))
		if f == nil || f.Kind != fault.NotFound || f.Key != assessment.Withdrawn {
			t.Errorf("afterwards: %+v", f)
		}
		if list := must[[]assessment.Shown](t)(x.List(ctx, visitor)); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		state, all := x.state(t)
		if state != review.Private || len(all) != 1 || all[0].Withdrawn.IsZero() || all[0].Hash != old.Hash {
			t.Errorf("the history: %s %+v", state, all)
		}
		wantFault(t, x.Withdraw(ctx, approver, w.Mine.ID), fault.Conflict)

		// A consent given again shows the profile again; one for a narrower audience takes it from the others.
		x.publish(t, x.given(t, publish.Scope{publish.Numbers}, publish.Public))
		if again := must[assessment.Shown](t)(x.Shown(ctx, visitor, "accra", "2026")); again.ID == shown.ID || again.Hash == shown.Hash {
			t.Errorf("%+v", again)
		}
		for _, narrow := range []publish.Audience{publish.IOM, publish.City} {
			x.publish(t, x.given(t, everything, narrow))
			if f, _ := fault.As(must2(x.Shown(ctx, visitor, "accra", "2026"))); f == nil || f.Key != assessment.Withdrawn {
				t.Errorf("%s: %+v", narrow, f)
			}
			if _, err := x.Shown(ctx, w.Analyst, "accra", "2026"); (err == nil) != (narrow == publish.IOM) {
				t.Errorf("%s, an analyst: %v", narrow, err)
			}
			if state, _ := x.state(t); state != review.Private {
				t.Errorf("%s: %s", narrow, state)
			}
		}
		if err := x.Withdraw(ctx, approver, w.Mine.ID); err != nil { // of a consent that others never saw
			t.Fatal(err)
		}
		if _, all := x.state(t); len(all) != 4 || slices.ContainsFunc(all, func(p assessment.Publication) bool { return p.Withdrawn.IsZero() }) {
			t.Errorf("%+v", all)
		}
		var acts []string
		for _, l := range must[[]assessment.Line](t)(w.Store.Audit(ctx, w.Coordinator, assessment.AuditFilter{})) {
			if strings.HasPrefix(l.Action, "review.") {
				acts = append(acts, l.Action+" "+l.Detail)
			}
		}
		all4 := "numbers,explanations,evidence_titles,evidence_files"
		slices.Reverse(acts)
		if want := []string{"review.publish public: " + all4, "review.withdraw ", "review.publish public: numbers", "review.withdraw iom: " + all4, "review.keep_private city: " + all4, "review.withdraw "}; !slices.Equal(acts, want) {
			t.Errorf("the audit log has\n%q, want\n%q", acts, want)
		}
	})
}

func must2[T any](_ T, err error) error { return err }

func TestPeersSeeTheProfilesOfEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		x.publish(t, x.given(t, everything, publish.Peers))
		see := func(who account.Actor) bool { return must2(x.Shown(ctx, who, "accra", "2026")) == nil }
		for name, c := range map[string]struct {
			who  account.Actor
			sees bool
		}{"a visitor": {account.Actor{}, false}, "the own team": {w.Contributor, true}, "an analyst of the round": {w.Analyst, true}, "an analyst of no round": {w.Stray, false},
			"a city that shows nothing": {w.Foreign, false}, "an administrator": {w.Admin, false}} {
			if got := see(c.who); got != c.sees {
				t.Errorf("%s: %v", name, got)
			}
		}
		for audience, sees := range map[string]bool{"city": false, "iom": false, "peers": true, "public": true} {
			storetest.Exec(t, w.Store, "DELETE FROM publication WHERE city_id = '"+w.Quito.ID+"'")
			storetest.Exec(t, w.Store, `INSERT INTO publication (city_id, assessment_id, id, revision, scope, audience, terms, hash, profile, by_account, by_role, at, withdrawn_by, withdrawn_role)
				VALUES ('`+w.Quito.ID+"', '"+w.Theirs.ID+"', 'x', 1, 'numbers', '"+audience+"', '', '', '{}', '', '', '2026-11-24 14:00:00', '', '')")
			if got := see(w.Foreign); got != sees {
				t.Errorf("a city that shows to %s: %v", audience, got)
			}
			if list := must[[]assessment.Shown](t)(x.List(ctx, w.Foreign)); slices.ContainsFunc(list, func(s assessment.Shown) bool { return s.City.ID == w.Accra.ID }) != sees {
				t.Errorf("a city that shows to %s lists %+v", audience, list)
			}
		}
		storetest.Exec(t, w.Store, "UPDATE publication SET withdrawn = '2026-11-24 15:00:00' WHERE city_id = '"+w.Quito.ID+"'")
		if see(w.Foreign) {
			t.Error("a city that has withdrawn its own still sees the others")
		}
		if err := x.Withdraw(ctx, x.approver.Actor(), w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if f, _ := fault.As(must2(x.Shown(ctx, account.Actor{}, "accra", "2026"))); f == nil || f.Key != "fault.not_found" { // it never was public
			t.Errorf("%+v", f)
		}
	})
}

func TestOfAPublicationAndAWithdrawalAtTheSameMomentTheSecondSeesTheFirst(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		approver := x.approver.Actor()
		for i := range races {
			x.set(t, review.Validated)
			g := x.given(t, everything, publish.Public)
			var published, withdrawn error
			together(func() { published = x.Publish(ctx, x.approver, w.Mine.ID, g) }, func() { withdrawn = x.Withdraw(ctx, approver, w.Mine.ID) })
			state, all := x.state(t)
			standing := 0
			for _, p := range all {
				if p.Withdrawn.IsZero() {
					standing++
				}
			}
			switch {
			case published != nil:
				t.Fatalf("race %d: %v", i, published)
			case withdrawn == nil && (state != review.Private || standing != 0):
				t.Fatalf("race %d: withdrawn last, and yet %s with %d that stand", i, state, standing)
			case withdrawn != nil && (!fault.Is(withdrawn, fault.Conflict) || state != review.Published || standing != 1):
				t.Fatalf("race %d: refused with %v, and yet %s with %d that stand", i, withdrawn, state, standing)
			}
			if withdrawn != nil {
				if err := x.Withdraw(ctx, approver, w.Mine.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestOfTwoConsentsAtTheSameMomentOneStands(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		for i := range races {
			var errs [2]error
			one, other := x.given(t, everything, publish.Public), x.given(t, publish.Scope{publish.Numbers}, publish.Peers)
			together(func() { errs[0] = x.Publish(ctx, x.approver, w.Mine.ID, one) }, func() { errs[1] = x.Publish(ctx, x.approver, w.Mine.ID, other) })
			state, all := x.state(t)
			standing := slices.DeleteFunc(all, func(p assessment.Publication) bool { return !p.Withdrawn.IsZero() })
			if errs[0] != nil || errs[1] != nil || state != review.Published || len(standing) != 1 {
				t.Fatalf("race %d: %v %s %+v", i, errs, state, standing)
			}
		}
	})
}

func TestASnapshotThatMovedEndsAConsentThatWasBegun(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		g := x.given(t, everything, publish.Public)
		must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "An answer is to be mended."))
		wantFault(t, x.Publish(ctx, x.approver, w.Mine.ID, g), fault.Conflict)
		save(t, w, w.Contributor, storetest.Value("AA-01", 2, "3"))
		signs := signOffs(w)
		who := x.approver.Actor()
		if err := signs.Consent(ctx, who, w.Mine.ID, must[assessment.Consent](t)(signs.Of(ctx, who, w.Mine.ID)).Seq); err != nil {
			t.Fatal(err)
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		x.set(t, review.Validated)
		if f, _ := fault.As(x.Publish(ctx, x.approver, w.Mine.ID, g)); f == nil || f.Key != "publish.moved" {
			t.Errorf("%+v", f)
		}
		x.publish(t, x.given(t, everything, publish.Public))
		if _, all := x.state(t); all[0].Revision != 2 {
			t.Errorf("%+v", all)
		}
		// A published assessment is not reopened.
		if _, err := w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Again."); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
	})
}

func TestTheFirstQuestionOfAProfileIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := validated(t, w)
		x.publish(t, x.given(t, everything, publish.Public))
		before := w.Store.Statements()
		must[assessment.Shown](t)(x.Shown(ctx, account.Actor{}, "accra", "2026"))
		if n := w.Store.Statements() - before; n != 1 {
			t.Errorf("%d questions", n)
		}
	})
}

var _ assessment.Publisher = (*store.Store)(nil)
