// Package survey knows what is asked and what was answered: the instrument with its dimensions, sub-categories and
// indicators, the five non-answers, and how the text a person types becomes a value.
package survey

import (
	"slices"
	"strings"
)

// Language is a language of texts, by its two-letter code.
type Language string

// The languages of the product.
const (
	English Language = "en"
	French  Language = "fr"
	Spanish Language = "es"
	Arabic  Language = "ar"
)

// Languages lists the languages of the product in the order in which they are offered.
var Languages = []Language{English, French, Spanish, Arabic}

// RightToLeft tells whether the language is written from right to left.
func (l Language) RightToLeft() bool { return l == Arabic }

// Text is a text in one or more languages.
type Text map[Language]string

// In returns the text in a language, else in English, and the language it is really in. An empty text returns "" and the wished language.
func (t Text) In(wish Language) (string, Language) {
	if s := t[wish]; s != "" {
		return s, wish
	}
	if s := t[English]; s != "" {
		return s, English
	}
	for _, l := range Languages {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	return "", wish
}

// String returns the English text.
func (t Text) String() string { s, _ := t.In(English); return s }

// Kind is a kind of answer.
type Kind string

// The kinds of answer.
const (
	Level    Kind = "level"    // 0 to 4, each with a description
	YesNo    Kind = "yes_no"   // yes or no
	Multiple Kind = "multiple" // none, one or several of the options
	Number   Kind = "number"   // a decimal number within bounds; never scored
	Freetext Kind = "text"     // a text; never scored
)

// Kinds lists every kind; a test of each reader of instruments loops over it.
var Kinds = []Kind{Level, YesNo, Multiple, Number, Freetext}

// Holder says who holds the power over the subject of an indicator.
type Holder string

// The holders of a power.
const (
	Municipal Holder = "municipal"
	Shared    Holder = "shared"
	Regional  Holder = "regional"
	National  Holder = "national"
	Nobody    Holder = "nobody"
	Contested Holder = "contested"
)

// Holders lists the holders in the order in which they are offered.
var Holders = []Holder{Municipal, Shared, Regional, National, Nobody, Contested}

// Known tells whether h is one of Holders.
func (h Holder) Known() bool { return slices.Contains(Holders, h) }

// Instrument is a questionnaire. It is immutable once published under its code and version; keep the pointer.
type Instrument struct {
	Code, Version  string
	Title, About   Text
	Languages      []Language // the first is the source language
	Reviewed       []Language // languages whose texts a person has reviewed
	Scales         []Scale
	Dimensions     []Dimension // scored, in order
	Context        *Dimension  // the unscored city context module; nil when there is none
	Glossary       []Term
	Frameworks     []Framework
	Contradictions []Contradiction // rules about answers that hardly go together; outside the hash
	Hash           string          // SHA-256 (hex) of ids, kinds, English texts, powers and options; translations are outside it (decision 16)
	Source         []byte          // the file as it was read

	byID map[string]*Indicator
	subs map[string]*Subcategory
}

// Scale is a family of level indicators; Words name its five levels.
type Scale struct {
	ID    string
	Title Text
	Words [5]Text
}

// Dimension is one of the main parts of an instrument.
type Dimension struct {
	ID                  string // such as "MR"
	Title, Short, About Text
	Subcategories       []Subcategory
}

// Subcategory groups the indicators that stand on one page.
type Subcategory struct {
	ID           string // such as "MR.1"
	Dimension    string
	Title, Short Text
	Indicators   []*Indicator
}

// Indicator is one question. Its id never changes meaning.
type Indicator struct {
	ID                     string // such as "MR-01"
	Dimension, Subcategory string
	Kind                   Kind
	Scale                  string // of a level indicator: the id of its scale
	Core, Scored           bool
	Power                  Holder // the instrument's default
	Title, Question        Text
	Help, Evidence         Text
	Elsewhere              Text // what to answer when the power lies elsewhere
	Levels                 []Text
	Options                []Option
	Number                 *Bounds
	MaxLength              int                 // of a text, in characters
	Crosswalk              map[string][]string // framework id -> target ids
	Reviewed               []Language
	Line                   int // in the source file
}

// Option is one choice of a multiple-choice indicator. An exclusive option stands alone; the one with id "none" is worth 0 and is not counted as an option.
type Option struct {
	ID        string
	Label     Text
	Exclusive bool
}

// Bounds are the unit and limits of a number.
type Bounds struct {
	Unit     Text
	Min, Max float64
	Decimals int
}

// Term is a word of the glossary.
type Term struct {
	ID            string
	Term, Meaning Text
}

// Framework is a target of the crosswalk, such as the Global Compact for Migration.
type Framework struct {
	ID      string
	Title   Text
	Source  string
	Targets []Target
}

// Target is one objective, target, paragraph or guideline of a framework.
type Target struct {
	ID    string
	Title Text
}

// Name returns code@version.
func (in *Instrument) Name() string { return in.Code + "@" + in.Version }

// ParseName splits "code@version".
func ParseName(s string) (code, version string, ok bool) {
	code, version, ok = strings.Cut(s, "@")
	return code, version, ok && code != "" && version != ""
}

// Indicator returns the indicator with an id, context indicators too; nil when there is none.
func (in *Instrument) Indicator(id string) *Indicator { return in.byID[id] }

// Subcategory returns the sub-category with an id, those of the context module too; nil when there is none.
func (in *Instrument) Subcategory(id string) *Subcategory { return in.subs[id] }

// Dimension returns the dimension with an id, the context module too; nil when there is none.
func (in *Instrument) Dimension(id string) *Dimension {
	for i := range in.Dimensions {
		if in.Dimensions[i].ID == id {
			return &in.Dimensions[i]
		}
	}
	if in.Context != nil && in.Context.ID == id {
		return in.Context
	}
	return nil
}

// TitleOf returns the title of a dimension, a sub-category or an indicator; nil for an id that is none of them.
func (in *Instrument) TitleOf(id string) Text {
	if q := in.Indicator(id); q != nil {
		return q.Title
	}
	if s := in.Subcategory(id); s != nil {
		return s.Title
	}
	if d := in.Dimension(id); d != nil {
		return d.Title
	}
	return nil
}

// Sections returns every sub-category in order, the context module last.
func (in *Instrument) Sections() []*Subcategory {
	var out []*Subcategory
	for i := range in.Dimensions {
		for j := range in.Dimensions[i].Subcategories {
			out = append(out, &in.Dimensions[i].Subcategories[j])
		}
	}
	if in.Context != nil {
		for j := range in.Context.Subcategories {
			out = append(out, &in.Context.Subcategories[j])
		}
	}
	return out
}

// Indicators returns the indicators of the dimensions in order, without the context module (for urban-migof: the 90).
func (in *Instrument) Indicators() []*Indicator {
	var out []*Indicator
	for _, s := range in.Sections() {
		for _, q := range s.Indicators {
			if in.Context == nil || q.Dimension != in.Context.ID {
				out = append(out, q)
			}
		}
	}
	return out
}

// All returns every indicator in order, the context module last.
func (in *Instrument) All() []*Indicator {
	var out []*Indicator
	for _, s := range in.Sections() {
		out = append(out, s.Indicators...)
	}
	return out
}

// Scale returns the scale with an id; nil when there is none.
func (in *Instrument) Scale(id string) *Scale {
	for i := range in.Scales {
		if in.Scales[i].ID == id {
			return &in.Scales[i]
		}
	}
	return nil
}

// IsContext tells whether the indicator belongs to the unscored city context module.
func (in *Instrument) IsContext(q *Indicator) bool {
	return in.Context != nil && q.Dimension == in.Context.ID
}

// index builds the maps by id; Decode calls it once.
func (in *Instrument) index() {
	in.byID, in.subs = map[string]*Indicator{}, map[string]*Subcategory{}
	for _, s := range in.Sections() {
		in.subs[s.ID] = s
		for _, q := range s.Indicators {
			in.byID[q.ID] = q
		}
	}
}
