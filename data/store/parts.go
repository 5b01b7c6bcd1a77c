package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// lockBeside finds an assessment for a change beside its answers. The row is locked first, so that whether it was handed in is
// known until the transaction ends.
func (s *Store) lockBeside(tx *gorm.DB, who account.Actor, id string) (assessment.Assessment, error) {
	p, err := s.onePlaced(tx, id, who)
	if err != nil {
		return assessment.Assessment{}, err
	}
	if err := s.touch(tx, p.CityID, id); err != nil {
		return assessment.Assessment{}, err
	}
	p, err = s.onePlaced(tx, id, who)
	a := p.assessment()
	if err == nil && !a.Open() {
		err = fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": a.HandedIn})
	}
	return a, err
}

// SetParts implements assessment.PartKeeper.
func (s *Store) SetParts(ctx context.Context, who account.Actor, orders ...assessment.PartOrder) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		var told []assessment.Notice
		for _, o := range orders {
			a, err := s.lockBeside(tx, who, o.Assessment)
			if err != nil {
				return err
			}
			var moved []fault.Field
			for _, c := range o.Changes {
				if c.Part.By, c.Part.At = o.By, o.At; c.Part.Ref == "" {
					continue
				}
				ok, err := s.setPart(tx, a, c)
				if err != nil {
					return err
				}
				if !ok {
					moved = append(moved, fault.Field{Name: c.Part.Ref, Key: "parts.moved_one", Args: fault.Args{"Part": c.Part.Ref}})
				}
			}
			if len(moved) > 0 {
				return fault.New(fault.Conflict, "parts.moved", nil).WithFields(moved...)
			}
			told = append(told, o.Notices...)
		}
		if len(orders) == 0 {
			return nil
		}
		return s.notify(tx, orders[0].By, orders[0].At, told...)
	})
}

// setPart writes one change; ok is false when another part stands there than the change was based on.
func (s *Store) setPart(tx *gorm.DB, a assessment.Assessment, c assessment.PartChange) (ok bool, err error) {
	p, action := c.Part, "part.assign"
	if p.Owner().Nobody() {
		action = "part.take_back"
	}
	var n int64
	if c.Base != "" {
		n, err = s.count(tx, "DELETE FROM part WHERE city_id = ? AND assessment_id = ? AND ref = ? AND id = ?", a.City.ID, a.ID, p.Ref, c.Base)
		if err != nil || n == 0 {
			return false, err
		}
	}
	if !p.Owner().Nobody() {
		id, err := newID()
		if err != nil {
			return false, err
		}
		n, err = s.count(tx, `INSERT INTO part (city_id, assessment_id, id, ref, account_id, department, due, note, opened, reminded, by_account, by_role, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (city_id, assessment_id, ref) DO NOTHING`,
			a.City.ID, a.ID, id, p.Ref, p.Account, p.Department, maybe(p.Due), p.Note, maybe(p.Opened), maybe(p.Reminded), p.By.Account, string(p.By.Role), kept(p.At))
		if err != nil || n == 0 {
			return false, err
		}
	}
	return true, s.record(tx, assessment.Event{At: p.At, Actor: p.By, City: a.City.ID, Action: action, Subject: a.ID + "/" + p.Ref, Detail: p.Account + p.Department})
}

// OpenParts implements assessment.PartKeeper.
func (s *Store) OpenParts(ctx context.Context, who account.Actor, id string, parts []string, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		a, err := s.onePlaced(tx, id, who)
		if err != nil {
			return err
		}
		var opened []string
		for _, part := range parts {
			n, err := s.count(tx, "UPDATE part SET opened = ? WHERE city_id = ? AND assessment_id = ? AND id = ? AND opened IS NULL", kept(at), a.CityID, id, part)
			if err != nil {
				return err
			}
			if n > 0 {
				opened = append(opened, part)
			}
		}
		if len(opened) == 0 {
			return nil
		}
		if err := s.touch(tx, a.CityID, id); err != nil {
			return err
		}
		by := assessment.Author{Account: who.Account, Role: who.Role}
		for _, part := range opened {
			if err := s.record(tx, assessment.Event{At: at, Actor: by, City: a.CityID, Action: "part.open", Subject: id, Detail: part}); err != nil {
				return err
			}
		}
		return nil
	})
}

// DueParts implements assessment.PartKeeper.
func (s *Store) DueParts(ctx context.Context, until time.Time) (ids []string, err error) {
	err = s.rows(s.read.WithContext(ctx), `SELECT a.id FROM assessment a WHERE a.handed_in IS NULL AND EXISTS
		(SELECT 1 FROM part p WHERE p.city_id = a.city_id AND p.assessment_id = a.id AND p.due <= ?) ORDER BY a.id`, []any{kept(until)}, func(found *sql.Rows) error {
		var id string
		err := found.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, s.known(err)
}

// RemindParts implements assessment.PartKeeper.
func (s *Store) RemindParts(ctx context.Context, id string, reminders []assessment.Reminder, at time.Time) (told int, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		told = 0
		p, err := s.onePlaced(tx, id, operator)
		if err != nil {
			return err
		}
		var notices []assessment.Notice
		for _, r := range reminders {
			n, err := s.count(tx, "UPDATE part SET reminded = ? WHERE city_id = ? AND assessment_id = ? AND id = ? AND (reminded IS NULL OR reminded < ?)",
				kept(r.Stage), p.CityID, id, r.Part, kept(r.Stage))
			if err != nil {
				return err
			}
			if n > 0 {
				told++
				notices = append(notices, r.Notices...)
			}
		}
		if told == 0 {
			return nil
		}
		if err := s.touch(tx, p.CityID, id); err != nil {
			return err
		}
		by := assessment.Author{Role: account.Operator}
		if err := s.record(tx, assessment.Event{At: at, Actor: by, City: p.CityID, Action: "part.remind", Subject: id}); err != nil {
			return err
		}
		return s.notify(tx, by, at, notices...)
	})
	return told, err
}

// HeldParts implements assessment.PartKeeper.
func (s *Store) HeldParts(ctx context.Context, accounts []string) (map[string]int, error) {
	held := map[string]int{}
	args := make([]any, len(accounts))
	for i, id := range accounts {
		args[i] = id
	}
	err := s.rows(s.read.WithContext(ctx), `SELECT p.account_id, COUNT(*) FROM part p JOIN assessment a ON a.city_id = p.city_id AND a.id = p.assessment_id
		WHERE a.handed_in IS NULL AND p.account_id IN (?`+strings.Repeat(", ?", len(accounts)-1)+`) GROUP BY p.account_id`, args, func(found *sql.Rows) error {
		var id string
		var n int
		err := found.Scan(&id, &n)
		held[id] = n
		return err
	})
	return held, s.known(err)
}
