package account

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWhoeverLeavesTheQueueForHashesIsNotHashed(t *testing.T) {
	for range cap(hashers) { // all places are taken
		hashers <- struct{}{}
	}
	ctx, leave := context.WithCancel(context.Background())
	leave()
	if _, err := CheckPassword(ctx, "correct horse battery", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for range cap(hashers) {
		<-hashers
	}
	if _, err := CheckPassword(context.Background(), "correct horse battery", ""); err != nil {
		t.Errorf("with a free place: %v", err)
	}
}

func TestAPlaceIsGivenBackAfterAnError(t *testing.T) {
	for range 3 * cap(hashers) {
		if _, err := CheckPassword(context.Background(), "x", "not a hash"); err == nil {
			t.Fatal("a broken hash was not reported")
		}
	}
	if len(hashers) != 0 {
		t.Errorf("%d places are still taken", len(hashers))
	}
}

func TestNeverMoreThanTwoHashesAreComputedAtOnce(t *testing.T) {
	var now, most atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			hashed(context.Background(), func() (int, error) {
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				time.Sleep(time.Millisecond)
				now.Add(-1)
				return 0, nil
			})
		})
	}
	all.Wait()
	if most.Load() != 2 {
		t.Errorf("%d at once", most.Load())
	}
}
