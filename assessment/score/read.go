package score

import "migov/assessment/survey"

// ScoredIDs returns the ids of the scored indicators in the order of the questionnaire, which is the order of marks.
func (s *Scheme) ScoredIDs() []string {
	out := make([]string, len(s.items))
	for i, it := range s.items {
		out[i] = it.ID
	}
	return out
}

// Saying is what marks say of one indicator.
type Saying struct {
	Value     float64 // 0 to 100, when Answered
	Answered  bool
	NonAnswer survey.NonAnswer // empty with a value, and for a blank
	Holder    survey.Holder
}

// At reads what marks say of the indicator at a place of ScoredIDs.
func (s *Scheme) At(m Marks, place int) (out Saying) {
	it := &s.items[place]
	said, holder := m.at(place)
	out.Value, out.Answered = it.value(said)
	out.NonAnswer, out.Holder = nonAnswer(said), it.holderOf(holder)
	return out
}

// Alike is the share of the scored indicators, 0 to 1, for which the power has the same weight in two cities: their own,
// shared, or held elsewhere.
func (s *Scheme) Alike(a, b Marks) float64 {
	if len(s.items) == 0 {
		return 1
	}
	same := 0
	for i := range s.items {
		it := &s.items[i]
		_, x := a.at(i)
		_, y := b.at(i)
		if x == y || halves(it.holderOf(x)) == halves(it.holderOf(y)) {
			same++
		}
	}
	return float64(same) / float64(len(s.items))
}
