//go:build browser

package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// TestBrowserFindsPeopleAccessible opens the pages by which people get in, look after their account and after each other.
func TestBrowserFindsPeopleAccessible(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	ctx := context.Background()
	by := w.Actor(apitest.CoordinatorA)
	invited, secret, err := w.Pages.Crowd.Ask(ctx, by, account.Account{Email: "housing@city.example", Name: "Housing", Role: account.Contributor, Department: "السكن", Language: survey.Arabic})
	if err != nil {
		t.Fatal(err)
	}
	reset, err := w.Pages.Crowd.Reset(ctx, w.Accounts[apitest.ContributorA], assessment.Author{Account: by.Account, Role: by.Role})
	if err != nil {
		t.Fatal(err)
	}
	letters := "/letters/" + assessment.LetterToken(w.Pages.LetterKey, by.Account)
	visitor, coordinator, analyst := open(t, chrome, w, ""), open(t, chrome, w, apitest.CoordinatorA), open(t, chrome, w, apitest.Analyst)
	look := func(x *tab, paths ...string) {
		t.Helper()
		for lang, width := range map[string]int64{"en": 1280, "ar": 390, "fr": 320, "es": 1280} {
			x.do(chromedp.EmulateViewport(width, 900))
			for _, path := range paths {
				x.visit(path + "?lang=" + lang)
				if got := x.ask("document.documentElement.lang"); got != lang {
					t.Errorf("%s is in %q, not %q", path, got, lang)
				}
				if wide := x.ask("String(document.documentElement.scrollWidth > document.documentElement.clientWidth)"); wide != "false" {
					t.Errorf("%s in %s at %d scrolls sideways", path, lang, width)
				}
				x.accessible(source)
			}
		}
	}
	look(visitor, "/", "/sign-in", "/links/"+secret, "/links/"+reset, "/links/nothing", "/forgotten", letters, "/nowhere")
	look(coordinator, "/people", "/people/"+invited.ID, "/people/"+invited.ID+"/erase", "/account", "/account/second-factor", "/account/sessions", "/account/mail", "/audit", "/inbox", "/notice")
	look(analyst, "/people", "/rounds")
	home := "/assessments/" + w.A.ID
	err = w.Pages.Parts.Assign(ctx, by, w.A.ID, assessment.PartGiven{Ref: "MR", Account: w.Accounts[apitest.ContributorA].ID, Due: time.Now().AddDate(0, 0, 9).UTC().Format(time.DateOnly), Note: "اسألوا المكتب."}, assessment.PartGiven{Ref: "WG.1", Department: "السكن"})
	if err != nil {
		t.Fatal(err)
	}
	look(coordinator, home, home+"/parts", home+"/parts/MR", home+"/parts/MR-07", home+"/sign-off", home+"/check", home+"/talk", home+"/evidence")

	t.Run("with messages at fields", func(t *testing.T) {
		x := visitor
		x.t = t
		x.visit("/links/" + secret + "?lang=en")
		x.do(typed("#password", "short"), typed("#password_again", "other"), click("form button.main-act"))
		x.waitFor(`document.querySelector("#faults")?.textContent ?? ""`, "attention", 20*time.Second)
		x.accessible(source)
		coordinator.t = t
		coordinator.visit("/people?lang=en")
		coordinator.do(typed("#name", "Water"), typed("#email", "housing@city.example"), click(`form[action="/people"] button`))
		coordinator.waitFor(`document.querySelector("#faults")?.textContent ?? ""`, "attention", 20*time.Second)
		if !strings.Contains(coordinator.ask(`document.getElementById("name").value`), "Water") {
			t.Error("what was typed is lost")
		}
		coordinator.accessible(source)
	})
}
