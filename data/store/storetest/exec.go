package storetest

import (
	"database/sql"
	"sync"
	"testing"

	"migov/data/store"
)

var addresses sync.Map // *store.Store -> the address it was opened at

// Exec runs a statement past the store, on a connection of its own: to spoil a table, to age a row.
func Exec(t testing.TB, s *store.Store, statement string) {
	t.Helper()
	db := Raw(t, s)
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// AddressOf is the address at which a store was opened here.
func AddressOf(t testing.TB, s *store.Store) string {
	t.Helper()
	address, known := addresses.Load(s)
	if !known {
		t.Fatal("the store was not opened by storetest")
	}
	return address.(string)
}

// Raw is a connection past the store.
func Raw(t testing.TB, s *store.Store) *sql.DB {
	t.Helper()
	address := AddressOf(t, s)
	driver, name := "sqlite3", "file:"+address+"?_busy_timeout=5000&_loc=UTC"
	if s.Engine() == store.PostgreSQL {
		driver, name = "pgx", address
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
