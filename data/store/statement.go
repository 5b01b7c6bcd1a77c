package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/reality"
)

// ReachesCountry implements assessment.StatementKeeper.
func (s *Store) ReachesCountry(ctx context.Context, who account.Actor, country string) error {
	return s.known(s.reachCountry(s.read.WithContext(ctx), who, country))
}

// reachCountry is NotFound unless somebody who manages country packs has a city there: an analyst in the own rounds, the
// others anywhere.
func (s *Store) reachCountry(tx *gorm.DB, who account.Actor, country string) error {
	ask, args := "SELECT 1 FROM city c WHERE c.country = ?", []any{country}
	switch {
	case !account.Allowed(who.Role, account.ManagePacks):
		return missing()
	case who.Role == account.Analyst:
		scope, more := within(who)
		ask, args = ask+" AND EXISTS (SELECT 1 FROM assessment a WHERE a.city_id = c.id AND "+scope+")", append(args, more...)
	}
	var there int
	return s.row(tx, ask+" LIMIT 1", args, &there)
}

const statementColumns = `x.statement_id, t.country, t.instrument, t.published, x.revision, x.indicator, x.says, x.text, x.source, x.url, x.dated, x.language,
	x.by_account, x.by_role, x.at, ` + writer + ` FROM statement t JOIN statement_revision x ON x.statement_id = t.id`

// readStatements reads revisions; rest says which, and in which order.
func (s *Store) readStatements(tx *gorm.DB, rest string, args ...any) (out []assessment.KeptStatement, err error) {
	err = s.rows(tx, "SELECT "+statementColumns+rest, args, func(found *sql.Rows) error {
		var k assessment.KeptStatement
		var says, id, role, name string
		var dated *time.Time
		err := found.Scan(&k.ID, &k.Country, &k.Instrument, &k.Published, &k.Revision, &k.Indicator, &says, &k.Text, &k.Source, &k.URL, &dated, &k.Language, &id, &role, &k.At, &name)
		k.Says, k.Date, k.By, k.At = reality.Says(says), from(dated), by(id, name, role), k.At.UTC()
		out = append(out, k)
		return err
	})
	return out, err
}

// NationalStatements implements assessment.StatementKeeper.
func (s *Store) NationalStatements(ctx context.Context, who account.Actor, country string) (out []assessment.KeptStatement, err error) {
	tx := s.read.WithContext(ctx)
	if err = s.reachCountry(tx, who, country); err == nil {
		out, err = s.readStatements(tx, " WHERE t.country = ? AND x.revision = t.revision ORDER BY t.instrument, x.indicator, t.id", country)
	}
	return out, s.known(err)
}

// StatementRevisions implements assessment.StatementKeeper.
func (s *Store) StatementRevisions(ctx context.Context, who account.Actor, country, id string) (out []assessment.KeptStatement, err error) {
	tx := s.read.WithContext(ctx)
	if err = s.reachCountry(tx, who, country); err == nil {
		out, err = s.readStatements(tx, " WHERE t.country = ? AND t.id = ? ORDER BY x.revision DESC", country, id)
	}
	if err == nil && len(out) == 0 {
		err = missing()
	}
	return out, s.known(err)
}

// KeepStatements implements assessment.StatementKeeper.
func (s *Store) KeepStatements(ctx context.Context, who account.Actor, country string, all []assessment.StatementOrder, by assessment.Author, at time.Time) (ids []string, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		ids = nil
		if err := s.reachCountry(tx, who, country); err != nil {
			return err
		}
		for _, o := range all {
			id, err := s.keepStatement(tx, country, o, by, at)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

func (s *Store) keepStatement(tx *gorm.DB, country string, o assessment.StatementOrder, by assessment.Author, at time.Time) (id string, err error) {
	id, action := o.ID, "statement.change"
	if id == "" {
		action = "statement.add"
		if id, err = newID(); err == nil {
			err = s.run(tx, "INSERT INTO statement (id, country, instrument, revision, published) VALUES (?, ?, ?, 0, 0)", id, country, o.Instrument)
		}
		if err != nil {
			return "", err
		}
	}
	if err := s.moveStatement(tx, country, id, o.Base, "revision = revision + 1"); err != nil {
		return "", err
	}
	var dated *time.Time
	if !o.Date.IsZero() {
		day := kept(o.Date)
		dated = &day
	}
	err = s.run(tx, `INSERT INTO statement_revision (statement_id, revision, indicator, says, text, source, url, dated, language, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, o.Base+1, o.Indicator, string(o.Says), o.Text, o.Source, o.URL, dated, o.Language, by.Account, string(by.Role), kept(at))
	if err != nil {
		return "", err
	}
	return id, s.record(tx, assessment.Event{At: at, Actor: by, Action: action, Subject: country + "/" + id})
}

// moveStatement changes the head of a statement whose newest revision is the one that the person saw. The update comes
// first, so that of two at once the second waits, and then finds another revision.
func (s *Store) moveStatement(tx *gorm.DB, country, id string, base int, set string, args ...any) error {
	n, err := s.count(tx, "UPDATE statement SET "+set+" WHERE id = ? AND country = ? AND revision = ?", append(args, id, country, base)...)
	if err != nil || n == 1 {
		return err
	}
	var newest int
	if err := s.row(tx, "SELECT revision FROM statement WHERE id = ? AND country = ?", []any{id, country}, &newest); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "fault.statement_changed", nil)
}

// PublishStatement implements assessment.StatementKeeper.
func (s *Store) PublishStatement(ctx context.Context, who account.Actor, country, id string, revision int, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.reachCountry(tx, who, country); err != nil {
			return err
		}
		if err := s.moveStatement(tx, country, id, revision, "published = revision"); err != nil {
			return err
		}
		all, err := s.readStatements(tx, " WHERE t.id = ? AND x.revision = t.revision", id)
		if err != nil {
			return err
		}
		if faults := all[0].Publishable(); len(faults) > 0 {
			return fault.New(fault.Invalid, "fault.statement_unsourced", nil).WithFields(faults...)
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, Action: "statement.publish", Subject: country + "/" + id})
	})
}

// WithdrawStatement implements assessment.StatementKeeper. One that nobody reads stays as it is.
func (s *Store) WithdrawStatement(ctx context.Context, who account.Actor, country, id string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.reachCountry(tx, who, country); err != nil {
			return err
		}
		n, err := s.count(tx, "UPDATE statement SET published = 0 WHERE id = ? AND country = ? AND published > 0", id, country)
		if err != nil {
			return err
		}
		if n == 0 {
			var there int
			return s.row(tx, "SELECT 1 FROM statement WHERE id = ? AND country = ?", []any{id, country}, &there)
		}
		return s.record(tx, assessment.Event{At: at, Actor: by, Action: "statement.withdraw", Subject: country + "/" + id})
	})
}

// PublishedStatements implements assessment.StatementKeeper.
func (s *Store) PublishedStatements(ctx context.Context, country, instrument string) (out []reality.Statement, err error) {
	all, err := s.readStatements(s.read.WithContext(ctx), " WHERE t.country = ? AND t.instrument = ? AND x.revision = t.published ORDER BY x.indicator, t.id", country, instrument)
	for _, k := range all {
		out = append(out, k.Statement)
	}
	return out, s.known(err)
}

// CountriesWithStatements implements assessment.StatementKeeper.
func (s *Store) CountriesWithStatements(ctx context.Context) (out []assessment.CountryStatements, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT DISTINCT country, instrument FROM statement WHERE published > 0 ORDER BY country, instrument", nil, func(found *sql.Rows) error {
		var c assessment.CountryStatements
		err := found.Scan(&c.Country, &c.Instrument)
		out = append(out, c)
		return err
	})
	return out, s.known(err)
}
