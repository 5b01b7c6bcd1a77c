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

type accountRow struct {
	ID, Email, Name, Role, Language, Password, Noticed string
	CityID                                             *string
	HomeCity                                           string
	Disabled                                           bool
	Created                                            time.Time
	Department, Mail                                   string
	Former, Unread                                     int
	Factor                                             bool
}

func (r accountRow) account(rounds, assigned []string) account.Account {
	a := account.Account{ID: r.ID, Email: r.Email, Name: r.Name, Role: account.Role(r.Role), Rounds: rounds, Assigned: assigned, Language: survey.Language(r.Language),
		Password: r.Password, Noticed: r.Noticed, Disabled: r.Disabled, Created: r.Created.UTC(),
		Department: r.Department, Mail: account.Mail(r.Mail), Former: r.Former, Factor: r.Factor, Unread: r.Unread}
	if r.CityID != nil {
		a.City = *r.CityID
	} else {
		a.City = r.HomeCity
	}
	return a
}

// accountFields say as the address of an account also that to which it was only invited.
const accountFields = "p.id, CASE WHEN p.invited = '' THEN p.email ELSE p.invited END AS email, p.name, p.role, p.city_id, p.language, p.password, p.noticed, p.disabled, p.created, " +
	"p.department, p.mail, p.former, p.totp <> '' AS factor, p.unread, p.home_city"

const accountColumns = "SELECT " + accountFields + " FROM account p"

// fields are where the accountFields of a row go.
func (r *accountRow) fields() []any {
	return []any{&r.ID, &r.Email, &r.Name, &r.Role, &r.CityID, &r.Language, &r.Password, &r.Noticed, &r.Disabled, &r.Created,
		&r.Department, &r.Mail, &r.Former, &r.Factor, &r.Unread, &r.HomeCity}
}

// one reads one account.
func (s *Store) one(db *gorm.DB, rest string, args ...any) (account.Account, error) {
	var r accountRow
	if err := s.row(db, accountColumns+rest, args, r.fields()...); err != nil {
		return account.Account{}, s.known(err)
	}
	return s.withRounds(db, r)
}

// withRounds adds the rounds of an analyst and the assessments of a reviewer.
func (s *Store) withRounds(db *gorm.DB, r accountRow) (account.Account, error) {
	var rounds, assigned []string
	if account.Role(r.Role) == account.Reviewer {
		if err := db.Raw("SELECT assessment_id FROM reviewer WHERE account_id = ? ORDER BY assessment_id", r.ID).Scan(&assigned).Error; err != nil {
			return account.Account{}, s.known(err)
		}
	}
	if account.Role(r.Role) == account.Analyst {
		if err := db.Raw("SELECT round_id FROM account_round WHERE account_id = ? ORDER BY round_id", r.ID).Scan(&rounds).Error; err != nil {
			return account.Account{}, s.known(err)
		}
	}
	return r.account(rounds, assigned), nil
}

// Account implements assessment.People.
func (s *Store) Account(ctx context.Context, id string) (account.Account, error) {
	return s.one(s.read.WithContext(ctx), " WHERE p.id = ?", id)
}

// AccountByEmail implements assessment.People.
func (s *Store) AccountByEmail(ctx context.Context, email string) (account.Account, error) {
	return s.one(s.read.WithContext(ctx), " WHERE p.email = ? OR p.invited = ? ORDER BY CASE WHEN p.email = ? THEN 0 ELSE 1 END, p.id DESC LIMIT 1", email, email, email)
}

// Accounts implements assessment.People.
func (s *Store) Accounts(ctx context.Context) ([]account.Account, error) { return s.accounts(ctx, "") }

// accounts reads accounts by name.
func (s *Store) accounts(ctx context.Context, condition string, args ...any) ([]account.Account, error) {
	db := s.read.WithContext(ctx)
	var rows []accountRow
	if err := db.Raw(accountColumns+condition+" ORDER BY p.id", args...).Scan(&rows).Error; err != nil {
		return nil, s.known(err)
	}
	var pairs []struct{ AccountID, RoundID string }
	if err := db.Raw("SELECT account_id, round_id FROM account_round ORDER BY round_id").Scan(&pairs).Error; err != nil {
		return nil, s.known(err)
	}
	var given []struct{ AccountID, AssessmentID string }
	if err := db.Raw("SELECT account_id, assessment_id FROM reviewer ORDER BY assessment_id").Scan(&given).Error; err != nil {
		return nil, s.known(err)
	}
	assigned := map[string][]string{}
	for _, g := range given {
		assigned[g.AccountID] = append(assigned[g.AccountID], g.AssessmentID)
	}
	byName(rows, func(r accountRow) string { return r.Name })
	rounds := map[string][]string{}
	for _, p := range pairs {
		rounds[p.AccountID] = append(rounds[p.AccountID], p.RoundID)
	}
	out := make([]account.Account, len(rows))
	for i, r := range rows {
		out[i] = r.account(rounds[r.ID], assigned[r.ID])
	}
	return out, nil
}

// AddAccount implements assessment.People.
func (s *Store) AddAccount(ctx context.Context, a account.Account, by assessment.Author) (account.Account, error) {
	return s.addAccount(ctx, a, by, func(*gorm.DB) error { return nil })
}

// addAccount makes an account unless a first look refuses it. Whoever has not joined does not have the address yet; see claim.
func (s *Store) addAccount(ctx context.Context, a account.Account, by assessment.Author, look func(tx *gorm.DB) error) (account.Account, error) {
	id, err := newID()
	if err != nil {
		return a, err
	}
	a.ID = id
	if a.Mail == "" {
		a.Mail = account.WeeklyMail
	}
	email, invited := a.Email, ""
	if !assessment.Joined(a) {
		email, invited = "invited-"+a.ID, a.Email
	}
	return a, s.transact(ctx, func(tx *gorm.DB) error {
		if err := look(tx); err != nil {
			return err
		}
		var city *string
		team, home := a.City, ""
		switch {
		case a.Role == account.Reviewer:
			team, home = "", a.City
		case a.City != "":
			city = &a.City
		}
		err := tx.Exec("INSERT INTO account (id, email, invited, name, role, city_id, language, password, noticed, disabled, created, department, mail, home_city) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			a.ID, email, invited, a.Name, a.Role, city, a.Language, a.Password, a.Noticed, a.Disabled, kept(a.Created), a.Department, a.Mail, home).Error
		if duplicate(err) {
			return assessment.EmailTaken()
		}
		if orphan(err) {
			return fault.Wrap(err, fault.Invalid, "fault.account_city", nil).WithFields(fault.Field{Name: "city", Key: "fault.account_city"})
		}
		if err != nil {
			return err
		}
		if err := s.touchTeam(tx, team); err != nil {
			return err
		}
		for _, r := range a.Rounds {
			err := tx.Exec("INSERT INTO account_round (account_id, round_id) VALUES (?, ?)", a.ID, r).Error
			if orphan(err) {
				return fault.Wrap(err, fault.Invalid, "fault.account_round", nil).WithFields(fault.Field{Name: "round", Key: "fault.account_round"})
			}
			if err != nil {
				return err
			}
		}
		return s.record(tx, assessment.Event{At: a.Created, Actor: by, City: team, Action: "account.add", Subject: a.ID, Detail: string(a.Role)})
	})
}

// change runs one update of an account and notes it.
func (s *Store) change(ctx context.Context, id, action string, by assessment.Author, update func(tx *gorm.DB) *gorm.DB) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		done := update(tx)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return missing()
		}
		if action == "" {
			return nil
		}
		return s.record(tx, assessment.Event{At: time.Now(), Actor: by, Action: action, Subject: id})
	})
}

// SetPassword implements assessment.People. Sign-in sessions end: their rows are deleted, and they carry a digest of the hash,
// so that one that was just being written ends with the old password too.
func (s *Store) SetPassword(ctx context.Context, id, hash string, by assessment.Author) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.setPassword(tx, id, hash, by, time.Now()) })
}

func (s *Store) setPassword(tx *gorm.DB, id, hash string, by assessment.Author, now time.Time) error {
	for _, end := range []string{"DELETE FROM session WHERE account_id = ?", "DELETE FROM link WHERE account_id = ? AND used IS NULL"} {
		if err := s.run(tx, end, id); err != nil {
			return err
		}
	}
	var first bool
	if err := s.row(tx, "SELECT password = '' FROM account WHERE id = ?", []any{id}, &first); err != nil {
		return s.known(err)
	}
	if err := s.claim(tx, id); err != nil {
		return err
	}
	if err := s.run(tx, "UPDATE account SET password = ? WHERE id = ?", hash, id); err != nil {
		return err
	}
	if !first { // nobody needs to be told of the password that opens an account
		if err := s.tell(tx, id, "password", now); err != nil {
			return err
		}
	}
	return s.noteOf(tx, id, "password", by, now)
}

// claim gives an account the address to which it was invited, inside the transaction in which it joins. Conflict when the
// address opens another account by then. Nothing of that is noted: whoever invited reads the log.
func (s *Store) claim(tx *gorm.DB, id string) error {
	err := s.run(tx, "UPDATE account SET email = invited, invited = '' WHERE id = ? AND invited <> ''", id)
	if duplicate(err) {
		return fault.New(fault.Conflict, "fault.address_elsewhere", nil)
	}
	return err
}

// SetLanguage implements assessment.People.
func (s *Store) SetLanguage(ctx context.Context, id string, l survey.Language) error {
	return s.change(ctx, id, "", assessment.Author{}, func(tx *gorm.DB) *gorm.DB {
		return tx.Exec("UPDATE account SET language = ? WHERE id = ?", l, id)
	})
}

// SetNoticed implements assessment.People.
func (s *Store) SetNoticed(ctx context.Context, id, version string) error {
	return s.change(ctx, id, "account.notice", assessment.Author{Account: id}, func(tx *gorm.DB) *gorm.DB {
		return tx.Exec("UPDATE account SET noticed = ? WHERE id = ?", version, id)
	})
}

// Failures implements assessment.People.
func (s *Store) Failures(ctx context.Context, key string, since time.Time) (n int, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT COUNT(*) FROM sign_in_failure WHERE key = ? AND at > ?", []any{key, kept(since)}, &n)
	return n, s.known(err)
}

// AddFailure implements assessment.People. All failures older than a day are swept along the way.
func (s *Store) AddFailure(ctx context.Context, key string, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.run(tx, "DELETE FROM sign_in_failure WHERE at < ?", kept(at.Add(-24*time.Hour))); err != nil {
			return err
		}
		return s.run(tx, "INSERT INTO sign_in_failure (key, at) VALUES (?, ?)", key, kept(at))
	})
}

// ClearFailures implements assessment.People.
func (s *Store) ClearFailures(ctx context.Context, key string) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, "DELETE FROM sign_in_failure WHERE key = ?", key)
	})
}
