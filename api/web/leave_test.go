package web_test

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
)

// explain saves an explanation as the script does.
func explain(t *testing.T, c *apitest.Client, w *apitest.World, indicator, base, text string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"explanation": text})
	if err != nil {
		t.Fatal(err)
	}
	page := c.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/answers/"+indicator, string(body),
		http.Header{"Idempotency-Key": {"leave-" + indicator + base + "-00000000"}, "If-Match": {`"` + base + `"`}})
	if page.Status != http.StatusCreated {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
}

func TestDownloadingOnesOwnData(t *testing.T) {
	w := apitest.New(t)
	contributor, coordinator := w.Client(apitest.ContributorA), w.Client(apitest.CoordinatorA)
	explain(t, contributor, w, "MR-01", "0", "my own <text>")
	explain(t, coordinator, w, "MR-02", "0", "somebody else's text")
	contains(t, contributor.Get("/account").Body, `href="/account/data.json"`)
	contributor.Post("/notice", nil)
	if err := w.Store.LinkIdentity(context.Background(), w.Accounts[apitest.ContributorA].ID, assessment.Identity{Issuer: "https://id.example", Subject: "subject-1"}, assessment.Author{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	page := contributor.Get("/account/data.json")
	if page.Status != http.StatusOK || !strings.HasPrefix(page.Header.Get("Content-Disposition"), "attachment") || page.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", page.Status, page.Header)
	}
	var mine struct {
		Account struct{ Email, Name, Role string }
		Written []struct{ Indicator, Explanation, Round string }
		SignIns []struct{ Action string }            `json:"sign_ins"`
		Devices []struct{ Begun, Expires time.Time } `json:"sessions"`
		Outside []struct{ Issuer, Subject string }   `json:"organisation_accounts"`
		Notices []struct{ Action string }            `json:"notices_read"`
	}
	if err := json.Unmarshal([]byte(page.Body), &mine); err != nil {
		t.Fatalf("%v\n%s", err, page.Body)
	}
	if mine.Account.Email != "contributor-a@example.org" || len(mine.Written) != 1 || mine.Written[0].Explanation != "my own <text>" || mine.Written[0].Round != "2026" || len(mine.SignIns) == 0 {
		t.Errorf("mine: %+v", mine)
	}
	if len(mine.Devices) != 1 || mine.Devices[0].Begun.IsZero() || len(mine.Outside) != 1 || mine.Outside[0].Subject != "subject-1" || len(mine.Notices) != 1 {
		t.Errorf("what opens the account, and what was acknowledged: %+v", mine)
	}
	if strings.Contains(page.Body, "somebody else") || strings.Contains(page.Body, "argon2") {
		t.Error("it holds what is not mine to read")
	}
	if page := w.Client("").Get("/account/data.json"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("a visitor: %d", page.Status)
	}
}

// unzip reads every file of a ZIP.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r) // checks the sum of each file
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

func TestDownloadingTheDataOfACity(t *testing.T) {
	w := apitest.New(t)
	coordinator := w.Client(apitest.CoordinatorA)
	explain(t, w.Client(apitest.ContributorA), w, "MR-01", "0", "=1+1 canary of A")
	long := strings.Repeat("a ", 20_000) + "end"
	explain(t, coordinator, w, "MR-02", "0", long)
	content := strings.Repeat("bytes of the file\n", 20_000)
	proof, _, err := w.Pages.Proofs.Add(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Proof{Title: "Plan", Name: "plan.txt",
		Content: strings.NewReader(content), Size: int64(len(content)), Indicator: "MR-01", Passage: "p. 3"})
	if err != nil {
		t.Fatal(err)
	}
	page := coordinator.Get("/people/data.zip")
	if page.Status != http.StatusOK || page.Header.Get("Content-Type") != "application/zip" || !strings.Contains(page.Header.Get("Content-Disposition"), "migov-city-a.zip") {
		t.Fatalf("%d %v", page.Status, page.Header)
	}
	files := unzip(t, page.Body)
	for _, name := range []string{"about.json", "people.json", "2026/assessment.json", "2026/answers.json", "2026/powers.json", "2026/revisions.json",
		"2026/conversations.json", "2026/beside.json", "evidence.json", "audit.json"} {
		if !json.Valid([]byte(files[name])) {
			t.Errorf("%s is %q", name, files[name])
		}
	}
	contains(t, files["2026/answers.json"], "=1+1 canary of A", long)
	contains(t, files["2026/revisions.json"], "=1+1 canary of A", "Contributor A")
	contains(t, files["evidence.json"], `"Plan"`, `"plan.txt"`, "files/"+proof.SHA256)
	contains(t, files["2026/beside.json"], `"p. 3"`)
	if files["files/"+proof.SHA256] != content {
		t.Errorf("the file has %d bytes, want %d", len(files["files/"+proof.SHA256]), len(content))
	}
	contains(t, files["people.json"], "contributor-a@example.org")
	contains(t, files["audit.json"], `"answer.save"`, `"export.city"`)
	book := unzip(t, files["answers.xlsx"])
	cells := ""
	for name, part := range book {
		if strings.HasPrefix(name, "xl/worksheets/") {
			cells += part
		}
	}
	contains(t, cells, "=1+1 canary of A", "cut: no cell holds more")
	if strings.Contains(cells, "<f>") {
		t.Error("a text became a formula")
	}
	if theirs := unzip(t, w.Client(apitest.CoordinatorB).Get("/people/data.zip").Body); strings.Contains(strings.Join([]string{theirs["2026/answers.json"], theirs["audit.json"], theirs["people.json"], theirs["2026/revisions.json"]}, ""), "canary") {
		t.Error("city B reads the texts of city A")
	}
	for _, who := range []string{apitest.ContributorA, apitest.Analyst, apitest.Admin} {
		if page := w.Client(who).Get("/people/data.zip"); page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, page.Status)
		}
	}
}

func TestErasingAPersonEverywhere(t *testing.T) {
	w := apitest.New(t)
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	explain(t, contributor, w, "MR-01", "0", "stays with the city")
	id := w.Accounts[apitest.ContributorA].ID
	contains(t, coordinator.Get("/people/"+id+"/erase").Body, "Erase Contributor A?", "1 entry in histories", "This cannot be undone")
	for _, who := range []string{apitest.CoordinatorB, apitest.Analyst, apitest.ContributorA} {
		want := map[string]int{apitest.CoordinatorB: http.StatusNotFound}[who]
		if want == 0 {
			want = http.StatusForbidden
		}
		if page := w.Client(who).Post("/people/"+id+"/erase", nil); page.Status != want {
			t.Errorf("%s: %d", who, page.Status)
		}
	}
	if page := coordinator.Post("/people/"+id+"/erase", url.Values{}); page.To() != "/people" {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	list := coordinator.Get("/people")
	contains(t, list.Body, "former contributor 1")
	section := coordinator.Get("/assessments/" + w.A.ID + "/MR.1")
	contains(t, section.Body, "stays with the city", "former contributor 1")
	home := coordinator.Get("/assessments/" + w.A.ID)
	zipped := unzip(t, coordinator.Get("/people/data.zip").Body)
	contains(t, zipped["2026/revisions.json"], "former contributor 1", "stays with the city")
	for name, body := range map[string]string{"list": list.Body, "section": section.Body, "home": home.Body, "revisions": zipped["2026/revisions.json"], "people": zipped["people.json"],
		"history": coordinator.Get("/assessments/" + w.A.ID + "/powers").Body} {
		for _, gone := range []string{"Contributor A", "contributor-a@", "former:1"} {
			if strings.Contains(body, gone) {
				t.Errorf("%s stands in the %s", gone, name)
			}
		}
	}
	if page := contributor.Get("/account"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("a session goes on: %d", page.Status)
	}
	if page := coordinator.Post("/people/"+id+"/erase", nil); page.Status != http.StatusNotFound {
		t.Errorf("a second time: %d", page.Status)
	}
	coordinator.Post("/account/language", url.Values{"language": {"ar"}})
	contains(t, coordinator.Get("/people").Body, "مساهم سابق ⁨1⁩")
	own := "/people/" + w.Accounts[apitest.CoordinatorA].ID + "/erase"
	if page := coordinator.Post(own, nil); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("the own account: %d", page.Status)
	}
	if page := w.Client(apitest.Admin).Post(own, nil); page.Status != http.StatusConflict {
		t.Errorf("the last coordinator: %d", page.Status)
	}
}

func TestADownloadThatBreaksOffLooksBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "migov.db")
	w := apitest.With(t, apitest.Options{Database: path, Log: slog.New(slog.DiscardHandler)})
	content := strings.Repeat("x", 1000)
	if _, _, err := w.Pages.Proofs.Add(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Proof{Title: "Plan", Name: "plan.txt",
		Content: strings.NewReader(content), Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM blob"); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, w.URL+"/people/data.zip", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := w.Client(apitest.CoordinatorA).HTTP.Do(req)
	if err != nil {
		return // it broke off before anything was sent
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("a download without a file that belongs to it ends like a whole one")
	}
}
