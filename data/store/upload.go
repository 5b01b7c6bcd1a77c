package store

import (
	"context"
	"io"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
)

// What is on its way leaves no line in the audit log: nothing of the city has changed until it has become evidence.

const uploadFields = "SELECT id, city_id, account_id, key, name, size, received, evidence_id, seen FROM upload WHERE city_id = ? AND account_id = ? AND seen > ? AND "

// upload finds one of the actor's own.
func (s *Store) upload(db *gorm.DB, who account.Actor, city string, since time.Time, which string, args ...any) (u assessment.Upload, err error) {
	err = s.row(db, uploadFields+which, append([]any{city, who.Account, kept(since)}, args...),
		&u.ID, &u.City, &u.Account, &u.Key, &u.Name, &u.Size, &u.Received, &u.Evidence, &u.Seen)
	if isNone(err) {
		err = missing()
	}
	u.Seen = u.Seen.UTC()
	return u, err
}

// BeganUpload implements assessment.Uploads.
func (s *Store) BeganUpload(ctx context.Context, who account.Actor, city, key string, size int64, since time.Time) (assessment.Upload, error) {
	u, err := s.upload(s.read.WithContext(ctx), who, city, since, "key = ? AND size = ? AND evidence_id = ''", key, size)
	return u, s.known(err)
}

// BeginUpload implements assessment.Uploads. What was last seen before since goes along the way.
func (s *Store) BeginUpload(ctx context.Context, who account.Actor, u assessment.Upload, since time.Time) (out assessment.Upload, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		if err := s.lockShelf(tx, who, u.City); err != nil {
			return err
		}
		if err := s.run(tx, "DELETE FROM upload WHERE city_id = ? AND (seen <= ? OR account_id = ? AND key = ? AND (evidence_id <> '' OR size <> ?))",
			u.City, kept(since), u.Account, u.Key, u.Size); err != nil {
			return err
		}
		var coming int64
		if err := s.row(tx, "SELECT COALESCE(SUM(size), 0) FROM upload WHERE city_id = ? AND evidence_id = '' AND NOT (account_id = ? AND key = ?)", []any{u.City, u.Account, u.Key}, &coming); err != nil {
			return err
		}
		if err := s.fits(tx, u.City, u.Key, u.Size, coming); err != nil {
			return err
		}
		id, err := newID()
		if err != nil {
			return err
		}
		if err := s.run(tx, `INSERT INTO upload (city_id, id, account_id, key, name, size, received, evidence_id, seen) VALUES (?, ?, ?, ?, ?, ?, 0, '', ?)
			ON CONFLICT (city_id, account_id, key) DO NOTHING`, u.City, id, u.Account, u.Key, u.Name, u.Size, kept(u.Seen)); err != nil {
			return err
		}
		out, err = s.upload(tx, who, u.City, since, "key = ?", u.Key)
		return err
	})
	return out, err
}

// Upload implements assessment.Uploads.
func (s *Store) Upload(ctx context.Context, who account.Actor, city, id string, since time.Time) (assessment.Upload, error) {
	u, err := s.upload(s.read.WithContext(ctx), who, city, since, "id = ?", id)
	return u, s.known(err)
}

// AppendUpload implements assessment.Uploads.
func (s *Store) AppendUpload(ctx context.Context, who account.Actor, city, id string, offset int64, chunk []byte, since, at time.Time) (out assessment.Upload, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		which := "id = ?"
		if s.engine == PostgreSQL { // of two tabs that send the same chunk one comes first
			which += " FOR UPDATE"
		}
		u, err := s.upload(tx, who, city, since, which, id)
		if err != nil {
			return err
		}
		if err := evidence.Follows(u.Size, u.Received, offset, len(chunk)); err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO upload_chunk (city_id, upload_id, piece, data) VALUES (?, ?, ?, ?)", city, id, offset/pieceSize, chunk); err != nil {
			return err
		}
		u.Received, u.Seen = offset+int64(len(chunk)), kept(at)
		out = u
		return s.run(tx, "UPDATE upload SET received = ?, seen = ? WHERE city_id = ? AND id = ?", u.Received, u.Seen, city, id)
	})
	return out, err
}

// keepUpload turns the chunks of an upload into the content of a revision. They are the bytes that were inspected: no chunk
// is ever written twice.
func (s *Store) keepUpload(tx *gorm.DB, o assessment.EvidenceOrder) error {
	n, err := s.count(tx, "INSERT INTO blob (city_id, sha256, piece, data) SELECT city_id, ?, piece, data FROM upload_chunk WHERE city_id = ? AND upload_id = ?", o.File.SHA256, o.City, o.Upload)
	if err == nil && n != (o.File.Size+pieceSize-1)/pieceSize { // it was swept, or became another piece, at this moment
		err = missing()
	}
	return err
}

// endUpload notes what an upload has become; its chunks go. The row stays for a day, for those who ask once more.
func (s *Store) endUpload(tx *gorm.DB, o assessment.EvidenceOrder) error {
	if o.Upload == "" {
		return nil
	}
	if err := s.run(tx, "UPDATE upload SET evidence_id = ? WHERE city_id = ? AND id = ? AND account_id = ? AND evidence_id = ''", o.ID, o.City, o.Upload, o.By.Account); err != nil {
		return err
	}
	return s.run(tx, "DELETE FROM upload_chunk WHERE city_id = ? AND upload_id = ?", o.City, o.Upload)
}

// DropUpload implements assessment.Uploads.
func (s *Store) DropUpload(ctx context.Context, u assessment.Upload) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		return s.run(tx, "DELETE FROM upload WHERE city_id = ? AND id = ? AND account_id = ?", u.City, u.ID, u.Account)
	})
}

// SweepUploads implements assessment.Uploads.
func (s *Store) SweepUploads(ctx context.Context, before time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return s.run(tx, "DELETE FROM upload WHERE seen <= ?", kept(before)) })
}

// FirstTry implements assessment.Uploads.
func (s *Store) FirstTry(ctx context.Context, key string, since time.Time) (at time.Time, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT at FROM sign_in_failure WHERE key = ? AND at > ? ORDER BY at LIMIT 1", []any{key, kept(since)}, &at)
	if isNone(err) {
		return since, nil
	}
	return at.UTC(), s.known(err)
}

// UploadContent implements assessment.Uploads. Each chunk is read in a question of its own, and the last one is remembered.
func (s *Store) UploadContent(ctx context.Context, u assessment.Upload) io.ReaderAt {
	return &chunks{s: s, ctx: ctx, u: u, piece: -1}
}

type chunks struct {
	s     *Store
	ctx   context.Context
	u     assessment.Upload
	piece int64 // the number of the one in data
	data  []byte
}

// ReadAt implements io.ReaderAt for one reader at a time.
func (c *chunks) ReadAt(to []byte, offset int64) (n int, err error) {
	for n < len(to) {
		at := offset + int64(n)
		if at >= c.u.Received {
			return n, io.EOF
		}
		if piece := at / pieceSize; piece != c.piece {
			c.piece = -1
			err := c.s.row(c.s.read.WithContext(c.ctx), "SELECT data FROM upload_chunk WHERE city_id = ? AND upload_id = ? AND piece = ?", []any{c.u.City, c.u.ID, piece}, &c.data)
			if isNone(err) {
				err = fault.Wrap(err, fault.NotFound, "fault.not_found", nil)
			}
			if err != nil {
				return n, c.s.known(err)
			}
			c.piece = piece
		}
		if at%pieceSize >= int64(len(c.data)) {
			return n, io.ErrUnexpectedEOF
		}
		n += copy(to[n:], c.data[at%pieceSize:])
	}
	return n, nil
}
