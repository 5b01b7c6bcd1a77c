package assessment

import (
	"context"
	"slices"

	"migov/assessment/account"
	"migov/assessment/score"
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
	// MarksAtWork visits the marks of the same assessments, as far as they are at work: something was saved, and they are not handed in.
	// The marks are only counted.
	MarksAtWork(ctx context.Context, who account.Actor, round string, visit func(score.Marks)) error
	// SettledCounts returns in how many assessments at work each of these indicators is settled. It reads their answers.
	SettledCounts(ctx context.Context, who account.Actor, round string, indicators []string) (map[string]int, error)
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
	settled, atWork, err := c.settled(ctx, who, m.RoundOverview)
	m.AtWork = atWork
	if err == nil && atWork >= fewestStuck {
		m.Stuck = stuck(m.Instrument, settled, atWork)
	}
	return m, err
}

// settled counts in how many cities at work each indicator is settled. Marks tell it of scored ones without reading answers.
func (c Comparisons) settled(ctx context.Context, who account.Actor, x RoundOverview) (settled map[string]int, atWork int, err error) {
	scheme := c.Questionnaires.Scheme(x.Instrument)
	ids := scheme.ScoredIDs()
	counts := make([]int, len(ids))
	if err := c.Store.MarksAtWork(ctx, who, x.Round.Code, func(m score.Marks) {
		atWork++
		for i := range ids {
			if said := scheme.At(m, i); said.Answered || (survey.Answer{NonAnswer: said.NonAnswer}).Settled() {
				counts[i]++
			}
		}
	}); err != nil {
		return nil, 0, err
	}
	var unscored []string
	for _, q := range x.Instrument.Indicators() {
		if !slices.Contains(ids, q.ID) {
			unscored = append(unscored, q.ID)
		}
	}
	settled = map[string]int{}
	if len(unscored) > 0 && atWork >= fewestStuck {
		settled, err = c.Store.SettledCounts(ctx, who, x.Round.Code, unscored)
	}
	for i, id := range ids {
		settled[id] = counts[i]
	}
	return settled, atWork, err
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
