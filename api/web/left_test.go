package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
)

// leaving is a world in which the contributor of city A has a section open when the coordinator ends the account.
func leaving(t *testing.T, now *time.Time) (w *apitest.World, coordinator, contributor *apitest.Client) {
	w = apitest.With(t, apitest.Options{Now: func() time.Time { return *now }})
	coordinator, contributor = w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	explain(t, coordinator, w, "MR-01", "0", "what the coordinator wrote")
	if page := contributor.Get("/assessments/" + w.A.ID + "/MR.1"); page.Status != http.StatusOK {
		t.Fatalf("%d", page.Status)
	}
	if page := coordinator.Post("/people/"+w.Accounts[apitest.ContributorA].ID+"/disable", nil); page.To() != "/people" {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	return w, coordinator, contributor
}

// beside returns the texts that stand beside an answer, and what the answer says.
func beside(t *testing.T, w *apitest.World, indicator string) (texts []string, stands string) {
	t.Helper()
	sheet, err := w.Store.Sheet(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range sheet.Alternatives[indicator] {
		texts = append(texts, x.Answer.Explanation)
	}
	return texts, sheet.Answers[indicator].Explanation
}

func TestWhatAPersonSendsWhoseAccountWasEndedIsKeptForTheColleagues(t *testing.T) {
	now := time.Now()
	w, coordinator, contributor := leaving(t, &now)
	path := "/assessments/" + w.A.ID + "/MR.1"
	form := url.Values{"by": {w.Accounts[apitest.ContributorA].ID},
		"MR-01.seen": {assessment.Seen{}.String()}, "MR-01.mutation": {"page-00000001"}, "MR-01.explanation": {"typed before the end, by form"},
		"MR-02.seen": {assessment.Seen{}.String()}, "MR-02.mutation": {"page-00000002"}, "MR-02.explanation": {"beside nothing at all"}}
	for range 2 { // pressing twice is one save
		page := contributor.Post(path, form)
		if page.Status != http.StatusForbidden {
			t.Fatalf("%d\n%s", page.Status, page.Body)
		}
		contains(t, page.Body, "Your account has ended. What you just sent is kept", "typed before the end, by form")
	}
	put := func(key, indicator, base, text string) apitest.Page {
		return contributor.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/answers/"+indicator, `{"explanation":"`+text+`"}`,
			http.Header{"Idempotency-Key": {key}, "If-Match": {`"` + base + `"`}})
	}
	for range 2 {
		page := put("script-00000001", "MR-03", "0", "typed before the end, by script")
		if page.Status != http.StatusForbidden || !strings.Contains(page.Body, `"saved":false`) || !strings.Contains(page.Body, "is kept for your colleagues") {
			t.Errorf("%d\n%s", page.Status, page.Body)
		}
	}
	for indicator, want := range map[string]string{"MR-01": "typed before the end, by form", "MR-02": "beside nothing at all", "MR-03": "typed before the end, by script"} {
		texts, stands := beside(t, w, indicator)
		if len(texts) != 1 || texts[0] != want {
			t.Errorf("beside %s stands %q", indicator, texts)
		}
		if wanted := map[string]string{"MR-01": "what the coordinator wrote"}[indicator]; stands != wanted {
			t.Errorf("%s says %q", indicator, stands)
		}
	}
	section := coordinator.Get(path)
	contains(t, section.Body, "typed before the end, by form", "beside nothing at all", "Contributor A", "what the coordinator wrote")
	contains(t, section.Body, `<b><bdi>Not answered</bdi></b> <span class="tag">counts for now`)
	if strings.Contains(section.Body, "Visitor") {
		t.Error("an answer that nobody gave has a visitor as its author")
	}
	for _, fault := range apitest.Unsound(section.Body, "en") {
		t.Error(fault)
	}
	inbox := coordinator.Get("/inbox")
	contains(t, inbox.Body, "MR-01", "MR-02", "MR-03")
	news, err := w.Store.Unread(context.Background(), w.Accounts[apitest.CoordinatorA].ID)
	if err != nil {
		t.Fatal(err)
	}
	var hrefs []string
	for _, n := range news {
		if n.Kind == assessment.NoticeLeftText {
			hrefs = append(hrefs, n.Href)
		}
	}
	slices.Sort(hrefs)
	if want := []string{path + "#MR-01", path + "#MR-02", path + "#MR-03"}; !slices.Equal(hrefs, want) {
		t.Errorf("the coordinator is told of %q, want %q", hrefs, want)
	}
	if wrong, err := w.Store.VerifyLog(context.Background(), w.Library); err != nil || len(wrong) > 0 {
		t.Errorf("the log: %v, %v", wrong, err)
	}
	if page := contributor.Get(path); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("somebody who has left reads on: %d", page.Status)
	}
	for _, test := range []struct{ name, method, path string }{
		{"other writing", http.MethodPost, "/assessments/" + w.A.ID + "/powers"},
		{"a section of another city", http.MethodPost, "/assessments/" + w.B.ID + "/MR.1"},
	} {
		if page := contributor.Post(test.path, form); page.Status != http.StatusUnauthorized && page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", test.name, page.Status)
		}
	}

	// The colleagues choose: the text of whoever left can become the answer.
	sheet, err := w.Store.Sheet(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	left := sheet.Alternatives["MR-02"][0]
	if page := coordinator.Post(path, url.Values{"keep": {"MR-02 " + left.ID}, "MR-02.mutation": {"page-00000003"}}); page.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	if texts, stands := beside(t, w, "MR-02"); len(texts) != 0 || stands != "beside nothing at all" {
		t.Errorf("after choosing stands %q, beside it %q", stands, texts)
	}
}

func TestWhatIsNotKeptOfAPersonWhoLeft(t *testing.T) {
	now := time.Now()
	w, coordinator, contributor := leaving(t, &now)
	put := func(c *apitest.Client, header http.Header) apitest.Page {
		h := http.Header{"Idempotency-Key": {"script-00000001"}, "If-Match": {`"0"`}}
		for k, v := range header {
			h[k] = v
		}
		return c.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/answers/MR-03", `{"explanation":"too late"}`, h)
	}
	if page := put(w.Client(""), nil); page.Status != http.StatusUnauthorized {
		t.Errorf("a visitor: %d", page.Status)
	}
	if page := contributor.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID, "", nil); page.Status != http.StatusUnauthorized {
		t.Errorf("reading: %d", page.Status)
	}
	coordinator.Post("/people/"+w.Accounts[apitest.ContributorA].ID+"/erase", nil)
	if page := put(contributor, nil); page.Status != http.StatusUnauthorized {
		t.Errorf("somebody who was erased: %d", page.Status)
	}
	if texts, _ := beside(t, w, "MR-03"); len(texts) != 0 {
		t.Errorf("kept %q", texts)
	}
}
