package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
)

// pieceSize is how much of a file stands in one row, in bytes. A chunk becomes a piece as it is.
const pieceSize = evidence.ChunkSize

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

// EvidenceContent implements assessment.Shelf. The content is read piece by piece, each in a question of its own: no slow
// reader holds a connection.
func (s *Store) EvidenceContent(ctx context.Context, who account.Actor, id string, revision int) (out assessment.EvidenceRevision, content io.Reader, err error) {
	p, err := s.Piece(ctx, who, id)
	if err != nil {
		return out, nil, err
	}
	i := slices.IndexFunc(p.Revisions, func(r assessment.EvidenceRevision) bool { return r.Revision == revision })
	if i < 0 || p.Kind != assessment.EvidenceFile {
		return out, nil, missing()
	}
	out = p.Revisions[i]
	content, err = s.openBlob(ctx, p.City, out)
	return out, content, err
}

// openBlob opens the content of a revision, after looking that it is whole.
func (s *Store) openBlob(ctx context.Context, city string, r assessment.EvidenceRevision) (io.Reader, error) {
	b := &blobReader{s: s, ctx: ctx, city: city, sha256: r.SHA256}
	var size int64
	err := s.row(s.read.WithContext(ctx), "SELECT COUNT(*), COALESCE(SUM(LENGTH(data)), 0) FROM blob WHERE city_id = ? AND sha256 = ?", []any{b.city, b.sha256}, &b.pieces, &size)
	if err != nil {
		return nil, s.known(err)
	}
	if size != r.Size {
		if s.slog != nil {
			s.slog.ErrorContext(ctx, "the content of a piece of evidence is not whole", "city", city, "sha256", r.SHA256, "bytes", size, "should", r.Size)
		}
		return nil, fault.New(fault.Unavailable, "evidence.content_lost", nil)
	}
	return b, nil
}

// blobReader reads a content.
type blobReader struct {
	s            *Store
	ctx          context.Context
	city, sha256 string
	next, pieces int
	left         []byte
}

func (b *blobReader) Read(to []byte) (int, error) {
	if len(b.left) == 0 {
		if b.next == b.pieces {
			return 0, io.EOF
		}
		if err := b.s.row(b.s.read.WithContext(b.ctx), "SELECT data FROM blob WHERE city_id = ? AND sha256 = ? AND piece = ?", []any{b.city, b.sha256, b.next}, &b.left); err != nil {
			return 0, b.s.known(err)
		}
		b.next++
	}
	n := copy(to, b.left)
	b.left = b.left[n:]
	return n, nil
}

// WarnOfExpiry implements assessment.Shelf.
func (s *Store) WarnOfExpiry(ctx context.Context, now, soon time.Time) (told int, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		told = 0
		var rows []struct {
			CityID, City, ID, Title, ByAccount, Warned, Assessment string
			Expires                                                time.Time
		}
		err := tx.Raw(`SELECT e.city_id, c.name AS city, e.id, e.title, e.by_account, e.warned, e.expires,
			(SELECT MAX(x.assessment_id) FROM citation x WHERE x.city_id = e.city_id AND x.evidence_id = e.id) AS assessment
			FROM evidence e JOIN city c ON c.id = e.city_id WHERE e.removed IS NULL AND e.expires IS NOT NULL AND e.expires <= ? AND e.warned <> 'ended'
			AND EXISTS (SELECT 1 FROM citation x WHERE x.city_id = e.city_id AND x.evidence_id = e.id) ORDER BY e.city_id, e.id`, kept(soon)).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			state := "soon"
			if evidence.Ended(r.Expires, now) {
				state = "ended"
			}
			n, err := s.count(tx, "UPDATE evidence SET warned = ? WHERE city_id = ? AND id = ? AND warned = ? AND warned <> ?", state, r.CityID, r.ID, r.Warned, state)
			if err != nil {
				return err
			}
			if n == 0 { // told already, or by another instance at this moment
				continue
			}
			told++
			var people []string
			err = s.rows(tx, "SELECT id FROM account WHERE city_id = ? AND NOT disabled AND (role = ? OR id = ?) ORDER BY id", []any{r.CityID, string(account.Coordinator), r.ByAccount}, func(found *sql.Rows) error {
				var one string
				err := found.Scan(&one)
				people = append(people, one)
				return err
			})
			if err != nil {
				return err
			}
			for _, one := range people {
				if err := s.notify(tx, assessment.Author{}, now, assessment.Notice{Account: one, City: r.CityID, Kind: assessment.NoticeExpiring,
					Args: map[string]string{"City": r.City, "Evidence": r.Title, "Due": r.Expires.UTC().Format(time.DateOnly)},
					Href: "/assessments/" + r.Assessment + "/evidence/" + r.ID}); err != nil {
					return err
				}
			}
			if err := s.record(tx, assessment.Event{At: now, Actor: assessment.Author{Role: account.Operator}, City: r.CityID, Action: "evidence.warn", Subject: r.ID, Detail: state}); err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}

// SweepBlobs implements assessment.Shelf. It stands in line with additions, so that no content goes that one is about to use.
func (s *Store) SweepBlobs(ctx context.Context) (gone int, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		if s.engine == PostgreSQL {
			if err := s.rows(tx, "SELECT id FROM city ORDER BY id FOR NO KEY UPDATE", nil, func(*sql.Rows) error { return nil }); err != nil {
				return err
			}
		}
		const orphans = " FROM blob WHERE NOT EXISTS (SELECT 1 FROM evidence_revision r WHERE r.city_id = blob.city_id AND r.sha256 = blob.sha256)"
		if err := s.row(tx, "SELECT COUNT(*) FROM (SELECT DISTINCT city_id, sha256"+orphans+") x", nil, &gone); err != nil || gone == 0 {
			return err
		}
		return s.run(tx, "DELETE"+orphans)
	})
	return gone, err
}

// checkContents names the files of evidence whose content is not what was kept: pieces are missing, or others than were added.
func (s *Store) checkContents(ctx context.Context) (wrong []string, err error) {
	type kept struct{ city, sha256 string }
	var all []kept
	db := s.read.WithContext(ctx)
	err = s.rows(db, "SELECT DISTINCT city_id, sha256 FROM evidence_revision WHERE sha256 <> '' ORDER BY city_id, sha256", nil, func(found *sql.Rows) error {
		var k kept
		err := found.Scan(&k.city, &k.sha256)
		all = append(all, k)
		return err
	})
	if err != nil {
		return nil, s.known(err)
	}
	for _, k := range all {
		b := &blobReader{s: s, ctx: ctx, city: k.city, sha256: k.sha256}
		if err := s.row(db, "SELECT COUNT(*) FROM blob WHERE city_id = ? AND sha256 = ?", []any{k.city, k.sha256}, &b.pieces); err != nil {
			return wrong, s.known(err)
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, b); err != nil && !fault.Is(err, fault.NotFound) {
			return wrong, err
		}
		if hex.EncodeToString(sum.Sum(nil)) != k.sha256 {
			wrong = append(wrong, "the file of evidence with the SHA-256 "+k.sha256+" is not whole")
		}
	}
	return wrong, nil
}
