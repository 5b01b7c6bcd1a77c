package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
)

// nextRound hands in the assessment of city A, with answers to MR-01, MR-02 and MR-05 and a power, and opens a second round.
func nextRound(t *testing.T, w *apitest.World) assessment.Assessment {
	t.Helper()
	ctx, operator := context.Background(), account.Actor{Role: account.Operator}
	why := "An office <b>does</b> it. " + strings.Repeat("And more of it. ", 40)
	if _, err := w.Pages.Drafts.SetPowers(ctx, w.Actor(apitest.CoordinatorA), w.A.ID, assessment.PowerGiven{Indicator: "MR-01", Holder: "regional", Reason: "Act 4"}); err != nil {
		t.Fatal(err)
	}
	two := "2"
	if _, rejected, err := w.Pages.Drafts.Save(ctx, w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "carry-of-MR-01", Indicator: "MR-01", Value: &two, Explanation: &why}); err != nil || len(rejected) > 0 {
		t.Fatal(err, rejected)
	}
	value := "3"
	for _, id := range []string{"MR-02", "SP-01"} {
		if w.Instrument.Indicator(id) == nil || w.Instrument.Indicator(id).Kind != "level" {
			continue
		}
		if _, rejected, err := w.Pages.Drafts.Save(ctx, w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "carry-of-" + id, Indicator: id, Value: &value}); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
	}
	handedIn(t, w)
	if _, err := w.Store.AddRound(ctx, assessment.Round{Code: "2027", Title: "Round 2027"}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-a", "city-b"}, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	all, err := w.Store.Assessments(ctx, operator, "2027")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.City.ID == w.Cities[0].ID {
			return a
		}
	}
	t.Fatal("city A has no assessment in the second round")
	return assessment.Assessment{}
}

func keptIn(t *testing.T, w *apitest.World, id, indicator string) assessment.Kept {
	t.Helper()
	sheet, err := w.Store.Sheet(context.Background(), w.Actor(apitest.CoordinatorA), id, indicator)
	if err != nil {
		t.Fatal(err)
	}
	return sheet.Answers[indicator]
}

// TestAnswersOfTheLastRoundAreCarriedOverAndConfirmedWithoutScript goes the whole way through the pages.
func TestAnswersOfTheLastRoundAreCarriedOverAndConfirmedWithoutScript(t *testing.T) {
	w := apitest.New(t)
	a := nextRound(t, w)
	home := "/assessments/" + a.ID
	at := home + "/carried"
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)

	for _, path := range []string{home, at, home + "/powers"} {
		contains(t, coordinator.Get(path).Body, at, "Round 2026")
	}
	if body := contributor.Get(home + "/MR.1").Body; strings.Contains(body, "carried") {
		t.Error("a section page speaks of the last round before anything was carried over")
	}
	contains(t, contributor.Get(at).Body, "A coordinator of your city can carry over")
	if got := contributor.Post(at, url.Values{"act": {"over"}}); got.Status != http.StatusForbidden {
		t.Errorf("carried over by a contributor: status %d", got.Status)
	}
	if got := coordinator.Post(at, url.Values{"act": {"over"}}); got.Status != http.StatusSeeOther || got.To() != at {
		t.Fatalf("carried over: status %d to %s\n%s", got.Status, got.To(), got.Body)
	}
	page := coordinator.Get(at).Body
	contains(t, page, "lines were carried over.", "An office &lt;b&gt;does&lt;/b&gt; it.", "…", `value="MR-01"`, `value="confirm MR-02"`, "Contributor A", "1 power of the last round can be confirmed")
	contains(t, coordinator.Get(home).Body, "answers of the last round wait for confirmation", at)
	for _, lang := range []string{"en", "ar"} {
		coordinator.Get(at + "?lang=" + lang)
		body := coordinator.Get(at).Body
		if faults := apitest.Unsound(body, lang); len(faults) > 0 {
			t.Error(lang, faults)
		}
	}
	coordinator.Get(at + "?lang=en")

	// At the question the button saves what was typed, and confirms.
	section := contributor.Get(home + "/MR.1")
	contains(t, section.Body, "Last round (Round 2026):", `value="confirm:MR-01"`)
	if faults := apitest.Unsound(section.Body, "en"); len(faults) > 0 {
		t.Error(faults)
	}
	form := sectionForm(t, section.Body)
	form.Set("MR-01.explanation", "Written this year.")
	form.Set("MR-02.explanation", "Typed on the same page.")
	form.Set("go", "confirm:MR-01")
	if got := contributor.Post(home+"/MR.1", form); got.Status != http.StatusSeeOther || got.To() != home+"/MR.1#MR-01" {
		t.Fatalf("confirmed at the question: status %d to %s\n%s", got.Status, got.To(), got.Body)
	}
	if k := keptIn(t, w, a.ID, "MR-01"); k.Value != "2" || k.Explanation != "Written this year." {
		t.Errorf("MR-01 is %+v", k)
	}
	if k := keptIn(t, w, a.ID, "MR-02"); k.Value != "" || k.Explanation != "Typed on the same page." {
		t.Errorf("MR-02 is %+v", k)
	}
	after := contributor.Get(home + "/MR.1").Body
	if contains(t, after, "1 answer was confirmed.", `value="confirm:MR-02"`); strings.Contains(after, `value="confirm:MR-01"`) {
		t.Error("what was confirmed is still offered")
	}

	// The ticked ones by one button; what was dealt with is told.
	if got := contributor.Post(at, url.Values{"act": {"chosen"}, "tick": {"MR-02", "MR-01"}}); got.Status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.Status, got.Body)
	}
	contains(t, contributor.Get(at).Body, "1 answer was confirmed. 1 was dealt with before.")
	if k := keptIn(t, w, a.ID, "MR-02"); k.Value != "3" {
		t.Errorf("MR-02 is %+v", k)
	}
	if got := coordinator.Post(at, url.Values{"act": {"powers"}}); got.Status != http.StatusSeeOther {
		t.Errorf("powers: status %d", got.Status)
	}
	contains(t, coordinator.Get(at).Body, "1 power was confirmed.")
	contains(t, coordinator.Get(home+"/powers").Body, "Act 4")
}

func TestWhatIsSentToTheLastRoundByOthersChangesNothing(t *testing.T) {
	w := apitest.New(t)
	a := nextRound(t, w)
	at := "/assessments/" + a.ID + "/carried"
	coordinator := w.Client(apitest.CoordinatorA)
	coordinator.Post(at, url.Values{"act": {"over"}})
	for _, name := range []string{apitest.CoordinatorB, apitest.Analyst, apitest.Admin, ""} {
		client := w.Client(name)
		for _, form := range []url.Values{nil, {"act": {"confirm MR-01"}}, {"act": {"over"}}, {"act": {"powers"}}, {"act": {"aside MR-01"}}} {
			got := client.Get(at)
			if form != nil {
				got = client.Post(at, form)
			}
			if (name == "") != (got.Status == http.StatusSeeOther) && got.Status != http.StatusUnauthorized && got.Status != http.StatusNotFound && got.Status != http.StatusForbidden || strings.Contains(got.Body, "An office") {
				t.Errorf("%q sends %v: status %d", name, form, got.Status)
			}
		}
	}
	for _, form := range []url.Values{{"act": {"confirm ../../x"}}, {"act": {"section '; DROP TABLE carried"}}, {"act": {"aside"}}, {"act": {"nonsense"}}, {}, {"act": {"chosen"}, "tick": {"MR-01", "<script>"}}} {
		if got := coordinator.Post(at, form); got.Status < 400 || got.Status >= 500 {
			t.Errorf("%v: status %d", form, got.Status)
		}
	}
	if k := keptIn(t, w, a.ID, "MR-01"); k.Version != 0 {
		t.Errorf("MR-01 is %+v", k)
	}
	if got := coordinator.Post(at, url.Values{"act": {"chosen"}}); got.Status != http.StatusSeeOther {
		t.Errorf("nothing ticked: status %d", got.Status)
	}
	contains(t, coordinator.Get(at).Body, "0 answers were confirmed.")
}

func TestProgramsReadAndConfirmWhatTheLastRoundHasLeft(t *testing.T) {
	w := apitest.New(t)
	a := nextRound(t, w)
	at := "/api/v1/assessments/" + a.ID + "/carried"
	coordinator := w.Client(apitest.CoordinatorA)
	if got := coordinator.JSON(http.MethodPost, at, "", nil); got.Status != http.StatusOK {
		t.Fatalf("carried over: status %d\n%s", got.Status, got.Body)
	}
	var list struct {
		Carried []struct {
			Indicator, Value, Power string
			Waits                   bool
		}
	}
	if err := json.Unmarshal([]byte(coordinator.JSON(http.MethodGet, at, "", nil).Body), &list); err != nil || len(list.Carried) < 2 {
		t.Fatal(err, list)
	}
	if x := list.Carried[0]; x.Indicator != "MR-01" || x.Value != "2" || x.Power != "regional" || !x.Waits {
		t.Errorf("the first line is %+v", x)
	}
	for _, want := range []string{`"outcome":"confirmed"`, `"outcome":"settled"`} {
		got := coordinator.JSON(http.MethodPost, at+"/confirm", `{"indicators":["MR-01"]}`, nil)
		contains(t, got.Body, want)
	}
	if got := coordinator.JSON(http.MethodPost, at+"/confirm", `{"indicators":["nonsense"]}`, nil); got.Status != http.StatusNotFound {
		t.Errorf("an unknown indicator: status %d", got.Status)
	}
	contains(t, coordinator.JSON(http.MethodPost, at+"/aside", `{"indicators":["MR-02"]}`, nil).Body, `"count":1`)
	contains(t, coordinator.JSON(http.MethodPost, at+"/powers", "", nil).Body, `"count":0`)
}
