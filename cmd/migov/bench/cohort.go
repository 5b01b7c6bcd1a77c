package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// sizes are the numbers of cities for which growth is measured.
var sizes = []int{1_000, 10_000, 100_000, 500_000}

const (
	kinds   = 2_000 // cities that are made up; larger rounds repeat them
	lookups = 2_000 // of one city, for one figure
)

// cohorts measures comparisons in memory: where one city stands, which should cost the same in a round of any size, and what
// has to look at every city, which should grow with their number.
func (b *bench) cohorts() error {
	in, err := questionnaire()
	if err != nil {
		return err
	}
	scheme := score.NewScheme(in)
	marks := madeUp(in, scheme)
	var one, columns, rescored, pairs []float64
	for _, n := range sizes {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c := gathered(scheme, marks, n)
		runtime.GC()
		runtime.ReadMemStats(&after)
		began := time.Now()
		sel := c.Select(compare.Group{})
		for _, part := range c.Parts() {
			for _, m := range compare.Measures {
				sel.Spread(part, m)
			}
		}
		columns = append(columns, time.Since(began).Seconds()*1000)
		one = append(one, standing(c, sel))
		began = time.Now()
		found, _ := sel.Pairs(compare.Axis{Part: c.Parts()[0], Measure: compare.Situation}, compare.Axis{Part: c.Parts()[1], Measure: compare.Situation})
		pairs = append(pairs, time.Since(began).Seconds()*1000)
		if len(found) == 0 {
			return fmt.Errorf("no pairs among %d cities", n)
		}
		began = time.Now()
		var numbers score.Numbers
		for i := range n {
			scheme.Numbers(marks[i%kinds], &numbers)
		}
		rescored = append(rescored, time.Since(began).Seconds()*1000)
		b.note("cohort", fmt.Sprintf("memory, %d cities", n), float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(c)
	}
	for i, n := range sizes {
		b.note("cohort", fmt.Sprintf("own position and distribution in every part, %d cities", n), one[i]*1000, "µs")
		b.note("cohort", fmt.Sprintf("every distribution of a group for the first time, %d cities", n), columns[i], "ms")
		b.note("cohort", fmt.Sprintf("two values of every city, %d cities", n), pairs[i], "ms")
		b.note("cohort", fmt.Sprintf("every city scored anew, %d cities", n), rescored[i], "ms")
	}
	b.atMost("cohort", "own position, 100000 cities (W5)", one[2], "ms", 5)
	b.atMost("cohort", "own position, 500000 against 1000 cities (W5)", one[3]/one[0], "×", 2)
	b.atMost("cohort", "two values of every city, 100000 cities (W5)", pairs[2], "ms", 200)
	b.atMost("cohort", "every city scored anew, 100000 cities (W6)", rescored[2], "ms", 1500)
	b.atMost("cohort", "growth of the own position (W10)", slope(one), "", .1)
	b.atMost("cohort", "growth of scoring anew (W6, W10)", slope(rescored), "", 1.1)
	b.atMost("cohort", "growth of every distribution (W10)", slope(columns), "", 1.1)
	return nil
}

// slope is the least squares slope of the logarithm of times over that of sizes.
func slope(times []float64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(sizes))
	for i, size := range sizes {
		x, y := math.Log(float64(size)), math.Log(times[i])
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// madeUp are the marks of cities that answer nine of ten questions.
func madeUp(in *survey.Instrument, scheme *score.Scheme) []score.Marks {
	random := rand.New(rand.NewPCG(2026, 11))
	out := make([]score.Marks, kinds)
	for i := range out {
		answers := map[string]survey.Answer{}
		for _, q := range in.Indicators() {
			if q.Kind == survey.Level && random.IntN(10) > 0 {
				answers[q.ID] = survey.Answer{Value: fmt.Sprint(random.IntN(5))}
			}
		}
		out[i] = scheme.Marks(answers, nil)
	}
	return out
}

func gathered(scheme *score.Scheme, marks []score.Marks, n int) *compare.Cohort {
	builder := compare.NewBuilder(scheme)
	var numbers score.Numbers
	for i := range n {
		scheme.Numbers(marks[i%kinds], &numbers)
		code := fmt.Sprintf("city-%06d", i)
		builder.Add(compare.City{Assessment: "id-" + code, ID: code, Code: code, Name: code, Country: "XA", Region: "015", Income: "low", Population: 10_000 + i, HandedIn: true, Consents: true,
			Marks: append(score.Marks(nil), marks[i%kinds]...), Numbers: numbers})
	}
	return builder.Cohort()
}

// standing is how long it takes to say where a city stands in every part, in milliseconds, as the page and the API of a city among its
// peers work it out: its own numbers, how each part is distributed, and the place in it.
func standing(c *compare.Cohort, sel *compare.Selection) float64 {
	random := rand.New(rand.NewPCG(1, 2))
	parts := c.Parts()
	times := make([]float64, lookups)
	for i := range times {
		id := fmt.Sprintf("id-city-%06d", random.IntN(sel.Size()))
		began := time.Now()
		own, _ := c.Own(id)
		var numbers score.Numbers
		c.Scheme.Numbers(own.Marks, &numbers)
		for k, r := range slices.Concat(numbers.Dimensions, numbers.Subcategories) {
			if d := sel.Spread(parts[k], compare.Situation); r.Situation.Known {
				d.Place(r.Situation.Central)
			}
		}
		times[i] = time.Since(began).Seconds() * 1000
	}
	return median(times)
}
