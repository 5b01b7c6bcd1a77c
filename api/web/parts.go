package web

import (
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

// PartsRoutes are who does what of an assessment. Everybody of the city reads it, coordinators change it.
func (p *Pages) PartsRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/parts", account.ReadTeam, p.parts},
		{http.MethodPost, "/assessments/:id/parts", account.Assign, p.setParts},
		{http.MethodPost, "/assessments/:id/parts/hand-over", account.Assign, p.handOver},
		{http.MethodGet, "/assessments/:id/parts/:ref", account.ReadTeam, p.part},
		{http.MethodPost, "/assessments/:id/parts/:ref", account.Assign, p.setPart},
	}
}

// divided is a draft with what stands beside it and who does what.
type divided struct {
	assessment.Draft
	beside   assessment.Beside
	division assessment.Division
	named    func(assessment.Owner) string
}

// openDivided reads an assessment of the own city. People from outside learn nothing of who does what.
func (p *Pages) openDivided(c *gin.Context, who session.Asker) (d divided, err error) {
	if d.Draft, err = p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id")); err != nil {
		return d, err
	}
	if !who.Role.OfCity() {
		return d, notFound()
	}
	d.beside, err = p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	d.division, d.named = assessment.Divide(d.Instrument, d.beside.Parts), p.owners(who, d.beside)
	return d, err
}

// owners says whose a part is, to people of the city.
func (p *Pages) owners(who session.Asker, b assessment.Beside) func(assessment.Owner) string {
	w := p.Words(who)
	return func(o assessment.Owner) string {
		if o.Account == "" {
			return o.Department
		}
		if o.Account == who.Account {
			return w.T("parts.you")
		}
		m := b.Member(o.Account)
		name := named(w, m.Name)
		switch {
		case m.Account == "":
			return w.T("parts.gone")
		case m.Left && m.Former == 0:
			return w.T("parts.left", "Name", name)
		}
		return name
	}
}

func (p *Pages) choices(who session.Asker, d divided) (c frontend.PartChoices) {
	for _, m := range d.beside.Answerers() {
		o := assessment.Owner{Account: m.Account}
		name := d.named(o)
		if m.Department != "" && !strings.EqualFold(m.Department, name) {
			name += " (" + m.Department + ")"
		}
		c.People = append(c.People, frontend.PartChoice{Value: frontend.OwnerValue(o), Name: name})
	}
	for _, name := range d.beside.Departments() {
		c.Departments = append(c.Departments, frontend.PartChoice{Value: frontend.OwnerValue(assessment.Owner{Department: name}), Name: name})
	}
	return c
}

func (p *Pages) mayAssign(who session.Asker, d divided) bool {
	return d.Open() && account.Allowed(who.Role, account.Assign)
}

func (p *Pages) parts(c *gin.Context, who session.Asker) error {
	d, err := p.openDivided(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "parts", who, p.partsPage(c, who, d, c.Query("open")))
}

func (p *Pages) partsPage(c *gin.Context, who session.Asker, d divided, open string) frontend.Parts {
	now := p.Now()
	page := frontend.Parts{Frame: p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), Home: "/assessments/" + d.ID, By: who.Account,
		May: p.mayAssign(who, d), HandedIn: d.HandedIn, Alone: len(d.beside.Answerers()) < 2, Invites: account.Allowed(who.Role, account.Invite),
		Choices: p.choices(who, d), Today: now.UTC().Format("2006-01-02"), Groups: frontend.NewPartGroups(d.Draft, d.division, open, now, d.named)}
	page.Saves = page.May
	page.Loads = frontend.NewLoadRows(d.division.Loads(d.Sheet, now), d.named)
	for _, l := range page.Loads {
		if d.beside.Member(frontend.ParseOwner(l.Value).Account).Left {
			page.Left = append(page.Left, l)
		}
	}
	return page
}

// refs lists everything of a questionnaire that can be a part.
func refs(in *survey.Instrument) (all []string) {
	for _, s := range in.Sections() {
		if !slices.Contains(all, s.Dimension) {
			all = append(all, s.Dimension)
		}
		all = append(all, s.ID)
		for _, q := range s.Indicators {
			all = append(all, q.ID)
		}
	}
	return all
}

// givenPart is what a form says of one ref; changed is false when it says what the page had shown.
func givenPart(ref, seen, owner, due string) (g assessment.PartGiven, changed bool) {
	base, wasDue, wasOwner, ok := frontend.ParseSeenPart(seen)
	if owner == "" {
		due = ""
	}
	if !ok || owner == wasOwner && due == wasDue {
		return g, false
	}
	o := frontend.ParseOwner(owner)
	return assessment.PartGiven{Ref: ref, Base: &base, Account: o.Account, Department: o.Department, Due: due}, true
}

// setParts gives what was changed in the list. Notes stay as they are.
func (p *Pages) setParts(c *gin.Context, who session.Asker) error {
	d, err := p.openDivided(c, who)
	if err != nil {
		return err
	}
	var given []assessment.PartGiven
	for _, ref := range refs(d.Instrument) {
		g, changed := givenPart(ref, c.PostForm(ref+".seen"), c.PostForm(ref+".who"), strings.TrimSpace(c.PostForm(ref+".due")))
		if !changed {
			continue
		}
		if old, ok := d.division.Part(ref); ok && old.ID == *g.Base {
			g.Note = old.Note
		}
		given = append(given, g)
	}
	to := "/assessments/" + d.ID + "/parts"
	if open := c.PostForm("go"); d.Instrument.Subcategory(open) != nil {
		to += "?open=" + url.QueryEscape(open) + "#" + url.PathEscape(open)
	}
	if len(given) == 0 {
		return p.Done(c, who, to, "")
	}
	err = p.Parts.Assign(c.Request.Context(), who.Actor, d.ID, given...)
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return p.partsAgain(c, who, err, f, given)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, to, "parts.saved", "Count", len(given))
}

// partsAgain shows the list as it stands now, with what was chosen still in its fields.
func (p *Pages) partsAgain(c *gin.Context, who session.Asker, err error, f *fault.Fault, given []assessment.PartGiven) error {
	d, openErr := p.openDivided(c, who)
	if openErr != nil {
		return openErr
	}
	w := p.Words(who)
	open := ""
	for _, g := range given {
		if q := d.Instrument.Indicator(g.Ref); q != nil {
			open = q.Subcategory
		}
	}
	page := p.partsPage(c, who, d, open)
	row := func(ref string) *frontend.PartRow {
		for i := range page.Groups {
			if page.Groups[i].Ref == ref {
				return &page.Groups[i].PartRow
			}
			for j := range page.Groups[i].Rows {
				if page.Groups[i].Rows[j].Ref == ref {
					return &page.Groups[i].Rows[j]
				}
			}
		}
		return &frontend.PartRow{} // an indicator that the page does not show
	}
	for _, g := range given {
		r := row(g.Ref)
		r.Owner, r.Date = frontend.OwnerValue(assessment.Owner{Account: g.Account, Department: g.Department}), g.Due
	}
	for _, x := range f.Fields {
		ref, field := fieldOf(x.Name)
		message := problem.Field(x, w)
		if f.Kind == fault.Conflict {
			if now := row(ref).Who; now != "" {
				message += " " + w.T("parts.now_has", "Name", now)
			}
		}
		if field == "due" {
			row(ref).DueMsg = message
		} else {
			row(ref).WhoMsg, field = message, "who"
		}
		page.Faults = append(page.Faults, frontend.Fault{Href: "#" + field + "-" + ref, Text: ref + ": " + message})
	}
	_, status := problem.Of(err)
	return p.Show(c, status, "parts", who, page)
}

// fieldOf parts the name of a field such as "MR.1.due" into ref and field; a field of no part is a ref alone.
func fieldOf(name string) (ref, field string) {
	for _, f := range []string{"who", "due", "note"} {
		if ref, ok := strings.CutSuffix(name, "."+f); ok {
			return ref, f
		}
	}
	return name, ""
}

func (p *Pages) handOver(c *gin.Context, who session.Asker) error {
	d, err := p.openDivided(c, who)
	if err != nil {
		return err
	}
	from, to := frontend.ParseOwner(c.PostForm("from")), frontend.ParseOwner(c.PostForm("to"))
	n, err := p.Parts.HandOver(c.Request.Context(), who.Actor, from, to)
	if faults, ok := p.Invalid(who, err, func(string) string { return "" }); ok {
		page := p.partsPage(c, who, d, "")
		page.Faults = faults
		_, status := problem.Of(err)
		return p.Show(c, status, "parts", who, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+d.ID+"/parts", "parts.handed_over", "Count", n)
}

func (p *Pages) part(c *gin.Context, who session.Asker) error {
	d, err := p.openDivided(c, who)
	if err != nil {
		return err
	}
	page, ok := p.partPage(c, who, d, c.Param("ref"))
	if !ok {
		return notFound()
	}
	return p.Show(c, http.StatusOK, "part", who, page)
}

// partPage makes the page of one dimension, sub-category or indicator; ok is false when there is none with this id.
func (p *Pages) partPage(c *gin.Context, who session.Asker, d divided, ref string) (page frontend.PartPage, ok bool) {
	title := d.Instrument.TitleOf(ref)
	if title == nil {
		return page, false
	}
	now := p.Now()
	page = frontend.PartPage{Frame: p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), Home: "/assessments/" + d.ID, By: who.Account,
		Row: frontend.NewPartRow(d.Draft, d.division, ref, title, now, d.named), May: p.mayAssign(who, d), Invites: account.Allowed(who.Role, account.Invite),
		Choices: p.choices(who, d), Today: now.UTC().Format("2006-01-02"), Long: assessment.NoteLength}
	page.Link = p.BaseURL + page.Row.Href
	if own, has := d.division.Part(ref); has {
		page.Note, page.GivenBy, page.GivenAt = own.Note, p.signed(who, own.By), own.At
	}
	for _, q := range assessment.Covered(d.Instrument, ref) {
		x := frontend.PartQuestion{Href: assessment.Part{Ref: q.ID}.Href(d.Instrument, page.Home), ID: q.ID, Title: q.Title,
			Status: string(d.Sheet.ProgressOf([]*survey.Indicator{q}).Status())}
		if of, has := d.division.Of(q); has {
			x.Who = d.named(of.Owner())
		}
		page.Questions = append(page.Questions, x)
	}
	return page, true
}

func (p *Pages) setPart(c *gin.Context, who session.Asker) error {
	d, err := p.openDivided(c, who)
	if err != nil {
		return err
	}
	ref := c.Param("ref")
	page, ok := p.partPage(c, who, d, ref)
	if !ok {
		return notFound()
	}
	base, _, _, ok := frontend.ParseSeenPart(c.PostForm("seen"))
	if !ok {
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	o := frontend.ParseOwner(c.PostForm("who"))
	g := assessment.PartGiven{Ref: ref, Base: &base, Account: o.Account, Department: o.Department, Due: strings.TrimSpace(c.PostForm("due")), Note: lines(c.PostForm("note"))}
	err = p.Parts.Assign(c.Request.Context(), who.Actor, d.ID, g)
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		w := p.Words(who)
		page.Marks = frontend.Marks{}
		for _, x := range f.Fields {
			_, field := fieldOf(x.Name)
			href := "#" + field
			if field == "" || field == "who" {
				field, href = "who", "#who-"+ref
			}
			page.Marks[field] = problem.Field(x, w)
			page.Faults = append(page.Faults, frontend.Fault{Href: href, Text: page.Marks[field]})
		}
		page.Row.Owner, page.Row.Date, page.Note = frontend.OwnerValue(o), g.Due, g.Note
		_, status := problem.Of(err)
		return p.Show(c, status, "part", who, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+d.ID+"/parts/"+url.PathEscape(ref), "parts.saved", "Count", 1)
}

// divide says who does what of the assessment of a section page, and notes that the reader has opened what is theirs. That
// is written once; when it cannot be written now, the page is shown all the same.
func (p *Pages) divide(c *gin.Context, who session.Asker, s *sectionOf) {
	if !who.Role.OfCity() {
		return
	}
	d := assessment.Divide(s.Instrument, s.beside.Parts)
	s.division = &d
	unopened := d.Unopened(who.Actor, s.part.Indicators)
	if err := p.Parts.Opened(c.Request.Context(), who.Actor, s.ID, unopened...); err != nil {
		p.Log.ErrorContext(c.Request.Context(), "opening parts was not noted", "error", err)
	}
}

// partHere says beside a question who answers it, as long as it can be answered.
func (p *Pages) partHere(who session.Asker, s sectionOf, q *survey.Indicator) (h frontend.PartHere) {
	if s.division == nil || !s.Open() {
		return h
	}
	h.Shown, h.Href = true, "/assessments/"+s.ID+"/parts/"+q.ID
	of, ok := s.division.Of(q)
	if !ok {
		return h
	}
	h.Mine, h.Due = of.Owner().Is(who.Account, who.Department), of.Due
	h.Who = p.owners(who, s.beside)(of.Owner())
	h.Late = assessment.Late(of.Due, p.Now()) && !s.Sheet.Answers[q.ID].Settled()
	return h
}
