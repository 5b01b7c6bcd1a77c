package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/snapshot"
)

// snapshot keeps what an assessment is now as a new revision, unless exactly that is kept already and no new one is asked for.
// The ledger holds the locks, so that the answers are those that every save so far has made. Evidence that was renamed
// or revised counts as it stands; nothing here depends on a clock.
func (l *ledger) snapshot(scheme *score.Scheme, by assessment.Author, at time.Time, anew bool) (head assessment.SnapshotHead, err error) {
	a, err := l.assessment()
	if err != nil {
		return head, err
	}
	sheet, err := l.s.sheet(l.tx, l.city, l.id, nil)
	if err != nil {
		return head, err
	}
	var b assessment.Beside
	if err := l.s.readEvidence(l.tx, a, &b); err != nil {
		return head, err
	}
	last, err := l.lastSnapshot()
	if err != nil {
		return head, err
	}
	if last.Revision > 0 && !anew {
		if _, hash, err := assessment.NewDocument(a, scheme, last.Revision, sheet, b).Encode(); err != nil || hash == last.Hash {
			return last, err
		}
	}
	d := assessment.NewDocument(a, scheme, last.Revision+1, sheet, b)
	content, hash, err := d.Encode()
	if err != nil {
		return head, err
	}
	var random [snapshot.RandomBytes]byte
	rand.Read(random[:])
	head = assessment.SnapshotHead{Revision: d.Revision, Reference: snapshot.Reference(random), Seq: l.seq, Instrument: d.Instrument.Name, Method: d.Method, Hash: hash, By: by, At: kept(at)}
	err = l.s.run(l.tx, `INSERT INTO snapshot (city_id, assessment_id, revision, reference, seq, instrument, method, hash, content, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, l.city, l.id, head.Revision, head.Reference, head.Seq, head.Instrument, head.Method, head.Hash, content,
		by.Account, string(by.Role), head.At)
	if err != nil {
		return head, err
	}
	return head, l.s.touch(l.tx, l.city, l.id)
}

// lastSnapshot reads the head of the newest snapshot; the zero head where there is none.
func (l *ledger) lastSnapshot() (head assessment.SnapshotHead, err error) {
	err = l.s.rows(l.tx, "SELECT "+snapshotColumns+" FROM snapshot x WHERE x.city_id = ? AND x.assessment_id = ? ORDER BY x.revision DESC LIMIT 1",
		[]any{l.city, l.id}, func(found *sql.Rows) (err error) { head, err = scanSnapshot(found); return err })
	return head, err
}

const snapshotColumns = "x.revision, x.reference, x.seq, x.instrument, x.method, x.hash, x.by_account, x.by_role, x.at, " + writer

func scanSnapshot(found *sql.Rows, more ...any) (h assessment.SnapshotHead, err error) {
	err = found.Scan(append([]any{&h.Revision, &h.Reference, &h.Seq, &h.Instrument, &h.Method, &h.Hash, &h.By.Account, &h.By.Role, &h.At, &h.By.Name}, more...)...)
	h.At = h.At.UTC()
	return h, err
}

// Snapshot implements assessment.SnapshotReader.
func (s *Store) Snapshot(ctx context.Context, who account.Actor, id string, revision int) (head assessment.SnapshotHead, content []byte, err error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return head, nil, err
	}
	ask, args := "SELECT "+snapshotColumns+", x.content FROM snapshot x WHERE x.city_id = ? AND x.assessment_id = ?", []any{a.City.ID, id}
	if revision > 0 {
		ask, args = ask+" AND x.revision = ?", append(args, revision)
	}
	err = s.rows(s.read.WithContext(ctx), ask+" ORDER BY x.revision DESC LIMIT 1", args, func(found *sql.Rows) (err error) {
		head, err = scanSnapshot(found, &content)
		return err
	})
	if err == nil && head.Revision == 0 {
		err = missing()
	}
	return head, content, s.known(err)
}

// SnapshotByHash implements assessment.SnapshotReader.
func (s *Store) SnapshotByHash(ctx context.Context, hash string) (head assessment.SnapshotHead, found bool, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT "+snapshotColumns+" FROM snapshot x WHERE x.hash = ? ORDER BY x.at LIMIT 1", []any{strings.ToLower(hash)}, func(rows *sql.Rows) (err error) {
		head, err = scanSnapshot(rows)
		return err
	})
	head.By = assessment.Author{}
	return head, head.Revision > 0, s.known(err)
}

// Submit implements assessment.Saver. It takes the same locks as a save, so that a save either stands in the snapshot or is
// refused as closed.
func (s *Store) Submit(ctx context.Context, who account.Actor, id string, scheme *score.Scheme, by assessment.Author, at time.Time) (out assessment.Assessment, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		if l.state.Open() {
			if err := s.consented(l); err != nil {
				return err
			}
		}
		if err := l.step(review.Submit, by, at, ""); err != nil {
			return err
		}
		if _, err := l.snapshot(scheme, by, at, true); err != nil {
			return err
		}
		out, err = l.assessment()
		if err != nil {
			return err
		}
		return s.tellHandIn(tx, out, assessment.NoticeHandedIn, by, at)
	})
	return out, err
}

// Reopen implements assessment.Saver.
func (s *Store) Reopen(ctx context.Context, who account.Actor, id, reason string, by assessment.Author, at time.Time) (out assessment.Assessment, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		if err := l.step(review.Reopen, by, at, ""); err != nil {
			return err
		}
		last, err := l.lastSnapshot()
		if err != nil {
			return err
		}
		of, err := newID()
		if err != nil {
			return err
		}
		if err := s.run(tx, "INSERT INTO reopening (city_id, assessment_id, id, revision, reason, by_account, by_role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			l.city, l.id, of, last.Revision, reason, by.Account, string(by.Role), kept(at)); err != nil {
			return err
		}
		if err := s.touch(tx, l.city, l.id); err != nil {
			return err
		}
		if out, err = l.assessment(); err != nil {
			return err
		}
		return s.tellHandIn(tx, out, assessment.NoticeStates["reopened"], by, at)
	})
	return out, err
}

// assessment reads the assessment as this transaction has made it: an analyst who gives one back no longer reaches it.
func (l *ledger) assessment() (assessment.Assessment, error) {
	p, err := l.s.onePlaced(l.tx, l.id, operator)
	return p.assessment(), err
}

// VerifySnapshots looks whether every document still has its SHA-256 and is what this program writes. It returns a line for
// each that is not; such a one is never given out.
func (s *Store) VerifySnapshots(ctx context.Context) (wrong []string, err error) {
	err = s.rows(s.read.WithContext(ctx), "SELECT x.reference, x.hash, x.content FROM snapshot x ORDER BY x.reference", nil, func(found *sql.Rows) error {
		var reference, hash string
		var content []byte
		if err := found.Scan(&reference, &hash, &content); err != nil {
			return err
		}
		if _, err := snapshot.Check(content, hash); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %s", reference, err))
		}
		return nil
	})
	return wrong, s.known(err)
}
