// Command migov runs and looks after the self-assessment of migration governance in cities: it serves the pages and the
// API, and does from the command line what an operator needs. `migov help` is the manual.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker: see the Makefile.
var version = "dev"

// Exit codes.
const (
	done   = 0
	failed = 1  // refused or failed, with a sentence on standard error
	misuse = 2  // wrong usage
	broken = 70 // the store failed while serving: start again (EX_SOFTWARE of sysexits.h)
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: arguments without the program's name, environment as "NAME=value", streams; it returns the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{in: stdin, out: stdout, err: stderr}
	p.settings, p.faults = readSettings(environ)
	p.databaseNamed, p.baseNamed = p.settings.Database != "", p.settings.BaseURL != ""
	root := p.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	reached := false
	for _, c := range descendants(root) {
		if act := c.RunE; act != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				reached = true
				switch c.Name() {
				case "serve", "doctor", "version": // name the faults of flags too, or need no settings
				default:
					if len(p.faults) > 0 {
						return usageError{p.faults}
					}
				}
				return act(c, args)
			}
		}
	}
	c, err := root.ExecuteContextC(ctx)
	var wrong usageError
	switch {
	case err == nil:
		return done
	case errors.As(err, &wrong) || !reached: // cobra refused flags, arguments or the name of a command
		fmt.Fprintf(stderr, "%s\n\nUsage:\n  %s\nMore: %s --help\n", sentence(err), c.UseLine(), c.CommandPath())
		return misuse
	}
	fmt.Fprintln(stderr, sentence(err))
	var with coded
	if errors.As(err, &with) {
		return with.code
	}
	return failed
}

// coded is an error with an exit code of its own.
type coded struct {
	error
	code int
}

// usageError is wrong usage that is found only when a command runs.
type usageError struct{ problems []string }

func (u usageError) Error() string { return strings.Join(u.problems, "\n") }

func misused(format string, args ...any) error {
	return usageError{[]string{fmt.Sprintf(format, args...)}}
}

// program is what all commands share.
type program struct {
	settings                 settings
	faults                   []string // of the environment
	databaseNamed, baseNamed bool     // by the environment
	in                       io.Reader
	out, err                 io.Writer
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "migov",
		Short: "Self-assessment of migration governance in cities",
		Long: `migov is a self-assessment survey of the governance of migration in cities. A city answers
indicators in six dimensions; migov keeps every answer, shows what the city does well and
where it can develop, and compares cities without ranking them.

Every setting is an environment variable (MIGOV_DATABASE, and so on); most are flags too
(--database), and a flag wins. Without a flag are MIGOV_OIDC_CLIENT_SECRET, which others could read in
the list of processes, and MIGOV_RETENTION_..., see "migov retention --help". Exit codes: 0 done, 1 refused or failed, 2 wrong usage; 70 when a server lost its disk.`,
		Example: `  migov serve --demo                                  look at it, in a throw-away database
  migov serve --database migov.db                     serve one file of SQLite
  migov score --instrument urban-migof@1.0.0 --answers answers.csv`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE:              group,
	}
	root.AddCommand(p.commands()...)
	return root
}

func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{p.serveCommand(), p.migrateCommand(), p.instrumentCommand(), p.demoCommand(), p.scoreCommand(), p.resultsCommand(), p.verifyCommand(), p.answersCommand(), p.exportCommand(),
		p.cityCommand(), p.countryCommand(), p.lensCommand(), p.roundCommand(), p.userCommand(), p.backupCommand(), p.auditCommand(), p.doctorCommand(), p.healthcheckCommand(), p.retentionCommand(), p.versionCommand()}
}

// group is what a command that only gathers others does when none of them is named.
func group(c *cobra.Command, args []string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			names = append(names, sub.Name())
		}
	}
	if len(args) > 0 {
		return misused("There is no command %q here. Choose one of: %s.", args[0], strings.Join(names, ", "))
	}
	return misused("Say what to do: %s.", strings.Join(names, ", "))
}

// gather makes a command of others.
func gather(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: group}
	c.AddCommand(subs...)
	return c
}

func descendants(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, descendants(sub)...)
	}
	return all
}
