package assessment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Library holds the instruments that can be used, each decoded and compiled for scoring once. It implements
// Questionnaires and is safe for concurrent use.
type Library struct {
	mu      sync.RWMutex
	entries map[string]entry // by code@version
}

type entry struct {
	instrument *survey.Instrument
	scheme     *score.Scheme
}

// NewLibrary returns a library of some instruments.
func NewLibrary(instruments ...*survey.Instrument) *Library {
	l := &Library{entries: map[string]entry{}}
	for _, in := range instruments {
		l.entries[in.Name()] = entry{in, score.NewScheme(in)}
	}
	return l
}

// Add puts an instrument into the library. Another text under a name that is taken is a Conflict: a published version never changes.
func (l *Library) Add(in *survey.Instrument) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if there, ok := l.entries[in.Name()]; ok {
		if there.instrument.Hash != in.Hash {
			return fault.New(fault.Conflict, "fault.instrument_taken", fault.Args{"Instrument": in.Name()})
		}
		return nil
	}
	l.entries[in.Name()] = entry{in, score.NewScheme(in)}
	return nil
}

// Load adds the instruments that a store keeps.
func (l *Library) Load(ctx context.Context, store interface {
	InstrumentSources(ctx context.Context) ([][]byte, error)
}) error {
	sources, err := store.InstrumentSources(ctx)
	if err != nil {
		return err
	}
	for _, source := range sources {
		in, problems := survey.Decode(source)
		if in == nil {
			return fmt.Errorf("an instrument in the database cannot be read: %v", problems)
		}
		if err := l.Add(in); err != nil {
			return err
		}
	}
	return nil
}

// Find implements Questionnaires.
func (l *Library) Find(code, version string) (*survey.Instrument, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	e, ok := l.entries[code+"@"+version]
	return e.instrument, ok
}

// Scheme implements Questionnaires. An instrument that is not in the library is compiled on the spot.
func (l *Library) Scheme(in *survey.Instrument) *score.Scheme {
	l.mu.RLock()
	e, ok := l.entries[in.Name()]
	l.mu.RUnlock()
	if !ok || e.instrument != in {
		return score.NewScheme(in)
	}
	return e.scheme
}

// List returns the instruments by code and version.
func (l *Library) List() []*survey.Instrument {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]*survey.Instrument, 0, len(l.entries))
	for _, e := range l.entries {
		out = append(out, e.instrument)
	}
	slices.SortFunc(out, func(a, b *survey.Instrument) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}
