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
	"migov/assessment/review"
	"migov/assessment/survey"
)

// TestBrowserFivePeopleFromDraftToTheNextRound walks the whole way: sign, review, clarification, validate, consent, public
// page, withdrawal, next round.
func TestBrowserFivePeopleFromDraftToTheNextRound(t *testing.T) {
	bothEngines(t, fivePeople)
}

// approverOf adds an approver of city A.
func approverOf(t *testing.T, w *apitest.World) {
	t.Helper()
	ctx := context.Background()
	a, err := w.Store.AddAccount(ctx, account.Account{Email: "approver-a@example.org", Name: "Approver A", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Created: time.Now()}, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	w.Accounts["approver-a"] = a
}

func fivePeople(t *testing.T, w *apitest.World, lang string) {
	chrome := chromium(t)
	ctx, home := context.Background(), "/assessments/"+w.A.ID
	words := w.Pages.Site.Words.In(lang)
	approverOf(t, w)
	for indicator, value := range map[string]string{"MR-07": "3", "MR-08": "1"} {
		text := "Words on " + indicator
		if _, rejected, err := w.Pages.Drafts.Save(ctx, w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: indicator, Value: &value, Explanation: &text}); err != nil || len(rejected) > 0 {
			t.Fatal(rejected, err)
		}
	}
	enter := func(name string) *tab {
		x := open(t, chrome, w, name)
		x.visit("/help?lang=" + lang)
		return x
	}
	coordinator, contributor, approver, reviewer, analyst, visitor := enter(apitest.CoordinatorA), enter(apitest.ContributorA), enter("approver-a"), enter(apitest.Reviewer), enter(apitest.Analyst), enter("")
	state := func(want review.State) {
		t.Helper()
		var a assessment.Assessment
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			var err error
			if a, err = w.Store.Assessment(ctx, account.Actor{Role: account.Operator}, w.A.ID); err != nil {
				t.Fatal(err)
			}
			if a.State == want {
				return
			}
		}
		t.Fatalf("the assessment is %s, not %s", a.State, want)
	}

	// Sign.
	sign := func() {
		t.Helper()
		approver.visit(home + "/sign-off")
		approver.press(`form[action$="/sign-off"] button`)
		approver.waitFor(body, words.T("signoff.done"), 20*time.Second)
	}
	coordinator.visit(home + "/sign-off")
	coordinator.press(`form[action$="/sign-off/ask"] button`)
	state(review.InternalCheck)
	sign()
	coordinator.visit(home + "/check")
	coordinator.press(`form[action$="/hand-in"] button`)
	state(review.Submitted)

	// Review: one answer is verified, another asked about.
	reviewer.visit("/review")
	reviewer.press(`#main a[href="` + home + `/review"]`)
	reviewer.waitFor("location.pathname", home+"/review", 20*time.Second)
	reviewer.visit(home + "/review/MR-07")
	reviewer.press(`button[value="verified"]`)
	state(review.InReview)
	reviewer.visit(home + "/review/MR-08")
	reviewer.press(`a[data-key="a"]`)
	reviewer.waitFor("location.pathname", "/review/MR-08/ask", 20*time.Second)
	reviewer.do(typed("#question", "Of which year is the rule?"))
	reviewer.press("form button.main-act")
	state(review.Clarification)

	// Clarify: what was asked about opens again, and nothing else.
	contributor.visit(home + "/MR.2")
	contributor.started()
	contributor.waitFor(body, "Of which year is the rule?", 20*time.Second)
	if closed := contributor.ask(`String(document.querySelectorAll('[name="MR-07.choice"]:not(:disabled)').length)`); closed != "0" {
		t.Error("an answer that nobody asked about can be changed")
	}
	contributor.press(`#MR-08 .level:nth-child(3)`)
	reaches(t, w, "MR-08", func(k assessment.Kept) bool { return k.Value == "2" })
	contributor.press(`button[value^="reply "]`)
	contributor.waitFor("location.pathname", "/clarifications/", 20*time.Second)
	contributor.do(typed("#text", "Of this year."))
	contributor.press("form button.main-act")
	contributor.waitFor(body, "Of this year.", 20*time.Second)
	sign()
	coordinator.visit(home + "/clarifications")
	coordinator.press(`form[action$="/give-back"] button`)
	state(review.InReview)
	reviewer.visit(home + "/clarifications")
	reviewer.waitFor(body, "Of this year.", 20*time.Second)
	reviewer.press(`button[value="settle"]`)
	reviewer.waitFor(body, words.T("clarify.state_settled"), 20*time.Second)

	// Validate.
	analyst.visit(home + "/review")
	analyst.press(`form[action$="/review/validate"] button`)
	state(review.Validated)

	// Consent to what was shown, with the second factor.
	approver.visit("/account/second-factor")
	secret := strings.ReplaceAll(approver.ask(`document.querySelector('#main code[dir="ltr"]')?.textContent ?? ""`), " ", "")
	now := func() string {
		code, err := account.CodeAt(secret, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	approver.do(typed(`#main input[name="code"]`, now()))
	approver.press(`#main form button.main-act`)
	recovery := strings.Fields(approver.ask(`[...document.querySelectorAll('#main code[dir="ltr"]')].map((c) => c.textContent).join(" ")`))
	for end := time.Now().Add(20 * time.Second); len(recovery) < 10 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		recovery = strings.Fields(approver.ask(`[...document.querySelectorAll('#main code[dir="ltr"]')].map((c) => c.textContent).join(" ")`))
	}
	if len(recovery) < 10 {
		t.Fatalf("recovery codes: %v", recovery)
	}
	approver.visit(home + "/publish")
	approver.ask(`(document.querySelectorAll('#part input').forEach((i) => i.checked = true), "")`)
	approver.press(`#audience input[value="public"]`)
	approver.press(`form[action$="/publish/preview"] button`)
	approver.waitFor("location.pathname", "/publish/preview", 20*time.Second)
	approver.waitFor(body, "Words on MR-07", 20*time.Second)
	approver.do(typed("#code", recovery[0]))
	approver.press(`form[action$="/publish"] button.main-act`)
	state(review.Published)

	// Everybody reads it; once it is withdrawn nobody does.
	visitor.visit("/profiles")
	visitor.press(`#main a[href="/profiles/city-a/2026"]`)
	visitor.waitFor(body, "Words on MR-07", 20*time.Second)
	status := func() string {
		return visitor.promised(`fetch("/profiles/city-a/2026", {cache: "no-store"}).then((r) => String(r.status))`)
	}
	if got := status(); got != "200" {
		t.Errorf("the public profile: %s", got)
	}
	approver.visit(home + "/publish")
	approver.press(`form[action$="/publish/withdraw"] button`)
	state(review.Private)
	if got := status(); got != "410" {
		t.Errorf("the profile that was withdrawn: %s", got)
	}

	// The next round begins with these answers, and none counts before somebody confirms it.
	if _, err := w.Store.AddRound(ctx, assessment.Round{Code: "2027", Title: "Round 2027", Due: w.Round.Due.AddDate(1, 0, 0)}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-a"}, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	list, err := w.Store.Assessments(ctx, account.Actor{Role: account.Operator}, "2027")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	next := func() assessment.Assessment {
		a, err := w.Store.Assessment(ctx, account.Actor{Role: account.Operator}, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	carried := "/assessments/" + list[0].ID + "/carried"
	coordinator.visit(carried)
	coordinator.press(`button[name="act"][value="over"]`)
	coordinator.do(chromedp.WaitVisible(chromedp.CSS(`input[name="tick"][value="MR-07"]`)))
	if a := next(); a.Answered != 0 || a.Settled != 0 {
		t.Errorf("carried answers count: %+v", a)
	}
	coordinator.press(`input[name="tick"][value="MR-07"]`)
	coordinator.press(`button[name="act"][value="chosen"]`)
	for end := time.Now().Add(20 * time.Second); next().Answered != 1; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after confirming one: %+v", next())
		}
	}
}
