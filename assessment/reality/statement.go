package reality

import (
	"strings"
	"time"

	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Says is what a national text says of the subject of an indicator.
type Says string

// What a text can say.
const (
	InPlace    Says = "in_place"
	Partly     Says = "partly"
	NotInPlace Says = "not_in_place"
)

// AllSays lists what a text can say.
var AllSays = []Says{InPlace, Partly, NotInPlace}

// Statement is what a national strategy, law or report says of the subject of one indicator.
type Statement struct {
	ID         string
	Country    string // as in assessment.City
	Instrument string // code without version: an indicator id never changes meaning
	Indicator  string
	Says       Says
	Text       string    // the passage, or its sense in the words of whoever entered it
	Source     string    // title of the paper and place in it; empty in a draft
	URL        string    // empty for none
	Date       time.Time // of the paper, at midnight UTC; zero in a draft
	Language   string    // of the text: a language tag such as "fr" or "pt-BR"
}

// Limits in characters.
const (
	MaxText   = 4000
	MaxSource = 500
)

// Given is a statement as a person types it.
type Given struct {
	Indicator, Says, Text, Source, URL, Date, Language string
}

// Clean reads a statement on an instrument. A draft may lack source and date; see Publishable. The names of the faults are
// those of the fields, in small letters.
func Clean(g Given, in *survey.Instrument, today time.Time) (s Statement, faults []fault.Field) {
	bad := func(name, key string) { faults = append(faults, fault.Field{Name: name, Key: key}) }
	s = Statement{Instrument: in.Code, Indicator: strings.TrimSpace(g.Indicator), Says: Says(g.Says), Language: strings.TrimSpace(g.Language),
		Text: strings.TrimSpace(g.Text), Source: strings.Join(strings.Fields(g.Source), " ")}
	if q := in.Indicator(s.Indicator); q == nil || !q.Scored {
		bad("indicator", "reality.indicator_bad")
	}
	if s.Says != InPlace && s.Says != Partly && s.Says != NotInPlace {
		bad("says", "reality.says_bad")
	}
	if s.Text == "" {
		bad("text", "reality.text_missing")
	}
	long := func(name, text string, limit int) {
		if _, f := survey.CleanText(text, limit); f != nil {
			f.Name = name
			faults = append(faults, *f)
		}
	}
	long("text", s.Text, MaxText)
	long("source", s.Source, MaxSource)
	if link := strings.TrimSpace(g.URL); link != "" {
		var f *fault.Field
		if s.URL, f = evidence.CleanLink(link); f != nil {
			faults = append(faults, *f)
		}
	}
	if day := strings.TrimSpace(g.Date); day != "" {
		t, err := time.Parse(time.DateOnly, day)
		switch {
		case err != nil || t.Year() < 1900:
			bad("date", "reality.date_bad")
		case t.After(today):
			bad("date", "reality.date_future")
		default:
			s.Date = t
		}
	}
	if !isTag(s.Language) {
		bad("language", "reality.language_bad")
	}
	return s, faults
}

// isTag tells whether a text has the shape of a language tag: a language of two or three letters, then parts of up to eight
// letters or figures.
func isTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) < 2 || i == 0 && len(part) > 3 || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
		if i == 0 && strings.ContainsAny(part, "0123456789") {
			return false
		}
	}
	return true
}

// Publishable says what is missing before others may read a statement: a reader must be able to look it up.
func (s Statement) Publishable() (faults []fault.Field) {
	if s.Source == "" {
		faults = append(faults, fault.Field{Name: "source", Key: "reality.source_missing"})
	}
	if s.Date.IsZero() {
		faults = append(faults, fault.Field{Name: "date", Key: "reality.date_missing"})
	}
	return faults
}
