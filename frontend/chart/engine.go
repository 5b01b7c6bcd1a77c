package chart

import (
	"compress/gzip"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dop251/goja"
	"golang.org/x/sync/singleflight"
)

// Engine draws charts as SVG. It is safe for concurrent use. ECharts is compiled at the first chart that is not in
// the cache; after that at most two engines draw at a time and wait for the next chart.
type Engine struct {
	assets fs.FS
	log    *slog.Logger
	ruler  *ruler
	within time.Duration

	program func() (*goja.Program, error)
	turns   chan struct{} // a place for each engine that may draw
	idle    chan *goja.Runtime
	settle  *time.Timer // gives back what starting an engine left behind: 10 MB, more than all charts of an hour
	flight  singleflight.Group
	cache   cache
}

const (
	within    = 2 * time.Second        // for one drawing
	settled   = 200 * time.Millisecond // from the first drawing of an engine to when its page is drawn, most often
	cacheSize = 8 << 20                // bytes of SVG, a few thousand radars
)

// Engines is how many charts are drawn at the same time; each engine holds about 4 MB.
const Engines = 2

// New reads the measuring fonts from the built front end (frontend.Built()); the engine itself starts at the first chart.
func New(assets fs.FS, log *slog.Logger) (*Engine, error) {
	r, err := newRuler(assets)
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(assets, "engine.js.gz"); err != nil {
		return nil, fmt.Errorf("chart engine: %w", err)
	}
	e := &Engine{
		assets: assets, log: log, ruler: r, within: within,
		turns: make(chan struct{}, Engines), idle: make(chan *goja.Runtime, Engines), cache: cache{most: cacheSize},
	}
	e.program = sync.OnceValues(e.compile)
	e.settle = time.AfterFunc(math.MaxInt64, debug.FreeOSMemory)
	return e, nil
}

func (e *Engine) compile() (*goja.Program, error) {
	source, err := unpacked(e.assets, "engine.js.gz")
	if err != nil {
		return nil, fmt.Errorf("chart engine: %w", err)
	}
	return goja.Compile("engine.js", string(source), false)
}

// unpacked reads a file that is kept compressed.
func unpacked(assets fs.FS, name string) ([]byte, error) {
	f, err := assets.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Prepare starts an engine when none waits, for a page whose charts are to be drawn as soon as their figures are read.
func (e *Engine) Prepare() {
	select {
	case e.turns <- struct{}{}:
		defer func() { <-e.turns }()
	default:
		return // engines are at work
	}
	vm, started, err := e.engine()
	if err != nil {
		e.log.Error("the chart engine could not be started", "fault", err.Error())
		return
	}
	if started {
		e.settle.Reset(settled)
	}
	e.idle <- vm
}

// Drawing lays a chart out without drawing it, for a browser that draws it itself. It is false when the figures do not
// allow the chart (a radar with a missing corner, a matrix that is too large).
func (e *Engine) Drawing(c Chart, size Size) (d Drawing, ok bool) {
	defer func() {
		if fault := recover(); fault != nil {
			e.log.Error("a chart could not be laid out", "chart", fmt.Sprintf("%T", c), "fault", fmt.Sprint(fault))
			d, ok = Drawing{}, false
		}
	}()
	return c.drawing(e.ruler, size)
}

// SVG draws a chart. It is empty when the figures do not allow the chart or the engine failed: the page then shows the
// table alone.
func (e *Engine) SVG(ctx context.Context, c Chart, size Size) template.HTML {
	k, err := keyOf(c, size)
	if err != nil {
		e.log.Error("a chart could not be read", "chart", fmt.Sprintf("%T", c), "fault", err.Error())
		return ""
	}
	svg, ok := e.cache.get(k)
	if !ok {
		if svg, err = e.draw(ctx, k, c, size); err != nil {
			if ctx.Err() == nil {
				e.log.Error("a chart could not be drawn", "chart", fmt.Sprintf("%T", c), "fault", err.Error())
			}
			return ""
		}
	}
	return template.HTML(svg) // written by clean: listed elements and attributes only, every text escaped
}

// key is what a drawing depends on: the kind of chart, its figures and words (so the language too) and the size.
type key [sha256.Size]byte

// keyOf hashes the chart rather than its option: laying out takes longer than everything else on the way to the cache.
func keyOf(c Chart, size Size) (key, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return key{}, err // NaN, which never leaves the method
	}
	return sha256.Sum256(fmt.Appendf(data, "%T %d", c, size)), nil
}

// draw lays a chart out and draws it, once for all who ask at the same time. It is empty where the figures
// do not allow the chart.
func (e *Engine) draw(ctx context.Context, k key, c Chart, size Size) (string, error) {
	drawn := e.flight.DoChan(string(k[:]), func() (any, error) {
		d, ok := e.Drawing(c, size)
		if !ok {
			return "", nil
		}
		svg, err := e.drawNow(d)
		if err == nil {
			e.cache.put(k, svg)
		}
		return svg, err
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case result := <-drawn:
		if result.Err != nil {
			return "", result.Err
		}
		return result.Val.(string), nil
	}
}

// errBusy says that both engines were at work for longer than a drawing may take.
var errBusy = errors.New("the chart engines are busy")

func (e *Engine) drawNow(d Drawing) (string, error) {
	wait := time.NewTimer(e.within)
	defer wait.Stop()
	select {
	case e.turns <- struct{}{}:
		defer func() { <-e.turns }()
	case <-wait.C:
		return "", errBusy
	}
	waits := e.settle.Stop() // no page waits longer because memory is given back
	vm, started, err := e.engine()
	if err != nil {
		return "", err
	}
	if waits || started {
		defer e.settle.Reset(settled)
	}
	raw, err := run(vm, d, e.within)
	if err != nil {
		return "", err // this engine may be in any state: it is not used again
	}
	e.idle <- vm // has room for as many as there are turns
	return clean(raw, d)
}

// engine takes a waiting engine or starts one. The caller holds a turn.
func (e *Engine) engine() (vm *goja.Runtime, started bool, err error) {
	select {
	case vm := <-e.idle:
		return vm, false, nil
	default:
	}
	program, err := e.program()
	if err != nil {
		return nil, false, err
	}
	vm = goja.New()
	nothing := func(goja.FunctionCall) goja.Value { return goja.Undefined() }
	for name, value := range map[string]any{
		"setTimeout": nothing, "clearTimeout": nothing, // ECharts asks for them; nothing moves here
		"measure": e.ruler.cssWidth,
	} {
		if err := vm.Set(name, value); err != nil {
			return nil, false, err
		}
	}
	if _, err := vm.RunProgram(program); err != nil {
		return nil, false, fmt.Errorf("start the chart engine: %w", err)
	}
	return vm, true, nil
}

// run draws with a time limit. Exceptions and panics of the engine come back as errors.
func run(vm *goja.Runtime, d Drawing, within time.Duration) (svg string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the chart engine panicked: %v", fault)
		}
	}()
	draw, ok := goja.AssertFunction(vm.Get("draw"))
	if !ok {
		return "", errors.New("the chart engine has no draw")
	}
	timer := time.AfterFunc(within, func() { vm.Interrupt("too slow") })
	value, err := draw(goja.Undefined(), vm.ToValue(string(d.Option)), vm.ToValue(d.Width), vm.ToValue(d.Height))
	if !timer.Stop() {
		return "", fmt.Errorf("a drawing took longer than %s", within)
	}
	if err != nil {
		return "", err
	}
	return value.String(), nil
}

// cache keeps the drawings used last, up to a number of bytes.
type cache struct {
	most int

	mu    sync.Mutex
	size  int
	order list.List // of entry, the one used last in front
	byKey map[key]*list.Element
}

type entry struct {
	key key
	svg string
}

func (c *cache) get(k key) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byKey[k]
	if !ok {
		return "", false
	}
	c.order.MoveToFront(element)
	return element.Value.(entry).svg, true
}

func (c *cache) put(k key, svg string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[k]; ok || len(svg) > c.most {
		return
	}
	if c.byKey == nil {
		c.byKey = map[key]*list.Element{}
	}
	c.byKey[k] = c.order.PushFront(entry{k, svg})
	for c.size += len(svg); c.size > c.most; {
		oldest := c.order.Back()
		gone := c.order.Remove(oldest).(entry)
		delete(c.byKey, gone.key)
		c.size -= len(gone.svg)
	}
}
