package assessment

import (
	"context"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Comparisons sets the cities of a round side by side. Only assessments handed in count; nothing is ever ranked.
type Comparisons struct {
	Store interface {
		Finder
		Scorer
		Programme
		MonitorReader
	}
	Questionnaires Questionnaires
}

// RoundOverview is a round and how far its cities are, by name of city.
type RoundOverview struct {
	Round      Round
	Instrument *survey.Instrument
	Cities     []Assessment
}

// RoundResults is a round: its instrument and the rows of its cities, by name of city.
type RoundResults struct {
	Round      Round
	Instrument *survey.Instrument
	Rows       []ScoreRow
}

// RoundTally is how far a round is.
type RoundTally struct {
	Round            Round
	Cities, HandedIn int
}

// Mine lists the rounds of an analyst with how far they are, those without a city too.
func (c Comparisons) Mine(ctx context.Context, who account.Actor) ([]RoundTally, error) {
	if !account.Allowed(who.Role, account.ReadRound) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := c.Store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	counted, err := c.Store.RoundTallies(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []RoundTally
	for _, r := range all {
		if !who.InRound(r.ID) {
			continue
		}
		line := RoundTally{Round: r}
		for _, x := range counted {
			if x.Round.ID == r.ID {
				line = x
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// Of reads the results of a round for an analyst of it. Readings of published material are never compared.
func (c Comparisons) Of(ctx context.Context, who account.Actor, code string) (RoundResults, error) {
	var out RoundResults
	if !account.Allowed(who.Role, account.Compare) {
		return out, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	r, err := c.Store.Round(ctx, who, code)
	if err != nil {
		return out, err
	}
	if r.Published {
		return out, fault.New(fault.Forbidden, "fault.round_published", nil)
	}
	in, err := c.instrument(r)
	if err != nil {
		return out, err
	}
	rows, err := c.Store.Scores(ctx, who, r.Code)
	return RoundResults{Round: r, Instrument: in, Rows: rows}, err
}

func (c Comparisons) instrument(r Round) (*survey.Instrument, error) {
	code, version, _ := survey.ParseName(r.Instrument)
	in, ok := c.Questionnaires.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": r.Instrument})
	}
	return in, nil
}

// Overview lists the assessments of a round for an analyst of it: who has handed in, and how far the others are.
func (c Comparisons) Overview(ctx context.Context, who account.Actor, code string) (RoundOverview, error) {
	var out RoundOverview
	if !account.Allowed(who.Role, account.ReadRound) {
		return out, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	r, err := c.Store.Round(ctx, who, code)
	if err != nil {
		return out, err
	}
	in, err := c.instrument(r)
	if err != nil {
		return out, err
	}
	cities, err := c.Store.RoundCities(ctx, who, r.Code)
	return RoundOverview{Round: r, Instrument: in, Cities: cities}, err
}
