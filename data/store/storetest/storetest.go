// Package storetest gives tests a throw-away store on each engine, and something to put into it. PostgreSQL is started
// from the installed programs, once for each test process, and goes when the process ends, however it ends.
package storetest

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"migov/data/store"
)

// Engines are the engines that every test of the store runs on.
var Engines = []store.Engine{store.SQLite, store.PostgreSQL}

// Each runs a test on a fresh store of every engine.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	for _, e := range Engines {
		t.Run(string(e), func(t *testing.T) { test(t, Open(t, e)) })
	}
}

// Open opens a fresh store and closes it when the test ends.
func Open(t testing.TB, e store.Engine) *store.Store {
	t.Helper()
	return OpenAt(t, Address(t, e))
}

// OpenAt opens the store of an address and closes it when the test ends.
func OpenAt(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), address, store.Options{Log: slog.New(slog.NewTextHandler(output{t}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	addresses.Store(s, address)
	t.Cleanup(func() {
		addresses.Delete(s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Address is the name of a fresh database, as --database takes it. It goes when the test ends.
func Address(t testing.TB, e store.Engine) string {
	t.Helper()
	if e == store.PostgreSQL {
		return newPostgres(t)
	}
	return filepath.Join(t.TempDir(), "migov.db")
}

// output sends log lines to the test that made them.
type output struct{ t testing.TB }

func (o output) Write(line []byte) (int, error) {
	o.t.Log(string(bytes.TrimRight(line, "\n")))
	return len(line), nil
}
