package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/assessment/survey"
)

var (
	inputs  = regexp.MustCompile(`<input type="hidden" name="([^"]+\.seen)" value="([^"]*)"`)
	reasons = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+\.reason)"[^>]*>\n(.*?)</textarea>`)
	selects = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+\.holder)"[^>]*>(.*?)</select>`)
	chosen  = regexp.MustCompile(`<option value="([^"]*)" selected>`)
)

// powersForm is what a browser would send of a powers map that nobody touched.
func powersForm(body string) url.Values {
	form := url.Values{}
	for _, m := range append(inputs.FindAllStringSubmatch(body, -1), reasons.FindAllStringSubmatch(body, -1)...) {
		form.Set(m[1], m[2])
	}
	for _, m := range selects.FindAllStringSubmatch(body, -1) {
		form.Set(m[1], "")
		if x := chosen.FindStringSubmatch(m[2]); x != nil {
			form.Set(m[1], x[1])
		}
	}
	return form
}

// holders are the powers that are kept.
func holders(t *testing.T, w *apitest.World) map[string]string {
	t.Helper()
	d, err := w.Pages.Drafts.Open(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for id, p := range d.Sheet.Powers {
		out[id] = string(p.Holder) + " " + p.Reason
	}
	return out
}

func TestThePowersMapIsFilledIn(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/powers"
	page := c.Get(path)
	if page.Wire > 15<<10 {
		t.Errorf("the page takes %d bytes", page.Wire)
	}
	form := powersForm(page.Body)
	if n := len(form); n != 3*90 {
		t.Fatalf("the form has %d fields, want 270", n)
	}
	t.Run("a form that nobody touched writes nothing", func(t *testing.T) {
		if got := c.Post(path, form); got.Status != http.StatusSeeOther || len(holders(t, w)) != 0 {
			t.Errorf("status %d, %v", got.Status, holders(t, w))
		}
		contains(t, words(c.Get(path).Body), "Nothing was changed")
	})
	form.Set("MR-01.holder", "national")
	form.Set("MR-01.reason", "Health Act, article 4\r\nand its decree")
	form.Set("WG-01.holder", "contested")
	form.Set("at", "MR")
	t.Run("two lines are saved", func(t *testing.T) {
		if got := c.Post(path, form); got.Status != http.StatusSeeOther || got.To() != path+"#MR" {
			t.Fatalf("leads to %q with %d", got.To(), got.Status)
		}
		kept := holders(t, w)
		if len(kept) != 2 || kept["MR-01"] != "national Health Act, article 4\nand its decree" || kept["WG-01"] != "contested " {
			t.Errorf("kept: %v", kept)
		}
		contains(t, words(c.Get(path).Body), "2 lines are saved.", "2 lines, saved together", "Now: Contested. Before: Ours.")
	})
	t.Run("sent again, it is no change", func(t *testing.T) {
		if got := c.Post(path, powersForm(c.Get(path).Body)); got.Status != http.StatusSeeOther {
			t.Errorf("status %d", got.Status)
		}
		contains(t, words(c.Get(path).Body), "Nothing was changed")
	})
	t.Run("the home counts it", func(t *testing.T) {
		contains(t, words(c.Get("/assessments/"+w.A.ID).Body), "Review 1 contested line")
	})
}

func TestWhoMayChangePowers(t *testing.T) {
	w := apitest.New(t)
	path := "/assessments/" + w.A.ID + "/powers"
	form := powersForm(w.Client(apitest.CoordinatorA).Get(path).Body)
	form.Set("MR-01.holder", "nobody")
	for _, x := range []struct {
		name string
		want int
	}{{"", http.StatusUnauthorized}, {apitest.ContributorA, 403}, {apitest.CoordinatorB, 404}, {apitest.Analyst, 403}, {apitest.Admin, 403}} {
		for _, to := range []string{path, path + "/undo"} {
			f := url.Values{"indicator": {"MR-01"}, "version": {"1"}}
			if to == path {
				f = form
			}
			if got := w.Client(x.name).Post(to, f).Status; got != x.want {
				t.Errorf("%s by %q: %d, want %d", to, x.name, got, x.want)
			}
		}
	}
	body := w.Client(apitest.ContributorA).Get(path).Body
	if strings.Contains(body, "<select") || strings.Contains(body, "<textarea") {
		t.Error("a contributor is offered to change powers")
	}
	contains(t, words(body), "The coordinator of the city fills it in.")
	if len(holders(t, w)) != 0 {
		t.Errorf("somebody changed powers: %v", holders(t, w))
	}
}

func TestAStalePowersMapKeepsBothTexts(t *testing.T) {
	w := apitest.New(t)
	mine, theirs, path := w.Client(apitest.CoordinatorA), w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/powers"
	old := powersForm(mine.Get(path).Body)
	other := powersForm(theirs.Get(path).Body)
	other.Set("MR-01.holder", "regional")
	other.Set("MR-01.reason", "Their <b>law</b>")
	other.Set("MR-03.holder", "national")
	if got := theirs.Post(path, other); got.Status != http.StatusSeeOther {
		t.Fatalf("status %d", got.Status)
	}
	t.Run("lines that I did not touch are no conflict", func(t *testing.T) {
		form := url.Values{}
		for k, v := range old {
			form[k] = v
		}
		form.Set("MR-02.holder", "nobody")
		if got := mine.Post(path, form); got.Status != http.StatusSeeOther || holders(t, w)["MR-02"] != "nobody " || holders(t, w)["MR-03"] != "national " {
			t.Errorf("status %d, %v", got.Status, holders(t, w))
		}
	})
	old.Set("MR-01.holder", "contested")
	old.Set("MR-01.reason", "My law")
	old.Set("MR-04.holder", "nobody")
	page := mine.Post(path, old)
	if page.Status != http.StatusConflict {
		t.Fatalf("status %d", page.Status)
	}
	contains(t, page.Body, "My law", "Their &lt;b&gt;law&lt;/b&gt;", `<option value="contested" selected>`, `href="#MR-01"`, "MR-01: a colleague changed this line too.", "<title>Error:")
	if kept := holders(t, w); kept["MR-01"] != "regional Their <b>law</b>" || kept["MR-04"] != "" {
		t.Errorf("something was saved: %v", kept)
	}
	again := mine.Post(path, powersForm(page.Body))
	if kept := holders(t, w); again.Status != http.StatusSeeOther || kept["MR-01"] != "contested My law" || kept["MR-04"] != "nobody " {
		t.Errorf("saved again: %d, %v", again.Status, kept)
	}
}

func TestPowersThatCannotBeAccepted(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/powers"
	for _, x := range []struct{ name, field, value, href string }{
		{"a holder that does not exist", "MR-01.holder", "the moon", `href="#MR-01-holder"`},
		{"a zero sign in the reason", "MR-01.reason", "a\x00b and more of it", `href="#MR-01-reason"`},
		{"a reason that is too long", "MR-01.reason", strings.Repeat("م", survey.SoftText+1), `href="#MR-01-reason"`},
	} {
		t.Run(x.name, func(t *testing.T) {
			form := powersForm(c.Get(path).Body)
			form.Set(x.field, x.value)
			form.Set("MR-02.reason", "This is kept in the page")
			page := c.Post(path, form)
			if page.Status != http.StatusUnprocessableEntity {
				t.Fatalf("status %d", page.Status)
			}
			contains(t, page.Body, x.href, "This is kept in the page", `aria-invalid="true"`)
			for _, fault := range apitest.Unsound(page.Body, "en") {
				t.Error(fault)
			}
			if len(holders(t, w)) != 0 {
				t.Error("something was saved")
			}
		})
	}
}

func TestTheLastChangeOfAPowerIsTakenBack(t *testing.T) {
	w := apitest.New(t)
	c, path := w.Client(apitest.CoordinatorA), "/assessments/"+w.A.ID+"/powers"
	set := func(holder, reason string) {
		t.Helper()
		form := powersForm(c.Get(path).Body)
		form.Set("MR-01.holder", holder)
		form.Set("MR-01.reason", reason)
		if got := c.Post(path, form); got.Status != http.StatusSeeOther {
			t.Fatalf("status %d", got.Status)
		}
	}
	undo := func(version string) apitest.Page {
		return c.Post(path+"/undo", url.Values{"indicator": {"MR-01"}, "version": {version}})
	}
	set("national", "A law")
	set("regional", "Another law")
	contains(t, words(c.Get(path).Body), "Now: Region. Before: National government.")
	if got := undo("1"); got.Status != http.StatusConflict {
		t.Errorf("undoing an older change: %d", got.Status)
	}
	if got := undo("2"); got.Status != http.StatusSeeOther || holders(t, w)["MR-01"] != "national A law" {
		t.Errorf("undone: %d, %v", got.Status, holders(t, w))
	}
	contains(t, words(c.Get(path).Body), "The last change of MR-01 is taken back. It says again: National government.")
	if got := undo("2"); got.Status != http.StatusSeeOther || holders(t, w)["MR-01"] != "national A law" {
		t.Errorf("the button pressed twice: %d, %v", got.Status, holders(t, w))
	}
	for _, bad := range []string{"-1", "0", "x", ""} {
		if got := undo(bad); got.Status != http.StatusNotFound {
			t.Errorf("undoing version %q: %d", bad, got.Status)
		}
	}
	if got := c.Post(path+"/undo", url.Values{"indicator": {"XX-1"}, "version": {"1"}}); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("undoing an indicator that does not exist: %d", got.Status)
	}
	t.Run("the first change gives the default back", func(t *testing.T) {
		form := powersForm(c.Get(path).Body)
		form.Set("MR-05.holder", "nobody")
		c.Post(path, form)
		c.Post(path+"/undo", url.Values{"indicator": {"MR-05"}, "version": {"1"}})
		contains(t, words(c.Get(path).Body), "It says again: Shared.", "Shared (default)")
	})
}
