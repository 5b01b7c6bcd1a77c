package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend"
)

// attaches begins what the button beside a question sends that saves the page and leads to the evidence of its indicator.
const attaches = "evidence "

// uploadTime is how long a slow line may take to send or receive a file: 10 MB at 150 kbit/s.
const uploadTime = 10 * time.Minute

// EvidenceRoutes serve what proves answers.
func (p *Pages) EvidenceRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/evidence", account.ReadEvidence, p.library},
		{http.MethodPost, "/assessments/:id/evidence", account.WriteEvidence, p.addEvidence},
		{http.MethodGet, "/assessments/:id/evidence/:piece", account.ReadEvidence, p.piece},
		{http.MethodPost, "/assessments/:id/evidence/:piece", account.WriteEvidence, p.changePiece},
		{http.MethodGet, "/assessments/:id/indicators/:indicator/evidence", account.ReadEvidence, p.attach},
		{http.MethodPost, "/assessments/:id/indicators/:indicator/evidence", account.WriteEvidence, p.changeCitations},
		{http.MethodPost, "/assessments/:id/indicators/:indicator/verdict", account.Verify, p.judge},
		{http.MethodGet, "/evidence/:id/:revision", account.ReadEvidence, p.download},
	}
}

// wantsJSON tells whether the script of a page asked, which shows what was refused by itself.
func wantsJSON(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), "application/json")
}

// moved leads on after a form: a browser by itself, the script by a line of JSON.
func (p *Pages) moved(c *gin.Context, who session.Asker, to, key string, pairs ...any) error {
	if !wantsJSON(c) {
		return p.Done(c, who, to, key, pairs...)
	}
	p.Sessions.Leave(c.Request.Context(), p.Words(who).T(key, pairs...))
	c.JSON(http.StatusOK, gin.H{"to": to})
	return nil
}

func (p *Pages) form(home, action, act string, who session.Asker) frontend.ProofForm {
	return frontend.ProofForm{Action: action, Uploads: "/api/v1" + home + "/evidence/uploads", By: who.Account, Act: act, Msg: map[string]string{}}
}

func (p *Pages) libraryPage(c *gin.Context, who session.Asker) (page frontend.Library, err error) {
	a, pieces, err := p.Proofs.Shelf(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	home := "/assessments/" + a.ID
	page = frontend.Library{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, City: a.City.Name, OfCity: who.Role.OfCity(),
		MayWrite: account.Allowed(who.Role, account.WriteEvidence), Form: p.form(home, home+"/evidence", "add", who)}
	if !page.OfCity {
		if pieces, err = p.citedHere(c, who, a); err != nil {
			return page, err
		}
	}
	for _, x := range pieces {
		card := p.pieceCard(who, home, x)
		if x.Removed.IsZero() {
			page.Pieces = append(page.Pieces, card)
		} else {
			page.Removed = append(page.Removed, card)
		}
	}
	return page, nil
}

// citedHere are the pieces cited in an assessment, as people from outside see them.
func (p *Pages) citedHere(c *gin.Context, who session.Asker, a assessment.Assessment) (out []assessment.Piece, err error) {
	b, err := p.Besides.Of(c.Request.Context(), who.Actor, a)
	for _, e := range b.Evidence {
		x := assessment.Piece{Evidence: e, City: a.City.ID}
		for _, cited := range b.Citations {
			if cited.Evidence == e.ID {
				x.Uses = append(x.Uses, assessment.Use{Assessment: a.ID, Round: a.Round.Title, Instrument: a.Round.Instrument, Indicator: cited.Indicator, Passage: cited.Passage, Open: a.Open()})
			}
		}
		out = append(out, x)
	}
	return out, err
}

func (p *Pages) pieceCard(who session.Asker, home string, x assessment.Piece) frontend.PieceCard {
	card := p.evidenceCard(who, x.Evidence)
	card.Href, card.Author = home+"/evidence/"+x.ID, p.signed(who, x.By)
	if !who.Role.OfCity() && !x.Removed.IsZero() {
		card.Href = ""
	}
	for _, u := range x.Uses {
		code, version, _ := survey.ParseName(u.Instrument)
		in, ok := p.Library.Find(code, version)
		if !ok {
			continue
		}
		if q := in.Indicator(u.Indicator); q != nil {
			card.Uses = append(card.Uses, frontend.UseLink{Href: "/assessments/" + u.Assessment + "/" + q.Subcategory + "#" + q.ID, ID: q.ID, Passage: u.Passage, Round: u.Round, Title: q.Title})
		}
	}
	return card
}

// evidenceCard is a piece without what it supports.
func (p *Pages) evidenceCard(who session.Asker, e assessment.Evidence) frontend.PieceCard {
	card := frontend.NewPieceCard(e, weight(p.Words(who), e.Size), p.Now())
	if !card.Link() && (e.Removed.IsZero() || who.Role.OfCity()) {
		card.Download = "/evidence/" + e.ID + "/" + strconv.Itoa(e.Revision)
	}
	return card
}

// weight says a size.
func weight(w *locale.Words, bytes int64) string {
	if bytes < 1<<20 {
		return w.T("evidence.kilobytes", "Size", w.Int(int(max((bytes+1023)>>10, 1))))
	}
	return w.T("evidence.megabytes", "Size", w.Number(float64(bytes)/(1<<20), 1))
}

func (p *Pages) library(c *gin.Context, who session.Asker) error {
	page, err := p.libraryPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "evidence", who, page)
}

func (p *Pages) addEvidence(c *gin.Context, who session.Asker) error {
	u, err := takeUpload(c)
	if err != nil {
		return err
	}
	defer u.close()
	e, same, err := p.Proofs.Add(c.Request.Context(), who.Actor, c.Param("id"), u.proof)
	if err == nil {
		key := "evidence.added"
		if same {
			key = "evidence.there_already"
		}
		return p.moved(c, who, "/assessments/"+c.Param("id")+"/evidence/"+e.ID, key, "Title", e.Title)
	}
	if wantsJSON(c) {
		return err
	}
	page, other := p.libraryPage(c, who)
	if other != nil {
		return other
	}
	faults, status, ok := p.refusedProof(c, who, u, &page.Form, err)
	if !ok {
		return err
	}
	page.Faults = faults
	return p.Show(c, status, "evidence", who, page)
}

func (p *Pages) piecePage(c *gin.Context, who session.Asker) (page frontend.PiecePage, err error) {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	x, err := p.Proofs.Piece(c.Request.Context(), who.Actor, c.Param("piece"))
	if err == nil && x.City != a.City.ID {
		err = notFound()
	}
	if err != nil {
		return page, err
	}
	home := "/assessments/" + a.ID
	here := home + "/evidence/" + x.ID
	page = frontend.PiecePage{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, Library: home + "/evidence", MayWrite: account.Allowed(who.Role, account.WriteEvidence),
		Piece: p.pieceCard(who, home, x), Describe: p.form(home, here, "describe", who), Revise: p.form(home, here, "revise", who)}
	page.Describe.Title, page.Describe.Note = x.Title, x.Note
	if !x.Expires.IsZero() {
		page.Describe.Expires = x.Expires.Format(time.DateOnly)
	}
	page.Revise.Kind = x.Kind
	for _, r := range x.Revisions {
		line := frontend.RevisionLine{EvidenceRevision: r, Author: p.signed(who, r.By), Current: r.Revision == x.Revision}
		if x.Kind == assessment.EvidenceFile {
			line.Download, line.Weight = "/evidence/"+x.ID+"/"+strconv.Itoa(r.Revision), weight(p.Words(who), r.Size)
			line.Type = strings.ToUpper(string(evidence.TypeOf(r.Media)))
		}
		page.Revisions = append(page.Revisions, line)
	}
	return page, nil
}

func (p *Pages) piece(c *gin.Context, who session.Asker) error {
	page, err := p.piecePage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "evidence_piece", who, page)
}

// changePiece describes a piece anew, revises it, removes it or puts it back.
func (p *Pages) changePiece(c *gin.Context, who session.Asker) error {
	u, err := takeUpload(c)
	if err != nil {
		return err
	}
	defer u.close()
	if _, err := p.piecePage(c, who); err != nil {
		return err
	}
	ctx, id, same := c.Request.Context(), c.Param("piece"), false
	key := "evidence.done_" + u.Get("act")
	switch u.Get("act") {
	case "describe":
		err = p.Proofs.Describe(ctx, who.Actor, id, u.proof)
	case "revise":
		if _, same, err = p.Proofs.Revise(ctx, who.Actor, id, u.proof); same {
			key = "evidence.done_same"
		}
	case "remove", "restore":
		err = p.Proofs.Remove(ctx, who.Actor, id, u.Get("act") == "remove")
	default:
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	if err == nil {
		return p.moved(c, who, "/assessments/"+c.Param("id")+"/evidence/"+id, key)
	}
	if wantsJSON(c) {
		return err
	}
	page, other := p.piecePage(c, who)
	if other != nil {
		return other
	}
	form := &page.Describe
	if u.Get("act") == "revise" {
		form = &page.Revise
	}
	faults, status, ok := p.refusedProof(c, who, u, form, err)
	if !ok {
		return err
	}
	page.Faults = faults
	return p.Show(c, status, "evidence_piece", who, page)
}

// download sends the content of a file.
func (p *Pages) download(c *gin.Context, who session.Asker) error {
	revision, err := strconv.Atoi(c.Param("revision"))
	if err != nil {
		return notFound()
	}
	r, content, err := p.Proofs.Content(c.Request.Context(), who.Actor, c.Param("id"), revision)
	if err != nil {
		return err
	}
	patient(c)
	download.Attachment(c, r.Name, r.Media, r.Size, content, p.Log)
	return nil
}
