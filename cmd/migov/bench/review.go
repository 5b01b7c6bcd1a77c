package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store"
)

const (
	inReview    = 25 // cities
	reviewReads = 20 // how often their list is read for one figure
)

// review measures the list of the assessments in review, of which others have judged every third answer.
func (b *bench) review() (err error) {
	w, err := fill(filepath.Join(b.folder, "review.db"), inReview)
	if err != nil {
		return err
	}
	if err := judged(w); err != nil {
		return err
	}
	s, err := b.serve(w.database)
	if err != nil {
		return err
	}
	defer s.stop()
	cookie, err := s.signIn("analyst@example.org")
	if err != nil {
		return err
	}
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	read := func(path string) (text string, ms float64, err error) {
		began := time.Now()
		a, err := c.ask(c.request("GET", path, cookie, "Accept: text/html\r\n", ""), true)
		if err != nil {
			return "", 0, err
		}
		ms = time.Since(began).Seconds() * 1000
		if a.status != 200 {
			return "", 0, fmt.Errorf("%s: status %d", path, a.status)
		}
		text, err = a.text()
		return text, ms, err
	}
	for _, x := range []struct{ what, path, each string }{
		{fmt.Sprintf("review queue, %d cities of 90 answers", inReview), "/review", `href="/assessments/`},
		{"review queue of one city, 90 answers", "/assessments/" + w.done + "/review?show=first", `href="/assessments/` + w.done + "/review/"},
	} {
		var times []float64
		for range reviewReads {
			text, took, err := read(x.path)
			if err != nil {
				return err
			}
			if n := strings.Count(text, x.each); n < inReview {
				return fmt.Errorf("%s has %d links", x.path, n)
			}
			times = append(times, took)
		}
		b.atMost("review", x.what, median(times), "ms", 200)
	}
	return nil
}

// judged lets an analyst verify every third answer of what was handed in.
func judged(w world) error {
	ctx := context.Background()
	s, err := store.Open(ctx, w.database, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	library, err := assessment.NewLibrary(w.in)
	if err != nil {
		return err
	}
	analyst, err := s.AccountByEmail(ctx, "analyst@example.org")
	if err != nil {
		return err
	}
	all, err := s.Assessments(ctx, account.Actor{Role: account.Operator}, "complete")
	if err != nil {
		return err
	}
	proofs := assessment.Proofs{Store: s, Questionnaires: library, Now: time.Now}
	for _, a := range all {
		for i, id := range levels(w.in) {
			if i%3 > 0 {
				continue
			}
			if err := proofs.Judge(ctx, analyst.Actor(), a.ID, id, assessment.VerdictVerified, 1, "", ""); err != nil {
				return fmt.Errorf("judging: %w", err)
			}
		}
	}
	return nil
}
