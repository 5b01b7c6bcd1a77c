package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"

	"migov/assessment/fault"
)

func openHere(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "migov.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.queue.time = time.Minute // so that a slow machine does not part a group
	return s
}

func put(name string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO property (name, value) VALUES (?, '')", name).Error
	}
}

func properties(t *testing.T, s *Store) string {
	t.Helper()
	var names []string
	if err := s.read.Raw("SELECT name FROM property ORDER BY name").Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

// group holds the queue with a first job until the others wait, so that all share one commit, and returns their errors in order.
func group(t *testing.T, s *Store, works ...func(tx *gorm.DB) error) []error {
	t.Helper()
	held, entered := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		var once sync.Once // it runs again when a neighbour fails
		s.transact(context.Background(), func(*gorm.DB) error { once.Do(func() { close(entered) }); <-held; return nil })
	})
	<-entered
	errs := make([]error, len(works))
	for i, work := range works {
		all.Go(func() { errs[i] = s.transact(context.Background(), work) })
		for len(s.queue.jobs) != i+1 {
			time.Sleep(time.Millisecond)
		}
	}
	close(held)
	all.Wait()
	return errs
}

func TestAFailedOneDoesNotSinkItsNeighbours(t *testing.T) {
	s := openHere(t)
	sorry := errors.New("sorry")
	errs := group(t, s, put("a"),
		func(tx *gorm.DB) error { return errors.Join(put("b")(tx), sorry) },
		func(tx *gorm.DB) error { put("c")(tx); panic("at the worst moment") },
		func(tx *gorm.DB) error { return errors.Join(put("d")(tx), put("d")(tx)) },
		put("e"))
	if errs[0] != nil || errs[4] != nil || !errors.Is(errs[1], sorry) || errs[2] == nil || errs[3] == nil {
		t.Errorf("got %v", errs)
	}
	if got := properties(t, s); got != "a e" {
		t.Errorf("kept %q", got)
	}
}

func TestAFailedCommitIsToldToTheWholeGroup(t *testing.T) {
	s := openHere(t)
	errs := group(t, s, put("a"), func(tx *gorm.DB) error {
		// A row that points nowhere, found only at the commit.
		if err := tx.Exec("PRAGMA defer_foreign_keys = ON").Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO account_round (account_id, round_id) VALUES ('x', 'y')").Error
	}, put("c"))
	for i, err := range errs {
		if err == nil {
			t.Errorf("job %d was told that it is on disk", i)
		}
	}
	if got := properties(t, s); got != "" {
		t.Errorf("kept %q", got)
	}
	if err := s.transact(context.Background(), put("after")); err != nil {
		t.Errorf("the queue did not recover: %v", err)
	}
}

// endsByItself is what SQLite does when the disk fails in the middle: the whole transaction is gone.
func endsByItself(tx *gorm.DB) error {
	tx.Exec("ROLLBACK")
	return errors.New("disk failed")
}

func TestATransactionThatEndsByItself(t *testing.T) {
	for _, c := range []struct {
		says  string
		works []func(tx *gorm.DB) error
		well  []bool
		kept  string
	}{
		{"those before and after it are saved in another", []func(tx *gorm.DB) error{put("a"), endsByItself, put("c")}, []bool{true, false, true}, "a c"},
		{"the second time, when nothing can be taken back by parts, it is told to the whole group",
			[]func(tx *gorm.DB) error{put("a"), func(*gorm.DB) error { return errors.New("sorry") }, put("c"), endsByItself}, []bool{false, false, false, false}, ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			s := openHere(t)
			for i, err := range group(t, s, c.works...) {
				if (err == nil) != c.well[i] {
					t.Errorf("job %d: got %v", i, err)
				}
			}
			if got := properties(t, s); got != c.kept {
				t.Errorf("kept %q, wanted %q", got, c.kept)
			}
			if err := s.transact(context.Background(), put("z")); err != nil {
				t.Errorf("the queue did not recover: %v", err)
			}
		})
	}
}

func TestAFailureRunsItsNeighboursAgainAtMostOnce(t *testing.T) {
	s := openHere(t)
	runs := make([]int, 6)
	var works []func(tx *gorm.DB) error
	for i := range runs {
		works = append(works, func(tx *gorm.DB) error {
			runs[i]++
			if err := put(string(rune('a' + i)))(tx); err != nil || i%2 == 0 {
				return err
			}
			return errors.New("sorry")
		})
	}
	for i, err := range group(t, s, works...) {
		if (err == nil) != (i%2 == 0) {
			t.Errorf("job %d: got %v", i, err)
		}
	}
	if got := properties(t, s); got != "a c e" {
		t.Errorf("kept %q", got)
	}
	if want := []int{2, 1, 1, 1, 1, 1}; !slices.Equal(runs, want) {
		t.Errorf("they ran %v times, wanted %v", runs, want)
	}
}

func TestADamageIsToldToThoseBeforeIt(t *testing.T) {
	s := openHere(t)
	damaged := sqlite3.Error{Code: sqlite3.ErrCorrupt}
	for i, err := range group(t, s, put("a"), func(*gorm.DB) error { return damaged }) {
		if err == nil {
			t.Errorf("job %d was told that it is on disk", i)
		}
	}
	if got := properties(t, s); got != "" {
		t.Errorf("kept %q", got)
	}
}

func TestAFailedBeginIsRecoveredFrom(t *testing.T) {
	s := openHere(t)
	other, err := s.openSQLite(context.Background(), s.dsn()+"&_txlock=immediate", 1)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := other.DB()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := s.write.Exec("PRAGMA busy_timeout = 20").Error; err != nil {
		t.Fatal(err)
	}
	tx := other.Begin()
	if err := s.transact(context.Background(), put("a")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while another process writes: %v", err)
	}
	tx.Rollback()
	if err := s.transact(context.Background(), put("b")); err != nil {
		t.Error(err)
	}
	if got := properties(t, s); got != "b" {
		t.Errorf("kept %q", got)
	}
}

func TestAnEndedContextIsNotWritten(t *testing.T) {
	s := openHere(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.transact(ctx, put("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err := s.transact(ctx, func(tx *gorm.DB) error { cancel(); return put("b")(tx) })
	if err != nil {
		t.Errorf("work that had begun was not finished: %v", err)
	}
	if got := properties(t, s); got != "b" {
		t.Errorf("kept %q", got)
	}
}

func TestClosingFinishesWhatWaits(t *testing.T) {
	s := openHere(t)
	held, entered := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		s.transact(context.Background(), func(*gorm.DB) error { close(entered); <-held; return nil })
	})
	<-entered
	var waiting error
	all.Go(func() { waiting = s.transact(context.Background(), put("a")) })
	for len(s.queue.jobs) != 1 {
		time.Sleep(time.Millisecond)
	}
	path := s.path
	all.Go(func() { s.queue.close() })
	close(held)
	all.Wait()
	if waiting != nil {
		t.Error(waiting)
	}
	if err := s.transact(context.Background(), put("b")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after closing: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	again, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := properties(t, again); got != "a" {
		t.Errorf("kept %q", got)
	}
}

func TestALateCallerIsNeverLeftWaiting(t *testing.T) {
	s := openHere(t)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for s.transact(context.Background(), func(*gorm.DB) error { return nil }) == nil {
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	s.queue.close()
	all.Wait()
}
