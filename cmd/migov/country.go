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
	"migov/assessment/survey"
)

func (p *program) countryCommand() *cobra.Command {
	return gather("country", "Keep what is known of a country",
		gather("pack", "Who holds which power, and what words mean", p.packImport(), p.packExport()),
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

// packFlags are what the flags of `country pack` say.
type packFlags struct {
	country, instrument, powers, terms string
	apply                              bool
}

func (o *packFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&o.country, "country", "", "two letters, such as GH (ISO 3166-1); a city must be kept there")
	c.Flags().StringVar(&o.instrument, "instrument", "urban-migof@1.0.0", "`CODE@VERSION` of the questionnaire that has the indicators")
}

func (p *program) packImport() *cobra.Command {
	var o packFlags
	c := &cobra.Command{
		Use:   "import --country CC --powers FILE --terms FILE",
		Short: "Keep a pack of a country; without --apply only say what it has",
		Long: `Import keeps the next version of what is set for a country. The columns of the powers are ` + strings.Join(assessment.PackPowerColumns, ", ") + `,
those of the words ` + strings.Join(assessment.PackTermColumns, ", ") + `. A file that is not named is left as it is kept.

All or nothing: when one row is refused, nothing is kept. No city is changed: an analyst sets the powers in
cities on the page of the country.`,
		Example: `  migov country pack import --country GH --powers powers.csv
  migov country pack import --country GH --powers powers.csv --terms words.csv --apply`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := needed(map[string]string{"country": o.country}); err != nil {
				return err
			}
			if o.powers == "" && o.terms == "" {
				return misused("Name --powers, --terms or both.")
			}
			return p.withDatabase(c.Context(), false, func(k kept) error { return p.importPack(c.Context(), k, o) })
		},
	}
	o.add(c)
	c.Flags().StringVar(&o.powers, "powers", "", "`FILE` with a row for each power")
	c.Flags().StringVar(&o.terms, "terms", "", "`FILE` with a row for each word")
	c.Flags().BoolVar(&o.apply, "apply", false, "keep the pack")
	p.databaseFlag(c)
	return c
}

// packOf reads what is kept of a country.
func (p *program) packOf(ctx context.Context, k kept, o packFlags) (x assessment.Packs, in *survey.Instrument, pack assessment.Pack, err error) {
	x = assessment.Packs{Store: k.Store, Questionnaires: k.library, Now: time.Now}
	if in, err = named(k.library, o.instrument); err != nil {
		return x, in, pack, err
	}
	pack, err = x.Of(ctx, operator, strings.ToUpper(o.country), in.Code)
	if fault.Is(err, fault.NotFound) {
		err = fmt.Errorf("No city of the country %s is kept here. Add one first with migov city add.", strings.ToUpper(o.country))
	}
	return x, in, pack, err
}

func (p *program) importPack(ctx context.Context, k kept, o packFlags) error {
	x, in, before, err := p.packOf(ctx, k, o)
	if err != nil {
		return err
	}
	texts := map[string]string{}
	for name, path := range map[string]string{"powers": o.powers, "terms": o.terms} {
		if path == "" {
			var b strings.Builder
			if name == "powers" {
				err = assessment.WritePack(&b, assessment.PackPowerColumns, before.PowerRows())
			} else {
				err = assessment.WritePack(&b, assessment.PackTermColumns, before.TermRows())
			}
			texts[name] = b.String()
		} else {
			texts[name], err = p.contents(path)
		}
		if err != nil {
			return err
		}
	}
	after, err := x.Read(in, texts["powers"], texts["terms"])
	if err != nil {
		return err
	}
	if !o.apply {
		_, err := fmt.Fprintf(p.out, "Version %d has %d powers and %d words; the next would have %d and %d. Nothing was written. Repeat with --apply to keep it.\n",
			before.Revision, len(before.Powers), len(before.Terms), len(after.Powers), len(after.Terms))
		return err
	}
	if err := x.Replace(ctx, operator, before.Country, in, before.Revision, texts["powers"], texts["terms"]); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Version %d is kept, with %d powers and %d words. No city was changed.\n", before.Revision+1, len(after.Powers), len(after.Terms))
	return err
}

// contents reads a file as text.
func (p *program) contents(path string) (string, error) {
	file, err := p.input(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, 2<<20))
	return string(data), err
}

func (p *program) packExport() *cobra.Command {
	var o packFlags
	var words bool
	c := &cobra.Command{
		Use:     "export --country CC",
		Short:   "Write the powers of a country as CSV, or its words",
		Example: `  migov country pack export --country GH > powers.csv`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := needed(map[string]string{"country": o.country}); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				_, _, pack, err := p.packOf(c.Context(), k, o)
				if err != nil {
					return err
				}
				if words {
					return assessment.WritePack(p.out, assessment.PackTermColumns, pack.TermRows())
				}
				return assessment.WritePack(p.out, assessment.PackPowerColumns, pack.PowerRows())
			})
		},
	}
	o.add(c)
	c.Flags().BoolVar(&words, "words", false, "write the words instead of the powers")
	p.databaseFlag(c)
	return c
}
