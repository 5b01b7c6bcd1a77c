package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
)

const another = "green window 77 clouds"

func TestChangingTheOwnPassword(t *testing.T) {
	w := apitest.New(t)
	here, elsewhere := w.Client(apitest.CoordinatorA), w.Client(apitest.CoordinatorA)
	change := func(old, wanted, again string) apitest.Page {
		return here.Post("/account/password", url.Values{"old": {old}, "password": {wanted}, "password_again": {again}})
	}
	for _, test := range []struct{ name, old, wanted, again, input string }{
		{"a wrong old one", "wrong old password", another, another, "#old"},
		{"a short new one", apitest.Password, "short", "short", "#password"},
		{"a new one typed in two ways", apitest.Password, another, another + "x", "#password_again"},
	} {
		page := change(test.old, test.wanted, test.again)
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `href="`+test.input+`"`) {
			t.Errorf("%s: %d\n%s", test.name, page.Status, page.Body)
		}
		if strings.Contains(page.Body, test.wanted) && test.wanted != "short" {
			t.Errorf("%s: the page shows the password", test.name)
		}
	}
	if page := change(apitest.Password, another, another); page.To() != "/account" {
		t.Fatalf("%d to %q\n%s", page.Status, page.To(), page.Body)
	}
	contains(t, here.Get("/account").Body, "Your password is changed.", "Marsa Selwa", "coordinator-a@example.org")
	if page := elsewhere.Get("/account"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("a session elsewhere goes on: %d", page.Status)
	}
	if page := w.Client("").Post("/sign-in", credentials("coordinator-a@example.org", apitest.Password)); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("the old password still opens the account: %d", page.Status)
	}
}

func TestChoosingTheOwnLanguage(t *testing.T) {
	w := apitest.New(t)
	client := w.Client(apitest.Analyst)
	if page := client.Post("/account/language", url.Values{"language": {"ar"}}); page.To() != "/account" {
		t.Fatalf("%d to %q", page.Status, page.To())
	}
	contains(t, client.Get("/account").Body, `<html lang="ar" dir="rtl">`, "العربية", "Round 2026")
	if page := client.Post("/account/language", url.Values{"language": {"xx"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a language that is not offered: %d", page.Status)
	}
}

// address returns the path of the one-time link that a page shows.
func address(t *testing.T, page apitest.Page) string {
	t.Helper()
	_, after, found := strings.Cut(page.Body, "/links/")
	if page.Status != http.StatusOK || !found {
		t.Fatalf("there is no link: %d\n%s", page.Status, page.Body)
	}
	secret, _, _ := strings.Cut(after, `"`)
	return "/links/" + secret
}
