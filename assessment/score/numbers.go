package score

import "slices"

// part is a weighted mean in the making. Weights are whole numbers: 1 each in the situation and in the advocacy gap,
// halves in the effort, where two halves cancel out in every quotient.
type part struct {
	sum                  float64 // of weight × value over the answered
	answered, applicable int     // sums of weights
}

func (p *part) plus(o part) {
	p.sum += o.sum
	p.answered += o.answered
	p.applicable += o.applicable
}

// enough tells whether two thirds of what is applicable are answered.
func (p part) enough() bool { return p.applicable > 0 && 3*p.answered >= 2*p.applicable }

// highSum puts 100 for what is applicable and not answered; the low end puts 0.
func (p part) highSum() float64 { return p.sum + 100*float64(p.applicable-p.answered) }

func (p part) interval() (i Interval) {
	if p.applicable > 0 {
		i.Banded = true
		i.Low, i.High = p.sum/float64(p.applicable), p.highSum()/float64(p.applicable)
	}
	if p.enough() {
		i.Known = true
		i.Central = p.sum / float64(p.answered)
	}
	return i
}

// tally is what is counted of some indicators.
type tally struct {
	basis     int  // scored and not "does not apply": b of the method
	out       int  // those of the basis with weight 0 or "not our responsibility"
	situation part // every indicator, whoever holds the power
	effort    part // with the weights of the municipal effort
	elsewhere part // those with weight 0: the advocacy gap
}

func (t *tally) plus(o tally) {
	t.basis += o.basis
	t.out += o.out
	t.situation.plus(o.situation)
	t.effort.plus(o.effort)
	t.elsewhere.plus(o.elsewhere)
}

// add counts an indicator.
func (t *tally) add(it *item, said, holder int) {
	if said == saidNotApplicable {
		return
	}
	t.basis++
	weight := halves(it.holderOf(holder))
	if weight == 0 || said == saidNotOurs {
		t.out++
	}
	if said == saidNotOurs {
		return
	}
	one := part{applicable: 1}
	if value, ok := it.value(said); ok {
		one.answered, one.sum = 1, value
	}
	t.situation.plus(one)
	if weight == 0 {
		t.elsewhere.plus(one)
		return
	}
	t.effort.plus(part{sum: float64(weight) * one.sum, answered: weight * one.answered, applicable: weight})
}

// value is the value of what was said; not ok for a blank or a non-answer.
func (it *item) value(said int) (float64, bool) {
	if n := said - points; n >= 0 && n < len(it.values) {
		return it.values[n], true
	}
	return 0, false
}

// grounded tells whether enough of the basis lies within the city's power for a municipal effort: at most two fifths are out.
func (t tally) grounded() bool { return 5*t.out <= 2*t.basis }

func (t tally) result() Result {
	r := Result{
		Situation:        t.situation.interval(),
		Answered:         t.situation.answered,
		Applicable:       t.situation.applicable,
		EffortAnswered:   float64(t.effort.answered) / 2,
		EffortApplicable: float64(t.effort.applicable) / 2,
	}
	if t.grounded() {
		r.Effort = t.effort.interval()
	}
	return r
}

// advocacyNote says why there is no advocacy gap; empty when there is one.
func (t tally) advocacyNote() Note {
	switch {
	case t.elsewhere.answered < advocacyAnswered:
		return AdvocacyTooFew
	case !t.elsewhere.enough():
		return AdvocacyNotEnough
	}
	return ""
}

// advocacy is 100 minus the mean of the applicable indicators with weight 0, with its mirrored band; absent altogether
// under five answered ones or under two thirds.
func (t tally) advocacy() Interval {
	if t.advocacyNote() != "" {
		return Interval{}
	}
	i := t.elsewhere.interval()
	i.Low, i.Central, i.High = 100-i.High, 100-i.Central, 100-i.Low
	return i
}

// tally counts the indicators of a span of items.
func (s *Scheme) tally(m Marks, p span) (t tally) {
	for i := p.from; i < p.to; i++ {
		said, holder := m.at(i)
		t.add(&s.items[i], said, holder)
	}
	return t
}

// Numbers computes the numbers of an assessment. It reuses the slices of into and allocates nothing when they are large enough.
func (s *Scheme) Numbers(m Marks, into *Numbers) { s.numbers(m, into) }

// numbers returns the tally of the whole beside the numbers.
func (s *Scheme) numbers(m Marks, into *Numbers) (whole tally) {
	into.Dimensions = slices.Grow(into.Dimensions[:0], len(s.dimensions))[:len(s.dimensions)]
	into.Subcategories = slices.Grow(into.Subcategories[:0], len(s.subs))[:len(s.subs)]
	for d, dimension := range s.dimensions {
		var t tally
		for i := dimension.from; i < dimension.to; i++ {
			sub := s.tally(m, s.subs[i])
			into.Subcategories[i] = sub.result()
			t.plus(sub)
		}
		into.Dimensions[d] = t.result()
		whole.plus(t)
	}
	situation, effort := overall(into.Dimensions)
	into.Situation = situation.interval(len(into.Dimensions))
	into.Effort = effort.interval(effortDimensions)
	into.Advocacy = whole.advocacy()
	return whole
}

// mean is an overall number in the making: the sums of the dimensions that have a central value.
type mean struct {
	low, central, high float64
	dimensions         int
}

func (n *mean) add(i Interval) {
	if i.Known {
		n.low, n.central, n.high = n.low+i.Low, n.central+i.Central, n.high+i.High
		n.dimensions++
	}
}

// interval is the mean, if at least so many dimensions have a central value; otherwise it is absent altogether, since
// the band stands over the same dimensions as the central value.
func (n mean) interval(least int) Interval {
	if n.dimensions == 0 || n.dimensions < least {
		return Interval{}
	}
	by := float64(n.dimensions)
	return Interval{Low: n.low / by, Central: n.central / by, High: n.high / by, Banded: true, Known: true}
}

func overall(dimensions []Result) (situation, effort mean) {
	for i := range dimensions {
		situation.add(dimensions[i].Situation)
		effort.add(dimensions[i].Effort)
	}
	return situation, effort
}
