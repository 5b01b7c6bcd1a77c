package demo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"

	"migov/assessment"
	"migov/assessment/survey"
)

// writer makes up the answers of one fictional city, always the same ones: the generator is seeded by the city's code.
type writer struct {
	profile
	in  *survey.Instrument
	rnd *rand.Rand
}

func newWriter(p profile, in *survey.Instrument) *writer {
	h := fnv.New64a()
	h.Write([]byte(p.code))
	return &writer{p, in, rand.New(rand.NewPCG(h.Sum64(), 1))}
}

func (w *writer) chance(p float64) bool { return w.rnd.Float64() < p }

func (w *writer) pick(from []string) string { return from[w.rnd.IntN(len(from))] }

// power says who holds a power here; empty means that the instrument's default holds.
func (w *writer) power(q *survey.Indicator) survey.Holder {
	switch {
	case q.Power == survey.Shared && w.chance(w.ours*.5):
		return survey.Municipal
	case q.Power == survey.Shared && w.chance(w.elsewhere*.6):
		return []survey.Holder{survey.Regional, survey.National}[w.rnd.IntN(2)]
	case q.Power == survey.Municipal && w.chance(w.elsewhere*.3):
		return []survey.Holder{survey.Shared, survey.Regional, survey.Contested}[w.rnd.IntN(3)]
	}
	return ""
}

// answer makes up what the city says for one indicator.
func (w *writer) answer(q *survey.Indicator, held survey.Holder) assessment.Given {
	g := assessment.Given{Mutation: fmt.Sprintf("demo-%s-%s", w.code, q.ID), Indicator: q.ID, Source: "demo"}
	if w.in.IsContext(q) {
		g.Value = w.fact(q)
		return g
	}
	away := held == survey.National || held == survey.Regional
	switch {
	case away && w.chance(.3):
		return w.says(g, survey.NotOurs, notOurs[w.language])
	case w.chance(w.unknown):
		return w.says(g, survey.DontKnow, "")
	case w.chance(.012):
		return w.says(g, survey.Declined, "")
	}
	value := w.value(q)
	g.Value = &value
	if q.Kind == survey.Level {
		w.explain(&g, int(value[0]-'0'))
	}
	return g
}

func (w *writer) says(g assessment.Given, n survey.NonAnswer, why string) assessment.Given {
	text := string(n)
	g.NonAnswer = &text
	if why != "" {
		g.Explanation = &why
	}
	return g
}

func (w *writer) explain(g *assessment.Given, level int) {
	if w.chance(.45) {
		text := w.pick(reasons[w.language][level])
		g.Explanation = &text
	}
	if level >= 3 && w.chance(.7) {
		proof := w.pick(proofs[w.language])
		g.Evidence = &proof
	}
	if w.chance(.5) {
		sure := string(survey.Confidences[min(2, w.rnd.IntN(2)+level/2)])
		g.Confidence = &sure
	}
}

// typical is the usual level of the indicator's dimension in this city.
func (w *writer) typical(q *survey.Indicator) float64 {
	for i := range w.in.Dimensions {
		if w.in.Dimensions[i].ID == q.Dimension && i < len(w.level) {
			return w.level[i]
		}
	}
	return 2
}

func (w *writer) value(q *survey.Indicator) string {
	typical := w.typical(q)
	switch q.Kind {
	case survey.Level:
		return fmt.Sprint(int(math.Round(min(4, max(0, typical+w.rnd.NormFloat64()*.85)))))
	case survey.YesNo:
		if w.chance(typical / 4) {
			return "yes"
		}
		return "no"
	case survey.Multiple:
		return w.options(q, typical/4)
	case survey.Number:
		top := min(q.Number.Max, 40)
		return w.number(q, q.Number.Min+w.rnd.Float64()*typical/4*top)
	}
	return w.name
}

func (w *writer) options(q *survey.Indicator, p float64) string {
	var chosen []string
	alone := ""
	for _, o := range q.Options {
		switch {
		case o.Exclusive:
			alone = o.ID
		case w.chance(p):
			chosen = append(chosen, o.ID)
		}
	}
	if len(chosen) == 0 {
		if alone != "" {
			return alone
		}
		return q.Options[0].ID
	}
	return strings.Join(chosen, "|")
}

func (w *writer) number(q *survey.Indicator, x float64) string {
	decimals := min(1, q.Number.Decimals) // three could be read as thousands
	return fmt.Sprintf("%.*f", decimals, min(q.Number.Max, max(q.Number.Min, x)))
}

// fact makes up an answer of the context module.
func (w *writer) fact(q *survey.Indicator) *string {
	title := strings.ToLower(q.Title.String())
	var s string
	switch {
	case q.Kind == survey.Number && strings.Contains(title, "year"):
		s = w.number(q, 2024)
	case q.Kind == survey.Number && strings.Contains(title, "population"):
		s = w.number(q, float64(w.population))
	case q.Kind == survey.Number && strings.Contains(title, "foreign"):
		s = w.number(q, w.foreign)
	case q.Kind == survey.Number && q.Number.Max <= 4:
		s = w.number(q, 1+3*w.ours)
	case q.Kind == survey.Number && q.Number.Max <= 100:
		s = w.number(q, 100*w.ours)
	case q.Kind == survey.Number:
		s = w.number(q, float64(w.population)*(.004+.01*w.rnd.Float64()))
	case q.Kind == survey.Multiple:
		s = w.options(q, .35)
	case q.Kind == survey.YesNo:
		s = "yes"
	default:
		return nil
	}
	return &s
}
