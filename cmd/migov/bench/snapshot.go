package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store"
)

// handIns is how often a complete assessment is handed in for one figure.
const handIns = 100

// snapshots measures handing in a complete assessment: one transaction with its snapshot, on disk when it returns.
func (b *bench) snapshots() (err error) {
	w, err := fill(filepath.Join(b.folder, "snapshot.db"), 1)
	if err != nil {
		return err
	}
	s, err := store.Open(context.Background(), w.database, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	library, err := assessment.NewLibrary(w.in)
	if err != nil {
		return err
	}
	who := account.Actor{Role: account.Operator}
	drafts := assessment.Drafts{Store: s, Questionnaires: library, Now: time.Now}
	kept := assessment.Snapshots{Store: s, Besides: &assessment.Besides{Store: s}, Now: time.Now}
	var times []float64
	for range handIns {
		if _, err := drafts.Reopen(context.Background(), who, w.done, "Measured."); err != nil {
			return fmt.Errorf("reopening: %w", err)
		}
		began := time.Now()
		if _, err := drafts.HandIn(context.Background(), who, w.done); err != nil {
			return fmt.Errorf("handing in: %w", err)
		}
		times = append(times, time.Since(began).Seconds()*1000)
	}
	b.atMost("snapshot", "handing in with its snapshot, 90 answers", median(times), "ms", 50)
	head, content, err := kept.Document(context.Background(), who, w.done, 0)
	if err != nil {
		return err
	}
	if head.Revision < handIns {
		return fmt.Errorf("%d revisions were kept of %d", head.Revision, handIns)
	}
	b.note("snapshot", "document of a snapshot", float64(len(content))/1000, "kB")
	return nil
}
