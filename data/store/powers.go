package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// SetPowers implements assessment.Saver.
func (s *Store) SetPowers(ctx context.Context, who account.Actor, orders []assessment.PowerOrder) (out []assessment.Power, err error) {
	if len(orders) == 0 {
		return nil, nil
	}
	err = s.transact(ctx, func(tx *gorm.DB) error {
		out = nil
		first := orders[0]
		l, err := s.openLedger(tx, who, first.Assessment, first.Scheme, first.By, first.At)
		if err != nil {
			return err
		}
		for _, o := range orders {
			if o.Assessment != first.Assessment {
				return fmt.Errorf("powers of %s and of %s in one order", first.Assessment, o.Assessment)
			}
			p, err := l.setPower(o)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return l.close()
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// setPower writes one power. A negative base takes what stands now: so it is with "not our responsibility", which is
// said about the answer and tells the power along the way.
func (l *ledger) setPower(o assessment.PowerOrder) (assessment.Power, error) {
	if err := l.takes(o.Indicator); err != nil {
		return assessment.Power{}, err
	}
	now, err := l.power(o.Indicator)
	if err != nil {
		return assessment.Power{}, err
	}
	if o.Base < 0 {
		o.Reason = now.Reason
	}
	if now.Holder == o.Holder && now.Reason == o.Reason {
		return now, nil
	}
	if o.Base >= 0 && now.Version != o.Base {
		args := fault.Args{"Indicator": o.Indicator, "Holder": string(now.Holder)}
		return now, fault.New(fault.Conflict, "fault.power_moved", args).WithFields(fault.Field{Name: o.Indicator, Key: "fault.power_moved", Args: args})
	}
	next := assessment.Power{Indicator: o.Indicator, Holder: o.Holder, Reason: o.Reason, Version: now.Version + 1, By: l.by, At: l.at}
	if err := l.putPower(next); err != nil {
		return next, err
	}
	line := revision{subject: powerSubject, mutation: assessment.Mutation{Indicator: o.Indicator, Base: now.Version}, version: next.Version, holder: next.Holder, reason: next.Reason}
	if err := l.revise(line); err != nil {
		return next, err
	}
	l.scheme.SetHolder(l.marks, o.Indicator, o.Holder)
	return next, l.audit("power.set", l.id+"/"+o.Indicator, string(o.Holder))
}

func (l *ledger) putPower(p assessment.Power) error {
	return l.s.run(l.tx, `INSERT INTO power (city_id, assessment_id, indicator, version, holder, reason, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator) DO UPDATE SET version = excluded.version, holder = excluded.holder, reason = excluded.reason,
			by_account = excluded.by_account, by_role = excluded.by_role, at = excluded.at`,
		l.city, l.id, p.Indicator, p.Version, string(p.Holder), p.Reason, p.By.Account, string(p.By.Role), kept(p.At))
}

// power reads what was set for an indicator.
func (l *ledger) power(indicator string) (assessment.Power, error) {
	var r powerRow
	err := l.s.row(l.tx, `SELECT version, holder, reason, by_account, by_role, at FROM power WHERE city_id = ? AND assessment_id = ? AND indicator = ?`,
		[]any{l.city, l.id, indicator}, &r.Version, &r.Holder, &r.Reason, &r.ByAccount, &r.ByRole, &r.At)
	if isNone(err) {
		return assessment.Power{Indicator: indicator}, nil
	}
	r.Indicator = indicator
	return r.power(), err
}

// UndoPower implements assessment.Saver. What a power was before its last change stands in the revision log; before the first change the instrument's default held.
func (s *Store) UndoPower(ctx context.Context, who account.Actor, o assessment.PowerOrder) (out assessment.Power, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.openLedger(tx, who, o.Assessment, o.Scheme, o.By, o.At)
		if err != nil {
			return err
		}
		o := o
		var holder string
		err = s.row(tx, `SELECT holder, reason FROM revision WHERE city_id = ? AND assessment_id = ? AND subject = ? AND indicator = ? AND version = ?`,
			[]any{l.city, l.id, powerSubject, o.Indicator, o.Base - 1}, &holder, &o.Reason)
		if isNone(err) {
			holder, o.Reason = "", ""
		} else if err != nil {
			return err
		}
		o.Holder = survey.Holder(holder)
		if out, err = l.setPower(o); err != nil {
			return err
		}
		return l.close()
	})
	if err != nil {
		return assessment.Power{}, err
	}
	return out, nil
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
		moved = append(moved, fault.Field{Name: o.City + "/" + indicator, Key: "fault.row_moved", Args: fault.Args{"City": o.City, "Indicator": indicator}})
	}
	for _, m := range o.Mutations {
		saved, err := l.mutate(o.Instrument, m)
		if err != nil {
			return nil, err
		}
		if saved.Version != m.Base+1 || saved.Conflict != 0 {
			changed(m.Indicator)
		}
	}
	for _, p := range o.Powers {
		if _, err := l.setPower(p); fault.Is(err, fault.Conflict) {
			changed(p.Indicator)
		} else if err != nil {
			return nil, err
		}
	}
	return moved, l.close()
}
