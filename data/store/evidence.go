package store

import (
	"gorm.io/gorm"

	"migov/assessment"
)

// readEvidence reads its part of what stands beside an assessment.
func (s *Store) readEvidence(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	return nil
}
