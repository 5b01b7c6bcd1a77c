package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestTheHeapGrowsByTheRoomBeforeItIsCollected(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		says       string
		live, room uint64
		want       int
	}{
		{"a small heap may become several times as large", 8 * mb, 24 * mb, 300},
		{"a share is rounded up to the next step", 10 * mb, 24 * mb, 250},
		{"a heap of the room's size is collected as ever", 24 * mb, 24 * mb, 100},
		{"a large heap is collected as ever", 500 * mb, 24 * mb, 100},
		{"nothing is known yet", 0, 24 * mb, 100},
	} {
		if got := percentFor(c.live, c.room); got != c.want {
			t.Errorf("%s: %d, wanted %d", c.says, got, c.want)
		}
	}
}

func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestThePaceFollowsTheHeap(t *testing.T) {
	before := percent()
	defer debug.SetGCPercent(before)
	t.Run("what the environment says stands", func(t *testing.T) {
		t.Setenv("GOGC", "100")
		pace(1 << 40)
		if got := percent(); got != before {
			t.Errorf("%d, wanted %d", got, before)
		}
	})
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	const room = 64 << 20
	pace(room)
	small := percent()
	if small <= 100 {
		t.Errorf("with a small heap %d", small)
	}
	ballast := make([]byte, 2*room)
	for end := time.Now().Add(10 * time.Second); percent() != 100 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		runtime.GC()
	}
	if got := percent(); got != 100 {
		t.Errorf("with a large heap %d", got)
	}
	runtime.KeepAlive(ballast)
}
