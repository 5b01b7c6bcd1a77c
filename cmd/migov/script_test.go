package main

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	signal.Ignore(syscall.SIGHUP)
	testscript.Main(m, map[string]func(){"migov": main})
}

// TestScripts runs the whole program as an operator does. Each file in testdata/script is a story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			for _, v := range os.Environ() { // an instrumented binary of coverage keeps its folder, settings of ours do not
				if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, prefix) {
					e.Setenv(name, "")
				}
			}
			e.Vars = slicesWithout(e.Vars, prefix)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "sql": runSQL, "serving": serving, "damaged": damaged, "unprivileged": unprivileged,
		},
	})
}

func slicesWithout(vars []string, prefix string) (out []string) {
	for _, v := range vars {
		if !strings.HasPrefix(v, prefix) {
			out = append(out, v)
		}
	}
	return out
}

// exits CODE PROGRAM ARGS... runs a program and wants exactly this exit code; stdout and stderr look at what it wrote.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// sql FILE STATEMENT changes a SQLite file behind the program's back.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

var announced = regexp.MustCompile(`migov serves (http://\S+)`)

// serving ARGS... -- [!] COMMAND ARGS... serves, checks that /readyz says yes, runs a command meanwhile with $URL set, and
// stops the server by SIGTERM, which must end it with exit code 0 and leave what it printed in the file served.
func serving(ts *testscript.TestScript, neg bool, args []string) {
	split := len(args)
	for i, a := range args {
		if a == "--" {
			split = i
			break
		}
	}
	c, ended, url := start(ts, args[:split])
	ts.Setenv("URL", url)
	if meanwhile := args[min(len(args), split+1):]; len(meanwhile) > 0 {
		refused := meanwhile[0] == "!"
		if refused {
			meanwhile = meanwhile[1:]
		}
		if err := ts.Exec(meanwhile[0], meanwhile[1:]...); (err != nil) != refused {
			c.Process.Kill()
			ts.Fatalf("while serving: %v", err)
		}
	}
	ts.Check(c.Process.Signal(syscall.SIGTERM))
	ends(ts, c, ended, 0)
}

// start serves until /readyz says yes. What the server prints goes to the file served.
func start(ts *testscript.TestScript, args []string) (c *exec.Cmd, ended chan error, url string) {
	file, err := os.Create(ts.MkAbs("served"))
	ts.Check(err)
	defer file.Close() // the server has it too
	program, err := exec.LookPath("migov")
	ts.Check(err)
	c = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), file, file
	ts.Check(c.Start())
	ended = make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for deadline := time.Now().Add(time.Minute); url == ""; time.Sleep(20 * time.Millisecond) {
		said, _ := os.ReadFile(file.Name())
		if m := announced.FindSubmatch(said); m != nil {
			url = string(m[1])
		}
		select {
		case err := <-ended:
			ts.Fatalf("the server ended: %v\n%s", err, said)
		default:
		}
		if time.Now().After(deadline) {
			c.Process.Kill()
			ts.Fatalf("the server did not start:\n%s", said)
		}
	}
	ready, err := http.Get(url + "/readyz")
	if err != nil || ready.StatusCode != http.StatusOK {
		c.Process.Kill()
		ts.Fatalf("/readyz: %v %v", ready, err)
	}
	ready.Body.Close()
	return c, ended, url
}

// ends wants a server to end with an exit code.
func ends(ts *testscript.TestScript, c *exec.Cmd, ended chan error, code int) {
	select {
	case err := <-ended:
		if got := c.ProcessState.ExitCode(); got != code {
			said, _ := os.ReadFile(ts.MkAbs("served"))
			ts.Fatalf("the server ended with %d, want %d: %v\n%s", got, code, err, said)
		}
	case <-time.After(30 * time.Second):
		c.Process.Kill()
		ts.Fatalf("the server did not stop")
	}
}

// damaged FILE serves a demonstration, damages the table of sessions behind its back, and signs in, which cannot be
// written: the page says so, and the server must end by itself with exit code 70.
func damaged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damaged FILE")
	}
	c, ended, address := start(ts, []string{"--demo", "--database", args[0]})
	defer c.Process.Kill()
	runSQL(ts, false, []string{args[0], "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'city') WHERE name = 'session'; PRAGMA schema_version = 999999"})
	page, err := http.PostForm(address+"/demo/sign-in", url.Values{"email": {"analyst@round.example"}})
	ts.Check(err)
	page.Body.Close()
	if page.StatusCode != http.StatusServiceUnavailable {
		ts.Fatalf("signing in on a damaged database: status %d", page.StatusCode)
	}
	ends(ts, c, ended, 70)
}

// unprivileged CODE PROGRAM ARGS... is exits for a user without special rights: root may write into a read-only folder.
func unprivileged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: unprivileged CODE PROGRAM ARGS...")
	}
	if os.Getuid() != 0 {
		exits(ts, neg, args)
		return
	}
	for folder := ts.MkAbs("."); strings.HasPrefix(folder, os.TempDir()+string(os.PathSeparator)); folder = filepath.Dir(folder) {
		ts.Check(os.Chmod(folder, 0o711))
	}
	exits(ts, neg, append([]string{args[0], "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, args[1:]...))
}
