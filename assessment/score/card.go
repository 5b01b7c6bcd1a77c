package score

import "migov/assessment/survey"

// Card is the result of an assessment for people: with ids, notes and lists. The lists are complete, core indicators
// first, then by id; a page shows the first five.
type Card struct {
	City       string // code
	Instrument string // code@version
	Method     string

	Dimensions, Subcategories []Section // in the order of the questionnaire
	Overall                   Overall

	Strong       []Item // well-developed areas: value >= 75, whoever holds the power
	Potential    []Item // areas with potential: value <= 25 where the city holds or shares the power
	AdvocacyList []Item // what to take to the ministry: value <= 25 where others hold the power, or "not our responsibility"
}

// Section is the result of a dimension or a sub-category.
type Section struct {
	ID string
	Result
	Notes []Note
}

// Overall are the numbers of the whole assessment. They never order cities.
type Overall struct {
	Situation, Effort, Advocacy Interval
	Notes                       []Note
}

// Item is an indicator in one of the lists of a card.
type Item struct {
	Indicator *survey.Indicator
	Holder    survey.Holder
	Value     float64 // 0 to 100, when Answered
	Answered  bool    // false: "not our responsibility"
	Flagged   bool    // "not our responsibility" although the power is municipal
}

// Card computes the card of an assessment.
func (s *Scheme) Card(city string, m Marks) Card {
	var n Numbers
	whole := s.numbers(m, &n)
	c := Card{City: city, Instrument: s.instrument.Name(), Method: MethodVersion,
		Dimensions:    make([]Section, len(n.Dimensions)),
		Subcategories: make([]Section, len(n.Subcategories)),
		Overall:       Overall{n.Situation, n.Effort, n.Advocacy, overallNotes(n, whole)},
	}
	for i, r := range n.Dimensions {
		c.Dimensions[i] = Section{s.dimensions[i].id, r, r.notes()}
	}
	for i, r := range n.Subcategories {
		c.Subcategories[i] = s.subcategory(i, r)
	}
	s.lists(m, &c)
	return c
}

func (s *Scheme) subcategory(i int, r Result) Section {
	p := s.subs[i]
	notes := r.notes()
	if p.to-p.from == 1 {
		notes = append(notes, OneIndicator)
	}
	return Section{p.id, r, notes}
}

// notes lists what is to be said of a result.
func (r Result) notes() []Note {
	var notes []Note
	situation, effort := r.SituationNote(), r.EffortNote()
	if situation != "" {
		notes = append(notes, situation)
	}
	if effort != "" && effort != situation {
		notes = append(notes, effort)
	}
	if r.Applicable > 0 && r.EffortApplicable == 0 {
		notes = append(notes, NoEffortWeight)
	}
	return notes
}

func overallNotes(n Numbers, whole tally) []Note {
	var notes []Note
	if !n.Situation.Known {
		notes = append(notes, OverallIncomplete)
	}
	if !n.Effort.Known {
		notes = append(notes, OverallEffortIncomplete)
	}
	if note := whole.advocacyNote(); note != "" {
		notes = append(notes, note)
	}
	return notes
}

// lists fills the lists of a card. They are counted first, so that one allocation holds all three.
func (s *Scheme) lists(m Marks, c *Card) {
	var sizes [listCount]int
	for i := range s.items {
		said, mark := m.at(i)
		if which, ok := s.items[i].list(said, mark); ok {
			sizes[which]++
		}
	}
	all := make([]Item, sizes[strong]+sizes[potential]+sizes[ask])
	var parts [listCount][]Item
	for which, size := range sizes {
		parts[which], all = all[:0:size], all[size:]
	}
	for _, i := range s.order {
		it := &s.items[i]
		said, mark := m.at(i)
		if which, ok := it.list(said, mark); ok {
			value, answered := it.value(said)
			holder := it.holderOf(mark)
			parts[which] = append(parts[which], Item{it.Indicator, holder, value, answered, !answered && holder == survey.Municipal})
		}
	}
	c.Strong, c.Potential, c.AdvocacyList = parts[strong], parts[potential], parts[ask]
}

// The lists of a card.
const (
	strong = iota
	potential
	ask
	listCount
)

// list tells in which list an indicator stands; not ok for none.
func (it *item) list(said, mark int) (which int, ok bool) {
	if said == saidNotOurs {
		return ask, true
	}
	value, answered := it.value(said)
	switch {
	case answered && value >= strongFrom:
		return strong, true
	case !answered || value > potentialTo:
		return 0, false
	case halves(it.holderOf(mark)) > 0:
		return potential, true
	}
	return ask, true
}
