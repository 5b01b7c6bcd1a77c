package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

// text is a file of so many bytes that no other seed gives.
func text(seed uint64, size int) []byte {
	b := make([]byte, size)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = 'a' + byte(r.UintN(26))
	}
	return b
}

func proofs(w *storetest.World) assessment.Proofs {
	return assessment.Proofs{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
}

func fileOf(name string, content []byte) assessment.Proof {
	return assessment.Proof{Name: name, Content: bytes.NewReader(content), Size: int64(len(content))}
}

func added(t *testing.T, w *storetest.World, who account.Actor, given assessment.Proof) assessment.Evidence {
	t.Helper()
	e, same, err := proofs(w).Add(ctx, who, w.Mine.ID, given)
	if err != nil || same {
		t.Fatal(e, same, err)
	}
	return e
}

func beside(t *testing.T, w *storetest.World) assessment.Beside {
	t.Helper()
	b, err := w.Store.Beside(ctx, w.Operator, w.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func isKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: %v, not %s", what, err, kind)
	}
}

func TestAPieceOfEvidenceComesBackByteForByte(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		for i, size := range []int{1, 256 << 10, 256<<10 + 1, 3 << 20, evidence.MaxFile} {
			content := text(uint64(i), size)
			e := added(t, w, w.Contributor, fileOf(fmt.Sprintf("file %d.txt", i), content))
			r, body, err := p.Content(ctx, w.Coordinator, e.ID, 1)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			if err != nil || !bytes.Equal(got, content) || r.Size != int64(size) || r.Media != "text/plain; charset=utf-8" {
				t.Errorf("%d bytes: %d came back, %+v, %v", size, len(got), r, err)
			}
		}
		if list := beside(t, w).Evidence; len(list) != 5 || list[0].Title != "file 0" || list[0].By.Account != w.Contributor.Account {
			t.Errorf("%+v", list)
		}
		if wrong, err := s.Check(ctx); err != nil || len(wrong) > 0 {
			t.Errorf("the full check says %v, %v", wrong, err)
		}
		storetest.Exec(t, s, "DELETE FROM blob WHERE piece = 3 AND sha256 = '"+hash(text(3, 3<<20))+"'")
		if wrong, err := s.Check(ctx); err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], hash(text(3, 3<<20))) {
			t.Errorf("the full check says %v, %v", wrong, err)
		}
		_, pieces, err := p.Shelf(ctx, w.Coordinator, w.Mine.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = p.Content(ctx, w.Coordinator, pieces[3].ID, 1)
		isKind(t, "a content with a hole", err, fault.Unavailable)
	})
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestTheSameContentIsKeptOnceAndCited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		first := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 300<<10)))
		again := fileOf("another name.txt", text(1, 300<<10))
		again.Indicator, again.Passage = "AA-01", "page 3"
		e, same, err := p.Add(ctx, w.Contributor, w.Mine.ID, again)
		if err != nil || !same || e.ID != first.ID || e.Title != "plan" {
			t.Fatal(e, same, err)
		}
		again.Passage = "" // once more, without a passage: what was said of the passage stays
		if _, same, err = p.Add(ctx, w.Contributor, w.Mine.ID, again); err != nil || !same {
			t.Fatal(same, err)
		}
		b := beside(t, w)
		if len(b.Evidence) != 1 || len(b.Citations) != 1 || b.Citations[0].Passage != "page 3" {
			t.Errorf("%+v", b)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM blob"); n != 2 {
			t.Errorf("300 KB stand in %d rows", n)
		}
		// A removed one comes back instead of being kept again.
		if err := p.Remove(ctx, w.Coordinator, first.ID, true); err != nil {
			t.Fatal(err)
		}
		if e, same, err = p.Add(ctx, w.Coordinator, w.Mine.ID, fileOf("x.txt", text(1, 300<<10))); err != nil || !same || !e.Removed.IsZero() {
			t.Error(e, same, err)
		}
		// Another city keeps its own.
		if _, same, err = p.Add(ctx, w.Foreign, w.Theirs.ID, fileOf("x.txt", text(1, 300<<10))); err != nil || same {
			t.Error(same, err)
		}
		link := assessment.Proof{Link: "https://city.example/plan", Title: "The plan"}
		one := added(t, w, w.Coordinator, link)
		if e, same, err = p.Add(ctx, w.Coordinator, w.Mine.ID, link); err != nil || !same || e.ID != one.ID || e.URL != link.Link {
			t.Error(e, same, err)
		}
	})
}

func counted(t *testing.T, s *store.Store, ask string) (n int) {
	t.Helper()
	if err := storetest.Raw(t, s).QueryRow(ask).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheSameFileSentTwiceAtOnceIsOnePiece(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		var all sync.WaitGroup
		ids := make([]string, 6)
		for i := range ids {
			all.Go(func() {
				e, _, err := proofs(w).Add(ctx, w.Coordinator, w.Mine.ID, fileOf("plan.txt", text(7, 600<<10)))
				if err != nil {
					t.Error(err)
				}
				ids[i] = e.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatal(ids)
			}
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM blob"); n != 3 {
			t.Error(n)
		}
	})
}

func TestARevisionKeepsTheEarlierOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		e := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 1000)))
		now, same, err := p.Revise(ctx, w.Contributor, e.ID, fileOf("plan 2.txt", text(2, 2000)))
		if err != nil || same || now.Revision != 2 || now.ID != e.ID || now.Title != "plan" || now.Name != "plan 2.txt" {
			t.Fatal(now, same, err)
		}
		if now, same, err = p.Revise(ctx, w.Contributor, e.ID, fileOf("plan 3.txt", text(2, 2000))); err != nil || !same || now.Revision != 2 {
			t.Error(now, same, err)
		}
		piece, err := p.Piece(ctx, w.Coordinator, e.ID)
		if err != nil || len(piece.Revisions) != 2 || piece.Revisions[0].Revision != 2 || piece.Revisions[1].Name != "plan.txt" {
			t.Errorf("%+v %v", piece, err)
		}
		for revision, want := range map[int][]byte{1: text(1, 1000), 2: text(2, 2000)} {
			_, body, err := p.Content(ctx, w.Contributor, e.ID, revision)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, want) {
				t.Error(revision, err)
			}
		}
		_, _, err = p.Content(ctx, w.Contributor, e.ID, 3)
		isKind(t, "a revision that is not there", err, fault.NotFound)
		_, _, err = p.Revise(ctx, w.Coordinator, e.ID, assessment.Proof{Link: "https://city.example"})
		isKind(t, "a link in place of a file", err, fault.Invalid)
		link := added(t, w, w.Coordinator, assessment.Proof{Link: "https://city.example/1"})
		if link.Title != "city.example" {
			t.Error(link.Title)
		}
		if now, same, err = p.Revise(ctx, w.Coordinator, link.ID, assessment.Proof{Link: "https://city.example/2"}); err != nil || same || now.URL != "https://city.example/2" {
			t.Error(now, same, err)
		}
	})
}

func TestEvidenceStandsWithinReachOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		cited := fileOf("cited.txt", text(1, 10))
		cited.Indicator = "AA-01"
		seen := added(t, w, w.Coordinator, cited)
		hidden := added(t, w, w.Coordinator, fileOf("hidden.txt", text(2, 10)))
		for name, err := range map[string]error{
			"read by another city":         second(p.Piece(ctx, w.Foreign, seen.ID)),
			"read by an analyst too early": second(p.Piece(ctx, w.Analyst, seen.ID)),
			"content for another city":     third(p.Content(ctx, w.Foreign, seen.ID, 1)),
			"revised by another city":      third(p.Revise(ctx, w.Foreign, seen.ID, fileOf("x.txt", text(3, 10)))),
			"described by another city":    p.Describe(ctx, w.Foreign, seen.ID, assessment.Proof{Title: "x"}),
			"removed by another city":      p.Remove(ctx, w.Foreign, seen.ID, true),
			"cited by another city":        p.Cite(ctx, w.Foreign, w.Theirs.ID, "AA-01", seen.ID, ""),
			"cited in another city":        p.Cite(ctx, w.Coordinator, w.Theirs.ID, "AA-01", seen.ID, ""),
			"uncited in another city":      p.Uncite(ctx, w.Foreign, w.Mine.ID, "AA-01", seen.ID),
			"added to another city":        third(p.Add(ctx, w.Foreign, w.Mine.ID, fileOf("x.txt", text(3, 10)))),
			"listed by another city":       third(p.Shelf(ctx, w.Foreign, w.Mine.ID)),
			"judged by a stray analyst":    p.Judge(ctx, w.Stray, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""),
		} {
			isKind(t, name, err, fault.NotFound)
		}
		isKind(t, "an administrator", second(p.Piece(ctx, w.Admin, seen.ID)), fault.Forbidden)
		if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		piece, err := p.Piece(ctx, w.Analyst, seen.ID)
		if err != nil || len(piece.Uses) != 1 || piece.By.Name != "" || piece.Revisions[0].By.Name != "" {
			t.Errorf("%+v %v", piece, err)
		}
		isKind(t, "what is not cited", second(p.Piece(ctx, w.Analyst, hidden.ID)), fault.NotFound)
		isKind(t, "an analyst of no round", second(p.Piece(ctx, w.Stray, seen.ID)), fault.NotFound)
		if _, _, err := p.Content(ctx, w.Analyst, seen.ID, 1); err != nil {
			t.Error(err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM audit WHERE action = 'evidence.view' AND role = 'analyst' AND subject = '"+seen.ID+"'"); n != 1 {
			t.Errorf("%d lines tell of the analyst's reading", n)
		}
		if _, _, err := p.Revise(ctx, w.Coordinator, seen.ID, fileOf("y.txt", text(4, 10))); err != nil {
			t.Error(err)
		}
		isKind(t, "the earlier revision for an analyst", third(p.Content(ctx, w.Analyst, seen.ID, 1)), fault.NotFound)
		a, err := w.Store.Assessment(ctx, w.Analyst, w.Mine.ID)
		if err != nil {
			t.Fatal(err)
		}
		b, err := (&assessment.Besides{Store: s}).Of(ctx, w.Analyst, a)
		if err != nil || len(b.Evidence) != 1 || b.Evidence[0].ID != seen.ID || b.Evidence[0].By.Name != "" || b.Citations[0].By.Name != "" {
			t.Errorf("%+v %v", b.Evidence, err)
		}
		isKind(t, "citing after handing in", p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-02", seen.ID, ""), fault.Closed)
		isKind(t, "taking a citation back after handing in", p.Uncite(ctx, w.Coordinator, w.Mine.ID, "AA-01", seen.ID), fault.Closed)
		if err := p.Remove(ctx, w.Coordinator, seen.ID, true); err != nil {
			t.Fatal(err)
		}
		isKind(t, "what was removed, for an analyst", second(p.Piece(ctx, w.Analyst, seen.ID)), fault.NotFound)
	})
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

func TestTheLimitsOfTheLibraryHold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		for i := range evidence.MaxCited + 1 {
			given := assessment.Proof{Link: fmt.Sprintf("https://city.example/%d", i), Indicator: "AA-01"}
			_, _, err := p.Add(ctx, w.Coordinator, w.Mine.ID, given)
			if i < evidence.MaxCited != (err == nil) {
				t.Fatal(i, err)
			}
			if err != nil {
				isKind(t, "one too many", err, fault.Invalid)
			}
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM evidence"); n != evidence.MaxCited {
			t.Errorf("%d pieces: the refused one was kept", n)
		}
		storetest.Exec(t, s, fmt.Sprintf("UPDATE evidence_revision SET size = %d, sha256 = 'x' WHERE url = 'https://city.example/0'", evidence.MaxCity-20))
		_, _, err := p.Add(ctx, w.Coordinator, w.Mine.ID, fileOf("more.txt", text(1, 21)))
		isKind(t, "more than a city may keep", err, fault.Invalid)
		if _, _, err := p.Add(ctx, w.Coordinator, w.Mine.ID, fileOf("few.txt", text(1, 16))); err != nil {
			t.Error(err)
		}
		f := fileOf("changed.txt", []byte("1234"))
		order := assessment.EvidenceOrder{City: w.Accra.ID, Kind: assessment.EvidenceFile, Title: "x", Content: f.Content, File: evidence.File{Name: "x.txt", Size: 4, SHA256: hash([]byte("4321"))}, At: storetest.Now}
		_, _, err = s.AddEvidence(ctx, w.Operator, order)
		isKind(t, "a content that is not what was inspected", err, fault.Invalid)
		order.Content, order.File.SHA256 = broken{}, hash([]byte("1234"))
		if _, _, err = s.AddEvidence(ctx, w.Operator, order); !errors.Is(err, errBroken) {
			t.Error(err)
		}
		if n := counted(t, s, "SELECT COUNT(*) FROM blob"); n != 1 {
			t.Errorf("%d rows of content: something of a refused file stayed", n)
		}
	})
}

var errBroken = errors.New("the file cannot be read")

// broken is a file of which only the beginning can be read.
type broken struct{}

func (broken) ReadAt(p []byte, at int64) (int, error) {
	if at == 0 {
		return copy(p, "12"), errBroken
	}
	return 0, errBroken
}
