package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"migov/assessment/fault"
	"migov/data/locale"
)

// english says messages; the command line speaks English only.
var english = sync.OnceValues(func() (*locale.Words, error) {
	b, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return b.In("en"), nil
})

func message(key string, args fault.Args) string {
	words, err := english()
	if err != nil {
		return key
	}
	values := map[string]any{}
	for k, v := range args {
		values[k] = v
	}
	return words.With(key, values)
}

// sentence makes of an error what an operator reads: the message of a fault with a line for each faulty place, else the error itself.
func sentence(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return plain(err)
	}
	out := []string{message(f.Key, f.Args)}
	for _, field := range f.Fields {
		if said := message(field.Key, field.Args); len(f.Fields) > 1 || said != out[0] {
			out = append(out, ofField(field))
		}
	}
	return strings.Join(out, "\n")
}

func ofField(f fault.Field) string { return fmt.Sprintf("  %s: %s", f.Name, message(f.Key, f.Args)) }

// plain turns the commonest errors of the system into sentences.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) && err == error(path) {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Sprintf("There is no file or folder %s.", path.Path)
		case errors.Is(err, fs.ErrPermission):
			return fmt.Sprintf("This user may not use %s.", path.Path)
		}
	}
	return strings.TrimSpace(err.Error())
}
