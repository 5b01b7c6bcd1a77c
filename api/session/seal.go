package session

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"migov/assessment/fault"
)

// SealLife is how long a form that was sent after the sign-in session had ended waits for the person to sign in again (trust.md 2.2).
const SealLife = 2 * time.Hour

// Form is what somebody sent when no longer signed in. It travels through the sign-in page sealed, so that nobody else
// at a shared computer can read it, and is given back to the same account only.
type Form struct {
	Account string
	Path    string
	Values  url.Values
	At      time.Time
}

type sealer struct{ aead cipher.AEAD }

const sealProperty = "seal_key"

// newSealer takes the key from the database, so that every instance has the same; the first one makes it.
func newSealer(ctx context.Context, p Properties) (*sealer, error) {
	text, err := p.Property(ctx, sealProperty)
	if fault.Is(err, fault.NotFound) {
		var key [32]byte
		rand.Read(key[:]) // never fails: see crypto/rand.Read
		if err := p.SetProperty(ctx, sealProperty, base64.StdEncoding.EncodeToString(key[:])); err != nil {
			return nil, err
		}
		text, err = p.Property(ctx, sealProperty)
	}
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &sealer{aead}, err
}

// Seal encrypts a form (AES-256-GCM).
func (s *Sessions) Seal(f Form) (string, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, s.seal.aead.NonceSize())
	rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.seal.aead.Seal(nonce, nonce, plain, nil)), nil
}

// Ours tells whether a text is a form that was sealed here and is of a size to be kept while somebody signs in elsewhere.
func (s *Sessions) Ours(text string) bool {
	_, ok := s.open(text)
	return ok && len(text) <= 1<<20
}

// Unseal opens a sealed form; ok is false when it is not ours, too old, or another account's.
func (s *Sessions) Unseal(text, account string, now time.Time) (f Form, ok bool) {
	f, ok = s.open(text)
	return f, ok && f.Account == account && now.Sub(f.At) < SealLife
}

func (s *Sessions) open(text string) (f Form, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	n := s.seal.aead.NonceSize()
	if err != nil || len(raw) < n {
		return f, false
	}
	plain, err := s.seal.aead.Open(nil, raw[:n], raw[n:], nil)
	return f, err == nil && json.Unmarshal(plain, &f) == nil
}
