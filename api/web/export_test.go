package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/export"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
)

// bothHandIn lets both cities of a world answer one indicator and hand in.
func bothHandIn(t *testing.T, w *apitest.World) {
	t.Helper()
	operator := account.Actor{Role: account.Operator}
	for i, a := range []assessment.Assessment{w.A, w.B} {
		value, text := []string{"3", "1"}[i], "=1+1 <b>بلدية</b>"
		if _, rejected, err := w.Pages.Drafts.Save(t.Context(), operator, a.ID, assessment.Given{Mutation: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i), Indicator: "MR-01", Value: &value, Explanation: &text}); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
		if _, err := w.Pages.Drafts.HandIn(t.Context(), operator, a.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryFileThatThePageOffersComesWithItsNameAndType(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	for who, path := range map[string]string{apitest.Analyst: "/rounds/2026/export", apitest.CoordinatorA: "/assessments/" + w.A.ID + "/export"} {
		client := w.Client(who)
		for _, lang := range []string{"en", "ar"} {
			for _, f := range export.Formats {
				for _, subject := range []string{"", "everything", "answers", "results"} {
					p := client.Get(path + "?" + url.Values{"format": {string(f)}, "subject": {subject}, "shape": {"long"}, "language": {lang}}.Encode())
					if p.Status != http.StatusOK || p.Header.Get("Content-Type") != f.Media() || !strings.Contains(p.Header.Get("Content-Disposition"), "2026") ||
						!strings.Contains(p.Header.Get("Content-Disposition"), "urban-migof") || !strings.Contains(p.Header.Get("Content-Disposition"), "_method-1.0.0_") {
						t.Fatalf("%s %s %s: %d %v\n%.300s", who, f, subject, p.Status, p.Header, p.Body)
					}
					if f.Packed() && p.Header.Get("Content-Encoding") != "" {
						t.Errorf("%s is compressed twice", f)
					}
				}
			}
		}
	}
}

func TestTheCodebookExplainsEveryCodeInEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	analyst, seen := w.Client(apitest.Analyst), map[string]int{}
	for _, lang := range survey.Languages {
		rows, err := csv.NewReader(strings.NewReader(analyst.Get("/rounds/2026/export?format=raw&subject=codebook&language=" + string(lang)).Body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			if (r[2] == "" && r[3] == "") || strings.Contains(r[2], "⟨") || strings.HasPrefix(r[2], "export.") {
				t.Errorf("%s: %q", lang, r)
			}
		}
		seen[rows[1][2]] = len(rows)
	}
	if len(seen) != len(survey.Languages) {
		t.Errorf("%v", seen)
	}
}

func TestAPageOffersTheFilesInEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	for who, path := range map[string]string{apitest.Analyst: "/rounds/2026/exports", apitest.CoordinatorA: "/assessments/" + w.A.ID + "/transfer"} {
		client := w.Client(who)
		for _, lang := range survey.Languages {
			client.Get(path + "?lang=" + string(lang))
			p := client.Get(path)
			if faults := apitest.Unsound(p.Body, string(lang)); p.Status != http.StatusOK || len(faults) > 0 {
				t.Errorf("%s in %s: %d %v", path, lang, p.Status, faults)
			}
			for _, f := range export.Formats {
				if !strings.Contains(p.Body, `<option value="`+string(f)+`">`) {
					t.Errorf("%s in %s does not offer %s", path, lang, f)
				}
			}
			for _, href := range regexp.MustCompile(`href="(/[^"]*/export\?[^"]*)"`).FindAllStringSubmatch(p.Body, -1) {
				if q := client.Get(html.UnescapeString(href[1])); q.Status != http.StatusOK {
					t.Errorf("%s: %d", href[1], q.Status)
				}
			}
		}
	}
	if p := w.Client(apitest.Analyst).Get("/rounds/2026/export?format=pdf"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Body, "ndjson") {
		t.Errorf("%d %s", p.Status, p.Body)
	}
}

func TestARoundThatNobodyHasHandedInIsAFileWithoutRows(t *testing.T) {
	w := apitest.New(t)
	analyst := w.Client(apitest.Analyst)
	for _, f := range export.Formats {
		p := analyst.Get("/rounds/2026/export?format=" + string(f))
		if p.Status != http.StatusOK || strings.Contains(p.Body, "city-a") {
			t.Errorf("%s: %d", f, p.Status)
		}
	}
	f, err := excelize.OpenReader(strings.NewReader(analyst.Get("/rounds/2026/export?format=xlsx&language=ar").Body))
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := f.GetRows("answers"); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

var tokenShown = regexp.MustCompile(`<code dir="ltr" id="token">([^<]+)</code>`)

// token makes a token on the page of the account.
func token(t *testing.T, c *apitest.Client, scope, round string) string {
	t.Helper()
	p := c.Post("/account/tokens", url.Values{"name": {"R script"}, "scope": {scope}, "round": {round}, "until": {time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}})
	m := tokenShown.FindStringSubmatch(p.Body)
	if p.Status != http.StatusOK || m == nil {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	return m[1]
}

func TestATokenMayWhatItsScopeSaysAndNeverMore(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	nobody := w.Client("")
	ask := func(token, method, path, body string) apitest.Page {
		return nobody.JSON(method, path, body, http.Header{"Authorization": {"Bearer " + token}, "Sec-Fetch-Site": nil, "Idempotency-Key": {"00000000-0000-4000-8000-0000000000aa"}, "If-Match": {`"0"`}})
	}
	const beyond = "tokens.beyond"
	answer := "/api/v1/assessments/" + w.A.ID + "/answers/MR-02"
	for _, c := range []struct {
		who, scope, round, method, path string
		status                          int
	}{
		{apitest.Analyst, "export", "", "GET", "/api/v1/rounds/2026/export", 200},
		{apitest.Analyst, "export", "2026", "GET", "/api/v1/rounds/2026/export?format=xlsx", 200},
		{apitest.Analyst, "export", "", "GET", "/api/v1/assessments/" + w.A.ID + "/export?format=json", 200},
		{apitest.Analyst, "export", "", "GET", "/api/v1/rounds", 403},
		{apitest.Analyst, "export", "", "GET", "/api/v1/assessments", 403},
		{apitest.Analyst, "export", "", "GET", "/account", 403},
		{apitest.Analyst, "export", "", "GET", "/rounds/2026/export?format=csv", 200},
		{apitest.Analyst, "read", "", "GET", "/api/v1/rounds/2026", 200},
		{apitest.Analyst, "read", "", "GET", "/api/v1/rounds/2026/export", 200},
		{apitest.Analyst, "read", "2026", "GET", "/api/v1/assessments/" + w.A.ID + "/results", 200},
		{apitest.Analyst, "read", "", "GET", "/api/v1/inbox", 403},
		{apitest.Analyst, "read", "", "GET", "/people", 403},
		{apitest.Analyst, "read", "2026", "GET", "/api/v1/assessments/" + w.A.ID + "/threads", 403},
		{apitest.Analyst, "read", "", "GET", "/api/v1/assessments/" + w.A.ID + "/threads", 200},
		{apitest.Analyst, "read", "", "POST", "/api/v1/assessments/" + w.A.ID + "/reopen", 403},
		{apitest.CoordinatorA, "read", "", "PUT", answer, 403},
		{apitest.CoordinatorA, "write", "", "PUT", answer, 423}, // as far as the assessment, which was handed in
		{apitest.CoordinatorA, "write", "", "POST", "/api/v1/assessments/" + w.A.ID + "/hand-in", 403},
		{apitest.CoordinatorA, "all", "", "GET", "/api/v1/inbox", 200},
		{apitest.CoordinatorA, "all", "", "GET", "/api/v1/assessments/" + w.B.ID, 404}, // never more than the account
		{apitest.CoordinatorA, "all", "", "GET", "/api/v1/rounds/2026", 403},
		{apitest.CoordinatorA, "export", "", "GET", "/api/v1/rounds/2026/export", 403},
		{apitest.CoordinatorA, "export", "", "GET", "/api/v1/assessments/" + w.A.ID + "/export", 200},
	} {
		p := ask(token(t, w.Client(c.who), c.scope, c.round), c.method, c.path, `{"value": "1"}`)
		if p.Status != c.status || (c.status == 403 && !strings.Contains(p.Body, beyond) && c.scope != "all" && c.who != apitest.CoordinatorA) {
			t.Errorf("%s with %s %s: %s %s is %d, want %d: %.200s", c.who, c.scope, c.round, c.method, c.path, p.Status, c.status, p.Body)
		}
	}
	if p := ask(token(t, w.Client(apitest.Analyst), "export", ""), "GET", "/api/v1/rounds", ""); !strings.Contains(p.Body, "This token may not do that: its scope is export.") {
		t.Error(p.Body)
	}
}

func TestATokenForAnotherRoundDrawsNothing(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	ctx, by := context.Background(), assessment.Author{Role: account.Operator}
	other, err := w.Store.AddRound(ctx, assessment.Round{Code: "other", Title: "Another"}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-a"}, by)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{apitest.Analyst, apitest.CoordinatorA} {
		text, err := w.Pages.Crowd.ScopedToken(ctx, account.Token{Account: w.Accounts[who].ID, Name: "x", Scope: account.ScopeRead, Round: other.ID, Expires: time.Now().Add(time.Hour)}, by)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/api/v1/rounds/2026/export", "/api/v1/assessments/" + w.A.ID, "/api/v1/assessments/" + w.A.ID + "/export"} {
			if who == apitest.CoordinatorA && strings.Contains(path, "rounds") {
				continue // analysts draw rounds
			}
			if p := w.Client("").JSON(http.MethodGet, path, "", http.Header{"Authorization": {"Bearer " + text}}); p.Status != http.StatusNotFound {
				t.Errorf("%s: %s is %d", who, path, p.Status)
			}
		}
	}
}

func TestTokensAreMadeShownOnceUsedAndEnded(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	analyst := w.Client(apitest.Analyst)
	if p := analyst.Get("/account"); !strings.Contains(p.Body, `href="/account/tokens"`) {
		t.Error("the account does not lead to the tokens")
	}
	text := token(t, analyst, "export", "2026")
	p := analyst.Get("/account/tokens")
	if strings.Contains(p.Body, text) || !strings.Contains(p.Body, "Never used") || !strings.Contains(p.Body, "R script") {
		t.Errorf("%s", p.Body)
	}
	bearer := http.Header{"Authorization": {"Bearer " + text}}
	if p := w.Client("").JSON(http.MethodGet, "/api/v1/rounds/2026/export", "", bearer); p.Status != http.StatusOK {
		t.Fatal(p.Status, p.Body)
	}
	if p = analyst.Get("/account/tokens"); strings.Contains(p.Body, "Never used") {
		t.Error("the last use is not tokenShown")
	}
	if p := analyst.Get("/account/data.json"); !strings.Contains(p.Body, `"name": "R script"`) && !strings.Contains(p.Body, `"name":"R script"`) || strings.Contains(p.Body, text) {
		t.Error("the own data do not hold the token, or hold its text")
	}
	id := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(p.Body)[1]
	if p := w.Client(apitest.CoordinatorA).Post("/account/tokens/end", url.Values{"token": {id}}); p.Status != http.StatusNotFound {
		t.Errorf("somebody else ends it: %d", p.Status)
	}
	if p := analyst.Post("/account/tokens/end", url.Values{"token": {id}}); p.Status != http.StatusSeeOther {
		t.Fatal(p.Status)
	}
	if p := w.Client("").JSON(http.MethodGet, "/api/v1/rounds/2026/export", "", bearer); p.Status != http.StatusUnauthorized {
		t.Errorf("an ended token: %d", p.Status)
	}
	all := token(t, analyst, "all", "")
	if p := w.Client("").Send(http.MethodPost, "/account/tokens", strings.NewReader("name=x&scope=all&until="+time.Now().AddDate(0, 1, 0).Format(time.DateOnly)), http.Header{"Authorization": {"Bearer " + all}, "Content-Type": {"application/x-www-form-urlencoded"}}); p.Status != http.StatusForbidden {
		t.Errorf("a program makes a token: %d", p.Status)
	}
}

func TestATokenThatCannotBeMadeKeepsWhatWasTyped(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.CoordinatorA)
	day := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	for field, form := range map[string]url.Values{
		"name":  {"name": {strings.Repeat("ع", 101)}, "scope": {"read"}, "until": {day}},
		"scope": {"name": {"=<b>"}, "scope": {"more"}, "until": {day}},
		"round": {"name": {"x"}, "scope": {"write"}, "round": {"2026"}, "until": {day}},
		"until": {"name": {"x"}, "scope": {"read"}, "until": {time.Now().AddDate(2, 0, 0).Format(time.DateOnly)}},
	} {
		p := c.Post("/account/tokens", form)
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Body, `href="#`+field+`"`) || !strings.Contains(p.Body, html.EscapeString(form.Get("name"))) {
			t.Errorf("%s: %d", field, p.Status)
		}
		if faults := apitest.Unsound(p.Body, "en"); len(faults) > 0 {
			t.Errorf("%s: %v", field, faults)
		}
	}
	for _, until := range []string{"", "2020-01-01", "soon"} {
		if p := c.Post("/account/tokens", url.Values{"name": {"x"}, "scope": {"read"}, "until": {until}}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("until %q: %d", until, p.Status)
		}
	}
}

// example is one of the examples as the page prints it.
func example(t *testing.T, w *apitest.World, name string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)id="example-` + name + `"><code>(.*?)</code>`).FindStringSubmatch(w.Client("").Get("/api/v1").Body)
	if m == nil {
		t.Fatalf("the page has no example in %s", name)
	}
	return html.UnescapeString(m[1])
}

func TestTheExamplesWorkAsPrinted(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	text := token(t, w.Client(apitest.Analyst), "export", "2026")
	filled := func(name string) string {
		return strings.NewReplacer("TOKEN", text, "ROUND", "2026").Replace(example(t, w, name))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := func(name string, args ...string) string {
		c := exec.CommandContext(ctx, name, args...)
		c.Dir = t.TempDir()
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if files, _ := filepath.Glob(filepath.Join(c.Dir, "*.xlsx")); len(files) == 1 {
			f, err := excelize.OpenFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if view, _ := f.GetSheetView("answers", 0); view.RightToLeft == nil || !*view.RightToLeft {
				t.Error("the Arabic workbook is not right to left")
			}
			return "a workbook"
		}
		return string(out)
	}
	if out := run("python3", "-c", filled("python")); out != "1 1\n3 1\n" {
		t.Errorf("Python says %q", out)
	}
	if curl, err := exec.LookPath("curl"); err == nil {
		if out := run("sh", "-c", strings.Replace(filled("curl"), "curl ", curl+" --silent ", 1)); out != "a workbook" {
			t.Errorf("curl says %q", out)
		}
	}
	if r, err := exec.LookPath("Rscript"); err == nil {
		script := filepath.Join(t.TempDir(), "example.R")
		if err := os.WriteFile(script, []byte(filled("r")), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := run(r, script); !strings.Contains(out, "1 3") {
			t.Errorf("R says %q", out)
		}
	}
	// What R reads of the address in its example, by the rules of read.csv.
	path := regexp.MustCompile(`"(/api/v1/rounds/)", round,\s+"([^"]+)"`).FindStringSubmatch(filled("r"))
	p := w.Client("").JSON(http.MethodGet, path[1]+"2026"+path[2], "", http.Header{"Authorization": {"Bearer " + text}})
	rows, err := csv.NewReader(strings.NewReader(p.Body)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][slices.Index(rows[0], "MR-01")] != "3" || rows[2][slices.Index(rows[0], "MR-01")] != "1" || strings.HasPrefix(p.Body, "\ufeff") {
		t.Errorf("%v %.200s", err, p.Body)
	}
}

func TestHostileTextsComeThroughEveryFormat(t *testing.T) {
	w := apitest.New(t)
	bothHandIn(t, w)
	analyst := w.Client(apitest.Analyst)
	const text = "=1+1 <b>بلدية</b>"
	if p := analyst.Get("/rounds/2026/export?format=csv&subject=answers"); !strings.Contains(p.Body, "'"+text) {
		t.Error("CSV for spreadsheets is not guarded")
	}
	if p := analyst.Get("/rounds/2026/export?format=raw&subject=answers"); strings.Contains(p.Body, "'=") || !strings.Contains(p.Body, text) {
		t.Error("raw CSV is not raw")
	}
	f, err := excelize.OpenReader(strings.NewReader(analyst.Get("/rounds/2026/export?format=xlsx").Body))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := f.GetCellValue("answers", "F2"); got != text {
		t.Errorf("%q", got)
	}
	body := analyst.Get("/rounds/2026/export?format=package").Body
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := z.Open("answers.csv")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(answers); err != nil || !bytes.Contains(all, []byte(text)) {
		t.Error("the package lacks the text")
	}
}

// breaking is a store whose walk ends in the middle.
type breaking struct {
	*store.Store
	after int // how often it hands something on before that
}

func (b breaking) Walk(ctx context.Context, who account.Actor, round, city string, needs export.Needs, visit func([]assessment.Walked) error) error {
	left := b.after
	return b.Store.Walk(ctx, who, round, city, needs, func(all []assessment.Walked) error {
		if left--; left < 0 {
			return fault.Wrap(errors.New("gone"), fault.Unavailable, "fault.store_unavailable", nil)
		}
		return visit(all)
	})
}

func TestAFileThatBreaksOffNeverLooksWhole(t *testing.T) {
	w := apitest.With(t, apitest.Options{Log: slog.New(slog.DiscardHandler)})
	by := assessment.Author{Role: account.Operator}
	var codes []string
	for i := range 101 { // more than are read at a time
		codes = append(codes, fmt.Sprintf("more-%03d", i))
		if _, err := w.Store.AddCity(t.Context(), assessment.City{Code: codes[i], Name: strings.Repeat("=ب", 150), Country: "FR", Fictional: true}, by); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Store.AddCities(t.Context(), w.Round.Code, w.Library.Scheme(w.Instrument), codes, by); err != nil {
		t.Fatal(err)
	}
	operator := account.Actor{Role: account.Operator}
	all, err := w.Store.Assessments(t.Context(), operator, w.Round.Code)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if _, err := w.Pages.Drafts.HandIn(t.Context(), operator, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	analyst := w.Client(apitest.Analyst)
	if p := analyst.Get("/rounds/2026/export?format=raw"); p.Status != http.StatusOK || strings.Count(p.Body, "\n") != 1+len(all)*len(w.Instrument.All()) {
		t.Errorf("whole: %d, %d lines", p.Status, strings.Count(p.Body, "\n"))
	}
	sent := w.Pages.Exports.Store
	for _, f := range export.Formats {
		for after := range 2 {
			w.Pages.Exports.Store = breaking{w.Store, after}
			got, err := analyst.HTTP.Get(w.URL + "/rounds/2026/export?format=" + string(f))
			if err != nil {
				continue
			}
			_, err = io.Copy(io.Discard, got.Body)
			got.Body.Close()
			if err == nil && got.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s after %d: half of a file looks like the whole: %d", f, after, got.StatusCode)
			}
			if (after == 0 || f.Packed()) && got.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s after %d: nothing was sent yet, and the answer is %d", f, after, got.StatusCode)
			}
		}
	}
	w.Pages.Exports.Store = sent
}
