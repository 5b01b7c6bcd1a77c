// Package store keeps everything in a database: SQLite in one file by default, PostgreSQL for more than one machine. It
// alone knows gorm. It implements the interfaces of package assessment; both engines pass the same tests.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"migov/assessment/fault"
)

// Store is an open database.
type Store struct {
	write  *gorm.DB // SQLite: one connection; PostgreSQL: the pool
	read   *gorm.DB // SQLite: several connections that cannot write; PostgreSQL: the same pool
	engine Engine
	path   string // of the SQLite file
	lock   *os.File
	queue  *queue // SQLite only
	log    *slog.Logger
}

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// readers is how many SQLite connections read at the same time.
const readers = 4

// EngineOf tells which engine a database name means: a PostgreSQL address, else the path of a SQLite file.
func EngineOf(database string) Engine {
	if strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") {
		return PostgreSQL
	}
	return SQLite
}

// Options say how a database is opened.
type Options struct {
	Log *slog.Logger
	// Exclusive keeps a second exclusive process away from a SQLite file. A server is exclusive; single commands are not,
	// so that they work beside it.
	Exclusive bool
}

// Open opens a database, brings its schema up to date, and checks that it keeps what it promises. It returns a *Refusal
// with a sentence for the operator when the database is corrupt, newer than this program, read-only, in use by another
// process, or set up so that an acknowledged save could be lost. Close it when done.
func Open(ctx context.Context, database string, o Options) (*Store, error) {
	s, err := connect(ctx, database, o)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// start is what stands between a connection and a store that can be relied on.
func (s *Store) start(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.verify(ctx)
}

func connect(ctx context.Context, database string, o Options) (*Store, error) {
	s := &Store{engine: EngineOf(database), log: o.Log}
	if s.engine == PostgreSQL {
		return s, s.connectPostgres(ctx, database)
	}
	return s, s.connectSQLite(ctx, database, o.Exclusive)
}

func (s *Store) settings() *gorm.Config {
	return &gorm.Config{
		PrepareStmt: true, TranslateError: true, SkipDefaultTransaction: true,
		NowFunc: func() time.Time { return kept(time.Now()) },
		Logger:  quiet{s.log},
	}
}

func (s *Store) connectPostgres(ctx context.Context, database string) error {
	db, err := gorm.Open(postgres.Open(database), s.settings())
	if err != nil {
		return refuse(err, "The PostgreSQL database cannot be reached. Check the address, the name and the password given with --database.")
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	s.write, s.read = db, db
	return nil
}

func (s *Store) connectSQLite(ctx context.Context, path string, exclusive bool) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	s.path = abs
	if err := s.prepareFolder(exclusive); err != nil {
		return err
	}
	dsn := "file:" + escape(abs) + "?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_loc=UTC"
	if s.write, err = gorm.Open(sqlite.Open(dsn+"&_txlock=immediate"), s.settings()); err != nil {
		return s.refuseFile(err)
	}
	if s.read, err = gorm.Open(sqlite.Open(dsn+"&_query_only=on"), s.settings()); err != nil {
		return s.refuseFile(err)
	}
	for db, n := range map[*gorm.DB]int{s.write: 1, s.read: readers} {
		pool, err := db.DB()
		if err != nil {
			return err
		}
		pool.SetMaxOpenConns(n)
		pool.SetMaxIdleConns(n)
	}
	s.queue = newQueue(s.write)
	return nil
}

// escape makes a path safe inside a file: address.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// Close finishes what waits and closes the database.
func (s *Store) Close() error {
	var errs []error
	if s.queue != nil {
		s.queue.close()
	}
	for _, db := range []*gorm.DB{s.write, s.read} {
		if db == nil || (db == s.read && s.read == s.write && len(errs) > 0) {
			continue
		}
		if pool, err := db.DB(); err == nil {
			errs = append(errs, pool.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Engine tells which kind of database this is.
func (s *Store) Engine() Engine { return s.engine }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.known(s.read.WithContext(ctx).Exec("SELECT 1").Error)
}

// kept is the form in which every time is stored and read back: UTC, whole microseconds, as PostgreSQL keeps it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// maybe is kept for a time that may be absent.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	k := kept(t)
	return &k
}

func from(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// transact runs work in one transaction, is on disk when it returns nil, and leaves nothing behind when it does not.
func (s *Store) transact(ctx context.Context, work func(tx *gorm.DB) error) error {
	if s.queue != nil {
		return s.known(s.queue.do(ctx, work))
	}
	return s.known(retried(ctx, func() error { return s.write.WithContext(ctx).Transaction(work) }))
}

// missing is what is said of things that do not exist and of things the actor may not know of: the same.
func missing() error { return fault.New(fault.NotFound, "fault.not_found", nil) }

// Refusal is why a database was not opened, with a sentence that says what to do.
type Refusal struct {
	Sentence string
	cause    error
}

func (r *Refusal) Error() string {
	if r.cause == nil {
		return r.Sentence
	}
	return fmt.Sprintf("%s (%v)", r.Sentence, r.cause)
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.cause }

func refuse(cause error, sentence string) error { return &Refusal{Sentence: sentence, cause: cause} }
