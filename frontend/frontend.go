// Package frontend knows what people see: pages, scripts, style. It renders a page whole or not at all, in the reader's language.
package frontend

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"strings"
	"sync"
	"time"

	"migov/assessment/survey"
	"migov/data/locale"
)

//go:embed templates
var templates embed.FS

// Site holds every page in every language. It is safe for concurrent use.
type Site struct {
	Words  *locale.Bundle
	Static *Static
	pages  map[string]map[string]func() (*template.Template, error) // language, name of the page
	pool   sync.Pool
}

// New parses what all pages share, once for each language. Each page is parsed in a language when it is first wanted there:
// all of them in all languages would take as much memory as the rest of the program.
func New(words *locale.Bundle, static *Static) (*Site, error) {
	s := &Site{Words: words, Static: static, pages: map[string]map[string]func() (*template.Template, error){}}
	s.pool.New = func() any { return new(bytes.Buffer) }
	names, err := fs.Glob(templates, "templates/page/*.html")
	if err != nil {
		return nil, err
	}
	for _, lang := range locale.Languages {
		base, err := template.New("layout.html").Funcs(s.functions(lang)).Option("missingkey=error").
			ParseFS(templates, "templates/layout.html", "templates/part/*.html")
		if err != nil {
			return nil, err
		}
		s.fold(base, lang)
		s.pages[lang] = map[string]func() (*template.Template, error){}
		for _, file := range names {
			s.pages[lang][strings.TrimSuffix(path.Base(file), ".html")] = sync.OnceValues(func() (*template.Template, error) { return s.parse(base, lang, file) })
		}
	}
	return s, nil
}

// parse makes a page in a language.
func (s *Site) parse(base *template.Template, lang, file string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, err
	}
	if _, err := page.ParseFS(templates, file); err != nil {
		return nil, err
	}
	s.fold(page, lang)
	return page.Funcs((&memo{page: page, words: s.Words.In(lang)}).functions()), nil
}

// Names lists the pages.
func (s *Site) Names() (names []string) {
	for name := range s.pages[locale.Languages[0]] {
		names = append(names, name)
	}
	return names
}

// Render returns a page in a language. Each page takes one struct made for it, with a Frame inside; nothing is sent
// when something is missing.
func (s *Site) Render(lang, name string, page any) ([]byte, error) {
	parsed, ok := s.pages[lang][name]
	if !ok {
		return nil, fmt.Errorf("there is no page %q in language %q", name, lang)
	}
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	b := s.pool.Get().(*bytes.Buffer)
	defer s.pool.Put(b)
	b.Reset()
	if err := t.ExecuteTemplate(b, "layout", page); err != nil {
		return nil, fmt.Errorf("page %s in %s: %w", name, lang, err)
	}
	return bytes.Clone(b.Bytes()), nil
}

// Said is a text of an instrument in the language it is really in.
type Said struct {
	Text, Lang, Dir string
	Foreign         bool // in another language than the page
}

// Say picks the language of a text of an instrument for a page in lang.
func Say(t survey.Text, lang string) Said {
	text, real := t.In(survey.Language(lang))
	out := Said{Text: text, Lang: string(real), Dir: "ltr", Foreign: text != "" && string(real) != lang}
	if real.RightToLeft() {
		out.Dir = "rtl"
	}
	return out
}

// functions are what templates may call, bound to one language.
func (s *Site) functions(lang string) template.FuncMap {
	w := s.Words.In(lang)
	all := template.FuncMap{
		"t":      w.T,
		"n":      w.N,
		"date":   w.Date,
		"time":   w.Time,
		"moment": w.Moment,
		"num":    w.Number,
		"int":    w.Int,
		"tp":     func(begins string, rest any) string { return w.T(begins + text(rest)) },
		"in":     func(t survey.Text) Said { return Say(t, lang) },
		"said":   func(t survey.Text) template.HTML { return said(Say(t, lang)) },
		"url":    s.Static.URL,
		"dict":   dict,
		"isnull": func(t time.Time) bool { return t.IsZero() },
		"add":    func(a, b int) int { return a + b },
		"lower":  strings.ToLower,
		"langs":  func() []string { return locale.Languages },
		"tongue": func(l string) string { return locale.Names[l] },
		"dirof":  func(l string) string { return s.Words.In(l).Dir() },
	}
	maps.Copy(all, new(memo).functions()) // each page has its own
	return all
}

// dict makes the argument of a part out of names and values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes pairs, got %d values", len(pairs))
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}
