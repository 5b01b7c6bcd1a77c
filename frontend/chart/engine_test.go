package chart

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// engineOf runs another script than ours, to see what becomes of its faults.
func engineOf(t *testing.T, script string, log *strings.Builder) *Engine {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	assets := fstest.MapFS{"engine.js.gz": {Data: packed.Bytes()}}
	for _, name := range []string{"measure-latin-400.ttf.gz", "measure-latin-600.ttf.gz", "measure-arabic-400.ttf.gz", "measure-arabic-600.ttf.gz"} {
		data, err := os.ReadFile("../static/" + name)
		if err != nil {
			t.Fatalf("the front end is not built: run `make build` (%v)", err)
		}
		assets[name] = &fstest.MapFile{Data: data}
	}
	e, err := New(assets, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnEngineThatWasPreparedDrawsTheFirstChart(t *testing.T) {
	var log strings.Builder
	e := engineOf(t, `globalThis.draw = () => "<svg></svg>"`, &log)
	e.Prepare()
	e.Prepare() // one waits already
	if len(e.idle) != 1 || len(e.turns) != 0 {
		t.Errorf("%d engines wait, %d are at work", len(e.idle), len(e.turns))
	}
	waiting := <-e.idle
	e.idle <- waiting
	if e.SVG(t.Context(), sampleRadar("en", false, false), Wide) == "" {
		t.Error(log.String())
	}
	if after := <-e.idle; after != waiting {
		t.Error("another engine was started")
	}
	broken := engineOf(t, `)(`, &log)
	broken.Prepare()
	if len(broken.idle) != 0 || len(broken.turns) != 0 || !strings.Contains(log.String(), "SyntaxError") {
		t.Errorf("a script that is not one: %d wait, the log says %q", len(broken.idle), log.String())
	}
}

func TestWhatStartingLeavesBehindIsGivenBackOnceAndAfterTheDrawing(t *testing.T) {
	var log strings.Builder
	e := engineOf(t, `globalThis.draw = () => { const until = Date.now() + 400; while (Date.now() < until); return "<svg></svg>" }`, &log)
	given := make(chan time.Time, 10)
	e.settle = time.AfterFunc(time.Hour, func() { given <- time.Now() })
	e.settle.Stop()
	for i, marked := range []bool{false, true} {
		e.Prepare()
		if e.SVG(t.Context(), sampleRadar("en", marked, false), Wide) == "" {
			t.Fatal(log.String())
		}
		drawn := time.Now()
		select {
		case at := <-given:
			if i > 0 || at.Before(drawn) {
				t.Errorf("drawing %d: given back %s after it", i, at.Sub(drawn))
			}
		case <-time.After(4 * settled):
			if i == 0 {
				t.Error("it is never given back")
			}
		}
	}
}

func TestAFaultOfTheEngineLeavesThePageItsTable(t *testing.T) {
	for _, test := range []struct{ name, script, says string }{
		{"an exception", `globalThis.draw = () => { throw new Error("no such thing") }`, "no such thing"},
		{"a script that never ends", `globalThis.draw = () => { for (;;) {} }`, "longer than"},
		{"a script that does not load", `throw new Error("broken")`, "broken"},
		{"a script that is not one", `)(`, "SyntaxError"},
		{"nothing to call", `var nothing`, "no draw"},
		{"an output that is not SVG", `globalThis.draw = () => "<svg><path"`, "read the drawn SVG"},
		{"endless recursion", `globalThis.draw = function f() { return f() + 1 }`, "chart could not be drawn"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			e := engineOf(t, test.script, &log)
			e.within = 300 * time.Millisecond
			begun := time.Now()
			if svg := e.SVG(t.Context(), sampleRadar("en", false, false), Wide); svg != "" {
				t.Errorf("was drawn: %.80s", svg)
			}
			if took := time.Since(begun); took > 20*e.within {
				t.Errorf("took %s", took)
			}
			if !strings.Contains(log.String(), test.says) {
				t.Errorf("the log says %s", log.String())
			}
		})
	}
}

func TestAnEngineThatFailedIsNotUsedAgain(t *testing.T) {
	var log strings.Builder
	e := engineOf(t, `globalThis.n = 0; globalThis.draw = (o) => { if (n++ > 0) throw new Error("used again"); if (o.includes("first")) throw new Error("once"); return "<svg><path d='M0 0' stroke='none' fill='var(--teal)'/></svg>" }`, &log)
	first := Band{Name: "first", Value: band(1, 2, 3)}
	e.SVG(t.Context(), first, Wide)
	if svg := e.SVG(t.Context(), Band{Name: "second", Value: band(1, 2, 3)}, Wide); svg == "" {
		t.Errorf("the second chart was not drawn: %s", log.String())
	}
}

func TestTheSameChartIsDrawnOnce(t *testing.T) {
	var log strings.Builder
	e := engineOf(t, `globalThis.draw = () => "<svg><text fill='x' style=''>" + measure("drawn", "12px") + " " + Math.random() + "</text></svg>"`, &log)
	chart := sampleRadar("en", false, false)
	var all sync.Map
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() { all.Store(e.SVG(t.Context(), chart, Wide), true) })
	}
	group.Wait()
	count := 0
	all.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("%d different drawings of one chart", count)
	}
	other := chart
	other.Label = "another label"
	if e.SVG(t.Context(), other, Wide) == e.SVG(t.Context(), chart, Wide) {
		t.Error("another label gave the same drawing")
	}
}

func TestManyChartsAtOnceAreAllDrawnByTwoEngines(t *testing.T) {
	e := newEngine(t)
	var group sync.WaitGroup
	for i := range 24 {
		group.Go(func() {
			lang := []string{"en", "ar"}[i%2]
			d := sampleRadar(lang, i%3 == 0, false)
			d.Label = fmt.Sprint(i)
			if svg := string(e.SVG(t.Context(), d, Wide)); !strings.Contains(svg, fmt.Sprintf(`aria-label="%d"`, i)) {
				t.Errorf("chart %d was not drawn: %.100s", i, svg)
			}
		})
	}
	group.Wait()
	if n := len(e.idle); n < 1 || n > 2 {
		t.Errorf("%d engines", n)
	}
	if n := len(e.turns); n != 0 {
		t.Errorf("%d turns were not given back", n)
	}
}

func TestWhoeverLeavesDoesNotWait(t *testing.T) {
	var log strings.Builder
	e := engineOf(t, `globalThis.draw = () => { for (;;) {} }`, &log)
	e.within = time.Second
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if svg := e.SVG(ctx, sampleRadar("en", false, false), Wide); svg != "" || time.Since(begun) > 900*time.Millisecond {
		t.Errorf("waited %s for %q", time.Since(begun), svg)
	}
	if log.Len() > 0 {
		t.Errorf("a reader who left is no fault: %s", log.String())
	}
}

func TestTheEngineStartsAtTheFirstChart(t *testing.T) {
	e := newEngine(t)
	if len(e.idle) != 0 {
		t.Fatal("an engine runs before the first chart")
	}
	e.SVG(t.Context(), sampleRadar("en", false, false), Wide)
	if len(e.idle) != 1 {
		t.Errorf("%d engines after the first chart", len(e.idle))
	}
}

func TestTheCacheKeepsWhatWasUsedLast(t *testing.T) {
	c := cache{most: 30}
	k := func(i int) key { return key{byte(i)} }
	for i := range 3 {
		c.put(k(i), strings.Repeat("x", 10))
	}
	c.get(k(0))
	c.put(k(3), strings.Repeat("y", 10))
	c.put(k(3), strings.Repeat("z", 10)) // already there
	c.put(k(4), strings.Repeat("x", 31)) // larger than all of it
	for i, want := range []bool{true, false, true, true, false} {
		if _, ok := c.get(k(i)); ok != want {
			t.Errorf("entry %d is kept: %v, want %v", i, ok, want)
		}
	}
	if c.size != 30 || c.order.Len() != 3 || len(c.byKey) != 3 {
		t.Errorf("the cache counts %d bytes in %d and %d entries", c.size, c.order.Len(), len(c.byKey))
	}
}

func BenchmarkRadar(b *testing.B) { benchmark(b, sampleRadar("ar", false, false), Wide) }
func BenchmarkDots(b *testing.B)  { benchmark(b, sampleDots("ar"), Wide) }
func BenchmarkStrip(b *testing.B) { benchmark(b, sampleStrip("ar", MostDots), Wide) }
func BenchmarkMatrix(b *testing.B) {
	benchmark(b, sampleMatrix("ar"), Wide)
}
func BenchmarkSmallRadar(b *testing.B) { benchmark(b, sampleRadar("ar", true, false), Small) }

// benchmark times a chart laid out and drawn in a warm engine, and taken from the cache.
func benchmark(b *testing.B, c Chart, size Size) {
	e := newEngine(b)
	e.SVG(b.Context(), c, size)
	b.Run("uncached", func(b *testing.B) {
		for b.Loop() {
			d, _ := e.Drawing(c, size)
			if _, err := e.drawNow(d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			if e.SVG(b.Context(), c, size) == "" {
				b.Fatal("nothing")
			}
		}
	})
}
