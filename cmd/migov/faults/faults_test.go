package faults

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// reply is what matters of a save or a refusal.
type reply struct {
	Saved   *bool
	Version int
	Detail  string
	Code    string
}

func decoded(t *testing.T, body string) (r reply) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return r
}

func TestADiskThatFailsWhileServing(t *testing.T) {
	for _, c := range []struct {
		says   string
		number syscall.Errno
		status int
		code   string
	}{
		{"it is full", syscall.ENOSPC, http.StatusInsufficientStorage, "fault.disk_full"},
		{"it became read-only", syscall.EROFS, http.StatusServiceUnavailable, "fault.store_unavailable"},
		{"it cannot be written", syscall.EIO, http.StatusServiceUnavailable, "fault.store_unavailable"},
	} {
		t.Run(c.says, func(t *testing.T) {
			database, seats := seeded(t, t.TempDir(), 1)
			x, fault := seats[0], filepath.Join(t.TempDir(), "fault")
			s := start(t, database, func(c *exec.Cmd) { c.Env = append(c.Env, "LD_PRELOAD="+tools.disk, "FAULT_FILE="+fault) })
			if status, body := s.save(x, "MR-01", 0, "before"); status != http.StatusCreated {
				t.Fatalf("before: %d %s", status, body)
			}
			write(t, fault, strconv.Itoa(int(c.number)))
			for range 3 {
				status, body := s.save(x, "MR-01", 1, "while it fails")
				r := decoded(t, body)
				if status != c.status || r.Code != c.code || r.Saved == nil || *r.Saved || !strings.Contains(r.Detail, " ") {
					t.Errorf("while it fails: %d %s", status, body)
				}
			}
			reads(t, s, x, "before")
			write(t, fault, "")
			if status, body := s.save(x, "MR-01", 1, "after"); status != http.StatusCreated || !*decoded(t, body).Saved {
				t.Errorf("after, without a restart: %d %s", status, body)
			}
			reads(t, s, x, "after")
			s.kill()
			sound(t, database)
		})
	}
}

// A real file system without room, where this machine allows one to be mounted; the injected fault stands for it elsewhere.
func TestARealDiskFillsUpWhileServing(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=3m"); err != nil {
		t.Logf("nothing can be mounted here (%v); see TestADiskThatFailsWhileServing", err)
		return
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	database, seats := seeded(t, folder, 1)
	x, s := seats[0], start(t, database, nil)
	version, last := 0, ""
	for range 200 {
		text := fmt.Sprintf("%d %s", version, strings.Repeat("x", 60<<10))
		status, body := s.save(x, "MR-01", version, text)
		if status == http.StatusCreated {
			version, last = version+1, text
			continue
		}
		if r := decoded(t, body); status != http.StatusInsufficientStorage || r.Code != "fault.disk_full" || r.Saved == nil || *r.Saved {
			t.Errorf("full: %d %s", status, body)
		}
		break
	}
	if version == 0 || version == 200 {
		t.Fatalf("%d saves did not fill 3 MB", version)
	}
	reads(t, s, x, last)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	if status, body := s.save(x, "MR-01", version, "there is room again"); status != http.StatusCreated {
		t.Errorf("room again, without a restart: %d %s", status, body)
	}
	s.kill()
	sound(t, database)
}

// reads expects that reading still works and gives what was acknowledged last.
func reads(t *testing.T, s *server, x seat, want string) {
	t.Helper()
	status, body := s.ask(x, http.MethodGet, "/api/v1/assessments/"+x.assessment+"/answers/MR-01", "", nil)
	var a struct{ Explanation string }
	if err := json.Unmarshal([]byte(body), &a); status != http.StatusOK || err != nil || a.Explanation != want {
		t.Errorf("reading: %d, %v, %.60q instead of %.60q", status, err, a.Explanation, want)
	}
	for _, path := range []string{"/api/v1/assessments/" + x.assessment + "/results", "/", "/livez", "/readyz"} {
		if status, body := s.ask(x, http.MethodGet, path, "", nil); status != http.StatusOK {
			t.Errorf("%s: %d %.300s", path, status, body)
		}
	}
}

// sound expects a database without damage.
func sound(t *testing.T, database string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+database))(t)
	defer db.Close()
	var said string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		t.Errorf("integrity check: %q, %v", said, err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Acknowledged answers survive kill -9, however often and at whatever moment it comes.
func TestKillLosesNoAcknowledgedAnswer(t *testing.T) {
	const writers, kills = 32, 5
	database, seats := seeded(t, t.TempDir(), 8)
	type line struct {
		version int    // acknowledged last
		text    string // of that version
	}
	lines := make([]line, writers) // writer i alone changes MR-(1+i/8) of seat i%8
	indicator := func(i int) string { return fmt.Sprintf("MR-%02d", 1+i/len(seats)) }
	acknowledged, unknown, lost := 0, 0, 0
	for round := range kills {
		s := start(t, database, nil)
		for i := range lines { // what the last kill left
			status, body := s.ask(seats[i%len(seats)], http.MethodGet, "/api/v1/assessments/"+seats[i%len(seats)].assessment+"/answers/"+indicator(i), "", nil)
			var a struct {
				Version     int
				Explanation string
			}
			if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK {
				t.Fatalf("%d %s", status, body)
			}
			switch {
			case a.Version < lines[i].version, a.Version == lines[i].version && a.Explanation != lines[i].text, a.Version > lines[i].version+1:
				lost++
				t.Errorf("round %d, %s: version %d instead of %d", round, indicator(i), a.Version, lines[i].version)
			case a.Version > lines[i].version:
				unknown++ // was on disk, but the kill came before the acknowledgement
			}
			lines[i] = line{a.Version, a.Explanation}
		}
		var all sync.WaitGroup
		counts := make([]int, writers)
		for i := range writers {
			all.Go(func() {
				for {
					text := fmt.Sprintf("round %d, version %d, writer %d", round, lines[i].version+1, i)
					status, body := s.save(seats[i%len(seats)], indicator(i), lines[i].version, text)
					if status == 0 {
						return // the process is gone
					}
					var r reply
					if err := json.Unmarshal([]byte(body), &r); err != nil || status != http.StatusCreated || r.Saved == nil || !*r.Saved {
						t.Errorf("writer %d: %d %s", i, status, body)
						return
					}
					lines[i] = line{r.Version, text}
					counts[i]++
				}
			})
		}
		time.Sleep(700*time.Millisecond + time.Duration(round)*37*time.Millisecond)
		s.kill()
		all.Wait()
		client.CloseIdleConnections()
		for _, n := range counts {
			acknowledged += n
		}
	}
	s := start(t, database, nil)
	for i, x := range lines {
		_, body := s.ask(seats[i%len(seats)], http.MethodGet, "/api/v1/assessments/"+seats[i%len(seats)].assessment+"/answers/"+indicator(i), "", nil)
		if r := decoded(t, body); r.Version < x.version || r.Version > x.version+1 {
			lost++
			t.Errorf("at the end, %s: version %d instead of %d", indicator(i), r.Version, x.version)
		}
	}
	s.kill()
	sound(t, database)
	t.Logf("%d kills: %d answers acknowledged, %d on disk without acknowledgement, %d lost", kills, acknowledged, unknown, lost)
	if acknowledged < 500 || lost > 0 {
		t.Errorf("%d acknowledged, %d lost", acknowledged, lost)
	}
}

func TestTwoServersDoNotShareAFile(t *testing.T) {
	database, seats := seeded(t, t.TempDir(), 1)
	s := start(t, database, nil)
	speaks(t, refuses(t, command(database)), "Another migov is using")
	if status, body := s.save(seats[0], "MR-01", 0, "the first goes on"); status != http.StatusCreated {
		t.Errorf("%d %s", status, body)
	}
}

func TestADatabaseThatCannotBeTrustedIsRefused(t *testing.T) {
	for _, c := range []struct {
		says string
		harm func(t *testing.T, database string)
		want []string
	}{
		{"another kind of file", func(t *testing.T, name string) { write(t, name, strings.Repeat("this is no database ", 500)) }, []string{"is not a migov database"}},
		{"damaged pages", func(t *testing.T, name string) {
			f := must(os.OpenFile(name, os.O_RDWR, 0))(t)
			defer f.Close()
			must(f.WriteAt([]byte(strings.Repeat("damage", 20000)), 4096))(t)
		}, []string{"damaged", "Restore a backup"}},
		{"cut to half of its length", func(t *testing.T, name string) {
			info := must(os.Stat(name))(t)
			if err := os.Truncate(name, info.Size()/2/4096*4096); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged", "Restore a backup"}},
		{"a schema newer than the program", func(t *testing.T, name string) {
			db := must(sql.Open("sqlite3", "file:"+name))(t)
			defer db.Close()
			must(db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"))(t)
		}, []string{"9999", "newer than this program knows"}},
	} {
		t.Run(c.says, func(t *testing.T) {
			database, _ := seeded(t, t.TempDir(), 3)
			c.harm(t, database)
			before := must(os.ReadFile(database))(t)
			speaks(t, refuses(t, command(database)), c.want...)
			if after := must(os.ReadFile(database))(t); string(after) != string(before) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func TestADiskThatIsReadOnlyAtStartIsRefused(t *testing.T) {
	t.Run("the folder", func(t *testing.T) {
		folder := open(t)
		database, _ := seeded(t, folder, 1)
		for name, mode := range map[string]os.FileMode{database: 0o444, folder: 0o555} {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { os.Chmod(folder, 0o755) })
		speaks(t, refuses(t, asNobody(command(database))), "cannot be written", "no answer could be saved")
	})
	t.Run("the file alone", func(t *testing.T) {
		folder := open(t)
		database, _ := seeded(t, folder, 1)
		if err := os.Chmod(database, 0o444); err != nil {
			t.Fatal(err)
		}
		speaks(t, refuses(t, asNobody(command(database))), "cannot be written", "no answer could be saved")
	})
}
