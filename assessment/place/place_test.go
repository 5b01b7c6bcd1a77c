package place_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"migov/assessment/place"
	"migov/data/locale"
)

func names(t testing.TB, further ...string) *place.Names {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return place.NewNames(words.PlaceNames, []string{"name", "country", "population"}, further...)
}

// TestTheCountriesAreThoseOfISO compares with the tables of the Unicode consortium (CLDR, in x/text), which keep the codes of
// ISO 3166 and the regions of UN M49.
func TestTheCountriesAreThoseOfISO(t *testing.T) {
	if all := place.Countries(); len(all) != 249+1 {
		t.Errorf("%d countries, not 249 and Kosovo", len(all))
	}
	// CLDR counts these islands to a region of its own (outlying Oceania); M49 has them where they stand here.
	outlying := []string{"BV", "CC", "CX", "GS", "HM", "IO", "TF", "UM"}
	// These are exceptionally reserved: CLDR knows them, but they are not assigned.
	reserved := []string{"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "TA", "UK", "UN"}
	for _, code := range place.Countries() {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || slices.Contains(reserved, code) {
			t.Errorf("%s is not assigned", code)
			continue
		}
		want := ""
		for _, r := range place.Regions() {
			if language.MustParseRegion(r).Contains(region) {
				want = r
			}
		}
		if got := place.RegionOf(code); got != want && !slices.Contains(outlying, code) {
			t.Errorf("%s lies in %q, in CLDR in %q", code, got, want)
		}
	}
}

func TestEverythingHasANameInFourLanguages(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for kind, codes := range map[string][]string{place.Country: place.Countries(), place.Region: place.Regions(), place.Role: place.Roles, place.Income: place.Incomes} {
		for _, code := range codes {
			if said := words.PlaceNames(kind, code); len(said) < len(locale.Languages) || slices.Contains(said, "") {
				t.Errorf("%s %s: %q", kind, code, said)
			}
		}
	}
}

func TestPopulationsAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		says, typed string
		want        int
		key         string
	}{
		{"figures alone", "1234567", 1234567, ""},
		{"nothing", "  ", 0, ""},
		{"blanks", "1 234 567", 1234567, ""},
		{"narrow blanks that do not break", "1\u202f234\u202f567", 1234567, ""},
		{"two kinds of blanks", "1\u00a0234 567", 1234567, ""},
		{"dots", "1.234.567", 1234567, ""},
		{"commas", "1,234,567", 1234567, ""},
		{"apostrophes", "1’234’567", 1234567, ""},
		{"one group", "250.000", 250000, ""},
		{"Arabic figures", "١٬٢٣٤٬٥٦٧", 1234567, ""},
		{"Persian figures", "۱۲۳۴۵۶", 123456, ""},
		{"marks of direction around it", "\u200f١٢٣\u200f", 123, ""},
		{"in words", "two million", 0, "cities.population_words"},
		{"in words in Arabic", "مليونان", 0, "cities.population_words"},
		{"figures and a word", "1.2 million", 0, "cities.population_words"},
		{"about", "~250000", 0, "cities.population_words"},
		{"other figures, whose values nobody here knows", "𝟏𝟐𝟑", 0, "cities.population_words"},
		{"decimals", "250.5", 0, "cities.population_whole"},
		{"dots and commas", "1,234.567", 0, "cities.population_whole"},
		{"a group that is too long", "1.2345.678", 0, "cities.population_whole"},
		{"a comma in front", ",250", 0, "cities.population_whole"},
		{"nobody", "0", 0, "cities.population_range"},
		{"fewer than nobody", "-5", 0, "cities.population_range"},
		{"more than any city", "100000001", 0, "cities.population_range"},
		{"more than a machine counts", strings.Repeat("9", 40), 0, "cities.population_range"},
	} {
		if got, key := place.Population(c.typed); got != c.want || key != c.key {
			t.Errorf("%s: %d %q", c.says, got, key)
		}
	}
}

func TestWhatIsSaidOfACityIsReadInFourLanguages(t *testing.T) {
	n := names(t, "XE")
	for _, c := range []struct {
		says  string
		given place.Given
		want  place.Facts
	}{
		{"codes", place.Given{Country: "GH", Region: "011", Locode: "GHACC", Population: "2,388,000", Roles: "transit,origin", Income: "lower_middle"},
			place.Facts{Country: "GH", Region: "011", Locode: "GHACC", Population: 2388000, Roles: []string{"origin", "transit"}, Income: "lower_middle"}},
		{"small letters, a region without its zeros, a LOCODE with a blank", place.Given{Country: "gh", Region: "11", Locode: "gh acc"}, place.Facts{Country: "GH", Region: "011", Locode: "GHACC"}},
		{"nothing", place.Given{}, place.Facts{}},
		{"the region follows from the country", place.Given{Country: "Ghana"}, place.Facts{Country: "GH", Region: "011", Derived: true}},
		{"no region is known of Antarctica", place.Given{Country: "AQ"}, place.Facts{Country: "AQ"}},
		{"an invented country has the region that is given", place.Given{Country: "XE", Region: "Northern Africa"}, place.Facts{Country: "XE", Region: "015"}},
		{"French", place.Given{Country: "cote d'ivoire", Region: "Afrique de l'Ouest", Roles: "Départ; Retour", Income: "revenu intermediaire superieur"},
			place.Facts{Country: "CI", Region: "011", Roles: []string{"origin", "return"}, Income: "upper_middle"}},
		{"Spanish", place.Given{Country: "Perú", Region: "America del Sur", Roles: "Tránsito / destino", Income: "Ingresos altos"},
			place.Facts{Country: "PE", Region: "005", Roles: []string{"transit", "destination"}, Income: "high"}},
		{"Arabic, with and without hamza", place.Given{Country: "الاردن", Region: "غرب آسيا", Roles: "النزوح، المقصد", Income: "دخل متوسط أدنى"},
			place.Facts{Country: "JO", Region: "145", Roles: []string{"destination", "displacement"}, Income: "lower_middle"}},
		{"names of lists of the United Nations", place.Given{Country: "Tanzania, United Republic of"}, place.Facts{Country: "TZ", Region: "014", Derived: true}},
		{"three letters", place.Given{Country: "BRA", Income: "UMC"}, place.Facts{Country: "BR", Region: "005", Derived: true, Income: "upper_middle"}},
		{"a role twice", place.Given{Roles: "origin|Origin|المنشأ"}, place.Facts{Roles: []string{"origin"}}},
	} {
		got, faults := n.Read(c.given)
		if len(faults) > 0 || got.Country != c.want.Country || got.Region != c.want.Region || got.Derived != c.want.Derived || got.Locode != c.want.Locode ||
			got.Population != c.want.Population || !slices.Equal(got.Roles, c.want.Roles) || got.Income != c.want.Income {
			t.Errorf("%s: %+v %v", c.says, got, faults)
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	n := names(t)
	for _, c := range []struct {
		says      string
		given     place.Given
		name, key string
	}{
		{"a country that there is not", place.Given{Country: "Atlantis"}, "country", "cities.country"},
		{"letters of no country", place.Given{Country: "XE"}, "country", "cities.country"},
		{"a continent, which is no region here", place.Given{Region: "Africa"}, "region", "cities.region"},
		{"a region in which the country is not", place.Given{Country: "GH", Region: "015"}, "region", "cities.region_other"},
		{"a LOCODE that is too short", place.Given{Locode: "GHAC"}, "locode", "cities.locode"},
		{"a LOCODE with a figure that is never used", place.Given{Locode: "GHAC1"}, "locode", "cities.locode"},
		{"a LOCODE of another country", place.Given{Country: "GH", Locode: "PELIM"}, "locode", "cities.locode_country"},
		{"a population in words", place.Given{Population: "many"}, "population", "cities.population_words"},
		{"a role that there is not", place.Given{Roles: "origin, port"}, "roles", "cities.role"},
		{"an income group that there is not", place.Given{Income: "rich"}, "income", "cities.income"},
	} {
		_, faults := n.Read(c.given)
		if len(faults) != 1 || faults[0].Name != c.name || faults[0].Key != c.key {
			t.Errorf("%s: %v", c.says, faults)
		}
	}
	if _, faults := n.Read(place.Given{Country: "Atlantis", Population: "many", Roles: "port, harbour"}); len(faults) != 4 {
		t.Errorf("not everything is told at once: %v", faults)
	}
}

func TestACodeIsMadeOfTheName(t *testing.T) {
	for _, c := range []struct{ says, name, country, locode, taken, want string }{
		{"one word", "Accra", "GH", "", "", "accra"},
		{"several words and accents", "São José dos Campos", "BR", "", "", "sao-jose-dos-campos"},
		{"taken by a city elsewhere", "Tripoli", "LY", "LYTIP", "tripoli", "tripoli-ly"},
		{"taken twice", "Tripoli", "LY", "", "tripoli tripoli-ly", "tripoli-2"},
		{"another script", "القاهرة", "EG", "EGCAI", "", "egcai"},
		{"another script without a LOCODE", "القاهرة", "EG", "", "", "eg-city"},
		{"several of these", "طنطا", "EG", "", "eg-city eg-city-2", "eg-city-3"},
		{"two scripts", "Cairo القاهرة", "EG", "EGCAI", "", "egcai"},
		{"a formula", "=SUM(A1)", "GH", "", "", "sum-a1"},
		{"very long", strings.Repeat("Long ", 60), "GH", "", "", "long-long-long-long-long-long"},
		{"one very long word", strings.Repeat("x", 300), "GH", "GHACC", "", "ghacc"},
		{"one letter", "Å", "NO", "", "", "no-city"},
	} {
		taken := strings.Fields(c.taken)
		if got := place.Code(c.name, c.country, c.locode, func(code string) bool { return slices.Contains(taken, code) }); got != c.want {
			t.Errorf("%s: %s", c.says, got)
		}
	}
}
