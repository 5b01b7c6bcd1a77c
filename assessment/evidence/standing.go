package evidence

import "time"

// Standing is how far an answer is backed.
type Standing string

// The standings. An answer that claims nothing (a blank, "do not know yet", "prefer not to answer", "skip") has none.
const (
	None       Standing = ""
	Claimed    Standing = "claimed"    // no proof that holds now
	Evidenced  Standing = "evidenced"  // a piece of evidence that holds now is cited
	Verified   Standing = "verified"   // somebody from outside has looked and agrees
	Challenged Standing = "challenged" // somebody from outside has looked and does not agree
)

// Standings lists the standings from the weakest to the strongest; a challenged one counts as claimed.
var Standings = []Standing{Challenged, Claimed, Evidenced, Verified}

// AtLeast tells whether an answer of standing s counts where a standing is the least that counts. Where that is Claimed,
// every answer counts.
func (s Standing) AtLeast(least Standing) bool {
	switch least {
	case Evidenced:
		return s == Evidenced || s == Verified
	case Verified:
		return s == Verified
	}
	return true
}

// Proof is a cited piece of evidence, as far as standing is concerned.
type Proof struct {
	Removed time.Time // zero while it stands in the library
	Expires time.Time // the last day on which it holds, at midnight UTC; zero when it does not end
	Revised time.Time // when its newest revision was added
}

// Ended tells whether a piece whose last day is given no longer holds.
func Ended(expires, now time.Time) bool {
	return !expires.IsZero() && !now.Before(expires.AddDate(0, 0, 1))
}

// Holds tells whether the piece proves something now.
func (p Proof) Holds(now time.Time) bool { return p.Removed.IsZero() && !Ended(p.Expires, now) }

// Verdict is the newest word from outside on an answer; the zero Verdict says nothing, as a withdrawn one does.
type Verdict struct {
	Says    Standing // Verified, Challenged, or None
	Version int      // of the answer
	At      time.Time
}

// StandingOf works out the standing of an answer: whether it claims something, its version now, what is cited for it, and
// the newest verdict. A verdict counts only for the version of which it was said. An answer stays verified as long as
// every cited piece holds and is the one that was looked at; when one was removed, has ended or was replaced since, the
// answer stands on what is left.
func StandingOf(claims bool, version int, proofs []Proof, v Verdict, now time.Time) Standing {
	if !claims {
		return None
	}
	counts := v.Version == version
	if counts && v.Says == Challenged {
		return Challenged
	}
	held, whole := false, true
	for _, p := range proofs {
		holds := p.Holds(now)
		held = held || holds
		whole = whole && holds && !p.Revised.After(v.At)
	}
	switch {
	case counts && v.Says == Verified && whole:
		return Verified
	case held:
		return Evidenced
	}
	return Claimed
}
