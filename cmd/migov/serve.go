package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"migov/api"
	"migov/api/rest"
	"migov/api/session"
	"migov/api/web"
	"migov/assessment"
	"migov/cmd/migov/demo"
	"migov/data"
	"migov/data/locale"
	"migov/data/store"
	"migov/frontend"
	"migov/frontend/chart"
	"migov/frontend/guess"
)

// Time-outs of the server. A slow line may take minutes to send a page of long explanations.
const (
	headerTime = 10 * time.Second
	bodyTime   = 5 * time.Minute
	idleTime   = 2 * time.Minute
	stopTime   = 15 * time.Second // for requests that are under way when the server stops
	failTime   = 5 * time.Second  // the same, when nothing can be saved any more (trust.md 2.2)

	heapRoom = 44 << 20 // bytes; see pace
)

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and the API",
		Long: `Serve opens the database, brings its schema up to date and serves pages and API until it is stopped
(Ctrl-C or SIGTERM); requests that are under way are finished first. One process serves a SQLite
file; several may serve one PostgreSQL database.

With --demo it serves demonstration data: fictional cities, and readings of published material
about real ones, with accounts that anybody may use by one click. Without --database that is a
throw-away folder. A demonstration database is marked: serve refuses it without --demo, and
refuses any other with it.

When the disk cannot force an answer down, or the database file is damaged, it stops by itself with
exit code 70; started again, it recovers what was acknowledged.

Letters are sent when a mail server is named: --smtp smtp://HOST:587 (the line is sealed by STARTTLS) or
smtps://HOST:465, with --mail-from and --base-url. User and password stand in MIGOV_SMTP as in
smtp://USER:PASSWORD@HOST:587, or the password in a file of its own. Without a mail server everything
works: links are copied by hand, and the inbox tells what is new.

An organisation's own accounts open the door too when --oidc-issuer, --oidc-client-id and --oidc-name are
set (OpenID Connect); the secret stands in MIGOV_OIDC_CLIENT_SECRET or in a file. At the issuer, allow the
return address BASE-URL/sign-in/organisation/return. An address alone links no account: a person links it.

A second factor (a code of an app, or a recovery code) is asked of analysts, approvers and administrators,
and of whoever has set one up. --second-factor optional leaves it to everybody. Somebody who lost both
gets a new start with "migov user".

Nothing is deleted by itself unless one of MIGOV_RETENTION_UNFINISHED, _HANDED_IN, _ALTERNATIVES and
_EVIDENCE is set, in months. Then a daily work deletes what has ended; coordinators and analysts are told
90, 30 and 7 days before an unfinished assessment goes. "migov retention" shows what would be deleted.

/livez says that the process lives, /readyz that it may be sent requests. Put a proxy with HTTPS in
front of it for use by others, and name its address with --trusted-proxies.`,
		Example: `  migov serve --demo
  migov serve --database migov.db --listen 127.0.0.1:8080 --base-url https://migration.example.org
  MIGOV_DATABASE=postgres://migov:PASSWORD@db/migov migov serve`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			faults := append(p.faults, p.settings.check()...)
			baseNamed := c.Flags().Changed("base-url") || p.baseNamed
			if p.settings.SMTP != "" && !baseNamed {
				faults = append(faults, "Letters hold links: set MIGOV_BASE_URL to the address at which people reach migov.")
			}
			if len(faults) > 0 {
				return usageError{faults}
			}
			if p.settings.Demo && !c.Flags().Changed("database") && !p.databaseNamed {
				folder, err := os.MkdirTemp("", "migov-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(folder)
				p.settings.Database = filepath.Join(folder, "migov.db")
			}
			return p.serve(c.Context(), baseNamed)
		},
	}
	p.databaseFlag(c)
	p.serverFlags(c)
	c.Flags().BoolVar(&p.settings.Demo, "demo", p.settings.Demo, "serve demonstration data")
	c.Flags().DurationVar(&p.settings.Drain, "drain", p.settings.Drain, "how long /readyz says no before the server stops, for a proxy to notice")
	return c
}

// serve wires everything, from the database up to the server, and takes it down in reverse.
func (p *program) serve(ctx context.Context, baseNamed bool) (err error) {
	log := p.log()
	k, err := openDatabase(ctx, p.settings.Database, store.Options{Log: log, Exclusive: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	signIns, err := p.demonstration(ctx, k)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.settings.Listen)
	if err != nil {
		return fmt.Errorf("The address %s cannot be listened at: %w. Choose another with --listen.", p.settings.Listen, errors.Unwrap(err))
	}
	address := shown(listener.Addr())
	if !baseNamed {
		p.settings.BaseURL = address
	}
	var draining atomic.Bool
	handler, err := p.handler(ctx, k, log, signIns, draining.Load)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: bodyTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	rest, err := p.work(ctx, k, log)
	defer rest()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p.welcome(address, signIns)
	debug.FreeOSMemory() // what reading questionnaires and pages has left behind
	pace(heapRoom)
	log.Info("serving", "address", listener.Addr().String(), "database", k.Engine(), "version", version, "demo", p.settings.Demo)
	return p.attend(ctx, server, listener, k.Failed(), &draining, log)
}

// attend serves until it is told to stop, or until the store has failed. Requests that are under way are finished; after a
// failure within failTime, and the error then carries the exit code that tells whoever watches the program to start it again.
func (p *program) attend(ctx context.Context, server *http.Server, listener net.Listener, failed <-chan struct{}, draining *atomic.Bool, log *slog.Logger) (result error) {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	drain, stop := p.settings.Drain, stopTime
	select {
	case err := <-ended:
		return err
	case <-failed:
		drain = min(drain, failTime/2)
		stop = failTime - drain
		result = coded{errors.New("The disk or the database file failed, so that no answer could be saved any more. Start migov again; if it fails again, run migov doctor."), broken}
		log.Error("stopping, because the disk or the database file failed", "exit", broken)
	case <-ctx.Done():
		log.Info("stopping")
	}
	draining.Store(true)
	time.Sleep(drain)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stop)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		log.Warn("some requests were cut off", "error", err)
		server.Close()
	}
	<-ended
	log.Info("stopped")
	return result
}

// shown is the address under which a person on this machine reaches the listener.
func shown(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return "http://" + a.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsLoopback() || tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

func (p *program) welcome(address string, signIns []demo.SignIn) {
	fmt.Fprintf(p.out, "migov serves %s\n", address)
	if len(signIns) == 0 {
		return
	}
	fmt.Fprintln(p.out, "\nDemonstration. Sign in by one click on the start page, or with these passwords:")
	var rows [][]string
	for _, in := range signIns {
		rows = append(rows, []string{"  " + in.Email, in.Password, string(in.Role), in.Place})
	}
	_ = table(p.out, rows) // standard output is gone: nothing to say, and nobody to say it to
}

// handler wires the use cases and the pages.
func (p *program) handler(ctx context.Context, k kept, log *slog.Logger, signIns []demo.SignIn, draining func() bool) (http.Handler, error) {
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	static, err := frontend.NewStatic()
	if err != nil {
		return nil, err
	}
	site, err := frontend.New(words, static)
	if err != nil {
		return nil, err
	}
	charts, err := chart.New(frontend.Built(), log)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(p.settings.BaseURL)
	if err != nil {
		return nil, err
	}
	guesser, err := guess.New(frontend.Built())
	if err != nil {
		return nil, err
	}
	people := crowd(k.Store)
	people.Guesses = guesser.Guesses
	people.Mail = p.settings.SMTP != ""
	letterKey, err := assessment.LetterKey(ctx, k.Store)
	if err != nil {
		return nil, err
	}
	sessions, err := session.New(ctx, k.Store, k.Store, people, k.Store, session.Options{Secure: base.Scheme == "https", SecondFactor: p.settings.SecondFactor == "required", Limits: p.settings.limits()})
	if err != nil {
		return nil, err
	}
	var roles []web.DemoRole
	for _, in := range signIns {
		roles = append(roles, web.DemoRole{Email: in.Email, Role: in.Role, Place: in.Place})
	}
	organisation, err := p.organisation()
	if err != nil {
		return nil, err
	}
	drafts := assessment.Drafts{Store: k.Store, Questionnaires: k.library, Looks: &assessment.Looks{Store: k.Store, Now: time.Now}, Now: time.Now}
	besides := &assessment.Besides{Store: k.Store}
	parts := assessment.Parts{Store: k.Store, Besides: besides, Questionnaires: k.library, Now: time.Now}
	talk := assessment.Talk{Store: k.Store, Besides: besides, Looks: drafts.Looks, Questionnaires: k.library, Now: time.Now}
	inbox := assessment.Inbox{Store: k.Store, Now: time.Now}
	clarify := assessment.Clarifications{Store: k.Store, Besides: besides, Looks: drafts.Looks, Questionnaires: k.library, Now: time.Now}
	carry := assessment.CarryOver{Store: k.Store, Besides: besides, Questionnaires: k.library, Now: time.Now}
	signOffs := assessment.SignOffs{Store: k.Store, Besides: besides, Now: time.Now}
	publishing := assessment.Publishing{Store: k.Store, Besides: besides, Questionnaires: k.library, Prove: people.CheckFactor, Now: time.Now}
	proofs := assessment.Proofs{Store: k.Store, Questionnaires: k.library, Now: time.Now}
	comparisons := assessment.Comparisons{Store: k.Store, Questionnaires: k.library}
	cohorts := &assessment.Cohorts{Store: k.Store, Questionnaires: k.library, Now: time.Now}
	lenses := &assessment.Lenses{Files: data.Lenses, Drafts: drafts, Cohorts: cohorts}
	return api.New(api.Config{
		Pages: &web.Pages{
			Talk: talk, Inbox: inbox, LetterKey: letterKey, Rest: assessment.Rest{Store: k.Store, Now: time.Now},
			Site: site, Sessions: sessions, Store: k.Store, Library: k.library, Crowd: people, Charts: charts, Organisation: organisation,
			Drafts: drafts, Besides: besides, Parts: parts, SignOffs: signOffs, Publishing: publishing, Clarify: clarify, CarryOver: carry, Trail: assessment.Trail{Store: k.Store}, Proofs: proofs, Comparisons: comparisons, Cohorts: cohorts, Lenses: lenses, Transfer: transfer(k), Exports: exporter(k), Leave: assessment.Leave{Store: k.Store, Crowd: people, Questionnaires: k.library, Now: time.Now}, Demo: p.settings.Demo, DemoRoles: roles,
			BaseURL: strings.TrimSuffix(p.settings.BaseURL, "/"), Contact: p.settings.Contact, Now: time.Now, Log: log,
		},
		REST: &rest.API{
			Sessions: sessions, Words: words, Store: k.Store, Library: k.library,
			Drafts: drafts, Comparisons: comparisons, Cohorts: cohorts, Lenses: lenses, Transfer: transfer(k), Exports: exporter(k), Besides: besides, Talk: talk, Inbox: inbox, Clarify: clarify, CarryOver: carry, Proofs: proofs, Now: time.Now, Log: log,
		},
		Version: version, Sessions: sessions, Health: k.Store, Log: log, Proxies: p.settings.TrustedProxies, Draining: draining,
	})
}
