package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

func signedOut(page apitest.Page) bool { return strings.HasPrefix(page.To(), "/sign-in") }

func TestASessionEndsWithoutUseAndAtLast(t *testing.T) {
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	w := apitest.With(t, apitest.Options{Now: c.Now, Clock: c.Now})
	own := func(name string) *apitest.Client {
		client := w.Client("")
		form := credentials(name+"@example.org", apitest.Password)
		form.Set("own", "1")
		page := client.Post("/sign-in", form)
		lasts := strings.Contains(page.Header.Get("Set-Cookie"), "Max-Age=")
		if staff := name == apitest.Analyst; lasts == staff {
			t.Errorf("%s: the cookie is %q", name, page.Header.Get("Set-Cookie"))
		}
		return client
	}
	for _, test := range []struct {
		says   string
		client func() *apitest.Client
		every  time.Duration // between two requests
		lives  time.Duration // at least
		gone   time.Duration // a request at this age finds no session
	}{
		{"a shared computer, left alone", func() *apitest.Client { return w.Client(apitest.CoordinatorA) }, 0, 30 * time.Minute, 36 * time.Minute},
		{"a shared computer, in use", func() *apitest.Client { return w.Client(apitest.CoordinatorA) }, 29 * time.Minute, 12*time.Hour - time.Minute, 12 * time.Hour},
		{"an own computer, left alone", func() *apitest.Client { return own(apitest.ContributorA) }, 0, 12 * time.Hour, 12*time.Hour + 6*time.Minute},
		{"an own computer, in use", func() *apitest.Client { return own(apitest.CoordinatorA) }, 11 * time.Hour, 7*24*time.Hour - time.Minute, 7 * 24 * time.Hour},
		{"an analyst's, whatever was said, left alone", func() *apitest.Client { return own(apitest.Analyst) }, 0, 30 * time.Minute, 36 * time.Minute},
	} {
		t.Run(test.says, func(t *testing.T) {
			for _, after := range []time.Duration{test.lives, test.gone} {
				client, began := test.client(), c.now
				for test.every > 0 && c.now.Sub(began)+test.every < after {
					c.move(test.every)
					if page := client.Get("/account"); page.Status != http.StatusOK {
						t.Fatalf("after %v: %d to %q", c.now.Sub(began), page.Status, page.To())
					}
				}
				c.now = began.Add(after)
				if page := client.Get("/account"); signedOut(page) != (after == test.gone) {
					t.Errorf("after %v: %d to %q", after, page.Status, page.To())
				}
			}
		})
	}
}

func TestReadingWritesTheLastUseEveryFiveMinutesOnly(t *testing.T) {
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	w := apitest.With(t, apitest.Options{Now: c.Now, Clock: c.Now})
	client, begun := w.Client(apitest.CoordinatorA), c.now
	seen := func() time.Duration {
		t.Helper()
		all, err := w.Store.SessionsOf(context.Background(), w.Accounts[apitest.CoordinatorA].ID, c.now)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0].Seen.Sub(begun)
	}
	for _, step := range []struct {
		at, want time.Duration
		header   http.Header
	}{
		{time.Minute, 0, nil}, {4*time.Minute + 59*time.Second, 0, nil}, {5 * time.Minute, 5 * time.Minute, nil}, {9 * time.Minute, 5 * time.Minute, nil},
		{20 * time.Minute, 5 * time.Minute, http.Header{session.Background: {"1"}}}, {21 * time.Minute, 21 * time.Minute, nil},
	} {
		c.now = begun.Add(step.at)
		if page := client.Send(http.MethodGet, "/account", nil, step.header); page.Status != http.StatusOK {
			t.Fatalf("at %v: %d", step.at, page.Status)
		}
		if got := seen(); got != step.want {
			t.Errorf("at %v: last seen at %v, wanted %v", step.at, got, step.want)
		}
	}
}

func TestPeopleListAndEndTheirSessions(t *testing.T) {
	w := apitest.New(t)
	with := func(agent string) *apitest.Client {
		client := w.Client("")
		client.Send(http.MethodPost, "/sign-in", strings.NewReader(credentials("coordinator-a@example.org", apitest.Password).Encode()),
			http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {agent}})
		return client
	}
	here := with("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
	phone := with("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36")
	third := with("something <b>else</b>")
	stranger := w.Client(apitest.CoordinatorB)
	page := here.Get("/account/sessions")
	contains(t, page.Body, "Firefox, Windows</bdi> <span class=\"tag\">this one", "Chrome, Android", "Unknown")
	if n := strings.Count(page.Body, `name="session"`); n != 2 || strings.Contains(page.Body, "<b>else") {
		t.Errorf("%d others are listed", n)
	}
	var hash string
	for _, part := range strings.Split(page.Body, "<tr>") {
		if strings.Contains(part, "Chrome, Android") {
			_, after, _ := strings.Cut(part, `name="session" value="`)
			hash, _, _ = strings.Cut(after, `"`)
		}
	}
	if got := stranger.Post("/account/sessions/end", url.Values{"session": {hash}}); got.Status != http.StatusNotFound || signedOut(phone.Get("/account")) {
		t.Errorf("somebody else ends it: %d", got.Status)
	}
	if got := here.Post("/account/sessions/end", url.Values{"session": {hash}}); got.To() != "/account/sessions" || !signedOut(phone.Get("/account")) || signedOut(third.Get("/account")) {
		t.Errorf("ending one: %d", got.Status)
	}
	phone = with("phone")
	here.Post("/account/sessions/end", nil)
	if !signedOut(phone.Get("/account")) || !signedOut(third.Get("/account")) || signedOut(here.Get("/account")) || signedOut(stranger.Get("/account")) {
		t.Error("ending all others ended too few or too many")
	}
	contains(t, here.Get("/account/sessions").Body, "There are no others")
}

func TestWhatEndsTheOtherSessionsOfAPerson(t *testing.T) {
	ctx, by := context.Background(), assessment.Author{Role: account.Operator}
	for says, do := range map[string]func(t *testing.T, w *apitest.World, here *apitest.Client) (stays bool){
		"a new password": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			page := here.Post("/account/password", url.Values{"old": {apitest.Password}, "password": {"another 17 quiet rivers"}, "password_again": {"another 17 quiet rivers"}})
			if page.To() != "/account" {
				t.Fatalf("%d\n%s", page.Status, page.Body)
			}
			return true
		},
		"a password set by a link": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			link, err := w.Pages.Crowd.Reset(ctx, w.Accounts[apitest.ContributorA], by)
			if err != nil {
				t.Fatal(err)
			}
			if page := w.Client("").Post("/links/"+link, url.Values{"password": {"another 17 quiet rivers"}, "password_again": {"another 17 quiet rivers"}}); page.Status != http.StatusSeeOther {
				t.Fatalf("%d", page.Status)
			}
			return false
		},
		"a second factor": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			setUp(t, here, time.Now())
			return true
		},
		"another role": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			to := assessment.Changed{Role: account.Approver, Language: "en"}
			if _, err := w.Pages.Crowd.Change(ctx, w.Actor(apitest.CoordinatorA), w.Accounts[apitest.ContributorA].ID, to); err != nil {
				t.Fatal(err)
			}
			return false
		},
		"the end of the account": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			if _, err := w.Pages.Crowd.Disable(ctx, w.Actor(apitest.CoordinatorA), w.Accounts[apitest.ContributorA].ID, true); err != nil {
				t.Fatal(err)
			}
			return false
		},
		"an administrator": func(t *testing.T, w *apitest.World, here *apitest.Client) bool {
			if page := w.Client(apitest.Admin).Post("/people/"+w.Accounts[apitest.ContributorA].ID+"/sessions/end", nil); page.Status != http.StatusSeeOther {
				t.Fatalf("%d", page.Status)
			}
			return false
		},
	} {
		t.Run(says, func(t *testing.T) {
			w := apitest.New(t)
			here, other, colleague := w.Client(apitest.ContributorA), w.Client(apitest.ContributorA), w.Client(apitest.CoordinatorA)
			stays := do(t, w, here)
			if !signedOut(other.Get("/account")) {
				t.Error("the other session goes on")
			}
			if signedOut(here.Get("/account")) == stays {
				t.Errorf("the own session stays: %v", !stays)
			}
			if signedOut(colleague.Get("/account")) {
				t.Error("a colleague was signed out")
			}
		})
	}
	t.Run("somebody of another city ends nothing", func(t *testing.T) {
		w := apitest.New(t)
		here := w.Client(apitest.ContributorA)
		if page := w.Client(apitest.CoordinatorB).Post("/people/"+w.Accounts[apitest.ContributorA].ID+"/sessions/end", nil); page.Status != http.StatusNotFound || signedOut(here.Get("/account")) {
			t.Errorf("%d", page.Status)
		}
	})
}

func TestATokenFromBeforeTheSignInIsWorthNothing(t *testing.T) {
	w := apitest.New(t)
	planted := w.Client("")
	// A visitor's session: the sign-in that waits for a code, begun by whoever plants the cookie.
	attacker := w.Client(apitest.ContributorA)
	setUp(t, attacker, time.Now())
	asked := w.Client("").Post("/sign-in", credentials("contributor-a@example.org", apitest.Password))
	token := cookie(t, asked)
	victim := planted.Send(http.MethodPost, "/sign-in", strings.NewReader(credentials("coordinator-a@example.org", apitest.Password).Encode()),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {token}})
	if victim.Status != http.StatusSeeOther || cookie(t, victim) == token {
		t.Fatalf("%d, the token is the planted one", victim.Status)
	}
	for _, path := range []string{"/account", "/sign-in/code"} {
		if page := w.Client("").Send(http.MethodGet, path, nil, http.Header{"Cookie": {token}}); page.Status == http.StatusOK && !strings.Contains(page.Body, `name="password"`) {
			t.Errorf("the planted token opens %s", path)
		}
	}
}

func TestAThousandHostileSignIns(t *testing.T) {
	w := apitest.New(t)
	client := w.Client("")
	statuses := map[int]int{}
	for i := range 1000 {
		form := credentials("victim"+strconv.Itoa(i%300)+"@example.org", "guess number "+strconv.Itoa(i))
		form.Set("origin", "10.0.0."+strconv.Itoa(i%250))
		form.Set("ip", strconv.Itoa(i))
		page := client.Send(http.MethodPost, "/sign-in", strings.NewReader(form.Encode()), http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "X-Forwarded-For": {"198.51.100." + strconv.Itoa(i%250)}, "X-Real-Ip": {"203.0.113." + strconv.Itoa(i%250)},
		})
		statuses[page.Status]++
	}
	if statuses[422] != assessment.FailuresByOrigin || statuses[429] != 1000-assessment.FailuresByOrigin {
		t.Errorf("looked at and refused: %v", statuses)
	}
}
