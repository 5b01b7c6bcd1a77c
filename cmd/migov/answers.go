package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/survey"
)

func (p *program) answersCommand() *cobra.Command {
	return gather("answers", "Move answers in and out as CSV", p.answersImport(), p.answersExport())
}

func transfer(k kept) assessment.Transfer {
	return assessment.Transfer{Store: k.Store, Questionnaires: k.library, Now: time.Now}
}

// importing is what the flags of `answers import` say.
type importing struct {
	round, city, plan string
	apply, raw        bool
}

func (p *program) answersImport() *cobra.Command {
	var o importing
	c := &cobra.Command{
		Use:   "import FILE --round CODE",
		Short: "Import answers; without --apply only say what would change",
		Long: `Import reads answers in long form (the columns of score) into the assessments of a round. Without
--apply nothing is written: the dry run says row by row what would change and what is refused.

All or nothing: when one row is refused, nothing is imported. Rows that are absent from the file
stay as they are. A row with neither value nor non-answer may still set a power or a text.

With --plan FILE the dry run notes what it has seen. The same flag with --apply refuses rows that
somebody has changed since then, and names them.`,
		Example: `  migov answers import answers.csv --round 2027
  migov answers import answers.csv --round 2027 --plan seen.json
  migov answers import answers.csv --round 2027 --plan seen.json --apply`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"round": o.round}); err != nil {
				return err
			}
			file, err := p.input(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			return p.withDatabase(c.Context(), false, func(k kept) error {
				return p.importAnswers(c.Context(), transfer(k), args[0], file, o)
			})
		},
	}
	roundFlag(c, &o.round)
	c.Flags().StringVar(&o.city, "city", "", "refuse rows of any city but the one with this `CODE`")
	c.Flags().BoolVar(&o.apply, "apply", false, "write the answers")
	c.Flags().StringVar(&o.plan, "plan", "", "note in this `FILE` what the dry run has seen; with --apply, compare with it")
	rawFlag(c, &o.raw)
	p.databaseFlag(c)
	return c
}

func roundFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "round", "", "`CODE` of the round")
}

func (p *program) importAnswers(ctx context.Context, t assessment.Transfer, name string, file io.Reader, o importing) error {
	plan, err := t.Plan(ctx, operator, o.round, o.city, file, o.raw)
	if err != nil {
		return err
	}
	if len(plan.Refused) > 0 {
		return brokenRows{name, plan.Refused}
	}
	if err := p.printPlan(plan); err != nil {
		return err
	}
	if !o.apply {
		if o.plan != "" {
			seen, err := json.Marshal(plan.Seen)
			if err != nil {
				return err
			}
			if err := os.WriteFile(o.plan, append(seen, '\n'), 0o600); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(p.out, "Nothing was written. Repeat with --apply to import.")
		return err
	}
	seen, err := seenBefore(o.plan)
	if err != nil {
		return err
	}
	if err := t.Apply(ctx, operator, plan, seen); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, "Imported.")
	return err
}

func seenBefore(name string) (seen map[string]int, err error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &seen); err != nil || seen == nil {
		return nil, fmt.Errorf("%s was not written by a dry run with --plan.", name)
	}
	return seen, nil
}

func (p *program) printPlan(plan assessment.Plan) error {
	rows := [][]string{{"ROW", "CITY", "INDICATOR", "EFFECT", "BEFORE", "AFTER", "POWER"}}
	for _, l := range plan.Lines {
		if l.Effect != assessment.Same {
			rows = append(rows, []string{strconv.Itoa(l.Line), l.City, l.Indicator, string(l.Effect), brief(l.Before), brief(l.After), string(l.Power)})
		}
	}
	if len(rows) > 1 {
		if err := table(p.out, rows); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.out, "%d added, %d changed, %d the same.\n", plan.Count(assessment.Adds), plan.Count(assessment.Changes), plan.Count(assessment.Same))
	return err
}

// brief is an answer in a narrow column: the value or the non-answer, shortened, on one line.
func brief(a survey.Answer) string {
	s := a.Value
	if s == "" {
		s = string(a.NonAnswer)
	}
	if s == "" {
		s = "-"
	}
	runes := bytes.Runes([]byte(s))
	for i, r := range runes {
		if r < ' ' {
			runes[i] = ' '
		}
	}
	if len(runes) > 24 {
		return string(runes[:23]) + "…"
	}
	return string(runes)
}

func (p *program) answersExport() *cobra.Command {
	var round, city string
	var raw bool
	c := &cobra.Command{
		Use:   "export [FILE] --round CODE",
		Short: "Export the answers of a round to a file, or to standard output",
		Long: `Export writes every indicator of every city of a round, open ones too, in the long form that import
and score read. A text that a spreadsheet would take for a formula gets an apostrophe in front,
which import takes off again; --raw leaves every text exactly as it is. A file that exists is not
overwritten.`,
		Example: "  migov answers export answers.csv --round 2027 --database migov.db",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"round": round}); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				write := func(w io.Writer) error { return transfer(k).Export(c.Context(), operator, round, city, w, raw) }
				if len(args) == 0 || args[0] == "-" {
					return write(p.out)
				}
				return writeNew(args[0], write)
			})
		},
	}
	roundFlag(c, &round)
	c.Flags().StringVar(&city, "city", "", "only the city with this `CODE`")
	rawFlag(c, &raw)
	p.databaseFlag(c)
	return c
}

// writeNew writes a file that must not exist yet; it holds answers, so that nobody else may read it. A failure leaves no half file.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if os.IsExist(err) {
		return fmt.Errorf("%s exists already. Choose a new name; an export never overwrites a file.", name)
	}
	if err != nil {
		return err
	}
	err = write(f)
	if end := f.Close(); err == nil {
		err = end
	}
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
