package rest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
)

// The city's answer and what somebody from outside proposes go out beside each other, and the level proposed changes no number.
func TestAProposalGoesOutBesideTheCitysAnswer(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	d.save("MR-01", key(), `"0"`, `{"value":"3"}`)
	if _, err := w.Pages.Drafts.HandIn(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
		t.Fatal(err)
	}
	before := d.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID+"/results", "", nil).Body
	if err := w.Store.Judge(t.Context(), account.Actor{Role: account.Operator}, w.A.ID, assessment.Verdict{Indicator: "MR-01", Kind: assessment.VerdictChallenged, Version: 1,
		Proposed: "1", Reason: "The plan is of 2019", By: assessment.Author{Role: account.Reviewer, Name: "A name"}, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	type backed struct {
		Indicator, Value, Standing string
		City_reply                 *string
		Proposals                  []struct {
			Value, Reason, By string
			Version           int
		}
	}
	check := func(x backed) {
		t.Helper()
		if x.Value != "3" || x.Standing != "challenged" || x.City_reply == nil || len(x.Proposals) != 1 || x.Proposals[0].Value != "1" || x.Proposals[0].By != "reviewer" ||
			x.Proposals[0].Version != 1 || x.Proposals[0].Reason != "The plan is of 2019" {
			t.Errorf("%+v", x)
		}
	}
	var one backed
	got := d.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID+"/answers/MR-01", "", nil)
	read(t, got, http.StatusOK, &one)
	check(one)
	if strings.Contains(got.Body, "A name") {
		t.Error("a name from outside is sent")
	}
	var all struct{ Answers []backed }
	read(t, d.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID, "", nil), http.StatusOK, &all)
	for _, x := range all.Answers {
		if x.Indicator == "MR-01" {
			check(x)
		} else if x.Standing != "" || len(x.Proposals) > 0 {
			t.Errorf("%+v", x)
		}
	}
	after := d.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID+"/results", "", nil).Body
	if cut := func(s string) string { before, _, _ := strings.Cut(s, `"standings"`); return before }; cut(before) != cut(after) {
		t.Error("a proposal has changed the numbers")
	}
	if !strings.Contains(d.Get("/api/v1/assessments/"+w.A.ID+"/answers.csv?raw=true").Body, ",challenged,1,reviewer,The plan is of 2019,\n") {
		t.Error("the file does not carry the proposal")
	}
}
