package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/api/session"
	"migov/api/web"
)

// shortestIdle is the shortest time after which an unused session may end: a person has to be able to read a page.
const shortestIdle = 10 * time.Second

// signInFlags adds how people sign in. The secret of the organisation has no flag: others could read it in the list of processes.
func (p *program) signInFlags(c *cobra.Command) {
	s := &p.settings
	p.text(c, &s.SecondFactor, "second-factor", "required", "required or optional: a second step at sign-in for analysts, approvers and admins; everybody else may set one up")
	c.Flags().DurationVar(&s.Idle, "idle", s.Idle, "how long a session on a shared computer lasts without use; an own computer keeps one for 12 hours without use and 7 days at most")
	p.text(c, &s.OIDCIssuer, "oidc-issuer", "", "the `URL` of an OpenID Connect issuer with whose accounts people may sign in; allow there the return address BASE-URL"+web.OrganisationReturn)
	p.text(c, &s.OIDCClientID, "oidc-client-id", "", "the `ID` of migov at that issuer")
	p.text(c, &s.OIDCSecretFile, "oidc-client-secret-file", "", "a `FILE` that holds the secret of migov at that issuer, or the secret in MIGOV_OIDC_CLIENT_SECRET")
	p.text(c, &s.OIDCName, "oidc-name", "", "the `NAME` of the organisation on the sign-in page")
}

// checkSignIn returns what is wrong with the settings of signing in.
func (s settings) checkSignIn() (faults []string) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if s.SecondFactor != "required" && s.SecondFactor != "optional" {
		add("--second-factor %q is neither required nor optional.", s.SecondFactor)
	}
	if s.Idle < shortestIdle || s.Idle > session.Usual.Most {
		add("--idle %s is not between %s and %s.", s.Idle, shortestIdle, session.Usual.Most)
	}
	if s.OIDCIssuer == "" {
		if s.OIDCClientID != "" || s.OIDCSecretFile != "" || s.OIDCClientSecret != "" || s.OIDCName != "" {
			add("An organisation to sign in with needs --oidc-issuer too.")
		}
		return faults
	}
	u, err := url.Parse(s.OIDCIssuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && strings.HasPrefix(u.Host, "127.0.0.1:")) {
		add("--oidc-issuer %q is not an address such as https://id.example.org.", s.OIDCIssuer)
	}
	if s.OIDCClientID == "" || s.OIDCName == "" {
		add("--oidc-issuer needs --oidc-client-id and --oidc-name.")
	}
	if s.OIDCClientSecret != "" && s.OIDCSecretFile != "" {
		add("MIGOV_OIDC_CLIENT_SECRET and a file with the secret are both set; keep one.")
	}
	return faults
}

// limits are the times of sign-in sessions.
func (s settings) limits() session.Limits {
	l := session.Usual
	l.Idle = s.Idle
	return l
}

// organisation is whose accounts people may sign in with; nil for none.
func (p *program) organisation() (*session.Organisation, error) {
	s := p.settings
	if s.OIDCIssuer == "" {
		return nil, nil
	}
	secret := s.OIDCClientSecret
	if s.OIDCSecretFile != "" {
		raw, err := os.ReadFile(s.OIDCSecretFile)
		if err != nil {
			return nil, fmt.Errorf("The file of --oidc-client-secret-file cannot be read: %w.", err)
		}
		secret = strings.TrimSpace(string(raw))
	}
	return &session.Organisation{Name: s.OIDCName, Issuer: s.OIDCIssuer, ClientID: s.OIDCClientID, ClientSecret: secret,
		Return: strings.TrimSuffix(s.BaseURL, "/") + web.OrganisationReturn, Now: time.Now}, nil
}
