package frontend

import (
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/survey"
)

// Parts is the page on which a city divides an assessment among its people: dimensions, sub-categories and, on demand, indicators.
type Parts struct {
	Frame
	Home, By string
	May      bool // the reader may change it
	HandedIn time.Time
	Alone    bool // there is nobody to give anything to
	Invites  bool // the reader may invite people
	Loads    []LoadRow
	Left     []LoadRow // of people who have left
	Choices  PartChoices
	Today    string // 2006-01-02
	Groups   []PartGroup
}

// PartChoices are those to whom a part can be given.
type PartChoices struct {
	People, Departments []PartChoice
}

// PartChoice is one of them; Value is what a form sends, see OwnerValue.
type PartChoice struct {
	Value, Name string
}

// Has tells whether a value is among the choices.
func (c PartChoices) Has(value string) bool {
	for _, list := range [][]PartChoice{c.People, c.Departments} {
		for _, x := range list {
			if x.Value == value {
				return true
			}
		}
	}
	return value == ""
}

// OwnerValue is an owner in a form: account:ID, department:NAME, or nothing.
func OwnerValue(o assessment.Owner) string {
	switch {
	case o.Account != "":
		return "account:" + o.Account
	case o.Department != "":
		return "department:" + o.Department
	}
	return ""
}

// ParseOwner reads it back.
func ParseOwner(value string) (o assessment.Owner) {
	kind, rest, _ := strings.Cut(value, ":")
	switch kind {
	case "account":
		o.Account = rest
	case "department":
		o.Department = rest
	}
	return o
}

// LoadRow says what waits for somebody.
type LoadRow struct {
	Name, Value    string
	Settled, Total int
	Due            time.Time
	Late, Unopened int
	Parts          int
}

// PartGroup is a dimension with its sub-categories; the context module has the number 0.
type PartGroup struct {
	Number int
	PartRow
	Rows []PartRow
}

// PartRow is a dimension, a sub-category or an indicator in the list.
type PartRow struct {
	Ref            string
	Indicator      bool
	Title          survey.Text
	Href           string // of the page on which it is answered
	Who            string // name of the owner; empty when it is nobody's part
	Owner          string // the same as a value of the form
	Over           string // name of the owner of the wider part that covers it, if it has none of its own
	Seen           string // what the page knows of it; see SeenPart
	Due            time.Time
	Date           string // the same, or what was typed, as 2006-01-02
	Opened         time.Time
	Late, Note     bool
	Settled, Total int
	Open           bool // its indicators are shown
	More           int  // how many indicators can be shown
	WhoMsg, DueMsg string
}

// SeenPart is what a form knew of a part when its page was made: the id, the date and the owner.
func SeenPart(p assessment.Part) string {
	id, due := p.ID, dated(p.Due)
	if id == "" {
		id = "-"
	}
	if due == "" {
		due = "-"
	}
	return id + " " + due + " " + OwnerValue(p.Owner())
}

// ParseSeenPart reads it back; ok is false when it was not made by SeenPart.
func ParseSeenPart(text string) (id, due, owner string, ok bool) {
	f := strings.SplitN(text, " ", 3)
	if len(f) != 3 {
		return "", "", "", false
	}
	return strings.TrimPrefix(f[0], "-"), strings.TrimPrefix(f[1], "-"), f[2], true
}

func dated(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// NewPartRow is the line of a dimension, sub-category or indicator.
func NewPartRow(d assessment.Draft, division assessment.Division, ref string, title survey.Text, now time.Time, named func(assessment.Owner) string) PartRow {
	home := "/assessments/" + d.ID
	r := PartRow{Ref: ref, Title: title, Href: assessment.Part{Ref: ref}.Href(d.Instrument, home), Indicator: d.Instrument.Indicator(ref) != nil}
	p, own := division.Part(ref)
	r.Seen = SeenPart(p)
	indicators := assessment.Covered(d.Instrument, ref)
	if own {
		r.Who, r.Owner, r.Due, r.Date, r.Opened, r.Note = named(p.Owner()), OwnerValue(p.Owner()), p.Due, dated(p.Due), p.Opened, p.Note != ""
		r.Late = assessment.Late(p.Due, now) && !division.Finished(p, d.Sheet)
	} else if over, ok := division.Over(ref); ok {
		r.Over = named(over.Owner())
	}
	n := d.Sheet.ProgressOf(indicators)
	r.Settled, r.Total = n.Settled, n.Total
	return r
}

// NewPartGroups lists the whole questionnaire; the indicators of the sub-category open, and those that are parts of their
// own, are shown.
func NewPartGroups(d assessment.Draft, division assessment.Division, open string, now time.Time, named func(assessment.Owner) string) (groups []PartGroup) {
	dimensions := make([]*survey.Dimension, 0, len(d.Instrument.Dimensions)+1)
	for i := range d.Instrument.Dimensions {
		dimensions = append(dimensions, &d.Instrument.Dimensions[i])
	}
	if d.Instrument.Context != nil {
		dimensions = append(dimensions, d.Instrument.Context)
	}
	for i, dim := range dimensions {
		g := PartGroup{PartRow: NewPartRow(d, division, dim.ID, dim.Title, now, named)}
		if dim != d.Instrument.Context {
			g.Number = i + 1
		}
		for j := range dim.Subcategories {
			s := &dim.Subcategories[j]
			row := NewPartRow(d, division, s.ID, s.Title, now, named)
			row.Open, row.More = s.ID == open, len(s.Indicators)
			g.Rows = append(g.Rows, row)
			for _, q := range s.Indicators {
				if _, own := division.Part(q.ID); own || row.Open {
					g.Rows = append(g.Rows, NewPartRow(d, division, q.ID, q.Title, now, named))
				}
			}
		}
		groups = append(groups, g)
	}
	return groups
}

// NewLoadRows lists what waits for each owner.
func NewLoadRows(loads []assessment.Load, named func(assessment.Owner) string) (rows []LoadRow) {
	for _, l := range loads {
		rows = append(rows, LoadRow{Name: named(l.Owner), Value: OwnerValue(l.Owner), Settled: l.Progress.Settled, Total: l.Progress.Total,
			Due: l.Due, Late: l.Late, Unopened: l.Unopened, Parts: len(l.Parts)})
	}
	return rows
}

// PartPage is about one dimension, sub-category or indicator: who has it, how far it is, its address for a colleague.
type PartPage struct {
	Frame
	Home, By  string
	Section   string // title of where it stands; empty for a dimension
	Row       PartRow
	May       bool
	Invites   bool
	Link      string // address to copy
	Note      string
	GivenBy   string
	GivenAt   time.Time
	Choices   PartChoices
	Today     string
	Marks     Marks
	Questions []PartQuestion
	Long      int // characters of a note at most
}

// PartQuestion is an indicator of a part.
type PartQuestion struct {
	Href, ID string
	Title    survey.Text
	Status   string
	Who      string
}

// PartHere says beside a question who answers it.
type PartHere struct {
	Shown bool   // to people of the city
	Who   string // empty: nobody yet
	Mine  bool
	Due   time.Time
	Late  bool
	Href  string // of the page about it
}
