package score

import "migov/assessment/survey"

// The ids under which Maths explains the numbers of the whole assessment.
const (
	OverallID  = "overall"
	AdvocacyID = "advocacy"
)

// Maths is everything behind the numbers of a dimension, a sub-category, the overall numbers or the advocacy gap, so
// that a person with a pocket calculator comes to the same numbers.
type Maths struct {
	ID, Method string
	Lines      []Line    // the indicators in order, unscored ones too; for the advocacy gap those with weight 0; none for the overall numbers
	Parts      []Section // for the overall numbers: the dimensions
	Situation  Steps     // not for the advocacy gap
	Effort     Steps     // not for the advocacy gap
	Advocacy   Steps     // for the advocacy gap alone
	// Basis and Out decide whether there is an effort (5·Out <= 2·Basis): scored indicators without "does not apply", and
	// those of them with weight 0 or "not our responsibility".
	Basis, Out int
	Notes      []Note
}

// Line is one indicator in the maths.
type Line struct {
	Indicator  *survey.Indicator
	Answered   bool
	Points, Of int              // when Answered: the level of 4, yes of 1, the options chosen of those there are
	Value      float64          // when Answered, 0 to 100
	NonAnswer  survey.NonAnswer // empty for a value and for a blank
	Holder     survey.Holder    // empty where the indicator is not scored
	Weight     float64          // in the municipal effort: 1, 0.5 or 0
	Excluded   Reason           // why it does not count in the central value; empty when it does
}

// Reason says why an indicator does not count in a central value.
type Reason string

// The reasons.
const (
	LeftOut   Reason = "left_out"   // "does not apply" or "not our responsibility": neither in the number nor in the band
	Open      Reason = "open"       // blank, "do not know", "prefer not to answer", skipped: 0 in the low end, 100 in the high end
	Elsewhere Reason = "elsewhere"  // the power lies elsewhere: not in the effort
	NotScored Reason = "not_scored" // numbers and texts
)

// EffortExcluded says why an indicator does not count in the central effort; empty when it does.
func (l Line) EffortExcluded() Reason {
	if l.Weight == 0 && l.Excluded != LeftOut && l.Excluded != NotScored {
		return Elsewhere
	}
	return l.Excluded
}

// Steps are the steps to one number: Central = Sum/Divisor, Low = LowSum/BandDivisor, High = HighSum/BandDivisor. For the
// advocacy gap the three are 100 minus that, the low end from HighSum and the high end from LowSum. The sums are of
// weight × value; for the overall numbers they are of the dimensions' numbers. The steps stand there even where the
// number is not shown; the notes say why it is not.
type Steps struct {
	Interval
	Sum, Divisor                 float64
	LowSum, HighSum, BandDivisor float64
}

// Maths explains a dimension, a sub-category, OverallID or AdvocacyID; not ok for another id.
func (s *Scheme) Maths(m Marks, id string) (Maths, bool) {
	for i, d := range s.instrument.Dimensions {
		if d.ID == id {
			out, r := s.explain(m, id, d.Subcategories)
			out.Notes = r.notes()
			return out, true
		}
		for j, sub := range d.Subcategories {
			if sub.ID == id {
				out, r := s.explain(m, id, d.Subcategories[j:j+1])
				out.Notes = s.subcategory(s.dimensions[i].from+j, r).Notes
				return out, true
			}
		}
	}
	switch id {
	case OverallID:
		return s.explainOverall(m), true
	case AdvocacyID:
		return s.explainAdvocacy(m), true
	}
	return Maths{}, false
}

// explain lays out some sub-categories, and returns the result that they amount to.
func (s *Scheme) explain(m Marks, id string, subs []survey.Subcategory) (Maths, Result) {
	out := Maths{ID: id, Method: MethodVersion}
	var t tally
	for _, sub := range subs {
		for _, q := range sub.Indicators {
			out.Lines = append(out.Lines, s.line(m, q))
			if i, scored := s.place[q.ID]; scored {
				said, holder := m.at(i)
				t.add(&s.items[i], said, holder)
			}
		}
	}
	r := t.result()
	out.Situation = steps(t.situation, 1, r.Situation)
	out.Effort = steps(t.effort, 2, r.Effort)
	out.Basis, out.Out = t.basis, t.out
	return out, r
}

// line explains one indicator.
func (s *Scheme) line(m Marks, q *survey.Indicator) Line {
	l := Line{Indicator: q, Excluded: NotScored}
	i, scored := s.place[q.ID]
	if !scored {
		return l
	}
	it := &s.items[i]
	said, mark := m.at(i)
	l.Holder = it.holderOf(mark)
	l.Weight = float64(halves(l.Holder)) / 2
	l.NonAnswer = nonAnswer(said)
	l.Excluded = Open
	if said == saidNotOurs || said == saidNotApplicable {
		l.Excluded = LeftOut
	}
	if value, ok := it.value(said); ok {
		l.Answered, l.Points, l.Of, l.Value, l.Excluded = true, said-points, len(it.values)-1, value, ""
	}
	return l
}

// steps lays out a part whose weights are counted in units of 1/units.
func steps(p part, units float64, shown Interval) Steps {
	return Steps{Interval: shown, Sum: p.sum / units, Divisor: float64(p.answered) / units,
		LowSum: p.sum / units, HighSum: p.highSum() / units, BandDivisor: float64(p.applicable) / units}
}

func (s *Scheme) explainOverall(m Marks) Maths {
	c := s.Card("", m)
	var n Numbers
	s.Numbers(m, &n)
	situation, effort := overall(n.Dimensions)
	return Maths{ID: OverallID, Method: MethodVersion, Parts: c.Dimensions,
		Situation: situation.steps(c.Overall.Situation), Effort: effort.steps(c.Overall.Effort), Notes: c.Overall.Notes}
}

func (n mean) steps(shown Interval) Steps {
	by := float64(n.dimensions)
	return Steps{Interval: shown, Sum: n.central, Divisor: by, LowSum: n.low, HighSum: n.high, BandDivisor: by}
}

func (s *Scheme) explainAdvocacy(m Marks) Maths {
	out := Maths{ID: AdvocacyID, Method: MethodVersion}
	var t tally
	for i := range s.items {
		said, holder := m.at(i)
		t.add(&s.items[i], said, holder)
		if l := s.line(m, s.items[i].Indicator); l.Weight == 0 {
			out.Lines = append(out.Lines, l)
		}
	}
	out.Advocacy = steps(t.elsewhere, 1, t.advocacy())
	if note := t.advocacyNote(); note != "" {
		out.Notes = []Note{note}
	}
	return out
}
