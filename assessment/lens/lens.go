// Package lens reads the answers of an assessment through another framework: the Global Compact for Migration, the Sustainable
// Development Goals, the New Urban Agenda, the guidelines of the MICIC initiative.
//
// A lens is a way of reading. A link says that an indicator tells something of an objective, rarely everything, so nothing is ever
// added up over objectives, and an objective with fewer than two indicators that apply has no number.
package lens

import (
	"slices"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// Type is how much an indicator tells of an objective.
type Type string

// The types, from the closest.
const (
	Full    Type = "full"    // the indicator asks the very thing that the objective asks of a city
	Partial Type = "partial" // a part of it, one group, or one step towards it
	Context Type = "context" // a circumstance that helps or hinders; it is listed and does not count in the number
)

// Types lists the types, from the closest.
var Types = []Type{Full, Partial, Context}

// Known tells whether t is a type.
func (t Type) Known() bool { return slices.Contains(Types, t) }

// Link is why an indicator is linked to an objective.
type Link struct {
	Indicator, Target string // ids
	Type              Type
	Why               survey.Text // one sentence
}

// Lens is what is kept of a framework beside the crosswalk of a questionnaire.
type Lens struct {
	Framework     string   // id, such as "gcm"
	Questionnaire string   // code of the questionnaire whose indicators the links name
	Targets       []string // every id of the framework in order, linked or not; none when nobody has listed them
	Links         []Link

	at map[[2]string]int // of Links, by indicator and target
}

// Link finds the link of an indicator and an objective.
func (l *Lens) Link(indicator, target string) (Link, bool) {
	i, ok := l.at[[2]string{indicator, target}]
	if !ok {
		return Link{Indicator: indicator, Target: target}, false
	}
	return l.Links[i], true
}

// Coverage is how many indicators tell of an objective.
type Coverage string

// The coverages. The bounds are ours: five indicators see an objective from several sides, one sees it from a single side.
const (
	Broad Coverage = "broad" // five or more
	Some  Coverage = "some"  // two to four
	Thin  Coverage = "thin"  // one
	None  Coverage = "none"
)

// Coverages lists the coverages, from the broadest.
var Coverages = []Coverage{Broad, Some, Thin, None}

// CoverageOf is the coverage by a number of linked indicators.
func CoverageOf(indicators int) Coverage {
	switch {
	case indicators >= 5:
		return Broad
	case indicators >= 2:
		return Some
	case indicators == 1:
		return Thin
	}
	return None
}

// Fewest is the least number of indicators that must count in an objective, and apply to a city, for it to have a number.
const Fewest = 2

// Tie is an indicator that is linked to an objective.
type Tie struct {
	*survey.Indicator
	Link
	Explained bool // somebody has written type and reason; otherwise the link counts as partial
	Counts    bool // in the number of the objective: scored, and more than context
}

// Objective is one objective, target, paragraph or guideline with the indicators that are linked to it.
type Objective struct {
	survey.Target
	Coverage Coverage
	Ties     []Tie // in the order of the questionnaire
}

// Counting are the ids of the indicators that count in the number.
func (o Objective) Counting() (ids []string) {
	for _, t := range o.Ties {
		if t.Counts {
			ids = append(ids, t.Indicator.ID)
		}
	}
	return ids
}

// InPart tells that the number of an objective speaks of a part of it: not every indicator that counts is linked in full.
func (o Objective) InPart() bool {
	return slices.ContainsFunc(o.Ties, func(t Tie) bool { return t.Counts && t.Type != Full })
}

// View is a questionnaire seen through a framework.
type View struct {
	survey.Framework
	Objectives []Objective // those the questionnaire knows, in its order
	Links      int         // in all
	Beyond     []string    // ids of the framework that the questionnaire does not know, so that no indicator tells of them
	Removed    []Link      // links to an indicator, or of a pair, that the questionnaire has no more
}

// Through sees a questionnaire through one of its frameworks; not ok when it has no such framework. Without a lens, or with that of
// another questionnaire, no link has a reason.
func Through(in *survey.Instrument, framework string, l *Lens) (v View, ok bool) {
	at := slices.IndexFunc(in.Frameworks, func(f survey.Framework) bool { return f.ID == framework })
	if at < 0 {
		return v, false
	}
	v.Framework = in.Frameworks[at]
	if l == nil || l.Questionnaire != in.Code {
		l = &Lens{Framework: framework}
	}
	ties, left := map[string][]Tie{}, map[[2]string]bool{}
	for _, k := range l.Links {
		left[[2]string{k.Indicator, k.Target}] = true
	}
	for _, d := range in.Dimensions {
		for _, sub := range d.Subcategories {
			for _, q := range sub.Indicators {
				for _, target := range q.Crosswalk[framework] {
					k, explained := l.Link(q.ID, target)
					if !explained {
						k.Type = Partial
					}
					ties[target] = append(ties[target], Tie{q, k, explained, q.Scored && k.Type != Context})
					delete(left, [2]string{q.ID, target})
					v.Links++
				}
			}
		}
	}
	known := map[string]bool{}
	for _, t := range v.Framework.Targets {
		known[t.ID] = true
		v.Objectives = append(v.Objectives, Objective{t, CoverageOf(len(ties[t.ID])), ties[t.ID]})
	}
	for _, id := range l.Targets {
		if !known[id] {
			v.Beyond = append(v.Beyond, id)
		}
	}
	for _, k := range l.Links {
		if left[[2]string{k.Indicator, k.Target}] {
			v.Removed = append(v.Removed, k)
		}
	}
	return v, true
}

// Uncovered are the objectives that the questionnaire knows and no indicator tells of.
func (v View) Uncovered() (out []Objective) {
	for _, o := range v.Objectives {
		if o.Coverage == None {
			out = append(out, o)
		}
	}
	return out
}

// Numberless counts the objectives that can have no number in any city.
func (v View) Numberless() (n int) {
	for _, o := range v.Objectives {
		if len(o.Counting()) < Fewest {
			n++
		}
	}
	return n
}

// The notes of a lens, beside those of the method.
const (
	TooFewLinks score.Note = "too_few_links" // fewer than Fewest indicators count
	TooFewApply score.Note = "too_few_apply" // fewer than Fewest of them apply to the city
)

// Value is what an objective amounts to in an assessment.
type Value struct {
	score.Interval // the situation, by the rules of a sub-category; absent with a note
	Note           score.Note
	score.Result   // what is counted
}

// Sets compiles the objectives of a view, in order.
func (v View) Sets(s *score.Scheme) []score.Set {
	out := make([]score.Set, len(v.Objectives))
	for i, o := range v.Objectives {
		out[i] = s.Set(o.Counting())
	}
	return out
}

// ValueOf is the situation of an assessment in an objective.
func ValueOf(set score.Set, m score.Marks) (v Value) {
	if set.Size() < Fewest {
		v.Note = TooFewLinks
		return v
	}
	v.Result = set.Result(m)
	v.Note = v.Result.SituationNote()
	switch {
	case v.Note == score.NothingApplicable:
	case v.Applicable < Fewest:
		v.Note = TooFewApply
	default:
		v.Interval = v.Result.Situation
	}
	return v
}
