package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/data"
)

// builtIn returns a library of the built-in instruments.
func builtIn() (*assessment.Library, error) {
	sources, err := data.InstrumentSources()
	if err != nil {
		return nil, err
	}
	l, err := assessment.NewLibrary()
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		in, problems := survey.Decode(source)
		if in == nil {
			return nil, fmt.Errorf("a built-in instrument cannot be read:\n%s", lines(faultsOf(problems)))
		}
		if err := l.Add(in); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// named returns the instrument that --instrument means: code@version, or else a file, which is added to the library.
func named(l *assessment.Library, name string) (*survey.Instrument, error) {
	if code, version, ok := survey.ParseName(name); ok {
		if in, found := l.Find(code, version); found {
			return in, nil
		}
	}
	source, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		var known []string
		for _, in := range l.List() {
			known = append(known, in.Name())
		}
		return nil, fmt.Errorf("There is no instrument %s, and no file of that name. Known are: %s.", name, strings.Join(known, ", "))
	}
	if err != nil {
		return nil, err
	}
	in, problems := survey.Decode(source)
	if in == nil {
		return nil, fmt.Errorf("%s cannot be used:\n%s", name, lines(faultsOf(problems)))
	}
	return in, l.Add(in)
}

func faultsOf(problems []survey.Problem) (out []survey.Problem) {
	for _, p := range problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

func lines(problems []survey.Problem) string {
	var out []string
	for _, x := range problems {
		out = append(out, "  "+x.String())
	}
	return strings.Join(out, "\n")
}
