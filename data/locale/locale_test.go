package locale

import (
	"encoding/json"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// plurals are the plural categories of each language that a message with plural forms must have (CLDR 44; the category
// "many" of French and Spanish is for millions and never occurs in the counts of this product).
var plurals = map[string][]string{"en": {"one", "other"}, "fr": {"one", "other"}, "es": {"one", "other"}, "ar": {"few", "many", "one", "other", "two", "zero"}}

func group(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	raw, err := files.ReadFile(name)
	if err != nil {
		t.Fatalf("a group is missing in a language: %v", err)
	}
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := map[string]map[string]string{}
	for key, v := range loose {
		out[key] = map[string]string{}
		switch x := v.(type) {
		case string:
			out[key][""] = x
		case map[string]any:
			for form, s := range x {
				out[key][form] = s.(string)
			}
		default:
			t.Errorf("%s: %s is neither text nor plural forms", name, key)
		}
	}
	return out
}

var value = regexp.MustCompile(`{{[^}]*}}`)

func values(s string) []string {
	v := value.FindAllString(s, -1)
	sort.Strings(v)
	return slices.Compact(v)
}

func TestEveryLanguageHasEveryMessage(t *testing.T) {
	entries, _ := files.ReadDir(".")
	groups := 0
	for _, e := range entries {
		name, english := strings.CutSuffix(e.Name(), ".en.json")
		if !english {
			continue
		}
		groups++
		source := group(t, e.Name())
		for _, l := range Languages {
			there := group(t, name+"."+l+".json")
			for key, forms := range source {
				if !strings.HasPrefix(key, name+".") {
					t.Errorf("%s: the key %s does not begin with its group", e.Name(), key)
				}
				other, ok := there[key]
				if !ok {
					t.Errorf("%s.%s.json lacks %s", name, l, key)
					continue
				}
				checkForms(t, name, l, key, forms, other)
			}
			for key := range there {
				if _, ok := source[key]; !ok {
					t.Errorf("%s.%s.json has %s, which English lacks", name, l, key)
				}
			}
		}
	}
	if groups == 0 {
		t.Fatal("there are no messages")
	}
}

func checkForms(t *testing.T, name, l, key string, source, there map[string]string) {
	t.Helper()
	if _, plain := source[""]; plain {
		if there[""] == "" {
			t.Errorf("%s.%s.json: %s is empty or has plural forms where English has none", name, l, key)
		}
		if !slices.Equal(values(source[""]), values(there[""])) {
			t.Errorf("%s.%s.json: %s takes %v, English %v", name, l, key, values(there[""]), values(source[""]))
		}
		return
	}
	for _, form := range plurals[l] {
		if there[form] == "" {
			t.Errorf("%s.%s.json: %s lacks the plural form %s", name, l, key, form)
		}
	}
	for _, v := range values(there["other"]) {
		if !strings.Contains(source["other"], v) {
			t.Errorf("%s.%s.json: %s takes %s, English does not", name, l, key, v)
		}
	}
}

func TestDatesAndNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 12, 18, 14, 3, 0, 0, time.UTC)
	for lang, want := range map[string][3]string{
		"en": {"18 December 2026", "12,345.5", "\u22123"},
		"fr": {"18 décembre 2026", "12\u202f345,5", "\u22123"},
		"es": {"18 de diciembre de 2026", "12\u00a0345,5", "\u22123"},
		"ar": {"18 ديسمبر 2026", "12,345.5", "\u22123"},
	} {
		w := b.In(lang)
		got := [3]string{w.Date(day), w.Number(12345.5, 1), w.Int(-3)}
		if got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	for lang, want := range map[string]string{"en": "18 December 2026, 14:03 UTC", "ar": "18 ديسمبر 2026\u060c 14:03 UTC"} {
		if got := b.In(lang).Moment(day); got != want {
			t.Errorf("moment in %s: %q, want %q", lang, got, want)
		}
	}
	if got := b.In("xx").Lang(); got != "en" {
		t.Errorf("a language that is not offered falls back to %q", got)
	}
}

func TestAMessageThatIsMissingIsSeen(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Languages {
		if got := b.In(l).T("nowhere.at_all"); got != "⟨nowhere.at_all⟩" {
			t.Errorf("%s: %q", l, got)
		}
	}
}
