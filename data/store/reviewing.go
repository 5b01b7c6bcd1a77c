package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
)

// OpenQuestions implements assessment.QueueKeeper: one statement for each `together` assessments.
func (s *Store) OpenQuestions(ctx context.Context, who account.Actor, all []assessment.Assessment) (map[string]int, error) {
	out := map[string]int{}
	for some := range slices.Chunk(all, together) {
		var args []any
		for _, a := range some {
			if !account.Reach(who, a.Place()) {
				return nil, missing()
			}
			args = append(args, a.ID)
		}
		err := s.rows(s.read.WithContext(ctx), `SELECT x.assessment_id, COUNT(*) FROM assessment a CROSS JOIN clarification x
			WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND x.settled IS NULL AND a.id IN (?`+strings.Repeat(", ?", len(args)-1)+") GROUP BY x.assessment_id", args,
			func(found *sql.Rows) error {
				var id string
				var n int
				err := found.Scan(&id, &n)
				out[id] = n
				return err
			})
		if err != nil {
			return nil, s.known(err)
		}
	}
	return out, nil
}

// Elsewhere implements assessment.QueueKeeper. It counts, so that nobody learns which city said what.
func (s *Store) Elsewhere(ctx context.Context, who account.Actor, a assessment.Assessment, indicator string) (map[string]int, error) {
	if !account.Reach(who, a.Place()) {
		return nil, missing()
	}
	open := ""
	if who.Role == account.Reviewer {
		open = " AND r.reviewers_compare"
	}
	var out map[string]int
	err := s.rows(s.read.WithContext(ctx), `SELECT x.value, COUNT(*) FROM round r CROSS JOIN assessment a CROSS JOIN answer x
		WHERE r.id = ? AND NOT r.published`+open+` AND a.round_id = r.id AND a.handed_in IS NOT NULL AND a.perspective = ? AND a.city_id <> ?
		AND x.city_id = a.city_id AND x.assessment_id = a.id AND x.indicator = ? AND x.non_answer = '' AND x.value <> '' GROUP BY x.value`,
		[]any{a.Round.ID, string(a.Perspective), a.City.ID, indicator}, func(found *sql.Rows) error {
			var value string
			var n int
			if err := found.Scan(&value, &n); err != nil {
				return err
			}
			if out == nil {
				out = map[string]int{}
			}
			out[value] = n
			return nil
		})
	return out, s.known(err)
}

// Validate implements assessment.QueueKeeper.
func (s *Store) Validate(ctx context.Context, who account.Actor, id string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		var n int
		if err := s.row(tx, "SELECT COUNT(*) FROM clarification WHERE city_id = ? AND assessment_id = ? AND settled IS NULL", []any{l.city, id}, &n); err != nil {
			return err
		}
		if n > 0 && l.state.HandedIn() {
			return fault.New(fault.Conflict, "queue.questions_open", nil)
		}
		if err := l.step(review.Validate, by, at, ""); err != nil {
			return err
		}
		if err := s.touch(tx, l.city, id); err != nil {
			return err
		}
		a, err := l.assessment()
		if err != nil {
			return err
		}
		return s.tellHandIn(tx, a, assessment.NoticeStates["validated"], by, at)
	})
}
