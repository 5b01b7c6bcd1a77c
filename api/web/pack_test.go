package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestAnAnalystSetsWhoHoldsThePowersOfACountry(t *testing.T) {
	w := apitest.New(t)
	c, home := w.Client(apitest.Analyst), "/countries/"+w.A.City.Country
	if page := c.Get(home); page.Status != http.StatusOK || !strings.Contains(words(page.Body), "Nothing is set for this country yet.") {
		t.Fatalf("status %d: %s", page.Status, words(page.Body))
	}
	wrong := url.Values{"by": {w.Actor(apitest.Analyst).Account}, "act": {"keep"}, "revision": {"0"}, "powers": {"indicator,holder,citation\nMR-01,king,<Act>\nZZ-99,national,Act\n"}}
	page := c.Post(home, wrong)
	if page.Status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", page.Status)
	}
	contains(t, words(page.Body), "Row 2: king is not a holder of powers.", "Row 3: there is no indicator ZZ-99")
	contains(t, page.Body, "MR-01,king,&lt;Act&gt;")
	wrong.Set("powers", "indicator,holder,citation\nMR-01,national,=Act 4\n")
	wrong.Set("terms", "language,term,meaning\nar,بلدية,مجلس محلي\n")
	if page = c.Post(home, wrong); page.Status != http.StatusOK && page.Status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", page.Status, words(page.Body))
	}
	contains(t, words(c.Get(home).Body), "National government", "=Act 4", "مجلس محلي", "Version 1")
	contains(t, c.Get(home+"/powers.csv").Body, "MR-01,national,'=Act 4")
	c.Post(home, url.Values{"by": {w.Actor(apitest.Analyst).Account}, "act": {"apply"}})
	contains(t, c.Get(home).Body, "Assessments in which the powers were set: ")
	if page = c.Post(home, wrong); page.Status != http.StatusConflict {
		t.Errorf("an older version is kept: status %d", page.Status)
	}
	for path, status := range map[string]int{"/countries/ZZ": http.StatusNotFound, home + "?instrument=none": http.StatusOK} {
		if got := c.Get(path).Status; got != status {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if got := w.Client(apitest.CoordinatorA).Get(home).Status; got != http.StatusForbidden && got != http.StatusNotFound {
		t.Errorf("a city reads the pack: status %d", got)
	}
}

func TestACityReadsWhatIsSetForItsCountry(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID + "/powers"
	c := w.Client(apitest.CoordinatorA)
	if strings.Contains(words(c.Get(home).Body), "What is set for your country") {
		t.Error("nothing is set, and something is told")
	}
	form := url.Values{"by": {w.Actor(apitest.Analyst).Account}, "act": {"keep"}, "revision": {"0"}, "powers": {"indicator,holder,citation\nMR-01,nobody,<Act> 4\n"}, "terms": {"language,term,meaning\nen,wilaya,A province\n"}}
	if page := w.Client(apitest.Analyst).Post("/countries/"+w.A.City.Country, form); page.Status != http.StatusSeeOther {
		t.Fatalf("status %d", page.Status)
	}
	contains(t, words(c.Get(home).Body), "What is set for your country", "<Act> 4", "wilaya", "A province")
	if strings.Contains(w.Client(apitest.CoordinatorB).Get("/assessments/"+w.B.ID+"/powers").Body, "wilaya") && w.A.City.Country != w.B.City.Country {
		t.Error("a city reads the pack of another country")
	}
	page := w.Client(apitest.Analyst).Get("/countries")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, `href="/countries/`+w.A.City.Country+`"`) || !strings.Contains(words(page.Body), "Version 1") {
		t.Errorf("status %d: %s", page.Status, words(page.Body))
	}
	if got := c.Get("/countries").Status; got != http.StatusForbidden {
		t.Errorf("a city lists the countries: %d", got)
	}
}
