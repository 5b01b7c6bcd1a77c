package web

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

// sectionPage makes the page of a section from what is kept.
func (p *Pages) sectionPage(c *gin.Context, who session.Asker, s sectionOf) frontend.Section {
	p.divide(c, who, &s)
	home := "/assessments/" + s.ID
	d := s.Instrument.Dimension(s.part.Dimension)
	page := frontend.Section{
		Frame: p.Frame(c, who, p.AssessmentNav(c, who, s.Assessment)...), Home: home, Action: home + "/" + s.part.ID,
		API: "/api/v1" + home + "/answers/", By: who.Account, Reader: !account.Allowed(who.Role, account.WriteAnswer), HandedIn: s.HandedIn,
		DimensionID: d.ID, Dimension: d.Title, Title: s.part.Title, Saved: s.Changed, SetsPower: account.Allowed(who.Role, account.SetPower),
		SoftText: survey.SoftText, MaxText: survey.MaxText,
	}
	page.Nav[0].Current = true
	page.Clarify = p.clarifyTop(who, s)
	for _, q := range s.part.Indicators {
		page.Clarifies = page.Clarifies || !s.Open() && s.beside.Writable(s.Assessment, q.ID)
	}
	if page.Saves = !page.ReadOnly(); page.Saves {
		page.Outbox = p.Sessions.OutboxKey()
		page.Pass = p.Sessions.OutboxPass(c.Request.Context(), who, p.Now())
	}
	for i := range s.Instrument.Dimensions {
		if &s.Instrument.Dimensions[i] == d {
			page.Number = i + 1
		}
	}
	progress := s.Sheet.ProgressOf(s.part.Indicators)
	page.Total, page.Settled, page.Two = progress.Total, progress.Settled, progress.Two
	for i := range d.Subcategories {
		x := &d.Subcategories[i]
		page.List = append(page.List, frontend.SectionLink{Href: home + "/" + x.ID, Title: x.Title, Status: string(s.Sheet.ProgressOf(x.Indicators).Status()), Current: x.ID == s.part.ID})
	}
	all := s.Instrument.Sections()
	at := slices.Index(all, s.part)
	if at > 0 {
		page.Previous = &frontend.SectionLink{Href: home + "/" + all[at-1].ID, Title: all[at-1].Title}
	}
	if at+1 < len(all) {
		page.Next = &frontend.SectionLink{Href: home + "/" + all[at+1].ID, Title: all[at+1].Title}
	}
	s.team = p.team(who, s.beside)
	for i, q := range s.part.Indicators {
		card := p.question(who, s, q)
		if card.Talk != nil {
			card.Talk.Unfolded = c.Query("talk") == q.ID
		}
		for _, next := range s.part.Indicators[i+1:] {
			if s.beside.Writable(s.Assessment, next.ID) {
				card.After = next.ID
				break
			}
		}
		page.Questions = append(page.Questions, card)
	}
	if who.Role.OfCity() && account.Allowed(who.Role, account.Talk) {
		page.Presence, page.ID = home+"/presence", s.part.ID
	}
	return page
}

// question makes the card of one indicator.
func (p *Pages) question(who session.Asker, s sectionOf, q *survey.Indicator) frontend.Question {
	kept := s.Sheet.Answers[q.ID]
	out := frontend.Question{
		Indicator: q, Context: s.Instrument.IsContext(q), Stands: shown(s.Instrument, q, kept.Answer), Answer: kept.Answer,
		Holder: s.Sheet.Holder(q), Reason: s.Sheet.Powers[q.ID].Reason, Version: kept.Version, At: kept.At, Author: p.signed(who, kept.By),
		Mutation: uuid.NewString(), Refused: map[string]string{},
	}
	seen := kept
	seen.Answer = lined(kept.Answer)
	out.Seen = assessment.See(seen).String()
	out.Part = p.partHere(who, s, q)
	out.Asked, out.Locked = p.askedHere(who, s, q)
	out.Carried = p.carriedHere(who, s, q)
	out.Talk = p.talkHere(who, s, q, out.Mutation)
	if scale := s.Instrument.Scale(q.Scale); scale != nil {
		out.Words = scale.Words[:]
	}
	value := kept.Value
	if value == "" && kept.NonAnswer != "" {
		value = kept.Earlier
	}
	switch {
	case out.Radio():
		out.Choice = kept.Value
		if kept.NonAnswer != "" {
			out.Earlier = kept.Earlier
		}
	case q.Kind == survey.Multiple:
		out.Ticked = ticked(strings.Split(value, "|"))
	default:
		out.Typed = value
	}
	if kept.NonAnswer != "" {
		out.Choice = string(kept.NonAnswer)
	}
	out.Here = p.evidenceHere(who, s, q)
	if alternatives := s.Sheet.Alternatives[q.ID]; len(alternatives) > 0 {
		p.versions(who, s.Instrument, kept, alternatives, &out)
	}
	return out
}

// signed says who wrote something: the own team sees names, everybody else sees roles.
func (p *Pages) signed(who session.Asker, by assessment.Author) string {
	if who.Role.OfCity() && by.Name != "" {
		return named(p.Words(who), by.Name)
	}
	return p.Words(who).T("shell.role_" + string(by.Role))
}

// versions sets the texts beside each other between which somebody has to choose.
func (p *Pages) versions(who session.Asker, in *survey.Instrument, kept assessment.Kept, alternatives []assessment.Alternative, q *frontend.Question) {
	var fields assessment.Fields
	for _, x := range alternatives {
		fields |= x.Fields
	}
	stands := frontend.Version{Keep: q.ID + " stands", Stands: true, Author: q.Author, At: q.At}
	if q.At.IsZero() { // beside a text of somebody who has left, nobody has answered yet
		stands.Author = p.Words(who).T("shell.blank")
	}
	if fields.Has(assessment.ValueField) {
		stands.Value = &q.Stands
	}
	texts := map[assessment.Field]func(survey.Answer) string{
		assessment.ExplanationField: func(a survey.Answer) string { return a.Explanation },
		assessment.EvidenceField:    func(a survey.Answer) string { return a.Evidence },
	}
	for _, f := range []assessment.Field{assessment.ExplanationField, assessment.EvidenceField} {
		if !fields.Has(f) {
			continue
		}
		name, of := assessment.FieldNames[f], texts[f]
		pieces, _ := frontend.Compare(of(kept.Answer), of(alternatives[0].Answer))
		stands.Texts = append(stands.Texts, frontend.Versed{Field: name, Pieces: pieces})
		both := []string{of(kept.Answer)}
		for _, x := range alternatives {
			if x.Fields.Has(f) {
				both = append(both, of(x.Answer))
			}
		}
		q.Both = append(q.Both, frontend.Both{Field: name, Text: strings.Trim(strings.Join(both, "\n\n"), "\n")})
	}
	q.Versions = []frontend.Version{stands}
	for _, x := range alternatives {
		v := frontend.Version{Keep: q.ID + " " + x.ID, Author: p.signed(who, x.By), At: x.At}
		if x.Fields.Has(assessment.ValueField) {
			value := shown(in, q.Indicator, x.Answer)
			v.Value = &value
		}
		for _, f := range []assessment.Field{assessment.ExplanationField, assessment.EvidenceField} {
			if x.Fields.Has(f) {
				_, pieces := frontend.Compare(texts[f](kept.Answer), texts[f](x.Answer))
				v.Texts = append(v.Texts, frontend.Versed{Field: assessment.FieldNames[f], Pieces: pieces})
			}
		}
		if x.Fields.Has(assessment.ConfidenceField) {
			v.Sure, q.Versions[0].Sure = string(x.Answer.Confidence), string(kept.Confidence)
		}
		q.Versions = append(q.Versions, v)
	}
}

// shown puts a value into words.
func shown(in *survey.Instrument, q *survey.Indicator, a survey.Answer) (s frontend.Shown) {
	switch {
	case a.NonAnswer != "":
		s.Non = string(a.NonAnswer)
	case a.Value == "":
	case q.Kind == survey.Level:
		s.Level = a.Value
		if scale := in.Scale(q.Scale); scale != nil {
			s.Words = []survey.Text{scale.Words[a.Value[0]-'0']}
		}
	case q.Kind == survey.YesNo:
		s.YesNo = a.Value
	case q.Kind == survey.Multiple:
		chosen := strings.Split(a.Value, "|")
		for _, o := range q.Options {
			if slices.Contains(chosen, o.ID) {
				s.Words = append(s.Words, o.Label)
			}
		}
	default:
		s.Plain = a.Value
		if q.Number != nil {
			s.Unit = q.Number.Unit
		}
	}
	return s
}
