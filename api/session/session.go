// Package session finds out who is asking: by the cookie of a sign-in session, by the token of a program, and in which language.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/text/language"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
)

// Limits say how long sign-in sessions last. The idle time runs from the last request; the other from the sign-in.
type Limits struct {
	Idle, Most       time.Duration // on a shared computer, and for staff everywhere
	OwnIdle, OwnMost time.Duration // on a computer that nobody else uses
}

// Usual are the limits of trust.md 3.2.
var Usual = Limits{Idle: 30 * time.Minute, Most: 12 * time.Hour, OwnIdle: 12 * time.Hour, OwnMost: 7 * 24 * time.Hour}

// of returns the two times of a session.
func (l Limits) of(own bool) (idle, most time.Duration) {
	if own {
		return l.OwnIdle, l.OwnMost
	}
	return l.Idle, l.Most
}

// slack is how old the note of the last request may get before it is written anew: reading pages must not write with every
// request. A session lasts that much longer than its idle time, so that nobody loses any of it.
func slack(idle time.Duration) time.Duration { return min(5*time.Minute, idle/6) }

// Waits are how long a sign-in that was begun waits for its second step, and how long anything else is kept for a visitor.
const (
	stepLife    = 10 * time.Minute
	visitorLife = 2 * time.Hour
)

// Options of the sessions.
type Options struct {
	Secure bool // the cookie is sent over HTTPS only and bound to this very host
	// SecondFactor asks those for a second factor whose role needs one, see account.Role.NeedsFactor.
	SecondFactor bool
	Limits       Limits           // Usual when zero
	Now          func() time.Time // time.Now when nil
}

// LanguageCookie keeps the language that a person chose before signing in.
const LanguageCookie = "lang"

// Asker is who asks: the actor (the zero one is nobody), and the language of the answer.
type Asker struct {
	account.Actor
	Lang    string
	Session string        // hash of the session's token; empty for programs
	Idle    time.Duration // after which the session ends without a request; zero for programs
	Begun   time.Time     // of the session
	Bare    bool          // a second factor has to be set up before anything else
}

// Signed tells whether somebody is signed in.
func (a Asker) Signed() bool { return a.Account != "" }

// Sessions keeps sign-in sessions in the database.
type Sessions struct {
	manager *scs.SessionManager
	crowd   assessment.Crowd
	people  People
	store   Store
	seal    *sealer
	outbox  *outbox
	Options
}

// People finds accounts.
type People interface {
	Account(ctx context.Context, id string) (account.Account, error)
}

// Store keeps sessions.
type Store interface {
	Session(ctx context.Context, hash string, now time.Time) (assessment.Session, error)
	KeepSession(ctx context.Context, s assessment.Session, fresh bool, now time.Time) error
	SeeSession(ctx context.Context, hash string, seen, expires time.Time) error
	EndSession(ctx context.Context, hash string) error
}

// Properties keeps single values, such as the key that seals texts.
type Properties interface {
	Property(ctx context.Context, name string) (string, error)
	SetProperty(ctx context.Context, name, value string) error
}

// New makes the sessions.
func New(ctx context.Context, store Store, people People, crowd assessment.Crowd, properties Properties, o Options) (*Sessions, error) {
	if o.Limits == (Limits{}) {
		o.Limits = Usual
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m := scs.New()
	m.Store = cards{store, o}
	m.Lifetime = o.Limits.Most
	m.HashTokenInStore = true
	m.Codec = texts{}
	m.Cookie.Name = "migov"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	if o.Secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-migov", true
	}
	seal, err := newSealer(ctx, properties)
	if err != nil {
		return nil, err
	}
	box, err := newOutbox(ctx, properties)
	if err != nil {
		return nil, err
	}
	return &Sessions{manager: m, crowd: crowd, people: people, store: store, seal: seal, outbox: box, Options: o}, nil
}

// Wrap reads and writes the session cookie around a handler. An error of the store is said by fail.
func (s *Sessions) Wrap(next http.Handler, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	s.manager.ErrorFunc = fail
	manage := s.manager.LoadAndSave(next)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		manage.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), cardKey{}, &card{})))
	})
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
	stampKey   = "stamp"
	strongKey  = "strong"
	doneKey    = "done"
	waitingKey = "waiting"
)

// stamp is a digest of what a session stands on: every session ends when the password, the role or the second factor changes.
func stamp(a account.Account) string {
	sum := sha256.Sum256([]byte(a.Password + "\x00" + string(a.Role) + "\x00" + strconv.FormatBool(a.Factor)))
	return hex.EncodeToString(sum[:8])
}

// Entry is how somebody comes in.
type Entry struct {
	Own    bool   // the computer is the person's own, as far as the role may say so
	Strong bool   // a second factor was shown, or need not be
	Agent  string // what the browser says of itself
}

// OwnComputer tells whether people of a role may say that a computer is their own. Staff may not: they see the answers of many.
func OwnComputer(r account.Role) bool { return r == account.Coordinator || r == account.Contributor }

// Begin signs an account in on this browser, under a new token.
func (s *Sessions) Begin(ctx context.Context, a account.Account, e Entry) error {
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return err
	}
	k, now := cardOf(ctx), s.Now()
	k.Session = assessment.Session{Account: a.ID, Begun: now, Own: e.Own && OwnComputer(a.Role), Device: device(e.Agent)}
	s.manager.Put(ctx, stampKey, stamp(a))
	if e.Strong {
		s.manager.Put(ctx, strongKey, "1")
	}
	_, most := s.Limits.of(k.Own)
	s.manager.SetDeadline(ctx, now.Add(most))
	s.manager.RememberMe(ctx, k.Own)
	return nil
}

// StepUp puts a session that goes on under a new token after something about the account has changed; strong says that a
// second factor was shown now.
func (s *Sessions) StepUp(ctx context.Context, a account.Account, strong bool) error {
	k := cardOf(ctx)
	before := k.Session
	strong = strong || s.manager.GetString(ctx, strongKey) != ""
	if err := s.Begin(ctx, a, Entry{Own: before.Own, Strong: strong}); err != nil {
		return err
	}
	k.Begun, k.Device = before.Begun, before.Device
	_, most := s.Limits.of(k.Own)
	s.manager.SetDeadline(ctx, k.Begun.Add(most))
	return nil
}

// Waiting is a sign-in, or a change to one, that was begun and waits for its next step.
type Waiting struct {
	For      string // see the constants
	Account  string `json:",omitempty"`
	Stamp    string `json:",omitempty"`
	To       string `json:",omitempty"` // where the person wanted to go
	Resume   string `json:",omitempty"` // a sealed form
	Own      bool   `json:",omitempty"`
	Secret   string `json:",omitempty"` // of a second factor being set up, sealed
	Link     string `json:",omitempty"` // secret of an invitation
	State    string `json:",omitempty"` // of OpenID Connect, with the next two
	Nonce    string `json:",omitempty"`
	Verifier string `json:",omitempty"`
	At       time.Time
}

// What a sign-in can wait for.
const (
	ForCode         = "code"         // a code of the second factor
	ForFactor       = "factor"       // the first code of a second factor being set up
	ForOrganisation = "organisation" // the answer of the organisation
)

// Await keeps what waits for ten minutes; for a visitor under a new token. Whoever is signed in stays so.
func (s *Sessions) Await(ctx context.Context, w Waiting) error {
	w.At = s.Now()
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	if cardOf(ctx).Account == "" {
		if err := s.manager.RenewToken(ctx); err != nil {
			return err
		}
	}
	s.manager.Put(ctx, waitingKey, string(text))
	return nil
}

// AwaitCode keeps a sign-in whose password was right.
func (s *Sessions) AwaitCode(ctx context.Context, a account.Account, w Waiting) error {
	w.For, w.Account, w.Stamp = ForCode, a.ID, stamp(a)
	if err := s.manager.Clear(ctx); err != nil {
		return err
	}
	cardOf(ctx).Session = assessment.Session{}
	return s.Await(ctx, w)
}

// Awaited returns what waits for something, if it is not too old.
func (s *Sessions) Awaited(ctx context.Context, what string) (w Waiting, ok bool) {
	text := s.manager.GetString(ctx, waitingKey)
	if text == "" || json.Unmarshal([]byte(text), &w) != nil {
		return Waiting{}, false
	}
	return w, w.For == what && s.Now().Sub(w.At) < stepLife
}

// AwaitedCode returns the sign-in that waits for a code, and its account, if nothing about that has changed meanwhile.
func (s *Sessions) AwaitedCode(ctx context.Context) (w Waiting, a account.Account, ok bool, err error) {
	if w, ok = s.Awaited(ctx, ForCode); !ok {
		return w, a, false, nil
	}
	a, err = s.people.Account(ctx, w.Account)
	if fault.Is(err, fault.NotFound) {
		return w, a, false, nil
	}
	return w, a, err == nil && !a.Disabled && stamp(a) == w.Stamp, err
}

// Forget drops what waits.
func (s *Sessions) Forget(ctx context.Context) { s.manager.Remove(ctx, waitingKey) }

// End signs out.
func (s *Sessions) End(ctx context.Context) error {
	cardOf(ctx).Session = assessment.Session{}
	return s.manager.Destroy(ctx)
}

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
	ctx, k := r.Context(), cardOf(r.Context())
	if k.Account == "" {
		return who, nil
	}
	a, err := s.owner(ctx, k)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return who, err
	}
	if err != nil || a.Disabled || stamp(a) != s.manager.GetString(ctx, stampKey) {
		return who, nil
	}
	who = s.as(r, a)
	who.Session, who.Begun = k.Hash, k.Begun
	who.Idle, _ = s.Limits.of(k.Own)
	who.Bare = s.SecondFactor && a.Role.NeedsFactor() && s.manager.GetString(ctx, strongKey) == ""
	s.see(ctx, r, k)
	return who, nil
}

// owner is whose session it is: as it was read with the session, or read now when somebody signed in since.
func (s *Sessions) owner(ctx context.Context, k *card) (account.Account, error) {
	if k.Person != nil && k.Person.ID == k.Account {
		return *k.Person, nil
	}
	return s.people.Account(ctx, k.Account)
}

// Background is a header of requests that a page makes by itself: they do not keep a session alive.
const Background = "Migov-Background"

// see notes that somebody is there, when the last note is old enough. Where nothing can be written, reading goes on.
func (s *Sessions) see(ctx context.Context, r *http.Request, k *card) {
	now := s.Now()
	idle, _ := s.Limits.of(k.Own)
	if r.Header.Get(Background) != "" || now.Sub(k.Seen) < slack(idle) {
		return
	}
	k.Seen = now
	_ = s.store.SeeSession(ctx, k.Hash, now, s.end(k.Session, now))
}

// end is when a session ends that sees no further request.
func (o Options) end(x assessment.Session, now time.Time) time.Time {
	if x.Account == "" {
		return now.Add(visitorLife)
	}
	idle, most := o.Limits.of(x.Own)
	end := now.Add(idle + slack(idle))
	if last := x.Begun.Add(most); last.Before(end) {
		return last
	}
	return end
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
