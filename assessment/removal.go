package assessment

import (
	"context"
	"time"
)

// warnings are how many days before the end of an unfinished assessment people are warned, the first warning last.
var warnings = []int{7, 30, 90}

// Ending is an assessment, never handed in, that retention will delete.
type Ending struct {
	Assessment, City, CityName, Round string    // ids, the name, and the code of the round
	Ends                              time.Time // when it is deleted, if nobody changes it and the round stays as it is
	Told                              time.Time // the end that people were warned of last
	Warned                            int       // days before that end, of the last warning; 0 for none
}

// Due is the warning that is due now, in days before the end; 0 when there is none, or when it was given.
func (e Ending) Due(now time.Time) int {
	for _, days := range warnings {
		if e.Ends.After(now.AddDate(0, 0, days)) {
			continue
		}
		if e.Told.Equal(e.Ends) && e.Warned != 0 && e.Warned <= days {
			return 0
		}
		return days
	}
	return 0
}

// fair is the end that people were told of, or will be now: at least some days ahead for an assessment that nobody was
// warned of before, as where retention is set later.
func (e Ending) fair(now time.Time) time.Time {
	if soonest := now.AddDate(0, 0, warnings[0]); e.Told.Before(e.Ends) && e.Ends.Before(soonest) {
		return soonest
	}
	if e.Told.After(e.Ends) {
		return e.Told
	}
	return e.Ends
}

// EndingKeeper finds what will be deleted and notes of what people were warned.
type EndingKeeper interface {
	// Ending lists the unfinished assessments that end before a time.
	Ending(ctx context.Context, r Retention, before time.Time) ([]Ending, error)
	// WarnOfEnding notes the warning, tells the coordinators of the city and the analysts of the round, and returns true; false
	// when it was given meanwhile.
	WarnOfEnding(ctx context.Context, e Ending, days int, at time.Time) (bool, error)
}

// WarnOfEnding tells people 90, 30 and 7 days before an unfinished assessment is deleted, each once, and returns how many
// warnings that were. A change of the assessment puts the end off, and the warnings begin anew.
func WarnOfEnding(ctx context.Context, s EndingKeeper, r Retention, now time.Time) (told int, err error) {
	all, err := s.Ending(ctx, r, now.AddDate(0, 0, warnings[len(warnings)-1]))
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		e.Ends = e.fair(now)
		days := e.Due(now)
		if days == 0 {
			continue
		}
		done, err := s.WarnOfEnding(ctx, e, days, now)
		if err != nil {
			return told, err
		}
		if done {
			told++
		}
	}
	return told, nil
}
