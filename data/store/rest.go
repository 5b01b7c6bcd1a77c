package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
)

// RestDays implements assessment.RestKeeper.
func (s *Store) RestDays(ctx context.Context, city string) (days assessment.RestDays, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT rest_days FROM city WHERE id = ?", []any{city}, &days)
	return days, s.known(err)
}

// SetRestDays implements assessment.RestKeeper.
func (s *Store) SetRestDays(ctx context.Context, city string, days assessment.RestDays, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE city SET rest_days = ? WHERE id = ?", int(days), city)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, City: city, Action: "city.rest", Subject: city})
	})
}

// resting is true of a person, by the id in a column, whose city rests on a day of the week; it takes the bit of that day.
func resting(account string) string {
	return "EXISTS (SELECT 1 FROM account w JOIN city c ON c.id = w.city_id WHERE w.id = " + account + " AND (c.rest_days & ?) <> 0)"
}

// dayBit is the bit of the day of a moment.
func dayBit(at time.Time) int { return int(assessment.RestOn(at.UTC().Weekday())) }
