package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

type cityRow struct {
	ID, Code, Name, Country string
	Fictional               bool
}

func (r cityRow) city() assessment.City {
	return assessment.City{ID: r.ID, Code: r.Code, Name: r.Name, Country: r.Country, Fictional: r.Fictional}
}

// Cities implements assessment.Programme.
func (s *Store) Cities(ctx context.Context) ([]assessment.City, error) {
	var rows []cityRow
	err := s.read.WithContext(ctx).Raw("SELECT id, code, name, country, fictional FROM city ORDER BY name, id").Scan(&rows).Error
	out := make([]assessment.City, len(rows))
	for i, r := range rows {
		out[i] = r.city()
	}
	return out, s.known(err)
}

// AddCity implements assessment.Programme.
func (s *Store) AddCity(ctx context.Context, c assessment.City, by assessment.Author) (assessment.City, error) {
	id, err := newID()
	if err != nil {
		return c, err
	}
	c.ID = id
	now := time.Now()
	return c, s.transact(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO city (id, code, name, country, fictional, created) VALUES (?, ?, ?, ?, ?, ?)",
			c.ID, c.Code, c.Name, c.Country, c.Fictional, kept(now)).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return fault.Wrap(err, fault.Conflict, "fault.city_code_taken", fault.Args{"Code": c.Code})
		}
		if err != nil {
			return err
		}
		return record(tx, assessment.Event{At: now, Actor: by, City: c.ID, Action: "city.add", Subject: c.ID})
	})
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

type roundRow struct {
	ID, Code, Title, Instrument string
	Due                         *time.Time
	Published                   bool
}

func (r roundRow) round() assessment.Round {
	return assessment.Round{ID: r.ID, Code: r.Code, Title: r.Title, Instrument: r.Instrument, Due: from(r.Due), Published: r.Published}
}

const roundColumns = "SELECT id, code, title, instrument, due, published FROM round"

// Rounds implements assessment.Programme.
func (s *Store) Rounds(ctx context.Context) ([]assessment.Round, error) {
	var rows []roundRow
	err := s.read.WithContext(ctx).Raw(roundColumns + " ORDER BY created DESC, id").Scan(&rows).Error
	out := make([]assessment.Round, len(rows))
	for i, r := range rows {
		out[i] = r.round()
	}
	return out, s.known(err)
}

// Round implements assessment.Programme.
func (s *Store) Round(ctx context.Context, who account.Actor, code string) (assessment.Round, error) {
	var rows []roundRow
	if err := s.read.WithContext(ctx).Raw(roundColumns+" WHERE code = ?", code).Scan(&rows).Error; err != nil {
		return assessment.Round{}, s.known(err)
	}
	reach := len(rows) == 1 && (who.Role == account.Admin || who.Role == account.Operator || who.InRound(rows[0].ID))
	if !reach {
		return assessment.Round{}, missing()
	}
	return rows[0].round(), nil
}

// AddRound implements assessment.Programme. A city is named by its code.
func (s *Store) AddRound(ctx context.Context, r assessment.Round, in *survey.Instrument, scheme *score.Scheme, cities []string, by assessment.Author) (assessment.Round, error) {
	id, err := newID()
	if err != nil {
		return r, err
	}
	r.ID, r.Instrument = id, in.Name()
	now := time.Now()
	return r, s.transact(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO round (id, code, title, instrument, due, published, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
			r.ID, r.Code, r.Title, r.Instrument, maybe(r.Due), r.Published, kept(now)).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return fault.Wrap(err, fault.Conflict, "fault.round_code_taken", fault.Args{"Code": r.Code})
		}
		if err != nil {
			return err
		}
		if err := record(tx, assessment.Event{At: now, Actor: by, Action: "round.add", Subject: r.ID}); err != nil {
			return err
		}
		return invite(tx, r.ID, scheme, cities, kept(now))
	})
}

// AddCities implements assessment.Programme.
func (s *Store) AddCities(ctx context.Context, code string, scheme *score.Scheme, cities []string, by assessment.Author) error {
	now := time.Now()
	return s.transact(ctx, func(tx *gorm.DB) error {
		var id string
		if err := tx.Raw("SELECT id FROM round WHERE code = ?", code).Row().Scan(&id); err != nil {
			return s.known(err)
		}
		if err := record(tx, assessment.Event{At: now, Actor: by, Action: "round.invite", Subject: id}); err != nil {
			return err
		}
		return invite(tx, id, scheme, cities, kept(now))
	})
}

func invite(tx *gorm.DB, round string, scheme *score.Scheme, cities []string, at time.Time) error {
	blank := scheme.Blank()
	marks, err := blank.MarshalBinary()
	if err != nil {
		return err
	}
	var n score.Numbers
	scheme.Numbers(blank, &n)
	numbers, err := n.MarshalBinary()
	if err != nil {
		return err
	}
	for _, code := range cities {
		var city string
		if err := tx.Raw("SELECT id FROM city WHERE code = ?", code).Row().Scan(&city); isNone(err) {
			return fault.New(fault.Invalid, "fault.city_unknown", fault.Args{"City": code})
		} else if err != nil {
			return err
		}
		var there int
		if err := tx.Raw("SELECT COUNT(*) FROM assessment WHERE round_id = ? AND city_id = ? AND perspective = ?", round, city, assessment.Officials).Row().Scan(&there); err != nil {
			return err
		}
		if there > 0 {
			continue
		}
		id, err := newID()
		if err != nil {
			return err
		}
		err = tx.Exec("INSERT INTO assessment (city_id, id, round_id, perspective, handed_in_by, created) VALUES (?, ?, ?, ?, '', ?)", city, id, round, assessment.Officials, at).Error
		if err != nil {
			return err
		}
		err = tx.Exec("INSERT INTO score (city_id, assessment_id, seq, method, marks, numbers, answered, settled) VALUES (?, ?, 0, ?, ?, ?, 0, 0)", city, id, score.MethodVersion, marks, numbers).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// InstrumentSources implements assessment.Programme.
func (s *Store) InstrumentSources(ctx context.Context) ([][]byte, error) {
	var sources []string
	err := s.read.WithContext(ctx).Raw("SELECT source FROM instrument ORDER BY created").Scan(&sources).Error
	out := make([][]byte, len(sources))
	for i, t := range sources {
		out[i] = []byte(t)
	}
	return out, s.known(err)
}

// AddInstrument implements assessment.Programme. The same version with the same content is kept once; its translations may be replaced.
func (s *Store) AddInstrument(ctx context.Context, in *survey.Instrument, by assessment.Author) error {
	now := time.Now()
	return s.transact(ctx, func(tx *gorm.DB) error {
		var hash string
		err := tx.Raw("SELECT hash FROM instrument WHERE code = ? AND version = ?", in.Code, in.Version).Row().Scan(&hash)
		switch {
		case isNone(err):
			err = tx.Exec("INSERT INTO instrument (code, version, hash, source, created) VALUES (?, ?, ?, ?, ?)", in.Code, in.Version, in.Hash, string(in.Source), kept(now)).Error
		case err == nil && hash != in.Hash:
			return fault.New(fault.Conflict, "fault.instrument_taken", fault.Args{"Instrument": in.Name()})
		case err == nil:
			err = tx.Exec("UPDATE instrument SET source = ? WHERE code = ? AND version = ?", string(in.Source), in.Code, in.Version).Error
		}
		if err != nil {
			return err
		}
		return record(tx, assessment.Event{At: now, Actor: by, Action: "instrument.add", Subject: in.Name()})
	})
}

// Property returns a named property of the database; NotFound when it was never set.
func (s *Store) Property(ctx context.Context, name string) (value string, err error) {
	err = s.read.WithContext(ctx).Raw("SELECT value FROM property WHERE name = ?", name).Row().Scan(&value)
	return value, s.known(err)
}

// SetProperty sets a named property of the database.
func (s *Store) SetProperty(ctx context.Context, name, value string) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value).Error
	})
}
