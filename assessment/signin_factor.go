package assessment

import (
	"context"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// FactorIssuer is the name under which authenticators list the codes of this product.
const FactorIssuer = "Cities and Migration"

const vaultProperty = "factor_key"

// vault opens the vault of second factors. Its key is made once for the database.
func (c Crowd) vault(ctx context.Context) (account.Vault, error) {
	key, err := c.Store.FirstProperty(ctx, vaultProperty, account.NewVaultKey())
	if err != nil {
		return account.Vault{}, err
	}
	return account.OpenVault(key)
}

// SealedKey makes the secret of a second factor that is about to be set up, sealed for the account.
func (c Crowd) SealedKey(ctx context.Context, a account.Account) (string, error) {
	v, err := c.vault(ctx)
	if err != nil {
		return "", err
	}
	k, err := account.NewFactorKey(FactorIssuer, a.Email)
	return v.Seal(k.Secret, a.ID), err
}

// OpenKey opens such a secret, to show it.
func (c Crowd) OpenKey(ctx context.Context, a account.Account, sealed string) (account.FactorKey, error) {
	v, err := c.vault(ctx)
	if err != nil {
		return account.FactorKey{}, err
	}
	secret, err := v.Open(sealed, a.ID)
	if err != nil {
		return account.FactorKey{}, err
	}
	return account.FactorKeyOf(FactorIssuer, a.Email, secret)
}

// SetUpFactor keeps a secret once a code shows that the person's device has it, and returns the recovery codes, which are
// shown once. All other sessions of the account end; session is the hash of the one that stays.
func (c Crowd) SetUpFactor(ctx context.Context, a account.Account, sealed, code, session string) (codes []string, err error) {
	if a.Factor {
		return nil, fault.New(fault.Conflict, "fault.factor_set", nil)
	}
	k, err := c.OpenKey(ctx, a, sealed)
	if err != nil {
		return nil, err
	}
	step, ok := account.MatchCode(k.Secret, code, c.Now(), 0)
	if !ok {
		return nil, wrongCode()
	}
	texts, hashes := account.NewRecoveryCodes()
	return texts, c.Store.SetFactor(ctx, a.ID, sealed, step, hashes, session, author(a.Actor()), c.Now())
}

func wrongCode() error {
	return fault.New(fault.Invalid, "fault.factor_code", nil).WithFields(fault.Field{Name: "code", Key: "fault.factor_code"})
}

// CheckFactor takes a code of the second factor, or a recovery code. Failures count together with those of passwords.
func (c Crowd) CheckFactor(ctx context.Context, a account.Account, code, origin string) error {
	succeeded, err := c.try(ctx, a.Email, origin)
	if err != nil {
		return err
	}
	ok, err := c.takeCode(ctx, a, code)
	if err != nil {
		return err
	}
	if !ok {
		return wrongCode()
	}
	return succeeded()
}

func (c Crowd) takeCode(ctx context.Context, a account.Account, code string) (bool, error) {
	if hash, ok := account.HashRecoveryCode(code); ok {
		return c.Store.UseRecoveryCode(ctx, a.ID, hash, c.Now())
	}
	sealed, last, err := c.Store.Factor(ctx, a.ID)
	if err != nil || sealed == "" {
		return false, err
	}
	k, err := c.OpenKey(ctx, a, sealed)
	if err != nil {
		return false, err
	}
	step, ok := account.MatchCode(k.Secret, code, c.Now(), last)
	if !ok {
		return false, nil
	}
	return c.Store.UseStep(ctx, a.ID, step)
}

// RenewRecoveryCodes replaces the recovery codes after checking a code.
func (c Crowd) RenewRecoveryCodes(ctx context.Context, a account.Account, code, origin string) ([]string, error) {
	if err := c.CheckFactor(ctx, a, code, origin); err != nil {
		return nil, err
	}
	texts, hashes := account.NewRecoveryCodes()
	return texts, c.Store.SetRecoveryCodes(ctx, a.ID, hashes, author(a.Actor()), c.Now())
}

// RemoveFactor takes the second factor away after checking a code. Session is the hash of the session that stays.
func (c Crowd) RemoveFactor(ctx context.Context, a account.Account, code, origin, session string) error {
	if err := c.CheckFactor(ctx, a, code, origin); err != nil {
		return err
	}
	return c.Store.SetFactor(ctx, a.ID, "", 0, nil, session, author(a.Actor()), c.Now())
}

// ResetFactor takes the second factor of somebody away who has lost device and recovery codes; an operator does so who knows
// the person by other means. Every session of the account ends.
func (c Crowd) ResetFactor(ctx context.Context, a account.Account, by Author) error {
	return c.Store.SetFactor(ctx, a.ID, "", 0, nil, "", by, c.Now())
}
