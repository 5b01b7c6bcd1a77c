package frontend

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/publish"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend/chart"
)

// Profile is the page on which everybody, or those to whom it is shown, reads what a city has consented to show.
type Profile struct {
	Frame
	View ProfileView
	At   time.Time // of the consent
}

// Profiles lists the cities that show a profile.
type Profiles struct {
	Frame
	Rows []ProfileRow
}

// ProfileRow is a profile in the list.
type ProfileRow struct {
	Href, City, Country, Round string
	Fictional                  bool
	Peers                      bool // not for everybody
	At                         time.Time
}

// ProfileView is a profile as it is read. It is made from the bytes that were consented to, with the words of the
// questionnaire in the reader's language, and of nothing else.
type ProfileView struct {
	City, Country, Round string
	Fictional            bool
	Parts                []string // what is shown, in words
	Numbers              bool
	Wide, Narrow         template.HTML // the dot-interval chart
	Dimensions           []SectionRow
	Notes                []string // what the words in place of figures mean
	Groups               []ProfileGroup
	Evidence             []ProfileProof
	Proofs               bool // evidence is in the scope
	Instrument, Method   string
	Revision             int
	Reference, Origin    string // of the snapshot: reference and SHA-256
	Hash, JSON           string // of the profile: SHA-256, and the address of its bytes; no address in a preview
	Earlier              []assessment.PastProfile
	Open                 bool // the answers lie open, as in a preview
}

// ProfileGroup is a dimension with its sub-categories.
type ProfileGroup struct {
	ID    string
	Name  Said
	Parts []ProfilePart
}

// ProfilePart is a sub-category with its result, if that is shown, and its answers.
type ProfilePart struct {
	Row     *SectionRow
	Name    Said
	Answers []ProfileAnswer
}

// ProfileAnswer is what the city said for an indicator.
type ProfileAnswer struct {
	ID                string
	Title             Said
	Given             Given
	More              []Said // the options chosen
	Standing, Mark    string
	Text, Explanation string
}

// ProfileProof is a piece of evidence.
type ProfileProof struct {
	Title, Kind, Href string // Href is empty where the content is not shown
	Link              bool
	Indicators        []string
}

// NewProfileView lays a profile out. The questionnaire is nil where this program no longer has the one of the profile; then
// the English words of the profile stand. Files is where its files are read, empty in a preview.
func NewProfileView(w *locale.Words, in *survey.Instrument, p publish.Profile, hash, base string, draw Draw) ProfileView {
	if in != nil && in.Hash != p.Instrument.Hash {
		in = nil
	}
	r := profileReader{reader{w, in}, p}
	v := ProfileView{City: p.City.Name, Country: p.City.Country, Fictional: p.City.Fictional, Round: p.Round.Name, Numbers: p.Scope.Has(publish.Numbers),
		Proofs:     p.Scope.Has(publish.EvidenceTitles) || p.Scope.Has(publish.EvidenceFiles),
		Instrument: p.Instrument.Name, Method: p.Method, Revision: p.Snapshot.Revision, Reference: p.Snapshot.Reference, Origin: p.Snapshot.Hash, Hash: hash}
	for _, part := range p.Scope {
		v.Parts = append(v.Parts, w.T("publish.part_"+string(part)))
	}
	var results []score.Section
	for _, d := range p.Dimensions {
		s := sectionOf(d)
		results = append(results, s)
		v.Dimensions = append(v.Dimensions, r.section("", r.titled(d.ID, d.Title), s))
	}
	v.Notes = r.notesOf(results)
	if len(results) > 0 {
		dots := r.dotsOf(results)
		v.Wide, v.Narrow = draw(dots, chart.Wide), draw(dots, chart.Narrow)
	}
	v.Groups = r.groupsOf()
	for _, e := range p.Evidence {
		x := ProfileProof{Title: e.Title, Kind: w.T("publish.kind_" + e.Kind), Link: e.Link != "", Href: e.Link, Indicators: e.Indicators}
		if e.SHA256 != "" && base != "" {
			x.Href = base + "/files/" + e.SHA256
		}
		v.Evidence = append(v.Evidence, x)
	}
	if base != "" {
		v.JSON = base + ".json"
	}
	return v
}

// profileReader says a profile in one language.
type profileReader struct {
	reader
	p publish.Profile
}

// titled is the title of a part or an indicator: of the questionnaire, else the English one of the profile.
func (r profileReader) titled(id, english string) Said {
	if r.in != nil {
		if t := r.in.TitleOf(id); t.String() != "" {
			return r.said(t)
		}
	}
	return Say(survey.Text{survey.English: english}, r.Lang())
}

// sectionOf gives a result back in the form in which tables and charts take it, with the reasons why numbers are absent as
// far as the numbers tell them (score.Note).
func sectionOf(x publish.Section) score.Section {
	s := score.Section{ID: x.ID, Result: score.Result{Situation: x.Situation.Score(), Effort: x.Effort.Score(), Answered: x.Answered, Applicable: x.Applicable}}
	if !s.Situation.Known {
		s.Notes = append(s.Notes, absent(x.Applicable > 0, score.NothingApplicable, score.NotEnoughAnswers))
	}
	switch {
	case s.Effort.Known:
	case s.Effort.Banded:
		s.Notes = append(s.Notes, score.NotEnoughEffortAnswers)
	case x.Applicable > 0:
		s.Notes = append(s.Notes, score.InsufficientBasis)
	}
	return s
}

func absent(some bool, none, few score.Note) score.Note {
	if some {
		return few
	}
	return none
}

func (r profileReader) dotsOf(results []score.Section) chart.Dots {
	d := chart.Dots{Label: r.T("results.dots_label"), RTL: r.Dir() == "rtl", Dimension: r.T("results.dimension"), Situation: r.T("results.situation"), Effort: r.T("results.effort")}
	for i, s := range results {
		row := chart.DotRow{Name: r.titled(s.ID, r.p.Dimensions[i].Title).Text, Situation: interval(s.Situation, ""), Effort: interval(s.Effort, "")}
		if !s.Situation.Known {
			row.Situation.Words = r.T("results.short_" + string(s.SituationNote()))
		}
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

// groupsOf puts the answers under dimension and sub-category, as the questionnaire has them; without one they stand in one list.
func (r profileReader) groupsOf() (out []ProfileGroup) {
	rows := map[string]*SectionRow{}
	for _, s := range r.p.Subcategories {
		row := r.section("", r.titled(s.ID, s.Title), sectionOf(s))
		rows[s.ID] = &row
	}
	if r.in == nil {
		g := ProfileGroup{ID: "answers", Name: r.plain("publish.answers")}
		part := ProfilePart{Name: g.Name}
		for _, a := range r.p.Answers {
			part.Answers = append(part.Answers, r.answer(nil, a))
		}
		for _, s := range r.p.Subcategories {
			g.Parts = append(g.Parts, ProfilePart{Row: rows[s.ID], Name: rows[s.ID].Name})
		}
		if len(part.Answers) > 0 {
			g.Parts = append(g.Parts, part)
		}
		if len(g.Parts) > 0 {
			out = append(out, g)
		}
		return out
	}
	answers := map[string][]ProfileAnswer{}
	for _, a := range r.p.Answers {
		if q := r.in.Indicator(a.Indicator); q != nil {
			answers[q.Subcategory] = append(answers[q.Subcategory], r.answer(q, a))
		}
	}
	dimensions := slices.Clone(r.in.Dimensions)
	if r.in.Context != nil {
		dimensions = append(dimensions, *r.in.Context)
	}
	for _, d := range dimensions {
		g := ProfileGroup{ID: d.ID, Name: r.said(d.Title)}
		for _, s := range d.Subcategories {
			if p := (ProfilePart{rows[s.ID], r.said(s.Title), answers[s.ID]}); p.Row != nil || len(p.Answers) > 0 {
				g.Parts = append(g.Parts, p)
			}
		}
		if len(g.Parts) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// answer says what was said for an indicator; q is nil where the questionnaire is not known.
func (r profileReader) answer(q *survey.Indicator, a publish.Answer) ProfileAnswer {
	x := ProfileAnswer{ID: a.Indicator, Title: r.titled(a.Indicator, a.Title), Text: a.Text, Explanation: a.Explanation}
	if a.Standing != "" {
		x.Standing, x.Mark = r.T("publish.standing_"+a.Standing), StandingMark(evidence.Standing(a.Standing))
	}
	english := func(text string) Said { return Say(survey.Text{survey.English: text}, r.Lang()) }
	switch {
	case a.Value == "" && a.NonAnswer == "":
	case q == nil:
		x.Given.Word = english(a.Value)
		for _, word := range a.Words {
			x.More = append(x.More, english(word))
		}
	case q.Kind == survey.Number && a.Value != "":
		x.Given.Word = Said{Text: a.Value, Lang: r.Lang(), Dir: r.Dir()}
		x.More = []Said{r.said(q.Number.Unit)}
	default:
		x.Given = r.given(q, survey.Answer{Value: a.Value, NonAnswer: survey.NonAnswer(a.NonAnswer)})
		if q.Kind == survey.Multiple && a.NonAnswer == "" {
			for _, o := range q.Options {
				if slices.Contains(a.Words, o.Label.String()) {
					x.More = append(x.More, r.said(o.Label))
				}
			}
		}
	}
	return x
}

// NewProfileRow is a profile in the list.
func NewProfileRow(x assessment.Shown) ProfileRow {
	return ProfileRow{Href: "/profiles/" + x.City.Code + "/" + x.Round.Code, City: x.City.Name, Country: x.City.Country, Round: cmp.Or(x.Round.Title, x.Round.Code), Fictional: x.City.Fictional,
		Peers: x.Audience == publish.Peers, At: x.At}
}
