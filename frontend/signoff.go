package frontend

import (
	"time"

	"migov/assessment"
	"migov/assessment/survey"
)

// SignOff is the page on which an approver of the city consents to hand in, or sends the answers back.
type SignOff struct {
	Frame
	Home, By   string
	HandedIn   time.Time
	Consent    ConsentLine
	MayConsent bool
	Wrote      bool // the approver has written in the assessment, and so sends back at most
	MayAsk     bool
	MayHandIn  bool
	Seq        int64 // of the revision log, which the page shows and a consent names
	Refusal    *Signed
	Changes    []ChangeRow
	Progress   assessment.Progress
	Reason     string
	Marks      Marks
	Long       int // characters of a reason at most
}

// ConsentLine says in short where an assessment stands between its answers and the approver.
type ConsentLine struct {
	Shown     bool
	Home      string
	Approvers []string // names; none: no consent is needed
	Stands    bool
	Last      *Signed // the newest consent
	Changed   int     // indicators since then, or since the beginning
}

// Needed tells whether the city hands in with consent only.
func (c ConsentLine) Needed() bool { return len(c.Approvers) > 0 }

// Signed is who consented, or refused, and when.
type Signed struct {
	By     string
	At     time.Time
	Reason string
}

// ChangeRow is an indicator that was changed since the last consent.
type ChangeRow struct {
	Href, ID      string
	Title         survey.Text
	Answer, Power bool
	Stands        Shown
	Holder        string
	By            string
	At            time.Time
}
