package rest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
	"migov/assessment/survey"
)

// approverOf adds an approver of city A.
func approverOf(t *testing.T, w *apitest.World) account.Account {
	t.Helper()
	a, err := w.Store.AddAccount(t.Context(), account.Account{Email: "approver-a@example.org", Name: "Approver A", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Created: time.Now()}, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestProgramsReviewAndReadProfiles(t *testing.T) {
	w := apitest.New(t)
	base := "/api/v1/assessments/" + w.A.ID
	c, analyst, foreign := at(t, w, apitest.CoordinatorA, w.A.ID), w.Client(apitest.Analyst), w.Client(apitest.CoordinatorB)
	c.save("MR-01", key(), `"0"`, `{"value":"2"}`)
	if p := c.JSON(http.MethodPost, base+"/hand-in", "", nil); p.Status != http.StatusOK {
		t.Fatal(p.Body)
	}

	var panel struct{ Reviewers, Others []rest.PanelMember }
	reviewer := w.Actor(apitest.Reviewer).Account
	named := func(all []rest.PanelMember) bool {
		return slices.ContainsFunc(all, func(x rest.PanelMember) bool { return x.ID == reviewer })
	}
	for range 2 { // taken off twice is taken off
		if p := analyst.JSON(http.MethodPost, base+"/reviewers/dismiss", `{"reviewer":"`+reviewer+`"}`, nil); p.Status != http.StatusNoContent {
			t.Errorf("%d %s", p.Status, p.Body)
		}
	}
	if read(t, analyst.Get(base+"/reviewers"), http.StatusOK, &panel); named(panel.Reviewers) || !named(panel.Others) {
		t.Errorf("%+v", panel)
	}
	if p := analyst.JSON(http.MethodPost, base+"/reviewers", `{"reviewer":"nobody"}`, nil); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("somebody unknown is assigned: %d", p.Status)
	}
	if p := analyst.JSON(http.MethodPost, base+"/reviewers", `{"reviewer":"`+reviewer+`"}`, nil); p.Status != http.StatusNoContent {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	if read(t, analyst.Get(base+"/reviewers"), http.StatusOK, &panel); !named(panel.Reviewers) || named(panel.Others) {
		t.Errorf("%+v", panel)
	}

	if p := w.Client(apitest.Reviewer).JSON(http.MethodPut, base+"/indicators/MR-01/verdict", `{"version":1,"verdict":"challenged","proposed":"1","reason":"The rule is of last year."}`, nil); p.Status >= 400 {
		t.Fatal(p.Body)
	}
	var list struct{ Reviews []rest.Reviewing }
	read(t, analyst.Get("/api/v1/reviews"), http.StatusOK, &list)
	if len(list.Reviews) != 1 || list.Reviews[0].ID != w.A.ID || list.Reviews[0].State != "in_review" || list.Reviews[0].Reviewed != 1 || list.Reviews[0].Challenged != 1 || !list.Reviews[0].Validate {
		t.Errorf("%+v", list)
	}
	var differences struct{ Differences []rest.Difference }
	read(t, analyst.Get("/api/v1/rounds/"+w.Round.Code+"/differences"), http.StatusOK, &differences)
	if d := differences.Differences; len(d) != 1 || d[0].Indicator != "MR-01" || d[0].Proposed != 1 || d[0].Mean == nil || *d[0].Mean != -1 || d[0].Deviation != nil {
		t.Errorf("%+v", d)
	}
	for path, client := range map[string]*apitest.Client{"/reviews": foreign, "/rounds/" + w.Round.Code + "/differences": foreign} {
		if p := client.Get("/api/v1" + path); p.Status != http.StatusForbidden {
			t.Errorf("a city reads %s: %d", path, p.Status)
		}
	}
	if p := foreign.JSON(http.MethodPost, base+"/review/validate", "", nil); p.Status != http.StatusForbidden && p.Status != http.StatusNotFound {
		t.Errorf("a city validates: %d", p.Status)
	}
	if p := analyst.JSON(http.MethodPost, base+"/review/validate", "", nil); p.Status != http.StatusNoContent {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	refused(t, analyst.JSON(http.MethodPost, base+"/review/validate", "", nil), http.StatusConflict, "review.not_now_validate")

	profiles := func(who string) []rest.Profile {
		t.Helper()
		var out struct{ Profiles []rest.Profile }
		read(t, w.Client(who).Get("/api/v1/profiles"), http.StatusOK, &out)
		return out.Profiles
	}
	if got := profiles(""); len(got) != 0 {
		t.Errorf("before consent: %+v", got)
	}
	w.Pages.Publishing.Prove = nil // whoever consents is not asked for a code here
	approver := approverOf(t, w)
	scope := publish.Scope{publish.Numbers}
	preview, err := w.Pages.Publishing.Preview(t.Context(), approver.Actor(), w.A.ID, scope)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Pages.Publishing.Publish(t.Context(), approver, w.A.ID, assessment.ConsentGiven{Scope: scope, Audience: publish.Public, Hash: preview.Hash, Terms: publish.TermsVersion}); err != nil {
		t.Fatal(err)
	}
	got := profiles("")
	if len(got) != 1 || got[0].City != "city-a" || got[0].SHA256 != preview.Hash || got[0].Audience != "public" {
		t.Fatalf("%+v", got)
	}
	if p := w.Client("").Get(got[0].URL); p.Status != http.StatusOK || p.Body != string(preview.Content) {
		t.Errorf("%s answers %d", got[0].URL, p.Status)
	}
}
