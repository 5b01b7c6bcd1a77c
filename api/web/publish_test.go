package web_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
	"migov/assessment/survey"
)

// shown is a world in which city A has a validated assessment and an approver with a second factor.
type shown struct {
	*apitest.World
	t        *testing.T
	base     string
	database string
	approver *apitest.Client
	codes    []string // recovery codes, each good once
	proof    assessment.Evidence
}

const plainPage = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n41\n%%EOF\n"

func toShow(t *testing.T) *shown {
	t.Helper()
	return toShowFile(t, plainPage)
}

// toShowFile is toShow with a file of a certain content.
func toShowFile(t *testing.T, content string) *shown {
	t.Helper()
	database := filepath.Join(t.TempDir(), "migov.db")
	w := apitest.With(t, apitest.Options{Database: database})
	x := &shown{World: w, t: t, database: database, base: "/assessments/" + w.A.ID}
	ctx := context.Background()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := w.Store.AddAccount(ctx, account.Account{Email: "approver-a@example.org", Name: "Approver A", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Created: time.Now()}, assessment.Author{Role: account.Operator})
	fail(err)
	w.Accounts["approver-a"] = a
	who := w.Actor(apitest.ContributorA)
	value, text := "3", "Article 12 says so; call +216 71 123 456."
	_, rejected, err := w.Pages.Drafts.Save(ctx, who, w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &value, Explanation: &text})
	if fail(err); len(rejected) > 0 {
		t.Fatal(rejected)
	}
	x.proof, _, err = w.Pages.Proofs.Add(ctx, who, w.A.ID, assessment.Proof{Name: "secret-name.pdf", Content: strings.NewReader(content), Size: int64(len(content)), Title: "The decree", Indicator: "MR-01"})
	fail(err)
	consent, err := w.Pages.SignOffs.Of(ctx, a.Actor(), w.A.ID)
	fail(err)
	fail(w.Pages.SignOffs.Consent(ctx, a.Actor(), w.A.ID, consent.Seq))
	_, err = w.Pages.Drafts.HandIn(ctx, w.Actor(apitest.CoordinatorA), w.A.ID)
	fail(err)
	x.approver = w.Client("approver-a")
	_, x.codes = setUp(t, x.approver, time.Now())
	return x
}

// state brings the assessment into a state, past the steps that lead there.
func (x *shown) state(to string) {
	x.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+x.database+"?_busy_timeout=5000")
	if err != nil {
		x.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE assessment SET state = ?, beside = beside + 1 WHERE id = ?", to, x.A.ID); err != nil {
		x.t.Fatal(err)
	}
}

const everything = "part=numbers&part=explanations&part=evidence_titles&part=evidence_files"

var hashShown = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// form is what the preview sends back, with the next recovery code.
func (x *shown) form(choice, audience string) url.Values {
	x.t.Helper()
	page := x.approver.Get(x.base + "/publish/preview?" + choice + "&audience=" + audience)
	found := hashShown.FindStringSubmatch(page.Body)
	if page.Status != http.StatusOK || found == nil {
		x.t.Fatalf("preview: %d\n%s", page.Status, page.Body)
	}
	form, _ := url.ParseQuery(choice)
	form["audience"], form["hash"], form["terms"], form["code"] = []string{audience}, []string{found[1]}, []string{publish.TermsVersion}, []string{x.codes[0]}
	return form
}

func (x *shown) consent(choice, audience string) {
	x.t.Helper()
	page := x.approver.Post(x.base+"/publish", x.form(choice, audience))
	if page.Status != http.StatusSeeOther {
		x.t.Fatalf("consent: %d\n%s", page.Status, page.Body)
	}
	x.codes = x.codes[1:]
}

// in tells which of some texts stand in a page.
func in(page string, texts ...string) (out []string) {
	for _, s := range texts {
		if strings.Contains(page, s) {
			out = append(out, s)
		}
	}
	return out
}

func TestWhatIsConsentedToIsShownAndGoneWhenWithdrawn(t *testing.T) {
	x := toShow(t)
	visitor, profile := x.Client(""), "/profiles/city-a/2026"
	gone := func(when string, status int) {
		t.Helper()
		for _, path := range []string{profile, profile + ".json", profile + "/files/" + x.proof.SHA256} {
			page := visitor.Get(path)
			if page.Status != status || len(in(page.Body, "Article 12", "The decree")) > 0 || page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s answers %d, may be kept %q\n%s", when, path, page.Status, page.Header.Get("Cache-Control"), page.Body)
			}
		}
	}
	gone("before the review", http.StatusNotFound)
	if page := x.approver.Get(x.base + "/publish/preview?" + everything + "&audience=public"); page.Status != http.StatusConflict {
		t.Errorf("a preview before the review is complete: %d", page.Status)
	}
	x.state("validated")
	gone("before consent", http.StatusNotFound)

	preview := x.approver.Get(x.base + "/publish/preview?" + everything + "&audience=public")
	if got := in(preview.Body, "Article 12 says so", "The decree", "MR-01", "a phone number", "not a ranking"); len(got) != 5 {
		t.Errorf("the preview has %q\n%s", got, preview.Body)
	}
	x.consent(everything, "public")
	page := visitor.Get(profile)
	if page.Status != http.StatusOK || len(in(page.Body, "Article 12 says so", "The decree", "not a ranking", "/files/"+x.proof.SHA256)) != 4 {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	if got := in(page.Body, "Contributor A", "Approver A", "secret-name", x.A.ID, "Coordinator A"); len(got) > 0 {
		t.Errorf("the page names %q", got)
	}
	if h := page.Header; h.Get("Cache-Control") != "public, max-age=30" || h.Get("ETag") == "" {
		t.Errorf("%v", h)
	}
	if again := visitor.Send(http.MethodGet, profile, nil, http.Header{"If-None-Match": {page.Header.Get("ETag")}}); again.Status != http.StatusNotModified || again.Body != "" {
		t.Errorf("asked again: %d", again.Status)
	}
	if other := visitor.Get(profile + "?evil=1"); other.Body != page.Body {
		t.Error("a query changes the page that is kept")
	}
	json := visitor.Get(profile + ".json")
	shownHash := hashShown.FindStringSubmatch(preview.Body)[1]
	if json.Header.Get("X-Content-SHA256") != shownHash || json.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%v", json.Header)
	}
	p, err := x.Pages.Publishing.Preview(context.Background(), x.Actor("approver-a"), x.A.ID, publish.Scope(publish.Parts))
	if err != nil || json.Body != string(p.Content) {
		t.Errorf("the public bytes are others than those of the preview: %v\n%s\n%s", err, json.Body, p.Content)
	}
	file := visitor.Get(profile + "/files/" + x.proof.SHA256)
	if file.Status != http.StatusOK || file.Body != plainPage || !strings.Contains(file.Header.Get("Content-Disposition"), "The decree.pdf") || file.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", file.Status, file.Header)
	}
	if list := visitor.Get("/profiles"); list.Status != http.StatusOK || !strings.Contains(list.Body, profile) {
		t.Errorf("%d\n%s", list.Status, list.Body)
	}
	for _, lang := range []string{"fr", "es", "ar"} {
		if page := visitor.Send(http.MethodGet, profile, nil, http.Header{"Accept-Language": {lang}}); page.Header.Get("Content-Language") != lang || !strings.Contains(page.Body, "Article 12 says so") {
			t.Errorf("%s: %v", lang, page.Header)
		}
	}

	if page := x.approver.Post(x.base+"/publish/withdraw", nil); page.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	gone("withdrawn", http.StatusGone)
	if page := visitor.Get(profile); !strings.Contains(page.Body, "has withdrawn this profile") {
		t.Error(page.Body)
	}
	if list := visitor.Get("/profiles"); strings.Contains(list.Body, "city-a") {
		t.Error(list.Body)
	}
	x.consent("part=numbers", "public")
	if page := visitor.Get(profile); len(in(page.Body, "Earlier profiles", shownHash, "Withdrawn on")) != 3 {
		t.Errorf("whoever has kept the earlier profile does not read that it was withdrawn\n%s", page.Body)
	}
	if packed := unzip(t, x.Client(apitest.CoordinatorA).Get("/people/data.zip").Body); !strings.Contains(packed["2026/beside.json"], shownHash) {
		t.Errorf("the data of the city lack its consents: %s", packed["2026/beside.json"])
	}
	history := x.approver.Get(x.base + "/publish")
	if !strings.Contains(history.Body, shownHash) || !strings.Contains(history.Body, "Withdrawn on") {
		t.Error(history.Body)
	}
}

func TestARefusedConsentKeepsTheChoiceAndSaysWhy(t *testing.T) {
	x := toShow(t)
	x.state("validated")
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
		says   string
	}{
		"a wrong code":   {func(f url.Values) { f.Set("code", "000000") }, http.StatusUnprocessableEntity, "code"},
		"another hash":   {func(f url.Values) { f.Set("hash", strings.Repeat("0", 64)) }, http.StatusConflict, "has changed since you looked"},
		"no hash":        {func(f url.Values) { f.Del("hash") }, http.StatusConflict, "has changed since you looked"},
		"an older text":  {func(f url.Values) { f.Set("terms", "2024-01") }, http.StatusConflict, "text of the consent has changed"},
		"no terms":       {func(f url.Values) { f.Del("terms") }, http.StatusConflict, "text of the consent has changed"},
		"no parts":       {func(f url.Values) { f.Del("part") }, http.StatusUnprocessableEntity, "at least one part"},
		"unknown part":   {func(f url.Values) { f.Set("part", "../numbers") }, http.StatusUnprocessableEntity, ""},
		"no audience":    {func(f url.Values) { f.Del("audience") }, http.StatusUnprocessableEntity, "to whom"},
		"other audience": {func(f url.Values) { f.Set("audience", "world") }, http.StatusUnprocessableEntity, "to whom"},
	} {
		form := x.form(everything, "public")
		c.change(form)
		page := x.approver.Post(x.base+"/publish", form)
		if page.Status != c.status || !strings.Contains(page.Body, c.says) {
			t.Errorf("%s: %d\n%s", name, page.Status, page.Body)
		}
		if c.status == http.StatusConflict && hashShown.FindStringSubmatch(page.Body) == nil {
			t.Errorf("%s: no new preview", name)
		}
	}
	if page := x.approver.Get(x.base + "/publish/preview?audience=public"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "at least one part") || !strings.Contains(page.Body, `value="public" checked`) {
		t.Errorf("%d\n%s", page.Status, page.Body)
	}
	if page := x.Client("").Get("/profiles/city-a/2026"); page.Status != http.StatusNotFound {
		t.Errorf("after refusals: %d", page.Status)
	}
	coordinator := x.Client(apitest.CoordinatorA)
	if page := coordinator.Get(x.base + "/publish/preview?" + everything + "&audience=public"); page.Status != http.StatusOK || hashShown.MatchString(page.Body) {
		t.Errorf("a coordinator looks: %d", page.Status)
	}
	if page := coordinator.Post(x.base+"/publish", x.form(everything, "public")); page.Status != http.StatusForbidden {
		t.Errorf("a coordinator consents: %d", page.Status)
	}
	for _, name := range []string{apitest.CoordinatorB, apitest.Analyst} {
		if page := x.Client(name).Get(x.base + "/publish"); page.Status != http.StatusNotFound && page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", name, page.Status)
		}
	}
}

func TestOnlyWhatIsInTheScopeIsOnThePageAndToDownload(t *testing.T) {
	x := toShow(t)
	x.state("validated")
	visitor, profile := x.Client(""), "/profiles/city-a/2026"
	for choice, want := range map[string]string{"part=numbers": "", "part=explanations": "Article 12", "part=evidence_titles": "The decree", "part=numbers&part=evidence_files": x.proof.SHA256} {
		x.consent(choice, "public")
		for _, path := range []string{profile, profile + ".json"} {
			page := visitor.Get(path)
			got := in(page.Body, "Article 12", "The decree", x.proof.SHA256)
			if page.Status != http.StatusOK || want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0] != want) {
				t.Errorf("%s: %s answers %d with %q", choice, path, page.Status, got)
			}
		}
		file := visitor.Get(profile + "/files/" + x.proof.SHA256)
		if (file.Status == http.StatusOK) != (want == x.proof.SHA256) {
			t.Errorf("%s: the file answers %d", choice, file.Status)
		}
		if want == x.proof.SHA256 && strings.Contains(file.Header.Get("Content-Disposition"), "secret") {
			t.Errorf("%v", file.Header)
		}
	}
	for _, path := range []string{"/profiles/city-b/2026", "/profiles/city-a/2027", "/profiles/city-a/2026.json.json", "/profiles/%2e%2e/2026", "/profiles/city-a/2026/files/" + strings.Repeat("0", 64),
		"/profiles/city-a/2026/files/..%2f", "/profiles/city-b/2026/files/" + x.proof.SHA256, "/profiles/CITY-A/2026", "/profiles/city-a'--/2026"} {
		if page := visitor.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
}

func TestAudiencesThatAreNotEverybody(t *testing.T) {
	x := toShow(t)
	x.state("validated")
	profile := "/profiles/city-a/2026"
	for audience, sees := range map[string]map[string]bool{
		"peers": {"": false, apitest.CoordinatorB: false, apitest.Analyst: true, apitest.ContributorA: true, apitest.Admin: false},
		"iom":   {"": false, apitest.CoordinatorB: false, apitest.Analyst: true, apitest.ContributorA: true, apitest.Admin: false},
		"city":  {"": false, apitest.CoordinatorB: false, apitest.Analyst: false, apitest.ContributorA: true, apitest.Admin: false},
	} {
		x.consent("part=explanations", audience)
		for name, want := range sees {
			page := x.Client(name).Get(profile)
			if (page.Status == http.StatusOK) != want || !want && page.Status != http.StatusNotFound || want && page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("shown to %s, %q reads %d, may be kept %q", audience, name, page.Status, page.Header.Get("Cache-Control"))
			}
		}
	}
	if page := x.Client("").Get(profile); page.Status != http.StatusNotFound { // it never was public
		t.Errorf("%d", page.Status)
	}
	x.state("validated")
	if page := x.approver.Post(x.base+"/publish/private", nil); page.Status != http.StatusSeeOther {
		t.Errorf("%d\n%s", page.Status, page.Body)
	}
}
