package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// Try implements assessment.SignIns. On PostgreSQL the keys are locked, so that tries at the same moment count each other.
func (s *Store) Try(ctx context.Context, limits []assessment.TryLimit, since, at time.Time) (ok bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		ok = true
		for _, l := range limits {
			if s.engine == PostgreSQL {
				var none string
				if err := s.row(tx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))::text", []any{l.Key}, &none); err != nil {
					return err
				}
			}
			var n int
			if err := s.row(tx, "SELECT COUNT(*) FROM sign_in_failure WHERE key = ? AND at > ?", []any{l.Key, kept(since)}, &n); err != nil {
				return err
			}
			ok = ok && n < l.Most
		}
		if !ok {
			return nil
		}
		if err := s.run(tx, "DELETE FROM sign_in_failure WHERE at < ?", kept(at.Add(-24*time.Hour))); err != nil {
			return err
		}
		for _, l := range limits {
			if err := s.run(tx, "INSERT INTO sign_in_failure (key, at) VALUES (?, ?)", l.Key, kept(at)); err != nil {
				return err
			}
		}
		return nil
	})
	return ok, err
}

// Unfail implements assessment.SignIns.
func (s *Store) Unfail(ctx context.Context, at time.Time, keys ...string) error {
	one := "rowid = (SELECT rowid FROM sign_in_failure WHERE key = ? AND at = ? LIMIT 1)"
	if s.engine == PostgreSQL {
		one = "ctid = (SELECT ctid FROM sign_in_failure WHERE key = ? AND at = ? LIMIT 1)"
	}
	return s.transact(ctx, func(tx *gorm.DB) error {
		for _, k := range keys {
			if err := s.run(tx, "DELETE FROM sign_in_failure WHERE "+one, k, kept(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Factor implements assessment.SignIns.
func (s *Store) Factor(ctx context.Context, id string) (sealed string, step int64, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT totp, totp_step FROM account WHERE id = ?", []any{id}, &sealed, &step)
	return sealed, step, s.known(err)
}

// tell puts a notice about the own account into a person's inbox, whoever did it.
func (s *Store) tell(tx *gorm.DB, id, what string, at time.Time) error {
	return s.notify(tx, assessment.Author{}, at, assessment.Notice{Account: id, Kind: assessment.NoticeSecurity, Args: map[string]string{"What": "signin.happened_" + what}, Href: "/account"})
}

// secure changes something about how a person signs in: it notes it, and tells the person.
func (s *Store) secure(ctx context.Context, id, what string, by assessment.Author, at time.Time, work func(tx *gorm.DB) error) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := work(tx); err != nil {
			return err
		}
		if err := s.tell(tx, id, what, at); err != nil {
			return err
		}
		return s.noteOf(tx, id, what, by, at)
	})
}

// noteOf notes in the log of a person's city, or of none, what happened to the account.
func (s *Store) noteOf(tx *gorm.DB, id, what string, by assessment.Author, at time.Time) error {
	var city string
	if err := s.row(tx, "SELECT COALESCE(city_id, '') FROM account WHERE id = ?", []any{id}, &city); err != nil {
		return err
	}
	return s.record(tx, assessment.Event{At: at, Actor: by, City: city, Action: "account." + what, Subject: id})
}

// SetFactor implements assessment.SignIns.
func (s *Store) SetFactor(ctx context.Context, id, sealed string, step int64, codes []string, except string, by assessment.Author, at time.Time) error {
	what := "factor_set"
	if sealed == "" {
		what = "factor_removed"
	}
	return s.secure(ctx, id, what, by, at, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE account SET totp = ?, totp_step = CASE WHEN totp_step > ? THEN totp_step ELSE ? END WHERE id = ?", sealed, step, step, id)
		if err == nil && n == 0 {
			err = missing()
		}
		if err != nil {
			return err
		}
		if err := s.setRecoveryCodes(tx, id, codes); err != nil {
			return err
		}
		return s.run(tx, "DELETE FROM session WHERE account_id = ? AND hash <> ?", id, except)
	})
}

// SetRecoveryCodes implements assessment.SignIns.
func (s *Store) SetRecoveryCodes(ctx context.Context, id string, codes []string, by assessment.Author, at time.Time) error {
	return s.secure(ctx, id, "recovery_codes", by, at, func(tx *gorm.DB) error { return s.setRecoveryCodes(tx, id, codes) })
}

func (s *Store) setRecoveryCodes(tx *gorm.DB, id string, codes []string) error {
	if err := s.run(tx, "DELETE FROM recovery_code WHERE account_id = ?", id); err != nil {
		return err
	}
	for _, hash := range codes {
		if err := s.run(tx, "INSERT INTO recovery_code (account_id, hash) VALUES (?, ?)", id, hash); err != nil {
			return err
		}
	}
	return nil
}

// RecoveryCodesLeft implements assessment.SignIns.
func (s *Store) RecoveryCodesLeft(ctx context.Context, id string) (n int, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT COUNT(*) FROM recovery_code WHERE account_id = ? AND used IS NULL", []any{id}, &n)
	return n, s.known(err)
}

// UseStep implements assessment.SignIns.
func (s *Store) UseStep(ctx context.Context, id string, step int64) (ok bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE account SET totp_step = ? WHERE id = ? AND totp_step < ?", step, id, step)
		ok = n == 1
		return err
	})
	return ok, err
}

// UseRecoveryCode implements assessment.SignIns. The person is told.
func (s *Store) UseRecoveryCode(ctx context.Context, id, hash string, at time.Time) (ok bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE recovery_code SET used = ? WHERE account_id = ? AND hash = ? AND used IS NULL", kept(at), id, hash)
		if ok = n == 1; err != nil || !ok {
			return err
		}
		if err := s.tell(tx, id, "recovery_used", at); err != nil {
			return err
		}
		return s.noteOf(tx, id, "recovery_used", assessment.Author{Account: id}, at)
	})
	return ok, err
}

// AccountByIdentity implements assessment.SignIns.
func (s *Store) AccountByIdentity(ctx context.Context, i assessment.Identity) (account.Account, error) {
	return s.one(s.read.WithContext(ctx), " JOIN identity i ON i.account_id = p.id WHERE i.issuer = ? AND i.subject = ?", i.Issuer, i.Subject)
}

// LinkIdentity implements assessment.SignIns.
func (s *Store) LinkIdentity(ctx context.Context, id string, i assessment.Identity, by assessment.Author, at time.Time) error {
	return s.secure(ctx, id, "identity_linked", by, at, func(tx *gorm.DB) error { return s.linkIdentity(tx, id, i, at) })
}

func (s *Store) linkIdentity(tx *gorm.DB, id string, i assessment.Identity, at time.Time) error {
	n, err := s.count(tx, "INSERT INTO identity (issuer, subject, account_id, created) VALUES (?, ?, ?, ?) ON CONFLICT (issuer, subject) DO NOTHING", i.Issuer, i.Subject, id, kept(at))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "fault.identity_taken", nil)
	}
	return err
}

// UnlinkIdentities implements assessment.SignIns.
func (s *Store) UnlinkIdentities(ctx context.Context, id string, by assessment.Author, at time.Time) error {
	return s.secure(ctx, id, "identity_removed", by, at, func(tx *gorm.DB) error {
		n, err := s.count(tx, "DELETE FROM identity WHERE account_id = ?", id)
		if err == nil && n == 0 {
			err = missing()
		}
		return err
	})
}

// Identities implements assessment.SignIns.
func (s *Store) Identities(ctx context.Context, id string) (n int, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT COUNT(*) FROM identity WHERE account_id = ?", []any{id}, &n)
	return n, s.known(err)
}

// UseInviteLink implements assessment.SignIns.
func (s *Store) UseInviteLink(ctx context.Context, hash string, i assessment.Identity, now time.Time) (a account.Account, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		var purpose string
		if err := s.row(tx, "SELECT purpose FROM link WHERE hash = ?", []any{hash}, &purpose); err != nil {
			return s.known(err)
		}
		if assessment.LinkPurpose(purpose) != assessment.InviteLink {
			return missing()
		}
		if a, err = s.takeLink(tx, hash, now); err != nil {
			return err
		}
		if err := s.claim(tx, a.ID); err != nil {
			return err
		}
		if err := s.linkIdentity(tx, a.ID, i, now); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: now, Actor: assessment.Author{Account: a.ID, Role: a.Role}, City: a.City, Action: "account.identity_linked", Subject: a.ID})
	})
	return a, err
}

// City implements assessment.SignIns.
func (s *Store) City(ctx context.Context, id string) (assessment.City, error) {
	var r cityRow
	err := s.row(s.read.WithContext(ctx), "SELECT id, code, name, country, fictional FROM city WHERE id = ?", []any{id}, &r.ID, &r.Code, &r.Name, &r.Country, &r.Fictional)
	return r.city(), s.known(err)
}

// FirstProperty implements assessment.SignIns.
func (s *Store) FirstProperty(ctx context.Context, name, value string) (string, error) {
	kept, err := s.Property(ctx, name)
	if !fault.Is(err, fault.NotFound) {
		return kept, err
	}
	err = s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, "INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value)
	})
	if err != nil {
		return "", err
	}
	return s.Property(ctx, name)
}
