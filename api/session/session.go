// Package session finds out who is asking: by the cookie of a sign-in session, by the token of a program, and in which language.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/text/language"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
)

// Life is how long a sign-in session lasts at most. The cookie itself ends with the browser.
const Life = 12 * time.Hour

// LanguageCookie keeps the language that a person chose before signing in.
const LanguageCookie = "lang"

// Asker is who asks: the actor (the zero one is nobody), and the language of the answer.
type Asker struct {
	account.Actor
	Lang string
}

// Signed tells whether somebody is signed in.
func (a Asker) Signed() bool { return a.Account != "" }

// Sessions keeps sign-in sessions in the database.
type Sessions struct {
	manager *scs.SessionManager
	crowd   assessment.Crowd
	people  People
	seal    *sealer
}

// People finds accounts.
type People interface {
	Account(ctx context.Context, id string) (account.Account, error)
}

// Properties keeps single values, such as the key that seals texts.
type Properties interface {
	Property(ctx context.Context, name string) (string, error)
	SetProperty(ctx context.Context, name, value string) error
}

// New makes the sessions. With secure the cookie is sent over HTTPS only and bound to this very host.
func New(ctx context.Context, store scs.CtxStore, people People, crowd assessment.Crowd, properties Properties, secure bool) (*Sessions, error) {
	m := scs.New()
	m.Store = store
	m.Lifetime = Life
	m.HashTokenInStore = true
	m.Codec = texts{}
	m.Cookie.Name = "migov"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	if secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-migov", true
	}
	seal, err := newSealer(ctx, properties)
	if err != nil {
		return nil, err
	}
	return &Sessions{manager: m, crowd: crowd, people: people, seal: seal}, nil
}

// Wrap reads and writes the session cookie around a handler. An error of the store is said by fail.
func (s *Sessions) Wrap(next http.Handler, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	s.manager.ErrorFunc = fail
	return s.manager.LoadAndSave(next)
}

// Nobody is a request with an empty session: nothing is read for it, and nothing kept. Outside is its context without any session.
func (s *Sessions) Nobody(outside context.Context, r *http.Request) *http.Request {
	ctx, err := s.manager.Load(outside, "")
	if err != nil {
		panic(err) // without a token nothing is read that could fail
	}
	return r.WithContext(ctx)
}

const (
	accountKey = "account"
	stampKey   = "stamp"
	doneKey    = "done"
)

// stamp is a digest of the password hash at sign-in, so that every session ends when the password changes.
func stamp(a account.Account) string {
	sum := sha256.Sum256([]byte(a.Password))
	return hex.EncodeToString(sum[:8])
}

// Begin signs an account in on this browser, under a new token.
func (s *Sessions) Begin(ctx context.Context, a account.Account) error {
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	s.manager.Put(ctx, accountKey, a.ID)
	s.manager.Put(ctx, stampKey, stamp(a))
	return nil
}

// End signs out.
func (s *Sessions) End(ctx context.Context) error { return s.manager.Destroy(ctx) }

// Leave notes what an action did, for the page that follows it.
func (s *Sessions) Leave(ctx context.Context, sentence string) { s.manager.Put(ctx, doneKey, sentence) }

// Take returns what was left, once.
func (s *Sessions) Take(ctx context.Context) string {
	if !s.manager.Exists(ctx, doneKey) {
		return ""
	}
	return s.manager.PopString(ctx, doneKey)
}

// Ask tells who sent a request. A token that is not valid is a fault of kind Unsigned; a session that has ended is nobody.
func (s *Sessions) Ask(r *http.Request) (Asker, error) {
	who := Asker{Lang: preferred(r)}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		a, err := s.crowd.Bearer(r.Context(), strings.TrimSpace(token))
		if fault.Is(err, fault.NotFound) {
			return who, fault.New(fault.Unsigned, "fault.token", nil)
		}
		if err != nil {
			return who, err
		}
		return s.as(r, a), nil
	}
	id := s.manager.GetString(r.Context(), accountKey)
	if id == "" {
		return who, nil
	}
	a, err := s.people.Account(r.Context(), id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return who, err
	}
	if err != nil || a.Disabled || stamp(a) != s.manager.GetString(r.Context(), stampKey) {
		return who, nil
	}
	return s.as(r, a), nil
}

func (s *Sessions) as(r *http.Request, a account.Account) Asker {
	lang := string(a.Language)
	if !slices.Contains(locale.Languages, lang) {
		lang = preferred(r)
	}
	return Asker{Actor: a.Actor(), Lang: lang}
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.French, language.Spanish, language.Arabic})

// preferred is the language of a request without an account: the cookie, else Accept-Language, else English.
func preferred(r *http.Request) string {
	if c, err := r.Cookie(LanguageCookie); err == nil && slices.Contains(locale.Languages, c.Value) {
		return c.Value
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return locale.Languages[0]
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return locale.Languages[0]
	}
	return locale.Languages[i]
}
