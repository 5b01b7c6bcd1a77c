package assessment

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// TokenKeeper keeps the tokens with which programs act for accounts. Their texts are nowhere, their hashes alone are.
type TokenKeeper interface {
	// KeepToken keeps a token under the hash of its text, with an id of its own.
	KeepToken(ctx context.Context, hash string, t account.Token, by Author) error
	// Tokens lists the tokens of an account that work at a time, the newest first.
	Tokens(ctx context.Context, account string, now time.Time) ([]account.Token, error)
	// EndToken ends a token of an account; NotFound for one of somebody else.
	EndToken(ctx context.Context, owner, id string, by Author, at time.Time) error
}

// Limits of tokens that people make.
const (
	maxTokens    = 20
	maxTokenName = 100 // characters
	maxTokenLife = 366 // days
)

// TokenGiven is what somebody wants of a token.
type TokenGiven struct {
	Name  string
	Scope account.Scope
	Round string // code of a round; empty for none
	Until string // the last day, as 2027-03-31
}

// Token makes a token that works for some time and may do everything, and returns its text, which is shown once.
func (c Crowd) Token(ctx context.Context, a account.Account, name string, life time.Duration, by Author) (string, error) {
	return c.ScopedToken(ctx, account.Token{Account: a.ID, Name: name, Scope: account.ScopeAll, Expires: c.Now().Add(life)}, by)
}

// ScopedToken makes a token and returns its text, which is shown once.
func (c Crowd) ScopedToken(ctx context.Context, t account.Token, by Author) (string, error) {
	text, hash := account.NewSecret()
	t.Created = c.Now()
	return text, c.Store.KeepToken(ctx, hash, t, by)
}

// OwnTokens lists the tokens of the actor that work.
func (c Crowd) OwnTokens(ctx context.Context, who account.Actor) ([]account.Token, error) {
	return c.Store.Tokens(ctx, who.Account, c.Now())
}

// MakeToken makes a token for the actor, bound to one of some rounds if wished, and returns its text. Faults name the inputs.
// A program makes no tokens, whatever its own may do.
func (c Crowd) MakeToken(ctx context.Context, who account.Actor, g TokenGiven, rounds []Round) (string, error) {
	if who.Account == "" || who.Token != "" {
		return "", fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	now, t := c.Now(), account.Token{Account: who.Account, Name: strings.TrimSpace(g.Name), Scope: g.Scope}
	var faults []fault.Field
	if n := utf8.RuneCountInString(t.Name); n == 0 || n > maxTokenName || strings.ContainsRune(t.Name, 0) || !utf8.ValidString(t.Name) {
		faults = append(faults, fault.Field{Name: "name", Key: "tokens.missing_name"})
	}
	if !g.Scope.Allows(account.ReadPublic, true) {
		faults = append(faults, fault.Field{Name: "scope", Key: "tokens.no_scope"})
	}
	if g.Round != "" {
		for _, r := range rounds {
			if r.Code == g.Round {
				t.Round = r.ID
			}
		}
		switch {
		case t.Round == "":
			faults = append(faults, fault.Field{Name: "round", Key: "tokens.no_round"})
		case g.Scope.Allows(account.ReadPublic, true) && !g.Scope.OfRound():
			faults = append(faults, fault.Field{Name: "round", Key: "tokens.round_scope"})
		}
	}
	until, err := time.Parse(time.DateOnly, strings.TrimSpace(g.Until))
	t.Expires = until.AddDate(0, 0, 1) // the last day counts whole
	if err != nil || !until.After(now) || t.Expires.After(now.AddDate(0, 0, maxTokenLife+1)) {
		faults = append(faults, fault.Field{Name: "until", Key: "tokens.no_day"})
	}
	if len(faults) > 0 {
		return "", fault.New(fault.Invalid, "fault.account_change", nil).WithFields(faults...)
	}
	all, err := c.OwnTokens(ctx, who)
	if err != nil {
		return "", err
	}
	if len(all) >= maxTokens {
		return "", fault.New(fault.Invalid, "tokens.too_many", nil).WithFields(fault.Field{Name: "name", Key: "tokens.too_many"})
	}
	return c.ScopedToken(ctx, t, author(who))
}

// EndToken ends a token of the actor.
func (c Crowd) EndToken(ctx context.Context, who account.Actor, id string) error {
	return c.Store.EndToken(ctx, who.Account, id, author(who), c.Now())
}
