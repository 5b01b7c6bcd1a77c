package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/reality"
	"migov/assessment/survey"
	"migov/frontend"
)

// StatementRoutes are what national texts of a country say.
func (p *Pages) StatementRoutes() []Route {
	return []Route{
		{http.MethodGet, "/countries/:country/statements", account.ManagePacks, p.statements},
		{http.MethodPost, "/countries/:country/statements", account.ManagePacks, p.addStatement},
		{http.MethodGet, "/countries/:country/statements/new", account.ManagePacks, p.newStatement},
		{http.MethodGet, "/countries/:country/statements/:statement", account.ManagePacks, p.statement},
		{http.MethodPost, "/countries/:country/statements/:statement", account.ManagePacks, p.changeStatement},
	}
}

func (p *Pages) keptStatements() assessment.Statements {
	return assessment.Statements{Store: p.Store, Questionnaires: p.Library, Now: p.Now}
}

func (p *Pages) statements(c *gin.Context, who session.Asker) error {
	country := c.Param("country")
	all, err := p.keptStatements().List(c.Request.Context(), who.Actor, country)
	if err != nil {
		return err
	}
	page := frontend.NewStatements(p.wide(c, who), country, all, func(code string) *survey.Instrument {
		in, _ := p.keptStatements().Instrument(code)
		return in
	})
	return p.Show(c, http.StatusOK, "statements", who, page)
}

// givenStatement is what the form says.
func givenStatement(c *gin.Context) reality.Given {
	return reality.Given{Indicator: c.PostForm("indicator"), Says: c.PostForm("says"), Text: c.PostForm("text"), Source: c.PostForm("source"), URL: c.PostForm("url"),
		Date: c.PostForm("date"), Language: c.PostForm("language")}
}

// questionnaireOf is the code of the questionnaire that a new statement is about: the one asked for, else the first there is.
func (p *Pages) questionnaireOf(code string) string {
	all := p.Library.List()
	for _, in := range all {
		if in.Code == code {
			return code
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].Code
}

func (p *Pages) newStatement(c *gin.Context, who session.Asker) error {
	return p.showNewStatement(c, who, p.questionnaireOf(c.Query("instrument")), reality.Given{Language: who.Lang, Indicator: c.Query("indicator")}, nil)
}

// showNewStatement shows the form for a new statement, with what was typed after it was refused.
func (p *Pages) showNewStatement(c *gin.Context, who session.Asker, instrument string, g reality.Given, refused error) error {
	if err := p.Store.ReachesCountry(c.Request.Context(), who.Actor, c.Param("country")); err != nil {
		return err
	}
	in, err := p.keptStatements().Instrument(instrument)
	if err != nil {
		return err
	}
	page := frontend.NewStatementForm(p.wide(c, who), p.Words(who), in, c.Param("country"), who.Account, g)
	return p.showStatement(c, who, page, refused)
}

// showStatement shows a form, with what is wrong about it if anything is.
func (p *Pages) showStatement(c *gin.Context, who session.Asker, page frontend.StatementForm, refused error) error {
	status := http.StatusOK
	if refused != nil {
		faults, ok := p.Invalid(who, refused, Here)
		if !ok {
			return refused
		}
		_, status = problem.Of(refused)
		page.Faults, page.Marks = faults, p.marks(who, refused)
	}
	return p.Show(c, status, "statement", who, page)
}

func (p *Pages) addStatement(c *gin.Context, who session.Asker) error {
	g, country, instrument := givenStatement(c), c.Param("country"), p.questionnaireOf(c.PostForm("instrument"))
	id, err := p.keptStatements().Keep(c.Request.Context(), who.Actor, country, instrument, "", 0, g)
	if err != nil {
		return p.showNewStatement(c, who, instrument, g, err)
	}
	return p.Done(c, who, "/countries/"+country+"/statements/"+id, "reality.kept")
}

func (p *Pages) statement(c *gin.Context, who session.Asker) error {
	return p.showKeptStatement(c, who, nil, 0, nil)
}

// showKeptStatement shows a statement with its revisions. What was typed, and the revision it was typed on, stay after it
// was refused.
func (p *Pages) showKeptStatement(c *gin.Context, who session.Asker, typed *reality.Given, base int, refused error) error {
	country := c.Param("country")
	all, err := p.keptStatements().Revisions(c.Request.Context(), who.Actor, country, c.Param("statement"))
	if err != nil {
		return err
	}
	in, err := p.keptStatements().Instrument(all[0].Instrument)
	if err != nil {
		return err
	}
	given := frontend.GivenOf(all[0].Statement)
	if typed != nil {
		given = *typed
	} else {
		base = all[0].Revision
	}
	page := frontend.NewStatementForm(p.wide(c, who), p.Words(who), in, country, who.Account, given).Of(in, all)
	page.Revision = base
	return p.showStatement(c, who, page, refused)
}

func (p *Pages) changeStatement(c *gin.Context, who session.Asker) error {
	ctx, country, id := c.Request.Context(), c.Param("country"), c.Param("statement")
	base, _ := strconv.Atoi(c.PostForm("revision"))
	key := "reality.kept"
	var err error
	var typed *reality.Given
	switch c.PostForm("act") {
	case "publish":
		key, err = "reality.published", p.keptStatements().Publish(ctx, who.Actor, country, id, base)
	case "withdraw":
		key, err = "reality.withdrawn", p.keptStatements().Withdraw(ctx, who.Actor, country, id)
	default:
		g := givenStatement(c)
		typed = &g
		_, err = p.keptStatements().Keep(ctx, who.Actor, country, "", id, base, g)
	}
	if err != nil {
		return p.showKeptStatement(c, who, typed, base, err)
	}
	return p.Done(c, who, "/countries/"+country+"/statements/"+id, key)
}
