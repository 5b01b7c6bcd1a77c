package score_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/score"
)

// The vectors V19 (reference.md 5.4) and V20 (decisions.md, "The method") with fewer values, computed by hand. Applicable are
// six indicators, four weights: A-1 (100, municipal), A-2 (50, shared), B-1 (100, national), B-2 (open, shared), B-3 (25,
// municipal), C-1 (60, municipal); A-3 is "not our responsibility" throughout.
func TestVectorsV19AndV20WithFewerValues(t *testing.T) {
	for _, test := range []struct {
		name, keep        string
		situation, effort string
		answered          int
		weights           float64
	}{
		{"all of them: V19 and V20 themselves", "A-1 A-2 B-1 B-3 C-1", "55.8333 67 72.5", "52.5 60 65", 5, 3.5},
		// (100+50+100+60)/4; low 310/6, high 510/6. Weights 1+0.5+1 = 2.5 of 4 are under two thirds: low (100+25+60)/4, high (185+150)/4.
		{"exactly two thirds of the situation, less of the effort", "A-1 A-2 B-1 C-1", "51.6667 77.5 85", "46.25 - 83.75", 4, 2.5},
		// low 200/6, high 600/6. Effort: low 100/4, high (100+300)/4.
		{"two of six: the bands alone", "A-1 B-1", "33.3333 - 100", "25 - 100", 2, 1},
		// low 0, high 600/6: nothing is known, and nothing is zero.
		{"none: the widest band", "", "0 - 100", "0 - 100", 0, 0},
		{"what was no value does not become one", "A-1 A-2 A-3 B-1 B-2 B-3 C-1", "55.8333 67 72.5", "52.5 60 65", 5, 3.5},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := score.NewScheme(questionnaire(vectorLines...))
			all := s.Marks(said(vectorAnswers), nil)
			before := bytes.Clone(all)
			kept := strings.Fields(test.keep)
			d := s.Card("", s.Only(all, func(id string) bool {
				for _, k := range kept {
					if k == id {
						return true
					}
				}
				return false
			})).Dimensions[0]
			expect(t, "situation", brief(d.Situation), test.situation)
			expect(t, "effort", brief(d.Effort), test.effort)
			expect(t, "answered", d.Answered, test.answered)
			expect(t, "applicable", d.Applicable, 6)
			expect(t, "answered weights", d.EffortAnswered, test.weights)
			expect(t, "applicable weights", d.EffortApplicable, 4)
			expect(t, "the marks themselves are untouched", bytes.Equal(all, before), true)
		})
	}
}

func TestFewerValuesNeverNarrowABand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		all := s.Marks(p.answers, p.holders)
		some := s.Only(all, func(string) bool { return rapid.Bool().Draw(t, "kept") })
		var a, b score.Numbers
		s.Numbers(all, &a)
		s.Numbers(some, &b)
		for i := range a.Subcategories {
			x, y := a.Subcategories[i], b.Subcategories[i]
			if x.Applicable != y.Applicable || x.EffortApplicable != y.EffortApplicable || y.Answered > x.Answered {
				t.Fatalf("%+v became %+v", x, y)
			}
			for _, v := range [][2]score.Interval{{x.Situation, y.Situation}, {x.Effort, y.Effort}} {
				if v[0].Banded != v[1].Banded || v[1].Low > v[0].Low+1e-9 || v[1].High < v[0].High-1e-9 {
					t.Fatalf("the band %+v became %+v", v[0], v[1])
				}
			}
		}
	})
}
