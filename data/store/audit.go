package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// head is the newest line of the audit log of a city: its number and its hash.
type head struct {
	seq  int64
	hash string
}

// record appends a line to the audit log of a city and chains it to the one before.
func (s *Store) record(tx *gorm.DB, e assessment.Event) error {
	h, err := s.headOf(tx, e.City)
	if err != nil {
		return err
	}
	_, err = s.chain(tx, e, h)
	return err
}

// headOf reads the newest line of a city. On PostgreSQL it holds the log of the city until the transaction ends, so that
// two transactions stand in line; SQLite has one writer anyway.
func (s *Store) headOf(tx *gorm.DB, city string) (h head, err error) {
	if s.engine == PostgreSQL {
		var nothing any
		if err := s.row(tx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 8))", []any{city}, &nothing); err != nil {
			return h, err
		}
	}
	err = s.row(tx, "SELECT seq, hash FROM audit WHERE city_id = ? AND seq > 0 ORDER BY seq DESC LIMIT 1", []any{city}, &h.seq, &h.hash)
	if isNone(err) {
		err = nil
	}
	return h, err
}

// chain appends a line after the newest one and returns it as the newest.
func (s *Store) chain(tx *gorm.DB, e assessment.Event, h head) (head, error) {
	id, err := newID()
	if err != nil {
		return h, err
	}
	l := assessment.Line{Event: e, ID: id, Seq: h.seq + 1}
	l.At = kept(e.At)
	next := head{l.Seq, l.Chain(h.hash)}
	return next, s.run(tx, `INSERT INTO audit (city_id, id, at, account, role, action, subject, detail, seq, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.City, id, l.At, e.Actor.Account, string(e.Actor.Role), e.Action, e.Subject, e.Detail, next.seq, next.hash)
}

// Record implements assessment.Recorder.
func (s *Store) Record(ctx context.Context, events ...assessment.Event) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		for _, e := range events {
			if err := s.record(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

const lineColumns = "SELECT x.city_id, x.id, x.at, x.account, x.role, x.action, x.subject, x.detail, x.seq, x.hash"

func scanLine(rows *sql.Rows, more ...any) (l assessment.Line, err error) {
	var role string
	err = rows.Scan(append([]any{&l.City, &l.ID, &l.At, &l.Actor.Account, &role, &l.Action, &l.Subject, &l.Detail, &l.Seq, &l.Hash}, more...)...)
	l.At, l.Actor.Role = l.At.UTC(), account.Role(role)
	return l, err
}

// Audit implements assessment.Auditor.
func (s *Store) Audit(ctx context.Context, who account.Actor, f assessment.AuditFilter) (out []assessment.Line, err error) {
	ask := lineColumns + ", COALESCE((SELECT p.name FROM account p WHERE p.id = x.account AND p.city_id = x.city_id), '') FROM audit x WHERE x.city_id = ?"
	args := []any{who.City}
	if actions := f.Group.Actions(); actions != nil {
		var any []string
		for _, a := range actions {
			if strings.HasSuffix(a, ".") {
				any, args = append(any, "x.action LIKE ?"), append(args, a+"%")
			} else {
				any, args = append(any, "x.action = ?"), append(args, a)
			}
		}
		ask += " AND (" + strings.Join(any, " OR ") + ")"
	}
	if f.Outside {
		ask, args = ask+" AND x.role NOT IN (?, ?, ?, '') AND x.action NOT IN (?, ?, ?)", append(args, string(account.Coordinator), string(account.Contributor), string(account.Approver),
			assessment.AuditReminded, assessment.AuditWarned, assessment.AuditEnding)
	}
	for condition, at := range map[string]time.Time{" AND x.at >= ?": f.From, " AND x.at < ?": f.Until} {
		if !at.IsZero() {
			ask, args = ask+condition, append(args, kept(at))
		}
	}
	if f.Before != nil {
		ask, args = ask+" AND x.seq < ?", append(args, *f.Before)
	}
	ask += " ORDER BY x.seq DESC, x.id DESC"
	if f.Limit > 0 {
		ask, args = ask+" LIMIT ?", append(args, f.Limit)
	}
	err = s.rows(s.read.WithContext(ctx), ask, args, func(rows *sql.Rows) error {
		var name string
		l, err := scanLine(rows, &name)
		l.Actor.Name = name
		out = append(out, l)
		return err
	})
	return out, s.known(err)
}

// VerifyAudit implements assessment.Auditor. It reads one city after the other, so that saves go on meanwhile.
func (s *Store) VerifyAudit(ctx context.Context, earlier []assessment.Head) (heads []assessment.Head, wrong []string, err error) {
	db := s.read.WithContext(ctx)
	var cities []struct{ ID, Code string }
	if err := db.Raw("SELECT DISTINCT x.city_id AS id, COALESCE(c.code, '') AS code FROM audit x LEFT JOIN city c ON c.id = x.city_id ORDER BY 2, 1").Scan(&cities).Error; err != nil {
		return nil, nil, s.known(err)
	}
	before := map[string]map[int64]string{} // what the earlier heads want, by city and number
	for _, h := range earlier {
		if before[h.City] == nil {
			before[h.City] = map[int64]string{}
		}
		before[h.City][h.Seq] = h.Hash
	}
	for _, c := range cities {
		head := assessment.Head{City: c.ID, Code: c.Code}
		broken := false
		err := s.rows(db, lineColumns+" FROM audit x WHERE x.city_id = ? AND x.seq > 0 ORDER BY x.seq", []any{c.ID}, func(rows *sql.Rows) error {
			l, err := scanLine(rows)
			if err != nil {
				return err
			}
			switch {
			case broken: // one fault breaks all that follows; the first is the one to name
			case l.Seq != head.Seq+1:
				broken, wrong = true, append(wrong, fmt.Sprintf("%s: line %d follows line %d; what stood between is missing", nameOf(c.Code), l.Seq, head.Seq))
			case l.Chain(head.Hash) != l.Hash:
				broken, wrong = true, append(wrong, fmt.Sprintf("%s: line %d (%s, %s) is not what was written", nameOf(c.Code), l.Seq, l.Action, l.At.Format(time.RFC3339)))
			}
			if want, ok := before[c.ID][l.Seq]; ok && want == l.Hash {
				delete(before[c.ID], l.Seq)
			}
			head.Seq, head.Hash = l.Seq, l.Hash
			return nil
		})
		if err != nil {
			return nil, nil, s.known(err)
		}
		heads = append(heads, head)
	}
	for _, h := range earlier {
		if _, missing := before[h.City][h.Seq]; missing {
			wrong = append(wrong, fmt.Sprintf("%s: line %d, noted earlier, is not in the log any more", nameOf(h.Code), h.Seq))
		}
	}
	return heads, wrong, nil
}

// nameOf names the log of a city; that of events without a city belongs to the instance.
func nameOf(code string) string {
	if code == "" {
		return "instance"
	}
	return code
}
