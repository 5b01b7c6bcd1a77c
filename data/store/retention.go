package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
)

// notBefore is the moment before which an unfinished assessment is not deleted: its round is due, or people were told of it.
const notBefore = "CASE WHEN r.due IS NULL OR a.ends > r.due THEN a.ends ELSE r.due END"

// expiries are the questions after what has ended, by kind: each yields city (id, code), round (code), id, assessment, since when
// (and since when if that is absent), and takes the moment before which that is.
var expiries = map[assessment.ExpiryKind]string{
	assessment.ExpiredUnfinished: `SELECT c.id, c.code, r.code, a.id, a.id, s.changed, a.created FROM assessment a
		JOIN round r ON r.id = a.round_id JOIN city c ON c.id = a.city_id JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id
		WHERE a.handed_in IS NULL AND NOT r.published AND COALESCE(s.changed, a.created) < ? AND COALESCE(` + notBefore + ` < ?, TRUE)`,
	assessment.ExpiredHandedIn: `SELECT c.id, c.code, r.code, a.id, a.id, a.handed_in, a.handed_in FROM assessment a
		JOIN round r ON r.id = a.round_id JOIN city c ON c.id = a.city_id
		WHERE a.handed_in < ? AND NOT r.published AND NOT EXISTS (SELECT 1 FROM round x WHERE NOT x.published AND COALESCE(x.due, x.created) >= ?)`,
	assessment.ExpiredAlternative: `SELECT c.id, c.code, r.code, x.id, a.id, x.settled, x.settled FROM alternative x
		JOIN assessment a ON a.city_id = x.city_id AND a.id = x.assessment_id JOIN round r ON r.id = a.round_id JOIN city c ON c.id = a.city_id
		WHERE x.settled < ? AND x.settled < ?`,
	assessment.ExpiredEvidence: `SELECT c.id, c.code, '', e.id, '', e.removed, e.removed FROM evidence e JOIN city c ON c.id = e.city_id
		WHERE e.removed < ? AND e.removed < ? AND NOT EXISTS (SELECT 1 FROM citation x WHERE x.city_id = e.city_id AND x.evidence_id = e.id)`,
}

// moments are those before which things have ended.
func moments(r assessment.Retention, now time.Time) map[assessment.ExpiryKind]time.Time {
	out := map[assessment.ExpiryKind]time.Time{}
	for kind, months := range map[assessment.ExpiryKind]int{assessment.ExpiredUnfinished: r.Unfinished, assessment.ExpiredHandedIn: r.HandedIn,
		assessment.ExpiredAlternative: r.Alternatives, assessment.ExpiredEvidence: r.Evidence} {
		if months > 0 {
			out[kind] = kept(now.AddDate(0, -months, 0))
		}
	}
	return out
}

// Expired implements assessment.Expiring. An alternative of an assessment that has ended is not named apart.
func (s *Store) Expired(ctx context.Context, r assessment.Retention, now time.Time) (out []assessment.Expiry, err error) {
	db := s.read.WithContext(ctx)
	gone := map[string]bool{}
	limits := moments(r, now)
	for _, kind := range []assessment.ExpiryKind{assessment.ExpiredUnfinished, assessment.ExpiredHandedIn, assessment.ExpiredAlternative, assessment.ExpiredEvidence} {
		before, limited := limits[kind]
		if !limited {
			continue
		}
		second := before
		if kind == assessment.ExpiredUnfinished {
			second = kept(now) // the round need only be over, and the day that people were told of
		}
		err := s.rows(db, expiries[kind]+" ORDER BY 7, 4", []any{before, second}, func(found *sql.Rows) error {
			e := assessment.Expiry{Kind: kind}
			var since *time.Time
			if err := found.Scan(&e.CityID, &e.City, &e.Round, &e.ID, &e.Assessment, &since, &e.Since); err != nil {
				return err
			}
			if since != nil {
				e.Since = *since
			}
			e.Since = e.Since.UTC()
			if kind != assessment.ExpiredAlternative || !gone[e.Assessment] {
				out = append(out, e)
			}
			gone[e.ID] = true
			return nil
		})
		if err != nil {
			return nil, s.known(err)
		}
	}
	return out, nil
}

// besideTables hold what stands in and beside an assessment, those that refer to others first.
var besideTables = []string{"carried", "publication", "clarification", "reviewer", "reopening", "snapshot", "post", "thread", "part", "presence", "citation", "verdict", "sign_off", "alternative", "revision", "power", "answer", "score"}

// removedText takes the place of a text that has ended; the history then still tells who wrote when.
const removedText = "(removed)"

// Expire implements assessment.Expiring.
func (s *Store) Expire(ctx context.Context, e assessment.Expiry, r assessment.Retention, by assessment.Author, now time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		before, limited := moments(r, now)[e.Kind]
		if !limited {
			return fmt.Errorf("%s %s has no end", e.Kind, e.ID)
		}
		id, second := "a.id", before
		switch e.Kind {
		case assessment.ExpiredUnfinished:
			second = kept(now)
		case assessment.ExpiredAlternative:
			id = "x.id"
		case assessment.ExpiredEvidence:
			id = "e.id"
		}
		n, err := s.count(tx, "UPDATE city SET name = name WHERE id = ? AND EXISTS ("+expiries[e.Kind]+" AND c.id = ? AND "+id+" = ?)", e.CityID, before, second, e.CityID, e.ID)
		if err != nil || n == 0 { // it was changed meanwhile
			return err
		}
		if err := s.expire(tx, e); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: now, Actor: by, City: e.CityID, Action: "retention", Subject: e.ID, Detail: string(e.Kind)})
	})
}

func (s *Store) expire(tx *gorm.DB, e assessment.Expiry) error {
	switch e.Kind {
	case assessment.ExpiredAlternative:
		if err := s.run(tx, "DELETE FROM alternative WHERE city_id = ? AND assessment_id = ? AND id = ?", e.CityID, e.Assessment, e.ID); err != nil {
			return err
		}
		// A field that was in conflict stays in conflict with another text, so that the history amounts to the same.
		set := ""
		for f, column := range []string{assessment.ValueField: "value", assessment.ExplanationField: "explanation", assessment.EvidenceField: "evidence"} {
			set += fmt.Sprintf(", %[1]s = CASE WHEN (conflict & %[2]d) <> 0 AND %[1]s <> '' THEN '%[3]s' ELSE %[1]s END", column, 1<<f, removedText)
		}
		return s.run(tx, "UPDATE revision SET "+set[2:]+" WHERE city_id = ? AND assessment_id = ? AND mutation = ?", e.CityID, e.Assessment, e.ID)
	case assessment.ExpiredEvidence:
		for _, table := range []string{"evidence_revision WHERE city_id = ? AND evidence_id = ?", "evidence WHERE city_id = ? AND id = ?"} {
			if err := s.run(tx, "DELETE FROM "+table, e.CityID, e.ID); err != nil {
				return err
			}
		}
		if err := s.run(tx, "DELETE FROM blob WHERE city_id = ? AND NOT EXISTS (SELECT 1 FROM evidence_revision x WHERE x.city_id = blob.city_id AND x.sha256 = blob.sha256)", e.CityID); err != nil {
			return err
		}
		return s.touchCity(tx, e.CityID)
	}
	for _, table := range besideTables {
		if err := s.run(tx, "DELETE FROM "+table+" WHERE city_id = ? AND assessment_id = ?", e.CityID, e.ID); err != nil {
			return err
		}
	}
	for _, table := range []string{"notice", "letter"} {
		if err := s.run(tx, "DELETE FROM "+table+" WHERE href LIKE ?", "/assessments/"+e.ID+"%"); err != nil {
			return err
		}
	}
	if err := s.run(tx, "UPDATE account SET unread = (SELECT COUNT(*) FROM notice n WHERE n.account_id = account.id AND n.seen IS NULL) WHERE unread > 0"); err != nil {
		return err
	}
	return s.run(tx, "DELETE FROM assessment WHERE city_id = ? AND id = ?", e.CityID, e.ID)
}
