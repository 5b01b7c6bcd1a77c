package api_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"migov/api"
	"migov/api/apitest"
	"migov/api/problem"
	"migov/api/rest"
	"migov/api/session"
	"migov/assessment/account"
	"migov/data/locale"
)

var update = flag.Bool("update", false, "write POLICY.md anew")

// people of the test world by role; the empty name is a visitor.
var people = []struct {
	name string
	role account.Role
}{{"", account.Anonymous}, {apitest.Admin, account.Admin}, {apitest.Analyst, account.Analyst}, {apitest.CoordinatorA, account.Coordinator}, {apitest.ContributorA, account.Contributor}}

// config is what the router of a test world is made of, with an API of its own, so that it can be made a second time.
func config(w *apitest.World) api.Config {
	return api.Config{Pages: w.Pages, Sessions: w.Pages.Sessions, Health: w.Store, Log: w.Pages.Log, Version: "test",
		REST: &rest.API{Sessions: w.Pages.Sessions, Words: w.Pages.Site.Words, Store: w.Store, Library: w.Library, Now: w.Pages.Now,
			Drafts: w.Pages.Drafts, Comparisons: w.Pages.Comparisons, Transfer: w.Pages.Transfer}}
}

// line is a line of the policy.
type line struct {
	method, path string
	action       account.Action
}

// policy is every line: the pages, then the API.
func policy(t *testing.T, w *apitest.World) (pages, operations []line) {
	t.Helper()
	cfg := config(w)
	if _, err := api.Engine(cfg); err != nil {
		t.Fatal(err)
	}
	for _, r := range cfg.Pages.Routes() {
		pages = append(pages, line{r.Method, r.Path, r.Action})
	}
	for _, r := range cfg.REST.Lines() {
		operations = append(operations, line{r.Method, r.Path, r.Action})
	}
	return pages, operations
}

// filled puts what exists in the test world into the address of a route.
func filled(w *apitest.World, path string) string {
	id := w.A.ID
	if strings.HasPrefix(path, "/people/") {
		id = w.Accounts[apitest.CoordinatorB].ID
	}
	return strings.NewReplacer(":id", id, ":secret", "forged", ":name", w.Instrument.Name(), ":format", "yaml", ":code", w.Round.Code,
		":section", "MR.1", ":part", "MR", ":indicator", "MR-01").Replace(path)
}

func TestEachRoleMayUseExactlyTheRoutesThatThePolicySays(t *testing.T) {
	w := apitest.New(t)
	pages, _ := policy(t, w)
	for _, who := range people {
		client := w.Client(who.name)
		for _, r := range pages {
			if r.path == "/sign-out" && who.name != "" {
				defer client.Post(r.path, nil) // at the end: it ends the session
				continue
			}
			got := client.Send(r.method, filled(w, r.path), strings.NewReader(""), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
			asked := got.Status == http.StatusUnauthorized || strings.HasPrefix(got.To(), "/sign-in")
			var ok bool
			switch {
			case account.Allowed(who.role, r.action):
				ok = !asked && got.Status != http.StatusForbidden && got.Status < 500
			case who.role == account.Anonymous:
				ok = asked
			default:
				ok = got.Status == http.StatusForbidden
			}
			if !ok {
				t.Errorf("%s %s by %q: status %d to %q", r.method, r.path, who.role, got.Status, got.To())
			}
		}
	}
}

func TestEveryRegisteredRouteStandsInThePolicy(t *testing.T) {
	w := apitest.New(t)
	cfg := config(w)
	engine, err := api.Engine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"GET /livez": true, "GET /readyz": true, "GET /static/*file": true, "GET " + rest.Base + "/openapi.json": true, "GET " + rest.Base + "/openapi.yaml": true,
		"GET " + rest.Base + "/openapi-3.0.json": true, "GET " + rest.Base + "/openapi-3.0.yaml": true}
	for _, r := range cfg.Pages.Routes() {
		known[r.Method+" "+r.Path] = true
	}
	for _, r := range cfg.REST.Lines() {
		known[r.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = true
	}
	for _, r := range engine.Routes() {
		method := strings.Replace(r.Method, http.MethodHead, http.MethodGet, 1)
		if !known[method+" "+r.Path] {
			t.Errorf("%s %s is registered, but no line of the policy speaks of it", r.Method, r.Path)
		}
	}
}

// everybody tells in words who may do an action.
func everybody(action account.Action) string {
	if account.Allowed(account.Anonymous, action) {
		return "everybody"
	}
	var roles []string
	for _, r := range account.Roles {
		if account.Allowed(r, action) {
			roles = append(roles, string(r))
		}
	}
	return strings.Join(roles, ", ")
}

// scopes are those of the tokens that may do it for whoever may.
func scopes(l line) string {
	var all []string
	for _, s := range account.Scopes {
		if s.Allows(l.action, l.method == http.MethodGet) {
			all = append(all, string(s))
		}
	}
	return strings.Join(all, ", ")
}

func TestThePolicyIsWrittenDown(t *testing.T) {
	pages, operations := policy(t, apitest.New(t))
	var b strings.Builder
	b.WriteString("# Who may use which address\n\nGenerated from the routes and the table of permissions: `go test ./api -run Policy -update`. What lies out of a\nperson's reach (another city, a round not assigned) answers 404, whatever the role.\n")
	for _, part := range []struct {
		title string
		lines []line
	}{{"Pages", pages}, {"API", operations}} {
		fmt.Fprintf(&b, "\n## %s\n\n| method | address | action | who | scopes of tokens |\n|---|---|---|---|---|\n", part.title)
		slices.SortStableFunc(part.lines, func(a, b line) int { return strings.Compare(a.path+a.method, b.path+b.method) })
		for _, l := range part.lines {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", l.method, l.path, l.action, everybody(l.action), scopes(l))
		}
	}
	if *update {
		if err := os.WriteFile("POLICY.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there, err := os.ReadFile("POLICY.md")
	if err != nil || string(there) != b.String() {
		t.Errorf("POLICY.md is not what the routes say (%v): run go test ./api -run Policy -update and read the difference", err)
	}
}

func TestPagesThatExistAreSoundForEveryRoleInEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	for _, who := range people {
		for _, lang := range locale.Languages {
			t.Run(string(who.role)+" "+lang, func(t *testing.T) {
				client := w.Client(who.name)
				client.Get("/?lang=" + lang)
				crawl(t, client, lang)
			})
		}
	}
}

// crawl follows the links of every page, at most some of each kind, and looks at what it finds.
func crawl(t *testing.T, client *apitest.Client, lang string) {
	t.Helper()
	const most = 60
	queue, seen := []string{"/", "/assessments", "/rounds", "/account", "/notice", "/sign-in"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < most {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		page := client.Get(path)
		if page.Status == http.StatusForbidden || page.Status == http.StatusSeeOther || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if page.Status != http.StatusOK && !slices.Contains([]string{"/assessments", "/rounds"}, path) {
			t.Errorf("%s: status %d", path, page.Status)
		}
		for _, fault := range apitest.Unsound(page.Body, lang) {
			t.Errorf("%s: %s", path, fault)
		}
		for _, part := range strings.Split(page.Body, `href="`)[1:] {
			to, _, _ := strings.Cut(strings.SplitN(part, `"`, 2)[0], "#")
			to = strings.ReplaceAll(to, "&amp;", "&")
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/static/") && !strings.Contains(to, "lang=") && !strings.Contains(to, "/file/") && !strings.HasSuffix(to, ".csv") {
				queue = append(queue, to)
			}
		}
	}
}

func TestHeadersOfPages(t *testing.T) {
	w := apitest.New(t)
	for _, path := range []string{"/", "/sign-in", "/help", "/nowhere", "/instruments/" + w.Instrument.Name()} {
		page := w.Client("").Get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control": "no-store", "Content-Language": "en",
		} {
			if got := page.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if got := strings.Join(page.Header.Values("Vary"), ", "); !strings.Contains(got, "Accept-Language") || !strings.Contains(got, "Cookie") {
			t.Errorf("%s: Vary is %q", path, got)
		}
	}
}

func TestRequestsThatPagesDoNotTake(t *testing.T) {
	w := apitest.New(t)
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	with := func(name, value string) http.Header {
		h := form.Clone()
		h.Set(name, value)
		return h
	}
	for _, test := range []struct {
		name, who, method, path string
		header                  http.Header
		status                  int
	}{
		{"the head of a page", "", http.MethodHead, "/", nil, 200},
		{"the head of a page that needs a sign-in", "", http.MethodHead, "/account", nil, 303},
		{"the head of a style", "", http.MethodHead, w.Pages.Site.Static.URL("app.css"), nil, 200},
		{"a page that does not exist", "", http.MethodGet, "/nowhere", nil, 404},
		{"a slash too many", "", http.MethodGet, "/help/", nil, 404},
		{"a questionnaire that does not exist", "", http.MethodGet, "/instruments/x@9", nil, 404},
		{"a format that does not exist", "", http.MethodGet, "/instruments/" + w.Instrument.Name() + "/file/docx", nil, 404},
		{"a method that a page does not take", "", http.MethodDelete, "/help", form, 405},
		{"a form sent to a page without one", "", http.MethodPost, "/help", form, 405},
		{"reading what only takes forms", apitest.Admin, http.MethodGet, "/sign-out", nil, 405},
		{"a form sent to the health check", "", http.MethodPost, "/livez", form, 405},
		{"a form from another site", apitest.CoordinatorA, http.MethodPost, "/account/language", with("Sec-Fetch-Site", "cross-site"), 403},
		{"a form from a neighbouring site", apitest.CoordinatorA, http.MethodPost, "/account/language", with("Sec-Fetch-Site", "same-site"), 403},
		{"a sign-in from another site", "", http.MethodPost, "/sign-in", with("Sec-Fetch-Site", "cross-site"), 403},
		{"a link from another site", apitest.CoordinatorA, http.MethodGet, "/account", with("Sec-Fetch-Site", "cross-site"), 200},
		{"demonstration sign-in outside a demonstration", "", http.MethodPost, "/demo/sign-in", form, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := w.Client(test.who).Send(test.method, test.path, strings.NewReader(""), test.header)
			if got.Status != test.status {
				t.Errorf("status %d, want %d\n%s", got.Status, test.status, got.Body)
			}
			if test.method == http.MethodHead && got.Body != "" {
				t.Error("a head has a body")
			}
		})
	}
	t.Run("another site is told by its Origin where the browser sends nothing else", func(t *testing.T) {
		got := w.Client(apitest.CoordinatorA).Send(http.MethodPost, "/account/language", strings.NewReader("language=fr"),
			http.Header{"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}, "Content-Type": form["Content-Type"]})
		if got.Status != http.StatusForbidden {
			t.Errorf("status %d", got.Status)
		}
	})
}

func TestAnUnknownPageIsSaidInTheReadersLanguage(t *testing.T) {
	w := apitest.New(t)
	for _, lang := range locale.Languages {
		page := w.Client("").Send(http.MethodGet, "/nowhere", nil, http.Header{"Accept-Language": {lang + ";q=0.9, de;q=0.3"}})
		if page.Status != http.StatusNotFound || !strings.Contains(page.Body, w.Pages.Site.Words.In(lang).T("fault.not_found")) {
			t.Errorf("%s: status %d\n%s", lang, page.Status, page.Body)
		}
		for _, fault := range apitest.Unsound(page.Body, lang) {
			t.Errorf("%s: %s", lang, fault)
		}
	}
	program := w.Client("").JSON(http.MethodGet, "/nowhere", "", http.Header{"Accept-Language": {"fr"}})
	if program.Status != http.StatusNotFound || !strings.Contains(program.Header.Get("Content-Type"), "problem+json") || !strings.Contains(program.Body, `"saved":false`) {
		t.Errorf("a program is told %d %s", program.Status, program.Body)
	}
}

func TestAMistakeOfOursIsAPageThatGivesNothingAway(t *testing.T) {
	w := apitest.With(t, apitest.Options{Log: slog.New(slog.DiscardHandler)})
	w.Pages.Library = nil
	page := w.Client("").Get("/instruments")
	if page.Status != http.StatusInternalServerError || strings.Contains(page.Body, "nil pointer") {
		t.Errorf("status %d\n%s", page.Status, page.Body)
	}
	for _, fault := range apitest.Unsound(page.Body, "en") {
		t.Error(fault)
	}
	if next := w.Client("").Get("/help"); next.Status != http.StatusOK {
		t.Errorf("the next page: %d", next.Status)
	}
}

func TestTheLanguageOfAnAnswer(t *testing.T) {
	w := apitest.New(t)
	visitor := w.Client("")
	got := visitor.Get("/help?a=1&lang=ar")
	if got.Status != http.StatusSeeOther || got.To() != "/help?a=1" {
		t.Errorf("?lang= leads to %q with %d", got.To(), got.Status)
	}
	if c := got.Header.Get("Set-Cookie"); !strings.Contains(c, "lang=ar") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("the cookie is %q", c)
	}
	if page := visitor.Get("/help"); !strings.Contains(page.Body, `<html lang="ar" dir="rtl">`) {
		t.Error("the language that was chosen is not kept")
	}
	if got := visitor.Get("/help?lang=xx"); got.To() != "/help" || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("a language that is not offered: %q %q", got.To(), got.Header.Get("Set-Cookie"))
	}
	coordinator := w.Client(apitest.CoordinatorA)
	coordinator.Get("/account?lang=fr")
	if page := w.Client(apitest.CoordinatorA).Get("/account"); !strings.Contains(page.Body, `<html lang="fr"`) {
		t.Error("the account does not keep the language for the next session")
	}
}

func TestTheSessionCookie(t *testing.T) {
	w := apitest.New(t)
	form := url.Values{"email": {"admin@example.org"}, "password": {apitest.Password}}
	got := w.Client("").Post("/sign-in", form).Header.Get("Set-Cookie")
	for _, want := range []string{"migov=", "Path=/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %s", got, want)
		}
	}
	for _, no := range []string{"Expires", "Max-Age", "Domain", "Secure"} {
		if strings.Contains(got, no) {
			t.Errorf("%q has %s: the session must end with the browser", got, no)
		}
	}
	t.Run("over HTTPS it is bound to the host", func(t *testing.T) {
		sessions, err := session.New(context.Background(), w.Store, w.Store, w.Pages.Crowd, w.Store, session.Options{Secure: true})
		if err != nil {
			t.Fatal(err)
		}
		pages := *w.Pages
		pages.Sessions, pages.BaseURL = sessions, "https://migov.example"
		cfg := config(w)
		cfg.Pages, cfg.Sessions = &pages, sessions
		handler, err := api.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewTLSServer(handler)
		defer server.Close()
		client := server.Client()
		client.Jar, _ = cookiejar.New(nil)
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, err := client.PostForm(server.URL+"/sign-in", form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if c := res.Header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-migov=") || !strings.Contains(c, "Secure") || !strings.Contains(c, "Path=/") || strings.Contains(c, "Domain") {
			t.Errorf("the cookie is %q", c)
		}
		if got := res.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("Strict-Transport-Security is %q", got)
		}
	})
}

func TestHealth(t *testing.T) {
	w := apitest.New(t)
	for _, path := range []string{"/livez", "/readyz"} {
		if page := w.Client("").Get(path); page.Status != http.StatusOK || page.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %q", path, page.Status, page.Header.Get("Set-Cookie"))
		}
	}
	cfg := config(w)
	cfg.Draining = func() bool { return true }
	handler, err := api.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("while stopping: %d", rec.Code)
	}
}

func TestASessionThatCannotBeReadOrKeptIsSaidAsAnAnswerLikeAnyOther(t *testing.T) {
	file := filepath.Join(t.TempDir(), "migov.db")
	w := apitest.With(t, apitest.Options{Database: file, Log: slog.New(slog.DiscardHandler)})
	coordinator := w.Client(apitest.CoordinatorA)
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("ALTER TABLE session RENAME TO away"); err != nil {
		t.Fatal(err)
	}
	sentence := w.Pages.Site.Words.In("ar").T("fault.store_unavailable")
	arabic := http.Header{"Accept-Language": {"ar"}}
	signIn := http.Header{"Accept-Language": {"ar"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	credentials := url.Values{"email": {"analyst@example.org"}, "password": {apitest.Password}}.Encode()
	for name, page := range map[string]apitest.Page{
		"a page whose session cannot be read":    coordinator.Send(http.MethodGet, "/account", nil, arabic),
		"a sign-in whose session cannot be kept": w.Client("").Send(http.MethodPost, "/sign-in", strings.NewReader(credentials), signIn),
	} {
		if page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Body, sentence) || strings.Count(page.Body, "<html") != 1 {
			t.Errorf("%s: status %d\n%s", name, page.Status, page.Body)
		}
		for _, fault := range apitest.Unsound(page.Body, "ar") {
			t.Errorf("%s: %s", name, fault)
		}
		h := page.Header
		if h.Get("Content-Language") != "ar" || h.Get("Content-Security-Policy") == "" || h.Get("Retry-After") != "10" || page.To() != "" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", name, h)
		}
	}
	for name, page := range map[string]apitest.Page{
		"the API":            coordinator.Send(http.MethodGet, rest.Base+"/assessments", nil, arabic),
		"a script of a page": coordinator.JSON(http.MethodGet, "/account", "", arabic),
	} {
		var d problem.Detail
		if err := json.Unmarshal([]byte(page.Body), &d); err != nil || page.Status != http.StatusServiceUnavailable || d.Detail != sentence || d.Saved || page.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %v\n%s", name, page.Status, err, page.Body)
		}
	}
}
