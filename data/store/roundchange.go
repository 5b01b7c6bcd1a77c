package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
)

// ChangeRound implements assessment.RoundChanger.
func (s *Store) ChangeRound(ctx context.Context, r assessment.Round, scheme *score.Scheme, add, remove []string, by assessment.Author) error {
	now := time.Now()
	return s.transact(ctx, func(tx *gorm.DB) error {
		err := s.run(tx, "UPDATE round SET title = ?, due = ?, opens = ?, languages = ?, reviewers_compare = ?, moved = moved + 1 WHERE id = ?",
			r.Title, maybe(r.Due), maybe(r.Opens), joined(r.Languages), r.ReviewersCompare, r.ID)
		if err != nil {
			return err
		}
		if err := s.record(tx, assessment.Event{At: now, Actor: by, Action: "round.change", Subject: r.ID}); err != nil {
			return err
		}
		if err := s.takeOut(tx, r.ID, remove); err != nil {
			return err
		}
		if len(add) == 0 {
			return nil
		}
		if err := s.record(tx, assessment.Event{At: now, Actor: by, Action: "round.invite", Subject: r.ID}); err != nil {
			return err
		}
		return invite(tx, r.ID, scheme, add, kept(now))
	})
}

// begun are the tables that have a row as soon as somebody has worked on an assessment.
var begun = []string{"answer", "power", "revision", "alternative", "part", "thread", "citation", "verdict", "sign_off", "snapshot", "reopening", "reviewer", "clarification", "publication", "carried"}

// takeOut takes cities out of a round in which nothing was done yet. One in which something was done refuses the whole.
func (s *Store) takeOut(tx *gorm.DB, round string, cities []string) error {
	var refused []fault.Field
	out := 0
	for _, code := range cities {
		var city, id, name string
		err := s.row(tx, "SELECT a.city_id, a.id, c.name FROM assessment a JOIN city c ON c.id = a.city_id WHERE a.round_id = ? AND c.code = ? AND a.perspective = ?",
			[]any{round, code, string(assessment.Officials)}, &city, &id, &name)
		if isNone(err) {
			continue // it is out already
		}
		if err != nil {
			return err
		}
		condition, args := " WHERE city_id = ? AND id = ? AND handed_in IS NULL", []any{city, id}
		for _, table := range begun {
			condition += " AND NOT EXISTS (SELECT 1 FROM " + table + " x WHERE x.city_id = ? AND x.assessment_id = ?)"
			args = append(args, city, id)
		}
		var untouched int64
		if err := tx.Raw("SELECT COUNT(*) FROM assessment"+condition, args...).Scan(&untouched).Error; err != nil {
			return err
		}
		if untouched == 0 {
			refused = append(refused, fault.Field{Name: "remove", Key: "fault.round_city_begun", Args: fault.Args{"City": name}})
			continue
		}
		if err := s.run(tx, "DELETE FROM score WHERE city_id = ? AND assessment_id = ?", city, id); err != nil {
			return err
		}
		if err := s.run(tx, "DELETE FROM assessment WHERE city_id = ? AND id = ?", city, id); err != nil {
			return err
		}
		out++
	}
	if len(refused) > 0 {
		return fault.New(fault.Conflict, "fault.round_cities_begun", nil).WithFields(refused...)
	}
	if out == 0 {
		return nil
	}
	return s.run(tx, "UPDATE round SET taken = moved WHERE id = ?", round)
}

// bind gives an analyst the rounds that the same analyst makes.
func (s *Store) bind(tx *gorm.DB, round string, by assessment.Author) error {
	if by.Role != account.Analyst {
		return nil
	}
	return s.run(tx, "INSERT INTO account_round (account_id, round_id) VALUES (?, ?)", by.Account, round)
}
