// Package account knows the people who use the product: their roles, what each role may do, and the hashes of
// passwords and tokens. Who is asking is found out in api/session; whether they may is decided here.
package account

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"migov/assessment/survey"
)

// Role is what a person is in the product. Each account has exactly one.
type Role string

// The roles.
const (
	Anonymous   Role = ""            // nobody is signed in
	Admin       Role = "admin"       // manages people, cities, rounds and instruments; reads no answers
	Analyst     Role = "analyst"     // runs rounds and compares the cities that have handed in
	Coordinator Role = "coordinator" // leads a city's assessment: answers, powers, imports, hands in
	Contributor Role = "contributor" // answers every indicator of the own city, but sets no power and imports nothing
	Approver    Role = "approver"    // reads the assessment of the own city and consents to hand it in
	Reviewer    Role = "reviewer"    // looks at the assessments of the cities assigned to them, from outside
	Operator    Role = "operator"    // whoever runs commands on the machine of the database; never an account
)

// Roles lists the roles an account can have.
var Roles = []Role{Admin, Analyst, Reviewer, Coordinator, Contributor, Approver}

// Known tells whether an account can have the role.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// OfCity tells whether people of this role act for one city.
func (r Role) OfCity() bool { return r == Coordinator || r == Contributor || r == Approver }

// Account is a person who may sign in.
type Account struct {
	ID       string
	Email    string
	Name     string // shown to the own city's team only; others see role and department
	Role     Role
	City     string   // id of the city of people of a city; of a reviewer the city they live or work in, which they never review; empty for others
	Rounds   []string // ids of the rounds of an analyst
	Assigned []string // ids of the assessments of a reviewer
	Language survey.Language
	Password string // Argon2id hash; empty until it is set
	Noticed  string // version of the notice the person has acknowledged
	Disabled bool
	Created  time.Time

	Department string // such as "Housing"; empty when it was not said
	Mail       Mail
	Former     int  // the number of a former person of the city whose name was erased; 0 for anybody else
	Factor     bool // a second factor is set up
	Unread     int  // notices in the inbox

	Token Scope  // of the token by which a program acts for the account; empty for the person
	Only  string // id of the round to which that token is bound; empty for none
}

// Mail says how often a person wants letters about what the inbox shows.
type Mail string

// The frequencies; a new account gets a weekly letter.
const (
	EachMail   Mail = "each"
	DailyMail  Mail = "daily"
	WeeklyMail Mail = "weekly"
	NoMail     Mail = "off"
)

// Mails lists the frequencies.
var Mails = []Mail{EachMail, DailyMail, WeeklyMail, NoMail}

// Actor is who asks for something. The zero Actor is nobody.
type Actor struct {
	Account  string
	Name     string
	Role     Role
	City     string
	Rounds   []string
	Assigned []string // ids of the assessments of a reviewer
	Tongue   survey.Language
	Notice   string

	Department string
	Factor     bool // a second factor is set up
	Unread     int  // notices in the inbox

	Token Scope  // of the token by which a program asks; empty for a person
	Only  string // id of the round to which that token is bound; nothing of other rounds is within reach
}

// Actor returns the account as one who asks.
func (a Account) Actor() Actor {
	return Actor{Account: a.ID, Name: a.Name, Role: a.Role, City: a.City, Rounds: a.Rounds, Assigned: a.Assigned, Tongue: a.Language, Notice: a.Noticed,
		Department: a.Department, Factor: a.Factor, Unread: a.Unread, Token: a.Token, Only: a.Only}
}

// InRound tells whether the actor is an analyst of this round.
func (a Actor) InRound(round string) bool {
	return a.Role == Analyst && slices.Contains(a.Rounds, round) && (a.Only == "" || a.Only == round)
}

// NoticeVersion is the version of the text that says who sees what; a person acknowledges it before the first use and
// again whenever its meaning changes.
const NoticeVersion = "2"

// FormerName is kept in place of the name of a person who was erased: whoever reads names next to what people did says it
// in the reader's language, such as "former contributor 3".
func FormerName(number int) string { return formerPrefix + strconv.Itoa(number) }

const formerPrefix = "former:"

// FormerNumber tells whether a name stands for a person who was erased, and which.
func FormerNumber(name string) (number int, former bool) {
	figures, former := strings.CutPrefix(name, formerPrefix)
	number, err := strconv.Atoi(figures)
	return number, former && err == nil && number > 0
}
