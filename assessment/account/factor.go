package account

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// NeedsFactor tells whether people of this role must have a second factor, where the instance asks for it: those who see the answers of
// many cities, who consent for a city, and who manage people.
func (r Role) NeedsFactor() bool { return r == Admin || r == Analyst || r == Reviewer || r == Approver }

// Steps of time-based codes (RFC 6238, section 5.2): one each 30 seconds, and the neighbours of the present one count too.
const (
	FactorStep = 30 * time.Second
	factorSkew = 1
	codeLength = 6
)

// FactorKey is the shared secret of a second factor, as an authenticator takes it.
type FactorKey struct {
	Secret string // 160 bits in Base32
	key    *otp.Key
}

// NewFactorKey makes a secret for the account of an address.
func NewFactorKey(issuer, email string) (FactorKey, error) {
	return factorKey(issuer, email, nil)
}

// FactorKeyOf is the key with a secret made earlier.
func FactorKeyOf(issuer, email, secret string) (FactorKey, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return FactorKey{}, fmt.Errorf("the secret of a second factor: %w", err)
	}
	return factorKey(issuer, email, raw)
}

func factorKey(issuer, email string, raw []byte) (FactorKey, error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: email, SecretSize: 20, Secret: raw, Rand: rand.Reader})
	if err != nil {
		return FactorKey{}, err
	}
	return FactorKey{Secret: k.Secret(), key: k}, nil
}

// Spelt is the secret in groups of four, to be typed.
func (k FactorKey) Spelt() string { return grouped(k.Secret, " ") }

// Address is the otpauth address that an authenticator on the same device opens.
func (k FactorKey) Address() string { return k.key.URL() }

// Picture is the address as a QR code, a PNG of that many pixels a side.
func (k FactorKey) Picture(side int) ([]byte, error) {
	img, err := k.key.Image(side, side)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

// CodeAt is the code of a secret at a moment, as an authenticator shows it.
func CodeAt(secret string, at time.Time) (string, error) { return totp.GenerateCode(secret, at) }

// MatchCode tells which time step a code belongs to, of those that are newer than the last one used: no code counts twice.
func MatchCode(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	code = plain(code)
	if len(code) != codeLength {
		return 0, false
	}
	present := now.Unix() / int64(FactorStep.Seconds())
	for s := present - factorSkew; s <= present+factorSkew; s++ {
		want, err := CodeAt(secret, time.Unix(s*int64(FactorStep.Seconds()), 0))
		if err == nil && s > last && hmac.Equal([]byte(want), []byte(code)) {
			return s, true
		}
	}
	return 0, false
}

// RecoveryCodes is how many codes a person gets for the day the authenticator is lost.
const RecoveryCodes = 10

// NewRecoveryCodes makes codes of 80 bits each: the texts to show once, and the hashes to keep.
func NewRecoveryCodes() (texts, hashes []string) {
	for range RecoveryCodes {
		var b [10]byte
		rand.Read(b[:]) // never fails: see crypto/rand.Read
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
		texts, hashes = append(texts, grouped(text, "-")), append(hashes, HashSecret(text))
	}
	return texts, hashes
}

// HashRecoveryCode is the hash under which a recovery code is kept, however it was typed; ok is false for what cannot be one.
func HashRecoveryCode(text string) (hash string, ok bool) {
	text = strings.ToLower(plain(text))
	return HashSecret(text), len(text) == 16
}

// plain is a code without what people type between its signs, and with the figures of every script as 0 to 9.
func plain(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case unicode.IsSpace(r) || r == '-' || r == '‐' || r == '–' || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, code)
}

func grouped(text, between string) string {
	var parts []string
	for len(text) > 4 {
		parts, text = append(parts, text[:4]), text[4:]
	}
	return strings.Join(append(parts, text), between)
}

// Vault seals the secrets of second factors (AES-256-GCM), so that a copy of one table opens nothing.
type Vault struct{ aead cipher.AEAD }

// NewVaultKey makes a key for a vault, as a text to keep.
func NewVaultKey() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

// OpenVault makes the vault of a key.
func OpenVault(key string) (Vault, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return Vault{}, err
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return Vault{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Vault{aead}, err
}

// Seal encrypts a text for one account.
func (v Vault) Seal(text, account string) string {
	nonce := make([]byte, v.aead.NonceSize())
	rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(v.aead.Seal(nonce, nonce, []byte(text), []byte(account)))
}

// Open decrypts what was sealed for the account.
func (v Vault) Open(sealed, account string) (string, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	n := v.aead.NonceSize()
	if err != nil || len(raw) < n {
		return "", errors.New("a sealed secret is damaged")
	}
	text, err := v.aead.Open(nil, raw[:n], raw[n:], []byte(account))
	return string(text), err
}
