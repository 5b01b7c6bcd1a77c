package locale

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryFaultHasAMessage reads the message keys of faults from the source, since a fault without its message shows a key to a person.
func TestEveryFaultHasAMessage(t *testing.T) {
	messages := group(t, "fault.en.json")
	key := regexp.MustCompile(`"(fault\.[a-z_]+)"`)
	used := map[string]bool{}
	for _, folder := range []string{"assessment", "data", "api", "cmd", "frontend"} {
		tree := os.DirFS("../../" + folder)
		err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata"):
				return fs.SkipDir
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			source, err := fs.ReadFile(tree, path)
			for _, m := range key.FindAllStringSubmatch(string(source), -1) {
				if used[m[1]] = true; messages[m[1]] == nil {
					t.Errorf("%s/%s uses %s, which has no message", folder, path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(used) < 30 {
		t.Errorf("only %d keys were found", len(used))
	}
}
