package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"migov/data/store"
)

func (p *program) backupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy a SQLite database to a new file, also while it is served",
		Long: `Backup writes a consistent copy of the database to a new file. It may run while migov serves the
same database. It never overwrites a file, and leaves none that is half written.

To restore: stop migov, put the copy in the place of the database, remove the files beside it that
end in -wal and -shm, and start migov. Keep copies on another machine.

A PostgreSQL database is backed up with its own tool, pg_dump.`,
		Example: "  migov backup backups/monday.db --database migov.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := store.Backup(c.Context(), p.settings.Database, args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.out, "%s is a complete copy of %s.\n", args[0], p.settings.Database)
			return err
		},
	}
	p.databaseFlag(c)
	return c
}
