package web_test

import (
	"net/http"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestTheOverviewOfARoundTellsWhoHandedInAndNoAnswersOfTheOthers(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, middle)
	c := w.Client(apitest.Analyst)
	before := c.Get("/rounds/2026")
	if before.Status != http.StatusOK {
		t.Fatalf("status %d", before.Status)
	}
	text := words(before.Body)
	contains(t, text, "0 of 2 cities have handed in.", "Marsa Selwa", "Port Ondine", "never opened", "not opened", "Not started", "Being answered", "90 of 90", "0 cities to review")
	if strings.Contains(before.Body, "/assessments/"+w.A.ID+"/results") {
		t.Error("a link leads to results that are not handed in")
	}
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	after := c.Get("/rounds/2026")
	contains(t, words(after.Body), "1 of 2 cities have handed in.", "1 city to review", "Reopen for the city")
	contains(t, after.Body, `"/assessments/`+w.A.ID+`/reopen"`, "/assessments/"+w.A.ID+"/results")
	if strings.Contains(after.Body, w.B.ID) {
		t.Error("the page tells the id of an assessment that is out of reach")
	}
	contains(t, words(c.Get("/rounds").Body), "Round 2026", "1 of 2")
	for query, want := range map[string]string{"?state=submitted": "Marsa Selwa", "?activity=never": "Port Ondine", "?country=FR": "Port Ondine", "?proof=more": "No city fits these filters.",
		"?questions=open": "No city fits these filters.", "?state=x&activity=y&proof=z&page=-3": "Port Ondine"} {
		page := c.Get("/rounds/2026" + query)
		if page.Status != http.StatusOK {
			t.Errorf("%s: status %d", query, page.Status)
		}
		contains(t, words(page.Body), want)
	}
	figures := c.Get("/rounds/2026/monitor.csv?state=submitted")
	if figures.Status != http.StatusOK || !strings.Contains(figures.Body, "city-a,Marsa Selwa,TN,submitted,") || strings.Contains(figures.Body, "city-b") {
		t.Errorf("figures: %d %s", figures.Status, figures.Body)
	}
}
