package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"migov/assessment/fault"
)

// Backup writes a consistent copy of a SQLite database to a new file, also while another process serves it. The copy is
// complete when the function returns, and is never left half written under its final name.
func Backup(ctx context.Context, database, to string) error {
	if EngineOf(database) != SQLite {
		return refuse(nil, "A PostgreSQL database is backed up with its own tool: pg_dump --format=custom --file FILE ADDRESS.")
	}
	if _, err := os.Stat(database); err != nil {
		return refuse(err, fmt.Sprintf("There is no database at %s.", database))
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return refuse(err, fmt.Sprintf("%s exists already. Choose a new name; a backup never overwrites a file.", to))
	}
	abs, err := filepath.Abs(database)
	if err != nil {
		return err
	}
	db, err := gorm.Open(sqlite.Open("file:"+escape(abs)+"?_busy_timeout=5000&_query_only=off"), &gorm.Config{Logger: quiet{}})
	if err != nil {
		return refuse(err, fmt.Sprintf("The database %s cannot be opened.", database))
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	defer pool.Close()
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return refuse(err, fmt.Sprintf("The unfinished backup %s is in the way.", part))
	}
	empty, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // answers are nobody else's to read
	if err != nil {
		return refuse(err, fmt.Sprintf("The backup could not be written to %s. Check the folder and the room on its disk.", to))
	}
	empty.Close()
	if err := db.WithContext(ctx).Exec("VACUUM INTO ?", part).Error; err != nil {
		os.Remove(part)
		return refuse(err, fmt.Sprintf("The backup could not be written to %s. Check the folder and the room on its disk.", to))
	}
	if err := settle(part); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return settle(filepath.Dir(to))
}

// settle forces a file or folder to disk.
func settle(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

const demonstration = "demonstration"

// Demonstration tells whether the database carries the demonstration mark.
func (s *Store) Demonstration(ctx context.Context) (bool, error) {
	v, err := s.Property(ctx, demonstration)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return v != "", err
}

// MarkDemonstration puts the mark on a database; it is never taken off.
func (s *Store) MarkDemonstration(ctx context.Context) error {
	return s.SetProperty(ctx, demonstration, "yes")
}
