package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration is one numbered step of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied time.Time // zero while it is pending
}

// provider runs the numbered SQL on a connection of its own. On SQLite that connection has foreign keys off before a
// transaction begins: a rebuilt table would otherwise take the rows that point to it along.
func (s *Store) provider(ctx context.Context) (*goose.Provider, func(), error) {
	steps, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, nil, err
	}
	options := []goose.ProviderOption{goose.WithSlog(slog.New(slog.DiscardHandler))}
	var pool *sql.DB
	dialect, done := database.DialectPostgres, func() {}
	if s.engine == SQLite {
		dialect = database.DialectSQLite3
		pool, err = sql.Open("sqlite3", strings.Replace(s.dsn(), "_foreign_keys=on", "_foreign_keys=off", 1)+"&_txlock=immediate")
		if err != nil {
			return nil, nil, err
		}
		pool.SetMaxOpenConns(1)
		done = func() { pool.Close() }
		if err := reach(ctx, pool); err != nil {
			done()
			return nil, nil, err
		}
	} else {
		// A step may take long, and two instances that start at once stand in line.
		config := s.pg.Copy()
		config.RuntimeParams["statement_timeout"], config.RuntimeParams["lock_timeout"] = "0", "0"
		pool = stdlib.OpenDB(*config)
		done = func() { pool.Close() }
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			done()
			return nil, nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, pool, steps, options...)
	if err != nil {
		done()
		return nil, nil, err
	}
	return p, done, nil
}

// migrate applies what is pending, and refuses a database that a newer program has changed.
func (s *Store) migrate(ctx context.Context) error {
	p, done, err := s.provider(ctx)
	if err != nil {
		return s.refuseFile(err)
	}
	defer done()
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		if e := s.read.WithContext(ctx).Exec("SELECT * FROM goose_db_version LIMIT 1").Error; e != nil {
			err = e // goose takes a table that it cannot read for one that is missing
		}
		return s.refuseFile(err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if have > newest {
		return refuse(nil, fmt.Sprintf("The database has schema %d, which is newer than this program knows (%d). Use the newer migov, or restore a backup made with this one.", have, newest))
	}
	if have == newest {
		return nil
	}
	for {
		_, err := p.Up(ctx)
		if err == nil {
			return nil
		}
		// Another process may be at the same steps: as long as the schema moves on, this one goes on after it.
		now, e := p.GetDBVersion(ctx)
		if e == nil && now == newest {
			return nil
		}
		if e != nil || now == have {
			return refuse(err, "The schema of the database could not be brought up to date. Nothing was changed by the step that failed.")
		}
		have = now
	}
}

// Migrations lists the steps of the schema of a database and when each was applied, without changing anything.
func Migrations(ctx context.Context, name string, o Options) ([]Migration, error) {
	if _, err := os.Stat(name); EngineOf(name) == SQLite && err != nil {
		return nil, refuse(err, fmt.Sprintf("There is no database at %s.", name))
	}
	s, err := connect(ctx, name, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	p, done, err := s.provider(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	states, err := p.Status(ctx)
	if err != nil {
		return nil, s.refuseFile(err)
	}
	var out []Migration
	for _, st := range states {
		out = append(out, Migration{Version: st.Source.Version, Name: st.Source.Path, Applied: st.AppliedAt})
	}
	return out, nil
}
