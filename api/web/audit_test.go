package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"migov/api/apitest"
)

func TestACitySeesWhoLooked(t *testing.T) {
	w := apitest.New(t)
	coordinator, analyst := w.Client(apitest.CoordinatorA), w.Client(apitest.Analyst)
	section := "/assessments/" + w.A.ID + "/" + w.Instrument.Sections()[0].ID
	outsiders := func() int {
		page := coordinator.Get("/audit?group=looked&outside=1")
		if page.Status != 200 {
			t.Fatalf("status %d\n%s", page.Status, page.Body)
		}
		return strings.Count(page.Body, ">Read the answers<")
	}
	if page := analyst.Get(section); page.Status != 404 {
		t.Fatalf("an analyst reads what was not handed in: %d", page.Status)
	}
	if n := outsiders(); n != 0 {
		t.Fatalf("%d looks before anybody could look", n)
	}
	if _, err := w.Pages.Drafts.HandIn(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if page := analyst.Get(section); page.Status != 200 {
			t.Fatalf("an analyst reads what was handed in: %d", page.Status)
		}
	}
	if n := outsiders(); n != 1 {
		t.Errorf("three pages within an hour are %d looks", n)
	}
	if coordinator.Get(section).Status != 200 || outsiders() != 1 {
		t.Error("the own city's reading is counted")
	}
	if page := analyst.Get("/assessments/" + w.A.ID + "/answers.csv"); page.Status != 200 {
		t.Fatalf("export: %d", page.Status)
	}
	contains(t, coordinator.Get("/audit?group=looked").Body, ">Exported answers to a file<", "from outside")
	if body := w.Client(apitest.CoordinatorB).Get("/audit").Body; strings.Contains(body, ">Exported answers to a file<") {
		t.Error("another city reads of it")
	}
	for _, test := range []struct {
		name, who, path string
		status          int
	}{
		{"a contributor does not read the log", apitest.ContributorA, "/audit", 403},
		{"an analyst does not", apitest.Analyst, "/audit", 403},
		{"an administrator does not", apitest.Admin, "/audit.csv", 403},
		{"a day that is none", apitest.CoordinatorA, "/audit?from=yesterday", 422},
		{"a group that is none", apitest.CoordinatorA, "/audit?group=secrets", 422},
		{"nothing since a far day", apitest.CoordinatorA, "/audit?from=2999-01-01", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := w.Client(test.who).Get(test.path)
			if page.Status != test.status {
				t.Errorf("status %d, want %d\n%s", page.Status, test.status, page.Body)
			}
		})
	}
	file := coordinator.Send(http.MethodGet, "/audit.csv?group=looked", nil, nil)
	if lines := strings.Split(strings.TrimSpace(file.Body), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "number,at,name,role,action") {
		t.Errorf("the file is\n%s", file.Body)
	}
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		coordinator.Get("/audit?" + url.Values{"lang": {lang}}.Encode())
		for _, fault := range apitest.Unsound(coordinator.Get("/audit").Body, lang) {
			t.Errorf("%s: %s", lang, fault)
		}
	}
}

func TestTheLogIsReadPageByPage(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.CoordinatorA)
	for range 130 {
		if page := c.Get("/assessments/" + w.A.ID + "/answers.csv"); page.Status != 200 {
			t.Fatalf("status %d", page.Status)
		}
	}
	path, seen := "/audit?group=looked", 0
	for path != "" {
		body := c.Get(path).Body
		seen += strings.Count(body, ">Exported answers to a file<")
		_, rest, more := strings.Cut(body, `<a class="btn" href="/audit?`)
		if path = ""; more {
			address, _, _ := strings.Cut(rest, `"`)
			path = "/audit?" + strings.ReplaceAll(address, "&amp;", "&")
		}
	}
	if seen != 130 {
		t.Errorf("%d of 130 lines were seen", seen)
	}
}
