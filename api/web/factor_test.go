package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/web"
	"migov/assessment"
	"migov/assessment/account"
)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time        { return c.now }
func (c *clock) move(by time.Duration) { c.now = c.now.Add(by) }
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	s, err := account.CodeAt(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	spelt    = regexp.MustCompile(`<code dir="ltr">([A-Z2-7 ]{39})</code>`)
	recovery = regexp.MustCompile(`<code dir="ltr">([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>`)
)

// setUp sets a second factor up for a client and returns its secret and the recovery codes.
func setUp(t *testing.T, client *apitest.Client, at time.Time) (secret string, codes []string) {
	t.Helper()
	page := client.Get("/account/second-factor")
	found := spelt.FindStringSubmatch(page.Body)
	if page.Status != http.StatusOK || found == nil || !strings.Contains(page.Body, `src="data:image/png;base64,`) || !strings.Contains(page.Body, `href="otpauth://totp/`) {
		t.Fatalf("status %d, no key, no picture or no link:\n%s", page.Status, page.Body)
	}
	secret = strings.ReplaceAll(found[1], " ", "")
	done := client.Post("/account/second-factor", url.Values{"code": {code(t, secret, at)}})
	for _, m := range recovery.FindAllStringSubmatch(done.Body, -1) {
		codes = append(codes, m[1])
	}
	if done.Status != http.StatusOK || len(codes) != 10 {
		t.Fatalf("status %d, %d recovery codes\n%s", done.Status, len(codes), done.Body)
	}
	return secret, codes
}

func cookie(t *testing.T, page apitest.Page) string {
	t.Helper()
	value, _, _ := strings.Cut(page.Header.Get("Set-Cookie"), ";")
	if value == "" || value == "migov=" {
		t.Fatalf("no new token: %q", page.Header.Get("Set-Cookie"))
	}
	return value
}

func TestStaffSetASecondFactorUpBeforeAnythingElse(t *testing.T) {
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	w := apitest.With(t, apitest.Options{Now: c.Now, SecondFactor: true})
	for name, path := range map[string]string{apitest.Analyst: "/rounds", apitest.Admin: "/people"} {
		client := w.Client(name)
		if page := client.Get(path); page.To() != "/account/second-factor" {
			t.Errorf("%s is led to %q", name, page.To())
		}
		if page := client.JSON(http.MethodGet, "/api/v1/rounds", "", nil); name == apitest.Analyst && (page.Status != http.StatusForbidden || !strings.Contains(page.Body, "fault.factor_first")) {
			t.Errorf("the API answers %d %s", page.Status, page.Body)
		}
		contains(t, client.Get("/account/second-factor").Body, "before anything else")
		if page := client.Get("/help"); page.Status != http.StatusOK {
			t.Errorf("help: %d", page.Status)
		}
	}
	if page := w.Client(apitest.CoordinatorA).Get("/assessments/" + w.A.ID); page.Status != http.StatusOK {
		t.Errorf("a coordinator: %d to %q", page.Status, page.To())
	}

	client, other := w.Client(apitest.Analyst), w.Client(apitest.Analyst)
	if page := client.Post("/account/second-factor", url.Values{"code": {"123456"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a code before any key was shown: %d", page.Status)
	}
	setUp(t, client, c.now)
	if page := client.Get("/rounds"); page.Status != http.StatusOK {
		t.Errorf("afterwards: %d to %q", page.Status, page.To())
	}
	if page := other.Get("/rounds"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("another session goes on: %d to %q", page.Status, page.To())
	}
	if page := client.Post("/account/second-factor/remove", url.Values{"code": {"123456"}}); page.Status != http.StatusForbidden {
		t.Errorf("taking it away: %d", page.Status)
	}
	t.Run("a token of a program is not asked", func(t *testing.T) {
		token, err := w.Pages.Crowd.Token(context.Background(), w.Accounts[apitest.Analyst], "x", time.Hour, assessment.Author{})
		if err != nil {
			t.Fatal(err)
		}
		if page := w.Client("").JSON(http.MethodGet, "/api/v1/rounds", "", http.Header{"Authorization": {"Bearer " + token}}); page.Status != http.StatusOK {
			t.Errorf("%d", page.Status)
		}
	})
	t.Run("in a demonstration one click goes without, and the page says so", func(t *testing.T) {
		w.Pages.Demo, w.Pages.DemoRoles = true, []web.DemoRole{{Email: "admin@example.org", Role: account.Admin}}
		client := w.Client("")
		client.Post("/demo/sign-in", url.Values{"email": {"admin@example.org"}})
		if page := client.Get("/people"); page.Status != http.StatusOK {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		contains(t, client.Get("/account/second-factor").Body, "one-click sign-ins")
		contains(t, w.Client("").Get("/sign-in").Body, "one-click sign-ins")
	})
}

func TestSigningInWithASecondFactor(t *testing.T) {
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	w := apitest.With(t, apitest.Options{Now: c.Now})
	first := w.Client(apitest.CoordinatorA)
	secret, codes := setUp(t, first, c.now)
	form := credentials("coordinator-a@example.org", apitest.Password)
	// password is a client whose password was right.
	password := func(t *testing.T) (*apitest.Client, apitest.Page) {
		t.Helper()
		client := w.Client("")
		page := client.Post("/sign-in", form)
		if page.To() != "/sign-in/code" {
			t.Fatalf("%d to %q", page.Status, page.To())
		}
		return client, page
	}
	give := func(client *apitest.Client, code string) apitest.Page {
		return client.Post("/sign-in/code", url.Values{"code": {code}})
	}
	t.Run("the password alone opens nothing", func(t *testing.T) {
		client, _ := password(t)
		if page := client.Get("/assessments"); !strings.HasPrefix(page.To(), "/sign-in?") {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		if page := client.JSON(http.MethodGet, "/api/v1/assessments", "", nil); page.Status != http.StatusUnauthorized {
			t.Errorf("API: %d", page.Status)
		}
	})
	t.Run("the code that set it up does not count again", func(t *testing.T) {
		client, _ := password(t)
		page := give(client, code(t, secret, c.now))
		if page.Status != http.StatusUnprocessableEntity {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		contains(t, page.Body, `href="#code"`, "autocomplete=\"one-time-code\"")
	})
	c.move(31 * time.Second)
	t.Run("the next one opens it, once, under a new token at each step", func(t *testing.T) {
		client, asked := password(t)
		twin, _ := password(t)
		now := code(t, secret, c.now)
		page := give(client, now[:3]+" "+now[3:])
		if page.To() != "/assessments" {
			t.Fatalf("%d to %q", page.Status, page.To())
		}
		if cookie(t, asked) == cookie(t, page) {
			t.Error("the token stays the same")
		}
		if page := client.Get("/account"); page.Status != http.StatusOK {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		if page := give(twin, now); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("the same code again: %d to %q", page.Status, page.To())
		}
	})
	t.Run("a clock of the phone that is half a minute off is good enough, two are not", func(t *testing.T) {
		c.move(5 * time.Minute)
		late, _ := password(t)
		if page := give(late, code(t, secret, c.now.Add(-61*time.Second))); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("two steps: %d", page.Status)
		}
		if page := give(late, code(t, secret, c.now.Add(-30*time.Second))); page.To() != "/assessments" {
			t.Errorf("one step: %d", page.Status)
		}
	})
	t.Run("a recovery code opens it once, and the person is told", func(t *testing.T) {
		client, _ := password(t)
		before, err := w.Store.Account(context.Background(), w.Accounts[apitest.CoordinatorA].ID)
		if err != nil {
			t.Fatal(err)
		}
		if page := give(client, strings.ToUpper(codes[0])); page.To() != "/assessments" {
			t.Errorf("%d", page.Status)
		}
		contains(t, client.Get("/account/second-factor").Body, "9 recovery codes are left")
		if after, _ := w.Store.Account(context.Background(), before.ID); after.Unread != before.Unread+1 {
			t.Errorf("%d notices, before %d", after.Unread, before.Unread)
		}
		again, _ := password(t)
		if page := give(again, codes[0]); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("again: %d", page.Status)
		}
	})
	t.Run("wrong codes count like wrong passwords, and the right password does not clear them", func(t *testing.T) {
		c.move(time.Hour)
		for i := range 5 {
			client, _ := password(t)
			if page := give(client, "000000"); page.Status != http.StatusUnprocessableEntity {
				t.Fatalf("try %d: %d", i, page.Status)
			}
		}
		if page := w.Client("").Post("/sign-in", form); page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" {
			t.Errorf("the sixth: %d", page.Status)
		}
		c.move(16 * time.Minute)
	})
	t.Run("what waits for a code is forgotten after ten minutes and when the password changes", func(t *testing.T) {
		client, _ := password(t)
		if err := w.Store.SetPassword(context.Background(), w.Accounts[apitest.CoordinatorA].ID, w.Accounts[apitest.CoordinatorA].Password+" ", assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		if page := give(client, code(t, secret, c.now)); page.To() != "" || !strings.Contains(page.Body, `name="password"`) {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		if err := w.Store.SetPassword(context.Background(), w.Accounts[apitest.CoordinatorA].ID, w.Accounts[apitest.CoordinatorA].Password, assessment.Author{}); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a sealed text comes back after both steps, and after a step that came too late", func(t *testing.T) {
		sealedPage := w.Client("").Post("/account/language", url.Values{"by": {w.Accounts[apitest.CoordinatorA].ID}, "language": {"fr"}, "text": {"what I wrote"}})
		_, after, _ := strings.Cut(sealedPage.Body, `name="resume" value="`)
		sealed, _, _ := strings.Cut(after, `"`)
		f := credentials("coordinator-a@example.org", apitest.Password)
		f.Set("resume", sealed)
		client := w.Client("")
		client.Post("/sign-in", f)
		contains(t, client.Get("/sign-in/code").Body, `value="`+sealed+`"`, "still kept")
		wrong := client.Post("/sign-in/code", url.Values{"code": {"000000"}, "resume": {sealed}})
		contains(t, wrong.Body, `value="`+sealed+`"`)
		contains(t, w.Client("").Post("/sign-in/code", url.Values{"code": {"000000"}, "resume": {sealed}}).Body, `value="`+sealed+`"`, `name="password"`)
		contains(t, client.Post("/sign-in/code", url.Values{"code": {code(t, secret, c.now)}, "resume": {sealed}}).Body, `value="what I wrote"`, `action="/account/language"`)
	})
	t.Run("a link that sets a password does not go round it", func(t *testing.T) {
		link, err := w.Pages.Crowd.Reset(context.Background(), w.Accounts[apitest.CoordinatorA], assessment.Author{Role: account.Operator})
		if err != nil {
			t.Fatal(err)
		}
		page := w.Client("").Post("/links/"+link, url.Values{"password": {"another 17 quiet rivers"}, "password_again": {"another 17 quiet rivers"}})
		if page.To() != "/sign-in/code" {
			t.Errorf("%d to %q", page.Status, page.To())
		}
		form.Set("password", "another 17 quiet rivers")
	})
	t.Run("new codes and taking it away need a code", func(t *testing.T) {
		c.move(time.Minute)
		client, _ := password(t)
		give(client, code(t, secret, c.now))
		for _, path := range []string{"/account/second-factor/codes", "/account/second-factor/remove"} {
			if page := client.Post(path, url.Values{"code": {"000000"}}); page.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s with a wrong code: %d", path, page.Status)
			}
		}
		c.move(time.Minute)
		renewed := recovery.FindAllString(client.Post("/account/second-factor/codes", url.Values{"code": {code(t, secret, c.now)}}).Body, -1)
		if len(renewed) != 10 {
			t.Fatalf("%d new codes", len(renewed))
		}
		if page := client.Post("/account/second-factor/remove", url.Values{"code": {codes[1]}}); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("with an old recovery code: %d", page.Status)
		}
		c.move(time.Minute)
		if page := client.Post("/account/second-factor/remove", url.Values{"code": {code(t, secret, c.now)}}); page.To() != "/account" {
			t.Fatalf("%d\n%s", page.Status, page.Body)
		}
		if page := w.Client("").Post("/sign-in", form); page.To() != "/assessments" {
			t.Errorf("afterwards the password: %d to %q", page.Status, page.To())
		}
	})
}

func TestAnOperatorTakesASecondFactorAway(t *testing.T) {
	c := &clock{time.Now()}
	w := apitest.With(t, apitest.Options{Now: c.Now})
	client := w.Client(apitest.CoordinatorA)
	setUp(t, client, c.now)
	if err := w.Pages.Crowd.ResetFactor(context.Background(), w.Accounts[apitest.CoordinatorA], assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	if page := client.Get("/assessments"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("the session goes on: %d", page.Status)
	}
	w.Client(apitest.CoordinatorA)
}
