package locale

import "golang.org/x/text/language"

// PlaceNames returns what something that is said of cities is called in every language: a country, by its letters, or what the
// messages place.KIND_CODE name. A country has its three letters (ISO 3166-1 alpha-3) among its names.
func (b *Bundle) PlaceNames(kind, code string) (names []string) {
	if kind == "country" {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() || region.String() != code {
			return nil
		}
		for _, l := range Languages {
			names = append(names, b.In(l).Country(code))
		}
		return append(names, region.ISO3())
	}
	for _, l := range Languages {
		if w := b.In(l); w.Has("place." + kind + "_" + code) {
			names = append(names, w.T("place."+kind+"_"+code))
		}
	}
	return names
}
