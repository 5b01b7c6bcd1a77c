package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
)

// Candidates implements assessment.ReviewerKeeper.
func (s *Store) Candidates(ctx context.Context) (out []assessment.Reviewer, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT id, name, department FROM account WHERE role = ? AND NOT disabled AND former = 0 ORDER BY id", []any{string(account.Reviewer)},
		func(found *sql.Rows) error {
			var r assessment.Reviewer
			err := found.Scan(&r.Account, &r.Name, &r.Organisation)
			out = append(out, r)
			return err
		})
	byName(out, func(r assessment.Reviewer) string { return r.Organisation + " " + r.Name })
	return out, s.known(err)
}

// AssignReviewer implements assessment.ReviewerKeeper.
func (s *Store) AssignReviewer(ctx context.Context, who account.Actor, id, person string, by assessment.Author, at time.Time, notices ...assessment.Notice) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		var role, home string
		err = s.row(tx, "SELECT role, home_city FROM account WHERE id = ? AND NOT disabled AND former = 0", []any{person}, &role, &home)
		switch {
		case isNone(err) || err == nil && account.Role(role) != account.Reviewer:
			return fault.New(fault.Invalid, "reviewers.nobody", nil).WithFields(fault.Field{Name: "reviewer", Key: "reviewers.nobody"})
		case err != nil:
			return err
		case home == l.city:
			return fault.New(fault.Conflict, "reviewers.own_city", nil).WithFields(fault.Field{Name: "reviewer", Key: "reviewers.own_city"})
		}
		n, err := s.count(tx, `INSERT INTO reviewer (city_id, assessment_id, account_id, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (city_id, assessment_id, account_id) DO NOTHING`, l.city, id, person, by.Account, string(by.Role), kept(at))
		if err != nil || n == 0 {
			return err
		}
		return s.assigned(tx, l, "reviewer.assign", person, by, at, notices)
	})
}

// DismissReviewer implements assessment.ReviewerKeeper.
func (s *Store) DismissReviewer(ctx context.Context, who account.Actor, id, person string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		n, err := s.count(tx, "DELETE FROM reviewer WHERE city_id = ? AND assessment_id = ? AND account_id = ?", l.city, id, person)
		if err != nil || n == 0 {
			return err
		}
		return s.assigned(tx, l, "reviewer.dismiss", person, by, at, nil)
	})
}

func (s *Store) assigned(tx *gorm.DB, l *ledger, action, person string, by assessment.Author, at time.Time, notices []assessment.Notice) error {
	if err := s.touch(tx, l.city, l.id); err != nil {
		return err
	}
	if err := s.record(tx, assessment.Event{At: at, Actor: by, City: l.city, Action: action, Subject: l.id, Detail: person}); err != nil {
		return err
	}
	return s.notify(tx, by, at, notices...)
}

// Judge implements assessment.Shelf. The first word from outside begins the review.
func (s *Store) Judge(ctx context.Context, who account.Actor, id string, v assessment.Verdict, notices ...assessment.Notice) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		next, err := review.Next(l.state, review.Judge, who.Role)
		if err != nil {
			return err
		}
		var version int
		err = s.row(tx, "SELECT version FROM answer WHERE city_id = ? AND assessment_id = ? AND indicator = ?", []any{l.city, id, v.Indicator}, &version)
		if err != nil && !isNone(err) {
			return err
		}
		if version == 0 || version != v.Version {
			return fault.New(fault.Conflict, "evidence.moved", nil)
		}
		one, err := newID()
		if err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO verdict (city_id, assessment_id, indicator, id, verdict, version, reason, proposed, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			l.city, id, v.Indicator, one, string(v.Kind), v.Version, v.Reason, v.Proposed, v.By.Account, string(v.By.Role), kept(v.At)); err != nil {
			return err
		}
		if next != l.state {
			if err := l.step(review.Look, assessment.Author{Account: who.Account, Role: who.Role}, v.At, ""); err != nil {
				return err
			}
		}
		if err := s.touch(tx, l.city, id); err != nil {
			return err
		}
		if err := s.notify(tx, v.By, v.At, notices...); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: v.At, Actor: v.By, City: l.city, Action: "answer." + string(v.Kind), Subject: id + "/" + v.Indicator})
	})
}
