package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"
)

const prefix = "MIGOV_"

// settings are what the environment, and then the flags, say. Each field is MIGOV_ and its name here; the flags are the
// same words in lower case with hyphens.
type settings struct {
	Listen         string        `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	Database       string        `env:"DATABASE"`
	Demo           bool          `env:"DEMO"`
	BaseURL        string        `env:"BASE_URL"`
	Contact        string        `env:"CONTACT"`
	LogLevel       string        `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat      string        `env:"LOG_FORMAT" envDefault:"text"`
	TrustedProxies []string      `env:"TRUSTED_PROXIES"`
	Drain          time.Duration `env:"DRAIN"`

	// Months after which things are deleted; unset (-1) stands for the usual ones, see retention.
	RetentionUnfinished   int `env:"RETENTION_UNFINISHED" envDefault:"-1"`
	RetentionHandedIn     int `env:"RETENTION_HANDED_IN" envDefault:"-1"`
	RetentionAlternatives int `env:"RETENTION_ALTERNATIVES" envDefault:"-1"`
	RetentionEvidence     int `env:"RETENTION_EVIDENCE" envDefault:"-1"`

	SMTP             string `env:"SMTP"`
	SMTPPasswordFile string `env:"SMTP_PASSWORD_FILE"`
	MailFrom         string `env:"MAIL_FROM"`

	SecondFactor     string        `env:"SECOND_FACTOR" envDefault:"required"`
	Idle             time.Duration `env:"IDLE" envDefault:"30m"`
	OIDCIssuer       string        `env:"OIDC_ISSUER"`
	OIDCClientID     string        `env:"OIDC_CLIENT_ID"`
	OIDCClientSecret string        `env:"OIDC_CLIENT_SECRET"`
	OIDCSecretFile   string        `env:"OIDC_CLIENT_SECRET_FILE"`
	OIDCName         string        `env:"OIDC_NAME"`
}

// defaultDatabase is the SQLite file that is used when no database is named.
const defaultDatabase = "migov.db"

// readSettings reads the environment. Every fault is returned, unknown names with our prefix among them.
func readSettings(environ []string) (s settings, faults []string) {
	values := env.ToMap(environ)
	o := env.Options{Environment: values, Prefix: prefix}
	var all env.AggregateError
	if err := env.ParseWithOptions(&s, o); errors.As(err, &all) {
		for _, e := range all.Errors {
			faults = append(faults, environmentFault(e))
		}
	} else if err != nil {
		faults = append(faults, err.Error())
	}
	known, err := env.GetFieldParamsWithOptions(&s, o)
	if err != nil {
		faults = append(faults, err.Error())
	}
	var names []string
	for _, f := range known {
		names = append(names, f.Key)
	}
	for name, value := range values {
		if value != "" && strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
			faults = append(faults, fmt.Sprintf("The environment variable %s is not known. Known are: %s.", name, strings.Join(names, ", ")))
		}
	}
	slices.Sort(faults)
	return s, faults
}

// words are what the types of settings are called.
var words = map[reflect.Kind]string{reflect.Bool: "true or false", reflect.Int64: "a time such as 3s", reflect.Int: "a whole number"}

func environmentFault(err error) string {
	var bad env.ParseError
	if errors.As(err, &bad) {
		field, _ := reflect.TypeFor[settings]().FieldByName(bad.Name)
		return fmt.Sprintf("The environment variable %s%s must hold %s.", prefix, field.Tag.Get("env"), words[bad.Type.Kind()])
	}
	return err.Error()
}

// databaseFlag adds --database to a command.
func (p *program) databaseFlag(c *cobra.Command) {
	p.text(c, &p.settings.Database, "database", defaultDatabase, "a SQLite `FILE`, or postgres://USER:PASSWORD@HOST/NAME")
}

// text adds a flag whose default is what the environment says; the help shows the built-in default, so that no password is printed.
func (p *program) text(c *cobra.Command, to *string, name, builtIn, usage string) {
	from := *to
	if from == "" {
		from = builtIn
	}
	c.Flags().StringVar(to, name, from, usage)
	c.Flags().Lookup(name).DefValue = builtIn
}

// check returns everything that is wrong with the settings a server needs.
func (s settings) check() (faults []string) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if _, port, err := net.SplitHostPort(s.Listen); err != nil || port == "" {
		add("--listen %q is not an address with a port, such as 127.0.0.1:8080 or :8080.", s.Listen)
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			add("--base-url %q is not an address such as https://migration.example.org, without a path.", s.BaseURL)
		}
	}
	_, _, _, postal := s.postal()
	faults = append(faults, postal...)
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		add("--log-level %q is not one of debug, info, warn, error.", s.LogLevel)
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		add("--log-format %q is neither text nor json.", s.LogFormat)
	}
	faults = append(faults, s.checkSignIn()...)
	for _, proxy := range s.TrustedProxies {
		net, err := netip.ParsePrefix(proxy)
		if _, one := netip.ParseAddr(proxy); err != nil && one != nil {
			add("--trusted-proxies %q is neither an address nor a network such as 10.0.0.0/8.", proxy)
		} else if err == nil && net.Bits() == 0 {
			add("--trusted-proxies %q would believe everybody; name the proxy.", proxy)
		}
	}
	return append(faults, s.checkRetention()...)
}

// log returns the logger that the settings ask for.
func (p *program) log() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(p.settings.LogLevel)) // checked before
	o := &slog.HandlerOptions{Level: level}
	if p.settings.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.err, o))
	}
	return slog.New(slog.NewTextHandler(p.err, o))
}

// serverFlags adds the settings of a server to a command.
func (p *program) serverFlags(c *cobra.Command) {
	s := &p.settings
	p.text(c, &s.Listen, "listen", "127.0.0.1:8080", "the `ADDRESS` and port to listen at; :8080 listens on every network")
	p.text(c, &s.BaseURL, "base-url", "http://localhost:8080", "the `URL` at which people reach migov")
	p.text(c, &s.Contact, "contact", "", "an e-mail `ADDRESS` for the help page")
	p.text(c, &s.LogLevel, "log-level", "info", "debug, info, warn or error")
	p.text(c, &s.LogFormat, "log-format", "text", "text or json")
	c.Flags().StringSliceVar(&s.TrustedProxies, "trusted-proxies", s.TrustedProxies, "`NETWORKS` of proxies whose X-Forwarded-For is believed")
	p.signInFlags(c)
	p.mailFlags(c)
}
