package survey

import (
	"slices"
	"testing"
)

// asks are questions of each kind, made anew for each test.
func asks() map[string]*Indicator {
	said := func(s string) Text { return Text{English: s, French: s + " (fr)"} }
	levels := []Text{said("0"), said("1"), said("2"), said("3"), said("4")}
	options := []Option{{ID: "women", Label: said("Women")}, {ID: "children", Label: said("Children")}, {ID: "none", Label: said("None"), Exclusive: true}}
	out := map[string]*Indicator{
		"level":    {Kind: Level, Scale: "ACC", Levels: levels},
		"yes/no":   {Kind: YesNo},
		"multiple": {Kind: Multiple, Options: options},
		"number":   {Kind: Number, Number: &Bounds{Unit: said("people"), Max: 1000, Decimals: 1}},
		"text":     {Kind: Freetext, MaxLength: 20},
	}
	for _, q := range out {
		q.ID, q.Power, q.Title, q.Question, q.Help, q.Evidence, q.Elsewhere = "AA-01", Shared, said("Title"), said("Question?"), said("Help"), said("Paper"), said("Elsewhere")
	}
	return out
}

func TestWhatIsAnotherInAQuestion(t *testing.T) {
	value := map[string]string{"level": "3", "yes/no": "yes", "multiple": "women|children", "number": "12.5", "text": "An office"}
	for _, test := range []struct {
		name, kind string
		change     func(*Indicator)
		want       []string
		value      string // as the later question takes it; empty when it is dropped
	}{
		{"nothing changed", "level", func(*Indicator) {}, nil, "3"},
		{"a better translation is no difference", "level", func(q *Indicator) { q.Question = Text{English: "Question?", French: "Mieux ?"} }, nil, "3"},
		{"another question", "level", func(q *Indicator) { q.Question = Text{English: "Another?"} }, []string{QuestionPart}, "3"},
		{"another description of a level", "level", func(q *Indicator) { q.Levels = append([]Text{{English: "zero"}}, q.Levels[1:]...) }, []string{LevelsPart}, "3"},
		{"another scale", "level", func(q *Indicator) { q.Scale = "QUA" }, []string{LevelsPart}, "3"},
		{"another help, title and default power", "yes/no", func(q *Indicator) {
			q.Help, q.Title, q.Power = Text{English: "x"}, Text{English: "y"}, National
		}, []string{TitlePart, HelpPart, PowerPart}, "yes"},
		{"another advice about evidence and powers elsewhere", "yes/no", func(q *Indicator) {
			q.Evidence, q.Elsewhere = nil, Text{English: "y"}
		}, []string{EvidencePart, ElsewherePart}, "yes"},
		{"another kind drops the value", "yes/no", func(q *Indicator) { q.Kind = Number; q.Number = &Bounds{Max: 9} }, []string{KindPart, NumberPart}, ""},
		{"a level does not become a number that looks like it", "level", func(q *Indicator) { q.Kind, q.Levels, q.Scale, q.Number = Number, nil, "", &Bounds{Max: 9} }, []string{KindPart, LevelsPart, NumberPart}, ""},
		{"options in another order", "multiple", func(q *Indicator) { q.Options = []Option{q.Options[1], q.Options[0], q.Options[2]} }, nil, "children|women"},
		{"a new option drops the value", "multiple", func(q *Indicator) {
			q.Options = append(slices.Clone(q.Options), Option{ID: "elderly", Label: Text{English: "Elderly"}})
		}, []string{OptionsPart}, ""},
		{"an option that has gone drops the value", "multiple", func(q *Indicator) { q.Options = q.Options[1:] }, []string{OptionsPart}, ""},
		{"an option that stands alone now drops the value", "multiple", func(q *Indicator) {
			q.Options = slices.Clone(q.Options)
			q.Options[0].Exclusive = true
		}, []string{OptionsPart}, ""},
		{"an option worded in another way", "multiple", func(q *Indicator) {
			q.Options = slices.Clone(q.Options)
			q.Options[0].Label = Text{English: "Women and girls"}
		}, []string{LabelsPart}, "women|children"},
		{"another unit drops the value", "number", func(q *Indicator) {
			n := *q.Number
			n.Unit = Text{English: "per cent"}
			q.Number = &n
		}, []string{NumberPart}, ""},
		{"a limit that the value keeps", "number", func(q *Indicator) {
			n := *q.Number
			n.Max = 13
			q.Number = &n
		}, []string{NumberPart}, "12.5"},
		{"a limit that the value passes drops it", "number", func(q *Indicator) {
			n := *q.Number
			n.Max = 12
			q.Number = &n
		}, []string{NumberPart}, ""},
		{"a text that is too long now is dropped", "text", func(q *Indicator) { q.MaxLength = 3 }, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := asks()[test.kind], asks()[test.kind]
			test.change(after)
			if got := Differences(before, after); !slices.Equal(got, test.want) {
				t.Errorf("differences %q, want %q", got, test.want)
			}
			got, fits := Fits(before, after, Answer{Value: value[test.kind], Explanation: "Why", Evidence: "Paper", Confidence: Unsure})
			if want := (Answer{Value: test.value, Explanation: "Why", Evidence: "Paper", Confidence: Unsure}); got != want || fits != (test.value != "") {
				t.Errorf("the answer becomes %+v, fits %v; want %+v", got, fits, want)
			}
			for _, n := range NonAnswers {
				if got, fits := Fits(before, after, Answer{NonAnswer: n}); got.NonAnswer != n || !fits {
					t.Errorf("%s becomes %+v, fits %v", n, got, fits)
				}
			}
		})
	}
}
