package compare

import (
	"slices"
	"sync"

	"migov/assessment/score"
)

// City is a city of a round as a comparison knows it.
type City struct {
	Assessment     string // id
	ID, Code, Name string
	Country        string // ISO 3166-1 alpha-2
	Region         string // UN M49 code of the sub-region; empty when nobody has said it
	Income         string // group of the country; empty when nobody has said it
	Population     int    // residents; 0 when nobody has said it
	Roles          []string
	HandedIn       bool // the others are only named as not counted
	Consents       bool // shows its numbers to peers or to everybody
	Marks          score.Marks
	Numbers        score.Numbers // only read; the cohort keeps what it needs
}

// Cohort holds the cities of a round in columns, so that a city is compared with a hundred thousand without reading them
// again. It never changes and is safe for concurrent use. Numbers of cities that have not handed in are not in it.
type Cohort struct {
	Scheme *score.Scheme
	cities []City // by id of assessment; without Numbers
	place  map[string]int
	code   map[string]int
	parts  []string // ids of dimensions, then of sub-categories
	// values and notes are by column (see column) and then by city: a central value, or why there is none. Where there is a note the value is 0.
	values [][]float64
	notes  [][]note

	mu       sync.Mutex
	selected map[string]*Selection // the newest selections, by group
	order    []string              // of selected, the newest last
}

// note is a score.Note as a place in score.Notes counted from 1; 0 is none.
type note uint8

// mostSelected is how many selections a cohort keeps with their sorted columns.
const mostSelected = 24

// NewCohort puts cities into columns.
func NewCohort(scheme *score.Scheme, cities []City) *Cohort {
	b := NewBuilder(scheme)
	for _, c := range cities {
		b.Add(c)
	}
	return b.Cohort()
}

// Builder puts cities into columns one after the other, so that the numbers of all of them are never in memory at once.
type Builder struct{ c *Cohort }

// NewBuilder begins a cohort.
func NewBuilder(scheme *score.Scheme) *Builder {
	c := &Cohort{Scheme: scheme, parts: append(slices.Clone(scheme.DimensionIDs()), scheme.SubcategoryIDs()...),
		place: map[string]int{}, code: map[string]int{}, selected: map[string]*Selection{}}
	c.values, c.notes = make([][]float64, len(c.parts)*len(Measures)), make([][]note, len(c.parts)*len(Measures))
	return &Builder{c}
}

// Add takes a city in; its numbers are read and not kept.
func (b *Builder) Add(x City) { b.c.add(x) }

// Cohort returns what was gathered. The builder is not used any more.
func (b *Builder) Cohort() *Cohort { return b.c }

// add puts a city at its place, a new one at the end.
func (c *Cohort) add(x City) {
	i, known := c.place[x.Assessment]
	if !known {
		i = len(c.cities)
		c.cities = append(c.cities, x)
		for k := range c.values {
			c.values[k], c.notes[k] = append(c.values[k], 0), append(c.notes[k], 0)
		}
	}
	c.cities[i] = x
	c.place[x.Assessment], c.code[x.Code] = i, i
	c.put(i)
}

// put takes the numbers of the city at a place into the columns.
func (c *Cohort) put(i int) {
	var n score.Numbers // of a draft there are none
	if c.cities[i].HandedIn {
		n = c.cities[i].Numbers
	}
	d := len(c.Scheme.Instrument().Dimensions)
	for p := range c.parts {
		var r score.Result
		switch {
		case p < len(n.Dimensions) && p < d:
			r = n.Dimensions[p]
		case p >= d && p-d < len(n.Subcategories):
			r = n.Subcategories[p-d]
		}
		for m, measure := range Measures {
			x, why := measure.of(r)
			k := p*len(Measures) + m
			c.values[k][i], c.notes[k][i] = 0, note(slices.Index(score.Notes, why)+1)
			if why == "" {
				c.values[k][i] = x.Central
			}
		}
	}
	c.cities[i].Numbers = score.Numbers{}
	if !c.cities[i].HandedIn {
		c.cities[i].Marks = nil
	}
}

// With returns the cohort after some cities have changed or come in. The cohort itself stays as it is.
func (c *Cohort) With(changed []City) *Cohort {
	if len(changed) == 0 {
		return c
	}
	out := &Cohort{Scheme: c.Scheme, parts: c.parts, cities: slices.Clone(c.cities), selected: map[string]*Selection{},
		place: make(map[string]int, len(c.cities)), code: make(map[string]int, len(c.cities))}
	for k := range c.values {
		out.values, out.notes = append(out.values, slices.Clone(c.values[k])), append(out.notes, slices.Clone(c.notes[k]))
	}
	for i := range out.cities {
		out.place[out.cities[i].Assessment], out.code[out.cities[i].Code] = i, i
	}
	for _, x := range changed {
		out.add(x)
	}
	return out
}

// Size is the number of cities of the round, handed in or not.
func (c *Cohort) Size() int { return len(c.cities) }

// City finds a city by its code.
func (c *Cohort) City(code string) (City, bool) {
	i, ok := c.code[code]
	if !ok {
		return City{}, false
	}
	return c.cities[i], true
}

// Own finds the city of an assessment.
func (c *Cohort) Own(assessment string) (City, bool) {
	i, ok := c.place[assessment]
	if !ok {
		return City{}, false
	}
	return c.cities[i], true
}

// Parts returns the ids of the dimensions, then of the sub-categories.
func (c *Cohort) Parts() []string { return c.parts }

// column is the place of a part's measure among the columns; -1 when there is no such part.
func (c *Cohort) column(part string, m Measure) int {
	p, k := slices.Index(c.parts, part), slices.Index(Measures, m)
	if p < 0 || k < 0 {
		return -1
	}
	return p*len(Measures) + k
}

// Value is the central value of a city in a part, or why it has none.
func (c *Cohort) Value(code, part string, m Measure) (float64, score.Note) {
	i, known := c.code[code]
	k := c.column(part, m)
	if !known || k < 0 {
		return 0, score.NothingApplicable
	}
	if n := c.notes[k][i]; n > 0 {
		return 0, score.Notes[n-1]
	}
	return c.values[k][i], ""
}
