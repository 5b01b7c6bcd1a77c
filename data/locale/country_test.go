package locale_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"migov/data/locale"
)

var updateCountries = flag.Bool("countries", false, "write the names of countries anew from the CLDR")

// The names are those of the CLDR, complete in each language, so that a newer CLDR shows here.
func TestCountriesAreCalledAsInTheCLDR(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages {
		names, want := display.Regions(language.Make(lang)), map[string]string{}
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				code := string([]rune{a, b})
				region, err := language.ParseRegion(code)
				if err != nil || !region.IsCountry() || region.String() != code || region.Canonicalize() != region {
					continue
				}
				if name := names.Name(region); name != "" && name != code {
					want["country."+code] = name
				}
			}
		}
		if *updateCountries {
			text, err := json.MarshalIndent(want, "", " ")
			if err == nil {
				err = os.WriteFile("country."+lang+".json", append(text, '\n'), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		if len(want) < 240 {
			t.Fatalf("%s: the CLDR has %d countries", lang, len(want))
		}
		for key, name := range want {
			if got := words.In(lang).Country(key[len("country."):]); got != name {
				t.Errorf("%s in %s is %q, want %q", key, lang, got, name)
			}
		}
		if got := words.In(lang).Country("XE"); got != "XE" {
			t.Errorf("an invented country in %s is %q", lang, got)
		}
	}
}
