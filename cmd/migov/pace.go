package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// pace lets the heap of a server grow by at least room bytes between two garbage collections. Go collects when the heap has
// doubled, which for the few megabytes that a server keeps is some hundred times in a second under load. A heap larger than
// room is collected as ever. Who sets GOGC or GOMEMLIMIT is not overruled.
func pace(room uint64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := 0
	var collected func(*mark)
	adjust := func() {
		metrics.Read(sample)
		if percent := percentFor(sample[0].Value.Uint64(), room); percent != set {
			set = percent
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(&mark{}, collected)
	}
	collected = func(*mark) { adjust() }
	adjust()
}

// mark is left for the collector to find: its finalizer runs once after each collection.
type mark struct{ _ [16]byte }

// percentFor is the growth of the heap before the next collection, as GOGC counts it, in steps of 50: at least 100.
func percentFor(live, room uint64) int {
	if live == 0 || live >= room {
		return 100
	}
	return max(100, int(math.Ceil(float64(room)/float64(live)*2))*50)
}
