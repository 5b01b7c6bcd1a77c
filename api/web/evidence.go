package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/problem"
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
		{http.MethodPost, "/assessments/:id/indicators/:indicator/evidence", account.WriteEvidence, p.changeCitation},
		{http.MethodPost, "/assessments/:id/indicators/:indicator/verdict", account.Verify, p.judge},
		{http.MethodGet, "/evidence/:id/:revision", account.ReadEvidence, p.download},
	}
}

// upload is a form with a file in it. The file is on the disk, under no name, until the form is closed.
type upload struct {
	url.Values
	proof assessment.Proof
	file  *os.File
}

func (u *upload) close() {
	if u.file != nil {
		u.file.Close()
	}
}

// takeUpload reads a form as it arrives. Of a file that is too large the rest is thrown away, so that the browser gets an
// answer instead of a broken line. Close what it returns.
func takeUpload(c *gin.Context) (*upload, error) {
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		if err := c.Request.ParseForm(); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
		}
		u := &upload{Values: c.Request.PostForm}
		return u, u.read()
	}
	patient(c)
	u := &upload{Values: url.Values{}}
	parts, err := c.Request.MultipartReader()
	for err == nil {
		part, next := parts.NextPart()
		if errors.Is(next, io.EOF) {
			return u, u.read()
		}
		if err = next; err != nil {
			break
		}
		if part.FileName() == "" {
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, survey.MaxText))
			u.Add(part.FormName(), lines(string(text)))
		} else if part.FormName() == "file" {
			err = u.keep(part.FileName(), part)
		}
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
	}
	u.close()
	return nil, fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
}

// keep writes a file to the disk, up to one byte more than it may have.
func (u *upload) keep(name string, content io.Reader) (err error) {
	if u.file, err = os.CreateTemp("", "migov-upload-"); err != nil {
		return err
	}
	if err := os.Remove(u.file.Name()); err != nil { // whatever happens to this process, nothing stays
		return err
	}
	u.proof.Name, u.proof.Content = name, u.file
	u.proof.Size, err = io.Copy(u.file, io.LimitReader(content, evidence.MaxFile+1))
	return err
}

// read takes the texts of the form.
func (u *upload) read() error {
	u.proof.Title, u.proof.Note, u.proof.Expires = u.Get("title"), u.Get("note"), u.Get("expires")
	u.proof.Link, u.proof.Passage = u.Get("url"), u.Get("passage")
	return nil
}

// patient gives a slow line time for a file, in both directions.
func patient(c *gin.Context) {
	control, until := http.NewResponseController(c.Writer), time.Now().Add(uploadTime)
	_ = control.SetReadDeadline(until) // where it cannot be set, the limits of the server hold
	_ = control.SetWriteDeadline(until)
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

// refusedProof puts what was refused into the form it came from: the texts, the messages, and that the file must be chosen again.
func (p *Pages) refusedProof(who session.Asker, u *upload, form *frontend.ProofForm, err error) ([]frontend.Fault, int, bool) {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return nil, 0, false
	}
	w := p.Words(who)
	form.Title, form.Note, form.Expires, form.Link, form.Passage = u.Get("title"), u.Get("note"), u.Get("expires"), u.Get("url"), u.Get("passage")
	form.Again = u.file != nil && u.proof.Size > 0
	form.Msg = map[string]string{}
	var faults []frontend.Fault
	for _, x := range f.Fields {
		text := problem.Field(x, w)
		form.Msg[x.Name] = text
		faults = append(faults, frontend.Fault{Href: "#" + form.Act + "-" + x.Name, Text: text})
	}
	_, status := problem.Of(err)
	return faults, status, true
}

func (p *Pages) form(action, act string, who session.Asker) frontend.ProofForm {
	return frontend.ProofForm{Action: action, By: who.Account, Act: act, Msg: map[string]string{}}
}

func (p *Pages) libraryPage(c *gin.Context, who session.Asker) (page frontend.Library, err error) {
	a, pieces, err := p.Proofs.Shelf(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	home := "/assessments/" + a.ID
	page = frontend.Library{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, City: a.City.Name, OfCity: who.Role.OfCity(),
		MayWrite: account.Allowed(who.Role, account.WriteEvidence), Form: p.form(home+"/evidence", "add", who)}
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
	faults, status, ok := p.refusedProof(who, u, &page.Form, err)
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
		Piece: p.pieceCard(who, home, x), Describe: p.form(here, "describe", who), Revise: p.form(here, "revise", who)}
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
	faults, status, ok := p.refusedProof(who, u, form, err)
	if !ok {
		return err
	}
	page.Faults = faults
	return p.Show(c, status, "evidence_piece", who, page)
}

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
		ID: q.ID, Question: q.Question, Counts: q.Evidence, HandedIn: d.HandedIn, MayWrite: d.Open() && account.Allowed(who.Role, account.WriteEvidence),
		Form: p.form(action, "add", who), Limit: evidence.MaxCited, Typed: map[string]string{}, Msg: map[string]string{}}
	page.Form.Cites = true
	standing := b.StandingOf(d.Sheet.Answers[q.ID], q.ID, p.Now())
	page.Standing, page.Mark = string(standing), frontend.StandingMark(standing)
	page.Cited = p.citedCards(who, home, b.Cited(q.ID))
	for _, e := range b.Evidence {
		if e.Removed.IsZero() && !slices.ContainsFunc(page.Cited, func(x frontend.CitedCard) bool { return x.ID == e.ID }) {
			card := p.evidenceCard(who, e)
			card.Href = home + "/evidence/" + e.ID
			page.Others = append(page.Others, card)
		}
	}
	return page, nil
}

func (p *Pages) citedCards(who session.Asker, home string, cited []assessment.CitedPiece) (out []frontend.CitedCard) {
	for _, x := range cited {
		card := frontend.CitedCard{PieceCard: p.evidenceCard(who, x.Evidence), Passage: x.Citation.Passage}
		if who.Role.OfCity() || x.Removed.IsZero() {
			card.Href = home + "/evidence/" + x.ID
		}
		out = append(out, card)
	}
	return out
}

func (p *Pages) attach(c *gin.Context, who session.Asker) error {
	page, err := p.attachPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "evidence_attach", who, page)
}

// changeCitation cites a piece, changes its passage, takes a citation back, or adds a new piece and cites it.
func (p *Pages) changeCitation(c *gin.Context, who session.Asker) error {
	u, err := takeUpload(c)
	if err != nil {
		return err
	}
	defer u.close()
	ctx, id, indicator := c.Request.Context(), c.Param("id"), c.Param("indicator")
	act, piece, _ := strings.Cut(u.Get("act"), " ")
	key, title := "evidence.done_"+act, ""
	switch act {
	case "cite":
		err = p.Proofs.Cite(ctx, who.Actor, id, indicator, piece, u.Get("passage-"+piece))
	case "uncite":
		err = p.Proofs.Uncite(ctx, who.Actor, id, indicator, piece)
	case "add":
		u.proof.Indicator = indicator
		var e assessment.Evidence
		var same bool
		if e, same, err = p.Proofs.Add(ctx, who.Actor, id, u.proof); same {
			key = "evidence.done_cite_same"
		} else {
			key = "evidence.done_cite_new"
		}
		title = e.Title
	default:
		return fault.New(fault.Invalid, "fault.request", nil)
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
	faults, status, ok := p.refusedProof(who, u, &page.Form, err)
	if !ok {
		return err
	}
	if act != "add" { // what was typed into another form stays there
		page.Typed[piece] = u.Get("passage-" + piece)
		for name, text := range page.Form.Msg {
			page.Msg[piece] = text
			for i := range faults {
				faults[i].Href = "#passage-" + piece
			}
			delete(page.Form.Msg, name)
		}
	}
	page.Faults = faults
	return p.Show(c, status, "evidence_attach", who, page)
}

// judge takes a verdict of somebody from outside.
func (p *Pages) judge(c *gin.Context, who session.Asker) error {
	id, indicator := c.Param("id"), c.Param("indicator")
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	says := assessment.VerdictKind(c.PostForm("verdict"))
	if err := p.Proofs.Judge(c.Request.Context(), who.Actor, id, indicator, says, version, lines(c.PostForm("reason"))); err != nil {
		return err
	}
	d, err := p.Drafts.Open(c.Request.Context(), who.Actor, id, indicator)
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+id+"/"+d.Instrument.Indicator(indicator).Subcategory+"#"+indicator, "evidence.done_"+string(says), "Indicator", indicator)
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

// evidenceHere is what proves the answer to an indicator, beside its question.
func (p *Pages) evidenceHere(who session.Asker, s sectionOf, q *survey.Indicator) frontend.EvidenceHere {
	kept, home := s.Sheet.Answers[q.ID], "/assessments/"+s.ID
	standing := s.beside.StandingOf(kept, q.ID, p.Now())
	out := frontend.EvidenceHere{Standing: string(standing), Mark: frontend.StandingMark(standing), Cited: p.citedCards(who, home, s.beside.Cited(q.ID))}
	if s.Open() && account.Allowed(who.Role, account.WriteEvidence) {
		out.Attach = "indicators/" + q.ID + "/evidence"
	}
	if v := s.beside.Verdict(q.ID); v.Kind != "" {
		out.Verdict = &frontend.VerdictHere{Kind: string(v.Kind), Reason: v.Reason, Author: p.Words(who).T("shell.role_" + string(v.By.Role)), At: v.At, Stale: v.Version != kept.Version}
	}
	if !s.Open() && account.Allowed(who.Role, account.Verify) && assessment.Claims(kept.Answer) {
		out.Judge = home + "/indicators/" + q.ID + "/verdict"
	}
	if out.Attach != "" {
		out.Personal = personal(q, kept.Answer)
	}
	return out
}

// personal lists the texts of an answer that seem to hold data of a person.
func personal(q *survey.Indicator, a survey.Answer) (out []frontend.Personal) {
	texts := []struct{ field, text string }{{"explanation", a.Explanation}, {"evidence", a.Evidence}}
	if q.Kind == survey.Freetext {
		texts = append(texts, struct{ field, text string }{"value", a.Value})
	}
	for _, x := range texts {
		if kinds := assessment.PersonalIn(x.text); len(kinds) > 0 {
			out = append(out, frontend.Personal{Field: x.field, Kinds: kinds})
		}
	}
	return out
}
