package survey_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"migov/assessment/survey"
)

// Spaces and marks that cannot be seen in the source.
const (
	noBreak       = "\u00a0"
	thin          = "\u202f"
	minus         = "\u2212"
	rightToLeft   = "\u200f"
	arabicDecimal = "\u066b"
	arabicGroup   = "\u066c"
)

func TestWhatAPersonTypesBecomesAValueOrAReason(t *testing.T) {
	in := decoded(t, libraries(t))
	for _, c := range []struct {
		name, indicator, typed, want, fault string
	}{
		{"a level", "LB-01", "3", "3", ""},
		{"a level with space around it", "LB-01", " 0\n", "0", ""},
		{"a level in Arabic digits", "LB-01", "٤", "4", ""},
		{"a level in Persian digits and a mark of direction", "LB-01", rightToLeft + "۲", "2", ""},
		{"level 7", "LB-01", "7", "", "fault.level_range"},
		{"a level below zero", "LB-01", "-1", "", "fault.level_range"},
		{"a level between two", "LB-01", "2.5", "", "fault.level_range"},
		{"a word for a level", "LB-01", "high", "", "fault.level_range"},

		{"yes", "LB-02", "yes", "yes", ""},
		{"no in capitals", "LB-02", "NO", "no", ""},
		{"yes in French", "LB-02", "Oui", "yes", ""},
		{"yes in Spanish", "LB-02", "SÍ", "yes", ""},
		{"yes in Arabic", "LB-02", "نعم", "yes", ""},
		{"no in Arabic", "LB-02", "لا", "no", ""},
		{"perhaps", "LB-02", "perhaps", "", "fault.yes_no"},
		{"a digit for yes", "LB-02", "1", "", "fault.yes_no"},

		{"one option", "LB-03", "children", "children", ""},
		{"options in another order", "LB-03", "neighbours | newcomers", "newcomers|neighbours", ""},
		{"an option twice", "LB-03", "children|children", "children", ""},
		{"an option in capitals", "LB-03", "Children", "children", ""},
		{"none alone", "LB-03", "none", "none", ""},
		{"only bars", "LB-03", " | |", "", ""},
		{"none beside another", "LB-03", "none|children", "", "fault.option_exclusive"},
		{"an option that does not exist", "LB-03", "children|martians", "", "fault.option_unknown"},
		{"two exclusive options", "CT-02", "small|large", "", "fault.option_exclusive"},

		{"a whole number", "LB-04", "12", "12", ""},
		{"a decimal comma", "LB-04", "12,5", "12.5", ""},
		{"a decimal point", "LB-04", "12.5", "12.5", ""},
		{"needless zeros", "LB-04", "012.50", "12.5", ""},
		{"no digit before the point", "LB-04", ".5", "0.5", ""},
		{"Arabic digits and decimal separator", "LB-04", "١٢" + arabicDecimal + "٥", "12.5", ""},
		{"Arabic digits and comma", "LB-04", "١٢،٥", "12.5", ""},
		{"a minus as it is typeset", "LB-04", minus + "0,5", "-0.5", ""},
		{"a minus in a sentence of Arabic", "LB-04", rightToLeft + "-" + "٠" + arabicDecimal + "٢٥", "-0.25", ""},
		{"zero with a minus", "LB-04", "-0,0", "0", ""},
		{"a plus", "LB-04", "+7", "7", ""},
		{"a comma in front of three digits", "LB-04", "1,234", "", "fault.number_two_ways"},
		{"a point in front of three digits", "LB-04", "1.234", "", "fault.number_two_ways"},
		{"the first answer to that question", "CT-01", "1234", "1234", ""},
		{"the second answer to that question", "LB-04", "1.2340", "1.2340", ""},
		{"a zero in front makes it one way", "LB-04", "0,234", "0.234", ""},
		{"four digits in front make it one way", "CT-01", "1234,000", "1234", ""},
		{"space as grouping", "CT-01", "12 345", "12345", ""},
		{"no-break space as grouping", "CT-01", "1" + noBreak + "234" + noBreak + "567", "1234567", ""},
		{"thin space as grouping", "CT-01", "12" + thin + "345", "12345", ""},
		{"apostrophe as grouping", "CT-01", "12’345", "12345", ""},
		{"Arabic grouping", "CT-01", "١٢" + arabicGroup + "٣٤٥", "12345", ""},
		{"commas as grouping", "CT-01", "1,234,567", "1234567", ""},
		{"points as grouping", "CT-01", "1.234.567", "1234567", ""},
		{"lakh as grouping", "CT-01", "12,34,567", "1234567", ""},
		{"grouping by space makes the comma one way", "LB-04", "1 000,000", "1000", ""},
		{"comma groups, point decimal", "CT-01", "1,234.0", "1234", ""},
		{"point groups, comma decimal", "CT-01", "1.234,0", "1234", ""},
		{"groups of two", "CT-01", "12 34", "", "fault.number_format"},
		{"groups mixed", "CT-01", "1,234.567,890", "", "fault.number_format"},
		{"a bound", "CT-01", "<5", "", "fault.number_inexact"},
		{"an estimate", "CT-01", "≈ 20", "", "fault.number_inexact"},
		{"a range", "CT-01", "5–10", "", "fault.number_inexact"},
		{"a word", "CT-01", "many", "", "fault.number_format"},
		{"an exponent", "CT-01", "1e5", "", "fault.number_format"},
		{"not a number", "CT-01", "NaN", "", "fault.number_format"},
		{"two points", "LB-04", "1..5", "", "fault.number_format"},
		{"a point at the end", "LB-04", "5.", "", "fault.number_format"},
		{"a letter that looks like a mark", "LB-04", "1S234 567", "", "fault.number_format"},
		{"a formula", "CT-01", "=1+1", "", "fault.number_format"},
		{"below the limit", "LB-04", "-1", "", "fault.number_range"},
		{"at the limit", "LB-04", "1000", "1000", ""},
		{"above the limit", "LB-04", "1000,5", "", "fault.number_range"},
		{"far above the limit", "CT-01", strings.Repeat("9", 150), "", "fault.number_range"},
		{"too many decimals", "LB-04", "1.2345", "", "fault.number_decimals"},
		{"a part of a person", "CT-01", "12.5", "", "fault.number_whole"},
		{"too long to be a number", "CT-01", strings.Repeat("0", 300), "", "fault.number_format"},

		{"a text", "LB-05", "  \"=1+1\" </script>\r\n", "  \"=1+1\" </script>\r\n", ""},
		{"a text of forty Arabic letters", "LB-05", strings.Repeat("ب", 40), strings.Repeat("ب", 40), ""},
		{"a text too long by one letter", "LB-05", strings.Repeat("ب", 41), "", "fault.text_too_long"},
		{"a text with a NUL", "LB-05", "a\x00b", "", "fault.text_nul"},
		{"a text that is not UTF-8", "LB-05", "caf\xe9", "", "fault.text_encoding"},
		{"nothing but space", "LB-05", " \n", "", ""},
		{"nothing", "LB-01", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults := survey.CleanAnswer(in.Indicator(c.indicator), survey.Answer{Value: c.typed})
			if got.Value != c.want {
				t.Errorf("%q becomes %q, not %q", c.typed, got.Value, c.want)
			}
			if c.fault == "" && len(faults) > 0 || c.fault != "" && (len(faults) != 1 || faults[0].Key != c.fault || faults[0].Name != c.indicator+".value") {
				t.Errorf("the faults are %v, not %q", faults, c.fault)
			}
		})
	}
}

func TestANumberThatCanBeReadInTwoWaysIsAskedBackWithBoth(t *testing.T) {
	in := decoded(t, libraries(t))
	for typed, want := range map[string][2]string{"1,234": {"1234", "1.2340"}, minus + "12.500": {"-12500", "-12.5"}, "١٢٣,٤٥٦": {"123456", "123.4560"}} {
		_, faults := survey.CleanAnswer(in.Indicator("LB-04"), survey.Answer{Value: typed})
		if len(faults) != 1 || faults[0].Args["First"] != want[0] || faults[0].Args["Second"] != want[1] {
			t.Errorf("%s: %v", typed, faults)
		}
	}
}

func TestAPercentSignRepeatsTheUnit(t *testing.T) {
	percent := &survey.Indicator{ID: "X-01", Kind: survey.Number, Number: &survey.Bounds{Unit: survey.Text{"en": "percent"}, Max: 100, Decimals: 1}}
	people := &survey.Indicator{ID: "X-02", Kind: survey.Number, Number: &survey.Bounds{Unit: survey.Text{"en": "people"}, Max: 100}}
	if a, faults := survey.CleanAnswer(percent, survey.Answer{Value: "١٢٫٥٪"}); a.Value != "12.5" || faults != nil {
		t.Error(a, faults)
	}
	if _, faults := survey.CleanAnswer(people, survey.Answer{Value: "12 %"}); len(faults) != 1 || faults[0].Key != "fault.number_format" {
		t.Error(faults)
	}
}

func TestEveryFaultOfAnAnswerIsNamedByItsField(t *testing.T) {
	q := decoded(t, libraries(t)).Indicator("LB-01")
	large := strings.Repeat("ب", survey.MaxText/2) // two bytes each: exactly 64 KB
	for _, c := range []struct {
		name string
		give survey.Answer
		want []string // field and key
	}{
		{"value and non-answer", survey.Answer{Value: "3", NonAnswer: survey.DontKnow}, []string{"LB-01.value fault.value_and_non_answer"}},
		{"a non-answer", survey.Answer{NonAnswer: survey.Declined, Confidence: survey.Unsure}, nil},
		{"a non-answer beside a blank value", survey.Answer{Value: "  ", NonAnswer: survey.Skipped}, nil},
		{"an unknown non-answer", survey.Answer{NonAnswer: "busy"}, []string{"LB-01.value fault.non_answer_unknown"}},
		{"an unknown confidence", survey.Answer{Value: "3", Confidence: "certain"}, []string{"LB-01.confidence fault.confidence_unknown"}},
		{"64 KB of Arabic", survey.Answer{Explanation: large, Evidence: large}, nil},
		{"one byte more", survey.Answer{Explanation: large + "!"}, []string{"LB-01.explanation fault.text_too_large"}},
		{"everything wrong", survey.Answer{Value: "9", Explanation: "a\x00", Evidence: "\xff", Confidence: "x"},
			[]string{"LB-01.value fault.level_range", "LB-01.explanation fault.text_nul", "LB-01.evidence fault.text_encoding", "LB-01.confidence fault.confidence_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults := survey.CleanAnswer(q, c.give)
			var names []string
			for _, f := range faults {
				names = append(names, f.Name+" "+f.Key)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("the faults are %v", names)
			}
			if c.want == nil && (got.Explanation != c.give.Explanation || got.Evidence != c.give.Evidence || got.NonAnswer != c.give.NonAnswer || got.Confidence != c.give.Confidence) {
				t.Error("the answer was changed")
			}
		})
	}
}

func TestATextWithinItsLimitStaysByteForByte(t *testing.T) {
	for _, s := range []string{"", " \t\r\n", "=1+1", "</script>", "e\u0301 \u202eright to left", "👩🏽‍🌾", "\x1b[31m"} {
		if got, bad := survey.CleanText(s, 100); got != s || bad != nil {
			t.Errorf("%q becomes %q: %v", s, got, bad)
		}
	}
	if _, bad := survey.CleanText("ببب", 2); bad == nil || bad.Key != "fault.text_too_long" || bad.Args["Found"] != 3 || bad.Args["Limit"] != 2 {
		t.Errorf("three letters where two may be: %v", bad)
	}
}

// typed draws what people type into a field: mostly near a number, sometimes anything.
func typed(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("0123456789.,-+ <\u00a0\u202f\u2009٫٬٠١٢٣٤٥٦٧٨٩|%'")), 0, 12, -1),
		rapid.SampledFrom([]string{"newcomers|children", "none", "children | neighbours", "yes", "لا", "small"}),
		rapid.String(),
	).Draw(t, "typed")
}

func TestCleaningACleanAnswerChangesNothing(t *testing.T) {
	in := decoded(t, libraries(t))
	all := in.All()
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SampledFrom(all).Draw(t, "indicator")
		once, faults := survey.CleanAnswer(q, survey.Answer{Value: typed(t), Explanation: rapid.String().Draw(t, "explanation")})
		if len(faults) > 0 {
			for _, f := range faults {
				if f.Key == "" || !strings.HasPrefix(f.Name, q.ID+".") {
					t.Fatalf("a fault without a name or key: %v", f)
				}
				if s, ok := f.Args["Value"].(string); ok && !utf8.ValidString(s) {
					t.Fatalf("a message holds broken text: %q", s)
				}
			}
			return
		}
		twice, faults := survey.CleanAnswer(q, once)
		if len(faults) > 0 || twice != once {
			t.Fatalf("%s: %+v becomes %+v: %v", q.ID, once, twice, faults)
		}
	})
}

func TestEveryCanonicalNumberIsReadAsItself(t *testing.T) {
	q := &survey.Indicator{ID: "X-01", Kind: survey.Number, Number: &survey.Bounds{Min: -1e15, Max: 1e15, Decimals: 6}}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,9}[.,][0-9]{1,6}`).Draw(t, "number")
		once, faults := survey.CleanAnswer(q, survey.Answer{Value: s})
		if len(faults) > 0 {
			if faults[0].Key != "fault.number_two_ways" {
				t.Fatalf("%s: %v", s, faults)
			}
			for _, name := range []string{"First", "Second"} {
				text := faults[0].Args[name].(string)
				if again, faults := survey.CleanAnswer(q, survey.Answer{Value: text}); again.Value != text || len(faults) > 0 {
					t.Fatalf("%s is offered and read as %s: %v", text, again.Value, faults)
				}
			}
			return
		}
		if twice, faults := survey.CleanAnswer(q, once); twice != once || len(faults) > 0 {
			t.Fatalf("%s becomes %s, then %s: %v", s, once.Value, twice.Value, faults)
		}
	})
}
