// Package reality pairs what national texts say with what cities answer. It compares two texts on one subject, never
// cities with each other: a mismatch says that both sides should talk, not who is right.
//
// An answer is read by the thresholds of the method: from 75 well developed, up to 25 an area with potential. What lies
// between is in part. A mismatch is only stated where the answer stands at one of the two ends, so that no city is quoted
// against a text because of a half-way answer:
//
//	national text   75 and more   between              25 and less
//	in place        aligned       aligned, in part     on paper only
//	partly          city ahead    aligned              gap on both sides
//	not in place    city ahead    gap on both sides,   gap on both sides
//	                              in part
//
// An answer that carries no value, whatever the reason, is no data.
package reality

import (
	"cmp"
	"slices"
	"strings"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// Outcome is what a pair amounts to.
type Outcome string

// The outcomes.
const (
	Aligned     Outcome = "aligned"
	OnPaperOnly Outcome = "on_paper_only"
	CityAhead   Outcome = "city_ahead"
	GapOnBoth   Outcome = "gap_on_both_sides"
	NoData      Outcome = "no_data"
)

// Outcomes lists them in the order in which they are shown.
var Outcomes = []Outcome{Aligned, OnPaperOnly, CityAhead, GapOnBoth, NoData}

// Fewest is from how many cities of a country their counts may be shown to others than the analysts of the round.
const Fewest = 5

// Match pairs what a text says with an answer. InPart is set where the answer lies between the two thresholds.
func Match(says Says, answer score.Line) (o Outcome, inPart bool) {
	if !answer.Answered {
		return NoData, false
	}
	inPart = !answer.WellDeveloped() && !answer.HasPotential()
	switch {
	case says == InPlace && answer.HasPotential():
		return OnPaperOnly, false
	case says == InPlace:
		return Aligned, inPart
	case answer.WellDeveloped():
		return CityAhead, false
	case says == Partly && inPart:
		return Aligned, true
	}
	return GapOnBoth, inPart
}

// City is a city of the country with what it answers.
type City struct {
	ID     string
	Answer func(indicator string) score.Line
}

// Pair is one statement beside the answer of one city.
type Pair struct {
	City    int // place in the cities that were given
	Outcome Outcome
	InPart  bool
	Answer  score.Line
}

// Tally counts outcomes.
type Tally map[Outcome]int

// All is how many were counted; Known is how many of them have data.
func (t Tally) All() (n int) {
	for _, k := range t {
		n += k
	}
	return n
}

// Known is how many of those counted have data.
func (t Tally) Known() int { return t.All() - t[NoData] }

// Mismatches is how many are on paper only or have the city ahead.
func (t Tally) Mismatches() int { return t[OnPaperOnly] + t[CityAhead] }

// Tellable tells whether the counts may be shown to others than the analysts of the round: at least Fewest cities have data.
func (t Tally) Tellable() bool { return t.Known() >= Fewest }

// Holding counts the cities by who holds the power there, the most frequent first, then in the order of survey.Holders.
type Holding struct {
	Holder survey.Holder
	Cities int
}

// Finding is a statement with what all cities answer.
type Finding struct {
	Statement Statement
	Indicator *survey.Indicator
	Pairs     []Pair // in the order of the cities
	Counts    Tally
	InPart    int // of those with data
	Holders   []Holding
}

// Dimension is a row of the matrix: pairs by outcome.
type Dimension struct {
	ID         string
	Statements int
	Counts     Tally
}

// Dialogue says in how many cities there is a regular dialogue with the national level, by the answers to one indicator.
type Dialogue struct {
	Indicator                    *survey.Indicator // nil where the questionnaire has none
	Exists, InPart, None, NoData int
}

// Known is how many cities say something of it.
func (d Dialogue) Known() int { return d.Exists + d.InPart + d.None }

// Check is the reality check of a country.
type Check struct {
	Cities     int
	Findings   []Finding   // in the order of the questionnaire, then by id
	Dimensions []Dimension // those with a statement
	LeftOut    []Statement // on indicators that this version of the questionnaire does not have, or that carry no value
	Dialogue   Dialogue
}

// dialogues names the indicator about regular dialogue with the national level, by code of the questionnaire.
var dialogues = map[string]string{"urban-migof": "WG-04"}

// Of pairs every statement with every city.
func Of(in *survey.Instrument, statements []Statement, cities []City) Check {
	c := Check{Cities: len(cities)}
	c.Dialogue = dialogueOf(in, cities)
	place := map[string]int{}
	for i, q := range in.Indicators() {
		place[q.ID] = i
	}
	sorted := slices.SortedStableFunc(slices.Values(statements), func(a, b Statement) int {
		return cmp.Or(cmp.Compare(place[a.Indicator], place[b.Indicator]), strings.Compare(a.ID, b.ID))
	})
	for _, s := range sorted {
		q := in.Indicator(s.Indicator)
		if s.Instrument != in.Code || q == nil || !q.Scored {
			c.LeftOut = append(c.LeftOut, s)
			continue
		}
		c.add(find(s, q, cities))
	}
	return c
}

// add takes a finding into the list and into the matrix.
func (c *Check) add(f Finding) {
	c.Findings = append(c.Findings, f)
	last := len(c.Dimensions) - 1
	if last < 0 || c.Dimensions[last].ID != f.Indicator.Dimension {
		c.Dimensions = append(c.Dimensions, Dimension{ID: f.Indicator.Dimension, Counts: Tally{}})
		last++
	}
	d := &c.Dimensions[last]
	d.Statements++
	for o, n := range f.Counts {
		d.Counts[o] += n
	}
}

func find(s Statement, q *survey.Indicator, cities []City) Finding {
	f := Finding{Statement: s, Indicator: q, Counts: Tally{}}
	held := map[survey.Holder]int{}
	for i, city := range cities {
		p := Pair{City: i, Answer: city.Answer(q.ID)}
		p.Outcome, p.InPart = Match(s.Says, p.Answer)
		f.Pairs = append(f.Pairs, p)
		f.Counts[p.Outcome]++
		if p.InPart {
			f.InPart++
		}
		held[p.Answer.Holder]++
	}
	for _, h := range survey.Holders {
		if n := held[h]; n > 0 {
			f.Holders = append(f.Holders, Holding{h, n})
		}
	}
	slices.SortStableFunc(f.Holders, func(a, b Holding) int { return b.Cities - a.Cities })
	return f
}

func dialogueOf(in *survey.Instrument, cities []City) (d Dialogue) {
	if d.Indicator = in.Indicator(dialogues[in.Code]); d.Indicator == nil {
		return d
	}
	for _, city := range cities {
		switch a := city.Answer(d.Indicator.ID); {
		case !a.Answered:
			d.NoData++
		case a.WellDeveloped():
			d.Exists++
		case a.HasPotential():
			d.None++
		default:
			d.InPart++
		}
	}
	return d
}
