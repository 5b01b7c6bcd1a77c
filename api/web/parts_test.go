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
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/locale"
)

// joins adds somebody to a city of the test world, with the password of everybody there.
func joins(t *testing.T, w *apitest.World, name string, role account.Role, city int, department string) account.Account {
	t.Helper()
	a := w.Accounts[apitest.CoordinatorA]
	a = account.Account{Email: name + "@example.org", Name: name, Role: role, City: w.Cities[city].ID, Language: survey.English, Password: a.Password, Noticed: account.NoticeVersion,
		Department: department, Created: time.Now()}
	a, err := w.Store.AddAccount(context.Background(), a, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	w.Accounts[name] = a
	return a
}

// row is what the form of the list says of one part, as the page has it.
func row(t *testing.T, body, ref string) url.Values {
	t.Helper()
	form := sectionForm(t, body)
	seen := form.Get(ref + ".seen")
	if seen == "" {
		t.Fatalf("the page has no line for %s", ref)
	}
	return url.Values{ref + ".seen": {seen}}
}

func TestWhoMayDivideTheWork(t *testing.T) {
	w := apitest.New(t)
	joins(t, w, "approver-a", account.Approver, 0, "")
	home := "/assessments/" + w.A.ID
	for _, test := range []struct {
		name       string
		read, give int
	}{{"", 303, 401}, {apitest.CoordinatorA, 200, 303}, {apitest.ContributorA, 200, 403}, {"approver-a", 200, 403}, {apitest.CoordinatorB, 404, 404}, {apitest.Admin, 403, 403}, {apitest.Analyst, 403, 403}} {
		c := w.Client(test.name)
		for _, path := range []string{"/parts", "/parts/MR", "/parts/MR.1", "/parts/MR-01", "/sign-off"} {
			if got := c.Get(home + path).Status; got != test.read {
				t.Errorf("%s by %q: %d, want %d", path, test.name, got, test.read)
			}
		}
		if got := c.Post(home+"/parts", nil).Status; got != test.give {
			t.Errorf("%q changes parts: %d, want %d", test.name, got, test.give)
		}
		if got := c.Post(home+"/parts/hand-over", nil).Status; got != test.give && !(test.name == apitest.CoordinatorA && got == 422) {
			t.Errorf("%q hands over: %d", test.name, got)
		}
	}
	if got := w.Client(apitest.CoordinatorA).Get(home + "/parts/ZZ").Status; got != 404 {
		t.Errorf("a part that does not exist: %d", got)
	}
	handInFreely(t, w)
	c := w.Client(apitest.Analyst)
	for _, path := range []string{"/parts", "/parts/MR", "/sign-off"} {
		if got := c.Get(home + path).Status; got != 403 {
			t.Errorf("%s by an analyst after handing in: %d", path, got)
		}
	}
}

// handInFreely hands in although nobody consented, by ending the approvers first.
func handInFreely(t *testing.T, w *apitest.World) {
	t.Helper()
	for _, a := range w.Accounts {
		if a.Role == account.Approver {
			if err := w.Store.SetDisabled(context.Background(), a.ID, true, assessment.Author{Role: account.Operator}); err != nil {
				t.Fatal(err)
			}
		}
	}
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
}

func TestPartsAreGivenByAFormWithoutScript(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	lena := joins(t, w, "lena", account.Contributor, 0, "Housing")
	joins(t, w, "omar", account.Contributor, 0, "housing")
	home := "/assessments/" + w.A.ID
	c := w.Client(apitest.CoordinatorA)
	page := c.Get(home + "/parts")
	form := row(t, page.Body, "SW.4")
	form.Set("SW.4.who", "department:Housing")
	form.Set("SW.4.due", "2026-12-08")
	for k, v := range row(t, page.Body, "MR") {
		form[k] = v
	}
	form.Set("MR.who", "account:"+lena.ID)
	form.Set("go", "stay")
	if got := c.Post(home+"/parts", form); got.Status != 303 || got.To() != home+"/parts" {
		t.Fatalf("giving leads to %q with %d\n%s", got.To(), got.Status, words(got.Body))
	}
	contains(t, words(c.Get(home+"/parts").Body), "Saved. Parts changed: 2.", "Housing", "lena", "Not opened yet")
	lenas := w.Client("lena")
	body := lenas.Get(home).Body
	before, after, found := strings.Cut(body, `id="mine"`)
	if !found || strings.Contains(before, "SW.4") && !strings.Contains(before, "next") {
		t.Error("my part is not shown first")
	}
	mine, _, _ := strings.Cut(after, "</section>")
	contains(t, mine, home+"/SW.4", home+"/MR.1", "8 December 2026")
	if strings.Contains(mine, home+"/WG.1") {
		t.Error("something that is nobody's stands in my part")
	}
	contains(t, words(w.Client("omar").Get(home).Body), "My part", "by 8 December 2026") // the department written in small letters
	page = lenas.Get(home + "/SW.4")
	contains(t, words(page.Body), "Who answers:", "by 8 December 2026", "Ask a colleague")
	b := besides(t, w)
	for _, p := range b.Parts {
		if opened := !p.Opened.IsZero(); opened != (p.Ref == "SW.4") {
			t.Errorf("%s is opened: %v", p.Ref, opened)
		}
	}
	number := besideNumber(t, w)
	lenas.Get(home + "/SW.4")
	w.Client("omar").Get(home + "/SW.4")
	if besideNumber(t, w) != number {
		t.Error("opening a page again wrote something")
	}
	contains(t, words(c.Get(home+"/parts").Body), "Opened on 24 November 2026")
	contains(t, lenas.Get(home+"/parts/SW-13").Body, `value="`+w.URL+home+"/SW.4#SW-13")

	t.Run("what cannot be given comes back as it was typed", func(t *testing.T) {
		page := c.Get(home + "/parts")
		form := row(t, page.Body, "WG.1")
		form.Set("WG.1.who", "account:"+lena.ID)
		form.Set("WG.1.due", "2026-11-23")
		got := c.Post(home+"/parts", form)
		if got.Status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", got.Status)
		}
		contains(t, got.Body, `href="#due-WG.1"`, `value="2026-11-23"`, "This day has passed.", `value="account:`+lena.ID+`" selected`)
		if faults := apitest.Unsound(got.Body, "en"); len(faults) > 0 {
			t.Error(faults)
		}
	})
	t.Run("two who give the same part", func(t *testing.T) {
		stale := row(t, c.Get(home+"/parts").Body, "CR")
		form := row(t, c.Get(home+"/parts").Body, "CR")
		form.Set("CR.who", "account:"+lena.ID)
		c.Post(home+"/parts", form)
		stale.Set("CR.who", "department:Housing")
		got := c.Post(home+"/parts", stale)
		if got.Status != http.StatusConflict {
			t.Fatalf("status %d", got.Status)
		}
		contains(t, words(got.Body), "Somebody else changed who has CR meanwhile. Now: lena.")
		again := row(t, got.Body, "CR")
		again.Set("CR.who", "department:Housing")
		if got := c.Post(home+"/parts", again); got.Status != 303 {
			t.Errorf("knowing of it, a second try: %d", got.Status)
		}
	})
	t.Run("one part on a page of its own, with a note", func(t *testing.T) {
		path := home + "/parts/MR-01"
		seen := sectionForm(t, c.Get(path).Body).Get("seen")
		long := strings.Repeat("x", assessment.NoteLength+1)
		if got := c.Post(path, url.Values{"seen": {seen}, "who": {"account:" + lena.ID}, "note": {long}}); got.Status != 422 || !strings.Contains(got.Body, long) {
			t.Errorf("a note that is too long: %d", got.Status)
		}
		if got := c.Post(path, url.Values{"seen": {seen}, "who": {"department:Housing"}, "note": {"Ask <the> desk."}}); got.Status != 303 {
			t.Fatalf("status %d", got.Status)
		}
		contains(t, c.Get(path).Body, "Ask &lt;the&gt; desk.")
		seen = sectionForm(t, c.Get(path).Body).Get("seen")
		if got := c.Post(path, url.Values{"seen": {seen}, "who": {""}}); got.Status != 303 {
			t.Fatalf("taking back: %d", got.Status)
		}
		contains(t, words(c.Get(path).Body), "Asked to answer:", "as part of something wider")
	})
	t.Run("handing over what a colleague leaves behind", func(t *testing.T) {
		if err := w.Store.SetDisabled(context.Background(), lena.ID, true, assessment.Author{Role: account.Operator}); err != nil {
			t.Fatal(err)
		}
		contains(t, words(c.Get(home+"/parts").Body), "lena (left): hand over", "still has 1 part.")
		form := url.Values{"from": {"account:" + lena.ID}, "to": {""}}
		if got := c.Post(home+"/parts/hand-over", form); got.Status != 422 {
			t.Errorf("to nobody: %d", got.Status)
		}
		form.Set("to", "account:"+w.Accounts[apitest.ContributorA].ID)
		if got := c.Post(home+"/parts/hand-over", form); got.Status != 303 {
			t.Fatalf("status %d", got.Status)
		}
		contains(t, words(c.Get(home+"/parts").Body), "Handed over. Parts: 1.", "Contributor A")
	})
	for _, lang := range locale.Languages {
		c.Get("/assessments?lang=" + lang)
		for _, path := range []string{"", "/parts", "/parts?open=MR.1", "/parts/MR", "/parts/MR-01", "/sign-off", "/check", "/MR.1"} {
			if faults := apitest.Unsound(c.Get(home+path).Body, lang); len(faults) > 0 {
				t.Errorf("%s in %s: %v", path, lang, faults)
			}
		}
	}
}

func besides(t *testing.T, w *apitest.World) assessment.Beside {
	t.Helper()
	b, err := w.Store.Beside(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func besideNumber(t *testing.T, w *apitest.World) int64 {
	t.Helper()
	a, err := w.Store.Assessment(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.Beside
}

func TestAnApproverConsentsBeforeTheCityHandsIn(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID
	c := w.Client(apitest.CoordinatorA)
	contains(t, words(c.Get(home+"/check").Body), "Your city has no approver, so it hands in without this consent.", "Hand in the assessment")
	joins(t, w, "approver-a", account.Approver, 0, "")
	a := w.Client("approver-a")
	save := func(indicator, value string) {
		t.Helper()
		_, rejected, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "mutation-" + indicator + value, Indicator: indicator, Value: &value})
		if err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
	}
	save("MR-01", "2")
	check := c.Get(home + "/check")
	contains(t, words(check.Body), "Before handing in, one of these people consents:", "approver-a")
	if strings.Contains(check.Body, home+`/hand-in"`) {
		t.Error("handing in is offered without consent")
	}
	got := c.Post(home+"/hand-in", nil)
	if got.Status != http.StatusConflict {
		t.Fatalf("without consent: %d", got.Status)
	}
	contains(t, words(got.Body), "An approver of your city has to consent first.")
	if got := c.Post(home+"/sign-off/ask", nil); got.Status != 303 {
		t.Errorf("asking: %d", got.Status)
	}
	contains(t, words(a.Get(home).Body), "Look at what has changed, and consent to hand in")
	page := a.Get(home + "/sign-off")
	contains(t, words(page.Body), "Everything that was answered", "MR-01")
	seq := sectionForm(t, page.Body).Get("seq")
	save("MR-02", "3")
	got = a.Post(home+"/sign-off", url.Values{"seq": {seq}})
	if got.Status != http.StatusConflict {
		t.Fatalf("consent to what was: %d", got.Status)
	}
	contains(t, words(got.Body), "your decision was not kept. Indicators changed: 1.", "MR-02 has changed.")
	seq = sectionForm(t, got.Body).Get("seq")
	if got := a.Post(home+"/sign-off/back", url.Values{"seq": {seq}, "reason": {" "}}); got.Status != 422 {
		t.Errorf("sent back without a reason: %d", got.Status)
	}
	if got := a.Post(home+"/sign-off/back", url.Values{"seq": {seq}, "reason": {"MR-02 is <too> high."}}); got.Status != 303 {
		t.Errorf("sent back: %d", got.Status)
	}
	contains(t, c.Get(home+"/sign-off").Body, "MR-02 is &lt;too&gt; high.", "Sent back by")
	if got := c.Post(home+"/hand-in", nil); got.Status != 409 {
		t.Errorf("after it was sent back: %d", got.Status)
	}
	if got := c.Post(home+"/sign-off", url.Values{"seq": {seq}}); got.Status != 403 {
		t.Errorf("a coordinator consents: %d", got.Status)
	}
	for _, forged := range []string{"", "x", "-1", "999"} {
		if got := a.Post(home+"/sign-off", url.Values{"seq": {forged}}); got.Status != 422 {
			t.Errorf("a consent to line %q: %d", forged, got.Status)
		}
	}
	if got := a.Post(home+"/sign-off", url.Values{"seq": {seq}}); got.Status != 303 {
		t.Fatalf("consent: %d", got.Status)
	}
	contains(t, words(c.Get(home+"/check").Body), "Consent to what stands now:", "approver-a", "Hand in the assessment")
	save("MR-03", "1")
	got = c.Post(home+"/hand-in", nil)
	contains(t, words(got.Body), "An approver has consented, but something was changed after that. Indicators changed since then: 1.", "MR-03 has changed.")
	page = a.Get(home + "/sign-off")
	if strings.Contains(page.Body, `id="MR-01"`) || !strings.Contains(page.Body, `id="MR-03"`) {
		t.Error("the page does not show exactly what has changed since the last consent")
	}
	a.Post(home+"/sign-off", url.Values{"seq": {sectionForm(t, page.Body).Get("seq")}})
	if got := c.Post(home+"/hand-in", nil); got.Status != 303 {
		t.Errorf("with consent: %d\n%s", got.Status, words(got.Body))
	}
}
