package assessment

import (
	"time"

	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Whole is a city with its assessment in a round, complete, as it is brought into a database of demonstration data in one go.
type Whole struct {
	City    City // without id
	Answers []WholeAnswer
	Powers  []WholePower
	State   review.State // Draft, Collecting, Submitted or Published
	Changed time.Time    // when everything was said; not for a Draft
	Moved   time.Time    // when it came into its state; not for a Draft, nor for Collecting

	// What scoring makes of it.
	Marks, Numbers    []byte
	Answered, Settled int

	// What is shown to peers; of a Published one only.
	Reference    string // of the snapshot
	Document     []byte
	DocumentHash string
	Profile      []byte
	ProfileHash  string
	ProfileTerms string
}

// WholeAnswer is what a city says for an indicator.
type WholeAnswer struct {
	Indicator string
	survey.Answer
}

// WholePower is a power that a city has set.
type WholePower struct {
	Indicator string
	Holder    survey.Holder
	Reason    string
}

// Complete computes what scoring makes of a whole, and of a Published one the snapshot.
func (w *Whole) Complete(scheme *score.Scheme, round Round, reference string) (snapshot.Document, error) {
	sheet := Sheet{Answers: make(map[string]Kept, len(w.Answers)), Powers: make(map[string]Power, len(w.Powers))}
	in := scheme.Instrument()
	w.Answered, w.Settled = 0, 0
	for _, a := range w.Answers {
		sheet.Answers[a.Indicator] = Kept{Answer: a.Answer, Indicator: a.Indicator, Version: 1, At: w.Changed}
		if q := in.Indicator(a.Indicator); in.IsContext(q) {
			continue
		}
		if a.Answer.Answered() {
			w.Answered++
		}
		if a.Answer.Settled() {
			w.Settled++
		}
	}
	for _, p := range w.Powers {
		sheet.Powers[p.Indicator] = Power{Indicator: p.Indicator, Holder: p.Holder, Reason: p.Reason, Version: 1}
	}
	marks := scheme.Marks(sheet.Plain(), sheet.Holders())
	var n score.Numbers
	scheme.Numbers(marks, &n)
	var err error
	if w.Marks, err = marks.MarshalBinary(); err != nil {
		return snapshot.Document{}, err
	}
	if w.Numbers, err = n.MarshalBinary(); err != nil || w.State != review.Published {
		return snapshot.Document{}, err
	}
	w.Reference = reference
	d := NewDocument(Assessment{City: w.City, Round: round, Perspective: Officials}, scheme, 1, sheet, Beside{})
	w.Document, w.DocumentHash, err = d.Encode()
	return d, err
}
