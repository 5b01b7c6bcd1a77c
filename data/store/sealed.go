package store

import (
	"context"

	"migov/assessment/account"
)

// VersionAfter implements assessment.SealedReader.
func (s *Store) VersionAfter(ctx context.Context, who account.Actor, id, indicator, mutation string) (version int, err error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return 0, err
	}
	err = s.row(s.read.WithContext(ctx), "SELECT version FROM revision WHERE city_id = ? AND mutation = ? AND assessment_id = ? AND indicator = ? AND subject = ?",
		[]any{a.City.ID, mutation, id, indicator, answerSubject}, &version)
	if isNone(err) {
		return 0, nil
	}
	return version, s.known(err)
}
