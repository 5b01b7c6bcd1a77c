package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

type noticeRow struct {
	AccountID, ID, CityID, Kind, Args, Href string
	At                                      time.Time
	Seen                                    *time.Time
}

func (r noticeRow) notice() (assessment.Notice, error) {
	n := assessment.Notice{ID: r.ID, Account: r.AccountID, City: r.CityID, Kind: assessment.NoticeKind(r.Kind), Href: r.Href, At: r.At.UTC(), Seen: from(r.Seen)}
	return n, json.Unmarshal([]byte(r.Args), &n.Args)
}

const noticeColumns = "SELECT account_id, id, city_id, kind, args, href, at, seen FROM notice WHERE account_id = ?"

func (s *Store) notices(ctx context.Context, ask string, args ...any) ([]assessment.Notice, error) {
	var rows []noticeRow
	if err := s.read.WithContext(ctx).Raw(noticeColumns+ask, args...).Scan(&rows).Error; err != nil {
		return nil, s.known(err)
	}
	out := make([]assessment.Notice, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.notice(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Notices implements assessment.InboxKeeper. Ids grow with time.
func (s *Store) Notices(ctx context.Context, id, before string, limit int) ([]assessment.Notice, error) {
	if before == "" {
		return s.notices(ctx, " ORDER BY id DESC LIMIT ?", id, limit)
	}
	return s.notices(ctx, " AND id < ? ORDER BY id DESC LIMIT ?", id, before, limit)
}

// Notice implements assessment.InboxKeeper.
func (s *Store) Notice(ctx context.Context, account, id string) (assessment.Notice, error) {
	found, err := s.notices(ctx, " AND id = ?", account, id)
	if err == nil && len(found) == 0 {
		err = missing()
	}
	if err != nil {
		return assessment.Notice{}, err
	}
	return found[0], nil
}

// SetSeen implements assessment.InboxKeeper. The account is locked first, so that a notice that is written meanwhile is
// either counted here or counted after.
func (s *Store) SetSeen(ctx context.Context, account, id string, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.run(tx, "UPDATE account SET unread = unread WHERE id = ?", account); err != nil {
			return err
		}
		ask, args := "UPDATE notice SET seen = ? WHERE account_id = ? AND seen IS NULL", []any{kept(at), account}
		if id != "" {
			ask, args = ask+" AND id = ?", append(args, id)
		}
		if err := s.run(tx, ask, args...); err != nil {
			return err
		}
		return s.recount(tx, account)
	})
}

// recount sets the count of unread notices anew.
func (s *Store) recount(tx *gorm.DB, account string) error {
	return s.run(tx, "UPDATE account SET unread = (SELECT COUNT(*) FROM notice n WHERE n.account_id = account.id AND n.seen IS NULL) WHERE id = ?", account)
}

// SetMail implements assessment.InboxKeeper.
func (s *Store) SetMail(ctx context.Context, id string, m account.Mail) error {
	return s.change(ctx, id, "account.mail", assessment.Author{Account: id}, func(tx *gorm.DB) *gorm.DB {
		if m != account.EachMail {
			if done := tx.Exec("DELETE FROM letter WHERE account_id = ? AND sent IS NULL AND given_up IS NULL AND kind NOT IN ?", id,
				[]string{assessment.LetterInvite, assessment.LetterReset, string(assessment.NoticeSecurity)}); done.Error != nil {
				return done
			}
		}
		return tx.Exec("UPDATE account SET mail = ? WHERE id = ?", string(m), id)
	})
}
