package frontend

import (
	"html/template"
	"strconv"
	"sync"

	"migov/assessment/survey"
	"migov/data/locale"
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
		return Fixed{q.Indicator, q.Here.Standing + strconv.FormatBool(q.Here.Attach != "")}
	case part == "talk" && q.Quiet():
		return Fixed{q.Indicator, q.Talk.Form.To + strconv.FormatBool(q.Talk.Form.Inside) + strconv.FormatBool(q.Talk.Form.HandedIn)}
	case part == "hop":
		return Fixed{q.Indicator, q.After}
	case part == "more", part == "explain", part == "title" && len(q.Versions) == 0,
		part == "asked" && len(q.Asked) == 0, part == "carried" && q.Carried == nil, part == "silent" && q.Talk == nil:
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
	page  *template.Template
	words *locale.Words
	kept  sync.Map // of memoKey -> template.HTML
	looks sync.Map // of cardLook -> *skeleton
	count int32    // of looks
}

type memoKey struct {
	name string
	on   Fixed
}

// functions are what templates call of it.
func (m *memo) functions() template.FuncMap {
	return template.FuncMap{"memo": m.part, "hole": m.hole, "card": m.card}
}

// part is {{memo "part" "on" data}}: a part of the card of an indicator, and what it depends on (see Fixed).
func (m *memo) part(name, on string, data any) (template.HTML, error) {
	_, q, whole, err := ofCard(data)
	if err != nil {
		return "", err
	}
	if q.blank != nil {
		return template.HTML(q.blank.put(hole{part: name, on: on, whole: whole})), nil
	}
	fixed := q.Fixed(on)
	if html, ok := m.known(name, fixed); ok {
		return html, nil
	}
	return m.render(name, fixed, data)
}

func (m *memo) known(name string, on Fixed) (template.HTML, bool) {
	if on.of == nil {
		return "", false
	}
	html, ok := m.kept.Load(memoKey{name, on})
	if !ok {
		return "", false
	}
	return html.(template.HTML), true
}

// render renders a part and keeps it when it depends on fixed things only.
func (m *memo) render(name string, on Fixed, data any) (template.HTML, error) {
	html, err := m.execute(name, data)
	if err == nil && on.of != nil {
		m.kept.Store(memoKey{name, on}, html)
	}
	return html, err
}
