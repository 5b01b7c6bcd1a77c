//go:build browser

package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
	"migov/assessment/survey"
)

// TestBrowserPeersReadWhatPeersShow has a reviewer open the evidence of an answer by a key, and then two cities: what one shows to
// peers, the people of the other read once they show their own to peers too, and no longer than that.
func TestBrowserPeersReadWhatPeersShow(t *testing.T) {
	bothEngines(t, peers)
}

func peers(t *testing.T, w *apitest.World, lang string) {
	chrome, ctx, analyst := chromium(t), context.Background(), w.Actor(apitest.Analyst)
	w.Pages.Publishing.Prove = nil // whoever consents is not asked for a code here
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	type town struct {
		approver account.Account
		id       string
	}
	handIn := func(city assessment.City, name, coordinator, id string) town {
		t.Helper()
		a, err := w.Store.AddAccount(ctx, account.Account{Email: name + "@example.org", Name: name, Role: account.Approver, City: city.ID, Language: survey.English,
			Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Created: time.Now()}, assessment.Author{Role: account.Operator})
		fail(err)
		value, text := "3", "Words of "+city.Name
		_, _, err = w.Pages.Drafts.Save(ctx, w.Actor(coordinator), id, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-07", Value: &value, Explanation: &text})
		fail(err)
		_, _, err = w.Pages.Proofs.Add(ctx, w.Actor(coordinator), id, assessment.Proof{Name: "note.txt", Content: strings.NewReader("A note."), Size: 7, Title: "The note", Indicator: "MR-07"})
		fail(err)
		signed, err := w.Pages.SignOffs.Of(ctx, a.Actor(), id)
		fail(err)
		fail(w.Pages.SignOffs.Consent(ctx, a.Actor(), id, signed.Seq))
		_, err = w.Pages.Drafts.HandIn(ctx, w.Actor(coordinator), id)
		fail(err)
		return town{a, id}
	}
	list, err := w.Store.Assessments(ctx, w.Actor(apitest.CoordinatorB), w.Round.Code)
	fail(err)
	a, b := handIn(w.Cities[0], "approver-a", apitest.CoordinatorA, w.A.ID), handIn(w.Cities[1], "approver-b", apitest.CoordinatorB, list[0].ID)

	reviewer := open(t, chrome, w, apitest.Reviewer)
	reviewer.visit("/assessments/" + a.id + "/review/MR-07?lang=" + lang)
	reviewer.do(chromedp.WaitVisible(chromedp.CSS("#keys")), chromedp.KeyEvent("o"))
	reviewer.waitFor("location.pathname", "/evidence/", 20*time.Second)
	reviewer.waitFor(body, "The note", 20*time.Second)

	shows := func(x town) {
		t.Helper()
		fail(w.Pages.Proofs.Judge(ctx, analyst, x.id, "MR-07", assessment.VerdictVerified, 1, "", ""))
		fail(assessment.Queue{Store: w.Store, Questionnaires: w.Library, Besides: w.Pages.Besides, Looks: w.Pages.Drafts.Looks, Now: w.Pages.Now}.Validate(ctx, analyst, x.id))
		scope := publish.Scope{publish.Numbers, publish.Explanations}
		preview, err := w.Pages.Publishing.Preview(ctx, x.approver.Actor(), x.id, scope)
		fail(err)
		fail(w.Pages.Publishing.Publish(ctx, x.approver, x.id, assessment.ConsentGiven{Scope: scope, Audience: publish.Peers, Hash: preview.Hash, Terms: publish.TermsVersion}))
	}
	visitor, other := open(t, chrome, w, ""), open(t, chrome, w, apitest.CoordinatorB)
	const profile, linked = "/profiles/city-a/2026", `String(document.querySelectorAll('#main a[href="/profiles/city-a/2026"]').length)`
	reads := func(when string, x *tab, want string) {
		t.Helper()
		x.visit("/profiles?lang=" + lang)
		if got := x.ask(linked); (got == "0") != (want != "200") {
			t.Errorf("%s, the list has %s links to it, and it answers %s", when, got, want)
		}
		if got := x.promised(`fetch("` + profile + `", {cache: "no-store"}).then((r) => String(r.status))`); got != want {
			t.Errorf("%s, it answers %s, not %s", when, got, want)
		}
	}
	shows(a)
	reads("a city that shows nothing looks", other, "404")
	reads("everybody looks", visitor, "404")
	shows(b)
	reads("a city that shows its own to peers looks", other, "200")
	other.visit("/profiles?lang=" + lang)
	other.press(`#main a[href="` + profile + `"]`)
	other.waitFor(body, "Words of "+w.Cities[0].Name, 20*time.Second)
	if dir := other.ask("document.documentElement.dir"); (dir == "rtl") != (lang == "ar") {
		t.Errorf("in %s the page runs %q", lang, dir)
	}
	reads("everybody looks again", visitor, "404")
	fail(w.Pages.Publishing.Withdraw(ctx, b.approver.Actor(), b.id))
	reads("a city that shows its own no longer looks", other, "404")
}
