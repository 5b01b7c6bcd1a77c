package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
)

// pieceSize is how much of a file stands in one row, in bytes. A chunk becomes a piece as it is.
const pieceSize = evidence.ChunkSize

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
	// One question for what was cited and for what was said of it; the newest verdict of an indicator comes last.
	err = s.rows(tx, `SELECT x.indicator, x.evidence_id AS thing, x.passage AS words, 0 AS version, x.by_account, x.by_role, x.at, x.evidence_id AS id, `+writer+`
		FROM citation x WHERE x.city_id = ? AND x.assessment_id = ?
		UNION ALL SELECT x.indicator, x.verdict, x.reason, x.version, x.by_account, x.by_role, x.at, x.id, `+writer+`
		FROM verdict x WHERE x.city_id = ? AND x.assessment_id = ? ORDER BY 7, 8`, []any{a.City.ID, a.ID, a.City.ID, a.ID}, func(found *sql.Rows) error {
		var indicator, thing, words, account, role, id, name string
		var version int
		var at time.Time
		if err := found.Scan(&indicator, &thing, &words, &version, &account, &role, &at, &id, &name); err != nil {
			return err
		}
		author := by(account, name, role)
		if version == 0 {
			out.Citations = append(out.Citations, assessment.Citation{Indicator: indicator, Evidence: thing, Passage: words, By: author, At: at.UTC()})
			return nil
		}
		out.Verdicts = slices.DeleteFunc(out.Verdicts, func(v assessment.Verdict) bool { return v.Indicator == indicator })
		out.Verdicts = append(out.Verdicts, assessment.Verdict{Indicator: indicator, Kind: assessment.VerdictKind(thing), Version: version, Reason: words, By: author, At: at.UTC()})
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

// lockShelf locks the library of a city that the actor may write until the transaction ends: two additions stand in line,
// so that nothing is kept twice and no limit is passed by two together.
func (s *Store) lockShelf(tx *gorm.DB, who account.Actor, city string) error {
	if who.Role != account.Operator && (!who.Role.OfCity() || who.City != city) {
		return missing()
	}
	ask := "SELECT id FROM city WHERE id = ?"
	if s.engine == PostgreSQL {
		ask += " FOR NO KEY UPDATE"
	}
	return s.row(tx, ask, []any{city}, &city)
}

// AddEvidence implements assessment.Shelf.
func (s *Store) AddEvidence(ctx context.Context, who account.Actor, o assessment.EvidenceOrder) (out assessment.Evidence, same bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		out, same = assessment.Evidence{}, false
		if err := s.lockShelf(tx, who, o.City); err != nil {
			return err
		}
		id, err := s.twin(tx, o)
		if err != nil {
			return err
		}
		o := o
		if o.ID = id; id != "" {
			same = true
			if err := s.setRemoved(tx, o.City, id, false, o.By, o.At); err != nil {
				return err
			}
		} else if o.ID, err = newID(); err != nil {
			return err
		} else if err := s.addPiece(tx, o); err != nil {
			return err
		}
		if o.Assessment != "" {
			o.Citation.Evidence = o.ID
			if err := s.cite(tx, who, o.Assessment, o.Citation, o.Citation.Passage != ""); err != nil {
				return err
			}
		}
		if err := s.endUpload(tx, o); err != nil {
			return err
		}
		out, err = s.oneEvidence(tx, o.City, o.ID)
		return err
	})
	return out, same, err
}

// twin finds the piece that has the content or address already; one that is in use before one that was removed.
func (s *Store) twin(tx *gorm.DB, o assessment.EvidenceOrder) (id string, err error) {
	what, is := "x.sha256 = ?", o.File.SHA256
	if o.Kind == assessment.EvidenceLink {
		what, is = "x.url = ?", o.URL
	}
	err = s.row(tx, "SELECT e.id"+evidenceTables+" WHERE e.city_id = ? AND x.revision = e.revision AND e.kind = ? AND "+what+" ORDER BY CASE WHEN e.removed IS NULL THEN 0 ELSE 1 END, e.id LIMIT 1",
		[]any{o.City, string(o.Kind), is}, &id)
	if isNone(err) {
		return "", nil
	}
	return id, err
}

func (s *Store) addPiece(tx *gorm.DB, o assessment.EvidenceOrder) error {
	if err := s.run(tx, `INSERT INTO evidence (city_id, id, kind, title, note, expires, revision, removed_by, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, 1, '', ?, ?, ?)`,
		o.City, o.ID, string(o.Kind), o.Title, o.Note, maybe(o.Expires), o.By.Account, string(o.By.Role), kept(o.At)); err != nil {
		return err
	}
	return s.addRevision(tx, o, 1, "evidence.add")
}

// addRevision writes a revision with its content.
func (s *Store) addRevision(tx *gorm.DB, o assessment.EvidenceOrder, revision int, action string) error {
	if o.Kind == assessment.EvidenceFile {
		if err := s.putBlob(tx, o); err != nil {
			return err
		}
	}
	if err := s.run(tx, `INSERT INTO evidence_revision (city_id, evidence_id, revision, url, name, media, size, sha256, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.City, o.ID, revision, o.URL, o.File.Name, o.File.Media, o.File.Size, o.File.SHA256, o.By.Account, string(o.By.Role), kept(o.At)); err != nil {
		return err
	}
	if err := s.touchCity(tx, o.City); err != nil {
		return err
	}
	return s.record(tx, assessment.Event{At: o.At, Actor: o.By, City: o.City, Action: action, Subject: o.ID, Detail: string(o.Kind)})
}

// fits refuses a content for which the library of a city has no room beside what it holds and so many bytes more.
func (s *Store) fits(tx *gorm.DB, city, sha256 string, size, more int64) error {
	var used int64
	if err := s.row(tx, "SELECT COALESCE(SUM(size), 0) FROM (SELECT DISTINCT sha256, size FROM evidence_revision WHERE city_id = ? AND sha256 <> ?) x", []any{city, sha256}, &used); err != nil {
		return err
	}
	if used+size+more > evidence.MaxCity {
		f := fault.New(fault.Invalid, "evidence.city_full", fault.Args{"Megabytes": evidence.MaxCity >> 20})
		return f.WithFields(fault.Field{Name: "file", Key: f.Key, Args: f.Args})
	}
	return nil
}

// putBlob writes a content in pieces, unless the city has it already. What arrives must be what was inspected.
func (s *Store) putBlob(tx *gorm.DB, o assessment.EvidenceOrder) error {
	if err := s.fits(tx, o.City, o.File.SHA256, o.File.Size, 0); err != nil {
		return err
	}
	var there int
	err := s.row(tx, "SELECT 1 FROM blob WHERE city_id = ? AND sha256 = ? AND piece = 0", []any{o.City, o.File.SHA256}, &there)
	if err == nil || !isNone(err) {
		return err
	}
	if o.Upload != "" {
		return s.keepUpload(tx, o)
	}
	in := io.NewSectionReader(o.Content, 0, o.File.Size)
	sum, buffer := sha256.New(), make([]byte, pieceSize)
	for i := 0; ; i++ {
		n, err := io.ReadFull(in, buffer)
		if err == io.EOF {
			break
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return err
		}
		sum.Write(buffer[:n])
		if err := s.run(tx, "INSERT INTO blob (city_id, sha256, piece, data) VALUES (?, ?, ?, ?)", o.City, o.File.SHA256, i, buffer[:n]); err != nil {
			return err
		}
	}
	if hex.EncodeToString(sum.Sum(nil)) != o.File.SHA256 {
		return fault.New(fault.Invalid, "evidence.file_changed", nil).WithFields(fault.Field{Name: "file", Key: "evidence.file_changed"})
	}
	return nil
}

func (s *Store) oneEvidence(tx *gorm.DB, city, id string) (out assessment.Evidence, err error) {
	err = s.rows(tx, "SELECT "+evidenceColumns+evidenceTables+" WHERE e.city_id = ? AND e.id = ? AND x.revision = e.revision", []any{city, id}, func(found *sql.Rows) error {
		r, err := scanEvidence(found)
		out = r.evidence()
		return err
	})
	if err == nil && out.ID == "" {
		err = missing()
	}
	return out, err
}

// ReviseEvidence implements assessment.Shelf.
func (s *Store) ReviseEvidence(ctx context.Context, who account.Actor, o assessment.EvidenceOrder) (out assessment.Evidence, same bool, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.lockShelf(tx, who, o.City); err != nil {
			return err
		}
		var err error
		if out, err = s.oneEvidence(tx, o.City, o.ID); err != nil {
			return err
		}
		if same = out.SHA256 == o.File.SHA256 && out.URL == o.URL; same {
			return s.endUpload(tx, o)
		}
		if err := s.addRevision(tx, o, out.Revision+1, "evidence.revise"); err != nil {
			return err
		}
		if err := s.run(tx, "UPDATE evidence SET revision = ? WHERE city_id = ? AND id = ?", out.Revision+1, o.City, o.ID); err != nil {
			return err
		}
		if err := s.endUpload(tx, o); err != nil {
			return err
		}
		out, err = s.oneEvidence(tx, o.City, o.ID)
		return err
	})
	return out, same, err
}

// DescribeEvidence implements assessment.Shelf.
func (s *Store) DescribeEvidence(ctx context.Context, who account.Actor, o assessment.EvidenceOrder) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.lockShelf(tx, who, o.City); err != nil {
			return err
		}
		is, err := s.oneEvidence(tx, o.City, o.ID)
		if err != nil {
			return err
		}
		if is.Title == o.Title && is.Note == o.Note && is.Expires.Equal(o.Expires) {
			return nil
		}
		update, args := "UPDATE evidence SET title = ?, note = ?, expires = ?", []any{o.Title, o.Note, maybe(o.Expires)}
		if !is.Expires.Equal(o.Expires) {
			update += ", warned = ''" // people are told of the new last day
		}
		if err := s.run(tx, update+" WHERE city_id = ? AND id = ?", append(args, o.City, o.ID)...); err != nil {
			return err
		}
		if err := s.touchCity(tx, o.City); err != nil {
			return err
		}
		return s.record(tx, assessment.Event{At: o.At, Actor: o.By, City: o.City, Action: "evidence.describe", Subject: o.ID})
	})
}

// RemoveEvidence implements assessment.Shelf.
func (s *Store) RemoveEvidence(ctx context.Context, who account.Actor, id string, removed bool, by assessment.Author, at time.Time) error {
	p, err := s.Piece(ctx, who, id)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.lockShelf(tx, who, p.City); err != nil {
			return err
		}
		return s.setRemoved(tx, p.City, id, removed, by, at)
	})
}

// setRemoved removes a piece or puts it back; one that is so already is left alone.
func (s *Store) setRemoved(tx *gorm.DB, city, id string, removed bool, by assessment.Author, at time.Time) error {
	update, action := "UPDATE evidence SET removed = NULL, removed_by = '' WHERE city_id = ? AND id = ? AND removed IS NOT NULL", "evidence.restore"
	args := []any{city, id}
	if removed {
		update, action = "UPDATE evidence SET removed = ?, removed_by = ? WHERE city_id = ? AND id = ? AND removed IS NULL", "evidence.remove"
		args = append([]any{kept(at), by.Account}, args...)
	}
	n, err := s.count(tx, update, args...)
	if err != nil || n == 0 {
		return err
	}
	if err := s.touchCity(tx, city); err != nil {
		return err
	}
	return s.record(tx, assessment.Event{At: at, Actor: by, City: city, Action: action, Subject: id})
}
