package results

import (
	"slices"
	"strconv"

	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/stat"
)

// columns gather the central values of all cities, by standing, part and measure.
type columns struct {
	parts  []string // ids of dimensions, then of sub-categories
	values map[column][]float64
}

type column struct {
	level         int
	part, measure string
}

func newColumns(scheme *score.Scheme) *columns {
	return &columns{parts: append(slices.Clone(scheme.DimensionIDs()), scheme.SubcategoryIDs()...), values: map[column][]float64{}}
}

func (c *columns) add(level int, part, measure string, x score.Interval) {
	if x.Known {
		key := column{level, part, measure}
		c.values[key] = append(c.values[key], x.Central)
	}
}

// rows are the distributions: of fewer than compare.MinCities only how many are counted.
func (c *columns) rows() (rows [][]string) {
	for level, standing := range levels {
		for _, part := range c.parts {
			for _, measure := range []string{situation, effort} {
				v := c.values[column{level, part, measure}]
				row := []string{string(standing), part, measure, strconv.Itoa(len(v)), "", "", "", "", ""}
				if len(v) >= compare.MinCities {
					slices.Sort(v)
					for i, p := range []float64{0, .25, .5, .75, 1} {
						row[4+i] = number(stat.Quantile(p, v))
					}
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}
