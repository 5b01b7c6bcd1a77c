package faults

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data"
	"migov/data/store"
)

// tools are the program under test and the disk that can be made to fail, built once.
var tools struct{ folder, migov, disk string }

func TestMain(m *testing.M) {
	code, err := build(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func build(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "migov-faults-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { // another user runs the program in one of the tests
		return 1, err
	}
	tools.folder, tools.migov, tools.disk = folder, filepath.Join(folder, "migov"), filepath.Join(folder, "disk.so")
	for _, c := range [][]string{
		{"go", "build", "-buildvcs=false", "-tags", "nomsgpack,sqlite_omit_load_extension", "-o", tools.migov, "migov/cmd/migov"},
		{"cc", "-shared", "-fPIC", "-O1", "-o", tools.disk, "testdata/disk.c", "-ldl"},
	} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			return 1, fmt.Errorf("%s: %w\n%s", strings.Join(c, " "), err, out)
		}
	}
	return m.Run(), nil
}

// seat is an assessment with the token of its coordinator.
type seat struct{ assessment, token string }

// seeded makes a database with a round of some cities.
func seeded(t *testing.T, folder string, cities int) (database string, seats []seat) {
	t.Helper()
	ctx, now := context.Background(), time.Now()
	database = filepath.Join(folder, "migov.db")
	s := must(store.Open(ctx, database, store.Options{}))(t)
	in := questionnaire(t)
	library := must(assessment.NewLibrary(in))(t)
	by := assessment.Author{Name: "Test", Role: account.Operator}
	var codes []string
	byCity := map[string]account.Account{}
	for i := range cities {
		code := fmt.Sprintf("city-%d", i)
		c := must(s.AddCity(ctx, assessment.City{Code: code, Name: code, Country: "FR", Fictional: true}, by))(t)
		codes = append(codes, code)
		a := account.Account{Email: code + "@example.org", Name: code, Role: account.Coordinator, City: c.ID, Language: survey.English, Noticed: account.NoticeVersion, Created: now}
		byCity[c.ID] = must(s.AddAccount(ctx, a, by))(t)
	}
	if err := s.AddInstrument(ctx, in, by); err != nil {
		t.Fatal(err)
	}
	must(s.AddRound(ctx, assessment.Round{Code: "2026", Title: "Round"}, in, library.Scheme(in), codes, by))(t)
	for _, a := range must(s.Assessments(ctx, account.Actor{Role: account.Operator}, "2026"))(t) {
		token := must(assessment.Crowd{Store: s, Now: time.Now}.Token(ctx, byCity[a.City.ID], "test", time.Hour, by))(t)
		seats = append(seats, seat{a.ID, token})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(seats) != cities {
		t.Fatalf("%d assessments instead of %d", len(seats), cities)
	}
	return database, seats
}

// questionnaire is urban-migof as it is built in.
func questionnaire(t *testing.T) *survey.Instrument {
	t.Helper()
	for _, source := range must(data.InstrumentSources())(t) {
		if in, _ := survey.Decode(source); in != nil && in.Code == "urban-migof" {
			return in
		}
	}
	t.Fatal("urban-migof is not built in")
	return nil
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// server is the program serving one database.
type server struct {
	cmd *exec.Cmd
	url string
	log *locked
}

// locked is a buffer that two may use.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *locked) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func command(database string) *exec.Cmd {
	c := exec.Command(tools.migov, "serve", "--database", database, "--listen", "127.0.0.1:0")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + tools.folder, "TMPDIR=" + tools.folder}
	return c
}

var serves = regexp.MustCompile(`migov serves (http://\S+)`)

// start serves a database; change may set up the process.
func start(t *testing.T, database string, change func(*exec.Cmd)) *server {
	t.Helper()
	s := &server{cmd: command(database), log: &locked{}}
	if change != nil {
		change(s.cmd)
	}
	s.cmd.Stderr = s.log
	out := must(s.cmd.StdoutPipe())(t)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := serves.FindStringSubmatch(lines.Text()); m != nil {
			s.url = m[1]
			go io.Copy(io.Discard, out)
			return s
		}
	}
	s.kill()
	t.Fatalf("it does not serve:\n%s", s.log)
	return nil
}

// kill is kill -9.
func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// refuses starts the program on a database that it must not serve, and returns its sentence.
func refuses(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(10*time.Second, func() { c.Process.Kill() })
	err := c.Wait()
	if !late.Stop() {
		t.Fatalf("it serves, or hangs:\n%s", out.String())
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("exit: %v, wanted 1", err)
	}
	return out.String()
}

// speaks expects a sentence for the operator and nothing that only a programmer reads.
func speaks(t *testing.T, said string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("it does not say %q:\n%s", w, said)
		}
	}
	for _, w := range []string{"panic", "goroutine", "nil pointer"} {
		if strings.Contains(said, w) {
			t.Errorf("it says %q:\n%s", w, said)
		}
	}
}

// ask sends a request with a token and returns status and body; status 0 means that the connection broke.
func (s *server) ask(x seat, method, path, body string, header map[string]string) (int, string) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+x.token)
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// save puts an explanation under a version.
func (s *server) save(x seat, indicator string, version int, text string) (int, string) {
	return s.ask(x, http.MethodPut, "/api/v1/assessments/"+x.assessment+"/answers/"+indicator, fmt.Sprintf(`{"explanation":%q}`, text),
		map[string]string{"Idempotency-Key": uuid.NewString(), "If-Match": fmt.Sprintf("%q", fmt.Sprint(version))})
}

// asNobody lets a command run without the rights of root, which no read-only mark stops.
func asNobody(c *exec.Cmd) *exec.Cmd {
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return c
}

// open is a folder that every user may enter.
func open(t *testing.T) string {
	t.Helper()
	folder := must(os.MkdirTemp(tools.folder, "db-"))(t)
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	return folder
}
