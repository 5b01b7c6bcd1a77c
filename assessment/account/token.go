package account

import (
	"slices"
	"time"
)

// Scope is what a token may do at most; never more than the account whose token it is.
type Scope string

// The scopes, from narrow to wide.
const (
	ScopeExport Scope = "export" // draw files of answers and results
	ScopeRead   Scope = "read"   // read answers, results, evidence and conversations, and export
	ScopeWrite  Scope = "write"  // that, and what people of a city do with answers, short of handing in
	ScopeAll    Scope = "all"    // everything that the account may
)

// Scopes lists the scopes.
var Scopes = []Scope{ScopeExport, ScopeRead, ScopeWrite, ScopeAll}

// OfRound tells whether a token of the scope can be bound to one round.
func (s Scope) OfRound() bool { return s == ScopeExport || s == ScopeRead }

// Token lets a program act for an account.
type Token struct {
	ID      string
	Account string
	Name    string // what it is for
	Scope   Scope
	Round   string // id of the round to which it is bound; empty for none
	Created time.Time
	Expires time.Time
	Used    time.Time // last use, give or take a few minutes; zero when there was none
}

// written are the actions that change something for which a token may write.
var written = []Action{WriteAnswer, SetPower, ImportAnswers, Talk, WriteEvidence, Clarify, Carry}

// unread are the actions that even reading needs the whole scope for: the account itself, other people, everything of a city.
var unread = []Action{UseAccount, Invite, ExportCity, ErasePerson, ManagePeople}

// roundly are the actions of which everything lies in one round.
var roundly = []Action{ReadPublic, ReadAssessment, ReadRound, Compare, ReadDifferences, ExportAnswers, ExportRound}

// Allows tells whether a token of the scope may do an action, reading or changing.
func (s Scope) Allows(action Action, reading bool) bool {
	switch s {
	case ScopeAll:
		return true
	case ScopeWrite:
		return slices.Contains(written, action) || ScopeRead.Allows(action, reading)
	case ScopeRead:
		return reading && !slices.Contains(unread, action)
	case ScopeExport:
		return reading && (action == ExportAnswers || action == ExportRound || action == ReadPublic)
	}
	return false
}

// WithinToken tells whether the token with which the actor asks allows an action. People who ask without one are not limited by it.
func (a Actor) WithinToken(action Action, reading bool) bool {
	if a.Token == "" {
		return true
	}
	return a.Token.Allows(action, reading) && (a.Only == "" || slices.Contains(roundly, action))
}

// By returns the account as its token lets a program act for it.
func (a Account) By(t Token) Account {
	a.Token, a.Only = t.Scope, t.Round
	return a
}
