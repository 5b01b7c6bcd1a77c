package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"migov/assessment"
	"migov/assessment/fault"
)

// Organisation lets people sign in with the account of their organisation: OpenID Connect, authorization code with PKCE. It
// vouches for an issuer and a subject; whose account that is says the table of identities, never an address.
type Organisation struct {
	Name         string // shown to people
	Issuer       string
	ClientID     string
	ClientSecret string
	Return       string // address to which the organisation sends people back
	Now          func() time.Time

	mu       sync.Mutex
	provider *oidc.Provider
	asked    time.Time
}

// patience is how long the organisation may take for an answer, and how often it is asked for its description in vain.
const patience = 10 * time.Second

var client = &http.Client{Timeout: patience}

// Vouched is what the organisation says of somebody.
type Vouched struct {
	assessment.Identity
	Strong bool // it asked for a second factor (amr "mfa", RFC 8176)
}

// OrganisationAway is the key of the fault of an organisation that does not answer.
const OrganisationAway = "fault.organisation_away"

func away(err error) error {
	return fault.Wrap(err, fault.Unavailable, OrganisationAway, nil)
}

func refused(err error) error {
	return fault.Wrap(err, fault.Forbidden, "fault.organisation_refused", nil)
}

// discover reads the description of the issuer once it is needed, so that the server starts without it.
func (o *Organisation) discover(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	if o.Now().Sub(o.asked) < patience && !o.asked.IsZero() {
		return nil, away(errors.New("the issuer did not answer a moment ago"))
	}
	// The keys are fetched later with this context: it must not end with the request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), client), o.Issuer)
	if err != nil {
		o.asked = o.Now()
		return nil, away(err)
	}
	o.provider = p
	return p, nil
}

func (o *Organisation) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: o.Return, Scopes: []string{oidc.ScopeOpenID}}
}

// Begin returns the address at which the organisation asks the person, and what has to be kept until the answer.
func (o *Organisation) Begin(ctx context.Context) (address string, w Waiting, err error) {
	p, err := o.discover(ctx)
	if err != nil {
		return "", w, err
	}
	w = Waiting{For: ForOrganisation, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier()}
	return o.config(p).AuthCodeURL(w.State, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier)), w, nil
}

func random() string {
	var b [24]byte
	rand.Read(b[:]) // never fails: see crypto/rand.Read
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Finish checks the answer of the organisation against what was kept: state, signature, issuer, audience, time, nonce.
func (o *Organisation) Finish(ctx context.Context, w Waiting, answer url.Values) (v Vouched, err error) {
	if w.State == "" || subtle.ConstantTimeCompare([]byte(w.State), []byte(answer.Get("state"))) != 1 {
		return v, refused(errors.New("another state"))
	}
	if iss := answer.Get("iss"); iss != "" && iss != o.Issuer { // RFC 9207
		return v, refused(errors.New("another issuer"))
	}
	if said := answer.Get("error"); said == "access_denied" { // RFC 6749, 4.1.2.1: mostly the person, who thought better of it
		return v, fault.Wrap(errors.New("the organisation says that access was denied"), fault.Forbidden, "fault.organisation_denied", nil)
	} else if said != "" {
		return v, refused(fmt.Errorf("the organisation says %q", said))
	}
	p, err := o.discover(ctx)
	if err != nil {
		return v, err
	}
	token, err := o.config(p).Exchange(oidc.ClientContext(ctx, client), answer.Get("code"), oauth2.VerifierOption(w.Verifier))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said) && said.Response.StatusCode < 500:
		return v, refused(err)
	case err != nil:
		return v, away(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: o.ClientID, Now: o.Now}).Verify(oidc.ClientContext(ctx, client), raw)
	if err != nil {
		return v, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1 || id.Subject == "" {
		return v, refused(errors.New("another nonce, or no subject"))
	}
	var more struct {
		Methods []string `json:"amr"`
	}
	if err := id.Claims(&more); err != nil {
		return v, refused(err)
	}
	return Vouched{assessment.Identity{Issuer: id.Issuer, Subject: id.Subject}, slices.Contains(more.Methods, "mfa")}, nil
}
