package assessment

import "migov/assessment/survey"

// Status is how far a sub-category is.
type Status string

// The statuses.
const (
	NotStarted Status = "not_started"
	InProgress Status = "in_progress"
	Complete   Status = "complete"
	TwoTexts   Status = "two_texts" // somebody has to choose between two versions
	Waiting    Status = "waiting"   // what is open is somebody else's part; see Division.StatusOf
)

// Progress counts what is settled of a sub-category, a dimension, or the whole.
type Progress struct {
	Total    int // indicators
	Settled  int // complete: a value, "prefer not to answer", "not our responsibility" or "does not apply"
	Answered int // with a value
	Touched  int // with a value or any non-answer
	LeftOut  int // "not our responsibility" or "does not apply"
	Two      int // with alternatives to choose from
}

// Status returns the status that the counts amount to.
func (p Progress) Status() Status {
	switch {
	case p.Two > 0:
		return TwoTexts
	case p.Touched == 0:
		return NotStarted
	case p.Settled == p.Total:
		return Complete
	}
	return InProgress
}

// Applicable is how many indicators are left when those that are not theirs or do not apply are taken out.
func (p Progress) Applicable() int { return p.Total - p.LeftOut }

// Plus adds two counts.
func (p Progress) Plus(o Progress) Progress {
	return Progress{p.Total + o.Total, p.Settled + o.Settled, p.Answered + o.Answered, p.Touched + o.Touched, p.LeftOut + o.LeftOut, p.Two + o.Two}
}

// ProgressOf counts some indicators.
func (s Sheet) ProgressOf(indicators []*survey.Indicator) (p Progress) {
	for _, q := range indicators {
		a := s.Answers[q.ID]
		p.Total++
		p.Settled += one(a.Settled())
		p.Answered += one(a.Answered())
		p.Touched += one(!a.Blank())
		p.LeftOut += one(a.NonAnswer == survey.NotOurs || a.NonAnswer == survey.NotApplicable)
		p.Two += one(len(s.Alternatives[q.ID]) > 0)
	}
	return p
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
