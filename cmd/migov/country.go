package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/fault"
)

func (p *program) countryCommand() *cobra.Command {
	return gather("country", "Keep what is known of a country",
		gather("statements", "What national texts say", p.statementsImport()))
}

// statementImport is what the flags of `country statements import` say.
type statementImport struct {
	country, instrument string
	apply, publish      bool
}

func (p *program) statementsImport() *cobra.Command {
	var o statementImport
	c := &cobra.Command{
		Use:   "import FILE --country CC",
		Short: "Import national statements; without --apply only say what would be added",
		Long: `Import reads what national strategies, laws and reports say of the subjects of indicators. The columns
are ` + strings.Join(assessment.StatementColumns, ", ") + `; the last three may be missing. What a text says is in_place,
partly or not_in_place. Dates are written 2024-03-31.

All or nothing: when one row is refused, nothing is imported. A row that is kept already is passed over.
What is imported is a draft; with --publish those with a source and a date are published at once.`,
		Example: `  migov country statements import statements.csv --country GH
  migov country statements import statements.csv --country GH --apply --publish`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"country": o.country}); err != nil {
				return err
			}
			o.country = strings.ToUpper(o.country)
			file, err := p.input(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			return p.withDatabase(c.Context(), false, func(k kept) error {
				return p.importStatements(c.Context(), k, args[0], file, o)
			})
		},
	}
	c.Flags().StringVar(&o.country, "country", "", "two letters, such as GH (ISO 3166-1); a city must be kept there")
	c.Flags().StringVar(&o.instrument, "instrument", "urban-migof", "`CODE` of the questionnaire that has the indicators, without version")
	c.Flags().BoolVar(&o.apply, "apply", false, "write the statements")
	c.Flags().BoolVar(&o.publish, "publish", false, "with --apply, publish those that have a source and a date")
	p.databaseFlag(c)
	return c
}

func (p *program) importStatements(ctx context.Context, k kept, name string, file io.Reader, o statementImport) error {
	x := assessment.Statements{Store: k.Store, Questionnaires: k.library, Now: time.Now}
	plan, err := x.Plan(ctx, operator, o.country, o.instrument, file)
	if fault.Is(err, fault.NotFound) {
		return fmt.Errorf("No city of the country %s is kept here. Add one first with migov city add.", o.country)
	}
	if err != nil {
		return err
	}
	if len(plan.Refused) > 0 {
		return brokenRows{name, plan.Refused}
	}
	rows := [][]string{{"ROW", "INDICATOR", "SAYS", "EFFECT", "MAY BE PUBLISHED"}}
	for _, l := range plan.Lines {
		effect, may := "added", "yes"
		if l.Same {
			effect = "the same"
		}
		if len(l.Statement.Publishable()) > 0 {
			may = "no"
		}
		rows = append(rows, []string{strconv.Itoa(l.Row), l.Statement.Indicator, string(l.Statement.Says), effect, may})
	}
	if err := table(p.out, rows); err != nil {
		return err
	}
	if !o.apply {
		_, err := fmt.Fprintf(p.out, "%d would be added. Nothing was written. Repeat with --apply to import.\n", plan.Adds())
		return err
	}
	added, published, err := x.Import(ctx, operator, plan, o.publish)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%d added, %d published.\n", added, published)
	return err
}
