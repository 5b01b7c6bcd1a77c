package frontend

import (
	"html/template"
	"strings"
	"time"

	"migov/assessment/survey"
	"migov/data/locale"
)

// TalkHere is what people say beside a question.
type TalkHere struct {
	Home     string // address of the assessment
	Back     string // address to which an act leads back
	Unfolded bool
	Resolved int          // conversations that are not shown
	Inside   []TalkThread // open ones, private to the city
	Outside  []TalkThread // open ones, shared with the reviewers
	Form     TalkForm
}

// Open is how many conversations are open.
func (t TalkHere) Open() int { return len(t.Inside) + len(t.Outside) }

// Quiet tells whether nobody has said anything about the question, and nothing is being written: then what stands there is
// the same on every page, apart from the people who can be told.
func (q Question) Quiet() bool {
	t := q.Talk
	return t != nil && !t.Unfolded && t.Open() == 0 && t.Resolved == 0 && t.Form.Msg == "" && t.Form.Text == "" && t.Form.With == "" &&
		len(t.Form.Replies) == 0 && (t.Form.To == "city" || !t.Form.Inside)
}

// TalkThread is a conversation.
type TalkThread struct {
	ID        string
	Indicator string
	Title     survey.Text // its question
	Href      string      // of the question
	Shared    bool
	Resolved  time.Time
	Earlier   int // posts that are not shown
	Posts     []TalkPost
	Form      TalkForm // to reply
}

// TalkPost is one contribution.
type TalkPost struct {
	ID     string
	Author string
	At     time.Time
	Body   string
	To     []string // who is named in it
}

// TalkForm is where a person writes.
type TalkForm struct {
	Indicator string
	Text      string
	To        string // city, shared, or the conversation that is answered
	With      string // account that should know
	Mutation  string // id of the post that is written
	Msg       string // why it was refused
	Inside    bool   // the person may write within the city
	HandedIn  bool   // the reviewers can read
	Replies   []TalkReply
	Team      Team
}

// Team are the people who can be told. A page has one choice of them below each question, so that it is written once.
type Team struct {
	People  []Spot
	Options template.HTML // the choice, while nobody is chosen
}

// NewTeam writes the choice.
func NewTeam(people []Spot) Team {
	var b strings.Builder
	for _, x := range people {
		b.WriteString(`<option value="` + template.HTMLEscapeString(x.ID) + `">` + template.HTMLEscapeString(x.Name) + `</option>`)
	}
	return Team{people, template.HTML(b.String())}
}

// TalkReply is a conversation that can be answered.
type TalkReply struct {
	ID, Label string
}

// Talk is the page of all conversations of an assessment.
type Talk struct {
	Frame
	Home       string
	By         string
	State      string // open, resolved or all
	Whose      string // all, mine, city or shared
	Inside     bool   // the person is of the city
	Exports    bool
	Back       string // this page with its filter
	About      *TalkForm
	AboutTitle survey.Text
	Total      int
	Threads    []TalkThread
	Pages      []Link
}

// Inbox is the page of notices.
type Inbox struct {
	Frame
	By      string
	Notices []NoticeLine
	Older   string // address of older notices; empty when there are none
	Later   bool   // the page does not begin with the newest
	Count   int    // unread
}

// NoticeLine is a notice, said in the reader's language.
type NoticeLine struct {
	ID   string
	Text locale.Sentence
	At   time.Time
	New  bool
	Link bool // it leads somewhere
}

// Letters is the page on which a person says how often letters come.
type Letters struct {
	Frame
	By      string
	Action  string
	Mail    string
	Choices []string
	Sends   bool // the instance sends letters
	Msg     string
}

// States lists the states by which conversations can be chosen.
func (Talk) States() []string { return []string{"open", "resolved", "all"} }

// Kinds lists what else they can be chosen by.
func (t Talk) Kinds() []string {
	if !t.Inside {
		return []string{"all", "mine"}
	}
	return []string{"all", "mine", "city", "shared"}
}
