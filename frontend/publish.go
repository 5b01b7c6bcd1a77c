package frontend

import (
	"slices"
	"time"

	"migov/assessment/publish"
	"migov/assessment/review"
)

// Publish is the page on which a city sees what it shows to whom, and its approver decides.
type Publish struct {
	Frame
	Home, By    string
	City        string
	State       review.State
	Ready       bool // the review is complete
	MayConsent  bool // an approver
	MayWithdraw bool
	MayPrivate  bool // nothing was decided yet
	Now         *PublicationLine
	Public      string // address of the profile that others see now; empty when there is none
	Rows        []SightRow
	Form        ScopeForm
	History     []PublicationLine
}

// SightRow says who sees a part of an assessment before any consent. The cells are in the order of publish.Audiences.
type SightRow struct{ Part, City, IOM, Peers, Public string }

// ScopeForm chooses what is shown to whom.
type ScopeForm struct {
	Home      string
	Parts     []Choice
	Audiences []Choice
	Marks     Marks
}

// NewScopeForm is the form with what was chosen.
func NewScopeForm(home string, parts []string, audience string) ScopeForm {
	f := ScopeForm{Home: home, Marks: Marks{}}
	for _, p := range publish.Parts {
		f.Parts = append(f.Parts, Choice{Value: string(p), Chosen: slices.Contains(parts, string(p))})
	}
	for _, a := range publish.Audiences {
		f.Audiences = append(f.Audiences, Choice{Value: string(a), Chosen: audience == string(a)})
	}
	return f
}

// PublicationLine is a consent in the history.
type PublicationLine struct {
	Parts     []string
	Audience  string
	By        string
	At        time.Time
	Withdrawn time.Time // zero while it stands
	Hash      string
	Revision  int
}

// PublishPreview shows exactly what would be shown, before consent.
type PublishPreview struct {
	Frame
	Home, By   string
	View       ProfileView
	Parts      []string // chosen, as the form sends them
	Audience   string
	Terms      string // version of the text
	Hash       string
	MayConsent bool
	NoFactor   bool // the approver has no second factor yet
	Personal   []PersonalRow
	Msg        string // about the code
}

// PersonalRow is a text that seems to hold data of a person.
type PersonalRow struct {
	Where Said
	ID    string // of the indicator
	Kinds []string
}
