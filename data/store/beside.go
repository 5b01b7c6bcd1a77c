package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// touch notes that something beside the answers of an assessment has changed. It belongs to every such transaction.
func (s *Store) touch(tx *gorm.DB, city, id string) error {
	return s.run(tx, "UPDATE assessment SET beside = beside + 1 WHERE city_id = ? AND id = ?", city, id)
}

// touchCity notes a change that concerns every assessment of a city: of its team or its evidence.
func (s *Store) touchCity(tx *gorm.DB, city string) error {
	return s.run(tx, "UPDATE assessment SET beside = beside + 1 WHERE city_id = ?", city)
}

// Beside implements assessment.BesideReader.
func (s *Store) Beside(ctx context.Context, who account.Actor, id string) (out assessment.Beside, err error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return out, err
	}
	return s.BesideOf(ctx, who, a)
}

// BesideOf implements assessment.BesideReader.
func (s *Store) BesideOf(ctx context.Context, who account.Actor, a assessment.Assessment) (out assessment.Beside, err error) {
	if !account.Reach(who, a.Place()) {
		return out, missing()
	}
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		for _, read := range []func(*gorm.DB, assessment.Assessment, *assessment.Beside) error{s.readTeam, s.readStages, s.readThreads, s.readEvidence} {
			if err := read(tx, a, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, s.known(err)
}

// readTeam reads the people of the city.
func (s *Store) readTeam(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	var rows []accountRow
	if err := tx.Raw(accountColumns+" WHERE p.city_id = ? ORDER BY p.disabled, p.id", a.City.ID).Scan(&rows).Error; err != nil {
		return err
	}
	byName(rows, func(r accountRow) string { return r.Name })
	for _, left := range []bool{false, true} {
		for _, r := range rows {
			if r.Disabled == left {
				out.Team = append(out.Team, assessment.Member{Account: r.ID, Name: r.Name, Role: account.Role(r.Role), Department: r.Department, Left: r.Disabled, Former: r.Former})
			}
		}
	}
	return nil
}

// notify puts notices into inboxes and counts them, and letters into the outbox for those who want one each time, or about
// the safety of their account; in the transaction of what they tell of. A notice for whoever did the thing, or for nobody,
// is left out. Accounts are taken in order, so that two transactions cannot wait for each other.
func (s *Store) notify(tx *gorm.DB, by assessment.Author, at time.Time, notices ...assessment.Notice) error {
	notices = slices.Clone(notices)
	slices.SortStableFunc(notices, func(a, b assessment.Notice) int { return strings.Compare(a.Account, b.Account) })
	for _, n := range notices {
		if n.Account == "" || n.Account == by.Account && n.Kind != assessment.NoticeSecurity {
			continue
		}
		id, err := newID()
		if err != nil {
			return err
		}
		args, err := json.Marshal(n.Args)
		if err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO notice (account_id, id, city_id, kind, args, href, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			n.Account, id, n.City, string(n.Kind), string(args), n.Href, kept(at)); err != nil {
			return err
		}
		if err := s.run(tx, "UPDATE account SET unread = unread + 1 WHERE id = ?", n.Account); err != nil {
			return err
		}
		if err := s.run(tx, `INSERT INTO letter (id, account_id, kind, args, href, at, due, attempts)
			SELECT ?, p.id, ?, ?, ?, ?, ?, 0 FROM account p WHERE p.id = ? AND (p.mail = ? OR ?) AND NOT p.disabled`,
			id, string(n.Kind), string(args), n.Href, kept(at), kept(at), n.Account, string(account.EachMail), n.Kind == assessment.NoticeSecurity); err != nil {
			return err
		}
	}
	return nil
}
