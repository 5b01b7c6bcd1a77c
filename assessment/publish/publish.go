// Package publish makes the profile of a city: what its approver consents to show of a snapshot, and nothing else. It is
// written as JSON in one way only, so that its SHA-256 tells whether what is shown is what was consented to.
package publish

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Part is a part of an assessment that can be shown without the others.
type Part string

// The parts.
const (
	Numbers        Part = "numbers"         // results, and the level, choice or figure of each indicator with its standing
	Explanations   Part = "explanations"    // what the city wrote
	EvidenceTitles Part = "evidence_titles" // what the evidence is called, and which answers it supports
	EvidenceFiles  Part = "evidence_files"  // the files themselves, and the addresses of links
)

// Parts lists the parts in the order in which they are offered and kept.
var Parts = []Part{Numbers, Explanations, EvidenceTitles, EvidenceFiles}

// Scope is the parts that are shown, each once, in the order of Parts.
type Scope []Part

// ParseScope reads the names of parts. None, or one that is none of Parts, is a fault of kind Invalid.
func ParseScope(names []string) (s Scope, err error) {
	for _, n := range names {
		if !slices.Contains(Parts, Part(n)) {
			return nil, fault.New(fault.Invalid, "fault.request", nil)
		}
	}
	for _, p := range Parts {
		if slices.Contains(names, string(p)) {
			s = append(s, p)
		}
	}
	if len(s) == 0 {
		return nil, fault.New(fault.Invalid, "publish.scope_missing", nil).WithFields(fault.Field{Name: "part", Key: "publish.scope_missing"})
	}
	return s, nil
}

// Has tells whether a part is shown.
func (s Scope) Has(p Part) bool { return slices.Contains(s, p) }

// Strings are the names of the parts.
func (s Scope) Strings() []string {
	out := make([]string, len(s))
	for i, p := range s {
		out[i] = string(p)
	}
	return out
}

// Audience is to whom a profile is shown.
type Audience string

// The audiences, from the narrowest; each holds those before it.
const (
	City   Audience = "city"   // the own team
	IOM    Audience = "iom"    // the analysts of the round, too
	Peers  Audience = "peers"  // the cities of the round that show theirs to each other, too
	Public Audience = "public" // everybody
)

// Audiences lists the audiences in the order in which they are offered.
var Audiences = []Audience{City, IOM, Peers, Public}

// ParseAudience reads the name of an audience; another one is a fault of kind Invalid.
func ParseAudience(name string) (Audience, error) {
	if !slices.Contains(Audiences, Audience(name)) {
		return "", fault.New(fault.Invalid, "publish.audience_missing", nil).WithFields(fault.Field{Name: "audience", Key: "publish.audience_missing"})
	}
	return Audience(name), nil
}

// Outward tells whether others than those who work on the assessment see the profile: the assessment is then published.
func (a Audience) Outward() bool { return a == Peers || a == Public }

// TermsVersion is the version of the text that an approver consents to (publish.terms_…). It grows when its meaning changes;
// consent to an earlier text is then no consent.
const TermsVersion = "2026-11"

// Format names the form of the profile.
const Format = "migov-profile/1"

// Note stands in every profile.
const Note = "Self-assessed by the city, not a ranking."

// Profile is what is shown. The order of the fields is the order in the JSON; what is outside the scope is absent.
type Profile struct {
	Format        string              `json:"format"`
	Note          string              `json:"note"`
	City          Place               `json:"city"`
	Round         snapshot.Named      `json:"round"`
	Perspective   string              `json:"perspective"`
	Instrument    snapshot.Instrument `json:"instrument"`
	Method        string              `json:"method"`
	Snapshot      Origin              `json:"snapshot"`
	Scope         Scope               `json:"scope"`
	Dimensions    []Section           `json:"dimensions,omitempty"`
	Subcategories []Section           `json:"subcategories,omitempty"`
	Answers       []Answer            `json:"answers,omitempty"`  // as the instrument has them
	Evidence      []Evidence          `json:"evidence,omitempty"` // by title and content
}

// Place is the city.
type Place struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Country   string `json:"country"` // ISO 3166-1 alpha-2
	Fictional bool   `json:"fictional,omitempty"`
}

// Origin is the snapshot that the profile was made from.
type Origin struct {
	Revision  int    `json:"revision"`
	Reference string `json:"reference"` // of the receipt
	Hash      string `json:"sha256"`
}

// Section is the result of a dimension or a sub-category, at full precision.
type Section struct {
	ID             string            `json:"id"`
	Title          string            `json:"title"` // in English
	Situation      snapshot.Interval `json:"situation"`
	Effort         snapshot.Interval `json:"effort"`
	Answered       int               `json:"answered"`
	Applicable     int               `json:"applicable"`
	Coverage       *float64          `json:"coverage"`        // answered / applicable, 0 to 1; null where nothing applies
	EffortCoverage *float64          `json:"effort_coverage"` // the same by weight
}

// Answer is what was said for an indicator.
type Answer struct {
	Indicator   string   `json:"indicator"`
	Title       string   `json:"title"` // in English
	Value       string   `json:"value,omitempty"`
	Words       []string `json:"words,omitempty"` // of the level, or of the options chosen, in English
	NonAnswer   string   `json:"non_answer,omitempty"`
	Standing    string   `json:"standing,omitempty"` // claimed, evidenced or verified
	Text        string   `json:"text,omitempty"`     // of an indicator that asks for a text
	Explanation string   `json:"explanation,omitempty"`
}

// Evidence is a piece of evidence that supports answers.
type Evidence struct {
	Indicators []string `json:"indicators"`
	Kind       string   `json:"kind"` // file or link
	Title      string   `json:"title,omitempty"`
	SHA256     string   `json:"sha256,omitempty"` // hex, of a file
	Link       string   `json:"link,omitempty"`
}

// Source is what a profile is made from.
type Source struct {
	Document        snapshot.Document
	Reference, Hash string // of the snapshot
	Country         string // ISO 3166-1 alpha-2
	Fictional       bool
	Instrument      *survey.Instrument           // of the document
	Standings       map[string]evidence.Standing // of its answers, by indicator
}

// New makes the profile of a source in a scope.
func New(s Source, scope Scope) Profile {
	d := s.Document
	p := Profile{Format: Format, Note: Note, City: Place{d.City.Code, d.City.Name, s.Country, s.Fictional}, Round: d.Round, Perspective: d.Perspective,
		Instrument: d.Instrument, Method: d.Method, Snapshot: Origin{d.Revision, s.Reference, s.Hash}, Scope: scope}
	if scope.Has(Numbers) {
		p.Dimensions, p.Subcategories = s.sections(d.Numbers.Dimensions), s.sections(d.Numbers.Subcategories)
	}
	p.Answers = s.answers(scope)
	if scope.Has(EvidenceTitles) || scope.Has(EvidenceFiles) {
		p.Evidence = evidenceOf(d.Citations, scope)
	}
	return p
}

func (s Source) sections(results []snapshot.Result) (out []Section) {
	for _, r := range results {
		x := Section{ID: r.ID, Title: s.Instrument.TitleOf(r.ID).String(), Situation: r.Situation, Effort: r.Effort, Answered: r.Answered, Applicable: r.Applicable}
		if r.Applicable > 0 {
			x.Coverage = new(float64(r.Answered) / float64(r.Applicable))
		}
		if r.EffortApplicable > 0 {
			x.EffortCoverage = new(r.EffortAnswered / r.EffortApplicable)
		}
		out = append(out, x)
	}
	return out
}

func (s Source) answers(scope Scope) (out []Answer) {
	given := map[string]snapshot.Answer{}
	for _, a := range s.Document.Answers {
		given[a.Indicator] = a
	}
	for _, q := range s.Instrument.All() {
		a, said := given[q.ID]
		if !said {
			continue
		}
		x := Answer{Indicator: q.ID, Title: q.Title.String()}
		text := q.Kind == survey.Freetext
		if scope.Has(Explanations) {
			x.Explanation = a.Explanation
			if text {
				x.Text = a.Value
			}
		}
		if scope.Has(Numbers) && !text {
			x.NonAnswer = a.NonAnswer
			if a.NonAnswer == "" {
				x.Value, x.Words = a.Value, words(s.Instrument, q, a.Value)
			}
			x.Standing = standing(s.Standings[q.ID])
		}
		if x.Value != "" || x.NonAnswer != "" || x.Text != "" || x.Explanation != "" {
			out = append(out, x)
		}
	}
	return out
}

// standing is how far an answer is backed, as it is shown: what somebody challenges is still what the city claims.
func standing(s evidence.Standing) string {
	if s == evidence.Challenged {
		s = evidence.Claimed
	}
	return string(s)
}

// words says a value in English, where a code stands for it.
func words(in *survey.Instrument, q *survey.Indicator, value string) (out []string) {
	switch q.Kind {
	case survey.Level:
		if scale := in.Scale(q.Scale); scale != nil && len(value) == 1 && value[0] >= '0' && value[0] <= '4' {
			out = append(out, scale.Words[value[0]-'0'].String())
		}
	case survey.Multiple:
		for id := range strings.SplitSeq(value, "|") {
			if i := slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.ID == id }); i >= 0 {
				out = append(out, q.Options[i].Label.String())
			}
		}
	case survey.Number:
		if q.Number != nil && value != "" && q.Number.Unit.String() != "" {
			out = append(out, q.Number.Unit.String())
		}
	}
	return out
}

func evidenceOf(citations []snapshot.Citation, scope Scope) (out []Evidence) {
	at := map[string]int{} // by id of the piece, which is not shown
	for _, c := range citations {
		i, known := at[c.Evidence]
		if !known {
			x := Evidence{Kind: c.Kind}
			if scope.Has(EvidenceTitles) {
				x.Title = c.Title
			}
			if scope.Has(EvidenceFiles) {
				x.SHA256, x.Link = c.SHA256, c.Link
			}
			i = len(out)
			at[c.Evidence], out = i, append(out, x)
		}
		out[i].Indicators = append(out[i].Indicators, c.Indicator)
	}
	for i := range out {
		slices.Sort(out[i].Indicators)
		out[i].Indicators = slices.Compact(out[i].Indicators)
	}
	slices.SortStableFunc(out, func(a, b Evidence) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.SHA256, b.SHA256), strings.Compare(a.Link, b.Link), slices.Compare(a.Indicators, b.Indicators))
	})
	return out
}

// Encode writes the profile in the one way, as snapshot.Document.Encode does, and its SHA-256 in hex.
func (p Profile) Encode() (content []byte, hash string, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return nil, "", fmt.Errorf("profile: %w", err)
	}
	content = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return content, snapshot.Hash(content), nil
}

// Decode reads a profile.
func Decode(content []byte) (p Profile, err error) {
	if err := json.Unmarshal(content, &p); err != nil {
		return p, fmt.Errorf("profile: %w", err)
	}
	if p.Format != Format {
		return p, errors.New("profile: its format is " + p.Format)
	}
	return p, nil
}

// File finds the piece of evidence whose file is shown, by the SHA-256 of the file.
func (p Profile) File(sha256 string) (Evidence, bool) {
	i := slices.IndexFunc(p.Evidence, func(e Evidence) bool { return e.Kind == "file" && e.SHA256 != "" && e.SHA256 == sha256 })
	if i < 0 {
		return Evidence{}, false
	}
	return p.Evidence[i], true
}
