//go:build browser

// Package browser tries the pages in a real browser: Chromium without a window, on a server of the test's own.
package browser

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
)

// chromium starts a browser that ends with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	ctx, _ := chromiumIn(t, t.TempDir())
	return ctx
}

// chromiumIn starts a browser with its profile in a folder. It ends with quit, or with the test.
func chromiumIn(t *testing.T, profile string) (browser context.Context, quit func()) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true))
	if path, err := exec.LookPath("chromium"); err == nil {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx, func() { cancel(); end() }
}

// tab is a page in a browser, alone with its cookies.
type tab struct {
	ctx   context.Context
	close func()
	t     *testing.T
	w     *apitest.World
}

// open opens a window for somebody who is signed in; nobody for an empty name.
func open(t *testing.T, browser context.Context, w *apitest.World, name string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	x := &tab{ctx: ctx, close: cancel, t: t, w: w}
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of the first call
		t.Fatal(err)
	}
	x.do(chromedp.EmulateViewport(1280, 900))
	if name != "" {
		x.visit("/sign-in")
		x.signIn(name)
	}
	return x
}

// signIn begins a session, as in another tab of the same browser.
func (x *tab) signIn(name string) {
	x.t.Helper()
	x.post("/sign-in", "email="+name+"@example.org&password="+strings.ReplaceAll(apitest.Password, " ", "+"))
}

// signOut ends the session behind the page's back.
func (x *tab) signOut() {
	x.t.Helper()
	x.post("/sign-out", "")
}

// post sends a form from inside the page.
func (x *tab) post(path, form string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	send := `fetch("` + path + `", {method: "POST", body: new URLSearchParams("` + form + `"), redirect: "manual"}).then((r) => String(r.type === "opaqueredirect"))`
	if ok, err := chromedp.Run(ctx, chromedp.Evaluate[string](send, chromedp.EvalAwaitPromise)); err != nil || ok != "true" {
		x.t.Fatalf("POST %s: %s, %v", path, ok, err)
	}
}

// do runs steps, at most 20 seconds.
func (x *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		x.t.Fatal(err)
	}
}

// leaving says that a page went away while it was asked, as after a form, or that the next one has only begun to come.
func leaving(err error) bool {
	for _, sign := range []string{"net::ERR_ABORTED", "navigated or closed", "context was destroyed", "Cannot find context", "Cannot find default execution context", "Cannot read properties of null"} {
		if err != nil && strings.Contains(err.Error(), sign) {
			return true
		}
	}
	return false
}

// visit opens a page. A page that is still on its way, as after a form, may end the first try.
func (x *tab) visit(path string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Navigate(x.w.URL+path))
	for ; leaving(err) && ctx.Err() == nil; err = chromedp.Do(ctx, chromedp.Navigate(x.w.URL+path)) {
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

// ask evaluates an expression to a text. A page that leaves at that moment is asked again when the next one is there.
func (x *tab) ask(expression string) string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	for ; leaving(err) && ctx.Err() == nil; s, err = chromedp.Run(ctx, chromedp.Evaluate[string](expression)) {
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		x.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

// waitFor looks again until the text of an expression contains what is wanted, at most as long as told.
func (x *tab) waitFor(expression, wanted string, most time.Duration) {
	x.t.Helper()
	var last string
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if last = x.ask(expression); strings.Contains(last, wanted) {
			return
		}
	}
	x.t.Fatalf("%s says %q, not %q, after %v", expression, last, wanted, most)
}
