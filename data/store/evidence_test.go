package store_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
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
			"judged by a stray analyst":    p.Judge(ctx, w.Stray, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, ""),
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

func TestRemovingEvidenceLowersTheStandingAndNotTheAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		if _, err := s.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "3"))); err != nil {
			t.Fatal(err)
		}
		standing := func(want evidence.Standing) {
			t.Helper()
			sheet, err := s.Sheet(ctx, w.Operator, w.Mine.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := beside(t, w).StandingOf(sheet.Answers["AA-01"], "AA-01", storetest.Now); got != want || sheet.Answers["AA-01"].Value != "3" {
				t.Errorf("%q, not %q; the answer is %q", got, want, sheet.Answers["AA-01"].Value)
			}
		}
		did := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		standing("claimed")
		e := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 10)))
		before, err := s.Assessment(ctx, w.Coordinator, w.Mine.ID)
		did(err)
		did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID, "page 2"))
		standing("evidenced")
		after, err := s.Assessment(ctx, w.Coordinator, w.Mine.ID)
		did(err)
		if after.Beside <= before.Beside || after.Changed != before.Changed {
			t.Errorf("beside %d then %d; changed %v then %v", before.Beside, after.Beside, before.Changed, after.Changed)
		}
		did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID, "page 4"))
		if c := beside(t, w).Citations; len(c) != 1 || c[0].Passage != "page 4" {
			t.Errorf("%+v", c)
		}
		did(p.Remove(ctx, w.Coordinator, e.ID, true))
		standing("claimed")
		if b := beside(t, w); len(b.Evidence) != 1 || b.Evidence[0].Removed.IsZero() {
			t.Errorf("a cited piece that was removed is not listed: %+v", b.Evidence)
		}
		did(p.Remove(ctx, w.Coordinator, e.ID, true)) // once more changes nothing
		did(p.Remove(ctx, w.Coordinator, e.ID, false))
		standing("evidenced")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan", Expires: "2026-11-23"}))
		standing("claimed")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan", Expires: "2026-11-24"}))
		standing("evidenced")
		did(p.Describe(ctx, w.Coordinator, e.ID, assessment.Proof{Title: "plan"}))
		isKind(t, "a verdict before handing in", p.Judge(ctx, w.Operator, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, ""), fault.Conflict)
		handIn := func() { t.Helper(); _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); did(err) }
		handIn()
		isKind(t, "a challenge without a reason", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, " "), fault.Invalid)
		isKind(t, "a verdict on a blank", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-02", assessment.VerdictVerified, 0, ""), fault.Invalid)
		isKind(t, "a verdict on another version", p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 2, ""), fault.Conflict)
		isKind(t, "a verdict of the city itself", p.Judge(ctx, w.Coordinator, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, ""), fault.Forbidden)
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, ""))
		standing("verified")
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "The plan is from another city."))
		standing("challenged")
		if n := counted(t, s, "SELECT COUNT(*) FROM notice WHERE kind = 'challenged' AND account_id = '"+w.Coordinator.Account+"'"); n != 1 {
			t.Errorf("the coordinator has %d notices of the challenge", n)
		}
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictWithdrawn, 1, ""))
		standing("evidenced")
		did(p.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, ""))
		_, err = w.Drafts.UndoHandIn(ctx, w.Analyst, w.Mine.ID)
		did(err)
		standing("verified")
		_, err = s.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Explain("AA-01", 1, "More to say.")))
		did(err)
		standing("evidenced")
		did(p.Uncite(ctx, w.Coordinator, w.Mine.ID, "AA-01", e.ID))
		standing("claimed")
		w.Sound(t)
	})
}

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

func TestPeopleAreToldOnceThatEvidenceEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		p := proofs(w)
		add := func(name, day, indicator string) {
			t.Helper()
			added(t, w, w.Contributor, assessment.Proof{Link: "https://city.example/" + name, Title: name, Expires: day, Indicator: indicator})
		}
		add("soon", "2026-12-10", "AA-01")
		add("late", "2027-12-10", "AA-01")
		add("over", "2026-11-20", "AA-02")
		add("uncited", "2026-11-20", "")
		add("endless", "", "AA-01")
		told := func(day int, want int) {
			t.Helper()
			for i, want := range []int{want, 0} {
				if n, err := p.Expire(ctx, time.Date(2026, 11, 24+day, 5, 0, 0, 0, time.UTC)); err != nil || n != want {
					t.Errorf("day %d, run %d: told of %d, not %d: %v", day, i, n, want, err)
				}
			}
		}
		told(0, 2)
		told(1, 0)
		told(16, 0) // the last day of "soon"
		told(17, 1) // it has ended
		for who, want := range map[string]int{w.Coordinator.Account: 3, w.Contributor.Account: 3, w.Foreign.Account: 0} {
			if n := counted(t, s, "SELECT COUNT(*) FROM notice WHERE kind = 'expiring' AND account_id = '"+who+"'"); n != want {
				t.Errorf("%d notices, not %d", n, want)
			}
		}
		_, pieces, err := p.Shelf(ctx, w.Coordinator, w.Mine.ID)
		if err != nil || pieces[4].Title != "uncited" || pieces[3].Title != "soon" {
			t.Fatal(pieces, err)
		}
		if err := p.Describe(ctx, w.Coordinator, pieces[3].ID, assessment.Proof{Title: "soon", Expires: "2027-01-01"}); err != nil {
			t.Fatal(err)
		}
		told(18, 1) // the new last day is near as well
	})
}

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
