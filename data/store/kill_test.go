package store_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

// writeUntilKilled saves from many goroutines and prints the id of each mutation once its save was acknowledged.
func writeUntilKilled() error {
	s, err := store.Open(ctx, os.Getenv("MIGOV_TEST_DATABASE"), store.Options{Exclusive: true})
	if err != nil {
		return err
	}
	in, problems := survey.Decode([]byte(os.Getenv("MIGOV_TEST_INSTRUMENT")))
	if in == nil {
		return fmt.Errorf("%v", problems)
	}
	library, err := assessment.NewLibrary(in)
	if err != nil {
		return err
	}
	var out sync.Mutex
	failed := make(chan error)
	for range 16 {
		go func() {
			for {
				m := storetest.Explain([]string{"AA-01", "AA-02", "BB-03", "CX-01"}[rand.IntN(4)], 1<<30, "text "+strconv.Itoa(rand.Int()))
				order := assessment.SaveOrder{Assessment: os.Getenv("MIGOV_TEST_ASSESSMENT"), Instrument: in, Scheme: library.Scheme(in), Mutations: []assessment.Mutation{m}, At: time.Now()}
				saved, err := s.Save(ctx, account.Actor{Role: account.Operator}, order)
				if err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Println("saved", m.ID, saved[0].Version)
				out.Unlock()
			}
		}()
	}
	return <-failed
}

// kills is how often the writer is killed: a few times in every run, more with MIGOV_TEST_KILLS=20.
func kills(t *testing.T) int {
	text := os.Getenv("MIGOV_TEST_KILLS")
	if text == "" {
		return 4
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal("MIGOV_TEST_KILLS is not a number: ", text)
	}
	return n
}

func TestKillingTheProcessLosesNoAcknowledgedAnswer(t *testing.T) {
	for _, e := range storetest.Engines {
		t.Run(string(e), func(t *testing.T) {
			address := storetest.Address(t, e)
			s, err := store.Open(ctx, address, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			w := storetest.Populate(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			acknowledged := map[string]int{}
			for range kills(t) {
				for id, version := range killOnce(t, address, w) {
					acknowledged[id] = version
				}
			}
			s = storetest.OpenAt(t, address)
			w.Store = s
			w.Sound(t)
			if wrong := must[[]string](t)(s.Check(ctx)); len(wrong) > 0 {
				t.Error(wrong)
			}
			for id, version := range revisions(t, s) {
				if want, known := acknowledged[id]; known && want != version {
					t.Errorf("mutation %s was acknowledged as version %d and is version %d", id, want, version)
				}
				delete(acknowledged, id)
			}
			if len(acknowledged) > 0 {
				t.Errorf("%d acknowledged answers are lost", len(acknowledged))
			}
		})
	}
}

// killOnce lets a writer work for a moment, kills it, and returns what it had acknowledged.
func killOnce(t *testing.T, address string, w *storetest.World) map[string]int {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childName+"=writer", "MIGOV_TEST_DATABASE="+address, "MIGOV_TEST_ASSESSMENT="+w.Mine.ID, "MIGOV_TEST_INSTRUMENT="+string(w.Instrument.Source))
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]int{}
	lines := bufio.NewReader(pipe)
	kill := sync.OnceFunc(func() { child.Process.Kill() })
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF { // a line cut short was not acknowledged to anybody
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		part := strings.Fields(line)
		if len(part) != 3 || part[0] != "saved" {
			t.Fatal("the writer said: ", line)
		}
		version, err := strconv.Atoi(part[2])
		if err != nil {
			t.Fatal(err)
		}
		if len(acknowledged) == 0 {
			time.AfterFunc(time.Duration(100+rand.IntN(300))*time.Millisecond, kill)
		}
		acknowledged[part[1]] = version
	}
	child.Wait()
	if len(acknowledged) == 0 {
		t.Error("nothing was saved before the kill")
	}
	t.Logf("%d acknowledged, then killed", len(acknowledged))
	return acknowledged
}

func revisions(t *testing.T, s *store.Store) map[string]int {
	t.Helper()
	rows, err := storetest.Raw(t, s).Query("SELECT mutation, version FROM revision WHERE subject = 'answer'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var version int
		if err := rows.Scan(&id, &version); err != nil {
			t.Fatal(err)
		}
		out[id] = version
	}
	return out
}
