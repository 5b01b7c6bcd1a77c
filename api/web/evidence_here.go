package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

func (p *Pages) citedCards(who session.Asker, home string, cited []assessment.CitedPiece) (out []frontend.CitedCard) {
	for _, x := range cited {
		card := frontend.CitedCard{PieceCard: p.evidenceCard(who, x.Evidence), Passage: x.Citation.Passage, Typed: x.Citation.Passage}
		if who.Role.OfCity() || x.Removed.IsZero() {
			card.Href = home + "/evidence/" + x.ID
		}
		out = append(out, card)
	}
	return out
}

// judge takes a verdict of somebody from outside.
func (p *Pages) judge(c *gin.Context, who session.Asker) error {
	id, indicator := c.Param("id"), c.Param("indicator")
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	says := assessment.VerdictKind(c.PostForm("verdict"))
	if err := p.Proofs.Judge(c.Request.Context(), who.Actor, id, indicator, says, version, c.PostForm("proposed"), lines(c.PostForm("reason"))); err != nil {
		return err
	}
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, id, indicator)
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+id+"/"+d.Instrument.Indicator(indicator).Subcategory+"#"+indicator, "evidence.done_"+string(says), "Indicator", indicator)
}

// evidenceHere is what proves the answer to an indicator, beside its question.
func (p *Pages) evidenceHere(who session.Asker, s sectionOf, q *survey.Indicator) frontend.EvidenceHere {
	kept, home := s.Sheet.Answers[q.ID], "/assessments/"+s.ID
	standing := s.beside.StandingOf(kept, q.ID, p.Now())
	out := frontend.EvidenceHere{Standing: string(standing), Mark: frontend.StandingMark(standing), Cited: p.citedCards(who, home, s.beside.Cited(q.ID))}
	if s.beside.Writable(s.Assessment, q.ID) && account.Allowed(who.Role, account.WriteEvidence) {
		out.Attach = "indicators/" + q.ID + "/evidence"
	}
	if v := s.beside.Verdict(q.ID, kept.Version); v.Kind != "" {
		out.Verdict = &frontend.VerdictHere{Kind: string(v.Kind), Reason: v.Reason, Author: p.Words(who).T("shell.role_" + string(v.By.Role)), At: v.At, Stale: v.Version != kept.Version}
	}
	if !s.Open() && account.Allowed(who.Role, account.Verify) && assessment.Claims(kept.Answer) {
		out.Judge = home + "/indicators/" + q.ID + "/verdict"
	}
	if out.Attach != "" {
		out.Personal = personal(q, kept.Answer)
	}
	return out
}

// personal lists the texts of an answer that seem to hold data of a person.
func personal(q *survey.Indicator, a survey.Answer) (out []frontend.Personal) {
	texts := []struct{ field, text string }{{"explanation", a.Explanation}, {"evidence", a.Evidence}}
	if q.Kind == survey.Freetext {
		texts = append(texts, struct{ field, text string }{"value", a.Value})
	}
	for _, x := range texts {
		if kinds := assessment.PersonalIn(x.text); len(kinds) > 0 {
			out = append(out, frontend.Personal{Field: x.field, Kinds: kinds})
		}
	}
	return out
}
