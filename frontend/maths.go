package frontend

import (
	"time"

	"migov/assessment"
	"migov/assessment/score"
	"migov/data/locale"
)

// Maths is everything behind the numbers of a dimension, a sub-category, the whole assessment or the advocacy gap.
type Maths struct {
	Frame
	Base, City, Round string
	ID                string
	Name              Said
	Explained         string
	Numbers           []MathsNumber
	Lines             []MathsLine
	Weighted          bool // the lines have weights: not for the advocacy gap
	Parts             []MathsPart
	Basis             string
	Instrument        string
}

// MathsNumber is one number with the steps to it.
type MathsNumber struct {
	Title string
	Shown Reading
	Notes []string
	Steps []MathsStep
}

// MathsStep is one step: the division with its exact result and the number that is shown, or words where none is.
type MathsStep struct {
	Name, Formula, Result, Shown, Words string
}

// MathsLine is one indicator.
type MathsLine struct {
	ID, Href                string
	Title                   Said
	Answer                  Given
	Value                   string // 0 to 100; empty without one
	Situation, Effort       string // what it does there
	Holder, Weight, Product string
	Out                     bool   // counts nowhere
	Standing, Mark          string // how far the answer is backed, and the class of its tag
	Proposed                []Proposal
}

// MathsPart is a dimension in the overall numbers, with exact figures.
type MathsPart struct {
	Name              Said
	Href              string
	Situation, Effort Reading
}

// NewMaths lays out the maths of a part; not ok for an id that the instrument does not have.
func NewMaths(f Frame, w *locale.Words, scheme *score.Scheme, a assessment.Assessment, sheet assessment.Sheet, b assessment.Beside, id string, now time.Time) (Maths, bool) {
	r := reader{w, scheme.Instrument()}
	backing := assessment.BackingOf(scheme, sheet, b, now)
	m, ok := scheme.Maths(backing.Claimed, id)
	if !ok {
		return Maths{}, false
	}
	beside := outside{b, backing.Standings}
	base := "/assessments/" + a.ID
	p := Maths{Frame: f, Base: base, City: a.City.Name, Round: r.stands(a), ID: id, Name: r.nameOf(id), Instrument: r.in.Name(), Weighted: id != score.AdvocacyID}
	for _, l := range m.Lines {
		line := r.mathsLine(base, sheet, l, id == score.AdvocacyID)
		line.Standing, line.Mark = r.standing(beside, l.Indicator.ID)
		line.Proposed = r.proposals(beside, sheet.Answers[l.Indicator.ID], l.Indicator.ID)
		p.Lines = append(p.Lines, line)
	}
	switch id {
	case score.OverallID:
		p.Explained = r.T("results.explain_overall")
		for i, d := range m.Parts {
			p.Parts = append(p.Parts, r.part(base, i, d))
		}
		p.Numbers = []MathsNumber{
			r.number("situation", m.Situation, m.Notes, []score.Note{score.OverallIncomplete}, "dimensions"),
			r.number("effort", m.Effort, m.Notes, []score.Note{score.OverallEffortIncomplete}, "dimensions"),
		}
	case score.AdvocacyID:
		p.Explained = r.T("results.explain_advocacy")
		p.Numbers = []MathsNumber{r.advocacy(m)}
	default:
		p.Explained = r.T("results.explain_section")
		p.Basis = r.T("results.basis", "Out", m.Out, "Basis", m.Basis, "Left", 5*m.Out, "Right", 2*m.Basis)
		p.Numbers = []MathsNumber{
			r.number("situation", m.Situation, m.Notes, []score.Note{score.NothingApplicable, score.NotEnoughAnswers, score.OneIndicator}, "indicators"),
			r.number("effort", m.Effort, m.Notes, []score.Note{score.InsufficientBasis, score.NotEnoughEffortAnswers, score.NoEffortWeight}, "weights"),
		}
	}
	if id != score.AdvocacyID && !a.Round.Published {
		evidenced, _ := scheme.Maths(backing.Evidenced, id)
		verified, _ := scheme.Maths(backing.Verified, id)
		p.Numbers[0].Steps = append(p.Numbers[0].Steps, r.backedSteps(evidenced.Situation, verified.Situation)...)
		p.Numbers[1].Steps = append(p.Numbers[1].Steps, r.backedSteps(evidenced.Effort, verified.Effort)...)
	}
	return p, true
}

// backedSteps are the central values of the better backed answers alone.
func (r reader) backedSteps(evidenced, verified score.Steps) []MathsStep {
	why := r.T("results.not_shown")
	return []MathsStep{
		r.step("results.step_evidenced", r.sum(evidenced.Sum, evidenced.Divisor), evidenced.Known, evidenced.Central, why),
		r.step("results.step_verified", r.sum(verified.Sum, verified.Divisor), verified.Known, verified.Central, why),
	}
}

// nameOf names a part in words.
func (r reader) nameOf(id string) Said {
	if d := r.in.Dimension(id); d != nil {
		return r.said(d.Title)
	}
	if s := r.in.Subcategory(id); s != nil {
		return r.said(s.Title)
	}
	return r.plain("results.part_" + id)
}

func (r reader) mathsLine(base string, sheet assessment.Sheet, l score.Line, advocacy bool) MathsLine {
	q := l.Indicator
	out := MathsLine{ID: q.ID, Href: base + "/" + q.Subcategory + "#" + q.ID, Title: r.said(q.Title), Answer: r.given(q, sheet.Answers[q.ID].Answer),
		Situation: r.T("results.role_" + roleOf(l.Excluded))}
	if out.Title.Text == "" {
		out.Title = r.said(q.Question)
	}
	out.Out = l.Excluded == score.LeftOut || l.Excluded == score.NotScored
	if l.Answered {
		out.Value = r.exact(l.Value)
	}
	if l.Holder != "" {
		out.Holder = r.T("results.holder_" + string(l.Holder))
	}
	if l.Excluded != score.NotScored && !advocacy {
		out.Weight = r.exact(l.Weight)
		out.Effort = r.T("results.role_" + roleOf(l.EffortExcluded()))
		if l.Answered && l.Weight > 0 {
			out.Product = r.exact(l.Weight * l.Value)
		}
	}
	return out
}

func roleOf(why score.Reason) string {
	if why == "" {
		return "counted"
	}
	return string(why)
}

func (r reader) part(base string, i int, d score.Section) MathsPart {
	return MathsPart{Name: r.said(r.in.Dimensions[i].Title), Href: base + "/results/" + d.ID,
		Situation: r.exactly(d.Situation, d.SituationNote()), Effort: r.exactly(d.Effort, d.EffortNote())}
}

// number lays out the steps to a number; of the notes only those that concern it are said. Per names what is divided by.
func (r reader) number(name string, s score.Steps, notes, mine []score.Note, per string) MathsNumber {
	n := MathsNumber{Title: r.T("results." + name)}
	why := r.T("results.not_shown")
	for _, x := range notes {
		for _, m := range mine {
			if x == m {
				n.Notes = append(n.Notes, r.T("results.note_"+string(x)))
			}
		}
	}
	n.Shown = r.shown(s.Interval, "")
	if !s.Known {
		n.Shown.Words = why
	}
	n.Steps = []MathsStep{
		r.step("results.step_central_"+per, r.sum(s.Sum, s.Divisor), s.Known, s.Central, why),
		r.step("results.step_low_"+per, r.sum(s.LowSum, s.BandDivisor), s.Banded, s.Low, why),
		r.step("results.step_high_"+per, r.sum(s.HighSum, s.BandDivisor), s.Banded, s.High, why),
	}
	return n
}

// step is one division. Where the number is not shown its result is not told either.
func (r reader) step(key string, sum Sum, known bool, value float64, why string) MathsStep {
	s := MathsStep{Name: r.T(key), Formula: sum.Formula}
	if !known {
		s.Words = why
		return s
	}
	s.Result, s.Shown = sum.Result, r.whole(value)
	return s
}

func (r reader) advocacy(m score.Maths) MathsNumber {
	n := r.number("advocacy", m.Advocacy, m.Notes, []score.Note{score.AdvocacyTooFew, score.AdvocacyNotEnough}, "advocacy")
	a := m.Advocacy
	// The gap is what is missing to 100; its low end comes from the high sum.
	for i, v := range []struct {
		sum   Sum
		value float64
	}{{r.sum(a.Sum, a.Divisor), a.Central}, {r.sum(a.HighSum, a.BandDivisor), a.Low}, {r.sum(a.LowSum, a.BandDivisor), a.High}} {
		s := &n.Steps[i]
		if s.Formula = ""; v.sum.Formula != "" {
			s.Formula = "100 − " + v.sum.Formula
		}
		if s.Words == "" {
			s.Result = r.exact(v.value)
		}
	}
	return n
}
