package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"migov/assessment/fault"
)

// Limits of a password, in characters: at least 12, as many as 256 (OWASP ASVS 5.0, 6.2.1 and 6.2.9 ask for at least 8 and at most no less than 64).
const (
	MinPassword = 12
	MaxPassword = 256
)

// hashing is Argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP Password Storage Cheat Sheet.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashers lets at most two hashes be computed at once, so that a flood of sign-ins leaves processor and memory to everybody else.
var hashers = make(chan struct{}, 2)

func hashed[T any](ctx context.Context, work func() (T, error)) (zero T, err error) {
	select {
	case hashers <- struct{}{}:
		defer func() { <-hashers }()
		return work()
	case <-ctx.Done():
		return zero, ctx.Err()
	}
}

// HashPassword checks the length of a password and returns its Argon2id hash. Whether it is a good one says JudgePassword.
func HashPassword(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		args := fault.Args{"Min": MinPassword, "Max": MaxPassword}
		return "", fault.New(fault.Invalid, "fault.password_length", args).WithFields(fault.Field{Name: "password", Key: "fault.password_length", Args: args})
	}
	return hashed(ctx, func() (string, error) { return argon2id.CreateHash(password, hashing) })
}

// decoy is compared when there is no account or no password, so that an unknown address takes as long as a known one.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$bWlnb3YtZGVjb3ktc2FsdA$YSJJ1ezdXnNbSyzmcK7lyI3oOHvh0U2MTxdV0jHLIYs"

// CheckPassword tells whether a password belongs to a hash. An empty hash never matches, and takes as long as any other.
func CheckPassword(ctx context.Context, password, hash string) (bool, error) {
	against := hash
	if against == "" {
		against = decoy
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		password = ""
	}
	match, err := hashed(ctx, func() (bool, error) { return argon2id.ComparePasswordAndHash(password, against) })
	return match && hash != "", err
}

// NewSecret makes a secret of 256 bits for a link or a token: the text to hand out, and the SHA-256 to keep.
func NewSecret() (text, hash string) {
	var b [32]byte
	rand.Read(b[:]) // never fails: see crypto/rand.Read
	text = base64.RawURLEncoding.EncodeToString(b[:])
	return text, HashSecret(text)
}

// HashSecret returns the SHA-256 (hex) under which a secret is kept.
func HashSecret(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
