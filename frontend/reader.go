package frontend

import (
	"math"
	"strings"

	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend/chart"
)

// reader says numbers and texts of an instrument in one language.
type reader struct {
	*locale.Words
	in *survey.Instrument
}

func (r reader) said(t survey.Text) Said { return Say(t, r.Lang()) }

func (r reader) plain(key string, pairs ...any) Said {
	return Said{Text: r.T(key, pairs...), Lang: r.Lang(), Dir: r.Dir()}
}

func (r reader) list(names []string) string { return strings.Join(names, r.T("results.separator")) }

// whole writes a number from 0 to 100 as it is shown, half up.
func (r reader) whole(x float64) string { return r.Int(score.Round(x)) }

// exact writes a number with at most two decimals, for the maths.
func (r reader) exact(x float64) string {
	for d := range 2 {
		if p := math.Pow10(d); math.Abs(x*p-math.Round(x*p)) < 1e-9 {
			return r.Number(x, d)
		}
	}
	return r.Number(x, 2)
}

func (r reader) shown(v score.Interval, why score.Note) Reading {
	var s Reading
	if v.Known {
		s.Figure = r.whole(v.Central)
	} else if why != "" {
		s.Words = r.T("results.short_" + string(why))
	}
	if v.Banded {
		s.Range = r.whole(v.Low) + "–" + r.whole(v.High)
	}
	return s
}

// exactly is a number with its range at two decimals, for the maths.
func (r reader) exactly(v score.Interval, why score.Note) Reading {
	s := r.shown(v, why)
	if v.Known {
		s.Figure = r.exact(v.Central)
	}
	if v.Banded {
		s.Range = r.exact(v.Low) + "–" + r.exact(v.High)
	}
	return s
}

func (r reader) notes(notes []score.Note, except ...score.Note) (out []string) {
next:
	for _, n := range notes {
		for _, x := range except {
			if n == x {
				continue next
			}
		}
		out = append(out, r.T("results.note_"+string(n)))
	}
	return out
}

// snap puts a number that a sum of fractions has missed by less than a billionth back in its place, so that a drawing
// rounds as score.Round does.
func snap(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// interval is a number as charts take it; words stand in place of its mark where there is none.
func interval(v score.Interval, words string) chart.Interval {
	return chart.Interval{Low: snap(v.Low), Central: snap(v.Central), High: snap(v.High), Known: v.Known, Banded: v.Banded, Words: words}
}

// count is how many indicators count, of those that could.
type count struct{ answered, applicable int }

func (c count) plus(o count) count {
	return count{c.answered + o.answered, c.applicable + o.applicable}
}

func (r reader) counted(c count) string {
	if c.applicable == 0 {
		return ""
	}
	return r.N("results.counted", c.applicable, "Answered", c.answered)
}

// weighted counts the indicators of some lines that bear on the effort.
func weighted(lines []score.Line) (c count) {
	for _, l := range lines {
		if l.Weight > 0 && l.Excluded != score.LeftOut && l.Excluded != score.NotScored {
			c.applicable++
			if l.Answered {
				c.answered++
			}
		}
	}
	return c
}

// applicable counts the indicators of some lines that apply.
func applicable(lines []score.Line) (c count) {
	for _, l := range lines {
		if l.Excluded != score.LeftOut && l.Excluded != score.NotScored {
			c.applicable++
			if l.Answered {
				c.answered++
			}
		}
	}
	return c
}

// given says an answer in words, and a level with its figure too.
func (r reader) given(q *survey.Indicator, a survey.Answer) Given {
	switch {
	case a.NonAnswer != "":
		return Given{Word: r.plain("shell.non_" + string(a.NonAnswer))}
	case a.Value == "":
		return Given{Word: r.plain("shell.blank")}
	}
	switch q.Kind {
	case survey.Level:
		g := Given{Shade: "lv" + a.Value, Figure: a.Value}
		if scale := r.in.Scale(q.Scale); scale != nil && len(a.Value) == 1 && a.Value[0] >= '0' && a.Value[0] <= '4' {
			g.Word = r.said(scale.Words[a.Value[0]-'0'])
		}
		return g
	case survey.YesNo:
		return Given{Word: r.plain("shell." + a.Value)}
	case survey.Multiple:
		chosen, of := 0, 0
		for _, o := range q.Options {
			if o.ID == "none" {
				continue
			}
			of++
			for id := range strings.SplitSeq(a.Value, "|") {
				if id == o.ID {
					chosen++
				}
			}
		}
		return Given{Word: r.plain("results.options", "Chosen", chosen, "Options", of)}
	}
	return Given{Word: Said{Text: firstWords(a.Value, 60), Lang: r.Lang(), Dir: r.Dir()}}
}

// firstWords cuts a text of a person at a space, at most a number of characters long.
func firstWords(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	cut := string(runes[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// sum writes a division, or nothing where there is nothing to divide.
func (r reader) sum(dividend, divisor float64) Sum {
	if divisor <= 0 {
		return Sum{}
	}
	return Sum{r.exact(dividend) + " ÷ " + r.exact(divisor), r.exact(dividend / divisor)}
}
