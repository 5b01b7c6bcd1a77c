package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestAnAdministratorAddsPeople(t *testing.T) {
	w := apitest.New(t)
	admin := w.Client(apitest.Admin)
	person := func(email, role, city string, rounds ...string) url.Values {
		return url.Values{"name": {"Housing <department>"}, "email": {email}, "role": {role}, "city": {city}, "language": {"ar"}, "round": rounds}
	}
	for _, test := range []struct {
		name   string
		form   url.Values
		status int
		input  string
	}{
		{"a contributor of a city", person("new@example.org", "contributor", w.Cities[0].ID), 200, ""},
		{"an address that is taken", person(" NEW@example.org", "contributor", w.Cities[0].ID), 409, ""},
		{"an analyst of a round", person("an@example.org", "analyst", "", w.Round.ID), 200, ""},
		{"a coordinator without a city", person("x@example.org", "coordinator", ""), 422, "#city"},
		{"an administrator with a city", person("x@example.org", "admin", w.Cities[0].ID), 422, "#city"},
		{"a coordinator with a round", person("x@example.org", "coordinator", w.Cities[0].ID, w.Round.ID), 422, "#round"},
		{"no address", person("x", "admin", ""), 422, "#email"},
		{"a role that does not exist", person("x@example.org", "operator", ""), 422, "#role"},
		{"a city that does not exist", person("x@example.org", "coordinator", "nowhere"), 404, ""},
		{"a round that does not exist", person("x@example.org", "analyst", "", "nowhere"), 404, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := admin.Post("/people", test.form)
			if page.Status != test.status {
				t.Fatalf("status %d, want %d\n%s", page.Status, test.status, page.Body)
			}
			if test.input != "" {
				contains(t, page.Body, `href="`+test.input+`"`, `value="Housing &lt;department&gt;"`)
			}
			for _, fault := range apitest.Unsound(page.Body, "en") {
				t.Error(fault)
			}
		})
	}
	if a, err := w.Store.AccountByEmail(context.Background(), "new@example.org"); err != nil || a.City != w.Cities[0].ID || a.Language != "ar" || a.Noticed != "" {
		t.Errorf("the account is %+v, %v", a, err)
	}
	list := admin.Get("/people")
	contains(t, list.Body, "new@example.org", "Invited", "Marsa Selwa", "Round 2026")
	if strings.Contains(list.Body, "/links/") {
		t.Error("a link is shown a second time")
	}
}

func TestAnAdministratorEndsAndOpensAccounts(t *testing.T) {
	w := apitest.New(t)
	admin, contributor := w.Client(apitest.Admin), w.Client(apitest.ContributorA)
	id := w.Accounts[apitest.ContributorA].ID
	if page := admin.Post("/people/"+id+"/disable", nil); page.To() != "/people" {
		t.Fatalf("%d to %q", page.Status, page.To())
	}
	contains(t, admin.Get("/people").Body, "has ended", "Ended")
	if page := contributor.Get("/account"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("the session goes on: %d", page.Status)
	}
	if page := w.Client("").Post("/sign-in", credentials("contributor-a@example.org", apitest.Password)); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("an ended account signs in: %d", page.Status)
	}
	contains(t, admin.Get("/people/"+id).Body, "Open the account again")
	admin.Post("/people/"+id+"/enable", nil)
	if page := w.Client("").Post("/sign-in", credentials("contributor-a@example.org", apitest.Password)); page.Status != http.StatusSeeOther {
		t.Errorf("an opened account: %d", page.Status)
	}
	if page := admin.Post("/people/"+w.Accounts[apitest.Admin].ID+"/disable", nil); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("the own account: %d", page.Status)
	}
	for _, action := range []string{"link", "disable", "enable"} {
		if page := admin.Post("/people/nobody/"+action, nil); page.Status != http.StatusNotFound {
			t.Errorf("%s of an account that does not exist: %d", action, page.Status)
		}
	}
}
