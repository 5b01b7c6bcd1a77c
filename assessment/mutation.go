package assessment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"migov/assessment/survey"
)

// Field is one part of an answer that can change, and conflict, by itself.
type Field int

// The fields of an answer. Value and non-answer are one field: each takes the other's place.
const (
	ValueField Field = iota
	ExplanationField
	EvidenceField
	ConfidenceField
	FieldCount = 4
)

// FieldNames names the fields in wire formats, in the order of the constants.
var FieldNames = [FieldCount]string{"value", "explanation", "evidence", "confidence"}

// Fields is a set of fields.
type Fields uint8

// With returns the set with f in it.
func (s Fields) With(f Field) Fields { return s | 1<<f }

// Has tells whether f is in the set.
func (s Fields) Has(f Field) bool { return s&(1<<f) != 0 }

// Names returns the names of the fields in the set, in order.
func (s Fields) Names() []string {
	var out []string
	for f := Field(0); f < FieldCount; f++ {
		if s.Has(f) {
			out = append(out, FieldNames[f])
		}
	}
	return out
}

// Mutation is one save of one answer, already checked against the instrument.
type Mutation struct {
	ID        string // made by the client; a UUID. The same id again is the same save
	Indicator string
	Base      int    // the version of the answer that the person saw
	Fields    Fields // what the person changed
	Answer    survey.Answer
	Holder    survey.Holder // with "not our responsibility": who holds the power; empty when it was not said
	Source    string        // "form", "script", "api", "import", "demo"
}

// Digest is the SHA-256 (hex) of what a mutation says, apart from its id and source: two mutations with one id and different digests are a fault of the client.
func (m Mutation) Digest() string {
	var b strings.Builder
	part := func(s string) { fmt.Fprintf(&b, "%d:%s;", len(s), s) }
	part(m.Indicator)
	part(fmt.Sprint(m.Base))
	part(fmt.Sprint(uint8(m.Fields)))
	if m.Fields.Has(ValueField) {
		part(m.Answer.Value)
		part(string(m.Answer.NonAnswer))
		part(string(m.Holder))
	}
	if m.Fields.Has(ExplanationField) {
		part(m.Answer.Explanation)
	}
	if m.Fields.Has(EvidenceField) {
		part(m.Answer.Evidence)
	}
	if m.Fields.Has(ConfidenceField) {
		part(string(m.Answer.Confidence))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Saved says what became of a mutation. A replay of the same mutation returns an equal Saved with Replay set.
type Saved struct {
	Mutation    string
	Indicator   string
	Version     int // of the answer, after this save
	At          time.Time
	Hash        string // SHA-256 (hex) of the mutation's content; see Mutation.Digest
	Replay      bool
	Conflict    Fields       // the fields that somebody else had changed meanwhile; their texts are kept in Alternative
	Alternative *Alternative // what was kept beside, when Conflict is not empty
	Theirs      *Kept        // what this save found kept, when Conflict is not empty
}

// Merge decides what becomes of a mutation, given the answer as it is kept now. Fields that nobody changed since the
// version the mutation was based on are taken over; a field that was changed to something else meanwhile is a conflict:
// the first stays, the later one is returned as an alternative. Saying again what already stands changes nothing.
func Merge(now Kept, m Mutation, by Author, at time.Time) (next Kept, alternative *Alternative) {
	next = now
	next.Indicator = m.Indicator
	var applied, conflict Fields
	for f := Field(0); f < FieldCount; f++ {
		switch {
		case !m.Fields.Has(f) || same(now.Answer, m.Answer, f):
		case now.Changed[f] > m.Base:
			conflict = conflict.With(f)
		default:
			applied = applied.With(f)
		}
	}
	if applied != 0 {
		next.Version++
		for f := Field(0); f < FieldCount; f++ {
			if applied.Has(f) {
				next.Changed[f] = next.Version
				put(&next, m.Answer, f)
			}
		}
		next.By, next.At = by, at
	}
	if conflict != 0 {
		alternative = &Alternative{ID: m.ID, Indicator: m.Indicator, Fields: conflict, Answer: only(m.Answer, conflict), Base: m.Base, By: by, At: at}
	}
	return next, alternative
}

func same(a, b survey.Answer, f Field) bool {
	switch f {
	case ValueField:
		return a.Value == b.Value && a.NonAnswer == b.NonAnswer
	case ExplanationField:
		return a.Explanation == b.Explanation
	case EvidenceField:
		return a.Evidence == b.Evidence
	default:
		return a.Confidence == b.Confidence
	}
}

func put(k *Kept, a survey.Answer, f Field) {
	switch f {
	case ValueField:
		if k.Value != "" && a.Value == "" {
			k.Earlier = k.Value
		}
		if a.Value != "" {
			k.Earlier = ""
		}
		k.Value, k.NonAnswer = a.Value, a.NonAnswer
	case ExplanationField:
		k.Explanation = a.Explanation
	case EvidenceField:
		k.Evidence = a.Evidence
	case ConfidenceField:
		k.Confidence = a.Confidence
	}
}

func only(a survey.Answer, s Fields) (out survey.Answer) {
	if s.Has(ValueField) {
		out.Value, out.NonAnswer = a.Value, a.NonAnswer
	}
	if s.Has(ExplanationField) {
		out.Explanation = a.Explanation
	}
	if s.Has(EvidenceField) {
		out.Evidence = a.Evidence
	}
	if s.Has(ConfidenceField) {
		out.Confidence = a.Confidence
	}
	return out
}
