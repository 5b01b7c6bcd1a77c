package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
)

// KeepSnapshot is what giving back after questions does with a snapshot.
func (s *Store) KeepSnapshot(ctx context.Context, who account.Actor, id string, scheme *score.Scheme, by assessment.Author, at time.Time) (head assessment.SnapshotHead, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err == nil {
			head, err = l.snapshot(scheme, by, at, false)
		}
		return err
	})
	return head, err
}
