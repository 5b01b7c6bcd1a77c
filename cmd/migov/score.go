package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
)

func (p *program) scoreCommand() *cobra.Command {
	var instrument, answers, format, standing string
	var raw bool
	c := &cobra.Command{
		Use:   "score --instrument CODE@VERSION|FILE --answers FILE",
		Short: "Compute the cards of cities from a file of answers, without a database",
		Long: `Score reads answers in long form, one row for each city and indicator, and writes the card of
each city: situation and municipal effort with low, central and high, coverage, and the reasons
why a number may not be shown.

The columns are city, indicator, value and non_answer, and, if you like, power, explanation and
evidence, and those that an export has beside them. A value is a level from 0 to 4, yes or no, options joined by |, a number or a text. A
non-answer is not_ours, not_applicable, dont_know, declined or skipped. Where no power stands,
the default of the instrument holds.

With --standing evidenced, only answers count that are evidenced or verified by the column standing of
an export; with --standing verified only those that are verified. The others count as open.

When one row cannot be read, every faulty row is named and nothing is scored.`,
		Example: `  migov score --instrument urban-migof@1.0.0 --answers answers.csv
  migov score --instrument my-instrument.yaml --answers - --format csv <answers.csv`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := needed(map[string]string{"instrument": instrument, "answers": answers}); err != nil {
				return err
			}
			if err := oneOf("format", format, "json", "csv"); err != nil {
				return err
			}
			if err := oneOf("standing", standing, "claimed", "evidenced", "verified"); err != nil {
				return err
			}
			l, err := builtIn()
			if err != nil {
				return err
			}
			in, err := named(l, instrument)
			if err != nil {
				return err
			}
			cards, err := p.cards(in, l.Scheme(in), answers, evidence.Standing(standing), raw)
			if err != nil {
				return err
			}
			if format == "csv" {
				return score.WriteCSV(p.out, cards)
			}
			return score.WriteJSON(p.out, cards)
		},
	}
	c.Flags().StringVar(&instrument, "instrument", "", "`CODE@VERSION` of a built-in instrument, or a file")
	c.Flags().StringVar(&answers, "answers", "", "`FILE` of answers as CSV; - reads standard input")
	c.Flags().StringVar(&format, "format", "json", "json, or csv for spreadsheets")
	c.Flags().StringVar(&standing, "standing", "claimed", "how far an answer must be backed to count: claimed, evidenced or verified")
	rawFlag(c, &raw)
	return c
}

func rawFlag(c *cobra.Command, raw *bool) {
	c.Flags().BoolVar(raw, "raw", false, "texts stand exactly as they are: no ' guards one that begins like a formula")
}

// cards reads a file of answers and computes the card of each city, in the order in which they first appear, of the answers
// that are backed at least as far as a standing says.
func (p *program) cards(in *survey.Instrument, scheme *score.Scheme, name string, least evidence.Standing, raw bool) ([]score.Card, error) {
	file, err := p.input(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, faults := longform.Read(file, raw)
	cities, more := longform.Understand(in, rows)
	if faults = append(faults, more...); len(faults) > 0 {
		return nil, brokenRows{name, faults}
	}
	cards := make([]score.Card, len(cities.Order))
	for i, city := range cities.Order {
		marks, standings := scheme.Blank(), map[string]evidence.Standing{}
		for _, e := range cities.Entries[city] {
			scheme.SetAnswer(marks, e.Row.Indicator, e.Answer)
			scheme.SetHolder(marks, e.Row.Indicator, e.Power)
			standings[e.Row.Indicator] = evidence.Standing(e.Row.Standing)
		}
		marks = scheme.Only(marks, func(id string) bool { return standings[id].AtLeast(least) })
		cards[i] = scheme.Card(city, marks)
	}
	return cards, nil
}

// input opens a file; - means standard input.
func (p *program) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.in), nil
	}
	return os.Open(name)
}

// brokenRows refuses a file and names every faulty row.
type brokenRows struct {
	file   string
	faults []fault.Field
}

func (b brokenRows) Error() string {
	var s strings.Builder // a file may have a hundred thousand rows, and all be refused
	fmt.Fprintf(&s, "%s cannot be used. Nothing was done. What is wrong:", b.file)
	for _, f := range b.faults {
		s.WriteString("\n" + ofField(f))
	}
	return s.String()
}
