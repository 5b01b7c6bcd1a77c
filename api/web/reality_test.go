package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/reality"
)

// nineCities adds an invented country of nine cities to the round, with the answers of assessment/reality's test, and hands
// them in; a tenth is at work. It returns the addresses of their assessments.
func nineCities(t *testing.T, w *apitest.World) (homes []string) {
	t.Helper()
	ctx := context.Background()
	answers := []string{"MR-01=0 MR-05=3", "MR-01=1 MR-05=3", "MR-01=1 MR-05=3", "MR-01=0 MR-05=4", "MR-01=1 MR-05=4", "MR-01=0 MR-05=0", "MR-01=1 MR-05=not_ours", "MR-01=3 MR-05=dont_know", "MR-01=4 MR-05=declined", "MR-01=0 MR-05=4"}
	var codes []string
	for i := range answers {
		code := fmt.Sprintf("xe-%d", i+1)
		if _, err := w.Store.AddCity(ctx, assessment.City{Code: code, Name: fmt.Sprintf("=City %d", i+1), Country: "XE", Fictional: true}, assessment.Author{Role: account.Operator}); err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	if err := w.Store.AddCities(ctx, "2026", w.Library.Scheme(w.Instrument), codes, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	all, err := w.Store.Assessments(ctx, operator, "2026")
	if err != nil {
		t.Fatal(err)
	}
	for i, code := range codes {
		at := slices.IndexFunc(all, func(a assessment.Assessment) bool { return a.City.Code == code })
		var given []assessment.Given
		for word := range strings.FieldsSeq(answers[i]) {
			indicator, said, _ := strings.Cut(word, "=")
			g := assessment.Given{Mutation: uuid.NewString(), Indicator: indicator}
			if len(said) == 1 {
				g.Value = &said
			} else {
				g.NonAnswer = &said
			}
			given = append(given, g)
		}
		if _, rejected, err := w.Pages.Drafts.Save(ctx, operator, all[at].ID, given...); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
		if i < 9 {
			if _, err := w.Pages.Drafts.HandIn(ctx, operator, all[at].ID); err != nil {
				t.Fatal(err)
			}
		}
		homes = append(homes, "/assessments/"+all[at].ID)
	}
	return homes
}

func tell(t *testing.T, w *apitest.World, country, indicator string, says reality.Says) string {
	t.Helper()
	ctx, x := context.Background(), assessment.Statements{Store: w.Store, Questionnaires: w.Library, Now: w.Pages.Now}
	id, err := x.Keep(ctx, operator, country, "urban-migof", "", 0, reality.Given{Indicator: indicator, Says: string(says), Text: "=Text on " + indicator, Source: "Strategy, page 4", Date: "2024-03-31", Language: "en"})
	if err == nil {
		err = x.Publish(ctx, operator, country, id, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// section cuts a page to one of its sections.
func section(body, id string) string {
	_, rest, _ := strings.Cut(body, `aria-labelledby="`+id+`"`)
	part, _, _ := strings.Cut(rest, "</section>")
	return part
}

func TestTheRealityCheckOfACountryOfNineCities(t *testing.T) {
	w := apitest.New(t)
	homes := nineCities(t, w)
	tell(t, w, "XE", "MR-01", reality.InPlace)
	tell(t, w, "XE", "MR-05", reality.NotInPlace)
	tell(t, w, "XE", "SO-05", reality.InPlace) // nobody answers it
	c := w.Client(apitest.Analyst)
	page := c.Get("/rounds/2026/reality")
	noted := 0
	for _, home := range homes {
		a, err := w.Store.Assessment(t.Context(), operator, strings.TrimPrefix(home, "/assessments/"))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := w.Store.Audit(t.Context(), account.Actor{City: a.City.ID}, assessment.AuditFilter{Outside: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Action == "read" && l.Subject == a.ID && l.Actor.Role == account.Analyst {
				noted++
			}
		}
	}
	if noted != 9 {
		t.Errorf("%d cities can see that their answers were read, want 9", noted)
	}
	before := w.Store.Statements()
	page = c.Get("/rounds/2026/reality")
	if n := w.Store.Statements() - before; page.Status != http.StatusOK || n > 8 {
		t.Errorf("status %d, %d statements", page.Status, n)
	}
	var found []string
	for _, m := range regexp.MustCompile(`<h3 class="hsans">([^<]*)</h3>`).FindAllStringSubmatch(section(page.Body, "sharp"), -1) {
		found = append(found, m[1])
	}
	if want := []string{"5 of 6 cities have more in place than the text says.", "7 of 9 cities do not find in place what the text says is in place."}; !slices.Equal(found, want) {
		t.Errorf("mismatches %q, want %q", found, want)
	}
	for _, want := range []string{"9 of 10 cities of this country have handed in", "shared in 9 cities", "27 pairs"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.Body, "=City 10") {
		t.Error("a city that is at work stands on the page")
	}
	if page := c.Get(homes[0] + "/review/MR-01"); page.Status != http.StatusOK || !strings.Contains(page.Body, "=Text on MR-01") || strings.Contains(page.Body, "=Text on MR-05") {
		t.Errorf("whoever reviews does not read the national statement beside the answer: %d", page.Status)
	}
	if page := c.Get("/rounds/2026/reality?country=XE&outcome=on_paper_only"); !strings.Contains(page.Body, "7 pairs") || !strings.Contains(page.Body, homes[0]+"/MR.1#MR-01") {
		t.Error("the filter of the address is not followed")
	}
	agenda := c.Get("/rounds/2026/reality/agenda?country=XE")
	if agenda.Status != http.StatusOK || !strings.Contains(agenda.Body, "7 of 9 cities") || strings.Contains(agenda.Body, "=City") {
		t.Errorf("the agenda: %d\n%s", agenda.Status, agenda.Body)
	}
	file := c.Get("/rounds/2026/reality.csv?country=XE")
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(rows) != 28 || !slices.Equal(rows[1][8:], []string{"2024-03-31", "en", "xe-1", "0", "", "shared", "on_paper_only", "false"}) || rows[1][5] != "'=Text on MR-01" {
		t.Errorf("%v, %d rows, %q", err, len(rows), rows[:2])
	}
	var sent struct {
		Country  string
		Cities   int
		Sharpest []string
		Findings []struct {
			Counts map[string]int
			Pairs  []struct {
				City, Outcome string
				Value         *float64
			}
		}
		Agenda []struct {
			Question string
			Tellable bool
		}
	}
	if err := json.Unmarshal([]byte(c.JSON(http.MethodGet, "/api/v1/rounds/2026/reality", "", nil).Body), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Country != "XE" || sent.Cities != 9 || len(sent.Sharpest) != 2 || len(sent.Findings) != 3 || sent.Findings[0].Counts["on_paper_only"] != 7 || *sent.Findings[0].Pairs[0].Value != 0 || sent.Findings[2].Pairs[0].Value != nil ||
		len(sent.Agenda) != 2 || sent.Agenda[1].Question != "reach_shared" || !sent.Agenda[0].Tellable {
		t.Errorf("%+v", sent)
	}
	for who, status := range map[string]int{apitest.CoordinatorA: http.StatusForbidden, apitest.Reviewer: http.StatusForbidden, apitest.Admin: http.StatusForbidden} {
		for _, path := range []string{"/rounds/2026/reality", "/rounds/2026/reality.csv?country=XE", "/rounds/2026/reality/agenda?country=XE", "/api/v1/rounds/2026/reality?country=XE"} {
			if got := w.Client(who).Get(path).Status; got != status {
				t.Errorf("%s reads %s: %d", who, path, got)
			}
		}
	}
	if got := c.Get("/rounds/2026/reality?country=PE").Status; got != http.StatusNotFound {
		t.Errorf("a country without a city in the round: %d", got)
	}
}

func TestACityReadsItsOwnPairsAndNoOthers(t *testing.T) {
	w := apitest.New(t)
	nineCities(t, w)
	tell(t, w, "XE", "MR-01", reality.InPlace)
	id := tell(t, w, "TN", "MR-01", reality.InPlace) // the country of city A
	level := "1"
	if _, _, err := w.Pages.Drafts.Save(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &level}); err != nil {
		t.Fatal(err)
	}
	home := "/assessments/" + w.A.ID
	page := w.Client(apitest.ContributorA).Get(home + "/reality")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "On paper only") || strings.Count(page.Body, "=Text on") != 1 || strings.Contains(page.Body, "=City") || strings.Contains(page.Body, " of 9") || !strings.Contains(page.Body, `aria-current="page">National texts`) {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	for who, want := range map[string]int{apitest.CoordinatorB: http.StatusNotFound, apitest.Analyst: http.StatusNotFound, apitest.Reviewer: http.StatusNotFound, apitest.Admin: http.StatusForbidden} {
		if got := w.Client(who).Get(home + "/reality").Status; got != want {
			t.Errorf("%s reads what is not handed in, or not theirs: %d", who, got)
		}
	}
	if page := w.Client(apitest.CoordinatorB).Get("/assessments/" + w.B.ID + "/reality"); !strings.Contains(page.Body, "Nothing is published") || strings.Contains(page.Body, "National texts</a>") {
		t.Error("a city of a country without statements")
	}
	if err := w.Store.WithdrawStatement(t.Context(), operator, "TN", id, assessment.Author{Role: account.Operator}, w.Pages.Now()); err != nil {
		t.Fatal(err)
	}
	if page := w.Client(apitest.CoordinatorA).Get(home + "/reality"); strings.Contains(page.Body, "=Text on") {
		t.Error("what was withdrawn is read")
	}
}

func TestAStatementIsKeptAndPublishedByForms(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.Analyst)
	list := "/countries/TN/statements"
	typed := url.Values{"indicator": {"MR-01"}, "says": {"in_place"}, "text": {"رعاية <b>للجميع</b>"}, "source": {""}, "url": {"javascript:alert(1)"}, "date": {"last year"}, "language": {"ar"}}
	for lang, want := range map[string]string{"en": "Give the date as year, month and day", "fr": "Indiquez la date", "es": "Escriba la fecha", "ar": "اكتبوا التاريخ"} {
		c.Get("/?lang=" + lang)
		page := c.Post(list, typed)
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, want) || !strings.Contains(page.Body, "رعاية &lt;b&gt;للجميع&lt;/b&gt;") || !strings.Contains(page.Body, `value="last year"`) || !strings.Contains(page.Body, `href="#url"`) {
			t.Errorf("%s: %d\n%s", lang, page.Status, page.Body)
		}
		for _, fault := range apitest.Unsound(page.Body, lang) {
			t.Errorf("%s: %s", lang, fault)
		}
	}
	c.Get("/?lang=en")
	typed.Set("url", "")
	typed.Set("date", "")
	page := c.Post(list, typed)
	one := page.To()
	if page.Status != http.StatusSeeOther || !strings.HasPrefix(one, list+"/") {
		t.Fatalf("%d to %q\n%s", page.Status, one, page.Body)
	}
	if page := c.Post(one, url.Values{"act": {"publish"}, "revision": {"1"}}); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "Give the source") || !strings.Contains(page.Body, "Give the date of the paper") || !strings.Contains(page.Body, "رعاية") {
		t.Errorf("published without source and date: %d\n%s", page.Status, page.Body)
	}
	typed.Set("source", "Strategy")
	typed.Set("date", "2024-03-31")
	typed.Set("revision", "1")
	if page := c.Post(one, typed); page.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	typed.Set("text", "A later text, typed on what has changed meanwhile")
	if page := c.Post(one, typed); page.Status != http.StatusConflict || !strings.Contains(page.Body, "A later text, typed on what has changed meanwhile") || !strings.Contains(page.Body, "Somebody has changed this statement meanwhile") {
		t.Errorf("a change of what has changed: %d\n%s", page.Status, page.Body)
	}
	if page := c.Post(one, url.Values{"act": {"publish"}, "revision": {"2"}}); page.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	if page := c.Get(list); !strings.Contains(page.Body, "1 of 1 statement is published.") {
		t.Errorf("the list: %s", page.Body)
	}
	var sent struct {
		Statements []struct {
			Text, Date          string
			Revision, Published int
		}
	}
	if err := json.Unmarshal([]byte(c.JSON(http.MethodGet, "/api/v1"+list, "", nil).Body), &sent); err != nil || len(sent.Statements) != 1 || sent.Statements[0].Published != 2 || sent.Statements[0].Revision != 2 || sent.Statements[0].Date != "2024-03-31" {
		t.Errorf("%v, %+v", err, sent)
	}
	if page := c.Post(one, url.Values{"act": {"withdraw"}}); page.Status != http.StatusSeeOther || strings.Contains(c.Get(one).Body, "Once withdrawn") {
		t.Error("withdrawn:", page.Status)
	}
	for path, status := range map[string]int{list + "/new": 200, list + "/new?instrument=none&indicator=ZZ": 200, list + "/none": 404, "/countries/PE/statements": 404, "/countries/tn/statements": 404, "/countries/PE/statements/new": 404,
		strings.Replace(one, "/TN/", "/FR/", 1): 404} {
		if got := c.Get(path).Status; got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
	}
}
