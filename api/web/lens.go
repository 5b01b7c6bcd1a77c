package web

import (
	"encoding/csv"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/longform"
	"migov/assessment/survey"
	"migov/frontend"
)

// LensRoutes see the answers of a city, or of a round, through other frameworks.
func (p *Pages) LensRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/lens", account.ReadAssessment, p.lens},
		{http.MethodGet, "/assessments/:id/lens.csv", account.ReadAssessment, p.lensFigures},
		{http.MethodGet, "/assessments/:id/pledge", account.DraftPledge, p.pledge},
		{http.MethodGet, "/assessments/:id/pledge.txt", account.DraftPledge, p.pledgeText},
		{http.MethodGet, "/rounds/:code/lens", account.Compare, p.roundLens},
		{http.MethodGet, "/rounds/:code/lens.csv", account.Compare, p.roundLensFigures},
	}
}

// lensed tells whether the questionnaire of a round is linked to other frameworks.
func (p *Pages) lensed(r assessment.Round) bool {
	code, version, _ := survey.ParseName(r.Instrument)
	in, ok := p.Library.Find(code, version)
	return ok && len(in.Frameworks) > 0
}

func (p *Pages) lens(c *gin.Context, who session.Asker) error {
	x, err := p.Lenses.Own(c.Request.Context(), who.Actor, c.Param("id"), c.Query("framework"))
	if err != nil {
		return err
	}
	f := p.wide(c, who, p.AssessmentNav(c, who, x.Assessment)...)
	return p.Show(c, http.StatusOK, "lens", who, frontend.NewLens(f, p.Words(who), x, account.Allowed(who.Role, account.DraftPledge)))
}

func (p *Pages) lensFigures(c *gin.Context, who session.Asker) error {
	x, err := p.Lenses.Own(c.Request.Context(), who.Actor, c.Param("id"), c.Query("framework"))
	if err != nil {
		return err
	}
	return p.rows(c, "lens-"+x.View.ID+"-"+x.Assessment.City.Code+".csv", frontend.LensFigures(p.Words(who), x))
}

// rows sends rows for spreadsheets.
func (p *Pages) rows(c *gin.Context, name string, rows [][]string) error {
	return download.CSV(c, name, p.Log, func(w io.Writer) error {
		if _, err := io.WriteString(w, "\ufeff"); err != nil { // so that spreadsheets read it as UTF-8
			return err
		}
		out := csv.NewWriter(w)
		for _, row := range rows {
			for i := range row {
				row[i] = longform.Guard(row[i])
			}
			_ = out.Write(row) // a failure stays with the writer until Flush
		}
		out.Flush()
		return out.Error()
	})
}

// roundLensOf reads what an address asks. A group that cannot be read is said on the page, which then shows every city.
func (p *Pages) roundLensOf(c *gin.Context, who session.Asker) (x assessment.RoundLens, refused error, err error) {
	group, refused := compare.ParseGroup(c.Query("group"))
	if refused != nil {
		group = compare.Group{}
	}
	x, err = p.Lenses.Round(c.Request.Context(), who.Actor, c.Param("code"), c.Query("framework"), group)
	return x, refused, err
}

func (p *Pages) roundLens(c *gin.Context, who session.Asker) error {
	x, refused, err := p.roundLensOf(c, who)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		status = http.StatusUnprocessableEntity
	}
	page := frontend.NewRoundLens(p.wide(c, who, p.roundNav(c, who, x.Round)...), p.Words(who), x, refused)
	return p.Show(c, status, "roundlens", who, page)
}

func (p *Pages) roundLensFigures(c *gin.Context, who session.Asker) error {
	x, refused, err := p.roundLensOf(c, who)
	if err == nil {
		err = refused
	}
	if err != nil {
		return err
	}
	return p.rows(c, "lens-"+x.View.ID+"-"+x.Round.Code+".csv", frontend.RoundLensFigures(p.Words(who), x))
}

func (p *Pages) pledgeOf(c *gin.Context, who session.Asker) (page frontend.Pledge, a assessment.Assessment, err error) {
	x, steps, err := p.Lenses.Pledge(c.Request.Context(), who.Actor, c.Param("id"), c.Query("framework"))
	if err != nil {
		return page, a, err
	}
	frame := p.Frame(c, who, p.AssessmentNav(c, who, x.Assessment)...)
	return frontend.NewPledge(frame, p.Words(who), x, steps, c.QueryArray("step"), p.Now()), x.Assessment, nil
}

func (p *Pages) pledge(c *gin.Context, who session.Asker) error {
	page, _, err := p.pledgeOf(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "pledge", who, page)
}

func (p *Pages) pledgeText(c *gin.Context, who session.Asker) error {
	page, a, err := p.pledgeOf(c, who)
	if err != nil {
		return err
	}
	return download.File(c, "pledge-"+a.City.Code+".txt", "text/plain; charset=utf-8", p.Log, func(w io.Writer) error {
		_, err := io.WriteString(w, page.Text(p.Words(who)))
		return err
	})
}
