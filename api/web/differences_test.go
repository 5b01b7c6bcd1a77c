package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
)

// What reviewers say of the answers of a round stands item by item, signed, with a row for each word in the file.
func TestDifferencesBetweenReviewersAndCities(t *testing.T) {
	w := apitest.New(t)
	for indicator, value := range map[string]string{"MR-01": "3", "MR-02": "2"} {
		if _, rejected, err := w.Pages.Drafts.Save(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: indicator, Value: &value}); err != nil || len(rejected) > 0 {
			t.Fatal(rejected, err)
		}
	}
	if _, err := w.Pages.Drafts.HandIn(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
		t.Fatal(err)
	}
	judge := func(who, indicator string, says assessment.VerdictKind, proposed, reason string) {
		t.Helper()
		if err := w.Pages.Proofs.Judge(t.Context(), w.Actor(who), w.A.ID, indicator, says, 1, proposed, reason); err != nil {
			t.Fatal(err)
		}
	}
	judge(apitest.Analyst, "MR-01", assessment.VerdictVerified, "", "")
	judge(apitest.Reviewer, "MR-01", assessment.VerdictChallenged, "1", "=The paper says so.")
	judge(apitest.Reviewer, "MR-02", assessment.VerdictChallenged, "", "Of which year?")
	c := w.Client(apitest.Analyst)
	page := c.Get("/rounds/2026/differences")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "−1") || !strings.Contains(page.Body, "1.4") || !strings.Contains(page.Body, "Of which year?") {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	file := c.Get("/rounds/2026/differences.csv")
	for _, row := range []string{"MR-01,city-a,3,verified,,0,analyst,", "MR-01,city-a,3,challenged,1,-2,reviewer,'=The paper says so.", "MR-02,city-a,2,challenged,,,reviewer,Of which year?"} {
		if !strings.Contains(file.Body, row+"\n") {
			t.Errorf("%s is not in\n%s", row, file.Body)
		}
	}
	for who, want := range map[string]int{apitest.CoordinatorA: http.StatusForbidden, apitest.Reviewer: http.StatusForbidden, apitest.Admin: http.StatusForbidden} {
		if got := w.Client(who).Get("/rounds/2026/differences").Status; got != want {
			t.Errorf("%s: %d", who, got)
		}
	}
	if got := c.Get("/rounds/elsewhere/differences").Status; got != http.StatusNotFound {
		t.Errorf("an unknown round: %d", got)
	}
}
