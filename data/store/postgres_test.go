package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

// TestBrokenConnectionsLoseNothing ends every connection of the store again and again while people save. A save is tried
// anew under its mutation id, so that each is there once; one that gives up says so with a fault, and the client asks again.
func TestBrokenConnectionsLoseNothing(t *testing.T) {
	s := storetest.Open(t, store.PostgreSQL)
	w := storetest.Populate(t, s)
	raw := storetest.Raw(t, s)
	stop := make(chan struct{})
	var breaker, writers sync.WaitGroup
	breaker.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				if _, err := raw.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
					t.Error(err)
				}
			}
		}
	})
	gaveUp := make([]int, 4)
	for i := range gaveUp {
		writers.Go(func() {
			for n := range 40 {
				m := storetest.Explain("AA-01", 1<<30, fmt.Sprint(i, " ", n))
				for {
					_, err := s.Save(ctx, w.Operator, w.Order(w.Operator, m))
					if err == nil {
						break
					}
					if !fault.Is(err, fault.Unavailable) {
						t.Errorf("a broken connection says %v", err)
						return
					}
					gaveUp[i]++
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	breaker.Wait()
	for s.Ping(ctx) != nil { // a connection that the last blow cut is found out by its first use
	}
	w.Sound(t)
	if n := len(revisions(t, s)); n != 4*40 {
		t.Errorf("%d revisions, want %d", n, 4*40)
	}
	t.Logf("gave up and was asked again: %v", gaveUp)
}
