package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/api"
	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/reality"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

// The matrix of trust.md 3.3, S1: every route for every kind of person, in every state of an assessment, with ids of their
// own, of somebody else, and of nothing.

// place is an assessment with what belongs to it, one of each kind.
type place struct {
	city       assessment.City
	round      assessment.Round
	assessment string
	evidence   string // a file, cited
	thread     string // seen by those who review, too
	statement  string // of the country of the city, published
	people     []account.Actor
}

// person is somebody who asks, with what is theirs and what is not.
type person struct {
	name          string // of the test world; empty for a visitor
	account.Actor        // nobody for a visitor
	own, foreign  *place
	client        *apitest.Client
}

// crowded is a test world in which every kind of person has something to look for.
type crowded struct {
	*apitest.World
	t       testing.TB
	a, b, c *place // A and B are in one round, C is in another
	people  []*person
	signOff assessment.SignOffs
	extra   http.Header // sent with every request, in the place of what a browser sends
}

var ctx = context.Background()

const onePage = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n41\n%%EOF\n"

// crowd fills a test world.
func crowd(t testing.TB, o apitest.Options) *crowded {
	t.Helper()
	w := &crowded{World: apitest.With(t, o), t: t}
	w.signOff = w.Pages.SignOffs
	by := assessment.Author{Name: "Test", Role: account.Operator}
	other := must(w.Store.AddCity(ctx, assessment.City{Code: "city-c", Name: "Bay of Three", Country: "PE", Fictional: true}, by))(t)
	round := must(w.Store.AddRound(ctx, assessment.Round{Code: "round-c", Title: "Another round", Due: w.Round.Due}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-c"}, by))(t)
	join := func(name string, a account.Account) {
		a.Email, a.Password, a.Language, a.Noticed, a.Created = name+"@example.org", w.Accounts[apitest.Admin].Password, survey.English, account.NoticeVersion, time.Now()
		a.Name = "Name of " + name
		w.Accounts[name] = must(w.Store.AddAccount(ctx, a, by))(t)
	}
	join("approver-a", account.Account{Role: account.Approver, City: w.Cities[0].ID, Department: "Council"})
	join("contributor-b", account.Account{Role: account.Contributor, City: w.Cities[1].ID})
	join("approver-b", account.Account{Role: account.Approver, City: w.Cities[1].ID})
	join("coordinator-c", account.Account{Role: account.Coordinator, City: other.ID})
	join("approver-c", account.Account{Role: account.Approver, City: other.ID})
	join("stray", account.Account{Role: account.Analyst, Rounds: []string{round.ID}})
	w.a = w.fill(w.Cities[0], w.Round, apitest.CoordinatorA, apitest.ContributorA, "approver-a")
	w.b = w.fill(w.Cities[1], w.Round, apitest.CoordinatorB, "contributor-b", "approver-b")
	w.c = w.fill(other, round, "coordinator-c", "coordinator-c", "approver-c")
	for _, x := range []person{{own: w.a, foreign: w.b}, {name: apitest.ContributorA, own: w.a, foreign: w.b}, {name: "approver-a", own: w.a, foreign: w.b},
		{name: apitest.CoordinatorA, own: w.a, foreign: w.b}, {name: apitest.CoordinatorB, own: w.b, foreign: w.a}, {name: apitest.Analyst, own: w.a, foreign: w.c},
		{name: "stray", own: w.c, foreign: w.a}, {name: apitest.Admin, own: w.a, foreign: w.b},
		{name: apitest.Reviewer, own: w.a, foreign: w.b}, {name: apitest.Stranger, own: w.a, foreign: w.b}} {
		if x.name != "" {
			x.Actor = w.Actor(x.name)
		}
		x.client = w.Client(x.name)
		w.people = append(w.people, &x)
	}
	w.set(true) // so that there is a snapshot
	w.set(false)
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

// fill gives a city answers, a cited file, conversations, a part and notices.
func (w *crowded) fill(city assessment.City, round assessment.Round, names ...string) *place {
	w.t.Helper()
	p := &place{city: city, round: round}
	for _, n := range names {
		p.people = append(p.people, w.Actor(n))
	}
	coordinator, contributor := p.people[0], p.people[1]
	for _, x := range must(w.Store.Assessments(ctx, coordinator, round.Code))(w.t) {
		p.assessment = x.ID
	}
	value, text := "3", "Explanation of "+city.Name
	if _, rejected, err := w.Pages.Drafts.Save(ctx, contributor, p.assessment, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &value, Explanation: &text}); err != nil || len(rejected) > 0 {
		w.t.Fatal(err, rejected)
	}
	content := strings.Replace(onePage, "\n", "\n% "+city.Name+"\n", 1)
	e, _, err := w.Pages.Proofs.Add(ctx, contributor, p.assessment, assessment.Proof{Name: city.Code + ".pdf", Content: strings.NewReader(content), Size: int64(len(content)), Title: "Paper of " + city.Name, Indicator: "MR-01"})
	if err != nil {
		w.t.Fatal(err)
	}
	p.evidence = e.ID
	operator, texts := account.Actor{Role: account.Operator}, assessment.Statements{Store: w.Store, Questionnaires: w.Library, Now: time.Now}
	p.statement = must(texts.Keep(ctx, operator, city.Country, w.Instrument.Code, "", 0, reality.Given{Indicator: "MR-01", Says: "in_place", Text: "A text", Source: "A report", Date: "2024-03-31", Language: "en"}))(w.t)
	if err := texts.Publish(ctx, operator, city.Country, p.statement, 1); err != nil {
		w.t.Fatal(err)
	}
	for _, shared := range []bool{false, true} {
		p.thread = must(w.Pages.Talk.Say(ctx, contributor, p.assessment, assessment.Remark{ID: uuid.NewString(), Indicator: "MR-01", Body: "A word of " + city.Name, Shared: shared, Mentions: []string{coordinator.Account}}))(w.t)
	}
	if err := w.Pages.Parts.Assign(ctx, coordinator, p.assessment, assessment.PartGiven{Ref: "MR.1", Account: contributor.Account, Due: "2027-01-15", Note: "Note of " + city.Name}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Pages.Drafts.SetPowers(ctx, coordinator, p.assessment, assessment.PowerGiven{Indicator: "MR-02", Holder: string(survey.Shared), Reason: "Law of " + city.Name}); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// set brings all assessments into a state: handed in, or open.
func (w *crowded) set(handedIn bool) {
	w.t.Helper()
	for _, p := range []*place{w.a, w.b, w.c} {
		a := must(w.Store.Assessment(ctx, account.Actor{Role: account.Operator}, p.assessment))(w.t)
		switch {
		case a.Open() && handedIn:
			approver := p.people[2]
			consent := must(w.signOff.Of(ctx, approver, p.assessment))(w.t)
			if !consent.Stands() {
				if err := w.signOff.Consent(ctx, approver, p.assessment, consent.Seq); err != nil {
					w.t.Fatal(err)
				}
			}
			must(w.Pages.Drafts.HandIn(ctx, p.people[0], p.assessment))(w.t)
		case !a.Open() && !handedIn:
			must(w.Pages.Drafts.Reopen(ctx, account.Actor{Role: account.Operator}, p.assessment, "Look again."))(w.t)
		}
	}
}

// guest adds somebody new to a city, for those requests that end or change an account.
func (w *crowded) guest(city string) string {
	w.t.Helper()
	return must(w.Store.AddAccount(ctx, account.Account{Email: uuid.NewString() + "@example.org", Name: "Guest", Role: account.Approver, City: city, Language: survey.English, Created: time.Now()},
		assessment.Author{Role: account.Operator}))(w.t).ID
}

// notice is a notice of somebody; empty when they have none.
func (w *crowded) notice(who account.Actor) string {
	w.t.Helper()
	list, _, err := w.Pages.Inbox.List(ctx, who, "")
	if err != nil {
		w.t.Fatal(err)
	}
	if len(list) == 0 {
		return ""
	}
	return list[0].ID
}

// parameter matches a parameter of an address with the segment before it, which says what it names.
var parameter = regexp.MustCompile(`([^/]*)/[:*]([a-z]+)`)

// owned are the parameters that name something of a city, of a round or of a person, by the segment before them.
var owned = map[string]func(w *crowded, p *place, who *person) string{
	"assessments/:id":          func(_ *crowded, p *place, _ *person) string { return p.assessment },
	"people/:id":               func(w *crowded, p *place, _ *person) string { return w.guest(p.city.ID) },
	"evidence/:id":             func(_ *crowded, p *place, _ *person) string { return p.evidence },
	"evidence/:piece":          func(_ *crowded, p *place, _ *person) string { return p.evidence },
	"uploads/:upload":          uploads,
	"clarifications/:question": questions,
	"threads/:thread":          func(_ *crowded, p *place, _ *person) string { return p.thread },
	"rounds/:code":             func(_ *crowded, p *place, _ *person) string { return p.round.Code },
	"countries/:country":       func(_ *crowded, p *place, _ *person) string { return p.city.Country },
	"statements/:statement":    func(_ *crowded, p *place, _ *person) string { return p.statement },
	"inbox/:id":                notices,
	"inbox/:notice":            notices,
}

// notices names a notice of the asker, or of a coordinator elsewhere.
func notices(w *crowded, p *place, who *person) string {
	if p == who.own {
		return w.notice(who.Actor)
	}
	return w.notice(p.people[0])
}

// questions names a question about an answer of the place, the one that waits if there is any; none before it is handed in.
func questions(w *crowded, p *place, _ *person) string {
	operator := account.Actor{Role: account.Operator}
	b := must(w.Store.Beside(ctx, operator, p.assessment))(w.t)
	for _, x := range b.Clarifications {
		if x.Opens() {
			return x.ID
		}
	}
	asker := apitest.Analyst
	if p == w.c {
		asker = "stray"
	}
	a := must(w.Store.Assessment(ctx, operator, p.assessment))(w.t)
	if _, err := review.Next(a.State, review.Ask, account.Analyst); err == nil {
		return must(w.Pages.Clarify.Ask(ctx, w.Actor(asker), p.assessment, assessment.Asking{Indicator: "MR-01", Question: "Since when, in " + p.city.Name + "?"}))(w.t)
	}
	if len(b.Clarifications) > 0 {
		return b.Clarifications[0].ID
	}
	return ""
}

// samples makes everything that the parameters of routes will name.
func (w *crowded) samples() {
	for _, who := range w.people {
		for _, p := range []*place{who.own, who.foreign} {
			uploads(w, p, who)
			questions(w, p, who)
		}
	}
}

// uploads names a whole upload of the asker, or of somebody elsewhere; one that was finished is begun anew.
func uploads(w *crowded, p *place, who *person) string {
	owner := p.people[1]
	if p == who.own && account.Allowed(who.Role, account.WriteEvidence) {
		owner = who.Actor
	}
	u := must(w.Pages.Proofs.Begin(ctx, owner, p.assessment, "upload.pdf", int64(len(onePage)), "upload of "+owner.Account))(w.t)
	if u.Received == 0 {
		must(w.Pages.Proofs.Append(ctx, owner, p.assessment, u.ID, 0, []byte(onePage)))(w.t)
	}
	return u.ID
}

// named are the parameters whose values are the same for everybody.
var named = map[string]string{
	":id/:revision": "1", ":piece/:revision": "1", ":id/:section": "MR.1", "results/:part": "MR", "indicators/:indicator": "MR-01", "answers/:indicator": "MR-01",
	"powers/:indicator": "MR-01", "review/:indicator": "MR-01", "parts/:ref": "MR.1", "parts/:part": "MR.1", "file/:format": "yaml",
	"snapshots/:revision": "1", "verify/:reference": "0000-0000-0000",
	"profiles/:city": "city-a", ":city/:round": "2026", "files/:sha": "00",
	"links/:secret": "forged", "letters/:token": "forged",
}

// bodies are what is sent to routes that look at more than the address before they look for what it names.
var bodies = map[string]string{
	"POST /assessments/:id/talk":                                        "go=talk+MR-01&talk.MR-01.text=A+word&talk.MR-01.to=city",
	"POST /assessments/:id/powers/undo":                                 "indicator=MR-02&version=1",
	"POST /assessments/:id/evidence":                                    "url=https%3A%2F%2Fcity.example%2Fpaper&title=Paper",
	"POST /assessments/:id/evidence/:piece":                             "act=describe&title=Paper",
	"POST /assessments/:id/indicators/:indicator/evidence":              "act=add&url=https%3A%2F%2Fcity.example%2Fpaper&title=Paper",
	"POST /assessments/:id/indicators/:indicator/verdict":               "version=1&verdict=verified",
	"POST /assessments/:id/review/:indicator":                           "version=1&verdict=verified",
	"POST /assessments/:id/parts/:ref":                                  "seen=%7C%7C%7C&who=&due=",
	"POST /assessments/:id/presence":                                    "section=MR.1",
	"POST /assessments/:id/sign-off":                                    "seq=0",
	"POST /assessments/:id/sign-off/back":                               "seq=0&reason=Because",
	"POST /assessments/:id/clarifications/:question":                    "text=Since+2024.&outcome=stands",
	"POST /assessments/:id/clarifications/:question/settle":             "act=settle",
	"POST /assessments/:id/review/:indicator/ask":                       "question=Since+when%3F",
	"POST /api/v1/assessments/:id/clarifications":                       `{"indicator":"MR-01","question":"Since when?"}`,
	"PUT /api/v1/assessments/:id/clarifications/:question/reply":        `{"text":"Since 2024.","outcome":"stands"}`,
	"PUT /api/v1/assessments/:id/clarifications/:question/settled":      `{}`,
	"POST /assessments/:id/carried":                                     "act=confirm+MR-01",
	"POST /api/v1/assessments/:id/carried/confirm":                      `{"indicators":["MR-01"]}`,
	"POST /api/v1/assessments/:id/carried/aside":                        `{"indicators":["MR-01"]}`,
	"POST /assessments/:id/reviewers":                                   "reviewer=nobody",
	"POST /api/v1/assessments/:id/reviewers":                            `{"reviewer":"nobody"}`,
	"POST /api/v1/assessments/:id/reviewers/dismiss":                    `{"reviewer":"nobody"}`,
	"POST /assessments/:id/reopen":                                      "reason=Because",
	"POST /api/v1/assessments/:id/reopen":                               `{"reason":"Because"}`,
	"POST /people/:id":                                                  "role=approver&language=en",
	"PUT /api/v1/countries/:country/pack":                               `{"revision":0,"powers":[{"indicator":"MR-01","holder":"national","citation":"Act"}],"terms":[]}`,
	"PUT /api/v1/assessments/:id/answers/:indicator":                    `{"explanation":"Words."}`,
	"PUT /api/v1/assessments/:id/powers/:indicator":                     `{"holder":"shared","reason":"Law."}`,
	"PUT /api/v1/assessments/:id/parts/:part":                           `{"department":"Council"}`,
	"POST /api/v1/assessments/:id/parts/hand-over":                      `{"from_department":"Council","to_department":"Council"}`,
	"POST /api/v1/assessments/:id/sign-off":                             `{"seq":0}`,
	"POST /api/v1/assessments/:id/threads":                              `{"indicator":"MR-01","text":"A word"}`,
	"POST /api/v1/assessments/:id/threads/:thread/posts":                `{"text":"A word"}`,
	"PUT /api/v1/assessments/:id/threads/:thread/resolved":              `{"resolved":true}`,
	"PUT /api/v1/inbox/:notice":                                         `{"read":true}`,
	"POST /api/v1/assessments/:id/evidence/links":                       `{"url":"https://city.example/paper","title":"Paper"}`,
	"PUT /api/v1/assessments/:id/evidence/:piece/removed":               `{"removed":false}`,
	"POST /api/v1/assessments/:id/evidence/uploads":                     `{"name":"paper.pdf","size":9,"key":"the ninth"}`,
	"PUT /api/v1/assessments/:id/evidence/uploads/:upload":              onePage,
	"POST /api/v1/assessments/:id/evidence/uploads/:upload/finish":      `{"title":"Paper"}`,
	"PUT /api/v1/assessments/:id/indicators/:indicator/evidence/:piece": `{"passage":"page 4"}`,
	"PUT /api/v1/assessments/:id/indicators/:indicator/verdict":         `{"version":1,"verdict":"verified"}`,
	"POST /api/v1/assessments/:id/import":                               `{"file":"city,indicator,value\n"}`,
	"POST /api/v1/outbox":                                               `{"letters":[]}`,
	"POST /countries/:country":                                          "act=keep&revision=0&powers=indicator,holder,citation%0AMR-01,national,Act",
	"POST /api/v1/rounds":                                               `{"title":"A round","instrument":"urban-migof@1.0.0","cohort":{}}`,
	"PUT /api/v1/rounds/:code/plan":                                     `{"title":"A round","remove":["nobody"]}`,
	"POST /rounds/new":                                                  "title=A+round&go=show",
	"POST /rounds/:code/edit":                                           "title=A+round&go=show",
	"POST /countries/:country/statements":                               "indicator=MR-01&says=in_place&text=A+text&language=en",
	"POST /countries/:country/statements/:statement":                    "act=keep&revision=1&indicator=MR-01&says=in_place&text=A+text&language=en",
}

// cityOnly are routes that people from outside a city do not know of, although they may read the assessment.
var cityOnly = regexp.MustCompile(`^(/api/v1)?/assessments/:id/(parts|sign-off|publish)`)

// blind are routes that say the same whatever the last id names: taking back what does not stand there is done, and where
// nothing may be changed any more nothing is looked for.
var blind = regexp.MustCompile(`^(PUT|DELETE) /api/v1/assessments/:id/indicators/:indicator/evidence/:piece$`)

// carriedLines are routes that name lines of what the last round has left.
var carriedLines = regexp.MustCompile(`^POST (/api/v1)?/assessments/:id/carried(/confirm|/aside)?$`)

// ends are routes after which the asker is not signed in any more.
var ends = map[string]bool{"POST /sign-out": true, "POST /account/sessions/end": true}

// route is a line of the matrix.
type route struct {
	line
	places []string // the parameters that name something of somebody, as in owned
}

func (r route) String() string { return r.method + " " + r.path }

// program tells whether it belongs to the API.
func (r route) program() bool { return strings.HasPrefix(r.path, rest.Base+"/") }

// matrix lists every route that the router knows, with its action. Whatever the matrix cannot fill is named.
func matrix(t *testing.T, w *apitest.World) (all []route) {
	t.Helper()
	cfg := config(w)
	engine := must(api.Engine(cfg))(t)
	actions := map[string]account.Action{}
	for _, r := range cfg.Pages.Routes() {
		actions[r.Method+" "+r.Path] = r.Action
	}
	for _, r := range cfg.REST.Lines() {
		actions[r.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = r.Action
	}
	for _, r := range engine.Routes() {
		if r.Path == "/livez" || r.Path == "/readyz" || strings.HasPrefix(r.Path, "/static/") || strings.HasPrefix(r.Path, rest.Base+"/openapi") {
			continue
		}
		known := r.Method
		if known == http.MethodHead {
			known = http.MethodGet
		}
		action, ok := actions[known+" "+r.Path]
		if !ok {
			t.Errorf("%s %s stands in no policy", r.Method, r.Path)
			continue
		}
		x := route{line: line{r.Method, r.Path, action}}
		for _, key := range parameters(r.Path) {
			switch {
			case owned[key] != nil:
				x.places = append(x.places, key)
			case named[key] == "" && key != "instruments/:name":
				t.Errorf("%s %s: the matrix has no sample for %s", r.Method, r.Path, key)
			}
		}
		all = append(all, x)
	}
	return all
}

// parameters lists the parameters of an address, each with the segment before it.
func parameters(path string) (keys []string) {
	before := ""
	for _, s := range strings.Split(path, "/") {
		if strings.HasPrefix(s, ":") {
			keys = append(keys, before+"/"+s)
		}
		before = s
	}
	return keys
}

// ask sends a request to a route, with an id of the place chosen for each parameter; nil chooses what does not exist. It
// returns the answer with the ids taken out, so that answers can be compared.
func (w *crowded) ask(who *person, r route, at ...*place) (page apitest.Page, sent bool) {
	w.t.Helper()
	path, ids := r.path, []string{}
	for _, key := range parameters(r.path) {
		value := named[key]
		if value == "MR-01" && r.method == http.MethodDelete {
			value = "MR-03" // the citation for MR-01 stays
		}
		if key == "instruments/:name" {
			value = w.Instrument.Name()
		}
		if owned[key] != nil {
			p := at[0]
			at = at[1:]
			if value = uuid.NewString(); p != nil {
				value = owned[key](w, p, who)
			}
			if value == "" {
				return page, false
			}
			ids = append(ids, value)
		}
		path = strings.Replace(path, "/"+key[strings.LastIndex(key, "/")+1:], "/"+value, 1)
	}
	client := who.client
	if ends[r.String()] && who.name != "" {
		defer func() { who.client = w.Client(who.name) }()
	}
	body := bodies[r.String()]
	switch {
	case r.program() && (strings.HasSuffix(r.path, "/files") || strings.HasSuffix(r.path, "/revisions")):
		// Without a name a revision is refused: people from outside would read the newest only.
		page = client.Send(r.method, path+strings.Repeat("?name=paper.pdf", strings.Count(r.path, "/files")), strings.NewReader(onePage), w.with("application/octet-stream", "Accept", "application/json"))
	case r.program() && r.method == http.MethodPut && strings.HasSuffix(r.path, "/:upload"):
		page = client.Send(r.method, path+"?offset=0", strings.NewReader(body), w.with("application/octet-stream", "Accept", "application/json"))
	case r.program():
		page = client.Send(r.method, path, strings.NewReader(body), w.with("application/json", "Accept", "application/json", "Idempotency-Key", uuid.NewString(), "If-Match", `"0"`))
	default:
		page = client.Send(r.method, path, strings.NewReader(body), w.with("application/x-www-form-urlencoded"))
	}
	for i, id := range ids {
		page.Body = strings.ReplaceAll(page.Body, id, fmt.Sprintf("ID%d", i))
	}
	return page, true
}

// with makes the headers of a request.
func (w *crowded) with(content string, pairs ...string) http.Header {
	h := http.Header{"Content-Type": {content}}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	for name, values := range w.extra {
		h[name] = values
	}
	return h
}

// reach tells whether somebody may know of what the places of a route name.
func (w *crowded) reach(who *person, r route, handedIn bool, at []*place) bool {
	for i, key := range r.places {
		p := at[i]
		if p == nil {
			return false
		}
		if (key == "people/:id" || key == "countries/:country" || r.action == account.ManageRounds) && who.Role == account.Admin {
			continue
		}
		if key == "statements/:statement" && p != at[i-1] {
			return false // it is of another country than the one named before it
		}
		if key == "statements/:statement" && who.Role == account.Admin {
			continue
		}
		if p != who.own {
			return false
		}
		if key == "rounds/:code" && !handedIn && strings.HasSuffix(r.path, "/answers.csv") {
			return false // there is nothing to export
		}
		if key == "assessments/:id" || strings.HasPrefix(key, "evidence/") {
			if !account.Reach(who.Actor, account.Place{City: p.city.ID, Round: p.round.ID, ID: p.assessment, HandedIn: handedIn}) {
				return false
			}
			if !who.Role.OfCity() && cityOnly.MatchString(r.path) {
				return false
			}
		}
	}
	return true
}

// choices are the places to try for the parameters of a route: what is nobody's, one thing of somebody else at a time, all
// of somebody else, and last what is the asker's own.
func choices(who *person, n int) (all [][]*place) {
	own := times(who.own, n)
	for i := range n {
		for _, p := range []*place{nil, who.foreign} {
			at := times(who.own, n)
			at[i] = p
			all = append(all, at)
		}
	}
	if n > 1 {
		all = append(all, times(nil, n), times(who.foreign, n))
	}
	return append(all, own)
}

func times(p *place, n int) []*place {
	out := make([]*place, n)
	for i := range out {
		out[i] = p
	}
	return out
}

// verdict says what is wrong about an answer; nothing when it is as the policy says.
func verdict(who *person, r route, page apitest.Page, reached, idle bool) string {
	asked := page.Status == http.StatusUnauthorized || strings.HasPrefix(page.To(), "/sign-in?")
	switch {
	case !account.Allowed(who.Role, r.action) && who.name == "":
		if !asked {
			return "a visitor is not asked to sign in"
		}
	case !account.Allowed(who.Role, r.action):
		if page.Status != http.StatusForbidden {
			return "it is not forbidden"
		}
	case !reached && idle && (page.Status == http.StatusNoContent || page.Status == http.StatusLocked):
	case !reached:
		if page.Status != http.StatusNotFound {
			return "what is out of reach does not look as if it did not exist"
		}
	case page.Status == http.StatusNotFound && carriedLines.MatchString(r.String()): // nothing was carried over in this world
	case asked, page.Status == http.StatusForbidden, page.Status >= 500, page.Status == http.StatusNotFound && len(r.places) > 0:
		return "it is refused"
	}
	return ""
}

// engines are those on which isolation is proven.
var engines = storetest.Engines

func TestNobodyReachesWhatIsNotTheirs(t *testing.T) {
	for _, e := range engines {
		t.Run(string(e), func(t *testing.T) {
			nobodyReaches(t, crowd(t, apitest.Options{Database: storetest.Address(t, e)}))
		})
	}
}

func nobodyReaches(t *testing.T, w *crowded) {
	routes, requests, began := matrix(t, w.World), 0, time.Now()
	for _, handedIn := range []bool{false, true} {
		w.set(handedIn)
		for _, r := range routes {
			for _, who := range w.people {
				nothing := map[bool]apitest.Page{} // the answers about what does not exist, in an assessment of one's own and elsewhere
				for _, at := range choices(who, len(r.places)) {
					page, sent := w.ask(who, r, at...)
					if !sent {
						continue
					}
					requests++
					reached := w.reach(who, r, handedIn, at)
					idle := blind.MatchString(r.String()) && at[0] == who.own
					if wrong := verdict(who, r, page, reached, idle); wrong != "" {
						t.Errorf("%s by %q %s, handed in %v, at %s: %s: %d %s\n%.300s", r, who.Role, who.name, handedIn, said(who, at), wrong, page.Status, page.To(), page.Body)
					}
					if reached {
						if r.method != http.MethodGet && r.method != http.MethodHead {
							w.set(handedIn)
							who.client.Get("/help") // which takes the sentence of what was done
						}
						continue
					}
					strange, known := nothing[idle]
					if nothing[idle] = page; !known {
						continue
					}
					if page.Status != strange.Status || page.Body != strange.Body || page.To() != "" && who.name != "" || !sameHeaders(page.Header, strange.Header) {
						t.Errorf("%s by %q %s at %s differs from the answer about what does not exist: %d and %d\n%s", r, who.Role, who.name, said(who, at), page.Status, strange.Status, difference(page.Body, strange.Body))
					}
				}
			}
		}
	}
	t.Logf("%d routes, %d requests in %s", len(routes), requests, time.Since(began).Round(time.Millisecond))
	if requests < 5000 {
		t.Errorf("only %d requests were made", requests)
	}
}

// said names places.
func said(who *person, at []*place) string {
	words := []string{}
	for _, p := range at {
		switch p {
		case nil:
			words = append(words, "nothing")
		case who.own:
			words = append(words, "own")
		default:
			words = append(words, "foreign")
		}
	}
	return strings.Join(words, ", ")
}

// sameHeaders compares what an answer says of itself, without what every answer has of its own.
func sameHeaders(a, b http.Header) bool {
	plain := func(h http.Header) string {
		h = h.Clone()
		for _, name := range []string{"Date", "X-Request-Id", "Content-Length", "Location"} {
			h.Del(name)
		}
		var out bytes.Buffer
		if err := h.Write(&out); err != nil {
			return err.Error()
		}
		return out.String()
	}
	return plain(a) == plain(b)
}

// difference shows where two texts part.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(i, len(s))-80):min(i+120, len(s))] }
	return "…" + cut(a) + "\n…" + cut(b)
}
