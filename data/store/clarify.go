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

const clarificationColumns = `x.id, x.indicator, x.question, x.due, x.version, x.by_account, x.by_role, x.at, x.reply, x.outcome,
	x.replied_by, x.replied_role, x.replied, x.settled_by, x.settled_role, x.settled`

// clarificationAt are where the clarificationColumns go, and what to do after they are read.
func clarificationAt(x *assessment.Clarification) (into []any, done func()) {
	var due, replied, settled *time.Time
	return []any{&x.ID, &x.Indicator, &x.Question, &due, &x.Version, &x.By.Account, &x.By.Role, &x.At, &x.Reply, &x.Outcome,
			&x.RepliedBy.Account, &x.RepliedBy.Role, &replied, &x.SettledBy.Account, &x.SettledBy.Role, &settled}, func() {
			x.Due, x.At, x.Replied, x.Settled = from(due), x.At.UTC(), from(replied), from(settled)
		}
}

// clarification reads a question, and what version the answer has now; the ledger holds the locks.
func (l *ledger) clarification(id string) (x assessment.Clarification, version int, err error) {
	into, done := clarificationAt(&x)
	err = l.s.row(l.tx, "SELECT "+clarificationColumns+`, COALESCE((SELECT n.version FROM answer n WHERE n.city_id = x.city_id AND n.assessment_id = x.assessment_id AND n.indicator = x.indicator), 0)
		FROM clarification x WHERE x.city_id = ? AND x.assessment_id = ? AND x.id = ?`, []any{l.city, l.id, id}, append(into, &version)...)
	done()
	if isNone(err) {
		err = missing()
	}
	return x, version, err
}

// asks lists the indicators that a clarification has opened.
func (l *ledger) asks() (open map[string]bool, err error) {
	open = map[string]bool{}
	err = l.s.rows(l.tx, "SELECT DISTINCT indicator FROM clarification WHERE city_id = ? AND assessment_id = ? AND settled IS NULL", []any{l.city, l.id}, func(found *sql.Rows) error {
		var one string
		err := found.Scan(&one)
		open[one] = true
		return err
	})
	return open, err
}

// takes refuses a change of an indicator that the city was not asked about, during a clarification.
func (l *ledger) takes(indicator string) error {
	if l.asked == nil || l.asked[indicator] {
		return nil
	}
	args := fault.Args{"Indicator": indicator}
	return fault.New(fault.Closed, "clarify.not_asked", args).WithFields(fault.Field{Name: indicator, Key: "clarify.not_asked", Args: args})
}

// clarify runs a change of the questions of an assessment, with all that belongs to each.
func (s *Store) clarify(ctx context.Context, who account.Actor, o assessment.ClarificationOrder, work func(l *ledger) error) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, o.Assessment)
		if err != nil {
			return err
		}
		l.by, l.at = o.By, kept(o.At)
		return work(l)
	})
}

// tell touches what stands beside the assessment and sends notices.
func (l *ledger) tell(notices ...assessment.Notice) error {
	if err := l.s.touch(l.tx, l.city, l.id); err != nil {
		return err
	}
	return l.s.notify(l.tx, l.by, l.at, notices...)
}

// AskClarification implements assessment.Clarifier.
func (s *Store) AskClarification(ctx context.Context, who account.Actor, o assessment.ClarificationOrder) error {
	return s.clarify(ctx, who, o, func(l *ledger) error {
		x, version, err := l.clarification(o.ID)
		if err == nil {
			if x.Indicator != o.Indicator || x.Question != o.Question || !x.Due.Equal(o.Due) || x.By.Account != o.By.Account {
				err = mismatch()
			}
			return err
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := l.step(review.Ask, o.By, o.At, o.Indicator); err != nil {
			return err
		}
		if err := s.row(l.tx, "SELECT version FROM answer WHERE city_id = ? AND assessment_id = ? AND indicator = ?", []any{l.city, l.id, o.Indicator}, &version); err != nil && !isNone(err) {
			return err
		}
		err = s.run(l.tx, `INSERT INTO clarification (city_id, assessment_id, id, indicator, question, due, version, by_account, by_role, at, reply, outcome,
				replied_by, replied_role, settled_by, settled_role) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', '', '')`,
			l.city, l.id, o.ID, o.Indicator, o.Question, maybe(o.Due), version, o.By.Account, string(o.By.Role), l.at)
		if err != nil {
			return err
		}
		return l.tell(o.Notices...)
	})
}

// ReplyClarification implements assessment.Clarifier.
func (s *Store) ReplyClarification(ctx context.Context, who account.Actor, o assessment.ClarificationOrder) (out assessment.ClarificationOutcome, err error) {
	return out, s.clarify(ctx, who, o, func(l *ledger) error {
		x, version, err := l.clarification(o.ID)
		if err != nil {
			return err
		}
		if err := l.step(review.Reply, o.By, o.At, x.Indicator); err != nil {
			return err
		}
		switch {
		case !x.Settled.IsZero():
			return fault.New(fault.Conflict, "clarify.settled_already", nil)
		case !x.Replied.Equal(kept(o.Seen)) && !(x.Replied.IsZero() && o.Seen.IsZero()):
			return fault.New(fault.Conflict, "clarify.replied_meanwhile", nil)
		case version > x.Version:
			out = assessment.OutcomeChanged
		case o.Outcome == assessment.OutcomeReplied || o.Outcome == assessment.OutcomeStands:
			out = o.Outcome
		default:
			return fault.New(fault.Invalid, "clarify.refused", nil).WithFields(fault.Field{Name: "outcome", Key: "clarify.outcome_missing"})
		}
		if err := s.run(l.tx, "UPDATE clarification SET reply = ?, outcome = ?, replied_by = ?, replied_role = ?, replied = ? WHERE city_id = ? AND assessment_id = ? AND id = ?",
			o.Reply, string(out), o.By.Account, string(o.By.Role), l.at, l.city, l.id, x.ID); err != nil {
			return err
		}
		return l.tell(o.Notices...)
	})
}

// SettleClarification implements assessment.Clarifier. Where nothing is asked any more and nothing was changed since the last
// snapshot, the review goes on; where something was, the city gives it back, so that it is signed before it counts.
func (s *Store) SettleClarification(ctx context.Context, who account.Actor, o assessment.ClarificationOrder) error {
	return s.clarify(ctx, who, o, func(l *ledger) error {
		x, _, err := l.clarification(o.ID)
		if err != nil {
			return err
		}
		if err := l.step(review.Settle, o.By, o.At, x.Indicator); err != nil {
			return err
		}
		switch {
		case !x.Settled.IsZero():
			return fault.New(fault.Conflict, "clarify.settled_already", nil)
		case o.Back && !x.Replied.IsZero(), !o.Back && !x.Replied.IsZero() && !x.Replied.Equal(kept(o.Seen)):
			return fault.New(fault.Conflict, "clarify.replied_meanwhile", nil)
		case !o.Back && x.Replied.IsZero():
			return fault.New(fault.Conflict, "clarify.no_reply", nil)
		}
		if err := s.run(l.tx, "UPDATE clarification SET settled_by = ?, settled_role = ?, settled = ? WHERE city_id = ? AND assessment_id = ? AND id = ?",
			o.By.Account, string(o.By.Role), l.at, l.city, l.id, x.ID); err != nil {
			return err
		}
		notices := o.Notices
		if l.state == review.Clarification {
			open, err := l.asks()
			if err != nil {
				return err
			}
			moved, err := l.movedOn()
			if err != nil {
				return err
			}
			if len(open) == 0 && !moved {
				if err := l.step(review.Resume, o.By, o.At, ""); err != nil {
					return err
				}
				notices = append(slices.Clone(notices), o.Resumed...)
			}
		}
		return l.tell(notices...)
	})
}

// movedOn tells whether something was changed since the last snapshot; not where there is none.
func (l *ledger) movedOn() (bool, error) {
	var last *int64
	err := l.s.row(l.tx, "SELECT MAX(seq) FROM snapshot WHERE city_id = ? AND assessment_id = ?", []any{l.city, l.id}, &last)
	return last != nil && *last < l.seq, err
}

// GiveBack implements assessment.Clarifier.
func (s *Store) GiveBack(ctx context.Context, who account.Actor, o assessment.ClarificationOrder) error {
	return s.clarify(ctx, who, o, func(l *ledger) error {
		waiting, err := l.waiting()
		if err != nil {
			return err
		}
		moved, err := l.movedOn()
		if err != nil {
			return err
		}
		if _, err := review.Next(l.state, review.GiveBack, o.By.Role); err != nil {
			return err
		}
		if len(waiting) > 0 {
			return fault.New(fault.Conflict, "clarify.unanswered", fault.Args{"Count": len(waiting)}).WithFields(waiting...)
		}
		if moved {
			if err := s.consented(l); err != nil {
				return err
			}
		}
		if _, err := l.snapshot(o.Scheme, o.By, o.At, false); err != nil {
			return err
		}
		// A reply that came before the change tells of the change, too.
		if err := s.run(l.tx, `UPDATE clarification SET outcome = ? WHERE city_id = ? AND assessment_id = ? AND settled IS NULL AND outcome <> '' AND version <
			(SELECT n.version FROM answer n WHERE n.city_id = clarification.city_id AND n.assessment_id = clarification.assessment_id AND n.indicator = clarification.indicator)`,
			string(assessment.OutcomeChanged), l.city, l.id); err != nil {
			return err
		}
		if err := l.step(review.GiveBack, o.By, o.At, ""); err != nil {
			return err
		}
		return l.tell(o.Notices...)
	})
}

// waiting names the indicators of the questions that nobody has replied to.
func (l *ledger) waiting() (fields []fault.Field, err error) {
	err = l.s.rows(l.tx, "SELECT id, indicator FROM clarification WHERE city_id = ? AND assessment_id = ? AND settled IS NULL AND outcome = '' ORDER BY at, id", []any{l.city, l.id}, func(found *sql.Rows) error {
		var id, indicator string
		err := found.Scan(&id, &indicator)
		fields = append(fields, fault.Field{Name: id, Key: "clarify.unanswered_one", Args: fault.Args{"Indicator": indicator}})
		return err
	})
	return fields, err
}
