package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment/snapshot"
)

func TestProgramsReadWhatWasHandedInAndReopenWithAReason(t *testing.T) {
	w := apitest.New(t)
	base := "/api/v1/assessments/" + w.A.ID
	c, analyst, foreign := at(t, w, apitest.CoordinatorA, w.A.ID), w.Client(apitest.Analyst), w.Client(apitest.CoordinatorB)
	c.save("MR-01", key(), `"0"`, `{"value":"2","explanation":"Words & <signs>."}`)
	type list struct {
		Snapshots  []rest.Snapshot
		Reopenings []rest.Reopening
	}
	var got list
	if read(t, c.Get(base+"/snapshots"), http.StatusOK, &got); len(got.Snapshots) != 0 {
		t.Errorf("before handing in: %+v", got)
	}
	if p := c.Get(base + "/snapshots/1"); p.Status != http.StatusNotFound {
		t.Errorf("a snapshot that is not: %d", p.Status)
	}
	var a rest.Assessment
	if read(t, c.JSON(http.MethodPost, base+"/hand-in", "", nil), http.StatusOK, &a); a.State != "submitted" || a.HandedIn == nil {
		t.Errorf("%+v", a)
	}
	refused(t, c.JSON(http.MethodPost, base+"/hand-in", "", nil), http.StatusConflict, "review.not_now_submit")
	if read(t, analyst.Get(base+"/snapshots"), http.StatusOK, &got); len(got.Snapshots) != 1 || got.Snapshots[0].By != "coordinator" {
		t.Fatalf("%+v", got)
	}
	file := analyst.Get(base + "/snapshots/1")
	d, err := snapshot.Check([]byte(file.Body), got.Snapshots[0].SHA256)
	if err != nil || len(d.Answers) != 1 || d.Answers[0].Explanation != "Words & <signs>." || file.Header.Get("X-Content-SHA256") != got.Snapshots[0].SHA256 || !strings.HasPrefix(file.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%v, %v, %s", err, file.Header, file.Body)
	}
	for _, path := range []string{"/snapshots", "/snapshots/1"} {
		if p := foreign.Get(base + path); p.Status != http.StatusNotFound {
			t.Errorf("another city gets %s with %d", path, p.Status)
		}
	}
	if p := analyst.JSON(http.MethodPost, base+"/reopen", `{}`, nil); p.Status < 400 || p.Status >= 500 {
		t.Errorf("without a reason: %d", p.Status)
	}
	refused(t, analyst.JSON(http.MethodPost, base+"/reopen", `{"reason":" "}`, nil), http.StatusUnprocessableEntity, "review.reason_missing")
	if read(t, analyst.JSON(http.MethodPost, base+"/reopen", `{"reason":"Look again."}`, nil), http.StatusOK, &a); a.State != "collecting" || a.HandedIn != nil {
		t.Errorf("%+v", a)
	}
	if p := analyst.Get(base + "/snapshots"); p.Status != http.StatusNotFound {
		t.Errorf("what is open again is read by the analyst: %d", p.Status)
	}
	if read(t, c.Get(base+"/snapshots"), http.StatusOK, &got); len(got.Reopenings) != 1 || got.Reopenings[0].Reason != "Look again." || got.Reopenings[0].By != "analyst" || got.Reopenings[0].Revision != 1 {
		t.Errorf("%+v", got)
	}
}
