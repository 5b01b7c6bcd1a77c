package session

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// OutboxLife is how long a letter that was sealed in a browser may wait there to be sent.
const OutboxLife = 14 * 24 * time.Hour

// outbox opens what browsers have sealed: text that could not be sent is kept on a shared computer so that the computer
// can deliver it and nobody at the computer can read it (trust.md D6). A letter is
//
//	1 | ephemeral public key, 65 bytes | nonce, 12 bytes | AES-256-GCM of the JSON of a letter
//
// with the key HKDF-SHA-256 (RFC 5869; no salt, info "migov outbox 1") of the ECDH secret on P-256.
type outbox struct {
	private *ecdh.PrivateKey
	public  string // base64url of the 65 bytes
}

const (
	outboxProperty = "outbox_key"
	outboxInfo     = "migov outbox 1"
	outboxVersion  = 1
	pointBytes     = 65
	nonceBytes     = 12
)

// newOutbox takes the private key from the database, so that every instance has the same; the first one makes it.
func newOutbox(ctx context.Context, p Properties) (*outbox, error) {
	text, err := p.Property(ctx, outboxProperty)
	if fault.Is(err, fault.NotFound) {
		key, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		if err := p.SetProperty(ctx, outboxProperty, base64.StdEncoding.EncodeToString(key.Bytes())); err != nil {
			return nil, err
		}
		text, err = p.Property(ctx, outboxProperty)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	private, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	return &outbox{private, base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes())}, nil
}

// OutboxKey is the public key to which browsers seal, base64url of an uncompressed point on P-256.
func (s *Sessions) OutboxKey() string { return s.outbox.public }

// pass stands inside a letter and says who wrote it. Browsers hold it, but only the server can make one.
type pass struct {
	Account string
	Stamp   string
	At      time.Time
}

// OutboxPass makes the pass of somebody who is signed in.
func (s *Sessions) OutboxPass(ctx context.Context, who Asker, now time.Time) string {
	plain, _ := json.Marshal(pass{who.Account, s.manager.GetString(ctx, stampKey), now}) // two texts and a time never fail
	nonce := make([]byte, s.seal.aead.NonceSize())
	rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.seal.aead.Seal(nonce, nonce, plain, []byte(outboxInfo)))
}

func (s *Sessions) openPass(text string) (p pass, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	n := s.seal.aead.NonceSize()
	if err != nil || len(raw) < n {
		return p, errNoLetter
	}
	plain, err := s.seal.aead.Open(nil, raw[:n], raw[n:], []byte(outboxInfo))
	if err != nil {
		return p, errNoLetter
	}
	return p, json.Unmarshal(plain, &p)
}

// Letter is a save that a browser had sealed.
type Letter struct {
	Pass       string            `json:"pass"`
	Assessment string            `json:"assessment"`
	Indicator  string            `json:"indicator"`
	Mutation   string            `json:"mutation"`
	Base       int               `json:"base"`
	After      string            `json:"after"` // an earlier mutation of the same tab, on whose result this one is based
	Body       map[string]string `json:"body"`  // as in a save
}

var errNoLetter = errors.New("this is no letter of the outbox")

// ErrLetterWaits is said of a letter whose author has to sign in again first.
var ErrLetterWaits = errors.New("the author has to sign in first")

// OpenLetter opens what a browser had sealed and tells who wrote it. Asker is whoever brings it, mostly nobody. A letter
// whose author has a new password since, or is disabled, waits until the author brings it; one that is too old is none.
func (s *Sessions) OpenLetter(ctx context.Context, asker Asker, box string, now time.Time) (l Letter, author account.Account, err error) {
	plain, err := s.outbox.open(box)
	if err != nil {
		return l, author, err
	}
	if err := json.Unmarshal(plain, &l); err != nil {
		return l, author, errNoLetter
	}
	p, err := s.openPass(l.Pass)
	if err != nil || now.Sub(p.At) > OutboxLife {
		return l, author, errNoLetter
	}
	author, err = s.people.Account(ctx, p.Account)
	if fault.Is(err, fault.NotFound) {
		return l, author, errNoLetter
	}
	if err == nil && asker.Account != author.ID && (author.Disabled || stamp(author) != p.Stamp) {
		err = ErrLetterWaits
	}
	return l, author, err
}

func (o *outbox) open(box string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(box)
	if err != nil || len(raw) < 1+pointBytes+nonceBytes || raw[0] != outboxVersion {
		return nil, errNoLetter
	}
	public, err := ecdh.P256().NewPublicKey(raw[1 : 1+pointBytes])
	if err != nil {
		return nil, errNoLetter
	}
	secret, err := o.private.ECDH(public)
	if err != nil {
		return nil, errNoLetter
	}
	aead, err := letterCipher(secret)
	if err != nil {
		return nil, err
	}
	rest := raw[1+pointBytes:]
	plain, err := aead.Open(nil, rest[:nonceBytes], rest[nonceBytes:], nil)
	if err != nil {
		return nil, errNoLetter
	}
	return plain, nil
}

func letterCipher(secret []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, outboxInfo, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
