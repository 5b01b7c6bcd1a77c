//go:build browser

package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"migov/api/apitest"
	"migov/api/session"
)

const (
	idleOpen  = `String(document.querySelector("#idle").open)`
	idleTitle = `document.querySelector("#idle-title").textContent`
)

// brief are sessions that end after six seconds without a request, and warn after three.
var brief = session.Limits{Idle: 6 * time.Second, Most: time.Hour, OwnIdle: time.Hour, OwnMost: time.Hour}

func TestBrowserWarnsBeforeASessionEndsAndKeepsTheText(t *testing.T) {
	w, chrome := apitest.With(t, apitest.Options{Limits: brief}), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	page := "/assessments/" + w.A.ID + "/MR.2"
	x.visit(page)
	x.started()
	if x.ask(idleOpen) != "false" {
		t.Fatal("it warns at once")
	}
	x.waitFor(idleOpen, "true", 5*time.Second)
	x.waitFor(idleTitle, "Are you still there?", time.Second)
	if focus := x.ask(`document.activeElement.textContent`); focus != "Stay signed in" {
		t.Errorf("the focus is on %q", focus)
	}
	x.do(chromedp.KeyEvent(kb.Escape)) // Escape means to stay
	x.waitFor(idleOpen, "false", 2*time.Second)
	x.waitFor(idleOpen, "true", 5*time.Second)
	x.do(chromedp.KeyEvent(kb.Enter)) // the button
	x.waitFor(idleOpen, "false", 2*time.Second)

	t.Run("saving is being there", func(t *testing.T) {
		for i := range 3 {
			time.Sleep(1500 * time.Millisecond)
			x.do(typed("#MR-07-explanation", "More. "))
			x.waitFor(state, "Saved ", 4*time.Second)
			if x.ask(idleOpen) != "false" {
				t.Errorf("it warns after save %d", i)
			}
		}
	})
	t.Run("another tab in use keeps it", func(t *testing.T) {
		x.do(chromedp.Evaluate[chromedp.Void](`window.other = new BroadcastChannel("migov-session"); window.beat = setInterval(() => window.other.postMessage("active"), 500)`))
		time.Sleep(5 * time.Second)
		if x.ask(idleOpen) != "false" {
			t.Error("it warns although another tab is in use")
		}
		x.do(chromedp.Evaluate[chromedp.Void](`clearInterval(window.beat)`))
	})
	t.Run("text that could not be sent is there after the end, and is saved once signed in again", func(t *testing.T) {
		// The line fails for saves, so that the text is on the page alone.
		x.do(chromedp.Evaluate[chromedp.Void](`window.real = window.fetch; window.fetch = (to, how) => String(to).includes("/answers/") ? Promise.reject(new TypeError("offline")) : window.real(to, how)`))
		x.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("MR-07-explanation").value = ""`), typed("#MR-07-explanation", "Typed before the end."))
		x.waitFor(idleTitle, "Your session has ended", 10*time.Second)
		if x.ask(idleOpen) != "true" || !strings.HasPrefix(x.ask(`document.querySelector("#idle a").getAttribute("href")`), "/sign-in?to=") {
			t.Error("the way back is not shown")
		}
		if text := x.ask(explanation); text != "Typed before the end." {
			t.Errorf("the text is %q", text)
		}
		x.waitFor(`window.gone ??= "", fetch("/account", {redirect: "manual"}).then((r) => { window.gone = r.type }), window.gone`, "opaqueredirect", 3*time.Second)
		x.do(click("#idle button"))
		x.waitFor(idleOpen, "false", time.Second)
		x.do(chromedp.Evaluate[chromedp.Void](`window.fetch = window.real`))
		x.signIn(apitest.CoordinatorA)
		x.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online"))`))
		x.waitFor(state, "Saved ", 15*time.Second)
		if got, _ := kept(t, w, "MR-07"); got.Explanation != "Typed before the end." {
			t.Errorf("kept %q", got.Explanation)
		}
	})
}

func TestBrowserGoesOnSavingOnceSignedInAgainInAnotherTab(t *testing.T) {
	w, chrome := apitest.With(t, apitest.Options{Limits: brief}), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	page := "/assessments/" + w.A.ID + "/MR.2"
	x.visit(page)
	x.started()
	x.waitFor(idleTitle, "Your session has ended", 20*time.Second)
	x.do(click("#idle button"))
	x.waitFor(idleOpen, "false", 20*time.Second)
	x.do(typed("#MR-07-explanation", "Before. "))
	x.waitFor(state, "Your sign-in has ended", 20*time.Second)
	if got, _ := kept(t, w, "MR-07"); got.Version != 0 {
		t.Errorf("kept without a session: %+v", got)
	}
	ctx, cancel := chromedp.NewContext(x.ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	other := &tab{ctx: ctx, close: cancel, t: t, w: w}
	other.visit("/sign-in?to=" + page)
	other.do(typed("#email", "coordinator-a@example.org"), typed("#password", apitest.Password), click("main form .main-act"))
	other.waitFor(`location.pathname`, page, 20*time.Second)
	x.do(typed("#MR-07-explanation", "After."))
	x.waitFor(state, "Saved ", 30*time.Second)
	if got, _ := kept(t, w, "MR-07"); got.Explanation != "Before. After." {
		t.Errorf("kept %q", got.Explanation)
	}
}

func TestBrowserSealsAPlainFormThatIsSentAfterTheEnd(t *testing.T) {
	w, chrome := apitest.With(t, apitest.Options{Limits: brief}), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/powers")
	x.waitFor(idleTitle, "Your session has ended", 12*time.Second)
	x.do(click("#idle button"))
	x.waitFor(idleOpen, "false", time.Second)
	x.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main form [name=by]").form.requestSubmit()`), chromedp.WaitVisible(chromedp.CSS("#password")))
	x.do(typed("#email", "coordinator-a@example.org"), typed("#password", apitest.Password), click("main form .main-act"), chromedp.WaitVisible(chromedp.CSS("main form .main-act.lg")))
	x.do(click("main form .main-act.lg"))
	x.waitFor(`location.pathname`, "/powers", 5*time.Second)
}

func TestBrowserWarnsInEveryLanguage(t *testing.T) {
	w, chrome := apitest.With(t, apitest.Options{Limits: brief}), chromium(t)
	for lang, want := range map[string]string{"fr": "Rester connecté", "es": "Seguir conectado", "ar": "البقاء متصلين"} {
		x := open(t, chrome, w, apitest.CoordinatorA)
		x.visit("/account?lang=" + lang)
		x.waitFor(idleOpen, "true", 8*time.Second)
		if said := x.ask(`document.querySelector("#idle button").textContent`); said != want {
			t.Errorf("%s: %q", lang, said)
		}
		x.close()
	}
}
