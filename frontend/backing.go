package frontend

import (
	"html/template"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend/chart"
)

// BackingPart says how far the answers of an assessment are backed, and what the numbers are when fewer and better backed
// answers count.
type BackingPart struct {
	Finding      string
	Counts       []BackingCount
	Tables       []BackingTable // situation, then effort; none when no answer is backed, since all numbers then are those above
	Wide, Narrow template.HTML  // of the situation
}

// BackingCount is how many answers have a standing.
type BackingCount struct{ Mark, Name, Count string }

// BackingTable is a measure by dimension, three times.
type BackingTable struct {
	Title string
	Rows  []BackingRow
}

// BackingRow is a dimension, or the whole; the cells are in the order of the names of backingNames.
type BackingRow struct {
	Name  Said
	Href  string // of its maths
	Cells [3]BackingCell
}

// BackingCell is a number with how many indicators it counts; Head names its column.
type BackingCell struct {
	Head    string
	Shown   Reading
	Counted string
}

// Proposal is a value that somebody from outside proposes beside the city's own.
type Proposal struct {
	Given  Given
	By     string // role, and organisation where it is known
	Reason string
}

// backingNames end the keys of the names of the three columns.
var backingNames = [3]string{"claimed", "evidenced", "verified"}

// backing lays out how far the answers are backed.
func (r reader) backing(base string, scheme *score.Scheme, b assessment.Backing, draw Draw) *BackingPart {
	cards := [3]score.Card{scheme.Card("", b.Claimed), scheme.Card("", b.Evidenced), scheme.Card("", b.Verified)}
	var counted [3]int
	for k, c := range cards {
		for _, d := range c.Dimensions {
			counted[k] += d.Answered
		}
	}
	p := &BackingPart{}
	for i := range evidence.Standings {
		s := evidence.Standings[len(evidence.Standings)-1-i] // the strongest first
		p.Counts = append(p.Counts, BackingCount{StandingMark(s), r.T("evidence.standing_" + string(s)), r.Int(b.Count(s))})
	}
	switch {
	case counted[0] == 0:
		p.Finding = r.T("results.backing_blank")
		return p
	case counted[1] == 0:
		p.Finding = r.T("results.backing_none")
		return p
	}
	p.Finding = r.N("results.backing_finding", counted[0], "Evidenced", counted[1], "Verified", counted[2])
	var heads [3]string
	for k, name := range backingNames {
		heads[k] = r.T("results.backing_" + name)
	}
	situation, effort := BackingTable{Title: r.T("results.situation")}, BackingTable{Title: r.T("results.effort")}
	drawn := chart.Backed{Label: r.T("results.backing_label"), RTL: r.Dir() == "rtl", Dimension: r.T("results.dimension"), Names: heads}
	for i, d := range r.in.Dimensions {
		row := BackingRow{Name: r.said(d.Title), Href: base + "/results/" + d.ID}
		other := row
		bar := chart.BackedRow{Name: row.Name.Text}
		for k, c := range cards {
			x := c.Dimensions[i]
			row.Cells[k] = BackingCell{heads[k], r.shown(x.Situation, x.SituationNote()), r.T("results.of", "Answered", x.Answered, "Applicable", x.Applicable)}
			other.Cells[k] = BackingCell{Head: heads[k], Shown: r.shown(x.Effort, x.EffortNote())}
			words := ""
			if n := x.SituationNote(); n != "" {
				words = r.T("results.short_" + string(n))
			}
			bar.Values[k] = interval(x.Situation, words)
		}
		situation.Rows, effort.Rows, drawn.Rows = append(situation.Rows, row), append(effort.Rows, other), append(drawn.Rows, bar)
	}
	whole := BackingRow{Name: r.plain("results.part_overall"), Href: base + "/results/" + score.OverallID}
	other := whole
	for k, c := range cards {
		whole.Cells[k] = r.overallCell(heads[k], c.Overall.Situation)
		other.Cells[k] = r.overallCell(heads[k], c.Overall.Effort)
	}
	situation.Rows, effort.Rows = append(situation.Rows, whole), append(effort.Rows, other)
	p.Tables = []BackingTable{situation, effort}
	p.Wide, p.Narrow = draw(drawn, chart.Wide), draw(drawn, chart.Narrow)
	return p
}

func (r reader) overallCell(head string, v score.Interval) BackingCell {
	c := BackingCell{Head: head, Shown: r.shown(v, "")}
	if !v.Known {
		c.Shown.Words = r.T("results.not_shown")
	}
	return c
}

// outside is what stands beside the answers, as the lists of the results show it.
type outside struct {
	assessment.Beside
	standings map[string]evidence.Standing
}

// standing is the word and the class of the tag of how far an answer is backed; both are empty where it claims nothing.
func (r reader) standing(o outside, indicator string) (word, mark string) {
	s := o.standings[indicator]
	if s == evidence.None {
		return "", ""
	}
	return r.T("evidence.standing_" + string(s)), StandingMark(s)
}

// proposals are the values proposed for the answer as it stands.
func (r reader) proposals(o outside, k assessment.Kept, indicator string) (out []Proposal) {
	q := r.in.Indicator(indicator)
	if q == nil || k.Version == 0 {
		return nil
	}
	for _, v := range o.Proposals(indicator, k.Version) {
		p := Proposal{Given: r.given(q, survey.Answer{Value: v.Proposed}), By: r.T("shell.role_" + string(v.By.Role)), Reason: firstWords(v.Reason, 180)}
		for _, x := range o.Reviewers {
			if x.Account == v.By.Account && x.Organisation != "" {
				p.By = r.T("results.role_of", "Role", p.By, "Organisation", x.Organisation)
			}
		}
		out = append(out, p)
	}
	return out
}
