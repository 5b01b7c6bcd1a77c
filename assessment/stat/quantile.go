// Package stat has the statistics that gonum lacks, on plain slices and in gonum's style.
package stat

import "math"

// Quantile returns the quantile of x at p by linear interpolation between the order statistics around (n-1)·p. This is
// type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996) 361-365:
// the default of R, NumPy and the spreadsheets (gonum has types 1 and 4 only).
//
// The x must be sorted in increasing order and hold no NaN. Quantile panics when x is empty or p is not between 0 and 1.
func Quantile(p float64, x []float64) float64 {
	if len(x) == 0 {
		panic("stat: zero length slice")
	}
	if !(p >= 0 && p <= 1) {
		panic("stat: quantile out of bounds")
	}
	whole, part := math.Modf(p * float64(len(x)-1))
	i := int(whole)
	if part == 0 {
		return x[i]
	}
	return x[i] + part*(x[i+1]-x[i])
}
