package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/frontend"
)

// The page on which evidence is cited for an indicator is one form: whichever of its buttons is pressed, everything that was
// typed or ticked in it is done, so that without script nothing of it is lost.

func (p *Pages) attachPage(c *gin.Context, who session.Asker) (page frontend.Attach, err error) {
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, c.Param("id"), c.Param("indicator"))
	if err != nil {
		return page, err
	}
	q := d.Instrument.Indicator(c.Param("indicator"))
	if q == nil {
		return page, notFound()
	}
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, d.Assessment)
	if err != nil {
		return page, err
	}
	home := "/assessments/" + d.ID
	action := home + "/indicators/" + q.ID + "/evidence"
	page = frontend.Attach{Frame: p.Frame(c, who, p.AssessmentNav(c, who, d.Assessment)...), Home: home, Library: home + "/evidence", Back: home + "/" + q.Subcategory + "#" + q.ID, Action: action, By: who.Account,
		ID: q.ID, Question: q.Question, Counts: q.Evidence, HandedIn: d.HandedIn, MayWrite: b.Writable(d.Assessment, q.ID) && account.Allowed(who.Role, account.WriteEvidence),
		Form: p.form(home, action, "add", who), Limit: evidence.MaxCited}
	page.Form.Cites = true
	if page.MayWrite { // asked about in a clarification
		page.HandedIn = time.Time{}
	}
	standing := b.StandingOf(d.Sheet.Answers[q.ID], q.ID, p.Now())
	page.Standing, page.Mark = string(standing), frontend.StandingMark(standing)
	page.Cited = p.citedCards(who, home, b.Cited(q.ID))
	for _, e := range b.Evidence {
		if e.Removed.IsZero() && !slices.ContainsFunc(page.Cited, func(x frontend.CitedCard) bool { return x.ID == e.ID }) {
			card := p.evidenceCard(who, e)
			card.Href = home + "/evidence/" + e.ID
			page.Others = append(page.Others, frontend.CitedCard{PieceCard: card})
		}
	}
	return page, nil
}

func (p *Pages) attach(c *gin.Context, who session.Asker) error {
	page, err := p.attachPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "evidence_attach", who, page)
}

// cites reads what the form says of the pieces: those to be cited, with their passages, and those no longer to be cited. A
// passage that stands as it was shown says nothing, so that a colleague's newer one is not written over.
func (u *upload) cites() (cite []assessment.Citation, uncite []string) {
	for name := range u.Values {
		piece, ok := strings.CutPrefix(name, "passage-")
		if !ok {
			continue
		}
		passage, was := u.Get(name), u.Get("was-"+piece)
		cited := u.Has("was-" + piece)
		switch {
		case cited && slices.Contains(u.Values["uncite"], piece):
			uncite = append(uncite, piece)
		case cited && passage != was, !cited && (strings.TrimSpace(passage) != "" || slices.Contains(u.Values["cite"], piece)):
			cite = append(cite, assessment.Citation{Evidence: piece, Passage: passage})
		}
	}
	slices.SortFunc(cite, func(a, b assessment.Citation) int { return strings.Compare(a.Evidence, b.Evidence) })
	slices.Sort(uncite)
	return cite, uncite
}

// adds tells whether the form holds something of a new piece. A title without a file or link is one that lacks them.
func (u *upload) adds() bool {
	x := u.proof
	return u.Get("act") == "add" || u.file != nil && x.Size > 0 || strings.TrimSpace(x.Upload+x.Link+x.Passage+x.Title+x.Expires+x.Note) != ""
}

// changeCitations does what the form says: it cites pieces, changes passages, takes citations back, and adds a new piece
// and cites it.
func (p *Pages) changeCitations(c *gin.Context, who session.Asker) error {
	u, err := takeUpload(c)
	if err != nil {
		return err
	}
	defer u.close()
	ctx, id, indicator := c.Request.Context(), c.Param("id"), c.Param("indicator")
	key, title := "evidence.done_cites", ""
	cite, uncite := u.cites()
	err = p.Proofs.Cites(ctx, who.Actor, id, indicator, cite, uncite)
	if err == nil && u.adds() {
		u.proof.Indicator = indicator
		var e assessment.Evidence
		var same bool
		e, same, err = p.Proofs.Add(ctx, who.Actor, id, u.proof)
		if key, title = "evidence.done_cite_new", e.Title; same {
			key = "evidence.done_cite_same"
		}
	}
	if err == nil {
		return p.moved(c, who, "/assessments/"+id+"/indicators/"+indicator+"/evidence", key, "Title", title, "Indicator", indicator)
	}
	if wantsJSON(c) {
		return err
	}
	page, other := p.attachPage(c, who)
	if other != nil {
		return other
	}
	faults, status, ok := p.refusedProof(c, who, u, &page.Form, err)
	if !ok {
		return err
	}
	for i, f := range faults { // the passages of pieces have inputs of their own
		if at, ok := strings.CutPrefix(f.Href, "#add-passage-"); ok {
			faults[i].Href = "#passage-" + at
		} else if f.Href == "#add-piece" {
			faults[i].Href = "#choose"
		}
	}
	for _, list := range [][]frontend.CitedCard{page.Cited, page.Others} {
		for i := range list {
			u.typed(&list[i], page.Form.Msg)
		}
	}
	page.Faults = faults
	return p.Show(c, status, "evidence_attach", who, page)
}

// typed puts what was typed and ticked beside a piece back there. What a form does not name stays as it is.
func (u *upload) typed(card *frontend.CitedCard, messages map[string]string) {
	name := "passage-" + card.ID
	if u.Has(name) {
		card.Typed = u.Get(name)
	}
	card.Ticked = slices.Contains(u.Values["cite"], card.ID) || slices.Contains(u.Values["uncite"], card.ID)
	card.Msg = messages[name]
}
