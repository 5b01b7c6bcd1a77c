package snapshot

import (
	"encoding/base32"
	"strings"
)

// alphabet is Douglas Crockford's base 32: no I, L, O or U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// RandomBytes is how many random bytes a reference is made of.
const RandomBytes = 8

// Reference makes the reference of a receipt, 60 bits as 4-4-4 such as 7QK4-0M3D-XW9A, which is read out over a telephone.
func Reference(random [RandomBytes]byte) string {
	s := base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(random[:])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12]
}

// ParseReference reads a reference as people write it: in small letters, without hyphens, O for 0, I and L for 1.
func ParseReference(s string) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != 12 || strings.Trim(s, alphabet) != "" {
		return "", false
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:], true
}
