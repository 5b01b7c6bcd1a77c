package frontend

import (
	"time"

	"migov/assessment/survey"
)

// Asked is a question of somebody who reviews, with the reply of the city.
type Asked struct {
	ID        string
	Indicator string
	Title     survey.Text
	Href      string // of the answer it is about
	Action    string // address of the question, for what is done with it
	Question  string
	By        string // role and organisation
	At        time.Time
	Due       time.Time
	Late      bool   // the last day has passed without a reply; nothing is blocked by that
	State     string // waiting, replied, settled, withdrew
	Reply     string
	Outcome   string // replied, changed, stands
	RepliedBy string
	Replied   time.Time
	SettledBy string
	Settled   time.Time
	Seen      string // the reply that the page shows, as the form sends it back
	MayReply  bool
	MaySettle bool // the reader may be content with the reply, or take the question back
}

// ClarifyTop is what stands on top of a page of a city that was asked.
type ClarifyTop struct {
	Href    string // of all questions
	Waiting int    // questions without a reply, in the whole assessment
	Due     time.Time
	Late    bool
	Here    int // questions that are open on this page
}

// Clarifications is the page of all questions of an assessment.
type Clarifications struct {
	Frame
	Home, By string
	OfCity   bool
	Open     bool // the city may reply
	Waiting  int
	All      []Asked
	MayGive  bool // the reader may give back
	Consents bool // the city has an approver, who consents to what was changed
}

// Reply is the page on which the city replies to a question.
type Reply struct {
	Frame
	Home, By string
	Asked    Asked
	Stands   Shown
	Explains string // the explanation that stands
	Changed  bool   // the answer was changed since it was asked about
	Text     string
	Outcome  string
	Marks    Marks
	Long     int
}

// Asking is the page on which somebody who reviews asks about an answer.
type Asking struct {
	Frame
	Home, By  string
	Action    string
	Back      string
	Indicator string
	Question  survey.Text
	Href      string
	Stands    Shown
	Explains  string
	Before    []Asked // what was asked about it before
	Standard  []string
	Mutation  string
	Text      string
	Due       string // as 2006-01-02
	From, To  string // the first and the last day that can be chosen
	Marks     Marks
	Long      int
}
