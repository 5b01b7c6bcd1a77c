// Package compare sets the cities of a round side by side: how their numbers are distributed, and where one of them
// stands. Cities are never ranked: a position is a quarter of the distribution and a distance to the median.
package compare

import (
	"cmp"
	"slices"
	"strings"

	"migov/assessment/score"
	"migov/assessment/stat"
)

// MinCities is the least number of cities with a value under which nothing is told of a distribution.
const MinCities = 5

// Member is a city that is compared.
type Member struct {
	City, Name string // the code and the name
	Numbers    score.Numbers
}

// Measure is the number that is compared.
type Measure string

// The measures. Overall numbers are never compared.
const (
	Situation Measure = "situation"
	Effort    Measure = "effort"
)

// Measures lists the measures in the order in which they are offered.
var Measures = []Measure{Situation, Effort}

// of returns the number of a result, and why it has no central value.
func (m Measure) of(r score.Result) (score.Interval, score.Note) {
	if m == Effort {
		return r.Effort, r.EffortNote()
	}
	return r.Situation, r.SituationNote()
}

// Distributions tell of every dimension and sub-category, in the order of the questionnaire.
type Distributions struct {
	Measure                   Measure
	Dimensions, Subcategories []Distribution
}

// Distribution tells how the cities that have a central value spread over a dimension or a sub-category.
type Distribution struct {
	ID      string // of the dimension or sub-category
	Counted int    // cities with a central value
	Enough  bool   // at least MinCities are counted; otherwise the quantiles and the points are not told
	// The quantiles of the central values, of type 7.
	Min, FirstQuartile, Median, ThirdQuartile, Max float64

	Points  []Point   // the cities that are counted, by name
	LeftOut []LeftOut // the cities that are not, by name
}

// Point is one city in a distribution.
type Point struct {
	City, Name string
	score.Interval
}

// LeftOut is a city without a central value, and why it has none.
type LeftOut struct {
	City, Name string
	Why        score.Note
}

// Distribute sets members side by side by one measure.
func Distribute(s *score.Scheme, members []Member, by Measure) Distributions {
	byName := make([]*Member, len(members))
	for i := range members {
		byName[i] = &members[i]
	}
	slices.SortFunc(byName, func(a, b *Member) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.City, b.City))
	})
	out := Distributions{Measure: by}
	for i, id := range s.DimensionIDs() {
		out.Dimensions = append(out.Dimensions, distribute(id, byName, by, i, func(m *Member) []score.Result { return m.Numbers.Dimensions }))
	}
	for i, id := range s.SubcategoryIDs() {
		out.Subcategories = append(out.Subcategories, distribute(id, byName, by, i, func(m *Member) []score.Result { return m.Numbers.Subcategories }))
	}
	return out
}

// distribute tells of the part at a place among the results of each member.
func distribute(id string, members []*Member, by Measure, place int, results func(*Member) []score.Result) Distribution {
	d := Distribution{ID: id, Points: make([]Point, 0, len(members))}
	for _, m := range members {
		var r score.Result // of a member without any numbers nothing is applicable
		if all := results(m); place < len(all) {
			r = all[place]
		}
		number, why := by.of(r)
		if why != "" {
			d.LeftOut = append(d.LeftOut, LeftOut{m.City, m.Name, why})
			continue
		}
		d.Points = append(d.Points, Point{m.City, m.Name, number})
	}
	d.Counted = len(d.Points)
	if d.Enough = d.Counted >= MinCities; !d.Enough {
		d.Points = nil
		return d
	}
	values := make([]float64, len(d.Points))
	for i, p := range d.Points {
		values[i] = p.Central
	}
	slices.Sort(values)
	d.Min, d.Max = values[0], values[len(values)-1]
	d.FirstQuartile = stat.Quantile(0.25, values)
	d.Median = stat.Quantile(0.5, values)
	d.ThirdQuartile = stat.Quantile(0.75, values)
	return d
}

// Of returns the distribution of a dimension or sub-category; not ok when there is none with the id.
func (d Distributions) Of(id string) (Distribution, bool) {
	for _, list := range [][]Distribution{d.Dimensions, d.Subcategories} {
		for _, one := range list {
			if one.ID == id {
				return one, true
			}
		}
	}
	return Distribution{}, false
}

// Quarter is where a value lies in a distribution. Equal values lie in the same quarter. A value on a quartile lies in
// the quarter nearer to the middle, so that cities that are all alike are all at the median.
type Quarter string

// The quarters, from the lowest values to the highest.
const (
	FirstQuarter  Quarter = "first_quarter"  // below the first quartile
	SecondQuarter Quarter = "second_quarter" // from the first quartile to the median
	AtMedian      Quarter = "at_median"
	ThirdQuarter  Quarter = "third_quarter"  // from the median to the third quartile
	FourthQuarter Quarter = "fourth_quarter" // above the third quartile
)

// Quarters lists the quarters in order.
var Quarters = []Quarter{FirstQuarter, SecondQuarter, AtMedian, ThirdQuarter, FourthQuarter}

// Position is where one city stands.
type Position struct {
	Point
	Quarter  Quarter
	Distance float64 // to the median, in points; negative below it
}

// tie is the difference up to which two numbers that were added up in another order are the same.
const tie = 1e-9

// Position tells where a city stands; not ok when it is not counted or too few cities are.
func (d Distribution) Position(city string) (Position, bool) {
	for _, p := range d.Points {
		if p.City == city {
			return Position{p, d.quarter(p.Central), d.distance(p.Central)}, true
		}
	}
	return Position{}, false
}

func (d Distribution) distance(value float64) float64 {
	if x := value - d.Median; x < -tie || x > tie {
		return x
	}
	return 0
}

func (d Distribution) quarter(value float64) Quarter {
	switch distance := d.distance(value); {
	case distance == 0:
		return AtMedian
	case value < d.FirstQuartile-tie:
		return FirstQuarter
	case value > d.ThirdQuartile+tie:
		return FourthQuarter
	case distance < 0:
		return SecondQuarter
	}
	return ThirdQuarter
}
