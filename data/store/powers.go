package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// SetPowers implements assessment.Saver.
func (s *Store) SetPowers(ctx context.Context, who account.Actor, orders []assessment.PowerOrder) (out []assessment.Power, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		out = nil
		l, err := s.openLedger(tx, who, orders[0].Assessment, orders[0].Scheme, orders[0].By, orders[0].At)
		if err != nil {
			return err
		}
		for _, o := range orders {
			p, err := s.setPower(tx, l, o)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return l.close(tx)
	})
	return out, err
}

// setPower writes one power. A negative base takes what stands now: so it is with "not our responsibility", which is
// said about the answer and tells the power along the way.
func (s *Store) setPower(tx *gorm.DB, l *ledger, o assessment.PowerOrder) (assessment.Power, error) {
	now, err := currentPower(tx, l, o.Indicator)
	if err != nil {
		return assessment.Power{}, err
	}
	if o.Base < 0 && now.Holder == o.Holder {
		return now, nil
	}
	if o.Base < 0 {
		o.Reason = now.Reason
	}
	if now.Holder == o.Holder && now.Reason == o.Reason {
		return now, nil
	}
	if o.Base >= 0 && now.Version != o.Base {
		return now, fault.New(fault.Conflict, "fault.power_moved", fault.Args{"Indicator": o.Indicator, "Holder": string(now.Holder)}).
			WithFields(fault.Field{Name: o.Indicator, Key: "fault.power_moved", Args: fault.Args{"Indicator": o.Indicator, "Holder": string(now.Holder)}})
	}
	next := assessment.Power{Indicator: o.Indicator, Holder: o.Holder, Reason: o.Reason, Version: now.Version + 1, By: l.by, At: l.at}
	err = tx.Exec(`INSERT INTO power (city_id, assessment_id, indicator, version, holder, reason, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator) DO UPDATE SET version = excluded.version, holder = excluded.holder, reason = excluded.reason,
			by_account = excluded.by_account, by_role = excluded.by_role, at = excluded.at`,
		l.city, l.id, next.Indicator, next.Version, next.Holder, next.Reason, l.by.Account, l.by.Role, l.at).Error
	if err != nil {
		return next, err
	}
	err = l.revise(tx, revision{subject: "power", mutation: assessment.Mutation{Indicator: o.Indicator, Base: now.Version}, version: next.Version, holder: next.Holder, reason: next.Reason})
	if err != nil {
		return next, err
	}
	l.scheme.SetHolder(l.marks, o.Indicator, o.Holder)
	return next, l.audit(tx, "power.set", l.id+"/"+o.Indicator, string(o.Holder))
}

func currentPower(tx *gorm.DB, l *ledger, indicator string) (assessment.Power, error) {
	var r powerRow
	err := tx.Raw(`SELECT version, holder, reason, by_account, by_role, at FROM power WHERE city_id = ? AND assessment_id = ? AND indicator = ?`,
		l.city, l.id, indicator).Row().Scan(&r.Version, &r.Holder, &r.Reason, &r.ByAccount, &r.ByRole, &r.At)
	if err != nil && !isNone(err) {
		return assessment.Power{}, err
	}
	r.Indicator = indicator
	return r.power(), nil
}

// UndoPower implements assessment.Saver. What a power was before its last change stands in the revision log; before the first change the instrument's default held.
func (s *Store) UndoPower(ctx context.Context, who account.Actor, o assessment.PowerOrder) (out assessment.Power, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.openLedger(tx, who, o.Assessment, o.Scheme, o.By, o.At)
		if err != nil {
			return err
		}
		var holder, reason string
		err = tx.Raw(`SELECT holder, reason FROM revision WHERE city_id = ? AND assessment_id = ? AND subject = 'power' AND indicator = ? AND version = ?`,
			l.city, l.id, o.Indicator, o.Base-1).Row().Scan(&holder, &reason)
		if err != nil && !isNone(err) {
			return err
		}
		o.Holder, o.Reason = survey.Holder(holder), reason
		if out, err = s.setPower(tx, l, o); err != nil {
			return err
		}
		return l.close(tx)
	})
	return out, err
}

// SetHandedIn implements assessment.Saver.
func (s *Store) SetHandedIn(ctx context.Context, who account.Actor, id string, handedIn bool, by assessment.Author, at time.Time) (assessment.Assessment, error) {
	if _, err := s.Assessment(ctx, who, id); err != nil {
		return assessment.Assessment{}, err
	}
	err := s.transact(ctx, func(tx *gorm.DB) error {
		var stamp *time.Time
		was, action, account := "handed_in IS NOT NULL", "hand_in.undo", ""
		if handedIn {
			stamp, was, action, account = maybe(at), "handed_in IS NULL", "hand_in", by.Account
		}
		done := tx.Exec("UPDATE assessment SET handed_in = ?, handed_in_by = ? WHERE id = ? AND "+was, stamp, account, id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return fault.New(fault.Conflict, "fault.hand_in_moved", nil)
		}
		var city string
		if err := tx.Raw("SELECT city_id FROM assessment WHERE id = ?", id).Row().Scan(&city); err != nil {
			return err
		}
		return record(tx, assessment.Event{At: at, Actor: by, City: city, Action: action, Subject: id})
	})
	if err != nil {
		return assessment.Assessment{}, err
	}
	a, err := s.Assessment(ctx, account.Actor{Role: account.Operator}, id)
	return a, err
}

// Import implements assessment.Saver.
func (s *Store) Import(ctx context.Context, who account.Actor, orders []assessment.ImportOrder, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		var moved []fault.Field
		for _, o := range orders {
			o.By, o.At = by, at
			found, err := s.importOne(tx, who, o)
			if err != nil {
				return err
			}
			moved = append(moved, found...)
		}
		if len(moved) > 0 {
			return fault.New(fault.Conflict, "fault.import_moved", nil).WithFields(moved...)
		}
		return nil
	})
}

func (s *Store) importOne(tx *gorm.DB, who account.Actor, o assessment.ImportOrder) (moved []fault.Field, err error) {
	l, err := s.openLedger(tx, who, o.Assessment, o.Scheme, o.By, o.At)
	if err != nil {
		return nil, err
	}
	changed := func(indicator string) {
		moved = append(moved, fault.Field{Name: indicator, Key: "fault.row_moved", Args: fault.Args{"City": "", "Indicator": indicator}})
	}
	for _, m := range o.Mutations {
		saved, err := s.mutate(tx, l, o.Instrument, m)
		if err != nil {
			return nil, err
		}
		if saved.Version != m.Base+1 || saved.Conflict != 0 {
			changed(m.Indicator)
		}
	}
	for _, p := range o.Powers {
		if _, err := s.setPower(tx, l, p); fault.Is(err, fault.Conflict) {
			changed(p.Indicator)
		} else if err != nil {
			return nil, err
		}
	}
	return moved, l.close(tx)
}
