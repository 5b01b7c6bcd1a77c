package assessment

import (
	"time"

	"migov/assessment/account"
	"migov/assessment/place"
	"migov/assessment/review"
	"migov/assessment/survey"
)

// City is a local government that takes part.
type City struct {
	ID        string
	Code      string // short name in files and addresses, such as "accra"; lower case, unique
	Name      string
	Country   string // ISO 3166-1 alpha-2
	Fictional bool   // invented for demonstration

	// What peer groups are made from; empty or 0 where nobody has said it.
	Region     string   // UN M49 code of the sub-region, such as "015" for Northern Africa
	Locode     string   // UN/LOCODE, such as "GHACC"
	Population int      // residents
	Roles      []string // in migration; see MigrationRoles
	Income     string   // group of the country; see IncomeGroups
}

// MigrationRoles are what a city may be in migration; it may be several.
var MigrationRoles = place.Roles

// IncomeGroups are the groups of economies of the World Bank, from low to high.
var IncomeGroups = place.Incomes

// Round invites cities to answer one instrument version by a date.
type Round struct {
	ID         string
	Code       string // short name in files and addresses, such as "2026"; unique
	Title      string
	Instrument string            // code@version
	Due        time.Time         // the last day, at midnight UTC; zero when there is none
	Published  bool              // holds readings of published material instead of the cities' own answers; never compared
	Opens      time.Time         // the first day, at midnight UTC; zero when there is none
	Languages  []survey.Language // in which the round is held; none means every language
	Moved      int64             // grows with every step of one of its assessments and every change of a consent
	Taken      int64             // the number of the move with which a city was last taken out
	// ReviewersCompare lets reviewers see how many other cities give each level; analysts see it always.
	ReviewersCompare bool
}

// Perspective is whose view an assessment states.
type Perspective string

// The perspectives.
const (
	Officials           Perspective = "officials"
	CivilSociety        Perspective = "civil_society"
	MigrantAssociations Perspective = "migrant_associations"
	ExternalReviewer    Perspective = "external_reviewer"
)

// Perspectives lists the perspectives; the first is the default.
var Perspectives = []Perspective{Officials, CivilSociety, MigrantAssociations, ExternalReviewer}

// Assessment is one city's answers in one round in one perspective.
type Assessment struct {
	ID          string
	City        City
	Round       Round
	Perspective Perspective
	State       review.State
	HandedIn    time.Time // zero while the city still works on it: in the states Draft, Collecting and InternalCheck
	HandedInBy  string    // account id
	Changed     time.Time // the last save; zero when there was none
	Settled     int       // how many of the instrument's indicators are complete (see survey.Answer.Settled), context not counted
	Answered    int       // how many carry a value
	Beside      int64     // grows with every change of what stands beside the answers; see Beside
}

// Place returns where the assessment stands, as far as access is concerned.
func (a Assessment) Place() account.Place {
	return account.Place{City: a.City.ID, Round: a.Round.ID, ID: a.ID, HandedIn: !a.HandedIn.IsZero()}
}

// Open tells whether the city may still change it.
func (a Assessment) Open() bool { return a.HandedIn.IsZero() }

// Author says who made a version: the account, its role at that time, and the name, which only the own city's team sees.
type Author struct {
	Account string
	Name    string
	Role    account.Role
}

// Kept is an answer as it is kept: with its version and the version at which each field last changed.
type Kept struct {
	survey.Answer
	Indicator string
	Version   int // 1 with the first save; 0 when nothing was ever saved
	Changed   [FieldCount]int
	Earlier   string // the last value before a non-answer took its place, so that switching back can restore it
	By        Author
	At        time.Time
}

// Alternative is the later of two texts that were written for the same fields; it waits beside the first until somebody chooses.
type Alternative struct {
	ID        string
	Indicator string
	Fields    Fields
	Answer    survey.Answer // only the named fields count
	Base      int           // the version it was based on
	By        Author
	At        time.Time
}

// Power is who holds the power over the subject of an indicator in this city.
type Power struct {
	Indicator string
	Holder    survey.Holder // empty after it was set back to the instrument's default
	Reason    string        // a citation, such as an article of the municipal code
	Version   int           // 0 while the instrument's default holds
	By        Author
	At        time.Time
}

// Sheet is everything kept for an assessment, or for some of its indicators.
type Sheet struct {
	Answers      map[string]Kept          // by indicator; nothing for those never saved
	Powers       map[string]Power         // by indicator; nothing where nobody ever set it
	Alternatives map[string][]Alternative // by indicator, oldest first; only those not yet decided
}

// Plain returns the answers without their history, as scoring takes them.
func (s Sheet) Plain() map[string]survey.Answer {
	out := make(map[string]survey.Answer, len(s.Answers))
	for id, k := range s.Answers {
		out[id] = k.Answer
	}
	return out
}

// Holders returns the holders of powers that were set, as scoring takes them.
func (s Sheet) Holders() map[string]survey.Holder {
	out := make(map[string]survey.Holder, len(s.Powers))
	for id, p := range s.Powers {
		if p.Holder != "" {
			out[id] = p.Holder
		}
	}
	return out
}

// HideNames takes the names of authors out; account and role stay. Only the own city's team sees names.
func (s Sheet) HideNames() {
	for id, k := range s.Answers {
		k.By.Name = ""
		s.Answers[id] = k
	}
	for id, p := range s.Powers {
		p.By.Name = ""
		s.Powers[id] = p
	}
	for _, list := range s.Alternatives {
		for i := range list {
			list[i].By.Name = ""
		}
	}
}

// Holder returns who holds the power for an indicator: what was set, else the instrument's default.
func (s Sheet) Holder(q *survey.Indicator) survey.Holder {
	if p := s.Powers[q.ID]; p.Holder != "" {
		return p.Holder
	}
	return q.Power
}

// RevisionAbout says what a revision changed.
type RevisionAbout string

// What revisions are about.
const (
	AboutAnswer RevisionAbout = "answer"
	AboutPower  RevisionAbout = "power"
	AboutChoice RevisionAbout = "choice" // two versions were settled
)

// Revision is one line of the history of an assessment: who wrote what and when.
type Revision struct {
	Seq       int64 // place in the history of the whole assessment, from 1
	About     RevisionAbout
	Indicator string
	Version   int           // of the answer or the power afterwards
	Base      int           // the version that the person saw
	Fields    Fields        // what was said of the answer
	Conflict  Fields        // which of these became an alternative, because somebody had changed them meanwhile
	Answer    survey.Answer // only Fields count
	Holder    survey.Holder
	Reason    string // of a power
	Source    string
	By        Author
	At        time.Time
}

// Event is a line of the audit log.
type Event struct {
	At      time.Time
	Actor   Author
	City    string // id; empty when the event concerns no city
	Action  string // such as "answer.save", "power.set", "hand_in", "sign_in", "export"
	Subject string // id of the thing, such as assessment/indicator
	Detail  string // never an answer, an address or a token
}
