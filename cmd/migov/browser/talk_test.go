//go:build browser

package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
)

func TestBrowserTalksBesideAQuestion(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	page := "/assessments/" + w.A.ID + "/MR.2"
	colleague := open(t, chrome, w, apitest.ContributorA)
	colleague.visit(page)
	colleague.started()
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit(page)
	x.started()
	x.waitFor(`document.querySelector(".presence").textContent`, "Contributor A", 20*time.Second)
	if live := x.ask(`document.querySelector(".presence").getAttribute("aria-live")`); live != "off" {
		t.Errorf("who is there is said aloud: %q", live)
	}
	const text = `document.getElementById("talk-text-MR-07").value`

	// A text that is not posted survives the button that would lead on.
	x.do(typed("#MR-07-explanation", "An answer."), click("#talk-MR-07 > summary"), typed("#talk-text-MR-07", "Who has the signed copy?"), click(`#save [value=next]`))
	x.waitFor(`document.querySelector("#faults")?.textContent ?? ""`, "not posted yet", 20*time.Second)
	x.waitFor(text, "Who has the signed copy?", 20*time.Second)
	if got, _ := kept(t, w, "MR-07"); got.Explanation != "An answer." {
		t.Errorf("kept %q", got.Explanation)
	}

	// Posting saves the answers too. (Keys sent anew come before what stands there.)
	x.started()
	x.do(typed("#MR-07-explanation", " More."), click(`button[value="talk MR-07"]`))
	x.waitFor(`document.querySelector("#talk-MR-07 .thread")?.textContent ?? ""`, "Who has the signed copy?", 20*time.Second)
	if got, other := kept(t, w, "MR-07"); got.Explanation != " More.An answer." || len(other) != 0 {
		t.Errorf("kept %q beside %v", got.Explanation, other)
	}
	b, err := w.Store.Beside(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || len(b.Threads) != 1 || b.Threads[0].Shared {
		t.Errorf("kept %+v, %v", b.Threads, err)
	}
}

func TestBrowserFindsConversationsAccessible(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	x.visit("/assessments/" + w.A.ID + "/MR.2")
	x.started()
	x.do(click("#talk-MR-07 > summary"), typed("#talk-text-MR-07", "Who has the signed copy?"), click(`button[value="talk MR-07"]`))
	x.waitFor(`document.querySelector("#talk-MR-07 .thread")?.textContent ?? ""`, "Who has", 20*time.Second)
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		for _, path := range []string{"/assessments/" + w.A.ID + "/MR.2?talk=MR-07", "/assessments/" + w.A.ID + "/talk?about=MR-07", "/inbox", "/account/mail"} {
			x.do(chromedp.EmulateViewport(320, 900))
			x.visit("/account?lang=" + lang)
			x.visit(path)
			x.accessible(source)
			if wide := x.ask(`String(document.documentElement.scrollWidth - document.documentElement.clientWidth)`); wide != "0" {
				t.Errorf("%s in %s is %s pixels too wide for 320", path, lang, wide)
			}
		}
	}
}
