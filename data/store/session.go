package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Sessions keeps sign-in sessions; it is a store of the session manager scs, which hands it hashed tokens only.
type Sessions struct{ s *Store }

// Sessions returns the sign-in sessions of the database.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// FindCtx returns the data of a session that has not expired.
func (x Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = x.s.row(x.s.read.WithContext(ctx), "SELECT data FROM session WHERE hash = ? AND expires > ?", []any{token, kept(time.Now())}, &data)
	if isNone(err) {
		return nil, false, nil
	}
	return data, err == nil, x.s.known(err)
}

// CommitCtx keeps a session; those that have expired are swept along the way.
func (x Sessions) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	return x.s.transact(ctx, func(tx *gorm.DB) error {
		if err := x.s.run(tx, "DELETE FROM session WHERE expires < ?", kept(time.Now())); err != nil {
			return err
		}
		return x.s.run(tx, "INSERT INTO session (hash, data, expires) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires = excluded.expires", token, data, kept(expires))
	})
}

// DeleteCtx ends a session.
func (x Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.s.transact(ctx, func(tx *gorm.DB) error {
		return x.s.run(tx, "DELETE FROM session WHERE hash = ?", token)
	})
}

// Find is FindCtx without a context.
func (x Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (x Sessions) Commit(token string, data []byte, expires time.Time) error {
	return x.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context.
func (x Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }
