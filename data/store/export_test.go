package store

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// CountReads counts the questions asked outside transactions from now on.
func CountReads(s *Store) *atomic.Int64 {
	pool, err := s.read.DB()
	if err != nil {
		panic(err)
	}
	c := counting{pool, new(atomic.Int64)}
	s.read.Statement.ConnPool = c
	return c.asked
}

type counting struct {
	*sql.DB
	asked *atomic.Int64
}

func (c counting) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	c.asked.Add(1)
	return c.DB.QueryContext(ctx, text, args...)
}

// GetDBConn lets gorm find the pool again, to close it.
func (c counting) GetDBConn() (*sql.DB, error) { return c.DB, nil }
