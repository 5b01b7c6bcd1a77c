package compare

import (
	"slices"

	"migov/assessment/score"
	"migov/assessment/stat"
)

// SpreadBy tells how a number that is worked out from marks is distributed among the selected cities, such as the reading of an
// objective. The number of a city is absent with a note.
func (s *Selection) SpreadBy(id string, value func(score.Marks) (float64, score.Note)) Spread {
	out := Spread{ID: id, Left: map[score.Note]int{}}
	var values []float64
	for _, place := range s.in {
		v, why := value(s.cohort.cities[place].Marks)
		if why != "" {
			out.Left[why]++
			continue
		}
		values = append(values, v)
	}
	out.Counted = len(values)
	if out.Enough = out.Counted >= MinCities; out.Enough {
		slices.Sort(values)
		out.Min, out.Max = values[0], values[len(values)-1]
		out.FirstQuartile, out.Median, out.ThirdQuartile = stat.Quantile(.25, values), stat.Quantile(.5, values), stat.Quantile(.75, values)
	}
	return out
}
