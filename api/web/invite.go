package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend"
)

// InviteRoutes are the one-time links and the forgotten password.
func (p *Pages) InviteRoutes() []Route {
	return []Route{
		{http.MethodGet, "/links/:secret", account.ReadPublic, p.link},
		{http.MethodPost, "/links/:secret", account.ReadPublic, p.useLink},
		{http.MethodGet, "/forgotten", account.ReadPublic, p.forgotten},
		{http.MethodPost, "/forgotten", account.ReadPublic, p.sendForgotten},
	}
}

// gone says the same of every link that cannot be used: used, too old, forged, somebody else's.
func (p *Pages) gone(c *gin.Context, who session.Asker, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	page := frontend.Plain{Frame: p.Frame(c, who)}
	page.Path = c.Request.URL.Path
	return p.Show(c, http.StatusGone, "gone", who, page)
}

// peek looks at a link. Until somebody has chosen a language in this browser, the page is in that of the invited person.
func (p *Pages) peek(c *gin.Context, who *session.Asker) (assessment.Opened, error) {
	c.Header("Referrer-Policy", "no-referrer")
	o, err := p.Crowd.Peek(c.Request.Context(), who.Actor, c.Param("secret"), c.ClientIP())
	if err != nil {
		return o, err
	}
	if _, none := c.Cookie(session.LanguageCookie); none != nil && !who.Signed() {
		who.Lang = p.Site.Words.In(string(o.Account.Language)).Lang()
	}
	return o, nil
}

// link shows what a one-time link is for. It uses nothing up: mail programs open links before people do.
func (p *Pages) link(c *gin.Context, who session.Asker) error {
	o, err := p.peek(c, &who)
	if err != nil {
		return p.gone(c, who, err)
	}
	return p.showLink(c, who, http.StatusOK, o, o.Account.Name, nil)
}

func (p *Pages) showLink(c *gin.Context, who session.Asker, status int, o assessment.Opened, name string, refused error) error {
	ctx, w, a := c.Request.Context(), p.Words(who), o.Account
	page := frontend.Invitation{Frame: p.Frame(c, who), Secret: c.Param("secret"), Name: name, Email: a.Email, Role: string(a.Role),
		Invited: o.Purpose == assessment.InviteLink, Taken: o.Holder != "" || fault.Is(refused, fault.Conflict), Expires: o.Expires}
	page.Path = c.Request.URL.Path
	if !page.Taken {
		page.Marks = p.marks(who, refused)
		page.Faults, _ = p.Invalid(who, refused, Here)
	}
	if p.Organisation != nil {
		page.Organisation = p.Organisation.Name
	}
	if !page.Invited {
		return p.Show(c, status, "link", who, page)
	}
	n, err := p.names(ctx)
	if err != nil {
		return err
	}
	page.City = n.cities[a.City]
	page.Asks = asks(w, o.By.Role, page.City)
	if err := p.describe(ctx, a, &page); err != nil {
		return err
	}
	effort, err := p.Crowd.Effort(ctx)
	if err != nil {
		return err
	}
	page.Effort = took(w, effort)
	return p.Show(c, status, "link", who, page)
}

// asks says who invites, by role and city.
func asks(w *locale.Words, by account.Role, city string) string {
	if city == "" {
		return w.T("link.asks_programme")
	}
	switch by {
	case account.Coordinator, account.Analyst:
		return w.T("link.asks_"+string(by), "City", city)
	}
	return w.T("link.asks_admin", "City", city)
}

// took says how long the work took elsewhere on this site.
func took(w *locale.Words, e assessment.Effort) string {
	switch {
	case e.Known < assessment.EnoughTimes:
		return w.T("link.effort_unknown")
	case e.Minutes < 90:
		return w.T("link.effort", "Known", e.Known, "Time", w.N("link.minutes", e.Minutes))
	}
	return w.T("link.effort", "Known", e.Known, "Time", w.N("link.hours", (e.Minutes+30)/60))
}

// describe says which questions are asked, until when: of the newest open assessment of the city, else of the site.
func (p *Pages) describe(ctx context.Context, a account.Account, page *frontend.Invitation) error {
	in := p.questionnaire()
	if a.Role.OfCity() {
		all, err := p.Store.Assessments(ctx, a.Actor(), "")
		if err != nil {
			return err
		}
		for _, x := range all {
			code, version, _ := survey.ParseName(x.Round.Instrument)
			found, ok := p.Library.Find(code, version)
			if x.Open() && !x.Round.Published && ok {
				in, page.Round, page.Due = found, x.Round.Title, x.Round.Due
				break
			}
		}
	}
	if in != nil {
		page.Questions, page.Dimensions, page.Instrument = len(in.Indicators()), len(in.Dimensions), "/instruments/"+in.Name()
	}
	return nil
}

// useLink accepts an invitation or sets a new password, and signs in.
func (p *Pages) useLink(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	o, err := p.peek(c, &who)
	if err != nil {
		return p.gone(c, who, err)
	}
	if o.Holder != "" {
		return p.showLink(c, who, http.StatusConflict, o, o.Account.Name, nil)
	}
	name := ""
	if o.Purpose == assessment.InviteLink {
		name = c.PostForm("name")
	}
	err = twice(c)
	var a account.Account
	if err == nil {
		a, err = p.Crowd.Accept(ctx, c.Param("secret"), name, c.PostForm("password"))
	}
	if fault.Is(err, fault.Invalid) {
		return p.showLink(c, who, http.StatusUnprocessableEntity, o, name, err)
	}
	if fault.Is(err, fault.Conflict) {
		return p.showLink(c, who, http.StatusConflict, o, name, err)
	}
	if err != nil {
		return p.gone(c, who, err)
	}
	if chosen, none := c.Cookie(session.LanguageCookie); none == nil && p.Site.Words.In(chosen).Lang() == chosen && string(a.Language) != chosen {
		if err := p.Store.SetLanguage(ctx, a.ID, language(chosen)); err != nil {
			return err
		}
	}
	if a, err = p.Store.Account(ctx, a.ID); err != nil {
		return err
	}
	return p.enter(c, a, "", "")
}

func (p *Pages) forgotten(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "forgotten", who, frontend.Forgotten{Frame: p.Frame(c, who), Letters: p.Crowd.Mail})
}

// answerTime is when the answer to a forgotten password is given at the earliest, so that its time tells as little of an
// address as its text: it is much longer than the work.
const answerTime = 50 * time.Millisecond

// sendForgotten answers the same whoever the address belongs to.
func (p *Pages) sendForgotten(c *gin.Context, who session.Asker) error {
	if !p.Crowd.Mail {
		return p.forgotten(c, who)
	}
	enough := time.After(answerTime)
	page := frontend.Forgotten{Letters: true, Email: c.PostForm("email")}
	err := p.Crowd.Forgotten(c.Request.Context(), page.Email, c.ClientIP())
	select {
	case <-enough:
	case <-c.Request.Context().Done():
	}
	status := http.StatusOK
	faults, invalid := p.Invalid(who, err, Here)
	switch {
	case invalid:
		_, status = problem.Of(err)
		retryLater(c, err)
	case err != nil:
		return err
	}
	page.Frame, page.Sent = p.Frame(c, who), !invalid
	page.Path, page.Faults = "/forgotten", faults
	return p.Show(c, status, "forgotten", who, page)
}
