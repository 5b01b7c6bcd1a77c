package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
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

// PowersRoutes are the powers map and the way back from its last change.
func (p *Pages) PowersRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/powers", account.ReadAssessment, p.powers},
		{http.MethodPost, "/assessments/:id/powers", account.SetPower, p.savePowers},
		{http.MethodPost, "/assessments/:id/powers/undo", account.SetPower, p.undoPower},
	}
}

func (p *Pages) powers(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	page, err := p.powersPage(c, who, d)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "powers", who, page)
}

func (p *Pages) powersPage(c *gin.Context, who session.Asker, d assessment.Draft) (frontend.Powers, error) {
	page := frontend.NewPowers(p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), p.Words(who), d, seenPower, p.signer(who))
	page.By, page.OfCity = who.Account, who.Role.OfCity()
	told, err := p.packs().Told(c.Request.Context(), d.Assessment)
	if err != nil {
		return page, err
	}
	page.Told = frontend.NewPowersTold(d, told)
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return page, err
	}
	if account.Allowed(who.Role, account.SetPower) {
		page.Edit = page.Unlock(func(indicator string) bool { return b.Writable(d.Assessment, indicator) })
	}
	if !page.Edit {
		return page, nil
	}
	if page.Asked = !d.Open(); page.Asked { // what was changed last was handed in
		return page, nil
	}
	_, page.Carried = b.ToConfirm(d.Sheet)
	if b.Earlier != nil && len(b.Carried) == 0 {
		page.Earlier = b.Earlier.Round
	}
	page.Last, page.More, err = p.lastPowers(c.Request.Context(), who, d)
	return page, err
}

// undoable is how many lines of the last change are offered to be taken back, each of which costs a look into the history.
const undoable = 5

// lastPowers lists the lines that were changed last; those that were saved together have the same time.
func (p *Pages) lastPowers(ctx context.Context, who session.Asker, d assessment.Draft) (out []frontend.PowerChange, more int, err error) {
	var last []assessment.Power
	for _, q := range d.Instrument.Indicators() {
		switch now := d.Sheet.Powers[q.ID]; {
		case now.Version == 0 || (len(last) > 0 && now.At.Before(last[0].At)):
		case len(last) > 0 && now.At.Equal(last[0].At):
			last = append(last, now)
		default:
			last = []assessment.Power{now}
		}
	}
	for i, now := range last {
		if i == undoable {
			return out, len(last) - undoable, nil
		}
		q := d.Instrument.Indicator(now.Indicator)
		history, err := p.Drafts.History(ctx, who.Actor, d.ID, q.ID)
		if err != nil {
			return nil, 0, err
		}
		change := frontend.PowerChange{ID: q.ID, Title: q.Title, Now: d.Sheet.Holder(q), Before: q.Power, Version: now.Version, By: p.signed(who, now.By), At: now.At}
		before := survey.Holder("")
		for _, r := range history {
			if r.About == assessment.AboutPower && r.Version == now.Version-1 {
				before = r.Holder
			}
		}
		if before != "" {
			change.Before = before
		}
		change.Reason = before == now.Holder
		out = append(out, change)
	}
	return out, 0, nil
}

// seenPower is the hidden field of a line. It tells what the page showed, as that of an answer does, so that a form which
// sends all lines back changes only those that the person touched.
func seenPower(now assessment.Power) string {
	return assessment.See(assessment.Kept{Version: now.Version, Answer: survey.Answer{Value: string(now.Holder), Explanation: lines(now.Reason)}}).String()
}

// powersForm is what the page sent.
type powersForm struct {
	draft  assessment.Draft
	values url.Values
}

func (f powersForm) holder(id string) string { return f.values.Get(id + ".holder") }
func (f powersForm) reason(id string) string { return lines(f.values.Get(id + ".reason")) }

// seen tells what the page showed of a line, and whether the person changed it.
func (f powersForm) seen(id string) (version int, changed bool) {
	seen, ok := assessment.ParseSeen(f.values.Get(id + ".seen"))
	if !ok {
		return 0, false
	}
	return seen.Version, seen.Changed(survey.Answer{Value: f.holder(id), Explanation: f.reason(id)}) != 0
}

// given lists the lines that the person changed.
func (f powersForm) given() (all []assessment.PowerGiven) {
	for _, q := range f.draft.Instrument.Indicators() {
		if version, changed := f.seen(q.ID); changed {
			all = append(all, assessment.PowerGiven{Indicator: q.ID, Base: version, Holder: f.holder(q.ID), Reason: f.reason(q.ID)})
		}
	}
	return all
}

// savePowers saves the lines that were changed, all or none. When one cannot be saved, everything comes back as it was typed.
func (p *Pages) savePowers(c *gin.Context, who session.Asker) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
	}
	form := powersForm{d, c.Request.PostForm}
	given := form.given()
	_, err = p.Drafts.SetPowers(c.Request.Context(), who.Actor, d.ID, given...)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.powersAgain(c, who, form, err)
	}
	if err != nil {
		return err
	}
	to := "/assessments/" + d.ID + "/powers"
	if at := c.PostForm("at"); d.Instrument.Dimension(at) != nil {
		to += "#" + at
	}
	if len(given) == 0 {
		return p.Done(c, who, to, "powers.done_nothing")
	}
	p.Sessions.Leave(c.Request.Context(), p.Words(who).N("powers.done", len(given)))
	return p.Done(c, who, to, "")
}

// powersAgain shows the page with what was typed. A line that somebody else changed meanwhile shows theirs beside it, and
// counts as seen from now on: saving again puts one's own in its place.
func (p *Pages) powersAgain(c *gin.Context, who session.Asker, form powersForm, refusal error) error {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, form.draft.ID)
	if err != nil {
		return err
	}
	page, err := p.powersPage(c, who, d)
	if err != nil {
		return err
	}
	page.Last, page.More = nil, 0
	w := p.Words(who)
	for _, q := range d.Instrument.Indicators() {
		version, changed := form.seen(q.ID)
		if !changed {
			continue
		}
		line, now := page.Line(q.ID), d.Sheet.Powers[q.ID]
		line.Chosen, line.Reason = form.holder(q.ID), form.reason(q.ID)
		if now.Version == version {
			line.Seen = form.values.Get(q.ID + ".seen")
		} else if string(now.Holder) != line.Chosen || lines(now.Reason) != line.Reason {
			line.Theirs = &frontend.PowerTheirs{Holder: d.Sheet.Holder(q), Reason: now.Reason, By: p.signed(who, now.By), At: now.At}
			page.Faults = append(page.Faults, frontend.Fault{Href: "#" + q.ID, Text: w.T("powers.moved_fault", "Indicator", q.ID)})
		}
	}
	f, status := problem.Of(refusal)
	for _, x := range f.Fields {
		id, field, _ := strings.Cut(x.Name, ".")
		line := page.Line(id)
		if x.Key == "fault.power_moved" || line == nil {
			continue
		}
		text, href := problem.Field(x, w), "#"+id+"-holder"
		if field == "reason" {
			line.RefusedReason, href = text, "#"+id+"-reason"
		} else {
			line.RefusedHolder = text
		}
		page.Faults = append(page.Faults, frontend.Fault{Href: href, Text: id + ": " + text})
	}
	if len(page.Faults) == 0 { // changed back meanwhile, or a line that this map does not have
		page.Faults = []frontend.Fault{{Text: problem.Sentence(f, w)}}
	}
	return p.Show(c, status, "powers", who, page)
}

// undoPower takes the last change of a line back.
func (p *Pages) undoPower(c *gin.Context, who session.Asker) error {
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil || version < 1 {
		return notFound()
	}
	id, indicator := c.Param("id"), c.PostForm("indicator")
	now, err := p.Drafts.UndoPower(c.Request.Context(), who.Actor, id, indicator, version)
	if err != nil {
		return err
	}
	holder := now.Holder
	if holder == "" {
		d, err := p.Drafts.Open(c.Request.Context(), who.Actor, id, indicator)
		if err != nil {
			return err
		}
		holder = d.Instrument.Indicator(indicator).Power
	}
	w := p.Words(who)
	return p.Done(c, who, "/assessments/"+id+"/powers#"+indicator, "powers.undone", "Indicator", indicator, "Holder", w.T("shell.holder_"+string(holder)))
}
