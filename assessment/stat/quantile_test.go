package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	// R's data set mtcars (Henderson and Velleman 1981); summary(mtcars$mpg) and quantile(mtcars$mpg) are in many manuals of R.
	mpg := []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4,
		30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4}
	slices.Sort(mpg)
	for _, test := range []struct {
		name string
		x    []float64
		p    float64
		want float64
	}{
		{"the minimum of R's mtcars$mpg", mpg, 0, 10.4},
		{"the first quartile of R's mtcars$mpg", mpg, 0.25, 15.425},
		{"the median of R's mtcars$mpg", mpg, 0.5, 19.2},
		{"the third quartile of R's mtcars$mpg", mpg, 0.75, 22.8},
		{"the maximum of R's mtcars$mpg", mpg, 1, 33.9},
		{"PERCENTILE.INC in Microsoft's manual of Excel", []float64{1, 2, 3, 4}, 0.3, 1.9},
		{"QUARTILE.INC in Microsoft's manual of Excel", []float64{1, 2, 4, 7, 8, 9, 10, 12}, 0.25, 3.5},
		{"numpy.percentile in NumPy's manual", []float64{1, 2, 3, 4, 7, 10}, 0.5, 3.5},
		{"a single value is every quantile", []float64{42}, 0.25, 42},
		{"of two values the median is the middle", []float64{10, 20}, 0.5, 15},
		{"equal values stay exactly themselves", []float64{66.6, 66.6, 66.6}, 0.3, 66.6},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Quantile(test.p, test.x); math.Abs(got-test.want) > 1e-12 {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestQuantileRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		x    []float64
		p    float64
	}{
		{"an empty slice", nil, 0.5},
		{"a share below 0", []float64{1}, -0.1},
		{"a share above 1", []float64{1}, 1.1},
		{"a share that is not a number", []float64{1}, math.NaN()},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it did not panic")
				}
			}()
			Quantile(test.p, test.x)
		})
	}
}

func TestQuantileStaysInOrderAndWithinTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 50).Draw(t, "x")
		slices.Sort(x)
		p, q := rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, 1).Draw(t, "q")
		if p > q {
			p, q = q, p
		}
		low, high := Quantile(p, x), Quantile(q, x)
		const rounding = 1e-12
		if low > high+rounding || low < x[0]-rounding || high > x[len(x)-1]+rounding {
			t.Fatalf("the quantiles at %v and %v of %v are %v and %v", p, q, x, low, high)
		}
	})
}
