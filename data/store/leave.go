package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// Holds implements assessment.Departing.
func (s *Store) Holds(ctx context.Context, id string) (written, parts int, err error) {
	db := s.read.WithContext(ctx)
	for table, into := range map[string]*int{"revision WHERE by_account": &written, "post WHERE by_account": &written, "part WHERE account_id": &parts} {
		var n int
		if err := s.row(db, "SELECT COUNT(*) FROM "+table+" = ?", []any{id}, &n); err != nil {
			return 0, 0, s.known(err)
		}
		*into += n
	}
	return written, parts, nil
}

// placedAt joins the codes of round and city to a table x of an assessment.
const placedAt = ` JOIN assessment a ON a.city_id = x.city_id AND a.id = x.assessment_id JOIN round r ON r.id = a.round_id JOIN city c ON c.id = x.city_id WHERE `

// Trace implements assessment.Departing.
func (s *Store) Trace(ctx context.Context, id string) (out assessment.Trace, err error) {
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		out = assessment.Trace{}
		var rows []struct {
			Line        revisionRow `gorm:"embedded"`
			Round, City string
		}
		if err := tx.Raw(`SELECT x.seq, x.subject, x.indicator, x.mutation, x.fields, x.conflict, x.base, x.version, x.value, x.non_answer, x.explanation, x.evidence,
			x.confidence, x.holder, x.reason, x.source, x.by_account, x.by_role, x.at, r.code AS round, c.code AS city FROM revision x`+placedAt+
			"x.by_account = ? ORDER BY x.at, x.assessment_id, x.seq", id).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			out.Revisions = append(out.Revisions, assessment.TracedRevision{Round: r.Round, City: r.City, Revision: r.Line.revision()})
		}
		err := s.rows(tx, `SELECT r.code, c.code, t.indicator, t.shared, x.id, x.body, x.mentions, x.by_role, x.at FROM post x
			JOIN thread t ON t.city_id = x.city_id AND t.assessment_id = x.assessment_id AND t.id = x.thread_id`+placedAt+"x.by_account = ? ORDER BY x.at, x.id",
			[]any{id}, func(found *sql.Rows) error {
				p := assessment.TracedPost{}
				var mentions, role string
				err := found.Scan(&p.Round, &p.City, &p.Indicator, &p.Shared, &p.ID, &p.Body, &mentions, &role, &p.At)
				p.By, p.At = by(id, "", role), p.At.UTC()
				if mentions != "" {
					p.Mentions = strings.Split(mentions, ",")
				}
				out.Posts = append(out.Posts, p)
				return err
			})
		if err != nil {
			return err
		}
		for like, into := range map[string]*[]assessment.Event{"sign_in%": &out.SignIns, "account.notice": &out.Notices} {
			err := s.rows(tx, "SELECT at, role, action, detail FROM audit WHERE account = ? AND action LIKE ? ORDER BY at, id", []any{id, like}, func(found *sql.Rows) error {
				e := assessment.Event{Subject: id}
				var role string
				err := found.Scan(&e.At, &role, &e.Action, &e.Detail)
				e.Actor, e.At = by(id, "", role), e.At.UTC()
				*into = append(*into, e)
				return err
			})
			if err != nil {
				return err
			}
		}
		err = s.rows(tx, "SELECT begun, seen, expires, own, device FROM session WHERE account_id = ? ORDER BY begun, hash", []any{id}, func(found *sql.Rows) error {
			var x assessment.Session
			var begun, seen *time.Time
			err := found.Scan(&begun, &seen, &x.Expires, &x.Own, &x.Device)
			x.Begun, x.Seen, x.Expires = from(begun), from(seen), x.Expires.UTC()
			out.Sessions = append(out.Sessions, x)
			return err
		})
		if err != nil {
			return err
		}
		return s.rows(tx, "SELECT issuer, subject, created FROM identity WHERE account_id = ? ORDER BY created, issuer, subject", []any{id}, func(found *sql.Rows) error {
			var x assessment.TracedIdentity
			err := found.Scan(&x.Issuer, &x.Subject, &x.Created)
			x.Created = x.Created.UTC()
			out.Outside = append(out.Outside, x)
			return err
		})
	})
	return out, s.known(err)
}

// Erase implements assessment.Departing.
func (s *Store) Erase(ctx context.Context, id string, by assessment.Author, at time.Time) (number int, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		a, err := s.lockPerson(tx, id)
		if err != nil {
			return err
		}
		if err := s.notLast(tx, a); err != nil {
			return err
		}
		if s.engine == PostgreSQL { // two people of one city who are erased at the same moment get two numbers
			var nothing any
			if err := s.row(tx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 3))", []any{a.City}, &nothing); err != nil {
				return err
			}
		}
		if err := s.row(tx, "SELECT COALESCE(MAX(former), 0) + 1 FROM account WHERE COALESCE(city_id, '') = ?", []any{a.City}, &number); err != nil {
			return err
		}
		if err := s.forgetNames(tx, a, account.FormerName(number)); err != nil {
			return err
		}
		for _, gone := range []string{"session", "link", "token", "recovery_code", "identity", "letter", "notice", "presence", "upload", "account_round"} {
			if err := s.run(tx, "DELETE FROM "+gone+" WHERE account_id = ?", id); err != nil {
				return err
			}
		}
		hash := account.HashSecret(a.Email)
		if err := s.run(tx, "DELETE FROM sign_in_failure WHERE key IN (?, ?) AND NOT EXISTS (SELECT 1 FROM account WHERE email = ? AND id <> ?)",
			"account:"+hash, "forgotten:"+hash, a.Email, id); err != nil { // an invitation to an address ends without helping whoever guesses there
			return err
		}
		if err := s.run(tx, `UPDATE account SET name = ?, email = ?, invited = '', former = ?, disabled = ?, ended = ?, password = '', noticed = '', department = '', totp = '', totp_step = 0,
			mail = 'off', mailed = NULL, unread = 0 WHERE id = ?`, account.FormerName(number), "former-"+id, number, true, kept(at), id); err != nil {
			return err
		}
		if err := s.touchTeam(tx, a.City); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, City: a.City, Action: "account.erase", Subject: id})
	})
	return number, err
}

// forgetNames puts another name in place of the name and the address of a person into what was written to others.
func (s *Store) forgetNames(tx *gorm.DB, a account.Account, instead string) error {
	for _, table := range []string{"notice", "letter"} {
		changed := map[string]string{}
		err := s.rows(tx, "SELECT id, args FROM "+table+" WHERE account_id <> ?", []any{a.ID}, func(found *sql.Rows) error {
			var id, raw string
			if err := found.Scan(&id, &raw); err != nil {
				return err
			}
			var args map[string]string
			if err := json.Unmarshal([]byte(raw), &args); err != nil {
				return err
			}
			named := false
			for k, v := range args {
				if v != "" && (v == a.Name || v == a.Email) {
					args[k], named = instead, true
				}
			}
			if !named {
				return nil
			}
			out, err := json.Marshal(args)
			changed[id] = string(out)
			return err
		})
		if err != nil {
			return err
		}
		for id, args := range changed {
			if err := s.run(tx, "UPDATE "+table+" SET args = ? WHERE id = ? AND account_id <> ?", args, id, a.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
