package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

// RoundFormRoutes make rounds and change them.
func (p *Pages) RoundFormRoutes() []Route {
	return []Route{
		{http.MethodGet, "/rounds/new", account.ManageRounds, p.newRound},
		{http.MethodPost, "/rounds/new", account.ManageRounds, p.makeRound},
		{http.MethodGet, "/rounds/:code/edit", account.ManageRounds, p.editRound},
		{http.MethodPost, "/rounds/:code/edit", account.ManageRounds, p.changeRound},
	}
}

func (p *Pages) roundPlans() assessment.RoundPlans {
	return assessment.RoundPlans{Store: p.Store, Questionnaires: p.Library}
}

// roundForm reads a form as it was sent.
func roundForm(c *gin.Context) (x frontend.RoundFormOf) {
	x.Plan = assessment.RoundPlan{Code: c.PostForm("code"), Title: c.PostForm("title"), Instrument: c.PostForm("instrument"), Opens: c.PostForm("opens"), Due: c.PostForm("due"),
		Languages: c.PostFormArray("language"), ReviewersCompare: c.PostForm("compare") != ""}
	x.Wish = assessment.CohortWish{Groups: c.PostFormArray("group"), Pasted: c.PostForm("pasted"), Earlier: c.PostForm("earlier")}
	x.Remove = c.PostFormArray("remove")
	return x
}

// showRoundForm adds to a form what there is to choose from, and shows it with what is not right.
func (p *Pages) showRoundForm(c *gin.Context, who session.Asker, x frontend.RoundFormOf, notice bool, wrong error) error {
	ctx := c.Request.Context()
	var err error
	if x.Classes, err = p.roundPlans().Classes(ctx, who.Actor); err != nil {
		return err
	}
	rounds, err := p.Store.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		if account.Allowed(who.Role, account.ManageProgramme) || who.InRound(r.ID) {
			x.Rounds = append(x.Rounds, r)
		}
	}
	x.Instruments = p.Library.List()
	if x.Plan.Instrument == "" && len(x.Instruments) > 0 {
		x.Plan.Instrument = x.Instruments[len(x.Instruments)-1].Name()
	}
	page := frontend.NewRoundForm(p.wide(c, who), p.Words(who), x)
	page.New, page.Action, page.By, page.Notice = c.Param("code") == "", c.Request.URL.Path, who.Account, notice
	if account.Allowed(who.Role, account.ReadRound) {
		page.Back = "/rounds"
		if !page.New {
			page.Back = "/rounds/" + c.Param("code")
		}
	}
	status := http.StatusOK
	if wrong != nil {
		faults, ok := p.Invalid(who, wrong, Here)
		if !ok {
			return wrong
		}
		_, status = problem.Of(wrong)
		page.Faults, page.Marks = faults, p.marks(who, wrong)
	}
	return p.Show(c, status, "roundform", who, page)
}

func (p *Pages) newRound(c *gin.Context, who session.Asker) error {
	return p.showRoundForm(c, who, frontend.RoundFormOf{}, false, nil)
}

// chosen finds the cities that a form wishes for, and which of them are to be invited. When the wish has changed since its cities were
// shown, they are to be looked at first.
func (p *Pages) chosen(c *gin.Context, who session.Asker, x *frontend.RoundFormOf) (codes []string, changed bool, err error) {
	shown := c.PostForm("shown")
	if x.Wish.Empty() && shown == "" {
		return nil, false, nil
	}
	found, err := p.roundPlans().Choose(c.Request.Context(), who.Actor, x.Wish)
	if err != nil {
		return nil, false, err
	}
	x.Chosen = &found
	changed = shown != frontend.WishKey(x.Wish)
	inside := map[string]bool{}
	for _, city := range x.Inside {
		inside[city.Code] = true
	}
	codes = slices.DeleteFunc(found.Codes(), func(code string) bool { return inside[code] }) // as the page counts them
	if !changed && len(codes) <= frontend.MostTicked {
		x.Ticked = map[string]bool{}
		for _, code := range c.PostFormArray("city") {
			x.Ticked[code] = true
		}
		codes = slices.DeleteFunc(codes, func(code string) bool { return !x.Ticked[code] })
	}
	return codes, changed, nil
}

func (p *Pages) makeRound(c *gin.Context, who session.Asker) error {
	x := roundForm(c)
	codes, changed, err := p.chosen(c, who, &x)
	if err != nil {
		return p.showRoundForm(c, who, x, false, err)
	}
	if c.PostForm("go") != "keep" {
		return p.showRoundForm(c, who, x, false, nil)
	}
	if changed {
		return p.showRoundForm(c, who, x, true, p.roundPlans().Check(who.Actor, x.Plan))
	}
	r, err := p.roundPlans().Make(c.Request.Context(), who.Actor, x.Plan, codes)
	if err != nil {
		return p.showRoundForm(c, who, x, false, err)
	}
	return p.Done(c, who, p.roundPage(who, r), "roundform.made", "Round", r.Title)
}

// roundPage is where somebody sees a round.
func (p *Pages) roundPage(who session.Asker, r assessment.Round) string {
	if account.Allowed(who.Role, account.ReadRound) {
		return "/rounds/" + r.Code
	}
	return "/rounds/" + r.Code + "/edit"
}

func (p *Pages) editRound(c *gin.Context, who session.Asker) error {
	r, inside, err := p.roundPlans().Cities(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	return p.showRoundForm(c, who, frontend.RoundFormOf{Plan: assessment.PlanOf(r), Inside: inside}, false, nil)
}

func (p *Pages) changeRound(c *gin.Context, who session.Asker) error {
	r, inside, err := p.roundPlans().Cities(c.Request.Context(), who.Actor, c.Param("code"))
	if err != nil {
		return err
	}
	x := roundForm(c)
	x.Inside, x.Plan.Code, x.Plan.Instrument = inside, r.Code, r.Instrument
	codes, changed, err := p.chosen(c, who, &x)
	if err != nil {
		return p.showRoundForm(c, who, x, false, err)
	}
	if c.PostForm("go") != "keep" {
		return p.showRoundForm(c, who, x, false, nil)
	}
	if changed {
		return p.showRoundForm(c, who, x, true, p.roundPlans().Check(who.Actor, x.Plan))
	}
	if r, err = p.roundPlans().Change(c.Request.Context(), who.Actor, r.Code, x.Plan, codes, x.Remove); err != nil {
		return p.showRoundForm(c, who, x, false, err)
	}
	return p.Done(c, who, p.roundPage(who, r), "roundform.kept")
}
