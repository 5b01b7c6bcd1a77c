package frontend

import (
	"time"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/data/locale"
)

// PowerSummary counts the lines of a powers map by who holds the power.
type PowerSummary struct {
	Parts     []PowerPart // the four of the bar, those without a line too
	Total     int
	Contested int
	Label     string // the bar in words
}

// PowerPart is a part of the bar.
type PowerPart struct {
	Mark, Word string
	Count      int
	Width      string
}

// NewPowerSummary counts the powers of an assessment: the city's own, shared, in other hands, contested.
func NewPowerSummary(w *locale.Words, d assessment.Draft) PowerSummary {
	counts := map[string]int{}
	s := PowerSummary{}
	for _, q := range d.Instrument.Indicators() {
		counts[powerMark(d.Sheet.Holder(q))]++
		s.Total++
	}
	for _, mark := range []string{"p-m", "p-s", "p-n", "p-c"} {
		s.Parts = append(s.Parts, PowerPart{mark, w.T("powers.part_" + mark[2:]), counts[mark], width(counts[mark], s.Total)})
	}
	s.Contested = counts["p-c"]
	s.Label = w.T("powers.label", "Ours", counts["p-m"], "Shared", counts["p-s"], "Others", counts["p-n"], "Contested", s.Contested)
	return s
}

// powerMark is the class of the sign of who holds a power.
func powerMark(h survey.Holder) string { return Question{Holder: h}.Mark() }

// Powers is the powers map.
type Powers struct {
	Frame
	Home, By string
	Edit     bool // the person may change lines now
	Asked    bool // those only that the reviewers ask about
	OfCity   bool
	Carried  int    // powers of the last round that a coordinator can confirm
	Earlier  string // title of the last round, when nothing of it was carried over yet
	HandedIn time.Time
	Told     *PowersTold // what is set for the country; nil when nothing is
	Summary  PowerSummary
	Groups   []PowerGroup
	Last     []PowerChange // lines of the last change, newest of the map; a few of them at most
	More     int           // further lines of the same change
}

// Changed is how many lines the last change concerned.
func (p Powers) Changed() int { return len(p.Last) + p.More }

// One tells whether the last change concerned one line only.
func (p Powers) One() bool { return p.Changed() == 1 }

// Holders lists the holders of a power.
func (Powers) Holders() []survey.Holder { return survey.Holders }

// PowerGroup is a dimension.
type PowerGroup struct {
	ID       string
	Number   int
	Title    survey.Text
	Sections []PowerSection
}

// PowerSection is a sub-category.
type PowerSection struct {
	Title survey.Text
	Href  string
	Lines []PowerLine
}

// PowerLine is one indicator with who holds the power.
type PowerLine struct {
	ID            string
	Title         survey.Text
	Default       survey.Holder
	Chosen        string // what stands in the list to choose from; empty is the default
	Holder        survey.Holder
	Reason        string
	Seen          string // what the page knew of the line when it was made
	By            string // who set it; empty while nobody has
	At            time.Time
	Theirs        *PowerTheirs
	RefusedHolder string
	RefusedReason string
	Locked        bool // it takes no changes
}

// Mark is the class of the sign of who holds the power.
func (l PowerLine) Mark() string { return powerMark(l.Holder) }

// Unlock tells of each line whether it takes changes, and returns whether any does.
func (p *Powers) Unlock(takes func(indicator string) bool) (any bool) {
	for g := range p.Groups {
		for s := range p.Groups[g].Sections {
			for i := range p.Groups[g].Sections[s].Lines {
				l := &p.Groups[g].Sections[s].Lines[i]
				l.Locked = !takes(l.ID)
				any = any || !l.Locked
			}
		}
	}
	return any
}

// PowerTheirs is what somebody else wrote into a line meanwhile.
type PowerTheirs struct {
	Holder survey.Holder
	Reason string
	By     string
	At     time.Time
}

// PowerChange is a line that was changed last, with what it was before.
type PowerChange struct {
	ID          string
	Title       survey.Text
	Now, Before survey.Holder
	Reason      bool // only the reason was changed
	Version     int
	By          string
	At          time.Time
}

// NewPowers lays out the powers map; seen makes the hidden field of a line, signed says who wrote it.
func NewPowers(f Frame, w *locale.Words, d assessment.Draft, seen func(assessment.Power) string, signed func(assessment.Author) string) Powers {
	p := Powers{Frame: f, Home: "/assessments/" + d.ID, HandedIn: d.HandedIn, Summary: NewPowerSummary(w, d)}
	for i := range d.Instrument.Dimensions {
		dim := &d.Instrument.Dimensions[i]
		g := PowerGroup{ID: dim.ID, Number: i + 1, Title: dim.Title}
		for k := range dim.Subcategories {
			sub := &dim.Subcategories[k]
			s := PowerSection{Title: sub.Title, Href: p.Home + "/" + sub.ID}
			for _, q := range sub.Indicators {
				now := d.Sheet.Powers[q.ID]
				line := PowerLine{ID: q.ID, Title: q.Title, Default: q.Power, Chosen: string(now.Holder), Holder: d.Sheet.Holder(q), Reason: now.Reason, Seen: seen(now), At: now.At}
				if now.Version > 0 {
					line.By = signed(now.By)
				}
				s.Lines = append(s.Lines, line)
			}
			g.Sections = append(g.Sections, s)
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

// Line returns the line of an indicator; nil when the map has none.
func (p *Powers) Line(indicator string) *PowerLine {
	for g := range p.Groups {
		for s := range p.Groups[g].Sections {
			lines := p.Groups[g].Sections[s].Lines
			for i := range lines {
				if lines[i].ID == indicator {
					return &lines[i]
				}
			}
		}
	}
	return nil
}
