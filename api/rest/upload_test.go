package rest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/api/problem"
	"migov/api/rest"
	"migov/assessment/evidence"
	"migov/assessment/survey"
)

// sender sends files in chunks for somebody.
type sender struct {
	*apitest.Client
	t    *testing.T
	home string // of the uploads of an assessment
}

func sends(t *testing.T, w *apitest.World, name, assessment string) sender {
	return sender{w.Client(name), t, "/api/v1/assessments/" + assessment + "/evidence/uploads"}
}

func (s sender) begin(name string, content []byte) apitest.Page {
	sum := sha256.Sum256(content)
	return s.JSON(http.MethodPost, s.home, fmt.Sprintf(`{"name":%q,"size":%d,"key":%q}`, name, len(content), hex.EncodeToString(sum[:])), nil)
}

func (s sender) begun(name string, content []byte) (u rest.Upload) {
	s.t.Helper()
	read(s.t, s.begin(name, content), http.StatusOK, &u)
	return u
}

func (s sender) chunk(id string, offset int64, chunk []byte) apitest.Page {
	return s.Send(http.MethodPut, fmt.Sprintf("%s/%s?offset=%d", s.home, id, offset), bytes.NewReader(chunk), http.Header{"Content-Type": {"application/octet-stream"}, "Accept": {"application/json"}})
}

// all sends what is still wanted of a content.
func (s sender) all(u rest.Upload, content []byte) rest.Upload {
	s.t.Helper()
	for u.Offset < u.Size {
		read(s.t, s.chunk(u.ID, u.Offset, content[u.Offset:min(u.Offset+int64(u.Chunk), u.Size)]), http.StatusOK, &u)
	}
	return u
}

func (s sender) finish(id, body string) apitest.Page {
	return s.JSON(http.MethodPost, s.home+"/"+id+"/finish", body, nil)
}

// texts is a content of so many bytes.
func texts(begins string, size int) []byte {
	return []byte(begins + strings.Repeat(".", size-len(begins)))
}

func TestAProgramSendsAFileInChunks(t *testing.T) {
	w := apitest.New(t)
	s := sends(t, w, apitest.ContributorA, w.A.ID)
	content := texts("A plan", 2*evidence.ChunkSize+5)
	u := s.begun("plan.txt", content)
	if u.Offset != 0 || u.Size != int64(len(content)) || u.Chunk != evidence.ChunkSize || !u.Expires.After(w.Pages.Now()) {
		t.Fatalf("%+v", u)
	}
	var d problem.Detail
	for name, x := range map[string]struct {
		page   apitest.Page
		status int
		offset int64 // -1 for none
	}{
		"a chunk too far":           {s.chunk(u.ID, evidence.ChunkSize, content[evidence.ChunkSize:2*evidence.ChunkSize]), 409, 0},
		"a negative offset":         {s.chunk(u.ID, -1, content[:evidence.ChunkSize]), 409, 0},
		"half a chunk":              {s.chunk(u.ID, 0, content[:100]), 422, -1},
		"an empty chunk":            {s.chunk(u.ID, 0, nil), 400, -1},
		"a chunk and a byte":        {s.chunk(u.ID, 0, content[:evidence.ChunkSize+1]), 422, -1},
		"a vast chunk":              {s.chunk(u.ID, 0, content), 413, -1},
		"an offset that is none":    {s.Send(http.MethodPut, s.home+"/"+u.ID+"?offset=x", strings.NewReader("x"), http.Header{"Content-Type": {"application/octet-stream"}}), 422, -1},
		"the end before the end":    {s.finish(u.ID, `{}`), 409, 0},
		"a chunk of nothing":        {s.chunk("nothing", 0, content[:evidence.ChunkSize]), 404, -1},
		"a program":                 {s.begin("plan.exe", content), 422, -1},
		"more than 10 MB":           {s.JSON(http.MethodPost, s.home, `{"name":"a.txt","size":10485761,"key":"k"}`, nil), 422, -1},
		"less than nothing":         {s.JSON(http.MethodPost, s.home, `{"name":"a.txt","size":-1,"key":"k"}`, nil), 422, -1},
		"no key":                    {s.JSON(http.MethodPost, s.home, `{"name":"a.txt","size":1,"key":""}`, nil), 422, -1},
		"a colleague":               {sends(t, w, apitest.CoordinatorA, w.A.ID).chunk(u.ID, 0, content[:evidence.ChunkSize]), 404, -1},
		"another city":              {sends(t, w, apitest.CoordinatorB, w.A.ID).chunk(u.ID, 0, content[:evidence.ChunkSize]), 404, -1},
		"another city, at its own":  {sends(t, w, apitest.CoordinatorB, w.B.ID).chunk(u.ID, 0, content[:evidence.ChunkSize]), 404, -1},
		"the end by another city":   {sends(t, w, apitest.CoordinatorB, w.B.ID).finish(u.ID, `{}`), 404, -1},
		"an analyst":                {sends(t, w, apitest.Analyst, w.A.ID).chunk(u.ID, 0, content[:evidence.ChunkSize]), 403, -1},
		"a piece of nobody's":       {s.finish(u.ID, `{"piece":"nothing"}`), 404, -1},
		"a field nobody asked for":  {s.finish(u.ID, `{"city":"x"}`), 422, -1},
		"the whole of another city": {sends(t, w, apitest.CoordinatorB, w.B.ID).JSON(http.MethodGet, "/api/v1/assessments/"+w.B.ID+"/evidence/uploads/"+u.ID, "", nil), 404, -1},
	} {
		d = problem.Detail{}
		read(t, x.page, x.status, &d)
		if d.Saved || x.offset >= 0 && (d.Offset == nil || *d.Offset != x.offset) || x.offset < 0 && d.Offset != nil {
			t.Errorf("%s: %s", name, x.page.Body)
		}
	}
	read(t, s.chunk(u.ID, 0, content[:evidence.ChunkSize]), http.StatusOK, &u)
	read(t, s.chunk(u.ID, 0, content[:evidence.ChunkSize]), http.StatusConflict, &d) // as when the reply was lost
	if d.Offset == nil || *d.Offset != evidence.ChunkSize {
		t.Errorf("%+v", d)
	}
	if again := s.begun("plan.txt", content); again.ID != u.ID || again.Offset != evidence.ChunkSize {
		t.Errorf("%+v", again)
	}
	u = s.all(u, content)
	var known rest.Upload
	read(t, s.JSON(http.MethodGet, s.home+"/"+u.ID, "", nil), http.StatusOK, &known)
	if known.Offset != known.Size {
		t.Errorf("%+v", known)
	}
	var added struct {
		Evidence rest.Evidence
		Same     bool
	}
	read(t, s.finish(u.ID, `{"title":"`+strings.Repeat("long ", 100)+`"}`), http.StatusUnprocessableEntity, &d) // which costs nothing
	read(t, s.finish(u.ID, `{"title":"The plan","indicator":"MR-07","passage":"line 1"}`), http.StatusOK, &added)
	if added.Same || added.Evidence.Title != "The plan" || added.Evidence.Size != int64(len(content)) {
		t.Errorf("%+v", added)
	}
	first := added.Evidence.ID
	read(t, s.finish(u.ID, `{"title":"The plan","indicator":"MR-07","passage":"line 1"}`), http.StatusOK, &added)
	if added.Evidence.ID != first {
		t.Errorf("finished twice it is two pieces: %+v", added)
	}
	b, err := w.Store.Beside(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || len(b.Citations) != 1 || b.Citations[0].Passage != "line 1" {
		t.Errorf("%+v %v", b.Citations, err)
	}
	second := texts("Another plan", evidence.ChunkSize)
	read(t, s.finish(s.all(s.begun("plan.txt", second), second).ID, `{"piece":"`+first+`"}`), http.StatusOK, &added)
	if added.Evidence.ID != first || added.Evidence.Revision != 2 {
		t.Errorf("%+v", added)
	}
}

func TestTheContentOfChunksIsJudgedAtTheEnd(t *testing.T) {
	w := apitest.New(t)
	s := sends(t, w, apitest.CoordinatorA, w.A.ID)
	for name, content := range map[string][]byte{
		"page.pdf":   texts("<!doctype html><script>x()</script>", evidence.ChunkSize+9),
		"map.png":    texts("<svg onload=x()>", 99),
		"bomb.docx":  texts("PK\x03\x04", 99),
		"letter.pdf": texts("MZ", 99),
	} {
		u := s.all(s.begun(name, content), content)
		var d problem.Detail
		read(t, s.finish(u.ID, `{}`), http.StatusUnprocessableEntity, &d)
		if len(d.Errors) != 1 || d.Errors[0].Location != "file" {
			t.Errorf("%s: %+v", name, d)
		}
		read(t, s.finish(u.ID, `{}`), http.StatusNotFound, &d)
	}
	// What is not what its key says was mixed from two files.
	u, content := s.begun("plan.txt", texts("One", 20)), texts("Two", 20)
	s.all(u, content)
	var d problem.Detail
	read(t, s.finish(u.ID, `{}`), http.StatusUnprocessableEntity, &d)
	if len(d.Errors) != 1 || d.Errors[0].Code != "evidence.file_changed" {
		t.Errorf("%+v", d)
	}
	if _, pieces, err := w.Pages.Proofs.Shelf(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil || len(pieces) > 0 {
		t.Error(pieces, err)
	}
}

func TestTheSixtyFirstFileOfAnHourWaits(t *testing.T) {
	w := apitest.New(t)
	s := sends(t, w, apitest.ContributorA, w.A.ID)
	content := texts("One", 20)
	for i := range 60 {
		if i%2 == 0 {
			s.begun("plan.txt", texts(fmt.Sprint(i), 20))
			s.begun("plan.txt", texts(fmt.Sprint(i), 20)) // goes on with it
			continue
		}
		if p := s.Send(http.MethodPost, strings.TrimSuffix(s.home, "uploads")+"files?name=plan.txt", bytes.NewReader(content), http.Header{"Content-Type": {"application/octet-stream"}, "Accept": {"application/json"}}); p.Status != http.StatusOK {
			t.Fatal(i, p.Status, p.Body)
		}
	}
	said := map[string]bool{}
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		if err := w.Store.SetLanguage(context.Background(), w.Accounts[apitest.ContributorA].ID, survey.Language(lang)); err != nil {
			t.Fatal(err)
		}
		p := s.begin("new.txt", content)
		var d problem.Detail
		read(t, p, http.StatusTooManyRequests, &d)
		wait, err := strconv.Atoi(p.Header.Get("Retry-After"))
		if err != nil || wait < 3000 || wait > 3600 || d.Code != "evidence.too_many_files" || !strings.Contains(d.Detail, "60") || said[d.Detail] {
			t.Errorf("%s: %+v, wait %d", lang, d, wait)
		}
		said[d.Detail] = true
	}
	sends(t, w, apitest.CoordinatorA, w.A.ID).begun("plan.txt", content)
}
