//go:build browser

package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// TestBrowserFindsPartsAndConsentAccessible opens the pages on which a city divides its work and consents, as its coordinator.
func TestBrowserFindsPartsAndConsentAccessible(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	ctx := context.Background()
	approver := account.Account{Email: "approver@example.org", Name: "Deputy mayor", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English, Created: time.Now()}
	if _, err := w.Store.AddAccount(ctx, approver, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	due := time.Now().AddDate(0, 0, 9).UTC().Format(time.DateOnly)
	err := w.Pages.Parts.Assign(ctx, w.Actor(apitest.CoordinatorA), w.A.ID, assessment.PartGiven{Ref: "MR", Account: w.Accounts[apitest.ContributorA].ID, Due: due, Note: "Ask the desk."},
		assessment.PartGiven{Ref: "WG.1", Account: w.Accounts[apitest.CoordinatorA].ID})
	if err != nil {
		t.Fatal(err)
	}
	value := "2"
	if _, _, err := w.Pages.Drafts.Save(ctx, w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "contributor-1", Indicator: "MR-01", Value: &value}); err != nil {
		t.Fatal(err)
	}
	x := open(t, chrome, w, apitest.CoordinatorA)
	for lang, width := range map[string]int64{"en": 1280, "ar": 390} {
		x.do(chromedp.EmulateViewport(width, 900))
		for _, page := range []string{"", "/parts", "/parts?open=MR.1", "/parts/MR", "/parts/MR-07", "/sign-off", "/check"} {
			x.visit("/assessments/" + w.A.ID + page + "?lang=" + lang)
			x.visit("/assessments/" + w.A.ID + page)
			x.accessible(source)
		}
	}
}
