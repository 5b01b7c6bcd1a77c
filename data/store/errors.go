package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"migov/assessment/fault"
)

// known turns what the database said into what a person can be told. Faults pass; the rest keeps its cause for the log.
func (s *Store) known(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) {
		return missing()
	}
	if full(err) {
		return fault.Wrap(err, fault.Full, "fault.disk_full", nil)
	}
	if unwritable(err) || lost(err) || busy(err) {
		return fault.Wrap(err, fault.Unavailable, "fault.store_unavailable", nil)
	}
	return err
}

func full(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code == sqlite3.ErrFull
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100"
}

// fatal tells whether nobody knows any more what is on the disk: a commit could not be forced down (after which another
// try may lie; see "fsyncgate"), or the file is damaged.
func fatal(err error) bool {
	var lite sqlite3.Error
	if !errors.As(err, &lite) {
		return false
	}
	switch lite.ExtendedCode {
	case sqlite3.ErrIoErrFsync, sqlite3.ErrIoErrDirFsync:
		return true
	}
	return lite.Code == sqlite3.ErrCorrupt || lite.Code == sqlite3.ErrNotADB
}

// duplicate tells whether a unique rule refused a row.
func duplicate(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" || errors.Is(err, gorm.ErrDuplicatedKey)
}

// orphan tells whether a row points to something that does not exist.
func orphan(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.ExtendedCode == sqlite3.ErrConstraintForeignKey
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503" || errors.Is(err, gorm.ErrForeignKeyViolated)
}

// unwritable tells whether the database cannot do its work now: read-only, failing disk, out of some resource, too slow.
func unwritable(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		switch lite.Code {
		case sqlite3.ErrReadonly, sqlite3.ErrIoErr, sqlite3.ErrCantOpen, sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
			return true
		}
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "25006" || pg.Code == "57014" ||
		strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "58") || strings.HasPrefix(pg.Code, "XX"))
}

func busy(err error) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked
	}
	return again(err)
}

// lost tells whether the connection to the database broke.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var op *net.OpError
	return errors.As(err, &connect) || errors.As(err, &op) || errors.Is(err, errClosed) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "conn closed") // pgx gives it no type
}

// again tells whether the whole transaction may be tried again: serialisation failure, deadlock, lock not available,
// a server that shuts down or starts up, a broken connection (PostgreSQL error codes, appendix A).
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "40001", pg.Code == "40P01", pg.Code == "55P03", strings.HasPrefix(pg.Code, "57P0"), strings.HasPrefix(pg.Code, "08"):
			return true
		}
		return false
	}
	return lost(err)
}

// tries is how often a transaction on PostgreSQL is tried. Every save carries its mutation id, so that one whose commit
// status is unknown may be tried again: if it was committed, the second try finds its revision.
const tries = 5

func retried(ctx context.Context, work func() error) (err error) {
	for i := range tries {
		if err = work(); err == nil || !again(err) {
			return err
		}
		pause := time.Duration(rand.Int64N(int64(20*time.Millisecond) << i))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
	return err
}

// quiet passes gorm's complaints to the log, without the values of statements, and counts these.
type quiet struct {
	log        *slog.Logger
	statements *atomic.Uint64
}

func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }
func (q quiet) Info(context.Context, string, ...any)     {}
func (q quiet) Warn(context.Context, string, ...any)     {}
func (q quiet) Error(context.Context, string, ...any)    {}
func (q quiet) Trace(ctx context.Context, began time.Time, statement func() (string, int64), err error) {
	if q.statements != nil {
		q.statements.Add(1)
	}
	if took := time.Since(began); took > time.Second && q.log != nil {
		q.log.WarnContext(ctx, "slow statement", "milliseconds", took.Milliseconds())
	}
}

// ParamsFilter keeps values out of every log line.
func (q quiet) ParamsFilter(_ context.Context, statement string, _ ...any) (string, []any) {
	return statement, nil
}
