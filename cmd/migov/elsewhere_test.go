package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"migov/assessment/snapshot"
)

// TestACopyIsCheckedOnAComputerThatHasNothingElse starts the program as a process of its own in a folder that holds the copy
// alone, without any variable of the environment, and looks at what it leaves behind.
func TestACopyIsCheckedOnAComputerThatHasNothingElse(t *testing.T) {
	golden, err := os.ReadFile("../../assessment/snapshot/testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("migov") // which TestMain has put there
	if err != nil {
		t.Fatal(err)
	}
	if program, err = filepath.Abs(program); err != nil {
		t.Fatal(err)
	}
	hash := snapshot.Hash(golden)
	for _, c := range []struct {
		says, old, new string
		code           int
		want           []string
	}{
		{"the copy as it was saved", "", "", done, []string{"the same SHA-256", "amount to exactly these numbers"}},
		{"a level was raised", `"indicator":"CR-02","version":3,"value":"2"`, `"indicator":"CR-02","version":3,"value":"3"`, failed, []string{"the SHA-256 is another one", "the answers amount to other numbers: CR"}},
		{"a word was changed", "Marsa Selwa", "Marsa Salwa", failed, []string{"the SHA-256 is another one", "amount to exactly these numbers"}},
	} {
		t.Run(c.says, func(t *testing.T) {
			doc, folder := string(golden), t.TempDir()
			if c.old != "" {
				doc = strings.Replace(doc, c.old, c.new, 1)
			}
			if (doc == string(golden)) != (c.code == done) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(filepath.Join(folder, "copy.json"), []byte(doc), 0o600); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			run := exec.CommandContext(t.Context(), program, "verify", "copy.json", "--hash", hash)
			run.Dir, run.Env, run.Stdout, run.Stderr = folder, []string{}, &said, &said
			code := 0
			var exit *exec.ExitError
			if err := run.Run(); errors.As(err, &exit) {
				code = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, &said)
			}
			for _, want := range c.want {
				if !strings.Contains(said.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, &said)
				}
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
				t.Errorf("it has left something behind: %v, %v", left, err)
			}
		})
	}
}
