// Package locale says messages in the reader's language: by key, with plurals, numbers and dates. The messages lie in
// flat files, one group for each page or package and language, such as section.fr.json.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Languages are the languages of the interface, in the order in which they are offered; the first is the source.
var Languages = []string{"en", "fr", "es", "ar"}

// Names are the names of the languages in themselves.
var Names = map[string]string{"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}

// Bundle holds every message in every language. It is safe for concurrent use.
type Bundle struct {
	words    map[string]*Words
	reviewed map[string]map[string]bool
}

// Words says messages in one language.
type Words struct {
	lang     string
	plain    map[string]string // messages that take no values
	dynamic  map[string]bool   // messages that take values
	local    *i18n.Localizer
	reviewed map[string]bool
	fallback *Words
}

// Load reads the embedded messages.
func Load() (*Bundle, error) {
	bundle := i18n.NewBundle(language.English)
	b := &Bundle{words: map[string]*Words{}}
	raw, err := files.ReadFile("reviewed.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &b.reviewed); err != nil {
		return nil, fmt.Errorf("reviewed.json: %w", err)
	}
	for _, l := range Languages {
		b.words[l] = &Words{lang: l, plain: map[string]string{}, dynamic: map[string]bool{}, reviewed: b.reviewed[l]}
	}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		l := languageOf(e.Name())
		w, ok := b.words[l]
		if !ok {
			continue
		}
		raw, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		parsed, err := bundle.ParseMessageFileBytes(raw, e.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		for _, m := range parsed.Messages {
			if plain(m) {
				w.plain[m.ID] = m.Other
			} else {
				w.dynamic[m.ID] = true
			}
		}
	}
	for _, l := range Languages {
		b.words[l].local = i18n.NewLocalizer(bundle, l, "en")
		if l != "en" {
			b.words[l].fallback = b.words["en"]
		}
	}
	return b, nil
}

// languageOf returns the language in the name of a message file, "fr" for section.fr.json.
func languageOf(name string) string {
	return strings.TrimPrefix(path.Ext(strings.TrimSuffix(name, ".json")), ".")
}

// plain tells whether a message takes neither values nor a count.
func plain(m *i18n.Message) bool {
	return m.Zero+m.One+m.Two+m.Few+m.Many == "" && !strings.Contains(m.Other, "{{")
}

// In returns the words of a language; English for one that is not offered.
func (b *Bundle) In(lang string) *Words {
	if w, ok := b.words[lang]; ok {
		return w
	}
	return b.words["en"]
}

// Lang returns the two-letter code of the language.
func (w *Words) Lang() string { return w.lang }

// Dir returns the direction of writing, "ltr" or "rtl".
func (w *Words) Dir() string {
	if w.lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Has tells whether the language itself has a message.
func (w *Words) Has(key string) bool {
	_, ok := w.plain[key]
	return ok || w.dynamic[key]
}

// Reviewed tells whether a person has reviewed the translation of a message.
func (w *Words) Reviewed(key string) bool { return w.reviewed[key] }

// T says a message. Values come as pairs of name and value: T("section.count", "Done", 3, "Total", 4). A message that
// is missing in the language is said in English; one that is missing there too is its key between brackets, which a
// test of the pages looks for.
func (w *Words) T(key string, pairs ...any) string {
	if s, ok := w.plain[key]; ok {
		return s
	}
	return w.say(key, nil, args(pairs))
}

// With says a message with its values by name.
func (w *Words) With(key string, values map[string]any) string {
	if s, ok := w.plain[key]; ok {
		return s
	}
	return w.say(key, nil, values)
}

// N says a message that has plural forms. The count is the value {{.Count}} of the message too.
func (w *Words) N(key string, count int, pairs ...any) string {
	values := args(pairs)
	values["Count"] = count
	return w.say(key, count, values)
}

func (w *Words) say(key string, count any, values map[string]any) string {
	if !w.dynamic[key] {
		if w.fallback != nil {
			return w.fallback.With(key, values)
		}
		if s, ok := w.plain[key]; ok {
			return s
		}
		return "⟨" + key + "⟩"
	}
	for k, v := range values {
		values[k] = w.shown(v)
	}
	s, err := w.local.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: count})
	if err != nil {
		return "⟨" + key + "⟩"
	}
	return s
}

func args(pairs []any) map[string]any {
	values := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return values
}
