package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store"
)

// operator is whoever runs commands on the machine of the database.
var operator = account.Actor{Name: "operator", Role: account.Operator}

var byOperator = assessment.Author{Name: operator.Name, Role: operator.Role}

// kept is an open database with the instruments that can be used with it.
type kept struct {
	*store.Store
	library *assessment.Library
}

// withDatabase opens the database named by --database, does some work and closes it. Commands that only read or change what is
// there refuse a file that does not exist, so that a mistyped name makes no empty database.
func (p *program) withDatabase(ctx context.Context, create bool, work func(kept) error) (err error) {
	if err := p.present(create); err != nil {
		return err
	}
	k, err := openDatabase(ctx, p.settings.Database, store.Options{Log: p.log()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	return work(k)
}

func (p *program) present(create bool) error {
	name := p.settings.Database
	if create || store.EngineOf(name) != store.SQLite {
		return nil
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("There is no database at %s. Name it with --database, or make one with `migov migrate`.", name)
	}
	return nil
}

func openDatabase(ctx context.Context, name string, o store.Options) (kept, error) {
	s, err := store.Open(ctx, name, o)
	if err != nil {
		return kept{}, err
	}
	l, err := builtIn()
	if err == nil {
		err = l.Load(ctx, s)
	}
	if err != nil {
		return kept{}, errors.Join(err, s.Close())
	}
	return kept{s, l}, nil
}

// table writes rows in columns; the first row is the heading.
func table(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	return t.Flush()
}

// oneOf refuses a value of a flag that is not among some words.
func oneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return misused("--%s %q is not one of: %s.", flag, value, strings.Join(words, ", "))
}

// needed returns wrong usage that names every flag that is missing, all at once.
func needed(flags map[string]string) error {
	var missing []string
	for name, value := range flags {
		if strings.TrimSpace(value) == "" {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return misused("Say also: %s.", strings.Join(missing, ", "))
}
