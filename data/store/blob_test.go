package store_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/data/store"
	"migov/data/store/storetest"
)

func TestContentsThatNothingRefersToAreSwept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		e := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 300<<10)))
		storetest.Exec(t, s, "INSERT INTO blob (city_id, sha256, piece, data) SELECT city_id, 'orphan', piece, data FROM blob")
		storetest.Exec(t, s, "INSERT INTO blob (city_id, sha256, piece, data) SELECT '"+w.Quito.ID+"', sha256, piece, data FROM blob WHERE sha256 <> 'orphan'")
		if n, err := s.SweepBlobs(ctx); err != nil || n != 2 {
			t.Error(n, err)
		}
		if n, err := s.SweepBlobs(ctx); err != nil || n != 0 {
			t.Error(n, err)
		}
		if _, body, err := proofs(w).Content(ctx, w.Coordinator, e.ID, 1); err != nil {
			t.Error(err)
		} else if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, text(1, 300<<10)) {
			t.Error(len(got), err)
		}
	})
}

// uploadUntilKilled adds files one after the other and says which it has acknowledged.
func uploadUntilKilled() error {
	s, err := store.Open(ctx, os.Getenv("MIGOV_TEST_DATABASE"), store.Options{})
	if err != nil {
		return err
	}
	for {
		seed := rand.Uint64()
		content := text(seed, 2<<20+int(seed%1000))
		o := assessment.EvidenceOrder{City: os.Getenv("MIGOV_TEST_CITY"), Kind: assessment.EvidenceFile, Title: "file", Content: bytes.NewReader(content), At: time.Now(),
			File: evidence.File{Name: "file.txt", Media: "text/plain; charset=utf-8", Size: int64(len(content)), SHA256: hash(content)}}
		e, _, err := s.AddEvidence(ctx, account.Actor{Role: account.Operator}, o)
		if err != nil {
			return err
		}
		fmt.Println("added", e.ID, e.SHA256)
	}
}

func TestKillingTheProcessDuringAnUploadLeavesNoHalfFile(t *testing.T) {
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
			acknowledged := map[string]string{}
			for range kills(t) {
				uploadOnce(t, address, w.Accra.ID, acknowledged)
			}
			w.Store = storetest.OpenAt(t, address)
			p := proofs(w)
			_, pieces, err := p.Shelf(ctx, w.Coordinator, w.Mine.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range pieces {
				_, body, err := p.Content(ctx, w.Coordinator, x.ID, 1)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(body); err != nil || hash(got) != x.SHA256 {
					t.Errorf("a half file is listed: %d bytes, %v", len(got), err)
				}
				delete(acknowledged, x.ID)
			}
			if len(acknowledged) > 0 {
				t.Errorf("%d acknowledged files are lost", len(acknowledged))
			}
			if n, err := w.Store.SweepBlobs(ctx); err != nil || n != 0 {
				t.Errorf("%d contents without a file were left behind: %v", n, err)
			}
		})
	}
}

func uploadOnce(t *testing.T, address, city string, acknowledged map[string]string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childName+"=uploader", "MIGOV_TEST_DATABASE="+address, "MIGOV_TEST_CITY="+city)
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for lines := bufio.NewScanner(pipe); lines.Scan(); n++ {
		part := strings.Fields(lines.Text())
		if len(part) != 3 || part[0] != "added" {
			if n > 0 {
				break // a line cut short was not acknowledged to anybody
			}
			t.Fatal("the uploader said: ", lines.Text())
		}
		if n == 1 {
			time.AfterFunc(time.Duration(20+rand.IntN(150))*time.Millisecond, func() { child.Process.Kill() })
		}
		acknowledged[part[1]] = part[2]
	}
	child.Wait()
	t.Logf("%d acknowledged, then killed", n)
}
