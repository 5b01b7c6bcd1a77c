package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

const carriedColumns = `x.indicator, x.from_assessment, x.from_version, x.value, x.non_answer, x.explanation, x.evidence, x.confidence, x.holder, x.reason,
	x.citations, x.changed, x.by_account, x.by_role, x.at, x.settled, x.outcome`

// Outcomes of a line as they are kept.
const (
	lineConfirmed = "confirmed"
	lineAside     = "aside"
)

// citedLine is a citation as a line keeps it.
type citedLine struct {
	Evidence string `json:"evidence"`
	Passage  string `json:"passage,omitempty"`
}

// carriedAt are where the carriedColumns go, and what to do after they are read.
func carriedAt(x *assessment.Carried) (into []any, done func() error) {
	var citations, changed, outcome string
	var settled *time.Time
	a := &x.Answer
	return []any{&x.Indicator, &x.From, &x.Version, &a.Value, &a.NonAnswer, &a.Explanation, &a.Evidence, &a.Confidence, &x.Holder, &x.Reason,
			&citations, &changed, &x.By.Account, &x.By.Role, &x.At, &settled, &outcome}, func() error {
			x.At, x.Settled, x.Confirmed = x.At.UTC(), from(settled), outcome == lineConfirmed
			return fillCarried(x, citations, changed)
		}
}

// fillCarried reads the lists of a line.
func fillCarried(x *assessment.Carried, citations, changed string) error {
	if changed != "" {
		x.Changed = strings.Split(changed, ",")
	}
	var cited []citedLine
	if err := json.Unmarshal([]byte(citations), &cited); err != nil {
		return err
	}
	for _, c := range cited {
		x.Citations = append(x.Citations, assessment.Citation{Indicator: x.Indicator, Evidence: c.Evidence, Passage: c.Passage})
	}
	return nil
}

// carry runs a change of what was carried over, with all that belongs to each.
func (s *Store) carry(ctx context.Context, who account.Actor, o assessment.CarryOrder, work func(l *ledger) (changed int, err error)) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.openLedger(tx, who, o.Assessment, o.Scheme, o.By, o.At)
		if err != nil {
			return err
		}
		if !l.handedIn.IsZero() { // a clarification opens single answers, and nothing else
			return fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": l.handedIn})
		}
		changed, err := work(l)
		if err != nil || changed == 0 {
			return err
		}
		if err := l.close(); err != nil {
			return err
		}
		return s.touch(tx, l.city, l.id)
	})
}

// CarryOver implements assessment.CarryKeeper.
func (s *Store) CarryOver(ctx context.Context, who account.Actor, o assessment.CarryOrder) (n int, err error) {
	return n, s.carry(ctx, who, o, func(l *ledger) (int, error) {
		n = 0
		for _, x := range o.Lines {
			cited := []citedLine{}
			for _, c := range x.Citations {
				cited = append(cited, citedLine{c.Evidence, c.Passage})
			}
			citations, err := json.Marshal(cited)
			if err != nil {
				return n, err
			}
			a := x.Answer
			rows, err := s.count(l.tx, `INSERT INTO carried (city_id, assessment_id, indicator, from_assessment, from_version, value, non_answer, explanation, evidence, confidence,
					holder, reason, citations, changed, by_account, by_role, at, settled_by, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')
				ON CONFLICT (city_id, assessment_id, indicator) DO NOTHING`,
				l.city, l.id, x.Indicator, x.From, x.Version, a.Value, string(a.NonAnswer), a.Explanation, a.Evidence, string(a.Confidence),
				string(x.Holder), x.Reason, string(citations), strings.Join(x.Changed, ","), x.By.Account, string(x.By.Role), kept(x.At))
			if err != nil {
				return n, err
			}
			n += int(rows)
		}
		if n == 0 {
			return 0, nil
		}
		return n, l.audit("carry.over", l.id, "")
	})
}

// ConfirmCarried implements assessment.CarryKeeper.
func (s *Store) ConfirmCarried(ctx context.Context, who account.Actor, o assessment.CarryOrder) (out []assessment.Confirmed, err error) {
	return out, s.carry(ctx, who, o, func(l *ledger) (changed int, err error) {
		out = nil
		for _, id := range o.Indicators {
			if slices.ContainsFunc(out, func(x assessment.Confirmed) bool { return x.Indicator == id }) {
				continue
			}
			outcome, err := l.confirm(o, id)
			if err != nil {
				return 0, err
			}
			out = append(out, assessment.Confirmed{Indicator: id, Outcome: outcome})
			if outcome == assessment.CarriedConfirmed || outcome == assessment.CarriedAnswered {
				changed++
			}
		}
		return changed, nil
	})
}

// confirm makes a line the answer of this round, unless somebody has answered meanwhile. Fields that somebody has written in
// this round already stay as they are.
func (l *ledger) confirm(o assessment.CarryOrder, indicator string) (assessment.ConfirmOutcome, error) {
	x, err := l.carried(indicator)
	if err != nil {
		return "", err
	}
	switch {
	case !x.Settled.IsZero():
		return assessment.CarriedSettled, nil
	case !x.Fits():
		return assessment.CarriedUnfit, nil
	}
	m := assessment.Mutation{ID: "carried-" + l.id + "-" + indicator, Indicator: indicator, Answer: x.Answer, Source: "carried"}
	now, _, err := l.answer(indicator, m.ID)
	if err != nil {
		return "", err
	}
	if now.Changed[assessment.ValueField] > 0 {
		return assessment.CarriedAnswered, l.settleCarried(indicator, lineAside)
	}
	m.Base = now.Version
	for f, said := range [assessment.FieldCount]bool{true, x.Answer.Explanation != "", x.Answer.Evidence != "", x.Answer.Confidence != ""} {
		if said && now.Changed[f] == 0 {
			m.Fields = m.Fields.With(assessment.Field(f))
		}
	}
	if _, err := l.mutate(o.Instrument, m); err != nil {
		return "", err
	}
	if o.SetsPower {
		if _, err := l.confirmPower(o, x); err != nil {
			return "", err
		}
	}
	for _, c := range x.Citations {
		if err := l.citeAgain(c); err != nil {
			return "", err
		}
	}
	return assessment.CarriedConfirmed, l.settleCarried(indicator, lineConfirmed)
}

// carried reads a line.
func (l *ledger) carried(indicator string) (x assessment.Carried, err error) {
	into, done := carriedAt(&x)
	err = l.s.row(l.tx, "SELECT "+carriedColumns+" FROM carried x WHERE x.city_id = ? AND x.assessment_id = ? AND x.indicator = ?", []any{l.city, l.id, indicator}, into...)
	if isNone(err) {
		return x, missing()
	}
	if err != nil {
		return x, err
	}
	return x, done()
}

func (l *ledger) settleCarried(indicator, outcome string) error {
	return l.s.run(l.tx, "UPDATE carried SET settled = ?, settled_by = ?, outcome = ? WHERE city_id = ? AND assessment_id = ? AND indicator = ?",
		l.at, l.by.Account, outcome, l.city, l.id, indicator)
}

// confirmPower sets the power of a line, unless somebody has set one in this round.
func (l *ledger) confirmPower(o assessment.CarryOrder, x assessment.Carried) (set bool, err error) {
	q := o.Instrument.Indicator(x.Indicator)
	if x.Holder == "" || q == nil || o.Instrument.IsContext(q) {
		return false, nil
	}
	now, err := l.power(x.Indicator)
	if err != nil || now.Version > 0 {
		return false, err
	}
	_, err = l.setPower(assessment.PowerOrder{Indicator: x.Indicator, Holder: x.Holder, Reason: x.Reason})
	return err == nil, err
}

// citeAgain cites a piece that is still in the library, where it is not cited yet and there is room.
func (l *ledger) citeAgain(c assessment.Citation) error {
	var there, cited int
	if err := l.s.row(l.tx, `SELECT (SELECT COUNT(*) FROM evidence WHERE city_id = ? AND id = ? AND removed IS NULL), (SELECT COUNT(*) FROM citation WHERE city_id = ? AND assessment_id = ? AND indicator = ?)`,
		[]any{l.city, c.Evidence, l.city, l.id, c.Indicator}, &there, &cited); err != nil {
		return err
	}
	if there == 0 || cited >= evidence.MaxCited {
		return nil
	}
	n, err := l.s.count(l.tx, `INSERT INTO citation (city_id, assessment_id, indicator, evidence_id, passage, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator, evidence_id) DO NOTHING`,
		l.city, l.id, c.Indicator, c.Evidence, c.Passage, l.by.Account, string(l.by.Role), l.at)
	if err != nil || n == 0 {
		return err
	}
	return l.audit("evidence.cite", l.id+"/"+c.Indicator, c.Evidence)
}

// PutCarriedAside implements assessment.CarryKeeper.
func (s *Store) PutCarriedAside(ctx context.Context, who account.Actor, o assessment.CarryOrder) (n int, err error) {
	return n, s.carry(ctx, who, o, func(l *ledger) (int, error) {
		n = 0
		for _, id := range o.Indicators {
			x, err := l.carried(id)
			if err != nil {
				return 0, err
			}
			if !x.Settled.IsZero() {
				continue
			}
			n++
			if err := l.settleCarried(id, lineAside); err != nil {
				return 0, err
			}
			if err := l.audit("carry.aside", l.id+"/"+id, ""); err != nil {
				return 0, err
			}
		}
		return n, nil
	})
}

// ConfirmCarriedPowers implements assessment.CarryKeeper.
func (s *Store) ConfirmCarriedPowers(ctx context.Context, who account.Actor, o assessment.CarryOrder) (n int, err error) {
	return n, s.carry(ctx, who, o, func(l *ledger) (int, error) {
		n = 0
		var all []assessment.Carried
		err := s.rows(l.tx, "SELECT indicator, holder, reason FROM carried WHERE city_id = ? AND assessment_id = ? AND holder <> '' AND outcome <> ? ORDER BY indicator",
			[]any{l.city, l.id, lineAside}, func(found *sql.Rows) error {
				var x assessment.Carried
				var holder string
				err := found.Scan(&x.Indicator, &holder, &x.Reason)
				x.Holder = survey.Holder(holder)
				all = append(all, x)
				return err
			})
		if err != nil {
			return 0, err
		}
		for _, x := range all {
			set, err := l.confirmPower(o, x)
			if err != nil {
				return 0, err
			}
			if set {
				n++
			}
		}
		return n, nil
	})
}
