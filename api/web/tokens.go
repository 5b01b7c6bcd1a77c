package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

const tokensPath = "/account/tokens"

func (p *Pages) tokenRoutes() []Route {
	return []Route{
		{http.MethodGet, tokensPath, account.UseAccount, p.tokens},
		{http.MethodPost, tokensPath, account.UseAccount, p.makeToken},
		{http.MethodPost, tokensPath + "/end", account.UseAccount, p.endToken},
	}
}

// ownRounds are the rounds to which somebody may bind a token.
func (p *Pages) ownRounds(c *gin.Context, who session.Asker) (out []assessment.Round, err error) {
	if who.Role == account.Analyst {
		all, err := p.Store.Rounds(c.Request.Context())
		for _, r := range all {
			if who.InRound(r.ID) {
				out = append(out, r)
			}
		}
		return out, err
	}
	all, err := p.Store.Assessments(c.Request.Context(), who.Actor, "")
	seen := map[string]bool{}
	for _, a := range all {
		if !seen[a.Round.ID] {
			seen[a.Round.ID] = true
			out = append(out, a.Round)
		}
	}
	return out, err
}

// tokensPage lists the own tokens and offers to make another.
func (p *Pages) tokensPage(c *gin.Context, who session.Asker) (page frontend.Tokens, rounds []assessment.Round, err error) {
	if rounds, err = p.ownRounds(c, who); err != nil {
		return page, nil, err
	}
	all, err := p.Crowd.OwnTokens(c.Request.Context(), who.Actor)
	if err != nil {
		return page, nil, err
	}
	page = frontend.Tokens{Frame: p.Frame(c, who), By: who.Account, Marks: frontend.Marks{}}
	page.Form.Scope, page.Form.Until = string(account.ScopeExport), p.Now().AddDate(0, 3, 0).Format("2006-01-02")
	titles := map[string]string{}
	for _, r := range rounds {
		titles[r.ID] = r.Title
		page.Rounds = append(page.Rounds, frontend.TokenRound{Code: r.Code, Title: r.Title})
	}
	for _, s := range account.Scopes {
		page.Scopes = append(page.Scopes, string(s))
	}
	for _, t := range all {
		page.List = append(page.List, frontend.TokenLine{ID: t.ID, Name: t.Name, Scope: string(t.Scope), Round: titles[t.Round], Used: t.Used, Last: t.Expires.Add(-1)})
	}
	return page, rounds, nil
}

func (p *Pages) tokens(c *gin.Context, who session.Asker) error {
	page, _, err := p.tokensPage(c, who)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "tokens", who, page)
}

// makeToken makes a token and shows its text, this once: it stands nowhere else, so that there is no page to lead to.
func (p *Pages) makeToken(c *gin.Context, who session.Asker) error {
	page, rounds, err := p.tokensPage(c, who)
	if err != nil {
		return err
	}
	form := frontend.TokenForm{Name: c.PostForm("name"), Scope: c.PostForm("scope"), Round: c.PostForm("round"), Until: c.PostForm("until")}
	text, err := p.Crowd.MakeToken(c.Request.Context(), who.Actor, assessment.TokenGiven{Name: form.Name, Scope: account.Scope(form.Scope), Round: form.Round, Until: form.Until}, rounds)
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		page.Form, page.Faults, page.Marks = form, faults, p.marks(who, err)
		return p.Show(c, status, "tokens", who, page)
	}
	if err != nil {
		return err
	}
	if page, _, err = p.tokensPage(c, who); err != nil {
		return err
	}
	page.Made = text
	return p.Show(c, http.StatusOK, "tokens", who, page)
}

func (p *Pages) endToken(c *gin.Context, who session.Asker) error {
	if err := p.Crowd.EndToken(c.Request.Context(), who.Actor, c.PostForm("token")); err != nil {
		return err
	}
	return p.Done(c, who, tokensPath, "tokens.done_end")
}
