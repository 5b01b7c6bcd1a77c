package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	stdmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/data/store/storetest"
	"migov/frontend/mail"
)

// canary matches the words that are planted in city A, one for each kind of text (trust.md 3.3, S2).
var canary = regexp.MustCompile(`(?i)zq7[a-z]+x`)

func planted(kind string) string { return "zq7" + kind + "x" }

// kinds of texts that are planted. Those of people are read by administrators, those of answers by analysts after handing in.
var (
	ofPeople  = []string{"name", "email", "department", "left"}
	ofAnswers = []string{"value", "explanation", "proof", "holder", "other", "shared", "title", "note", "file", "content", "link", "linktitle", "passage", "verdict", "department"}
	ofTheCity = []string{"private", "part", "refusal", "uncited"}
	ofAll     = slices.Concat(ofPeople, ofAnswers, ofTheCity)
)

// lines collects a log.
type lines struct {
	sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(b)
}

// plant writes a word of each kind into city A, as its people do, and leaves all assessments open.
func (w *crowded) plant() {
	t := w.t
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	by := assessment.Author{Role: account.Operator}
	person := account.Account{Email: planted("email") + "@example.org", Name: planted("name"), Department: planted("department"), Role: account.Contributor,
		City: w.a.city.ID, Language: survey.English, Noticed: account.NoticeVersion, Password: w.Accounts[apitest.Admin].Password}
	person = must(w.Store.AddAccount(ctx, person, by))(t)
	who, coordinator, approver := person.Actor(), w.a.people[0], w.a.people[2]
	leaver := person
	leaver.ID, leaver.Email, leaver.Name, leaver.Disabled = "", planted("left")+"@example.org", planted("left"), true
	must(w.Store.AddAccount(ctx, leaver, by))(t)

	p := w.Pages
	save := func(indicator, value string, base int, explanation string) {
		t.Helper()
		g := assessment.Given{Mutation: uuid.NewString(), Indicator: indicator, Base: base, Value: &value, Explanation: &explanation}
		proof := planted("proof")
		if g.Evidence = &proof; base > 0 {
			g.Evidence = nil
		}
		_, rejected, err := p.Drafts.Save(ctx, who, w.a.assessment, g)
		if fail(err); len(rejected) > 0 {
			t.Fatal(rejected)
		}
	}
	save("MR-04", "2", 0, planted("explanation"))
	save("MR-05", "2", 0, "First.")
	save("MR-05", "3", 1, "Second.")
	save("MR-05", "1", 1, planted("other")) // the later of two waits beside the first
	for _, q := range w.Instrument.All() {
		if q.Kind == survey.Freetext {
			save(q.ID, planted("value"), 0, "")
			break
		}
	}
	must(p.Drafts.SetPowers(ctx, coordinator, w.a.assessment, assessment.PowerGiven{Indicator: "MR-04", Holder: string(survey.Contested), Reason: planted("holder")}))(t)
	content := strings.Replace(onePage, "\n", "\n% "+planted("content")+"\n", 1)
	_, _, err := p.Proofs.Add(ctx, who, w.a.assessment, assessment.Proof{Name: planted("file") + ".pdf", Content: strings.NewReader(content), Size: int64(len(content)),
		Title: planted("title"), Note: planted("note"), Indicator: "MR-04", Passage: planted("passage")})
	fail(err)
	_, _, err = p.Proofs.Add(ctx, who, w.a.assessment, assessment.Proof{Link: "https://city.example/" + planted("link"), Title: planted("linktitle"), Indicator: "MR-04"})
	fail(err)
	_, _, err = p.Proofs.Add(ctx, who, w.a.assessment, assessment.Proof{Link: "https://city.example/draft", Title: planted("uncited")})
	fail(err)
	for _, r := range []assessment.Remark{{Body: planted("private"), Mentions: []string{coordinator.Account}}, {Body: planted("shared"), Shared: true}} {
		r.ID, r.Indicator = uuid.NewString(), "MR-04"
		must(p.Talk.Say(ctx, who, w.a.assessment, r))(t)
	}
	fail(p.Parts.Assign(ctx, coordinator, w.a.assessment, assessment.PartGiven{Ref: "MR.2", Account: person.ID, Due: "2027-01-01", Note: planted("part")}))
	fail(p.Parts.Assign(ctx, coordinator, w.a.assessment, assessment.PartGiven{Ref: "MR.3", Department: planted("department")}))
	w.set(true)
	sheet := must(w.Store.Sheet(ctx, w.Actor(apitest.Analyst), w.a.assessment, "MR-04"))(t)
	fail(p.Proofs.Judge(ctx, w.Actor(apitest.Analyst), w.a.assessment, "MR-04", assessment.VerdictChallenged, sheet.Answers["MR-04"].Version, "1", planted("verdict")))
	question := must(p.Clarify.Ask(ctx, w.Actor(apitest.Analyst), w.a.assessment, assessment.Asking{Indicator: "MR-04", Question: planted("question")}))(t)
	_, err = p.Clarify.Reply(ctx, coordinator, w.a.assessment, assessment.Replying{ID: question, Text: planted("reply"), Outcome: assessment.OutcomeStands})
	fail(err)
	must(p.Drafts.Reopen(ctx, w.Actor(apitest.Analyst), w.a.assessment, planted("reopening")))(t)
	w.set(false)
	consent := must(w.signOff.Of(ctx, approver, w.a.assessment))(t)
	fail(w.signOff.Refuse(ctx, approver, w.a.assessment, consent.Seq, planted("refusal")))
}

// publish brings a city that has handed in to where it shows its numbers, and nothing else, to an audience.
func (w *crowded) publish(p *place, audience publish.Audience) {
	t, analyst := w.t, w.Actor(apitest.Analyst)
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Pages.Publishing.Prove = nil // whoever consents is not asked for a code here
	version := must(w.Store.Sheet(ctx, analyst, p.assessment, "MR-01"))(t).Answers["MR-01"].Version
	fail(w.Pages.Proofs.Judge(ctx, analyst, p.assessment, "MR-01", assessment.VerdictVerified, version, "", ""))
	_, _, b, err := w.Pages.Clarify.Open(ctx, analyst, p.assessment)
	fail(err)
	for _, x := range b.Clarifications {
		if x.Settled.IsZero() {
			fail(w.Pages.Clarify.Settle(ctx, analyst, p.assessment, x.ID, x.Replied.IsZero(), x.Replied))
		}
	}
	fail(assessment.Queue{Store: w.Store, Questionnaires: w.Library, Besides: w.Pages.Besides, Looks: w.Pages.Drafts.Looks, Now: w.Pages.Now}.Validate(ctx, analyst, p.assessment))
	approver, scope := must(w.Store.Account(ctx, p.people[2].Account))(t), publish.Scope{publish.Numbers}
	preview := must(w.Pages.Publishing.Preview(ctx, p.people[2], p.assessment, scope))(t)
	fail(w.Pages.Publishing.Publish(ctx, approver, p.assessment, assessment.ConsentGiven{Scope: scope, Audience: audience, Hash: preview.Hash, Terms: publish.TermsVersion}))
}

// unpacked is a text with everything that stands in it, however often it was packed.
func unpacked(t testing.TB, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, "PK\x03\x04") {
		return html.UnescapeString(body)
	}
	z := must(zip.NewReader(strings.NewReader(body), int64(len(body))))(t)
	var b strings.Builder
	for _, f := range z.File {
		r := must(f.Open())(t)
		b.WriteString(f.Name + "\n" + unpacked(t, string(must(io.ReadAll(r))(t))) + "\n")
		r.Close()
	}
	return b.String()
}

// everything reads all that somebody can find: every route that is read, with ids of all kinds; all links from there; and what
// is answered to forms and programs that reach for another city.
func (w *crowded) everything(who *person, routes []route) map[string]string {
	w.t.Helper()
	found, queue := map[string]string{}, []string{"/", "/help", "/people", "/audit", "/inbox", "/assessments", "/rounds", "/account/data.json", "/profiles", "/verify"}
	keep := func(name string, page apitest.Page) {
		found[name] = unpacked(w.t, page.Body) + fmt.Sprint(page.Header)
		for _, part := range strings.Split(page.Body, `href="`)[1:] {
			to, _, _ := strings.Cut(strings.SplitN(part, `"`, 2)[0], "#")
			if to = html.UnescapeString(to); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/static/") && !strings.Contains(to, "lang=") {
				queue = append(queue, to)
			}
		}
	}
	for _, r := range routes {
		all := choices(who, len(r.places))
		if r.method != http.MethodGet {
			all = all[:len(all)-1] // what is their own stays as it is
			if len(r.places) == 0 || r.method == http.MethodHead {
				continue
			}
		}
		for _, at := range all {
			if page, sent := w.ask(who, r, at...); sent {
				keep(r.String()+" "+said(who, at), page)
			}
		}
	}
	for len(queue) > 0 && len(found) < 3000 {
		path := queue[0]
		queue = queue[1:]
		if _, seen := found[path]; !seen {
			keep(path, who.client.Get(path))
		}
	}
	return found
}

// letters composes every letter that waits, and returns what each person would read.
func (w *crowded) letters() map[string]string {
	w.t.Helper()
	key := "key of the test"
	read := map[string]string{}
	post := mail.Post{From: &stdmail.Address{Address: "migov@example.org"}, Base: w.URL, Key: key, Words: must(locale.Load())(w.t), Links: w.Pages.Crowd, Titles: w.Library.Title}
	var mu sync.Mutex
	carrier := carried(func(to account.Account, l assessment.Letter, news []assessment.Notice) error {
		page, err := post.Compose(ctx, to, l, news)
		mu.Lock()
		defer mu.Unlock()
		read[to.ID] += fmt.Sprintf("%+v\n", page)
		return err
	})
	if err := (&assessment.Letters{Store: w.Store, Carrier: carrier, Now: w.Pages.Now}).Work(ctx); err != nil {
		w.t.Fatal(err)
	}
	return read
}

func (c carried) Open() assessment.Trip { return c }
func (c carried) Close()                {}

type carried func(to account.Account, l assessment.Letter, news []assessment.Notice) error

func (c carried) Carry(_ context.Context, to account.Account, l assessment.Letter, news []assessment.Notice) error {
	return c(to, l, news)
}

func TestNoWordOfACityIsReadByAnybodyElse(t *testing.T) {
	for _, e := range engines {
		t.Run(string(e), func(t *testing.T) { noWord(t, storetest.Address(t, e)) })
	}
}

func noWord(t *testing.T, database string) {
	log := &lines{}
	w := crowd(t, apitest.Options{Database: database, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, a := range w.Accounts { // everybody wants every letter
		if err := w.Pages.Inbox.SetMail(ctx, a.ID, account.EachMail); err != nil {
			t.Fatal(err)
		}
	}
	w.plant()
	routes := matrix(t, w.World)
	read := 0
	look := func(who *person, state string, may ...[]string) (seen map[string]bool) {
		t.Helper()
		seen = map[string]bool{}
		allowed := slices.Concat(may...)
		for name, text := range w.everything(who, routes) {
			read++
			for _, found := range canary.FindAllString(text, -1) {
				kind := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(found), "zq7"), "x")
				if !slices.Contains(ofAll, kind) {
					continue // chance writes such a word into a sealed text once in many pages
				}
				if seen[kind] = true; !slices.Contains(allowed, kind) {
					t.Errorf("%s: %q reads %s at %s", state, who.name, found, name)
				}
			}
		}
		return seen
	}
	named := map[string]*person{}
	for _, x := range w.people {
		named[x.name] = x
	}
	seen := look(named[apitest.CoordinatorA], "open", ofPeople, ofAnswers, ofTheCity)
	for _, kind := range slices.Concat(ofPeople, ofAnswers, ofTheCity) {
		if !seen[kind] {
			t.Errorf("%s was planted, but the own coordinator finds it nowhere", planted(kind))
		}
	}
	strangers := []string{"", apitest.CoordinatorB, "stray"}
	for _, name := range strangers {
		look(named[name], "open")
	}
	look(named[apitest.Analyst], "open", []string{"department"}) // of those to invite
	look(named[apitest.Admin], "open", ofPeople)
	w.set(true)
	for _, name := range strangers {
		look(named[name], "handed in")
	}
	look(named[apitest.Admin], "handed in", ofPeople)
	look(named[apitest.Analyst], "handed in", ofAnswers)

	w.publish(w.a, publish.Public)
	w.publish(w.b, publish.Peers) // so that the people of B are those of a consenting peer
	address := "/profiles/" + w.a.city.Code + "/" + w.a.round.Code
	for _, name := range append(strangers, apitest.Stranger) {
		look(named[name], "published") // all that is linked from the list of profiles is among it
		for path, number := range map[string]string{address: "MR-01", address + ".json": `"MR-01"`} {
			page := named[name].client.Get(path)
			if page.Status != http.StatusOK || !strings.Contains(page.Body, number) {
				t.Errorf("%q reads %s with %d, and its numbers are not there", name, path, page.Status)
			}
			if found := canary.FindAllString(unpacked(t, page.Body), -1); len(found) > 0 {
				t.Errorf("%q reads %v at %s", name, found, path)
			}
		}
	}
	if page := named[""].client.Get("/profiles/" + w.b.city.Code + "/" + w.b.round.Code); page.Status != http.StatusNotFound {
		t.Errorf("everybody reads with %d what is for peers", page.Status)
	}

	mine := map[string]bool{}
	for _, a := range must(w.Store.Accounts(ctx))(t) {
		mine[a.ID] = a.City == w.a.city.ID
	}
	letters := w.letters()
	for id, text := range letters {
		for _, found := range canary.FindAllString(text, -1) {
			if kind := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(found), "zq7"), "x"); !mine[id] || !slices.Contains(ofPeople, kind) {
				t.Errorf("a letter to somebody of the city (%v) says %s", mine[id], found)
			}
		}
	}
	if len(letters) < 2 {
		t.Errorf("letters went to %d people only", len(letters))
	}
	if found := canary.FindAllString(log.String(), -1); len(found) > 0 {
		t.Errorf("the log holds %v", found)
	}
	t.Logf("%d answers, letters to %d people and %d bytes of log were read", read, len(letters), log.Len())
}

func TestTheSameFileInTwoCitiesTellsNeitherOfTheOther(t *testing.T) {
	w := crowd(t, apitest.Options{})
	content := strings.Replace(onePage, "\n", "\n% the same\n", 1)
	for _, p := range []*place{w.a, w.b} {
		e, same, err := w.Pages.Proofs.Add(ctx, p.people[1], p.assessment, assessment.Proof{Name: "paper.pdf", Content: strings.NewReader(content), Size: int64(len(content))})
		if err != nil || same || e.ID == w.a.evidence {
			t.Errorf("%s: %+v, same %v, %v", p.city.Name, e, same, err)
		}
	}
}
