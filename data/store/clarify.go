package store

import (
	"gorm.io/gorm"

	"migov/assessment"
)

// readClarifications reads Beside.Clarifications.
func (s *Store) readClarifications(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	return nil
}
