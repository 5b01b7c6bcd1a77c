package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
)

// hostile is how many sign-ins a flood has, and floods how many of them are sent at the same time.
const (
	hostile = 1000
	floods  = 32
)

// signIns measures what a flood of hostile sign-ins, each from another made-up origin, does to other people's pages; and whether the time
// of a refusal, or of an invitation, tells known addresses from unknown ones.
func (b *bench) signIns() error {
	w, err := fill(filepath.Join(b.folder, "signin.db"), 1)
	if err != nil {
		return err
	}
	if err := peopleElsewhere(w.database); err != nil {
		return err
	}
	for _, part := range []func(*served, world) error{b.flood, b.telling, b.inviting} {
		s, err := b.serve(w.database)
		if err != nil {
			return err
		}
		err = part(s, w)
		s.stop()
		if err == nil {
			err = forgive(w.database)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgive lets this machine sign in again after a flood.
func forgive(database string) error {
	s, err := store.Open(context.Background(), database, store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.ClearFailures(context.Background(), "origin:"+account.HashSecret("127.0.0.1")), s.Close())
}

// attempt sends one sign-in and returns status and time.
func attempt(c *wire, email, password, origin string) (int, time.Duration, error) {
	form := url.Values{"email": {email}, "password": {password}, "origin": {origin}}.Encode()
	began := time.Now()
	a, err := c.ask(c.request("POST", "/sign-in", "", "Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: "+origin+"\r\n", form), false)
	return a.status, time.Since(began), err
}

// telling compares refusals of known and unknown addresses, in turn, as many as an origin may have.
func (b *bench) telling(s *served, _ world) error {
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	var known, unknown []float64
	for i := range 28 {
		for _, x := range []struct {
			email string
			times *[]float64
		}{{fmt.Sprintf("city-%04d@example.org", i), &known}, {fmt.Sprintf("none-%04d@example.org", i), &unknown}} {
			status, took, err := attempt(c, x.email, "not the password", "192.0.2.1")
			if err != nil || status != 422 {
				return fmt.Errorf("a wrong password: status %d, %v", status, err)
			}
			*x.times = append(*x.times, took.Seconds()*1000)
		}
	}
	k, u := median(known), median(unknown)
	b.note("sign-in", "refusal of a known address", k, "ms")
	b.atMost("sign-in", "an unknown one differs by", 100*max(k-u, u-k)/((k+u)/2), "%", 10)
	return nil
}

// invitations is how many of each kind are sent (trust.md S10).
const invitations = 200

// peopleElsewhere makes as many accounts that no coordinator sees.
func peopleElsewhere(database string) error {
	s, err := store.Open(context.Background(), database, store.Options{})
	if err != nil {
		return err
	}
	for i := range invitations {
		a := account.Account{Email: fmt.Sprintf("elsewhere-%04d@example.org", i), Name: "Bench", Role: account.Analyst, Language: survey.English, Password: "none", Created: time.Now()}
		if _, err := s.AddAccount(context.Background(), a, assessment.Author{Role: account.Operator}); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// inviting compares invitations of addresses that have accounts elsewhere with those of unknown ones, in turn. The list of people
// grows under both alike.
func (b *bench) inviting(s *served, _ world) error {
	cookie, err := s.signIn("city-0000@example.org")
	if err != nil {
		return err
	}
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	var known, unknown time.Duration
	for i := range invitations {
		for _, x := range []struct {
			email string
			took  *time.Duration
		}{{fmt.Sprintf("elsewhere-%04d@example.org", i), &known}, {fmt.Sprintf("none-%04d@example.org", i), &unknown}} {
			form := url.Values{"name": {"Guest"}, "email": {x.email}, "role": {"contributor"}, "language": {"en"}}.Encode()
			request := c.request("POST", "/people", cookie, "Content-Type: application/x-www-form-urlencoded\r\n", form)
			began := time.Now()
			a, err := c.ask(request, false)
			if err != nil || a.status != 200 {
				return fmt.Errorf("an invitation: status %d, %v", a.status, err)
			}
			*x.took += time.Since(began)
		}
	}
	k, u := known.Seconds()*1000/invitations, unknown.Seconds()*1000/invitations
	b.note("sign-in", "invitation of an address with an account elsewhere", k, "ms")
	b.atMost("sign-in", "of an unknown one differs by", 100*max(k-u, u-k)/((k+u)/2), "%", 10)
	return nil
}

// flood sends hostile sign-ins while somebody reads pages.
func (b *bench) flood(s *served, w world) error {
	cookie, err := s.signIn("city-0000@example.org")
	if err != nil {
		return err
	}
	var statuses sync.Map
	var sent atomic.Int64
	var wrong atomic.Value
	var all sync.WaitGroup
	for range floods {
		all.Go(func() {
			c, err := dial(s.address)
			if err != nil {
				wrong.Store(err)
				return
			}
			defer c.conn.Close()
			for n := sent.Add(1); n <= hostile; n = sent.Add(1) {
				status, _, err := attempt(c, fmt.Sprintf("victim-%d@example.org", n), "guess", fmt.Sprintf("198.51.%d.%d", n/250, n%250))
				if err != nil {
					wrong.Store(err)
					return
				}
				count, _ := statuses.LoadOrStore(status, new(atomic.Int64))
				count.(*atomic.Int64).Add(1)
			}
		})
	}
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	page := c.request("GET", "/assessments/"+w.ids[0]+"/"+w.in.Dimensions[0].Subcategories[0].ID, cookie, "Accept: text/html\r\n", "")
	var times []float64
	for began := time.Now(); sent.Load() < hostile || time.Since(began) < time.Second; {
		at := time.Now()
		a, err := c.ask(page, false)
		if err != nil || a.status != 200 {
			return fmt.Errorf("a page during the flood: status %d, %v", a.status, err)
		}
		times = append(times, time.Since(at).Seconds()*1000)
		time.Sleep(5 * time.Millisecond)
	}
	all.Wait()
	if err, ok := wrong.Load().(error); ok {
		return err
	}
	slices.Sort(times)
	b.note("sign-in", "pages read meanwhile", float64(len(times)), "")
	b.atMost("sign-in", "other pages during 1,000 hostile ones, p95", times[len(times)*95/100], "ms", 300)
	b.atMost("sign-in", "the slowest of them", times[len(times)-1], "ms", 300)
	looked := 0.0
	if count, ok := statuses.Load(422); ok {
		looked = float64(count.(*atomic.Int64).Load())
	}
	b.atMost("sign-in", "hostile ones that cost a hash", looked, "", 60)
	return nil
}
