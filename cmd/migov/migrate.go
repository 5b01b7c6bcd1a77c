package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"migov/data/store"
)

func (p *program) migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Make a database, or bring its schema up to date",
		Long: `Migrate makes the database when there is none, and otherwise applies the steps of the schema that
are pending. Serve does the same at start. A database that is newer than this program is
refused. Make a backup before you bring in a new version of migov.`,
		Example: "  migov migrate --database migov.db\n  migov migrate status",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misused("There is no command %q here. Choose: migrate, or migrate status.", args[0])
			}
			return p.withDatabase(c.Context(), true, func(kept) error {
				_, err := fmt.Fprintln(p.out, "The schema is up to date.")
				return err
			})
		},
	}
	p.databaseFlag(c)
	status := &cobra.Command{
		Use:   "status",
		Short: "List the steps of the schema, and when each was applied",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.present(false); err != nil {
				return err
			}
			steps, err := store.Migrations(c.Context(), p.settings.Database, store.Options{Log: p.log()})
			if err != nil {
				return err
			}
			rows := [][]string{{"STEP", "NAME", "APPLIED"}}
			for _, s := range steps {
				applied := "pending"
				if !s.Applied.IsZero() {
					applied = s.Applied.UTC().Format(time.RFC3339)
				}
				rows = append(rows, []string{strconv.FormatInt(s.Version, 10), s.Name, applied})
			}
			return table(p.out, rows)
		},
	}
	p.databaseFlag(status)
	c.AddCommand(status)
	return c
}
