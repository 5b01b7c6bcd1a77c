// Package apitest runs the real stack for tests: the router with its policy, the use cases, a database of its own, two
// cities in one round, and people who sign in through the sign-in page.
package apitest

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/api"
	"migov/api/rest"
	"migov/api/session"
	"migov/api/web"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data"
	"migov/data/locale"
	"migov/data/store"
	"migov/frontend"
	"migov/frontend/chart"
	"migov/frontend/guess"
)

// The people of the test world, by the name under which Client signs them in. The address of each is NAME@example.org,
// the password of all is Password, and all have acknowledged the notice.
const (
	Admin        = "admin"
	Analyst      = "analyst"       // of the round
	CoordinatorA = "coordinator-a" // of city A
	ContributorA = "contributor-a" // of city A
	CoordinatorB = "coordinator-b" // of city B
	Reviewer     = "reviewer"      // of city A's assessment, who lives in city B
	Stranger     = "stranger"      // a reviewer of nothing
)

// Password opens every account of the test world.
const Password = "quiet river 42 stones"

// World is a running server and what is in its database.
type World struct {
	URL        string
	Server     *httptest.Server
	Pages      *web.Pages
	REST       *rest.API
	Store      *store.Store
	Library    *assessment.Library
	Instrument *survey.Instrument // urban-migof as it is built in
	Cities     [2]assessment.City // A and B
	Round      assessment.Round
	A, B       assessment.Assessment
	Accounts   map[string]account.Account
	t          testing.TB
}

// Options change the test world; the zero value is the usual one.
type Options struct {
	Database   string           // address of a PostgreSQL database; a SQLite file of its own when empty
	Instrument []byte           // YAML of another instrument for the round
	Now        func() time.Time // the clock of the use cases
	Log        *slog.Logger

	SecondFactor bool                                   // ask those for a second factor whose role needs one
	Limits       session.Limits                         // of sign-in sessions; the usual ones when zero
	Clock        func() time.Time                       // of sign-in sessions; the real one when nil
	Organisation func(url string) *session.Organisation // sign-in by an organisation, for the address of the server
}

// New starts the usual test world. It ends with the test.
func New(t testing.TB) *World { return With(t, Options{}) }

// With starts a test world that differs from the usual one.
func With(t testing.TB, o Options) *World {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if o.Database == "" {
		o.Database = filepath.Join(t.TempDir(), "migov.db")
	}
	ctx := context.Background()
	s := must(store.Open(ctx, o.Database, store.Options{Log: o.Log}))(t)
	w := &World{Store: s, Accounts: map[string]account.Account{}, t: t}
	w.Library = must(assessment.NewLibrary(instruments(t, o.Instrument)...))(t)
	w.Instrument = named(t, w.Library, o.Instrument)
	w.seed(ctx, o.Now())
	w.serve(ctx, o)
	return w
}

// must turns the two results of a call into its value, or ends the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func instruments(t testing.TB, more []byte) (all []*survey.Instrument) {
	t.Helper()
	sources := must(data.InstrumentSources())(t)
	if more != nil {
		sources = append(sources, more)
	}
	for _, source := range sources {
		in, problems := survey.Decode(source)
		if in == nil {
			t.Fatalf("the instrument cannot be read: %v", problems)
		}
		all = append(all, in)
	}
	return all
}

func named(t testing.TB, l *assessment.Library, source []byte) *survey.Instrument {
	t.Helper()
	if source != nil {
		in, _ := survey.Decode(source)
		found, _ := l.Find(in.Code, in.Version)
		return found
	}
	for _, in := range l.List() {
		if in.Code == "urban-migof" {
			return in
		}
	}
	t.Fatal("urban-migof is not built in")
	return nil
}

// hash is the Argon2id hash of Password, made once for all worlds of a test run.
var hash = sync.OnceValues(func() (string, error) { return account.HashPassword(context.Background(), Password) })

// seed fills the database.
func (w *World) seed(ctx context.Context, now time.Time) {
	w.t.Helper()
	by := assessment.Author{Name: "Test", Role: account.Operator}
	for i, c := range []assessment.City{{Code: "city-a", Name: "Marsa Selwa", Country: "TN", Fictional: true}, {Code: "city-b", Name: "Port Ondine", Country: "FR", Fictional: true}} {
		w.Cities[i] = must(w.Store.AddCity(ctx, c, by))(w.t)
	}
	if err := w.Store.AddInstrument(ctx, w.Instrument, by); err != nil {
		w.t.Fatal(err)
	}
	round := assessment.Round{Code: "2026", Title: "Round 2026", Due: time.Date(now.Year()+1, 1, 31, 0, 0, 0, 0, time.UTC)}
	w.Round = must(w.Store.AddRound(ctx, round, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-a", "city-b"}, by))(w.t)
	for _, a := range must(w.Store.Assessments(ctx, account.Actor{Role: account.Operator}, w.Round.Code))(w.t) {
		if a.City.ID == w.Cities[0].ID {
			w.A = a
		} else {
			w.B = a
		}
	}
	if w.A.ID == "" || w.B.ID == "" {
		w.t.Fatal("the assessments of the round are not found")
	}
	password := must(hash())(w.t)
	for name, a := range map[string]account.Account{
		Admin:        {Role: account.Admin, Name: "Administrator"},
		Analyst:      {Role: account.Analyst, Name: "Analyst", Rounds: []string{w.Round.ID}},
		CoordinatorA: {Role: account.Coordinator, Name: "Coordinator A", City: w.Cities[0].ID},
		ContributorA: {Role: account.Contributor, Name: "Contributor A", City: w.Cities[0].ID},
		CoordinatorB: {Role: account.Coordinator, Name: "Coordinator B", City: w.Cities[1].ID},
		Reviewer:     {Role: account.Reviewer, Name: "Reviewer", City: w.Cities[1].ID, Department: "Ministry"},
		Stranger:     {Role: account.Reviewer, Name: "Stranger"},
	} {
		a.Email, a.Password, a.Language, a.Noticed, a.Created = name+"@example.org", password, survey.English, account.NoticeVersion, now
		w.Accounts[name] = must(w.Store.AddAccount(ctx, a, by))(w.t)
	}
	if err := w.Store.AssignReviewer(ctx, account.Actor{Role: account.Operator}, w.A.ID, w.Accounts[Reviewer].ID, by, now); err != nil {
		w.t.Fatal(err)
	}
	w.Accounts[Reviewer] = must(w.Store.Account(ctx, w.Accounts[Reviewer].ID))(w.t)
}

// serve wires everything as the program does and listens.
func (w *World) serve(ctx context.Context, o Options) {
	t := w.t
	t.Helper()
	words := must(locale.Load())(t)
	static := must(frontend.NewStatic())(t)
	site := must(frontend.New(words, static))(t)
	charts := must(chart.New(frontend.Built(), o.Log))(t)
	crowd := assessment.Crowd{Store: w.Store, Guesses: must(guess.New(frontend.Built()))(t).Guesses, Now: o.Now}
	sessions := must(session.New(ctx, w.Store, w.Store, crowd, w.Store, session.Options{SecondFactor: o.SecondFactor, Limits: o.Limits, Now: o.Clock}))(t)
	w.Pages = &web.Pages{
		Site: site, Sessions: sessions, Store: w.Store, Library: w.Library, Crowd: crowd, Charts: charts, Now: o.Now, Log: o.Log,
		Drafts:      assessment.Drafts{Store: w.Store, Questionnaires: w.Library, Looks: &assessment.Looks{Store: w.Store, Now: o.Now}, Now: o.Now},
		Besides:     &assessment.Besides{Store: w.Store},
		Trail:       assessment.Trail{Store: w.Store},
		Proofs:      assessment.Proofs{Store: w.Store, Questionnaires: w.Library, Now: o.Now},
		Comparisons: assessment.Comparisons{Store: w.Store, Questionnaires: w.Library},
		Cohorts:     &assessment.Cohorts{Store: w.Store, Questionnaires: w.Library, Now: o.Now},
		Transfer:    assessment.Transfer{Store: w.Store, Questionnaires: w.Library, Now: o.Now},
		Leave:       assessment.Leave{Store: w.Store, Crowd: crowd, Questionnaires: w.Library, Now: o.Now},
		Contact:     "help@example.org",
	}
	w.Pages.Lenses = &assessment.Lenses{Files: data.Lenses, Drafts: w.Pages.Drafts, Cohorts: w.Pages.Cohorts}
	w.Pages.Exports = assessment.Exports{Store: w.Store, Questionnaires: w.Library, Now: o.Now}
	w.Pages.Talk = assessment.Talk{Store: w.Store, Besides: w.Pages.Besides, Looks: w.Pages.Drafts.Looks, Questionnaires: w.Library, Now: o.Now}
	w.Pages.Inbox, w.Pages.LetterKey = assessment.Inbox{Store: w.Store, Now: o.Now}, "key of the test"
	w.Pages.Rest = assessment.Rest{Store: w.Store, Now: o.Now}
	w.Pages.Parts = assessment.Parts{Store: w.Store, Besides: w.Pages.Besides, Questionnaires: w.Library, Now: o.Now}
	w.Pages.Clarify = assessment.Clarifications{Store: w.Store, Besides: w.Pages.Besides, Looks: w.Pages.Drafts.Looks, Questionnaires: w.Library, Now: o.Now}
	w.Pages.CarryOver = assessment.CarryOver{Store: w.Store, Besides: w.Pages.Besides, Questionnaires: w.Library, Now: o.Now}
	w.Pages.SignOffs = assessment.SignOffs{Store: w.Store, Besides: w.Pages.Besides, Now: o.Now}
	w.Pages.Publishing = assessment.Publishing{Store: w.Store, Besides: w.Pages.Besides, Questionnaires: w.Library, Prove: crowd.CheckFactor, Now: o.Now}
	w.REST = &rest.API{
		Sessions: sessions, Words: words, Store: w.Store, Library: w.Library, Now: o.Now, Log: o.Log,
		Drafts: w.Pages.Drafts, Comparisons: w.Pages.Comparisons, Cohorts: w.Pages.Cohorts, Lenses: w.Pages.Lenses, Transfer: w.Pages.Transfer, Exports: w.Pages.Exports,
		Proofs: w.Pages.Proofs, Besides: w.Pages.Besides, Talk: w.Pages.Talk, Inbox: w.Pages.Inbox, Clarify: w.Pages.Clarify, CarryOver: w.Pages.CarryOver,
	}
	handler := must(api.New(api.Config{Pages: w.Pages, REST: w.REST, Version: "test", Sessions: sessions, Health: w.Store, Log: o.Log}))(t)
	w.Server = httptest.NewServer(handler)
	w.URL = w.Server.URL
	w.Pages.BaseURL = w.URL
	if o.Organisation != nil {
		w.Pages.Organisation = o.Organisation(w.URL)
	}
	t.Cleanup(func() {
		w.Server.Close()
		if err := w.Store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Client is a browser without script: it keeps cookies, and shows redirections instead of following them.
type Client struct {
	HTTP *http.Client
	w    *World
}

// Client signs somebody in through the sign-in page. An empty name is a visitor.
func (w *World) Client(name string) *Client {
	w.t.Helper()
	jar := must(cookiejar.New(nil))(w.t)
	c := &Client{w: w, HTTP: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if name == "" {
		return c
	}
	if _, ok := w.Accounts[name]; !ok {
		w.t.Fatalf("there is nobody named %q in the test world", name)
	}
	if page := c.Post("/sign-in", url.Values{"email": {name + "@example.org"}, "password": {Password}}); page.Status != http.StatusSeeOther {
		w.t.Fatalf("%s cannot sign in: status %d\n%s", name, page.Status, page.Body)
	}
	return c
}

// Actor is somebody of the test world as the use cases know them.
func (w *World) Actor(name string) account.Actor {
	a, ok := w.Accounts[name]
	if !ok {
		w.t.Helper()
		w.t.Fatalf("there is nobody named %q in the test world", name)
	}
	return a.Actor()
}

// Page is what the server answered.
type Page struct {
	Status int
	Header http.Header
	Body   string
	Wire   int // bytes of the body as they were sent, compressed or not
}

// To is where a redirection leads.
func (p Page) To() string { return p.Header.Get("Location") }

// Get reads a page as a browser does.
func (c *Client) Get(path string) Page {
	c.w.t.Helper()
	return c.Send(http.MethodGet, path, nil, nil)
}

// Post sends a form as a browser does.
func (c *Client) Post(path string, form url.Values) Page {
	c.w.t.Helper()
	return c.Send(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// JSON sends a request as the script does. The body may be empty.
func (c *Client) JSON(method, path, body string, header http.Header) Page {
	c.w.t.Helper()
	h := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	for k, v := range header {
		h[k] = v
	}
	return c.Send(method, path, strings.NewReader(body), h)
}

// Send makes any request. Headers given replace those that a browser would send.
func (c *Client) Send(method, path string, body io.Reader, header http.Header) Page {
	c.w.t.Helper()
	req := must(http.NewRequest(method, c.w.URL+path, body))(c.w.t)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for k, v := range header {
		req.Header[k] = v
	}
	res := must(c.HTTP.Do(req))(c.w.t)
	defer res.Body.Close()
	raw := must(io.ReadAll(res.Body))(c.w.t)
	page := Page{Status: res.StatusCode, Header: res.Header, Body: string(raw), Wire: len(raw)}
	if res.Header.Get("Content-Encoding") == "gzip" && len(raw) > 0 {
		z := must(gzip.NewReader(strings.NewReader(page.Body)))(c.w.t)
		page.Body = string(must(io.ReadAll(z))(c.w.t))
	}
	return page
}
