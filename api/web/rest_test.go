package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestACoordinatorSetsTheRestDays(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.CoordinatorA)
	contains(t, c.Get("/people").Body, `href="/rest-days"`)
	if body := w.Client(apitest.Admin).Get("/people").Body; strings.Contains(body, "/rest-days") {
		t.Error("an administrator is led to the rest days of no city")
	}
	page := c.Get("/rest-days")
	if page.Status != http.StatusOK || strings.Contains(page.Body, " checked") {
		t.Fatalf("%d: without a setting there is a rest day\n%s", page.Status, page.Body)
	}
	contains(t, page.Body, "Marsa Selwa", "Saturday")
	if page := c.Post("/rest-days", url.Values{"day": {"5", "6", "9", "x"}}); page.Status != http.StatusSeeOther || page.To() != "/people" {
		t.Fatalf("%d %s", page.Status, page.To())
	}
	body := c.Get("/rest-days").Body
	contains(t, body, `name="day" value="5" checked`, `name="day" value="6" checked`)
	if strings.Count(body, " checked") != 2 {
		t.Error("other days are rest days too")
	}
	page = c.Post("/rest-days", url.Values{"day": {"0", "1", "2", "3", "4", "5", "6"}})
	if page.Status != http.StatusUnprocessableEntity || strings.Count(page.Body, " checked") != 7 {
		t.Errorf("each day of the week: %d", page.Status)
	}
	contains(t, page.Body, `href="#day"`, "Leave at least one day")
	if strings.Count(c.Get("/rest-days").Body, " checked") != 2 {
		t.Error("what was refused was kept")
	}
	if strings.Contains(w.Client(apitest.CoordinatorB).Get("/rest-days").Body, " checked") {
		t.Error("the other city rests too")
	}
	contains(t, c.Get("/audit").Body, "Changed the rest days")
	for _, who := range []string{apitest.ContributorA, apitest.Analyst, apitest.Admin} {
		if page := w.Client(who).Get("/rest-days"); page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, page.Status)
		}
	}
}
