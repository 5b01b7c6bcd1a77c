package store_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

const chunk = evidence.ChunkSize

// begun begins an upload of a content that is known by its SHA-256.
func begun(t *testing.T, w *storetest.World, who account.Actor, name string, content []byte) assessment.Upload {
	t.Helper()
	u, err := proofs(w).Begin(ctx, who, w.Mine.ID, name, int64(len(content)), hash(content))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// sent sends the chunks of a content from where the upload stands, at most so many.
func sent(t *testing.T, w *storetest.World, who account.Actor, u assessment.Upload, content []byte, most int) assessment.Upload {
	t.Helper()
	for ; most > 0 && u.Received < u.Size; most-- {
		var err error
		if u, err = proofs(w).Append(ctx, who, w.Mine.ID, u.ID, u.Received, content[u.Received:min(u.Received+chunk, u.Size)]); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

// offset is where a conflict says to go on; -1 for any other error.
func offset(err error) int64 {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Conflict {
		return -1
	}
	at, _ := f.Args["Offset"].(int64)
	return at
}

func TestAFileInChunksBecomesAPieceLikeAnyOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, who := proofs(w), w.Contributor
		for i, size := range []int{1, chunk, 2*chunk + 7} {
			content := text(uint64(i), size)
			u := begun(t, w, who, fmt.Sprintf("../file %d.txt", i), content)
			u = sent(t, w, who, u, content, 1)
			if again := begun(t, w, who, "file.txt", content); again.ID != u.ID || again.Received != min(int64(size), chunk) { // as after a tab was closed
				t.Fatalf("%+v", again)
			}
			if known, err := p.Began(ctx, who, w.Mine.ID, u.ID); err != nil || known.Received != u.Received {
				t.Fatal(known, err)
			}
			if u.Received < u.Size {
				if _, _, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID}); offset(err) != chunk {
					t.Fatal("what is not whole: ", err)
				}
			}
			u = sent(t, w, who, u, content, 100)
			e, same, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID, Indicator: "AA-01", Passage: "line 1"})
			if err != nil || same || e.Name != fmt.Sprintf("file %d.txt", i) || e.SHA256 != hash(content) || e.By.Account != who.Account {
				t.Fatal(e, same, err)
			}
			_, body, err := p.Content(ctx, who, e.ID, 1)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, content) {
				t.Error(len(got), err)
			}
			// The end once more, as when its reply was lost, and a chunk once more.
			once, same, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID, Indicator: "AA-01", Passage: "line 1"})
			if err != nil || !same || once.ID != e.ID {
				t.Error(once, same, err)
			}
			if _, err := p.Append(ctx, who, w.Mine.ID, u.ID, 0, content[:1]); offset(err) != u.Size {
				t.Error(err)
			}
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM upload_chunk"); n != 0 {
			t.Errorf("%d chunks are left", n)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM audit WHERE action = 'evidence.add'"); n != 3 {
			t.Errorf("the log has %d additions", n)
		}
		if wrong, err := s.Check(ctx); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
		// The same content once more is known, and kept once.
		content := text(2, 2*chunk+7)
		u := sent(t, w, w.Coordinator, begun(t, w, w.Coordinator, "other.txt", content), content, 100)
		if e, same, err := p.Add(ctx, w.Coordinator, w.Mine.ID, assessment.Proof{Upload: u.ID}); err != nil || !same || e.Title != "file 2" {
			t.Error(e, same, err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM blob"); n != 5 {
			t.Errorf("%d pieces", n)
		}
	})
}

func TestARevisionComesInChunks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, content := proofs(w), text(2, chunk+1)
		e := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 100)))
		other := added(t, w, w.Coordinator, fileOf("other.txt", text(3, 100)))
		u := sent(t, w, w.Coordinator, begun(t, w, w.Coordinator, "plan 2.txt", content), content, 9)
		for i := range 2 { // the second time after a reply that was lost
			now, same, err := p.Revise(ctx, w.Coordinator, e.ID, assessment.Proof{Upload: u.ID})
			if err != nil || same || now.Revision != 2 || now.Name != "plan 2.txt" || now.SHA256 != hash(content) {
				t.Error(i, now, same, err)
			}
		}
		_, _, err := p.Revise(ctx, w.Coordinator, other.ID, assessment.Proof{Upload: u.ID})
		isKind(t, "an upload that has become something else", err, fault.NotFound)
		u = sent(t, w, w.Coordinator, begun(t, w, w.Coordinator, "plan 3.txt", content), content, 9)
		if _, same, err := p.Revise(ctx, w.Coordinator, e.ID, assessment.Proof{Upload: u.ID}); err != nil || !same {
			t.Error(same, err)
		}
		link := added(t, w, w.Coordinator, assessment.Proof{Link: "https://city.example/1"})
		_, _, err = p.Revise(ctx, w.Coordinator, link.ID, assessment.Proof{Upload: u.ID})
		isKind(t, "a file in place of a link", err, fault.Invalid)
	})
}

func TestAnUploadIsReachedByItsOwnerOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, content := proofs(w), text(1, chunk+5)
		u := sent(t, w, w.Contributor, begun(t, w, w.Contributor, "plan.txt", content), content, 1)
		for name, err := range map[string]error{
			"seen by a colleague":               second(p.Began(ctx, w.Coordinator, w.Mine.ID, u.ID)),
			"gone on with by a colleague":       second(p.Append(ctx, w.Coordinator, w.Mine.ID, u.ID, chunk, content[chunk:])),
			"ended by a colleague":              third(p.Add(ctx, w.Coordinator, w.Mine.ID, assessment.Proof{Upload: u.ID})),
			"seen by another city":              second(p.Began(ctx, w.Foreign, w.Mine.ID, u.ID)),
			"seen by another city at its own":   second(p.Began(ctx, w.Foreign, w.Theirs.ID, u.ID)),
			"gone on with by another city":      second(p.Append(ctx, w.Foreign, w.Theirs.ID, u.ID, chunk, content[chunk:])),
			"ended by another city":             third(p.Add(ctx, w.Foreign, w.Theirs.ID, assessment.Proof{Upload: u.ID})),
			"sought by its owner at another":    second(p.Began(ctx, w.Contributor, w.Theirs.ID, u.ID)),
			"begun in another city":             second(p.Begin(ctx, w.Contributor, w.Theirs.ID, "plan.txt", 5, "key")),
			"one that does not exist":           second(p.Append(ctx, w.Contributor, w.Mine.ID, "nothing", 0, content[:chunk])),
			"an end of one that does not exist": third(p.Add(ctx, w.Contributor, w.Mine.ID, assessment.Proof{Upload: "nothing"})),
		} {
			isKind(t, name, err, fault.NotFound)
		}
		if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		isKind(t, "begun by an analyst", second(p.Begin(ctx, w.Analyst, w.Mine.ID, "plan.txt", 5, "key")), fault.Forbidden)
		// Two people with the same file have an upload each.
		if other := begun(t, w, w.Coordinator, "plan.txt", content); other.ID == u.ID || other.Received != 0 {
			t.Errorf("%+v", other)
		}
		for name, err := range map[string]error{
			"no key":         second(p.Begin(ctx, w.Contributor, w.Mine.ID, "plan.txt", 5, "")),
			"a vast key":     second(p.Begin(ctx, w.Contributor, w.Mine.ID, "plan.txt", 5, strings.Repeat("k", 201))),
			"a key with NUL": second(p.Begin(ctx, w.Contributor, w.Mine.ID, "plan.txt", 5, "k\x00")),
			"a program":      second(p.Begin(ctx, w.Contributor, w.Mine.ID, "plan.exe", 5, "key")),
			"10 MB and more": second(p.Begin(ctx, w.Contributor, w.Mine.ID, "plan.pdf", evidence.MaxFile+1, "key")),
			"half a chunk":   second(p.Append(ctx, w.Contributor, w.Mine.ID, u.ID, chunk, content[chunk:chunk+2])),
		} {
			isKind(t, name, err, fault.Invalid)
		}
	})
}

func TestTwoTabsSendTheSameFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, who, content := proofs(w), w.Contributor, text(1, 4*chunk+9)
		var all sync.WaitGroup
		ids := make([]string, 4)
		for i := range ids {
			u := begun(t, w, who, "plan.txt", content)
			all.Go(func() {
				var err error
				for err == nil && ids[i] == "" {
					at := u.Received
					if at < u.Size {
						_, err = p.Append(ctx, who, w.Mine.ID, u.ID, at, content[at:min(at+chunk, u.Size)])
						u.Received = min(at+chunk, u.Size)
					} else {
						var e assessment.Evidence
						e, _, err = p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID, Indicator: "AA-01"})
						ids[i] = e.ID
					}
					if offset(err) >= 0 { // also when what another has sent is not committed yet
						u.Received, err = offset(err), nil
					}
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Fatal(ids)
			}
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM blob"); n != 5 {
			t.Errorf("%d pieces", n)
		}
		if wrong, err := s.Check(ctx); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
	})
}

func TestTheChunksOfAFileReachDifferentMachines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		other, err := store.Open(ctx, storetest.AddressOf(t, s), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		who, content := w.Contributor, text(1, 4*chunk+9)
		at := func(i int64) assessment.Proofs {
			p := proofs(w)
			p.Store = []*store.Store{s, other}[i%2]
			return p
		}
		u, err := at(1).Begin(ctx, who, w.Mine.ID, "plan.txt", int64(len(content)), hash(content))
		for i := int64(0); err == nil && u.Received < u.Size; i++ {
			u, err = at(i).Append(ctx, who, w.Mine.ID, u.ID, u.Received, content[u.Received:min(u.Received+chunk, u.Size)])
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, same := range []bool{false, true} {
			if e, was, err := at(int64(i)).Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID}); err != nil || was != same || e.SHA256 != hash(content) {
				t.Error(e, was, err)
			}
		}
	})
}

func TestContentIsJudgedAtTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, who := proofs(w), w.Coordinator
		page := append([]byte("<!doctype html><script>x()</script>"), text(1, chunk)...)
		u := sent(t, w, who, begun(t, w, who, "page.pdf", page), page, 9)
		_, _, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID})
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || f.Fields[0].Key != "evidence.file_other" {
			t.Error(err)
		}
		_, err = p.Began(ctx, who, w.Mine.ID, u.ID)
		isKind(t, "what was refused", err, fault.NotFound)
		// A text that is too long does not cost the file.
		good := text(2, 10)
		u = sent(t, w, who, begun(t, w, who, "good.txt", good), good, 1)
		_, _, err = p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID, Title: strings.Repeat("long ", 100)})
		isKind(t, "a long title", err, fault.Invalid)
		if e, _, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID, Title: "Short"}); err != nil || e.Title != "Short" {
			t.Error(e, err)
		}
		// Chunks of two files under one key are no file.
		u, err = p.Begin(ctx, who, w.Mine.ID, "mixed.txt", chunk+4, hash(text(3, chunk+4)))
		if err != nil {
			t.Fatal(err)
		}
		u = sent(t, w, who, u, append(text(4, chunk), "tail"...), 9)
		_, _, err = p.Add(ctx, who, w.Mine.ID, assessment.Proof{Upload: u.ID})
		if f, ok := fault.As(err); !ok || f.Fields[0].Key != "evidence.file_changed" {
			t.Error(err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM upload_chunk"); n != 0 {
			t.Errorf("%d chunks are left", n)
		}
	})
}

func TestUnfinishedUploadsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p, who, content := proofs(w), w.Contributor, text(1, 3*chunk)
		now := storetest.Now
		p.Now = func() time.Time { return now }
		u := sent(t, w, who, begun(t, w, who, "plan.txt", content), content, 1)
		now = now.Add(23 * time.Hour)
		if _, err := p.Append(ctx, who, w.Mine.ID, u.ID, chunk, content[chunk:2*chunk]); err != nil {
			t.Fatal(err)
		}
		now = now.Add(23 * time.Hour)
		if _, err := p.Expire(ctx, now); err != nil {
			t.Fatal(err)
		}
		if still, err := p.Began(ctx, who, w.Mine.ID, u.ID); err != nil || still.Received != 2*chunk {
			t.Fatal(still, err)
		}
		now = now.Add(time.Hour)
		isKind(t, "one that has ended", second(p.Append(ctx, who, w.Mine.ID, u.ID, 2*chunk, content[2*chunk:])), fault.NotFound)
		fresh, err := p.Begin(ctx, who, w.Mine.ID, "plan.txt", u.Size, u.Key)
		if err != nil || fresh.ID == u.ID || fresh.Received != 0 {
			t.Fatal(fresh, err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM upload_chunk"); n != 0 {
			t.Errorf("%d chunks of the one that has ended are left", n)
		}
		now = now.Add(24 * time.Hour)
		if _, err := p.Expire(ctx, now); err != nil {
			t.Fatal(err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM upload"); n != 0 {
			t.Errorf("%d uploads are left", n)
		}
		// A person who is erased leaves none.
		u = sent(t, w, who, begun(t, w, who, "plan.txt", content), content, 2)
		if _, err := s.Erase(ctx, who.Account, assessment.Author{Role: account.Operator}, storetest.Now); err != nil {
			t.Fatal(err)
		}
		if n := counted(t, s, "SELECT (SELECT COUNT(*) FROM upload) + (SELECT COUNT(*) FROM upload_chunk)"); n != 0 {
			t.Errorf("%d rows of somebody who was erased", n)
		}
	})
}

func TestUploadsOnTheirWayCountTowardsTheLibrary(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		added(t, w, w.Coordinator, assessment.Proof{Link: "https://city.example/0"})
		storetest.Exec(t, s, fmt.Sprintf("UPDATE evidence_revision SET size = %d, sha256 = 'x'", evidence.MaxCity-2*chunk))
		begun(t, w, w.Coordinator, "one.txt", text(1, chunk))
		begun(t, w, w.Contributor, "two.txt", text(2, chunk))
		begun(t, w, w.Contributor, "two.txt", text(2, chunk)) // once more is the same
		_, err := p.Begin(ctx, w.Contributor, w.Mine.ID, "three.txt", 1, "third")
		if f, ok := fault.As(err); !ok || f.Key != "evidence.city_full" {
			t.Error(err)
		}
	})
}

func TestNobodySendsMoreThanSixtyFilesInAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		other, err := store.Open(ctx, storetest.AddressOf(t, s), store.Options{}) // another machine, or another process
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		now := storetest.Now
		at := func(s *store.Store) assessment.Proofs {
			return assessment.Proofs{Store: s, Questionnaires: w.Library, Now: func() time.Time { return now }}
		}
		who := w.Contributor
		file := fileOf("same.txt", []byte("The same text."))
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				if _, _, err := at([]*store.Store{s, other}[i%2]).Add(ctx, who, w.Mine.ID, file); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		now = now.Add(20 * time.Minute)
		p := at(other)
		for i := range 10 { // each once, however many chunks and tries there are
			content := text(uint64(i), chunk+1)
			for range 2 {
				if _, err := p.Begin(ctx, who, w.Mine.ID, "plan.txt", chunk+1, hash(content)); err != nil {
					t.Fatal(i, err)
				}
			}
		}
		for name, err := range map[string]error{
			"a file":    third(at(s).Add(ctx, who, w.Mine.ID, file)),
			"an upload": second(p.Begin(ctx, who, w.Mine.ID, "plan.txt", 5, "new")),
		} {
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.TooMany || f.Retry.Round(time.Second) != 40*time.Minute || f.Args["Minutes"] != 40 || f.Fields[0].Name != "file" {
				t.Errorf("%s: %v %+v", name, err, f)
			}
		}
		if _, err := p.Begin(ctx, who, w.Mine.ID, "plan.txt", chunk+1, hash(text(3, chunk+1))); err != nil {
			t.Error("one that was begun is not gone on with: ", err)
		}
		if _, _, err := p.Add(ctx, who, w.Mine.ID, assessment.Proof{Link: "https://city.example/"}); err != nil {
			t.Error("a link is counted: ", err)
		}
		if _, _, err := p.Add(ctx, w.Coordinator, w.Mine.ID, file); err != nil {
			t.Error("a colleague pays for it: ", err)
		}
		now = now.Add(40*time.Minute + time.Second)
		if _, _, err := p.Add(ctx, who, w.Mine.ID, file); err != nil {
			t.Error(err)
		}
	})
}
