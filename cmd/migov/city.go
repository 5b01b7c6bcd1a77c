package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"migov/assessment"
)

func (p *program) cityCommand() *cobra.Command {
	return gather("city", "Add and list cities", p.cityAdd(), p.cityList())
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
	var name, country string
	var fictional bool
	c := &cobra.Command{
		Use:     "add CODE --name NAME --country CC",
		Short:   "Add a city",
		Long:    "Add a city under a short code, which stands in files of answers and in addresses.",
		Example: `  migov city add accra --name "Accra" --country GH`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"name": name, "country": country}); err != nil {
				return err
			}
			if err := checkCode(args[0]); err != nil {
				return err
			}
			region, err := language.ParseRegion(country)
			if err != nil || !region.IsCountry() || region.String() != strings.ToUpper(country) {
				return misused("--country %q is not the two letters of a country, such as GH (ISO 3166-1).", country)
			}
			city := assessment.City{Code: args[0], Name: strings.TrimSpace(name), Country: region.String(), Fictional: fictional}
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
	c.Flags().StringVar(&country, "country", "", "two letters, such as GH (ISO 3166-1)")
	c.Flags().BoolVar(&fictional, "fictional", false, "the city is invented, and shown as such")
	p.databaseFlag(c)
	return c
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
