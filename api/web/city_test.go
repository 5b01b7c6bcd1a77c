package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/locale"
)

func TestWhoMaySeeTheHomeOfAnAssessment(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID
	paths := []string{home, home + "/powers", home + "/check", home + "/transfer", home + "/answers.csv"}
	see := func(name, path string) int { return w.Client(name).Get(path).Status }
	for _, path := range paths {
		for _, c := range []struct {
			name string
			want int
		}{{"", 303}, {apitest.CoordinatorA, 200}, {apitest.ContributorA, 200}, {apitest.CoordinatorB, 404}, {apitest.Admin, 403}, {apitest.Analyst, 404}} {
			if got := see(c.name, path); got != c.want {
				t.Errorf("before handing in, %s gives %q %d, want %d", path, c.name, got, c.want)
			}
		}
	}
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	for _, path := range paths {
		if got := see(apitest.Analyst, path); got != 200 {
			t.Errorf("after handing in, %s gives the analyst %d", path, got)
		}
		if got := see(apitest.CoordinatorB, path); got != 404 {
			t.Errorf("after handing in, %s gives another city %d", path, got)
		}
	}
	if got := see(apitest.CoordinatorA, "/assessments/nowhere"); got != 404 {
		t.Errorf("an assessment that does not exist: %d", got)
	}
}

func TestTheListOfAssessments(t *testing.T) {
	w := apitest.New(t)
	if page := w.Client(apitest.ContributorA).Get("/assessments"); page.Status != http.StatusSeeOther || page.To() != "/assessments/"+w.A.ID {
		t.Errorf("whoever has one assessment is led to %q with %d", page.To(), page.Status)
	}
	contains(t, words(w.Client(apitest.Analyst).Get("/assessments").Body), "No city of your rounds has handed in yet.")
	handIn(t, w, w.Actor(apitest.CoordinatorB), w.B.ID)
	body := w.Client(apitest.Analyst).Get("/assessments").Body
	contains(t, body, "/assessments/"+w.B.ID, "Port Ondine", "Round 2026")
	if strings.Contains(body, w.A.ID) {
		t.Error("an analyst sees an assessment that is not handed in")
	}
	by := assessment.Author{Role: account.Operator}
	if _, err := w.Store.AddRound(context.Background(), assessment.Round{Code: "old", Title: "Round 2024"}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-a"}, by); err != nil {
		t.Fatal(err)
	}
	page := w.Client(apitest.CoordinatorA).Get("/assessments")
	contains(t, page.Body, "Round 2026", "Round 2024", "No due date", "/assessments/"+w.A.ID)
}

func TestTheHomeSaysHowFarTheAnswersAre(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	ids := w.Instrument.Indicators()
	said := map[string]string{ids[0].ID: "not_ours", ids[1].ID: "not_applicable", ids[2].ID: "dont_know", ids[3].ID: "skipped", ids[4].ID: "declined"}
	value := 0
	for _, q := range ids[5:] {
		if value < 59 {
			said[q.ID] = middle(q)
			value++
		}
	}
	fill(t, w, w.Actor(apitest.ContributorA), w.A.ID, func(q *survey.Indicator) string { return said[q.ID] })
	page := w.Client(apitest.CoordinatorA).Get("/assessments/" + w.A.ID)
	// 90 indicators, of which one is not theirs and one does not apply.
	text := words(page.Body)
	contains(t, text, "59 of 88 applicable indicators answered", "Of 90 indicators, 2 are left out", "Hand in by 31 January 2027", "68 days left.", w.Instrument.Context.Title.String(), "Contributor A")
	contains(t, page.Body, `href="/assessments/`+w.A.ID+`/check"`)
	if page.Wire > 8<<10 {
		t.Errorf("the home takes %d bytes", page.Wire)
	}
	for _, no := range []string{"Invite", "Assign"} {
		if strings.Contains(text, no) {
			t.Errorf("the page offers %q, which does not work yet", no)
		}
	}
}

func TestHandingInAndGivingBack(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID
	coordinator, contributor, analyst := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA), w.Client(apitest.Analyst)
	if page := contributor.Post(home+"/hand-in", nil); page.Status != http.StatusForbidden {
		t.Errorf("a contributor hands in: %d", page.Status)
	}
	if page := w.Client(apitest.CoordinatorB).Post(home+"/hand-in", nil); page.Status != http.StatusNotFound {
		t.Errorf("another city hands in: %d", page.Status)
	}
	if page := analyst.Post(home+"/reopen", nil); page.Status != http.StatusNotFound {
		t.Errorf("an analyst gives back what is not handed in: %d", page.Status)
	}
	check := coordinator.Get(home + "/check")
	contains(t, check.Body, `action="`+home+`/hand-in"`, "None of them keeps you from handing in.", "they are not ranked")
	if strings.Contains(contributor.Get(home+"/check").Body, "/hand-in\"") {
		t.Error("a contributor is offered to hand in")
	}
	page := coordinator.Post(home+"/hand-in", nil)
	if page.Status != http.StatusSeeOther || page.To() != home+"/receipt" {
		t.Fatalf("handing in leads to %q with %d", page.To(), page.Status)
	}
	text := words(coordinator.Get(home).Body)
	contains(t, text, "The assessment is handed in. The analysts of the round can read it now.", "Handed in by: Coordinator.", "ask an analyst to give the assessment back")
	if again := coordinator.Post(home+"/hand-in", nil); again.Status != http.StatusConflict {
		t.Errorf("handing in twice: %d", again.Status)
	}
	if got := coordinator.Post(home+"/powers", url.Values{"MR-01.seen": {"x"}}); got.Status != http.StatusLocked {
		t.Errorf("powers after handing in: %d", got.Status)
	}
	contains(t, analyst.Get(home).Body, home+`/reopen"`, home+`/receipt"`, "Reopen for the city")
	if strings.Contains(analyst.Get(home).Body, "Coordinator A") {
		t.Error("an analyst sees a name")
	}
	if page := coordinator.Post(home+"/reopen", nil); page.Status != http.StatusForbidden {
		t.Errorf("a city gives it back to itself: %d", page.Status)
	}
	form := analyst.Get(home + "/reopen")
	contains(t, words(form.Body), "Handed in", "The city can change every answer again.")
	if page := analyst.Post(home+"/reopen", url.Values{"reason": {" "}}); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `aria-invalid="true"`) {
		t.Errorf("without a reason: %d", page.Status)
	}
	if page := analyst.Post(home+"/reopen", url.Values{"reason": {"Look at MR-01 <b>again</b>."}}); page.Status != http.StatusSeeOther || page.To() != "/rounds/2026" {
		t.Errorf("reopening leads to %q with %d", page.To(), page.Status)
	}
	contains(t, words(analyst.Get("/rounds/2026").Body), "The city was told, with your reason")
	contains(t, coordinator.Get(home).Body, "Look at MR-01 &lt;b&gt;again&lt;/b&gt;.")
	if got := analyst.Get(home).Status; got != http.StatusNotFound {
		t.Errorf("the analyst still reads it: %d", got)
	}
	contains(t, words(coordinator.Get(home).Body), "What to do next")
}

func TestTheCheckLeadsToEachGap(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, func(q *survey.Indicator) string {
		switch q.ID {
		case "MR-01":
			return ""
		case "MR-02":
			return "dont_know"
		case "MR-06": // municipal by default
			return "not_ours"
		}
		if q.Kind == survey.Level {
			return "2"
		}
		if q.Kind == survey.YesNo {
			return "no"
		}
		return middle(q)
	})
	if w.Instrument.Indicator("MR-06").Power != survey.Municipal {
		t.Fatal("MR-06 is not municipal by default")
	}
	home := "/assessments/" + w.A.ID
	body := w.Client(apitest.ContributorA).Get(home + "/check").Body
	for _, x := range []struct{ kind, indicator string }{{"unanswered", "MR-01-value"}, {"postponed", "MR-02-value"}, {"ours_though", "MR-06-value"}, {"reason_missing", "MR-06-explanation"}} {
		_, part, found := strings.Cut(body, `id="`+x.kind+`"`)
		part, _, _ = strings.Cut(part, "</section>")
		if !found || !strings.Contains(part, `href="`+home+"/MR.1#"+x.indicator+`"`) {
			t.Errorf("%s does not lead to %s", x.kind, x.indicator)
		}
	}
	for _, no := range []string{"two_versions", "proof_missing"} {
		if strings.Contains(body, `id="`+no+`"`) {
			t.Errorf("%s is shown though there is none", no)
		}
	}
	if page := w.Client(apitest.ContributorA).Get(home + "/MR.1"); !strings.Contains(page.Body, `id="MR-01"`) {
		t.Error("the place that the check leads to does not exist")
	}
}

func TestPagesOfTheCityAreSoundInFourLanguages(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, func(q *survey.Indicator) string {
		if q.Dimension == "MR" {
			return "dont_know"
		}
		return middle(q)
	})
	home := "/assessments/" + w.A.ID
	look := func(name string) {
		c := w.Client(name)
		for _, lang := range locale.Languages {
			c.Get("/assessments?lang=" + lang)
			for _, path := range []string{home, home + "/powers", home + "/check", home + "/transfer"} {
				page := c.Get(path)
				if page.Status != http.StatusOK {
					t.Errorf("%s by %s in %s: %d", path, name, lang, page.Status)
				}
				for _, fault := range apitest.Unsound(page.Body, lang) {
					t.Errorf("%s by %s in %s: %s", path, name, lang, fault)
				}
			}
		}
	}
	look(apitest.CoordinatorA)
	look(apitest.ContributorA)
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	look(apitest.CoordinatorA)
	look(apitest.Analyst)
}

// TestTheHomeAsksTheDatabaseAtMostTenTimes counts what one view of the home costs, however many people and parts there are.
// Right after something beside the answers has changed, that is read once more.
func TestTheHomeAsksTheDatabaseAtMostTenTimes(t *testing.T) {
	w := apitest.New(t)
	c, home := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID
	ask := func() uint64 {
		before := w.Store.Statements()
		if page := c.Get(home); page.Status != http.StatusOK {
			t.Fatalf("status %d", page.Status)
		}
		return w.Store.Statements() - before
	}
	ask()
	few := ask()
	for i := range 40 {
		a := joins(t, w, fmt.Sprint("person-", i), account.Contributor, 0, fmt.Sprint("Department ", i))
		err := w.Pages.Parts.Assign(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.PartGiven{Ref: w.Instrument.Indicators()[i].ID, Account: a.ID})
		if err != nil {
			t.Fatal(err)
		}
	}
	fresh, many := ask(), ask()
	t.Logf("few people: %d, 40 more: %d, right after a change: %d", few, many, fresh)
	if many > 10 || many != few {
		t.Errorf("%d statements with 40 more people, %d before", many, few)
	}
	if fresh > 10 {
		t.Errorf("%d statements right after a change", fresh)
	}
}
