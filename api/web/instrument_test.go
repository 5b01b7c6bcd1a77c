package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestEverybodyReadsTheWholeQuestionnaire(t *testing.T) {
	w := apitest.New(t)
	path := "/instruments/" + w.Instrument.Name()
	for _, lang := range []string{"en", "ar"} {
		page := w.Client("").Send(http.MethodGet, path, nil, http.Header{"Accept-Language": {lang}})
		if page.Status != http.StatusOK {
			t.Fatalf("status %d", page.Status)
		}
		for _, q := range w.Instrument.All() {
			if !strings.Contains(page.Body, `id="`+q.ID+`"`) {
				t.Errorf("%s: there is no %s", lang, q.ID)
			}
		}
		// The limit: the whole of the 90 questions on a slow line (product/performance.md).
		if page.Wire > 61*1024 {
			t.Errorf("%s: %d bytes on the wire, at most %d", lang, page.Wire, 61*1024)
		}
	}
	arabic := w.Client("").Send(http.MethodGet, path, nil, http.Header{"Accept-Language": {"ar"}})
	contains(t, arabic.Body, `<span lang="en" dir="ltr">`)
	contains(t, w.Client("").Get("/instruments").Body, `href="`+path+`"`, "90 questions")
}

func TestTheQuestionnaireAsAFile(t *testing.T) {
	w := apitest.New(t)
	for _, test := range []struct {
		format, kind, name string
		good               func(body string) bool
	}{
		{"yaml", "application/yaml", "urban-migof-1.0.0.yaml", func(b string) bool { return b == string(w.Instrument.Source) }},
		{"json", "application/json", "urban-migof-1.0.0.json", func(b string) bool { return json.Valid([]byte(b)) && strings.Contains(b, `"MR-01"`) }},
		{"markdown", "text/markdown; charset=utf-8", "urban-migof-1.0.0-fr.md", func(b string) bool { return strings.Contains(b, "Cadre de gouvernance urbaine des migrations") }},
	} {
		page := w.Client("").Send(http.MethodGet, "/instruments/"+w.Instrument.Name()+"/file/"+test.format, nil, http.Header{"Accept-Language": {"fr"}})
		if page.Status != http.StatusOK || page.Header.Get("Content-Type") != test.kind || page.Header.Get("Content-Disposition") != "attachment; filename="+test.name || !test.good(page.Body) {
			t.Errorf("%s: %d %v", test.format, page.Status, page.Header)
		}
	}
}
