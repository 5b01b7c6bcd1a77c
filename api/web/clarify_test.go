package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/review"
)

// answered hands in the assessment of city A with an answer to MR-01 and MR-02.
func answered(t *testing.T, w *apitest.World) {
	t.Helper()
	for _, id := range []string{"MR-01", "MR-02"} {
		value := "2"
		if _, rejected, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "first-of-" + id, Indicator: id, Value: &value}); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
	}
	handedIn(t, w)
}

func askedOf(t *testing.T, w *apitest.World) []assessment.Clarification {
	t.Helper()
	b, err := w.Store.Beside(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Clarifications
}

func stateOf(t *testing.T, w *apitest.World) review.State {
	t.Helper()
	a, err := w.Store.Assessment(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.State
}

// TestACityIsAskedRepliesAndGivesBackWithoutScript goes the whole way through the pages.
func TestACityIsAskedRepliesAndGivesBackWithoutScript(t *testing.T) {
	w := apitest.New(t)
	answered(t, w)
	home := "/assessments/" + w.A.ID
	analyst, coordinator, contributor := w.Client(apitest.Analyst), w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)

	ask := home + "/review/MR-01/ask"
	contains(t, analyst.Get(ask+"?standard=since").Body, "Since when?</textarea>")
	filled := analyst.Post(ask, url.Values{"question": {"You name an office."}, "standard": {"charge"}, "due": {"2031-01-01"}})
	if contains(t, filled.Body, "You name an office.\nWho is in charge?</textarea>", `value="2031-01-01"`); filled.Status != http.StatusOK || len(askedOf(t, w)) != 0 {
		t.Fatalf("the button of a standard question: status %d, %d questions", filled.Status, len(askedOf(t, w)))
	}
	refused := analyst.Post(ask, url.Values{"question": {"Typed <b>so</b>."}, "due": {"2001-01-01"}})
	if contains(t, refused.Body, "Typed &lt;b&gt;so&lt;/b&gt;.", "This day has passed.", `href="#due"`); refused.Status != http.StatusUnprocessableEntity {
		t.Errorf("a day that has gone: status %d", refused.Status)
	}
	due := time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly)
	question := url.Values{"question": {"Which article says so?\r\nSince when?"}, "due": {due}, "mutation": {"of-the-page"}}
	for range 2 { // pressed twice
		if got := analyst.Post(ask, question); got.Status != http.StatusSeeOther || got.To() != home+"/clarifications" {
			t.Fatalf("status %d to %s\n%s", got.Status, got.To(), got.Body)
		}
	}
	asked := askedOf(t, w)
	if len(asked) != 1 || asked[0].Question != "Which article says so?\nSince when?" || stateOf(t, w) != review.Clarification {
		t.Fatalf("kept %+v in state %s", asked, stateOf(t, w))
	}
	x := asked[0]

	contains(t, coordinator.Get(home).Body, "Reply to 1 question of the reviewers", home+"/MR.1#MR-01")
	section := contributor.Get(home + "/MR.1")
	contains(t, section.Body, "1 question of the reviewers waits for you", "Which article says so?\nSince when?", "Analyst", `name="MR-01.explanation"`, `value="reply `+x.ID+`"`, "Only the answers that were asked about can be changed.")
	for _, closed := range []string{`name="MR-02.explanation"`, `name="MR-02.seen"`, `value="evidence MR-02"`} {
		if strings.Contains(section.Body, closed) {
			t.Errorf("the answer that was not asked about can be changed: %s", closed)
		}
	}
	if faults := apitest.Unsound(section.Body, "en"); len(faults) > 0 {
		t.Error(faults)
	}
	// The button saves what was typed, and leads to the page on which the question is replied to.
	form := sectionForm(t, section.Body)
	form.Set("MR-01.explanation", "Article 12 of the charter.")
	form.Set("go", "reply "+x.ID)
	at := home + "/clarifications/" + x.ID
	if got := contributor.Post(home+"/MR.1", form); got.Status != http.StatusSeeOther || got.To() != at {
		t.Fatalf("status %d to %s\n%s", got.Status, got.To(), got.Body)
	}
	if kept, _ := keptOf(t, w, "MR-01"); kept.Explanation != "Article 12 of the charter." {
		t.Errorf("kept %q", kept.Explanation)
	}
	contains(t, contributor.Get(at).Body, "Which article says so?", "Article 12 of the charter.", "The answer was changed since the question was asked.")
	if got := contributor.Post(at, url.Values{"text": {" "}}); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `href="#text"`) {
		t.Errorf("an empty reply: status %d", got.Status)
	}
	if got := coordinator.Post(home+"/clarifications/give-back", nil); got.Status != http.StatusConflict || !strings.Contains(got.Body, "Some questions have no reply yet: 1.") {
		t.Errorf("given back without a reply: status %d", got.Status)
	}
	if got := contributor.Post(at, url.Values{"text": {"We have named the article."}}); got.Status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.Status, got.Body)
	}
	late := coordinator.Post(at, url.Values{"text": {"A second reply, typed at the same time."}})
	if contains(t, late.Body, "A reply came meanwhile.", "We have named the article.", "A second reply, typed at the same time."); late.Status != http.StatusConflict {
		t.Errorf("two replies: status %d", late.Status)
	}
	contains(t, coordinator.Get(home+"/clarifications").Body, "The city has replied to every open question.", "The city has changed its answer.", "Contributor A", home+"/clarifications/give-back")
	outside := analyst.Get(home + "/clarifications").Body
	if contains(t, outside, "We have named the article.", "The reply is enough"); strings.Contains(outside, "Contributor A") {
		t.Error("people from outside see names")
	}
	if got := contributor.Post(home+"/clarifications/give-back", nil); got.Status != http.StatusForbidden {
		t.Errorf("given back by a contributor: status %d", got.Status)
	}
	if got := coordinator.Post(home+"/clarifications/give-back", nil); got.Status != http.StatusSeeOther || stateOf(t, w) != review.InReview {
		t.Fatalf("given back: status %d, state %s\n%s", got.Status, stateOf(t, w), got.Body)
	}
	if body := contributor.Get(home + "/MR.1").Body; strings.Contains(body, `name="MR-01.explanation"`) {
		t.Error("after giving back the answer can be changed")
	}
	seen := sectionForm(t, outside)
	seen.Set("act", "settle")
	if got := analyst.Post(at+"/settle", seen); got.Status != http.StatusSeeOther || askedOf(t, w)[0].State() != assessment.QuestionSettled {
		t.Fatalf("settled: status %d\n%s", got.Status, got.Body)
	}
	for path, client := range map[string]*apitest.Client{home + "/clarifications": analyst, at: coordinator, home + "/review/MR-02/ask": analyst} {
		for _, lang := range []string{"en", "fr", "es", "ar"} {
			client.Get(path + "?lang=" + lang)
			if got := client.Get(path); got.Status != http.StatusOK {
				t.Errorf("%s: status %d", path, got.Status)
			} else if faults := apitest.Unsound(got.Body, lang); len(faults) > 0 {
				t.Error(path, lang, faults)
			}
		}
	}
}

func TestWhatIsNotAskedTakesNoChangesThroughHTTP(t *testing.T) {
	w := apitest.New(t)
	answered(t, w)
	home := "/assessments/" + w.A.ID
	coordinator := w.Client(apitest.CoordinatorA)
	if _, err := w.Pages.Clarify.Ask(context.Background(), w.Actor(apitest.Analyst), w.A.ID, assessment.Asking{Indicator: "MR-01", Question: "Why?"}); err != nil {
		t.Fatal(err)
	}
	form := func(id string) apitest.Page {
		kept, _ := keptOf(t, w, id)
		return coordinator.Post(home+"/MR.1", url.Values{id + ".seen": {assessment.See(kept).String()}, id + ".mutation": {"mutation-of-" + id}, id + ".choice": {"2"}, id + ".explanation": {"Typed into a page that was open before."}})
	}
	header := func(version string) http.Header {
		return http.Header{"Idempotency-Key": {"key-of-the-test-" + version + time.Now().Format("150405.000000")}, "If-Match": {`"` + version + `"`}}
	}
	for name, c := range map[string]struct {
		send   func(id string) apitest.Page
		status int // of what was asked
	}{
		"json": {func(id string) apitest.Page {
			return coordinator.JSON(http.MethodPut, "/api/v1"+home+"/answers/"+id, `{"explanation":"More."}`, header("1"))
		}, http.StatusCreated},
		"power": {func(id string) apitest.Page {
			return coordinator.JSON(http.MethodPut, "/api/v1"+home+"/powers/"+id, `{"holder":"regional","reason":"Law."}`, header("0"))
		}, http.StatusOK},
		"evidence": {func(id string) apitest.Page {
			return coordinator.Post(home+"/indicators/"+id+"/evidence", url.Values{"act": {"add"}, "url": {"https://city.example/" + id}, "title": {"Paper"}})
		}, http.StatusSeeOther},
	} {
		if got := c.send("MR-01"); got.Status != c.status {
			t.Errorf("%s of what was asked: status %d\n%s", name, got.Status, got.Body)
		}
		if got := c.send("MR-02"); got.Status != http.StatusLocked || !strings.Contains(got.Body, "nobody asks about") {
			t.Errorf("%s of what was not asked: status %d\n%s", name, got.Status, got.Body)
		}
	}
	plan := coordinator.JSON(http.MethodPost, "/api/v1"+home+"/import", `{"file":"city,indicator,value,non_answer,explanation\ncity-a,MR-02,4,,\n"}`, nil)
	if !strings.Contains(plan.Body, "nobody asks about") {
		t.Errorf("an import of what was not asked: %d %s", plan.Status, plan.Body)
	}
	late := form("MR-02")
	if contains(t, late.Body, "Typed into a page that was open before."); late.Status != http.StatusLocked {
		t.Errorf("a form of what was not asked: status %d", late.Status)
	}
	if kept, _ := keptOf(t, w, "MR-02"); kept.Explanation != "" || kept.Value != "2" {
		t.Errorf("kept %+v", kept)
	}
	powers := coordinator.Get(home + "/powers").Body
	if contains(t, powers, `name="MR-01.holder"`, "Only the powers of indicators that the reviewers ask about"); strings.Contains(powers, `name="MR-02.holder"`) {
		t.Error("the powers map takes changes of what was not asked")
	}
}
