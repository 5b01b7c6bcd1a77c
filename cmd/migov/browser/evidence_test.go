//go:build browser

package browser

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/evidence"
)

const (
	wrong = `document.getElementById("add-file-msg")?.textContent ?? ""`
	title = `document.getElementById("add-title")?.value ?? ""`
	send  = `aside button[value=add]`
)

// TestBrowserSaysBeforeAFileIsSentThatItIsNotTaken chooses files that are refused, by the page and by the server, and one that is taken.
func TestBrowserSaysBeforeAFileIsSentThatItIsNotTaken(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	folder := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	x := open(t, chrome, w, apitest.ContributorA)
	x.visit("/assessments/" + w.A.ID + "/indicators/MR-07/evidence?lang=en")
	x.waitFor(`String(performance.getEntriesByType("resource").some((r) => r.name.includes("/static/upload-")))`, "true", 20*time.Second)
	choose := func(path string) { x.do(chromedp.SetUploadFiles(chromedp.CSS("#add-file"), []string{path})) }
	x.do(typed("#add-title", "A title that stays"))
	choose(file("program.exe", []byte("MZ")))
	x.waitFor(wrong, "Files of this type are not taken", 20*time.Second)
	choose(file("large.txt", bytes.Repeat([]byte("a"), evidence.MaxFile+1)))
	x.waitFor(wrong, "larger than 10 MB", 20*time.Second)
	x.do(click(send))
	if _, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil || len(pieces) > 0 {
		t.Error(pieces, err)
	}
	choose(file("page.pdf", []byte("<!doctype html><script>x()</script>")))
	if said := x.ask(wrong); said != "" {
		t.Errorf("before it is sent the page says %q", said)
	}
	x.do(click(send))
	x.waitFor(wrong, "The name says PDF, but the content is HTML", 20*time.Second)
	if said := x.ask(title); said != "A title that stays" {
		t.Errorf("the title is %q", said)
	}
	if focus := x.ask("document.activeElement.id"); focus != "add-file" {
		t.Errorf("the focus is on %q", focus)
	}
	choose(file("note.txt", bytes.Repeat([]byte("a note "), 1<<19)))
	x.do(click(send))
	x.waitFor(body, "“A title that stays” is in the library and cited for MR-07.", 20*time.Second)
	_, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || len(pieces) != 1 || pieces[0].Size != 7<<19 || len(pieces[0].Uses) != 1 {
		t.Fatal(pieces, err)
	}
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.started()
	if said := x.ask(`document.getElementById("evidence-MR-07").textContent`); !strings.Contains(said, "A title that stays") {
		t.Errorf("beside the question stands %q", said)
	}
	x.do(typed("#MR-07-explanation", "Call +216 71 123 456."))
	x.waitFor(`document.getElementById("personal-MR-07-explanation")?.textContent ?? ""`, "a phone number", 20*time.Second)
	x.do(typed("#MR-08-explanation", "Typed just before."), click(`#evidence-MR-07 button[name=go]`))
	x.waitFor("location.pathname", "/indicators/MR-07/evidence", 20*time.Second)
	for id, want := range map[string]string{"MR-07": "Call +216 71 123 456.", "MR-08": "Typed just before."} {
		if got, others := kept(t, w, id); got.Explanation != want || len(others) > 0 {
			t.Errorf("%s: %q is kept, with %d others: what was typed is kept twice, or lost", id, got.Explanation, len(others))
		}
	}
}

// TestBrowserFindsEvidenceAccessible opens the pages of evidence, and a question with every kind of it.
func TestBrowserFindsEvidenceAccessible(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	ctx, who := context.Background(), w.Actor(apitest.CoordinatorA)
	value, explanation := "3", "Write to a.b@city.example."
	if _, _, err := w.Pages.Drafts.Save(ctx, who, w.A.ID, assessment.Given{Mutation: "mutation-1", Indicator: "MR-07", Value: &value, Explanation: &explanation}); err != nil {
		t.Fatal(err)
	}
	var last assessment.Evidence
	for _, p := range []assessment.Proof{
		{Name: "note.txt", Content: strings.NewReader("A note."), Size: 7, Indicator: "MR-07", Passage: "line 1"}, {Link: "https://city.example/old", Expires: "2020-01-01", Indicator: "MR-07"},
		{Link: "https://city.example/plan", Note: "خطة", Expires: time.Now().AddDate(0, 0, 5).Format(time.DateOnly)}, {Link: "https://city.example/gone", Indicator: "MR-07"},
	} {
		e, _, err := w.Pages.Proofs.Add(ctx, who, w.A.ID, p)
		if err != nil {
			t.Fatal(err)
		}
		last = e
	}
	if err := w.Pages.Proofs.Remove(ctx, who, last.ID, true); err != nil {
		t.Fatal(err)
	}
	x := open(t, chrome, w, apitest.CoordinatorA)
	for lang, width := range map[string]int64{"en": 1280, "ar": 390, "fr": 320, "es": 1280} {
		x.do(chromedp.EmulateViewport(width, 900))
		for _, page := range []string{"/evidence", "/evidence/" + last.ID, "/indicators/MR-07/evidence", "/MR.2", "/check", "/results/MR"} {
			x.visit("/assessments/" + w.A.ID + page + "?lang=" + lang)
			if wide := x.ask("String(document.documentElement.scrollWidth > document.documentElement.clientWidth)"); wide != "false" {
				t.Errorf("%s in %s at %d scrolls sideways", page, lang, width)
			}
			x.accessible(source)
		}
	}
}
