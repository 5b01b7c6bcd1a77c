package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

// evidenceRow is a piece with one of its revisions.
type evidenceRow struct {
	CityID, ID, Kind, Title, Note string
	Expires, Removed              *time.Time
	Current                       int // the revision that counts
	Revision                      int
	URL, Name, Media, Sha256      string
	Size                          int64
	ByAccount, ByRole, ByName     string
	At                            time.Time
}

// evidenceColumns are read from a piece e and one of its revisions x.
const evidenceColumns = `e.city_id, e.id, e.kind, e.title, e.note, e.expires, e.removed, e.revision AS current, x.revision, x.url, x.name, x.media, x.size, x.sha256,
	x.by_account, x.by_role, x.at, ` + writer + ` AS by_name`

const evidenceTables = ` FROM evidence e JOIN evidence_revision x ON x.city_id = e.city_id AND x.evidence_id = e.id`

func (r evidenceRow) evidence() assessment.Evidence {
	return assessment.Evidence{ID: r.ID, Kind: assessment.EvidenceKind(r.Kind), Title: r.Title, Note: r.Note, URL: r.URL, Name: r.Name, Media: r.Media, Size: r.Size,
		SHA256: r.Sha256, Revision: r.Revision, Expires: from(r.Expires), Removed: from(r.Removed), By: by(r.ByAccount, r.ByName, r.ByRole), At: r.At.UTC()}
}

func (r evidenceRow) revision() assessment.EvidenceRevision {
	return assessment.EvidenceRevision{Revision: r.Revision, URL: r.URL, Name: r.Name, Media: r.Media, Size: r.Size, SHA256: r.Sha256,
		By: by(r.ByAccount, r.ByName, r.ByRole), At: r.At.UTC()}
}

// scanEvidence reads the columns of evidenceColumns.
func scanEvidence(found *sql.Rows) (r evidenceRow, err error) {
	err = found.Scan(&r.CityID, &r.ID, &r.Kind, &r.Title, &r.Note, &r.Expires, &r.Removed, &r.Current, &r.Revision, &r.URL, &r.Name, &r.Media, &r.Size, &r.Sha256,
		&r.ByAccount, &r.ByRole, &r.At, &r.ByName)
	return r, err
}

// readEvidence reads its part of what stands beside an assessment.
func (s *Store) readEvidence(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	var rows []evidenceRow
	err := s.rows(tx, "SELECT "+evidenceColumns+evidenceTables+` WHERE e.city_id = ? AND x.revision = e.revision AND (e.removed IS NULL OR EXISTS (
		SELECT 1 FROM citation c WHERE c.city_id = e.city_id AND c.evidence_id = e.id AND c.assessment_id = ?)) ORDER BY e.id`, []any{a.City.ID, a.ID}, func(found *sql.Rows) error {
		r, err := scanEvidence(found)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return err
	}
	byName(rows, func(r evidenceRow) string { return r.Title })
	for _, r := range rows {
		out.Evidence = append(out.Evidence, r.evidence())
	}
	// One question for what was cited and for what was said of it; the newest verdict of an indicator comes last, and
	// takes the place of an earlier one of the same person.
	err = s.rows(tx, `SELECT x.indicator, x.evidence_id AS thing, x.passage AS words, '' AS proposed, 0 AS version, x.by_account, x.by_role, x.at, x.evidence_id AS id, `+writer+`
		FROM citation x WHERE x.city_id = ? AND x.assessment_id = ?
		UNION ALL SELECT x.indicator, x.verdict, x.reason, x.proposed, x.version, x.by_account, x.by_role, x.at, x.id, `+writer+`
		FROM verdict x WHERE x.city_id = ? AND x.assessment_id = ? ORDER BY 8, 9`, []any{a.City.ID, a.ID, a.City.ID, a.ID}, func(found *sql.Rows) error {
		var indicator, thing, words, proposed, account, role, id, name string
		var version int
		var at time.Time
		if err := found.Scan(&indicator, &thing, &words, &proposed, &version, &account, &role, &at, &id, &name); err != nil {
			return err
		}
		author := by(account, name, role)
		if version == 0 {
			out.Citations = append(out.Citations, assessment.Citation{Indicator: indicator, Evidence: thing, Passage: words, By: author, At: at.UTC()})
			return nil
		}
		out.Verdicts = slices.DeleteFunc(out.Verdicts, func(v assessment.Verdict) bool { return v.Indicator == indicator && v.By.Account == author.Account })
		out.Verdicts = append(out.Verdicts, assessment.Verdict{Indicator: indicator, Kind: assessment.VerdictKind(thing), Version: version, Proposed: proposed, Reason: words, By: author, At: at.UTC()})
		return nil
	})
	return err
}

// reachEvidence restricts a question about pieces e to the actor's reach: the own city's, or those cited in an assessment
// that was handed in to the analyst's rounds, as long as they are not removed.
func (s *Store) reachEvidence(who account.Actor) (condition string, args []any) {
	switch who.Role {
	case account.Coordinator, account.Contributor, account.Approver:
		return "e.city_id = ?", []any{who.City}
	case account.Analyst:
		if len(who.Rounds) == 0 {
			return "1 = 0", nil
		}
		for _, r := range who.Rounds {
			args = append(args, r)
		}
		return `e.removed IS NULL AND EXISTS (SELECT 1 FROM citation c JOIN assessment a ON a.city_id = c.city_id AND a.id = c.assessment_id
			WHERE c.city_id = e.city_id AND c.evidence_id = e.id AND a.handed_in IS NOT NULL AND a.round_id IN (?` + strings.Repeat(", ?", len(who.Rounds)-1) + "))", args
	case account.Reviewer:
		scope, args := within(who)
		return `e.removed IS NULL AND EXISTS (SELECT 1 FROM citation c JOIN assessment a ON a.city_id = c.city_id AND a.id = c.assessment_id
			WHERE c.city_id = e.city_id AND c.evidence_id = e.id AND a.handed_in IS NOT NULL AND ` + scope + ")", args
	case account.Operator:
		return "1 = 1", nil
	}
	return "1 = 0", nil
}

// Shelf implements assessment.Shelf.
func (s *Store) Shelf(ctx context.Context, who account.Actor, city string) ([]assessment.Piece, error) {
	if !who.Role.OfCity() && who.Role != account.Operator || who.Role.OfCity() && who.City != city {
		return nil, missing()
	}
	return s.pieces(ctx, who, "e.city_id = ?", city)
}

// Piece implements assessment.Shelf.
func (s *Store) Piece(ctx context.Context, who account.Actor, id string) (assessment.Piece, error) {
	list, err := s.pieces(ctx, who, "e.id = ?", id)
	if err == nil && len(list) == 0 {
		err = missing()
	}
	if err != nil {
		return assessment.Piece{}, err
	}
	return list[0], nil
}

// pieces reads pieces within reach with their revisions and uses.
func (s *Store) pieces(ctx context.Context, who account.Actor, which string, is any) (out []assessment.Piece, err error) {
	reach, args := s.reachEvidence(who)
	at := map[string]int{}
	outside := !who.Role.OfCity() && who.Role != account.Operator
	err = s.snapshot(ctx, func(tx *gorm.DB) error {
		var rows []evidenceRow
		err := s.rows(tx, "SELECT "+evidenceColumns+evidenceTables+" WHERE "+which+" AND "+reach+" ORDER BY e.id, x.revision DESC", append([]any{is}, args...), func(found *sql.Rows) error {
			r, err := scanEvidence(found)
			if outside {
				r.ByName = ""
			}
			if !outside || r.Revision == r.Current {
				rows = append(rows, r)
			}
			return err
		})
		if err != nil {
			return err
		}
		byName(rows, func(r evidenceRow) string { return r.Title })
		for _, r := range rows {
			i, known := at[r.ID]
			if !known {
				i = len(out)
				at[r.ID] = i
				out = append(out, assessment.Piece{Evidence: r.evidence(), City: r.CityID})
			}
			out[i].Revisions = append(out[i].Revisions, r.revision())
		}
		where, more := within(who)
		ask := tx.Raw(`SELECT c.evidence_id AS piece, c.assessment_id AS assessment, r.title AS round, r.instrument, c.indicator, c.passage, a.handed_in
			FROM citation c JOIN evidence e ON e.city_id = c.city_id AND e.id = c.evidence_id JOIN assessment a ON a.city_id = c.city_id AND a.id = c.assessment_id
			JOIN round r ON r.id = a.round_id WHERE `+which+" AND "+where+" ORDER BY r.created DESC, c.assessment_id, c.indicator", append([]any{is}, more...)...)
		var uses []struct {
			Piece, Assessment, Round, Instrument, Indicator, Passage string
			HandedIn                                                 *time.Time
		}
		if err := ask.Scan(&uses).Error; err != nil {
			return err
		}
		for _, u := range uses {
			i, known := at[u.Piece]
			if !known || outside && u.HandedIn == nil {
				continue
			}
			out[i].Uses = append(out[i].Uses, assessment.Use{Assessment: u.Assessment, Round: u.Round, Instrument: u.Instrument, Indicator: u.Indicator, Passage: u.Passage, Open: u.HandedIn == nil})
		}
		return nil
	})
	return out, s.known(err)
}
