package evidence_test

import (
	"slices"
	"testing"
	"time"

	"migov/assessment/evidence"
)

// TestTheStandingOfAnAnswer goes through every combination of version, verdict and proof.
func TestTheStandingOfAnAnswer(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return time.Date(2026, 11, 24+n, 0, 0, 0, 0, time.UTC) }
	holds := evidence.Proof{Revised: day(-30)}
	later := evidence.Proof{Revised: day(-30), Expires: day(10)}
	today := evidence.Proof{Revised: day(-30), Expires: day(0)}
	ended := evidence.Proof{Revised: day(-30), Expires: day(-1)}
	removed := evidence.Proof{Revised: day(-30), Removed: day(-1)}
	replaced := evidence.Proof{Revised: day(-2)}
	verified := evidence.Verdict{Says: evidence.Verified, Version: 3, At: day(-10)}
	challenged := evidence.Verdict{Says: evidence.Challenged, Version: 3, At: day(-10)}
	none := evidence.Verdict{}
	older := func(v evidence.Verdict) evidence.Verdict { v.Version = 2; return v }
	for _, c := range []struct {
		name                                                  string
		proofs                                                []evidence.Proof
		none, verified, challenged, oldVerified, oldChallenge evidence.Standing
	}{
		{"no proof", nil, "claimed", "verified", "challenged", "claimed", "claimed"},
		{"a proof", []evidence.Proof{holds}, "evidenced", "verified", "challenged", "evidenced", "evidenced"},
		{"a proof that will end", []evidence.Proof{later}, "evidenced", "verified", "challenged", "evidenced", "evidenced"},
		{"a proof on its last day", []evidence.Proof{today}, "evidenced", "verified", "challenged", "evidenced", "evidenced"},
		{"a proof that has ended", []evidence.Proof{ended}, "claimed", "claimed", "challenged", "claimed", "claimed"},
		{"a proof that was removed", []evidence.Proof{removed}, "claimed", "claimed", "challenged", "claimed", "claimed"},
		{"one that holds and one that has ended", []evidence.Proof{holds, ended}, "evidenced", "evidenced", "challenged", "evidenced", "evidenced"},
		{"one removed and one that holds", []evidence.Proof{removed, holds}, "evidenced", "evidenced", "challenged", "evidenced", "evidenced"},
		{"one ended and one removed", []evidence.Proof{ended, removed}, "claimed", "claimed", "challenged", "claimed", "claimed"},
		{"a proof replaced after the verdict", []evidence.Proof{replaced}, "evidenced", "evidenced", "challenged", "evidenced", "evidenced"},
	} {
		for _, v := range []struct {
			name    string
			verdict evidence.Verdict
			want    evidence.Standing
		}{
			{"nobody has looked", none, c.none}, {"verified", verified, c.verified}, {"challenged", challenged, c.challenged},
			{"verified at an earlier version", older(verified), c.oldVerified}, {"challenged at an earlier version", older(challenged), c.oldChallenge},
			{"withdrawn", evidence.Verdict{Version: 3, At: day(-1)}, c.none},
		} {
			if got := evidence.StandingOf(true, 3, c.proofs, v.verdict, now); got != v.want {
				t.Errorf("%s, %s: %q, not %q", c.name, v.name, got, v.want)
			}
			if got := evidence.StandingOf(false, 3, c.proofs, v.verdict, now); got != evidence.None {
				t.Errorf("%s, %s, but nothing is claimed: %q", c.name, v.name, got)
			}
		}
	}
}

func TestWhichStandingsCount(t *testing.T) {
	for least, want := range map[evidence.Standing][]evidence.Standing{
		evidence.Claimed:   {evidence.None, evidence.Challenged, evidence.Claimed, evidence.Evidenced, evidence.Verified},
		evidence.Evidenced: {evidence.Evidenced, evidence.Verified},
		evidence.Verified:  {evidence.Verified},
	} {
		var got []evidence.Standing
		for _, s := range append([]evidence.Standing{evidence.None}, evidence.Standings...) {
			if s.AtLeast(least) {
				got = append(got, s)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", least, got, want)
		}
	}
}
