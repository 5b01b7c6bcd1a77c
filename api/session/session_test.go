package session

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
)

var by = assessment.Author{Name: "Test", Role: account.Operator}

// opened is the sessions of a fresh database with one account.
func opened(t *testing.T, secure bool) (*Sessions, *store.Store, account.Account) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, t.TempDir()+"/migov.db", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a, err := s.AddAccount(ctx, account.Account{Email: "a@example.org", Name: "A", Role: account.Admin, Language: survey.French, Password: "first hash", Created: time.Now()}, by)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := New(ctx, s, s, assessment.Crowd{Store: s, Now: time.Now}, s, Options{Secure: secure})
	if err != nil {
		t.Fatal(err)
	}
	return sessions, s, a
}

// visit lets a handler serve one request with a cookie, and returns the cookie that was set.
func visit(t *testing.T, s *Sessions, cookie *http.Cookie, handle func(r *http.Request)) *http.Cookie {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	rw := httptest.NewRecorder()
	s.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handle(r) }), func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) }).ServeHTTP(rw, r)
	for _, c := range rw.Result().Cookies() {
		return c
	}
	return nil
}

// asks tells who a cookie is.
func asks(t *testing.T, s *Sessions, cookie *http.Cookie) (who Asker) {
	t.Helper()
	visit(t, s, cookie, func(r *http.Request) {
		var err error
		if who, err = s.Ask(r); err != nil {
			t.Error(err)
		}
	})
	return who
}

func begin(t *testing.T, s *Sessions, before *http.Cookie, a account.Account) *http.Cookie {
	t.Helper()
	return visit(t, s, before, func(r *http.Request) {
		if err := s.Begin(r.Context(), a, Entry{Strong: true}); err != nil {
			t.Error(err)
		}
	})
}

func TestASessionKnowsItsAccountUntilItEnds(t *testing.T) {
	s, st, a := opened(t, false)
	ctx := context.Background()
	if who := asks(t, s, nil); who.Signed() {
		t.Errorf("a visitor is %+v", who)
	}
	cookie := begin(t, s, nil, a)
	if who := asks(t, s, cookie); who.Account != a.ID || who.Role != account.Admin || who.Lang != "fr" {
		t.Errorf("signed in as %+v", who)
	}
	if cookie.Name != "migov" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || !cookie.Expires.IsZero() {
		t.Errorf("%+v", cookie)
	}
	t.Run("a new sign-in changes the token, and the old one is worth nothing", func(t *testing.T) {
		next := begin(t, s, cookie, a)
		if next.Value == cookie.Value || asks(t, s, cookie).Signed() || !asks(t, s, next).Signed() {
			t.Error("the token stays the same, or both are good")
		}
		cookie = next
	})
	t.Run("a made-up token is nobody", func(t *testing.T) {
		if asks(t, s, &http.Cookie{Name: "migov", Value: strings.Repeat("A", len(cookie.Value))}).Signed() {
			t.Error("signed in")
		}
	})
	t.Run("a sentence is left for one page", func(t *testing.T) {
		visit(t, s, cookie, func(r *http.Request) { s.Leave(r.Context(), "Done: ✓") })
		var said []string
		for range 2 {
			visit(t, s, cookie, func(r *http.Request) { said = append(said, s.Take(r.Context())) })
		}
		if said[0] != "Done: ✓" || said[1] != "" {
			t.Errorf("%q", said)
		}
	})
	t.Run("signing out ends it", func(t *testing.T) {
		other := begin(t, s, nil, a)
		visit(t, s, other, func(r *http.Request) {
			if err := s.End(r.Context()); err != nil {
				t.Error(err)
			}
		})
		if asks(t, s, other).Signed() || !asks(t, s, cookie).Signed() {
			t.Error("the wrong session ended")
		}
	})
	t.Run("a new password ends every session", func(t *testing.T) {
		if err := st.SetPassword(ctx, a.ID, "second hash", by); err != nil {
			t.Fatal(err)
		}
		if asks(t, s, cookie).Signed() {
			t.Error("still signed in")
		}
	})
	t.Run("a disabled account is nobody", func(t *testing.T) {
		a.Password = "second hash"
		again := begin(t, s, nil, a)
		if !asks(t, s, again).Signed() {
			t.Fatal("not signed in")
		}
		if err := st.SetDisabled(ctx, a.ID, true, by); err != nil {
			t.Fatal(err)
		}
		if asks(t, s, again).Signed() {
			t.Error("still signed in")
		}
	})
}

func TestOverHTTPSTheCookieIsBoundToTheHost(t *testing.T) {
	s, _, a := opened(t, true)
	if c := begin(t, s, nil, a); c.Name != "__Host-migov" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("%+v", c)
	}
}

func TestTheLanguageOfAVisitor(t *testing.T) {
	for _, c := range []struct{ says, cookie, header, want string }{
		{"nothing said", "", "", "en"},
		{"the browser's first", "", "fr-CH, en;q=0.8", "fr"},
		{"the browser's best that we have", "", "de, ar;q=0.7, en;q=0.5", "ar"},
		{"none that we have", "", "de", "en"},
		{"nonsense", "", ";;;", "en"},
		{"chosen here before", "es", "fr", "es"},
		{"an unknown choice", "xx", "fr", "fr"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", c.header)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: LanguageCookie, Value: c.cookie})
		}
		if got := preferred(r); got != c.want {
			t.Errorf("%s: %s, wanted %s", c.says, got, c.want)
		}
	}
}

func TestASealedFormComesBackToTheSameAccountOnly(t *testing.T) {
	s, st, a := opened(t, false)
	now := time.Now()
	text, err := s.Seal(Form{Account: a.ID, Path: "/assessments/1/MR.1", Values: url.Values{"MR-01.explanation": {"ما كتبته"}}, At: now})
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(context.Background(), st, st, assessment.Crowd{Store: st, Now: time.Now}, st, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		says, text, account string
		at                  time.Time
		opens               bool
	}{
		{"the same account", text, a.ID, now.Add(time.Hour), true},
		{"another account", text, "other", now, false},
		{"too late", text, a.ID, now.Add(SealLife), false},
		{"changed by a letter", strings.ToUpper(text[:1]) + strings.ToLower(text[:1]) + text[2:], a.ID, now, false},
		{"cut", text[:len(text)-4], a.ID, now, false},
		{"nothing", "", a.ID, now, false},
		{"no base64", "***", a.ID, now, false},
	} {
		f, ok := again.Unseal(c.text, c.account, c.at) // after a restart too
		if ok != c.opens || (ok && (f.Path != "/assessments/1/MR.1" || f.Values.Get("MR-01.explanation") != "ما كتبته")) {
			t.Errorf("%s: %v %+v", c.says, ok, f)
		}
	}
	if strings.Contains(text, a.ID) {
		t.Error("it can be read")
	}
}

func TestWhatASessionKeeps(t *testing.T) {
	until := time.Date(2026, 11, 24, 14, 3, 0, 0, time.UTC)
	raw, err := texts{}.Encode(until, map[string]any{"a": "ä\x00", "b": ""})
	if err != nil {
		t.Fatal(err)
	}
	got, values, err := texts{}.Decode(raw)
	if err != nil || !got.Equal(until) || len(values) != 2 || values["a"] != "ä\x00" || values["b"] != "" {
		t.Errorf("%v %v %v", got, values, err)
	}
	if _, err := (texts{}).Encode(until, map[string]any{"a": 1}); err == nil {
		t.Error("a number was taken")
	}
	if _, _, err := (texts{}).Decode([]byte("gob")); err == nil {
		t.Error("rubbish was taken")
	}
}

func TestTheDeviceIsSaidInCoarseWords(t *testing.T) {
	for agent, want := range map[string]string{
		"":           "",
		"curl/8.5.0": "",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                                      "Chrome, Linux",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15":  "Firefox, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":                      "Safari, macOS",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                             "Chrome, ChromeOS",
		"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
	} {
		if got := device(agent); got != want {
			t.Errorf("%q is %q, wanted %q", agent, got, want)
		}
	}
}

func TestTheDataOfASessionIsReadBackAsItWas(t *testing.T) {
	until := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	values := map[string]any{"a": "ما كتبته", remember: true}
	raw, err := texts{}.Encode(until, values)
	if err != nil {
		t.Fatal(err)
	}
	end, got, err := texts{}.Decode(raw)
	if err != nil || !end.Equal(until) || len(got) != 2 || got["a"] != values["a"] || got[remember] != true {
		t.Errorf("%v, %v, %v", end, got, err)
	}
	if _, err := (texts{}).Encode(until, map[string]any{"n": 7}); err == nil {
		t.Error("a number was kept")
	}
}

func TestASignInThatWaitsForACodeIsNobody(t *testing.T) {
	s, _, a := opened(t, false)
	signed := begin(t, s, nil, a)
	waits := visit(t, s, signed, func(r *http.Request) {
		if err := s.AwaitCode(r.Context(), a, Waiting{To: "/x", Own: true}); err != nil {
			t.Error(err)
		}
	})
	if waits.Value == signed.Value || asks(t, s, signed).Signed() || asks(t, s, waits).Signed() {
		t.Error("the token stays, or somebody is signed in")
	}
	visit(t, s, waits, func(r *http.Request) {
		w, who, ok, err := s.AwaitedCode(r.Context())
		if err != nil || !ok || who.ID != a.ID || w.To != "/x" || !w.Own {
			t.Errorf("%+v, %v, %v", w, ok, err)
		}
		if _, ok := s.Awaited(r.Context(), ForOrganisation); ok {
			t.Error("it waits for something else too")
		}
		s.Now = func() time.Time { return time.Now().Add(stepLife) }
		if _, _, ok, _ := s.AwaitedCode(r.Context()); ok {
			t.Error("it waits for ever")
		}
		s.Now = time.Now
	})
}
