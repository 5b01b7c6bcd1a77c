package score_test

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// questionnaire builds an instrument out of lines such as "A.1 A-01 level municipal core": sub-category, indicator, kind,
// default power, and perhaps "core". A multiple-choice kind says how many options it has beside "none": "multiple:5",
// named a, b, c and so on. The lines of a sub-category stand together, and so do those of a dimension.
func questionnaire(lines ...string) *survey.Instrument {
	in := &survey.Instrument{Code: "test", Version: "1.0.0"}
	for _, line := range lines {
		f := strings.Fields(line)
		kind, options, _ := strings.Cut(f[2], ":")
		q := &survey.Indicator{ID: f[1], Subcategory: f[0], Kind: survey.Kind(kind), Power: survey.Holder(f[3]), Core: len(f) > 4}
		q.Dimension, _, _ = strings.Cut(f[0], ".")
		q.Scored = q.Kind != survey.Number && q.Kind != survey.Freetext
		if n, _ := strconv.Atoi(options); q.Kind == survey.Multiple {
			for i := range n {
				q.Options = append(q.Options, survey.Option{ID: string(rune('a' + i))})
			}
			q.Options = append(q.Options, survey.Option{ID: "none", Exclusive: true})
		}
		if n := len(in.Dimensions); n == 0 || in.Dimensions[n-1].ID != q.Dimension {
			in.Dimensions = append(in.Dimensions, survey.Dimension{ID: q.Dimension})
		}
		d := &in.Dimensions[len(in.Dimensions)-1]
		if n := len(d.Subcategories); n == 0 || d.Subcategories[n-1].ID != q.Subcategory {
			d.Subcategories = append(d.Subcategories, survey.Subcategory{ID: q.Subcategory, Dimension: q.Dimension})
		}
		sub := &d.Subcategories[len(d.Subcategories)-1]
		sub.Indicators = append(sub.Indicators, q)
	}
	return in
}

// alike builds a sub-category of level indicators, numbered from 1, with these powers.
func alike(sub string, powers ...survey.Holder) []string {
	var lines []string
	for i, p := range powers {
		lines = append(lines, fmt.Sprintf("%s %s-%02d level %s", sub, sub, i+1, p))
	}
	return lines
}

func times(n int, h survey.Holder) []survey.Holder {
	out := make([]survey.Holder, n)
	for i := range out {
		out[i] = h
	}
	return out
}

// said reads "A-01=4 A-02=not_ours A-03=a|b": a value, or one of the five non-answers.
func said(text string) map[string]survey.Answer {
	answers := map[string]survey.Answer{}
	for _, one := range strings.Fields(text) {
		id, what, _ := strings.Cut(one, "=")
		if n := survey.NonAnswer(what); n.Known() {
			answers[id] = survey.Answer{NonAnswer: n}
		} else {
			answers[id] = survey.Answer{Value: what}
		}
	}
	return answers
}

// cardOf computes a card from lines and answers.
func cardOf(lines []string, answers string) score.Card {
	s := score.NewScheme(questionnaire(lines...))
	return s.Card("city", s.Marks(said(answers), nil))
}

// brief writes an interval as people read it in a table of a test: "52.5 60 65", "52.5 - 65" for a band alone, "-" for nothing.
func brief(i score.Interval) string {
	number := func(x float64) string {
		return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 4, 64), "0"), ".")
	}
	switch {
	case i.Known && i.Banded:
		return number(i.Low) + " " + number(i.Central) + " " + number(i.High)
	case i.Banded:
		return number(i.Low) + " - " + number(i.High)
	case i.Known:
		return "central without a band: " + number(i.Central)
	}
	return "-"
}

func notesOf(notes []score.Note) string {
	var words []string
	for _, n := range notes {
		words = append(words, string(n))
	}
	return strings.Join(words, " ")
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// urban builds an instrument of the size of urban-migof: 6 dimensions, 26 sub-categories, 90 indicators, 85 of them scored.
func urban() *survey.Instrument {
	subs := []int{4, 6, 4, 4, 4, 4}
	powers := []survey.Holder{survey.Municipal, survey.Municipal, survey.Shared, survey.National, survey.Municipal, survey.Shared, survey.Regional}
	var lines []string
	n, sections := 0, 0
	for d, name := range strings.Fields("MR WG PA SW CR SO") {
		for sub := range subs[d] {
			size := 3
			if sections++; sections <= 12 {
				size = 4
			}
			for range size {
				kind := "level"
				switch {
				case n%18 == 9:
					kind = "number"
				case n%29 == 3:
					kind = "yes_no"
				case n%24 == 13:
					kind = "multiple:5"
				}
				core := ""
				if n%7 < 3 {
					core = " core"
				}
				lines = append(lines, fmt.Sprintf("%s.%d %s-%03d %s %s%s", name, sub+1, name, n, kind, powers[n%len(powers)], core))
				n++
			}
		}
	}
	return questionnaire(lines...)
}

// value returns a value of an indicator, by a number that picks one.
func value(q *survey.Indicator, pick int) string {
	switch q.Kind {
	case survey.Level:
		return strconv.Itoa(pick % 5)
	case survey.YesNo:
		return []string{"yes", "no"}[pick%2]
	case survey.Multiple:
		var chosen []string
		for i, o := range q.Options {
			if o.ID != "none" && pick>>i&1 == 1 {
				chosen = append(chosen, o.ID)
			}
		}
		return cmp.Or(strings.Join(chosen, "|"), "none")
	case survey.Number:
		return strconv.Itoa(pick)
	}
	return "some text"
}
