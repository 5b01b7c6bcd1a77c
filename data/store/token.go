package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// tokenSlack is how old the note of a token's last use may get before it is written anew: reading must not write each time.
const tokenSlack = 5 * time.Minute

// AccountByToken implements assessment.People. Where the use cannot be noted, reading goes on.
func (s *Store) AccountByToken(ctx context.Context, hash string, now time.Time) (account.Account, error) {
	db := s.read.WithContext(ctx)
	var r accountRow
	var t account.Token
	var used *time.Time
	err := s.row(db, "SELECT "+accountFields+", t.scope, t.round_id, t.used FROM account p JOIN token t ON t.account_id = p.id WHERE t.hash = ? AND t.expires > ? AND NOT p.disabled",
		[]any{hash, kept(now)}, append(r.fields(), &t.Scope, &t.Round, &used)...)
	if err != nil {
		return account.Account{}, s.known(err)
	}
	a, err := s.withRounds(db, r)
	if err == nil && now.Sub(from(used)) >= tokenSlack {
		_ = s.transact(ctx, func(tx *gorm.DB) error {
			return s.run(tx, "UPDATE token SET used = ? WHERE hash = ?", kept(now), hash)
		})
	}
	return a.By(t), err
}

// AddToken implements assessment.People.
func (s *Store) AddToken(ctx context.Context, id, hash, name string, expires time.Time, by assessment.Author) error {
	return s.KeepToken(ctx, hash, account.Token{Account: id, Name: name, Scope: account.ScopeAll, Created: time.Now(), Expires: expires}, by)
}

// KeepToken implements assessment.TokenKeeper.
func (s *Store) KeepToken(ctx context.Context, hash string, t account.Token, by assessment.Author) error {
	id, err := newID()
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.run(tx, "INSERT INTO token (hash, account_id, name, expires, created, id, scope, round_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			hash, t.Account, t.Name, kept(t.Expires), kept(t.Created), id, string(t.Scope), t.Round); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: t.Created, Actor: by, Action: "account.token", Subject: t.Account, Detail: string(t.Scope)})
	})
}

// Tokens implements assessment.TokenKeeper.
func (s *Store) Tokens(ctx context.Context, id string, now time.Time) (out []account.Token, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT id, account_id, name, scope, round_id, created, expires, used FROM token WHERE account_id = ? AND expires > ? ORDER BY created DESC, id", []any{id, kept(now)}, func(rows *sql.Rows) error {
		var t account.Token
		var used *time.Time
		err := rows.Scan(&t.ID, &t.Account, &t.Name, &t.Scope, &t.Round, &t.Created, &t.Expires, &used)
		t.Created, t.Expires, t.Used = t.Created.UTC(), t.Expires.UTC(), from(used)
		out = append(out, t)
		return err
	})
	return out, s.known(err)
}

// EndToken implements assessment.TokenKeeper.
func (s *Store) EndToken(ctx context.Context, owner, id string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "DELETE FROM token WHERE account_id = ? AND id = ?", owner, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing()
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, Action: "account.token_end", Subject: owner})
	})
}
