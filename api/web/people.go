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
	"migov/frontend"
)

// PeopleRoutes are the accounts, for administrators.
func (p *Pages) PeopleRoutes() []Route {
	return []Route{
		{http.MethodGet, "/people", account.ManagePeople, p.people},
		{http.MethodPost, "/people", account.ManagePeople, p.invite},
		{http.MethodPost, "/people/:id/link", account.ManagePeople, p.newLink},
		{http.MethodPost, "/people/:id/disable", account.ManagePeople, p.disable},
		{http.MethodPost, "/people/:id/enable", account.ManagePeople, p.enable},
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

func (p *Pages) people(c *gin.Context, who session.Asker) error {
	return p.showPeople(c, who, http.StatusOK, frontend.People{Form: frontend.PersonForm{Language: who.Lang}})
}

// showPeople completes the page with its lists.
func (p *Pages) showPeople(c *gin.Context, who session.Asker, status int, page frontend.People) error {
	ctx := c.Request.Context()
	accounts, err := p.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	n, err := p.names(ctx)
	if err != nil {
		return err
	}
	faults := page.Faults
	page.Frame, page.By = p.Frame(c, who), who.Account
	page.Faults, page.Path = faults, "/people"
	for _, a := range accounts {
		page.People = append(page.People, personOf(a, n, who))
	}
	slices.SortFunc(page.People, func(a, b frontend.Person) int {
		return strings.Compare(strings.ToLower(a.Name)+a.Email, strings.ToLower(b.Name)+b.Email)
	})
	page.Cities, page.Rounds = n.order.cities, n.order.rounds
	for i := range page.Cities {
		page.Cities[i].Chosen = page.Cities[i].ID == page.Form.City
	}
	for i := range page.Rounds {
		page.Rounds[i].Chosen = slices.Contains(page.Form.Rounds, page.Rounds[i].ID)
	}
	return p.Show(c, status, "people", who, page)
}

func personOf(a account.Account, n names, who session.Asker) frontend.Person {
	x := frontend.Person{ID: a.ID, Name: a.Name, Email: a.Email, Role: string(a.Role), Language: string(a.Language), Places: n.placesOf(a), State: "active", Self: a.ID == who.Account}
	switch {
	case a.Disabled:
		x.State = "disabled"
	case a.Password == "":
		x.State = "waiting"
	}
	return x
}

// by is the administrator as the author of a change.
func by(who session.Asker) assessment.Author {
	return assessment.Author{Account: who.Account, Name: who.Name, Role: who.Role}
}

// invite makes an account and shows its one-time link, once. The answer is the page itself and no redirection, so that the
// link is kept nowhere.
func (p *Pages) invite(c *gin.Context, who session.Asker) error {
	f := frontend.PersonForm{Name: c.PostForm("name"), Email: c.PostForm("email"), Role: c.PostForm("role"), Language: c.PostForm("language"), City: c.PostForm("city"), Rounds: c.PostFormArray("round")}
	wanted := account.Account{Name: strings.TrimSpace(f.Name), Email: f.Email, Role: account.Role(f.Role), Language: language(f.Language), City: f.City, Rounds: f.Rounds}
	if err := p.checkPlaces(c, &wanted); err != nil {
		return err
	}
	a, secret, err := p.Crowd.Invite(c.Request.Context(), wanted, by(who))
	if faults, ok := p.Invalid(who, err, Here); ok {
		_, status := problem.Of(err)
		page := frontend.People{Form: f, Marks: p.marks(who, err)}
		page.Faults = faults
		return p.showPeople(c, who, status, page)
	}
	if err != nil {
		return err
	}
	return p.showSecret(c, who, a, secret)
}

// checkPlaces refuses ids of cities and rounds that do not exist: no form of ours sends them.
func (p *Pages) checkPlaces(c *gin.Context, a *account.Account) error {
	n, err := p.names(c.Request.Context())
	if err != nil {
		return err
	}
	if _, ok := n.cities[a.City]; a.City != "" && !ok {
		return notFound()
	}
	for _, r := range a.Rounds {
		if _, ok := n.rounds[r]; !ok {
			return notFound()
		}
	}
	return nil
}

func (p *Pages) showSecret(c *gin.Context, who session.Asker, a account.Account, secret string) error {
	link := frontend.OneTimeLink{Address: p.BaseURL + "/links/" + secret, Name: a.Name, Days: int(assessment.InviteLink.Life().Hours() / 24)}
	return p.showPeople(c, who, http.StatusOK, frontend.People{Form: frontend.PersonForm{Language: who.Lang}, Link: link})
}

func (p *Pages) newLink(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Account(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	secret, err := p.Crowd.Reset(c.Request.Context(), a, by(who))
	if err != nil {
		return err
	}
	return p.showSecret(c, who, a, secret)
}

func (p *Pages) disable(c *gin.Context, who session.Asker) error {
	return p.setDisabled(c, who, true, "people.disabled_done")
}

func (p *Pages) enable(c *gin.Context, who session.Asker) error {
	return p.setDisabled(c, who, false, "people.enabled_done")
}

func (p *Pages) setDisabled(c *gin.Context, who session.Asker, disabled bool, done string) error {
	a, err := p.Crowd.Disable(c.Request.Context(), who.Actor, c.Param("id"), disabled)
	if err != nil {
		return err
	}
	return p.Done(c, who, "/people", done, "Name", a.Name)
}
