package store

import (
	"gorm.io/gorm"

	"migov/assessment"
)

// readPublications reads Beside.Publications.
func (s *Store) readPublications(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	return nil
}
