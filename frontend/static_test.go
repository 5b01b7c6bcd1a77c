package frontend

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

func open(t *testing.T) *Static {
	t.Helper()
	s, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStaticServes(t *testing.T) {
	s := open(t)
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		kind, encoding             string
		body                       bool
	}{
		{"the stylesheet as it is", "GET", s.URL("app.css"), "", 200, "text/css; charset=utf-8", "", true},
		{"brotli where both are offered", "GET", s.URL("app.css"), "gzip, deflate, br, zstd", 200, "text/css; charset=utf-8", "br", true},
		{"gzip to a browser without brotli", "GET", s.URL("app.css"), "gzip;q=0.8, deflate", 200, "text/css; charset=utf-8", "gzip", true},
		{"nothing compressed where the browser refuses it", "GET", s.URL("app.css"), "br;q=0, gzip; q=0.0", 200, "text/css; charset=utf-8", "", true},
		{"a script with the type that nosniff asks for", "GET", s.URL("app.js"), "", 200, "text/javascript; charset=utf-8", "", true},
		{"a head without a body", "HEAD", s.URL("app.css"), "br", 200, "text/css; charset=utf-8", "br", false},
		{"no folder listing", "GET", "/static/", "", 404, "", "", true},
		{"no name without its hash", "GET", "/static/app.css", "", 404, "", "", true},
		{"not the chart engine", "GET", "/static/engine.js.gz", "", 404, "", "", true},
		{"not the measuring fonts", "GET", "/static/measure-latin-400.ttf.gz", "", 404, "", "", true},
		{"not the compressed form by its own name", "GET", s.URL("app.css") + ".br", "", 404, "", "", true},
		{"no way up", "GET", "/static/../static.go", "", 404, "", "", true},
		{"no post", "POST", s.URL("app.css"), "", 405, "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, "http://x/", nil)
			r.URL.Path = test.path
			if test.accept != "" {
				r.Header.Set("Accept-Encoding", test.accept)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Fatalf("status %d, want %d", w.Code, test.status)
			}
			if (w.Body.Len() > 0) != test.body {
				t.Errorf("a body of %d bytes", w.Body.Len())
			}
			if test.status != http.StatusOK {
				return
			}
			for header, want := range map[string]string{
				"Content-Type":           test.kind,
				"Content-Encoding":       test.encoding,
				"Cache-Control":          "public, max-age=31536000, immutable",
				"X-Content-Type-Options": "nosniff",
				"Vary":                   "Accept-Encoding",
			} {
				if got := w.Header().Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
		})
	}
}

// Whoever takes no compressed form gets what the compressed ones hold.
func TestTheStylesheetIsTheSameInEveryForm(t *testing.T) {
	s := open(t)
	get := func(accept string) []byte {
		r := httptest.NewRequest(http.MethodGet, s.URL("app.css"), nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if length := w.Header().Get("Content-Length"); length != strconv.Itoa(w.Body.Len()) {
			t.Errorf("%q: %s bytes are promised, %d come", accept, length, w.Body.Len())
		}
		return w.Body.Bytes()
	}
	plain := get("")
	z, err := gzip.NewReader(bytes.NewReader(get("gzip")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, plain) || !bytes.Contains(plain, []byte("@layer")) {
		t.Errorf("%d bytes as they are, %d in gzip (%v)", len(plain), len(got), err)
	}
}

// least is what a browser that takes every form loads.
func (f file) least() int {
	switch {
	case f.br != nil:
		return len(f.br)
	case f.gz != nil:
		return len(f.gz)
	}
	return len(f.plain)
}

// The limits are those of design/screens/DESIGN.md 3 (stylesheet), design/stack.md 4 (charts).
func TestBuiltFilesKeepTheirLimits(t *testing.T) {
	s := open(t)
	for _, test := range []struct {
		name  string
		limit int
	}{
		{"app.css", 14 << 10},
		{"app.js", 4 << 10},
		{"upload.js", 3 << 10}, // on the pages of evidence only
	} {
		size := s.files[s.urls[test.name]].least()
		if size > test.limit {
			t.Errorf("%s is %d bytes compressed, the limit is %d", test.name, size, test.limit)
		}
	}
	all := 0
	for name, f := range s.files {
		if strings.HasSuffix(name, ".js") {
			all += f.least()
		}
	}
	if limit := 190 << 10; all > limit {
		t.Errorf("all scripts together are %d bytes compressed, the limit is %d", all, limit)
	}
}

func TestStylesheetStaysWithinTheContentPolicy(t *testing.T) {
	s := open(t)
	whole, err := s.files[s.urls["app.css"]].whole()
	if err != nil {
		t.Fatal(err)
	}
	css := string(whole)
	for _, foreign := range []string{"url(http", "@import", "@font-face", "expression("} {
		if strings.Contains(css, foreign) {
			t.Errorf("the stylesheet contains %q", foreign)
		}
	}
}

func TestMissingAssetsSayWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name   string
		folder fstest.MapFS
	}{
		{"nothing was built", fstest.MapFS{".gitkeep": {}}},
		{"a file of the manifest is missing", fstest.MapFS{"manifest.json": {Data: []byte(`{"urls":{"app.css":"a.css"},"files":["a.css"]}`)}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newStatic(test.folder)
			if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "make build") {
				t.Errorf("the error is %v", err)
			}
		})
	}
	if _, err := newStatic(fstest.MapFS{"manifest.json": {Data: []byte("{")}}); err == nil {
		t.Error("a broken manifest was read")
	}
}

func TestUnknownNamePanics(t *testing.T) {
	s := open(t)
	defer func() {
		if recover() == nil {
			t.Error("an unknown name got an address")
		}
	}()
	s.URL("nothing.css")
}
