package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
	"migov/frontend"
)

// PeopleRoutes are the accounts: who invites whom, and who looks after whom.
func (p *Pages) PeopleRoutes() []Route {
	return []Route{
		{http.MethodGet, "/people", account.Invite, p.people},
		{http.MethodPost, "/people", account.Invite, p.invite},
		{http.MethodPost, "/people/:id/link", account.Invite, p.newLink},
		{http.MethodGet, "/people/:id", account.ErasePerson, p.person},
		{http.MethodPost, "/people/:id", account.ErasePerson, p.changePerson},
		{http.MethodPost, "/people/:id/disable", account.ErasePerson, p.disable},
		{http.MethodPost, "/people/:id/enable", account.ErasePerson, p.enable},
	}
}

// names are the names of cities and rounds by id, and both in the order of their names.
type names struct {
	cities map[string]string
	rounds map[string]string
	order  struct{ cities, rounds []frontend.Spot }
}

func (p *Pages) names(ctx context.Context) (n names, err error) {
	cities, err := p.Store.Cities(ctx)
	if err != nil {
		return n, err
	}
	rounds, err := p.Store.Rounds(ctx)
	if err != nil {
		return n, err
	}
	n.cities, n.rounds = map[string]string{}, map[string]string{}
	for _, x := range cities {
		n.cities[x.ID] = x.Name
		n.order.cities = append(n.order.cities, frontend.Spot{ID: x.ID, Name: x.Name})
	}
	for _, x := range rounds {
		n.rounds[x.ID] = x.Title
		n.order.rounds = append(n.order.rounds, frontend.Spot{ID: x.ID, Name: x.Title})
	}
	for _, list := range [][]frontend.Spot{n.order.cities, n.order.rounds} {
		slices.SortFunc(list, func(a, b frontend.Spot) int { return strings.Compare(a.Name, b.Name) })
	}
	return n, nil
}

// placesOf names the city or the rounds of an account.
func (n names) placesOf(a account.Account) (places []string) {
	if a.City != "" {
		places = append(places, n.cities[a.City])
	}
	for _, r := range a.Rounds {
		places = append(places, n.rounds[r])
	}
	return places
}

// named says a name, or whom it stood for before that person was erased.
func named(w *locale.Words, name string) string {
	return w.Name(name)
}

func (p *Pages) people(c *gin.Context, who session.Asker) error {
	return p.showPeople(c, who, http.StatusOK, frontend.People{Form: frontend.PersonForm{Language: who.Lang}})
}

// showPeople completes the page with its lists.
func (p *Pages) showPeople(c *gin.Context, who session.Asker, status int, page frontend.People) error {
	ctx := c.Request.Context()
	accounts, err := p.Crowd.People(ctx, who.Actor)
	if err != nil {
		return err
	}
	places, err := p.Store.Places(ctx, who.Actor)
	if err != nil {
		return err
	}
	n, err := p.names(ctx)
	if err != nil {
		return err
	}
	faults := page.Faults
	page.Frame, page.By, page.Role, page.Letters = p.Frame(c, who), who.Account, string(who.Role), p.Crowd.Mail
	page.Faults, page.Path = faults, "/people"
	page.Manages = account.Allowed(who.Role, account.ErasePerson)
	for _, a := range accounts {
		page.People = append(page.People, personOf(p.Words(who), a, n, who))
	}
	for _, r := range assessment.MayInvite(who.Role) {
		page.Roles = append(page.Roles, string(r))
	}
	if page.Form.Role == "" {
		page.Form.Role = page.Roles[0]
	}
	if who.Role == account.Coordinator {
		page.City = n.cities[who.City]
	} else {
		for _, x := range places {
			page.Cities = append(page.Cities, frontend.Spot{ID: x.ID, Name: x.Name, Chosen: x.ID == page.Form.City})
		}
	}
	if who.Role == account.Admin {
		page.Rounds = n.order.rounds
	}
	for i := range page.Rounds {
		page.Rounds[i].Chosen = slices.Contains(page.Form.Rounds, page.Rounds[i].ID)
	}
	return p.Show(c, status, "people", who, page)
}

func personOf(w *locale.Words, a account.Account, n names, who session.Asker) frontend.Person {
	x := frontend.Person{ID: a.ID, Name: named(w, a.Name), Email: a.Email, Role: string(a.Role), Language: string(a.Language), Department: a.Department,
		Places: n.placesOf(a), State: "active", Self: a.ID == who.Account}
	switch {
	case a.Former > 0:
		x.State, x.Email = "former", ""
	case a.Disabled:
		x.State = "disabled"
	case !assessment.Joined(a):
		x.State = "waiting"
	}
	x.Renews = (x.State == "active" || x.State == "waiting") && slices.Contains(assessment.MayInvite(who.Role), a.Role) &&
		(who.Role != account.Analyst || !assessment.Joined(a))
	return x
}

// by is the person who asks as the author of a change.
func by(who session.Asker) assessment.Author {
	return assessment.Author{Account: who.Account, Name: who.Name, Role: who.Role}
}

// invite makes an account and shows its one-time link, once. The answer is the page itself and no redirection, so that the
// link is kept nowhere.
func (p *Pages) invite(c *gin.Context, who session.Asker) error {
	f := frontend.PersonForm{Name: c.PostForm("name"), Email: c.PostForm("email"), Role: c.PostForm("role"), Language: c.PostForm("language"),
		City: c.PostForm("city"), Department: c.PostForm("department"), Rounds: c.PostFormArray("round")}
	wanted := account.Account{Name: strings.TrimSpace(f.Name), Email: f.Email, Role: account.Role(f.Role), Language: language(f.Language),
		City: f.City, Department: f.Department, Rounds: f.Rounds}
	if who.Role == account.Admin {
		if err := p.checkRounds(c, wanted.Rounds); err != nil {
			return err
		}
	}
	a, secret, err := p.Crowd.Ask(c.Request.Context(), who.Actor, wanted)
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		page := frontend.People{Form: f, Marks: p.marks(who, err)}
		page.Faults = faults
		return p.showPeople(c, who, status, page)
	}
	if err != nil {
		return err
	}
	return p.showSecret(c, who, a, a.Name, secret)
}

// checkRounds refuses ids of rounds that do not exist: no form of ours sends them.
func (p *Pages) checkRounds(c *gin.Context, rounds []string) error {
	n, err := p.names(c.Request.Context())
	if err != nil {
		return err
	}
	for _, r := range rounds {
		if _, ok := n.rounds[r]; !ok {
			return notFound()
		}
	}
	return nil
}

// showSecret shows a link, once.
func (p *Pages) showSecret(c *gin.Context, who session.Asker, a account.Account, name, secret string) error {
	link := frontend.OneTimeLink{Address: p.BaseURL + "/links/" + secret, Name: name, Days: int(assessment.InviteLink.Life().Hours() / 24), Sent: p.Crowd.Mail}
	if link.Name == "" {
		link.Name = p.Words(who).T("shell.role_" + string(a.Role))
	}
	if assessment.Joined(a) {
		link.Minutes = int(assessment.ResetLink.Life().Minutes())
	}
	return p.showPeople(c, who, http.StatusOK, frontend.People{Form: frontend.PersonForm{Language: who.Lang}, Link: link})
}

func (p *Pages) newLink(c *gin.Context, who session.Asker) error {
	a, secret, err := p.Crowd.Renew(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.showSecret(c, who, a, a.Name, secret)
}

func (p *Pages) person(c *gin.Context, who session.Asker) error {
	a, err := p.Crowd.Person(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.showPerson(c, who, http.StatusOK, a, frontend.PersonForm{Role: string(a.Role), Language: string(a.Language), Department: a.Department}, nil)
}

// showPerson shows one person, with what was typed and why it was refused.
func (p *Pages) showPerson(c *gin.Context, who session.Asker, status int, a account.Account, f frontend.PersonForm, refused error) error {
	n, err := p.names(c.Request.Context())
	if err != nil {
		return err
	}
	page := frontend.PersonPage{Frame: p.Frame(c, who), By: who.Account, Is: personOf(p.Words(who), a, n, who), Form: f, Marks: p.marks(who, refused)}
	held, err := p.Parts.Held(c.Request.Context(), who.Actor, a.ID)
	if err != nil {
		return err
	}
	page.Path, page.Parts = "/people/"+a.ID, held[a.ID]
	page.Faults, _ = p.Invalid(who, refused, Here)
	if a.Role.OfCity() {
		for _, r := range assessment.MayInvite(account.Coordinator) {
			page.Roles = append(page.Roles, string(r))
		}
	}
	return p.Show(c, status, "person", who, page)
}

func (p *Pages) changePerson(c *gin.Context, who session.Asker) error {
	ctx, id := c.Request.Context(), c.Param("id")
	is, err := p.Crowd.Person(ctx, who.Actor, id)
	if err != nil {
		return err
	}
	f := frontend.PersonForm{Role: c.PostForm("role"), Language: c.PostForm("language"), Department: c.PostForm("department")}
	if f.Role == "" {
		f.Role = string(is.Role)
	}
	_, err = p.Crowd.Change(ctx, who.Actor, id, assessment.Changed{Role: account.Role(f.Role), Department: f.Department, Language: language(f.Language)})
	if _, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		return p.showPerson(c, who, status, is, f, err)
	}
	if err != nil {
		return err
	}
	to := "/people"
	if id == who.Account && account.Role(f.Role) != account.Coordinator && who.Role == account.Coordinator {
		to = "/" // whoever gives the own role away has to sign in again
	}
	return p.Done(c, who, to, "people.changed_done", "Name", is.Name)
}

func (p *Pages) disable(c *gin.Context, who session.Asker) error {
	return p.setDisabled(c, who, true, "people.disabled_done")
}

func (p *Pages) enable(c *gin.Context, who session.Asker) error {
	return p.setDisabled(c, who, false, "people.enabled_done")
}

func (p *Pages) setDisabled(c *gin.Context, who session.Asker, disabled bool, done string) error {
	a, err := p.Crowd.Disable(c.Request.Context(), who.Actor, c.Param("id"), disabled)
	if _, ok := p.Invalid(who, err, Here); ok && a.ID != "" {
		_, status := problem.Of(err)
		return p.showPerson(c, who, status, a, frontend.PersonForm{Role: string(a.Role), Language: string(a.Language), Department: a.Department}, err)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/people", done, "Name", a.Name)
}
