package survey

import (
	"slices"
	"strconv"
	"strings"
)

// Contradiction is a rule about answers that hardly go together, such as a reviewed strategy in a city without anybody in
// charge. It is a hint for people who check an assessment; it changes no score and hinders nothing.
type Contradiction struct {
	ID   string
	When []Condition // all of them, about at least two indicators
	Say  Text
	Line int // in the source file
}

// Condition is about one answer. An answer without a value meets none, except one that asks for a non-answer.
type Condition struct {
	Indicator string
	AtLeast   *float64 // of a level or a number
	AtMost    *float64
	Is        string // yes or no, an option that is chosen, or a non-answer
	MoreThan  string // of a number: another number, by the id of its indicator
}

// Indicators lists the indicators that the rule is about, in the order in which they stand there.
func (c Contradiction) Indicators() (ids []string) {
	for _, w := range c.When {
		for _, id := range []string{w.Indicator, w.MoreThan} {
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Holds tells whether all conditions are met.
func (c Contradiction) Holds(answers map[string]Answer) bool {
	for _, w := range c.When {
		if !w.holds(answers) {
			return false
		}
	}
	return len(c.When) > 0
}

func (w Condition) holds(answers map[string]Answer) bool {
	a := answers[w.Indicator]
	if w.Is != "" {
		return string(a.NonAnswer) == w.Is || a.Answered() && slices.Contains(strings.Split(a.Value, "|"), w.Is)
	}
	value, err := strconv.ParseFloat(a.Value, 64)
	if err != nil {
		return false
	}
	if w.MoreThan != "" {
		other, err := strconv.ParseFloat(answers[w.MoreThan].Value, 64)
		if err != nil || value <= other {
			return false
		}
	}
	return (w.AtLeast == nil || value >= *w.AtLeast) && (w.AtMost == nil || value <= *w.AtMost)
}

// Contradicted lists the rules whose conditions the answers meet, in the order of the instrument.
func (in *Instrument) Contradicted(answers map[string]Answer) (out []Contradiction) {
	for _, c := range in.Contradictions {
		if c.Holds(answers) {
			out = append(out, c)
		}
	}
	return out
}

// contradictions reads the rules. It comes after the indicators, which they name.
func (r *reader) contradictions(in *Instrument, list at) {
	for _, a := range r.list(list, false) {
		a = identified(a, false)
		m := r.mapping(a, "id! when! say!")
		c := Contradiction{ID: r.id(m["id"], "contradiction", wordPattern, "small letters, digits and _"), Say: r.text(m["say"], title), Line: a.line}
		for _, item := range r.list(m["when"], true) {
			c.When = append(c.When, r.condition(in, item))
		}
		if ids := c.Indicators(); !m["when"].missing() && len(c.When) > 0 && len(ids) < 2 {
			r.fault(m["when"], "must be about at least two indicators")
		}
		in.Contradictions = append(in.Contradictions, c)
	}
}

func (r *reader) condition(in *Instrument, a at) (w Condition) {
	m := r.mapping(a, "indicator! at_least at_most is more_than")
	if m == nil {
		return w
	}
	w.Indicator = r.str(m["indicator"])
	q := in.Indicator(w.Indicator)
	switch {
	case w.Indicator == "":
		return w
	case q == nil:
		r.fault(m["indicator"], "no indicator has the id %q", w.Indicator)
		return w
	}
	bound := func(key string) *float64 {
		if m[key].missing() {
			return nil
		}
		if q.Kind != Level && q.Kind != Number {
			r.fault(m[key], "does not belong to %s, which is of kind %s", q.ID, q.Kind)
		}
		n := r.number(m[key])
		if q.Kind == Level && (n < 0 || n > 4 || n != float64(int(n))) {
			r.fault(m[key], "must be a level from 0 to 4")
		}
		return &n
	}
	w.AtLeast, w.AtMost = bound("at_least"), bound("at_most")
	if w.AtLeast != nil && w.AtMost != nil && *w.AtLeast > *w.AtMost {
		r.fault(a, "can never be met: at_least is more than at_most")
	}
	if is := m["is"]; !is.missing() {
		if w.Is = r.str(is); w.Is != "" && !canBe(q, w.Is) {
			r.fault(is, "%s cannot be %q", q.ID, w.Is)
		}
	}
	if more := m["more_than"]; !more.missing() {
		w.MoreThan = r.str(more)
		other := in.Indicator(w.MoreThan)
		switch {
		case w.MoreThan == "":
		case other == nil:
			r.fault(more, "no indicator has the id %q", w.MoreThan)
		case q.Kind != Number || other.Kind != Number || other == q:
			r.fault(more, "compares two different indicators of kind number")
		}
	}
	if w.AtLeast == nil && w.AtMost == nil && m["is"].missing() && m["more_than"].missing() {
		r.fault(a, "needs at_least, at_most, is or more_than")
	}
	if !m["is"].missing() && (w.AtLeast != nil || w.AtMost != nil || !m["more_than"].missing()) {
		r.fault(a, "is stands alone")
	}
	return w
}

// canBe tells whether an answer to an indicator can be something.
func canBe(q *Indicator, is string) bool {
	switch {
	case NonAnswer(is).Known():
		return true
	case q.Kind == YesNo:
		return is == "yes" || is == "no"
	case q.Kind == Multiple:
		return slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == is })
	}
	return false
}
