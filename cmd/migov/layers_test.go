package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tags are those of the build: see the Makefile.
const tags = "nomsgpack,sqlite_omit_load_extension"

// layers says which of our packages a package may import, by prefix, without the name of the module. A package that no
// line names fails the test: a new package says where it stands.
var layers = []struct {
	folder string // and everything below it, unless a longer line names that
	may    []string
}{
	{"assessment/fault", nil},
	{"assessment/stat", nil},
	{"assessment/survey", []string{"assessment/fault"}},
	{"assessment/account", []string{"assessment/fault", "assessment/survey"}},
	{"assessment/evidence", []string{"assessment/fault", "assessment/survey"}},
	{"assessment/longform", []string{"assessment/fault", "assessment/survey"}},
	{"assessment/place", []string{"assessment/fault"}},
	{"assessment/score", []string{"assessment/fault", "assessment/stat", "assessment/survey", "assessment/longform"}},
	{"assessment/results", []string{"assessment/survey", "assessment/score", "assessment/compare", "assessment/stat", "assessment/evidence", "assessment/snapshot"}},
	{"assessment/compare", []string{"assessment/fault", "assessment/stat", "assessment/survey", "assessment/score"}},
	{"assessment/lens", []string{"assessment/survey", "assessment/score"}},
	{"assessment/export", []string{"assessment/fault", "assessment/survey", "assessment/evidence", "assessment/score", "assessment/longform"}},
	{"assessment/publish", []string{"assessment/fault", "assessment/survey", "assessment/evidence", "assessment/snapshot"}},
	{"assessment", []string{"assessment/"}},
	{"data", nil},
	{"data/locale", nil},
	{"data/store", []string{"assessment", "data/store/"}},
	{"data/store/storetest", []string{"assessment", "data"}},
	{"frontend", []string{"assessment", "data", "data/locale", "frontend/chart"}},
	{"frontend/guess", nil},
	{"frontend/mail", []string{"assessment", "data/locale"}},
	{"frontend/chart", []string{"assessment", "data/locale"}},
	{"api/download", nil},
	{"api/session", []string{"assessment", "data/locale"}},
	{"api/problem", []string{"assessment", "data/locale"}},
	{"api/web", []string{"assessment", "data/locale", "frontend", "api/download", "api/session", "api/problem"}},
	{"api/rest", []string{"assessment", "data/locale", "api/download", "api/session", "api/problem"}},
	{"api", []string{"assessment", "data/locale", "frontend", "api/"}},
	{"api/apitest", []string{"assessment", "data", "frontend", "api"}},
	{"cmd", []string{""}},
}

// owners says which folder alone may import a library, by the beginning of its path.
var owners = map[string][]string{
	"gorm.io/":                      {"data/store"},
	"github.com/pressly/goose":      {"data/store"},
	"github.com/mattn/go-sqlite3":   {"data/store", "cmd"},
	"github.com/jackc/pgx":          {"data/store", "cmd"},
	"github.com/gin-gonic/":         {"api"},
	"github.com/danielgtaylor/huma": {"api"},
	"github.com/alexedwards/scs":    {"api"},
	"github.com/go-echarts/":        {"frontend/chart"},
	"github.com/dop251/goja":        {"frontend/chart", "frontend/guess"},
	"github.com/go-text/":           {"frontend/chart"},
	"github.com/nicksnyder/go-i18n": {"data/locale"},
	"github.com/coreos/go-oidc":     {"api/session"},
	"golang.org/x/oauth2":           {"api/session"},
	"github.com/pquerna/otp":        {"assessment/account"},
	"github.com/wneessen/go-mail":   {"frontend/mail"},
	"github.com/xuri/excelize":      {"assessment/longform"},
	"github.com/spf13/cobra":        {"cmd"},
	"github.com/caarlos0/env":       {"cmd"},
	"github.com/goccy/go-yaml":      {"assessment/survey", "assessment/lens"},
	"net/http":                      {"api", "frontend", "cmd"},
	"html/template":                 {"frontend", "api"},
	"database/sql":                  {"data/store", "cmd"},
}

// unnamed are names of packages that say nothing.
var unnamed = []string{"util", "utils", "common", "helper", "helpers", "base", "types", "model", "models", "service", "services", "manager", "misc", "shared"}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir string
	Imports               []string
	Module                *struct{ Path, Dir string }
}

// packages lists the packages of the module.
func packages(t *testing.T) []listed {
	t.Helper()
	c := exec.Command("go", "list", "-e", "-tags", tags, "-json=ImportPath,Name,Dir,Imports,Module", "migov/...")
	out, err := c.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// below tells whether a folder is, or lies in, another.
func below(folder, parent string) bool {
	return folder == parent || strings.HasPrefix(folder, strings.TrimSuffix(parent, "/")+"/")
}

// TestLayers keeps the layers apart (architecture.md 3.2): imports point downwards only.
func TestLayers(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	for _, p := range all {
		from, ok := strings.CutPrefix(p.ImportPath, "migov/")
		if !ok {
			t.Errorf("%s lies at the top level, where no package belongs", p.ImportPath)
			continue
		}
		if slices.Contains(unnamed, path.Base(from)) || slices.Contains(unnamed, p.Name) {
			t.Errorf("the name of %s says nothing", from)
		}
		may, known := allowed(from)
		if !known {
			t.Errorf("%s stands in no layer; add a line to the table", from)
		}
		for _, i := range p.Imports {
			to, ours := strings.CutPrefix(i, "migov/")
			if ours && !slices.ContainsFunc(may, func(m string) bool { return m == "" || below(to, m) }) {
				t.Errorf("%s must not import %s", from, to)
			}
			for library, folders := range owners {
				if below(i, library) && !slices.ContainsFunc(folders, func(f string) bool { return below(from, f) }) {
					t.Errorf("%s must not import %s, which belongs to %s", from, i, strings.Join(folders, ", "))
				}
			}
		}
	}
}

// allowed returns the longest line of the table that names a folder.
func allowed(folder string) (may []string, known bool) {
	longest := ""
	for _, l := range layers {
		if below(folder, l.folder) && len(l.folder) >= len(longest) {
			longest, may, known = l.folder, l.may, true
		}
	}
	return may, known
}

// forbidden are words that no file of the tree may hold: paths of one machine, registries by host, unfinished work. Each is written in pieces, so that this file does not hold it.
var forbidden = regexp.MustCompile(`/ho` + `me/\w|/Us` + `ers/\w|/wo` + `rk/(main|shared)|/tmp/mi` + `gov|registry\.npm` + `js\.org/-/npm|proxy\.gol` + `ang\.org|gopr` + `oxy\.|npmm` + `irror|\bTO` + `DO\b|\bFIX` + `ME\b|\bX` + `XX\b|lorem ip` + `sum`)

// skipped are folders that are built or fetched.
var skipped = []string{".git", "node_modules", "static", "bin", ".demo"}

// TestTree reads every text of the tree.
func TestTree(t *testing.T) {
	root := filepath.Join("..", "..")
	read := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skipped, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			return err
		}
		read++
		for n, line := range strings.Split(string(text), "\n") {
			if found := forbidden.FindString(line); found != "" {
				t.Errorf("%s:%d holds %q", strings.TrimPrefix(name, root+"/"), n+1, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 100 {
		t.Errorf("only %d files were read", read)
	}
}

// topLevel is what may stand at the top (the shape was fixed at the beginning).
var topLevel = []string{"cmd", "api", "assessment", "frontend", "data", "go.mod", "go.sum", "Dockerfile", "README.md", "Makefile",
	"LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "compose.yaml", ".ci", ".gitignore", ".dockerignore", ".golangci.yml", ".editorconfig"}

// TestTopLevel keeps the top of the tree as it was agreed.
func TestTopLevel(t *testing.T) {
	out, err := exec.Command("git", "-C", "../..", "-c", "safe.directory=*", "ls-files").Output()
	if err != nil { // no repository, as in an image: nothing could have been added
		t.Log("no git repository here")
		return
	}
	for _, name := range strings.Fields(string(out)) {
		if top, _, _ := strings.Cut(name, "/"); !slices.Contains(topLevel, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}
