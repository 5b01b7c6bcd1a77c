package score_test

import (
	"strconv"
	"testing"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// complete makes assessments of the size of urban-migof in which every indicator is answered, no two of them alike.
func complete(n int) (*score.Scheme, []score.Marks) {
	in := urban()
	s := score.NewScheme(in)
	out := make([]score.Marks, n)
	for i := range out {
		out[i] = s.Blank()
		for k, q := range in.Indicators() {
			s.SetAnswer(out[i], q.ID, survey.Answer{Value: value(q, i*31+k*7+i/(k+1))})
		}
	}
	return s, out
}

func TestTheBenchmarkHasTheSizeOfTheUrbanInstrument(t *testing.T) {
	s, marks := complete(1)
	c := s.Card("", marks[0])
	scored := 0
	for _, d := range c.Dimensions {
		scored += d.Answered
	}
	expect(t, "indicators", len(urban().Indicators()), 90)
	expect(t, "answered and scored", scored, 85)
	expect(t, "dimensions", len(c.Dimensions), 6)
	expect(t, "sub-categories", len(c.Subcategories), 26)
	expect(t, "bytes of marks", len(marks[0]), 170)
}

func TestNumbersAllocateNothing(t *testing.T) {
	s, marks := complete(1)
	var n score.Numbers
	s.Numbers(marks[0], &n)
	expect(t, "allocations of an assessment", testing.AllocsPerRun(100, func() { s.Numbers(marks[0], &n) }), 0)
}

// BenchmarkNumbers10000 is held to 50 ms (issue 2, "Numbers").
func BenchmarkNumbers10000(b *testing.B) {
	s, marks := complete(10_000)
	var n score.Numbers
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range marks {
			s.Numbers(m, &n)
		}
	}
}

// BenchmarkCards10000 is held to 250 ms (issue 2, "Numbers").
func BenchmarkCards10000(b *testing.B) {
	s, marks := complete(10_000)
	cards := make([]score.Card, len(marks))
	b.ReportAllocs()
	for b.Loop() {
		for i, m := range marks {
			cards[i] = s.Card(strconv.Itoa(i), m)
		}
	}
}

func BenchmarkNumbersUnmarshalBinary(b *testing.B) {
	s, marks := complete(1)
	var n score.Numbers
	s.Numbers(marks[0], &n)
	data, err := n.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := n.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
}
