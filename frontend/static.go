package frontend

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// built holds what build.mjs wrote: hashed files for browsers, the chart engine and its measuring fonts.
//
//go:embed all:static
var built embed.FS

// ErrNotBuilt says that this program was compiled before the front end.
var ErrNotBuilt = errors.New("the front end is not built: run `make build` (it needs Node 20 or later), then build the program again")

// Built is the folder static: what chart.New needs (engine.js.gz and the measuring fonts).
// Browsers get only what Static serves.
func Built() fs.FS {
	sub, err := fs.Sub(built, "static")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// Static serves the built files for browsers below /static/ under names that contain a hash of their content,
// so that they may be kept for ever. It lists no folder and serves nothing that the manifest does not name.
type Static struct {
	urls  map[string]string
	files map[string]file
}

// file is one served file. It is kept in its compressed forms; plain stands only where gz saves nothing.
type file struct {
	kind          string
	plain, br, gz []byte
}

// whole is the file as it is. Nearly every browser takes a compressed form, so that it is seldom asked for.
func (f file) whole() ([]byte, error) {
	if f.gz == nil {
		return f.plain, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(f.gz))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// kinds are the content types of all that is served.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".txt": "text/plain; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
}

// NewStatic reads the manifest of the embedded files. The error is ErrNotBuilt when they are missing.
func NewStatic() (*Static, error) {
	return newStatic(Built())
}

func newStatic(folder fs.FS) (*Static, error) {
	data, err := fs.ReadFile(folder, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest of the front end: %w", err)
	}
	var manifest struct {
		URLs  map[string]string
		Files []string
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, fmt.Errorf("read the manifest of the front end: %w", err)
	}
	s := &Static{urls: manifest.URLs, files: make(map[string]file, len(manifest.Files))}
	for _, name := range manifest.Files {
		f := file{kind: kinds[path.Ext(name)]}
		if f.kind == "" {
			return nil, fmt.Errorf("no content type for %s", name)
		}
		for ending, form := range map[string]*[]byte{"": &f.plain, ".br": &f.br, ".gz": &f.gz} {
			if *form, err = fs.ReadFile(folder, name+ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
		if f.plain == nil && f.gz == nil {
			return nil, fmt.Errorf("%w (%s is missing)", ErrNotBuilt, name)
		}
		s.files[name] = f
	}
	return s, nil
}

// URL is the address of a built file by its plain name, such as "app.css". An unknown name is our own mistake: it panics.
func (s *Static) URL(name string) string {
	hashed, ok := s.urls[name]
	if !ok {
		panic(fmt.Sprintf("frontend: no built file %q", name))
	}
	return "/static/" + hashed
}

// ServeHTTP answers GET and HEAD below /static/, compressed as the browser can take it.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[strings.TrimPrefix(r.URL.Path, "/static/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	var body []byte
	var encoding string
	accept := r.Header.Get("Accept-Encoding")
	switch {
	case f.br != nil && accepts(accept, "br"):
		body, encoding = f.br, "br"
	case f.gz != nil && accepts(accept, "gzip"):
		body, encoding = f.gz, "gzip"
	default:
		var err error
		if body, err = f.whole(); err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodGet {
		w.Write(body) //nolint:errcheck // the browser went away: nobody is left to tell
	}
}

// accepts reads an Accept-Encoding header (RFC 9110, 12.5.3): is this coding named with a weight other than 0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		_, q, found := strings.Cut(weight, "=")
		if !found {
			return true
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return err == nil && value > 0
	}
	return false
}
