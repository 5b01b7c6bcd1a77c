package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
)

// InboxRoutes are the inbox, and how often letters come.
func (p *Pages) InboxRoutes() []Route {
	return []Route{
		{http.MethodGet, "/inbox", account.UseAccount, p.inbox},
		{http.MethodPost, "/inbox", account.UseAccount, p.inboxAll},
		{http.MethodPost, "/inbox/:id", account.UseAccount, p.inboxOne},
		{http.MethodGet, "/account/mail", account.UseAccount, p.mail},
		{http.MethodPost, "/account/mail", account.UseAccount, p.setMail},
		{http.MethodGet, "/letters/:token", account.ReadPublic, p.letters},
		{http.MethodPost, "/letters/:token", account.ReadPublic, p.setLetters},
	}
}

func (p *Pages) inbox(c *gin.Context, who session.Asker) error {
	before := c.Query("before")
	list, older, err := p.Inbox.List(c.Request.Context(), who.Actor, before)
	if err != nil {
		return err
	}
	page := frontend.Inbox{Frame: p.Frame(c, who), By: who.Account, Count: who.Unread, Later: before != ""}
	if older != "" {
		page.Older = "/inbox?before=" + older
	}
	w := p.Words(who)
	for _, n := range list {
		page.Notices = append(page.Notices, frontend.NoticeLine{ID: n.ID, Text: w.Notice(string(n.Kind), n.Args, p.Library.Title), At: n.At, New: n.Seen.IsZero(), Link: n.Href != ""})
	}
	return p.Show(c, http.StatusOK, "inbox", who, page)
}

func (p *Pages) inboxAll(c *gin.Context, who session.Asker) error {
	if err := p.Inbox.ReadAll(c.Request.Context(), who.Actor); err != nil {
		return err
	}
	return p.Done(c, who, "/inbox", "inbox.all_done")
}

// inboxOne marks a notice as read, and leads to what it tells of when that was asked.
func (p *Pages) inboxOne(c *gin.Context, who session.Asker) error {
	n, err := p.Inbox.Read(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	if c.PostForm("go") == "open" {
		return p.Done(c, who, local(n.Href, "/inbox"), "")
	}
	return p.Done(c, who, "/inbox", "inbox.read_done")
}

func (p *Pages) mail(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Account(c.Request.Context(), who.Account)
	if err != nil {
		return err
	}
	return p.showMail(c, who, http.StatusOK, frontend.Letters{By: who.Account, Action: "/account/mail", Mail: string(a.Mail)})
}

func (p *Pages) showMail(c *gin.Context, who session.Asker, status int, page frontend.Letters) error {
	faults := page.Faults
	page.Frame, page.Sends = p.Frame(c, who), p.Crowd.Mail
	page.Faults, page.Path = faults, page.Action
	for _, m := range account.Mails {
		page.Choices = append(page.Choices, string(m))
	}
	return p.Show(c, status, "letters", who, page)
}

func (p *Pages) setMail(c *gin.Context, who session.Asker) error {
	return p.chooseMail(c, who, who.Account, frontend.Letters{By: who.Account, Action: "/account/mail"})
}

// chooseMail writes the choice and shows the page again.
func (p *Pages) chooseMail(c *gin.Context, who session.Asker, id string, page frontend.Letters) error {
	page.Mail = c.PostForm("mail")
	err := p.Inbox.SetMail(c.Request.Context(), id, account.Mail(page.Mail))
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		page.Msg = problem.Field(f.Fields[0], p.Words(who))
		page.Faults = []frontend.Fault{{Href: "#mail", Text: page.Msg}}
		return p.showMail(c, who, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, page.Action, "inbox.mail_done")
}

// whoseLetters finds the account of the address in a letter. It says and changes nothing but how often letters come.
func (p *Pages) whoseLetters(c *gin.Context) (account.Account, error) {
	c.Header("Referrer-Policy", "no-referrer")
	bad := fault.New(fault.NotFound, "inbox.mail_link", nil)
	id, ok := assessment.LetterAccount(p.LetterKey, c.Param("token"))
	if !ok {
		return account.Account{}, bad
	}
	a, err := p.Store.Account(c.Request.Context(), id)
	if fault.Is(err, fault.NotFound) || err == nil && a.Disabled {
		err = bad
	}
	return a, err
}

func (p *Pages) letters(c *gin.Context, who session.Asker) error {
	a, err := p.whoseLetters(c)
	if err != nil {
		return err
	}
	return p.showMail(c, who, http.StatusOK, frontend.Letters{Action: "/letters/" + c.Param("token"), Mail: string(a.Mail)})
}

// setLetters also answers the one click that mail programs offer (RFC 8058).
func (p *Pages) setLetters(c *gin.Context, who session.Asker) error {
	a, err := p.whoseLetters(c)
	if err != nil {
		return err
	}
	if c.PostForm("List-Unsubscribe") == "One-Click" {
		if err := p.Inbox.SetMail(c.Request.Context(), a.ID, account.NoMail); err != nil {
			return err
		}
		c.Status(http.StatusNoContent)
		return nil
	}
	return p.chooseMail(c, who, a.ID, frontend.Letters{Action: "/letters/" + c.Param("token")})
}
