package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/frontend"
)

// ClarifyRoutes are the questions of those who review, and the replies of the city.
func (p *Pages) ClarifyRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/clarifications", account.ReadAssessment, p.clarifications},
		{http.MethodPost, "/assessments/:id/clarifications/give-back", account.HandIn, p.giveBackAnswers},
		{http.MethodGet, "/assessments/:id/clarifications/:question", account.Clarify, p.clarification},
		{http.MethodPost, "/assessments/:id/clarifications/:question", account.Clarify, p.reply},
		{http.MethodPost, "/assessments/:id/clarifications/:question/settle", account.Verify, p.settle},
		{http.MethodGet, "/assessments/:id/review/:indicator/ask", account.Verify, p.askForm},
		{http.MethodPost, "/assessments/:id/review/:indicator/ask", account.Verify, p.ask},
	}
}

// replies begins the value of a button that saves a section and then leads to the page on which a question is replied to.
const replies = "reply "

// asked shows a question; out of a questionnaire that no longer has its indicator, it shows the id.
func (p *Pages) asked(who session.Asker, a assessment.Assessment, in *survey.Instrument, x assessment.Clarification) frontend.Asked {
	w, home := p.Words(who), "/assessments/"+a.ID
	out := frontend.Asked{ID: x.ID, Indicator: x.Indicator, Href: home, Action: home + "/clarifications/" + x.ID, Question: x.Question,
		By: w.Person("", string(x.By.Role), x.Department), At: x.At, Due: x.Due, Late: x.Overdue(p.Now()), State: string(x.State()),
		Reply: x.Reply, Outcome: string(x.Outcome), RepliedBy: p.signed(who, x.RepliedBy), Replied: x.Replied, Settled: x.Settled, Seen: seenReply(x.Replied),
		MayReply: x.Opens() && a.State == review.Clarification && account.Allowed(who.Role, account.Clarify)}
	if !x.Settled.IsZero() {
		out.SettledBy = w.T("shell.role_" + string(x.SettledBy.Role))
	}
	if _, err := review.Next(a.State, review.Settle, who.Role); err == nil {
		out.MaySettle = x.Opens() && x.SettledIsFor(who.Actor)
	}
	if q := in.Indicator(x.Indicator); q != nil {
		out.Title, out.Href = q.Question, home+"/"+q.Subcategory+"#"+q.ID
	}
	return out
}

// seenReply is a reply as a form sends it back, so that a newer one is not written over, nor settled, unseen.
func seenReply(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func parseReply(seen string) (time.Time, error) {
	if seen == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, seen)
	if err != nil {
		err = fault.New(fault.Invalid, "fault.request", nil)
	}
	return at, err
}

// clarifyTop is what stands on top of a section while the city was asked; nil for everybody else.
func (p *Pages) clarifyTop(who session.Asker, s sectionOf) *frontend.ClarifyTop {
	if !who.Role.OfCity() || s.State != review.Clarification {
		return nil
	}
	waiting := s.beside.Waiting()
	top := &frontend.ClarifyTop{Href: "/assessments/" + s.ID + "/clarifications", Waiting: len(waiting)}
	if len(waiting) > 0 {
		top.Due, top.Late = waiting[0].Due, waiting[0].Overdue(p.Now())
	}
	for _, q := range s.part.Indicators {
		top.Here += len(s.beside.Asked(q.ID))
	}
	return top
}

// askedHere is what is asked about an indicator, beside its question, and whether its answer takes no changes meanwhile.
func (p *Pages) askedHere(who session.Asker, s sectionOf, q *survey.Indicator) (here []frontend.Asked, locked bool) {
	if s.Open() {
		return nil, false
	}
	for _, x := range s.beside.Asked(q.ID) {
		here = append(here, p.asked(who, s.Assessment, s.Instrument, x))
	}
	return here, !s.beside.Writable(s.Assessment, q.ID)
}

func (p *Pages) clarifications(c *gin.Context, who session.Asker) error {
	page, err := p.clarificationsPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "clarifications", who, page)
}

func (p *Pages) clarificationsPage(c *gin.Context, who session.Asker) (page frontend.Clarifications, err error) {
	a, in, b, err := p.Clarify.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	page = frontend.Clarifications{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: "/assessments/" + a.ID, By: who.Account, OfCity: who.Role.OfCity(),
		Open: a.State == review.Clarification, Consents: who.Role.OfCity() && len(b.Approvers()) > 0}
	_, err = review.Next(a.State, review.GiveBack, who.Role)
	page.MayGive = err == nil
	open := map[bool][]frontend.Asked{}
	for _, x := range b.Clarifications {
		if x.State() == assessment.QuestionWaits {
			page.Waiting++
		}
		open[x.Opens()] = append(open[x.Opens()], p.asked(who, a, in, x))
	}
	slices.Reverse(open[false]) // what was settled last comes first
	page.All = append(open[true], open[false]...)
	return page, nil
}

// again shows the list of questions with what hindered an act.
func (p *Pages) clarificationsAgain(c *gin.Context, who session.Asker, refusal error) error {
	faults, ok := p.Invalid(who, refusal, Here)
	if !ok {
		return refusal
	}
	page, err := p.clarificationsPage(c, who)
	if err != nil {
		return err
	}
	f, status := problem.Of(refusal)
	if page.Faults = faults; len(f.Fields) > 0 {
		page.Faults = append([]frontend.Fault{{Text: problem.Sentence(f, p.Words(who))}}, faults...)
	}
	return p.Show(c, status, "clarifications", who, page)
}

// giveBackAnswers ends the clarification.
func (p *Pages) giveBackAnswers(c *gin.Context, who session.Asker) error {
	if err := p.Clarify.GiveBack(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return p.clarificationsAgain(c, who, err)
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/clarifications", "clarify.done_given_back")
}

// settle is content with a reply, or takes a question back.
func (p *Pages) settle(c *gin.Context, who session.Asker) error {
	seen, err := parseReply(c.PostForm("seen"))
	if err != nil {
		return err
	}
	back := c.PostForm("act") == "back"
	if err := p.Clarify.Settle(c.Request.Context(), who.Actor, c.Param("id"), c.Param("question"), back, seen); err != nil {
		return p.clarificationsAgain(c, who, err)
	}
	done := "clarify.done_settled"
	if back {
		done = "clarify.done_back"
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/clarifications", done)
}

// replyPage is a question with the answer that it is about.
func (p *Pages) replyPage(c *gin.Context, who session.Asker) (page frontend.Reply, err error) {
	a, in, b, err := p.Clarify.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	x, err := b.Clarification(c.Param("question"))
	if err != nil {
		return page, err
	}
	kept, err := p.keptOf(c, who, a, x.Indicator)
	if err != nil {
		return page, err
	}
	page = frontend.Reply{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: "/assessments/" + a.ID, By: who.Account, Asked: p.asked(who, a, in, x),
		Explains: kept.Explanation, Changed: kept.Version > x.Version, Text: x.Reply, Outcome: string(x.Outcome), Marks: frontend.Marks{}, Long: assessment.MaxQuestion}
	if q := in.Indicator(x.Indicator); q != nil {
		page.Stands = shown(in, q, kept.Answer)
	}
	return page, nil
}

func (p *Pages) keptOf(c *gin.Context, who session.Asker, a assessment.Assessment, indicator string) (assessment.Kept, error) {
	sheet, err := p.Store.SheetOf(c.Request.Context(), who.Actor, a, indicator)
	return sheet.Answers[indicator], err
}

func (p *Pages) clarification(c *gin.Context, who session.Asker) error {
	page, err := p.replyPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "clarification", who, page)
}

// reply sends a reply. When a colleague has replied meanwhile, theirs is shown above what was typed, and counts as seen.
func (p *Pages) reply(c *gin.Context, who session.Asker) error {
	id, question := c.Param("id"), c.Param("question")
	seen, err := parseReply(c.PostForm("seen"))
	if err != nil {
		return err
	}
	text, outcome := lines(c.PostForm("text")), c.PostForm("outcome")
	_, err = p.Clarify.Reply(c.Request.Context(), who.Actor, id, assessment.Replying{ID: question, Text: text, Outcome: assessment.ClarificationOutcome(outcome), Seen: seen})
	if err == nil {
		return p.Done(c, who, "/assessments/"+id+"/clarifications#"+question, "clarify.done_replied")
	}
	faults, ok := p.Invalid(who, err, Here)
	if !ok {
		return err
	}
	page, other := p.replyPage(c, who)
	if other != nil {
		return other
	}
	if !page.Asked.MayReply { // settled meanwhile: the page that says so shows what was typed
		return err
	}
	f, status := problem.Of(err)
	page.Text, page.Outcome, page.Faults = text, outcome, faults
	p.mark(who, page.Marks, f)
	return p.Show(c, status, "clarification", who, page)
}

// mark puts the sentences about fields beside their inputs.
func (p *Pages) mark(who session.Asker, marks frontend.Marks, f *fault.Fault) {
	for _, x := range f.Fields {
		marks[x.Name] = problem.Field(x, p.Words(who))
	}
}

// askPage is a form to ask about an answer.
func (p *Pages) askPage(c *gin.Context, who session.Asker) (page frontend.Asking, err error) {
	a, in, b, err := p.Clarify.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	q := in.Indicator(c.Param("indicator"))
	if q == nil {
		return page, notFound()
	}
	if _, err := review.Next(a.State, review.Ask, who.Role); err != nil {
		return page, err
	}
	kept, err := p.keptOf(c, who, a, q.ID)
	if err != nil {
		return page, err
	}
	home, today := "/assessments/"+a.ID, p.Now().UTC()
	page = frontend.Asking{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, By: who.Account, Action: home + "/review/" + q.ID + "/ask", Indicator: q.ID, Question: q.Question,
		Href: home + "/" + q.Subcategory + "#" + q.ID, Stands: shown(in, q, kept.Answer), Explains: kept.Explanation, Standard: assessment.StandardQuestions, Mutation: uuid.NewString(),
		From: today.Format(time.DateOnly), To: today.Add(assessment.LatestDue).Format(time.DateOnly), Marks: frontend.Marks{}, Long: assessment.MaxQuestion}
	for _, x := range b.Clarifications {
		if x.Indicator == q.ID {
			page.Before = append(page.Before, p.asked(who, a, in, x))
		}
	}
	return page, nil
}

// standard is a question that is asked often, after what was typed; nothing for a name that is not known.
func (p *Pages) standard(who session.Asker, typed, name string) string {
	if !slices.Contains(assessment.StandardQuestions, name) {
		return typed
	}
	return strings.TrimLeft(strings.TrimSpace(typed)+"\n"+p.Words(who).T("clarify.standard_"+name), "\n")
}

func (p *Pages) askForm(c *gin.Context, who session.Asker) error {
	page, err := p.askPage(c, who)
	if err != nil {
		return err
	}
	page.Text, page.Back = p.standard(who, "", c.Query("standard")), local(c.Query("back"), "")
	return p.Show(c, http.StatusOK, "ask", who, page)
}

// ask asks the city. The button of a standard question fills the text and asks nothing yet.
func (p *Pages) ask(c *gin.Context, who session.Asker) error {
	id, indicator := c.Param("id"), c.Param("indicator")
	given := assessment.Asking{Indicator: indicator, Question: lines(c.PostForm("question")), Due: c.PostForm("due")}
	again := func(err error) error {
		page, other := p.askPage(c, who)
		if other != nil {
			return other
		}
		page.Text, page.Due, page.Back = given.Question, given.Due, local(c.PostForm("back"), "")
		if err == nil {
			page.Text = p.standard(who, page.Text, c.PostForm("standard"))
			return p.Show(c, http.StatusOK, "ask", who, page)
		}
		f, status := problem.Of(err)
		page.Faults, _ = p.Invalid(who, err, Here)
		p.mark(who, page.Marks, f)
		return p.Show(c, status, "ask", who, page)
	}
	if c.PostForm("standard") != "" {
		return again(nil)
	}
	if mutation := c.PostForm("mutation"); mutation != "" { // pressed twice, asked once
		sum := sha256.Sum256([]byte(given.Question + "\n" + given.Due))
		given.ID = mutation + "." + hex.EncodeToString(sum[:8])
	}
	_, err := p.Clarify.Ask(c.Request.Context(), who.Actor, id, given)
	if fault.Is(err, fault.Invalid) {
		return again(err)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, local(c.PostForm("back"), "/assessments/"+id+"/clarifications"), "clarify.done_asked", "Indicator", indicator)
}
