package frontend

import (
	"time"

	"migov/assessment/survey"
)

// Queue is the list of answers of an assessment that somebody reviews.
type Queue struct {
	Frame
	Home, By    string
	City, Round string
	State       string
	HandedIn    time.Time
	Due         time.Time // last day of the round
	Way         string    // how the answers are chosen; see assessment.QueueWays
	Ways        []string
	Total       int // answers to be reviewed
	Reviewed    int
	Challenged  int
	Questions   int         // not settled
	Items       []QueueLink // on the page of an answer, those around it
	Begin       string      // address of the first item that nobody has reviewed; empty for none
	Judges      bool        // verdicts are possible now
	Validates   bool        // the reader may say that the review is complete
	MayValidate bool        // now
}

// QueueLink leads to one of these answers.
type QueueLink struct {
	Href, ID       string
	Level          string // 0 to 4 of a level
	Title          survey.Text
	Standing, Mark string
	Reviewed       bool
	Current        bool
	Asked          int
}

// QueueItem is the page of one of these answers.
type QueueItem struct {
	Queue
	Q                     Question
	Section               survey.Text
	Action                string // takes the decision
	Ask, Comment          string // addresses
	Next, Previous        string // empty at the ends
	Others                []QueueWord
	Mine                  *QueueWord
	Earlier               *QueueEarlier
	Elsewhere             []int // cities by level; nil where they are not shown
	Cities                int
	National              []Told          // what is published of the country on this indicator
	Choices               []string        // the other levels, or yes or no; empty for other kinds
	Ticked                map[string]bool // of several options, those proposed, as typed; by id
	Proposed, Reason      string          // as typed
	Marks                 Marks
	Sure                  string // how sure the city is; empty when it did not say
	Claims                bool   // there is something to say of it
	Position, PositionsOf int
}

// QueueWord is what somebody from outside has said.
type QueueWord struct {
	Kind, By string
	Proposed Shown // empty for none
	Reason   string
	At       time.Time
}

// QueueEarlier is what the city said in an earlier round.
type QueueEarlier struct {
	Round          string
	Stands         Shown
	Standing, Mark string
	Explanation    string
	Changed        bool
}

// Queues lists the assessments that somebody reviews.
type Queues struct {
	Frame
	Lines []QueuesLine
}

// QueuesLine is one of them.
type QueuesLine struct {
	Href, City, Round, State               string
	Fictional                              bool
	Due                                    time.Time
	Total, Reviewed, Challenged, Questions int
	Overdue                                int    // of the questions
	Next                                   string // what comes next: review, wait, validate, done
}
