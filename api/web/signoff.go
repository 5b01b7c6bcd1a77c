package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/frontend"
)

// SignOffRoutes are the consent of an approver before handing in.
func (p *Pages) SignOffRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/sign-off", account.ReadTeam, p.signOff},
		{http.MethodPost, "/assessments/:id/sign-off", account.SignOff, p.consent},
		{http.MethodPost, "/assessments/:id/sign-off/back", account.SignOff, p.sendBack},
		{http.MethodPost, "/assessments/:id/sign-off/ask", account.HandIn, p.askSignOff},
	}
}

func (p *Pages) signOff(c *gin.Context, who session.Asker) error {
	page, err := p.signOffPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "signoff", who, page)
}

// signOffPage shows what has changed since the last consent. Number and changes are read before the answers, so that a
// consent never covers a change that the page does not show.
func (p *Pages) signOffPage(c *gin.Context, who session.Asker) (page frontend.SignOff, err error) {
	ctx := c.Request.Context()
	consent, err := p.SignOffs.Of(ctx, who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	d, err := p.Drafts.Open(ctx, who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	page = frontend.SignOff{Frame: p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), Home: "/assessments/" + d.ID, By: who.Account, HandedIn: d.HandedIn,
		Consent: p.consentLine(who, d, consent), Seq: consent.Seq, Wrote: consent.Wrote, MayConsent: p.may(d, who, review.Consent),
		Progress: d.Sheet.ProgressOf(d.Instrument.Indicators()), Long: survey.SoftText}
	hands := p.may(d, who, review.Submit)
	page.MayAsk, page.MayHandIn = hands && consent.Needed(), hands && (consent.Stands() || !consent.Needed())
	if r := consent.Refusal; !r.At.IsZero() && d.Open() {
		page.Refusal = &frontend.Signed{By: p.signed(who, r.By), At: r.At, Reason: r.Reason}
	}
	for _, x := range consent.Changed {
		q := d.Instrument.Indicator(x.Indicator)
		if q == nil {
			continue
		}
		page.Changes = append(page.Changes, frontend.ChangeRow{Href: assessment.Part{Ref: q.ID}.Href(d.Instrument, page.Home), ID: q.ID, Title: q.Title, Answer: x.Answer, Power: x.Power,
			Stands: shown(d.Instrument, q, d.Sheet.Answers[q.ID].Answer), Holder: string(d.Sheet.Holder(q)), By: p.signed(who, x.By), At: x.At})
	}
	return page, nil
}

// may tells whether somebody can take a step with an assessment as it stands.
func (p *Pages) may(d assessment.Draft, who session.Asker, step review.Step) bool {
	_, err := review.Next(d.State, step, who.Role)
	return err == nil
}

// consentLine says in short where an assessment stands between its answers and the approver.
func (p *Pages) consentLine(who session.Asker, d assessment.Draft, x assessment.Consent) frontend.ConsentLine {
	line := frontend.ConsentLine{Shown: d.Open() && who.Role.OfCity(), Home: "/assessments/" + d.ID, Stands: x.Stands(), Changed: len(x.Changed)}
	for _, m := range x.Approvers {
		line.Approvers = append(line.Approvers, named(p.Words(who), m.Name))
	}
	if !x.Last.At.IsZero() {
		line.Last = &frontend.Signed{By: p.signed(who, x.Last.By), At: x.Last.At}
	}
	return line
}

// consentHere is consentLine for the check page; nobody from outside the city reads it.
func (p *Pages) consentHere(c *gin.Context, who session.Asker, d assessment.Draft) (line frontend.ConsentLine, err error) {
	if !who.Role.OfCity() || !d.Open() {
		return line, nil
	}
	x, err := p.SignOffs.Of(c.Request.Context(), who.Actor, d.ID)
	return p.consentLine(who, d, x), err
}

// seq is the line of the revision log that the page has shown.
func seq(c *gin.Context) (int64, error) {
	n, err := strconv.ParseInt(c.PostForm("seq"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "fault.request", nil)
	}
	return n, nil
}

func (p *Pages) consent(c *gin.Context, who session.Asker) error {
	return p.decide(c, who, "signoff.done", func(n int64) error {
		return p.SignOffs.Consent(c.Request.Context(), who.Actor, c.Param("id"), n)
	})
}

func (p *Pages) sendBack(c *gin.Context, who session.Asker) error {
	return p.decide(c, who, "signoff.done_back", func(n int64) error {
		return p.SignOffs.Refuse(c.Request.Context(), who.Actor, c.Param("id"), n, lines(c.PostForm("reason")))
	})
}

// decide writes a consent or a refusal. When the answers have moved on, the page comes back with what has changed, and with
// the reason that was typed.
func (p *Pages) decide(c *gin.Context, who session.Asker, done string, do func(seq int64) error) error {
	if _, err := p.SignOffs.Of(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return err
	}
	n, err := seq(c)
	if err != nil {
		return err
	}
	err = do(n)
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		if err != nil {
			return err
		}
		return p.Done(c, who, "/assessments/"+c.Param("id")+"/sign-off", done)
	}
	page, pageErr := p.signOffPage(c, who)
	if pageErr != nil {
		return pageErr
	}
	w := p.Words(who)
	page.Reason, page.Marks = c.PostForm("reason"), frontend.Marks{}
	if f.Kind == fault.Conflict {
		page.Faults = append(page.Faults, frontend.Fault{Text: problem.Sentence(f, w)})
		for _, x := range f.Fields {
			page.Faults = append(page.Faults, frontend.Fault{Href: "#" + x.Name, Text: problem.Field(x, w)})
		}
	}
	for _, x := range f.Fields {
		if x.Name == "reason" {
			page.Marks["reason"] = problem.Field(x, w)
			page.Faults = append(page.Faults, frontend.Fault{Href: "#reason", Text: page.Marks["reason"]})
		}
	}
	if len(page.Faults) == 0 {
		return err
	}
	_, status := problem.Of(err)
	return p.Show(c, status, "signoff", who, page)
}

func (p *Pages) askSignOff(c *gin.Context, who session.Asker) error {
	if err := p.SignOffs.Ask(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/sign-off", "signoff.asked")
}
