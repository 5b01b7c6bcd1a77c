package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
)

const factorPath = "/account/second-factor"

func (p *Pages) factorRoutes() []Route {
	return []Route{
		{http.MethodGet, factorPath, account.UseAccount, p.factor},
		{http.MethodPost, factorPath, account.UseAccount, p.setFactor},
		{http.MethodPost, factorPath + "/codes", account.UseAccount, p.newCodes},
		{http.MethodPost, factorPath + "/remove", account.UseAccount, p.removeFactor},
	}
}

func (p *Pages) factor(c *gin.Context, who session.Asker) error {
	return p.showFactor(c, who, http.StatusOK, nil)
}

// pictureSide is the width of the QR code in pixels, sharp on screens of twice the density.
const pictureSide = 480

// showFactor shows how to set a second factor up, or what can be done with the one there is. A new secret waits, sealed, in the session
// until a code confirms it.
func (p *Pages) showFactor(c *gin.Context, who session.Asker, status int, refused error) error {
	ctx := c.Request.Context()
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	page := frontend.Factor{By: a.ID, Email: a.Email, Set: a.Factor, First: who.Bare, Required: p.Sessions.SecondFactor && a.Role.NeedsFactor(),
		Demo: p.Demo && len(p.DemoRoles) > 0, Marks: p.marks(who, refused)}
	if a.Factor {
		if page.Left, err = p.Store.RecoveryCodesLeft(ctx, a.ID); err != nil {
			return err
		}
	} else {
		w, ok := p.Sessions.Awaited(ctx, session.ForFactor)
		if !ok {
			w = session.Waiting{For: session.ForFactor}
			if w.Secret, err = p.Crowd.SealedKey(ctx, a); err != nil {
				return err
			}
			if err := p.Sessions.Await(ctx, w); err != nil {
				return err
			}
		}
		key, err := p.Crowd.OpenKey(ctx, a, w.Secret)
		if err != nil {
			return err
		}
		picture, err := key.Picture(pictureSide)
		if err != nil {
			return err
		}
		page.Key, page.Address, page.Picture = key.Spelt(), frontend.OTPAuth(key.Address()), frontend.Pictured(picture)
	}
	page.Frame = p.Frame(c, who)
	page.Path = factorPath
	page.Faults, _ = p.Invalid(who, refused, Here)
	return p.Show(c, status, "factor", who, page)
}

// refuseFactor shows the page again with what was wrong.
func (p *Pages) refuseFactor(c *gin.Context, who session.Asker, err error) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooMany) {
		return err
	}
	_, status := problem.Of(err)
	retryLater(c, err)
	return p.showFactor(c, who, status, err)
}

// setFactor confirms the new secret by its first code, and shows the recovery codes once.
func (p *Pages) setFactor(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	w, ok := p.Sessions.Awaited(ctx, session.ForFactor)
	if !ok {
		return p.showFactor(c, who, http.StatusUnprocessableEntity, fault.New(fault.Invalid, "fault.factor_late", nil).WithFields(fault.Field{Name: "code", Key: "fault.factor_late"}))
	}
	codes, err := p.Crowd.SetUpFactor(ctx, a, w.Secret, c.PostForm("code"), who.Session)
	if err != nil {
		return p.refuseFactor(c, who, err)
	}
	a.Factor = true
	if err := p.Sessions.StepUp(ctx, a, true); err != nil {
		return err
	}
	return p.showCodes(c, who, codes)
}

func (p *Pages) showCodes(c *gin.Context, who session.Asker, codes []string) error {
	who.Bare = false
	page := frontend.Codes{Frame: p.Frame(c, who), Codes: codes, Home: homeOf(who.Role)}
	page.Path = factorPath
	return p.Show(c, http.StatusOK, "codes", who, page)
}

func (p *Pages) newCodes(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Account(c.Request.Context(), who.Account)
	if err != nil {
		return err
	}
	codes, err := p.Crowd.RenewRecoveryCodes(c.Request.Context(), a, c.PostForm("code"), c.ClientIP())
	if err != nil {
		return p.refuseFactor(c, who, err)
	}
	return p.showCodes(c, who, codes)
}

// removeFactor takes the second factor away, where it is not required.
func (p *Pages) removeFactor(c *gin.Context, who session.Asker) error {
	ctx := c.Request.Context()
	a, err := p.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	if p.Sessions.SecondFactor && a.Role.NeedsFactor() {
		return fault.New(fault.Forbidden, "fault.factor_required", nil)
	}
	if err := p.Crowd.RemoveFactor(ctx, a, c.PostForm("code"), c.ClientIP(), who.Session); err != nil {
		return p.refuseFactor(c, who, err)
	}
	a.Factor = false
	if err := p.Sessions.StepUp(ctx, a, false); err != nil {
		return err
	}
	return p.Done(c, who, "/account", "factor.removed_done")
}
