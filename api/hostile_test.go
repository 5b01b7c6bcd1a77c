package api_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
)

// base is the database of a test world, read past the program.
type base struct {
	t  testing.TB
	db *sql.DB
}

func openBase(t testing.TB, file string) base {
	t.Helper()
	db := must(sql.Open("sqlite3", file+"?_busy_timeout=5000"))(t)
	t.Cleanup(func() { db.Close() })
	return base{t, db}
}

// rows reads a query, each row as one text.
func (b base) rows(query string, args ...any) (all []string) {
	b.t.Helper()
	found := must(b.db.Query(query, args...))(b.t)
	defer found.Close()
	columns := must(found.Columns())(b.t)
	for found.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := found.Scan(to...); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%q", row))
	}
	if err := found.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// tables lists every table but those that change with every request.
func (b base) tables() (names []string) {
	for _, x := range b.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		name := strings.Trim(x, `[]"`)
		if name != "session" && name != "sign_in_failure" {
			names = append(names, name)
		}
	}
	return names
}

// dump reads the whole database.
func (b base) dump() map[string][]string {
	b.t.Helper()
	out := map[string][]string{}
	for _, name := range b.tables() {
		out[name] = b.rows("SELECT * FROM " + name)
		slices.Sort(out[name])
	}
	return out
}

// changed names the tables in which two dumps differ, with one row.
func changed(before, after map[string][]string) (all []string) {
	for name := range after {
		for _, row := range after[name] {
			looked := name == "audit" && (strings.Contains(row, `"read"`) || strings.Contains(row, `"sign_in"`)) // by somebody who may
			if _, there := slices.BinarySearch(before[name], row); !there && !looked {
				all = append(all, name+": "+row[:min(200, len(row))])
				break
			}
		}
		if len(after[name]) < len(before[name]) {
			all = append(all, name+": rows are gone")
		}
	}
	return all
}

// unsafe are the routes that change something.
func unsafe(routes []route) (all []route) {
	for _, r := range routes {
		if r.method != http.MethodGet && r.method != http.MethodHead {
			all = append(all, r)
		}
	}
	return all
}

func TestWhatStrangersSendChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "migov.db")
	w := crowd(t, apitest.Options{Database: file})
	b, sent := openBase(t, file), 0
	for _, handedIn := range []bool{false, true} {
		w.set(handedIn)
		guests := map[*place]string{}
		for _, p := range []*place{w.a, w.b, w.c} {
			guests[p] = w.guest(p.city.ID)
		}
		usual := owned["people/:id"]
		owned["people/:id"] = func(_ *crowded, p *place, _ *person) string { return guests[p] }
		w.samples()
		before := b.dump()
		for _, r := range unsafe(matrix(t, w.World)) {
			if len(r.places) == 0 {
				continue
			}
			for _, who := range w.people {
				for _, at := range choices(who, len(r.places)) {
					if account.Allowed(who.Role, r.action) && (w.reach(who, r, handedIn, at) || blind.MatchString(r.String()) && at[0] == who.own) {
						continue
					}
					if _, ok := w.ask(who, r, at...); ok {
						sent++
					}
				}
			}
		}
		owned["people/:id"] = usual
		for _, x := range changed(before, b.dump()) {
			t.Errorf("handed in %v: %s", handedIn, x)
		}
	}
	t.Logf("%d requests that were out of reach or forbidden", sent)
}

// hostile are fields that no form has: whoever they try to become stays what they are.
func hostile(w *crowded) (form, program string) {
	form = strings.Join([]string{"role=admin", "city=" + w.b.city.ID, "city_id=" + w.b.city.ID, "former=7", "factor=1", "totp=x", "disabled=1", "status=published", "handed_in=2026-01-01",
		"password_hash=x", "noticed=9", "round=" + w.c.round.ID, "rounds=" + w.c.round.ID, "account=" + w.b.people[0].Account, "account_id=" + w.b.people[0].Account,
		"by_account=" + w.b.people[0].Account, "by=" + w.b.people[0].Account, "assessment=" + w.b.assessment, "id=" + w.b.assessment, "email=taken%40example.org"}, "&")
	program = `"role":"admin","city_id":"` + w.b.city.ID + `","former":7,"status":"published","handed_in":"2026-01-01T00:00:00Z","by":"` + w.b.people[0].Account + `"`
	return form, program
}

func TestFieldsThatNoFormHasChangeNobody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "migov.db")
	w := crowd(t, apitest.Options{Database: file})
	b := openBase(t, file)
	form, program := hostile(w)
	const people = "SELECT id, email, name, role, city_id, password, noticed, disabled, former, totp FROM account WHERE name NOT LIKE 'Guest%' AND name NOT LIKE 'New%' AND name NOT LIKE 'former:%' ORDER BY id"
	elsewhere := func() []string {
		all := b.rows("SELECT * FROM assessment WHERE city_id <> ?", w.a.city.ID)
		for _, table := range []string{"answer", "power", "revision", "part", "thread", "post", "evidence", "citation", "sign_off"} {
			all = append(all, b.rows("SELECT * FROM "+table+" WHERE city_id <> ?", w.a.city.ID)...)
		}
		return append(all, b.rows("SELECT * FROM account_round")...)
	}
	before, others := b.rows(people), elsewhere()
	kept := maps.Clone(bodies)
	defer func() { clear(bodies); maps.Copy(bodies, kept) }()
	tried := 0
	for _, r := range unsafe(matrix(t, w.World)) {
		body := kept[r.String()]
		variants := []string{body + "&" + form, form + "&" + body}
		if r.path == "/people" {
			variants = append(variants, "name=New&email=new"+uuid.NewString()[:8]+"%40example.org&language=en&role=contributor&"+form)
		}
		if r.program() {
			variants = []string{"{" + program + "}"}
			if inside := strings.Trim(body, "{}"); inside != "" {
				variants = append(variants, "{"+inside+","+program+"}")
			}
		}
		for _, who := range w.people[1:4] { // of city A
			for _, variant := range variants {
				bodies[r.String()] = variant
				page, sent := w.ask(who, r, times(who.own, len(r.places))...)
				if !sent {
					continue
				}
				tried++
				if r.program() && r.method != http.MethodDelete && page.Status < 300 && strings.Contains(variant, "status") && len(page.Body) > 2 && !strings.HasSuffix(r.path, "/files") && !strings.HasSuffix(r.path, "/ask") && !strings.HasSuffix(r.path, "/hand-in") && !strings.HasSuffix(r.path, "/carried/powers") {
					t.Errorf("%s takes properties that it does not know: %d %.200s", r, page.Status, page.Body)
				}
				w.set(false)
			}
		}
	}
	if now := b.rows(people); !slices.Equal(now, before) {
		t.Errorf("somebody changed:\n%s\n%s", strings.Join(before, "\n"), strings.Join(now, "\n"))
	}
	if now := elsewhere(); !slices.Equal(now, others) {
		t.Error("something of another city or round changed")
	}
	for _, row := range b.rows("SELECT role, city_id FROM account WHERE name LIKE 'Guest%' OR name LIKE 'New%'") {
		if !strings.Contains(row, w.a.city.ID) || !strings.Contains(row, `"contributor"`) && !strings.Contains(row, `"approver"`) && !strings.Contains(row, `"coordinator"`) {
			t.Errorf("somebody invited or changed is now %s", row)
		}
	}
	if got := b.rows("SELECT account FROM audit WHERE account = ? AND city_id = ?", w.b.people[0].Account, w.a.city.ID); len(got) > 0 {
		t.Errorf("something was written in another's name: %v", got)
	}
	t.Logf("%d forms and documents", tried)
}

func TestAFormFromElsewhereChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "migov.db")
	w := crowd(t, apitest.Options{Database: file})
	b := openBase(t, file)
	routes, sent := matrix(t, w.World), 0
	reads := map[string]bool{}
	for _, r := range routes {
		if r.method == http.MethodGet {
			reads[r.path] = true
		}
	}
	guest := w.guest(w.a.city.ID)
	usual := owned["people/:id"]
	owned["people/:id"] = func(*crowded, *place, *person) string { return guest }
	defer func() { owned["people/:id"] = usual }()
	w.samples()
	before := b.dump()
	for _, r := range unsafe(routes) {
		for _, who := range []*person{w.people[0], w.people[2], w.people[3], w.people[7]} {
			for _, from := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": nil}, {"Sec-Fetch-Site": nil, "Referer": {"https://evil.example/"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Sec-Fetch-Site": nil, "Origin": {"null"}},
				{"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": nil, "Origin": {"http://" + strings.TrimPrefix(w.URL, "http://") + ".evil.example"}}} {
				// A program may say nothing about where it comes from when it sends JSON, which browsers ask about beforehand; nobody has no cookie.
				if silent := len(from["Sec-Fetch-Site"]) == 0 && from["Origin"] == nil; silent && (who.name == "" || strings.HasPrefix(r.path, "/api/")) {
					continue
				}
				w.extra = from
				page, ok := w.ask(who, r, times(who.own, len(r.places))...)
				w.extra = nil
				if !ok {
					continue
				}
				if sent++; page.Status != http.StatusForbidden {
					t.Errorf("%s by %q from %v: %d", r, who.name, from, page.Status)
				}
			}
			if reads[r.path] {
				continue
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				x := r
				x.method = method
				if page, ok := w.ask(who, x, times(who.own, len(r.places))...); ok {
					if sent++; page.Status < 300 || page.Status >= 500 || page.Status == http.StatusSeeOther && who.name != "" {
						t.Errorf("%s as %s by %q: %d", r, method, who.name, page.Status)
					}
				}
			}
		}
	}
	for _, x := range changed(before, b.dump()) {
		t.Error(x)
	}
	t.Logf("%d requests", sent)
}

// inside matches what no reader should see of how the program works.
// Pictures are left out: their letters mean nothing.
var inside = regexp.MustCompile(`no such (table|column)|\bSELECT\b|\bINSERT\b|goroutine \d|runtime error|\.go:\d|(?i:\b(?:sqlite3?|pgx|gorm)\b)|/tmp/|SQLSTATE|nil pointer`)

var picture = regexp.MustCompile(`data:image/[^"' ]*`)

func TestAFailingDatabaseIsSaidWithoutTellingHowItWorks(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "migov.db"), &lines{}
	w := crowd(t, apitest.Options{Database: file, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	b, failed, asked := openBase(t, file), 0, 0
	routes := matrix(t, w.World)
	kept := maps.Clone(bodies)
	defer func() { clear(bodies); maps.Copy(bodies, kept) }()
	for name, body := range kept { // texts that must not come into the log either
		bodies[name] = strings.NewReplacer("A+word", planted("post"), "A word", planted("post"), "Words.", planted("words"), "Paper", planted("title"), "Because", planted("because")).Replace(body)
	}
	bodies["POST /sign-in"] = "email=" + planted("email") + "%40example.org&password=" + planted("password")
	bodies["POST /forgotten"] = "email=" + planted("email") + "%40example.org"
	bodies["POST /people"] = "name=" + planted("name") + "&email=" + planted("email") + "%40example.org&role=contributor&language=en"
	for _, table := range []string{"assessment", "answer", "account", "evidence", "notice", "thread", "audit"} {
		for _, do := range []string{"ALTER TABLE " + table + " RENAME TO away", "ALTER TABLE away RENAME TO " + table} {
			if _, err := b.db.Exec(do); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(do, "ALTER TABLE away") {
				continue
			}
			for _, r := range routes {
				if strings.Contains(r.path, "people/:id") || ends[r.String()] || strings.Contains(r.path, "inbox/:") || strings.Contains(r.path, "clarifications/:") || strings.Contains(r.path, "uploads/:") || r.path == "/people/data.zip" {
					continue // their samples come from the database, or the session ends, or the file breaks off, as it should
				}
				for _, who := range []*person{w.people[3], w.people[5]} {
					page, _ := w.ask(who, r, times(who.own, len(r.places))...)
					if asked++; page.Status >= 500 {
						failed++
					}
					if found := inside.FindString(picture.ReplaceAllString(page.Body, "")); found != "" {
						t.Errorf("without %s, %s tells %q", table, r, found)
					}
				}
			}
		}
	}
	if failed < 100 {
		t.Errorf("only %d of %d requests failed: the test proves nothing", failed, asked)
	}
	if found := canary.FindAllString(log.String(), -1); len(found) > 0 {
		t.Errorf("the log holds %v", found)
	}
	t.Logf("%d of %d requests failed", failed, asked)
}

func TestALogHoldsNoSecretAndNoLineOfAStranger(t *testing.T) {
	log := &lines{}
	w := crowd(t, apitest.Options{Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	visitor, forged := w.Client(""), "\r\n"+`{"level":"ERROR","msg":"zq7forgedx"}`+"\n"
	form := func(pairs ...string) *strings.Reader {
		v := []string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v = append(v, pairs[i]+"="+strings.NewReplacer("\r", "%0D", "\n", "%0A", " ", "+", "&", "%26", "@", "%40").Replace(pairs[i+1]))
		}
		return strings.NewReader(strings.Join(v, "&"))
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {"zq7agentx"}, "X-Request-Id": {"zq7requestx"}, "Referer": {w.URL + "/zq7refererx"}, "X-Forwarded-For": {"zq7forwardedx"}}
	secrets := []string{apitest.Password, "quiet+river"}
	for range 3 {
		visitor.Send(http.MethodPost, "/sign-in", form("email", planted("email")+"@example.org"+forged, "password", planted("password")+forged), header)
		visitor.Send(http.MethodPost, "/forgotten", form("email", apitest.CoordinatorA+"@example.org"), header)
		visitor.Send(http.MethodGet, "/links/"+planted("secret")+"%0d%0a"+planted("forged"), nil, header)
		visitor.Send(http.MethodGet, "/nowhere%0d%0azq7forgedx?zq7queryx=1", nil, header)
		visitor.Send("ZQ7METHODX", "/", nil, header)
		visitor.Send(http.MethodGet, "/api/v1/assessments", nil, http.Header{"Authorization": {"Bearer zq7bearerx"}})
	}
	coordinator := w.people[3].client
	invited := coordinator.Send(http.MethodPost, "/people", form("name", planted("name"), "email", planted("invited")+"@example.org", "role", "contributor", "language", "en"), header)
	secret := regexp.MustCompile(`/links/([A-Za-z0-9_-]{20,})`).FindStringSubmatch(invited.Body)
	if secret == nil {
		t.Fatalf("no link is shown: %d", invited.Status)
	}
	secrets = append(secrets, secret[1])
	w.Client("").Get("/links/" + secret[1])
	w.Client("").Send(http.MethodPost, "/links/"+secret[1], form("name", planted("name"), "password", "zq7passphrasex river 77", "password_again", "zq7passphrasex river 77"), header)
	coordinator.Send(http.MethodPost, "/assessments/"+w.a.assessment+"/MR.1", form("MR-01.explanation", planted("answer")+forged, "MR-01.mutation", "m"), header)
	coordinator.JSON(http.MethodPut, "/api/v1/assessments/"+w.a.assessment+"/answers/MR-01", `{"explanation": "zq7jsonx", broken`, nil)
	for _, c := range w.people[3].client.HTTP.Jar.Cookies(must(http.NewRequest(http.MethodGet, w.URL, nil))(t).URL) {
		secrets = append(secrets, c.Value)
	}
	token := must(w.Pages.Crowd.Token(ctx, w.Accounts[apitest.CoordinatorA], "script", 1e15, assessment.Author{Role: account.Operator}))(t)
	secrets = append(secrets, token, "@example.org")
	w.Client("").Send(http.MethodGet, "/api/v1/assessments", nil, http.Header{"Authorization": {"Bearer " + token}})

	written, n := log.String(), 0
	for _, s := range secrets {
		if len(s) > 3 && strings.Contains(written, s) {
			t.Errorf("the log holds the secret %.12s…", s)
		}
	}
	for _, found := range canary.FindAllString(written, -1) {
		if !strings.EqualFold(found, "zq7methodx") { // the method of a request is of use, and cannot hold a line break
			t.Errorf("the log holds %s", found)
		}
	}
	for scan := bufio.NewScanner(strings.NewReader(written)); scan.Scan(); n++ {
		var line struct{ Level, Msg string }
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil || line.Level == "" || line.Msg == "" {
			t.Errorf("line %d is not of ours: %.100s", n, scan.Text())
		}
	}
	if n < 30 {
		t.Errorf("only %d lines were written", n)
	}
}

func TestARoundIsExportedAlone(t *testing.T) {
	w := crowd(t, apitest.Options{})
	both := account.Account{Email: "both@example.org", Name: "Both", Role: account.Analyst, Rounds: []string{w.a.round.ID, w.c.round.ID}, Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Language: "en"}
	w.Accounts["both"] = must(w.Store.AddAccount(ctx, both, assessment.Author{Role: account.Operator}))(t)
	w.set(true)
	client := w.Client("both")
	page := client.Get("/api/v1/rounds/" + w.c.round.Code + "/answers.csv")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "city-c") || strings.Contains(page.Body, "city-a") || strings.Contains(page.Body, "city-b") {
		t.Errorf("status %d\n%.300s", page.Status, page.Body)
	}
	if page := client.Get("/api/v1/rounds/nowhere/answers.csv"); page.Status != http.StatusNotFound {
		t.Errorf("a round that does not exist: %d", page.Status)
	}
}

func TestAHeaderThatIsTooLargeIsRefusedInOneLine(t *testing.T) {
	w := apitest.New(t)
	page := w.Client("").Send(http.MethodGet, "/", nil, http.Header{"X-Large": {strings.Repeat("x", 2<<20)}})
	if page.Status != http.StatusRequestHeaderFieldsTooLarge || len(page.Body) > 100 || inside.MatchString(page.Body) {
		t.Errorf("status %d\n%.300s", page.Status, page.Body)
	}
}

func TestHostileFilesAreRefusedOrHandedOutInert(t *testing.T) {
	file := filepath.Join(t.TempDir(), "migov.db")
	w := crowd(t, apitest.Options{Database: file})
	b, client, reader := openBase(t, file), w.people[1].client, w.people[3].client
	form := func(name, content string) apitest.Page {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		m.WriteField("act", "add")
		part := must(m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + strings.NewReplacer(`"`, `\"`, "\n", "%0A").Replace(name) + `"`}, "Content-Type": {"text/html"}}))(t)
		part.Write([]byte(content))
		m.Close()
		return client.Send(http.MethodPost, "/assessments/"+w.a.assessment+"/indicators/MR-01/evidence", &body, http.Header{"Content-Type": {m.FormDataContentType()}})
	}
	program := func(name, content string) apitest.Page {
		return client.Send(http.MethodPost, "/api/v1/assessments/"+w.a.assessment+"/evidence/files?name="+url.QueryEscape(name), strings.NewReader(content), http.Header{"Content-Type": {"application/octet-stream"}, "Accept": {"application/json"}})
	}
	const count = "SELECT count(*) FROM evidence UNION ALL SELECT count(*) FROM blob"
	before := b.rows(count)
	for name, content := range map[string]string{"page.html": "<html><script>x()</script>", "page.pdf": "<html><script>x()</script>", "map.svg": "<svg onload=x()>", "map.png": "<svg onload=x()>", "run.exe": "MZ\x90\x00",
		"plan\u202Efdp.exe": onePage, "empty.txt": "", "two.pdf": onePage + "PK\x03\x04", "note.txt": strings.Repeat("a", 10<<20+1), "macro.docm": "PK\x03\x04", "../../x": onePage} {
		for by, send := range map[string]func(string, string) apitest.Page{"a form": form, "a program": program} {
			if page := send(name, content); !slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge}, page.Status) || inside.MatchString(strings.ReplaceAll(page.Body, name, "")) {
				t.Errorf("%q by %s: status %d", name, by, page.Status)
			}
		}
	}
	if now := b.rows(count); !slices.Equal(now, before) {
		t.Errorf("kept %v, not %v", now, before)
	}
	for i, name := range []string{"../../etc/passwd.txt", `a"; filename="b.html.txt`, "line\r\nX-Evil: 1.txt", "نص\u202Egpj.txt", "C:\\fakepath\\list.csv", "=cmd|calc.csv", strings.Repeat("long", 100) + ".txt"} {
		content := fmt.Sprintf("=cmd|' /C calc'!A%d;<script>x()</script>", i)
		page := program(name, content)
		var added struct{ Evidence struct{ ID, Name string } }
		if err := json.Unmarshal([]byte(page.Body), &added); err != nil || page.Status >= 300 {
			t.Errorf("%q: status %d, %v\n%.200s", name, page.Status, err, page.Body)
			continue
		}
		if kept := added.Evidence.Name; strings.ContainsAny(kept, "/\\\r\n\u202E") || kept == "" || len(kept) > 255 {
			t.Errorf("%q is kept as %q", name, kept)
		}
		for _, path := range []string{"/evidence/", "/api/v1/evidence/"} {
			got := reader.Get(path + added.Evidence.ID + "/1")
			h := got.Header
			_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
			if got.Status != http.StatusOK || got.Body != content || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
				h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Type"), "text/") || strings.Contains(h.Get("Content-Type"), "html") || h.Get("X-Evil") != "" ||
				!strings.Contains(h.Get("Cache-Control"), "no-store") || err != nil || strings.ContainsAny(params["filename"], "/\\") {
				t.Errorf("%q at %s: status %d, %v, %v", name, path, got.Status, h, err)
			}
		}
	}
}

func TestWhoeverLosesARoleLosesItInEveryOpenBrowserAndProgram(t *testing.T) {
	w := crowd(t, apitest.Options{})
	id := w.Accounts[apitest.ContributorA].ID
	client, coordinator := w.people[1].client, w.people[3].client
	token := must(w.Pages.Crowd.Token(ctx, w.Accounts[apitest.ContributorA], "script", 1e15, assessment.Author{Role: account.Operator}))(t)
	write := func() (page, program int) {
		page = client.JSON(http.MethodPut, "/api/v1/assessments/"+w.a.assessment+"/answers/MR-06", `{"explanation":"Words."}`, http.Header{"Idempotency-Key": {uuid.NewString()}, "If-Match": {`"0"`}}).Status
		program = w.Client("").JSON(http.MethodPut, "/api/v1/assessments/"+w.a.assessment+"/answers/MR-06", `{"explanation":"Words."}`,
			http.Header{"Idempotency-Key": {uuid.NewString()}, "If-Match": {`"0"`}, "Authorization": {"Bearer " + token}}).Status
		return page, program
	}
	post := func(path, form string) {
		t.Helper()
		if page := coordinator.Send(http.MethodPost, path, strings.NewReader(form), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); page.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d %.200s", path, page.Status, page.Body)
		}
	}
	if page, program := write(); page >= 300 || program >= 300 {
		t.Fatalf("a contributor writes: %d %d", page, program)
	}
	post("/people/"+id, "role=approver&language=en")
	if page, program := write(); page != http.StatusUnauthorized || program != http.StatusForbidden {
		t.Errorf("an approver who was a contributor: %d %d", page, program)
	}
	post("/people/"+id, "role=contributor&language=en")
	client = w.Client(apitest.ContributorA)
	post("/people/"+id+"/disable", "")
	if page, program := write(); page < 400 || program < 400 {
		t.Errorf("somebody whose account was ended: %d %d", page, program)
	}
	if page := client.Get("/assessments/" + w.a.assessment); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("a page for somebody whose account was ended: %d to %q", page.Status, page.To())
	}
}
