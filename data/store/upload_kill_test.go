package store_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/data/store"
	"migov/data/store/storetest"
)

// vast is the largest file that is taken.
func vast() []byte { return text(11, evidence.MaxFile) }

// sendChunksUntilKilled goes on with the vast file and says after each chunk how far it has come.
func sendChunksUntilKilled() error {
	s, err := store.Open(ctx, os.Getenv("MIGOV_TEST_DATABASE"), store.Options{})
	if err != nil {
		return err
	}
	content, now := vast(), storetest.Now
	who := account.Actor{Account: os.Getenv("MIGOV_TEST_ACCOUNT"), Role: account.Contributor, City: os.Getenv("MIGOV_TEST_CITY")}
	since := now.Add(-assessment.UploadKept)
	u, err := s.BeginUpload(ctx, who, assessment.Upload{City: who.City, Account: who.Account, Key: hash(content), Name: "vast.txt", Size: int64(len(content)), Seen: now}, since)
	for err == nil && u.Received < u.Size {
		fmt.Println("at", u.Received)
		u, err = s.AppendUpload(ctx, who, u.City, u.ID, u.Received, content[u.Received:min(u.Received+chunk, u.Size)], since, now)
	}
	if err == nil {
		fmt.Println("at", u.Received)
		time.Sleep(time.Minute) // until it is killed
	}
	return err
}

func TestKillingTheProcessBetweenChunksLosesNoneThatWasAcknowledged(t *testing.T) {
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
			acknowledged := int64(0)
			for range 3 {
				began, last := sendSomeChunks(t, address, w.Contributor)
				if began < acknowledged {
					t.Fatalf("it goes on at %d, although %d had arrived", began, acknowledged)
				}
				acknowledged = last
			}
			w.Store = storetest.OpenAt(t, address)
			if n := counted(t, w.Store, "SELECT COUNT(*) FROM blob"); n != 0 {
				t.Errorf("%d pieces of a file that is not whole are kept", n)
			}
			content := vast()
			u := begun(t, w, w.Contributor, "vast.txt", content)
			if u.Received < acknowledged {
				t.Fatalf("it goes on at %d, although %d had arrived", u.Received, acknowledged)
			}
			u = sent(t, w, w.Contributor, u, content, 40)
			piece, _, err := proofs(w).Add(ctx, w.Contributor, w.Mine.ID, assessment.Proof{Upload: u.ID})
			if err != nil {
				t.Fatal(err)
			}
			_, body, err := proofs(w).Content(ctx, w.Contributor, piece.ID, 1)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, content) {
				t.Error(len(got), err)
			}
		})
	}
}

// sendSomeChunks starts a process that sends chunks, and kills it while it does. It returns where that began, and what it had
// acknowledged last.
func sendSomeChunks(t *testing.T, address string, who account.Actor) (began, last int64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childName+"=chunker", "MIGOV_TEST_DATABASE="+address, "MIGOV_TEST_CITY="+who.City, "MIGOV_TEST_ACCOUNT="+who.Account)
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	began = -1
	left := 2 + rand.IntN(10)
	for lines := bufio.NewScanner(pipe); lines.Scan(); left-- {
		at, ok := strings.CutPrefix(lines.Text(), "at ")
		n, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			if began < 0 {
				t.Fatal("the sender said: ", lines.Text())
			}
			break // a line cut short was not acknowledged to anybody
		}
		if began < 0 {
			began = n
		}
		last = n
		if left == 0 {
			child.Process.Kill()
		}
	}
	child.Process.Kill()
	child.Wait()
	return began, last
}
