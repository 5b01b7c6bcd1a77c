package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// upload sends a file as the import form does.
func upload(t *testing.T, c *apitest.Client, path, file string, fields map[string]string) apitest.Page {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "answers.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Send(http.MethodPost, path, &b, http.Header{"Content-Type": {m.FormDataContentType()}})
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(apply|text|seen|raw)" value="([^"]*)"`)

// applyForm is what the button of the dry run sends.
func applyForm(body string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

// answers are what is kept of city A.
func answers(t *testing.T, w *apitest.World) assessment.Sheet {
	t.Helper()
	d, err := w.Pages.Drafts.Open(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d.Sheet
}

const header = "city,indicator,value,non_answer,power,explanation,evidence\n"

func TestAnImportIsSeenBeforeItIsDone(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/transfer"
	file := "\ufeff" + header + "city-a,MR-01,3,,national,\"Two\r\nlines\",'=1+1\r\ncity-a,MR-02,,not_ours,,,\r\ncity-a,MR-03,,,contested,,\r\n"
	plan := upload(t, c, path, file, nil)
	if plan.Status != http.StatusOK {
		t.Fatalf("status %d\n%s", plan.Status, plan.Body)
	}
	text := words(plan.Body)
	contains(t, text, "New: 3. Changed: 0. The same: 0. Refused: 0.", "Import 3 rows", "Power: National government", "Power: Contested", "New explanation", "New evidence", "Not our responsibility")
	if s := answers(t, w); len(s.Answers)+len(s.Powers) != 0 {
		t.Fatal("a dry run wrote something")
	}
	done := c.Post(path, applyForm(plan.Body))
	if done.Status != http.StatusSeeOther || done.To() != "/assessments/"+w.A.ID {
		t.Fatalf("leads to %q with %d\n%s", done.To(), done.Status, done.Body)
	}
	s := answers(t, w)
	if a := s.Answers["MR-01"]; a.Value != "3" || a.Explanation != "Two\r\nlines" || a.Evidence != "=1+1" {
		t.Errorf("MR-01: %+v", a)
	}
	if s.Answers["MR-02"].NonAnswer != survey.NotOurs || s.Powers["MR-01"].Holder != survey.National || s.Powers["MR-03"].Holder != survey.Contested || !s.Answers["MR-03"].Blank() {
		t.Errorf("kept: %+v", s)
	}
	contains(t, words(c.Get("/assessments/"+w.A.ID).Body), "3 rows are imported.")
	t.Run("the same file again has nothing to do", func(t *testing.T) {
		page := upload(t, c, path, file, nil)
		contains(t, words(page.Body), "The same: 3.", "There is nothing to import.")
		if strings.Contains(page.Body, `name="apply"`) {
			t.Error("it can be applied all the same")
		}
	})
}

func TestAnImportThatIsRefusedWritesNothing(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/transfer"
	for _, x := range []struct{ name, file, want string }{
		{"a broken row in the middle", header + "city-a,MR-01,3,,,,\ncity-a,MR-02,7,,,,\ncity-a,MR-03,2,,,,\n", "Row 3 7 is not a level."},
		{"a row with too few columns", header + "city-a,MR-01,3,,,,\ncity-a,MR-02\ncity-a,MR-03,2,,,,\n", "Row 3 This row has 2 columns"},
		{"another city", header + "city-a,MR-01,3,,,,\ncity-b,MR-01,3,,,,\n", "Row 3 No city with the code city-b"},
		{"an unknown city", header + "atlantis,MR-01,3,,,,\n", "Row 2 No city with the code atlantis"},
		{"an unknown indicator", header + "city-a,ZZ-99,3,,,,\n", "Row 2 There is no indicator ZZ-99"},
		{"two rows for one indicator", header + "city-a,MR-01,3,,,,\ncity-a,MR-01,2,,,,\n", "Row 3 city-a already has a row for MR-01"},
		{"value and non-answer", header + "city-a,MR-01,3,skipped,,,\n", "Row 2 There are a value and a reason"},
		{"an unknown column", "city,indicator,value,non_answer,score\ncity-a,MR-01,3,,9\n", "Row 1 The column score is not known."},
		{"not UTF-8", header + "city-a,MR-01,3,,,caf\xe9,\n", "Row 2 The file is not in UTF-8"},
		{"an unknown power", header + "city-a,MR-01,3,,mayor,,\n", "Row 2 mayor does not say who holds the power."},
	} {
		t.Run(x.name, func(t *testing.T) {
			page := upload(t, c, path, x.file, nil)
			if page.Status != http.StatusUnprocessableEntity {
				t.Fatalf("status %d", page.Status)
			}
			contains(t, words(page.Body), x.want, "Nothing is imported, not even the other rows.")
			if strings.Contains(page.Body, `name="apply"`) {
				t.Error("it can be applied all the same")
			}
			for _, fault := range apitest.Unsound(page.Body, "en") {
				t.Error(fault)
			}
			forged := url.Values{"apply": {"1"}, "seen": {"{}"}, "text": {base64.StdEncoding.EncodeToString([]byte(x.file))}}
			if got := c.Post(path, forged); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("applied without asking: %d", got.Status)
			}
			if s := answers(t, w); len(s.Answers)+len(s.Powers) != 0 {
				t.Errorf("something was written: %+v", s)
			}
		})
	}
}

func TestRowsChangedSinceTheDryRunAreRefused(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/transfer"
	plan := upload(t, c, path, header+"city-a,MR-01,3,,,,\ncity-a,MR-02,3,,national,,\n", nil)
	value := "1"
	given := assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-02", Value: &value}
	if _, _, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, given); err != nil {
		t.Fatal(err)
	}
	page := c.Post(path, applyForm(plan.Body))
	if page.Status != http.StatusConflict {
		t.Fatalf("status %d", page.Status)
	}
	contains(t, words(page.Body), "Nothing was imported: some rows were changed by others since your check.", "Row 3: Somebody else changed MR-02", "Import 2 rows")
	contains(t, page.Body, `href="#row-3"`, `id="row-3"`)
	if s := answers(t, w); s.Answers["MR-02"].Value != "1" || !s.Answers["MR-01"].Blank() {
		t.Errorf("something was written: %+v", s.Answers)
	}
	if again := c.Post(path, applyForm(page.Body)); again.Status != http.StatusSeeOther || answers(t, w).Answers["MR-02"].Value != "3" {
		t.Errorf("after looking at it: %d", again.Status)
	}
}

func TestFilesThatThePageDoesNotTake(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/transfer"
	large := header + strings.Repeat("x", 1<<20)
	b64 := base64.StdEncoding.EncodeToString
	for _, x := range []struct {
		name string
		page apitest.Page
		want string
	}{
		{"no file", c.Post(path, nil), "Choose a file first."},
		{"an empty file", upload(t, c, path, "", nil), "Choose a file first."},
		{"a file over the limit", upload(t, c, path, large, nil), "The file is larger than 1 MB."},
		{"a file over the limit, carried back", c.Post(path, url.Values{"apply": {"1"}, "seen": {"{}"}, "text": {b64([]byte(large))}}), "The file is larger than 1 MB."},
		{"no base64", c.Post(path, url.Values{"apply": {"1"}, "seen": {"{}"}, "text": {"%%%"}}), "Choose a file first."},
		{"applied without a dry run", c.Post(path, url.Values{"apply": {"1"}, "text": {b64([]byte(header))}}), "Choose a file first."},
		{"applied with a dry run of nothing", c.Post(path, url.Values{"apply": {"1"}, "seen": {"null"}, "text": {b64([]byte(header))}}), "Choose a file first."},
	} {
		if x.page.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", x.name, x.page.Status)
		}
		contains(t, words(x.page.Body), x.want)
		contains(t, x.page.Body, `href="#file"`, `aria-invalid="true"`)
	}
	for _, x := range []struct {
		name string
		want int
	}{{"", http.StatusUnauthorized}, {apitest.ContributorA, 403}, {apitest.CoordinatorB, 404}, {apitest.Analyst, 403}, {apitest.Admin, 403}} {
		if got := upload(t, w.Client(x.name), path, header+"city-a,MR-01,3,,,,\n", nil); got.Status != x.want {
			t.Errorf("an import by %q: %d, want %d", x.name, got.Status, x.want)
		}
	}
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	if got := upload(t, c, path, header+"city-a,MR-01,3,,,,\n", nil); got.Status != http.StatusLocked {
		t.Errorf("an import after handing in: %d", got.Status)
	}
}

func TestAnswersLeaveAsAFile(t *testing.T) {
	w := apitest.New(t)
	value, text := "2", "=1+1 \u0645\u0631\u062d\u0628\u0627"
	given := assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &value, Explanation: &text}
	if _, _, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, given); err != nil {
		t.Fatal(err)
	}
	c, path := w.Client(apitest.ContributorA), "/assessments/"+w.A.ID+"/answers.csv"
	page := c.Get(path)
	if got := page.Header.Get("Content-Disposition"); got != `attachment; filename="2026-city-a.csv"` {
		t.Errorf("Content-Disposition is %q", got)
	}
	if got := page.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("Content-Type is %q", got)
	}
	if page.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(page.Body, "\ufeff"+strings.TrimSuffix(header, "\n")) {
		t.Errorf("the file begins with %q", page.Body[:60])
	}
	contains(t, page.Body, "city-a,MR-01,2,,shared,'"+text+",,claimed,,,,\n")
	if n := strings.Count(page.Body, "\ncity-a,"); n != len(w.Instrument.All()) {
		t.Errorf("%d rows, want %d", n, len(w.Instrument.All()))
	}
	raw := c.Get(path + "?raw=1")
	if strings.HasPrefix(raw.Body, "\ufeff") || !strings.Contains(raw.Body, "city-a,MR-01,2,,shared,"+text) {
		t.Errorf("the raw file begins with %q", raw.Body[:60])
	}
	t.Run("and come in again unchanged, guarded or raw", func(t *testing.T) {
		coordinator := w.Client(apitest.CoordinatorA)
		to := "/assessments/" + w.A.ID + "/transfer"
		contains(t, words(upload(t, coordinator, to, page.Body, nil).Body), "There is nothing to import.")
		contains(t, words(upload(t, coordinator, to, raw.Body, map[string]string{"raw": "1"}).Body), "There is nothing to import.")
	})
	t.Run("by an analyst once it is handed in, without the other city", func(t *testing.T) {
		handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
		page := w.Client(apitest.Analyst).Get(path)
		if page.Status != http.StatusOK || strings.Contains(page.Body, "city-b") {
			t.Errorf("status %d", page.Status)
		}
	})
	if account.Allowed(account.Contributor, account.ImportAnswers) {
		t.Error("a contributor may import")
	}
}
