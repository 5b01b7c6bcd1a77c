// Package store keeps everything in a database: SQLite in one file by default, PostgreSQL for more than one machine. It
// alone knows gorm. It implements the interfaces of package assessment; both engines pass the same tests.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Store is an open database.
type Store struct {
	write  *gorm.DB // SQLite: one connection; PostgreSQL: the pool
	read   *gorm.DB // SQLite: several connections that cannot write; PostgreSQL: the same pool
	engine Engine
	path   string          // of the SQLite file
	pg     *pgx.ConnConfig // of PostgreSQL
	lock   *os.File
	queue  *queue // SQLite only
	slog   *slog.Logger

	failing sync.Once
	failed  chan struct{}

	statements atomic.Uint64
}

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// readers is how many SQLite connections read at the same time; pooled is how many PostgreSQL connections there are.
const (
	readers = 4
	pooled  = 16
)

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
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start is what stands between a connection and a store that can be relied on.
func (s *Store) start(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if s.engine == SQLite {
		for _, setting := range writerSettings {
			if err := s.run(s.write.WithContext(ctx), setting); err != nil {
				return s.refuseFile(err)
			}
		}
	}
	return s.verify(ctx)
}

// connect opens the connections and nothing else.
func connect(ctx context.Context, database string, o Options) (*Store, error) {
	s := &Store{engine: EngineOf(database), slog: o.Log, failed: make(chan struct{})}
	var err error
	if s.engine == PostgreSQL {
		err = s.connectPostgres(ctx, database)
	} else {
		err = s.connectSQLite(ctx, database, o.Exclusive)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// settings are the same for every handle. Statements are prepared once by the drivers, which know each connection: gorm's
// own keeping prepares each statement anew in every transaction.
func (s *Store) settings() *gorm.Config {
	return &gorm.Config{
		TranslateError: true, SkipDefaultTransaction: true, DisableAutomaticPing: true,
		NowFunc: func() time.Time { return kept(time.Now()) },
		Logger:  quiet{s.slog, &s.statements},
	}
}

// postgresSettings keep one stuck statement or transaction from holding up everybody else. What the address sets itself is left alone.
var postgresSettings = map[string]string{
	"application_name":                    "migov",
	"statement_timeout":                   "10s",
	"lock_timeout":                        "3s",
	"idle_in_transaction_session_timeout": "15s",
}

func (s *Store) connectPostgres(ctx context.Context, database string) error {
	const sentence = "The PostgreSQL database cannot be reached. Check the address, the name and the password given with --database."
	config, err := pgx.ParseConfig(database)
	if err != nil {
		return refuse(nil, sentence) // the cause may quote the password
	}
	for name, value := range postgresSettings {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	s.pg = config
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(pooled)
	pool.SetMaxIdleConns(pooled)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), s.settings())
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	s.write, s.read = db, db
	if err := pool.PingContext(ctx); err != nil {
		return refuse(err, sentence)
	}
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
	// The writer keeps 4 MB of pages at hand. SQLite goes through all of them at the end of each transaction in which a page
	// was split: with 16 MB that was an eighth of the work of a commit.
	if s.write, err = s.openSQLite(ctx, s.dsn()+"&_txlock=immediate&_cache_size=-4000", 1); err != nil {
		return s.refuseFile(err)
	}
	if s.read, err = s.openSQLite(ctx, s.dsn()+"&_query_only=on&_cache_size=-8000", readers); err != nil {
		return s.refuseFile(err)
	}
	s.queue = newQueue(s.write)
	return nil
}

// writerSettings spare the writer work on the disk: what a transaction may have to take back of itself is kept in memory
// instead of a file, and the log is copied into the database every 4,000 pages (16 MB) instead of 1,000, since pages that
// are written again and again are then copied once. Neither changes what a commit forces to disk.
var writerSettings = []string{"PRAGMA temp_store = MEMORY", "PRAGMA wal_autocheckpoint = 4000"}

// dsn names the file with the settings that every connection has.
func (s *Store) dsn() string {
	return "file:" + escape(s.path) + "?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_loc=UTC&_stmt_cache_size=64"
}

func (s *Store) openSQLite(ctx context.Context, dsn string, connections int) (*gorm.DB, error) {
	pool, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := reach(ctx, pool); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	db, err := gorm.Open(&sqlite.Dialector{Conn: pool}, s.settings())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// reach makes the first connection. SQLite does not wait when two of them make a new file ready at the same moment, or when
// one goes as another comes: it says at once that the file is busy. A moment later it no longer is.
func reach(ctx context.Context, pool *sql.DB) error {
	const patience, pause = 5 * time.Second, 10 * time.Millisecond // as long as a statement waits; see dsn
	for began := time.Now(); ; time.Sleep(pause) {
		err := pool.PingContext(ctx)
		var lite sqlite3.Error
		if !errors.As(err, &lite) || lite.Code != sqlite3.ErrBusy || time.Since(began) > patience {
			return err
		}
	}
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
	handles := []*gorm.DB{s.write, s.read}
	if s.read == s.write {
		handles = handles[:1]
	}
	for _, db := range handles {
		if db == nil {
			continue
		}
		pool, err := db.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Engine tells which kind of database this is.
func (s *Store) Engine() Engine { return s.engine }

// Statements is how many statements were sent to the database since it was opened.
func (s *Store) Statements() uint64 { return s.statements.Load() }

// Ping tells whether the database answers, and whether it may still be written.
func (s *Store) Ping(ctx context.Context) error {
	select {
	case <-s.failed:
		return broken()
	default:
		var one int
		return s.known(s.row(s.read.WithContext(ctx), "SELECT 1", nil, &one))
	}
}

// Failed is closed when writing has to end until the program is started again: the disk could not force a commit down, so
// that nobody knows what is on it, or the file is damaged. Reads go on. A server then stops, so that SQLite recovers the
// file at the next start.
func (s *Store) Failed() <-chan struct{} { return s.failed }

func broken() error { return fault.New(fault.Unavailable, "fault.store_unavailable", nil) }

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

// operator is the store itself, where it reads without an actor.
var operator = account.Actor{Role: account.Operator}

// transact runs work in one transaction, is on disk when it returns nil, and leaves nothing behind when it does not. Work
// may run more than once, so that it sets what it returns anew each time.
func (s *Store) transact(ctx context.Context, work func(tx *gorm.DB) error) error {
	if s.queue == nil {
		return s.known(retried(ctx, func() error { return s.write.WithContext(ctx).Transaction(work) }))
	}
	select {
	case <-s.failed:
		return broken()
	default:
	}
	err := s.queue.do(ctx, work)
	if fatal(err) {
		s.failing.Do(func() {
			if s.slog != nil {
				s.slog.ErrorContext(ctx, "the disk or the database file failed: nothing more is written until the program is started again", "cause", err)
			}
			close(s.failed)
		})
	}
	return s.known(err)
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
