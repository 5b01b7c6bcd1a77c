package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

// SectionRoutes serve the page of a sub-category.
func (p *Pages) SectionRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/:section", account.ReadAssessment, p.section},
		{http.MethodPost, "/assessments/:id/:section", account.WriteAnswer, p.saveSection},
	}
}

// sectionOf is a draft opened at one of its sections.
type sectionOf struct {
	assessment.Draft
	part   *survey.Subcategory
	beside assessment.Beside // what the reader may see of it
	team   frontend.Team     // whom a reader can tell of what is said

	division *assessment.Division // who does what; nil for people from outside the city
}

// openSection reads what a section page shows: the answers of its whole dimension, for the list of sections.
func (p *Pages) openSection(c *gin.Context, who session.Asker) (s sectionOf, err error) {
	name := c.Param("section")
	indicators := p.neighbours(name)
	if len(indicators) == 0 {
		return s, notFound()
	}
	if s.Draft, err = p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"), indicators...); err != nil {
		return s, err
	}
	if s.part = s.Instrument.Subcategory(name); s.part == nil {
		return s, notFound()
	}
	s.beside, err = p.Besides.Of(c.Request.Context(), who.Actor, s.Assessment)
	return s, err
}

// neighbours lists the indicators that any questionnaire has in the dimension of a section, so that only these are read.
func (p *Pages) neighbours(section string) (ids []string) {
	for _, in := range p.Library.List() {
		sub := in.Subcategory(section)
		if sub == nil {
			continue
		}
		for _, s := range in.Dimension(sub.Dimension).Subcategories {
			for _, q := range s.Indicators {
				ids = append(ids, q.ID)
			}
		}
	}
	return ids
}

func (p *Pages) section(c *gin.Context, who session.Asker) error {
	s, err := p.openSection(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "section", who, p.sectionPage(c, who, s))
}

// saveSection saves what a form changed. What cannot be accepted, and what somebody else changed meanwhile, comes back
// on the same page with every text.
func (p *Pages) saveSection(c *gin.Context, who session.Asker) error {
	s, err := p.openSection(c, who)
	if err != nil {
		return err
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
	}
	form := sectionForm{s, c.Request.PostForm}
	saved, rejected, err := p.Drafts.Save(c.Request.Context(), who.Actor, s.ID, form.given()...)
	if err != nil {
		return err
	}
	chosen, version, _ := strings.Cut(c.PostForm("keep"), " ")
	if q := s.Instrument.Indicator(chosen); q != nil {
		if saved, rejected, err = p.choose(c, who, q, version, saved, rejected); err != nil {
			return err
		}
	}
	said, err := p.talkAct(c, who, s.ID, s.part.Indicators)
	if err != nil {
		return err
	}
	clash := slices.ContainsFunc(saved, func(x assessment.Saved) bool { return x.Conflict != 0 })
	if clash || len(rejected) > 0 || len(said.left) > 0 {
		return p.sectionAgain(c, who, form, saved, rejected, said)
	}
	confirmed, words, err := p.confirmHere(c, who, s)
	if err != nil {
		return err
	}
	to, key := s.address(c.PostForm("go")), "section.done"
	switch {
	case confirmed != "":
		p.Sessions.Leave(c.Request.Context(), words)
		to, key = "/assessments/"+s.ID+"/"+s.part.ID+"#"+confirmed, ""
	case said.done != "":
		to, key = "/assessments/"+s.ID+"/"+s.part.ID, said.done
		if said.at != "" {
			to += "?talk=" + said.at + "#talk-" + said.at
		}
	case chosen != "":
		to, key = "/assessments/"+s.ID+"/"+s.part.ID+"#"+chosen, "section.done_chosen"
	case len(saved) == 0 && (strings.HasPrefix(c.PostForm("go"), attaches) || strings.HasPrefix(c.PostForm("go"), replies)):
		key = ""
	case len(saved) == 0:
		key = "section.done_nothing"
	}
	return p.Done(c, who, to, key, "Time", p.Words(who).Time(p.Now()))
}

// address is where a save leads: to the next section, home after the last one, to the evidence of an indicator, or to the
// same page.
func (s sectionOf) address(wish string) string {
	home := "/assessments/" + s.ID
	if q := s.Instrument.Indicator(strings.TrimPrefix(wish, attaches)); q != nil {
		return home + "/indicators/" + q.ID + "/evidence"
	}
	if question, ok := strings.CutPrefix(wish, replies); ok {
		return home + "/clarifications/" + url.PathEscape(question)
	}
	if wish != "next" {
		return home + "/" + s.part.ID
	}
	all := s.Instrument.Sections()
	if i := slices.Index(all, s.part); i+1 < len(all) {
		return home + "/" + all[i+1].ID
	}
	return home
}

// choose settles two versions of an indicator, after whatever else was typed on the page is saved. Version is "stands",
// "joined", or the id of an alternative. Nothing is chosen while something of that indicator was refused or met a
// colleague's change: the page comes back instead.
func (p *Pages) choose(c *gin.Context, who session.Asker, q *survey.Indicator, version string, saved []assessment.Saved, rejected []assessment.Rejected) ([]assessment.Saved, []assessment.Rejected, error) {
	of := func(x assessment.Saved) bool { return x.Indicator == q.ID }
	i := slices.IndexFunc(saved, of)
	if slices.ContainsFunc(rejected, func(x assessment.Rejected) bool { return x.Indicator == q.ID }) || i >= 0 && saved[i].Conflict != 0 {
		return saved, rejected, nil
	}
	s, err := p.openSection(c, who)
	if err != nil || len(s.Sheet.Alternatives[q.ID]) == 0 {
		return saved, rejected, err
	}
	form := sectionForm{s, c.Request.PostForm}
	g, alternatives := form.choice(q, version)
	if i >= 0 {
		g.Base = saved[i].Version
	}
	one, refused, err := p.Drafts.Choose(c.Request.Context(), who.Actor, s.ID, g, alternatives)
	if err != nil || len(refused) > 0 {
		return saved, append(rejected, refused...), err
	}
	return append(saved, one), rejected, nil
}

// sectionAgain shows the page as it is kept now, with what was refused still in its inputs.
func (p *Pages) sectionAgain(c *gin.Context, who session.Asker, form sectionForm, saved []assessment.Saved, rejected []assessment.Rejected, said talked) error {
	s, err := p.openSection(c, who)
	if err != nil {
		return err
	}
	w, status := p.Words(who), http.StatusOK
	page := p.sectionPage(c, who, s)
	for _, r := range rejected {
		status = http.StatusUnprocessableEntity
		i := slices.IndexFunc(page.Questions, func(q frontend.Question) bool { return q.ID == r.Indicator })
		if i < 0 {
			continue
		}
		q := &page.Questions[i]
		form.refill(q)
		for _, x := range r.Faults {
			_, field, _ := strings.Cut(x.Name, ".")
			q.Refused[field] = problem.Field(x, w)
			page.Faults = append(page.Faults, frontend.Fault{Href: "#" + strings.ReplaceAll(x.Name, ".", "-"), Text: r.Indicator + ": " + q.Refused[field]})
		}
	}
	for _, x := range saved {
		if x.Conflict != 0 {
			page.Faults = append(page.Faults, frontend.Fault{Href: "#" + x.Indicator, Text: w.T("section.clash_fault", "Indicator", x.Indicator)})
		}
	}
	if said.refill(form.values, &page); len(said.left) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.Show(c, status, "section", who, page)
}

// sectionForm is what a section page sent.
type sectionForm struct {
	s      sectionOf
	values url.Values
}

// get reads a field of an indicator. Browsers send every line end as CR LF.
func (f sectionForm) get(q *survey.Indicator, field string) string {
	return lines(f.values.Get(q.ID + "." + field))
}

func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// lined is an answer as a browser sends it back, so that an unchanged one is seen to be unchanged.
func lined(a survey.Answer) survey.Answer {
	a.Value, a.Explanation, a.Evidence = lines(a.Value), lines(a.Explanation), lines(a.Evidence)
	return a
}

// has tells whether the form asked about an indicator.
func (f sectionForm) has(q *survey.Indicator) bool { return f.values.Has(q.ID + ".seen") }

// given lists what the person changed.
func (f sectionForm) given() (all []assessment.Given) {
	for _, q := range f.s.part.Indicators {
		if g, changed := f.change(q); changed {
			all = append(all, g)
		}
	}
	return all
}

// change compares what came back for an indicator with what the page had shown.
func (f sectionForm) change(q *survey.Indicator) (g assessment.Given, changed bool) {
	seen, ok := assessment.ParseSeen(f.values.Get(q.ID + ".seen"))
	if !ok {
		return g, false
	}
	value, non := f.value(q, seen)
	a := survey.Answer{Value: value, NonAnswer: survey.NonAnswer(non), Explanation: f.get(q, "explanation"), Evidence: f.get(q, "evidence"),
		Confidence: survey.Confidence(f.get(q, "confidence"))}
	fields := seen.Changed(a)
	holder := f.get(q, "holder")
	if non != string(survey.NotOurs) || survey.Holder(holder) == f.s.Sheet.Holder(q) {
		holder = ""
	}
	if fields == 0 && holder == "" {
		return g, false
	}
	g = assessment.Given{Indicator: q.ID, Base: seen.Version, Holder: holder, Source: "form"}
	if holder != "" {
		fields = fields.With(assessment.ValueField)
	}
	give(&g, a, fields)
	g.Mutation = f.mutation(q, fmt.Sprint(g.Base, a, holder))
	return g, true
}

// mutation makes the id of a save from the page's own number and the content: pressing twice is one save, while going
// back in the browser and sending something else is another.
func (f sectionForm) mutation(q *survey.Indicator, content string) string {
	sum := sha256.Sum256([]byte(content))
	return f.values.Get(q.ID+".mutation") + "." + hex.EncodeToString(sum[:8])
}

// value reads value and non-answer. Beside a typed or ticked value a non-answer can be chosen without taking the value
// out of its input: then the one of the two that the person changed counts. When both were changed, both are returned,
// and are refused together.
func (f sectionForm) value(q *survey.Indicator, seen assessment.Seen) (value, non string) {
	choice := f.get(q, "choice")
	if q.Kind == survey.Level || q.Kind == survey.YesNo {
		if survey.NonAnswer(choice).Known() {
			return "", choice
		}
		return choice, ""
	}
	value = f.get(q, "value")
	if q.Kind == survey.Multiple {
		value = strings.Join(f.values[q.ID+".value"], "|")
	}
	if choice == "" || strings.TrimSpace(value) == "" {
		return value, choice
	}
	kept := lined(f.s.Sheet.Answers[q.ID].Answer)
	sameValue := value == kept.Value || value == lines(f.s.Sheet.Answers[q.ID].Earlier) || !seen.Changed(survey.Answer{Value: value}).Has(assessment.ValueField)
	sameNon := !seen.Changed(survey.Answer{NonAnswer: survey.NonAnswer(choice)}).Has(assessment.ValueField)
	switch {
	case sameValue:
		return "", choice
	case sameNon:
		return value, ""
	}
	return value, choice
}

// choice says what shall stand after two versions were seen, and which alternatives that settles.
func (f sectionForm) choice(q *survey.Indicator, version string) (g assessment.Given, settled []string) {
	kept := f.s.Sheet.Answers[q.ID]
	stand, fields := kept.Answer, assessment.Fields(0)
	for _, x := range f.s.Sheet.Alternatives[q.ID] {
		settled = append(settled, x.ID)
		fields |= x.Fields
	}
	for _, x := range f.s.Sheet.Alternatives[q.ID] {
		if x.ID == version {
			stand, fields = x.Answer, x.Fields
		}
	}
	if version == "joined" {
		stand.Explanation, stand.Evidence = f.get(q, "joined-explanation"), f.get(q, "joined-evidence")
	}
	g = assessment.Given{Indicator: q.ID, Base: kept.Version, Source: "form"}
	if seen, ok := assessment.ParseSeen(f.values.Get(q.ID + ".seen")); ok {
		g.Base = seen.Version
	}
	give(&g, stand, fields)
	g.Mutation = f.mutation(q, fmt.Sprint("choose", version, g.Base, stand))
	return g, settled
}

// give puts some fields of an answer into a change.
func give(g *assessment.Given, a survey.Answer, fields assessment.Fields) {
	non, confidence := string(a.NonAnswer), string(a.Confidence)
	if fields.Has(assessment.ValueField) {
		g.Value, g.NonAnswer = &a.Value, &non
	}
	if fields.Has(assessment.ExplanationField) {
		g.Explanation = &a.Explanation
	}
	if fields.Has(assessment.EvidenceField) {
		g.Evidence = &a.Evidence
	}
	if fields.Has(assessment.ConfidenceField) {
		g.Confidence = &confidence
	}
}

// refill puts what was typed back into the inputs of a question, with what the page had shown then, so that a second
// try is compared with the same.
func (f sectionForm) refill(q *frontend.Question) {
	if !f.has(q.Indicator) {
		return
	}
	q.Choice, q.Typed = f.get(q.Indicator, "choice"), f.get(q.Indicator, "value")
	q.Ticked = ticked(f.values[q.ID+".value"])
	q.Answer = survey.Answer{Explanation: f.get(q.Indicator, "explanation"), Evidence: f.get(q.Indicator, "evidence"), Confidence: survey.Confidence(f.get(q.Indicator, "confidence"))}
	q.Named, q.Seen, q.Mutation = f.get(q.Indicator, "holder"), f.values.Get(q.ID+".seen"), f.values.Get(q.ID+".mutation")
	if seen, ok := assessment.ParseSeen(q.Seen); ok {
		q.Version = seen.Version
	}
	for i, b := range q.Both {
		if text := f.get(q.Indicator, "joined-"+b.Field); text != "" {
			q.Both[i].Text = text
		}
	}
}

func ticked(ids []string) map[string]bool {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}
