package rest_test

import (
	"net/http"
	"slices"
	"testing"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
)

func TestAProgramMakesARoundAndChangesIt(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		for _, code := range []string{"lima", "cusco"} {
			if _, err := w.Store.AddCity(t.Context(), assessment.City{Code: code, Name: code, Country: "PE", Region: "005"}, assessment.Author{Role: account.Operator}); err != nil {
				t.Fatal(err)
			}
		}
		c := w.Client(apitest.Analyst)
		cities := func(p rest.PlannedRound) (codes []string) {
			for _, x := range p.Cities {
				codes = append(codes, x.City)
			}
			slices.Sort(codes)
			return codes
		}
		refused(t, c.JSON(http.MethodPost, "/api/v1/rounds", `{"title":"Round 2027","instrument":"urban-migof@1.0.0","cohort":{"cities":["nowhere"]}}`, nil), http.StatusUnprocessableEntity, "fault.round")
		refused(t, c.JSON(http.MethodPost, "/api/v1/rounds", `{"title":"Round 2027","instrument":"urban-migof@1.0.0","cohort":{}}`, nil), http.StatusUnprocessableEntity, "fault.round")
		var made rest.PlannedRound
		read(t, c.JSON(http.MethodPost, "/api/v1/rounds", `{"title":"Round 2027","instrument":"urban-migof@1.0.0","due":"2027-06-30","languages":["fr"],"cohort":{"groups":["region:005"],"named":"Cusco"}}`, nil), http.StatusOK, &made)
		if made.Code != "round-2027" || made.Due != "2027-06-30" || !slices.Equal(cities(made), []string{"cusco", "lima"}) || !slices.Equal(made.Languages, []string{"fr"}) {
			t.Errorf("made %+v", made)
		}
		refused(t, c.JSON(http.MethodPost, "/api/v1/rounds", `{"title":"Round 2027","instrument":"urban-migof@1.0.0","cohort":{"cities":["lima"]}}`, nil), http.StatusConflict, "fault.round_code_taken")
		var changed rest.PlannedRound
		read(t, c.JSON(http.MethodPut, "/api/v1/rounds/round-2027/plan", `{"title":"Another","remove":["cusco"],"add":{"earlier":"2026"}}`, nil), http.StatusOK, &changed)
		if got := cities(changed); changed.Title != "Another" || changed.Due != "" || slices.Contains(got, "cusco") || !slices.Contains(got, w.A.City.Code) {
			t.Errorf("changed %+v", changed)
		}
		var again rest.PlannedRound
		read(t, c.JSON(http.MethodGet, "/api/v1/rounds/round-2027/plan", "", nil), http.StatusOK, &again)
		if !slices.Equal(cities(again), cities(changed)) {
			t.Errorf("reads %+v", again)
		}
		refused(t, w.Client(apitest.CoordinatorA).JSON(http.MethodGet, "/api/v1/rounds/round-2027/plan", "", nil), http.StatusForbidden, "fault.forbidden")
	})
}
