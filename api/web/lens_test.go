package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
)

// answer saves levels and non-answers for an assessment, in the manner of "MR-09=4 CR-10=1 SO-02=not_applicable".
func answer(t *testing.T, w *apitest.World, id, text string) {
	t.Helper()
	var all []assessment.Given
	for word := range strings.FieldsSeq(text) {
		indicator, said, _ := strings.Cut(word, "=")
		g := assessment.Given{Mutation: uuid.NewString(), Indicator: indicator}
		if len(said) == 1 {
			g.Value = &said
		} else {
			g.NonAnswer = &said
		}
		all = append(all, g)
	}
	if _, rejected, err := w.Pages.Drafts.Save(t.Context(), operator, id, all...); err != nil || len(rejected) > 0 {
		t.Fatal(err, rejected)
	}
}

// Objective 4 of the Global Compact has three indicators: MR-09, CR-10 and SO-02. Levels 4, 1 and 1 are worth (100 + 25 + 25) / 3 = 50.
func TestTheAnswersOfACitySeenThroughTheGlobalCompact(t *testing.T) {
	w := apitest.New(t)
	answer(t, w, w.A.ID, "MR-09=4 CR-10=1 SO-02=1")
	home := "/assessments/" + w.A.ID
	c := w.Client(apitest.ContributorA)
	page := c.Get(home + "/lens")
	if page.Status != http.StatusOK {
		t.Fatal(page.Status, page.Body)
	}
	row := page.Body[strings.Index(page.Body, `id="in-4"`):strings.Index(page.Body, `id="in-5"`)]
	for _, want := range []string{`<b class="num val">50</b>`, "in part", home + "/MR.2#MR-09"} {
		if !strings.Contains(row, want) {
			t.Errorf("objective 4 lacks %q: %s", want, row)
		}
	}
	if thin := page.Body[strings.Index(page.Body, `id="in-9"`):strings.Index(page.Body, `id="in-10"`)]; !strings.Contains(thin, "too few links") || strings.Contains(thin, `class="num val"`) {
		t.Errorf("an objective with one indicator: %s", thin)
	}
	if strings.Contains(page.Body, "NaN") || !strings.Contains(page.Body, home+"/pledge?framework=gcm") {
		t.Error("the page has no way to a draft, or a number that is none")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.Get(home+"/lens.csv?framework=gcm").Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 24 || rows[4][1] != "4" || rows[4][12] != "50" || rows[9][12] != "" || rows[9][14] != "too_few_links" {
		t.Errorf("%v %d rows %q", err, len(rows), rows[4])
	}
	var sent struct {
		Framework  string
		Objectives []struct {
			ID      string
			Central *float64
			Why     string `json:"why_none"`
			Links   []struct{ Indicator, Type, Why string }
		}
		Beyond []string
	}
	if err := json.Unmarshal([]byte(c.JSON(http.MethodGet, "/api/v1"+home+"/lens?framework=sdg", "", nil).Body), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Framework != "sdg" || len(sent.Objectives) != 47 || len(sent.Beyond) != 122 || len(sent.Objectives[0].Links) == 0 {
		t.Errorf("%+v", sent)
	}
	if got := c.Get(home + "/lens?framework=none").Status; got != http.StatusNotFound {
		t.Errorf("a framework that does not exist: %d", got)
	}
}

func TestPeopleOfTheCityDraftAPledge(t *testing.T) {
	w := apitest.New(t)
	answer(t, w, w.A.ID, "MR-08=1 WG-01=2")
	home := "/assessments/" + w.A.ID
	c := w.Client(apitest.CoordinatorA)
	page := c.Get(home + "/pledge?framework=gcm&step=MR-08&step=%3Cb%3E")
	level := w.Instrument.Indicator("MR-08").Levels[2].String()
	if page.Status != http.StatusOK || !strings.Contains(page.Body, level) || strings.Contains(page.Body, "<b>&gt;") || !strings.Contains(page.Body, "The answers are not handed in yet") {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	text := c.Get(home + "/pledge.txt?framework=gcm&step=MR-08")
	if text.Status != http.StatusOK || !strings.Contains(text.Body, level) || strings.Contains(text.Body, "WG-01") || !strings.Contains(text.Header.Get("Content-Disposition"), "pledge-") {
		t.Errorf("%d %v %s", text.Status, text.Header, text.Body)
	}
	for _, who := range []string{apitest.Analyst, apitest.Reviewer, apitest.Admin} {
		for _, path := range []string{home + "/pledge", home + "/pledge.txt"} {
			if got := w.Client(who).Get(path).Status; got != http.StatusForbidden && got != http.StatusNotFound {
				t.Errorf("%s drafts a pledge: %d", who, got)
			}
		}
	}
	if page := w.Client(apitest.Analyst).Get(home + "/lens"); page.Status == http.StatusOK && strings.Contains(page.Body, "/pledge") {
		t.Error("an analyst is led to the draft of a city")
	}
}

// Nine cities of the invented country answer MR-01 and MR-05 alone: objective 15 has fifteen indicators, so none of them has a number.
func TestARoundSeenThroughAFramework(t *testing.T) {
	w := apitest.New(t)
	nineCities(t, w)
	c := w.Client(apitest.Analyst)
	page := c.Get("/rounds/2026/lens?group=country:XE")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "9 have not enough answers") || strings.Contains(page.Body, `class="num val"`) || strings.Contains(page.Body, "=City") {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	if got := c.Get("/rounds/2026/lens?group=nothing:1"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `role="alert"`) {
		t.Errorf("a group that does not exist: %d", got.Status)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.Get("/rounds/2026/lens.csv?group=country:XE").Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 24 || !slices.Equal(rows[15][8:], []string{"country:XE", "9", "0", "", "", ""}) {
		t.Errorf("%v, %q", err, rows[15])
	}
	for _, who := range []string{apitest.CoordinatorA, apitest.Reviewer, apitest.Admin} {
		if got := w.Client(who).Get("/rounds/2026/lens").Status; got != http.StatusForbidden {
			t.Errorf("%s sees a round through a lens: %d", who, got)
		}
	}
}
