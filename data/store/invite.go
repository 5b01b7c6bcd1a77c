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
	"migov/assessment/fault"
)

// AddInvited implements assessment.Inviting. The same is read and written whoever has the address. On PostgreSQL it is
// locked, so that a form that was sent twice invites once.
func (s *Store) AddInvited(ctx context.Context, who account.Actor, a account.Account, by assessment.Author) (account.Account, error) {
	return s.addAccount(ctx, a, by, func(tx *gorm.DB) error {
		if s.engine == PostgreSQL {
			var nothing any
			if err := s.row(tx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 9))", []any{a.Email}, &nothing); err != nil {
				return err
			}
		}
		condition, args := reachOf(who, "p.city_id")
		var rows []accountRow
		err := tx.Raw(accountColumns+" WHERE (p.email = ? OR p.invited = ?) AND "+condition, append([]any{a.Email, a.Email}, args...)...).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			if assessment.SeenBy(who, r.account(nil, nil)).Email != "" {
				return assessment.EmailTaken()
			}
		}
		return nil
	})
}

// AddLink implements assessment.Inviting.
func (s *Store) AddLink(ctx context.Context, l assessment.Link, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		var city string
		err := s.row(tx, "SELECT COALESCE(city_id, '') FROM account WHERE id = ? AND NOT disabled AND former = 0", []any{l.Account}, &city)
		if isNone(err) {
			return missing()
		}
		if err != nil {
			return err
		}
		if !l.Beside {
			if err := s.run(tx, "UPDATE link SET used = ? WHERE account_id = ? AND used IS NULL", kept(at), l.Account); err != nil {
				return err
			}
		}
		if err := s.run(tx, "INSERT INTO link (hash, account_id, expires, purpose, by_account, by_role) VALUES (?, ?, ?, ?, ?, ?)",
			l.Hash, l.Account, kept(l.Expires), string(l.Purpose), l.By.Account, string(l.By.Role)); err != nil {
			return err
		}
		if l.Letter != "" {
			if err := s.writeLetter(tx, l.Letter, map[string]string{"Role": string(l.By.Role)}, at, "p.id = ?", l.Account); err != nil {
				return err
			}
		}
		return s.record(tx, assessment.Event{At: at, Actor: l.By, City: city, Action: "account.link", Subject: l.Account, Detail: string(l.Purpose)})
	})
}

// writeLetter puts a letter to the accounts p that a condition names into the outbox.
func (s *Store) writeLetter(tx *gorm.DB, kind string, args map[string]string, at time.Time, condition string, values ...any) error {
	id, err := newID()
	if err != nil {
		return err
	}
	said, err := json.Marshal(args)
	if err != nil {
		return err
	}
	return s.run(tx, `INSERT INTO letter (id, account_id, kind, args, href, at, due, attempts) SELECT ?, p.id, ?, ?, '', ?, ?, 0 FROM account p WHERE `+condition,
		append([]any{id, kind, string(said), kept(at), kept(at)}, values...)...)
}

const linked = " JOIN link l ON l.account_id = p.id WHERE l.hash = ? AND l.used IS NULL AND l.expires > ? AND NOT p.disabled"

// PeekLink implements assessment.Inviting. A link that was made for a letter says who invited before it.
func (s *Store) PeekLink(ctx context.Context, hash string, now time.Time) (o assessment.Opened, err error) {
	db := s.read.WithContext(ctx)
	if o.Account, err = s.one(db, linked, hash, kept(now)); err != nil {
		return assessment.Opened{}, err
	}
	var purpose, who, role string
	err = s.row(db, `SELECT l.purpose, l.expires, l.by_role = '', COALESCE(x.by_account, ''), COALESCE(x.by_role, ''),
		COALESCE((SELECT h.id FROM account p JOIN account h ON h.email = p.invited WHERE p.id = l.account_id), '') FROM link l
		LEFT JOIN link x ON x.account_id = l.account_id AND x.purpose = l.purpose AND x.by_role <> ''
		WHERE l.hash = ? ORDER BY CASE WHEN x.hash = l.hash THEN 0 ELSE 1 END, x.expires DESC LIMIT 1`, []any{hash}, &purpose, &o.Expires, &o.Posted, &who, &role, &o.Holder)
	o.Purpose, o.By, o.Expires = assessment.LinkPurpose(purpose), by(who, "", role), o.Expires.UTC()
	return o, s.known(err)
}

// UseLink implements assessment.Inviting.
func (s *Store) UseLink(ctx context.Context, hash, name, password string, now time.Time) (a account.Account, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		if a, err = s.takeLink(tx, hash, now); err != nil {
			return err
		}
		if name != "" && name != a.Name {
			if err := s.run(tx, "UPDATE account SET name = ? WHERE id = ?", name, a.ID); err != nil {
				return err
			}
			a.Name = name
		}
		a.Password = password
		if err := s.setPassword(tx, a.ID, password, assessment.Author{Account: a.ID, Role: a.Role}, now); err != nil {
			return err
		}
		return s.touchTeam(tx, a.City)
	})
	return a, err
}

// takeLink uses up a link and every other of its account, inside a transaction, and returns the account. The row of the
// account is locked first, so that of two links of one account that are used at the same moment one is found used.
func (s *Store) takeLink(tx *gorm.DB, hash string, now time.Time) (a account.Account, err error) {
	if err := s.run(tx, "UPDATE account SET password = password WHERE id = (SELECT account_id FROM link WHERE hash = ?)", hash); err != nil {
		return a, err
	}
	if a, err = s.one(tx, linked, hash, kept(now)); err != nil {
		return a, err
	}
	return a, s.run(tx, "UPDATE link SET used = ? WHERE account_id = ? AND used IS NULL", kept(now), a.ID)
}

// touchTeam notes that the team of a city has changed; nothing is to be noted for people of no city.
func (s *Store) touchTeam(tx *gorm.DB, city string) error {
	if city == "" {
		return nil
	}
	return s.touchCity(tx, city)
}

// Forgotten implements assessment.Inviting.
func (s *Store) Forgotten(ctx context.Context, key, email string, limit int, since, now time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		var asked int
		if err := s.row(tx, "SELECT COUNT(*) FROM sign_in_failure WHERE key = ? AND at > ?", []any{key, kept(since)}, &asked); err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO sign_in_failure (key, at) VALUES (?, ?)", key, kept(now)); err != nil {
			return err
		}
		err := s.writeLetter(tx, assessment.LetterReset, nil, now, "p.email = ? AND NOT p.disabled AND ?", email, asked < limit)
		if err != nil {
			return err
		}
		return s.writeLetter(tx, assessment.LetterInvite, nil, now, `p.id = (SELECT MAX(w.id) FROM account w WHERE w.invited = ? AND NOT w.disabled)
			AND NOT EXISTS (SELECT 1 FROM account h WHERE h.email = ?) AND ?`, email, email, asked < limit)
	})
}

// reachOf restricts a query on a city named by a column to the actor's reach.
func reachOf(who account.Actor, column string) (condition string, args []any) {
	switch {
	case who.Role == account.Admin || who.Role == account.Operator:
		return "1 = 1", nil
	case who.Role == account.Coordinator && who.City != "":
		return column + " = ?", []any{who.City}
	case who.Role == account.Analyst && len(who.Rounds) > 0:
		for _, r := range who.Rounds {
			args = append(args, r)
		}
		return column + " IN (SELECT a.city_id FROM assessment a WHERE a.round_id IN (?" + strings.Repeat(", ?", len(args)-1) + "))", args
	}
	return "1 = 0", nil
}

// People implements assessment.Inviting.
func (s *Store) People(ctx context.Context, who account.Actor) ([]account.Account, error) {
	condition, args := reachOf(who, "p.city_id")
	return s.accounts(ctx, " WHERE "+condition, args...)
}

// Places implements assessment.Inviting.
func (s *Store) Places(ctx context.Context, who account.Actor) ([]assessment.City, error) {
	condition, args := reachOf(who, "id")
	var rows []cityRow
	err := s.read.WithContext(ctx).Raw("SELECT id, code, name, country, fictional FROM city WHERE "+condition+" ORDER BY id", args...).Scan(&rows).Error
	byName(rows, func(r cityRow) string { return r.Name })
	out := make([]assessment.City, len(rows))
	for i, r := range rows {
		out[i] = r.city()
	}
	return out, s.known(err)
}

// ChangePerson implements assessment.Inviting. Sessions end with another role.
func (s *Store) ChangePerson(ctx context.Context, a account.Account, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		was, err := s.lockPerson(tx, a.ID)
		if err != nil {
			return err
		}
		if a.Role != account.Coordinator {
			if err := s.notLast(tx, was); err != nil {
				return err
			}
		}
		if err := s.run(tx, "UPDATE account SET role = ?, department = ?, language = ? WHERE id = ?", string(a.Role), a.Department, string(a.Language), a.ID); err != nil {
			return err
		}
		detail := ""
		if was.Role != a.Role {
			detail = string(was.Role) + " " + string(a.Role)
			if err := s.run(tx, "DELETE FROM session WHERE account_id = ?", a.ID); err != nil {
				return err
			}
		}
		if err := s.touchTeam(tx, was.City); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, City: was.City, Action: "account.change", Subject: a.ID, Detail: detail})
	})
}

// lockPerson reads an account that was not erased. On PostgreSQL it locks the coordinators of its city, or the account alone,
// in the order of their ids, so that of the two last coordinators who end each other at the same moment one is refused.
func (s *Store) lockPerson(tx *gorm.DB, id string) (account.Account, error) {
	if s.engine == PostgreSQL {
		err := s.rows(tx, `SELECT id FROM account WHERE id = ? OR role = 'coordinator' AND city_id = (SELECT city_id FROM account WHERE id = ?) ORDER BY id FOR UPDATE`,
			[]any{id, id}, func(*sql.Rows) error { return nil })
		if err != nil {
			return account.Account{}, err
		}
	}
	return s.one(tx, " WHERE p.id = ? AND p.former = 0", id)
}

// notLast refuses to take away the last coordinator of a city who can sign in.
func (s *Store) notLast(tx *gorm.DB, a account.Account) error {
	if a.Role != account.Coordinator || a.Disabled || !assessment.Joined(a) {
		return nil
	}
	var others int
	err := s.row(tx, "SELECT COUNT(*) FROM account WHERE city_id = ? AND role = ? AND NOT disabled AND id <> ? AND (password <> '' OR noticed <> '')",
		[]any{a.City, string(account.Coordinator), a.ID}, &others)
	if err == nil && others == 0 {
		err = fault.New(fault.Conflict, "fault.last_coordinator", nil)
	}
	return err
}

// SetDisabled implements assessment.Inviting. Sessions stay as they are: they open nothing any more, but what the person was
// writing can still be kept for the colleagues.
func (s *Store) SetDisabled(ctx context.Context, id string, disabled bool, by assessment.Author) error {
	at := time.Now()
	return s.transact(ctx, func(tx *gorm.DB) error {
		a, err := s.lockPerson(tx, id)
		if err != nil {
			return err
		}
		action, ended := "account.enable", (*time.Time)(nil)
		if disabled {
			if err := s.notLast(tx, a); err != nil {
				return err
			}
			action, ended = "account.disable", maybe(at)
			if err := s.run(tx, "UPDATE link SET used = ? WHERE account_id = ? AND used IS NULL", kept(at), id); err != nil {
				return err
			}
		}
		if err := s.run(tx, "UPDATE account SET disabled = ?, ended = ? WHERE id = ?", disabled, ended, id); err != nil {
			return err
		}
		if err := s.touchTeam(tx, a.City); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, City: a.City, Action: action, Subject: id})
	})
}

// Ended implements assessment.Ended.
func (s *Store) Ended(ctx context.Context, id string) (time.Time, error) {
	var at *time.Time
	err := s.row(s.read.WithContext(ctx), "SELECT ended FROM account WHERE id = ?", []any{id}, &at)
	return from(at), s.known(err)
}

// ActiveMinutes implements assessment.Inviting.
func (s *Store) ActiveMinutes(ctx context.Context, most int) (minutes []int, err error) {
	db := s.read.WithContext(ctx)
	type key struct{ city, id string }
	var newest []key
	err = s.rows(db, `SELECT a.city_id, a.id FROM assessment a JOIN round r ON r.id = a.round_id WHERE a.handed_in IS NOT NULL AND NOT r.published
		ORDER BY a.handed_in DESC LIMIT ?`, []any{most}, func(rows *sql.Rows) error {
		var k key
		err := rows.Scan(&k.city, &k.id)
		newest = append(newest, k)
		return err
	})
	if err != nil {
		return nil, s.known(err)
	}
	for _, k := range newest {
		var worked time.Duration
		var before time.Time
		var last string
		err := s.rows(db, `SELECT by_account, at FROM revision WHERE city_id = ? AND assessment_id = ? AND source NOT IN ('import', 'demo') ORDER BY by_account, at`,
			[]any{k.city, k.id}, func(rows *sql.Rows) error {
				var who string
				var at time.Time
				if err := rows.Scan(&who, &at); err != nil {
					return err
				}
				if gap := at.Sub(before); who == last && gap <= assessment.ActiveGap {
					worked += gap
				}
				last, before = who, at
				return nil
			})
		if err != nil {
			return nil, s.known(err)
		}
		if m := int(worked.Round(time.Minute).Minutes()); m > 0 {
			minutes = append(minutes, m)
		}
	}
	return minutes, nil
}
