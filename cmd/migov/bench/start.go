package main

import (
	"fmt"
	"path/filepath"
	"time"
)

// start measures a small installation: how soon it answers, and what it needs.
func (b *bench) start() error {
	w, err := fill(filepath.Join(b.folder, "start.db"), 10)
	if err != nil {
		return err
	}
	var times, idle, charted []float64
	for range 5 {
		began := time.Now()
		s, err := b.serve(w.database)
		if err != nil {
			return err
		}
		c, err := dial(s.address)
		if err != nil {
			return err
		}
		if a, err := c.ask(c.request("GET", "/", "", "Accept: text/html\r\n", ""), false); err != nil || a.status != 200 {
			return fmt.Errorf("start page: status %d, %v", a.status, err)
		}
		times = append(times, time.Since(began).Seconds())
		time.Sleep(300 * time.Millisecond)
		idle = append(idle, s.memory())
		cookie, err := s.signIn("analyst@example.org")
		if err != nil {
			return err
		}
		if a, err := c.ask(c.request("GET", "/assessments/"+w.done+"/results", cookie, "Accept: text/html\r\n", ""), false); err != nil || a.status != 200 {
			return fmt.Errorf("results page: status %d, %v", a.status, err)
		}
		time.Sleep(300 * time.Millisecond)
		charted = append(charted, s.memory())
		s.stop()
	}
	b.atMost("W8", "start to first answer", median(times), "s", 0.3)
	b.atMost("W8", "resident memory before the first chart", median(idle), "MB", 60)
	b.atMost("W8", "resident memory after the charts of a results page", median(charted), "MB", 110)
	return nil
}
