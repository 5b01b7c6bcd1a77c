package store

import (
	"context"
	"database/sql"

	"migov/assessment"
	"migov/assessment/account"
)

// ofRound are the assessments of officials of a round within reach.
func ofRound(who account.Actor, round string) (condition string, args []any) {
	scope, args := within(who)
	return scope + " AND a.perspective = ? AND a.round_id = (SELECT id FROM round WHERE code = ?)", append(args, string(assessment.Officials), round)
}

// CityCounts implements assessment.MonitorReader.
func (s *Store) CityCounts(ctx context.Context, who account.Actor, round string) (map[string]assessment.CityCount, error) {
	where, args := ofRound(who, round)
	const same = "x.city_id = a.city_id AND x.assessment_id = a.id"
	out := map[string]assessment.CityCount{}
	err := s.rows(s.read.WithContext(ctx), `SELECT a.id,
		(SELECT COUNT(*) FROM answer x WHERE `+same+` AND x.value <> '' AND (x.evidence <> '' OR EXISTS (SELECT 1 FROM citation y WHERE y.city_id = x.city_id AND y.assessment_id = x.assessment_id AND y.indicator = x.indicator))),
		(SELECT COUNT(*) FROM clarification x WHERE `+same+` AND x.outcome = '' AND x.settled IS NULL),
		(SELECT COUNT(*) FROM carried x WHERE `+same+` AND x.settled IS NULL)
		FROM assessment a WHERE `+where, args, func(found *sql.Rows) error {
		var id string
		var c assessment.CityCount
		err := found.Scan(&id, &c.Cited, &c.Questions, &c.Carried)
		out[id] = c
		return err
	})
	return out, s.known(err)
}

// SettledCounts implements assessment.MonitorReader.
func (s *Store) SettledCounts(ctx context.Context, who account.Actor, round string) (settled map[string]int, atWork int, err error) {
	where, args := ofRound(who, round)
	where += " AND a.handed_in IS NULL"
	settled = map[string]int{}
	db := s.read.WithContext(ctx)
	if err := s.row(db, "SELECT COUNT(*) FROM assessment a JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id WHERE s.changed IS NOT NULL AND "+where, args, &atWork); err != nil {
		return nil, 0, s.known(err)
	}
	err = s.rows(db, `SELECT x.indicator, COUNT(*) FROM assessment a JOIN answer x ON x.city_id = a.city_id AND x.assessment_id = a.id
		WHERE (x.value <> '' OR x.non_answer IN ('declined', 'not_ours', 'not_applicable')) AND `+where+" GROUP BY x.indicator", args, func(found *sql.Rows) error {
		var id string
		var n int
		err := found.Scan(&id, &n)
		settled[id] = n
		return err
	})
	return settled, atWork, s.known(err)
}
