package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// Ending implements assessment.EndingKeeper. An assessment ends some months after its last change, and not before its round
// is due.
func (s *Store) Ending(ctx context.Context, r assessment.Retention, before time.Time) (out []assessment.Ending, err error) {
	if r.Unfinished == 0 {
		return nil, nil
	}
	err = s.rows(s.read.WithContext(ctx), `SELECT a.id, c.id, c.name, r.code, s.changed, a.created, r.due, a.ends, a.warned FROM assessment a
		JOIN round r ON r.id = a.round_id JOIN city c ON c.id = a.city_id JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id
		WHERE a.handed_in IS NULL AND NOT r.published ORDER BY a.id`, nil, func(found *sql.Rows) error {
		var e assessment.Ending
		var since time.Time
		var changed, due, told *time.Time
		if err := found.Scan(&e.Assessment, &e.City, &e.CityName, &e.Round, &changed, &since, &due, &told, &e.Warned); err != nil {
			return err
		}
		if changed != nil {
			since = *changed
		}
		e.Ends, e.Told = since.UTC().AddDate(0, r.Unfinished, 0), from(told)
		if due != nil && due.After(e.Ends) {
			e.Ends = due.UTC()
		}
		if e.Ends = kept(e.Ends); e.Ends.Before(before) {
			out = append(out, e)
		}
		return nil
	})
	return out, s.known(err)
}

// WarnOfEnding implements assessment.EndingKeeper.
func (s *Store) WarnOfEnding(ctx context.Context, e assessment.Ending, days int, at time.Time) (told bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		n, err := s.count(tx, "UPDATE assessment SET ends = ?, warned = ? WHERE city_id = ? AND id = ? AND handed_in IS NULL AND (ends IS NULL OR ends <> ? OR warned = 0 OR warned > ?)",
			kept(e.Ends), days, e.City, e.Assessment, kept(e.Ends), days)
		if told = n > 0; err != nil || !told {
			return err
		}
		var notices []assessment.Notice
		err = s.rows(tx, `SELECT p.id, p.role FROM account p WHERE NOT p.disabled AND (p.city_id = ? AND p.role = ? OR p.role = ? AND EXISTS
			(SELECT 1 FROM account_round x JOIN assessment a ON a.round_id = x.round_id WHERE x.account_id = p.id AND a.city_id = ? AND a.id = ?)) ORDER BY p.id`,
			[]any{e.City, string(account.Coordinator), string(account.Analyst), e.City, e.Assessment}, func(found *sql.Rows) error {
				n := assessment.Notice{City: e.City, Kind: assessment.NoticeRemoval, Href: "/assessments/" + e.Assessment,
					Args: map[string]string{"City": e.CityName, "Due": e.Ends.Format(time.DateOnly)}}
				var role account.Role
				err := found.Scan(&n.Account, &role)
				if role == account.Analyst {
					n.Href = "/rounds/" + e.Round // what was not handed in is out of an analyst's reach
				}
				notices = append(notices, n)
				return err
			})
		if err != nil {
			return err
		}
		by := assessment.Author{Role: account.Operator}
		if err := s.record(tx, assessment.Event{At: at, Actor: by, City: e.City, Action: assessment.AuditEnding, Subject: e.Assessment}); err != nil {
			return err
		}
		return s.notify(tx, by, at, notices...)
	})
	return told, err
}
