package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
)

// OpenQuestions implements assessment.QueueKeeper: one statement for each `together` assessments.
func (s *Store) OpenQuestions(ctx context.Context, who account.Actor, all []assessment.Assessment, now time.Time) (map[string]assessment.OpenQuestions, error) {
	out := map[string]assessment.OpenQuestions{}
	for some := range slices.Chunk(all, together) {
		args := []any{kept(now.UTC().Truncate(24 * time.Hour))} // days are those of UTC; see assessment.Late
		for _, a := range some {
			if !account.Reach(who, a.Place()) {
				return nil, missing()
			}
			args = append(args, a.ID)
		}
		err := s.rows(s.read.WithContext(ctx), `SELECT x.assessment_id, COUNT(*), SUM(CASE WHEN x.outcome = '' AND x.due < ? THEN 1 ELSE 0 END) FROM assessment a CROSS JOIN clarification x
			WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND x.settled IS NULL AND a.id IN (?`+strings.Repeat(", ?", len(some)-1)+") GROUP BY x.assessment_id", args,
			func(found *sql.Rows) error {
				var id string
				var n assessment.OpenQuestions
				err := found.Scan(&id, &n.Open, &n.Overdue)
				out[id] = n
				return err
			})
		if err != nil {
			return nil, s.known(err)
		}
	}
	return out, nil
}

// Elsewhere implements assessment.QueueKeeper. A reviewer, who does not read every city, asks Told.
func (s *Store) Elsewhere(ctx context.Context, who account.Actor, a assessment.Assessment, indicator string) (map[string]int, error) {
	if !account.Reach(who, a.Place()) {
		return nil, missing()
	}
	if who.Role == account.Reviewer {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	var out map[string]int
	err := s.rows(s.read.WithContext(ctx), `SELECT x.value, COUNT(*) FROM round r CROSS JOIN assessment a CROSS JOIN answer x
		WHERE r.id = ? AND NOT r.published AND a.round_id = r.id AND a.handed_in IS NOT NULL AND a.perspective = ? AND a.city_id <> ?
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

// untold are the assessments of a round that were handed in and belong to no lot; its arguments are round and perspective.
const untold = ` FROM assessment a WHERE a.round_id = ? AND a.perspective = ? AND a.handed_in IS NOT NULL AND NOT EXISTS
	(SELECT 1 FROM told t WHERE t.round_id = a.round_id AND t.perspective = a.perspective AND t.indicator = '' AND t.assessment_id = a.id)`

// Told implements assessment.QueueKeeper.
func (s *Store) Told(ctx context.Context, who account.Actor, a assessment.Assessment, indicator string) (out []review.Told, err error) {
	if !account.Reach(who, a.Place()) {
		return nil, missing()
	}
	read, where := s.read.WithContext(ctx), []any{a.Round.ID, string(a.Perspective)}
	waiting, err := s.untold(read, who, where)
	if err != nil {
		return nil, s.known(err)
	}
	if review.Complete(waiting) {
		if err := s.addLot(ctx, who, where); err != nil {
			return nil, err
		}
	}
	err = s.rows(read, "SELECT lot, assessment_id, value FROM told WHERE round_id = ? AND perspective = ? AND indicator = ? AND value IN ('0', '1', '2', '3', '4')",
		append(where, indicator), func(found *sql.Rows) error {
			var x review.Told
			var value string
			err := found.Scan(&x.Lot, &x.Assessment, &value)
			x.Level, _ = strconv.Atoi(value)
			out = append(out, x)
			return err
		})
	return out, s.known(err)
}

// untold counts those that wait for a lot and that a reviewer does not read.
func (s *Store) untold(tx *gorm.DB, who account.Actor, where []any) (n int, err error) {
	err = s.rows(tx, "SELECT a.id"+untold, where, func(found *sql.Rows) error {
		var id string
		err := found.Scan(&id)
		if !slices.Contains(who.Assigned, id) {
			n++
		}
		return err
	})
	return n, err
}

// addLot makes a lot of what waits for one, with all their levels as they are. Of two at the same moment the later finds
// nothing that waits.
func (s *Store) addLot(ctx context.Context, who account.Actor, where []any) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.run(tx, "UPDATE round SET code = code WHERE id = ?", where[0]); err != nil { // one after the other
			return err
		}
		var lot int
		if waiting, err := s.untold(tx, who, where); err != nil || !review.Complete(waiting) {
			return err
		}
		if err := s.row(tx, "SELECT COALESCE(MAX(lot), 0) + 1 FROM told WHERE round_id = ? AND perspective = ? AND indicator = ''", where, &lot); err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO told (round_id, perspective, indicator, assessment_id, lot, value) SELECT a.round_id, a.perspective, '', a.id, CAST(? AS INTEGER), ''"+untold,
			append([]any{lot}, where...)...); err != nil {
			return err
		}
		return s.run(tx, `INSERT INTO told (round_id, perspective, indicator, assessment_id, lot, value) SELECT t.round_id, t.perspective, x.indicator, t.assessment_id, t.lot, x.value
			FROM told t JOIN assessment a ON a.id = t.assessment_id JOIN answer x ON x.city_id = a.city_id AND x.assessment_id = a.id
			WHERE t.round_id = ? AND t.perspective = ? AND t.indicator = '' AND t.lot = ? AND x.non_answer = '' AND x.value IN ('0', '1', '2', '3', '4')`, append(where, lot)...)
	})
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
