package locale_test

import (
	"testing"

	"migov/assessment/account"
	"migov/data/locale"
)

func TestAPersonWhoWasErasedIsSaidInEachLanguage(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, lang := range locale.Languages {
		w := words.In(lang)
		said := w.Name(account.FormerName(3))
		if seen[said] || said == account.FormerName(3) {
			t.Errorf("%s: %q", lang, said)
		}
		seen[said] = true
		for _, name := range []string{"", "Housing", "former", "former:", "former:x"} {
			if got := w.Name(name); got != name {
				t.Errorf("%q is said as %q", name, got)
			}
		}
	}
}
