package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"migov/api/apitest"
)

var sentBack = regexp.MustCompile(`name="(text|digest)" value="([^"]*)"`)

func TestCitiesComeInFromAFileAfterADryRun(t *testing.T) {
	w := apitest.New(t)
	c, by := w.Client(apitest.Analyst), w.Actor(apitest.Analyst).Account
	file := "name;country;population;roles;income\n=Lima <b>;Peru;9 000 000;origin|transit;upper_middle\nSfax;TN;272.801;;\n"
	page := upload(t, c, "/cities/import", file, map[string]string{"by": by})
	if page.Status != http.StatusOK {
		t.Fatalf("%d %s", page.Status, words(page.Body))
	}
	contains(t, words(page.Body), "=Lima <b>", "9,000,000", "272,801", "South America")
	if strings.Contains(c.Get("/cities").Body, "Sfax") {
		t.Fatal("a dry run has written")
	}
	form := url.Values{"by": {by}, "apply": {"1"}}
	for _, x := range sentBack.FindAllStringSubmatch(page.Body, -1) {
		form.Set(x[1], x[2])
	}
	if text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(form.Get("text"), "&#43;", "+")); err != nil || string(text) != file {
		t.Fatalf("the file does not come back: %v", err)
	}
	form.Set("text", strings.ReplaceAll(form.Get("text"), "&#43;", "+"))
	wrong := url.Values{"by": {by}, "apply": {"1"}, "text": form["text"], "digest": {"another"}}
	if page = c.Post("/cities/import", wrong); page.Status != http.StatusConflict {
		t.Errorf("a file that would do something else: %d", page.Status)
	}
	if page = c.Post("/cities/import", form); page.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", page.Status, words(page.Body))
	}
	contains(t, words(c.Get("/cities?country=PE").Body), "=Lima <b>", "Upper middle income")
	if body := c.Get("/cities?country=PE").Body; strings.Contains(body, "Sfax") {
		t.Error("the filter is not followed")
	}
}

func TestAFileOfCitiesThatIsNotRight(t *testing.T) {
	w := apitest.New(t)
	c, by := w.Client(apitest.Analyst), w.Actor(apitest.Analyst).Account
	for _, x := range []struct{ name, file, says string }{
		{"a population in words", "name,country,population\nLima,PE,many\n", "many"},
		{"a country that does not exist", "name,country\nLima,Atlantis\n", "Atlantis"},
		{"the same city twice", "name,country\nLima,PE\nlima,Peru\n", "row"},
		{"a workbook that is none", "PK\x03\x04rubbish", ""},
	} {
		page := upload(t, c, "/cities/import", x.file, map[string]string{"by": by})
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `role="alert"`) || !strings.Contains(strings.ToLower(words(page.Body)), strings.ToLower(x.says)) {
			t.Errorf("%s: %d %s", x.name, page.Status, words(page.Body))
		}
	}
	if page := upload(t, c, "/cities/import", "", map[string]string{"by": by}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("an empty file: %d", page.Status)
	}
	for _, format := range []string{"csv", "xlsx"} {
		if page := c.Get("/cities/template." + format); page.Status != http.StatusOK || len(page.Body) < 40 {
			t.Errorf("the file to fill in as %s: %d", format, page.Status)
		}
	}
	for _, who := range []string{apitest.CoordinatorA, apitest.Reviewer} {
		if got := w.Client(who).Get("/cities").Status; got != http.StatusForbidden {
			t.Errorf("%s reads the list of cities: %d", who, got)
		}
	}
}
