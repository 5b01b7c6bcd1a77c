package assessment

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"migov/assessment/survey"
)

// Seen is what a page without script knew of an answer when it was made: the version, and a short digest of each field.
// It travels in a hidden field, so that a form which sends every field back can tell what the person really changed.
type Seen struct {
	Version int
	digests [FieldCount]string
}

// See notes what a page shows of an answer.
func See(k Kept) Seen { return Seen{Version: k.Version, digests: digests(k.Answer)} }

// String is the hidden field: the version and eight hexadecimal digits for each field, parted by dots.
func (s Seen) String() string {
	return strconv.Itoa(s.Version) + "." + strings.Join(s.digests[:], ".")
}

// ParseSeen reads the hidden field; ok is false when it was not made by Seen.String.
func ParseSeen(text string) (s Seen, ok bool) {
	part := strings.Split(text, ".")
	if len(part) != 1+FieldCount {
		return s, false
	}
	n, err := strconv.Atoi(part[0])
	if err != nil || n < 0 {
		return s, false
	}
	s.Version = n
	copy(s.digests[:], part[1:])
	return s, true
}

// Changed returns the fields of a that differ from what was seen.
func (s Seen) Changed(a survey.Answer) (out Fields) {
	now := digests(a)
	for f := Field(0); f < FieldCount; f++ {
		if now[f] != s.digests[f] {
			out = out.With(f)
		}
	}
	return out
}

func digests(a survey.Answer) [FieldCount]string {
	short := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:4])
	}
	return [FieldCount]string{short(a.Value + "\x00" + string(a.NonAnswer)), short(a.Explanation), short(a.Evidence), short(string(a.Confidence))}
}
