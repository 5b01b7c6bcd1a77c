package score

import (
	"errors"
	"slices"

	"migov/assessment/survey"
)

// Marks are the compact inputs of scoring, two bytes for each scored indicator in the order of its scheme: what was said
// (13 bits: blank, a non-answer, or the points of a value) and who holds the power (3 bits; 0 is the instrument's default).
// Marks belong to the scheme that made them; an indicator beyond their end counts as blank.
type Marks []byte

// What was said: 0 is a blank, then the five non-answers in the order of survey.NonAnswers, then the points of a value.
const (
	blank    = 0
	points   = 6 // what is said with no point at all: level 0, no, none of the options
	saidBits = 13
	saidMask = 1<<saidBits - 1
)

// at splits the mark of the indicator at a place.
func (m Marks) at(i int) (said, holder int) {
	if 2*i+1 >= len(m) {
		return blank, 0
	}
	v := int(m[2*i]) | int(m[2*i+1])<<8
	return v & saidMask, v >> saidBits
}

func (m Marks) set(i, said, holder int) {
	if 2*i+1 < len(m) {
		v := said | holder<<saidBits
		m[2*i], m[2*i+1] = byte(v), byte(v>>8)
	}
}

// said turns a non-answer into what is said; an unknown one is a blank.
func said(n survey.NonAnswer) int { return slices.Index(survey.NonAnswers, n) + 1 }

var (
	saidNotOurs       = said(survey.NotOurs)
	saidNotApplicable = said(survey.NotApplicable)
)

// nonAnswer is the way back; empty for a blank and for a value.
func nonAnswer(said int) survey.NonAnswer {
	if said == blank || said >= points {
		return ""
	}
	return survey.NonAnswers[said-1]
}

// marksVersion leads the binary form of Marks.
const marksVersion = 1

// MarshalBinary writes a version byte and the marks.
func (m Marks) MarshalBinary() ([]byte, error) { return append([]byte{marksVersion}, m...), nil }

// UnmarshalBinary reads what MarshalBinary wrote.
func (m *Marks) UnmarshalBinary(data []byte) error {
	if len(data) == 0 || data[0] != marksVersion || len(data)%2 == 0 {
		return errors.New("score: these are not marks of version 1")
	}
	*m = slices.Clone(data[1:])
	return nil
}
