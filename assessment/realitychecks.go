package assessment

import (
	"context"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/reality"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// RealityChecks set what national texts say beside what cities answer.
type RealityChecks struct {
	Store interface {
		Finder
		Programme
		StatementKeeper
		MarksReader
	}
	Questionnaires Questionnaires
	Looks          *Looks // notes reading from outside
}

// MarksReader reads what a reality check counts.
type MarksReader interface {
	// RoundCountries counts the cities of a round within reach, by country.
	RoundCountries(ctx context.Context, who account.Actor, r Round) ([]RoundCountry, error)
	// MarksOfCountry reads the marks of the officials' assessments of a country that were handed in, in one query, by name of city.
	MarksOfCountry(ctx context.Context, who account.Actor, r Round, country string) ([]CityMarks, error)
}

// RoundCountry is a country with cities in a round.
type RoundCountry struct {
	Country    string
	Cities     int
	HandedIn   int
	Statements int // published for the questionnaire of the round
}

// CityMarks are the marks of one city's assessment.
type CityMarks struct {
	City       City
	Assessment string
	Marks      score.Marks
}

// RealityCheck is the reality check of one country in one round.
type RealityCheck struct {
	reality.Check
	Round      Round
	Instrument *survey.Instrument
	Countries  []RoundCountry
	Country    RoundCountry // zero while none was chosen and none suggests itself
	Cities     []CityMarks  // in the order of the pairs
}

// Of checks a country. Without one it takes the first that has statements and cities that have handed in. A country that has
// no city in the round is NotFound. Readings of published material are never checked.
func (r RealityChecks) Of(ctx context.Context, who account.Actor, code, country string) (out RealityCheck, err error) {
	if !account.Allowed(who.Role, account.Compare) {
		return out, forbidden()
	}
	if out.Round, err = r.Store.Round(ctx, who, code); err != nil {
		return out, err
	}
	if out.Round.Published {
		return out, fault.New(fault.Forbidden, "fault.round_published", nil)
	}
	if out.Instrument, err = r.instrument(out.Round); err != nil {
		return out, err
	}
	if out.Countries, err = r.Store.RoundCountries(ctx, who, out.Round); err != nil {
		return out, err
	}
	for _, c := range out.Countries {
		if c.Country == country || country == "" && out.Country.Country == "" && c.Statements > 0 && c.HandedIn > 0 {
			out.Country = c
		}
	}
	if out.Country.Country == "" {
		if country != "" {
			err = fault.New(fault.NotFound, "fault.not_found", nil)
		}
		return out, err
	}
	statements, err := r.Store.PublishedStatements(ctx, out.Country.Country, out.Instrument.Code)
	if err != nil {
		return out, err
	}
	if out.Cities, err = r.Store.MarksOfCountry(ctx, who, out.Round, out.Country.Country); err != nil {
		return out, err
	}
	read := make([]Assessment, len(out.Cities))
	for i, c := range out.Cities {
		read[i] = Assessment{ID: c.Assessment, City: c.City, Round: out.Round}
	}
	if err = r.Looks.NoteAll(ctx, who, read); err != nil {
		return out, err
	}
	scheme := r.Questionnaires.Scheme(out.Instrument)
	cities := make([]reality.City, len(out.Cities))
	for i, c := range out.Cities {
		cities[i] = replies(scheme, c.City.ID, c.Marks)
	}
	out.Check = reality.Of(out.Instrument, statements, cities)
	return out, nil
}

func replies(scheme *score.Scheme, city string, m score.Marks) reality.City {
	return reality.City{ID: city, Answer: func(indicator string) score.Line {
		l, _ := scheme.Line(m, indicator)
		return l
	}}
}

func (r RealityChecks) instrument(round Round) (*survey.Instrument, error) {
	code, version, _ := survey.ParseName(round.Instrument)
	in, ok := r.Questionnaires.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": round.Instrument})
	}
	return in, nil
}

// OwnReality is what is published of a country beside the answers of one city, and of no other.
type OwnReality struct {
	reality.Check
	Assessment Assessment
	Instrument *survey.Instrument
}

// Own checks the answers of one assessment as they stand now.
func (r RealityChecks) Own(ctx context.Context, who account.Actor, id string) (out OwnReality, err error) {
	if out.Assessment, err = r.Store.Assessment(ctx, who, id); err != nil {
		return out, err
	}
	if !account.Allowed(who.Role, account.ReadAssessment) {
		return out, forbidden()
	}
	if out.Assessment.Round.Published {
		return out, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if out.Instrument, err = r.instrument(out.Assessment.Round); err != nil {
		return out, err
	}
	if err := r.Looks.Note(ctx, who, out.Assessment); err != nil {
		return out, err
	}
	statements, err := r.Store.PublishedStatements(ctx, out.Assessment.City.Country, out.Instrument.Code)
	if err != nil {
		return out, err
	}
	sheet, err := r.Store.SheetOf(ctx, who, out.Assessment)
	if err != nil {
		return out, err
	}
	scheme := r.Questionnaires.Scheme(out.Instrument)
	out.Check = reality.Of(out.Instrument, statements, []reality.City{replies(scheme, out.Assessment.City.ID, scheme.Marks(sheet.Plain(), sheet.Holders()))})
	return out, nil
}
