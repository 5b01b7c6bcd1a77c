package store

import (
	"context"
	"database/sql"
	"strings"

	"migov/assessment"
	"migov/assessment/account"
)

// RoundCountries implements assessment.MarksReader.
func (s *Store) RoundCountries(ctx context.Context, who account.Actor, r assessment.Round) (out []assessment.RoundCountry, err error) {
	scope, args := within(who)
	code, _, _ := strings.Cut(r.Instrument, "@")
	args = append(append([]any{code}, args...), r.ID, string(assessment.Officials))
	err = s.rows(s.read.WithContext(ctx), `SELECT c.country, COUNT(*), COUNT(a.handed_in),
		(SELECT COUNT(*) FROM statement t WHERE t.country = c.country AND t.instrument = ? AND t.published > 0)
		FROM assessment a JOIN city c ON c.id = a.city_id WHERE `+scope+` AND a.round_id = ? AND a.perspective = ? GROUP BY c.country ORDER BY c.country`, args,
		func(found *sql.Rows) error {
			var c assessment.RoundCountry
			err := found.Scan(&c.Country, &c.Cities, &c.HandedIn, &c.Statements)
			out = append(out, c)
			return err
		})
	return out, s.known(err)
}

// MarksOfCountry implements assessment.MarksReader.
func (s *Store) MarksOfCountry(ctx context.Context, who account.Actor, r assessment.Round, country string) (out []assessment.CityMarks, err error) {
	scope, args := within(who)
	args = append(args, r.ID, country, string(assessment.Officials))
	err = s.rows(s.read.WithContext(ctx), `SELECT a.id, c.id, c.code, c.name, c.country, c.fictional, s.marks
		FROM assessment a JOIN city c ON c.id = a.city_id JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id
		WHERE `+scope+" AND a.round_id = ? AND c.country = ? AND a.perspective = ? AND a.handed_in IS NOT NULL ORDER BY c.id", args, func(found *sql.Rows) error {
		var m assessment.CityMarks
		var raw []byte
		if err := found.Scan(&m.Assessment, &m.City.ID, &m.City.Code, &m.City.Name, &m.City.Country, &m.City.Fictional, &raw); err != nil {
			return err
		}
		if !account.Reach(who, account.Place{City: m.City.ID, Round: r.ID, ID: m.Assessment, HandedIn: true}) {
			return nil
		}
		out = append(out, m)
		return out[len(out)-1].Marks.UnmarshalBinary(raw)
	})
	byName(out, func(m assessment.CityMarks) string { return m.City.Name })
	return out, s.known(err)
}
