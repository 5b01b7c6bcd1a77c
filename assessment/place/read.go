package place

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"migov/assessment/fault"
)

// Given is what somebody has written of a city. An empty text says nothing.
type Given struct{ Country, Region, Locode, Population, Roles, Income string }

// Facts are what was read; what nobody has said is empty or 0.
type Facts struct {
	Country    string // ISO 3166-1 alpha-2
	Region     string // UN M49 code of the sub-region
	Derived    bool   // the region follows from the country; nobody wrote it
	Locode     string // UN/LOCODE, such as GHACC
	Population int    // residents
	Roles      []string
	Income     string
}

// MostPeople is the largest number of residents that is believed: more than twice the largest urban area (World Urbanization
// Prospects 2025 counts 42 million).
const MostPeople = 100_000_000

// Read understands what was written. The fields of faults are named as those of Given, in small letters.
func (n *Names) Read(g Given) (f Facts, faults []fault.Field) {
	bad := func(name, key string, args fault.Args) {
		faults = append(faults, fault.Field{Name: name, Key: key, Args: args})
	}
	g.Country, g.Region, g.Income = strings.TrimSpace(g.Country), strings.TrimSpace(g.Region), strings.TrimSpace(g.Income)
	if f.Country = n.Find(Country, g.Country); f.Country == "" && g.Country != "" {
		bad("country", "cities.country", fault.Args{"Country": g.Country})
	}
	f.Region = n.region(g.Region)
	derived := RegionOf(f.Country)
	switch {
	case g.Region == "":
		f.Region, f.Derived = derived, derived != ""
	case f.Region == "":
		bad("region", "cities.region", fault.Args{"Region": g.Region})
	case derived != "" && f.Region != derived:
		bad("region", "cities.region_other", fault.Args{"Country": f.Country, "Region": derived, "Given": f.Region})
	}
	var key string
	if f.Locode, key = locode(g.Locode, f.Country); key != "" {
		bad("locode", key, fault.Args{"Locode": g.Locode, "Country": f.Country})
	}
	if f.Population, key = Population(g.Population); key != "" {
		bad("population", key, fault.Args{"Population": strings.TrimSpace(g.Population), "Most": MostPeople})
	}
	var roles []string
	for _, word := range strings.FieldsFunc(g.Roles, func(r rune) bool { return strings.ContainsRune(",;|/+،؛\n", r) }) {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		role := n.Find(Role, word)
		if role == "" {
			bad("roles", "cities.role", fault.Args{"Role": word, "Roles": strings.Join(Roles, ", ")})
		}
		roles = append(roles, role)
	}
	f.Roles = listed(Roles, roles)
	if f.Income = n.Find(Income, g.Income); f.Income == "" && g.Income != "" {
		bad("income", "cities.income", fault.Args{"Income": g.Income, "Incomes": strings.Join(Incomes, ", ")})
	}
	return f, faults
}

// region finds a region. Spreadsheets take the zeros off the beginning of 015.
func (n *Names) region(word string) string {
	if i, err := strconv.Atoi(word); err == nil && i > 0 && i < 1000 {
		word = "00" + strconv.Itoa(i)
		word = word[len(word)-3:]
	}
	return n.Find(Region, word)
}

// formed is how a UN/LOCODE is made: the country, and three signs that are letters, or the figures 2 to 9 where letters had
// run out (UN/LOCODE Manual, ECE/TRADE/227).
var formed = regexp.MustCompile(`^[A-Z]{2}[A-Z2-9]{3}$`)

func locode(word, country string) (code, key string) {
	code = strings.ToUpper(strings.Join(strings.Fields(word), "")) // lists write GH ACC
	switch {
	case code == "":
		return "", ""
	case !formed.MatchString(code):
		return "", "cities.locode"
	case country != "" && code[:2] != country:
		return "", "cities.locode_country"
	}
	return code, ""
}

// Population reads a number of residents as people write it: 1234567, with blanks, dots, commas or apostrophes between groups of
// three figures, and in Arabic or Persian figures. Empty is 0. The key says what is wrong with the rest.
func Population(word string) (residents int, key string) {
	word = strings.TrimSpace(word)
	if word == "" {
		return 0, ""
	}
	groups, between := []string{""}, map[rune]bool{}
	for _, r := range word {
		if unicode.IsSpace(r) {
			r = ' '
		}
		switch d := figure(r); {
		case d >= 0:
			groups[len(groups)-1] += strconv.Itoa(d)
		case strings.ContainsRune(" .,'’٬_", r):
			groups, between[r] = append(groups, ""), true
		case r == '-' || r == '−':
			return 0, "cities.population_range"
		case !unicode.Is(unicode.Cf, r): // marks of the direction of writing are not seen
			return 0, "cities.population_words"
		}
	}
	parted := func(s string) bool { return len(s) != 3 }
	if len(groups) > 1 && (len(between) > 1 || groups[0] == "" || len(groups[0]) > 3 || slices.ContainsFunc(groups[1:], parted)) {
		return 0, "cities.population_whole"
	}
	residents, err := strconv.Atoi(strings.Join(groups, ""))
	if err != nil || residents < 1 || residents > MostPeople {
		return 0, "cities.population_range"
	}
	return residents, ""
}

// figure is the value of a Latin, Arabic or Persian figure; -1 for any other sign.
func figure(r rune) int {
	for _, zero := range "0٠۰" {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}
