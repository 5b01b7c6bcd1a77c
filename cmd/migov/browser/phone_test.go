//go:build browser

package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
)

// TestBrowserAPhoneReachesTheAccount looks for the own name in the head of a narrow page: the account has no other door.
func TestBrowserAPhoneReachesTheAccount(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	for _, width := range []int64{320, 390} {
		for _, lang := range []string{"en", "fr", "es", "ar"} {
			x.do(chromedp.EmulateViewport(width, 800))
			x.visit("/inbox?lang=" + lang)
			inside := x.ask(`(() => { const r = document.querySelector(".tools .who")?.getBoundingClientRect(); return r && r.width > 20 && r.height >= 24 && r.left >= 0 && r.right <= innerWidth ? "yes" : "no" })()`)
			if inside != "yes" {
				t.Errorf("%d, %s: the way to the account is not in the page", width, lang)
				continue
			}
			x.do(click(".tools .who"))
			x.waitFor("location.pathname", "/account", 20*time.Second)
		}
	}
}
