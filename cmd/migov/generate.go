package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"migov/cmd/migov/demo"
)

// mostGenerated is the largest round that is generated.
const mostGenerated = 1_000_000

func (p *program) demoCommand() *cobra.Command {
	return gather("demo", "Make demonstration data", p.demoGenerate())
}

func (p *program) demoGenerate() *cobra.Command {
	var cities int
	var seed uint64
	c := &cobra.Command{
		Use:   "generate --cities N --database DATABASE",
		Short: "Fill an empty database with a round of invented cities, to try large rounds",
		Long: `Generate makes up a round of N cities, so that lists, comparisons and exports can be tried at the size
that you expect. The countries are invented, with regions, income groups and more or less powers of
their cities; cities differ in population, role in migration, powers and non-answers. Of a hundred
cities, about 85 have handed in, 10 are at work and 5 have not begun; of those that have handed in, 30 of a
hundred show their numbers to peers. The same seed gives the same answers.

The database must be empty. It is marked as demonstration data: serve it with --demo. Snapshots stand only
for the cities that show their numbers.`,
		Example: `  migov demo generate --cities 1000 --database big.db
  migov serve --demo --database big.db`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if cities < 1 || cities > mostGenerated {
				return misused("--cities must be a number from 1 to %d.", mostGenerated)
			}
			if !c.Flags().Changed("database") && !p.databaseNamed {
				return misused("Name the database with --database, so that none is filled by mistake.")
			}
			return p.withDatabase(c.Context(), true, func(k kept) error {
				known, err := k.Cities(c.Context())
				if err != nil {
					return err
				}
				if len(known) > 0 {
					return fmt.Errorf("The database %s holds cities already. Name an empty one.", p.settings.Database)
				}
				in, err := named(k.library, "urban-migof@1.0.0")
				if err != nil {
					return err
				}
				began := time.Now()
				ins, err := demo.Generator{Store: k.Store, Library: k.library, Crowd: crowd(k.Store), Now: began, Seed: seed, Cities: cities}.Generate(c.Context(), in)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "made %s in %s\n", count(cities, "city with its answers", "cities with their answers"), time.Since(began).Round(time.Second/10))
				rows := [][]string{{"EMAIL", "PASSWORD", "ROLE", "OF"}}
				for _, s := range ins {
					rows = append(rows, []string{s.Email, s.Password, string(s.Role), s.Place})
				}
				return table(p.out, rows)
			})
		},
	}
	c.Flags().IntVar(&cities, "cities", 0, "how `MANY` cities, up to a million")
	c.Flags().Uint64Var(&seed, "seed", 2026, "another `NUMBER` makes other answers")
	p.databaseFlag(c)
	return c
}
