package score_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/score"
	"migov/assessment/survey"
)

func TestOrderOfAnswersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		whole := s.Marks(p.answers, p.holders)
		piecemeal := s.Blank()
		ids := slices.Sorted(maps.Keys(p.answers))
		for _, id := range rapid.Permutation(ids).Draw(t, "order") {
			// something else is said first, and then corrected
			s.SetAnswer(piecemeal, id, drawAnswer(t, find(p.in, id), false))
			s.SetHolder(piecemeal, id, drawHolder(t))
			s.SetAnswer(piecemeal, id, p.answers[id])
			s.SetHolder(piecemeal, id, p.holders[id])
		}
		for _, id := range rapid.Permutation(slices.Sorted(maps.Keys(p.holders))).Draw(t, "order of powers") {
			s.SetHolder(piecemeal, id, p.holders[id])
		}
		if !bytes.Equal(whole, piecemeal) {
			t.Fatalf("whole %v, one by one %v", whole, piecemeal)
		}
	})
}

func find(in *survey.Instrument, id string) *survey.Indicator {
	for _, q := range in.Indicators() {
		if q.ID == id {
			return q
		}
	}
	return nil
}

// everything returns every id that Maths explains.
func everything(s *score.Scheme) []string {
	return slices.Concat(s.DimensionIDs(), s.SubcategoryIDs(), []string{score.OverallID, score.AdvocacyID})
}

func TestNonAnswerNeverChangesAnotherIndicator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		m := s.Marks(p.answers, p.holders)
		changed := rapid.SampledFrom(p.in.Indicators()).Draw(t, "changed").ID
		non := rapid.SampledFrom(survey.NonAnswers).Draw(t, "non-answer")
		after := slices.Clone(m)
		s.SetAnswer(after, changed, survey.Answer{NonAnswer: non})
		for _, id := range everything(s) {
			a, _ := s.Maths(m, id)
			b, _ := s.Maths(after, id)
			if len(a.Lines) != len(b.Lines) {
				t.Fatalf("%s has %d lines, and then %d", id, len(a.Lines), len(b.Lines))
			}
			for i, l := range a.Lines {
				if l.Indicator.ID != changed && l != b.Lines[i] {
					t.Fatalf("%s: %+v became %+v", id, l, b.Lines[i])
				}
			}
		}
	})
}

func TestFillingABlankNeverLowersCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		q := rapid.SampledFrom(p.in.Indicators()).Draw(t, "filled")
		delete(p.answers, q.ID)
		m := s.Marks(p.answers, p.holders)
		filled := slices.Clone(m)
		s.SetAnswer(filled, q.ID, drawAnswer(t, q, true))
		var before, after score.Numbers
		s.Numbers(m, &before)
		s.Numbers(filled, &after)
		check := func(a, b []score.Result) {
			for i := range a {
				for _, coverage := range []func(score.Result) (float64, bool){score.Result.Coverage, score.Result.EffortCoverage} {
					was, wasKnown := coverage(a[i])
					is, isKnown := coverage(b[i])
					if wasKnown && isKnown && is < was {
						t.Fatalf("coverage fell from %v to %v", was, is)
					}
				}
			}
		}
		check(before.Dimensions, after.Dimensions)
		check(before.Subcategories, after.Subcategories)
	})
}

// intervals returns every interval of some numbers.
func intervals(n score.Numbers) []score.Interval {
	out := []score.Interval{n.Situation, n.Effort, n.Advocacy}
	for _, r := range slices.Concat(n.Dimensions, n.Subcategories) {
		out = append(out, r.Situation, r.Effort)
	}
	return out
}

func TestLowCentralHighStandInOrderWithinTheScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		var n score.Numbers
		s.Numbers(s.Marks(p.answers, p.holders), &n)
		for _, i := range intervals(n) {
			for _, x := range []float64{i.Low, i.Central, i.High} {
				if !(x >= 0 && x <= 100) { // NaN is not
					t.Fatalf("out of the scale: %+v", i)
				}
			}
			if i.Low > i.High || i.Known && (!i.Banded || i.Low > i.Central || i.Central > i.High) || !i.Known && i.Central != 0 {
				t.Fatalf("out of order: %+v", i)
			}
		}
	})
}

func TestNumbersRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		m := s.Marks(p.answers, p.holders)
		var n, again score.Numbers
		s.Numbers(m, &n)
		data, err := n.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		again.Dimensions = make([]score.Result, 40) // what was there before does not shine through
		for i := range again.Dimensions {
			again.Dimensions[i] = score.Result{Answered: 99, Situation: score.Interval{Low: 1, Banded: true}}
		}
		if err := again.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(n, again) {
			t.Fatalf("%v: %+v became %+v", err, n, again)
		}
		written, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var read score.Marks
		if err := read.UnmarshalBinary(written); err != nil || !bytes.Equal(m, read) {
			t.Fatalf("%v: %v became %v", err, m, read)
		}
		if len(written) > 2*len(p.scored(p.in.Indicators()))+1 {
			t.Fatalf("%d bytes for %d scored indicators", len(written), len(p.scored(p.in.Indicators())))
		}
	})
}

func TestEveryFloatComesBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		n := score.Numbers{Situation: score.Interval{Low: x, Central: -x, High: math.Nextafter(x, 0), Banded: true, Known: true}}
		data, err := n.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var again score.Numbers
		if err := again.UnmarshalBinary(data); err != nil || again.Situation != n.Situation {
			t.Fatalf("%v: %v became %v", err, n.Situation, again.Situation)
		}
	})
}

func TestBrokenBytesAreRefused(t *testing.T) {
	s := score.NewScheme(questionnaire(vectorLines...))
	m := s.Marks(said(vectorAnswers), nil)
	var n score.Numbers
	s.Numbers(m, &n)
	good, err := n.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	nan := score.Numbers{Situation: score.Interval{Low: math.NaN(), Banded: true}}
	notNumbers, _ := nan.MarshalBinary()
	infinite := score.Numbers{Effort: score.Interval{Central: math.Inf(1), Known: true}}
	notFinite, _ := infinite.MarshalBinary()
	for _, test := range []struct {
		name string
		data []byte
	}{
		{"nothing", nil},
		{"another version", append([]byte{2}, good[1:]...)},
		{"the end is missing", good[:len(good)-1]},
		{"something follows", append(slices.Clone(good), 0)},
		{"a count beyond what is there", []byte{1, 0xff, 0xff, 0xff, 0xff, 0x07}},
		{"unknown flags", append(slices.Clone(good[:len(good)-1]), 8)},
		{"NaN", notNumbers},
		{"infinity", notFinite},
	} {
		t.Run(test.name, func(t *testing.T) {
			var n score.Numbers
			if n.UnmarshalBinary(test.data) == nil {
				t.Errorf("%v was read as %+v", test.data, n)
			}
		})
	}
	for _, test := range []struct {
		name string
		data []byte
	}{{"nothing", nil}, {"another version", []byte{2, 0, 0}}, {"half an indicator", []byte{1, 0}}} {
		t.Run("marks: "+test.name, func(t *testing.T) {
			var m score.Marks
			if m.UnmarshalBinary(test.data) == nil {
				t.Errorf("%v was read as %v", test.data, m)
			}
		})
	}
}

func TestAnyBytesAreReadOrRefused(t *testing.T) {
	s := score.NewScheme(questionnaire(vectorLines...))
	rapid.Check(t, func(t *rapid.T) {
		data := append([]byte{1}, rapid.SliceOf(rapid.Byte()).Draw(t, "data")...)
		var n score.Numbers
		if n.UnmarshalBinary(data) == nil {
			for _, i := range intervals(n) {
				if math.IsNaN(i.Low+i.Central+i.High) || math.IsInf(i.Low+i.Central+i.High, 0) {
					t.Fatalf("not finite: %+v", i)
				}
			}
		}
		// marks of another instrument, or damaged ones, give numbers within the scale all the same
		var m score.Marks
		if m.UnmarshalBinary(data) == nil {
			s.Numbers(m, &n)
			for _, i := range intervals(n) {
				if !(i.Low >= 0 && i.High <= 100) {
					t.Fatalf("out of the scale: %+v", i)
				}
			}
			s.Card("", m)
		}
	})
}

// TestMathsCanBeDoneByHand adds up the lines of Maths as a person would, and comes to the numbers of the card.
func TestMathsCanBeDoneByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		m := s.Marks(p.answers, p.holders)
		c := s.Card("", m)
		for _, section := range slices.Concat(c.Dimensions, c.Subcategories) {
			maths, ok := s.Maths(m, section.ID)
			if !ok || !slices.Equal(maths.Notes, section.Notes) {
				t.Fatalf("%s: %v, notes %v, the card has %v", section.ID, ok, maths.Notes, section.Notes)
			}
			byHand(t, maths.Situation, section.Situation, maths.Lines, func(l score.Line) (float64, score.Reason) { return 1, l.Excluded })
			byHand(t, maths.Effort, section.Effort, maths.Lines, func(l score.Line) (float64, score.Reason) { return l.Weight, l.EffortExcluded() })
			if grounded := 5*maths.Out <= 2*maths.Basis; section.Effort.Banded && !grounded {
				t.Fatalf("%s has an effort on %d of %d", section.ID, maths.Out, maths.Basis)
			}
		}
		maths, _ := s.Maths(m, score.AdvocacyID)
		mirrored := maths.Advocacy
		mirrored.Interval = mirror(mirrored.Interval)
		byHand(t, mirrored, mirror(c.Overall.Advocacy), maths.Lines, func(l score.Line) (float64, score.Reason) { return 1, l.Excluded })
		maths, _ = s.Maths(m, score.OverallID)
		quotients(t, maths.Situation, c.Overall.Situation)
		quotients(t, maths.Effort, c.Overall.Effort)
		if !slices.Equal(maths.Notes, c.Overall.Notes) || !reflect.DeepEqual(maths.Parts, c.Dimensions) {
			t.Fatalf("the overall maths is %+v", maths)
		}
	})
}

func mirror(i score.Interval) score.Interval {
	if i.Known {
		i.Low, i.Central, i.High = 100-i.High, 100-i.Central, 100-i.Low
	}
	return i
}

func byHand(t *rapid.T, got score.Steps, shown score.Interval, lines []score.Line, by func(score.Line) (float64, score.Reason)) {
	var want score.Steps
	for _, l := range lines {
		weight, excluded := by(l)
		switch excluded {
		case "":
			want.Sum += weight * l.Value
			want.Divisor += weight
			want.LowSum += weight * l.Value
			want.HighSum += weight * l.Value
			want.BandDivisor += weight
		case score.Open:
			want.HighSum += weight * 100
			want.BandDivisor += weight
		}
	}
	for _, pair := range [][2]float64{{got.Sum, want.Sum}, {got.Divisor, want.Divisor}, {got.LowSum, want.LowSum},
		{got.HighSum, want.HighSum}, {got.BandDivisor, want.BandDivisor}} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Fatalf("the steps are %+v, by hand %+v", got, want)
		}
	}
	quotients(t, got, shown)
}

func quotients(t *rapid.T, s score.Steps, shown score.Interval) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if s.Known != shown.Known || s.Banded != shown.Banded {
		t.Fatalf("the maths shows %+v, the card %+v", s.Interval, shown)
	}
	if shown.Known && !near(s.Sum/s.Divisor, shown.Central) {
		t.Fatalf("%+v is not %v", s, shown.Central)
	}
	if shown.Banded && !(near(s.LowSum/s.BandDivisor, shown.Low) && near(s.HighSum/s.BandDivisor, shown.High)) {
		t.Fatalf("%+v is not %+v", s, shown)
	}
}

func TestMathsOfAnUnknownID(t *testing.T) {
	s := score.NewScheme(questionnaire(vectorLines...))
	if m, ok := s.Maths(s.Blank(), "ZZ"); ok {
		t.Errorf("it explains %+v", m)
	}
}

func TestJSONNeverLeavesAKeyOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		var b bytes.Buffer
		c := s.Card("A & B", s.Marks(p.answers, p.holders))
		if err := score.WriteJSON(&b, []score.Card{c}); err != nil {
			t.Fatal(err)
		}
		var cards []map[string]any
		if err := json.Unmarshal(b.Bytes(), &cards); err != nil {
			t.Fatal(err)
		}
		keys := func(what any, want ...string) map[string]any {
			m, _ := what.(map[string]any)
			if got := slices.Sorted(maps.Keys(m)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Fatalf("keys %v, want %v", got, want)
			}
			return m
		}
		card := keys(cards[0], "city", "instrument", "method", "dimensions", "subcategories", "overall")
		for _, list := range []string{"dimensions", "subcategories"} {
			for _, one := range card[list].([]any) {
				section := keys(one, "id", "situation", "effort", "coverage", "answered", "applicable", "notes")
				keys(section["situation"], "low", "central", "high")
				keys(section["effort"], "low", "central", "high")
				if section["notes"] == nil {
					t.Fatal("notes are null")
				}
			}
		}
		overall := keys(card["overall"], "situation", "effort", "advocacy", "notes")
		for _, number := range []string{"situation", "effort", "advocacy"} {
			keys(overall[number], "low", "central", "high")
		}
	})
}
