package assessment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Library holds instruments and their compiled schemes, each decoded once and kept: those that come with the program and
// those that a database keeps. It is safe for concurrent use.
type Library struct {
	mu    sync.RWMutex
	books map[string]book   // by code@version
	asked map[string]string // code@version by id of an assessment
}

// askedAtMost bounds what the library remembers of assessments: about 1 MB.
const askedAtMost = 10_000

type book struct {
	instrument *survey.Instrument
	scheme     *score.Scheme
}

// NewLibrary returns a library of the instruments that come with the program.
func NewLibrary(embedded ...*survey.Instrument) (*Library, error) {
	l := &Library{books: map[string]book{}}
	for _, in := range embedded {
		if err := l.Add(in); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Add puts an instrument in. The same version with the same content is kept once: the newer texts take the place of the
// older ones for whoever asks from now on. Other content under a known code and version is a Conflict.
func (l *Library) Add(in *survey.Instrument) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old, known := l.books[in.Name()]; known && old.instrument.Hash != in.Hash {
		return fault.New(fault.Conflict, "fault.instrument_taken", fault.Args{"Instrument": in.Name()})
	}
	l.books[in.Name()] = book{in, score.NewScheme(in)}
	return nil
}

// Load adds the instruments that a store keeps. A source that this program cannot read is an error that names its problems.
func (l *Library) Load(ctx context.Context, from interface {
	InstrumentSources(ctx context.Context) ([][]byte, error)
}) error {
	sources, err := from.InstrumentSources(ctx)
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

// Find returns an instrument.
func (l *Library) Find(code, version string) (*survey.Instrument, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	b, ok := l.books[code+"@"+version]
	return b.instrument, ok
}

// Title returns the title of a dimension, a sub-category or an indicator of a questionnaire, code@version, in a language, else
// in English, and the language it is in; nothing where it is not known.
func (l *Library) Title(questionnaire, id, wish string) (title, language string) {
	code, version, _ := survey.ParseName(questionnaire)
	in, ok := l.Find(code, version)
	if !ok {
		return "", ""
	}
	title, is := in.TitleOf(id).In(survey.Language(wish))
	return title, string(is)
}

// Asked tells what an assessment asks, where Note has said so.
func (l *Library) Asked(assessment string) (*survey.Instrument, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	b, ok := l.books[l.asked[assessment]]
	return b.instrument, ok
}

// Note remembers what an assessment asks.
func (l *Library) Note(assessment string, in *survey.Instrument) {
	if _, known := l.Asked(assessment); known {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil || len(l.asked) >= askedAtMost {
		l.asked = map[string]string{}
	}
	l.asked[assessment] = in.Name()
}

// Scheme returns the compiled scheme of an instrument; one that is not in the library is compiled each time.
func (l *Library) Scheme(in *survey.Instrument) *score.Scheme {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if b, known := l.books[in.Name()]; known && b.instrument == in {
		return b.scheme
	}
	return score.NewScheme(in)
}

// List returns every instrument, by code, the newest version of each first.
func (l *Library) List() []*survey.Instrument {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]*survey.Instrument, 0, len(l.books))
	for _, b := range l.books {
		out = append(out, b.instrument)
	}
	slices.SortFunc(out, func(a, b *survey.Instrument) int {
		return cmp.Or(strings.Compare(a.Code, b.Code), compareVersions(b.Version, a.Version))
	})
	return out
}

// compareVersions compares numbers parted by dots as numbers: 1.10.0 is after 1.9.0.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		c := strings.Compare(x[i], y[i])
		if errM == nil && errN == nil {
			c = cmp.Compare(m, n)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
