package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
)

func (p *program) userCommand() *cobra.Command {
	return gather("user", "Add and list people, and make links and tokens for them", p.userAdd(), p.userList(), p.userReset(), p.userResetFactor(), p.userToken())
}

func crowd(s *store.Store) assessment.Crowd { return assessment.Crowd{Store: s, Now: time.Now} }

// link prints a one-time link to set a password.
func (p *program) link(secret string, a account.Account) error {
	life := fmt.Sprintf("%d days", int(assessment.InviteLink.Life().Hours()/24))
	if assessment.Joined(a) {
		life = fmt.Sprintf("%d minutes", int(assessment.ResetLink.Life().Minutes()))
	}
	base := strings.TrimSuffix(p.settings.BaseURL, "/")
	_, err := fmt.Fprintf(p.out, "%s/links/%s\nThe link sets a password, works once, and ends after %s.\n", base, secret, life)
	return err
}

func (p *program) baseFlag(c *cobra.Command) {
	p.text(c, &p.settings.BaseURL, "base-url", "http://localhost:8080", "the `URL` at which people reach migov")
}

func (p *program) userAdd() *cobra.Command {
	var name, role, city, department, language string
	var rounds []string
	c := &cobra.Command{
		Use:   "add EMAIL --name NAME --role ROLE",
		Short: "Add a person, and print the link that sets the password",
		Long: `A coordinator, contributor or approver belongs to one city (--city), an analyst to rounds
(--rounds), an admin to neither. For a reviewer --city is where they live or work, which they never
review. The printed link sets the password and works once; hand it over yourself.`,
		Example: `  migov user add lead@example.org --name "Migration office" --role coordinator --city accra
  migov user add analyst@example.org --name "Analyst" --role analyst --rounds 2027`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"name": name, "role": role}); err != nil {
				return err
			}
			if err := oneOf("role", role, "admin", "analyst", "reviewer", "coordinator", "contributor", "approver"); err != nil {
				return err
			}
			a := account.Account{Email: args[0], Name: name, Role: account.Role(role), Department: department, Language: survey.Language(language)}
			return p.withDatabase(c.Context(), true, func(k kept) error {
				if err := bind(c.Context(), k.Store, &a, city, trimmed(rounds)); err != nil {
					return err
				}
				a, secret, err := crowd(k.Store).Invite(c.Context(), a, byOperator)
				if err != nil {
					return err
				}
				return p.link(secret, a)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "the `NAME` that the own team reads")
	c.Flags().StringVar(&role, "role", "", "admin, analyst, coordinator, contributor or approver")
	c.Flags().StringVar(&city, "city", "", "`CODE` of the city of a coordinator, contributor or approver")
	c.Flags().StringVar(&department, "department", "", "the `DEPARTMENT`, which people outside the city read instead of the name")
	c.Flags().StringSliceVar(&rounds, "rounds", nil, "`CODES` of the rounds of an analyst")
	c.Flags().StringVar(&language, "language", "en", "en, fr, es or ar")
	p.baseFlag(c)
	p.databaseFlag(c)
	return c
}

// bind puts the ids of a city and of rounds, named by code, into an account.
func bind(ctx context.Context, s *store.Store, a *account.Account, city string, rounds []string) error {
	if city != "" {
		cities, err := s.Cities(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(cities, func(c assessment.City) bool { return c.Code == city })
		if i < 0 {
			return fmt.Errorf("There is no city %s. Add it with `migov city add`.", city)
		}
		a.City = cities[i].ID
	}
	for _, code := range rounds {
		r, err := s.Round(ctx, operator, code)
		if err != nil {
			return fmt.Errorf("There is no round %s. Add it with `migov round add`.", code)
		}
		a.Rounds = append(a.Rounds, r.ID)
	}
	return nil
}

func (p *program) userList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List the people",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withDatabase(c.Context(), false, func(k kept) error {
				rows, err := people(c.Context(), k.Store)
				if err != nil {
					return err
				}
				return table(p.out, rows)
			})
		},
	}
	p.databaseFlag(c)
	return c
}

func people(ctx context.Context, s *store.Store) ([][]string, error) {
	all, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	cities, err := s.Cities(ctx)
	if err != nil {
		return nil, err
	}
	rounds, err := s.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	code := map[string]string{}
	for _, c := range cities {
		code[c.ID] = c.Code
	}
	for _, r := range rounds {
		code[r.ID] = r.Code
	}
	rows := [][]string{{"EMAIL", "ROLE", "CITY OR ROUNDS", "STATE", "NAME"}}
	for _, a := range all {
		var places []string
		for _, id := range append([]string{a.City}, a.Rounds...) {
			if id != "" {
				places = append(places, code[id])
			}
		}
		state, name := "active", a.Name
		switch {
		case a.Former > 0:
			state, name, a.Email = "former", fmt.Sprintf("former contributor %d", a.Former), "-"
		case a.Disabled:
			state = "disabled"
		case !assessment.Joined(a):
			state = "invited"
		}
		rows = append(rows, []string{a.Email, string(a.Role), strings.Join(places, ", "), state, name})
	}
	return rows, nil
}

// withPerson opens the database and finds a person by e-mail.
func (p *program) withPerson(ctx context.Context, email string, work func(assessment.Crowd, account.Account) error) error {
	return p.withDatabase(ctx, false, func(k kept) error {
		a, err := k.AccountByEmail(ctx, assessment.NormalEmail(email))
		if err != nil {
			return fmt.Errorf("There is nobody with the address %s.", email)
		}
		return work(crowd(k.Store), a)
	})
}

func (p *program) userReset() *cobra.Command {
	c := &cobra.Command{
		Use:   "reset EMAIL",
		Short: "Print a new link that sets the password of a person",
		Long: `Reset makes a new one-time link. An earlier link that was not used ends. The old password works until a
new one is set. Of several invitations to one address that nobody has accepted, the newest gets it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withPerson(c.Context(), args[0], func(crowd assessment.Crowd, a account.Account) error {
				secret, err := crowd.Reset(c.Context(), a, byOperator)
				if err != nil {
					return err
				}
				return p.link(secret, a)
			})
		},
	}
	p.baseFlag(c)
	p.databaseFlag(c)
	return c
}

func (p *program) userResetFactor() *cobra.Command {
	c := &cobra.Command{
		Use:   "reset-factor EMAIL",
		Short: "Take the second step at sign-in of a person away",
		Long: `For somebody who has lost both the phone and the recovery codes. Make sure by other means that it is
the person who asks. All sessions of the account end; the password stays. The person is told.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withPerson(c.Context(), args[0], func(crowd assessment.Crowd, a account.Account) error {
				if !a.Factor {
					return fmt.Errorf("%s has no second step.", a.Email)
				}
				if err := crowd.ResetFactor(c.Context(), a, byOperator); err != nil {
					return err
				}
				_, err := fmt.Fprintf(p.out, "The second step of %s is taken away; all sessions have ended.\n", a.Email)
				return err
			})
		},
	}
	p.databaseFlag(c)
	return c
}

func (p *program) userToken() *cobra.Command {
	var name, scope, round string
	var days int
	c := &cobra.Command{
		Use:   "token EMAIL",
		Short: "Print a token with which a program may use the API as this person",
		Long: `The token is shown once and kept only as a hash. A program sends it as
"Authorization: Bearer TOKEN". It may do what the person may do, once that person has signed in and
read who sees what: until then the API says so. --scope says what it may do at most: export (draw
files), read, write, or all. --round binds a token that exports or reads to one round.`,
		Example: "  migov user token lead@example.org --name spreadsheet --days 90",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if days < 1 || days > 3660 {
				return misused("--days %d is not between 1 and 3660.", days)
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				a, err := k.AccountByEmail(c.Context(), assessment.NormalEmail(args[0]))
				if err != nil {
					return fmt.Errorf("There is nobody with the address %s.", args[0])
				}
				t := account.Token{Account: a.ID, Name: name, Scope: account.Scope(scope), Expires: time.Now().AddDate(0, 0, days)}
				if !slices.Contains(account.Scopes, t.Scope) {
					return misused("--scope %s is none of export, read, write, all.", scope)
				}
				if round != "" {
					if !t.Scope.OfRound() {
						return misused("--round goes with --scope export or read alone.")
					}
					r, err := k.Round(c.Context(), operator, round)
					if err != nil {
						return err
					}
					t.Round = r.ID
				}
				text, err := crowd(k.Store).ScopedToken(c.Context(), t, byOperator)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.out, text)
				return err
			})
		},
	}
	c.Flags().StringVar(&name, "name", "command line", "what the token is for")
	c.Flags().IntVar(&days, "days", 365, "for how many days it works")
	c.Flags().StringVar(&scope, "scope", string(account.ScopeAll), "what it may do at most: export, read, write or all")
	c.Flags().StringVar(&round, "round", "", "`CODE` of the only round it may draw from")
	p.databaseFlag(c)
	return c
}
