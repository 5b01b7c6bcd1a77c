package frontend

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"

	"migov/assessment/survey"
)

// Fixed names what a part of a page depends on: the indicator, and what is chosen in it. The zero Fixed stands for a part
// that depends on more and is rendered each time.
type Fixed struct {
	of     *survey.Indicator
	chosen string
}

// Fixed returns what one part of the card of an indicator depends on. Nothing that a person typed is among it, so that
// there are only as many kinds as an indicator has levels, non-answers and holders.
func (q Question) Fixed(part string) Fixed {
	if len(q.Refused) > 0 {
		return Fixed{}
	}
	switch {
	case part == "value" && q.Radio(), part == "cannot" && q.Earlier == "":
		return Fixed{q.Indicator, q.Choice}
	case part == "holder" && q.Named == "":
		return Fixed{q.Indicator, string(q.Holder)}
	case part == "sure":
		return Fixed{q.Indicator, string(q.Answer.Confidence)}
	case part == "evidence" && q.Here.plain():
		return Fixed{q.Indicator, fmt.Sprint(q.Here.Standing, q.Here.Attach != "")}
	case part == "talk" && q.Quiet():
		return Fixed{q.Indicator, fmt.Sprint(q.Talk.Form.Inside, q.Talk.Form.HandedIn, q.Talk.Form.To)}
	case part == "hop":
		return Fixed{q.Indicator, q.After}
	case part == "more", part == "explain", part == "title" && len(q.Versions) == 0:
		return Fixed{q.Indicator, ""}
	}
	return Fixed{}
}

// NonAnswers lists the five non-answers.
func (Question) NonAnswers() []survey.NonAnswer { return survey.NonAnswers }

// Holders lists the holders of a power.
func (Question) Holders() []survey.Holder { return survey.Holders }

// Confidences lists the degrees of confidence.
func (Question) Confidences() []survey.Confidence { return survey.Confidences }

// memo keeps the parts of one page in one language that depend on fixed things only, as they were rendered first.
type memo struct {
	page *template.Template
	kept sync.Map // of memoKey -> template.HTML
}

type memoKey struct {
	name string
	on   Fixed
}

func newMemo(page *template.Template) *memo { return &memo{page: page} }

// part is {{memo "part" fixed data}}.
func (m *memo) part(name string, on Fixed, data any) (template.HTML, error) {
	if html, ok := m.kept.Load(memoKey{name, on}); ok && on.of != nil {
		return html.(template.HTML), nil
	}
	var b bytes.Buffer
	if err := m.page.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	html := template.HTML(b.String())
	if on.of != nil {
		m.kept.Store(memoKey{name, on}, html)
	}
	return html, nil
}
