package compare

import (
	"slices"

	"migov/assessment/score"
)

// SpreadBy tells how a number that is worked out from marks is distributed among the selected cities, such as the reading of an
// objective. The number of a city is absent with a note.
func (s *Selection) SpreadBy(id string, value func(score.Marks) (float64, score.Note)) Spread {
	left := map[score.Note]int{}
	var values []float64
	for _, place := range s.in {
		v, why := value(s.cohort.cities[place].Marks)
		if why != "" {
			left[why]++
			continue
		}
		values = append(values, v)
	}
	slices.Sort(values)
	return spreadOf(id, values, left)
}
