package frontend

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"migov/assessment"
	"migov/assessment/fault"
	"migov/assessment/lens"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
)

// LensHead is what every page of a lens says first.
type LensHead struct {
	Frame
	Home, File string // address of the assessment or round, and of the file
	Place      string // the city, or the title of the round
	Round      string
	Fictional  bool
	Framework  Said
	Source     string
	Lenses     []Choice // Value is the address
	Objectives int
	Links      int
	Numberless int
	Uncovered  []LensRow
	Beyond     []string
	BeyondOf   int       // how many objectives the framework has in all
	Removed    []LensTie // of which only the ids are known
	Pledge     string    // address of the draft; empty for people from outside
}

// Lens is an assessment seen through a framework.
type Lens struct {
	LensHead
	Rows  []LensRow
	Notes []string
}

// LensRow is an objective.
type LensRow struct {
	ID       string
	Name     Said
	Coverage string
	Count    int
	Powers   []string // marks, one for each indicator: ours, shared, contested, others
	PowerSay string   // the same in words
	Ties     []LensTie
	More     int // of Ties, not named in the row
	Value    Reading
	InPart   bool
	Track    Track
	Counted  string
	Counts   bool // of a round: it can have a number
	Cities   int  // of a round: those with one
	Middle   string
	Left     []string
}

// First are the indicators that are named in the row.
func (r LensRow) First() []LensTie { return r.Ties[:len(r.Ties)-r.More] }

// LensTie is an indicator that is linked to an objective.
type LensTie struct {
	ID, Href  string
	Title     Said
	Type      string // a lens.Type; empty where nobody has written why
	Why       Said
	Holder    string
	Mark      string
	Given     Given
	Target    string
	Explained bool
}

// Track is a number on a line from 0 to 100, 120 units wide, mirrored where reading goes from right to left.
type Track struct {
	Drawn        bool // there is a middle
	Banded       bool
	BandX, BandW string
	MarkX        string
}

// namedTies is how many indicators a row names.
const namedTies = 4

const trackWidth = 120.

func (r reader) track(low, central, high float64, known, banded bool) (t Track) {
	at := func(x, wide float64) string {
		if r.Dir() == "rtl" {
			x = trackWidth - x - wide
		}
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	t.Drawn, t.Banded = known || banded, banded
	if banded {
		wide := max(4, (high-low)*trackWidth/100)
		x := min(low*trackWidth/100, trackWidth-wide)
		t.BandX, t.BandW = at(x, wide), strconv.FormatFloat(wide, 'f', 1, 64)
	}
	if known {
		t.MarkX = at(min(max(central*trackWidth/100-1.5, 0), trackWidth-3), 3)
	}
	return t
}

func (r reader) lensHead(f Frame, v lens.View, base string) LensHead {
	h := LensHead{Frame: f, Home: base, Framework: r.said(v.Framework.Title), Source: v.Source, Objectives: len(v.Objectives), Links: v.Links, Numberless: v.Numberless(), Beyond: v.Beyond, BeyondOf: len(v.Beyond) + len(v.Objectives)}
	for _, o := range r.in.Frameworks {
		h.Lenses = append(h.Lenses, Choice{base + "/lens?framework=" + url.QueryEscape(o.ID), r.lensName(o), o.ID == v.ID})
	}
	for _, o := range v.Uncovered() {
		h.Uncovered = append(h.Uncovered, LensRow{ID: o.ID, Name: r.said(o.Title)})
	}
	for _, k := range v.Removed {
		h.Removed = append(h.Removed, LensTie{ID: k.Indicator, Target: k.Target})
	}
	return h
}

// lensName is the short name of a framework.
func (r reader) lensName(f survey.Framework) string {
	if key := "lens.name_" + f.ID; r.Has(key) {
		return r.T(key)
	}
	return r.said(f.Title).Text
}

func (r reader) lensRow(o lens.Objective) LensRow {
	row := LensRow{ID: o.ID, Name: r.said(o.Title), Coverage: string(o.Coverage), Count: len(o.Ties), InPart: o.InPart(), More: max(0, len(o.Ties)-namedTies)}
	for _, k := range o.Ties {
		tie := LensTie{ID: k.Indicator.ID, Title: r.said(k.Title), Why: r.said(k.Why), Explained: k.Explained}
		if k.Explained {
			tie.Type = string(k.Type)
		}
		row.Ties = append(row.Ties, tie)
	}
	return row
}

// powerMarks are the marks of the powers in the order in which they are drawn.
var powerMarks = []string{"p-m", "p-s", "p-c", "p-n"}

// NewLens fills the page of an assessment.
func NewLens(f Frame, w *locale.Words, x assessment.OwnLens, mayPledge bool) Lens {
	r, base := reader{w, x.Instrument}, "/assessments/"+x.Assessment.ID
	p := Lens{LensHead: r.lensHead(f, x.View, base)}
	p.Place, p.Round, p.Fictional = x.Assessment.City.Name, x.Assessment.Round.Title, x.Assessment.City.Fictional
	p.File = base + "/lens.csv?framework=" + url.QueryEscape(x.View.ID)
	if mayPledge && !x.Assessment.Round.Published {
		p.Pledge = base + "/pledge?framework=" + url.QueryEscape(x.View.ID)
	}
	for i, o := range x.Objectives {
		row, v := r.lensRow(o), x.Values[i]
		counts := map[string]int{}
		for j, k := range o.Ties {
			line, _ := x.Scheme.Line(x.Marks, k.Indicator.ID)
			tie := &row.Ties[j]
			tie.Href = base + "/" + k.Subcategory + "#" + k.Indicator.ID
			tie.Given = r.given(k.Indicator, x.Sheet.Answers[k.Indicator.ID].Answer)
			if line.Holder == "" {
				line.Holder = x.Sheet.Holder(k.Indicator)
			}
			tie.Holder, tie.Mark = string(line.Holder), powerMark(line.Holder)
			counts[tie.Mark]++
		}
		var said []string
		for _, mark := range powerMarks {
			for range counts[mark] {
				row.Powers = append(row.Powers, mark)
			}
			if counts[mark] > 0 {
				said = append(said, r.T("lens.power_n", "Power", r.T("powers.part_"+mark[2:]), "Number", counts[mark]))
			}
		}
		row.PowerSay = r.list(said)
		row.Value = r.lensValue(v)
		row.Track = r.track(v.Low, v.Central, v.High, v.Known, v.Banded)
		row.InPart = row.InPart && v.Known
		row.Counted = r.counted(count{v.Answered, v.Applicable})
		p.Rows = append(p.Rows, row)
		if v.Note == score.NotEnoughAnswers && !slices.Contains(p.Notes, r.T("results.note_not_enough_answers")) {
			p.Notes = append(p.Notes, r.T("results.note_not_enough_answers"))
		}
	}
	return p
}

// lensValue says a number of a lens, or why there is none.
func (r reader) lensValue(v lens.Value) Reading {
	if v.Note == lens.TooFewLinks || v.Note == lens.TooFewApply {
		return Reading{Words: r.T("lens.short_" + string(v.Note))}
	}
	return r.shown(v.Interval, v.Note)
}

// RoundLensPage is a peer group of a round seen through a framework.
type RoundLensPage struct {
	LensHead
	Lens       string // id of the framework
	Groups     []ChoiceGroup
	GroupWords string
	Cities     int // in the group, handed in
	Rows       []LensRow
	Refused    string
}

// NewRoundLens fills the page; refused is why the group of the address could not be read.
func NewRoundLens(f Frame, w *locale.Words, x assessment.RoundLens, refused error) RoundLensPage {
	r, base := reader{w, x.Cohort.Scheme.Instrument()}, "/rounds/"+x.Round.Code
	p := RoundLensPage{LensHead: r.lensHead(f, x.View, base), Lens: x.View.ID, Cities: x.Selection.Size()}
	var said *fault.Fault
	if errors.As(refused, &said) {
		p.Refused = r.With(said.Key, said.Args)
	}
	key := x.Selection.Group.Key()
	p.Place, p.GroupWords = x.Round.Title, r.class(x.Selection.Group.By, x.Selection.Group.Value)
	q := url.Values{"framework": {x.View.ID}}
	if key != "" {
		q.Set("group", key)
		for i := range p.Lenses {
			p.Lenses[i].Value += "&" + url.Values{"group": {key}}.Encode()
		}
	}
	p.File = base + "/lens.csv?" + q.Encode()
	p.Groups = append([]ChoiceGroup{{Choices: []Choice{{"", r.T("compare.everybody"), key == ""}}}}, r.classes(x.Cohort, key)...)
	for i, o := range x.Objectives {
		row, d := r.lensRow(o), x.Spreads[i]
		for j, k := range o.Ties {
			row.Ties[j].Href = "/instruments/" + x.Round.Instrument + "#" + k.Indicator.ID
		}
		row.Cities, row.Counts = d.Counted, len(o.Counting()) >= lens.Fewest
		switch {
		case !row.Counts:
			row.Value.Words = r.T("lens.short_too_few_links")
		case !d.Enough:
			row.Value.Words = r.T("compare.too_few_short")
		default:
			row.Value.Figure = r.whole(d.Median)
			row.Middle = r.whole(d.FirstQuartile) + "–" + r.whole(d.ThirdQuartile)
			row.Track = r.track(d.FirstQuartile, d.Median, d.ThirdQuartile, true, true)
		}
		row.InPart = row.InPart && d.Enough
		for _, why := range []score.Note{score.NotEnoughAnswers, score.NothingApplicable, lens.TooFewApply} {
			if n := d.Left[why]; n > 0 && row.Counts {
				row.Left = append(row.Left, r.N("lens.left_"+string(why), n))
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// LensFigures are the objectives of an assessment as rows of a file; the first names the columns. What is absent is empty.
func LensFigures(w *locale.Words, x assessment.OwnLens) [][]string {
	out := [][]string{append(slices.Clone(lensColumns), "counted", "applicable", "answered", "low", "central", "high", "why_none")}
	for i, o := range x.Objectives {
		v := x.Values[i]
		out = append(out, append(lensCells(w, x.View, o), strconv.Itoa(len(o.Counting())), strconv.Itoa(v.Applicable), strconv.Itoa(v.Answered),
			figure(v.Banded, v.Low), figure(v.Known, v.Central), figure(v.Banded, v.High), string(v.Note)))
	}
	return out
}

// RoundLensFigures are the objectives of a round as rows of a file.
func RoundLensFigures(w *locale.Words, x assessment.RoundLens) [][]string {
	out := [][]string{append(slices.Clone(lensColumns), "group", "cities", "cities_with_a_number", "first_quartile", "median", "third_quartile")}
	for i, o := range x.Objectives {
		d := x.Spreads[i]
		out = append(out, append(lensCells(w, x.View, o), x.Selection.Group.Key(), strconv.Itoa(x.Selection.Size()), strconv.Itoa(d.Counted),
			figure(d.Enough, d.FirstQuartile), figure(d.Enough, d.Median), figure(d.Enough, d.ThirdQuartile)))
	}
	return out
}

var lensColumns = []string{"framework", "objective", "title", "coverage", "full", "partial", "context", "in_part"}

func lensCells(w *locale.Words, v lens.View, o lens.Objective) []string {
	by := map[lens.Type]string{}
	for _, k := range o.Ties {
		if by[k.Type] != "" {
			by[k.Type] += "|"
		}
		by[k.Type] += k.Indicator.ID
	}
	return []string{v.ID, o.ID, Say(o.Title, w.Lang()).Text, string(o.Coverage), by[lens.Full], by[lens.Partial], by[lens.Context], strconv.FormatBool(o.InPart())}
}

func figure(known bool, x float64) string {
	if !known {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
