//go:build browser

package browser

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
)

// state is what the one place says that tells what became of the work.
const state = `document.querySelector("#save .state")?.textContent ?? ""`

const explanation = `document.getElementById("MR-07-explanation")?.value ?? ""`

func kept(t *testing.T, w *apitest.World, indicator string) (assessment.Kept, []assessment.Alternative) {
	t.Helper()
	s, err := w.Store.Sheet(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID, indicator)
	if err != nil {
		t.Fatal(err)
	}
	return s.Answers[indicator], s.Alternatives[indicator]
}

// started waits for the script of the page.
func (x *tab) started() {
	x.t.Helper()
	x.waitFor(`String(performance.getEntriesByType("resource").some((r) => r.name.includes("/static/section-")))`, "true", 20*time.Second)
	time.Sleep(100 * time.Millisecond)
}

func typed(id, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(id), text)
}

func click(css string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(css)) }

func TestBrowserSavesWhatIsTyped(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit(page)
	x.started()
	if said := x.ask(state); strings.Contains(said, "Saved") {
		t.Fatalf("a fresh page says %q", said)
	}
	x.do(click(`#MR-07 .level:nth-child(4)`), typed("#MR-07-explanation", "Counters keep a log. نص عربي </script>"))
	x.waitFor(state, "Saved ", 20*time.Second)
	x.waitFor(`document.querySelector("#save [role=status]").textContent`, "Saved ", 20*time.Second)
	got, _ := kept(t, w, "MR-07")
	if got.Value != "3" || got.Explanation != "Counters keep a log. نص عربي </script>" {
		t.Errorf("kept: level %q, %q", got.Value, got.Explanation)
	}

	t.Run("what was said to be saved is there after the tab was killed", func(t *testing.T) {
		x.close()
		again := open(t, chrome, w, apitest.ContributorA)
		again.visit(page)
		again.waitFor(explanation, "Counters keep a log. نص عربي </script>", 20*time.Second)
		if level := again.ask(`document.querySelector("[name='MR-07.choice']:checked").value`); level != "3" {
			t.Errorf("level %s", level)
		}
	})
	t.Run("a choice is cleared, and a non-answer asks for a reason", func(t *testing.T) {
		x := open(t, chrome, w, apitest.CoordinatorA)
		x.visit(page)
		x.started()
		x.do(click(`#MR-07 .chip:has([value=not_ours])`), chromedp.WaitVisible(chromedp.CSS("#MR-07-holder")), chromedp.WaitVisible(chromedp.CSS("#MR-07 .why")))
		x.waitFor(state, "Saved ", 20*time.Second)
		if got, _ := kept(t, w, "MR-07"); got.NonAnswer != "not_ours" || got.Earlier != "3" {
			t.Errorf("kept %+v", got)
		}
		x.do(click(`#MR-07 .level:nth-child(4)`))
		time.Sleep(300 * time.Millisecond)
		x.waitFor(state, "Saved ", 20*time.Second)
		x.do(click(`#MR-07 fieldset .chip.clear`))
		time.Sleep(300 * time.Millisecond)
		x.waitFor(state, "Saved ", 20*time.Second)
		if got, _ := kept(t, w, "MR-07"); !got.Blank() || got.Explanation == "" {
			t.Errorf("kept %+v", got)
		}
	})
	t.Run("a number that can be read in two ways is asked back and stays in its input", func(t *testing.T) {
		x := open(t, chrome, w, apitest.CoordinatorA)
		x.visit(page)
		x.started()
		x.do(typed("#MR-10-value", "<5"))
		x.waitFor(`document.querySelector("#MR-10 .msg")?.textContent ?? ""`, "not one exact number", 20*time.Second)
		x.waitFor(state, "MR-10", 20*time.Second)
		x.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("MR-10-value").select()`), typed("#MR-10-value", "12"))
		x.waitFor(state, "Saved ", 20*time.Second)
		if got, _ := kept(t, w, "MR-10"); got.Value != "12" {
			t.Errorf("kept %q", got.Value)
		}
		if left := x.ask(`String(document.querySelectorAll("#MR-10 .msg").length)`); left != "0" {
			t.Error("the message stays")
		}
	})
}

func TestBrowserKeepsBothOfTwoPeople(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	one, two := open(t, chrome, w, apitest.CoordinatorA), open(t, chrome, w, apitest.ContributorA)
	for _, x := range []*tab{one, two} {
		x.visit(page)
		x.started()
	}
	one.do(typed("#MR-07-explanation", "First text."))
	one.waitFor(state, "Saved ", 20*time.Second)
	two.do(click(`#MR-07 .level:nth-child(2)`))
	two.waitFor(state, "Saved ", 20*time.Second)
	two.do(typed("#MR-07-explanation", "Second text."))
	two.waitFor(state, "A colleague changed this too", 20*time.Second)
	got, beside := kept(t, w, "MR-07")
	if got.Explanation != "First text." || got.Value != "1" || len(beside) != 1 || beside[0].Answer.Explanation != "Second text." {
		t.Fatalf("kept %+v, beside %+v", got, beside)
	}
	two.do(click(`#save .state a`), chromedp.WaitVisible(chromedp.CSS("#both-MR-07")))
	if marks := two.ask(`[...document.querySelectorAll("#both-MR-07 mark")].map((m) => m.textContent.trim()).join("|")`); marks != "First|Second" {
		t.Errorf("marked as different: %q", marks)
	}
	two.started()
	two.do(click(`#both-MR-07 .join summary`), click(`#both-MR-07 .join button`), chromedp.WaitNotPresent(chromedp.CSS("#both-MR-07")))
	got, beside = kept(t, w, "MR-07")
	if got.Explanation != "First text.\n\nSecond text." || len(beside) != 0 || got.Value != "1" {
		t.Errorf("joined %+v, beside %+v", got, beside)
	}
}

func TestBrowserLosesNoTextWhenTheSessionEnds(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.started()
	x.signOut()
	x.do(typed("#MR-07-explanation", "Typed while nobody was signed in."))
	x.waitFor(state, "Your sign-in has ended", 20*time.Second)
	if link := x.ask(`document.querySelector("#save .state a").getAttribute("href") + " " + document.querySelector("#save .state a").target`); !strings.HasPrefix(link, "/sign-in?to=") || !strings.HasSuffix(link, " _blank") {
		t.Errorf("the way back is %q", link)
	}
	if stored := x.ask(`String(localStorage.length + sessionStorage.length)`); stored != "0" {
		t.Error("a shared computer keeps text")
	}
	t.Run("what one person typed is not sent as another", func(t *testing.T) {
		x.signIn(apitest.ContributorA)
		x.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("focus"))`))
		x.waitFor(state, "Somebody else is signed in", 20*time.Second)
		if got, _ := kept(t, w, "MR-07"); got.Version != 0 {
			t.Errorf("kept %+v", got)
		}
	})
	t.Run("it goes on by itself after signing in", func(t *testing.T) {
		x.signIn(apitest.CoordinatorA)
		x.waitFor(state, "Saved ", 20*time.Second)
		if got, _ := kept(t, w, "MR-07"); got.Explanation != "Typed while nobody was signed in." || got.Version != 1 {
			t.Errorf("kept %+v", got)
		}
	})
}

func TestBrowserNeverSaysSavedWhenItIsNot(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"a login page of the hotel with status 200", func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte("<html>Welcome</html>")) }},
		{"an empty 204", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(204) }},
		{"a reply cut in the middle", func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte(`{"saved":true,"mut`)) }},
		{"a reply to somebody else's save", func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(201)
			rw.Write([]byte(`{"saved":true,"mutation":"1b4e28ba-2fa1-41d2-883f-0016d3cca427","version":1}`))
		}},
		{"a full disk", func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(507)
			rw.Write([]byte(`{"saved":false}`))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, chrome := apitest.New(t), chromium(t)
			var broken atomic.Bool
			broken.Store(true)
			real := w.Server.Config.Handler
			w.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut && broken.Load() {
					test.answer(rw, r)
					return
				}
				real.ServeHTTP(rw, r)
			})
			x := open(t, chrome, w, apitest.CoordinatorA)
			x.visit("/assessments/" + w.A.ID + "/MR.2")
			x.started()
			x.do(typed("#MR-07-explanation", "Sent into the void."))
			x.waitFor(state, "Not saved yet, trying again (since", 20*time.Second)
			broken.Store(false)
			x.waitFor(state, "Saved ", 20*time.Second)
			if got, _ := kept(t, w, "MR-07"); got.Explanation != "Sent into the void." || got.Version != 1 {
				t.Errorf("kept %+v", got)
			}
		})
	}
}

// withScript puts something in the way of the script that saves while people type.
func withScript(w *apitest.World, way http.HandlerFunc) {
	real := w.Server.Config.Handler
	w.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/static/section-") {
			way(rw, r)
		}
		real.ServeHTTP(rw, r)
	})
}

func TestBrowserSavesWhatWasTypedBeforeItsScriptCame(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	come := make(chan struct{})
	withScript(w, func(http.ResponseWriter, *http.Request) { <-come })
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.do(click(`#MR-07 .level:nth-child(3)`), typed("#MR-07-explanation", "Typed on a slow line."))
	close(come)
	x.waitFor(state, "Saved ", 20*time.Second)
	if got, _ := kept(t, w, "MR-07"); got.Value != "2" || got.Explanation != "Typed on a slow line." {
		t.Errorf("kept %+v", got)
	}
}

func TestBrowserSaysThatTheButtonSavesWhereItsScriptDoesNotCome(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	withScript(w, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.waitFor(state, "not saved by itself. Press Save", 20*time.Second)
}

func TestBrowserWithoutScriptAnswersWithButtons(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	if _, err := chromedp.Call(x.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.do(click(`#MR-07 .level:nth-child(3)`), typed("#MR-07-explanation", "Two lines\nof text"), click(`#MR-10 .chip:has([value=dont_know])`), click(`#save [value=stay]`),
		chromedp.WaitVisible(chromedp.CSS(".call.info")))
	got, _ := kept(t, w, "MR-07")
	number, _ := kept(t, w, "MR-10")
	if got.Value != "2" || got.Explanation != "Two lines\nof text" || number.NonAnswer != "dont_know" {
		t.Errorf("kept %+v and %+v", got, number)
	}
	x.do(click(`#save [value=next]`), chromedp.WaitVisible(chromedp.CSS("#MR-11")))
	if again, _ := kept(t, w, "MR-07"); again.Version != got.Version {
		t.Error("an unchanged form made a new version")
	}
}

func TestBrowserShowsNoButtonThatIsHidden(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	for _, class := range []string{"btn", "btn main-act", "chip", "row", "call", "st"} {
		if shown := x.ask(`{const e = document.createElement("div"); e.className = "` + class + `"; e.hidden = true; document.querySelector("main").append(e); getComputedStyle(e).display}`); shown != "none" {
			t.Errorf("a hidden .%s is shown as %s", class, shown)
		}
	}
}

func TestBrowserAnswersInArabic(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2?lang=ar")
	x.started()
	if dir := x.ask(`document.documentElement.dir + document.documentElement.lang`); dir != "rtlar" {
		t.Fatalf("the page is %s", dir)
	}
	if wide := x.ask(`String(document.documentElement.scrollWidth <= innerWidth)`); wide != "true" {
		t.Error("the page scrolls sideways")
	}
	x.do(click(`#MR-07 .level:nth-child(5)`), typed("#MR-07-explanation", "تُراجع مع من يستخدمونها، رقم 12."))
	x.waitFor(state, "حُفظ", 20*time.Second)
	if got, _ := kept(t, w, "MR-07"); got.Value != "4" || got.Explanation != "تُراجع مع من يستخدمونها، رقم 12." {
		t.Errorf("kept %+v", got)
	}
}
