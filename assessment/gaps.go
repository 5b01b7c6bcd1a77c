package assessment

import (
	"slices"
	"time"

	"migov/assessment/evidence"
	"migov/assessment/survey"
)

// Gap is something the check page points to before handing in. None of them blocks.
type Gap string

// The gaps.
const (
	TwoVersions   Gap = "two_versions"   // alternatives to choose from
	Contradictory Gap = "contradiction"  // answers that hardly go together, by a rule of the instrument
	Unanswered    Gap = "unanswered"     // blank
	Postponed     Gap = "postponed"      // "do not know yet" or "skip for now"
	OursThough    Gap = "ours_though"    // "not our responsibility" where the powers map says municipal
	ReasonMissing Gap = "reason_missing" // "not our responsibility" without citation or reason, "does not apply" without a reason
	ProofMissing  Gap = "proof_missing"  // level 3 or 4, or yes, that no evidence backs now (evidence is expected from level 3 upwards)
	PersonalData  Gap = "personal"       // a text seems to hold data of a person
)

// Gaps lists every kind of gap in the order in which the check page shows them.
var Gaps = []Gap{TwoVersions, Contradictory, Unanswered, Postponed, OursThough, ReasonMissing, ProofMissing, PersonalData}

// Finding is one gap, with the place to look at.
type Finding struct {
	Gap       Gap
	Indicator *survey.Indicator
	Field     string                // value, explanation, evidence, power, proof (what is cited), or both (the versions beside each other)
	Personal  []PersonalKind        // of PersonalData
	Worded    bool                  // of ProofMissing: evidence is named in words
	Rule      *survey.Contradiction // of Contradictory
	Others    []*survey.Indicator   // of Contradictory: the others that the rule is about
}

// Findings lists the gaps of an assessment, by kind and then as the instrument has them. In the context module, which may
// stay open, only what was written is looked at.
func (d Draft) Findings(b Beside, now time.Time) (out []Finding) {
	for _, q := range d.Instrument.All() {
		for _, f := range d.Sheet.findings(q, b, now) {
			if !d.Instrument.IsContext(q) || f.Gap == TwoVersions || f.Gap == PersonalData {
				out = append(out, f)
			}
		}
	}
	for _, c := range d.Instrument.Contradicted(d.Sheet.Plain()) {
		f := Finding{Gap: Contradictory, Field: "value", Rule: &c}
		for _, id := range c.Indicators() {
			f.Others = append(f.Others, d.Instrument.Indicator(id))
		}
		f.Indicator, f.Others = f.Others[0], f.Others[1:]
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(Gaps, a.Gap) - slices.Index(Gaps, b.Gap) })
	return out
}

// findings lists the gaps of one indicator.
func (s Sheet) findings(q *survey.Indicator, b Beside, now time.Time) (out []Finding) {
	k := s.Answers[q.ID]
	a, standing := k.Answer, b.StandingOf(k, q.ID, now)
	backed := standing != evidence.None && standing != evidence.Claimed
	found := func(holds bool, f Finding) {
		if f.Indicator = q; holds {
			out = append(out, f)
		}
	}
	found(len(s.Alternatives[q.ID]) > 0, Finding{Gap: TwoVersions, Field: "both"})
	found(a.Blank(), Finding{Gap: Unanswered, Field: "value"})
	found(a.NonAnswer == survey.DontKnow || a.NonAnswer == survey.Skipped, Finding{Gap: Postponed, Field: "value"})
	found(a.NonAnswer == survey.NotOurs && s.Holder(q) == survey.Municipal, Finding{Gap: OursThough, Field: "value"})
	cited := a.NonAnswer == survey.NotOurs && s.Powers[q.ID].Reason != ""
	left := a.NonAnswer == survey.NotOurs || a.NonAnswer == survey.NotApplicable
	found(left && a.Explanation == "" && !cited && !backed, Finding{Gap: ReasonMissing, Field: "explanation"})
	found(claimsMuch(q, a.Value) && standing == evidence.Claimed, Finding{Gap: ProofMissing, Field: "proof", Worded: a.Evidence != ""})
	for _, x := range []struct {
		field, text string
		holds       bool
	}{{"value", a.Value, q.Kind == survey.Freetext}, {"explanation", a.Explanation, true}, {"evidence", a.Evidence, true}, {"power", s.Powers[q.ID].Reason, true}} {
		if x.holds {
			kinds := PersonalIn(x.text)
			found(len(kinds) > 0, Finding{Gap: PersonalData, Field: x.field, Personal: kinds})
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
