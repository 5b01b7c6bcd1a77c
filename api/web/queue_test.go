package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment/review"
)

// verdict is the form of a decision on MR-01 at its first version.
func verdict(kind string, more ...string) url.Values {
	form := url.Values{"version": {"1"}, "verdict": {kind}, "show": {"first"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestAReviewerGoesThroughTheQueueWithoutScript(t *testing.T) {
	w := apitest.New(t)
	answered(t, w)
	home := "/assessments/" + w.A.ID
	reviewer, analyst := w.Client(apitest.Reviewer), w.Client(apitest.Analyst)

	list := reviewer.Get(home + "/review").Body
	contains(t, list, home+"/review/MR-01?show=first", "MR-02", "Handed in")
	contains(t, reviewer.Get("/review").Body, home+"/review", "Review the other answers")
	item := reviewer.Get(home + "/review/MR-01?show=first").Body
	contains(t, item, `name="verdict" value="verified"`, `data-key="v"`, home+"/review/MR-01/ask?back=", `data-module="review"`)
	if strings.Contains(item, "Coordinator A") || strings.Contains(item, "Contributor A") {
		t.Error("a reviewer reads a name of the city")
	}
	if s := stateOf(t, w); s != review.Submitted {
		t.Error("reading alone has moved the assessment to", s)
	}

	refused := reviewer.Post(home+"/review/MR-01", verdict("challenged", "proposed", "1"))
	if contains(t, refused.Body, "Say why you challenge the answer.", `href="#reason"`, `<option value="1" selected>`); refused.Status != http.StatusUnprocessableEntity {
		t.Errorf("a proposal without reason: status %d", refused.Status)
	}
	sent := reviewer.Post(home+"/review/MR-01", verdict("challenged", "proposed", "1", "reason", "The paper <b>ended</b>."))
	if sent.Status != http.StatusSeeOther || !strings.HasPrefix(sent.To(), home+"/review") || strings.Contains(sent.To(), "MR-01") {
		t.Fatalf("status %d to %s", sent.Status, sent.To())
	}
	if s := stateOf(t, w); s != review.InReview {
		t.Error("the first word has moved the assessment to", s)
	}
	contains(t, analyst.Get(home+"/review/MR-01").Body, "The paper &lt;b&gt;ended&lt;/b&gt;.", "Proposes:", `<span class="lv lv1">1</span>`, "Ministry")
	if moved := reviewer.Post(home+"/review/MR-01", url.Values{"version": {"9"}, "verdict": {"verified"}}); moved.Status != http.StatusConflict {
		t.Errorf("a verdict on a version that is not there: status %d", moved.Status)
	}
	if next := analyst.Post(home+"/review/MR-01", verdict("verified")); next.Status != http.StatusSeeOther {
		t.Errorf("one press verifies: status %d", next.Status)
	}
	for path, client := range map[string]*apitest.Client{home + "/review": w.Client(apitest.Stranger), "/assessments/" + w.B.ID + "/review": reviewer, home + "/review/NO-99": reviewer} {
		if got := client.Get(path); got.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got.Status)
		}
	}

	contains(t, analyst.Get(home+"/review").Body, home+"/review/validate")
	if got := reviewer.Post(home+"/review/validate", nil); got.Status != http.StatusForbidden {
		t.Errorf("a reviewer validates: status %d", got.Status)
	}
	if got := analyst.Post(home+"/review/validate", nil); got.Status != http.StatusSeeOther || stateOf(t, w) != review.Validated {
		t.Errorf("an analyst validates: status %d, %s", got.Status, stateOf(t, w))
	}
	if got := analyst.Post(home+"/review/validate", nil); got.Status != http.StatusConflict {
		t.Errorf("validated twice: status %d", got.Status)
	}
	contains(t, reviewer.Get("/review").Body, "Nothing to do now")
}

func TestTheListOfAllReviewsTakesAtMostTenStatements(t *testing.T) {
	w := apitest.New(t)
	answered(t, w)
	analyst := w.Client(apitest.Analyst)
	analyst.Get("/review")
	before := w.Store.Statements()
	page := analyst.Get("/review")
	if n := w.Store.Statements() - before; n > 10 || page.Status != http.StatusOK {
		t.Errorf("%d statements, status %d", n, page.Status)
	}
}

func TestReviewPagesAreSoundInEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	answered(t, w)
	home := "/assessments/" + w.A.ID
	reviewer := w.Client(apitest.Reviewer)
	reviewer.Post(home+"/review/MR-01", verdict("challenged", "proposed", "1", "reason", "Why"))
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		for _, path := range []string{"/review", home + "/review", home + "/review?show=challenged", home + "/review/MR-01?show=challenged"} {
			reviewer.Get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang)
			body := reviewer.Get(path).Body
			if faults := apitest.Unsound(body, lang); len(faults) > 0 {
				t.Errorf("%s in %s: %v", path, lang, faults)
			}
		}
	}
}
