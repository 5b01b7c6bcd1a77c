package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"migov/assessment"
)

func (p *program) auditCommand() *cobra.Command {
	return gather("audit", "Verify the log of who did and who looked at what", p.auditVerify())
}

func (p *program) auditVerify() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "verify [--since FILE]",
		Short: "Verify that no line of the audit log was changed, taken out or put elsewhere",
		Long: `Verify follows the audit log of every city. Each line holds the SHA-256 of itself and of the line
before, so that a line that was changed, taken out or put elsewhere is found and named. It prints the
newest line of each city: number, hash and code. Keep that somewhere else, on paper or on another
machine; with --since FILE it also finds lines that were cut off at the end since then.

It may run while migov serves the same database. The exit code is 1 when something is wrong.`,
		Example: `  migov audit verify --database migov.db > heads.txt
  migov audit verify --database migov.db --since heads.txt`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var earlier []assessment.Head
			if since != "" {
				f, err := os.Open(since)
				if err != nil {
					return fmt.Errorf("The file %s cannot be read.", since)
				}
				defer f.Close()
				if earlier, err = readHeads(f); err != nil {
					return fmt.Errorf("The file %s is no list of heads: %w.", since, err)
				}
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				heads, wrong, err := k.VerifyAudit(c.Context(), earlier)
				if err != nil {
					return err
				}
				for _, h := range heads {
					fmt.Fprintf(p.out, "%d %s %s %s\n", h.Seq, dash(h.Hash), dash(h.City), dash(h.Code))
				}
				for _, w := range wrong {
					fmt.Fprintln(p.err, w)
				}
				if len(wrong) > 0 {
					return fmt.Errorf("%s wrong with the audit log.", count(len(wrong), "thing is", "things are"))
				}
				return nil
			})
		},
	}
	p.databaseFlag(c)
	c.Flags().StringVar(&since, "since", "", "a `FILE` with what verify has printed earlier")
	return c
}

// dash stands for an empty word in a line of words.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// readHeads reads what verify has printed.
func readHeads(r io.Reader) (heads []assessment.Head, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		all := strings.Fields(lines.Text())
		if len(all) == 0 {
			continue
		}
		seq, err := strconv.ParseInt(all[0], 10, 64)
		if err != nil || len(all) != 4 {
			return nil, fmt.Errorf("line %d is not made of number, hash, id and code", n)
		}
		undash := func(s string) string { return strings.TrimPrefix(s, "-") }
		heads = append(heads, assessment.Head{Seq: seq, Hash: undash(all[1]), City: undash(all[2]), Code: undash(all[3])})
	}
	return heads, lines.Err()
}
