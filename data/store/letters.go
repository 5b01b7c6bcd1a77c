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

// waiting are the letters that may be claimed at a moment. It takes the moment, the end of a lease, and the bit of the day,
// on which reminders of a city that rests wait.
var waiting = "sent IS NULL AND given_up IS NULL AND due <= ? AND (claimed IS NULL OR claimed <= ?) AND NOT (kind IN ('" +
	strings.Join(assessment.Reminders, "', '") + "') AND " + resting("letter.account_id") + ")"

// Claim implements assessment.Outbox. A look that writes nothing comes first: most of the time nothing is due.
func (s *Store) Claim(ctx context.Context, now time.Time) (l assessment.Letter, found bool, err error) {
	var one int
	moment := []any{kept(now), kept(now.Add(-assessment.LetterLease)), dayBit(now)}
	err = s.row(s.read.WithContext(ctx), "SELECT 1 FROM letter WHERE "+waiting+" LIMIT 1", moment, &one)
	if isNone(err) {
		return l, false, nil
	}
	if err != nil {
		return l, false, s.known(err)
	}
	skip := ""
	if s.engine == PostgreSQL {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	ask := `UPDATE letter SET claimed = ?, attempts = attempts + 1 WHERE id = (SELECT id FROM letter WHERE ` + waiting + ` ORDER BY due, id LIMIT 1` + skip + `)
		RETURNING id, account_id, kind, args, href, at, attempts`
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, found = assessment.Letter{}, false
		return s.rows(tx, ask, append([]any{kept(now)}, moment...), func(rows *sql.Rows) error {
			var args string
			if err := rows.Scan(&l.ID, &l.Account, &l.Kind, &args, &l.Href, &l.At, &l.Attempts); err != nil {
				return err
			}
			l.At, found = l.At.UTC(), true
			return json.Unmarshal([]byte(args), &l.Args)
		})
	})
	return l, found && err == nil, err
}

// Sent implements assessment.Outbox.
func (s *Store) Sent(ctx context.Context, id string, at time.Time) error {
	return s.letter(ctx, "UPDATE letter SET sent = ?, claimed = NULL WHERE id = ? AND sent IS NULL", kept(at), id)
}

// Again implements assessment.Outbox.
func (s *Store) Again(ctx context.Context, id string, due time.Time) error {
	return s.letter(ctx, "UPDATE letter SET due = ?, claimed = NULL WHERE id = ? AND sent IS NULL", kept(due), id)
}

func (s *Store) letter(ctx context.Context, text string, args ...any) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.run(tx, text, args...) })
}

// GiveUp implements assessment.Outbox. An administrator who has not read of an earlier one is not told again.
func (s *Store) GiveUp(ctx context.Context, id string, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE letter SET given_up = ?, claimed = NULL WHERE id = ? AND sent IS NULL AND given_up IS NULL", kept(at), id)
		if err != nil || n == 0 {
			return err
		}
		var admins []string
		err = s.rows(tx, `SELECT p.id FROM account p WHERE p.role = ? AND NOT p.disabled
			AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.account_id = p.id AND n.kind = ? AND n.seen IS NULL) ORDER BY p.id`,
			[]any{string(account.Admin), string(assessment.NoticeUnsent)}, func(rows *sql.Rows) error {
				var one string
				err := rows.Scan(&one)
				admins = append(admins, one)
				return err
			})
		if err != nil {
			return err
		}
		var told []assessment.Notice
		for _, one := range admins {
			told = append(told, assessment.Notice{Account: one, Kind: assessment.NoticeUnsent, Args: map[string]string{}, Href: "/people"})
		}
		return s.notify(tx, assessment.Author{}, at, told...)
	})
}

// Digests implements assessment.Outbox. account.mailed is the moment up to which notices stood in a letter; it moves in the
// transaction that writes the letter, so that two instances write one.
func (s *Store) Digests(ctx context.Context, frequency account.Mail, due, day time.Time) error {
	owed := ` mail = ? AND unread > 0 AND NOT disabled AND (mailed IS NULL OR mailed < ?) AND EXISTS (SELECT 1 FROM notice n
		WHERE n.account_id = account.id AND n.seen IS NULL AND n.at <= ? AND (account.mailed IS NULL OR n.at > account.mailed)) AND NOT ` + resting("account.id")
	var accounts []string
	args := []any{string(frequency), kept(due), kept(due), dayBit(day)}
	err := s.rows(s.read.WithContext(ctx), "SELECT id FROM account WHERE"+owed+" ORDER BY id", args, func(rows *sql.Rows) error {
		var one string
		err := rows.Scan(&one)
		accounts = append(accounts, one)
		return err
	})
	if err != nil {
		return s.known(err)
	}
	for _, one := range accounts {
		err := s.transact(ctx, func(tx *gorm.DB) error {
			n, err := s.count(tx, "UPDATE account SET mailed = ? WHERE id = ? AND"+owed, append([]any{kept(due), one}, args...)...)
			if err != nil || n == 0 {
				return err
			}
			return s.post(tx, assessment.Letter{Account: one, Kind: assessment.LetterDigest, Href: "/inbox", At: due})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// post puts a letter into the outbox, in the transaction of what it tells of.
func (s *Store) post(tx *gorm.DB, l assessment.Letter) error {
	id, err := newID()
	if err != nil {
		return err
	}
	args, err := json.Marshal(l.Args)
	if err != nil {
		return err
	}
	return s.run(tx, "INSERT INTO letter (id, account_id, kind, args, href, at, due, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
		id, l.Account, l.Kind, string(args), l.Href, kept(l.At), kept(l.At))
}

// Unread implements assessment.Outbox.
func (s *Store) Unread(ctx context.Context, account string) ([]assessment.Notice, error) {
	return s.notices(ctx, " AND seen IS NULL ORDER BY id", account)
}

// Sweep implements assessment.Outbox.
func (s *Store) Sweep(ctx context.Context, before time.Time, pending bool) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		ask := "DELETE FROM letter WHERE sent < ? OR given_up < ?"
		if pending {
			ask += " OR (sent IS NULL AND given_up IS NULL)"
		}
		if err := s.run(tx, ask, kept(before), kept(before)); err != nil {
			return err
		}
		if err := s.run(tx, "DELETE FROM presence WHERE seen < ?", kept(before)); err != nil {
			return err
		}
		return s.run(tx, "DELETE FROM notice WHERE seen < ?", kept(before))
	})
}

// Turn says whether it is the turn of a daily work, and notes that it is done then: of instances that ask, one gets yes.
func (s *Store) Turn(ctx context.Context, work string, due time.Time) (mine bool, err error) {
	name, day := "daily:"+work, due.UTC().Format(time.DateOnly)
	err = s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE property.value < excluded.value", name, day)
		mine = n > 0
		return err
	})
	return mine, err
}

// Once implements assessment.Properties.
func (s *Store) Once(ctx context.Context, name, value string) (string, error) {
	err := s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, "INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value)
	})
	if err != nil {
		return "", err
	}
	return s.Property(ctx, name)
}
