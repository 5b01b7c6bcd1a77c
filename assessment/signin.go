package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Session is a sign-in session: a browser in which somebody is signed in, or is about to be.
type Session struct {
	Hash    string // of its token
	Account string // empty until somebody is signed in
	Begun   time.Time
	Seen    time.Time // the last request, to within a few minutes
	Expires time.Time
	Own     bool   // on a computer that nobody else uses, as the person said
	Device  string // in coarse words, such as "Firefox, Windows"
	Data    []byte
	Person  *account.Account // whose it is, as it was read together with the session; nil where it was not
}

// Identity is an account of an organisation (OpenID Connect): the subject that an issuer vouches for.
type Identity struct{ Issuer, Subject string }

// SignIns keeps what signing in needs: sessions, tries, second factors, identities.
type SignIns interface {
	// Session returns a session that has not expired; NotFound for any other.
	Session(ctx context.Context, hash string, now time.Time) (Session, error)
	// KeepSession keeps a session, a fresh one or one that was read; one that has ended since then stays ended.
	KeepSession(ctx context.Context, s Session, fresh bool, now time.Time) error
	// SeeSession moves the last request and the end of a session.
	SeeSession(ctx context.Context, hash string, seen, expires time.Time) error
	EndSession(ctx context.Context, hash string) error
	// SessionsOf lists the sessions of an account, the last seen first.
	SessionsOf(ctx context.Context, id string, now time.Time) ([]Session, error)
	// EndSessions ends all sessions of an account but one, and tells how many there were.
	EndSessions(ctx context.Context, id, except string, by Author, at time.Time) (int, error)
	// EndSessionOf ends one session if it is one of the account's; NotFound otherwise.
	EndSessionOf(ctx context.Context, id, hash string, by Author, at time.Time) error

	// Try notes a try to sign in as failed, unless one of the keys has reached its limit since a time: then nothing is noted,
	// and ok is false. Unfail takes one such note of each key back.
	Try(ctx context.Context, limits []TryLimit, since, at time.Time) (ok bool, err error)
	Unfail(ctx context.Context, at time.Time, keys ...string) error

	// Factor returns the sealed secret of a second factor, empty for none, and the last time step that was used.
	Factor(ctx context.Context, id string) (sealed string, step int64, err error)
	// SetFactor sets a second factor up, or takes it away when sealed is empty; codes are the hashes of new recovery codes. All
	// sessions of the account end but one, and the person is told.
	SetFactor(ctx context.Context, id, sealed string, step int64, codes []string, except string, by Author, at time.Time) error
	SetRecoveryCodes(ctx context.Context, id string, codes []string, by Author, at time.Time) error
	RecoveryCodesLeft(ctx context.Context, id string) (int, error)
	// UseStep uses up a time step; false when it, or a later one, was used before. UseRecoveryCode uses up a code, once.
	UseStep(ctx context.Context, id string, step int64) (bool, error)
	UseRecoveryCode(ctx context.Context, id, hash string, at time.Time) (bool, error)

	AccountByIdentity(ctx context.Context, i Identity) (account.Account, error)
	// LinkIdentity binds an identity to an account; Conflict when it is bound to another. UnlinkIdentities takes all away.
	LinkIdentity(ctx context.Context, id string, i Identity, by Author, at time.Time) error
	UnlinkIdentities(ctx context.Context, id string, by Author, at time.Time) error
	Identities(ctx context.Context, id string) (int, error)
	// UseInviteLink accepts an invitation with an identity in the place of a password; NotFound when it cannot be used, Conflict
	// when its address opens another account.
	UseInviteLink(ctx context.Context, hash string, i Identity, now time.Time) (account.Account, error)

	City(ctx context.Context, id string) (City, error)
	// FirstProperty returns a named property of the database, which has the given value if it had none.
	FirstProperty(ctx context.Context, name, value string) (string, error)
}

// TryLimit is how many failed tries a key may have.
type TryLimit struct {
	Key  string
	Most int
}

// Limits on failed sign-ins within a quarter of an hour. Municipal offices share one address on the internet, so that the
// limit per address of origin is loose; the one per account slows down guessing without locking anybody out for long.
const (
	FailureWindow     = 15 * time.Minute
	FailuresByAccount = 5
	FailuresByOrigin  = 60
)

// try notes a try as failed before it is looked at: a thousand guesses sent at the same moment are counted like a thousand
// sent one after the other, and those beyond a limit cost no hashing. What succeeds is taken back by the function returned.
func (c Crowd) try(ctx context.Context, email, origin string) (succeeded func() error, err error) {
	now := c.Now()
	limits := []TryLimit{{"account:" + account.HashSecret(email), FailuresByAccount}, {"origin:" + account.HashSecret(origin), FailuresByOrigin}}
	ok := true
	for _, l := range limits {
		n, err := c.Store.Failures(ctx, l.Key, now.Add(-FailureWindow))
		if err != nil {
			return nil, err
		}
		ok = ok && n < l.Most
	}
	if ok {
		if ok, err = c.Store.Try(ctx, limits, now.Add(-FailureWindow), now); err != nil {
			return nil, err
		}
	}
	if !ok {
		f := fault.New(fault.TooMany, "fault.too_many_sign_ins", fault.Args{"Minutes": int(FailureWindow.Minutes())})
		f.Retry = FailureWindow // at the latest: the oldest failure is at most now
		return nil, f
	}
	return func() error { return c.Store.Unfail(ctx, now, limits[0].Key, limits[1].Key) }, nil
}

// SignIn checks address and password. Unknown address, wrong password and disabled account look the same and take as long.
// Too many failures for the account or the origin (the network address of the asker) are a fault of kind TooMany. An account
// with a second factor is not signed in yet: see CheckFactor.
func (c Crowd) SignIn(ctx context.Context, email, password, origin string) (account.Account, error) {
	email = NormalEmail(email)
	succeeded, err := c.try(ctx, email, origin)
	if err != nil {
		return account.Account{}, err
	}
	a, err := c.Store.AccountByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return account.Account{}, err
	}
	ok, err := account.CheckPassword(ctx, password, a.Password)
	if err != nil {
		return account.Account{}, err
	}
	if !ok || a.Disabled {
		return account.Account{}, fault.New(fault.Invalid, "fault.sign_in", nil).WithFields(fault.Field{Name: "email", Key: "fault.sign_in"})
	}
	if err := succeeded(); err != nil || a.Factor {
		return a, err
	}
	return a, c.SignedIn(ctx, a)
}

// SignedIn notes that somebody is signed in; earlier failures of the account are forgotten.
func (c Crowd) SignedIn(ctx context.Context, a account.Account) error {
	if err := c.Store.ClearFailures(ctx, "account:"+account.HashSecret(a.Email)); err != nil {
		return err
	}
	return c.Store.Record(ctx, Event{At: c.Now(), Actor: author(a.Actor()), City: a.City, Action: "sign_in", Subject: a.ID})
}

// ChangePassword sets a new password after checking the old one; every sign-in session of the account ends.
func (c Crowd) ChangePassword(ctx context.Context, who account.Actor, old, wanted string) error {
	a, err := c.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	ok, err := account.CheckPassword(ctx, old, a.Password)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "fault.password_old", nil).WithFields(fault.Field{Name: "old", Key: "fault.password_old"})
	}
	hash, err := c.hashNew(ctx, a, wanted)
	if err != nil {
		return err
	}
	return c.Store.SetPassword(ctx, a.ID, hash, author(a.Actor()))
}

// hashNew judges a new password with what is known of the person, and hashes it.
func (c Crowd) hashNew(ctx context.Context, a account.Account, wanted string, about ...string) (string, error) {
	about = append(about, a.Name, a.Email, a.Department)
	if a.City != "" {
		city, err := c.Store.City(ctx, a.City)
		if err != nil {
			return "", err
		}
		about = append(about, city.Name, city.Code)
	}
	if err := account.JudgePassword(ctx, c.Guesses, wanted, about...); err != nil {
		return "", err
	}
	return account.HashPassword(ctx, wanted)
}

// EndSessions ends every session of somebody whom the actor looks after.
func (c Crowd) EndSessions(ctx context.Context, who account.Actor, id string) (account.Account, error) {
	a, err := c.Person(ctx, who, id)
	if err != nil {
		return a, err
	}
	_, err = c.Store.EndSessions(ctx, id, "", author(who), c.Now())
	return a, err
}

// ByIdentity returns the account that an identity signs in as. An identity that is bound to none is a fault of kind Forbidden, whatever
// address the organisation names: accounts are never found by address.
func (c Crowd) ByIdentity(ctx context.Context, i Identity) (account.Account, error) {
	a, err := c.Store.AccountByIdentity(ctx, i)
	if fault.Is(err, fault.NotFound) || err == nil && a.Disabled {
		return account.Account{}, fault.New(fault.Forbidden, "fault.identity_unknown", nil)
	}
	return a, err
}

// AcceptIdentity accepts an invitation with an identity in the place of a password.
func (c Crowd) AcceptIdentity(ctx context.Context, secret string, i Identity) (account.Account, error) {
	return c.Store.UseInviteLink(ctx, account.HashSecret(secret), i, c.Now())
}
