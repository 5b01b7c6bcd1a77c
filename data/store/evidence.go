package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
)

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
