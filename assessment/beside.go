package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/survey"
)

// Beside is what stands beside the answers of an assessment: who does which part, what people say about a question, what
// proves the answers. It is read as a whole and kept in memory until Assessment.Beside has grown.
type Beside struct {
	Team      []Member // of the city, by name; those who left come last
	Parts     []Part
	Threads   []Thread   // oldest first
	Evidence  []Evidence // of the city's library, by title; removed pieces only where they are cited
	Citations []Citation
	Verdicts  []Verdict // the newest of each indicator and person
	SignOffs  []SignOff // newest first

	Reviewers      []Reviewer      // by when they were assigned
	Clarifications []Clarification // oldest first
	Snapshots      []SnapshotHead  // newest first
	Reopenings     []Reopening     // newest first
	Publications   []Publication   // newest first, withdrawn ones too
	Carried        []Carried       // by indicator; what the last round has left, settled or not
	Earlier        *Earlier        // the newest assessment before this one from which something can be carried over; nil when there is none
}

// Member is a person of the city's team. People from outside see role and department, never the name.
type Member struct {
	Account    string
	Name       string
	Role       account.Role
	Department string
	Left       bool // disabled
	Former     int  // see account.Account
}

// Part is a dimension, a sub-category or an indicator that a person or a department is asked to answer. The narrowest part
// that covers an indicator counts.
type Part struct {
	ID         string
	Ref        string // id of the dimension, sub-category or indicator
	Account    string // whose part it is; empty when it is a department's
	Department string // empty when it is a person's
	Due        time.Time
	Note       string
	Opened     time.Time // when the person, or the first of the department, opened it; zero before that
	Reminded   time.Time // the last day of its due date that people were told of; see Part.Stage
	By         Author
	At         time.Time
}

// Thread is a conversation about an indicator.
type Thread struct {
	ID        string
	Indicator string
	Shared    bool      // with the people outside who review the assessment; otherwise private to the city
	Resolved  time.Time // zero while it is open
	By        Author
	At        time.Time
	Posts     []Post // oldest first; at least one
}

// Post is one contribution to a conversation.
type Post struct {
	ID       string
	Body     string
	Mentions []string // accounts
	By       Author
	At       time.Time
}

// EvidenceKind tells a file from a link.
type EvidenceKind string

// The kinds of evidence.
const (
	EvidenceFile EvidenceKind = "file"
	EvidenceLink EvidenceKind = "link"
)

// Evidence is a piece of a city's evidence library as it is now.
type Evidence struct {
	ID       string
	Kind     EvidenceKind
	Title    string
	Note     string
	URL      string // of a link
	Name     string // of a file, as it was given
	Media    string // of a file, as its content says
	Size     int64  // bytes of a file
	SHA256   string // hex, of a file
	Revision int    // from 1
	Expires  time.Time
	Removed  time.Time
	By       Author // of the newest revision
	At       time.Time
}

// Citation says that a piece of evidence supports the answer to an indicator.
type Citation struct {
	Indicator string
	Evidence  string // id
	Passage   string // page or passage; may be empty
	By        Author
	At        time.Time
}

// VerdictKind is what somebody from outside says of an answer.
type VerdictKind string

// The verdicts; Withdrawn takes an earlier one back.
const (
	VerdictVerified   VerdictKind = "verified"
	VerdictChallenged VerdictKind = "challenged"
	VerdictWithdrawn  VerdictKind = "withdrawn"
)

// Verdict is such a statement about one version of an answer.
type Verdict struct {
	Indicator string
	Kind      VerdictKind
	Version   int    // of the answer
	Proposed  string // another value, with a challenge; empty for none. It stands beside the city's own, never over it
	Reason    string
	By        Author
	At        time.Time
}

// Reviewer is who looks at an assessment from outside, beside the analysts of the round.
type Reviewer struct {
	Account      string
	Name         string
	Organisation string // the department of the account
	At           time.Time
}

// Clarification is a question of a reviewer on one answer, with the city's reply.
type Clarification struct {
	ID         string
	Indicator  string
	Question   string
	Due        time.Time // the last day, at midnight UTC; zero when there is none
	Version    int       // of the answer when it was asked
	By         Author
	Department string // of whoever asked
	At         time.Time
	Reply      string
	Outcome    ClarificationOutcome // empty while the city has not replied
	RepliedBy  Author
	Replied    time.Time
	SettledBy  Author
	Settled    time.Time // zero while whoever asked is not content; a settled question opens nothing
}

// ClarificationOutcome is what the city has done about a question.
type ClarificationOutcome string

// The outcomes.
const (
	OutcomeReplied ClarificationOutcome = "replied" // it has explained
	OutcomeChanged ClarificationOutcome = "changed" // it has changed the answer
	OutcomeStands  ClarificationOutcome = "stands"  // it stands by the answer
)

// Opens tells whether the question lets the city change the answer: it was asked and is not settled.
func (c Clarification) Opens() bool { return c.Settled.IsZero() }

// SnapshotHead says which snapshot there is, without its content.
type SnapshotHead struct {
	Revision   int
	Reference  string // of the receipt
	Seq        int64  // of the revision log
	Instrument string // code@version
	Method     string
	Hash       string // SHA-256 (hex) of the content
	By         Author
	At         time.Time
}

// Publication is what an approver has consented to show.
type Publication struct {
	ID        string
	Revision  int      // of the snapshot
	Scope     []string // see publish.Scope
	Audience  string   // see publish.Audience
	Terms     string   // version of the text that was consented to
	Hash      string   // SHA-256 (hex) of exactly what was shown before
	By        Author
	At        time.Time
	Withdrawn time.Time // zero while it stands
}

// Carried is what the last round has left for an indicator. It counts as an answer only when somebody confirms it.
type Carried struct {
	Indicator string
	Answer    survey.Answer
	Holder    survey.Holder // of the power, where it was set
	Reason    string        // of the power
	Citations []Citation
	Changed   []string  // what is another in the question; see survey.Differences and ValuePart
	From      string    // id of the assessment
	Round     string    // title of its round
	Version   int       // of the answer there
	At        time.Time // when it was written
	By        Author
	Settled   time.Time // zero while it waits
	Confirmed bool
}

// SignOff is an approver's consent to hand in what the revision log amounts to at Seq, or the refusal of it with its reason.
type SignOff struct {
	Seq     int64
	Refused bool
	Reason  string // of a refusal
	By      Author
	At      time.Time
}

// BesideReader reads what stands beside an assessment, whole and with names; Besides takes out what the actor may not see.
type BesideReader interface {
	Beside(ctx context.Context, who account.Actor, assessment string) (Beside, error)
	// BesideOf is Beside of an assessment that Assessment or Assessments has found for the same actor.
	BesideOf(ctx context.Context, who account.Actor, a Assessment) (Beside, error)
}
