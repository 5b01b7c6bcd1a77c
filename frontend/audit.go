package frontend

import (
	"time"

	"migov/assessment"
	"migov/data/locale"
)

// Audit shows a city who did and who looked at what.
type Audit struct {
	Frame
	Groups      []Option
	Outside     bool
	From, Until string // as typed, 2006-01-02
	Lines       []AuditLine
	Older       string // address of older lines; empty when there are none
	File        string // address of the same lines as a file
	Marks       Marks
}

// Option is a choice of a select.
type Option struct {
	Value, Text string
	Chosen      bool
}

// AuditLine is a line of the log.
type AuditLine struct {
	Seq       int64
	At        time.Time
	Who, Role string // the name within the city, and the role in words
	Outside   bool   // somebody from outside the city
	Did       string // in words
	What      string // an indicator, or nothing
}

// AuditWords says what an action of the log is.
func AuditWords(w *locale.Words, action string) string {
	if key := "audit.do_" + underscored(action); w.Has(key) {
		return w.T(key)
	}
	return w.T("audit.do_other", "Action", action)
}

func underscored(action string) string {
	out := []byte(action)
	for i, c := range out {
		if c == '.' {
			out[i] = '_'
		}
	}
	return string(out)
}

// NewAudit lays out lines of the log.
func NewAudit(f Frame, w *locale.Words, lines []assessment.Line, chosen assessment.AuditFilter) Audit {
	p := Audit{Frame: f, Outside: chosen.Outside}
	p.Groups = []Option{{"", w.T("audit.group_all"), chosen.Group == ""}}
	for _, g := range assessment.AuditGroups {
		p.Groups = append(p.Groups, Option{string(g), w.T("audit.group_" + string(g)), g == chosen.Group})
	}
	for _, l := range lines {
		x := AuditLine{Seq: l.Seq, At: l.At, Who: w.Name(l.Actor.Name), Outside: !l.Actor.Role.OfCity(), Did: AuditWords(w, l.Action), What: indicatorOf(l.Subject)}
		switch {
		case l.Action == assessment.AuditReminded, l.Action == assessment.AuditWarned, l.Action == assessment.AuditEnding, l.Action == "account.link" && l.Actor.Role == "":
			x.Role, x.Outside = w.T("audit.program"), false
		case l.Actor.Role == "":
			x.Role, x.Outside = w.T("audit.nobody"), false
		default:
			x.Role = w.T("shell.role_" + string(l.Actor.Role))
		}
		p.Lines = append(p.Lines, x)
	}
	return p
}

// indicatorOf is the indicator in the subject of a line, which is written as assessment/indicator.
func indicatorOf(subject string) string {
	for i := len(subject) - 1; i >= 0; i-- {
		if subject[i] == '/' {
			if rest := subject[i+1:]; len(rest) <= 16 {
				return rest
			}
			return ""
		}
	}
	return ""
}
