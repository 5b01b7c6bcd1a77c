package assessment

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/place"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Planning keeps the programme: which cities take part, which rounds invite them, which instruments there are.
type Planning struct {
	Store          Programme
	Questionnaires interface {
		Questionnaires
		Add(in *survey.Instrument) error
	}
}

// codes stand in addresses and file names.
var codes = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,39}$`)

// maxName is the longest name of a city or a person, or title of a round, in characters.
const maxName = 200

// ParseDue reads the last day of a round, such as 2026-12-31; an empty text means that there is none.
func ParseDue(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fault.Wrap(err, fault.Invalid, "fault.due", nil).WithFields(fault.Field{Name: "due", Key: "fault.due"})
	}
	return day, nil
}

// AddCity takes a city in.
func (p Planning) AddCity(ctx context.Context, who account.Actor, c City) (City, error) {
	if err := mayPlan(who); err != nil {
		return c, err
	}
	c.Code, c.Name, c.Country = strings.TrimSpace(c.Code), strings.TrimSpace(c.Name), strings.ToUpper(strings.TrimSpace(c.Country))
	var faults []fault.Field
	faults = check(faults, codes.MatchString(c.Code), "code", "fault.code")
	faults = checkName(faults, c.Name, "name")
	faults = check(faults, place.Known(c.Country), "country", "fault.country")
	if len(faults) > 0 {
		return c, fault.New(fault.Invalid, "fault.city", nil).WithFields(faults...)
	}
	return p.Store.AddCity(ctx, c, author(who))
}

func mayPlan(who account.Actor) error {
	if !account.Allowed(who.Role, account.ManageProgramme) {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	return nil
}

func check(faults []fault.Field, fine bool, name, key string) []fault.Field {
	if fine {
		return faults
	}
	return append(faults, fault.Field{Name: name, Key: key})
}

func checkName(faults []fault.Field, s, name string) []fault.Field {
	if named(s) {
		return faults
	}
	return append(faults, fault.Field{Name: name, Key: "fault.name", Args: fault.Args{"Most": maxName}})
}

func named(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == utf8.RuneError })
}

// AddRound makes a round on an instrument of the library and invites cities, named by code. One that is unknown refuses the whole.
func (p Planning) AddRound(ctx context.Context, who account.Actor, r Round, cities ...string) (Round, error) {
	if err := mayPlan(who); err != nil {
		return r, err
	}
	r.Code, r.Title = strings.TrimSpace(r.Code), strings.TrimSpace(r.Title)
	in, scheme := p.scheme(r.Instrument)
	var faults []fault.Field
	faults = check(faults, codes.MatchString(r.Code), "code", "fault.code")
	faults = checkName(faults, r.Title, "title")
	faults = check(faults, in != nil, "instrument", "fault.instrument_unknown")
	faults = check(faults, r.Due.IsZero() || isDay(r.Due), "due", "fault.due")
	if len(faults) > 0 {
		return r, fault.New(fault.Invalid, "fault.round", nil).WithFields(faults...)
	}
	return p.Store.AddRound(ctx, r, in, scheme, cities, author(who))
}

// isDay tells whether t is a date of life: midnight UTC, in this century.
func isDay(t time.Time) bool {
	return t.Equal(t.UTC().Truncate(24*time.Hour)) && t.Year() >= 2000 && t.Year() < 2100
}

func (p Planning) scheme(name string) (*survey.Instrument, *score.Scheme) {
	code, version, _ := survey.ParseName(name)
	in, ok := p.Questionnaires.Find(code, version)
	if !ok {
		return nil, nil
	}
	return in, p.Questionnaires.Scheme(in)
}

// Invite adds cities, named by code, to a round; those already in it stay as they are.
func (p Planning) Invite(ctx context.Context, who account.Actor, round string, cities ...string) error {
	if err := mayPlan(who); err != nil {
		return err
	}
	r, err := p.Store.Round(ctx, who, round)
	if err != nil {
		return err
	}
	in, scheme := p.scheme(r.Instrument)
	if in == nil {
		return fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": r.Instrument})
	}
	return p.Store.AddCities(ctx, r.Code, scheme, cities, author(who))
}

// AddInstrument publishes an instrument. It is kept in the database and found from then on.
func (p Planning) AddInstrument(ctx context.Context, who account.Actor, in *survey.Instrument) error {
	if err := mayPlan(who); err != nil {
		return err
	}
	if old, known := p.Questionnaires.Find(in.Code, in.Version); known && old.Hash != in.Hash {
		return fault.New(fault.Conflict, "fault.instrument_taken", fault.Args{"Instrument": in.Name()})
	}
	if err := p.Store.AddInstrument(ctx, in, author(who)); err != nil {
		return err
	}
	return p.Questionnaires.Add(in)
}
