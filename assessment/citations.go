package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Cite says that a piece supports the answer to an indicator, at a page or passage.
func (p Proofs) Cite(ctx context.Context, who account.Actor, id, indicator, piece, passage string) error {
	c, err := p.citation(ctx, who, id, indicator, piece)
	if err != nil {
		return err
	}
	c.Passage = strings.TrimSpace(passage)
	if faults := long("passage", c.Passage, evidence.MaxPassage); len(faults) > 0 {
		return invalid(faults)
	}
	return p.Store.Cite(ctx, who, id, c)
}

// Uncite takes a citation back.
func (p Proofs) Uncite(ctx context.Context, who account.Actor, id, indicator, piece string) error {
	c, err := p.citation(ctx, who, id, indicator, piece)
	if err != nil {
		return err
	}
	return p.Store.Uncite(ctx, who, id, c)
}

// Cites does many of both for one indicator, all or nothing. A passage that cannot be kept is a fault about "passage-" and
// the id of its piece.
func (p Proofs) Cites(ctx context.Context, who account.Actor, id, indicator string, cite []Citation, uncite []string) error {
	c, err := p.citation(ctx, who, id, indicator, "")
	if err != nil {
		return err
	}
	var faults []fault.Field
	var no []Citation
	cite = slices.Clone(cite)
	for i, x := range cite {
		cite[i] = Citation{Indicator: indicator, Evidence: x.Evidence, Passage: strings.TrimSpace(x.Passage), By: c.By, At: c.At}
		faults = append(faults, long("passage-"+x.Evidence, cite[i].Passage, evidence.MaxPassage)...)
	}
	for _, piece := range uncite {
		c.Evidence = piece
		no = append(no, c)
	}
	if len(faults) > 0 {
		return invalid(faults)
	}
	return p.Store.Cites(ctx, who, id, cite, no)
}

func (p Proofs) citation(ctx context.Context, who account.Actor, id, indicator, piece string) (Citation, error) {
	a, err := p.find(ctx, who, id, account.WriteEvidence)
	if err == nil {
		err = p.citable(a, indicator)
	}
	return Citation{Indicator: indicator, Evidence: piece, By: author(who), At: p.Now()}, err
}

// Judge says from outside what somebody thinks of an answer at a version: verified, challenged with a reason, or that
// an earlier word is withdrawn. The coordinators, and who wrote the answer, are told of a challenge.
func (p Proofs) Judge(ctx context.Context, who account.Actor, id, indicator string, says VerdictKind, version int, proposed, reason string) error {
	a, err := p.find(ctx, who, id, account.Verify)
	if err != nil {
		return err
	}
	if p.indicator(a, indicator) == nil {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if a.Open() {
		return fault.New(fault.Conflict, "evidence.not_handed_in", nil)
	}
	sheet, err := p.Store.Sheet(ctx, who, id, indicator)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	faults := long("reason", reason, evidence.MaxNote)
	switch {
	case says != VerdictVerified && says != VerdictChallenged && says != VerdictWithdrawn:
		faults = append(faults, fault.Field{Name: "verdict", Key: "evidence.verdict_missing"})
	case says == VerdictChallenged && reason == "":
		faults = append(faults, fault.Field{Name: "reason", Key: "evidence.reason_missing"})
	case says != VerdictWithdrawn && !Claims(sheet.Answers[indicator].Answer):
		faults = append(faults, fault.Field{Name: "verdict", Key: "evidence.nothing_claimed"})
	}
	proposed, bad := p.proposal(a, indicator, says, sheet.Answers[indicator].Answer, proposed)
	if bad != nil {
		faults = append(faults, *bad)
	}
	if len(faults) > 0 {
		return invalid(faults)
	}
	v := Verdict{Indicator: indicator, Kind: says, Version: version, Proposed: proposed, Reason: reason, By: author(who), At: p.Now()}
	b, err := p.Store.Beside(ctx, who, id)
	if err != nil {
		return err
	}
	return p.Store.Judge(ctx, who, id, v, p.tellVerdict(who, a, b, v, sheet.Answers[indicator].By.Account)...)
}

// proposal reads another value that is proposed with a challenge, as a person types it; empty when none is.
func (p Proofs) proposal(a Assessment, indicator string, says VerdictKind, is survey.Answer, proposed string) (string, *fault.Field) {
	if proposed = strings.TrimSpace(proposed); proposed == "" || says != VerdictChallenged {
		return "", nil
	}
	read, faults := survey.CleanAnswer(p.indicator(a, indicator), survey.Answer{Value: proposed})
	switch {
	case len(faults) > 0:
		return "", &fault.Field{Name: "proposed", Key: faults[0].Key, Args: faults[0].Args}
	case read.Value == is.Value:
		return "", &fault.Field{Name: "proposed", Key: "evidence.proposed_same"}
	}
	return read.Value, nil
}

// tellVerdict tells the coordinators, whoever gave the answer, and those whose part it is. Taking a verdict back is no news.
func (p Proofs) tellVerdict(who account.Actor, a Assessment, b Beside, v Verdict, answered string) (all []Notice) {
	kind, tells := map[VerdictKind]NoticeKind{VerdictVerified: NoticeVerified, VerdictChallenged: NoticeChallenged}[v.Kind]
	if v.Proposed != "" {
		kind = NoticeProposed
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, found := p.Questionnaires.Find(code, version)
	if !tells || !found {
		return nil
	}
	q := in.Indicator(v.Indicator)
	part, _ := Divide(in, b.Parts).Of(q)
	theirs := b.PeopleOf(part.Owner())
	for _, m := range b.Team {
		if !m.Left && (m.Role == account.Coordinator || m.Account == answered || slices.Contains(theirs, m.Account)) {
			all = append(all, Notice{Account: m.Account, City: a.City.ID, Kind: kind, At: v.At,
				Args: map[string]string{"City": a.City.Name, "Indicator": q.ID, "Questionnaire": in.Name(), "Role": string(who.Role), "Department": who.Department},
				Href: "/assessments/" + a.ID + "/" + q.Subcategory + "#" + q.ID})
		}
	}
	return all
}

// Claims tells whether an answer says something that evidence can support: a value, or that the task is another's or does
// not arise.
func Claims(a survey.Answer) bool {
	return a.Answered() || a.NonAnswer == survey.NotOurs || a.NonAnswer == survey.NotApplicable
}

// Cited are the pieces cited for an indicator, with the passages, in the order in which they were cited.
func (b Beside) Cited(indicator string) (out []CitedPiece) {
	for _, c := range b.Citations {
		if c.Indicator != indicator {
			continue
		}
		for _, e := range b.Evidence {
			if e.ID == c.Evidence {
				out = append(out, CitedPiece{e, c})
				break
			}
		}
	}
	return out
}

// CitedPiece is a piece of evidence where it is cited.
type CitedPiece struct {
	Evidence
	Citation Citation
}

// VerdictsOf are the words from outside on an indicator, the newest of each person, oldest first; none that was taken back.
func (b Beside) VerdictsOf(indicator string) (out []Verdict) {
	for _, v := range b.Verdicts {
		if v.Indicator == indicator && v.Kind != VerdictWithdrawn {
			out = append(out, v)
		}
	}
	return out
}

// Verdict is the word from outside that counts for a version of an answer: the newest challenge of it, else the newest that
// verifies it, else the newest of an earlier version; the zero Verdict when there is none.
func (b Beside) Verdict(indicator string, version int) (counts Verdict) {
	weight := func(v Verdict) int {
		switch {
		case v.Kind == "" || v.Version != version:
			return 0
		case v.Kind == VerdictChallenged:
			return 2
		}
		return 1
	}
	for _, v := range b.VerdictsOf(indicator) {
		if weight(v) >= weight(counts) {
			counts = v
		}
	}
	return counts
}

// StandingOf works out how far the answer to an indicator is backed now.
func (b Beside) StandingOf(k Kept, indicator string, now time.Time) evidence.Standing {
	if !Claims(k.Answer) {
		return evidence.None
	}
	cited := b.Cited(indicator)
	proofs := make([]evidence.Proof, len(cited))
	for i, c := range cited {
		proofs[i] = evidence.Proof{Removed: c.Removed, Expires: c.Expires, Revised: c.At}
	}
	v := b.Verdict(indicator, k.Version)
	return evidence.StandingOf(true, k.Version, proofs, evidence.Verdict{Says: evidence.Standing(v.Kind), Version: v.Version, At: v.At}, now)
}
