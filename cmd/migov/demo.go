package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"migov/assessment"
	"migov/cmd/migov/demo"
)

// demonstration sees to it that demonstration data and real data never mix: a marked database is served with --demo
// only, an unmarked one only without. A new database is filled and marked. It returns the accounts to try.
func (p *program) demonstration(ctx context.Context, k kept) ([]demo.SignIn, error) {
	marked, err := k.Demonstration(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case marked && !p.settings.Demo:
		return nil, errors.New("This database holds demonstration data. Serve it with --demo, or name another with --database.")
	case !p.settings.Demo:
		return nil, nil
	case !marked:
		cities, err := k.Cities(ctx)
		if err != nil {
			return nil, err
		}
		if len(cities) > 0 {
			return nil, errors.New("This database holds cities of your own, so that it is no demonstration. Serve it without --demo, or name another with --database.")
		}
	}
	in, err := named(k.library, "urban-migof@1.0.0")
	if err != nil {
		return nil, err
	}
	if err := k.AddInstrument(ctx, in, byOperator); err != nil {
		return nil, err
	}
	signIns, err := demo.Seeder{
		Store: k.Store, Library: k.library, Crowd: crowd(k.Store), Transfer: transfer(k), Now: time.Now(),
		Drafts: assessment.Drafts{Store: k.Store, Questionnaires: k.library, Now: time.Now},
	}.Seed(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("The demonstration could not be filled in. Remove the database (`make demo-reset`) and start again: %w", err)
	}
	return signIns, nil
}
