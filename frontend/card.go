package frontend

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"sync/atomic"

	"migov/assessment/survey"
)

// The cards of indicators are most of a section page, and most of a card is the same for everybody. A card is therefore rendered once
// for each way it can look (cardLook), with holes where the values of one answer stand and where parts stand that depend on more.
// A request fills the holes: {{hole "name" data}} with a value, {{memo "part" "on" data}} with a part.

// cardLook is what decides how a card looks around its holes.
type cardLook struct {
	of                                  *survey.Indicator
	holder                              survey.Holder
	setsPower, reasoned, proven, signed bool
	versions, quiet                     bool
	shown, mine, named, due, late       bool // of its part
}

func lookOf(s *Section, q *Question) cardLook {
	return cardLook{
		of: q.Indicator, holder: q.Holder, setsPower: s.SetsPower, reasoned: q.Reason != "", proven: q.Proven(), signed: !q.At.IsZero(),
		versions: len(q.Versions) > 0, quiet: q.Quiet(),
		shown: q.Part.Shown, mine: q.Part.Mine, named: q.Part.Who != "", due: !q.Part.Due.IsZero(), late: q.Part.Late,
	}
}

// maxLooks is how many looks of cards are kept for each language; one is about 2 kB. The questionnaire has far fewer than that in use.
const maxLooks = 2000

// hole is a place in a card that a request fills: a value, or a part with what it depends on.
type hole struct {
	value, part, on string
	whole           bool // the part takes the section too
}

// skeleton is a card without what fills its holes: text, hole, text, hole, …, text.
type skeleton struct {
	texts []string
	holes []hole
}

// blank is a skeleton in the making. A question that carries one is rendered with marks in place of values and parts.
type blank struct {
	mark  string // a word that stands in no text
	holes []hole
}

func (b *blank) put(h hole) string {
	b.holes = append(b.holes, h)
	return b.mark + strconv.Itoa(len(b.holes)-1) + "_"
}

// cut cuts a card that was rendered with marks. It fails when a mark does not stand where it was put, once and in order.
func (b *blank) cut(html string) (*skeleton, error) {
	k := &skeleton{holes: b.holes}
	for i := range b.holes {
		text, rest, found := strings.Cut(html, b.mark+strconv.Itoa(i)+"_")
		if !found {
			return nil, fmt.Errorf("hole %d of a card is not where it was put", i)
		}
		k.texts, html = append(k.texts, strings.Clone(text)), rest
	}
	if k.texts = append(k.texts, strings.Clone(html)); strings.Contains(html, b.mark) {
		return nil, fmt.Errorf("a hole of a card stands in it twice")
	}
	return k, nil
}

// card is {{card section question}}: the card of an indicator in the form.
func (m *memo) card(s Section, q Question) (template.HTML, error) {
	if len(q.Refused) > 0 {
		return m.execute("question", map[string]any{"S": s, "Q": q})
	}
	k, err := m.skeleton(&s, &q)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(10 << 10)
	for i, h := range k.holes {
		b.WriteString(k.texts[i])
		if h.value != "" {
			switch v := m.value(h.value, &s, &q).(type) {
			case template.HTML:
				b.WriteString(string(v))
			case string:
				b.WriteString(template.HTMLEscapeString(v))
			}
			continue
		}
		html, err := m.fill(h, &s, &q)
		if err != nil {
			return "", err
		}
		b.WriteString(string(html))
	}
	b.WriteString(k.texts[len(k.holes)])
	return template.HTML(b.String()), nil
}

// fill renders a part, or finds it.
func (m *memo) fill(h hole, s *Section, q *Question) (template.HTML, error) {
	on := q.Fixed(h.on)
	if html, ok := m.known(h.part, on); ok {
		return html, nil
	}
	if h.whole {
		return m.render(h.part, on, map[string]any{"S": *s, "Q": *q})
	}
	return m.render(h.part, on, *q)
}

// skeleton finds the skeleton of a card, or makes it.
func (m *memo) skeleton(s *Section, q *Question) (*skeleton, error) {
	look := lookOf(s, q)
	if k, ok := m.looks.Load(look); ok {
		return k.(*skeleton), nil
	}
	empty := *q
	empty.blank = &blank{mark: "hole" + rand.Text() + "_"}
	html, err := m.execute("question", map[string]any{"S": *s, "Q": empty})
	if err != nil {
		return nil, err
	}
	k, err := empty.blank.cut(string(html))
	if err == nil && atomic.AddInt32(&m.count, 1) <= maxLooks {
		m.looks.Store(look, k)
	}
	return k, err
}

// hole is {{hole "name" data}}.
func (m *memo) hole(name string, data any) (any, error) {
	s, q, _, err := ofCard(data)
	if err != nil {
		return nil, err
	}
	if q.blank != nil {
		return q.blank.put(hole{value: name}), nil
	}
	v := m.value(name, s, q)
	if v == nil {
		return nil, fmt.Errorf("a card has no value %q", name)
	}
	return v, nil
}

// ofCard parts the argument of a part of a card: a question, or a question with its section.
func ofCard(data any) (s *Section, q *Question, whole bool, err error) {
	switch d := data.(type) {
	case Question:
		return nil, &d, false, nil
	case map[string]any:
		section, isSection := d["S"].(Section)
		question, isQuestion := d["Q"].(Question)
		if isSection && isQuestion {
			return &section, &question, true, nil
		}
	}
	return nil, nil, false, fmt.Errorf("a part of a card takes a question, or its section too, not %T", data)
}

// value is what a hole is filled with: a text, or HTML; nil when there is no such value.
func (m *memo) value(name string, s *Section, q *Question) any {
	switch name {
	case "home":
		return s.Home
	case "version":
		return strconv.Itoa(q.Version)
	case "seen":
		return q.Seen
	case "mutation":
		return q.Mutation
	case "reason":
		return q.Reason
	case "explanation":
		return q.Answer.Explanation
	case "evidence":
		return q.Answer.Evidence
	case "author":
		return q.Author
	case "at":
		return m.words.Moment(q.At)
	case "who":
		return q.Part.Who
	case "due":
		return m.words.T("parts.by_date", "Date", q.Part.Due)
	case "part":
		return q.Part.Href
	case "team":
		return q.Talk.Form.Team.Options
	}
	return nil
}

// execute renders a part of the page.
func (m *memo) execute(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	err := m.page.ExecuteTemplate(&b, name, data)
	return template.HTML(b.String()), err
}
