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
		SignIns
		Recorder
		TokenKeeper
	}
	Guesses account.Guesser // judges new passwords; nil where none are set
	Now     func() time.Time
	Mail    bool // letters can be sent: invitations and forgotten passwords write one
}

// NormalEmail is the form in which an address is kept and looked up: without blanks around, in lower case.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// People lists the accounts within the actor's reach. An analyst reads no name and no address of whoever has joined, nor of
// anybody whom analysts do not invite.
func (c Crowd) People(ctx context.Context, who account.Actor) ([]account.Account, error) {
	if !account.Allowed(who.Role, account.Invite) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := c.Store.People(ctx, who)
	for i := range all {
		all[i] = SeenBy(who, all[i])
	}
	return all, err
}

// SeenBy takes out of an account what the actor may not read.
func SeenBy(who account.Actor, a account.Account) account.Account {
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
	return SeenBy(who, a), nil
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

// Bearer returns the account of an API token, as the token lets a program act.
func (c Crowd) Bearer(ctx context.Context, token string) (account.Account, error) {
	return c.Store.AccountByToken(ctx, account.HashSecret(token), c.Now())
}
