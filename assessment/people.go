package assessment

import (
	"context"
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
		Inviting
		Recorder
	}
	Now  func() time.Time
	Mail bool // letters can be sent: invitations and forgotten passwords write one
}

// Limits on failed sign-ins within a quarter of an hour. Municipal offices share one address on the internet, so that the
// limit per address of origin is loose; the one per account slows down guessing without locking anybody out for long.
const (
	FailureWindow     = 15 * time.Minute
	FailuresByAccount = 5
	FailuresByOrigin  = 60
)

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

// People lists the accounts within the actor's reach. An analyst reads no name and no address of whoever has joined, nor of
// anybody whom analysts do not invite.
func (c Crowd) People(ctx context.Context, who account.Actor) ([]account.Account, error) {
	if !account.Allowed(who.Role, account.Invite) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := c.Store.People(ctx, who)
	for i := range all {
		all[i] = seenBy(who, all[i])
	}
	return all, err
}

// seenBy takes out of an account what the actor may not read.
func seenBy(who account.Actor, a account.Account) account.Account {
	if who.Role == account.Analyst && (Joined(a) || !slices.Contains(MayInvite(account.Analyst), a.Role)) {
		a.Name, a.Email = "", ""
	}
	return a
}

// within returns an account that the actor may do something about; NotFound for any other.
func (c Crowd) within(ctx context.Context, who account.Actor, id string, do account.Action) (account.Account, error) {
	if !account.Allowed(who.Role, do) {
		return account.Account{}, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	a, err := c.Store.Account(ctx, id)
	if err != nil {
		return a, err
	}
	ok := who.Role == account.Admin || who.Role == account.Operator
	switch who.Role {
	case account.Coordinator:
		ok = who.City != "" && a.City == who.City
	case account.Analyst:
		places, err := c.Store.Places(ctx, who)
		if err != nil {
			return account.Account{}, err
		}
		ok = slices.Contains(MayInvite(who.Role), a.Role) && slices.ContainsFunc(places, func(x City) bool { return x.ID == a.City })
	}
	if !ok || a.Former > 0 {
		return account.Account{}, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return seenBy(who, a), nil
}

// Person returns somebody whom the actor looks after: the own team of a coordinator, anybody for an administrator.
func (c Crowd) Person(ctx context.Context, who account.Actor, id string) (account.Account, error) {
	return c.within(ctx, who, id, account.ErasePerson)
}

// Changed is what a coordinator or an administrator changes about a person. Only people of a city change their role, to
// another one of a city.
type Changed struct {
	Role       account.Role
	Department string
	Language   survey.Language
}

// Change writes it. Whoever gets another role has to sign in again.
func (c Crowd) Change(ctx context.Context, who account.Actor, id string, to Changed) (account.Account, error) {
	a, err := c.Person(ctx, who, id)
	if err != nil {
		return a, err
	}
	var faults []fault.Field
	if to.Role != a.Role && (!a.Role.OfCity() || !to.Role.OfCity()) {
		faults = append(faults, fault.Field{Name: "role", Key: "fault.role_not_yours"})
	}
	a.Role, a.Department, a.Language = to.Role, strings.TrimSpace(to.Department), to.Language
	if faults = append(faults, checkAccount(a)...); len(faults) > 0 {
		return a, fault.New(fault.Invalid, "fault.account_change", nil).WithFields(faults...)
	}
	return a, c.Store.ChangePerson(ctx, a, author(who), c.Now())
}

// Disable ends an account, or opens it again. Nobody ends the own one, so that a slip does not cost the last administrator.
func (c Crowd) Disable(ctx context.Context, who account.Actor, id string, disabled bool) (account.Account, error) {
	a, err := c.Person(ctx, who, id)
	if err != nil {
		return a, err
	}
	if id == who.Account {
		return a, fault.New(fault.Invalid, "fault.own_account", nil)
	}
	return a, c.Store.SetDisabled(ctx, id, disabled, author(who))
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
