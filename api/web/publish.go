package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/frontend"
)

// PublishRoutes are the consent of a city to what is shown of it, and what is shown.
func (p *Pages) PublishRoutes() []Route {
	p.profiles = &profiles{}
	return []Route{
		{http.MethodGet, "/assessments/:id/publish", account.ReadTeam, p.publishing},
		{http.MethodGet, "/assessments/:id/publish/preview", account.ReadTeam, p.preview},
		{http.MethodPost, "/assessments/:id/publish", account.Publish, p.publish},
		{http.MethodPost, "/assessments/:id/publish/private", account.Publish, p.keepPrivate},
		{http.MethodPost, "/assessments/:id/publish/withdraw", account.Withdraw, p.withdraw},
		{http.MethodGet, "/profiles", account.ReadPublic, p.profileList},
		{http.MethodGet, "/profiles/:city/:round", account.ReadPublic, p.profile},
		{http.MethodGet, "/profiles/:city/:round/files/:sha", account.ReadPublic, p.profileFile},
	}
}

func (p *Pages) publishing(c *gin.Context, who session.Asker) error {
	page, err := p.publishPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "publish", who, page)
}

func (p *Pages) publishPage(c *gin.Context, who session.Asker) (page frontend.Publish, err error) {
	a, b, err := p.Publishing.Of(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	w, home := p.Words(who), "/assessments/"+a.ID
	page = frontend.Publish{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, By: who.Account, City: a.City.Name, State: a.State,
		MayConsent: account.Allowed(who.Role, account.Publish)}
	possible := review.Possible(a.State, account.Approver)
	page.Ready = slices.Contains(possible, review.Publish)
	page.MayPrivate = page.MayConsent && slices.Contains(possible, review.KeepPrivate)
	parts, audience := []string{string(publish.Numbers)}, ""
	for _, x := range b.Publications {
		line := frontend.PublicationLine{Audience: w.T("publish.audience_" + x.Audience), By: p.signed(who, x.By), At: x.At, Withdrawn: x.Withdrawn, Hash: x.Hash, Revision: x.Revision}
		for _, part := range x.Scope {
			line.Parts = append(line.Parts, w.T("publish.part_"+part))
		}
		page.History = append(page.History, line)
	}
	if now := b.Standing(); now.ID != "" {
		page.Now, page.Public = &page.History[0], "/profiles/"+a.City.Code+"/"+a.Round.Code
		page.MayWithdraw = account.Allowed(who.Role, account.Withdraw)
		parts, audience = now.Scope, now.Audience
	}
	for _, row := range []string{"numbers", "explanations", "evidence_titles", "evidence_files", "people"} {
		cell := func(audience string) string { return w.T("publish.sight_" + row + "_" + audience) }
		page.Rows = append(page.Rows, frontend.SightRow{Part: w.T("publish.part_" + row), City: cell("city"), IOM: cell("iom"), Peers: cell("peers"), Public: cell("peers")})
	}
	page.Form = frontend.NewScopeForm(home, parts, audience)
	return page, nil
}

// chosen reads scope and audience. What is missing is told in one fault, with every input that it concerns.
func chosen(values map[string][]string) (scope publish.Scope, audience publish.Audience, err error) {
	scope, err = publish.ParseScope(values["part"])
	name := ""
	if given := values["audience"]; len(given) > 0 {
		name = given[0]
	}
	audience, other := publish.ParseAudience(name)
	if err == nil {
		return scope, audience, other
	}
	if first, ok := fault.As(err); ok && other != nil {
		second, _ := fault.As(other)
		err = fault.New(fault.Invalid, first.Key, nil).WithFields(append(first.Fields, second.Fields...)...)
	}
	return scope, audience, err
}

// preview shows exactly what would be shown. A choice that lacks something comes back with what was chosen.
func (p *Pages) preview(c *gin.Context, who session.Asker) error {
	query := c.Request.URL.Query()
	scope, audience, err := chosen(query)
	if err == nil {
		return p.showPreview(c, who, http.StatusOK, scope, audience, nil)
	}
	page, pageErr := p.publishPage(c, who)
	if pageErr != nil {
		return pageErr
	}
	faults, ok := p.Invalid(who, err, Here)
	if !ok || !page.Ready {
		return err
	}
	page.Faults, page.Form = faults, frontend.NewScopeForm(page.Home, query["part"], query.Get("audience"))
	page.Form.Marks = p.marks(who, err)
	return p.Show(c, http.StatusUnprocessableEntity, "publish", who, page)
}

// showPreview shows the preview, after a refusal with what was refused.
func (p *Pages) showPreview(c *gin.Context, who session.Asker, status int, scope publish.Scope, audience publish.Audience, refused error) error {
	ctx := c.Request.Context()
	x, err := p.Publishing.Preview(ctx, who.Actor, c.Param("id"), scope)
	if err != nil {
		return err
	}
	w := p.Words(who)
	in := p.instrumentOf(x.Profile)
	page := frontend.PublishPreview{Frame: p.Frame(c, who, p.AssessmentNav(c, who, x.Assessment)...), Home: "/assessments/" + x.Assessment.ID, By: who.Account,
		Parts: scope.Strings(), Audience: string(audience), Terms: publish.TermsVersion, Hash: x.Hash, MayConsent: account.Allowed(who.Role, account.Publish)}
	// What is shown is what the bytes say, not what they were made from.
	profile, err := publish.Decode(x.Content)
	if err != nil {
		return err
	}
	page.View = frontend.NewProfileView(w, in, profile, x.Hash, "", p.draw(c))
	page.View.Open = true
	for _, place := range x.Personal {
		row := frontend.PersonalRow{ID: place.Indicator, Where: frontend.Said{Text: place.Title}}
		if place.Indicator != "" && in != nil {
			row.Where = frontend.Say(in.TitleOf(place.Indicator), who.Lang)
		}
		for _, k := range place.Kinds {
			row.Kinds = append(row.Kinds, string(k))
		}
		page.Personal = append(page.Personal, row)
	}
	if page.MayConsent {
		a, err := p.Store.Account(ctx, who.Account)
		if err != nil {
			return err
		}
		page.NoFactor = !a.Factor
	}
	if refused != nil {
		page.Faults, _ = p.Invalid(who, refused, Here)
		page.Msg = p.marks(who, refused)["code"]
	}
	return p.Show(c, status, "publish_preview", who, page)
}

// instrumentOf finds the questionnaire of a profile; nil where this program no longer has it.
func (p *Pages) instrumentOf(x publish.Profile) *survey.Instrument {
	code, version, _ := survey.ParseName(x.Instrument.Name)
	in, _ := p.Library.Find(code, version)
	return in
}

// publish writes the consent. When what would be shown has changed, or the code is wrong, the preview comes back as it is now.
func (p *Pages) publish(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	if _, _, err := p.Publishing.Of(ctx, who.Actor, c.Param("id")); err != nil {
		return err
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	scope, audience, err := chosen(c.Request.PostForm)
	if err != nil {
		return err
	}
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	err = p.Publishing.Publish(ctx, a, c.Param("id"), assessment.ConsentGiven{Scope: scope, Audience: audience, Hash: c.PostForm("hash"), Terms: c.PostForm("terms"),
		Code: c.PostForm("code"), Origin: c.ClientIP()})
	if err == nil {
		return p.Done(c, who, "/assessments/"+c.Param("id")+"/publish", "publish.done_"+string(audience))
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.TooMany {
		return err
	}
	_, status := problem.Of(err)
	retryLater(c, err)
	return p.showPreview(c, who, status, scope, audience, err)
}

func (p *Pages) keepPrivate(c *gin.Context, who session.Asker) error {
	if err := p.Publishing.KeepPrivate(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/publish", "publish.done_private")
}

func (p *Pages) withdraw(c *gin.Context, who session.Asker) error {
	if err := p.Publishing.Withdraw(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/publish", "publish.done_withdrawn")
}
