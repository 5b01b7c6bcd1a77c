package frontend

import "time"

// Exports is the page on which somebody chooses a file of a round.
type Exports struct {
	Frame
	Title   string // of the round
	Package bool   // somebody has handed in, so that there is a package of results
	Choice  ExportChoice
}

// ExportChoice is the form for a file of a round, or of a city in it.
type ExportChoice struct {
	Action                    string // address of the file
	Round                     string // code
	Formats, Subjects, Shapes []string
	Lang                      string // of the page
	City                      bool   // of one city
}

// Tokens is the page of the own tokens for programs.
type Tokens struct {
	Frame
	By     string
	List   []TokenLine
	Made   string // text of the token that was just made, shown once
	Scopes []string
	Rounds []TokenRound
	Form   TokenForm
	Marks  Marks
}

// TokenLine is a token that works.
type TokenLine struct {
	ID, Name, Scope, Round string
	Used, Last             time.Time // Last is the last day
}

// TokenRound is a round to which a token may be bound.
type TokenRound struct{ Code, Title string }

// TokenForm is what somebody typed.
type TokenForm struct{ Name, Scope, Round, Until string }
