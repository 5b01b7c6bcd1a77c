package score_test

import (
	"slices"
	"strings"
	"testing"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// The questionnaire and the answers of the vectors V19 (reference.md 5.4) and V20 (decisions.md, "The method"). With V20
// come the powers; the situation does not depend on them, so that one set serves both.
var (
	vectorLines = []string{
		"D.A A-1 level municipal", "D.A A-2 level shared", "D.A A-3 level national",
		"D.B B-1 yes_no national", "D.B B-2 level shared", "D.B B-3 level municipal",
		"D.C C-1 multiple:5 municipal",
	}
	vectorAnswers = "A-1=4 A-2=2 A-3=not_ours B-1=yes B-2=dont_know B-3=1 C-1=a|c|e"
)

func TestVectorsV19AndV20(t *testing.T) {
	c := cardOf(vectorLines, vectorAnswers)
	d := c.Dimensions[0]
	expect(t, "V19, the dimension with equal weights", brief(d.Situation), "55.8333 67 72.5")
	coverage, known := d.Coverage()
	expect(t, "V19, coverage", coverage, 5.0/6)
	expect(t, "V19, coverage is known", known, true)
	expect(t, "V19, sub-category A", brief(c.Subcategories[0].Situation), "75 75 75")
	expect(t, "V19, sub-category B", brief(c.Subcategories[1].Situation), "41.6667 62.5 75")
	expect(t, "V19, sub-category C", brief(c.Subcategories[2].Situation), "60 60 60")

	expect(t, "V20, effort", brief(d.Effort), "52.5 60 65")
	coverage, known = d.EffortCoverage()
	expect(t, "V20, effort coverage", coverage, 0.875)
	expect(t, "V20, effort coverage is known", known, true)
	expect(t, "V20, advocacy", brief(c.Overall.Advocacy), "-")
	expect(t, "V20, why there is no advocacy", slices.Contains(c.Overall.Notes, score.AdvocacyTooFew), true)
}

func TestResultOfOneSubcategory(t *testing.T) {
	const m, s, r, n, x, c = survey.Municipal, survey.Shared, survey.Regional, survey.National, survey.Nobody, survey.Contested
	for _, test := range []struct {
		name              string
		powers            []survey.Holder // of the level indicators Q.1-01, Q.1-02 and so on
		answers           string
		situation, effort string
		notes             string
	}{
		{"everything answered", []survey.Holder{m, m, m}, "Q.1-01=0 Q.1-02=2 Q.1-03=4", "50 50 50", "50 50 50", ""},
		{"nothing answered leaves the whole scale open", []survey.Holder{m, m, m}, "",
			"0 - 100", "0 - 100", "not_enough_answers not_enough_effort_answers"},
		{"exactly two thirds answered: the central value is shown", []survey.Holder{m, m, m}, "Q.1-01=4 Q.1-02=2", "50 75 83.3333", "50 75 83.3333", ""},
		{"just under two thirds: the band alone", []survey.Holder{m, m, m, m, m}, "Q.1-01=4 Q.1-02=4 Q.1-03=4",
			"60 - 100", "60 - 100", "not_enough_answers not_enough_effort_answers"},
		{"not knowing, declining, skipping and blank widen the band alike", []survey.Holder{m, m, m, m, m, m, m, m, m, m, m, m},
			"Q.1-01=2 Q.1-02=2 Q.1-03=2 Q.1-04=2 Q.1-05=2 Q.1-06=2 Q.1-07=2 Q.1-08=2 Q.1-09=dont_know Q.1-10=declined Q.1-11=skipped",
			"33.3333 50 66.6667", "33.3333 50 66.6667", ""},
		{"does not apply leaves number and band", []survey.Holder{m, m, m}, "Q.1-01=4 Q.1-02=not_applicable Q.1-03=2", "75 75 75", "75 75 75", ""},
		{"nothing applies", []survey.Holder{m, m}, "Q.1-01=not_applicable Q.1-02=not_applicable", "-", "-", "nothing_applicable"},
		{"nothing is ours", []survey.Holder{m, n}, "Q.1-01=not_ours Q.1-02=not_ours", "-", "-", "nothing_applicable"},
		{"shared and contested powers count half", []survey.Holder{m, s, c}, "Q.1-01=4 Q.1-02=0 Q.1-03=0", "33.3333 33.3333 33.3333", "50 50 50", ""},
		{"regional, national and nobody's powers do not count in the effort", []survey.Holder{m, m, m, m, m, m, m, r, n, x},
			"Q.1-01=4 Q.1-02=4 Q.1-03=4 Q.1-04=4 Q.1-05=4 Q.1-06=4 Q.1-07=4 Q.1-08=0 Q.1-09=0 Q.1-10=0", "70 70 70", "100 100 100", ""},
		{"exactly two fifths out: there is an effort", []survey.Holder{m, m, m, n, r}, "Q.1-01=4 Q.1-02=4 Q.1-03=4 Q.1-04=0 Q.1-05=0",
			"60 60 60", "100 100 100", ""},
		{"more than two fifths out: neither effort nor its band", []survey.Holder{m, m, n, r, x}, "Q.1-01=4 Q.1-02=4 Q.1-03=0 Q.1-04=0 Q.1-05=0",
			"40 40 40", "-", "insufficient_basis"},
		{"not ours is out whoever holds the power", []survey.Holder{m, m, m, m, n}, "Q.1-01=4 Q.1-02=4 Q.1-03=not_ours Q.1-04=not_ours Q.1-05=0",
			"66.6667 66.6667 66.6667", "-", "insufficient_basis"},
		{"not ours and held elsewhere is out once", []survey.Holder{m, m, m, n, n}, "Q.1-01=4 Q.1-02=4 Q.1-03=4 Q.1-04=not_ours Q.1-05=not_ours",
			"100 100 100", "100 100 100", ""},
		{"does not apply leaves the basis", []survey.Holder{m, m, m, n, r}, "Q.1-01=4 Q.1-02=4 Q.1-03=not_applicable Q.1-04=0 Q.1-05=0",
			"50 50 50", "-", "insufficient_basis"},
		{"no power at all", []survey.Holder{n, r}, "Q.1-01=4 Q.1-02=2", "75 75 75", "-", "insufficient_basis no_effort_weight"},
		{"the effort's two thirds are of weights: municipal answered, shared open", []survey.Holder{m, s}, "Q.1-01=4",
			"50 - 100", "66.6667 100 100", "not_enough_answers"},
		{"the effort's two thirds are of weights: municipal open, shared answered", []survey.Holder{s, s, m}, "Q.1-01=4 Q.1-02=4",
			"66.6667 100 100", "50 - 100", "not_enough_effort_answers"},
		{"a lone indicator says so", []survey.Holder{m}, "Q.1-01=3", "75 75 75", "75 75 75", "one_indicator"},
		{"a lone indicator without an answer", []survey.Holder{m}, "", "0 - 100", "0 - 100", "not_enough_answers not_enough_effort_answers one_indicator"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sub := cardOf(alike("Q.1", test.powers...), test.answers).Subcategories[0]
			expect(t, "situation", brief(sub.Situation), test.situation)
			expect(t, "effort", brief(sub.Effort), test.effort)
			expect(t, "notes", notesOf(sub.Notes), test.notes)
		})
	}
}

func TestValues(t *testing.T) {
	for _, test := range []struct{ kind, answer, want string }{
		{"level", "0", "0 0 0"}, {"level", "1", "25 25 25"}, {"level", "2", "50 50 50"}, {"level", "3", "75 75 75"}, {"level", "4", "100 100 100"},
		{"yes_no", "yes", "100 100 100"}, {"yes_no", "no", "0 0 0"},
		{"multiple:6", "none", "0 0 0"},
		{"multiple:6", "a", "16.6667 16.6667 16.6667"},
		{"multiple:3", "a|b", "66.6667 66.6667 66.6667"},
		{"multiple:5", "a|c|e", "60 60 60"},
		{"multiple:4", "a|b|c|d", "100 100 100"},
		// what survey.Parse never lets through counts as a blank
		{"level", "5", "0 - 100"}, {"level", "-1", "0 - 100"}, {"level", "2.5", "0 - 100"}, {"level", "12", "0 - 100"},
		{"yes_no", "perhaps", "0 - 100"}, {"multiple:3", "z", "0 - 100"}, {"multiple:3", "a|z", "0 - 100"}, {"multiple:3", "a|a", "0 - 100"},
	} {
		t.Run(test.kind+" "+test.answer, func(t *testing.T) {
			c := cardOf([]string{"Q.1 Q-01 " + test.kind + " municipal"}, "Q-01="+test.answer)
			expect(t, "situation", brief(c.Dimensions[0].Situation), test.want)
		})
	}
}

func TestNumbersAndTextsAreNotScored(t *testing.T) {
	c := cardOf([]string{"Q.1 Q-01 level municipal", "Q.1 Q-02 number municipal", "Q.1 Q-03 text municipal"}, "Q-01=2 Q-02=1000000 Q-03=4")
	expect(t, "situation", brief(c.Dimensions[0].Situation), "50 50 50")
	expect(t, "applicable", c.Dimensions[0].Applicable, 1)
	expect(t, "notes of the sub-category", notesOf(c.Subcategories[0].Notes), "one_indicator")
}

func TestAdvocacy(t *testing.T) {
	for _, test := range []struct {
		name       string
		indicators int // national ones; one municipal stands beside them
		answers    string
		want       string
		why        score.Note
	}{
		{"five answered", 5, "Q.1-01=0 Q.1-02=1 Q.1-03=0 Q.1-04=0 Q.1-05=4", "75 75 75", ""},
		{"four answered", 4, "Q.1-01=0 Q.1-02=0 Q.1-03=0 Q.1-04=0", "-", score.AdvocacyTooFew},
		{"five of seven: the band is mirrored", 7, "Q.1-01=4 Q.1-02=4 Q.1-03=4 Q.1-04=4 Q.1-05=0 Q.1-06=dont_know", "14.2857 20 42.8571", ""},
		{"five of eight: under two thirds", 8, "Q.1-01=4 Q.1-02=4 Q.1-03=4 Q.1-04=4 Q.1-05=0", "-", score.AdvocacyNotEnough},
		{"six of nine: exactly two thirds", 9, "Q.1-01=0 Q.1-02=0 Q.1-03=0 Q.1-04=0 Q.1-05=0 Q.1-06=0", "66.6667 100 100", ""},
		{"not ours and does not apply leave it", 10,
			"Q.1-01=2 Q.1-02=2 Q.1-03=2 Q.1-04=2 Q.1-05=2 Q.1-06=not_ours Q.1-07=not_ours Q.1-08=not_applicable Q.1-09=not_applicable Q.1-10=not_applicable", "50 50 50", ""},
		{"not ours is not an answer", 6, "Q.1-01=0 Q.1-02=0 Q.1-03=0 Q.1-04=0 Q.1-05=not_ours Q.1-06=not_ours", "-", score.AdvocacyTooFew},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := append(alike("Q.1", times(test.indicators, survey.National)...), "Q.2 M-01 level municipal")
			c := cardOf(lines, test.answers+" M-01=4")
			expect(t, "advocacy", brief(c.Overall.Advocacy), test.want)
			for _, n := range []score.Note{score.AdvocacyTooFew, score.AdvocacyNotEnough} {
				expect(t, string(n), slices.Contains(c.Overall.Notes, n), n == test.why)
			}
		})
	}
}

func TestOverall(t *testing.T) {
	const m, n = survey.Municipal, survey.National
	for _, test := range []struct {
		name              string
		powers            []survey.Holder // of one level indicator in each dimension
		levels            string          // one for each dimension, "-" for a blank
		situation, effort string
		notes             string
	}{
		{"six dimensions with a situation", times(6, m), "0 1 2 3 4 4", "58.3333 58.3333 58.3333", "58.3333 58.3333 58.3333", ""},
		{"five of six: no overall situation, the effort over five", times(6, m), "0 1 2 3 4 -", "-", "50 50 50", "overall_incomplete"},
		{"four with an effort", []survey.Holder{m, m, m, m, n, n}, "4 4 4 0 0 0", "50 50 50", "75 75 75", ""},
		{"three with an effort", []survey.Holder{m, m, m, n, n, n}, "4 4 4 0 0 0", "50 50 50", "-", "overall_effort_incomplete"},
		{"nothing said", times(6, m), "- - - - - -", "-", "-", "overall_incomplete overall_effort_incomplete"},
		{"an instrument of two dimensions has an overall situation, no overall effort", times(2, m), "4 2", "75 75 75", "-", "overall_effort_incomplete"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lines, answers []string
			for i, level := range strings.Fields(test.levels) {
				d := string(rune('A' + i))
				lines = append(lines, alike(d+".1", test.powers[i])...)
				if level != "-" {
					answers = append(answers, d+".1-01="+level)
				}
			}
			c := cardOf(lines, strings.Join(answers, " "))
			expect(t, "situation", brief(c.Overall.Situation), test.situation)
			expect(t, "effort", brief(c.Overall.Effort), test.effort)
			expect(t, "notes", notesOf(c.Overall.Notes), strings.TrimSpace(test.notes+" advocacy_too_few"))
		})
	}
	t.Run("the band stands over the same dimensions as the central value", func(t *testing.T) {
		var lines, answers []string
		for _, d := range strings.Fields("A B C D E F") {
			lines = append(lines, alike(d+".1", times(3, survey.Municipal)...)...)
			if d != "F" { // F has a band and no central value
				answers = append(answers, d+".1-01=4", d+".1-02=4")
			}
		}
		c := cardOf(lines, strings.Join(answers, " "))
		expect(t, "effort", brief(c.Overall.Effort), "66.6667 100 100")
	})
}

func TestPowersOfACity(t *testing.T) {
	s := score.NewScheme(questionnaire(alike("Q.1", survey.Municipal, survey.Municipal, survey.National)...))
	m := s.Marks(said("Q.1-01=4 Q.1-02=0 Q.1-03=0"), nil)
	effort := func() string { return brief(s.Card("", m).Dimensions[0].Effort) }
	expect(t, "by the instrument's defaults", effort(), "50 50 50")
	s.SetHolder(m, "Q.1-02", survey.Contested)
	expect(t, "where one power is contested here", effort(), "66.6667 66.6667 66.6667")
	s.SetHolder(m, "Q.1-02", "")
	expect(t, "back at the default", effort(), "50 50 50")
	s.SetHolder(m, "Q.1-02", "the king")
	s.SetHolder(m, "Q.1-99", survey.National)
	s.SetAnswer(m, "Q.1-99", survey.Answer{Value: "4"})
	expect(t, "after an unknown holder and an unknown indicator", effort(), "50 50 50")
}

func TestAnInstrumentWithoutDimensionsHasNoNumbers(t *testing.T) {
	c := cardOf(nil, "")
	expect(t, "situation", brief(c.Overall.Situation), "-")
	expect(t, "effort", brief(c.Overall.Effort), "-")
	expect(t, "notes", notesOf(c.Overall.Notes), "overall_incomplete overall_effort_incomplete advocacy_too_few")
}

func TestAnIndicatorBeyondTheMarksIsBlank(t *testing.T) {
	s := score.NewScheme(questionnaire(alike("Q.1", survey.Municipal, survey.Municipal, survey.Municipal)...))
	m := s.Marks(said("Q.1-01=4 Q.1-02=4 Q.1-03=4"), nil)[:4]
	s.SetAnswer(m, "Q.1-03", survey.Answer{Value: "0"})
	expect(t, "situation", brief(s.Card("", m).Dimensions[0].Situation), "66.6667 100 100")
}

func TestLists(t *testing.T) {
	lines := []string{
		"Q.1 Q-01 level municipal", "Q.1 Q-02 level national", "Q.1 Q-03 level shared core", "Q.1 Q-04 level municipal core",
		"Q.2 Q-05 level national", "Q.2 Q-06 level regional core", "Q.2 Q-07 level municipal", "Q.2 Q-08 level nobody", "Q.2 Q-09 level national",
		"Q.3 Q-10 level contested", "Q.3 Q-11 level municipal", "Q.3 Q-12 level national", "Q.3 Q-13 yes_no municipal",
	}
	c := cardOf(lines, "Q-01=3 Q-02=4 Q-03=4 Q-04=1 Q-05=0 Q-06=1 Q-07=not_ours Q-08=dont_know Q-09=not_ours Q-10=0 Q-11=2 Q-12=2 Q-13=no")
	names := func(items []score.Item) string {
		var words []string
		for _, i := range items {
			word := i.Indicator.ID
			if i.Flagged {
				word += "(flagged)"
			}
			words = append(words, word)
		}
		return strings.Join(words, " ")
	}
	expect(t, "well-developed, whoever holds the power, core first", names(c.Strong), "Q-03 Q-01 Q-02")
	expect(t, "with potential, where the city has a say", names(c.Potential), "Q-04 Q-10 Q-13")
	expect(t, "to ask for, never what is not known", names(c.AdvocacyList), "Q-06 Q-05 Q-07(flagged) Q-09")
	expect(t, "an item says all there is to say", c.AdvocacyList[0],
		score.Item{Indicator: c.AdvocacyList[0].Indicator, Holder: survey.Regional, Answered: true, Value: 25})
}

func TestRound(t *testing.T) {
	third := 100.0 / 3
	for _, test := range []struct {
		name string
		x    float64
		want int
	}{
		{"66.6 is 67", 66.6, 67}, {"66.4 is 66", 66.4, 66}, {"a half goes up", 66.5, 67}, {"a half that was just missed goes up", 66.49999999999999, 67},
		{"half of thirds", (third + third + third + 33) / 2, 67}, {"0 is 0", 0, 0}, {"0.5 is 1", 0.5, 1}, {"99.5 is 100", 99.5, 100},
		{"100 is 100", 100, 100}, {"a distance of -0.5 goes up too", -0.5, 0}, {"-0.6 is -1", -0.6, -1}, {"66.499 is 66", 66.499, 66},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, "rounded", score.Round(test.x), test.want) })
	}
}
