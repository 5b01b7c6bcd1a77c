package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// CityList implements assessment.CityKeeper.
func (s *Store) CityList(ctx context.Context, ask assessment.CityAsk) (out assessment.CityList, err error) {
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		wish, args := " WHERE 1 = 1", []any{}
		if ask.Country != "" {
			wish, args = wish+" AND country = ?", append(args, ask.Country)
		}
		if ask.Region != "" {
			wish, args = wish+" AND region = ?", append(args, ask.Region)
		}
		if err := s.row(tx, "SELECT COUNT(*) FROM city"+wish, args, &out.Of); err != nil {
			return err
		}
		for into, column := range map[*[]string]string{&out.Countries: "country", &out.Regions: "region"} {
			err := s.rows(tx, "SELECT DISTINCT "+column+" FROM city WHERE "+column+" <> ''", nil, func(found *sql.Rows) error {
				var value string
				err := found.Scan(&value)
				*into = append(*into, value)
				return err
			})
			if err != nil {
				return err
			}
		}
		return s.rows(tx, "SELECT "+cityColumns+" FROM city"+wish+" ORDER BY country, name, id LIMIT ? OFFSET ?", append(args, ask.Most, ask.From), func(found *sql.Rows) error {
			var r cityRow
			err := found.Scan(&r.ID, &r.Code, &r.Name, &r.Country, &r.Fictional, &r.Region, &r.Locode, &r.Population, &r.Roles, &r.Income)
			out.Cities = append(out.Cities, r.city())
			return err
		})
	})
	return out, s.known(err)
}

// CitiesElsewhere implements assessment.CityKeeper.
func (s *Store) CitiesElsewhere(ctx context.Context, who account.Actor) (map[string]bool, error) {
	out, err := s.citiesElsewhere(s.read.WithContext(ctx), who)
	return out, s.known(err)
}

func (s *Store) citiesElsewhere(tx *gorm.DB, who account.Actor) (map[string]bool, error) {
	out := map[string]bool{}
	if who.Role != account.Analyst {
		return out, nil
	}
	own, args := within(who)
	err := s.rows(tx, "SELECT DISTINCT e.city_id FROM assessment e WHERE NOT EXISTS (SELECT 1 FROM assessment a WHERE a.city_id = e.city_id AND "+own+")", args, func(found *sql.Rows) error {
		var id string
		err := found.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

// KeepCities implements assessment.CityKeeper.
func (s *Store) KeepCities(ctx context.Context, who account.Actor, o assessment.CityOrder, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if s.engine == PostgreSQL { // others who add or change cities stand in line; whoever only points to one goes on
			if err := s.run(tx, "LOCK TABLE city IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return err
			}
		}
		var now assessment.CityMark
		if err := s.row(tx, "SELECT COUNT(*), COALESCE(MAX(id), '') FROM city", nil, &now.Count, &now.Newest); err != nil {
			return err
		}
		elsewhere, err := s.citiesElsewhere(tx, who)
		if err != nil {
			return err
		}
		if now != o.Seen {
			return fault.New(fault.Conflict, "cities.moved", nil)
		}
		for _, c := range o.Changes {
			if elsewhere[c.Before.ID] {
				return fault.New(fault.Conflict, "cities.moved", nil)
			}
			if err := s.changeCity(tx, c, by, at); err != nil {
				return err
			}
		}
		return s.addCities(tx, o.Adds, by, at)
	})
}

// changeCity replaces what is known of a city, if it is what was seen, and lets comparisons read the city anew.
func (s *Store) changeCity(tx *gorm.DB, c assessment.CityChange, by assessment.Author, at time.Time) error {
	facts := func(x assessment.City) []any {
		return []any{x.Name, x.Country, x.Region, x.Locode, x.Population, strings.Join(x.Roles, ","), x.Income}
	}
	n, err := s.count(tx, `UPDATE city SET name = ?, country = ?, region = ?, locode = ?, population = ?, roles = ?, income = ?
		WHERE id = ? AND name = ? AND country = ? AND region = ? AND locode = ? AND population = ? AND roles = ? AND income = ?`,
		append(append(facts(c.After), c.Before.ID), facts(c.Before)...)...)
	if err != nil {
		return err
	}
	if n != 1 {
		return fault.New(fault.Conflict, "cities.moved", nil)
	}
	if err := s.record(tx, assessment.Event{At: at, Actor: by, City: c.Before.ID, Action: "city.change", Subject: c.Before.ID}); err != nil {
		return err
	}
	return s.advanceCity(tx, c.Before.ID)
}

// addCities takes cities in that have no audit log yet.
func (s *Store) addCities(tx *gorm.DB, all []assessment.City, by assessment.Author, at time.Time) error {
	rows := s.lines(tx, "city ("+cityColumns+", created)", "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?")
	ids := make([]string, len(all))
	for i, c := range all {
		id, err := newID()
		if err != nil {
			return err
		}
		ids[i] = id
		rows.add(id, c.Code, c.Name, c.Country, c.Fictional, c.Region, c.Locode, c.Population, strings.Join(c.Roles, ","), c.Income, kept(at))
	}
	if err := rows.end(); err != nil {
		if duplicate(err) {
			return fault.Wrap(err, fault.Conflict, "cities.moved", nil)
		}
		return err
	}
	for _, id := range ids {
		if _, err := s.chain(tx, assessment.Event{At: at, Actor: by, City: id, Action: "city.add", Subject: id}, head{}); err != nil {
			return err
		}
	}
	return nil
}
