package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

// PackRoutes are what is set for a country.
func (p *Pages) PackRoutes() []Route {
	return []Route{
		{http.MethodGet, "/countries", account.ManagePacks, p.countries},
		{http.MethodGet, "/countries/:country", account.ManagePacks, p.pack},
		{http.MethodPost, "/countries/:country", account.ManagePacks, p.changePack},
		{http.MethodGet, "/countries/:country/powers.csv", account.ManagePacks, p.packPowers},
	}
}

func (p *Pages) packs() assessment.Packs {
	return assessment.Packs{Store: p.Store, Questionnaires: p.Library, Now: p.Now}
}

func (p *Pages) countries(c *gin.Context, who session.Asker) error {
	all, err := p.packs().Countries(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "countries", who, frontend.NewCountries(p.wide(c, who), p.Words(who), all))
}

// packOf reads the pack for the questionnaire that is asked for.
func (p *Pages) packOf(c *gin.Context, who session.Asker, code string) (in *survey.Instrument, x assessment.Pack, err error) {
	if in, err = p.keptStatements().Instrument(p.questionnaireOf(code)); err == nil {
		x, err = p.packs().Of(c.Request.Context(), who.Actor, c.Param("country"), in.Code)
	}
	return in, x, err
}

func (p *Pages) pack(c *gin.Context, who session.Asker) error {
	in, x, err := p.packOf(c, who, c.Query("instrument"))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "pack", who, frontend.NewPack(p.wide(c, who), in, who.Account, x))
}

func (p *Pages) changePack(c *gin.Context, who session.Asker) error {
	in, x, err := p.packOf(c, who, c.PostForm("instrument"))
	if err != nil {
		return err
	}
	back := "/countries/" + x.Country + "?instrument=" + in.Code
	if c.PostForm("act") == "apply" {
		n, err := p.packs().Apply(c.Request.Context(), who.Actor, x.Country, in.Code)
		if err != nil {
			return err
		}
		return p.Done(c, who, back, "pack.applied", "Cities", n)
	}
	base, _ := strconv.Atoi(c.PostForm("revision"))
	powers, terms := c.PostForm("powers"), c.PostForm("terms")
	err = p.packs().Replace(c.Request.Context(), who.Actor, x.Country, in, base, strings.TrimSpace(powers), strings.TrimSpace(terms))
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		page := frontend.NewPack(p.wide(c, who), in, who.Account, x)
		page.Revision, page.Powers, page.Terms, page.Faults, page.Marks = base, powers, terms, faults, p.marks(who, err)
		return p.Show(c, status, "pack", who, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, back, "pack.kept")
}

// packPowers sends the powers as the file that the form takes.
func (p *Pages) packPowers(c *gin.Context, who session.Asker) error {
	in, x, err := p.packOf(c, who, c.Query("instrument"))
	if err != nil {
		return err
	}
	return download.CSV(c, "powers-"+x.Country+"-"+in.Code+".csv", p.Log, func(w io.Writer) error {
		return assessment.WritePack(w, assessment.PackPowerColumns, x.PowerRows())
	})
}
