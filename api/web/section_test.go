package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/survey"
)

// sectionForm reads the form of a page as a browser would send it, without any button.
func sectionForm(t *testing.T, body string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for n := range root.Descendants() {
		name, kind := attribute(n, "name"), attribute(n, "type")
		_, checked := find(n, "checked")
		switch {
		case n.Type != html.ElementNode || name == "" || n.Data == "button" || n.Data == "meta":
		case n.Data == "textarea":
			form.Add(name, strings.ReplaceAll(content(n), "\n", "\r\n"))
		case n.Data == "select":
			form.Add(name, "")
		case n.Data == "input" && ((kind != "radio" && kind != "checkbox") || checked):
			form.Add(name, attribute(n, "value"))
		}
	}
	return form
}

func find(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attribute(n *html.Node, name string) string { v, _ := find(n, name); return v }

func content(n *html.Node) (s string) {
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			s += c.Data
		}
	}
	return s
}

func keptOf(t *testing.T, w *apitest.World, indicator string) (assessment.Kept, []assessment.Alternative) {
	t.Helper()
	s, err := w.Store.Sheet(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID, indicator)
	if err != nil {
		t.Fatal(err)
	}
	return s.Answers[indicator], s.Alternatives[indicator]
}

func TestASectionFormSavesOnlyWhatWasChanged(t *testing.T) {
	w := apitest.New(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	c := w.Client(apitest.CoordinatorA)
	long := strings.Repeat("نص ", (survey.MaxText-10)/5)
	for _, test := range []struct {
		name      string
		indicator string
		fill      map[string]string
		status    int
		want      survey.Answer
		inBody    string // of a page that comes back
	}{
		{"a level with an explanation", "MR-07", map[string]string{"choice": "3", "explanation": "Two lines\r\nof text."}, 303, survey.Answer{Value: "3", Explanation: "Two lines\nof text."}, ""},
		{"the same page sent back changes nothing", "MR-07", nil, 303, survey.Answer{Value: "3", Explanation: "Two lines\nof text."}, ""},
		{"a non-answer leaves the text and keeps the level for later", "MR-07", map[string]string{"choice": "not_applicable"}, 303, survey.Answer{NonAnswer: survey.NotApplicable, Explanation: "Two lines\nof text."}, ""},
		{"switching back restores it", "MR-07", map[string]string{"choice": "3"}, 303, survey.Answer{Value: "3", Explanation: "Two lines\nof text."}, ""},
		{"a choice is cleared", "MR-07", map[string]string{"choice": ""}, 303, survey.Answer{Explanation: "Two lines\nof text."}, ""},
		{"text that would end a script", "MR-07", map[string]string{"explanation": `</script><b>x`}, 303, survey.Answer{Explanation: `</script><b>x`}, ""},
		{"a formula is a text like any other", "MR-07", map[string]string{"explanation": "=1+1", "evidence": "@SUM(A1)"}, 303, survey.Answer{Explanation: "=1+1", Evidence: "@SUM(A1)"}, ""},
		{"64 KB of Arabic", "MR-07", map[string]string{"explanation": long, "evidence": ""}, 303, survey.Answer{Explanation: long}, ""},
		{"more than that is refused and kept in its input", "MR-07", map[string]string{"explanation": "begin " + long + long}, 422, survey.Answer{Explanation: long}, "begin نص"},
		{"an invisible zero is refused and the rest of the text stays", "MR-07", map[string]string{"explanation": "be\x00fore"}, 422, survey.Answer{Explanation: long}, "fore</textarea>"},
		{"a level that does not exist", "MR-07", map[string]string{"choice": "7"}, 422, survey.Answer{Explanation: long}, "7 is not a level"},
		{"a number with an Arabic decimal", "MR-10", map[string]string{"value": "١٢"}, 303, survey.Answer{Value: "12"}, ""},
		{"less than five is no number", "MR-10", map[string]string{"value": "<5"}, 422, survey.Answer{Value: "12"}, `value="&lt;5"`},
		{"a number in two ways is asked back", "MR-10", map[string]string{"value": "1,234"}, 422, survey.Answer{Value: "12"}, `value="1,234"`},
		{"a non-answer beside an unchanged number", "MR-10", map[string]string{"choice": "dont_know"}, 303, survey.Answer{NonAnswer: survey.DontKnow}, ""},
		{"a number typed while a non-answer stands", "MR-10", map[string]string{"value": "7"}, 303, survey.Answer{Value: "7"}, ""},
		{"a new number and a new non-answer together are asked back", "MR-10", map[string]string{"value": "8", "choice": "declined"}, 422, survey.Answer{Value: "7"}, `value="8"`},
		{"a non-answer is taken back and the number is there again", "MR-10", map[string]string{"choice": "skipped"}, 303, survey.Answer{NonAnswer: survey.Skipped}, ""},
		{"by clearing it", "MR-10", map[string]string{"choice": ""}, 303, survey.Answer{Value: "7"}, ""},
		{"confidence", "MR-10", map[string]string{"confidence": "very_sure"}, 303, survey.Answer{Value: "7", Confidence: survey.VerySure}, ""},
		{"confidence taken back", "MR-10", map[string]string{"confidence": ""}, 303, survey.Answer{Value: "7"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, _ := keptOf(t, w, test.indicator)
			form := sectionForm(t, c.Get(page).Body)
			for field, text := range test.fill {
				form.Set(test.indicator+"."+field, text)
			}
			form.Set("go", "stay")
			got := c.Post(page, form)
			if got.Status != test.status {
				t.Fatalf("status %d, want %d\n%s", got.Status, test.status, got.Body)
			}
			after, beside := keptOf(t, w, test.indicator)
			if after.Answer != test.want || len(beside) != 0 {
				t.Errorf("kept %.200q, want %.200q", after.Answer, test.want)
			}
			if test.fill == nil && after.Version != before.Version {
				t.Error("nothing was changed, yet there is a new version")
			}
			if test.inBody != "" && (!strings.Contains(got.Body, test.inBody) || !strings.Contains(got.Body, `role="alert"`) || !strings.Contains(got.Body, "<title>Error: ")) {
				t.Errorf("the page that comes back lacks %q or its summary", test.inBody)
			}
			for _, fault := range apitest.Unsound(c.Get(page).Body, "en") {
				t.Error(fault)
			}
		})
	}
}

func TestASectionFormThatIsSentTwiceCountsOnce(t *testing.T) {
	w := apitest.New(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	c := w.Client(apitest.CoordinatorA)
	form := sectionForm(t, c.Get(page).Body)
	form.Set("MR-07.choice", "2")
	for range 2 {
		if got := c.Post(page, form); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
	}
	if after, beside := keptOf(t, w, "MR-07"); after.Version != 1 || len(beside) != 0 {
		t.Errorf("version %d, %d beside", after.Version, len(beside))
	}
	t.Run("going back and sending something else is another save", func(t *testing.T) {
		form.Set("MR-07.explanation", "Said after going back.")
		if got := c.Post(page, form); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
		if after, beside := keptOf(t, w, "MR-07"); after.Explanation != "Said after going back." || len(beside) != 0 {
			t.Errorf("kept %+v, %d beside", after, len(beside))
		}
	})
}

func TestAFormSentAfterTheSessionEndedComesBackToItsWriter(t *testing.T) {
	w := apitest.New(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	c := w.Client(apitest.CoordinatorA)
	form := sectionForm(t, c.Get(page).Body)
	form.Set("MR-07.explanation", "Written before the session ended.")
	c.Post("/sign-out", nil)
	asked := c.Post(page, form)
	resume := sectionForm(t, asked.Body).Get("resume")
	if asked.Status != http.StatusUnauthorized || resume == "" || strings.Contains(asked.Body, "Written before") {
		t.Fatalf("status %d, sealed %q\n%s", asked.Status, resume, asked.Body)
	}
	for _, test := range []struct {
		name, who string
		back      bool
	}{
		{"a colleague at the same computer does not get it", apitest.ContributorA, false},
		{"the writer does", apitest.CoordinatorA, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := w.Client("")
			in := c.Post("/sign-in", url.Values{"email": {test.who + "@example.org"}, "password": {apitest.Password}, "resume": {resume}})
			if strings.Contains(in.Body, "Written before the session ended.") != test.back {
				t.Fatalf("status %d\n%s", in.Status, in.Body)
			}
			if !test.back {
				return
			}
			if got := c.Post(page, sectionForm(t, in.Body)); got.Status != http.StatusSeeOther {
				t.Fatalf("status %d", got.Status)
			}
			if after, _ := keptOf(t, w, "MR-07"); after.Explanation != "Written before the session ended." {
				t.Errorf("kept %+v", after)
			}
		})
	}
}

func TestAStaleFormKeepsBothTexts(t *testing.T) {
	for _, test := range []struct {
		name, keep string
		joined     string
		want       survey.Answer
	}{
		{"and the first is kept", "stands", "", survey.Answer{Value: "1", Explanation: "First words stand here."}},
		{"and the second is kept", "second", "", survey.Answer{Value: "2", Explanation: "Later words stand here."}},
		{"and they are joined", "joined", "Both together.", survey.Answer{Value: "1", Explanation: "Both together."}},
		{"and the first is kept as it was mended on the page", "stands", "", survey.Answer{Value: "1", Explanation: "First words, mended.", Confidence: survey.Unsure}},
		{"and they are joined under another level", "joined", "Both together.", survey.Answer{Value: "3", Explanation: "Both together."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := apitest.New(t)
			page := "/assessments/" + w.A.ID + "/MR.2"
			one, two := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
			first, second := sectionForm(t, one.Get(page).Body), sectionForm(t, two.Get(page).Body)
			first.Set("MR-07.choice", "1")
			first.Set("MR-07.explanation", "First words stand here.")
			second.Set("MR-07.choice", "2")
			second.Set("MR-07.explanation", "Later words stand here.")
			second.Set("MR-08.choice", "4")
			one.Post(page, first)
			got := two.Post(page, second)
			for _, part := range []string{`href="#MR-07"`, "<mark>First </mark>", "<mark>Later </mark>", "Contributor A", "Coordinator A", `value="MR-07 stands"`} {
				if !strings.Contains(got.Body, part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			if got.Status != http.StatusOK {
				t.Errorf("status %d", got.Status)
			}
			for _, fault := range apitest.Unsound(got.Body, "en") {
				t.Error(fault)
			}
			other, _ := keptOf(t, w, "MR-08")
			after, beside := keptOf(t, w, "MR-07")
			if after.Value != "1" || len(beside) != 1 || beside[0].Answer.Explanation != "Later words stand here." || other.Value != "4" {
				t.Fatalf("kept %+v beside %+v, and %+v", after, beside, other)
			}
			form := sectionForm(t, one.Get(page).Body)
			keep := test.keep
			if keep == "second" {
				keep = beside[0].ID
			}
			if test.joined != "" {
				form.Set("MR-07.joined-explanation", test.joined)
				form.Set("MR-07.choice", test.want.Value)
			}
			if test.want.Confidence != "" {
				form.Set("MR-07.explanation", test.want.Explanation)
				form.Set("MR-07.confidence", string(test.want.Confidence))
			}
			form.Set("keep", "MR-07 "+keep)
			form.Set("MR-10.value", "3") // what else was typed on the page is saved by the same button
			if got := one.Post(page, form); got.Status != http.StatusSeeOther || !strings.HasSuffix(got.To(), "#MR-07") {
				t.Fatalf("status %d to %q\n%s", got.Status, got.To(), got.Body)
			}
			after, beside = keptOf(t, w, "MR-07")
			number, _ := keptOf(t, w, "MR-10")
			if after.Answer != test.want || len(beside) != 0 || number.Value != "3" {
				t.Errorf("kept %+v beside %d, and %q", after.Answer, len(beside), number.Value)
			}
		})
	}
}

func TestWhoReachesASection(t *testing.T) {
	w := apitest.New(t)
	ctx := context.Background()
	mine, theirs := "/assessments/"+w.A.ID+"/MR.2", "/assessments/"+w.B.ID+"/MR.2"
	coordinator, contributor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA)
	form := sectionForm(t, coordinator.Get(mine).Body)
	form.Set("MR-07.choice", "2")

	t.Run("a foreign city does not exist", func(t *testing.T) {
		for _, status := range []int{coordinator.Get(theirs).Status, coordinator.Post(theirs, form).Status, coordinator.Get("/assessments/none/MR.2").Status, coordinator.Get("/assessments/" + w.A.ID + "/XX.9").Status} {
			if status != http.StatusNotFound {
				t.Errorf("status %d", status)
			}
		}
	})
	t.Run("a contributor answers but says nothing of powers", func(t *testing.T) {
		body := contributor.Get(mine).Body
		if strings.Contains(body, "MR-07-holder") || !strings.Contains(body, `name="MR-07.choice"`) {
			t.Error("the page of a contributor is another")
		}
		own := sectionForm(t, body)
		own.Set("MR-09.choice", "not_ours")
		own.Set("MR-09.holder", "national")
		contributor.Post(mine, own)
		sheet, err := w.Store.Sheet(ctx, w.Actor(apitest.CoordinatorA), w.A.ID)
		if err != nil || sheet.Answers["MR-09"].NonAnswer != survey.NotOurs || len(sheet.Powers) != 0 {
			t.Errorf("%+v, powers %v, %v", sheet.Answers["MR-09"], sheet.Powers, err)
		}
	})
	t.Run("a coordinator says who holds the power", func(t *testing.T) {
		own := sectionForm(t, coordinator.Get(mine).Body)
		own.Set("MR-08.choice", "not_ours")
		own.Set("MR-08.holder", "national")
		coordinator.Post(mine, own)
		sheet, err := w.Store.Sheet(ctx, w.Actor(apitest.CoordinatorA), w.A.ID)
		if err != nil || sheet.Powers["MR-08"].Holder != survey.National {
			t.Errorf("powers %v, %v", sheet.Powers, err)
		}
	})
	t.Run("an analyst does not reach what was not handed in, and an admin no answers at all", func(t *testing.T) {
		if a, b := w.Client(apitest.Analyst).Get(mine).Status, w.Client(apitest.Admin).Get(mine).Status; a != http.StatusNotFound || b != http.StatusForbidden {
			t.Errorf("status %d and %d", a, b)
		}
	})
	t.Run("handed in, the page is read and refuses what was still under way without losing it", func(t *testing.T) {
		if _, err := w.Pages.Drafts.HandIn(ctx, w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
			t.Fatal(err)
		}
		form.Set("MR-07.explanation", "A sentence that came too late.")
		got := coordinator.Post(mine, form)
		if got.Status != http.StatusLocked || !strings.Contains(got.Body, "A sentence that came too late.") {
			t.Errorf("status %d\n%s", got.Status, got.Body)
		}
		for _, c := range []*apitest.Client{coordinator, w.Client(apitest.Analyst)} {
			page := c.Get(mine)
			if page.Status != http.StatusOK || strings.Contains(page.Body, `id="MR-07-explanation"`) || strings.Contains(page.Body, `id="save"`) || !strings.Contains(page.Body, "was handed in on") {
				t.Errorf("status %d\n%s", page.Status, page.Body)
			}
			if strings.Contains(page.Body, "Contributor A") != (c == coordinator) {
				t.Error("names are for the own team")
			}
		}
	})
}

func TestEverySectionInEveryLanguageIsSoundAndSmall(t *testing.T) {
	w := apitest.New(t)
	c := w.Client(apitest.CoordinatorA)
	kinds := map[survey.Kind]bool{}
	largest, where := 0, ""
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		c.Get("/notice?lang=" + lang)
		for _, s := range w.Instrument.Sections() {
			page := c.Get("/assessments/" + w.A.ID + "/" + s.ID)
			if page.Status != http.StatusOK {
				t.Fatalf("%s in %s: status %d", s.ID, lang, page.Status)
			}
			for _, fault := range apitest.Unsound(page.Body, lang) {
				t.Errorf("%s in %s: %s", s.ID, lang, fault)
			}
			for _, q := range s.Indicators {
				kinds[q.Kind] = true
				if !strings.Contains(page.Body, `id="`+q.ID+`-value"`) {
					t.Errorf("%s in %s: %s has no input", s.ID, lang, q.ID)
				}
			}
			if page.Wire > largest {
				largest, where = page.Wire, s.ID+" in "+lang
			}
		}
	}
	for _, k := range survey.Kinds {
		if !kinds[k] {
			t.Errorf("no section asks for a %s", k)
		}
	}
	t.Logf("the largest page is %s with %d bytes", where, largest)
	if limit := 15 << 10; largest > limit { // trust.md 4.5
		t.Errorf("%s takes %d bytes on the wire, the limit is %d", where, largest, limit)
	}
	if slices.Index(w.Instrument.Sections(), w.Instrument.Subcategory("CX.1")) < 0 {
		t.Error("the context module is not among the sections")
	}
}
