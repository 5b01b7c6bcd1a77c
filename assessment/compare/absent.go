package compare

import "slices"

// Absent are the codes of the cities of the round that are not selected for a reason, in order.
func (s *Selection) Absent(why Absence) []string {
	codes := make([]string, len(s.out[why]))
	for i, place := range s.out[why] {
		codes[i] = s.cohort.cities[place].Code
	}
	slices.Sort(codes)
	return codes
}
