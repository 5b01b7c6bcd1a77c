package store

import (
	"context"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
)

// Cite implements assessment.Shelf.
func (s *Store) Cite(ctx context.Context, who account.Actor, id string, c assessment.Citation) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.cite(tx, who, id, c, true) })
}

// openBeside locks an assessment for a change of what is cited for an answer, and refuses a closed one.
func (s *Store) openBeside(tx *gorm.DB, who account.Actor, id, indicator string) (*ledger, error) {
	l, err := s.lockLedger(tx, who, id)
	if err == nil {
		err = l.writable()
	}
	if err == nil {
		err = l.takes(indicator)
	}
	return l, err
}

// cite writes a citation. One that is there already gets the passage, or is left as it is.
func (s *Store) cite(tx *gorm.DB, who account.Actor, id string, c assessment.Citation, anew bool) error {
	l, err := s.openBeside(tx, who, id, c.Indicator)
	if err != nil {
		return err
	}
	var there, others int
	if err := s.row(tx, `SELECT (SELECT COUNT(*) FROM evidence WHERE city_id = ? AND id = ?), (SELECT COUNT(*) FROM citation WHERE city_id = ? AND assessment_id = ? AND indicator = ? AND evidence_id <> ?)`,
		[]any{l.city, c.Evidence, l.city, id, c.Indicator, c.Evidence}, &there, &others); err != nil {
		return err
	}
	if there == 0 {
		return missing()
	}
	if others >= evidence.MaxCited {
		f := fault.New(fault.Invalid, "evidence.too_many", fault.Args{"Count": evidence.MaxCited})
		return f.WithFields(fault.Field{Name: "piece", Key: f.Key, Args: f.Args})
	}
	n, err := s.count(tx, `INSERT INTO citation (city_id, assessment_id, indicator, evidence_id, passage, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator, evidence_id) DO UPDATE SET passage = excluded.passage WHERE ? AND citation.passage <> excluded.passage`,
		l.city, id, c.Indicator, c.Evidence, c.Passage, c.By.Account, string(c.By.Role), kept(c.At), anew)
	if err != nil || n == 0 {
		return err
	}
	return s.cited(tx, l.city, id, "evidence.cite", c)
}

func (s *Store) cited(tx *gorm.DB, city, id, action string, c assessment.Citation) error {
	if err := s.touch(tx, city, id); err != nil {
		return err
	}
	return s.record(tx, assessment.Event{At: c.At, Actor: c.By, City: city, Action: action, Subject: id + "/" + c.Indicator, Detail: c.Evidence})
}

// Uncite implements assessment.Shelf.
func (s *Store) Uncite(ctx context.Context, who account.Actor, id string, c assessment.Citation) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.uncite(tx, who, id, c) })
}

func (s *Store) uncite(tx *gorm.DB, who account.Actor, id string, c assessment.Citation) error {
	l, err := s.openBeside(tx, who, id, c.Indicator)
	if err != nil {
		return err
	}
	n, err := s.count(tx, "DELETE FROM citation WHERE city_id = ? AND assessment_id = ? AND indicator = ? AND evidence_id = ?", l.city, id, c.Indicator, c.Evidence)
	if err != nil || n == 0 {
		return err
	}
	return s.cited(tx, l.city, id, "evidence.uncite", c)
}

// Cites implements assessment.Shelf.
func (s *Store) Cites(ctx context.Context, who account.Actor, id string, cite, uncite []assessment.Citation) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		for _, c := range uncite { // which makes room
			if err := s.uncite(tx, who, id, c); err != nil {
				return err
			}
		}
		for _, c := range cite {
			if err := s.cite(tx, who, id, c, true); err != nil {
				return err
			}
		}
		return nil
	})
}
