package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"migov/data/store"
	"migov/frontend"
)

func (p *program) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check settings, front end, fonts, disk and database, and say what to mend",
		Long: `Doctor looks at everything a server needs and says what to mend. It reads a SQLite database page by
page and every file of evidence, follows the audit log, compares what was handed in with its receipts, and tells the log of changes of every answer
anew to compare it with what is kept, which takes a while for a large one. It may run while migov serves the same database. The exit code is 1 when
something is to be mended.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d := &diagnosis{p: p}
			d.settings()
			d.frontEnd()
			d.database(c.Context())
			if d.wrong > 0 {
				return fmt.Errorf("%s to mend.", count(d.wrong, "thing", "things"))
			}
			_, err := fmt.Fprintln(p.out, "Everything is in order.")
			return err
		},
	}
	p.databaseFlag(c)
	p.serverFlags(c)
	return c
}

// diagnosis prints what was looked at and counts what is wrong.
type diagnosis struct {
	p     *program
	wrong int
}

func (d *diagnosis) ok(what, format string, args ...any) {
	fmt.Fprintf(d.p.out, "ok    %-10s %s\n", what, fmt.Sprintf(format, args...))
}

func (d *diagnosis) mend(what, format string, args ...any) {
	d.wrong++
	fmt.Fprintf(d.p.out, "mend  %-10s %s\n", what, fmt.Sprintf(format, args...))
}

func (d *diagnosis) settings() {
	faults := append(d.p.faults, d.p.settings.check()...)
	for _, f := range faults {
		d.mend("settings", "%s", f)
	}
	if len(faults) == 0 {
		d.ok("settings", "flags and environment")
	}
}

func (d *diagnosis) frontEnd() {
	if _, err := frontend.NewStatic(); err != nil {
		d.mend("pages", "%s", sentence(err))
		return
	}
	d.ok("pages", "style sheet and scripts are built in")
	fonts, err := fs.Glob(frontend.Built(), "measure-*.ttf.gz")
	if err != nil || len(fonts) == 0 {
		d.mend("fonts", "The fonts that measure texts in charts are not built in: run make build.")
		return
	}
	d.ok("fonts", "%s to measure texts in charts", count(len(fonts), "font", "fonts"))
}

func (d *diagnosis) database(ctx context.Context) {
	name := d.p.settings.Database
	if store.EngineOf(name) == store.SQLite {
		if _, err := os.Stat(name); err != nil {
			d.mend("database", "%s", sentence(d.p.present(false)))
			return
		}
	}
	k, err := openDatabase(ctx, name, store.Options{Log: d.p.log()})
	if err != nil {
		d.mend("database", "%s", sentence(err))
		return
	}
	defer k.Close()
	d.disk(k.Store)
	wrong, err := k.Check(ctx)
	if err != nil {
		wrong = append(wrong, sentence(err))
	}
	for _, w := range wrong {
		d.mend("database", "%s", w)
	}
	if len(wrong) == 0 {
		d.ok("database", "%s, schema up to date, settings keep every acknowledged answer", k.Engine())
		d.ok("instruments", "%d", len(k.library.List()))
		d.answers(ctx, k)
		d.snapshots(ctx, k)
		d.audit(ctx, k)
	}
}

// answers tells every log of changes anew and compares it with what is kept.
func (d *diagnosis) answers(ctx context.Context, k kept) {
	wrong, err := k.VerifyLog(ctx, k.library)
	if err != nil {
		d.mend("answers", "The logs of changes cannot be read: %s", sentence(err))
		return
	}
	for _, w := range wrong {
		d.mend("answers", "%s. Keep a copy of this database, then restore a backup.", w)
	}
	if len(wrong) == 0 {
		d.ok("answers", "every answer, power and score is what the log of its changes says")
	}
}

// snapshots looks whether what was handed in is still what the receipts say.
func (d *diagnosis) snapshots(ctx context.Context, k kept) {
	wrong, err := k.VerifySnapshots(ctx)
	if err != nil {
		d.mend("snapshots", "What was handed in cannot be read: %s", sentence(err))
		return
	}
	for _, w := range wrong {
		d.mend("snapshots", "The document of receipt %s. Somebody has changed the database past this program: keep a copy, then restore a backup.", w)
	}
	if len(wrong) == 0 {
		d.ok("snapshots", "every document that was handed in is as its receipt says")
	}
}

// audit follows the chain of the log of who did what.
func (d *diagnosis) audit(ctx context.Context, k kept) {
	_, wrong, err := k.VerifyAudit(ctx, nil)
	if err != nil {
		d.mend("audit", "The audit log cannot be read: %s", sentence(err))
		return
	}
	for _, w := range wrong {
		d.mend("audit", "%s. Somebody has changed the database past this program: keep a copy, and find out who.", w)
	}
	if len(wrong) == 0 {
		d.ok("audit", "every line of who did what is as it was written")
	}
}

func (d *diagnosis) disk(s *store.Store) {
	if s.Engine() != store.SQLite {
		d.ok("disk", "PostgreSQL keeps its files itself: watch the room on its disk there")
		return
	}
	free, want, err := s.Free()
	switch {
	case err != nil:
		d.mend("disk", "The room on the disk cannot be read: %s", err)
	case free < want:
		d.mend("disk", "%d MB are free and %d MB are wanted, for the database to grow and be copied. Make room.", free>>20, want>>20)
	default:
		d.ok("disk", "%d MB are free; %d MB are wanted, for the database to grow and be copied", free>>20, want>>20)
	}
}
