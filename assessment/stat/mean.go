package stat

import "math"

// Mean returns the mean of some numbers, and their standard deviation with n − 1, which is 0 with fewer than two. Of no
// numbers both are 0. Signed differences between two ways of measuring are summed up so in Bland and Altman, Lancet 1986 (1),
// 307–310.
func Mean(numbers []float64) (mean, deviation float64) {
	if len(numbers) == 0 {
		return 0, 0
	}
	for _, x := range numbers {
		mean += x
	}
	mean /= float64(len(numbers))
	if len(numbers) == 1 {
		return mean, 0
	}
	for _, x := range numbers {
		deviation += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(numbers)-1))
}
