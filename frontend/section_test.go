package frontend

import (
	"strings"
	"testing"
)

func TestCompareMarksWhatDiffers(t *testing.T) {
	show := func(pieces []Piece) (s string) {
		for _, p := range pieces {
			if p.Differs {
				s += "[" + p.Text + "]"
			} else {
				s += p.Text
			}
		}
		return s
	}
	for _, test := range []struct{ name, a, b, inA, inB string }{
		{"the end", "Two mornings a week. Colleagues help.", "Two mornings a week. Clinics use a phone line.", "Two mornings a week. [Colleagues help.]", "Two mornings a week. [Clinics use a phone line.]"},
		{"the middle", "one two three", "one 2 three", "one [two ]three", "one [2 ]three"},
		{"a word more", "one three", "one two three", "one three", "one [two ]three"},
		{"nothing against something", "", "new", "", "[new]"},
		{"the same", "same text", "same text", "same text", "same text"},
		{"a word that comes twice is not counted twice", "a a", "a", "[a ]a", "a"},
		{"Arabic", "مترجم صباحا", "مترجم مساء", "مترجم [صباحا]", "مترجم [مساء]"},
		{"lines", "one\ntwo", "one\n2", "one\n[two]", "one\n[2]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := Compare(test.a, test.b)
			if show(a) != test.inA || show(b) != test.inB {
				t.Errorf("%q and %q", show(a), show(b))
			}
		})
	}
	t.Run("64 KB against 64 KB loses nothing", func(t *testing.T) {
		x, y := strings.Repeat("نص ", 13000)+"first", strings.Repeat("نص ", 13000)+"second"
		a, b := Compare(x, y)
		if got := strings.NewReplacer("[", "", "]", "").Replace(show(a)); got != x || len(b) != 2 || b[1].Text != "second" {
			t.Error("the text is another")
		}
	})
}
