package web_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
)

// handedIn gives the assessment of city A to the analyst.
func handedIn(t *testing.T, w *apitest.World) {
	t.Helper()
	if _, err := w.Pages.Drafts.HandIn(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
		t.Fatal(err)
	}
}

func threadsOf(t *testing.T, w *apitest.World) []assessment.Thread {
	t.Helper()
	b, err := w.Store.Beside(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Threads
}

func TestTalkBesideAQuestionWithoutScript(t *testing.T) {
	w := apitest.New(t)
	page := "/assessments/" + w.A.ID + "/MR.1"
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	const said = "  canary-private = <b>كلمة</b>\nsecond line"

	form := sectionForm(t, coordinator.Get(page).Body)
	form.Set("MR-01.explanation", "An answer typed beside it.")
	form.Set("talk.MR-01.text", strings.ReplaceAll(said, "\n", "\r\n"))
	form.Set("talk.MR-01.to", "city")
	form.Set("talk.MR-01.with", w.Accounts[apitest.ContributorA].ID)
	form.Set("go", "talk MR-01")
	for range 2 { // pressed twice
		if got := coordinator.Post(page, form); got.Status != http.StatusSeeOther || got.To() != page+"?talk=MR-01#talk-MR-01" {
			t.Fatalf("status %d to %s\n%s", got.Status, got.To(), got.Body)
		}
	}
	threads := threadsOf(t, w)
	if len(threads) != 1 || len(threads[0].Posts) != 1 || threads[0].Posts[0].Body != said || threads[0].Shared {
		t.Fatalf("kept %+v", threads)
	}
	if kept, _ := keptOf(t, w, "MR-01"); kept.Explanation != "An answer typed beside it." {
		t.Errorf("the answer on the same page: %q", kept.Explanation)
	}
	shown := contributor.Get(page + "?talk=MR-01").Body
	for _, want := range []string{"1 open conversation", "Seen by the city only", "canary-private = &lt;b&gt;كلمة&lt;/b&gt;\nsecond line", "for \u2068Contributor A\u2069", `id="talk-MR-01" open`, `name="go" value="resolve ` + threads[0].ID} {
		if !strings.Contains(shown, want) {
			t.Errorf("the colleague's page lacks %q", want)
		}
	}
	if !strings.Contains(shown, `1 unread notice`) {
		t.Error("the header does not count the notice")
	}

	t.Run("a text that is not posted comes back, and the answers are saved", func(t *testing.T) {
		form := sectionForm(t, coordinator.Get(page).Body)
		form.Set("MR-01.explanation", "Typed on.")
		form.Set("talk.MR-02.text", "half a thought")
		form.Set("go", "next")
		got := coordinator.Post(page, form)
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "half a thought") || !strings.Contains(got.Body, "MR-02: This text is not posted yet.") {
			t.Errorf("status %d", got.Status)
		}
		if kept, _ := keptOf(t, w, "MR-01"); kept.Explanation != "Typed on." {
			t.Errorf("kept %q", kept.Explanation)
		}
	})
	t.Run("what cannot be posted comes back with the reason", func(t *testing.T) {
		form := sectionForm(t, coordinator.Get(page).Body)
		form.Set("talk.MR-01.text", strings.Repeat("x", 64<<10+1))
		form.Set("go", "talk MR-01")
		if got := coordinator.Post(page, form); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, strings.Repeat("x", 64<<10+1)) {
			t.Errorf("status %d", got.Status)
		}
		form.Set("talk.MR-01.text", "")
		if got := coordinator.Post(page, form); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Write something before you post.") {
			t.Errorf("nothing: status %d", got.Status)
		}
	})
	t.Run("resolve and open again", func(t *testing.T) {
		form := sectionForm(t, contributor.Get(page).Body)
		form.Set("go", "resolve "+threads[0].ID)
		if got := contributor.Post(page, form); got.Status != http.StatusSeeOther || threadsOf(t, w)[0].Resolved.IsZero() {
			t.Fatalf("status %d", got.Status)
		}
		list := "/assessments/" + w.A.ID + "/talk"
		if open, all := contributor.Get(list).Body, contributor.Get(list+"?state=resolved").Body; strings.Contains(open, "canary-private") || !strings.Contains(all, "canary-private") {
			t.Error("the filter does not part open from resolved ones")
		}
		if got := contributor.Post(list, url.Values{"go": {"reopen " + threads[0].ID}, "back": {list + "?state=open"}}); got.To() != list+"?state=open" || !threadsOf(t, w)[0].Resolved.IsZero() {
			t.Errorf("status %d to %s", got.Status, got.To())
		}
	})
}

func TestWhoReadsWhichConversation(t *testing.T) {
	w := apitest.New(t)
	list, page := "/assessments/"+w.A.ID+"/talk", "/assessments/"+w.A.ID+"/MR.1"
	coordinator, analyst, foreign := w.Client(apitest.CoordinatorA), w.Client(apitest.Analyst), w.Client(apitest.CoordinatorB)
	post := func(c *apitest.Client, to, text string) apitest.Page {
		return c.Post(list, url.Values{"go": {"talk MR-01"}, "talk.MR-01.text": {text}, "talk.MR-01.to": {to}})
	}
	for to, text := range map[string]string{"city": "canary-private", "shared": "=canary-shared"} {
		if got := post(coordinator, to, text); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status, got.Body)
		}
	}
	if got := analyst.Get(list); got.Status != http.StatusNotFound {
		t.Errorf("before the hand-in the analyst gets %d", got.Status)
	}
	handedIn(t, w)
	private := ""
	for _, x := range threadsOf(t, w) {
		if !x.Shared {
			private = x.ID
		}
	}
	for _, address := range []string{list, list + "?state=all&whose=city", page, list + ".csv", "/api/v1/assessments/" + w.A.ID + "/threads"} {
		got := analyst.Get(address)
		if got.Status != http.StatusOK || !strings.Contains(got.Body, "canary-shared") || strings.Contains(got.Body, "canary-private") || strings.Contains(got.Body, "Coordinator A") {
			t.Errorf("the analyst at %s: status %d, private %v, name %v", address, got.Status, strings.Contains(got.Body, "canary-private"), strings.Contains(got.Body, "Coordinator A"))
		}
		if got := foreign.Get(address); got.Status != http.StatusNotFound || strings.Contains(got.Body, "canary") {
			t.Errorf("another city at %s: status %d", address, got.Status)
		}
	}
	for name, try := range map[string]apitest.Page{
		"replies":     post(analyst, private, "x"),
		"resolves":    analyst.Post(list, url.Values{"go": {"resolve " + private}}),
		"from afar":   post(foreign, "city", "x"),
		"is present":  foreign.Post("/assessments/"+w.A.ID+"/presence", url.Values{"section": {"MR.1"}}),
		"by the API":  analyst.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/threads/"+private+"/posts", `{"text":"x"}`, nil),
		"by the API2": foreign.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/threads", `{"indicator":"MR-01","text":"x"}`, nil),
	} {
		if try.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", name, try.Status)
		}
	}
	// An analyst who asks for a private one starts a shared one: there is no other from outside.
	if got := post(analyst, "city", "canary-question"); got.Status != http.StatusSeeOther {
		t.Fatal(got.Status)
	}
	if all := threadsOf(t, w); !all[len(all)-1].Shared {
		t.Error("an analyst has started a private conversation")
	}
	if shown := coordinator.Get(page).Body; !strings.Contains(shown, "canary-question") || !strings.Contains(shown, "With the reviewers") || !strings.Contains(shown, `class="rev"`) {
		t.Error("the city does not see the analyst's question as shared")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(coordinator.Get(list+".csv").Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatal(len(rows), err)
	}
	guarded := 0
	for _, r := range rows {
		if strings.HasPrefix(r[len(r)-1], "'=canary") {
			guarded++
		}
	}
	if raw := coordinator.Get(list + ".csv?raw=1").Body; guarded != 1 || !strings.Contains(raw, ",=canary-shared\n") {
		t.Errorf("%d texts guarded, raw:\n%s", guarded, raw)
	}
}

func TestPresenceNamesColleagues(t *testing.T) {
	w := apitest.New(t)
	at := "/assessments/" + w.A.ID + "/presence"
	here := url.Values{"section": {"MR.1"}}
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	if got := coordinator.Post(at, here); got.Status != http.StatusOK || got.Body != `{"sentence":""}` {
		t.Errorf("alone: %d %s", got.Status, got.Body)
	}
	if got := contributor.Post(at, here); !strings.Contains(got.Body, "Coordinator A\u2069 is looking at this section too.") {
		t.Errorf("together: %s", got.Body)
	}
	if body := contributor.Get("/assessments/" + w.A.ID + "/MR.1").Body; !strings.Contains(body, `data-module="presence" data-to="`+at+`" data-section="MR.1" aria-live="off"></p>`) {
		t.Error("the page says who is there without script, or has no place for it")
	}
}

func TestInbox(t *testing.T) {
	w := apitest.New(t)
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	ask := func() {
		t.Helper()
		got := coordinator.Post("/assessments/"+w.A.ID+"/talk", url.Values{"go": {"talk MR-01"}, "talk.MR-01.text": {"canary"}, "talk.MR-01.to": {"city"}, "talk.MR-01.with": {w.Accounts[apitest.ContributorA].ID}})
		if got.Status != http.StatusSeeOther {
			t.Fatal(got.Status, got.Body)
		}
	}
	if body := contributor.Get("/inbox").Body; !strings.Contains(body, "There is nothing here yet.") {
		t.Error("the empty inbox does not say so")
	}
	ask()
	ask()
	body := contributor.Get("/inbox").Body
	if !strings.Contains(body, "\u2068Coordinator A\u2069 mentioned you in a conversation about \u2068\u2068Primary health care open to migrants\u2069 (MR-01)\u2069 in \u2068Marsa Selwa\u2069.") || !strings.Contains(body, "2 unread notices") || strings.Contains(body, "canary") {
		t.Errorf("the inbox:\n%s", body)
	}
	if err := w.Store.SetLanguage(context.Background(), w.Accounts[apitest.ContributorA].ID, "ar"); err != nil {
		t.Fatal(err)
	}
	if body := contributor.Get("/inbox").Body; !strings.Contains(body, "إشعاران غير مقروءين") || !strings.Contains(body, "إشارة إليكم من") {
		t.Error("the inbox is not in the reader's language")
	}
	if err := w.Store.SetLanguage(context.Background(), w.Accounts[apitest.ContributorA].ID, "en"); err != nil {
		t.Fatal(err)
	}
	notices, err := w.Store.Unread(context.Background(), w.Accounts[apitest.ContributorA].ID)
	if err != nil || len(notices) != 2 {
		t.Fatal(len(notices), err)
	}
	one := "/inbox/" + notices[0].ID
	if got := coordinator.Post(one, url.Values{"go": {"open"}}); got.Status != http.StatusNotFound {
		t.Errorf("somebody else's notice: %d", got.Status)
	}
	got := contributor.Post(one, url.Values{"go": {"open"}})
	if got.Status != http.StatusSeeOther || !strings.HasPrefix(got.To(), "/assessments/"+w.A.ID+"/talk?state=all#c-") {
		t.Fatalf("opening leads to %s", got.To())
	}
	if body := contributor.Get(got.To()).Body; !strings.Contains(body, "1 unread notice<") || !strings.Contains(body, `id="`+got.To()[strings.Index(got.To(), "#")+1:]+`"`) {
		t.Error("the count did not go down, or the conversation is not there")
	}
	if contributor.Post("/inbox", nil); strings.Contains(contributor.Get("/").Body+contributor.Get("/account").Body, "unread") {
		t.Error("all are read and the header still counts")
	}
}

func TestHowOftenLettersCome(t *testing.T) {
	w := apitest.New(t)
	who := w.Accounts[apitest.ContributorA].ID
	c, stranger := w.Client(apitest.ContributorA), w.Client("")
	mail := func() account.Mail {
		t.Helper()
		a, err := w.Store.Account(context.Background(), who)
		if err != nil {
			t.Fatal(err)
		}
		return a.Mail
	}
	if body := c.Get("/account/mail").Body; !strings.Contains(body, `value="weekly" checked`) || !strings.Contains(body, "sends no letters at present") {
		t.Error("a new account does not get a weekly letter, or the page hides that none are sent")
	}
	if got := c.Post("/account/mail", url.Values{"mail": {"daily"}}); got.Status != http.StatusSeeOther || mail() != account.DailyMail {
		t.Errorf("status %d, %s", got.Status, mail())
	}
	if got := c.Post("/account/mail", url.Values{"mail": {"hourly"}}); got.Status != http.StatusUnprocessableEntity || mail() != account.DailyMail {
		t.Errorf("unknown: status %d, %s", got.Status, mail())
	}
	link := "/letters/" + assessment.LetterToken(w.Pages.LetterKey, who)
	if body := stranger.Get(link).Body; !strings.Contains(body, `value="daily" checked`) || strings.Contains(body, "Contributor A") {
		t.Error("the link of a letter does not show the choice, or shows whose it is")
	}
	if mail() != account.DailyMail {
		t.Error("looking at the link changed something")
	}
	if got := stranger.Post(link, url.Values{"mail": {"each"}}); got.Status != http.StatusSeeOther || mail() != account.EachMail {
		t.Errorf("by the link: status %d, %s", got.Status, mail())
	}
	if got := w.Client("").Send(http.MethodPost, link, strings.NewReader("List-Unsubscribe=One-Click"), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": nil}); got.Status != http.StatusNoContent || mail() != account.NoMail {
		t.Errorf("one click: status %d, %s", got.Status, mail())
	}
	for _, forged := range []string{link + "x", "/letters/" + who, "/letters/" + who + ".", "/letters/x." + strings.SplitN(link, ".", 2)[1], "/letters/" + assessment.LetterToken("another key", who)} {
		if got := stranger.Post(forged, url.Values{"mail": {"each"}}); got.Status != http.StatusNotFound || mail() != account.NoMail {
			t.Errorf("%s: status %d, %s", forged, got.Status, mail())
		}
	}
}
