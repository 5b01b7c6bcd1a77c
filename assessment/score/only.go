package score

import "slices"

// Only returns the marks of an assessment of which only some values count: the value of an indicator that keep does not
// name becomes a blank, so that coverage falls and the band widens. It stays applicable. "Does not apply" and "not our
// responsibility" stay as they are, backed or not: they say what is asked of the city, not how well it stands, and the
// numbers beside each other must speak of the same indicators. (Other non-answers count as blanks anyhow.) Powers stay.
func (s *Scheme) Only(m Marks, keep func(indicator string) bool) Marks {
	out := slices.Clone(m)
	for i := range s.items {
		if said, holder := m.at(i); said >= points && !keep(s.items[i].ID) {
			out.set(i, blank, holder)
		}
	}
	return out
}

// Among returns the marks of an assessment of which only some indicators are asked: the others do not apply. It sets two
// versions of a questionnaire side by side on the indicators that both have. Powers stay.
func (s *Scheme) Among(m Marks, keep func(indicator string) bool) Marks {
	out := append(slices.Clone(m), make(Marks, max(0, 2*len(s.items)-len(m)))...)
	for i := range s.items {
		if _, holder := out.at(i); !keep(s.items[i].ID) {
			out.set(i, saidNotApplicable, holder)
		}
	}
	return out
}
