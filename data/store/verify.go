package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// minFree is how much room a SQLite database wants on its disk at start, in bytes: 200 MB, or twice its own size.
const minFree = 200 << 20

// prepareFolder makes the folder of a SQLite file, takes the lock that keeps a second server out, and proves that the
// folder can be written.
func (s *Store) prepareFolder(exclusive bool) error {
	folder := filepath.Dir(s.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return refuse(err, fmt.Sprintf("The folder %s cannot be made. Choose another with --database, or give this user the right to write there.", folder))
	}
	if exclusive {
		if err := s.takeLock(folder); err != nil {
			return err
		}
	}
	return s.probe(folder)
}

func (s *Store) takeLock(folder string) error {
	lock, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return readOnly(err, folder)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return refuse(err, fmt.Sprintf("Another migov is using %s. Stop it first, or ask it through its own commands; two at once would harm the file.", s.path))
	}
	s.lock = lock
	return nil
}

func readOnly(err error, folder string) error {
	return refuse(err, fmt.Sprintf("The folder %s cannot be written, so no answer could be saved. Give this user the right to write there, or choose another with --database.", folder))
}

// probe writes, forces to disk and reads back a few bytes, and refuses an existing database file that cannot be written.
func (s *Store) probe(folder string) error {
	f, err := os.CreateTemp(folder, ".migov-probe-*")
	if err != nil {
		return readOnly(err, folder)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.WriteString("probe"); err != nil {
		return readOnly(err, folder)
	}
	if err := f.Sync(); err != nil {
		return readOnly(err, folder)
	}
	if onNetwork(folder) {
		return refuse(nil, fmt.Sprintf("The folder %s is on a network file system, where SQLite cannot keep answers safe. Choose a local disk, or PostgreSQL.", folder))
	}
	existing, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite gives its other files the same rights
	if err != nil {
		return refuse(err, fmt.Sprintf("The database %s cannot be written, so no answer could be saved. Give this user the right to write it.", s.path))
	}
	defer existing.Close()
	return s.header(existing)
}

// onNetwork tells whether a folder is on NFS, SMB or CIFS (the magic numbers of statfs(2)).
func onNetwork(folder string) bool {
	var fsys syscall.Statfs_t
	if syscall.Statfs(folder, &fsys) != nil {
		return false
	}
	switch uint32(fsys.Type) {
	case 0x6969, 0x517b, 0xff534d42, 0xfe534d42:
		return true
	}
	return false
}

// header refuses a file that is no SQLite database before the driver touches it (the first 16 bytes; SQLite file format, section 1.3).
func (s *Store) header(f *os.File) error {
	var head [16]byte
	n, _ := f.ReadAt(head[:], 0)
	if n > 0 && string(head[:n]) != "SQLite format 3\x00" {
		return refuse(nil, fmt.Sprintf("%s is not a migov database, or it is damaged at its beginning. Restore a backup, or choose another file with --database.", s.path))
	}
	return nil
}

func (s *Store) refuseFile(err error) error {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		switch lite.Code {
		case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
			return s.damaged(err)
		case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrIoErr:
			return readOnly(err, filepath.Dir(s.path))
		case sqlite3.ErrFull:
			return refuse(err, fmt.Sprintf("The disk of %s is full. Make room and start again.", s.path))
		}
	}
	return err
}

func (s *Store) damaged(err error) error {
	return refuse(err, fmt.Sprintf("The database %s is damaged. Restore a backup; keep the damaged file, because parts of it may still be readable.", s.path))
}

// tables lists every table, for the one read per table at start and for checks.
var tables = []string{"property", "city", "instrument", "round", "account", "account_round", "link", "token", "session",
	"sign_in_failure", "assessment", "score", "answer", "power", "revision", "alternative", "audit"}

// verify reads the settings back that keep an acknowledged save from being lost, and reads one row of each table.
func (s *Store) verify(ctx context.Context) error {
	check := s.verifySQLite
	if s.engine == PostgreSQL {
		check = s.verifyPostgres
	}
	if err := check(ctx); err != nil {
		return err
	}
	for _, t := range tables {
		var n int
		if err := s.row(s.read.WithContext(ctx), "SELECT COUNT(*) FROM (SELECT * FROM "+t+" LIMIT 1) first", nil, &n); err != nil {
			if s.engine == SQLite {
				return s.damaged(err)
			}
			return refuse(err, "A table of the database cannot be read: "+t+". Check the rights of the database user, or restore a backup.")
		}
	}
	return nil
}

func (s *Store) setting(ctx context.Context, db *gorm.DB, ask string) (value string, err error) {
	err = s.row(db.WithContext(ctx), ask, nil, &value)
	return value, err
}

func (s *Store) verifySQLite(ctx context.Context) error {
	type want struct{ ask, value, says string }
	both := []want{
		{"PRAGMA journal_mode", "wal", "write-ahead log"},
		{"PRAGMA synchronous", "2", "full synchronisation (synchronous=FULL)"},
		{"PRAGMA foreign_keys", "1", "foreign keys"},
		{"PRAGMA busy_timeout", "5000", "a busy time-out of five seconds"},
	}
	for _, handle := range []struct {
		db    *gorm.DB
		wants []want
	}{
		{s.write, append(both, want{"PRAGMA query_only", "0", "a handle that writes"})},
		{s.read, append(both, want{"PRAGMA query_only", "1", "a handle that only reads"})},
	} {
		for _, w := range handle.wants {
			got, err := s.setting(ctx, handle.db, w.ask)
			if err != nil {
				return s.refuseFile(err)
			}
			if got != w.value {
				return refuse(fmt.Errorf("%s is %q", w.ask, got), "SQLite did not take a setting that keeps answers safe: "+w.says+". The folder may be on a network file system; choose a local disk.")
			}
		}
	}
	version, number, _ := sqlite3.Version()
	if number < 3051003 {
		return refuse(nil, "This program was built with SQLite "+version+", which can damage a database in rare cases. Build it with 3.51.3 or later.")
	}
	return nil
}

func (s *Store) verifyPostgres(ctx context.Context) error {
	for _, w := range []struct{ name, refused string }{{"fsync", "off"}, {"synchronous_commit", "off"}, {"full_page_writes", "off"}} {
		got, err := s.setting(ctx, s.write, "SHOW "+w.name)
		if err != nil {
			return refuse(err, "The settings of PostgreSQL cannot be read.")
		}
		if got == w.refused {
			return refuse(nil, "PostgreSQL runs with "+w.name+"="+got+", so that an acknowledged answer could be lost. Switch it on.")
		}
	}
	return nil
}

// Free returns the bytes left on the disk of a SQLite database, and how many it wants.
func (s *Store) Free() (free, want int64, err error) {
	if s.engine != SQLite {
		return 0, 0, nil
	}
	var fsys syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(s.path), &fsys); err != nil {
		return 0, 0, err
	}
	want = minFree
	if info, err := os.Stat(s.path); err == nil && 2*info.Size() > want {
		want = 2 * info.Size()
	}
	return int64(fsys.Bavail) * int64(fsys.Bsize), want, nil
}

// Check is the full check of `migov doctor`: every page of a SQLite file, every foreign key, every file of evidence. It
// returns what is wrong, in words.
func (s *Store) Check(ctx context.Context) (wrong []string, err error) {
	if wrong, err = s.checkContents(ctx); err != nil || s.engine != SQLite {
		return wrong, err
	}
	for _, ask := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
		rows, err := s.read.WithContext(ctx).Raw(ask).Rows()
		if err != nil {
			return nil, s.known(err)
		}
		for rows.Next() {
			var line string
			if ask == "PRAGMA foreign_key_check" {
				line = "a row points to a row that does not exist"
			} else if err := rows.Scan(&line); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			if line != "ok" {
				wrong = append(wrong, strings.TrimSpace(line))
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return wrong, s.known(err)
		}
	}
	return wrong, nil
}
