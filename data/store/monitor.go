package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
)

// ofRound are the assessments of officials of a round within reach.
func ofRound(who account.Actor, round string) (condition string, args []any) {
	scope, args := within(who)
	return scope + " AND a.perspective = ? AND a.round_id = (SELECT id FROM round WHERE code = ?)", append(args, string(assessment.Officials), round)
}

// ofSame joins what belongs to an assessment.
const ofSame = "x.city_id = a.city_id AND x.assessment_id = a.id"

// CityCounts implements assessment.MonitorReader. Few assessments have questions or carried answers: it begins with these.
func (s *Store) CityCounts(ctx context.Context, who account.Actor, round string) (map[string]assessment.CityCount, error) {
	where, args := ofRound(who, round)
	out := map[string]assessment.CityCount{}
	err := s.rows(s.read.WithContext(ctx), `SELECT a.id, COUNT(*), 0 FROM clarification x JOIN assessment a ON `+ofSame+` WHERE x.outcome = '' AND x.settled IS NULL AND `+where+` GROUP BY a.id
		UNION ALL SELECT a.id, 0, COUNT(*) FROM carried x JOIN assessment a ON `+ofSame+` WHERE x.settled IS NULL AND `+where+` GROUP BY a.id`,
		append(slices.Clone(args), args...), func(found *sql.Rows) error {
			var id string
			var questions, carried int
			err := found.Scan(&id, &questions, &carried)
			c := out[id]
			c.Questions, c.Carried = c.Questions+questions, c.Carried+carried
			out[id] = c
			return err
		})
	return out, s.known(err)
}

// CitedCounts implements assessment.MonitorReader.
func (s *Store) CitedCounts(ctx context.Context, who account.Actor, round string, ids []string) (map[string]int, error) {
	where, args := ofRound(who, round)
	if ids != nil {
		where += " AND a.id IN (''" + strings.Repeat(", ?", len(ids)) + ")"
		for _, id := range ids {
			args = append(args, id)
		}
	}
	out := map[string]int{}
	err := s.rows(s.read.WithContext(ctx), `SELECT a.id, (SELECT COUNT(*) FROM answer x WHERE `+ofSame+` AND x.value <> '' AND (x.evidence <> ''
			OR EXISTS (SELECT 1 FROM citation y WHERE y.city_id = x.city_id AND y.assessment_id = x.assessment_id AND y.indicator = x.indicator)))
		FROM assessment a WHERE `+where, args, func(found *sql.Rows) error {
		var id string
		var n int
		err := found.Scan(&id, &n)
		out[id] = n
		return err
	})
	return out, s.known(err)
}

// atWork are the assessments of ofRound in which something was saved and that are not handed in.
func atWork(who account.Actor, round string) (tables string, args []any) {
	where, args := ofRound(who, round)
	return " FROM assessment a JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id WHERE s.changed IS NOT NULL AND a.handed_in IS NULL AND " + where, args
}

// MarksAtWork implements assessment.MonitorReader.
func (s *Store) MarksAtWork(ctx context.Context, who account.Actor, round string, visit func(score.Marks)) error {
	tables, args := atWork(who, round)
	return s.known(s.rows(s.read.WithContext(ctx), "SELECT s.marks"+tables, args, func(found *sql.Rows) error {
		var raw sql.RawBytes
		var m score.Marks
		err := found.Scan(&raw)
		if err == nil {
			err = m.UnmarshalBinary(raw)
		}
		if err == nil {
			visit(m)
		}
		return err
	}))
}

// SettledCounts implements assessment.MonitorReader.
func (s *Store) SettledCounts(ctx context.Context, who account.Actor, round string, indicators []string) (map[string]int, error) {
	tables, args := atWork(who, round)
	for _, id := range indicators {
		args = append(args, id)
	}
	settled := map[string]int{}
	err := s.rows(s.read.WithContext(ctx), "SELECT x.indicator, COUNT(*)"+strings.Replace(tables, " WHERE ", " JOIN answer x ON "+ofSame+" WHERE ", 1)+
		" AND (x.value <> '' OR x.non_answer IN ('declined', 'not_ours', 'not_applicable')) AND x.indicator IN (''"+strings.Repeat(", ?", len(indicators))+") GROUP BY x.indicator",
		args, func(found *sql.Rows) error {
			var id string
			var n int
			err := found.Scan(&id, &n)
			settled[id] = n
			return err
		})
	return settled, s.known(err)
}
