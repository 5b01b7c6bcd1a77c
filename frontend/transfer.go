package frontend

import (
	"time"

	"migov/assessment/survey"
)

// Transfer is the page on which answers leave as a file and come in from one.
type Transfer struct {
	Frame
	Home, By  string
	City      string // code, as the file has to name it
	Round     string // code
	Columns   []string
	Beside    []string // columns that an import leaves alone
	MayImport bool
	HandedIn  time.Time
	Megabytes int // largest file
	FileMsg   string
	Plan      *ImportPlan // after a dry run
	Choice    ExportChoice
}

// ImportPlan says what an import would do.
type ImportPlan struct {
	Adds, Changes, Same int
	Refused             []RefusedRow
	Rows                []ImportRow // those that do something
	File                string      // the whole file in base64, to be sent again with "apply"
	Seen                string      // JSON: the versions that the dry run saw
	Raw                 bool
}

// Ready tells whether the plan can be carried out and does something.
func (p ImportPlan) Ready() bool { return len(p.Refused) == 0 && len(p.Rows) > 0 }

// RefusedRow is a row of the file that cannot be taken, with the reason.
type RefusedRow struct {
	Row  int // 0 when it is about the file as a whole
	Text string
}

// ImportRow is what one row of the file would do.
type ImportRow struct {
	Row           int
	ID, Effect    string
	Title         survey.Text
	Value         bool // the value or non-answer changes
	Before, After Shown
	Power         string // who holds the power afterwards; empty when the row leaves it alone
	Explanation   bool   // the explanation changes
	Evidence      bool
}

// Also tells whether more than the value changes.
func (r ImportRow) Also() bool { return r.Power != "" || r.Explanation || r.Evidence }
