package rest_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/score"
)

var update = flag.Bool("update", false, "write the goldens anew")

// plan is the reply to an import.
type plan struct {
	Applied bool
	Lines   []struct {
		Row                                           int
		City, Indicator, Effect, Before, After, Power string
	}
	Refused []string
	Seen    map[string]int
}

func (d desk) transfer(body map[string]any) apitest.Page {
	d.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.JSON(http.MethodPost, "/api/v1/assessments/"+d.id+"/import", string(raw), nil)
}

func TestAnswersComeInFromAFile(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	file := "city,indicator,value,non_answer,power,explanation\ncity-a,MR-01,3,,national,\"two\nlines\"\ncity-a,MR-02,,skipped,,\ncity-a,MR-03,2,,,\n"
	d.save("MR-03", key(), `"0"`, `{"value":"2"}`)
	var dry plan
	t.Run("a dry run says what would happen, and changes nothing", func(t *testing.T) {
		read(t, d.transfer(map[string]any{"file": file}), http.StatusOK, &dry)
		var effects []string
		for _, l := range dry.Lines {
			effects = append(effects, fmt.Sprint(l.Row, l.Indicator, l.Effect, l.After, l.Power))
		}
		want := []string{"2MR-01adds3national", "3MR-02addsskipped", "4MR-03same2"}
		if dry.Applied || len(dry.Refused) > 0 || !slices.Equal(effects, want) {
			t.Errorf("%v", effects)
		}
		if d.answer("MR-01").Version != 0 {
			t.Error("the dry run has changed something")
		}
	})
	t.Run("a row changed since the dry run refuses all and is named", func(t *testing.T) {
		d.t = t
		d.save("MR-02", key(), `"0"`, `{"value":"1"}`)
		r := refused(t, d.transfer(map[string]any{"file": file, "apply": true, "seen": dry.Seen}), http.StatusConflict, "fault.import_moved")
		if len(r.Errors) != 1 || r.Errors[0].Location != "row 3" || d.answer("MR-01").Version != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("applied after another look", func(t *testing.T) {
		d.t = t
		read(t, d.transfer(map[string]any{"file": file}), http.StatusOK, &dry)
		var done plan
		read(t, d.transfer(map[string]any{"file": file, "apply": true, "seen": dry.Seen}), http.StatusOK, &done)
		if a := d.answer("MR-01"); !done.Applied || a.Value != "3" || a.Explanation != "two\nlines" || powers(t, d)["MR-01"].Holder != "national" || d.answer("MR-02").NonAnswer != "skipped" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("a broken row in the middle imports nothing and is named", func(t *testing.T) {
		d.t = t
		broken := "city,indicator,value,non_answer\ncity-a,MR-04,1,\ncity-a,MR-05,9,\ncity-a,MR-06,1,\n"
		var dry plan
		read(t, d.transfer(map[string]any{"file": broken}), http.StatusOK, &dry)
		if len(dry.Refused) != 1 || !strings.HasPrefix(dry.Refused[0], "row 3: ") {
			t.Errorf("%q", dry.Refused)
		}
		r := refused(t, d.transfer(map[string]any{"file": broken, "apply": true}), http.StatusUnprocessableEntity, "fault.import_refused")
		if len(r.Errors) != 1 || r.Errors[0].Location != "row 3" || d.answer("MR-04").Version != 0 || d.answer("MR-06").Version != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("another city's rows are refused", func(t *testing.T) {
		d.t = t
		refused(t, d.transfer(map[string]any{"file": "city,indicator,value,non_answer\ncity-b,MR-04,1,\n", "apply": true}), http.StatusUnprocessableEntity, "fault.import_refused")
	})
	t.Run("two answers for one indicator are refused", func(t *testing.T) {
		d.t = t
		refused(t, d.transfer(map[string]any{"file": "city,indicator,value,non_answer\ncity-a,MR-04,1,\ncity-a,MR-04,2,\n", "apply": true}), http.StatusUnprocessableEntity, "fault.import_refused")
	})
}

// breaking is a store whose sheets cannot be read after some.
type breaking struct {
	assessment.Store
	after int
}

func (b *breaking) Sheets(ctx context.Context, who account.Actor, ids []string) ([]assessment.Sheet, error) {
	if b.after--; b.after < 0 {
		return nil, fault.Wrap(errors.New("gone"), fault.Unavailable, "fault.store_unavailable", nil)
	}
	return b.Store.Sheets(ctx, who, ids)
}

func TestAFileThatCannotBeReadToItsEndNeverLooksWhole(t *testing.T) {
	w := apitest.With(t, apitest.Options{Log: slog.New(slog.DiscardHandler)})
	ctx, by := t.Context(), assessment.Author{Role: account.Operator}
	var codes []string
	for i := range 101 { // more than are read at a time
		code := fmt.Sprintf("more-%03d", i)
		if _, err := w.Store.AddCity(ctx, assessment.City{Code: code, Name: code, Country: "FR", Fictional: true}, by); err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	if err := w.Store.AddCities(ctx, w.Round.Code, w.Library.Scheme(w.Instrument), codes, by); err != nil {
		t.Fatal(err)
	}
	operator := account.Actor{Role: account.Operator}
	all, err := w.Store.Assessments(ctx, operator, w.Round.Code)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if _, err := w.Pages.Drafts.HandIn(ctx, operator, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	analyst, path := w.Client(apitest.Analyst), "/api/v1/rounds/"+w.Round.Code+"/answers.csv"
	whole := analyst.Get(path)
	if n := strings.Count(whole.Body, "\n"); whole.Status != http.StatusOK || n != 1+len(all)*len(w.Instrument.All()) {
		t.Errorf("%d, %d lines", whole.Status, n)
	}
	w.REST.Transfer.Store = &breaking{w.Store, 0}
	if p := analyst.Get(path); p.Status != http.StatusServiceUnavailable || p.Header.Get("Content-Type") != "application/problem+json" || p.Header.Get("Retry-After") != "10" {
		t.Errorf("before the first row: %d %v", p.Status, p.Header)
	}
	w.REST.Transfer.Store = &breaking{w.Store, 1}
	got, err := analyst.HTTP.Get(w.URL + path)
	if err == nil {
		var part []byte
		part, err = io.ReadAll(got.Body)
		got.Body.Close()
		if n := strings.Count(string(part), "\n"); n > 1+100*len(w.Instrument.All()) {
			t.Errorf("%d lines arrived", n)
		}
	}
	if err == nil {
		t.Error("half of a file looks like the whole")
	}
}

func TestAnswersGoOutToAFile(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	d.save("MR-01", key(), `"0"`, `{"value":"3","explanation":"=1+1","evidence":"-5 °C"}`)
	d.save("MR-02", key(), `"0"`, `{"non_answer":"dont_know"}`)
	for _, c := range []struct {
		says, query, explanation string
		mark                     bool
	}{{"guarded for spreadsheets", "", "'=1+1", true}, {"exact", "?raw=true", "=1+1", false}} {
		t.Run(c.says, func(t *testing.T) {
			p := d.Get("/api/v1/assessments/" + w.A.ID + "/answers.csv" + c.query)
			if p.Status != http.StatusOK || p.Header.Get("Content-Type") != "text/csv; charset=utf-8" || p.Header.Get("Content-Disposition") != `attachment; filename="2026-city-a.csv"` {
				t.Fatalf("%d %v", p.Status, p.Header)
			}
			if strings.HasPrefix(p.Body, "\ufeff") != c.mark {
				t.Error("byte order mark")
			}
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))).ReadAll()
			if err != nil || len(rows) != 1+len(w.Instrument.All()) {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			i := slices.IndexFunc(rows, func(r []string) bool { return r[1] == "MR-01" })
			if want := []string{"city-a", "MR-01", "3", "", rows[i][4], c.explanation, map[bool]string{true: "'-5 °C", false: "-5 °C"}[c.mark], "claimed", "", "", "", ""}; !slices.Equal(rows[i], want) {
				t.Errorf("%q", rows[i])
			}
		})
	}
	t.Run("what went out comes back in as the same", func(t *testing.T) {
		d.t = t
		var dry plan
		read(t, d.transfer(map[string]any{"file": d.Get("/api/v1/assessments/" + w.A.ID + "/answers.csv").Body}), http.StatusOK, &dry)
		for _, l := range dry.Lines {
			if l.Effect != "same" {
				t.Errorf("%+v", l)
			}
		}
		if len(dry.Refused) > 0 {
			t.Errorf("%q", dry.Refused)
		}
	})
}

// TestResultsAreThoseOfMigovScore scores the exported file from scratch, as the command does, and compares: every answer, and
// by the column of standings those alone that are evidenced or better, or verified.
func TestResultsAreThoseOfMigovScore(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	file := strings.Builder{}
	file.WriteString("city,indicator,value,non_answer,power\n")
	for i, q := range w.Instrument.Indicators() {
		switch {
		case i%9 == 8:
			fmt.Fprintf(&file, "city-a,%s,,%s,%s\n", q.ID, []string{"not_ours", "not_applicable", "dont_know", "declined", "skipped"}[i%5], []string{"national", "municipal", "contested"}[i%3])
		case q.Kind == "level":
			fmt.Fprintf(&file, "city-a,%s,%d,,%s\n", q.ID, i%5, []string{"", "national", "municipal", "shared"}[i%4])
		case q.Kind == "yes_no":
			fmt.Fprintf(&file, "city-a,%s,yes,,\n", q.ID)
		}
	}
	var done plan
	read(t, d.transfer(map[string]any{"file": file.String(), "apply": true}), http.StatusOK, &done)
	piece, _, err := w.Pages.Proofs.Add(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Proof{Link: "https://city.example/plan", Title: "Plan"})
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range w.Instrument.Indicators() {
		if i%4 == 0 {
			continue
		}
		if err := w.Pages.Proofs.Cite(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID, q.ID, piece.ID, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Pages.Drafts.HandIn(t.Context(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
		t.Fatal(err)
	}
	for i, q := range w.Instrument.Indicators() {
		if i%4 < 2 || q.Kind != "level" && q.Kind != "yes_no" { // nothing is said of the others
			continue
		}
		if err := w.Store.Judge(t.Context(), account.Actor{Role: account.Operator}, w.A.ID, assessment.Verdict{Indicator: q.ID, Kind: assessment.VerdictVerified,
			Version: 1, By: assessment.Author{Role: account.Operator}, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	got := d.JSON(http.MethodGet, "/api/v1/assessments/"+w.A.ID+"/results", "", nil)
	rows, faults := longform.Read(strings.NewReader(d.Get("/api/v1/assessments/"+w.A.ID+"/answers.csv").Body), false)
	cities, more := longform.Understand(w.Instrument, rows)
	if len(faults)+len(more) > 0 {
		t.Fatal(faults, more)
	}
	scheme := score.NewScheme(w.Instrument)
	marks, standings := scheme.Blank(), map[string]string{}
	for _, e := range cities.Entries["city-a"] {
		scheme.SetAnswer(marks, e.Row.Indicator, e.Answer)
		scheme.SetHolder(marks, e.Row.Indicator, e.Power)
		standings[e.Row.Indicator] = e.Row.Standing
	}
	only := func(which ...string) score.Card {
		return scheme.Card("city-a", scheme.Only(marks, func(id string) bool { return slices.Contains(which, standings[id]) }))
	}
	var b bytes.Buffer
	if err := score.WriteJSON(&b, []score.Card{scheme.Card("city-a", marks), only("evidenced", "verified"), only("verified")}); err != nil {
		t.Fatal(err)
	}
	var want []map[string]any
	var have map[string]any
	if err := json.Unmarshal(b.Bytes(), &want); err != nil {
		t.Fatal(err)
	}
	read(t, got, http.StatusOK, &have)
	counts := have["standings"].(map[string]any)
	for i, name := range []string{"", "evidenced", "verified"} {
		is := have
		if name != "" {
			is = have[name].(map[string]any)
			if counts[name].(float64) == 0 || reflect.DeepEqual(want[i]["dimensions"], want[0]["dimensions"]) {
				t.Errorf("%s are %v", name, counts[name])
			}
		}
		for _, part := range []string{"dimensions", "subcategories", "overall"} {
			if !reflect.DeepEqual(want[i][part], is[part]) {
				t.Errorf("%s %s: %v, not %v", name, part, is[part], want[i][part])
			}
		}
	}
	if have["city"] != "city-a" || have["instrument"] != w.Instrument.Name() || have["method"] != score.MethodVersion {
		t.Errorf("%v %v %v", have["city"], have["instrument"], have["method"])
	}
	if !strings.Contains(got.Body, `"central":`) || strings.Count(got.Body, `"central":null`) == strings.Count(got.Body, `"central":`) {
		t.Errorf("nothing was scored: %s", got.Body)
	}
}

func TestAComparisonShowsDistributionsAndNoRanks(t *testing.T) {
	w := apitest.New(t)
	towns(t, w, 5)
	p := w.Client(apitest.Analyst).JSON(http.MethodGet, "/api/v1/rounds/2026/comparison", "", nil)
	var got struct {
		Dimensions  []rest.Spread
		NotHandedIn []string `json:"not_handed_in"`
	}
	read(t, p, http.StatusOK, &got)
	if len(got.Dimensions) != 6 || !slices.Contains(got.NotHandedIn, "city-a") || !slices.Contains(got.NotHandedIn, "city-b") {
		t.Fatalf("%s", p.Body)
	}
	for _, d := range got.Dimensions {
		if d.Counted != 5 || d.Quantiles == nil || len(d.Cities) != 5 || d.Quantiles.Min > d.Quantiles.Median || d.Quantiles.Median > d.Quantiles.Max {
			t.Errorf("%+v", d)
		}
		if names := cityNames(d.Cities); !slices.Equal(names, []string{"town-4", "town-3", "town-2", "town-1", "town-0"}) {
			t.Errorf("not by name of city: %v", names)
		}
	}
	for _, word := range []string{"rank", "position", "league", "best", "worst"} {
		if strings.Contains(p.Body, word) {
			t.Errorf("a comparison says %q", word)
		}
	}
}

func cityNames(all []rest.SpreadCity) (out []string) {
	for _, c := range all {
		out = append(out, c.City)
	}
	return out
}

func TestAProgramAsksWithAToken(t *testing.T) {
	w := apitest.New(t)
	ctx := context.Background()
	token, err := w.Pages.Crowd.Token(ctx, w.Accounts[apitest.ContributorA], "test", time.Hour, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	old, err := w.Pages.Crowd.Token(ctx, w.Accounts[apitest.ContributorA], "test", -time.Hour, assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	c := w.Client("")
	get := func(authorization string) apitest.Page {
		return c.JSON(http.MethodGet, "/api/v1/assessments", "", http.Header{"Authorization": {authorization}, "Sec-Fetch-Site": nil})
	}
	var list struct{ Assessments []rest.Assessment }
	if read(t, get("Bearer "+token), http.StatusOK, &list); len(list.Assessments) != 1 || list.Assessments[0].ID != w.A.ID {
		t.Errorf("%+v", list)
	}
	for _, bad := range []string{"Bearer " + token + "x", "Bearer " + old, "Bearer x"} {
		refused(t, get(bad), http.StatusUnauthorized, "fault.token")
	}
	refused(t, get("Basic "+token), http.StatusUnauthorized, "fault.unsigned")
	if err := w.Store.SetDisabled(ctx, w.Accounts[apitest.ContributorA].ID, true, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	refused(t, get("Bearer "+token), http.StatusUnauthorized, "fault.token")
}

func TestWhoHasNotReadTheNoticeIsToldSo(t *testing.T) {
	w := apitest.New(t)
	ctx := context.Background()
	c := w.Client(apitest.CoordinatorA)
	for _, test := range []struct {
		name, version, method, path, body string
		refused                           bool
	}{
		{"who never read it reads no assessment", "", http.MethodGet, "/assessments", "", true},
		{"nor writes", "", http.MethodPut, "/assessments/" + w.A.ID + "/answers/MR-01", `{"value":"3"}`, true},
		{"who read an earlier one reads on after reading the new one", "1", http.MethodGet, "/assessments", "", true},
		{"what they wrote meanwhile is taken", "1", http.MethodPut, "/assessments/" + w.A.ID + "/answers/MR-01", `{"value":"3"}`, false},
		{"the own inbox is open", "", http.MethodGet, "/inbox", "", false},
		{"who has read it goes on", account.NoticeVersion, http.MethodGet, "/assessments", "", false},
	} {
		if err := w.Store.SetNoticed(ctx, w.Accounts[apitest.CoordinatorA].ID, test.version); err != nil {
			t.Fatal(err)
		}
		page := c.JSON(test.method, "/api/v1"+test.path, test.body, http.Header{"Idempotency-Key": {key()}, "If-Match": {`"0"`}})
		if !test.refused {
			if page.Status >= 300 {
				t.Errorf("%s: %d %s", test.name, page.Status, page.Body)
			}
			continue
		}
		refused(t, page, http.StatusForbidden, "fault.notice_first")
		if !strings.Contains(page.Body, `"link":"/notice"`) {
			t.Errorf("%s: it leads nowhere: %s", test.name, page.Body)
		}
	}
}

func TestTheDescriptionIsOpenAPI31AndNamesEveryOperation(t *testing.T) {
	w := apitest.New(t)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Responses   map[string]struct {
				Content map[string]struct{ Schema map[string]any }
			}
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	p := w.Client("").JSON(http.MethodGet, "/api/v1/openapi.json", "", nil)
	read(t, p, http.StatusOK, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %s", doc.OpenAPI)
	}
	var paths []string
	for _, l := range w.REST.Lines() {
		op, ok := doc.Paths[l.Path][strings.ToLower(l.Method)]
		if !ok || op.OperationID == "" || op.Summary == "" {
			t.Errorf("%s %s is not described", l.Method, l.Path)
		}
		var statuses []string
		for status, r := range op.Responses {
			statuses = append(statuses, status)
			if _, ok := r.Content["application/problem+json"]; status >= "400" && status != "409" && !ok {
				t.Errorf("%s %s %s is no problem in JSON: %v", l.Method, l.Path, status, r.Content)
			}
		}
		slices.Sort(statuses)
		paths = append(paths, fmt.Sprintf("%-6s %s  %s  %s", l.Method, l.Path, op.OperationID, strings.Join(statuses, " ")))
	}
	described := 0
	for _, methods := range doc.Paths {
		described += len(methods)
	}
	if described != len(paths) {
		t.Errorf("%d operations are described, %d exist", described, len(paths))
	}
	if _, ok := doc.Components.Schemas["Detail"].Properties["saved"]; !ok {
		t.Errorf("a problem is not described as it is sent")
	}
	unresolved(t, p.Body)
	golden(t, "testdata/operations.txt", strings.Join(paths, "\n")+"\n")
}

// unresolved looks for references inside the document that lead nowhere.
func unresolved(t *testing.T, doc string) {
	t.Helper()
	var all struct {
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal([]byte(doc), &all); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, part := range strings.Split(doc, `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if found++; all.Components.Schemas[name] == nil {
			t.Errorf("the schema %s is not there", name)
		}
	}
	if found == 0 {
		t.Error("there are no references")
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update writes it anew\n%s", path, got)
	}
}

func TestWhatIsNotThereIsSaidInJSON(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.CoordinatorA)
	for _, x := range [][2]string{{"GET", "/api/v1/nothing"}, {"GET", "/api/v2"}, {"GET", "/api/v1/assessments/nope"},
		{"GET", "/api/v1/assessments/" + w.B.ID}, {"GET", "/api/v1/assessments/" + w.B.ID + "/results"}, {"GET", "/api/v1/assessments/" + w.B.ID + "/answers.csv"},
		{"GET", "/api/v1/assessments/" + w.A.ID + "/answers/ZZ-99"}, {"GET", "/api/v1/instruments/none@1.0.0"}, {"GET", "/api/v1/instruments/%00"}} {
		refused(t, c.JSON(x[0], x[1], "", nil), http.StatusNotFound, "fault.not_found")
	}
	refused(t, c.JSON("PATCH", "/api/v1/assessments", "", nil), http.StatusMethodNotAllowed, "fault.method")
	if p := c.Send(http.MethodHead, "/api/v1/nothing", nil, nil); p.Status != http.StatusNotFound || p.Body != "" {
		t.Errorf("HEAD: %d %q", p.Status, p.Body)
	}
	analyst := w.Client(apitest.Analyst)
	a := analyst.JSON("GET", "/api/v1/assessments/"+w.A.ID, "", nil)
	b := analyst.JSON("GET", "/api/v1/assessments/nope", "", nil)
	refused(t, a, http.StatusNotFound, "fault.not_found") // not handed in: an analyst may not know what is in it
	if a.Body != b.Body {
		t.Errorf("%s\n%s", a.Body, b.Body)
	}
	refused(t, analyst.JSON("GET", "/api/v1/rounds/1999", "", nil), http.StatusNotFound, "fault.not_found")
}

func TestAWriteFromAnotherSiteIsRefused(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	for name, h := range map[string]http.Header{
		"by Sec-Fetch-Site": {"Sec-Fetch-Site": {"cross-site"}},
		"by Origin":         {"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.Set("Idempotency-Key", key())
			h.Set("If-Match", `"0"`)
			refused(t, d.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/answers/MR-01", `{"value":"1"}`, h), http.StatusForbidden, "fault.other_site")
			refused(t, d.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/hand-in", "", h), http.StatusForbidden, "fault.other_site")
		})
	}
	if d.answer("MR-01").Version != 0 {
		t.Error("it was saved all the same")
	}
}
