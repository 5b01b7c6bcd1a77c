package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
	"migov/frontend"
)

// ReceiptRoutes are what was handed in, with its receipt, and giving it back to the city.
func (p *Pages) ReceiptRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/receipt", account.ReadAssessment, p.receipt},
		{http.MethodGet, "/assessments/:id/snapshots/:revision", account.ExportAnswers, p.snapshotFile},
		{http.MethodGet, "/assessments/:id/reopen", account.UndoHandIn, p.reopenPage},
		{http.MethodPost, "/assessments/:id/reopen", account.UndoHandIn, p.reopen},
	}
}

// kept is the use case over the store of the pages.
func (p *Pages) kept() assessment.Snapshots {
	return assessment.Snapshots{Store: p.Store, Besides: p.Besides, Looks: p.Drafts.Looks, Now: p.Now}
}

// receipt shows the receipt of the newest snapshot, or of the one that ?revision= names, and the list of all.
func (p *Pages) receipt(c *gin.Context, who session.Asker) error {
	a, heads, reopenings, err := p.kept().List(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	page := frontend.NewReceipt(p.Frame(c, who, p.AssessmentNav(c, who, a)...), a, heads, reopenings, p.BaseURL)
	page.MaySave = account.Allowed(who.Role, account.ExportAnswers)
	if len(heads) == 0 {
		return p.Show(c, http.StatusOK, "receipt", who, page)
	}
	head, content, err := p.kept().Document(c.Request.Context(), who.Actor, a.ID, revision(c.Query("revision")))
	if err != nil {
		return err
	}
	d, err := snapshot.Decode(content)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", head.Reference, err)
	}
	code, version, _ := survey.ParseName(d.Instrument.Name)
	in, _ := p.Library.Find(code, version)
	page.Fill(head, d, in)
	return p.Show(c, http.StatusOK, "receipt", who, page)
}

// revision reads the number of a revision; 0, which is the newest, for anything else.
func revision(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// snapshotFile sends the bytes of a document as they are: its SHA-256 is that of the file.
func (p *Pages) snapshotFile(c *gin.Context, who session.Asker) error {
	n := revision(c.Param("revision"))
	if n == 0 {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	head, content, err := p.kept().Export(c.Request.Context(), who.Actor, c.Param("id"), n)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "snapshot-"+head.Reference+".json"))
	h.Set("Cache-Control", "no-store")
	c.DataFromReader(http.StatusOK, int64(len(content)), "application/json", bytes.NewReader(content), nil)
	return nil
}

func (p *Pages) reopenPage(c *gin.Context, who session.Asker) error {
	page, err := p.newReopen(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "reopen", who, page)
}

func (p *Pages) newReopen(c *gin.Context, who session.Asker) (page frontend.Reopen, err error) {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	page = frontend.Reopen{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: "/assessments/" + a.ID, By: who.Account, City: a.City.Name, Round: a.Round.Title,
		State: string(a.State), Long: survey.SoftText}
	if _, err := review.Next(a.State, review.Reopen, who.Role); err != nil {
		f, _ := problem.Of(err)
		page.NotNow = problem.Sentence(f, p.Words(who))
	}
	return page, nil
}

// reopen gives the assessment back to the city. The analyst does not reach it any more, so the round is the place to go on.
func (p *Pages) reopen(c *gin.Context, who session.Asker) error {
	a, err := p.Drafts.Reopen(c.Request.Context(), who.Actor, c.Param("id"), lines(c.PostForm("reason")))
	if faults, ok := p.Invalid(who, err, Here); ok {
		page, pageErr := p.newReopen(c, who)
		if pageErr != nil {
			return pageErr
		}
		_, status := problem.Of(err)
		page.Faults, page.Reason = faults, c.PostForm("reason")
		if status == http.StatusUnprocessableEntity {
			page.Msg = faults[0].Text
		}
		return p.Show(c, status, "reopen", who, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/rounds/"+a.Round.Code, "review.reopened")
}
