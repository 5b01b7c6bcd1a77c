package store_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

// TestADiskThatFailsWhileServing runs a process on a disk that fails on command (testdata/disk.c).
func TestADiskThatFailsWhileServing(t *testing.T) {
	s := storetest.Open(t, store.SQLite)
	w := storetest.Populate(t, s)
	folder, switches := t.TempDir(), t.TempDir()
	database := filepath.Join(folder, "migov.db")
	if err := store.Backup(ctx, storetest.AddressOf(t, s), database); err != nil {
		t.Fatal(err)
	}
	shim := filepath.Join(t.TempDir(), "disk.so")
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", shim, "testdata/disk.c", "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childName+"=disk", "LD_PRELOAD="+shim, "MIGOV_DISK="+folder, "MIGOV_DISK_SWITCH="+switches,
		"MIGOV_TEST_DATABASE="+database, "MIGOV_TEST_ASSESSMENT="+w.Mine.ID, "MIGOV_TEST_INSTRUMENT="+string(w.Instrument.Source))
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// Started again, the file is recovered and everything acknowledged is there. What failed at the very end may be there
	// or not: nobody was told either, and its mutation id lets the client ask again.
	w.Store = storetest.OpenAt(t, database)
	w.Sound(t)
	k := sheet(t, w).Answers["AA-01"]
	if k.Explanation != "after the last recovery" && k.Explanation != "never acknowledged" {
		t.Errorf("kept %+v", k)
	}
}

// surviveTheDisk is what the process does; its error is what the test says.
func surviveTheDisk() error {
	s, err := store.Open(ctx, os.Getenv("MIGOV_TEST_DATABASE"), store.Options{Exclusive: true})
	if err != nil {
		return err
	}
	in, problems := survey.Decode([]byte(os.Getenv("MIGOV_TEST_INSTRUMENT")))
	if in == nil {
		return fmt.Errorf("%v", problems)
	}
	library, err := assessment.NewLibrary(in)
	if err != nil {
		return err
	}
	id := os.Getenv("MIGOV_TEST_ASSESSMENT")
	w := storetest.World{Store: s, Instrument: in, Scheme: library.Scheme(in), Mine: assessment.Assessment{ID: id}}
	w.Operator.Role = "operator"
	version := 0
	save := func(text string) error {
		saved, err := s.Save(ctx, w.Operator, w.Order(w.Operator, storetest.Explain("AA-01", version, text)))
		if err == nil {
			version = saved[0].Version
		}
		return err
	}
	reads := func() error {
		_, err := s.Sheet(ctx, w.Operator, id)
		return errors.Join(err, s.Ping(ctx))
	}
	set := func(name string, on bool) error {
		path := filepath.Join(os.Getenv("MIGOV_DISK_SWITCH"), name)
		if on {
			return os.WriteFile(path, nil, 0o600)
		}
		return os.Remove(path)
	}
	if err := save("before"); err != nil {
		return fmt.Errorf("before any fault: %w", err)
	}
	for _, f := range []struct {
		name string
		kind fault.Kind
	}{{"enospc", fault.Full}, {"eio", fault.Unavailable}, {"erofs", fault.Unavailable}} {
		if err := set(f.name, true); err != nil {
			return err
		}
		for range 3 {
			if err := save("lost to " + f.name); !fault.Is(err, f.kind) {
				return fmt.Errorf("a save with %s: got %v, want %s", f.name, err, f.kind)
			}
		}
		if err := reads(); err != nil {
			return fmt.Errorf("reading with %s: %w", f.name, err)
		}
		if err := set(f.name, false); err != nil {
			return err
		}
		if err := save("after " + f.name); err != nil {
			return fmt.Errorf("saving after %s: %w", f.name, err)
		}
	}
	if err := save("after the last recovery"); err != nil {
		return err
	}
	// A commit that could not be forced down: nobody knows what is on the disk, so that writing ends.
	if err := set("fsync", true); err != nil {
		return err
	}
	if err := save("never acknowledged"); !fault.Is(err, fault.Unavailable) {
		return fmt.Errorf("a save with a failing fsync: got %v", err)
	}
	if err := set("fsync", false); err != nil {
		return err
	}
	select {
	case <-s.Failed():
	case <-time.After(5 * time.Second):
		return errors.New("the store did not say that it failed")
	}
	if err := save("never acknowledged"); !fault.Is(err, fault.Unavailable) {
		return fmt.Errorf("a save after a failed fsync: got %v", err)
	}
	if err := s.Ping(ctx); !fault.Is(err, fault.Unavailable) {
		return fmt.Errorf("ready after a failed fsync: got %v", err)
	}
	if _, err := s.Sheet(ctx, w.Operator, id); err != nil {
		return fmt.Errorf("reading after a failed fsync: %w", err)
	}
	return nil
}
