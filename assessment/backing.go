package assessment

import (
	"context"
	"slices"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Backing is how far the answers of an assessment are backed at a time, and the marks of which its numbers are computed
// three times: with every answer, with those that are evidenced or better, and with those that are verified (see
// score.Scheme.Only). A challenged answer counts as claimed; the level that somebody proposed counts nowhere.
type Backing struct {
	Standings                    map[string]evidence.Standing // by indicator; nothing for those that claim nothing
	Claimed, Evidenced, Verified score.Marks
}

// BackingOf works out the backing of what is kept for an assessment, with what stands beside it.
func BackingOf(scheme *score.Scheme, sheet Sheet, b Beside, now time.Time) Backing {
	out := Backing{Standings: map[string]evidence.Standing{}, Claimed: scheme.Marks(sheet.Plain(), sheet.Holders())}
	for _, q := range scheme.Instrument().Indicators() {
		if s := b.StandingOf(sheet.Answers[q.ID], q.ID, now); s != evidence.None {
			out.Standings[q.ID] = s
		}
	}
	out.Evidenced = scheme.Only(out.Claimed, func(id string) bool { return out.Standings[id].AtLeast(evidence.Evidenced) })
	out.Verified = scheme.Only(out.Claimed, func(id string) bool { return out.Standings[id].AtLeast(evidence.Verified) })
	return out
}

// Count is how many indicators have a standing.
func (b Backing) Count(s evidence.Standing) (n int) {
	for _, is := range b.Standings {
		if is == s {
			n++
		}
	}
	return n
}

// Proposals are the values that people from outside propose for a version of an answer, or for any when it is 0, newest
// first. Each stands beside the city's own, never over it.
func (b Beside) Proposals(indicator string, version int) (out []Verdict) {
	for _, v := range b.VerdictsOf(indicator) {
		if v.Kind == VerdictChallenged && v.Proposed != "" && (version == 0 || v.Version == version) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y Verdict) int { return y.At.Compare(x.At) })
	return out
}

// Reply is what the city has said last to whoever reviews an answer; empty when it has said nothing.
func (b Beside) Reply(indicator string) string {
	var last Clarification
	for _, c := range b.Clarifications {
		if c.Indicator == indicator && c.Outcome != "" && !c.Replied.Before(last.Replied) {
			last = c
		}
	}
	return last.Reply
}

// row is the row of an indicator in an export: the answer, and beside it what others think of it.
func (b Beside) row(a Assessment, in *survey.Instrument, q *survey.Indicator, sheet Sheet, now time.Time) longform.Row {
	k := sheet.Answers[q.ID]
	r := longform.Row{City: a.City.Code, Indicator: q.ID, Value: k.Value, NonAnswer: string(k.NonAnswer), Explanation: k.Explanation, Evidence: k.Evidence,
		Standing: string(b.StandingOf(k, q.ID, now)), Reply: b.Reply(q.ID)}
	if !in.IsContext(q) {
		r.Power = string(sheet.Holder(q))
	}
	if k.Version > 0 {
		if all := b.Proposals(q.ID, k.Version); len(all) > 0 {
			r.Proposed, r.ProposedBy, r.ProposalReason = all[0].Proposed, string(all[0].By.Role), all[0].Reason
		}
	}
	return r
}

// BackingReader reads what the standing of answers depends on.
type BackingReader interface {
	// Backings returns of several assessments, which Assessments has found for the same actor, what BackingOf, Proposals and
	// Reply read of Beside, in their order and without asking for each of them; nothing else of it, and no names.
	Backings(ctx context.Context, who account.Actor, all []Assessment) ([]Beside, error)
}
