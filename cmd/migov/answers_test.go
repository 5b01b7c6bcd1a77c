package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"migov/assessment/fault"
)

func TestAFileThatCannotBeWrittenToItsEndIsTakenAway(t *testing.T) {
	name := filepath.Join(t.TempDir(), "answers.csv")
	gone := errors.New("the database went away")
	err := writeNew(name, func(w io.Writer) error {
		if _, err := io.WriteString(w, "city,indicator\n"); err != nil {
			return err
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Error(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a file is left: %v", err)
	}
	if err := writeNew(name, func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "whole" {
		t.Errorf("%q, %v", text, err)
	}
	if err := writeNew(name, func(io.Writer) error { return nil }); err == nil {
		t.Error("a file was overwritten")
	}
}

func TestAFileOfWhichEveryRowIsRefusedIsToldInTime(t *testing.T) {
	const rows = 100_000
	bad := fault.Field{Name: "row 2", Key: "fault.city_handed_in", Args: fault.Args{"City": "accra"}}
	faults := make([]fault.Field, rows)
	for i := range faults {
		faults[i] = bad
	}
	began := time.Now()
	said := brokenRows{"answers.csv", faults}.Error()
	if n := strings.Count(said, "\n"); n != rows {
		t.Errorf("%d lines for %d rows", n, rows)
	}
	if took := time.Since(began); took > 20*time.Second { // a text that grows line by line takes minutes
		t.Errorf("took %s", took)
	}
}
