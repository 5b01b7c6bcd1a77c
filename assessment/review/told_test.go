package review_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/review"
)

func lot(n int, levels ...int) (out []review.Told) {
	for i, level := range levels {
		out = append(out, review.Told{Lot: n, Assessment: fmt.Sprintf("%d-%d", n, i), Level: level})
	}
	return out
}

func TestLevelsOfOthersAreToldInLotsOfFive(t *testing.T) {
	reads := func(ids ...string) func(string) bool { return func(id string) bool { return slices.Contains(ids, id) } }
	for _, c := range []struct {
		says  string
		all   []review.Told
		reads func(string) bool
		want  []int
	}{
		{"nobody has handed in", nil, reads(), nil},
		{"four tell nothing", lot(1, 0, 1, 2, 3), reads(), nil},
		{"five are told", lot(1, 0, 1, 2, 2, 4), reads(), []int{1, 1, 2, 0, 1}},
		{"four beside one that the person reads tell nothing", lot(1, 0, 1, 2, 2, 4), reads("1-0"), nil},
		{"what the person reads is left out", lot(1, 0, 1, 2, 2, 4, 4), reads("1-5"), []int{1, 1, 2, 0, 1}},
		{"a second lot of four adds nothing", append(lot(1, 0, 0, 0, 0, 0), lot(2, 1, 1, 1, 1)...), reads(), []int{5, 0, 0, 0, 0}},
		{"a second lot of five is added", append(lot(1, 0, 0, 0, 0, 0), lot(2, 1, 1, 1, 1, 1)...), reads(), []int{5, 5, 0, 0, 0}},
	} {
		if got := review.Tell(c.all, c.reads); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", c.says, got, c.want)
		}
	}
	for waiting, want := range map[int]bool{0: false, 4: false, 5: true, 9: true} {
		if review.Complete(waiting) != want {
			t.Errorf("%d waiting make a lot: %v", waiting, !want)
		}
	}
}

// However cities hand in, one after the other, two counts that one person reads are the same or differ by five cities or more (S14).
func TestNoTwoCountsDifferByFewerThanFive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all, waiting []review.Told
		number, before := 1, 0
		for i := range rapid.IntRange(0, 40).Draw(t, "cities") {
			waiting = append(waiting, review.Told{Lot: number, Assessment: fmt.Sprint(i), Level: rapid.IntRange(0, 4).Draw(t, "level")})
			if rapid.Bool().Draw(t, "looked") && review.Complete(len(waiting)) {
				all, waiting, number = append(all, waiting...), nil, number+1
			}
			now := 0
			for _, n := range review.Tell(all, func(string) bool { return false }) {
				now += n
			}
			if d := now - before; d != 0 && d < review.FewestCities {
				t.Fatalf("after %d cities the count grows from %d to %d", i+1, before, now)
			}
			before = now
		}
	})
}
