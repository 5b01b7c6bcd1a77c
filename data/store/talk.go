package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// readThreads reads its part of what stands beside an assessment.
func (s *Store) readThreads(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	const authors = "COALESCE((SELECT p.name FROM account p WHERE p.id = t.by_account), '')"
	at := map[string]int{}
	return s.rows(tx, "SELECT t.id, t.indicator, t.shared, t.resolved, t.by_account, t.by_role, t.at, "+authors+", x.id, x.body, x.mentions, x.by_account, x.by_role, x.at, "+writer+
		` FROM thread t JOIN post x ON x.city_id = t.city_id AND x.assessment_id = t.assessment_id AND x.thread_id = t.id
		WHERE t.city_id = ? AND t.assessment_id = ? ORDER BY t.at, t.id, x.at, x.id`, []any{a.City.ID, a.ID}, func(found *sql.Rows) error {
		var t assessment.Thread
		var p assessment.Post
		var resolved *time.Time
		var mentions string
		err := found.Scan(&t.ID, &t.Indicator, &t.Shared, &resolved, &t.By.Account, &t.By.Role, &t.At, &t.By.Name,
			&p.ID, &p.Body, &mentions, &p.By.Account, &p.By.Role, &p.At, &p.By.Name)
		if err != nil {
			return err
		}
		t.Resolved, t.At, p.At = from(resolved), t.At.UTC(), p.At.UTC()
		if mentions != "" {
			p.Mentions = strings.Split(mentions, ",")
		}
		i, known := at[t.ID]
		if !known {
			i = len(out.Threads)
			at[t.ID] = i
			out.Threads = append(out.Threads, t)
		}
		out.Threads[i].Posts = append(out.Threads[i].Posts, p)
		return nil
	})
}

// thread reads whether a conversation is shared and resolved; one that the actor may not see does not exist. On PostgreSQL
// it stays locked until the transaction ends.
func (s *Store) thread(tx *gorm.DB, who account.Actor, city, id, thread string) (shared bool, resolved *time.Time, err error) {
	ask := "SELECT shared, resolved FROM thread WHERE city_id = ? AND assessment_id = ? AND id = ?"
	if s.engine == PostgreSQL {
		ask += " FOR UPDATE"
	}
	err = s.row(tx, ask, []any{city, id, thread}, &shared, &resolved)
	if isNone(err) || err == nil && !shared && !who.Role.OfCity() {
		err = missing()
	}
	return shared, resolved, err
}

// Say implements assessment.Talker.
func (s *Store) Say(ctx context.Context, who account.Actor, o assessment.SayOrder) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		a, err := s.onePlaced(tx, o.Assessment, who)
		if err != nil {
			return err
		}
		if o.Thread == o.Post {
			err = s.run(tx, `INSERT INTO thread (city_id, assessment_id, id, indicator, shared, resolved_by, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)
				ON CONFLICT (city_id, assessment_id, id) DO NOTHING`, a.CityID, a.ID, o.Thread, o.Indicator, o.Shared, o.By.Account, string(o.By.Role), kept(o.At))
			if err != nil {
				return err
			}
		}
		shared, resolved, err := s.thread(tx, who, a.CityID, a.ID, o.Thread)
		if err != nil {
			return err
		}
		written, err := s.count(tx, `INSERT INTO post (city_id, assessment_id, thread_id, id, body, mentions, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (city_id, assessment_id, thread_id, id) DO NOTHING`, a.CityID, a.ID, o.Thread, o.Post, o.Body, strings.Join(o.Mentions, ","), o.By.Account, string(o.By.Role), kept(o.At))
		if err != nil {
			return err
		}
		if written == 0 {
			return s.saidBefore(tx, a.CityID, shared, o)
		}
		if resolved != nil {
			if err := s.run(tx, "UPDATE thread SET resolved = NULL, resolved_by = '' WHERE city_id = ? AND assessment_id = ? AND id = ?", a.CityID, a.ID, o.Thread); err != nil {
				return err
			}
		}
		if err := s.touch(tx, a.CityID, a.ID); err != nil {
			return err
		}
		if err := s.notify(tx, o.By, o.At, o.Notices...); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: o.At, Actor: o.By, City: a.CityID, Action: "talk.say", Subject: a.ID + "/" + o.Indicator, Detail: seenBy(shared)})
	})
}

// saidBefore tells the same post sent twice from another one under its id.
func (s *Store) saidBefore(tx *gorm.DB, city string, shared bool, o assessment.SayOrder) error {
	var body, by string
	err := s.row(tx, "SELECT body, by_account FROM post WHERE city_id = ? AND assessment_id = ? AND thread_id = ? AND id = ?", []any{city, o.Assessment, o.Thread, o.Post}, &body, &by)
	if err == nil && (body != o.Body || by != o.By.Account || shared != o.Shared) {
		return mismatch()
	}
	return err
}

func seenBy(shared bool) string {
	if shared {
		return "shared"
	}
	return "city"
}

// Resolve implements assessment.Talker.
func (s *Store) Resolve(ctx context.Context, who account.Actor, id, thread string, resolve bool, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		a, err := s.onePlaced(tx, id, who)
		if err != nil {
			return err
		}
		shared, resolved, err := s.thread(tx, who, a.CityID, id, thread)
		if err != nil || resolve == (resolved != nil) {
			return err
		}
		var stamp *time.Time
		action, account := "talk.reopen", ""
		if resolve {
			stamp, action, account = maybe(at), "talk.resolve", by.Account
		}
		if err := s.run(tx, "UPDATE thread SET resolved = ?, resolved_by = ? WHERE city_id = ? AND assessment_id = ? AND id = ?", stamp, account, a.CityID, id, thread); err != nil {
			return err
		}
		if err := s.touch(tx, a.CityID, id); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, City: a.CityID, Action: action, Subject: id + "/" + thread, Detail: seenBy(shared)})
	})
}

// Reviewers implements assessment.Talker.
func (s *Store) Reviewers(ctx context.Context, who account.Actor, id string) (accounts []string, err error) {
	db := s.read.WithContext(ctx)
	a, err := s.onePlaced(db, id, who)
	if err != nil || a.HandedIn == nil {
		return nil, s.known(err)
	}
	err = s.rows(db, `SELECT p.id FROM account p WHERE NOT p.disabled AND (p.role = ? AND EXISTS (SELECT 1 FROM account_round r WHERE r.account_id = p.id AND r.round_id = ?)
		OR p.role = ? AND EXISTS (SELECT 1 FROM reviewer r WHERE r.account_id = p.id AND r.city_id = ? AND r.assessment_id = ?)) ORDER BY p.id`,
		[]any{string(account.Analyst), a.RoundID, string(account.Reviewer), a.CityID, a.ID}, func(found *sql.Rows) error {
			var one string
			err := found.Scan(&one)
			accounts = append(accounts, one)
			return err
		})
	return accounts, s.known(err)
}

// Here implements assessment.Talker. Presence is no part of the record: it leaves no line in the audit log.
func (s *Store) Here(ctx context.Context, who account.Actor, id, section string, at time.Time, pause, fresh time.Duration) (others []string, err error) {
	db := s.read.WithContext(ctx)
	a, err := s.onePlaced(db, id, who)
	if err != nil {
		return nil, s.known(err)
	}
	noted := false
	err = s.rows(db, "SELECT account_id, section, seen FROM presence WHERE city_id = ? AND assessment_id = ?", []any{a.CityID, id}, func(found *sql.Rows) error {
		var one, where string
		var seen time.Time
		if err := found.Scan(&one, &where, &seen); err != nil {
			return err
		}
		switch {
		case one == who.Account:
			noted = at.Sub(seen) < pause && !seen.After(at)
		case where == section && at.Sub(seen) < fresh:
			others = append(others, one)
		}
		return nil
	})
	if err != nil || noted {
		return others, s.known(err)
	}
	return others, s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, `INSERT INTO presence (city_id, assessment_id, account_id, section, seen) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (city_id, assessment_id, account_id) DO UPDATE SET section = excluded.section, seen = excluded.seen`, a.CityID, id, who.Account, section, kept(at))
	})
}
