package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/frontend"
)

func TestAnAnalystMakesARoundAndChangesIt(t *testing.T) {
	w := apitest.New(t)
	for _, c := range []assessment.City{{Code: "lima", Name: "Lima", Country: "PE", Region: "005"}, {Code: "cusco", Name: "<Cusco>", Country: "PE", Region: "005"}, {Code: "sfax", Name: "Sfax", Country: "TN", Region: "015"}} {
		if _, err := w.Store.AddCity(t.Context(), c, assessment.Author{Role: account.Operator}); err != nil {
			t.Fatal(err)
		}
	}
	c := w.Client(apitest.Analyst)
	if page := c.Get("/rounds"); !strings.Contains(page.Body, `href="/rounds/new"`) {
		t.Error("no way to a new round")
	}
	page := c.Get("/rounds/new")
	contains(t, words(page.Body), "New round", "South America")
	form := url.Values{"by": {w.Actor(apitest.Analyst).Account}, "title": {"Round 2027, <b>second</b>"}, "instrument": {w.Instrument.Name()}, "language": {"en", "ar"}, "opens": {"2027-01-01"}, "due": {"2027-06-30"},
		"group": {"region:005"}, "pasted": {"SFAX\nAtlantis"}, "go": {"keep"}}
	// Nobody has seen the cities of this choice yet: they are shown, and nothing is made.
	page = c.Post("/rounds/new", form)
	contains(t, words(page.Body), "The choice of cities has changed", "3 cities fit", "Atlantis", "1 line names no city", "<Cusco>")
	contains(t, page.Body, "&lt;Cusco&gt;", `value="lima" checked`, `value="2027-06-30"`, "Round 2027, &lt;b&gt;second")
	form.Set("shown", shownIn(t, page.Body))
	form["city"] = []string{"lima", "sfax"}
	form.Set("due", "2026-12-31")
	if page = c.Post("/rounds/new", form); page.Status != http.StatusUnprocessableEntity || !strings.Contains(words(page.Body), "The last day lies on or before the first day.") || strings.Contains(page.Body, `value="cusco" checked`) {
		t.Errorf("a last day before the first: %d", page.Status)
	}
	form.Set("due", "2027-06-30")
	if page = c.Post("/rounds/new", form); page.Status != http.StatusSeeOther || page.Header.Get("Location") != "/rounds/round-2027-b-second-b" {
		t.Fatalf("%d %s", page.Status, words(page.Body))
	}
	contains(t, words(c.Get("/rounds/round-2027-b-second-b").Body), "is made, and its cities can begin", "0 of 2 cities have handed in.")
	inside := cityCodes(t, w, "round-2027-b-second-b")
	if inside != "lima sfax" {
		t.Fatalf("invited: %s", inside)
	}
	if page = c.Post("/rounds/new", form); page.Status != http.StatusConflict || !strings.Contains(page.Body, "round-2027-b-second-b") {
		t.Errorf("a code that is taken: %d", page.Status)
	}
	edit := "/rounds/round-2027-b-second-b/edit"
	if page = c.Get(edit); page.Status != http.StatusOK || !strings.Contains(page.Body, `value="2027-01-01"`) {
		t.Errorf("the round to change: %d", page.Status)
	}
	change := url.Values{"by": form["by"], "title": {"Another title"}, "due": {"2027-07-31"}, "remove": {"lima"}, "pasted": {"cusco"}, "go": {"show"}}
	page = c.Post(edit, change)
	contains(t, words(page.Body), "1 city fits")
	change.Set("shown", shownIn(t, page.Body))
	change.Set("city", "cusco")
	change.Set("go", "keep")
	if page = c.Post(edit, change); page.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", page.Status, words(page.Body))
	}
	contains(t, words(c.Get("/rounds/round-2027-b-second-b").Body), "The round is saved.", "Another title")
	if inside = cityCodes(t, w, "round-2027-b-second-b"); inside != "cusco sfax" {
		t.Errorf("in the round: %s", inside)
	}
	for _, who := range []string{apitest.CoordinatorA, apitest.Reviewer} {
		for _, path := range []string{"/rounds/new", edit} {
			if got := w.Client(who).Get(path).Status; got != http.StatusForbidden && got != http.StatusNotFound {
				t.Errorf("%s: %s: %d", who, path, got)
			}
		}
	}
	if got := w.Client(apitest.Stranger).Get(edit).Status; got == http.StatusOK {
		t.Error("somebody without an account changes a round")
	}
	if page = w.Client(apitest.Admin).Get(edit); page.Status != http.StatusOK {
		t.Errorf("an administrator changes every round: %d", page.Status)
	}
}

// shownIn is the wish whose cities a page shows.
func shownIn(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="shown" value="`)
	if !found {
		t.Fatal("no cities are shown")
	}
	shown, _, _ := strings.Cut(rest, `"`)
	return shown
}

func cityCodes(t *testing.T, w *apitest.World, round string) string {
	t.Helper()
	all, err := w.Store.Assessments(t.Context(), operator, round)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, a := range all {
		codes = append(codes, a.City.Code)
	}
	return strings.Join(codes, " ")
}

func TestACityThatHasBegunStaysInItsRound(t *testing.T) {
	w := apitest.New(t)
	answer(t, w, w.A.ID, "MR-01=2")
	c := w.Client(apitest.Analyst)
	form := url.Values{"by": {w.Actor(apitest.Analyst).Account}, "title": {w.Round.Title}, "remove": {w.A.City.Code}, "go": {"keep"}}
	page := c.Post("/rounds/"+w.Round.Code+"/edit", form)
	if page.Status != http.StatusConflict || !strings.Contains(words(page.Body), w.A.City.Name+" has begun and stays in the round.") {
		t.Errorf("%d %s", page.Status, words(page.Body))
	}
	if body := c.Get("/rounds/" + w.Round.Code + "/edit").Body; strings.Contains(body, `name="remove" value="`+w.A.City.Code) {
		t.Error("a city that has begun can be ticked")
	}
	if page = c.Post("/rounds/new", url.Values{"by": form["by"], "title": {"Empty"}, "instrument": {w.Instrument.Name()}, "go": {"keep"}}); page.Status != http.StatusUnprocessableEntity || !strings.Contains(words(page.Body), "A round needs at least one city.") {
		t.Errorf("a round without cities: %d", page.Status)
	}
	if page = c.Post("/rounds/new", url.Values{"by": form["by"], "title": {"X"}, "group": {"powers:x"}, "go": {"show"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a class that does not exist: %d", page.Status)
	}
}

// A round of many cities, to which a list with all of them and two more is given: one of the two is unticked and stays out.
func TestAnUntickedCityStaysOutHoweverManyAreInTheRound(t *testing.T) {
	w := apitest.New(t)
	by := assessment.Author{Role: account.Operator}
	var codes []string
	for i := range frontend.MostTicked + 1 {
		codes = append(codes, fmt.Sprintf("many-%d", i))
		if _, err := w.Store.AddCity(t.Context(), assessment.City{Code: codes[i], Name: codes[i], Country: "PE", Region: "005"}, by); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []string{"lima", "cusco"} {
		if _, err := w.Store.AddCity(t.Context(), assessment.City{Code: code, Name: code, Country: "PE", Region: "005"}, by); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Store.AddCities(t.Context(), w.Round.Code, w.Library.Scheme(w.Instrument), codes, by); err != nil {
		t.Fatal(err)
	}
	c, edit := w.Client(apitest.Analyst), "/rounds/"+w.Round.Code+"/edit"
	form := url.Values{"by": {w.Actor(apitest.Analyst).Account}, "title": {w.Round.Title}, "group": {"region:005"}, "go": {"show"}}
	page := c.Post(edit, form)
	contains(t, words(page.Body), "2 cities fit")
	form.Set("shown", shownIn(t, page.Body))
	form.Set("city", "lima")
	form.Set("go", "keep")
	if page = c.Post(edit, form); page.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", page.Status, words(page.Body))
	}
	if inside := " " + cityCodes(t, w, w.Round.Code) + " "; !strings.Contains(inside, " lima ") || strings.Contains(inside, " cusco ") {
		t.Error("what was ticked is not what was invited")
	}
}
