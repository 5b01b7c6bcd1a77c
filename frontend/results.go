package frontend

import (
	"html/template"
	"slices"
	"time"

	"migov/assessment"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend/chart"
)

// Draw draws a chart. It is empty where the figures do not allow the drawing; then words and the table stand alone.
type Draw func(c chart.Chart, size chart.Size) template.HTML

// Results is what the answers of an assessment amount to.
type Results struct {
	Frame
	Base             string // address of the assessment
	City, Round      string // the name, and the words above the heading
	Title            string
	Fictional        bool
	Published        bool // readings of published material
	Lede, Finding    string
	Values           []ValueCard
	Wide, Narrow     template.HTML // the dot-interval chart
	Radar            template.HTML
	RadarWords       string // in place of the radar
	Dimensions       []SectionRow
	Notes            []string       // what the words in place of figures mean, each once
	PartNotes        []string       // the same for the sub-categories
	Groups           []SectionGroup // the sub-categories of each dimension
	Sums             []SumRow
	Strong, Possible ItemList
	Ministries       ItemList
	Backing          *BackingPart // nil for readings of published material, of which nobody claims anything
	Instrument       string
}

// ValueCard is one of the three numbers of the whole assessment.
type ValueCard struct {
	ID, Title, Meaning string
	Figure             string   // empty where there is none; then Why says why
	Why                []string // also what to read with care
	Band, Counted      string
	Chart              template.HTML
}

// Reading is a number as people read it: the figure with its range, or words where there is no figure.
type Reading struct{ Figure, Range, Words string }

// SectionRow is a dimension or sub-category in a table.
type SectionRow struct {
	ID                string
	Name              Said
	Href              string // of its maths
	Situation, Effort Reading
	Counted           string
	NotOurs           string // how many indicators lie in the hands of others
	Notes             []string
}

// SectionGroup is a dimension with its sub-categories.
type SectionGroup struct {
	Name Said
	Rows []SectionRow
}

// Sum is a division with its result; without a divisor both are empty.
type Sum struct{ Formula, Result string }

// SumRow is how the numbers of a dimension come about.
type SumRow struct {
	Name                    Said
	Href                    string
	Situation, Low, High    Sum
	SituationWhy, EffortWhy string
	Effort                  Sum
}

// ItemList shows the first items of a list; the rest is one step away.
type ItemList struct{ First, Rest []Item }

// Count is how many items there are.
func (l ItemList) Count() int { return len(l.First) + len(l.Rest) }

// Item is one indicator in a list.
type Item struct {
	ID, Href    string
	Title       Said
	Answer      Given
	Holder      string
	Explanation string // the first words of the city's text
	Flagged     bool   // "not our responsibility" although the powers map says municipal
	Core        bool

	Standing, Mark string // how far the answer is backed; empty where it claims nothing
	Proposed       []Proposal
}

// Given is what a city said for one indicator. Shade is the class of its level chip, empty without one.
type Given struct {
	Shade, Figure string
	Word          Said
}

// shownItems is how many items of a list are shown at once (method: "five of each").
const shownItems = 5

// NewResults lays out the results of an assessment, with what stands beside it, at a time.
func NewResults(f Frame, w *locale.Words, scheme *score.Scheme, a assessment.Assessment, sheet assessment.Sheet, b assessment.Beside, now time.Time, draw Draw) Results {
	r := reader{w, scheme.Instrument()}
	backing := assessment.BackingOf(scheme, sheet, b, now)
	marks, beside := backing.Claimed, outside{b, backing.Standings}
	card := scheme.Card(a.City.Code, marks)
	base := "/assessments/" + a.ID
	maths := make([]score.Maths, len(card.Dimensions))
	for i, d := range card.Dimensions {
		maths[i], _ = scheme.Maths(marks, d.ID)
	}
	advocacy, _ := scheme.Maths(marks, score.AdvocacyID)
	p := Results{Frame: f, Base: base, City: a.City.Name, Fictional: a.City.Fictional, Published: a.Round.Published, Round: r.stands(a), Title: r.title(a),
		Instrument: r.in.Name(), Lede: r.lede(card), Finding: r.finding(card.Dimensions)}
	p.Values = r.values(card, maths, advocacy, draw)
	for i, d := range card.Dimensions {
		row := r.section(base, r.said(r.in.Dimensions[i].Title), d)
		row.NotOurs = r.Int(maths[i].Out)
		p.Dimensions = append(p.Dimensions, row)
		p.Sums = append(p.Sums, r.sumRow(row, maths[i], d.Result))
	}
	p.Notes, p.PartNotes = r.notesOf(card.Dimensions), r.notesOf(card.Subcategories)
	p.Groups = r.groups(base, card)
	dots := r.dots(card)
	p.Wide, p.Narrow = draw(dots, chart.Wide), draw(dots, chart.Narrow)
	if radar, all := r.radar(card); all {
		p.Radar = draw(radar, chart.Wide)
	} else {
		p.RadarWords = r.T("results.no_radar")
	}
	if a.Round.Published {
		beside.standings = nil
	} else {
		p.Backing = r.backing(base, scheme, backing, draw)
	}
	p.Strong = r.items(base, sheet, beside, card.Strong)
	p.Possible = r.items(base, sheet, beside, card.Potential)
	p.Ministries = r.items(base, sheet, beside, card.AdvocacyList)
	return p
}

// title is the heading of the results. Readings of published material are not called answers of the city.
func (r reader) title(a assessment.Assessment) string {
	if a.Round.Published {
		return r.T("results.title_published", "City", a.City.Name)
	}
	return r.T("results.title", "City", a.City.Name)
}

// stands says in which round the answers were given, and whether they are handed in.
func (r reader) stands(a assessment.Assessment) string {
	if a.Round.Published {
		return a.Round.Title
	}
	if a.Open() {
		return r.T("results.eyebrow_open", "Round", a.Round.Title)
	}
	return r.T("results.eyebrow", "Round", a.Round.Title, "Date", a.HandedIn)
}

func (r reader) lede(card score.Card) string {
	o := card.Overall
	switch {
	case o.Situation.Known && o.Effort.Known:
		return r.T("results.lede_both", "Situation", r.whole(o.Situation.Central), "Effort", r.whole(o.Effort.Central))
	case o.Situation.Known:
		return r.T("results.lede_situation", "Situation", r.whole(o.Situation.Central))
	}
	return r.T("results.lede_none")
}

// finding is the sentence above the chart: the dimensions with the highest and the lowest value, without a verdict.
func (r reader) finding(dimensions []score.Section) string {
	var high, low []string
	top, bottom, known := -1, 101, 0
	elsewhere := false
	for i, d := range dimensions {
		if !d.Situation.Known {
			continue
		}
		known++
		v, name := score.Round(d.Situation.Central), r.said(r.in.Dimensions[i].Title).Text
		if v > top {
			top, high = v, nil
		}
		if v < bottom {
			bottom, low, elsewhere = v, nil, true
		}
		if v == top {
			high = append(high, name)
		}
		if v == bottom {
			low = append(low, name)
			elsewhere = elsewhere && d.EffortNote() == score.InsufficientBasis
		}
	}
	switch {
	case known == 0:
		return r.T("results.finding_none")
	case known == 1:
		return r.T("results.finding_one", "Name", high[0], "Value", r.Int(top))
	case top == bottom:
		return r.T("results.finding_even", "Value", r.Int(top))
	}
	s := r.T("results.finding", "High", r.list(high), "HighValue", r.Int(top), "Low", r.list(low), "LowValue", r.Int(bottom))
	if elsewhere {
		s += " " + r.T("results.finding_elsewhere")
	}
	return s
}

func (r reader) values(card score.Card, maths []score.Maths, advocacy score.Maths, draw Draw) []ValueCard {
	var situation, effort count
	for i, d := range card.Dimensions {
		situation = situation.plus(count{d.Answered, d.Applicable})
		// The overall effort stands over the dimensions that have one; its count does too.
		if d.Effort.Known || !card.Overall.Effort.Known {
			effort = effort.plus(weighted(maths[i].Lines))
		}
	}
	return []ValueCard{
		r.value("situation", score.OverallID, card.Overall.Situation, situation, card.Overall.Notes, []score.Note{score.OverallIncomplete}, draw),
		r.value("effort", score.OverallID, card.Overall.Effort, effort, card.Overall.Notes, []score.Note{score.OverallEffortIncomplete}, draw),
		r.value("advocacy", score.AdvocacyID, card.Overall.Advocacy, applicable(advocacy.Lines), card.Overall.Notes,
			[]score.Note{score.AdvocacyTooFew, score.AdvocacyNotEnough}, draw),
	}
}

// value makes one card. Of the notes only those that concern it are said.
func (r reader) value(name, id string, v score.Interval, c count, notes, mine []score.Note, draw Draw) ValueCard {
	card := ValueCard{ID: id, Title: r.T("results." + name), Meaning: r.T("results." + name + "_means"), Counted: r.counted(c)}
	if v.Known {
		card.Figure = r.whole(v.Central)
	}
	for _, n := range notes {
		for _, m := range mine {
			if n == m {
				card.Why = append(card.Why, r.T("results.note_"+string(n)))
			}
		}
	}
	switch {
	case v.Banded && score.Round(v.Low) == score.Round(v.High):
		card.Band = r.T("results.nothing_open")
		v.Banded = !v.Known // a band without width hides behind its mark
	case v.Banded:
		card.Band = r.T("results.between", "Low", r.whole(v.Low), "High", r.whole(v.High))
	}
	label := card.Title + ": " + card.Figure
	if card.Figure == "" {
		label = card.Title
	}
	card.Chart = draw(chart.Band{Label: label + " " + card.Band, RTL: r.Dir() == "rtl", Name: card.Title, Value: interval(v, "")}, chart.Wide)
	return card
}

func (r reader) section(base string, name Said, s score.Section) SectionRow {
	row := SectionRow{ID: s.ID, Name: name, Href: base + "/results/" + s.ID,
		Situation: r.shown(s.Situation, s.SituationNote()), Effort: r.shown(s.Effort, s.EffortNote()),
		Counted: r.T("results.of", "Answered", s.Answered, "Applicable", s.Applicable)}
	if s.Applicable == 0 {
		row.Counted = r.T("results.short_nothing_applicable")
	}
	row.Notes = r.notes(s.Notes)
	return row
}

// notesOf says once what the words in place of figures mean in a table of these sections.
func (r reader) notesOf(sections []score.Section) (notes []string) {
	for _, s := range sections {
		for _, note := range r.notes(s.Notes, score.OneIndicator) {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

func (r reader) groups(base string, card score.Card) (groups []SectionGroup) {
	i := 0
	for _, d := range r.in.Dimensions {
		g := SectionGroup{Name: r.said(d.Title)}
		for _, sub := range d.Subcategories {
			s := card.Subcategories[i]
			i++
			row := r.section(base, r.said(sub.Title), s)
			row.Notes = r.notes(s.Notes, score.NothingApplicable, score.NotEnoughAnswers, score.InsufficientBasis, score.NotEnoughEffortAnswers, score.NoEffortWeight)
			g.Rows = append(g.Rows, row)
		}
		groups = append(groups, g)
	}
	return groups
}

func (r reader) dots(card score.Card) chart.Dots {
	d := chart.Dots{Label: r.T("results.dots_label"), RTL: r.Dir() == "rtl", Dimension: r.T("results.dimension"),
		Situation: r.T("results.situation"), Effort: r.T("results.effort")}
	for i, s := range card.Dimensions {
		situation, effort := "", ""
		if n := s.SituationNote(); n != "" {
			situation = r.T("results.short_" + string(n))
		}
		// Where the same reason stands for both, the row says it once.
		if n := s.EffortNote(); n != "" && r.T("results.short_"+string(n)) != situation {
			effort = r.T("results.no_effort", "Why", r.T("results.short_"+string(n)))
		}
		row := chart.DotRow{Name: r.said(r.in.Dimensions[i].Title).Text, Situation: interval(s.Situation, situation), Effort: interval(s.Effort, effort)}
		if s.Situation.Known {
			row.Values = r.whole(s.Situation.Central)
			if s.Effort.Known {
				row.Values = r.T("results.both", "Situation", row.Values, "Effort", r.whole(s.Effort.Central))
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// radar is the shape of the situation; it is whole only when every dimension has a value.
func (r reader) radar(card score.Card) (d chart.Radar, all bool) {
	d = chart.Radar{Label: r.T("results.radar_label"), RTL: r.Dir() == "rtl", Dimension: r.T("results.dimension"), Name: r.T("results.situation")}
	all = true
	for i, s := range card.Dimensions {
		all = all && s.Situation.Known
		d.Corners = append(d.Corners, chart.Corner{Name: r.short(&r.in.Dimensions[i]), Value: interval(s.Situation, "")})
	}
	return d, all
}

func (r reader) short(d *survey.Dimension) string {
	if s := r.said(d.Short).Text; s != "" {
		return s
	}
	return d.ID
}

func (r reader) items(base string, sheet assessment.Sheet, beside outside, all []score.Item) (out ItemList) {
	for i, it := range all {
		q := it.Indicator
		x := Item{ID: q.ID, Href: base + "/" + q.Subcategory + "#" + q.ID, Title: r.said(q.Title), Holder: r.T("results.holder_" + string(it.Holder)),
			Answer: r.given(q, sheet.Answers[q.ID].Answer), Explanation: firstWords(sheet.Answers[q.ID].Explanation, 180), Flagged: it.Flagged, Core: q.Core,
			Proposed: r.proposals(beside, sheet.Answers[q.ID], q.ID)}
		x.Standing, x.Mark = r.standing(beside, q.ID)
		if x.Title.Text == "" {
			x.Title = r.said(q.Question)
		}
		if i < shownItems {
			out.First = append(out.First, x)
		} else {
			out.Rest = append(out.Rest, x)
		}
	}
	return out
}

func (r reader) sumRow(row SectionRow, m score.Maths, res score.Result) SumRow {
	out := SumRow{Name: row.Name, Href: row.Href, SituationWhy: row.Situation.Words, EffortWhy: row.Effort.Words}
	if res.Situation.Known {
		out.Situation = r.sum(m.Situation.Sum, m.Situation.Divisor)
	}
	if res.Situation.Banded {
		out.Low, out.High = r.sum(m.Situation.LowSum, m.Situation.BandDivisor), r.sum(m.Situation.HighSum, m.Situation.BandDivisor)
	}
	if res.Effort.Known {
		out.Effort = r.sum(m.Effort.Sum, m.Effort.Divisor)
	}
	return out
}
