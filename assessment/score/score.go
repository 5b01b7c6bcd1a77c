// Package score computes what the answers of an assessment amount to, by method 1.0.0: the situation and the municipal
// effort of every dimension and sub-category, the overall numbers, the advocacy gap, and the lists that stand beside them.
//
// Absent is absent: a number that may not be shown has no value, never zero, NaN or infinity. Thresholds are compared in
// whole numbers, so that no rounding error decides whether a number is shown.
package score

import "math"

// MethodVersion is the version of the method that this package computes.
const MethodVersion = "1.0.0"

// The parameters of the method.
const (
	strongFrom       = 75 // an indicator of at least this value is a well-developed area
	potentialTo      = 25 // an indicator of at most this value is an area with potential, or something to ask for
	advocacyAnswered = 5  // the advocacy gap needs this many answered indicators
	effortDimensions = 4  // the overall effort needs this many dimensions with a central effort
)

// Interval is a number from 0 to 100 with its band. Central means something only when Known, Low and High only when
// Banded; otherwise they are zero. Then Low <= Central <= High.
type Interval struct {
	Low, Central, High float64
	Banded, Known      bool
}

// Note says why a number may not be shown, or what to read with care.
type Note string

// The notes.
const (
	NothingApplicable       Note = "nothing_applicable"          // every number absent, coverage too
	NotEnoughAnswers        Note = "not_enough_answers"          // 3·answered < 2·applicable: the band alone
	InsufficientBasis       Note = "insufficient_basis"          // 5·out > 2·b: no effort, no effort band
	NoEffortWeight          Note = "no_effort_weight"            // nothing applicable with weight > 0; stands with InsufficientBasis
	NotEnoughEffortAnswers  Note = "not_enough_effort_answers"   // the effort's band alone
	OneIndicator            Note = "one_indicator"               // a sub-category with a single scored indicator
	OverallIncomplete       Note = "overall_incomplete"          // not every dimension has a central situation
	OverallEffortIncomplete Note = "overall_effort_incomplete"   // fewer than four dimensions have a central effort
	AdvocacyTooFew          Note = "advocacy_too_few"            // fewer than five answered indicators with weight 0
	AdvocacyNotEnough       Note = "advocacy_not_enough_answers" // five answered, but less than 2/3 of those applicable
)

// Notes lists every note.
var Notes = []Note{NothingApplicable, NotEnoughAnswers, InsufficientBasis, NoEffortWeight, NotEnoughEffortAnswers, OneIndicator,
	OverallIncomplete, OverallEffortIncomplete, AdvocacyTooFew, AdvocacyNotEnough}

// Result is what is known of a dimension or a sub-category.
type Result struct {
	Situation, Effort                Interval
	Answered, Applicable             int     // scored indicators
	EffortAnswered, EffortApplicable float64 // sums of weights, in steps of 0.5
}

// Coverage is the share of the applicable indicators that are answered, 0 to 1. It is not known where nothing is applicable.
func (r Result) Coverage() (share float64, known bool) {
	if r.Applicable == 0 {
		return 0, false
	}
	return float64(r.Answered) / float64(r.Applicable), true
}

// EffortCoverage is the same with the weights of the effort. It is not known where nothing applicable has a weight.
func (r Result) EffortCoverage() (share float64, known bool) {
	if r.EffortApplicable == 0 {
		return 0, false
	}
	return r.EffortAnswered / r.EffortApplicable, true
}

// SituationNote says why there is no central situation; empty when there is one.
func (r Result) SituationNote() Note {
	switch {
	case r.Applicable == 0:
		return NothingApplicable
	case !r.Situation.Known:
		return NotEnoughAnswers
	}
	return ""
}

// EffortNote says why there is no central effort; empty when there is one. (Where nothing has a weight, everything is
// out, so the basis is insufficient too.)
func (r Result) EffortNote() Note {
	switch {
	case r.Applicable == 0:
		return NothingApplicable
	case !r.Effort.Banded:
		return InsufficientBasis
	case !r.Effort.Known:
		return NotEnoughEffortAnswers
	}
	return ""
}

// Numbers is the whole result of an assessment in the order of its scheme, without texts: what is kept in a score row.
type Numbers struct {
	Dimensions, Subcategories   []Result
	Situation, Effort, Advocacy Interval // overall
}

// Round rounds a number for display, half up: 66.6 -> 67, 66.5 -> 67. A half that a sum of fractions has missed by less
// than a billionth is still a half; no other result of the method lies that close to one.
func Round(x float64) int { return int(math.Floor(x + 0.5 + 1e-9)) }
