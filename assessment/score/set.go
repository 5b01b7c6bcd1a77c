package score

// Set is some scored indicators of a scheme taken together, such as those that a lens links to one objective.
type Set struct {
	scheme *Scheme
	places []int
}

// Set gathers indicators; what is unknown or not scored stays out, and one that is named twice counts once.
func (s *Scheme) Set(indicators []string) Set {
	out := Set{scheme: s}
	seen := map[int]bool{}
	for _, id := range indicators {
		if i, ok := s.place[id]; ok && !seen[i] {
			seen[i] = true
			out.places = append(out.places, i)
		}
	}
	return out
}

// Size is how many indicators are in the set.
func (t Set) Size() int { return len(t.places) }

// Result is what they amount to in an assessment, by the rules of a sub-category.
func (t Set) Result(m Marks) Result {
	var sum tally
	for _, i := range t.places {
		said, holder := m.at(i)
		sum.add(&t.scheme.items[i], said, holder)
	}
	return sum.result()
}
