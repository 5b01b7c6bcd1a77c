package store

import (
	"gorm.io/gorm"

	"migov/assessment"
)

// readCarried reads Beside.Carried.
func (s *Store) readCarried(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	return nil
}
