package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
)

// Changes implements assessment.SignOffKeeper.
func (s *Store) Changes(ctx context.Context, who account.Actor, id string, since int64) (seq int64, changes []assessment.Change, err error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return 0, nil, err
	}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		if err := s.row(tx, "SELECT seq FROM score WHERE city_id = ? AND assessment_id = ?", []any{a.City.ID, id}, &seq); err != nil {
			return err
		}
		changes, err = s.changes(tx, a.City.ID, id, since)
		return err
	})
	return seq, changes, s.known(err)
}

// changes reads what the lines of the revision log after since have changed, the last change last.
func (s *Store) changes(tx *gorm.DB, city, id string, since int64) ([]assessment.Change, error) {
	byID := map[string]*assessment.Change{}
	err := s.rows(tx, "SELECT x.seq, x.subject, x.indicator, x.by_account, x.by_role, x.at, "+writer+
		" FROM revision x WHERE x.city_id = ? AND x.assessment_id = ? AND x.seq > ? ORDER BY x.seq", []any{city, id, since}, func(found *sql.Rows) error {
		var subject, indicator string
		var by assessment.Author
		var seq int64
		var at time.Time
		if err := found.Scan(&seq, &subject, &indicator, &by.Account, &by.Role, &at, &by.Name); err != nil {
			return err
		}
		c := byID[indicator]
		if c == nil {
			c = &assessment.Change{Indicator: indicator}
			byID[indicator] = c
		}
		c.Answer, c.Power = c.Answer || subject != powerSubject, c.Power || subject == powerSubject
		c.Times, c.Seq, c.By, c.At = c.Times+1, seq, by, at.UTC()
		return nil
	})
	out := make([]assessment.Change, 0, len(byID))
	for _, c := range byID {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b assessment.Change) int { return int(a.Seq - b.Seq) })
	return out, err
}

// moved is what is said when the answers are no longer those that were consented to, or shall be: it names the indicators.
func (s *Store) moved(l *ledger, since int64, key string) error {
	changes, err := s.changes(l.tx, l.city, l.id, since)
	if err != nil {
		return err
	}
	f := fault.New(fault.Conflict, key, fault.Args{"Count": len(changes)})
	for _, c := range changes {
		f = f.WithFields(fault.Field{Name: c.Indicator, Key: "signoff.changed_one", Args: fault.Args{"Indicator": c.Indicator}})
	}
	return f
}

// SetSignOff implements assessment.SignOffKeeper. It takes the same locks as a save, so that exactly the line it names counts.
func (s *Store) SetSignOff(ctx context.Context, who account.Actor, o assessment.SignOffOrder) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, o.Assessment)
		if err != nil {
			return err
		}
		x, what := o.SignOff, review.Consent
		if x.Refused {
			what = review.SendBack
		} else if wrote, err := s.wrote(tx, l.city, l.id, x.By.Account); err != nil {
			return err
		} else if wrote {
			return fault.New(fault.Conflict, "review.wrote", nil)
		}
		if err := l.step(what, x.By, x.At, ""); err != nil {
			return err
		}
		if x.Seq > l.seq || x.Seq < 0 {
			return fault.New(fault.Invalid, "fault.request", nil)
		}
		if x.Seq != l.seq {
			return s.moved(l, x.Seq, "signoff.moved")
		}
		err = s.run(tx, `INSERT INTO sign_off (city_id, assessment_id, seq, refused, reason, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (city_id, assessment_id, seq, by_account) DO UPDATE SET refused = excluded.refused, reason = excluded.reason, by_role = excluded.by_role, at = excluded.at`,
			l.city, l.id, x.Seq, x.Refused, x.Reason, x.By.Account, string(x.By.Role), kept(x.At))
		if err != nil {
			return err
		}
		if err := s.touch(tx, l.city, l.id); err != nil {
			return err
		}
		return s.notify(tx, x.By, x.At, o.Notices...)
	})
}

// consented refuses to hand in what no approver of the city has consented to as it stands. A city without an approver needs none.
func (s *Store) consented(l *ledger) error {
	var approvers int
	err := s.row(l.tx, "SELECT COUNT(*) FROM account WHERE city_id = ? AND role = ? AND NOT disabled", []any{l.city, string(account.Approver)}, &approvers)
	if err != nil || approvers == 0 {
		return err
	}
	var last int64
	var refused bool
	err = s.row(l.tx, "SELECT seq, refused FROM sign_off WHERE city_id = ? AND assessment_id = ? ORDER BY at DESC, seq DESC", []any{l.city, l.id}, &last, &refused)
	switch {
	case isNone(err):
		return fault.New(fault.Conflict, "signoff.none", nil)
	case err != nil:
		return err
	case refused:
		return fault.New(fault.Conflict, "signoff.sent_back", nil)
	case last != l.seq:
		return s.moved(l, last, "signoff.stale")
	}
	return nil
}

// tellHandIn tells the city, and the analysts of the round, that an assessment was handed in or reopened.
func (s *Store) tellHandIn(tx *gorm.DB, a assessment.Assessment, kind assessment.NoticeKind, by assessment.Author, at time.Time) error {
	var notices []assessment.Notice
	err := s.rows(tx, `SELECT p.id, p.role FROM account p WHERE NOT p.disabled AND (p.city_id = ? OR p.role = ? AND EXISTS
		(SELECT 1 FROM account_round r WHERE r.account_id = p.id AND r.round_id = ?)) ORDER BY p.id`,
		[]any{a.City.ID, string(account.Analyst), a.Round.ID}, func(found *sql.Rows) error {
			n := assessment.Notice{City: a.City.ID, Kind: kind, Args: map[string]string{"City": a.City.Name, "Role": string(by.Role)}, Href: "/assessments/" + a.ID}
			var role account.Role
			err := found.Scan(&n.Account, &role)
			if role.OfCity() && by.Role.OfCity() {
				n.Args["By"] = by.Name
			}
			switch {
			case role.OfCity() && kind != assessment.NoticeHandedIn:
				n.Href += "/receipt" // the reason stands there
			case !role.OfCity() && kind != assessment.NoticeHandedIn:
				n.Href = "/rounds/" + a.Round.Code // out of an analyst's reach again
			}
			notices = append(notices, n)
			return err
		})
	if err != nil {
		return err
	}
	return s.notify(tx, by, at, notices...)
}

// AskSignOff implements assessment.SignOffKeeper.
func (s *Store) AskSignOff(ctx context.Context, who account.Actor, id string, by assessment.Author, at time.Time, notices ...assessment.Notice) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		if err := l.step(review.AskSignOff, by, at, ""); err != nil {
			return err
		}
		return s.notify(tx, by, at, notices...)
	})
}

// Wrote implements assessment.SignOffKeeper.
func (s *Store) Wrote(ctx context.Context, who account.Actor, id string) (bool, error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return false, err
	}
	wrote, err := s.wrote(s.read.WithContext(ctx), a.City.ID, id, who.Account)
	return wrote, s.known(err)
}

// wrote tells whether the revision log of an assessment holds a line of somebody.
func (s *Store) wrote(tx *gorm.DB, city, id, who string) (bool, error) {
	var lines int
	err := s.row(tx, "SELECT COUNT(*) FROM revision WHERE city_id = ? AND assessment_id = ? AND by_account = ?", []any{city, id, who}, &lines)
	return lines > 0, err
}
