//go:build browser

package browser

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
)

// letters counts what is sealed in this browser.
const letters = `new Promise((done) => { const r = indexedDB.open("migov-outbox"); r.onerror = () => done("none"); r.onsuccess = () => {
	const db = r.result; if (!db.objectStoreNames.contains("sealed")) { db.close(); done("0"); return; }
	const c = db.transaction("sealed").objectStore("sealed").count(); c.onsuccess = () => { db.close(); done(String(c.result)); }; }; })`

// promised evaluates a promise of a text.
func (x *tab) promised(expression string) string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		x.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

func (x *tab) waitForLetters(want string) {
	x.t.Helper()
	got := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = x.promised(letters); got == want {
			return
		}
	}
	x.t.Fatalf("%s letters are sealed, want %s", got, want)
}

// shared opens a tab of the one profile of a shared computer.
func shared(t *testing.T, browser context.Context, w *apitest.World) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	x := &tab{ctx: ctx, close: cancel, t: t, w: w}
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestBrowserKeepsASharedComputerFromReadingOneAnothersText is S18 of the trust paper: one person types while nothing can
// be saved, the tab is killed, somebody else signs in at the same computer, and the text arrives in the name of the first.
func TestBrowserKeepsASharedComputerFromReadingOneAnothersText(t *testing.T) {
	const canary, more = "Kanarienvogel zeisig", " und stieglitz"
	w, profile := apitest.New(t), filepath.Join(t.TempDir(), "profile")
	chrome, quit := chromiumIn(t, profile)
	var broken atomic.Bool
	real := w.Server.Config.Handler
	w.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if broken.Load() && (r.Method == http.MethodPut || r.URL.Path == "/api/v1/outbox") {
			panic(http.ErrAbortHandler)
		}
		real.ServeHTTP(rw, r)
	})
	first := shared(t, chrome, w)
	first.visit("/sign-in")
	first.signIn(apitest.CoordinatorA)
	first.visit("/assessments/" + w.A.ID + "/MR.2")
	first.started()
	broken.Store(true)
	first.do(typed("#MR-07-explanation", canary))
	first.waitFor(state, "Not saved yet, trying again (since", 20*time.Second)
	first.do(typed("#MR-07-explanation", more))
	first.waitForLetters("2")
	first.ask(`Object.defineProperty(navigator, "onLine", {get: () => false}); dispatchEvent(new Event("offline")); ""`)
	first.waitFor(state, "sealed on this computer", 20*time.Second)
	first.close()

	second := shared(t, chrome, w)
	second.visit("/help")
	second.signOut()
	second.visit("/sign-in")
	second.signIn(apitest.CoordinatorB)
	second.visit("/assessments")
	if got, _ := kept(t, w, "MR-07"); got.Version != 0 {
		t.Fatalf("saved too early: %+v", got)
	}
	second.waitForLetters("2")
	broken.Store(false)
	second.visit("/assessments/" + w.B.ID)
	second.waitForLetters("0")
	got, others := kept(t, w, "MR-07")
	if got.Explanation != canary+more || got.By.Account != w.Accounts[apitest.CoordinatorA].ID || len(others) > 0 {
		t.Errorf("kept %+v by %s, beside it %+v", got.Answer, got.By.Account, others)
	}
	if strings.Contains(second.ask(`document.documentElement.outerHTML`), canary) {
		t.Error("the second person is shown the text of the first")
	}
	quit()
	wide := make([]byte, 0, 64)
	for _, u := range utf16.Encode([]rune(canary)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	files := 0
	err := filepath.WalkDir(profile, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // the browser still tidies up
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		files++
		if bytes.Contains(text, []byte(canary)) || bytes.Contains(text, wide) {
			t.Errorf("%s holds the text in the clear", strings.TrimPrefix(name, profile))
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files of the profile were read, %v", files, err)
	}
}

func TestBrowserDeliversNothingWhileTheTabLives(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.started()
	x.do(typed("#MR-07-explanation", "Saved as usual."))
	x.waitFor(state, "Saved ", 20*time.Second)
	x.waitForLetters("0")
	if got, _ := kept(t, w, "MR-07"); got.Version != 1 {
		t.Errorf("kept %+v", got)
	}
}
