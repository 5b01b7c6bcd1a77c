package web_test

import (
	"context"
	"flag"
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/web"
	"migov/assessment/account"
)

var update = flag.Bool("update", false, "write the goldens anew")

func credentials(email, password string) url.Values {
	return url.Values{"email": {email}, "password": {password}}
}

func TestSigningIn(t *testing.T) {
	w := apitest.New(t)
	for _, test := range []struct {
		name   string
		form   url.Values
		status int
		to     string
	}{
		{"the right password", credentials("coordinator-a@example.org", apitest.Password), 303, "/assessments"},
		{"an address written otherwise", credentials("  Analyst@Example.org ", apitest.Password), 303, "/rounds"},
		{"a wrong password", credentials("coordinator-a@example.org", "not this one, no"), 422, ""},
		{"an unknown address", credentials("nobody@example.org", "not this one, no"), 422, ""},
		{"nothing", url.Values{}, 422, ""},
		{"on to where the person wanted to go", url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}, "to": {"/people?x=1"}}, 303, "/people?x=1"},
		{"another site as the goal", url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}, "to": {"//evil.example/"}}, 303, "/people"},
		{"another site with a scheme", url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}, "to": {"https://evil.example/"}}, 303, "/people"},
		{"another site behind a backslash", url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}, "to": {`/\evil.example`}}, 303, "/people"},
		{"a script as the goal", url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}, "to": {"javascript:alert(1)"}}, 303, "/people"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := w.Client("").Post("/sign-in", test.form)
			if page.Status != test.status || page.To() != test.to {
				t.Fatalf("%d to %q, want %d to %q", page.Status, page.To(), test.status, test.to)
			}
			if page.Status == 422 {
				contains(t, page.Body, `value="`+test.form.Get("email")+`"`, "Error:", `href="#email"`)
				if strings.Contains(page.Body, "not this one") {
					t.Error("the page shows the password")
				}
			}
		})
	}
}

func TestAnUnknownAddressLooksLikeAKnownOne(t *testing.T) {
	w := apitest.New(t)
	known := w.Client("").Post("/sign-in", credentials("admin@example.org", "wrong password 1"))
	unknown := w.Client("").Post("/sign-in", credentials("nadie@example.org", "wrong password 1"))
	if known.Status != unknown.Status || strings.ReplaceAll(known.Body, "admin@", "nadie@") != unknown.Body {
		t.Error("status or text differ")
	}
	if len(known.Header) != len(unknown.Header) {
		t.Errorf("headers differ: %v %v", known.Header, unknown.Header)
	}
}

func TestTooManyTriesWaitAndThenGoOn(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	for range 5 {
		if page := w.Client("").Post("/sign-in", credentials("admin@example.org", "wrong password 1")); page.Status != 422 {
			t.Fatalf("status %d", page.Status)
		}
	}
	for _, email := range []string{"admin@example.org", "ADMIN@example.org "} {
		page := w.Client("").Post("/sign-in", credentials(email, apitest.Password))
		if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") != "900" {
			t.Errorf("the sixth try, with the right password: %d, try again after %q s", page.Status, page.Header.Get("Retry-After"))
		}
	}
	spoofed := w.Client("").Send(http.MethodPost, "/sign-in", strings.NewReader(credentials("admin@example.org", apitest.Password).Encode()),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "X-Forwarded-For": {"203.0.113.7"}})
	if spoofed.Status != http.StatusTooManyRequests {
		t.Errorf("a made-up origin: %d", spoofed.Status)
	}
	if page := w.Client("").Post("/sign-in", credentials("analyst@example.org", apitest.Password)); page.Status != http.StatusSeeOther {
		t.Errorf("somebody else at the same address: %d", page.Status)
	}
	now = now.Add(16 * time.Minute)
	if page := w.Client("").Post("/sign-in", credentials("admin@example.org", apitest.Password)); page.Status != http.StatusSeeOther {
		t.Errorf("a quarter of an hour later: %d", page.Status)
	}
}

func TestAFormSentAfterTheSessionEndedComesBack(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	typed := `Häuser & "Gärten" </textarea> مرحبا`
	send := func() string {
		page := w.Client("").Post("/account/language", url.Values{"by": {w.Accounts[apitest.CoordinatorA].ID}, "language": {"fr"}, "text": {typed}})
		if page.Status != http.StatusUnauthorized {
			t.Fatalf("status %d", page.Status)
		}
		if strings.Contains(page.Body, "مرحبا") {
			t.Error("the text can be read by whoever sits at the computer")
		}
		_, after, found := strings.Cut(page.Body, `name="resume" value="`)
		if !found {
			t.Fatalf("the form is not kept:\n%s", page.Body)
		}
		sealed, _, _ := strings.Cut(after, `"`)
		return sealed
	}
	form := func(name, sealed string) url.Values {
		f := credentials(name+"@example.org", apitest.Password)
		f.Set("resume", sealed)
		return f
	}
	t.Run("to the same person, byte for byte", func(t *testing.T) {
		client := w.Client("")
		page := client.Post("/sign-in", form(apitest.CoordinatorA, send()))
		contains(t, page.Body, `action="/account/language"`, `name="language" value="fr"`, `value="Häuser &amp; &#34;Gärten&#34; &lt;/textarea&gt; مرحبا"`)
		if got := client.Post("/account/language", url.Values{"language": {"fr"}}); got.Status != http.StatusSeeOther {
			t.Errorf("sending it now: %d", got.Status)
		}
	})
	t.Run("after a wrong password it is still there", func(t *testing.T) {
		sealed := send()
		f := form(apitest.CoordinatorA, sealed)
		f.Set("password", "not this one, no")
		contains(t, w.Client("").Post("/sign-in", f).Body, sealed)
	})
	t.Run("not to somebody else", func(t *testing.T) {
		if page := w.Client("").Post("/sign-in", form(apitest.CoordinatorB, send())); page.Status != http.StatusSeeOther {
			t.Errorf("status %d", page.Status)
		}
	})
	t.Run("not when it was changed", func(t *testing.T) {
		sealed := send()
		if page := w.Client("").Post("/sign-in", form(apitest.CoordinatorA, "A"+sealed[1:])); page.Status != http.StatusSeeOther && !strings.HasPrefix(sealed, "A") {
			t.Errorf("status %d", page.Status)
		}
	})
	t.Run("not after two hours", func(t *testing.T) {
		sealed := send()
		now = now.Add(2*time.Hour + time.Second)
		if page := w.Client("").Post("/sign-in", form(apitest.CoordinatorA, sealed)); page.Status != http.StatusSeeOther {
			t.Errorf("status %d", page.Status)
		}
	})
}

func TestTheNoticeComesBeforeTheFirstUseAndAgainWhenItMeansMore(t *testing.T) {
	for name, earlier := range map[string]string{"never read": "", "read before evidence and conversations were shared": "1"} {
		t.Run(name, func(t *testing.T) { noticed(t, earlier) })
	}
}

func noticed(t *testing.T, earlier string) {
	w := apitest.New(t)
	if err := w.Store.SetNoticed(context.Background(), w.Accounts[apitest.CoordinatorA].ID, earlier); err != nil {
		t.Fatal(err)
	}
	client := w.Client(apitest.CoordinatorA)
	path := "/assessments/" + w.A.ID + "/MR.1"
	page := client.Get(path)
	if page.Status != http.StatusSeeOther || page.To() != "/notice?to="+url.QueryEscape(path) {
		t.Fatalf("%d to %q", page.Status, page.To())
	}
	if got := w.Client(apitest.CoordinatorA).Post("/people", url.Values{}); (got.Status == http.StatusUnprocessableEntity) != (earlier != "") {
		t.Errorf("a form sent before it was read again: %d to %q", got.Status, got.To())
	}
	notice := client.Get(page.To())
	contains(t, notice.Body, "Who sees what", `name="to" value="`+path+`"`)
	if got := client.Get("/account"); got.Status != http.StatusOK {
		t.Errorf("the own account before the notice: %d", got.Status)
	}
	if got := client.Post("/notice", url.Values{"to": {path}}); got.To() != path {
		t.Errorf("afterwards to %q", got.To())
	}
	if got := client.Get(path); got.Status != http.StatusOK {
		t.Errorf("after the notice: %d to %q", got.Status, got.To())
	}
	if got := client.Post("/notice", url.Values{"to": {"//evil.example"}}); got.To() != "/assessments" {
		t.Errorf("another site as the goal: %q", got.To())
	}
}

// What the notice says is kept beside its version. Whoever changes its meaning counts account.NoticeVersion up; then
// -update writes a new file, and everybody is asked to read it again. A better wording alone changes the file of its version.
func TestTheNoticeSaysWhatItsVersionStandsFor(t *testing.T) {
	w := apitest.New(t)
	said := ""
	for _, who := range []string{apitest.CoordinatorA, apitest.Analyst} {
		_, main, _ := strings.Cut(w.Client(who).Get("/notice").Body, "<main")
		main, _, _ = strings.Cut(main, "</main>")
		said += who + ":\n"
		for _, line := range regexp.MustCompile("<[^>]+>").Split("<main"+main, -1) {
			if line = strings.TrimSpace(html.UnescapeString(line)); line != "" {
				said += line + "\n"
			}
		}
	}
	path := "testdata/notice-" + account.NoticeVersion + ".txt"
	if *update {
		if err := os.WriteFile(path, []byte(said), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || said != string(want) {
		t.Errorf("the notice is not that of version %s (%v): decide on account.NoticeVersion, then run go test ./api/web -run Notice -update\n%s", account.NoticeVersion, err, said)
	}
}

func TestSigningOut(t *testing.T) {
	w := apitest.New(t)
	client := w.Client(apitest.Admin)
	page := client.Post("/sign-out", nil)
	if page.To() != "/" || page.Header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("%d to %q, %v", page.Status, page.To(), page.Header)
	}
	if got := client.Get("/people"); !strings.HasPrefix(got.To(), "/sign-in") {
		t.Errorf("afterwards: %d to %q", got.Status, got.To())
	}
}

func TestOneClickSignInExistsInDemonstrationsOnly(t *testing.T) {
	w := apitest.New(t)
	w.Pages.DemoRoles = []web.DemoRole{{Email: "analyst@example.org", Role: account.Analyst, Place: "Round 2026"}}
	try := func(email string) apitest.Page {
		return w.Client("").Post("/demo/sign-in", url.Values{"email": {email}})
	}
	if page := try("analyst@example.org"); page.Status != http.StatusNotFound {
		t.Errorf("outside a demonstration: %d", page.Status)
	}
	w.Pages.Demo = true
	if page := try("analyst@example.org"); page.To() != "/rounds" {
		t.Errorf("a role that is offered: %d to %q", page.Status, page.To())
	}
	if page := try("admin@example.org"); page.Status != http.StatusNotFound {
		t.Errorf("an account that is not offered: %d", page.Status)
	}
	contains(t, w.Client("").Get("/").Body, `value="analyst@example.org"`, "Round 2026", "90 questions in 6 dimensions")
}
