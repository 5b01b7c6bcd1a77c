package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Retention says for how many months things are kept; 0 keeps them for ever (trust.md 3.5).
type Retention struct {
	Unfinished   int // assessments never handed in: after the last change, and not before their round is due
	HandedIn     int // assessments that were handed in: after the last round of this instance was due
	Alternatives int // texts that were kept beside an answer: after somebody chose
	Evidence     int // pieces of evidence: after they were taken out of the library, where no answer cites them
}

// UsualRetention is what holds where nothing else is set.
var UsualRetention = Retention{Unfinished: 24, HandedIn: 60, Alternatives: 12, Evidence: 24}

// ExpiryKind says what has reached its end.
type ExpiryKind string

// What is deleted.
const (
	ExpiredUnfinished  ExpiryKind = "unfinished assessment"
	ExpiredHandedIn    ExpiryKind = "assessment handed in"
	ExpiredAlternative ExpiryKind = "decided alternative"
	ExpiredEvidence    ExpiryKind = "removed evidence"
)

// Expiry is a thing that has reached its end.
type Expiry struct {
	Kind        ExpiryKind
	City, Round string // codes; no round for evidence
	CityID, ID  string
	Assessment  string // id, of an alternative
	Since       time.Time
}

// Expiring is what a store offers for it.
type Expiring interface {
	// Expired lists what ended before the moments that a retention sets, oldest first.
	Expired(ctx context.Context, r Retention, now time.Time) ([]Expiry, error)
	// Expire deletes one such thing, if it has still reached its end: an assessment with all that stands in and beside it; the
	// texts of an alternative, in the history too; a piece with its contents.
	Expire(ctx context.Context, e Expiry, r Retention, by Author, now time.Time) error
}

// Expired lists what has reached its end; with apply each of them is deleted.
func Expired(ctx context.Context, s Expiring, who account.Actor, r Retention, now time.Time, apply bool) ([]Expiry, error) {
	if who.Role != account.Operator {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := s.Expired(ctx, r, now)
	if err != nil || !apply {
		return all, err
	}
	for i, e := range all {
		if err := s.Expire(ctx, e, r, author(who), now); err != nil {
			return all[:i], err
		}
	}
	return all, nil
}
