package store_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"migov/data/store"
	"migov/data/store/storetest"
)

// refused opens a database that must be refused, and returns the sentence.
func refused(t *testing.T, address string) string {
	t.Helper()
	s, err := store.Open(ctx, address, store.Options{Exclusive: true})
	if err == nil {
		s.Close()
		t.Fatal("the database was opened")
	}
	var r *store.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("no sentence for the operator: %v", err)
	}
	return r.Sentence
}

func TestADatabaseThatCannotBeReliedOnIsRefusedWithASentence(t *testing.T) {
	make := func(t *testing.T) string { // an ordinary database with something in it
		path := filepath.Join(t.TempDir(), "migov.db")
		s, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Populate(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name  string
		spoil func(t *testing.T, path string)
		says  string
	}{
		{"a file that is something else", func(t *testing.T, path string) { write(t, path, []byte("city,indicator,value\n")) }, "is not a migov database"},
		{"a file whose pages are damaged", func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 200; i < len(data); i++ {
				data[i] ^= 0x5a
			}
			write(t, path, data)
		}, "is damaged"},
		{"a file cut short", func(t *testing.T, path string) {
			if err := os.Truncate(path, 12<<10); err != nil {
				t.Fatal(err)
			}
		}, "is damaged"},
		{"a newer schema", func(t *testing.T, path string) {
			db, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
				t.Fatal(err)
			}
		}, "newer than this program"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			path := make(t)
			c.spoil(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := refused(t, path); !strings.Contains(got, c.says) {
				t.Errorf("it says %q", got)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Error("a refused database was changed")
			}
		})
	}
	t.Run("a newer schema on PostgreSQL", func(t *testing.T) {
		address := storetest.Address(t, store.PostgreSQL)
		db, err := sql.Open("pgx", address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
			t.Fatal(err)
		}
		if got := refused(t, address); !strings.Contains(got, "newer than this program") {
			t.Errorf("it says %q", got)
		}
	})
	t.Run("an address where no PostgreSQL answers", func(t *testing.T) {
		got := refused(t, "postgres://somebody:secret-word@127.0.0.1:1/migov?connect_timeout=1")
		if !strings.Contains(got, "cannot be reached") || strings.Contains(got, "secret-word") {
			t.Errorf("it says %q", got)
		}
	})
	t.Run("a second server on one file", func(t *testing.T) {
		path := make(t)
		s, err := store.Open(ctx, path, store.Options{Exclusive: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := refused(t, path); !strings.Contains(got, "Another migov is using") {
			t.Errorf("it says %q", got)
		}
		beside, err := store.Open(ctx, path, store.Options{}) // a single command works beside the server
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(beside.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		s, err = store.Open(ctx, path, store.Options{Exclusive: true})
		if err != nil {
			t.Fatal("the lock outlived its store: ", err)
		}
		s.Close()
	})
	t.Run("a refused database leaves no lock behind", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		write(t, path, []byte("nothing of ours"))
		first := refused(t, path)
		if second := refused(t, path); first != second {
			t.Errorf("the second time it says %q", second)
		}
	})
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAFolderThatCannotBeWrittenIsRefused: the rights of a folder stop everybody but root, a read-only file system stops root too.
func TestAFolderThatCannotBeWrittenIsRefused(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "migov.db")
	if os.Getuid() == 0 {
		if err := exec.Command("mount", "-t", "tmpfs", "-o", "ro", "none", folder).Run(); err == nil {
			t.Cleanup(func() { exec.Command("umount", folder).Run() })
		} else {
			path = "/proc/migov.db" // where not even root may write
		}
	} else if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	if got := refused(t, path); !strings.Contains(got, "cannot be written") {
		t.Errorf("it says %q", got)
	}
}

func TestADatabaseIsNobodyElsesToRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "migov.db")
	s := storetest.OpenAt(t, path)
	w := storetest.Populate(t, s)
	save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "1"))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has rights %v", filepath.Base(name), info.Mode().Perm())
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Error("the folder is open to others")
	}
}

func TestSettingsThatWouldLoseAnswersAreRefused(t *testing.T) {
	address := storetest.Address(t, store.PostgreSQL)
	if got := refused(t, address+"&synchronous_commit=off"); !strings.Contains(got, "synchronous_commit=off") {
		t.Errorf("it says %q", got)
	}
}

func TestInstancesThatStartTogetherMigrateOnce(t *testing.T) {
	for _, e := range storetest.Engines {
		t.Run(string(e), func(t *testing.T) {
			address := storetest.Address(t, e)
			if e == store.PostgreSQL {
				db := must[*sql.DB](t)(sql.Open("pgx", address))
				must[sql.Result](t)(db.Exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
				db.Close()
			}
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					s, err := store.Open(ctx, address, store.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			steps := must[[]store.Migration](t)(store.Migrations(ctx, address, store.Options{}))
			if len(steps) == 0 || steps[0].Version != 1 || steps[0].Applied.IsZero() {
				t.Errorf("the steps are %+v", steps)
			}
		})
	}
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	// That every statement of the store finds its columns is shown by the other tests, which run each of them on both.
	var columns [2]string
	for i, e := range storetest.Engines {
		db := storetest.Raw(t, storetest.Open(t, e))
		ask := "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%' ORDER BY 1"
		if e == store.PostgreSQL {
			ask = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%' ORDER BY (table_name || '.' || column_name) COLLATE "C"`
		}
		rows := must[*sql.Rows](t)(db.Query(ask))
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			columns[i] += name + "\n"
		}
		rows.Close()
	}
	if columns[0] != columns[1] || strings.Count(columns[0], "\n") < 100 {
		t.Errorf("SQLite has\n%sPostgreSQL has\n%s", columns[0], columns[1])
	}
}

func TestABackupIsConsistentWhileSavesGoOn(t *testing.T) {
	s := storetest.Open(t, store.SQLite)
	w := storetest.Populate(t, s)
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := s.Save(ctx, w.Operator, w.Order(w.Operator, storetest.Explain("AA-01", 1<<30, storetest.Now.String()))); err != nil {
					t.Error(err)
					return
				}
				save(t, w, w.Operator, storetest.Prove("AA-02", 1<<30, "proof"))
			}
		}
	})
	before := save(t, w, w.Operator, storetest.Explain("BB-03", 0, "acknowledged before the backup"))
	to := filepath.Join(t.TempDir(), "backup.db")
	err := store.Backup(ctx, storetest.AddressOf(t, s), to)
	close(stop)
	writer.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("a backup is open to others")
	}
	if _, err := os.Stat(to + ".part"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an unfinished backup was left")
	}
	if err := store.Backup(ctx, storetest.AddressOf(t, s), to); err == nil {
		t.Error("a backup was overwritten")
	}
	w.Store = storetest.OpenAt(t, to)
	w.Sound(t)
	if k := sheet(t, w).Answers["BB-03"]; k.Version != before.Version {
		t.Errorf("the backup has %+v", k)
	}
	if err := store.Backup(ctx, "postgres://somewhere/migov", to+"2"); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("of PostgreSQL it says %v", err)
	}
	if err := store.Backup(ctx, filepath.Join(t.TempDir(), "none.db"), to+"3"); err == nil {
		t.Error("nothing was backed up")
	}
}
