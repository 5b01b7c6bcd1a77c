package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/api/rest"
)

func TestSomebodyWhoWasErasedIsNamedInWords(t *testing.T) {
	w := apitest.New(t)
	base := "/api/v1/assessments/" + w.A.ID
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	id := w.Accounts[apitest.ContributorA].ID
	said := `{"indicator":"MR-01","text":"Ask the desk.","mentions":["` + w.Accounts[apitest.CoordinatorA].ID + `"]}`
	if got := contributor.JSON(http.MethodPost, base+"/threads", said, nil); got.Status != http.StatusCreated {
		t.Fatalf("%d\n%s", got.Status, got.Body)
	}
	if got := coordinator.JSON(http.MethodPut, base+"/parts/MR", `{"account":"`+id+`"}`, nil); got.Status != http.StatusOK {
		t.Fatalf("%d\n%s", got.Status, got.Body)
	}
	if got := coordinator.Post("/people/"+id+"/erase", nil); got.To() != "/people" {
		t.Fatalf("%d\n%s", got.Status, got.Body)
	}
	for lang, want := range map[string]string{"en": "former contributor 1", "ar": "مساهم سابق ⁨1⁩"} {
		coordinator.Post("/account/language", map[string][]string{"language": {lang}})
		var divided partsBody
		read(t, coordinator.JSON(http.MethodGet, base+"/parts", "", nil), http.StatusOK, &divided)
		var talk struct{ Threads []rest.Thread }
		read(t, coordinator.JSON(http.MethodGet, base+"/threads", "", nil), http.StatusOK, &talk)
		var inbox struct{ Notices []rest.Notice }
		read(t, coordinator.JSON(http.MethodGet, "/api/v1/inbox", "", nil), http.StatusOK, &inbox)
		if len(divided.Parts) != 1 || len(talk.Threads) != 1 || len(inbox.Notices) != 1 {
			t.Fatalf("%+v\n%+v\n%+v", divided, talk, inbox)
		}
		for where, got := range map[string]string{"part": divided.Parts[0].Name, "conversation": talk.Threads[0].Posts[0].Name, "notice": inbox.Notices[0].Args["By"]} {
			if got != want {
				t.Errorf("%s, %s: %q, want %q", lang, where, got, want)
			}
		}
		if strings.Contains(inbox.Notices[0].Text, "former:") {
			t.Error(inbox.Notices[0].Text)
		}
	}
}
