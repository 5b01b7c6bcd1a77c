package web_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/survey"
)

var operator = account.Actor{Role: account.Operator, Name: "Test"}

// invite adds cities to the round, each answering every level with one level, and hands in those with a level.
func invite(t *testing.T, w *apitest.World, cities map[string]int) {
	t.Helper()
	ctx, by := context.Background(), assessment.Author{Name: "Test", Role: account.Operator}
	var codes []string
	for name := range cities {
		code := strings.ToLower(strings.ReplaceAll(name, " ", "-"))
		if _, err := w.Store.AddCity(ctx, assessment.City{Code: code, Name: name, Country: "ES", Fictional: true}, by); err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	if err := w.Store.AddCities(ctx, "2026", w.Library.Scheme(w.Instrument), codes, by); err != nil {
		t.Fatal(err)
	}
	all, err := w.Store.Assessments(ctx, operator, "2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		level, ok := cities[a.City.Name]
		if !ok || level < 0 {
			continue
		}
		fill(t, w, operator, a.ID, func(q *survey.Indicator) string {
			if q.Kind == survey.Level {
				return strconv.Itoa(level)
			}
			return ""
		})
		handIn(t, w, operator, a.ID)
	}
}

func TestFiveCitiesAreComparedByName(t *testing.T) {
	w := apitest.New(t)
	// All levels alike: the values of every dimension are 0, 25, 50, 75 and 100, so the quartiles of type 7 are 25, 50 and 75.
	invite(t, w, map[string]int{"Zinnia": 0, "Ávila Nueva": 1, "berlina": 2, "Caldera": 3, "Dorsal": 4, "Quiet Bay": -1})
	c := w.Client(apitest.Analyst)
	page := c.Get("/rounds/2026/compare?city=caldera")
	if page.Status != http.StatusOK {
		t.Fatalf("status %d", page.Status)
	}
	text := words(page.Body)
	contains(t, text, "Not handed in yet (3)", "Quiet Bay", "Marsa Selwa", "There is no ranking.", "The numbers are those that cities claim", "Where Caldera stands",
		"Between the median and the third quartile, 25 points above the median of 50.")
	last := -1
	matrix := page.Body[strings.Index(page.Body, `<table class="tb heat">`):]
	for _, name := range []string{"Ávila Nueva", "berlina", "Caldera", "Dorsal", "Zinnia"} {
		i := strings.Index(matrix, "<bdi>"+name+"</bdi>")
		if i <= last {
			t.Errorf("%s stands at %d, the city before it at %d", name, i, last)
		}
		last = i
	}
	if strings.Contains(matrix[:strings.Index(matrix, "</table>")], "Quiet Bay") {
		t.Error("a city that has not handed in stands in the matrix")
	}
	if strings.Contains(page.Body, "NaN") {
		t.Error("something that is no number is shown")
	}
	t.Run("by sub-category and effort", func(t *testing.T) {
		page := c.Get("/rounds/2026/compare?level=subcategories&measure=effort")
		contains(t, page.Body, "MR.1", "not comparable", "Choose a marked city above")
		if page.Status != http.StatusOK {
			t.Errorf("status %d", page.Status)
		}
	})
	t.Run("at most four shapes, and unknown words in the address are as if they were not there", func(t *testing.T) {
		page := c.Get("/rounds/2026/compare?measure=beauty&level=streets&city=atlantis&page=99&with=zinnia&with=caldera&with=dorsal&with=berlina&with=ávila-nueva")
		if page.Status != http.StatusOK {
			t.Fatalf("status %d", page.Status)
		}
		if n := strings.Count(page.Body[strings.Index(page.Body, `class="sm-mult`):], "<figure>"); n != 4 {
			t.Errorf("%d shapes", n)
		}
		contains(t, words(page.Body), "The marked city has not handed in, or is not in this round.")
	})
}

func TestFewerThanFiveCitiesHaveNoDistribution(t *testing.T) {
	w := apitest.New(t)
	invite(t, w, map[string]int{"Alba": 1, "Bosco": 2, "Corva": 3, "Delta Alto": 4})
	page := w.Client(apitest.Analyst).Get("/rounds/2026/compare?city=alba")
	contains(t, words(page.Body), "Fewer than five cities have a value here, so no distribution is shown.", "fewer than five cities")
	if strings.Contains(words(page.Body), "points above the median") || strings.Contains(words(page.Body), "points below the median") {
		t.Error("a distance to a median of fewer than five cities is told")
	}
}

func TestAnEmptyRoundSaysWhatFillsIt(t *testing.T) {
	w := apitest.New(t)
	page := w.Client(apitest.Analyst).Get("/rounds/2026/compare")
	contains(t, words(page.Body), "No city has handed in yet.", "0 of 2 cities are counted")
}

func TestWhoMayCompare(t *testing.T) {
	w := apitest.New(t)
	for name, want := range map[string]int{"": 303, apitest.CoordinatorA: 403, apitest.ContributorA: 403, apitest.Admin: 403, apitest.Analyst: 200} {
		for _, path := range []string{"/rounds", "/rounds/2026", "/rounds/2026/compare"} {
			if got := w.Client(name).Get(path).Status; got != want {
				t.Errorf("%q gets %d at %s, want %d", name, got, path, want)
			}
		}
	}
	if got := w.Client(apitest.Analyst).Get("/rounds/1999/compare").Status; got != 404 {
		t.Errorf("a round that does not exist: %d", got)
	}
}

func TestReadingsOfPublishedMaterialAreMarkedAndNeverCompared(t *testing.T) {
	w := apitest.New(t)
	ctx, by := context.Background(), assessment.Author{Name: "Test", Role: account.Operator}
	r, err := w.Store.AddRound(ctx, assessment.Round{Code: "read", Title: "Published", Published: true}, w.Instrument, w.Library.Scheme(w.Instrument), []string{"city-b"}, by)
	if err != nil {
		t.Fatal(err)
	}
	a := w.Accounts[apitest.Analyst]
	a.ID, a.Email, a.Rounds = "", "reader@example.org", []string{w.Round.ID, r.ID}
	if a, err = w.Store.AddAccount(ctx, a, by); err != nil {
		t.Fatal(err)
	}
	w.Accounts["reader"] = a
	c := w.Client("reader")
	contains(t, words(c.Get("/rounds").Body), "published material")
	page := c.Get("/rounds/read")
	contains(t, words(page.Body), "These are our readings of published material, not the city’s own answers.")
	if strings.Contains(page.Body, "/rounds/read/compare") {
		t.Error("a link leads to the comparison of readings")
	}
	if got := c.Get("/rounds/read/compare").Status; got != 403 {
		t.Errorf("the comparison of readings: %d", got)
	}
}

// counted counts what is asked of a store.
type counted struct {
	assessment.Store
	asked *int
}

func (c counted) Round(ctx context.Context, who account.Actor, code string) (assessment.Round, error) {
	*c.asked++
	return c.Store.Round(ctx, who, code)
}

func (c counted) CohortSince(ctx context.Context, round string, since int64, visit func(compare.City)) (int64, error) {
	*c.asked++
	return c.Store.CohortSince(ctx, round, since, visit)
}

func (c counted) Sheets(ctx context.Context, who account.Actor, ids []string) ([]assessment.Sheet, error) {
	*c.asked++
	return c.Store.Sheets(ctx, who, ids)
}

func TestTheComparisonAsksOnceHoweverManyCitiesThereAre(t *testing.T) {
	w := apitest.New(t)
	asked := 0
	w.Pages.Cohorts.Store = counted{w.Store, &asked}
	c := w.Client(apitest.Analyst)
	for range 2 {
		asked = 0
		c.Get("/rounds/2026/compare")
	}
	if asked != 1 { // the round, which says that nothing has moved
		t.Errorf("%d questions when nothing has moved", asked)
	}
	invite(t, w, map[string]int{"Alba": 1, "Bosco": 2, "Corva": 3, "Delta Alto": 4, "Estiva": 0, "Fonda": 2})
	asked = 0
	c.Get("/rounds/2026/compare")
	if asked != 2 { // the round, and what has moved
		t.Errorf("%d questions after six cities have handed in", asked)
	}
}

func TestAComparisonIsNarrowedToAGroup(t *testing.T) {
	w := apitest.New(t)
	invite(t, w, map[string]int{"Alba": 0, "Bosco": 1, "Corva": 2, "Dorsal": 3, "Estiva": 4, "Fonda": 4})
	c := w.Client(apitest.Analyst)
	for _, x := range []struct {
		query  string
		status int
		says   []string
	}{
		{"group=country:ES", http.StatusOK, []string{"Spain", "6 of 8 cities are counted"}},
		{"group=hand&with=alba&with=bosco&with=corva&with=dorsal", http.StatusOK, []string{"Cities chosen by hand", "Outside the group (2)", "Fewer than five cities have a value here, so no distribution is shown."}},
		{"group=powers:alba&city=alba", http.StatusOK, []string{"Powers like those of Alba"}},
		{"group=country:FR", http.StatusOK, []string{"0 of 8 cities are counted", "Outside the group (6)"}},
		{"group=nonsense", http.StatusUnprocessableEntity, []string{"There is no such group of cities to compare with."}},
		{"group=hand", http.StatusUnprocessableEntity, []string{"Choose at least one city by hand"}},
		{"level=indicators", http.StatusOK, []string{"All indicators", "MR-01"}},
		{"standing=verified", http.StatusOK, []string{"Verified only", "not enough answers"}},
		{"x=population&y=A", http.StatusOK, []string{"Fewer than five cities have both values, so nothing is drawn."}},
		{"before=nowhere&page=99&measure=x&level=y&standing=z&city=w", http.StatusOK, []string{"Nothing is marked."}},
	} {
		page := c.Get("/rounds/2026/compare?" + x.query)
		if page.Status != x.status {
			t.Errorf("%s: status %d, want %d", x.query, page.Status, x.status)
		}
		contains(t, words(page.Body), x.says...)
		if strings.Contains(page.Body, "NaN") {
			t.Errorf("%s: NaN", x.query)
		}
	}
	figures := c.Get("/rounds/2026/compare.csv?group=country:ES")
	if figures.Status != http.StatusOK || !strings.HasPrefix(figures.Body, "\ufeffcity,name,country,part,") || !strings.Contains(figures.Body, "alba,Alba,ES,") || !strings.Contains(figures.Body, "(median),") {
		t.Errorf("figures: %d %.200s", figures.Status, figures.Body)
	}
	for name, want := range map[string]int{"matrix": 200, "strip": 200, "boxes": 200, "change": 409, "nothing": 404} {
		drawn := c.Get("/rounds/2026/compare.svg?chart=" + name)
		if drawn.Status != want {
			t.Errorf("drawing %s: %d", name, drawn.Status)
		}
		if want == 200 && (!strings.Contains(drawn.Body, `xmlns="http://www.w3.org/2000/svg"`) || strings.Contains(drawn.Body, "var(--") || !strings.Contains(drawn.Body, "#")) {
			t.Errorf("drawing %s is no file of its own: %.300s", name, drawn.Body)
		}
	}
	for _, path := range []string{"/rounds/2026/compare.csv?group=nonsense", "/rounds/2026/compare.svg?chart=strip&group=nonsense"} {
		if got := c.Get(path).Status; got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestACityReadsWhereItStandsAmongConsentingPeers(t *testing.T) {
	w := apitest.New(t)
	path := "/assessments/" + w.A.ID + "/peers"
	c := w.Client(apitest.CoordinatorA)
	contains(t, words(c.Get(path).Body), "A city is compared once it has handed in. Drafts are never compared.")
	handIn(t, w, operator, w.A.ID)
	page := c.Get(path)
	if page.Status != http.StatusOK {
		t.Errorf("status %d", page.Status)
	}
	contains(t, words(page.Body), "This group has fewer than 5 cities that share their numbers.")
	if got := c.Get(path + "?group=country:ES").Status; got != http.StatusForbidden {
		t.Errorf("a group typed into the address: %d", got)
	}
	if got := w.Client(apitest.CoordinatorB).Get(path).Status; got != http.StatusNotFound {
		t.Errorf("another city: %d", got)
	}
	if got := w.Client(apitest.Analyst).Get(path).Status; got != http.StatusForbidden {
		t.Errorf("an analyst: %d", got)
	}
}
