package compare

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"migov/assessment/score"
	"migov/assessment/stat"
)

// Selection is the cities of a cohort that are compared: those of a group that have handed in. It never changes and is safe
// for concurrent use.
type Selection struct {
	Group  Group
	cohort *Cohort
	in     []int32             // places in the cohort
	out    map[Absence][]int32 // the others
	member []bool              // by place in the cohort

	sorted []sortedColumn // by column
	byName sync.Once
	order  []int32 // in, by name
}

type sortedColumn struct {
	once   sync.Once
	values []float64 // of the cities that have one, in order
	spread Spread    // what is told of them, so that asking again does not look for the quantiles among all of them
}

// Select chooses the cities of a group that have handed in, for an analyst of the round. A group ByPowers of a city that is not
// there, or has not handed in, is empty.
func (c *Cohort) Select(g Group) *Selection { return c.selection(g, "", nil) }

// selection makes a selection, or finds it among the newest. With own, the id of an assessment, only the cities count that show
// their numbers to peers, and the own one never does.
func (c *Cohort) selection(g Group, own string, made func(*Selection)) *Selection {
	key := g.key(own)
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.selected[key]; s != nil {
		i := slices.Index(c.order, key)
		c.order = append(slices.Delete(c.order, i, i+1), key)
		return s
	}
	s := &Selection{Group: g, cohort: c, out: map[Absence][]int32{}, member: make([]bool, len(c.cities)), sorted: make([]sortedColumn, len(c.values))}
	var to *City
	if i, ok := c.code[g.Value]; ok && g.By == ByPowers && c.cities[i].HandedIn {
		to = &c.cities[i]
	}
	for i := range c.cities {
		x := &c.cities[i]
		switch {
		case own != "" && x.Assessment == own:
		case !x.HandedIn:
			s.out[NotHandedIn] = append(s.out[NotHandedIn], int32(i))
		case !g.belongs(c.Scheme, x, to):
			s.out[OutsideGroup] = append(s.out[OutsideGroup], int32(i))
		case own != "" && !x.Consents:
			s.out[NotConsented] = append(s.out[NotConsented], int32(i))
		default:
			s.in = append(s.in, int32(i))
			s.member[i] = true
		}
	}
	if made != nil {
		made(s)
	}
	c.selected[key] = s
	if c.order = append(c.order, key); len(c.order) > mostSelected {
		delete(c.selected, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	return s
}

// Size is how many cities are selected.
func (s *Selection) Size() int { return len(s.in) }

// Out is how many cities of the round are not selected for a reason.
func (s *Selection) Out(why Absence) int { return len(s.out[why]) }

// Names are the first names, at most so many, of those that are not selected for a reason. (A city that looks at its peers is told
// numbers alone.)
func (s *Selection) Names(why Absence, most int) []string {
	list := s.out[why]
	if len(list) > most {
		list = list[:most]
	}
	names := make([]string, len(list))
	for i, place := range list {
		names[i] = s.cohort.cities[place].Name
	}
	return names
}

// Has tells whether a city is selected.
func (s *Selection) Has(code string) bool {
	i, ok := s.cohort.code[code]
	return ok && s.member[i]
}

// Cities returns the selected cities. The slice is the caller's.
func (s *Selection) Cities() []City {
	out := make([]City, len(s.in))
	for i, place := range s.in {
		out[i] = s.cohort.cities[place]
	}
	return out
}

// column sorts a column once.
func (s *Selection) column(part string, m Measure) *sortedColumn {
	k := s.cohort.column(part, m)
	if k < 0 {
		return nil
	}
	col := &s.sorted[k]
	col.once.Do(func() {
		values, notes := s.cohort.values[k], s.cohort.notes[k]
		left := map[score.Note]int{}
		col.values = make([]float64, 0, len(s.in))
		for _, place := range s.in {
			if n := notes[place]; n > 0 {
				left[score.Notes[n-1]]++
				continue
			}
			col.values = append(col.values, values[place])
		}
		slices.Sort(col.values)
		col.spread = spreadOf(part, col.values, left)
	})
	return col
}

// spreadOf tells of values in order of size, and of the cities that have none.
func spreadOf(id string, v []float64, left map[score.Note]int) Spread {
	out := Spread{ID: id, Counted: len(v), Left: left}
	if out.Enough = len(v) >= MinCities; out.Enough {
		out.Min, out.Max = v[0], v[len(v)-1]
		out.FirstQuartile, out.Median, out.ThirdQuartile = stat.Quantile(.25, v), stat.Quantile(.5, v), stat.Quantile(.75, v)
	}
	return out
}

// Spread tells how the selected cities are distributed in a part.
type Spread struct {
	ID      string
	Counted int                // cities with a central value
	Left    map[score.Note]int // the others; only read
	Enough  bool               // at least MinCities are counted; otherwise the quantiles are not told
	// The quantiles of the central values, of type 7.
	Min, FirstQuartile, Median, ThirdQuartile, Max float64
}

// Spread tells of a part; of one that does not exist nothing is counted.
func (s *Selection) Spread(part string, m Measure) Spread {
	if col := s.column(part, m); col != nil {
		return col.spread
	}
	return Spread{ID: part}
}

// Place tells where a value stands in a spread: its quarter and its distance to the median; not ok where too few are counted.
func (d Spread) Place(value float64) (q Quarter, distance float64, ok bool) {
	if !d.Enough {
		return "", 0, false
	}
	as := Distribution{FirstQuartile: d.FirstQuartile, Median: d.Median, ThirdQuartile: d.ThirdQuartile}
	return as.quarter(value), as.distance(value), true
}

// Values are the central values of the selected cities in a part, in order of size, without saying whose they are. The slice is only read.
func (s *Selection) Values(part string, m Measure) []float64 {
	if col := s.column(part, m); col != nil {
		return col.values
	}
	return nil
}

// Axis is what a scatter sets against something else: a part by a measure, or the population.
type Axis struct {
	Part       string
	Measure    Measure
	Population bool
}

// Pair is a city in a scatter.
type Pair struct {
	City, Name string
	X, Y       float64
}

// Pairs are the selected cities that have both values, in the order of the cohort, and how many have not. Fewer than MinCities are none.
func (s *Selection) Pairs(x, y Axis) (out []Pair, left int) {
	for _, place := range s.in {
		a, okA := s.cohort.on(x, int(place))
		b, okB := s.cohort.on(y, int(place))
		if !okA || !okB {
			left++
			continue
		}
		c := &s.cohort.cities[place]
		out = append(out, Pair{c.Code, c.Name, a, b})
	}
	if len(out) < MinCities {
		return nil, left + len(out)
	}
	return out, left
}

func (c *Cohort) on(a Axis, place int) (float64, bool) {
	if a.Population {
		n := c.cities[place].Population
		return float64(n), n > 0
	}
	k := c.column(a.Part, a.Measure)
	if k < 0 || c.notes[k][place] > 0 {
		return 0, false
	}
	return c.values[k][place], true
}

// At returns the selected city at a place of the order by name, counted from 0. (The order is that of small letters; who has
// few cities sorts them as the reader's language does.)
func (s *Selection) At(i int) City {
	s.byName.Do(func() {
		names := make(map[int32]string, len(s.in))
		for _, place := range s.in {
			names[place] = strings.ToLower(s.cohort.cities[place].Name)
		}
		s.order = slices.Clone(s.in)
		slices.SortFunc(s.order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(s.cohort.cities[a].Code, s.cohort.cities[b].Code))
		})
	})
	return s.cohort.cities[s.order[i]]
}

// Some are cities of a number, of which the first are named.
type Some struct {
	Count int
	Names []string
}

func (s *Some) add(name string, most int) {
	if s.Count++; len(s.Names) < most {
		s.Names = append(s.Names, name)
	}
}

// Left are the selected cities without a value in a part, by why, with at most so many names.
func (s *Selection) Left(part string, m Measure, most int) map[score.Note]Some {
	out := map[score.Note]Some{}
	k := s.cohort.column(part, m)
	if k < 0 {
		return out
	}
	for _, place := range s.in {
		if n := s.cohort.notes[k][place]; n > 0 {
			some := out[score.Notes[n-1]]
			some.add(s.cohort.cities[place].Name, most)
			out[score.Notes[n-1]] = some
		}
	}
	return out
}

// Empty are the selected cities that have no value in any dimension, by why they have none in the first, and how many have one.
func (s *Selection) Empty(m Measure, most int) (counted int, out map[score.Note]Some) {
	out = map[score.Note]Some{}
	dimensions := s.cohort.Scheme.DimensionIDs()
	for _, place := range s.in {
		valued, why := false, score.NothingApplicable
		for i := range dimensions {
			n := s.cohort.notes[i*len(Measures)+slices.Index(Measures, m)][place]
			if valued = valued || n == 0; i == 0 && n > 0 {
				why = score.Notes[n-1]
			}
		}
		if valued {
			counted++
			continue
		}
		some := out[why]
		some.add(s.cohort.cities[place].Name, most)
		out[why] = some
	}
	return counted, out
}
