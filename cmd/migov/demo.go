package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"migov/api/web"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// The rounds of the demonstration.
const (
	demoRound      = "demo"
	publishedRound = "published"
)

// The properties of a demonstration database: the password of its accounts, and the mark that it was filled to the end.
const (
	demoPassword = "demonstration_password"
	demoComplete = "demonstration_complete"
)

// demoPeople are the accounts to try: their place is a city or a round.
var demoPeople = []struct {
	email string
	name  string
	role  account.Role
	place string
}{
	{"coordinator@demo.example", "Coordinator (demonstration)", account.Coordinator, "haven-point"},
	{"contributor@demo.example", "Contributor (demonstration)", account.Contributor, "haven-point"},
	{"coordinator-ar@demo.example", "Second coordinator (demonstration)", account.Coordinator, "marsa-selwa"},
	{"analyst@demo.example", "Analyst (demonstration)", account.Analyst, demoRound},
	{"admin@demo.example", "Administrator (demonstration)", account.Admin, ""},
}

// demonstration sees to it that demonstration data and real data never mix: a marked database is served with --demo
// only, an unmarked one only without. A new database is filled and marked. It returns the accounts to try and their password.
func (p *program) demonstration(ctx context.Context, k kept) (roles []web.DemoRole, password string, err error) {
	marked, err := k.Demonstration(ctx)
	if err != nil {
		return nil, "", err
	}
	switch {
	case marked && !p.settings.Demo:
		return nil, "", errors.New("This database holds demonstration data. Serve it with --demo, or name another with --database.")
	case !p.settings.Demo:
		return nil, "", nil
	case !marked:
		if err := fill(ctx, k); err != nil {
			return nil, "", err
		}
	}
	if _, err := k.Property(ctx, demoComplete); fault.Is(err, fault.NotFound) {
		return nil, "", errors.New("Filling this database with demonstration data was interrupted. Remove it (`make demo-reset`) and start again.")
	} else if err != nil {
		return nil, "", err
	}
	if password, err = k.Property(ctx, demoPassword); err != nil {
		return nil, "", err
	}
	roles, err = demoRoles(ctx, k)
	return roles, password, err
}

func fill(ctx context.Context, k kept) error {
	cities, err := k.Cities(ctx)
	if err != nil {
		return err
	}
	if len(cities) > 0 {
		return errors.New("This database holds cities of your own, so that it is no demonstration. Serve it without --demo, or name another with --database.")
	}
	if err := k.MarkDemonstration(ctx); err != nil {
		return err
	}
	if err := seed(ctx, k, time.Now()); err != nil {
		return fmt.Errorf("fill the demonstration: %w", err)
	}
	return k.SetProperty(ctx, demoComplete, "yes")
}

func demoRoles(ctx context.Context, k kept) (roles []web.DemoRole, err error) {
	cities, err := k.Cities(ctx)
	if err != nil {
		return nil, err
	}
	place := map[string]string{}
	for _, c := range cities {
		place[c.Code] = c.Name
	}
	rounds, err := k.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range rounds {
		place[r.Code] = r.Title
	}
	for _, x := range demoPeople {
		roles = append(roles, web.DemoRole{Email: x.email, Role: x.role, Place: place[x.place]})
	}
	return roles, nil
}

// addDemoPeople makes the accounts with one password, made here and kept so that it can be printed at every start: it opens nothing but invented data.
func addDemoPeople(ctx context.Context, k kept, now time.Time) (map[string]account.Account, error) {
	password := rand.Text()[:16]
	hash, err := account.HashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	if err := k.SetProperty(ctx, demoPassword, password); err != nil {
		return nil, err
	}
	cities, err := k.Cities(ctx)
	if err != nil {
		return nil, err
	}
	rounds, err := k.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	made := map[string]account.Account{}
	for _, x := range demoPeople {
		a := account.Account{Email: x.email, Name: x.name, Role: x.role, Language: survey.English, Password: hash, Created: now}
		for _, c := range cities {
			if x.role.OfCity() && c.Code == x.place {
				a.City = c.ID
			}
		}
		for _, r := range rounds {
			if x.role == account.Analyst {
				a.Rounds = append(a.Rounds, r.ID)
			}
		}
		if made[x.email], err = k.AddAccount(ctx, a, byOperator); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// addDemoRound makes a round of urban-migof with some cities, and returns the assessments by code of city.
func addDemoRound(ctx context.Context, k kept, r assessment.Round, cities []assessment.City) (map[string]assessment.Assessment, error) {
	in, err := named(k.library, "urban-migof@1.0.0")
	if err != nil {
		return nil, err
	}
	if err := k.AddInstrument(ctx, in, byOperator); err != nil {
		return nil, err
	}
	var codes []string
	for _, c := range cities {
		if _, err := k.AddCity(ctx, c, byOperator); err != nil {
			return nil, err
		}
		codes = append(codes, c.Code)
	}
	if _, err := k.AddRound(ctx, r, in, k.library.Scheme(in), codes, byOperator); err != nil {
		return nil, err
	}
	all, err := k.Assessments(ctx, operator, r.Code)
	if err != nil {
		return nil, err
	}
	byCity := map[string]assessment.Assessment{}
	for _, a := range all {
		byCity[a.City.Code] = a
	}
	return byCity, nil
}
