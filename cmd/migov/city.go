package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/place"
	"migov/data/locale"
)

func (p *program) cityCommand() *cobra.Command {
	return gather("city", "Add, import and list cities", p.cityAdd(), p.cityList(), p.cityImport())
}

// codes are the short names of cities and rounds: they stand in files and addresses.
var codes = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,39}$`)

func checkCode(code string) error {
	if codes.MatchString(code) {
		return nil
	}
	return misused("The code %q is not made of 2 to 40 lower-case letters, digits and hyphens.", code)
}

func (p *program) cityAdd() *cobra.Command {
	var name string
	var given place.Given
	var fictional bool
	c := &cobra.Command{
		Use:   "add CODE --name NAME --country CC",
		Short: "Add a city",
		Long: `Add a city under a short code, which stands in files of answers and in addresses. Groups of cities to
compare with are made from region, population, roles and income group; what nobody knows is left out.
The region follows from the country.`,
		Example: `  migov city add accra --name "Accra" --country GH
  migov city add accra --name "Accra" --country GH --locode GHACC --population 2388000 --roles transit,destination --income lower_middle`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"name": name, "country": given.Country}); err != nil {
				return err
			}
			if err := checkCode(args[0]); err != nil {
				return err
			}
			city := assessment.City{Code: args[0], Name: strings.TrimSpace(name), Fictional: fictional}
			if err := understand(&city, given); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), true, func(k kept) error {
				if _, err := k.AddCity(c.Context(), city, byOperator); err != nil {
					return err
				}
				_, err := fmt.Fprintf(p.out, "added %s\n", city.Code)
				return err
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "the `NAME` that people read")
	c.Flags().StringVar(&given.Country, "country", "", "two letters, such as GH (ISO 3166-1)")
	c.Flags().StringVar(&given.Region, "region", "", "sub-region of UN M49, such as 011; it follows from the country")
	c.Flags().StringVar(&given.Locode, "locode", "", "UN/LOCODE, such as GHACC")
	c.Flags().StringVar(&given.Population, "population", "", "residents")
	c.Flags().StringVar(&given.Roles, "roles", "", "in migration, joined by commas: "+strings.Join(place.Roles, ", "))
	c.Flags().StringVar(&given.Income, "income", "", "income group of the country: "+strings.Join(place.Incomes, ", "))
	c.Flags().BoolVar(&fictional, "fictional", false, "the city is invented, and shown as such")
	p.databaseFlag(c)
	return c
}

// understand puts into a city what flags say of it; all that is wrong is told at once.
func understand(city *assessment.City, given place.Given) error {
	names, err := placeNames()
	if err != nil {
		return err
	}
	f, faults := place.NewNames(names, nil).Read(given)
	var wrong []string
	for _, x := range faults {
		wrong = append(wrong, "--"+x.Name+": "+message(x.Key, x.Args))
	}
	if len(wrong) > 0 {
		return usageError{wrong}
	}
	city.Country, city.Region, city.Locode, city.Population, city.Roles, city.Income = f.Country, f.Region, f.Locode, f.Population, f.Roles, f.Income
	return nil
}

// placeNames are names of countries and of what is said of cities, in every language.
func placeNames() (place.Say, error) {
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return words.PlaceNames, nil
}

func (p *program) cityImport() *cobra.Command {
	var dry bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import cities from CSV or XLSX; with --dry-run only say what would change",
		Long: `Import adds cities and changes what is known of them. The columns are ` + strings.Join(assessment.CityColumns, ", ") + `,
in any order; a file needs name and country, or city, which is the code. An empty cell leaves what is kept.

A row is about the city with its code; without one, about the city with its UN/LOCODE; without that,
about the city of its country with its name. All or nothing: when one row is refused, nothing is imported.`,
		Example: `  migov city import cities.xlsx --database migov.db --dry-run
  migov city import cities.xlsx --database migov.db`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := p.input(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			return p.withDatabase(c.Context(), true, func(k kept) error {
				return p.importCities(c.Context(), k, args[0], file, dry)
			})
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "write nothing; say row by row what would change")
	p.databaseFlag(c)
	return c
}

func (p *program) importCities(ctx context.Context, k kept, name string, file io.Reader, dry bool) error {
	names, err := placeNames()
	if err != nil {
		return err
	}
	x := assessment.Cities{Store: k.Store, Names: names, Now: time.Now}
	plan, err := x.Plan(ctx, operator, file)
	if err != nil {
		return err
	}
	if len(plan.Refused) > 0 {
		return brokenRows{name, plan.Refused}
	}
	if len(plan.Unread) > 0 {
		fmt.Fprintf(p.out, "Nothing is read from the columns: %s.\n", strings.Join(plan.Unread, ", "))
	}
	adds, changes, same := plan.Count(assessment.Adds), plan.Count(assessment.Changes), plan.Count(assessment.Same)
	if !dry {
		if err := x.Apply(ctx, operator, plan, plan.Digest); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.out, "%d added, %d changed, %d the same.\n", adds, changes, same)
		return err
	}
	rows := [][]string{{"ROW", "CITY", "EFFECT", "CHANGES"}}
	for _, l := range plan.Lines {
		if l.Effect != assessment.Same {
			rows = append(rows, []string{strconv.Itoa(l.Row), l.After.Code, string(l.Effect), strings.Join(l.Fields, ", ")})
		}
	}
	if err := table(p.out, rows); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%d would be added, %d changed, %d are the same. Nothing was written.\n", adds, changes, same)
	return err
}

func (p *program) cityList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List the cities",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withDatabase(c.Context(), false, func(k kept) error {
				cities, err := k.Cities(c.Context())
				if err != nil {
					return err
				}
				rows := [][]string{{"CODE", "NAME", "COUNTRY", ""}}
				for _, city := range cities {
					mark := ""
					if city.Fictional {
						mark = "fictional"
					}
					rows = append(rows, []string{city.Code, city.Name, city.Country, mark})
				}
				return table(p.out, rows)
			})
		},
	}
	p.databaseFlag(c)
	return c
}
