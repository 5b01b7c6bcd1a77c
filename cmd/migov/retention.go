package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
)

// unset is the number of months of a setting that was not made.
const unset = -1

// retention is what holds, and whether anything was set at all.
func (s settings) retention() (r assessment.Retention, set bool) {
	r = assessment.UsualRetention
	for _, x := range []struct {
		months int
		to     *int
	}{{s.RetentionUnfinished, &r.Unfinished}, {s.RetentionHandedIn, &r.HandedIn}, {s.RetentionAlternatives, &r.Alternatives}, {s.RetentionEvidence, &r.Evidence}} {
		if x.months != unset {
			*x.to, set = x.months, true
		}
	}
	return r, set
}

// checkRetention returns what is wrong with the months that were set.
func (s settings) checkRetention() (faults []string) {
	r, _ := s.retention()
	for name, months := range map[string]int{"UNFINISHED": r.Unfinished, "HANDED_IN": r.HandedIn, "ALTERNATIVES": r.Alternatives, "EVIDENCE": r.Evidence} {
		if months < 0 || months > 1200 {
			faults = append(faults, fmt.Sprintf("The environment variable %sRETENTION_%s must hold a number of months from 0 (for ever) to 1200.", prefix, name))
		}
	}
	return faults
}

func (p *program) retentionCommand() *cobra.Command {
	var apply bool
	c := &cobra.Command{
		Use:   "retention",
		Short: "Show what has been kept long enough, and delete it when asked",
		Long: `Retention lists what has been kept longer than the settings say. With --apply it is deleted; it
cannot be brought back, except from a backup. The settings are months, 0 keeps for ever:

  MIGOV_RETENTION_UNFINISHED    24  assessments never handed in, after the last change and the due day
  MIGOV_RETENTION_HANDED_IN     60  those handed in, after the last round of this instance was due
  MIGOV_RETENTION_ALTERNATIVES  12  texts kept beside an answer, after somebody chose
  MIGOV_RETENTION_EVIDENCE      24  evidence taken out of the library that no answer cites

A server deletes by itself, once a day, only when at least one of them is set. It tells coordinators
and analysts 90, 30 and 7 days before an unfinished assessment is deleted; one of which nobody was
told stays for a week after they are.`,
		Example: "  migov retention\n  migov retention --apply",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if faults := p.settings.checkRetention(); len(faults) > 0 {
				return usageError{faults}
			}
			r, _ := p.settings.retention()
			return p.withDatabase(c.Context(), false, func(k kept) error {
				all, err := assessment.Expired(c.Context(), k.Store, operator, r, time.Now(), apply)
				if err != nil {
					return err
				}
				rows := [][]string{{"SINCE", "WHAT", "CITY", "ROUND", "ID"}}
				for _, e := range all {
					rows = append(rows, []string{e.Since.Format(time.DateOnly), string(e.Kind), e.City, e.Round, e.ID})
				}
				if len(all) > 0 {
					if err := table(p.out, rows); err != nil {
						return err
					}
				}
				said := "%d to be deleted. Nothing was deleted; --apply deletes.\n"
				if apply {
					said = "%d deleted.\n"
				}
				_, err = fmt.Fprintf(p.out, said, len(all))
				return err
			})
		},
	}
	c.Flags().BoolVar(&apply, "apply", false, "delete what is listed")
	p.databaseFlag(c)
	return c
}

// retain is the daily work of a server that deletes by itself: none unless a retention is set.
func (p *program) retain(k kept) []chore {
	r, set := p.settings.retention()
	if !set {
		return nil
	}
	return []chore{{"ending", func(ctx context.Context, now time.Time) error {
		_, err := assessment.WarnOfEnding(ctx, k.Store, r, now)
		return err
	}}, {"retention", func(ctx context.Context, now time.Time) error {
		_, err := assessment.Expired(ctx, k.Store, operator, r, now, true)
		return err
	}}}
}
