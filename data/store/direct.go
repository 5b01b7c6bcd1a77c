package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// direct is a transaction of the SQLite writer. Package database/sql starts a goroutine for each question inside a
// transaction and hands every argument to SQLite by a call of its own; the statements of a save go straight to the driver
// instead, on the same connection, which takes all arguments in one call. Whatever else is asked goes the usual way.
type direct struct {
	*sql.Tx
	conn *sql.Conn
}

// beginDirect opens a transaction. It ends with Commit or Rollback, which also give the connection back.
func beginDirect(db *gorm.DB) (*gorm.DB, error) {
	ctx := context.Background() // the transaction belongs to several saves
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	out := db.Session(&gorm.Session{NewDB: true, Context: ctx})
	out.Statement.ConnPool = &direct{tx, conn}
	return out, nil
}

// Commit implements gorm.TxCommitter.
func (d *direct) Commit() error { return d.give(d.Tx.Commit()) }

// Rollback implements gorm.TxCommitter.
func (d *direct) Rollback() error { return d.give(d.Tx.Rollback()) }

func (d *direct) give(err error) error {
	if closed := d.conn.Close(); !errors.Is(closed, sql.ErrConnDone) {
		err = errors.Join(err, closed)
	}
	return err
}

// ask runs a statement and hands over its first row, or io.EOF where there is none. What the row holds is the caller's.
func (d *direct) ask(text string, args []any, take func(driver.Rows) error) error {
	values := make([]driver.NamedValue, len(args))
	for i, a := range args {
		v, err := value(a)
		if err != nil {
			return err
		}
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return d.conn.Raw(func(raw any) error {
		rows, err := raw.(*sqlite3.SQLiteConn).QueryContext(context.Background(), text, values)
		if err != nil {
			return err
		}
		return errors.Join(take(rows), rows.Close())
	})
}

// run executes a statement that returns no rows.
func (d *direct) run(text string, args []any) error {
	err := d.ask(text, args, func(rows driver.Rows) error { return rows.Next(make([]driver.Value, len(rows.Columns()))) })
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// row reads the first row of an answer; sql.ErrNoRows when there is none.
func (d *direct) row(text string, args, into []any) error {
	var row []driver.Value
	err := d.ask(text, args, func(rows driver.Rows) error {
		row = make([]driver.Value, len(rows.Columns()))
		return rows.Next(row)
	})
	if errors.Is(err, io.EOF) {
		return sql.ErrNoRows
	}
	if err != nil {
		return err
	}
	if len(row) != len(into) {
		return fmt.Errorf("a row of %d columns is read into %d variables", len(row), len(into))
	}
	for i, v := range row {
		if err := assign(into[i], v); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return nil
}

// value is an argument as a driver takes it.
func value(a any) (driver.Value, error) {
	switch a := a.(type) {
	case string, int64, []byte, time.Time, bool, float64, nil:
		return a, nil
	case int:
		return int64(a), nil
	default:
		return driver.DefaultParameterConverter.ConvertValue(a)
	}
}

// readable tells whether assign knows every one of these variables.
func readable(into []any) bool {
	for _, to := range into {
		switch to.(type) {
		case *string, *int, *int64, *bool, *time.Time, *[]byte, **string, **int64, **time.Time:
		default:
			return false
		}
	}
	return true
}

// assign sets a variable to what a column holds, as database/sql would.
func assign(to any, v driver.Value) error {
	switch to := to.(type) {
	case *string:
		return set(to, v)
	case *int:
		return set(to, v)
	case *int64:
		return set(to, v)
	case *bool:
		return set(to, v)
	case *time.Time:
		return set(to, v)
	case *[]byte:
		if *to = nil; v == nil {
			return nil
		}
		return set(to, v)
	case **string:
		return point(to, v)
	case **int64:
		return point(to, v)
	case **time.Time:
		return point(to, v)
	}
	return fmt.Errorf("a column cannot be read into %T", to)
}

func set[T any](to *T, v driver.Value) error {
	if same, ok := v.(T); ok {
		*to = same
		return nil
	}
	if v == nil {
		return fmt.Errorf("an empty column cannot be read into %T", *to)
	}
	var n sql.Null[T] // its Scan is the way to the conversions of database/sql
	err := n.Scan(v)
	*to = n.V
	return err
}

func point[T any](to **T, v driver.Value) error {
	if *to = nil; v == nil {
		return nil
	}
	*to = new(T)
	return set(*to, v)
}
