package frontend

import (
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Plain is a page of texts alone: help, accessibility, who sees what.
type Plain struct{ Frame }

// Mail tells whether the contact is an e-mail address, to be written to.
func (f Frame) Mail() bool {
	for _, r := range f.Contact {
		if r == '@' {
			return true
		}
	}
	return false
}

// Method says how the numbers are made, with an example that the method itself works out.
type Method struct {
	Frame
	Example Example
}

// Example is a small assessment and the steps to its numbers.
type Example struct {
	Lines             []ExampleLine
	Situation, Effort score.Steps
	// Counts of the example: indicators answered and applicable, weights answered and applicable, the basis and what is out of it.
	Answered, Applicable             int
	EffortAnswered, EffortApplicable float64
	Basis, Out                       int
}

// ExampleLine is one question of the example.
type ExampleLine struct {
	Name      string // a letter
	Kind      survey.Kind
	Points    int // level, 1 for yes, or options chosen
	Of        int
	NonAnswer survey.NonAnswer
	Holder    survey.Holder
	Answered  bool
	Value     float64
	Weight    float64
	// Counted and EffortCounted tell whether the line counts in the central values; Open whether it widens the bands.
	Counted, EffortCounted, Open bool
}

// WorkExample computes the example: seven questions with every kind of answer (test vector V20 of the method).
func WorkExample() Example {
	question := func(id string, kind survey.Kind, holder survey.Holder, options ...string) *survey.Indicator {
		q := &survey.Indicator{ID: id, Kind: kind, Power: holder, Scored: true, Dimension: "X", Subcategory: "X.1"}
		for _, o := range options {
			q.Options = append(q.Options, survey.Option{ID: o, Exclusive: o == "none"})
		}
		return q
	}
	in := &survey.Instrument{Dimensions: []survey.Dimension{{ID: "X", Subcategories: []survey.Subcategory{{ID: "X.1", Dimension: "X", Indicators: []*survey.Indicator{
		question("A", survey.Level, survey.Municipal),
		question("B", survey.Level, survey.Shared),
		question("C", survey.Level, survey.National),
		question("D", survey.YesNo, survey.National),
		question("E", survey.Level, survey.Shared),
		question("F", survey.Level, survey.Municipal),
		question("G", survey.Multiple, survey.Municipal, "1", "2", "3", "4", "5", "none"),
	}}}}}}
	scheme := score.NewScheme(in)
	marks := scheme.Marks(map[string]survey.Answer{
		"A": {Value: "4"}, "B": {Value: "2"}, "C": {NonAnswer: survey.NotOurs}, "D": {Value: "yes"}, "E": {NonAnswer: survey.DontKnow},
		"F": {Value: "1"}, "G": {Value: "1|2|3"},
	}, nil)
	var numbers score.Numbers
	scheme.Numbers(marks, &numbers)
	maths, _ := scheme.Maths(marks, "X")
	r := numbers.Dimensions[0]
	e := Example{Situation: maths.Situation, Effort: maths.Effort, Answered: r.Answered, Applicable: r.Applicable,
		EffortAnswered: r.EffortAnswered, EffortApplicable: r.EffortApplicable, Basis: maths.Basis, Out: maths.Out}
	for _, l := range maths.Lines {
		e.Lines = append(e.Lines, ExampleLine{Name: l.Indicator.ID, Kind: l.Indicator.Kind, Points: l.Points, Of: l.Of, NonAnswer: l.NonAnswer,
			Holder: l.Holder, Answered: l.Answered, Value: l.Value, Weight: l.Weight,
			Counted: l.Excluded == "", EffortCounted: l.EffortExcluded() == "", Open: l.Excluded == score.Open})
	}
	return e
}
