package assessment

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// lettersKey is the property that holds the key of LetterToken.
const lettersKey = "letters_key"

// Properties keeps single values of the database.
type Properties interface {
	Property(ctx context.Context, name string) (string, error)
	// Once sets a property that was never set, and returns what stands: of two that set one at the same time, both get the same.
	Once(ctx context.Context, name, value string) (string, error)
}

// LetterKey returns the key with which the addresses in letters are sealed; it is made once for each database.
func LetterKey(ctx context.Context, p Properties) (string, error) {
	key, err := p.Property(ctx, lettersKey)
	if !fault.Is(err, fault.NotFound) {
		return key, err
	}
	key, _ = account.NewSecret()
	return p.Once(ctx, lettersKey, key)
}

// LetterToken is the secret part of the address with which a person changes, without signing in, how often letters come.
// It opens nothing else, and does not end.
func LetterToken(key, account string) string {
	return account + "." + base64.RawURLEncoding.EncodeToString(letterMAC(key, account))
}

// LetterAccount tells whose token it is; false for a forged one.
func LetterAccount(key, token string) (account string, ok bool) {
	account, mac, _ := strings.Cut(token, ".")
	given, err := base64.RawURLEncoding.DecodeString(mac)
	return account, err == nil && key != "" && hmac.Equal(given, letterMAC(key, account))
}

func letterMAC(key, account string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte("letters:" + account))
	return h.Sum(nil)
}
