package assessment

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/results"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Packages writes what a round amounts to as a package that anybody can compute again; see package results.
type Packages struct {
	Store interface {
		Finder
		Programme
		Recorder
		BackingReader
	}
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Write writes the package of a round for an analyst of it: the cities that have handed in, by code. The reading is noted in the
// audit log of each. Nothing is written before the round was found; after an error the file is not whole. A round in
// which nobody has handed in is a Conflict, one of published readings Forbidden.
func (p Packages) Write(ctx context.Context, who account.Actor, code string, w io.Writer) (results.Manifest, error) {
	if !account.Allowed(who.Role, account.Compare) || !account.Allowed(who.Role, account.ExportAnswers) {
		return results.Manifest{}, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	round, err := p.Store.Round(ctx, who, code)
	if err != nil {
		return results.Manifest{}, err
	}
	if round.Published {
		return results.Manifest{}, fault.New(fault.Forbidden, "fault.round_published", nil)
	}
	instrument, version, _ := survey.ParseName(round.Instrument)
	in, ok := p.Questionnaires.Find(instrument, version)
	if !ok {
		return results.Manifest{}, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": round.Instrument})
	}
	all, err := p.Store.Assessments(ctx, who, code)
	if err != nil {
		return results.Manifest{}, err
	}
	all = slices.DeleteFunc(all, func(a Assessment) bool { return a.Open() || a.Perspective != Officials })
	if len(all) == 0 {
		return results.Manifest{}, fault.New(fault.Conflict, "fault.nobody_handed_in", nil)
	}
	slices.SortFunc(all, func(a, b Assessment) int { return strings.Compare(a.City.Code, b.City.Code) })
	at := p.Now()
	cities := func(yield func(results.City, error) bool) {
		for some := range slices.Chunk(all, atATime) {
			made, err := p.some(ctx, who, in, some, at)
			if err != nil {
				yield(results.City{}, err)
				return
			}
			for _, c := range made {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
	return results.Write(w, snapshot.Named{Code: round.Code, Name: round.Title}, p.Questionnaires.Scheme(in), at, cities)
}

func (p Packages) some(ctx context.Context, who account.Actor, in *survey.Instrument, some []Assessment, at time.Time) ([]results.City, error) {
	sheets, err := p.Store.Sheets(ctx, who, ids(some))
	if err != nil {
		return nil, err
	}
	backed, err := p.Store.Backings(ctx, who, some)
	if err != nil {
		return nil, err
	}
	events, out := make([]Event, len(some)), make([]results.City, len(some))
	for i, a := range some {
		events[i] = Event{At: at, Actor: author(who), City: a.City.ID, Action: "export", Subject: a.ID, Detail: "results"}
		out[i] = results.City{Code: a.City.Code, Name: a.City.Name, Country: a.City.Country}
		for _, q := range in.All() {
			k, power := sheets[i].Answers[q.ID], sheets[i].Powers[q.ID]
			if q.Kind == survey.Freetext || (k.Value == "" && k.NonAnswer == "" && power.Holder == "") {
				continue
			}
			out[i].Entries = append(out[i].Entries, results.Entry{Indicator: q.ID, Value: k.Value, NonAnswer: string(k.NonAnswer), Power: power.Holder,
				Standing: backed[i].StandingOf(k, q.ID, at)})
		}
	}
	return out, p.Store.Record(ctx, events...)
}
