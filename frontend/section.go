package frontend

import (
	"strings"
	"time"

	"migov/assessment/survey"
)

// Section is the page on which the indicators of one sub-category are answered, or read.
type Section struct {
	Frame
	Home        string // address of the assessment
	Action      string // address of this page
	API         string // address of the answers in the API, with a slash at its end
	Outbox      string // public key to which the browser seals what it cannot send
	Pass        string // says, for the server alone, who sealed it
	By          string // id of the account, so that a form sent after the session ended can be sealed
	Reader      bool   // somebody who never writes here
	HandedIn    time.Time
	DimensionID string
	Dimension   survey.Text
	Number      int // of the dimension, from 1; 0 for the context module
	Title       survey.Text
	Total       int // indicators
	Settled     int
	Two         int // with two versions
	Saved       time.Time
	SetsPower   bool // the person may say who holds a power
	SoftText    int  // characters from which a text counts as long
	MaxText     int  // bytes of a text at most
	List        []SectionLink
	Previous    *SectionLink
	Next        *SectionLink
	Questions   []Question
	Clarify     *ClarifyTop // what the reviewers ask; nil when they ask nothing, or not the reader
	Clarifies   bool        // the assessment is handed in, but something on the page was asked about and takes changes
	Presence    string      // where it is asked who else has the page open; empty for those who are not told
	ID          string
}

// ReadOnly tells whether nothing can be changed on the page.
func (s Section) ReadOnly() bool { return s.Reader || !s.HandedIn.IsZero() && !s.Clarifies }

// SectionLink leads to a section.
type SectionLink struct {
	Href    string
	Title   survey.Text
	Status  string
	Current bool
}

// Question is one indicator with what stands in its inputs.
type Question struct {
	*survey.Indicator
	Context  bool          // of the context module: no power is asked about it
	Words    []survey.Text // of the five levels
	Choice   string        // the radio that is chosen: a level, yes, no, or a non-answer
	Typed    string        // what stands in the input of a number or text
	Ticked   map[string]bool
	Earlier  string // a level or yes/no from before a non-answer took its place
	Stands   Shown  // what is saved
	Answer   survey.Answer
	Holder   survey.Holder // who holds the power, as the powers map says
	Reason   string        // its citation
	Named    string        // who holds the power, as chosen on this page after a refused save
	Version  int
	Seen     string
	Mutation string
	Author   string
	At       time.Time
	Versions []Version // two or more when somebody has to choose
	Both     []Both    // texts to join
	Refused  map[string]string
	Here     EvidenceHere // what proves the answer
	Part     PartHere     // who answers it
	Asked    []Asked      // what those who review ask about it
	Locked   bool         // it takes no changes
	Carried  *CarriedHere // what the last round has left; nil where nothing waits
	Talk     *TalkHere    // what people say about it; nil for those who do not talk
	After    string       // id of the indicator that follows in the section; empty for its last

	blank *blank // not nil while the card is rendered with holes
}

// Shown is a value in words.
type Shown struct {
	Level string        // 0 to 4 of a level
	Words []survey.Text // the word of a level, or the labels of options
	Plain string        // a number or a text
	Unit  survey.Text
	YesNo string // yes or no
	Non   string // a non-answer
}

// Empty tells whether nothing is said.
func (s Shown) Empty() bool {
	return s.Level == "" && len(s.Words) == 0 && s.Plain == "" && s.YesNo == "" && s.Non == ""
}

// Version is one of two answers between which somebody has to choose.
type Version struct {
	Keep   string // what the button sends
	Stands bool   // it counts until somebody chooses
	Author string
	At     time.Time
	Value  *Shown // nil when the versions do not differ in it
	Texts  []Versed
	Sure   string // the confidence, when the versions differ in it
}

// Versed is a text of a version, in pieces.
type Versed struct {
	Field  string
	Pieces []Piece
}

// Piece is a part of a text; it differs from the other version or not.
type Piece struct {
	Text    string
	Differs bool
}

// Both is a field with both texts below each other, to be joined.
type Both struct {
	Field, Text string
}

// Options of the page that are the same for every indicator.

// NonAnswers lists the five non-answers.
func (Section) NonAnswers() []survey.NonAnswer { return survey.NonAnswers }

// Holders lists the holders of a power.
func (Section) Holders() []survey.Holder { return survey.Holders }

// Confidences lists the degrees of confidence.
func (Section) Confidences() []survey.Confidence { return survey.Confidences }

// Mark is the class of the sign of who holds the power.
func (q Question) Mark() string {
	switch q.Holder {
	case survey.Municipal:
		return "p-m"
	case survey.Shared:
		return "p-s"
	case survey.Contested:
		return "p-c"
	}
	return "p-n"
}

// LevelWord is the word of a level; empty when the scale has none.
func (q Question) LevelWord(level int) survey.Text {
	if level < len(q.Words) {
		return q.Words[level]
	}
	return nil
}

// Radio tells whether the value itself is chosen by radios, as against typed or ticked.
func (q Question) Radio() bool { return q.Kind == survey.Level || q.Kind == survey.YesNo }

// Brief tells whether the card is short: a number or a text has its source beside it, and everything else folded away.
func (q Question) Brief() bool { return q.Kind == survey.Number || q.Kind == survey.Freetext }

// Proven tells whether there is something in what a brief card folds away.
func (q Question) Proven() bool {
	return q.Answer.Evidence != "" || q.Answer.Confidence != "" || q.Refused["evidence"] != ""
}

// Compare parts two texts into pieces: the words from the first that differs to the last that differs are marked in
// both. It is linear in the length of the texts, which may be 64 KB each.
func Compare(a, b string) (inA, inB []Piece) {
	x, y := words(a), words(b)
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	endX, endY := len(x), len(y)
	for endX > start && endY > start && x[endX-1] == y[endY-1] {
		endX, endY = endX-1, endY-1
	}
	return pieces(x, start, endX), pieces(y, start, endY)
}

// words parts a text into words, each with the space behind it.
func words(s string) (out []string) {
	for s != "" {
		end := strings.IndexAny(s, " \n\t")
		if end < 0 {
			return append(out, s)
		}
		out, s = append(out, s[:end+1]), s[end+1:]
	}
	return out
}

func pieces(words []string, start, end int) (out []Piece) {
	for _, p := range []Piece{{strings.Join(words[:start], ""), false}, {strings.Join(words[start:end], ""), true}, {strings.Join(words[end:], ""), false}} {
		if p.Text != "" {
			out = append(out, p)
		}
	}
	return out
}
