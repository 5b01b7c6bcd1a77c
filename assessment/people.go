package assessment

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Crowd is how people get in: accounts, passwords, links, tokens.
type Crowd struct {
	Store interface {
		People
		Recorder
	}
	Now func() time.Time
}

// Limits on failed sign-ins within a quarter of an hour. Municipal offices share one address on the internet, so that the
// limit per address of origin is loose; the one per account slows down guessing without locking anybody out for long.
const (
	FailureWindow     = 15 * time.Minute
	FailuresByAccount = 5
	FailuresByOrigin  = 60
)

// LinkLife is how long a one-time link to set a password may be used.
const LinkLife = 7 * 24 * time.Hour

// SignIn checks address and password. Unknown address, wrong password and disabled account look the same and take as long.
// Too many failures for the account or the origin (the network address of the asker) are a fault of kind TooMany.
func (c Crowd) SignIn(ctx context.Context, email, password, origin string) (account.Account, error) {
	now, email := c.Now(), NormalEmail(email)
	keys := []failureKey{{"account:" + account.HashSecret(email), FailuresByAccount}, {"origin:" + account.HashSecret(origin), FailuresByOrigin}}
	if err := c.limit(ctx, keys, now); err != nil {
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
	// Once more: of a thousand guesses sent at the same moment, all passed the first look before any had failed.
	if err := c.limit(ctx, keys, now); err != nil {
		return account.Account{}, err
	}
	if !ok || a.Disabled {
		for _, k := range keys {
			if err := c.Store.AddFailure(ctx, k.name, now); err != nil {
				return account.Account{}, err
			}
		}
		return account.Account{}, fault.New(fault.Invalid, "fault.sign_in", nil).WithFields(fault.Field{Name: "email", Key: "fault.sign_in"})
	}
	if err := c.Store.ClearFailures(ctx, keys[0].name); err != nil {
		return account.Account{}, err
	}
	return a, c.note(ctx, a, "sign_in")
}

type failureKey struct {
	name  string
	limit int
}

func (c Crowd) limit(ctx context.Context, keys []failureKey, now time.Time) error {
	for _, k := range keys {
		n, err := c.Store.Failures(ctx, k.name, now.Add(-FailureWindow))
		if err != nil {
			return err
		}
		if n >= k.limit {
			f := fault.New(fault.TooMany, "fault.too_many_sign_ins", fault.Args{"Minutes": int(FailureWindow.Minutes())})
			f.Retry = FailureWindow // at the latest: the oldest failure is at most now
			return f
		}
	}
	return nil
}

func (c Crowd) note(ctx context.Context, a account.Account, action string) error {
	return c.Store.Record(ctx, Event{At: c.Now(), Actor: author(a.Actor()), City: a.City, Action: action, Subject: a.ID})
}

// NormalEmail is the form in which an address is kept and looked up: without blanks around, in lower case.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

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
	return c.setPassword(ctx, a, wanted)
}

func (c Crowd) setPassword(ctx context.Context, a account.Account, wanted string) error {
	hash, err := account.HashPassword(ctx, wanted)
	if err != nil {
		return err
	}
	return c.Store.SetPassword(ctx, a.ID, hash, author(a.Actor()))
}

// Invite makes an account and returns the secret of its one-time link. Coordinators and contributors belong to one city,
// analysts to rounds, admins to neither.
func (c Crowd) Invite(ctx context.Context, a account.Account, by Author) (account.Account, string, error) {
	a.Email = NormalEmail(a.Email)
	if faults := checkAccount(a); len(faults) > 0 {
		return a, "", fault.New(fault.Invalid, "fault.account", nil).WithFields(faults...)
	}
	a.Created = c.Now()
	a, err := c.Store.AddAccount(ctx, a, by)
	if err != nil {
		return a, "", err
	}
	secret, err := c.Reset(ctx, a, by)
	return a, secret, err
}

func checkAccount(a account.Account) (faults []fault.Field) {
	add := func(name, key string) { faults = append(faults, fault.Field{Name: name, Key: key}) }
	if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
		add("email", "fault.email")
	}
	faults = checkName(faults, strings.TrimSpace(a.Name), "name")
	if !a.Role.Known() {
		add("role", "fault.role")
	}
	if a.Role.OfCity() != (a.City != "") {
		add("city", "fault.account_city")
	}
	if a.Role != account.Analyst && len(a.Rounds) > 0 {
		add("round", "fault.account_round")
	}
	if !slices.Contains(survey.Languages, a.Language) {
		add("language", "fault.language")
	}
	return faults
}

// Disable ends an account, or opens it again. Nobody ends the own one, so that a slip does not cost the last administrator.
func (c Crowd) Disable(ctx context.Context, who account.Actor, id string, disabled bool) (account.Account, error) {
	if id == who.Account {
		return account.Account{}, fault.New(fault.Invalid, "fault.own_account", nil)
	}
	a, err := c.Store.Account(ctx, id)
	if err != nil {
		return a, err
	}
	return a, c.Store.SetDisabled(ctx, id, disabled, author(who))
}

// Reset makes a new one-time link to set a password and returns its secret.
func (c Crowd) Reset(ctx context.Context, a account.Account, by Author) (secret string, err error) {
	secret, hash := account.NewSecret()
	return secret, c.Store.AddLink(ctx, a.ID, hash, c.Now().Add(LinkLife), by)
}

// Peek tells whose link this is, without using it up.
func (c Crowd) Peek(ctx context.Context, secret string) (account.Account, error) {
	return c.Store.PeekLink(ctx, account.HashSecret(secret), c.Now())
}

// Accept uses up a link and sets the password. A password that is refused leaves the link as it was.
func (c Crowd) Accept(ctx context.Context, secret, wanted string) (account.Account, error) {
	hash, err := account.HashPassword(ctx, wanted)
	if err != nil {
		return account.Account{}, err
	}
	return c.Store.UseLink(ctx, account.HashSecret(secret), hash, c.Now())
}

// Token makes a token for the API and returns its text, which is shown once.
func (c Crowd) Token(ctx context.Context, a account.Account, name string, life time.Duration, by Author) (string, error) {
	text, hash := account.NewSecret()
	return text, c.Store.AddToken(ctx, a.ID, hash, name, c.Now().Add(life), by)
}

// Bearer returns the account of an API token.
func (c Crowd) Bearer(ctx context.Context, token string) (account.Account, error) {
	return c.Store.AccountByToken(ctx, account.HashSecret(token), c.Now())
}
