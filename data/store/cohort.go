package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/compare"
)

// cohortRows are the assessments of officials of a round that have moved since a number. Marks and numbers of a draft are not read.
const cohortRows = `SELECT a.id, a.city_id, c.code, c.name, c.country, c.region, c.income, c.population, c.roles, a.handed_in IS NOT NULL,
	CASE WHEN a.handed_in IS NULL THEN NULL ELSE s.marks END, CASE WHEN a.handed_in IS NULL THEN NULL ELSE s.numbers END,
	EXISTS (SELECT 1 FROM publication q WHERE q.city_id = a.city_id AND q.assessment_id = a.id AND q.withdrawn IS NULL AND q.audience IN ('peers', 'public')
		AND ',' || q.scope || ',' LIKE '%,numbers,%')
	FROM assessment a JOIN city c ON c.id = a.city_id JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id
	WHERE a.round_id = ? AND a.perspective = ? AND a.moved > ?`

// CohortSince implements assessment.CohortReader.
func (s *Store) CohortSince(ctx context.Context, round string, since int64, visit func(compare.City)) (moved int64, err error) {
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		if err := s.row(tx, "SELECT moved FROM round WHERE id = ?", []any{round}, &moved); err != nil {
			return err
		}
		var c compare.City // its numbers are read into the same slices again
		return s.rows(tx, cohortRows, []any{round, string(assessment.Officials), since}, func(found *sql.Rows) error {
			var roles string
			var marks, numbers sql.RawBytes
			if err := found.Scan(&c.Assessment, &c.ID, &c.Code, &c.Name, &c.Country, &c.Region, &c.Income, &c.Population, &roles, &c.HandedIn, &marks, &numbers, &c.Consents); err != nil {
				return err
			}
			c.Roles, c.Marks = apart(roles), nil
			if c.HandedIn {
				if err := c.Marks.UnmarshalBinary(marks); err != nil {
					return err
				}
				if err := c.Numbers.UnmarshalBinary(numbers); err != nil {
					return err
				}
			}
			visit(c)
			return nil
		})
	})
	return moved, s.known(err)
}

// advanceCity gives every assessment of a city the next number of its round, after what peer groups are made from has changed.
func (s *Store) advanceCity(tx *gorm.DB, city string) error {
	var all []string
	err := s.rows(tx, "SELECT id FROM assessment WHERE city_id = ? ORDER BY round_id", []any{city}, func(found *sql.Rows) error {
		var id string
		err := found.Scan(&id)
		all = append(all, id)
		return err
	})
	for _, id := range all {
		if err == nil {
			err = s.advance(tx, city, id)
		}
	}
	return err
}
