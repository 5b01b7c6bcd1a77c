package survey

// NonAnswer is one of the five ways of not giving a value. None is ever scored as zero.
type NonAnswer string

// The five non-answers.
const (
	NotOurs       NonAnswer = "not_ours"       // not our responsibility
	NotApplicable NonAnswer = "not_applicable" // does not apply here
	DontKnow      NonAnswer = "dont_know"      // we do not know yet
	Declined      NonAnswer = "declined"       // we prefer not to answer
	Skipped       NonAnswer = "skipped"        // skip for now
)

// NonAnswers lists the five in the order in which they are offered.
var NonAnswers = []NonAnswer{NotOurs, NotApplicable, DontKnow, Declined, Skipped}

// Known tells whether n is one of NonAnswers.
func (n NonAnswer) Known() bool {
	for _, x := range NonAnswers {
		if x == n {
			return true
		}
	}
	return false
}

// Confidence says how sure the city is of an answer.
type Confidence string

// The degrees of confidence; the empty one means that it was not said.
const (
	Unsure     Confidence = "unsure"
	FairlySure Confidence = "fairly_sure"
	VerySure   Confidence = "very_sure"
)

// Confidences lists the degrees in order.
var Confidences = []Confidence{Unsure, FairlySure, VerySure}

// Answer is what a city says for one indicator. Value is in canonical text (see CleanAnswer) and empty when there is none;
// Value and NonAnswer are never both set. The zero Answer is a blank.
type Answer struct {
	Value       string
	NonAnswer   NonAnswer
	Explanation string
	Evidence    string
	Confidence  Confidence
}

// Answered tells whether the answer carries a value.
func (a Answer) Answered() bool { return a.Value != "" }

// Blank tells whether there is neither value nor non-answer.
func (a Answer) Blank() bool { return a.Value == "" && a.NonAnswer == "" }

// Settled tells whether the indicator counts as complete in the progress (decision 18): a value, "prefer not to answer",
// "not our responsibility" or "does not apply"; "do not know yet" and "skip" keep it open.
func (a Answer) Settled() bool {
	return a.Answered() || a.NonAnswer == Declined || a.NonAnswer == NotOurs || a.NonAnswer == NotApplicable
}

// Limits of the texts of one answer, in bytes of UTF-8.
const (
	// MaxText is the hard limit of an explanation, an evidence text or a text value: 64 KB.
	MaxText = 64 << 10
	// SoftText is the length in characters from which the page counts what is left (trust.md 4.2).
	SoftText = 3000
)
