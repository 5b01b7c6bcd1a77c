// Package guess tells how many guesses a password withstands, by zxcvbn in a JavaScript engine of its own. The engine lives
// as long as one answer: its words take more memory than everything else that waits for the next password.
package guess

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/dop251/goja"
)

// within is how long one password may be judged.
const within = 10 * time.Second

// Guesser judges passwords, one at a time.
type Guesser struct {
	assets fs.FS
	turn   chan struct{}
}

// New makes a guesser from the built front end (frontend.Built()).
func New(assets fs.FS) (*Guesser, error) {
	if _, err := fs.Stat(assets, "guess.js.gz"); err != nil {
		return nil, fmt.Errorf("guesser: %w", err)
	}
	return &Guesser{assets: assets, turn: make(chan struct{}, 1)}, nil
}

// Guesses returns how many guesses a password withstands when whoever guesses begins with what is known: common breached
// passwords, words and names, keyboard runs, repetitions, dates, disguises of letters by figures, and the known words.
// (D. L. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016.) The time grows with the
// square of the length: a caller passes on a beginning.
func (g *Guesser) Guesses(ctx context.Context, password string, known []string) (float64, error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	source, err := g.source()
	if err != nil {
		return 0, fmt.Errorf("guesser: %w", err)
	}
	engine := goja.New()
	watch := time.AfterFunc(within, func() { engine.Interrupt("a password takes too long to judge") })
	defer watch.Stop()
	stop := context.AfterFunc(ctx, func() { engine.Interrupt(ctx.Err()) })
	defer stop()
	if _, err := engine.RunScript("guess.js", source); err != nil {
		return 0, fmt.Errorf("guesser: %w", err)
	}
	judge, ok := goja.AssertFunction(engine.Get("guesses"))
	if !ok {
		return 0, fmt.Errorf("guesser: the script offers no function")
	}
	n, err := judge(goja.Undefined(), engine.ToValue(password), engine.ToValue(known))
	if err != nil {
		return 0, fmt.Errorf("guesser: %w", err)
	}
	return n.ToFloat(), nil
}

func (g *Guesser) source() (string, error) {
	f, err := g.assets.Open("guess.js.gz")
	if err != nil {
		return "", err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(z)
	return string(text), err
}
