package reality

import (
	"cmp"
	"slices"

	"migov/assessment/survey"
)

// How many findings are picked out.
const (
	SharpestShown = 5
	SharedShown   = 3
)

// Sharpest lists every statement that at least one city contradicts, the sharpest first. The order orders statements, not
// cities: the larger share of mismatches among the cities with data comes first; then more cities with data; then core
// indicators; then the order of the questionnaire.
func (c Check) Sharpest() []Finding {
	return c.largest(Tally.Mismatches)
}

// SharedGaps lists the statements of which at least half of the cities with data say that both sides have a gap, in the
// same order.
func (c Check) SharedGaps() []Finding {
	gaps := func(t Tally) int { return t[GapOnBoth] }
	return slices.DeleteFunc(c.largest(gaps), func(f Finding) bool { return 2*f.Counts[GapOnBoth] < f.Counts.Known() })
}

// largest orders the findings by a share of the cities with data; those where it is nothing are left out.
func (c Check) largest(of func(Tally) int) []Finding {
	out := slices.DeleteFunc(slices.Clone(c.Findings), func(f Finding) bool { return of(f.Counts) == 0 })
	core := func(f Finding) int {
		if f.Indicator.Core {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(of(b.Counts)*a.Counts.Known(), of(a.Counts)*b.Counts.Known()), // shares, without dividing
			cmp.Compare(b.Counts.Known(), a.Counts.Known()),
			cmp.Compare(core(a), core(b)))
	})
	return out
}

// Question is what an item of the agenda asks.
type Question string

// The questions. Who is asked follows from who holds the power in most cities.
const (
	ReachNational Question = "reach_national" // on paper only, and the national level or a region holds the power: what has to happen so that it reaches the cities
	ReachShared   Question = "reach_shared"   // on paper only, and the power is shared, contested or nobody's: who does which part
	ReachCity     Question = "reach_city"     // on paper only, and the city holds the power: what do cities lack to do it
	Support       Question = "support"        // city ahead: what can the national level learn from, take over or support
	Begin         Question = "begin"          // gap on both sides: who begins, with which means
)

// Item is a proposal for the agenda of a meeting between the levels of government.
type Item struct {
	Finding
	Outcome  Outcome // the one that brought it here
	Cities   int     // that have it
	Holder   survey.Holder
	Question Question
}

// Agenda proposes what to talk about: the sharpest mismatches, then the largest gaps on both sides. No statement stands twice.
func (c Check) Agenda() (items []Item) {
	for i, f := range c.Sharpest() {
		if i == SharpestShown {
			break
		}
		o := CityAhead
		if f.Statement.Says == InPlace {
			o = OnPaperOnly
		}
		items = append(items, item(f, o))
	}
	shared := 0
	for _, f := range c.SharedGaps() {
		there := slices.ContainsFunc(items, func(i Item) bool { return i.Statement.ID == f.Statement.ID })
		if shared == SharedShown || there {
			continue
		}
		shared++
		items = append(items, item(f, GapOnBoth))
	}
	return items
}

func item(f Finding, o Outcome) Item {
	i := Item{Finding: f, Outcome: o, Cities: f.Counts[o], Holder: f.Holders[0].Holder}
	switch {
	case o == CityAhead:
		i.Question = Support
	case o == GapOnBoth:
		i.Question = Begin
	case i.Holder == survey.National || i.Holder == survey.Regional:
		i.Question = ReachNational
	case i.Holder == survey.Municipal:
		i.Question = ReachCity
	default:
		i.Question = ReachShared
	}
	return i
}
