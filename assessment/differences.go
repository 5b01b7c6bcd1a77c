package assessment

import (
	"context"
	"strconv"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/stat"
	"migov/assessment/survey"
)

// Differences tell how far those who review and the cities of a round differ, item by item. They say something of the
// questions, not of the cities: nothing is summed up by city, and nothing is ranked.
type Differences struct {
	Store interface {
		Finder
		BackingReader
		Programme
	}
	Questionnaires Questionnaires
	Looks          *Looks
}

// Said is one word from outside on the version of an answer that counts now.
type Said struct {
	City     City
	Value    string // of the city
	Proposed string // empty where the answer was verified, or challenged without another value
	Kind     VerdictKind
	By       account.Role
	Reason   string
	Levels   float64 // proposed less the city's, in levels; 0 where the answer was verified
	Counts   bool    // Levels is a number: the indicator asks for a level, and the word names one or verifies
}

// Difference is what was said of an indicator in a round.
type Difference struct {
	Indicator                      *survey.Indicator
	Verified, Challenged, Proposed int // words; a challenge with another value counts as proposed alone
	Counted                        int // words with a number of levels
	Mean                           float64
	// Deviation is the standard deviation of the numbers, with n − 1; it is known from two numbers on.
	Deviation float64
	Said      []Said // by name of city
}

// Of reads the differences of a round, in the order of the questionnaire; indicators of which nothing was said are left out.
func (d Differences) Of(ctx context.Context, who account.Actor, code string) (Round, []Difference, error) {
	if !account.Allowed(who.Role, account.ReadDifferences) {
		return Round{}, nil, forbidden()
	}
	r, err := d.Store.Round(ctx, who, code)
	if err != nil {
		return r, nil, err
	}
	name, version, _ := survey.ParseName(r.Instrument)
	in, found := d.Questionnaires.Find(name, version)
	if !found {
		return r, nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": r.Instrument})
	}
	all, err := d.Store.Assessments(ctx, who, code)
	if err != nil {
		return r, nil, err
	}
	var closed []Assessment
	for _, a := range all {
		if !a.Open() {
			closed = append(closed, a)
		}
	}
	besides, err := d.Store.Backings(ctx, who, closed)
	if err != nil {
		return r, nil, err
	}
	sheets, err := d.Store.Sheets(ctx, who, ids(closed))
	if err != nil {
		return r, nil, err
	}
	for _, a := range closed {
		if err := d.Looks.Note(ctx, who, a); err != nil {
			return r, nil, err
		}
	}
	var out []Difference
	for _, q := range in.Indicators() {
		x := Difference{Indicator: q}
		for i, a := range closed {
			for _, v := range besides[i].VerdictsOf(q.ID) {
				if k := sheets[i].Answers[q.ID]; v.Version == k.Version {
					x.Said = append(x.Said, saidOf(q, a.City, k, v))
				}
			}
		}
		if len(x.Said) > 0 {
			x.sum()
			out = append(out, x)
		}
	}
	return r, out, nil
}

func saidOf(q *survey.Indicator, city City, k Kept, v Verdict) Said {
	s := Said{City: city, Value: k.Value, Proposed: v.Proposed, Kind: v.Kind, By: v.By.Role, Reason: v.Reason}
	if q.Kind != survey.Level {
		return s
	}
	is, err := strconv.Atoi(k.Value)
	switch {
	case err != nil:
	case v.Kind == VerdictVerified:
		s.Counts = true
	case v.Proposed != "":
		if other, err := strconv.Atoi(v.Proposed); err == nil {
			s.Levels, s.Counts = float64(other-is), true
		}
	}
	return s
}

func (x *Difference) sum() {
	var levels []float64
	for _, s := range x.Said {
		switch {
		case s.Kind == VerdictVerified:
			x.Verified++
		case s.Proposed != "":
			x.Proposed++
		default:
			x.Challenged++
		}
		if s.Counts {
			levels = append(levels, s.Levels)
		}
	}
	x.Counted = len(levels)
	x.Mean, x.Deviation = stat.Mean(levels)
}
