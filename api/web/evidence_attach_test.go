package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/survey"
)

// attached is the page of an indicator's evidence, as somebody uses it without script.
type attached struct {
	*testing.T
	w      *apitest.World
	client *apitest.Client
	path   string
}

func attaches(t *testing.T, w *apitest.World) attached {
	return attached{t, w, w.Client(apitest.ContributorA), "/assessments/" + w.A.ID + "/indicators/MR-07/evidence"}
}

// link puts a link into the library, and cites it with a passage unless that is "-".
func (a attached) link(name, passage string) (id string) {
	a.Helper()
	p := assessment.Proof{Link: "https://city.example/" + name, Title: name}
	if passage != "-" {
		p.Indicator, p.Passage = "MR-07", passage
	}
	e, _, err := a.w.Pages.Proofs.Add(context.Background(), a.w.Actor(apitest.CoordinatorA), a.w.A.ID, p)
	if err != nil {
		a.Fatal(err)
	}
	return e.ID
}

var passages = regexp.MustCompile(`<input [^>]*name="((?:was|passage)-[^"]+)" value="([^"]*)"`)

// form is what the page sends when nothing is touched.
func (a attached) form() url.Values {
	a.Helper()
	form := url.Values{}
	for _, m := range passages.FindAllStringSubmatch(a.client.Get(a.path).Body, -1) {
		form.Set(m[1], m[2])
	}
	return form
}

// cited lists what is cited, as "title: passage".
func (a attached) cited() (out []string) {
	a.Helper()
	b, err := a.w.Store.Beside(context.Background(), a.w.Actor(apitest.CoordinatorA), a.w.A.ID)
	if err != nil {
		a.Fatal(err)
	}
	for _, x := range b.Cited("MR-07") {
		out = append(out, x.Title+": "+x.Citation.Passage)
	}
	slices.Sort(out)
	return out
}

func (a attached) has(want ...string) {
	a.Helper()
	if got := a.cited(); !slices.Equal(got, want) {
		a.Errorf("cited are %q, not %q", got, want)
	}
}

func TestOneButtonDoesAllThatWasTypedOnThePageOfEvidence(t *testing.T) {
	a := attaches(t, apitest.New(t))
	decree, plan, gone := a.link("decree", "article 1"), a.link("plan", ""), a.link("gone", "page 9")
	report, minutes, rest := a.link("report", "-"), a.link("minutes", "-"), a.link("rest", "-")
	if forms := strings.Count(a.client.Get(a.path).Body, `action="`+a.path+`"`); forms != 1 {
		t.Fatalf("the page has %d forms for evidence", forms)
	}
	form := a.form()
	if len(form) != 3*2+3 {
		t.Fatal(form)
	}
	form.Set("passage-"+decree, "article 2")
	form.Add("uncite", gone)
	form.Add("cite", report)
	form.Set("passage-"+minutes, "  line 7 ")
	form.Set("url", "https://city.example/new")
	form.Set("title", "new")
	if page := a.client.Post(a.path, form); page.Status != 303 || page.To() != a.path {
		t.Fatal(page.Status, page.Body)
	}
	a.has("decree: article 2", "minutes: line 7", "new: ", "plan: ", "report: ")
	lacks(t, a.client.Get(a.path), 200, []string{"“new” is in the library and cited for MR-07."})

	// Nothing touched changes nothing, also not what a colleague has changed since.
	form = a.form()
	ctx, colleague := context.Background(), a.w.Actor(apitest.CoordinatorA)
	if err := a.w.Pages.Proofs.Cite(ctx, colleague, a.w.A.ID, "MR-07", plan, "annex"); err != nil {
		t.Fatal(err)
	}
	if err := a.w.Pages.Proofs.Uncite(ctx, colleague, a.w.A.ID, "MR-07", report); err != nil {
		t.Fatal(err)
	}
	if page := a.client.Post(a.path, form); page.Status != 303 {
		t.Fatal(page.Status, page.Body)
	}
	a.has("decree: article 2", "minutes: line 7", "new: ", "plan: annex")
	lacks(t, a.client.Get(a.path), 200, []string{"What is cited for MR-07 is saved."})

	// With a mistake nothing is done, and everything stands there still.
	form = a.form()
	long := strings.Repeat("page ", 50)
	form.Set("passage-"+decree, long)
	form.Set("passage-"+report, "typed beside the report")
	form.Add("cite", rest)
	form.Add("uncite", minutes)
	form.Set("title", "A title without a file")
	form.Set("note", "A note that stays")
	page := a.client.Post(a.path, form)
	lacks(t, page, 422, []string{`href="#passage-` + decree + `"`, `id="passage-` + decree + `-msg"`, long, "typed beside the report", "A title without a file", "A note that stays",
		`name="cite" value="` + rest + `" checked`, `name="uncite" value="` + minutes + `" checked`})
	a.has("decree: article 2", "minutes: line 7", "new: ", "plan: annex")

	// A title alone is a piece that lacks its file; the passages are saved all the same.
	form.Set("passage-"+decree, "article 3")
	form.Del("uncite")
	lacks(t, a.client.Post(a.path, form), 422, []string{"Choose a file or give a link.", `href="#add-file"`, "A title without a file", "A note that stays"})
	a.has("decree: article 3", "minutes: line 7", "new: ", "plan: annex", "report: typed beside the report", "rest: ")
	lacks(t, a.client.Post(a.path, url.Values{"act": {"add"}}), 422, []string{"Choose a file or give a link."})

	other := a.w.Client(apitest.CoordinatorB)
	for _, path := range []string{a.path, strings.Replace(a.path, a.w.A.ID, a.w.B.ID, 1)} {
		if page := other.Post(path, url.Values{"cite": {plan}, "passage-" + plan: {"x"}}); page.Status != 404 {
			t.Errorf("another city gets %d at %s", page.Status, path)
		}
	}
	if page := a.client.Post(a.path, url.Values{"passage-nothing": {"x"}}); page.Status != 404 {
		t.Errorf("a piece that does not exist gets %d", page.Status)
	}
	if _, err := a.w.Pages.Drafts.HandIn(ctx, account.Actor{Role: account.Operator}, a.w.A.ID); err != nil {
		t.Fatal(err)
	}
	if page := a.client.Post(a.path, form); page.Status != 423 {
		t.Errorf("after handing in: %d", page.Status)
	}
	lacks(t, a.client.Get(a.path), 200, []string{"article 3"}, "Save what is cited", "<form method=\"post\" action=\""+a.path)
}

func TestOneTooManyIsSaidAndNothingIsLost(t *testing.T) {
	a := attaches(t, apitest.New(t))
	for i := range evidence.MaxCited {
		a.link(fmt.Sprintf("cited-%d", i), "")
	}
	more := a.link("more", "-")
	form := a.form()
	form.Set("passage-"+more, "page 5")
	lacks(t, a.client.Post(a.path, form), 422, []string{`href="#choose"`, "One question can cite 20 pieces at most.", `value="page 5"`})
	for name := range form { // whatever goes makes room
		if piece, ok := strings.CutPrefix(name, "was-"); ok {
			form.Add("uncite", piece)
			break
		}
	}
	if page := a.client.Post(a.path, form); page.Status != 303 || len(a.cited()) != evidence.MaxCited {
		t.Error(page.Status, a.cited())
	}
}

// sentInChunks sends a file by the API, as the script does, and returns the upload.
func sentInChunks(t *testing.T, w *apitest.World, name string, content string) string {
	t.Helper()
	ctx, who := context.Background(), w.Actor(apitest.ContributorA)
	u, err := w.Pages.Proofs.Begin(ctx, who, w.A.ID, name, int64(len(content)), "key of "+name)
	if err != nil {
		t.Fatal(err)
	}
	for u.Received < u.Size {
		if u, err = w.Pages.Proofs.Append(ctx, who, w.A.ID, u.ID, u.Received, []byte(content[u.Received:min(u.Received+evidence.ChunkSize, u.Size)])); err != nil {
			t.Fatal(err)
		}
	}
	return u.ID
}

func TestAFormEndsWhatWasSentInChunks(t *testing.T) {
	a := attaches(t, apitest.New(t))
	kept := a.link("kept", "")
	send := func(path string, form url.Values) apitest.Page {
		return a.client.Send(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}})
	}
	library := "/assessments/" + a.w.A.ID + "/evidence"
	upload := sentInChunks(t, a.w, "plan.pdf", onePDF)
	form := a.form()
	form.Set("passage-"+kept, "page 1")
	form.Set("passage", "page 4")
	form.Set("title", strings.Repeat("long ", 100))
	form.Set("upload", upload)
	form.Set("act", "add")
	lacks(t, send(a.path, form), 422, []string{`"location":"title"`})
	form.Set("title", "Plan")
	lacks(t, send(a.path, form), 200, []string{`{"to":"` + a.path + `"}`})
	a.has("Plan: page 4", "kept: page 1")
	lacks(t, send(a.path, form), 200, []string{`"to":`}) // once more, after a reply that was lost
	a.has("Plan: page 4", "kept: page 1")

	_, pieces, err := a.w.Pages.Proofs.Shelf(context.Background(), a.w.Actor(apitest.CoordinatorA), a.w.A.ID)
	if err != nil || len(pieces) != 2 {
		t.Fatal(pieces, err)
	}
	plan := pieces[slices.IndexFunc(pieces, func(p assessment.Piece) bool { return p.Title == "Plan" })].ID
	lacks(t, send(library+"/"+plan, url.Values{"act": {"revise"}, "upload": {sentInChunks(t, a.w, "plan.txt", "A new plan.")}}), 200, []string{`"to":"` + library + "/" + plan})
	lacks(t, send(library, url.Values{"act": {"add"}, "upload": {sentInChunks(t, a.w, "page.pdf", "<html>")}}), 422, []string{`"location":"file"`, "the content is HTML"})
	lacks(t, send(library, url.Values{"act": {"add"}, "upload": {"nothing"}}), 404, nil)
	other := a.w.Client(apitest.CoordinatorA).Send(http.MethodPost, library, strings.NewReader("upload="+sentInChunks(t, a.w, "mine.txt", "Mine.")), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}})
	lacks(t, other, 404, nil)
}

func TestTheFormOfOneFileTooManyKeepsItsText(t *testing.T) {
	a := attaches(t, apitest.New(t))
	decree := a.link("decree", "article 1")
	for i := range assessment.UploadsPerHour {
		if _, err := a.w.Pages.Proofs.Begin(context.Background(), a.w.Actor(apitest.ContributorA), a.w.A.ID, "plan.pdf", 9, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	said := map[survey.Language]string{survey.English: "You have sent 60 files within an hour", survey.French: "Vous avez envoyé 60 fichiers", survey.Spanish: "Envió 60 archivos", survey.Arabic: "أرسلت ⁨60⁩ ملفاً"}
	for _, lang := range survey.Languages {
		a.client.Get("/assessments?lang=" + string(lang))
		for _, path := range []string{a.path, "/assessments/" + a.w.A.ID + "/evidence"} {
			page := sendFile(t, a.client, path, "plan.pdf", []byte(onePDF), map[string]string{"act": "add", "title": "The kept title", "note": "A kept note", "was-" + decree: "article 1", "passage-" + decree: "article 2"}, "text/html")
			lacks(t, page, 429, []string{said[lang], `href="#add-file"`, "The kept title", "A kept note"})
			if wait := page.Header.Get("Retry-After"); len(wait) != 4 || wait < "3000" {
				t.Errorf("wait %q", wait)
			}
		}
	}
	a.has("decree: article 2")
	if page := a.client.Post(a.path, url.Values{"act": {"add"}, "url": {"https://city.example/free"}}); page.Status != 303 {
		t.Errorf("a link gets %d", page.Status)
	}
}
