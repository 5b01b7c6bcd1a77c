package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"migov/assessment/fault"
	"migov/assessment/score"
)

// Attribute is what a peer group is made by.
type Attribute string

// The attributes. With none the group is every city.
const (
	Everybody    Attribute = ""
	ByRegion     Attribute = "region"     // UN M49 sub-region
	ByPopulation Attribute = "population" // a band
	ByRole       Attribute = "role"       // in migration; a city may have several
	ByIncome     Attribute = "income"     // group of the country
	ByCountry    Attribute = "country"
	ByPowers     Attribute = "powers" // alike with the city of that code; see AlikePowers
	ByHand       Attribute = "hand"   // codes of cities
)

// Attributes lists the attributes whose groups are classes of cities, in the order in which they are offered.
var Attributes = []Attribute{ByRegion, ByPopulation, ByRole, ByIncome, ByCountry}

// AlikePowers is the least share of the scored indicators for which the power must have the same weight (the city's own,
// shared, held elsewhere) for two cities to have powers alike.
const AlikePowers = .8

// Band is a band of population: from a number of residents up to, not including, another; 0 is no end.
type Band struct {
	ID       string
	From, To int
}

// Bands are the size classes of functional urban areas of the OECD (Redefining "Urban", 2012: small below 200,000, medium-sized to
// 500,000, metropolitan to 1.5 million, large metropolitan), the small ones parted at 50,000, the least of a city there.
var Bands = []Band{{"under-50k", 1, 50_000}, {"50k-200k", 50_000, 200_000}, {"200k-500k", 200_000, 500_000}, {"500k-1500k", 500_000, 1_500_000}, {"over-1500k", 1_500_000, 0}}

// BandOf is the id of the band of a population; empty when nobody has said it.
func BandOf(population int) string {
	for _, b := range Bands {
		if population >= b.From && (b.To == 0 || population < b.To) {
			return b.ID
		}
	}
	return ""
}

// Group is a peer group. The zero Group is every city of the round.
type Group struct {
	By    Attribute
	Value string   // the class; of ByPowers the code of a city
	Codes []string // of ByHand
}

// Key names a group: it stands in addresses, such as "region:015", "powers:accra" or "hand:accra,quito"; "" is every city.
func (g Group) Key() string {
	switch g.By {
	case Everybody:
		return ""
	case ByHand:
		return string(ByHand) + ":" + strings.Join(g.Codes, ",")
	}
	return string(g.By) + ":" + g.Value
}

// mostByHand is how many cities are chosen by hand at most.
const mostByHand = 200

// ParseGroup reads the key of a group; a fault of kind Invalid for one that cannot be.
func ParseGroup(key string) (Group, error) {
	if key == "" {
		return Group{}, nil
	}
	by, value, _ := strings.Cut(key, ":")
	g := Group{By: Attribute(by), Value: value}
	known := slices.Contains(Attributes, g.By) || g.By == ByPowers || g.By == ByHand
	if !known || value == "" {
		return Group{}, fault.New(fault.Invalid, "fault.group_unknown", nil)
	}
	if g.By == ByHand {
		g.Value = ""
		for _, code := range strings.Split(value, ",") {
			if code = strings.TrimSpace(code); code != "" && !slices.Contains(g.Codes, code) {
				g.Codes = append(g.Codes, code)
			}
		}
		slices.Sort(g.Codes)
		if len(g.Codes) == 0 || len(g.Codes) > mostByHand {
			return Group{}, fault.New(fault.Invalid, "fault.group_by_hand", fault.Args{"Most": mostByHand})
		}
	}
	return g, nil
}

// classes are the classes of an attribute that a city belongs to.
func (c City) classes(by Attribute) []string {
	one := ""
	switch by {
	case ByRegion:
		one = c.Region
	case ByPopulation:
		one = BandOf(c.Population)
	case ByIncome:
		one = c.Income
	case ByCountry:
		one = c.Country
	case ByRole:
		return c.Roles
	}
	if one == "" {
		return nil
	}
	return []string{one}
}

// In tells whether a city is in a class.
func (c City) In(g Group) bool { return slices.Contains(c.classes(g.By), g.Value) }

// belongs tells whether a city is in a group; to is the city of a group ByPowers.
func (g Group) belongs(scheme *score.Scheme, c *City, to *City) bool {
	switch g.By {
	case Everybody:
		return true
	case ByHand:
		_, found := slices.BinarySearch(g.Codes, c.Code)
		return found
	case ByPowers:
		return to != nil && (c.Code == to.Code || scheme.Alike(c.Marks, to.Marks) >= AlikePowers)
	}
	return slices.Contains(c.classes(g.By), g.Value)
}

// Class is a group that is offered, with how many cities it has.
type Class struct {
	Group
	Cities int
}

// Classes lists the classes of the cities that have handed in, by attribute, then in the order of Bands, else by value.
func (c *Cohort) Classes() (out []Class) {
	for _, by := range Attributes {
		counts := map[string]int{}
		for i := range c.cities {
			if c.cities[i].HandedIn {
				for _, class := range c.cities[i].classes(by) {
					counts[class]++
				}
			}
		}
		out = append(out, sorted(by, counts)...)
	}
	return out
}

// ClassesOf lists the classes of cities, by attribute, then in the order of Bands, else by value.
func ClassesOf(cities []City) (out []Class) {
	for _, by := range Attributes {
		counts := map[string]int{}
		for _, c := range cities {
			for _, class := range c.classes(by) {
				counts[class]++
			}
		}
		out = append(out, sorted(by, counts)...)
	}
	return out
}

func sorted(by Attribute, counts map[string]int) (out []Class) {
	for value, n := range counts {
		out = append(out, Class{Group{By: by, Value: value}, n})
	}
	band := func(id string) int { return slices.IndexFunc(Bands, func(b Band) bool { return b.ID == id }) }
	slices.SortFunc(out, func(a, b Class) int {
		return cmp.Or(cmp.Compare(band(a.Value), band(b.Value)), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// Absence is why a city of the round is not in a selection.
type Absence string

// The absences, in the order in which they are told.
const (
	OutsideGroup Absence = "outside_group"
	NotHandedIn  Absence = "not_handed_in"
	NotConsented Absence = "not_consented" // for a city that looks at its peers
)

// Absences lists the absences.
var Absences = []Absence{OutsideGroup, NotHandedIn, NotConsented}

// key names a selection among those that a cohort keeps.
func (g Group) key(own string) string { return strconv.Quote(own) + g.Key() }
