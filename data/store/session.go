package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

const sessionFields = "x.account_id, x.begun, x.seen, x.expires, x.own, x.device, x.data"

// Session implements assessment.SignIns; it runs with every request that brings a cookie, and reads the account along with
// the session of somebody who is signed in.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (assessment.Session, error) {
	db := s.read.WithContext(ctx)
	x := assessment.Session{Hash: hash}
	var begun, seen *time.Time
	var person accountRow
	fields, args := []any{&x.Account, &begun, &seen, &x.Expires, &x.Own, &x.Device, &x.Data}, []any{hash, kept(now)}
	const found = " FROM (SELECT * FROM session WHERE hash = ? AND expires > ? LIMIT 1) x"
	err := s.row(db, "SELECT "+sessionFields+", "+accountFields+found+" JOIN account p ON p.id = x.account_id", args, append(fields, person.fields()...)...)
	if isNone(err) {
		err = s.row(db, "SELECT "+sessionFields+found, args, fields...)
	} else if err == nil {
		var who account.Account
		who, err = s.withRounds(db, person)
		x.Person = &who
	}
	x.Begun, x.Seen, x.Expires = from(begun), from(seen), x.Expires.UTC()
	return x, s.known(err)
}

// KeepSession implements assessment.SignIns; sessions that have expired are swept along the way.
func (s *Store) KeepSession(ctx context.Context, x assessment.Session, fresh bool, now time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if !fresh {
			return s.run(tx, "UPDATE session SET data = ?, expires = ?, seen = ? WHERE hash = ?", x.Data, kept(x.Expires), kept(x.Seen), x.Hash)
		}
		if err := s.run(tx, "DELETE FROM session WHERE expires < ?", kept(now)); err != nil {
			return err
		}
		return s.run(tx, "INSERT INTO session (hash, data, expires, account_id, begun, seen, own, device) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			x.Hash, append([]byte{}, x.Data...), kept(x.Expires), x.Account, kept(x.Begun), kept(x.Seen), x.Own, x.Device)
	})
}

// SeeSession implements assessment.SignIns.
func (s *Store) SeeSession(ctx context.Context, hash string, seen, expires time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, "UPDATE session SET seen = ?, expires = ? WHERE hash = ?", kept(seen), kept(expires), hash)
	})
}

// EndSession implements assessment.SignIns.
func (s *Store) EndSession(ctx context.Context, hash string) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.run(tx, "DELETE FROM session WHERE hash = ?", hash) })
}

// SessionsOf implements assessment.SignIns.
func (s *Store) SessionsOf(ctx context.Context, id string, now time.Time) (out []assessment.Session, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT hash, begun, seen, expires, own, device FROM session WHERE account_id = ? AND expires > ? ORDER BY seen DESC, hash",
		[]any{id, kept(now)}, func(rows *sql.Rows) error {
			x := assessment.Session{Account: id}
			var begun, seen *time.Time
			err := rows.Scan(&x.Hash, &begun, &seen, &x.Expires, &x.Own, &x.Device)
			x.Begun, x.Seen, x.Expires = from(begun), from(seen), x.Expires.UTC()
			out = append(out, x)
			return err
		})
	return out, s.known(err)
}

// EndSessions implements assessment.SignIns.
func (s *Store) EndSessions(ctx context.Context, id, except string, by assessment.Author, at time.Time) (n int, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		ended, err := s.count(tx, "DELETE FROM session WHERE account_id = ? AND hash <> ?", id, except)
		if n = int(ended); err != nil || n == 0 {
			return err
		}
		return s.noteOf(tx, id, "sessions_ended", by, at)
	})
	return n, err
}

// EndSessionOf implements assessment.SignIns.
func (s *Store) EndSessionOf(ctx context.Context, id, hash string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "DELETE FROM session WHERE account_id = ? AND hash = ?", id, hash)
		if err == nil && n == 0 {
			err = missing()
		}
		if err != nil {
			return err
		}
		return s.noteOf(tx, id, "sessions_ended", by, at)
	})
}
