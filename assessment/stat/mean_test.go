package stat_test

import (
	"math"
	"testing"

	"migov/assessment/stat"
)

// The first readings of two peak flow meters on 17 people, in litres a minute: Bland and Altman, Lancet 1986 (1), 307–310,
// table 1; the mean difference is −2.1 and the standard deviation 38.8 there.
func TestSignedDifferencesAreThoseOfBlandAndAltman(t *testing.T) {
	wright := []float64{494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427}
	mini := []float64{512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451}
	var differences []float64
	for i := range wright {
		differences = append(differences, wright[i]-mini[i])
	}
	mean, deviation := stat.Mean(differences)
	if math.Round(mean*10)/10 != -2.1 || math.Round(deviation*10)/10 != 38.8 {
		t.Errorf("mean %v, standard deviation %v", mean, deviation)
	}
}

func TestFewNumbersHaveNoDeviation(t *testing.T) {
	for _, test := range []struct {
		given           []float64
		mean, deviation float64
	}{{nil, 0, 0}, {[]float64{-2}, -2, 0}, {[]float64{-1, 1}, 0, math.Sqrt2}} {
		if mean, deviation := stat.Mean(test.given); mean != test.mean || math.Abs(deviation-test.deviation) > 1e-15 {
			t.Errorf("%v: %v, %v", test.given, mean, deviation)
		}
	}
}
