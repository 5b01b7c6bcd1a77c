package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
	"migov/data/store"
)

// profileReads is how often a profile is read for one figure.
const profileReads = 500

// publication measures a public profile: read from memory, and gone once it is withdrawn.
func (b *bench) publication() (err error) {
	w, err := fill(filepath.Join(b.folder, "profile.db"), 1)
	if err != nil {
		return err
	}
	path, withdraw, err := published(w)
	if err != nil {
		return err
	}
	s, err := b.serve(w.database)
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	read := func(path string) (answer, time.Duration, error) {
		began := time.Now()
		a, err := c.ask(c.request("GET", path, "", "Accept: text/html\r\n", ""), true)
		return a, time.Since(began), err
	}
	for _, x := range []struct{ what, path string }{{"public profile", path}, {"its JSON", path + ".json"}} {
		var times []float64
		for i := range profileReads + 1 {
			a, took, err := read(x.path)
			if err != nil || a.status != 200 {
				return fmt.Errorf("%s: status %d, %v", x.path, a.status, err)
			}
			if i > 0 { // the first is rendered
				times = append(times, took.Seconds()*1000)
			}
		}
		b.atMost("profile", x.what+" from memory", median(times), "ms", 5)
	}
	if err := withdraw(); err != nil {
		return err
	}
	began := time.Now()
	for {
		a, _, err := read(path)
		if err != nil {
			return err
		}
		if a.status == 410 {
			break
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("a withdrawn profile still answers %d", a.status)
		}
	}
	// Whoever keeps a profile between here and the reader may do so for half a minute.
	b.atMost("profile", "withdrawn everywhere, with what caches may keep", time.Since(began).Seconds()+30, "s", 60)
	return nil
}

// published brings the complete assessment to its public profile, and returns its address and what takes it back.
func published(w world) (path string, withdraw func() error, err error) {
	ctx := context.Background()
	library, err := assessment.NewLibrary(w.in)
	if err != nil {
		return "", nil, err
	}
	open := func(do func(assessment.Publishing, account.Account) error) (err error) {
		s, err := store.Open(ctx, w.database, store.Options{})
		if err != nil {
			return err
		}
		defer s.Close()
		a, err := s.Assessment(ctx, account.Actor{Role: account.Operator}, w.done)
		if err != nil {
			return err
		}
		path = "/profiles/" + a.City.Code + "/" + a.Round.Code
		p := assessment.Publishing{Store: s, Besides: &assessment.Besides{Store: s}, Questionnaires: library, Now: time.Now}
		return do(p, account.Account{Role: account.Approver, City: a.City.ID})
	}
	err = open(func(p assessment.Publishing, by account.Account) error {
		if err := validated(ctx, w); err != nil {
			return err
		}
		scope := publish.Scope(publish.Parts)
		x, err := p.Preview(ctx, by.Actor(), w.done, scope)
		if err != nil {
			return err
		}
		return p.Publish(ctx, by, w.done, assessment.ConsentGiven{Scope: scope, Audience: publish.Public, Hash: x.Hash, Terms: publish.TermsVersion})
	})
	return path, func() error {
		return open(func(p assessment.Publishing, by account.Account) error { return p.Withdraw(ctx, by.Actor(), w.done) })
	}, err
}

// validated completes the review of the assessment that was handed in, past the steps that lead there.
func validated(ctx context.Context, w world) error {
	db, err := sql.Open("sqlite3", "file:"+w.database+"?_busy_timeout=5000")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "UPDATE assessment SET state = 'validated', beside = beside + 1 WHERE id = ?", w.done)
	return err
}
