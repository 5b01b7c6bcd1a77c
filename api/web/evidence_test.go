package web_test

import (
	"bytes"
	"context"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/survey"
)

const onePDF = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n41\n%%EOF\n"

// sendFile posts a form with a file as a browser does; an empty name sends none.
func sendFile(t *testing.T, c *apitest.Client, path, name string, content []byte, texts map[string]string, accept string) apitest.Page {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range texts {
		m.WriteField(k, v)
	}
	w, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	m.Close()
	return c.Send(http.MethodPost, path, &b, http.Header{"Content-Type": {m.FormDataContentType()}, "Accept": {accept}})
}

func lacks(t *testing.T, page apitest.Page, status int, has []string, not ...string) {
	t.Helper()
	body := html.UnescapeString(page.Body)
	if page.Status != status {
		t.Errorf("status %d, not %d", page.Status, status)
	}
	for _, s := range has {
		if !strings.Contains(body, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
	for _, s := range not {
		if strings.Contains(body, s) {
			t.Errorf("the page has %q", s)
		}
	}
	if t.Failed() {
		t.Log(body)
		t.FailNow()
	}
}

func TestEvidenceIsAttachedCitedAndReadWithoutScript(t *testing.T) {
	w := apitest.New(t)
	city, other, analyst := w.Client(apitest.ContributorA), w.Client(apitest.CoordinatorB), w.Client(apitest.Analyst)
	home := "/assessments/" + w.A.ID
	section, attach := home+"/MR.2", home+"/indicators/MR-07/evidence"
	value, explanation := "3", "Write to x.y@city.example or call +216 71 123 456."
	saved, rejected, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "mutation-0001", Indicator: "MR-07", Value: &value, Explanation: &explanation})
	if err != nil || len(saved) != 1 || len(rejected) > 0 {
		t.Fatal(saved, rejected, err)
	}
	lacks(t, city.Get(section), 200, []string{"Claimed, no proof yet", `name="go" value="evidence MR-07"`, "Attach evidence", "an e-mail address, a phone number"}, "Evidenced")

	if page := city.Post(section, url.Values{"go": {"evidence MR-07"}}); page.Status != 303 || page.To() != attach {
		t.Errorf("the button leads to %q with status %d", page.To(), page.Status)
	}
	page := sendFile(t, city, attach, "../بلدية\u202Efdp.pdf", []byte(onePDF), map[string]string{"act": "add", "passage": "page 4", "title": "Note on languages <b>"}, "text/html")
	if page.Status != 303 || page.To() != attach {
		t.Fatal(page.Status, page.To(), page.Body)
	}
	lacks(t, city.Get(attach), 200, []string{"“Note on languages <b>” is in the library and cited for MR-07.", "Note on languages <b>", "page 4", "Evidenced", "PDF"})
	lacks(t, city.Get(section), 200, []string{"Evidenced", "Note on languages <b>", "page 4"}, "Claimed, no proof yet")
	_, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || len(pieces) != 1 {
		t.Fatal(pieces, err)
	}
	piece, file := home+"/evidence/"+pieces[0].ID, "/evidence/"+pieces[0].ID+"/1"
	lacks(t, city.Get(home+"/evidence"), 200, []string{"Supports 1 answer", "Note on languages <b>", `href="` + section + `#MR-07"`})
	lacks(t, city.Get(piece), 200, []string{"1 answer cites it", pieces[0].SHA256, "Remove from use"})

	got := city.Get(file)
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
		"Content-Disposition": "attachment; filename=_____fdp.pdf; filename*=UTF-8''%D8%A8%D9%84%D8%AF%D9%8A%D8%A9fdp.pdf", "Cache-Control": "private, no-store",
	} {
		if is := got.Header.Get(name); is != want {
			t.Errorf("%s is %q, not %q", name, is, want)
		}
	}
	if got.Status != 200 || got.Body != onePDF {
		t.Errorf("%d, %d bytes", got.Status, len(got.Body))
	}

	for _, path := range []string{file, piece, home + "/evidence", attach} {
		for name, c := range map[string]*apitest.Client{"another city": other, "an analyst before handing in": analyst} {
			if page := c.Get(path); page.Status != 404 || strings.Contains(page.Body, "Note on languages") {
				t.Errorf("%s gets %d for %s", name, page.Status, path)
			}
		}
	}
	for _, form := range []url.Values{{"act": {"remove"}}, {"act": {"describe"}, "title": {"x"}}} {
		if page := other.Post(piece, form); page.Status != 404 {
			t.Errorf("another city gets %d", page.Status)
		}
		if page := other.Post("/assessments/"+w.B.ID+"/evidence/"+pieces[0].ID, form); page.Status != 404 {
			t.Errorf("another city gets %d by way of its own assessment", page.Status)
		}
	}
	if page := w.Client("").Get(file); page.Status != 303 || !strings.HasPrefix(page.To(), "/sign-in") {
		t.Error(page.Status, page.To())
	}

	if page := city.Post(piece, url.Values{"act": {"remove"}}); page.Status != 303 {
		t.Fatal(page.Status, page.Body)
	}
	lacks(t, city.Get(section), 200, []string{"Claimed, no proof yet", "Removed"}, "Evidenced<")
	city.Post(piece, url.Values{"act": {"restore"}})
	city.Post(piece, url.Values{"act": {"describe"}, "title": {"Note"}, "expires": {"2020-01-01"}})
	lacks(t, city.Get(section), 200, []string{"Claimed, no proof yet", "No longer valid"})
	if page := city.Post(piece, url.Values{"act": {"describe"}, "title": {""}, "expires": {"31/12/2027"}, "note": {"kept words"}}); page.Status != 422 ||
		!strings.Contains(page.Body, "31/12/2027") || !strings.Contains(page.Body, "kept words") || !strings.Contains(page.Body, "Give a title") || !strings.Contains(page.Body, "Write the day as year") {
		t.Error(page.Status, page.Body)
	}
	city.Post(piece, url.Values{"act": {"describe"}, "title": {"Note"}})
	link := attach
	if page := city.Post(link, url.Values{"act": {"add"}, "url": {"https://city.example/plan?a=1&b=2"}, "passage": {"part 2"}}); page.Status != 303 {
		t.Fatal(page.Status, page.Body)
	}
	lacks(t, city.Get(section), 200, []string{`<a href="https://city.example/plan?a=1&b=2" rel="noopener noreferrer nofollow">`, "link to <bdi dir=\"ltr\">city.example</bdi>", "part 2"})

	if _, err := w.Pages.Drafts.HandIn(context.Background(), account.Actor{Role: account.Operator}, w.A.ID); err != nil {
		t.Fatal(err)
	}
	lacks(t, analyst.Get(section), 200, []string{"Evidenced", "Note", "Verify or challenge this answer", home + "/indicators/MR-07/verdict"}, "Attach evidence", "Contributor A", "e-mail address")
	if page := analyst.Get(file); page.Status != 200 || page.Body != onePDF {
		t.Error(page.Status)
	}
	verdict := home + "/indicators/MR-07/verdict"
	if page := analyst.Post(verdict, url.Values{"verdict": {"challenged"}, "version": {"1"}}); page.Status != 422 || !strings.Contains(page.Body, "Say why you challenge") {
		t.Error(page.Status, page.Body)
	}
	if page := city.Post(verdict, url.Values{"verdict": {"verified"}, "version": {"1"}}); page.Status != 403 {
		t.Error(page.Status)
	}
	if page := analyst.Post(verdict, url.Values{"verdict": {"challenged"}, "version": {"1"}, "reason": {"The note is older than the round."}}); page.Status != 303 || page.To() != section+"#MR-07" {
		t.Error(page.Status, page.Body)
	}
	lacks(t, city.Get(section), 200, []string{"Challenged", "The note is older than the round.", "Analyst"}, "Attach evidence")
	if page := city.Post(attach, url.Values{"was-" + pieces[0].ID: {"page 4"}, "passage-" + pieces[0].ID: {"page 4"}, "uncite": {pieces[0].ID}}); page.Status != 423 {
		t.Error(page.Status)
	}
}

func TestARefusedFileCostsNothingThatWasTyped(t *testing.T) {
	w := apitest.New(t)
	city := w.Client(apitest.CoordinatorA)
	library := "/assessments/" + w.A.ID + "/evidence"
	texts := map[string]string{"act": "add", "title": "The kept title", "note": "A kept note of some length", "expires": "2031-05-06", "url": ""}
	for _, c := range []struct {
		name, file string
		content    []byte
		want       string
	}{
		{"HTML behind .pdf", "plan.pdf", []byte("<!DOCTYPE html><script>x()</script>"), "The name says PDF, but the content is HTML."},
		{"a program", "plan.exe", []byte("MZ"), "Files of this type are not taken."},
		{"nothing", "plan.pdf", nil, "This file is empty."},
		{"10 MB and a byte", "plan.txt", bytes.Repeat([]byte("a"), evidence.MaxFile+1), "This file is larger than 10 MB."},
		{"12 MB", "plan.txt", bytes.Repeat([]byte("a"), 12<<20), "This file is larger than 10 MB."},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := sendFile(t, city, library, c.file, c.content, texts, "text/html")
			has := []string{c.want, "The kept title", "A kept note of some length", "2031-05-06", `href="#add-file"`}
			if len(c.content) > 0 {
				has = append(has, "The file itself must be chosen again.")
			}
			lacks(t, page, 422, has)
			if page := sendFile(t, city, library, c.file, c.content, texts, "application/json"); page.Status != 422 || !strings.Contains(page.Body, `"location":"file"`) || !strings.Contains(page.Body, c.want) {
				t.Error(page.Status, page.Body)
			}
		})
	}
	for link, want := range map[string]string{"": "Choose a file or give a link.", "javascript:alert(1)": "Give a whole web address", "https://a:b@city.example": "holds a name or a password"} {
		texts["url"] = link
		form := url.Values{}
		for k, v := range texts {
			form.Set(k, v)
		}
		lacks(t, city.Post(library, form), 422, []string{want, "The kept title"})
	}
	texts["url"] = "https://city.example/"
	lacks(t, sendFile(t, city, library, "plan.pdf", []byte(onePDF), texts, "text/html"), 422, []string{"Give a file or a link, not both.", "https://city.example/"})
	delete(texts, "url")
	page := sendFile(t, city, library, "plan.pdf", []byte(onePDF), texts, "application/json")
	if page.Status != 200 || !strings.Contains(page.Body, `{"to":"`+library+"/") {
		t.Error(page.Status, page.Body)
	}
	page = sendFile(t, city, library, "again.pdf", []byte(onePDF), map[string]string{"act": "add"}, "text/html")
	if page.Status != 303 {
		t.Fatal(page.Status)
	}
	lacks(t, city.Get(page.To()), 200, []string{"The library holds this already, as “The kept title”."})
	if _, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil || len(pieces) != 1 {
		t.Error(len(pieces), err)
	}
	if page := sendFile(t, w.Client(""), library, "plan.pdf", []byte(onePDF), map[string]string{"by": w.Actor(apitest.CoordinatorA).Account, "title": "Typed before the session ended"}, "text/html"); page.Status != 401 || !strings.Contains(page.Body, `name="resume"`) {
		t.Error(page.Status, page.Body)
	}
	if page := city.Send(http.MethodPost, library, strings.NewReader("--x\r\nnothing"), http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}); page.Status != 422 {
		t.Error(page.Status)
	}
}

func TestThePagesOfEvidenceSpeakEveryLanguage(t *testing.T) {
	w := apitest.New(t)
	city := w.Client(apitest.CoordinatorA)
	home := "/assessments/" + w.A.ID
	e, _, err := w.Pages.Proofs.Add(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Proof{Link: "https://city.example/plan", Title: "خطة", Expires: "2030-01-01", Indicator: "MR-07", Passage: "p. 3"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range survey.Languages {
		for _, path := range []string{home + "/evidence", home + "/evidence/" + e.ID, home + "/indicators/MR-07/evidence", home + "/MR.2", home + "/check"} {
			city.Get("/assessments?lang=" + string(l))
			page := city.Get(path)
			lacks(t, page, 200, []string{`lang="` + string(l) + `"`}, ">evidence.", ">check.", "<no value>")
		}
	}
	for _, path := range []string{home + "/evidence/nothing", home + "/indicators/MR-99/evidence", "/evidence/" + e.ID + "/1", "/evidence/" + e.ID + "/x", "/evidence/x/1"} {
		if page := city.Get(path); page.Status != 404 {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
	if page := w.Client(apitest.Admin).Get(home + "/evidence"); page.Status != 403 {
		t.Error(page.Status)
	}
}

func TestEvidenceByTheAPI(t *testing.T) {
	w := apitest.New(t)
	city, other, analyst := w.Client(apitest.CoordinatorA), w.Client(apitest.CoordinatorB), w.Client(apitest.Analyst)
	home := "/api/v1/assessments/" + w.A.ID
	post := func(c *apitest.Client, path, body string) apitest.Page {
		t.Helper()
		return c.Send(http.MethodPost, path, strings.NewReader(body), http.Header{"Content-Type": {"application/octet-stream"}, "Accept": {"application/json"}})
	}
	lacks(t, post(city, home+"/evidence/files?name=plan.pdf&title=Plan&indicator=MR-07&passage=p.+3", onePDF), 200, []string{`"title":"Plan"`, `"media":"application/pdf"`, `"same":false`})
	lacks(t, post(city, home+"/evidence/files?name=other.pdf", onePDF), 200, []string{`"title":"Plan"`, `"same":true`})
	lacks(t, post(city, home+"/evidence/files?name=plan.pdf", "<html>"), 422, []string{"The name says PDF, but the content is HTML.", `"saved":false`})
	lacks(t, post(city, home+"/evidence/files?name=plan.txt", strings.Repeat("a", evidence.MaxFile+1)), 422, []string{"larger than 10 MB"})
	lacks(t, city.JSON("POST", home+"/evidence/links", `{"url":"https://city.example/x","indicator":"MR-07"}`, nil), 200, []string{`"kind":"link"`})
	lacks(t, city.JSON("POST", home+"/evidence/links", `{"url":"file:///etc/passwd"}`, nil), 422, []string{`"location":"url"`})
	list := city.JSON("GET", home+"/evidence", "", nil)
	lacks(t, list, 200, []string{`"passage":"p. 3"`, `"sha256":"`})
	_, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || len(pieces) != 2 {
		t.Fatal(pieces, err)
	}
	id := pieces[0].ID
	if pieces[0].Kind != assessment.EvidenceFile {
		id = pieces[1].ID
	}
	if got := city.Get("/api/v1/evidence/" + id + "/1"); got.Status != 200 || got.Body != onePDF || got.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'none'" ||
		!strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%d %v %d bytes", got.Status, got.Header, len(got.Body))
	}
	for _, c := range []*apitest.Client{other, analyst} {
		for _, path := range []string{home + "/evidence", "/api/v1/evidence/" + id + "/1"} {
			if got := c.Get(path); got.Status != 404 {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	}
	theirs := "/api/v1/assessments/" + w.B.ID
	for _, try := range [][3]string{{"PUT", home + "/indicators/MR-07/evidence/" + id, `{}`}, {"PUT", theirs + "/indicators/MR-07/evidence/" + id, `{}`}, {"DELETE", home + "/indicators/MR-07/evidence/" + id, ""},
		{"PUT", home + "/evidence/" + id + "/removed", `{"removed":true}`}, {"PUT", theirs + "/evidence/" + id + "/removed", `{"removed":true}`}} {
		if got := other.JSON(try[0], try[1], try[2], nil); got.Status != 404 {
			t.Errorf("%v: %d %s", try, got.Status, got.Body)
		}
	}
	lacks(t, post(city, home+"/evidence/"+id+"/revisions?name=two.txt", "two"), 200, []string{`"revision":2`})
	for _, try := range [][3]string{{"PUT", home + "/indicators/MR-08/evidence/" + id, `{"passage":"line 1"}`}, {"DELETE", home + "/indicators/MR-08/evidence/" + id, ""},
		{"PUT", home + "/evidence/" + id + "/removed", `{"removed":true}`}, {"PUT", home + "/evidence/" + id + "/removed", `{"removed":false}`}} {
		if got := city.JSON(try[0], try[1], try[2], nil); got.Status != 204 {
			t.Errorf("%v: %d %s", try, got.Status, got.Body)
		}
	}
	save := http.Header{"Idempotency-Key": {"mutation-0001"}, "If-Match": {`"0"`}}
	lacks(t, city.JSON("PUT", home+"/answers/MR-07", `{"explanation":"Call +216 71 123 456."}`, save), 201, []string{`"personal":{"explanation":"This text seems to hold data about a person: a phone number."}`})
	save = http.Header{"Idempotency-Key": {"mutation-0002"}, "If-Match": {`"1"`}}
	lacks(t, city.JSON("PUT", home+"/answers/MR-07", `{"explanation":"Since 2024 (decree 2019-12)."}`, save), 201, []string{`"saved":true`}, "personal")
	if got := city.JSON("PUT", home+"/indicators/MR-07/verdict", `{"verdict":"verified","version":1}`, nil); got.Status != 403 {
		t.Error(got.Status)
	}
}
