package store

import (
	"context"
	"slices"
	"strings"
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
	Region, Locode          string
	Population              int
	Roles, Income           string
}

const cityColumns = "id, code, name, country, fictional, region, locode, population, roles, income"

func (r cityRow) city() assessment.City {
	return assessment.City{ID: r.ID, Code: r.Code, Name: r.Name, Country: r.Country, Fictional: r.Fictional,
		Region: r.Region, Locode: r.Locode, Population: r.Population, Roles: apart(r.Roles), Income: r.Income}
}

// apart takes a list of codes that is kept joined by commas apart.
func apart(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Cities implements assessment.Programme.
func (s *Store) Cities(ctx context.Context) ([]assessment.City, error) {
	var rows []cityRow
	err := s.read.WithContext(ctx).Raw("SELECT " + cityColumns + " FROM city ORDER BY id").Scan(&rows).Error
	byName(rows, func(r cityRow) string { return r.Name })
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
		err := tx.Exec("INSERT INTO city ("+cityColumns+", created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.ID, c.Code, c.Name, c.Country, c.Fictional, c.Region, c.Locode, c.Population, strings.Join(c.Roles, ","), c.Income, kept(now)).Error
		if duplicate(err) {
			return fault.Wrap(err, fault.Conflict, "fault.city_code_taken", fault.Args{"Code": c.Code}).
				WithFields(fault.Field{Name: "code", Key: "fault.city_code_taken", Args: fault.Args{"Code": c.Code}})
		}
		if err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: now, Actor: by, City: c.ID, Action: "city.add", Subject: c.ID})
	})
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

func joined(languages []survey.Language) string {
	codes := make([]string, len(languages))
	for i, l := range languages {
		codes[i] = string(l)
	}
	return strings.Join(codes, ",")
}

type roundRow struct {
	ID, Code, Title, Instrument string
	Due                         *time.Time
	Published, ReviewersCompare bool
	Opens                       *time.Time
	Languages                   string
	Moved, Taken                int64
}

func (r roundRow) round() assessment.Round {
	out := assessment.Round{ID: r.ID, Code: r.Code, Title: r.Title, Instrument: r.Instrument, Due: from(r.Due), Published: r.Published,
		ReviewersCompare: r.ReviewersCompare, Opens: from(r.Opens), Moved: r.Moved, Taken: r.Taken}
	for _, l := range apart(r.Languages) {
		out.Languages = append(out.Languages, survey.Language(l))
	}
	return out
}

const roundColumns = "SELECT id, code, title, instrument, due, published, reviewers_compare, opens, languages, moved, taken FROM round"

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

// RoundTallies implements assessment.Scorer.
func (s *Store) RoundTallies(ctx context.Context, who account.Actor) (out []assessment.RoundTally, err error) {
	scope, args := within(who)
	var rows []struct {
		Round            roundRow `gorm:"embedded"`
		Cities, HandedIn int
	}
	err = s.read.WithContext(ctx).Raw(`SELECT r.id, r.code, r.title, r.instrument, r.due, r.published, r.reviewers_compare, r.opens, r.languages, r.moved, r.taken, n.cities, n.handed_in
		FROM (SELECT a.round_id, COUNT(*) AS cities, COUNT(a.handed_in) AS handed_in FROM assessment a WHERE `+scope+` GROUP BY a.round_id) n
		JOIN round r ON r.id = n.round_id ORDER BY r.created DESC, r.id`, args...).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, assessment.RoundTally{Round: r.Round.round(), Cities: r.Cities, HandedIn: r.HandedIn})
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
		err := tx.Exec("INSERT INTO round (id, code, title, instrument, due, published, reviewers_compare, opens, languages, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			r.ID, r.Code, r.Title, r.Instrument, maybe(r.Due), r.Published, r.ReviewersCompare, maybe(r.Opens), joined(r.Languages), kept(now)).Error
		if duplicate(err) {
			return fault.Wrap(err, fault.Conflict, "fault.round_code_taken", fault.Args{"Code": r.Code}).
				WithFields(fault.Field{Name: "code", Key: "fault.round_code_taken", Args: fault.Args{"Code": r.Code}})
		}
		if err != nil {
			return err
		}
		if err := s.record(tx, assessment.Event{At: now, Actor: by, Action: "round.add", Subject: r.ID}); err != nil {
			return err
		}
		if err := s.bind(tx, r.ID, by); err != nil {
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
		if err := s.row(tx, "SELECT id FROM round WHERE code = ?", []any{code}, &id); err != nil {
			return err
		}
		if err := s.record(tx, assessment.Event{At: now, Actor: by, Action: "round.invite", Subject: id}); err != nil {
			return err
		}
		if err := s.run(tx, "UPDATE round SET moved = moved + 1 WHERE id = ?", id); err != nil {
			return err
		}
		return invite(tx, id, scheme, cities, kept(now))
	})
}

// assessmentRow and scoreRow are what an invitation writes.
type assessmentRow struct {
	CityID, ID, RoundID, Perspective string
	HandedInBy                       string
	Created                          time.Time
	Moved                            int64
}

func (assessmentRow) TableName() string { return "assessment" }

type scoreRow struct {
	CityID, AssessmentID string
	Seq                  int64
	Method               string
	Marks, Numbers       []byte
	Answered, Settled    int
}

func (scoreRow) TableName() string { return "score" }

// batch is how many rows go into one statement, well below the limit of variables of both engines.
const batch = 500

// invite makes a blank assessment for each city that has none in the round yet, in a fixed number of statements per batch.
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
	var moved int64
	if err := tx.Raw("SELECT moved FROM round WHERE id = ?", round).Scan(&moved).Error; err != nil {
		return err
	}
	var places []assessmentRow
	var scores []scoreRow
	seen := map[string]bool{}
	for codes := range slices.Chunk(cities, batch) {
		var found []struct {
			ID, Code string
			There    bool
		}
		err := tx.Raw(`SELECT c.id, c.code, EXISTS (SELECT 1 FROM assessment a WHERE a.round_id = ? AND a.city_id = c.id AND a.perspective = ?) AS there
			FROM city c WHERE c.code IN ?`, round, string(assessment.Officials), codes).Scan(&found).Error
		if err != nil {
			return err
		}
		ids := map[string]string{}
		for _, c := range found {
			if ids[c.Code] = c.ID; c.There {
				seen[c.Code] = true
			}
		}
		for _, code := range codes {
			city, known := ids[code]
			if !known {
				return fault.New(fault.Invalid, "fault.city_unknown", fault.Args{"City": code}).
					WithFields(fault.Field{Name: "cities", Key: "fault.city_unknown", Args: fault.Args{"City": code}})
			}
			if seen[code] {
				continue
			}
			seen[code] = true
			id, err := newID()
			if err != nil {
				return err
			}
			places = append(places, assessmentRow{CityID: city, ID: id, RoundID: round, Perspective: string(assessment.Officials), Created: at, Moved: moved})
			scores = append(scores, scoreRow{CityID: city, AssessmentID: id, Method: score.MethodVersion, Marks: marks, Numbers: numbers})
		}
	}
	if len(places) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(places, batch).Error; err != nil {
		return err
	}
	return tx.CreateInBatches(scores, batch).Error
}

// InstrumentSources implements assessment.Programme.
func (s *Store) InstrumentSources(ctx context.Context) ([][]byte, error) {
	var sources []string
	err := s.read.WithContext(ctx).Raw("SELECT source FROM instrument ORDER BY created, code, version").Scan(&sources).Error
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
		err := s.row(tx, "SELECT hash FROM instrument WHERE code = ? AND version = ?", []any{in.Code, in.Version}, &hash)
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
		return s.record(tx, assessment.Event{At: now, Actor: by, Action: "instrument.add", Subject: in.Name()})
	})
}

// Property returns a named property of the database; NotFound when it was never set.
func (s *Store) Property(ctx context.Context, name string) (value string, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT value FROM property WHERE name = ?", []any{name}, &value)
	return value, s.known(err)
}

// SetProperty sets a named property of the database.
func (s *Store) SetProperty(ctx context.Context, name, value string) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO property (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value).Error
	})
}
