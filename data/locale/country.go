package locale

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// regions are the names of countries in each language. Named one by one, the dictionaries of the other languages stay out of the program.
var regions = map[string]display.Namer{
	"en": display.English.Regions(), "fr": display.French.Regions(), "es": display.Spanish.Regions(), "ar": display.Arabic.Regions(),
}

// Country is the name of a country (ISO 3166-1 alpha-2); of an invented code, the code.
func (w *Words) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return code
	}
	if name := regions[w.lang].Name(region); name != "" {
		return name
	}
	return code
}
