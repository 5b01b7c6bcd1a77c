package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// The statements of a save run by the thousand. They go straight to the connection of gorm's transaction, where the driver
// keeps them prepared, without gorm parsing text and arguments anew each time. Texts are written with ? for both engines.

// run executes a statement that returns no rows. (A question that is only executed stays open in SQLite, and its connection
// then sees the database as it was at that moment for ever; questions go to row.)
func (s *Store) run(db *gorm.DB, text string, args ...any) error {
	if d, ok := db.Statement.ConnPool.(*direct); ok {
		s.statements.Add(1)
		return d.run(text, args)
	}
	_, err := s.count(db, text, args...)
	return err
}

// count executes a statement and returns how many rows it touched.
func (s *Store) count(db *gorm.DB, text string, args ...any) (int64, error) {
	s.statements.Add(1)
	done, err := db.Statement.ConnPool.ExecContext(db.Statement.Context, s.dialect(text), args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// row reads the first row of an answer; sql.ErrNoRows when there is none.
func (s *Store) row(db *gorm.DB, text string, args []any, into ...any) error {
	s.statements.Add(1)
	if d, ok := db.Statement.ConnPool.(*direct); ok && readable(into) {
		return d.row(text, args, into)
	}
	ctx := db.Statement.Context
	if s.engine == SQLite {
		ctx = context.WithoutCancel(ctx) // watching for an interruption would cost more than the one row does
	}
	rows, err := db.Statement.ConnPool.QueryContext(ctx, s.dialect(text), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	return rows.Close()
}

// rows reads every row of an answer.
func (s *Store) rows(db *gorm.DB, text string, args []any, scan func(*sql.Rows) error) error {
	s.statements.Add(1)
	rows, err := db.Statement.ConnPool.QueryContext(db.Statement.Context, s.dialect(text), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

var numbered sync.Map // text with ? -> text with $1, $2, …

// dialect writes the places of arguments as the engine wants them. No text contains a question mark for anything else.
func (s *Store) dialect(text string) string {
	if s.engine == SQLite {
		return text
	}
	if t, ok := numbered.Load(text); ok {
		return t.(string)
	}
	var b strings.Builder
	n := 0
	for _, c := range []byte(text) {
		if c != '?' {
			b.WriteByte(c)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	numbered.Store(text, b.String())
	return b.String()
}
