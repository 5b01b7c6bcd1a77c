package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
)

// word reads itself by Scan, which the short way leaves to database/sql.
type word struct{ text string }

func (w *word) Scan(v any) error { w.text = "word " + v.(string); return nil }

func straight(t *testing.T, s *Store) *gorm.DB {
	t.Helper()
	tx, err := beginDirect(s.queue.db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() })
	return tx
}

// TestDirectReadsAsTheUsualWay asks the same by both ways.
func TestDirectReadsAsTheUsualWay(t *testing.T) {
	s := openHere(t)
	day := time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC)
	tx := straight(t, s)
	if err := s.run(tx, "CREATE TEMP TABLE thing (n INTEGER, b BOOLEAN, t TEXT, x BLOB, d DATETIME, none TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := s.run(tx, "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", 7, true, "été", []byte{0, 255}, day, nil); err != nil {
		t.Fatal(err)
	}
	type all struct {
		N                 int
		Wide              int64
		B                 bool
		T                 string
		X                 []byte
		D                 time.Time
		PT, PNone         *string
		PN, NNone         *int64
		PD, DNone         *time.Time
		Empty             []byte
		NumberText, ByteT string
	}
	const text = "SELECT n, n, b, t, x, d, t, none, n, none, d, none, none, n, CAST(t AS BLOB) FROM thing WHERE n = ?"
	read := func(db gorm.ConnPool) (a all) {
		t.Helper()
		was := "was here before"
		a.PNone, a.Empty = &was, []byte(was)
		one := tx.Session(&gorm.Session{NewDB: true})
		one.Statement.ConnPool = db
		if err := s.row(one, text, []any{7}, &a.N, &a.Wide, &a.B, &a.T, &a.X, &a.D, &a.PT, &a.PNone, &a.PN, &a.NNone, &a.PD, &a.DNone, &a.Empty,
			&a.NumberText, &a.ByteT); err != nil {
			t.Fatal(err)
		}
		return a
	}
	d := tx.Statement.ConnPool.(*direct)
	short, usual := read(d), read(d.Tx)
	if !reflect.DeepEqual(short, usual) {
		t.Errorf("straight %+v, usually %+v", short, usual)
	}
	if short.N != 7 || !short.B || short.T != "été" || !bytes.Equal(short.X, []byte{0, 255}) || !short.D.Equal(day) || short.PNone != nil || short.Empty != nil {
		t.Errorf("read %+v", short)
	}
	var w word
	if err := s.row(tx, "SELECT t FROM thing", nil, &w); err != nil || w.text != "word été" {
		t.Errorf("a variable with a Scan of its own: %q, %v", w.text, err)
	}
}

func TestDirectRefusesWhatDoesNotFit(t *testing.T) {
	s := openHere(t)
	tx := straight(t, s)
	var text string
	var n int
	for name, err := range map[string]error{
		"an empty column into a text":     s.row(tx, "SELECT NULL", nil, &text),
		"words into a number":             s.row(tx, "SELECT 'many'", nil, &n),
		"two columns into one variable":   s.row(tx, "SELECT 1, 2", nil, &n),
		"a table that is not there":       s.row(tx, "SELECT 1 FROM nowhere", nil, &n),
		"an argument of no known kind":    s.run(tx, "INSERT INTO property (name, value) VALUES (?, '')", struct{}{}),
		"an argument too few":             s.run(tx, "INSERT INTO property (name, value) VALUES (?, ?)", "one"),
		"a constraint, found while it is": s.run(tx, "INSERT INTO property (name, value) VALUES ('twice', ''), ('twice', '')"),
	} {
		if err == nil || errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.row(tx, "SELECT name FROM property WHERE name = ?", []any{"nobody"}, &text); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

// TestDirectGivesItsConnectionBack: the writer has one connection. Whoever kept it would stop every later save.
func TestDirectGivesItsConnectionBack(t *testing.T) {
	s := openHere(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for name, end := range map[string]func(tx *gorm.DB) error{
		"commit":             func(tx *gorm.DB) error { return tx.Commit().Error },
		"rollback":           func(tx *gorm.DB) error { return tx.Rollback().Error },
		"rollback, then end": func(tx *gorm.DB) error { tx.Rollback(); return notDone(tx.Commit().Error) },
	} {
		tx, err := beginDirect(s.queue.db)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.run(tx, "INSERT INTO property (name, value) VALUES (?, '')", name); err != nil {
			t.Fatal(err)
		}
		if err := end(tx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.queue.db.WithContext(ctx).Exec("SELECT 1").Error; err != nil {
			t.Fatalf("after %s: %v", name, err)
		}
	}
	if got := properties(t, s); !strings.Contains(got, "commit") || strings.Contains(got, "rollback") {
		t.Errorf("kept: %s", got)
	}
}

// notDone turns the answer of a transaction that has ended already into none, and its absence into an error.
func notDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return errors.Join(errors.New("a transaction ended twice"), err)
}
