package web_test

import (
	"net/http"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment/results"
)

func TestTheResultsOfARoundGoOutAsAPackageThatIsComputedAgain(t *testing.T) {
	w := apitest.New(t)
	analyst := w.Client(apitest.Analyst)
	for _, path := range []string{"/rounds/2026/results.zip", "/api/v1/rounds/2026/results.zip"} {
		if page := analyst.Get(path); page.Status != http.StatusConflict || !strings.Contains(page.Body, "has handed in yet") {
			t.Fatalf("%s while nobody has handed in: %d\n%s", path, page.Status, page.Body)
		}
	}
	invite(t, w, map[string]int{"Zinnia": 0, "Ávila Nueva": 1, "berlina": 2, "Caldera": 3, "Dorsal": 4, "Quiet Bay": -1})
	for _, path := range []string{"/rounds/2026/results.zip", "/api/v1/rounds/2026/results.zip"} {
		page := analyst.Get(path)
		if page.Status != http.StatusOK || page.Header.Get("Content-Type") != "application/zip" || !strings.Contains(page.Header.Get("Content-Disposition"), `"results-2026.zip"`) {
			t.Fatalf("%s: %d %v", path, page.Status, page.Header)
		}
		cities := 0
		m, equal, err := results.Verify(strings.NewReader(page.Body), int64(len(page.Body)), func(l results.Line) {
			if !l.Equal {
				t.Errorf("%s: %s", l.What, l.Words)
			}
			if strings.HasPrefix(l.What, "city ") {
				cities++
			}
			if strings.Contains(l.What, "quiet-bay") {
				t.Error("a city that has not handed in is in the package")
			}
		})
		if err != nil || !equal || m.Cities != 5 || cities != 5 || m.Round.Code != "2026" {
			t.Errorf("%s: %+v, %d cities, equal %t, %v", path, m, cities, equal, err)
		}
	}
	if page := w.Client(apitest.CoordinatorA).Get("/rounds/2026/results.zip"); page.Status == http.StatusOK {
		t.Error("a city takes the results of the round away")
	}
}
