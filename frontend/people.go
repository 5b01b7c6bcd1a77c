package frontend

import "time"

// People is the page on which people are invited and looked after. What stands on it is the reach of whoever reads: everybody
// for an administrator, the own team for a coordinator, the cities of the own rounds for an analyst.
type People struct {
	Frame
	By      string // id of the reader
	Role    string // of the reader
	City    string // name of a coordinator's city; empty for others
	Manages bool   // may change and end accounts
	Letters bool   // go out, because mail is set up
	People  []Person
	Form    PersonForm
	Roles   []string // that the reader may invite
	Cities  []Spot   // to which
	Rounds  []Spot   // for analysts, where the reader may invite any
	Link    OneTimeLink
	Marks   Marks
}

// Person is a line of the list. Name and address are empty where the reader may not see them.
type Person struct {
	ID, Name, Email, Role, Language string
	Department                      string
	Places                          []string // name of the city, or titles of the rounds
	State                           string   // active, waiting (not joined yet), disabled or former
	Self                            bool     // the reader
	Renews                          bool     // the reader may make a new link
}

// PersonForm is what was typed into the form for a new account.
type PersonForm struct {
	Name, Email, Role, Language, City, Department string
	Rounds                                        []string
}

// Spot is a city or a round to choose.
type Spot struct {
	ID, Name string
	Chosen   bool
}

// OneTimeLink is shown once, to be copied.
type OneTimeLink struct {
	Address, Name string
	Minutes       int  // how long it can be used, when that is less than a day
	Days          int  // how long it can be used otherwise
	Sent          bool // a letter goes out too
}

// PersonPage is the page of one person, for whoever looks after the team.
type PersonPage struct {
	Frame
	By    string
	Is    Person
	Form  PersonForm
	Roles []string // to which the role can be changed; empty when it cannot
	Marks Marks
	Parts int // of assessments, which the person would leave behind
}

// Erase is the page that says what erasing a person does, and asks.
type Erase struct {
	Frame
	By      string
	Is      Person
	Written int // revisions and contributions to conversations that keep their place
	Parts   int // that are this person's
}

// Invitation is the page behind a one-time link.
type Invitation struct {
	Frame
	Secret, Name, Email, Role string
	Organisation              string // whose accounts may be used in the place of a password; empty for none
	Invited                   bool   // an invitation; otherwise a new password
	Asks                      string
	City                      string
	Round                     string
	Due                       time.Time
	Questions, Dimensions     int
	Instrument                string // address of the questionnaire
	Effort                    string // a sentence
	Expires                   time.Time
	Taken                     bool // the address has an account already: there is nothing to accept
	Marks                     Marks
}

// Forgotten asks for an address, or says after it what happens now, or whom to ask where no letters are sent.
type Forgotten struct {
	Frame
	Letters, Sent bool // letters go out; the wish was taken
	Email         string
}
