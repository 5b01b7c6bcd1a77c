package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/survey"
)

func (p *program) instrumentCommand() *cobra.Command {
	return gather("instrument", "Look at, check and add instruments", p.instrumentList(), p.instrumentCheck(), p.instrumentShow(), p.instrumentAdd())
}

func (p *program) instrumentList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List the built-in instruments, and with --database those added to it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withInstruments(c, func(l *assessment.Library) error {
				rows := [][]string{{"NAME", "INDICATORS", "TITLE"}}
				for _, in := range l.List() {
					title, _ := in.Title.In(survey.English)
					rows = append(rows, []string{in.Name(), strconv.Itoa(len(in.Indicators())), title})
				}
				return table(p.out, rows)
			})
		},
	}
	p.databaseFlag(c)
	return c
}

// withInstruments hands over the built-in instruments, together with those of a database when one is named.
func (p *program) withInstruments(c *cobra.Command, work func(*assessment.Library) error) error {
	if !c.Flags().Changed("database") && !p.databaseNamed {
		l, err := builtIn()
		if err != nil {
			return err
		}
		return work(l)
	}
	return p.withDatabase(c.Context(), false, func(k kept) error { return work(k.library) })
}

func (p *program) instrumentCheck() *cobra.Command {
	var strict bool
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Report everything that is wrong with an instrument file, with line numbers",
		Long: `Check reads a file of an instrument and reports every fault at once, with its line. Missing
translations are warnings, and faults with --strict. The exit code is 1 when there is a fault.`,
		Example: "  migov instrument check my-instrument.yaml --strict",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			source, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			problems := survey.Check(source, strict)
			for _, problem := range problems {
				fmt.Fprintf(p.out, "%s: %s\n", args[0], problem)
			}
			wrong := len(faultsOf(problems))
			if wrong > 0 {
				return fmt.Errorf("%s has %s.", args[0], count(wrong, "fault", "faults"))
			}
			in, _ := survey.Decode(source)
			if in == nil {
				return fmt.Errorf("%s cannot be read.", args[0])
			}
			_, err = fmt.Fprintf(p.out, "%s is in order: %s, %s, %s.\n", args[0], in.Name(),
				count(len(in.Indicators()), "indicator", "indicators"), count(len(problems), "warning", "warnings"))
			return err
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "a missing translation is a fault")
	return c
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (p *program) instrumentShow() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "show CODE@VERSION|FILE",
		Short:   "Print an instrument as JSON, as YAML or as a text to read",
		Example: "  migov instrument show urban-migof@1.0.0 --format markdown",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("format", format, "json", "yaml", "markdown"); err != nil {
				return err
			}
			return p.withInstruments(c, func(l *assessment.Library) error {
				in, err := named(l, args[0])
				if err != nil {
					return err
				}
				switch format {
				case "json":
					return survey.WriteJSON(p.out, in)
				case "markdown":
					return survey.WriteMarkdown(p.out, in, survey.English)
				}
				_, err = p.out.Write(in.Source)
				return err
			})
		},
	}
	c.Flags().StringVar(&format, "format", "json", "json, yaml or markdown")
	p.databaseFlag(c)
	return c
}

func (p *program) instrumentAdd() *cobra.Command {
	c := &cobra.Command{
		Use:   "add FILE",
		Short: "Add an instrument to the database",
		Long: `Add checks a file and keeps it in the database under its code and version. A version that exists
never changes its meaning: the same one with other questions is refused, one with better
translations replaces it. A server that is running knows the instrument after a restart.`,
		Example: "  migov instrument add my-instrument.yaml --database migov.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			source, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			in, problems := survey.Decode(source)
			if in == nil {
				return fmt.Errorf("%s was not added:\n%s", args[0], lines(faultsOf(problems)))
			}
			return p.withDatabase(c.Context(), true, func(k kept) error {
				if err := k.library.Add(in); err != nil {
					return err
				}
				if err := k.AddInstrument(c.Context(), in, byOperator); err != nil {
					return err
				}
				_, err := fmt.Fprintf(p.out, "added %s\n", in.Name())
				return err
			})
		},
	}
	p.databaseFlag(c)
	return c
}
