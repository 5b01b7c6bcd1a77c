package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the connection that makes databases

	"migov/data/store"
)

// hint is what to type where PostgreSQL is missing.
const hint = "the tests of the store need the programs of PostgreSQL: apt-get install --yes postgresql"

// template is the database that every test gets a copy of, with the newest schema.
const template = "migov_template"

// script makes a cluster, serves it, and takes it away when its standard input ends: with the test process, even a killed one.
const script = `
"$1/initdb" -D "$2/data" -U migov -A trust --no-sync -E UTF8 --locale=C >"$2/initdb.log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" -c shared_buffers=32MB >"$2/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$2"
`

type cluster struct {
	folder string
	admin  *sql.DB
	made   atomic.Int64
}

var started = sync.OnceValues(start)

func newPostgres(t testing.TB) string {
	t.Helper()
	c, err := started()
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strconv.FormatInt(c.made.Add(1), 10)
	if _, err := c.admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return c.address(name)
}

func (c *cluster) address(name string) string {
	return "postgres:///" + name + "?" + url.Values{"host": {c.folder}, "user": {"migov"}, "sslmode": {"disable"}}.Encode()
}

func start() (*cluster, error) {
	programs, err := programs()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "migov-pg-")
	if err != nil {
		return nil, err
	}
	as := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // initdb refuses root
		if as.Credential, err = postgresUser(); err != nil {
			return nil, err
		}
		if err := os.Chown(folder, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	c := &cluster{folder: folder}
	command := exec.Command("/bin/sh", "-c", script, "sh", programs, folder)
	command.Dir, command.SysProcAttr = folder, as
	if _, err := command.StdinPipe(); err != nil { // open until this process ends
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	if c.admin, err = sql.Open("pgx", c.address("postgres")); err != nil {
		return nil, err
	}
	if err := c.ready(ended); err != nil {
		return nil, err
	}
	return c, c.fill()
}

// ready waits until the server answers.
func (c *cluster) ready(ended <-chan error) error {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		err := c.admin.Ping()
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			said, _ := os.ReadFile(filepath.Join(c.folder, "initdb.log"))
			return fmt.Errorf("PostgreSQL did not start: %s", said)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL did not answer: %w", err)
		}
	}
}

// fill makes the template.
func (c *cluster) fill() error {
	if _, err := c.admin.Exec("CREATE DATABASE " + template); err != nil {
		return err
	}
	s, err := store.Open(context.Background(), c.address(template), store.Options{})
	if err != nil {
		return err
	}
	return s.Close()
}

// programs finds the folder of initdb and postgres, the newest where there are several.
func programs() (string, error) {
	places, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(places, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			places = append([]string{filepath.Dir(real)}, places...)
		}
	}
	for _, p := range places {
		if _, err := os.Stat(filepath.Join(p, "postgres")); err == nil {
			return p, nil
		}
	}
	return "", errors.New(hint)
}

func version(place string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(place)))
	return n
}

func postgresUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%s (%w)", hint, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
