package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// desk is somebody at an assessment.
type desk struct {
	*apitest.Client
	t  *testing.T
	id string
}

func at(t *testing.T, w *apitest.World, name, assessment string) desk {
	t.Helper()
	return desk{w.Client(name), t, assessment}
}

// save puts one answer. An empty key or version sends no such header.
func (d desk) save(indicator, key, version, body string) apitest.Page {
	d.t.Helper()
	h := http.Header{}
	if key != "" {
		h.Set("Idempotency-Key", key)
	}
	if version != "" {
		h.Set("If-Match", version)
	}
	return d.JSON(http.MethodPut, "/api/v1/assessments/"+d.id+"/answers/"+indicator, body, h)
}

// answer reads one answer back.
func (d desk) answer(indicator string) (a rest.Answer) {
	d.t.Helper()
	read(d.t, d.JSON(http.MethodGet, "/api/v1/assessments/"+d.id+"/answers/"+indicator, "", nil), http.StatusOK, &a)
	return a
}

// read expects a status and decodes the body.
func read(t *testing.T, p apitest.Page, status int, into any) {
	t.Helper()
	if p.Status != status {
		t.Fatalf("status %d instead of %d: %s", p.Status, status, p.Body)
	}
	if err := json.Unmarshal([]byte(p.Body), into); err != nil {
		t.Fatalf("%v: %s", err, p.Body)
	}
}

// refusal is the body of a problem.
type refusal struct {
	Status int
	Detail string
	Code   string
	Saved  *bool
	Errors []struct{ Location, Message, Code string }
}

// refused expects a problem in JSON that says saved: false.
func refused(t *testing.T, p apitest.Page, status int, code string) (r refusal) {
	t.Helper()
	read(t, p, status, &r)
	if got := p.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	if r.Saved == nil || *r.Saved {
		t.Errorf("a problem must say saved: false: %s", p.Body)
	}
	if r.Code != code || r.Status != status {
		t.Errorf("code %q and status %d instead of %q and %d", r.Code, r.Status, code, status)
	}
	if r.Detail == "" || strings.HasPrefix(r.Detail, "fault.") {
		t.Errorf("no sentence for people: %q", r.Detail)
	}
	return r
}

func key() string { return uuid.NewString() }

// The save contract (trust.md 2.2), through HTTP, on both engines.
func TestASaveIsAnsweredAsTheContractSays(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		d, colleague := at(t, w, apitest.CoordinatorA, w.A.ID), at(t, w, apitest.ContributorA, w.A.ID)
		t.Run("a new save is 201 and names itself", func(t *testing.T) {
			d.t = t
			k := key()
			p := d.save("MR-01", k, `"0"`, `{"value":"3","explanation":"ما نقوم به"}`)
			var s rest.SavedBody
			read(t, p, http.StatusCreated, &s)
			if !s.Saved || s.Kept || s.Mutation != k || s.Version != 1 || len(s.SHA256) != 64 || s.At.IsZero() || len(s.Conflict) != 0 {
				t.Errorf("%+v", s)
			}
			if p.Header.Get("ETag") != `"1"` || p.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("ETag %q, Cache-Control %q", p.Header.Get("ETag"), p.Header.Get("Cache-Control"))
			}
			if a := d.answer("MR-01"); a.Value != "3" || a.Explanation != "ما نقوم به" || a.Version != 1 || a.By != "coordinator" {
				t.Errorf("read back: %+v", a)
			}
		})
		t.Run("the same save again is 200 with the identical body, and counts once", func(t *testing.T) {
			d.t = t
			k := key()
			first := d.save("MR-02", k, `"0"`, `{"value":"2"}`)
			for range 3 {
				again := d.save("MR-02", k, `"0"`, `{"value":"2"}`)
				if first.Status != http.StatusCreated || again.Status != http.StatusOK || again.Body != first.Body {
					t.Errorf("%d %s\n%d %s", first.Status, first.Body, again.Status, again.Body)
				}
			}
			if a := d.answer("MR-02"); a.Version != 1 {
				t.Errorf("counted %d times", a.Version)
			}
		})
		t.Run("the same save again is 200 with the identical body after later saves too", func(t *testing.T) {
			d.t = t
			k := key()
			first := d.save("MR-03", k, `"0"`, `{"value":"2"}`)
			d.save("MR-03", key(), `"1"`, `{"value":"1"}`)
			if again := d.save("MR-03", k, `"0"`, `{"value":"2"}`); again.Status != http.StatusOK || again.Body != first.Body {
				t.Errorf("%d %s", again.Status, again.Body)
			}
			if a := d.answer("MR-03"); a.Value != "1" || a.Version != 2 {
				t.Errorf("the later save is gone: %+v", a)
			}
		})
		t.Run("the same key with other content is 422 and changes nothing", func(t *testing.T) {
			d.t = t
			k := key()
			d.save("MR-04", k, `"0"`, `{"value":"2"}`)
			refused(t, d.save("MR-04", k, `"0"`, `{"value":"3"}`), http.StatusUnprocessableEntity, "fault.mutation_mismatch")
			refused(t, d.save("MR-05", k, `"0"`, `{"value":"2"}`), http.StatusUnprocessableEntity, "fault.mutation_mismatch")
			if a := d.answer("MR-04"); a.Value != "2" || a.Version != 1 || d.answer("MR-05").Version != 0 {
				t.Errorf("%+v", a)
			}
		})
		t.Run("the same field changed meanwhile is 409, kept, and both texts can be read afterwards", func(t *testing.T) {
			d.t, colleague.t = t, t
			d.save("MR-06", key(), `"0"`, `{"explanation":"first text"}`)
			k := key()
			p := colleague.save("MR-06", k, `"0"`, `{"explanation":"second text","value":"4"}`)
			var s rest.SavedBody
			read(t, p, http.StatusConflict, &s)
			if s.Saved || !s.Kept || s.AlternativeID == "" || s.Theirs == nil || s.Theirs.Explanation != "first text" || s.TheirsBy != "coordinator" || fmt.Sprint(s.Conflict) != "[explanation]" {
				t.Fatalf("%s", p.Body)
			}
			a := d.answer("MR-06")
			if a.Explanation != "first text" || a.Value != "4" || len(a.Alternatives) != 1 || a.Alternatives[0].Explanation != "second text" || a.Alternatives[0].By != "contributor" {
				t.Errorf("afterwards: %+v", a)
			}
			again := colleague.save("MR-06", k, `"0"`, `{"explanation":"second text","value":"4"}`)
			if again.Status != http.StatusConflict || again.Body != p.Body || len(d.answer("MR-06").Alternatives) != 1 {
				t.Errorf("the same conflict again: %d\n%s\n%s", again.Status, again.Body, p.Body)
			}
			chosen := d.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/answers/MR-06?choose="+s.AlternativeID, `{"explanation":"first and second text"}`,
				http.Header{"Idempotency-Key": {key()}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(a.Version))}})
			read(t, chosen, http.StatusCreated, &s)
			if a = d.answer("MR-06"); a.Explanation != "first and second text" || len(a.Alternatives) != 0 {
				t.Errorf("after choosing: %+v", a)
			}
		})
		t.Run("two people who change different fields of one answer are both saved", func(t *testing.T) {
			d.t, colleague.t = t, t
			one := d.save("MR-07", key(), `"0"`, `{"value":"1"}`)
			two := colleague.save("MR-07", key(), `"0"`, `{"evidence":"Plan 2030, page 4","confidence":"fairly_sure"}`)
			if one.Status != http.StatusCreated || two.Status != http.StatusCreated {
				t.Errorf("%d, %d", one.Status, two.Status)
			}
			if a := d.answer("MR-07"); a.Value != "1" || a.Evidence != "Plan 2030, page 4" || a.Confidence != "fairly_sure" || len(a.Alternatives) != 0 {
				t.Errorf("%+v", a)
			}
		})
		t.Run("key or version missing is 428", func(t *testing.T) {
			d.t = t
			for _, x := range [][2]string{{"", `"0"`}, {key(), ""}, {key(), "*"}, {key(), `"x"`}, {key(), `"-1"`}, {key(), `"0", "1"`}} {
				refused(t, d.save("MR-08", x[0], x[1], `{"value":"1"}`), http.StatusPreconditionRequired, "fault.precondition")
			}
			if d.answer("MR-08").Version != 0 {
				t.Error("it was saved all the same")
			}
		})
		t.Run("the version may be quoted, bare or weak", func(t *testing.T) {
			d.t = t
			for i, form := range []string{`"%d"`, `%d`, `W/"%d"`} {
				if p := d.save("MR-09", key(), fmt.Sprintf(form, i), fmt.Sprintf(`{"value":"%d"}`, i)); p.Status != http.StatusCreated {
					t.Errorf("%s: %d %s", form, p.Status, p.Body)
				}
			}
		})
		t.Run("what cannot be accepted is 422 with its places in the reader's language", func(t *testing.T) {
			d.t = t
			big := strings.Repeat("ض", 40<<10)
			for _, c := range []struct{ says, indicator, body, place, code string }{
				{"a level 7", "MR-11", `{"value":"7"}`, "MR-11.value", "fault.level_range"},
				{"a text as a level", "MR-11", `{"value":"</script>"}`, "MR-11.value", "fault.level_range"},
				{"a value and a non-answer", "MR-11", `{"value":"2","non_answer":"skipped"}`, "MR-11.value", "fault.value_and_non_answer"},
				{"an unknown non-answer", "MR-11", `{"non_answer":"perhaps"}`, "MR-11.value", "fault.non_answer_unknown"},
				{"an unknown confidence", "MR-11", `{"confidence":"very"}`, "MR-11.confidence", "fault.confidence_unknown"},
				{"a text in a number", "MR-10", `{"value":"many"}`, "MR-10.value", "fault.number_format"},
				{"a number below a limit", "MR-10", `{"value":"<5"}`, "MR-10.value", "fault.number_inexact"},
				{"an option that does not exist", "MR-14", `{"value":"gold"}`, "MR-14.value", "fault.option_unknown"},
				{"80 KB of Arabic", "MR-11", `{"explanation":"` + big + `"}`, "MR-11.explanation", "fault.text_too_large"},
				{"NUL", "MR-11", `{"explanation":"a\u0000b"}`, "MR-11.explanation", "fault.text_nul"},
				{"an unknown holder of the power", "MR-11", `{"non_answer":"not_ours","holder":"moon"}`, "MR-11.holder", "fault.power_unknown"},
				{"an unknown indicator", "ZZ-99", `{"value":"1"}`, "ZZ-99", "fault.indicator_unknown"},
			} {
				r := refused(t, d.save(c.indicator, key(), `"0"`, c.body), http.StatusUnprocessableEntity, "fault.answer")
				if len(r.Errors) != 1 || r.Errors[0].Location != c.place || r.Errors[0].Code != c.code || strings.HasPrefix(r.Errors[0].Message, "fault.") || r.Errors[0].Message == "" {
					t.Errorf("%s: %+v", c.says, r.Errors)
				}
			}
			refused(t, d.save("MR-11", "short", `"0"`, `{"value":"1"}`), http.StatusUnprocessableEntity, "fault.answer")
			refused(t, d.save("MR-11", key(), `"0"`, `{}`), http.StatusUnprocessableEntity, "fault.nothing_given")
			if a := d.answer("MR-11"); a.Version != 0 {
				t.Errorf("saved all the same: %+v", a)
			}
		})
		t.Run("texts come back byte for byte", func(t *testing.T) {
			d.t = t
			for i, s := range []string{"=1+1", "</script><script>alert(1)</script>", "e\u0301 é \u202eabc\u202c 👨‍👩‍👧", strings.Repeat("ض", 32<<10), "a\r\nb\tc", " "} {
				body, _ := json.Marshal(map[string]string{"explanation": s})
				if p := d.save("MR-12", key(), fmt.Sprintf(`"%d"`, i), string(body)); p.Status != http.StatusCreated {
					t.Fatalf("%.20q: %d %s", s, p.Status, p.Body)
				}
				if got := d.answer("MR-12").Explanation; got != s {
					t.Errorf("%.40q came back as %.40q", s, got)
				}
			}
		})
		t.Run("not our responsibility says at once who holds the power", func(t *testing.T) {
			d.t = t
			if p := d.save("MR-13", key(), `"0"`, `{"non_answer":"not_ours","holder":"national"}`); p.Status != http.StatusCreated {
				t.Fatal(p.Body)
			}
			if got := powers(t, d)["MR-13"]; got.Holder != "national" || got.Default {
				t.Errorf("%+v", got)
			}
		})
		t.Run("a reader without a sign-in session is told 401 and saved: false", func(t *testing.T) {
			nobody := at(t, w, "", w.A.ID)
			refused(t, nobody.save("MR-15", key(), `"0"`, `{"value":"1"}`), http.StatusUnauthorized, "fault.unsigned")
		})
		t.Run("a foreign assessment is answered byte for byte as a missing one", func(t *testing.T) {
			foreign, none := at(t, w, apitest.CoordinatorB, w.A.ID), at(t, w, apitest.CoordinatorB, uuid.NewString())
			a, b := foreign.save("MR-15", key(), `"0"`, `{"value":"1"}`), none.save("MR-15", key(), `"0"`, `{"value":"1"}`)
			refused(t, a, http.StatusNotFound, "fault.not_found")
			if a.Body != b.Body || fmt.Sprint(withoutDate(a.Header)) != fmt.Sprint(withoutDate(b.Header)) {
				t.Errorf("%s\n%s\n%v\n%v", a.Body, b.Body, a.Header, b.Header)
			}
		})
		t.Run("an assessment that was handed in is 423 with the reason", func(t *testing.T) {
			d.t = t
			if p := d.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/hand-in", "", nil); p.Status != http.StatusOK {
				t.Fatal(p.Body)
			}
			r := refused(t, d.save("MR-15", key(), `"0"`, `{"value":"1"}`), http.StatusLocked, "fault.handed_in")
			if !strings.Contains(r.Detail, "20") {
				t.Errorf("no date in %q", r.Detail)
			}
			refused(t, d.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/powers/MR-15", `{"holder":"national"}`, http.Header{"If-Match": {`"0"`}}), http.StatusLocked, "fault.handed_in")
			refused(t, d.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/hand-in", "", nil), http.StatusConflict, "review.not_now_submit")
			analyst := at(t, w, apitest.Analyst, w.A.ID)
			if p := analyst.JSON(http.MethodPost, "/api/v1/assessments/"+w.A.ID+"/reopen", `{"reason":"Look again."}`, nil); p.Status != http.StatusOK {
				t.Fatal(p.Body)
			}
			if p := d.save("MR-15", key(), `"0"`, `{"value":"1"}`); p.Status != http.StatusCreated {
				t.Errorf("open again, yet %d %s", p.Status, p.Body)
			}
		})
	})
}

func withoutDate(h http.Header) http.Header {
	c := h.Clone()
	c.Del("Date")
	c.Del("X-Request-Id")
	return c
}

func powers(t *testing.T, d desk) map[string]rest.Power {
	t.Helper()
	var whole struct{ Powers []rest.Power }
	read(t, d.JSON(http.MethodGet, "/api/v1/assessments/"+d.id, "", nil), http.StatusOK, &whole)
	out := map[string]rest.Power{}
	for _, p := range whole.Powers {
		out[p.Indicator] = p
	}
	return out
}

func TestAPowerIsSetUnderItsOwnVersion(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	set := func(version, body string) apitest.Page {
		return d.JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/powers/MR-01", body, http.Header{"If-Match": {version}})
	}
	var p rest.Power
	read(t, set(`"0"`, `{"holder":"regional","reason":"Health act, article 12"}`), http.StatusOK, &p)
	if p.Holder != "regional" || p.Default || p.Version != 1 || p.Reason != "Health act, article 12" {
		t.Errorf("%+v", p)
	}
	refused(t, set(`"0"`, `{"holder":"national"}`), http.StatusConflict, "fault.power_moved")
	refused(t, set(``, `{"holder":"national"}`), http.StatusPreconditionRequired, "fault.precondition")
	if r := refused(t, set(`"1"`, `{"holder":"moon"}`), http.StatusUnprocessableEntity, "fault.powers"); len(r.Errors) != 1 || r.Errors[0].Code != "fault.power_unknown" {
		t.Errorf("%+v", r)
	}
	read(t, set(`"1"`, `{"holder":""}`), http.StatusOK, &p)
	now := powers(t, d)["MR-01"]
	if !p.Default || !now.Default || p.Holder != now.Holder || now.Holder == "" {
		t.Errorf("back to the default: set %+v, read %+v", p, now)
	}
	refused(t, at(t, w, apitest.ContributorA, w.A.ID).JSON(http.MethodPut, "/api/v1/assessments/"+w.A.ID+"/powers/MR-01", `{"holder":"national"}`,
		http.Header{"If-Match": {`"2"`}}), http.StatusForbidden, "fault.forbidden")
}

func TestARequestOfAnotherShapeIsRefused(t *testing.T) {
	w := apitest.New(t)
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	for _, c := range []struct {
		says, body, place, code string
		status                  int
	}{
		{"a field that is not known", `{"value":"1","valeu":"2"}`, "valeu", "rest.unexpected", 422},
		{"a number where a text belongs", `{"value":1}`, "value", "rest.type", 422},
		{"a list", `["1"]`, "body", "rest.type", 422},
		{"something after the object", `{"value":"1"} {"value":"2"}`, "body", "rest.body", 400},
		{"an object cut short", `{"value":"1"`, "body", "rest.body", 400},
		{"no JSON", `value=1`, "body", "rest.body", 400},
	} {
		t.Run(c.says, func(t *testing.T) {
			d.t = t
			r := refused(t, d.save("MR-01", key(), `"0"`, c.body), c.status, "fault.request")
			if len(r.Errors) == 0 || r.Errors[0].Location != c.place || r.Errors[0].Code != c.code || strings.HasPrefix(r.Errors[0].Message, "rest.") {
				t.Errorf("%+v", r.Errors)
			}
		})
	}
	t.Run("no body at all", func(t *testing.T) {
		d.t = t
		refused(t, d.save("MR-01", key(), `"0"`, ""), http.StatusBadRequest, "fault.request")
	})
	t.Run("a body of 2 MB", func(t *testing.T) {
		d.t = t
		refused(t, d.save("MR-01", key(), `"0"`, `{"explanation":"`+strings.Repeat("x", 2<<20)+`"}`), http.StatusRequestEntityTooLarge, "fault.request")
		d.answer("MR-01") // on the same connection: the rest of the body is not taken for a request
	})
	if d.answer("MR-01").Version != 0 {
		t.Error("it was saved all the same")
	}
}

func TestProblemsAreSaidInTheReadersLanguage(t *testing.T) {
	w := apitest.New(t)
	c := w.Client("")
	said := map[string]string{}
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		p := c.JSON(http.MethodGet, "/api/v1/assessments", "", http.Header{"Accept-Language": {lang + ";q=0.9"}})
		r := refused(t, p, http.StatusUnauthorized, "fault.unsigned")
		if other, ok := said[r.Detail]; ok {
			t.Errorf("%s says the same as %s: %s", lang, other, r.Detail)
		}
		said[r.Detail] = lang
	}
	if err := w.Store.SetLanguage(context.Background(), w.Accounts[apitest.CoordinatorA].ID, "ar"); err != nil {
		t.Fatal(err)
	}
	d := at(t, w, apitest.CoordinatorA, w.A.ID)
	p := d.save("MR-01", key(), `"0"`, `{"value":"7","extra":"x"}`)
	r := refused(t, p, http.StatusUnprocessableEntity, "fault.request")
	for _, s := range []string{r.Detail, r.Errors[0].Message} {
		if !strings.ContainsFunc(s, func(c rune) bool { return c >= 0x600 && c <= 0x6ff }) {
			t.Errorf("not in Arabic: %q", s)
		}
	}
	if r := refused(t, d.save("MR-01", key(), `"0"`, `{"value":"7"}`), http.StatusUnprocessableEntity, "fault.answer"); !strings.Contains(r.Errors[0].Message, "7") {
		t.Errorf("%+v", r.Errors)
	}
}

// whoAsks are the askers of the matrix: nobody, and one of each role.
var whoAsks = map[account.Role]string{account.Anonymous: "", account.Admin: apitest.Admin, account.Analyst: apitest.Analyst,
	account.Coordinator: apitest.CoordinatorA, account.Contributor: apitest.ContributorA}

func TestEveryRoleMayDoWhatThePolicySays(t *testing.T) {
	w := apitest.New(t)
	ctx := context.Background()
	city := w.Actor(apitest.CoordinatorA)
	lines := w.REST.Lines()
	if len(lines) < 15 {
		t.Fatalf("only %d operations", len(lines))
	}
	for role, name := range whoAsks {
		c, upload := w.Client(name), "nothing"
		if account.Allowed(role, account.WriteEvidence) {
			u, err := w.Pages.Proofs.Begin(ctx, w.Actor(name), w.A.ID, "plan.pdf", 9, "key")
			if err != nil {
				t.Fatal(err)
			}
			upload = u.ID
		}
		fill := strings.NewReplacer("{id}", w.A.ID, "{indicator}", "MR-01", "{code}", w.Round.Code, "{name}", w.Instrument.Name(), "{upload}", upload, "{country}", w.Cities[0].Country)
		for _, l := range lines {
			// Handed in, so that the analyst may know of it; whoever may take that back does.
			if _, err := w.Pages.Drafts.HandIn(ctx, city, w.A.ID); err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
			// An empty object is the wrong shape, or lacks its headers: whoever is let in changes nothing and gets something other than 401 and 403.
			body := ""
			if l.Method == http.MethodPut || (l.Method == http.MethodPost && strings.HasSuffix(l.Path, "/import")) {
				body = `{"nothing":1}`
			}
			p := c.JSON(l.Method, fill.Replace(l.Path), body, nil)
			want := "let in"
			switch {
			case account.Allowed(role, l.Action):
			case role == account.Anonymous:
				want = "401"
			default:
				want = "403"
			}
			got := "let in"
			if p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden {
				got = fmt.Sprint(p.Status)
			}
			if got != want || p.Status >= 500 || (want == "let in" && p.Status == http.StatusNotFound) {
				t.Errorf("%s %s as %q: %d, wanted %s: %.200s", l.Method, l.Path, role, p.Status, want, p.Body)
			}
		}
	}
}
