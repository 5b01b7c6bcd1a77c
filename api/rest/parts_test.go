package rest_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

type partsBody struct {
	Parts []rest.Part
	Mine  []string
}

func TestAProgramDividesTheWork(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	lena := w.Accounts[apitest.ContributorA].ID
	base := "/api/v1/assessments/" + w.A.ID + "/parts"
	c := w.Client(apitest.CoordinatorA)
	var got partsBody
	read(t, c.JSON(http.MethodPut, base+"/MR", `{"account":"`+lena+`","due":"2026-12-18","note":"Ask the desk."}`, nil), http.StatusOK, &got)
	if len(got.Parts) != 1 || got.Parts[0].Part != "MR" || got.Parts[0].Due != "2026-12-18" || got.Parts[0].Name != "Contributor A" || got.Parts[0].Opened != nil || len(got.Mine) != 0 {
		t.Errorf("%+v", got)
	}
	was := got.Parts[0].ID
	read(t, c.JSON(http.MethodPut, base+"/MR-01", `{"account":"`+w.Accounts[apitest.CoordinatorA].ID+`"}`, nil), http.StatusOK, &got)
	if len(got.Parts) != 2 || got.Parts[0].Total != got.Parts[1].Total+len(assessment.Covered(w.Instrument, "MR"))-2 || !slices.Equal(got.Mine, []string{"MR-01"}) {
		t.Errorf("%+v", got)
	}
	for name, x := range map[string]struct {
		method, path, body string
		status             int
	}{
		"a person of another city":      {http.MethodPut, base + "/WG", `{"account":"` + w.Accounts[apitest.CoordinatorB].ID + `"}`, 422},
		"nobody":                        {http.MethodPut, base + "/WG", `{}`, 422},
		"a part that does not exist":    {http.MethodPut, base + "/ZZ", `{"account":"` + lena + `"}`, 422},
		"a day that is none":            {http.MethodPut, base + "/WG", `{"account":"` + lena + `","due":"soon"}`, 422},
		"what another part stands at":   {http.MethodPut, base + "/MR", `{"account":"` + lena + `","note":"x","was":""}`, 409},
		"the parts of nobody":           {http.MethodPost, base + "/hand-over", `{"to_account":"` + lena + `"}`, 422},
		"another assessment":            {http.MethodPut, "/api/v1/assessments/" + w.B.ID + "/parts/MR", `{"account":"` + lena + `"}`, 404},
		"an assessment out of reach":    {http.MethodGet, "/api/v1/assessments/" + w.B.ID + "/parts", ``, 404},
		"a field that nobody asked for": {http.MethodPut, base + "/WG", `{"account":"` + lena + `","city":"x"}`, 422},
	} {
		if got := c.JSON(x.method, x.path, x.body, nil).Status; got != x.status {
			t.Errorf("%s: %d, want %d", name, got, x.status)
		}
	}
	read(t, c.JSON(http.MethodPost, base+"/hand-over", `{"from_account":"`+lena+`","to_account":"`+w.Accounts[apitest.CoordinatorA].ID+`"}`, nil), http.StatusOK, &got)
	if got.Parts[0].Account == lena || got.Parts[0].ID == was {
		t.Errorf("%+v", got.Parts[0])
	}
	read(t, c.JSON(http.MethodDelete, base+"/MR", "", nil), http.StatusOK, &got)
	if len(got.Parts) != 1 {
		t.Errorf("%+v", got.Parts)
	}
	if got := w.Client(apitest.ContributorA).JSON(http.MethodDelete, base+"/MR-01", "", nil).Status; got != 403 {
		t.Errorf("a contributor takes a part back: %d", got)
	}
}

func TestAProgramReadsAndGivesConsent(t *testing.T) {
	w := apitest.New(t)
	base := "/api/v1/assessments/" + w.A.ID + "/sign-off"
	c := w.Client(apitest.CoordinatorA)
	var got rest.Consent
	read(t, c.JSON(http.MethodGet, base, "", nil), http.StatusOK, &got)
	if got.Needed || got.Stands || got.Last != nil {
		t.Errorf("without an approver: %+v", got)
	}
	if got := c.JSON(http.MethodPost, base+"/ask", "", nil).Status; got != 422 {
		t.Errorf("nobody to ask: %d", got)
	}
	a := account.Account{Email: "approver-a@example.org", Name: "Approver", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.CoordinatorA].Password, Noticed: account.NoticeVersion, Created: time.Now()}
	a, err := w.Store.AddAccount(context.Background(), a, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	w.Accounts["approver-a"] = a
	approver := w.Client("approver-a")
	d := at(t, w, apitest.ContributorA, w.A.ID)
	d.save("MR-01", key(), `"0"`, `{"value":"2"}`)
	if got := c.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/hand-in", "", nil); got.Status != 409 {
		t.Errorf("without consent: %d", got.Status)
	}
	read(t, c.JSON(http.MethodPost, base+"/ask", "", nil), http.StatusOK, &got)
	if !got.Needed || got.Seq != 1 || !slices.Equal(got.Changed, []string{"MR-01"}) {
		t.Errorf("%+v", got)
	}
	if got := c.JSON(http.MethodPost, base, `{"seq":1}`, nil).Status; got != 403 {
		t.Errorf("a coordinator consents: %d", got)
	}
	read(t, approver.JSON(http.MethodPost, base, `{"seq":1,"reason":"Too low."}`, nil), http.StatusOK, &got)
	if got.Refused != "Too low." || got.Stands {
		t.Errorf("%+v", got)
	}
	d.save("MR-01", key(), `"1"`, `{"value":"3"}`)
	if got := approver.JSON(http.MethodPost, base, `{"seq":1}`, nil).Status; got != 409 {
		t.Errorf("a consent to what was: %d", got)
	}
	read(t, approver.JSON(http.MethodPost, base, `{"seq":2}`, nil), http.StatusOK, &got)
	if !got.Stands || got.Last == nil || *got.Last != 2 || got.Refused != "" || len(got.Changed) != 0 {
		t.Errorf("%+v", got)
	}
	if got := c.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/hand-in", "", nil); got.Status != 200 {
		t.Errorf("with consent: %d", got.Status)
	}
}
