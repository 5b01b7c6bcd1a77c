package score

// Line explains one indicator of an assessment; not ok for one that the questionnaire does not know.
func (s *Scheme) Line(m Marks, indicator string) (l Line, ok bool) {
	q := s.instrument.Indicator(indicator)
	if q == nil {
		return l, false
	}
	return s.line(m, q), true
}

// WellDeveloped tells whether the method calls it a well-developed area: a value of 75 or more.
func (l Line) WellDeveloped() bool { return l.Answered && l.Value >= strongFrom }

// HasPotential tells whether the method calls it an area with potential: a value of 25 or less, whoever holds the power.
func (l Line) HasPotential() bool { return l.Answered && l.Value <= potentialTo }
