package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/results"
)

func (p *program) resultsCommand() *cobra.Command {
	return gather("results", "Take the results of a round away, so that anybody can compute them again", p.resultsExport())
}

func (p *program) resultsExport() *cobra.Command {
	var round, to string
	c := &cobra.Command{
		Use:   "export --round CODE --out FILE",
		Short: "Write a package with answers, questionnaire, method, results and hashes",
		Long: `Export writes a ZIP file with everything from which the numbers of a round are made: the answers of the
cities that have handed in, as codes (no explanations, no evidence, no persons), the questionnaire, the
method, and what they amount to for every city, dimension and sub-category, three times: with every answer,
with those that are evidenced or better, with those that are verified; and how the cities are distributed.

migov verify FILE computes all of it again on any computer, without a database. A file that exists is not
overwritten.`,
		Example: "  migov results export --round 2027 --out results-2027.zip --database migov.db\n  migov verify results-2027.zip",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := needed(map[string]string{"round": round, "out": to}); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				var m results.Manifest
				err := writeNew(to, func(w io.Writer) (err error) {
					m, err = assessment.Packages{Store: k.Store, Questionnaires: k.library, Now: time.Now}.Write(c.Context(), operator, round, w)
					return err
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.out, "wrote the results of %s to %s\n", count(m.Cities, "city", "cities"), to)
				return err
			})
		},
	}
	roundFlag(c, &round)
	c.Flags().StringVar(&to, "out", "", "the `FILE` to write")
	p.databaseFlag(c)
	return c
}

// isPackage tells whether a file is a ZIP file, as packages of results are; snapshots are JSON.
func isPackage(f *os.File) bool {
	var head [4]byte
	n, _ := f.ReadAt(head[:], 0)
	return n == 4 && string(head[:]) == "PK\x03\x04"
}

// verifyPackage prints what it finds in a package of results, one line for each thing; brief, only what is different.
func (p *program) verifyPackage(f *os.File, brief bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	equals, others := 0, 0
	m, equal, err := results.Verify(f, info.Size(), func(l results.Line) {
		word := "equal"
		if l.Equal {
			equals++
		} else {
			word = "DIFFERENT"
			others++
		}
		if !brief || !l.Equal {
			fmt.Fprintf(p.out, "%-9s %s: %s\n", word, l.What, l.Words)
		}
	})
	if errors.Is(err, results.ErrForm) {
		return fmt.Errorf("The file is not a package of results of migov: %w", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s (%s), %s, method %s, %s, as of %s: %d equal, %d different\n", m.Round.Name, m.Round.Code, m.Instrument.Name, m.Method,
		count(m.Cities, "city", "cities"), m.AsOf, equals, others)
	if !equal {
		return errors.New("The package was not confirmed. Look at the lines marked DIFFERENT.")
	}
	return nil
}
