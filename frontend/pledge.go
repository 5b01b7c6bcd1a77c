package frontend

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/lens"
	"migov/assessment/survey"
	"migov/data/locale"
)

// Pledge is a draft of a pledge: the steps to choose from, and what the chosen ones say.
type Pledge struct {
	Frame
	Home, Back, City string
	Fictional        bool
	Lens             string
	Framework        Said
	Open             bool // answers may still change
	Steps            []PledgeChoice
	Draft            PledgeDraft // without steps until some are chosen
	File             string
}

// PledgeChoice is a step to choose.
type PledgeChoice struct {
	ID     string
	Title  Said
	Given  Given
	Next   Said
	Goals  string // ids of the objectives
	Chosen bool
}

// PledgeDraft is what a city can take to the mechanism once the places in brackets are filled.
type PledgeDraft struct {
	Title      string
	Objectives []Said
	Steps      []PledgeStep
	Foot       string
}

// PledgeStep is one step of the draft.
type PledgeStep struct {
	ID       string
	Title    Said
	Now      string
	Next     Said // empty where the city has to say it
	Evidence Said
	Holder   string
}

// First are the steps that are seen at once; Rest is one step away. What is chosen is among the first.
func (p Pledge) First() []PledgeChoice { return p.Steps[:p.seen()] }

// Rest are the others.
func (p Pledge) Rest() []PledgeChoice { return p.Steps[p.seen():] }

func (p Pledge) seen() int {
	n := min(len(p.Steps), seenSteps)
	for i, s := range p.Steps {
		if s.Chosen {
			n = max(n, i+1)
		}
	}
	return n
}

// seenSteps is how many steps are seen at once.
const seenSteps = 12

// mostSteps is how many steps a draft takes: more than that is a plan, not a pledge.
const mostSteps = 10

// NewPledge fills the page; chosen are ids of indicators. Unknown ones are passed over.
func NewPledge(f Frame, w *locale.Words, x assessment.OwnLens, steps []lens.Step, chosen []string, now time.Time) Pledge {
	r := reader{w, x.Instrument}
	home := "/assessments/" + x.Assessment.ID
	p := Pledge{Frame: f, Home: home, Back: home + "/lens?framework=" + url.QueryEscape(x.View.ID), City: x.Assessment.City.Name, Fictional: x.Assessment.City.Fictional,
		Lens: x.View.ID, Framework: r.said(x.View.Framework.Title), Open: x.Assessment.Open()}
	goals := map[string]bool{}
	q := url.Values{"framework": {x.View.ID}}
	for _, s := range steps {
		c := PledgeChoice{ID: s.ID, Title: r.said(s.Title), Given: r.given(s.Indicator, x.Sheet.Answers[s.ID].Answer), Next: r.said(s.Next), Goals: r.list(s.Objectives)}
		if c.Chosen = slices.Contains(chosen, s.ID) && len(p.Draft.Steps) < mostSteps; c.Chosen {
			q.Add("step", s.ID)
			for _, id := range s.Objectives {
				goals[id] = true
			}
			p.Draft.Steps = append(p.Draft.Steps, r.pledgeStep(s, c, x))
		}
		p.Steps = append(p.Steps, c)
	}
	for _, o := range x.Objectives {
		if goals[o.ID] {
			said := r.said(o.Title)
			said.Text = o.ID + " " + said.Text
			p.Draft.Objectives = append(p.Draft.Objectives, said)
		}
	}
	p.Draft.Title = r.T("pledge.draft_title", "City", p.City)
	p.Draft.Foot = r.T("pledge.foot", "Instrument", r.in.Name(), "Round", x.Assessment.Round.Title, "Date", r.Date(now))
	p.File = home + "/pledge.txt?" + q.Encode()
	return p
}

func (r reader) pledgeStep(s lens.Step, c PledgeChoice, x assessment.OwnLens) PledgeStep {
	out := PledgeStep{ID: s.ID, Title: c.Title, Now: c.Given.Word.Text, Next: c.Next, Evidence: r.said(s.Evidence), Holder: r.T("shell.holder_" + string(s.Now.Holder))}
	if s.Kind == survey.Level {
		level := r.said(s.Levels[s.Now.Points])
		out.Now = r.T("pledge.level", "Level", c.Given.Figure, "Word", c.Given.Word.Text, "Text", level.Text)
	}
	return out
}

// Text is the draft as plain text in the reader's language.
func (p Pledge) Text(w *locale.Words) string {
	var b strings.Builder
	line := func(parts ...string) {
		b.WriteString(strings.Join(parts, " "))
		b.WriteByte('\n')
	}
	d := p.Draft
	line(d.Title)
	line(w.T("pledge.is_draft"))
	line()
	line(w.T("pledge.own_title"), w.T("pledge.fill"))
	line()
	line(p.Framework.Text + ":")
	for _, o := range d.Objectives {
		line("-", o.Text)
	}
	for _, s := range d.Steps {
		line()
		line(s.Title.Text, "("+s.ID+")")
		line(w.T("pledge.now"), s.Now)
		line(w.T("pledge.power"), s.Holder)
		if s.Next.Text != "" {
			line(w.T("pledge.next"), s.Next.Text)
		} else {
			line(w.T("pledge.next"), w.T("pledge.fill"))
		}
		for _, key := range pledgeGaps {
			line(w.T("pledge."+key), w.T("pledge.fill"))
		}
		if s.Evidence.Text != "" {
			line(w.T("pledge.evidence"), s.Evidence.Text)
		}
	}
	line()
	line(d.Foot)
	return b.String()
}

// pledgeGaps are what only the city can say.
var pledgeGaps = []string{"when", "who", "partners", "means"}
