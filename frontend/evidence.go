package frontend

import (
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/survey"
)

// Library is the evidence of a city as it is seen from one of its assessments.
type Library struct {
	Frame
	Home     string // address of the assessment
	City     string
	OfCity   bool // the reader belongs to the city; others see only what is cited here
	MayWrite bool
	Pieces   []PieceCard // in use
	Removed  []PieceCard
	Form     ProofForm
}

// PieceCard is a piece of evidence in a list, or on its own page.
type PieceCard struct {
	assessment.Evidence
	Href     string // of its page; empty where the reader has none
	Download string // of its content; empty for a link, and for what was removed as far as others are concerned
	Host     string // of a link
	Type     string // PDF, DOCX
	Weight   string // 1.2 MB
	Ended    bool
	Soon     bool // its last day is near
	Author   string
	Uses     []UseLink
}

// Link tells a link from a file.
func (c PieceCard) Link() bool { return c.Kind == assessment.EvidenceLink }

// UseLink leads to an answer that a piece supports.
type UseLink struct {
	Href, ID, Passage, Round string
	Title                    survey.Text
}

// NewPieceCard is a piece as a list shows it, without addresses and people. Weight is its size in words.
func NewPieceCard(e assessment.Evidence, weight string, now time.Time) PieceCard {
	c := PieceCard{Evidence: e, Weight: weight, Ended: evidence.Ended(e.Expires, now)}
	c.Soon = !c.Ended && evidence.Ended(e.Expires, now.AddDate(0, 0, 30))
	if c.Link() {
		c.Host = evidence.Host(e.URL)
	} else {
		c.Type = strings.ToUpper(string(evidence.TypeOf(e.Media)))
	}
	return c
}

// ProofForm takes a file or a link, a new revision of one, or its description. What was typed stays in it after a refusal.
type ProofForm struct {
	Action, By string
	Uploads    string                  // address that takes files in chunks, for the script
	Act        string                  // what the button does: add, revise, describe
	Kind       assessment.EvidenceKind // what alone is asked for; empty: either
	Cites      bool                    // a passage is asked for
	Title      string
	Note       string
	Expires    string
	Link       string
	Passage    string
	Again      bool // the file must be chosen again
	Msg        map[string]string
}

// Takes lists the endings of the files that are taken, for the input and for the script.
func (ProofForm) Takes() string {
	return "." + strings.ReplaceAll(evidence.Names(), ", ", ",.") + ",.jpeg"
}

// Names lists them for people.
func (ProofForm) Names() string { return evidence.Names() }

// Megabytes is the size of the largest file.
func (ProofForm) Megabytes() int { return evidence.MaxFile >> 20 }

// MaxBytes is the same in bytes.
func (ProofForm) MaxBytes() int { return evidence.MaxFile }

// PiecePage is a piece of evidence with its revisions and the answers it supports.
type PiecePage struct {
	Frame
	Home      string
	Library   string // address of the library
	MayWrite  bool
	Piece     PieceCard
	Revisions []RevisionLine
	Describe  ProofForm
	Revise    ProofForm
}

// RevisionLine is one revision of a piece.
type RevisionLine struct {
	assessment.EvidenceRevision
	Download, Type, Weight, Author string
	Current                        bool
}

// Attach is the page on which evidence is cited for an indicator.
type Attach struct {
	Frame
	Home, Back, Library string
	Action, By          string
	ID                  string
	Question            survey.Text
	Counts              survey.Text // what counts as evidence
	HandedIn            time.Time
	MayWrite            bool
	Standing, Mark      string // in words, and the class of its tag
	Cited               []CitedCard
	Others              []CitedCard // the rest of the library, not cited yet
	Form                ProofForm
	Limit               int
}

// CitedCard is a piece where it is cited, or may be.
type CitedCard struct {
	PieceCard
	Passage string // as it is kept
	Typed   string // as it stands in the input
	Ticked  bool   // to be cited, or no longer to be cited
	Msg     string // what is wrong with the passage
}

// EvidenceHere is what proves an answer, beside the question.
type EvidenceHere struct {
	Standing string // empty when nothing is claimed
	Mark     string // class of its tag
	Cited    []CitedCard
	Attach   string // address, from the page of the section, of the page on which evidence is cited; empty when nothing can be changed
	Verdict  *VerdictHere
	Judge    string // address that takes a verdict; empty for everybody but those who may say one
	Personal []Personal
}

// plain tells whether nothing stands there but the standing and the way to attach evidence.
func (h EvidenceHere) plain() bool {
	return len(h.Cited) == 0 && h.Verdict == nil && h.Judge == "" && len(h.Personal) == 0
}

// VerdictHere is what somebody from outside said of the answer.
type VerdictHere struct {
	Kind, Reason, Author string
	At                   time.Time
	Stale                bool // of an earlier version
}

// Personal says that a text seems to hold data of a person.
type Personal struct {
	Field string // explanation, evidence or value
	Kinds []assessment.PersonalKind
}

// standingMarks are the classes of the tags of standings.
var standingMarks = map[evidence.Standing]string{evidence.Claimed: "tag", evidence.Evidenced: "tag solid", evidence.Verified: "tag solid", evidence.Challenged: "tag ask"}

// StandingMark is the class of the tag of a standing.
func StandingMark(s evidence.Standing) string { return standingMarks[s] }
