package frontend

import (
	"migov/assessment/survey"
	"migov/data/locale"
)

// Instruments is the list of questionnaires.
type Instruments struct {
	Frame
	List []*survey.Instrument
}

// Instrument shows a whole questionnaire, to read and to print.
type Instrument struct {
	Frame
	*survey.Instrument
}

// Parts are the dimensions in order, the unscored context module last.
func (p Instrument) Parts() []survey.Dimension {
	parts := p.Dimensions
	if p.Context != nil {
		parts = append(parts[:len(parts):len(parts)], *p.Context)
	}
	return parts
}

// Core counts the core questions.
func (p Instrument) Core() (n int) {
	for _, q := range p.Indicators() {
		if q.Core {
			n++
		}
	}
	return n
}

// Foreign tells whether the page is in another language than the source of the questionnaire, so that parts may stand untranslated.
func (p Instrument) Foreign() bool { return string(p.Languages[0]) != p.Lang }

// Tongues names the languages of the questionnaire in themselves.
func (p Instrument) Tongues() (names []string) {
	for _, l := range p.Languages {
		names = append(names, locale.Names[string(l)])
	}
	return names
}

// Tags are the targets of the crosswalk that a question speaks to, in the order of the frameworks.
func (p Instrument) Tags(q *survey.Indicator) (tags []Tag) {
	for _, f := range p.Frameworks {
		for _, t := range q.Crosswalk[f.ID] {
			tags = append(tags, Tag{f.ID, t})
		}
	}
	return tags
}

// Tag is a target of the crosswalk.
type Tag struct{ Framework, Target string }

// Words are the words of the five levels of an indicator.
func (p Instrument) Words(q *survey.Indicator) (words [5]survey.Text) {
	if s := p.Scale(q.Scale); s != nil {
		words = s.Words
	}
	return words
}
