package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
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
