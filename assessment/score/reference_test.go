package score_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// This file is the method a second time, straight from the text of decisions.md, in fractions, without any thought of
// speed. It shares nothing with the package but the types of the instrument.

// exact is an interval in fractions; nil is absent.
type exact struct{ low, central, high *big.Rat }

func ratio(a, b int64) *big.Rat     { return big.NewRat(a, b) }
func sum(a, b *big.Rat) *big.Rat    { return new(big.Rat).Add(a, b) }
func times2(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat   { return new(big.Rat).Quo(a, b) }
func minus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Sub(a, b) }

type paper struct {
	in      *survey.Instrument
	answers map[string]survey.Answer
	holders map[string]survey.Holder
}

// valueOf is "level l → 25·l; yes/no → 100/0; multiple choice → 100·chosen/options, none not counted as an option".
func (p paper) valueOf(q *survey.Indicator) *big.Rat {
	a := p.answers[q.ID]
	if a.Value == "" {
		return nil
	}
	switch q.Kind {
	case survey.Level:
		return times2(ratio(25, 1), ratio(int64(a.Value[0]-'0'), 1))
	case survey.YesNo:
		return map[string]*big.Rat{"yes": ratio(100, 1), "no": ratio(0, 1)}[a.Value]
	}
	chosen, options := int64(0), int64(0)
	for _, o := range q.Options {
		if o.ID != "none" {
			options++
			if strings.Contains("|"+a.Value+"|", "|"+o.ID+"|") {
				chosen++
			}
		}
	}
	return ratio(100*chosen, options)
}

func (p paper) weightOf(q *survey.Indicator) *big.Rat {
	h := q.Power
	if own, ok := p.holders[q.ID]; ok {
		h = own
	}
	return map[survey.Holder]*big.Rat{survey.Municipal: ratio(1, 1), survey.Shared: ratio(1, 2), survey.Contested: ratio(1, 2),
		survey.Regional: ratio(0, 1), survey.National: ratio(0, 1), survey.Nobody: ratio(0, 1)}[h]
}

func (p paper) scored(qs []*survey.Indicator) (out []*survey.Indicator) {
	for _, q := range qs {
		if q.Kind != survey.Number && q.Kind != survey.Freetext {
			out = append(out, q)
		}
	}
	return out
}

func (p paper) applicable(qs []*survey.Indicator) (out []*survey.Indicator) {
	for _, q := range p.scored(qs) {
		if n := p.answers[q.ID].NonAnswer; n != survey.NotApplicable && n != survey.NotOurs {
			out = append(out, q)
		}
	}
	return out
}

// weighted is the mean of the values by weight with its band, and the coverage; a mean under a coverage of 2/3 is not told.
func (p paper) weighted(qs []*survey.Indicator, weight func(*survey.Indicator) *big.Rat) (e exact, coverage *big.Rat) {
	answered, applicable := ratio(0, 1), ratio(0, 1)
	central, low, high := ratio(0, 1), ratio(0, 1), ratio(0, 1)
	for _, q := range p.applicable(qs) {
		w := weight(q)
		applicable = sum(applicable, w)
		if v := p.valueOf(q); v != nil {
			answered = sum(answered, w)
			central, low, high = sum(central, times2(w, v)), sum(low, times2(w, v)), sum(high, times2(w, v))
		} else {
			high = sum(high, times2(w, ratio(100, 1)))
		}
	}
	if applicable.Sign() == 0 {
		return exact{}, nil
	}
	e.low, e.high = over(low, applicable), over(high, applicable)
	coverage = over(answered, applicable)
	if coverage.Cmp(ratio(2, 3)) >= 0 {
		e.central = over(central, answered)
	}
	return e, coverage
}

func one(*survey.Indicator) *big.Rat { return ratio(1, 1) }

func (p paper) situation(qs []*survey.Indicator) (exact, *big.Rat) { return p.weighted(qs, one) }

func (p paper) effort(qs []*survey.Indicator) (exact, *big.Rat) {
	e, coverage := p.weighted(qs, p.weightOf)
	basis, out := 0, 0
	for _, q := range p.scored(qs) {
		n := p.answers[q.ID].NonAnswer
		if n == survey.NotApplicable {
			continue
		}
		basis++
		if p.weightOf(q).Sign() == 0 || n == survey.NotOurs {
			out++
		}
	}
	if 5*out > 2*basis {
		return exact{}, coverage
	}
	return e, coverage
}

func (p paper) advocacy() exact {
	var elsewhere []*survey.Indicator
	answered := 0
	for _, q := range p.applicable(p.in.Indicators()) {
		if p.weightOf(q).Sign() == 0 {
			elsewhere = append(elsewhere, q)
			if p.valueOf(q) != nil {
				answered++
			}
		}
	}
	e, _ := p.weighted(elsewhere, one)
	if answered < 5 || e.central == nil {
		return exact{}
	}
	hundred := ratio(100, 1)
	return exact{minus(hundred, e.high), minus(hundred, e.central), minus(hundred, e.low)}
}

// mean is over the dimensions with a central value, if there are at least so many.
func (p paper) mean(of func([]*survey.Indicator) (exact, *big.Rat), least int) (m exact) {
	var found []exact
	for _, d := range p.in.Dimensions {
		if e, _ := of(indicators(d.Subcategories...)); e.central != nil {
			found = append(found, e)
		}
	}
	if len(found) == 0 || len(found) < least {
		return exact{}
	}
	m = exact{ratio(0, 1), ratio(0, 1), ratio(0, 1)}
	for _, e := range found {
		m = exact{sum(m.low, e.low), sum(m.central, e.central), sum(m.high, e.high)}
	}
	n := ratio(int64(len(found)), 1)
	return exact{over(m.low, n), over(m.central, n), over(m.high, n)}
}

func indicators(subs ...survey.Subcategory) (out []*survey.Indicator) {
	for _, s := range subs {
		out = append(out, s.Indicators...)
	}
	return out
}

func same(got float64, known bool, want *big.Rat) bool {
	if want == nil || !known {
		return want == nil && !known && got == 0
	}
	f, _ := want.Float64()
	return got-f < 1e-9 && f-got < 1e-9
}

func sameInterval(i score.Interval, e exact) bool {
	return same(i.Low, i.Banded, e.low) && same(i.Central, i.Known, e.central) && same(i.High, i.Banded, e.high)
}

func TestAgainstThePaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPaper(t)
		s := score.NewScheme(p.in)
		c := s.Card("", s.Marks(p.answers, p.holders))
		section := func(got score.Section, qs []*survey.Indicator) {
			situation, coverage := p.situation(qs)
			effort, effortCoverage := p.effort(qs)
			share, known := got.Coverage()
			effortShare, effortKnown := got.EffortCoverage()
			if !sameInterval(got.Situation, situation) || !sameInterval(got.Effort, effort) ||
				!same(share, known, coverage) || !same(effortShare, effortKnown, effortCoverage) {
				t.Fatalf("%s: got %+v, want situation %v effort %v coverage %v %v", got.ID, got.Result, situation, effort, coverage, effortCoverage)
			}
		}
		sub := 0
		for i, d := range p.in.Dimensions {
			section(c.Dimensions[i], indicators(d.Subcategories...))
			for _, one := range d.Subcategories {
				section(c.Subcategories[sub], one.Indicators)
				sub++
			}
		}
		for _, o := range []struct {
			name string
			got  score.Interval
			want exact
		}{
			{"overall situation", c.Overall.Situation, p.mean(p.situation, len(p.in.Dimensions))},
			{"overall effort", c.Overall.Effort, p.mean(p.effort, 4)},
			{"advocacy", c.Overall.Advocacy, p.advocacy()},
		} {
			if !sameInterval(o.got, o.want) {
				t.Fatalf("%s: got %+v, want %v", o.name, o.got, o.want)
			}
		}
		p.checkLists(t, c)
	})
}

// checkLists compares the lists of a card with their definitions.
func (p paper) checkLists(t *rapid.T, c score.Card) {
	var strong, potential, ask []string
	qs := p.scored(p.in.Indicators())
	slices.SortFunc(qs, func(a, b *survey.Indicator) int {
		key := func(q *survey.Indicator) string { return fmt.Sprint(!q.Core, q.ID) } // "false" comes before "true"
		return strings.Compare(key(a), key(b))
	})
	for _, q := range qs {
		v, away := p.valueOf(q), p.weightOf(q).Sign() == 0
		low := v != nil && v.Cmp(ratio(25, 1)) <= 0
		if v != nil && v.Cmp(ratio(75, 1)) >= 0 {
			strong = append(strong, q.ID)
		}
		if low && !away {
			potential = append(potential, q.ID)
		}
		if low && away || p.answers[q.ID].NonAnswer == survey.NotOurs {
			ask = append(ask, q.ID)
		}
	}
	for _, list := range []struct {
		name string
		got  []score.Item
		want []string
	}{{"well-developed areas", c.Strong, strong}, {"areas with potential", c.Potential, potential}, {"to ask for", c.AdvocacyList, ask}} {
		var got []string
		for _, i := range list.got {
			got = append(got, i.Indicator.ID)
		}
		if !slices.Equal(got, list.want) {
			t.Fatalf("%s: got %v, want %v", list.name, got, list.want)
		}
	}
}

// drawPaper draws an instrument of up to seven dimensions, with answers and powers.
func drawPaper(t *rapid.T) paper {
	var lines []string
	kinds := []string{"level", "level", "level", "yes_no", "multiple:3", "multiple:6", "number", "text"}
	n := 0
	for d := range rapid.IntRange(1, 7).Draw(t, "dimensions") {
		for sub := range rapid.IntRange(1, 3).Draw(t, "sub-categories") {
			for range rapid.IntRange(1, 6).Draw(t, "indicators") {
				n++
				core := rapid.SampledFrom([]string{"", " core"}).Draw(t, "core")
				lines = append(lines, fmt.Sprintf("D%d.%d I-%03d %s %s%s", d, sub, n, rapid.SampledFrom(kinds).Draw(t, "kind"), drawHolder(t), core))
			}
		}
	}
	p := paper{in: questionnaire(lines...), answers: map[string]survey.Answer{}, holders: map[string]survey.Holder{}}
	// half of the papers are nearly full, the others mixed
	full := rapid.Bool().Draw(t, "nearly full")
	for _, q := range p.in.Indicators() {
		if a := drawAnswer(t, q, full); !a.Blank() {
			p.answers[q.ID] = a
		}
		if rapid.IntRange(0, 3).Draw(t, "own power") == 0 {
			p.holders[q.ID] = drawHolder(t)
		}
	}
	return p
}

func drawHolder(t *rapid.T) survey.Holder {
	// municipal more often than the others, so that there often is a basis for the effort
	return rapid.SampledFrom(append(slices.Clone(survey.Holders), survey.Municipal, survey.Municipal, survey.Municipal, survey.Shared)).Draw(t, "holder")
}

func drawAnswer(t *rapid.T, q *survey.Indicator, full bool) survey.Answer {
	what := rapid.IntRange(0, 11).Draw(t, "what")
	switch {
	case what >= 6 || full && what > 1:
		return survey.Answer{Value: value(q, rapid.IntRange(0, 63).Draw(t, "value"))}
	case what < 5:
		return survey.Answer{NonAnswer: survey.NonAnswers[what]}
	}
	return survey.Answer{}
}
