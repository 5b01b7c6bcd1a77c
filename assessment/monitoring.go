package assessment

import (
	"context"

	"migov/assessment/account"
	"migov/assessment/survey"
)

// CityCount is what a monitor tells of an assessment beside its state: numbers alone, never what was answered.
type CityCount struct {
	Cited     int // answers with a value that cite evidence of the library, or say in a text what supports them
	Questions int // of reviewers that the city has not replied to
	Carried   int // answers of an earlier round that nobody has confirmed yet
}

// Stuck is an indicator that many cities at work have not settled yet.
type Stuck struct {
	Indicator string
	Cities    int
}

// MonitorReader counts over a whole round in a fixed number of statements.
type MonitorReader interface {
	// CityCounts returns questions and carried answers of the assessments of officials of a round within reach, by id;
	// nothing for one without any.
	CityCounts(ctx context.Context, who account.Actor, round string) (map[string]CityCount, error)
	// CitedCounts returns the number of answers with evidence, of the same assessments: of those with these ids, of all for
	// nil. It reads every answer of theirs.
	CitedCounts(ctx context.Context, who account.Actor, round string, ids []string) (map[string]int, error)
	// SettledCounts returns of how many assessments at work, those in which something was saved, each indicator is settled, and how many there are.
	SettledCounts(ctx context.Context, who account.Actor, round string) (settled map[string]int, atWork int, err error)
}

// Monitor is a round with what its monitor tells.
type Monitor struct {
	RoundOverview
	Counts map[string]CityCount // by id of the assessment; Cited only where Cite was asked for it
	Stuck  []Stuck              // the most first, at most mostStuck
	AtWork int                  // cities that have begun and not handed in
}

// mostStuck is how many indicators are named at which cities get stuck, and fewestStuck of how many cities that says something.
const mostStuck, fewestStuck = 3, 3

// Monitor tells an analyst of a round how far its cities are.
func (c Comparisons) Monitor(ctx context.Context, who account.Actor, code string) (m Monitor, err error) {
	if m.RoundOverview, err = c.Overview(ctx, who, code); err != nil {
		return m, err
	}
	if m.Counts, err = c.Store.CityCounts(ctx, who, m.Round.Code); err != nil {
		return m, err
	}
	settled, atWork, err := c.Store.SettledCounts(ctx, who, m.Round.Code)
	m.AtWork = atWork
	if err == nil && atWork >= fewestStuck {
		m.Stuck = stuck(m.Instrument, settled, atWork)
	}
	return m, err
}

// Cite completes the counts of a monitor with the number of answers with evidence: of the assessments with these ids, of all for nil.
func (c Comparisons) Cite(ctx context.Context, who account.Actor, m Monitor, ids []string) error {
	if ids != nil && len(ids) == 0 {
		return nil
	}
	cited, err := c.Store.CitedCounts(ctx, who, m.Round.Code, ids)
	for id, n := range cited {
		x := m.Counts[id]
		x.Cited = n
		m.Counts[id] = x
	}
	return err
}

// stuck are the indicators that most cities at work have open, of those that more than half of them have.
func stuck(in *survey.Instrument, settled map[string]int, atWork int) (out []Stuck) {
	for _, q := range in.Indicators() {
		s := Stuck{q.ID, atWork - settled[q.ID]}
		if 2*s.Cities <= atWork {
			continue
		}
		i := 0
		for i < len(out) && out[i].Cities >= s.Cities {
			i++
		}
		out = append(out[:i], append([]Stuck{s}, out[i:]...)...)
	}
	return out[:min(len(out), mostStuck)]
}
