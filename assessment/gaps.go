package assessment

import "migov/assessment/survey"

// Gap is something the check page points to before handing in. None of them blocks.
type Gap string

// The gaps.
const (
	Unanswered    Gap = "unanswered"     // blank
	Postponed     Gap = "postponed"      // "do not know yet" or "skip for now"
	TwoVersions   Gap = "two_versions"   // alternatives to choose from
	OursThough    Gap = "ours_though"    // "not our responsibility" where the powers map says municipal
	ReasonMissing Gap = "reason_missing" // "not our responsibility" or "does not apply" without a reason
	ProofMissing  Gap = "proof_missing"  // level 3 or 4, or yes, without evidence (evidence is expected from level 3 upwards)
)

// Gaps lists every kind of gap in the order in which the check page shows them.
var Gaps = []Gap{TwoVersions, Unanswered, Postponed, OursThough, ReasonMissing, ProofMissing}

// GapsOf lists the gaps of one indicator.
func (s Sheet) GapsOf(q *survey.Indicator) []Gap {
	a := s.Answers[q.ID]
	left := a.NonAnswer == survey.NotOurs || a.NonAnswer == survey.NotApplicable
	found := map[Gap]bool{
		TwoVersions:   len(s.Alternatives[q.ID]) > 0,
		Unanswered:    a.Blank(),
		Postponed:     a.NonAnswer == survey.DontKnow || a.NonAnswer == survey.Skipped,
		OursThough:    a.NonAnswer == survey.NotOurs && s.Holder(q) == survey.Municipal,
		ReasonMissing: left && a.Explanation == "",
		ProofMissing:  a.Evidence == "" && claimsMuch(q, a.Value),
	}
	var out []Gap
	for _, g := range Gaps {
		if found[g] {
			out = append(out, g)
		}
	}
	return out
}

func claimsMuch(q *survey.Indicator, value string) bool {
	switch q.Kind {
	case survey.Level:
		return value == "3" || value == "4"
	case survey.YesNo:
		return value == "yes"
	}
	return false
}
