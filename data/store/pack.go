package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Pack implements assessment.PackKeeper.
func (s *Store) Pack(ctx context.Context, who account.Actor, country, instrument string) (p assessment.Pack, err error) {
	tx := s.read.WithContext(ctx)
	p = assessment.Pack{Country: country, Instrument: instrument}
	if err := s.reachCountry(tx, who, country); err != nil {
		return p, s.known(err)
	}
	var id, role, name string
	err = s.row(tx, "SELECT x.revision, x.by_account, x.by_role, x.at, "+writer+" FROM pack x WHERE x.country = ? AND x.instrument = ? ORDER BY x.revision DESC LIMIT 1",
		[]any{country, instrument}, &p.Revision, &id, &role, &p.At, &name)
	if isNone(err) {
		return p, nil
	}
	if err != nil {
		return p, s.known(err)
	}
	p.By, p.At = by(id, name, role), p.At.UTC()
	args := []any{country, instrument, p.Revision}
	err = s.rows(tx, "SELECT indicator, holder, citation FROM pack_power WHERE country = ? AND instrument = ? AND revision = ? ORDER BY indicator", args, func(found *sql.Rows) error {
		var w assessment.PackPower
		var holder string
		err := found.Scan(&w.Indicator, &holder, &w.Citation)
		w.Holder = survey.Holder(holder)
		p.Powers = append(p.Powers, w)
		return err
	})
	if err != nil {
		return p, s.known(err)
	}
	err = s.rows(tx, "SELECT language, term, meaning FROM pack_term WHERE country = ? AND instrument = ? AND revision = ? ORDER BY language, term", args, func(found *sql.Rows) error {
		var w assessment.PackTerm
		err := found.Scan(&w.Language, &w.Term, &w.Meaning)
		p.Terms = append(p.Terms, w)
		return err
	})
	return p, s.known(err)
}

// PackCountries implements assessment.PackKeeper.
func (s *Store) PackCountries(ctx context.Context, who account.Actor) (out []assessment.PackCountry, err error) {
	reach, args := "", []any(nil)
	if who.Role == account.Analyst {
		scope, more := within(who)
		reach, args = " WHERE EXISTS (SELECT 1 FROM assessment a WHERE a.city_id = c.id AND "+scope+")", more
	}
	newest := func(table string) string {
		return "(SELECT COUNT(*) FROM " + table + ` x WHERE x.country = n.country AND x.revision = (SELECT MAX(y.revision) FROM pack y WHERE y.country = x.country AND y.instrument = x.instrument))`
	}
	err = s.rows(s.read.WithContext(ctx), `SELECT n.country, n.cities, (SELECT COALESCE(MAX(p.revision), 0) FROM pack p WHERE p.country = n.country), `+newest("pack_power")+", "+newest("pack_term")+`,
		(SELECT COUNT(*) FROM statement t WHERE t.country = n.country AND t.published > 0)
		FROM (SELECT c.country, COUNT(*) AS cities FROM city c`+reach+` GROUP BY c.country) n ORDER BY n.country`, args, func(found *sql.Rows) error {
		var x assessment.PackCountry
		err := found.Scan(&x.Country, &x.Cities, &x.Revision, &x.Powers, &x.Terms, &x.Statements)
		out = append(out, x)
		return err
	})
	return out, s.known(err)
}

// KeepPack implements assessment.PackKeeper. Of two at once the second finds its revision taken.
func (s *Store) KeepPack(ctx context.Context, who account.Actor, p assessment.Pack) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.reachCountry(tx, who, p.Country); err != nil {
			return err
		}
		next := []any{p.Country, p.Instrument, p.Revision + 1}
		n, err := s.count(tx, `INSERT INTO pack (country, instrument, revision, by_account, by_role, at) SELECT ?, ?, ?, ?, ?, ?
			WHERE (SELECT COALESCE(MAX(revision), 0) FROM pack WHERE country = ? AND instrument = ?) = ? ON CONFLICT DO NOTHING`,
			append(next[:3:3], p.By.Account, string(p.By.Role), kept(p.At), p.Country, p.Instrument, p.Revision)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "pack.changed", nil)
		}
		for _, w := range p.Powers {
			if err := s.run(tx, "INSERT INTO pack_power (country, instrument, revision, indicator, holder, citation) VALUES (?, ?, ?, ?, ?, ?)", append(next[:3:3], w.Indicator, string(w.Holder), w.Citation)...); err != nil {
				return err
			}
		}
		for _, w := range p.Terms {
			if err := s.run(tx, "INSERT INTO pack_term (country, instrument, revision, language, term, meaning) VALUES (?, ?, ?, ?, ?, ?)", append(next[:3:3], w.Language, w.Term, w.Meaning)...); err != nil {
				return err
			}
		}
		return s.record(tx, assessment.Event{At: p.At, Actor: p.By, Action: "pack.keep", Subject: p.Country + "/" + p.Instrument})
	})
}

// untouched says that nobody has ever set a power of assessment a.
const untouched = "NOT EXISTS (SELECT 1 FROM power x WHERE x.city_id = a.city_id AND x.assessment_id = a.id)"

// PackTargets implements assessment.PackKeeper.
func (s *Store) PackTargets(ctx context.Context, who account.Actor, country, instrument string) (out []assessment.PackTarget, err error) {
	scope, args := within(who)
	err = s.rows(s.read.WithContext(ctx), `SELECT a.id, r.instrument FROM assessment a JOIN city c ON c.id = a.city_id JOIN round r ON r.id = a.round_id
		WHERE `+scope+` AND c.country = ? AND a.handed_in IS NULL AND NOT r.published AND `+untouched+` ORDER BY a.id`, append(args, country), func(found *sql.Rows) error {
		var t assessment.PackTarget
		err := found.Scan(&t.ID, &t.Instrument)
		if code, _, _ := survey.ParseName(t.Instrument); code == instrument {
			out = append(out, t)
		}
		return err
	})
	return out, s.known(err)
}

// ApplyPack implements assessment.PackKeeper. The powers are ordinary ones, by whoever applies the pack; the city has done
// nothing, so that its last change stays what it was.
func (s *Store) ApplyPack(ctx context.Context, who account.Actor, id string, scheme *score.Scheme, powers []assessment.PackPower, by assessment.Author, at time.Time) (applied bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		applied = false
		scope, args := within(who)
		var there int
		err := s.row(tx, "SELECT 1 FROM assessment a WHERE "+scope+" AND a.id = ?", append(args, id), &there)
		if err != nil {
			return err
		}
		// Drafts are out of an analyst's reach as a whole; what the pack says may be set in them nevertheless.
		l, err := s.openLedger(tx, account.Actor{Role: account.Operator}, id, scheme, by, at)
		if fault.Is(err, fault.Closed) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.row(tx, "SELECT 1 FROM assessment a WHERE a.id = ? AND "+untouched, []any{id}, &there); isNone(err) {
			return nil
		} else if err != nil {
			return err
		}
		var changed *time.Time
		if err := s.row(tx, "SELECT changed FROM score WHERE city_id = ? AND assessment_id = ?", []any{l.city, id}, &changed); err != nil {
			return err
		}
		for _, w := range powers {
			if _, err := l.setPower(assessment.PowerOrder{Assessment: id, Indicator: w.Indicator, Holder: w.Holder, Reason: w.Citation}); err != nil {
				return err
			}
		}
		if err := l.close(); err != nil {
			return err
		}
		applied = len(powers) > 0
		return s.run(tx, "UPDATE score SET changed = ? WHERE city_id = ? AND assessment_id = ?", changed, l.city, id)
	})
	return applied, err
}
