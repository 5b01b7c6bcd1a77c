//go:build browser

package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"migov/api/apitest"
)

// TestBrowserReachesTheNextIndicatorInThreeStops counts Tab from the chosen answer of each indicator of a section to the
// first control of the next, and to Save from the last: at most three (trust.md 4.4, U2).
func TestBrowserReachesTheNextIndicatorInThreeStops(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	x := open(t, chrome, w, apitest.CoordinatorA)
	for lang, width := range map[string]int64{"en": 1280, "ar": 390} {
		x.do(chromedp.EmulateViewport(width, 900))
		x.visit("/assessments/" + w.A.ID + "/MR.2?lang=" + lang)
		x.started()
		ids := strings.Fields(x.ask(`[...document.querySelectorAll("[data-id]")].map((q) => q.dataset.id).join(" ")`))
		if len(ids) < 3 {
			t.Fatalf("the section has %v", ids)
		}
		for i, id := range ids {
			to := `document.activeElement.id === "now"`
			if i+1 < len(ids) {
				to = `["choice", "value"].some((n) => document.activeElement.name === "` + ids[i+1] + `." + n)`
			}
			x.ask(`(() => { const all = [...document.querySelectorAll("#` + id + ` :is([name$='.choice'], [name='` + id + `.value'])")]; const e = all.findLast((e) => e.id) ?? all[0];
				if (e.type === "radio") e.click(); e.focus({focusVisible: true}); return "" })()`)
			stops := 0
			for ; x.ask(`String(`+to+`)`) != "true" && stops < 30; stops++ {
				x.do(chromedp.KeyEvent(kb.Tab))
				if x.ask(`String(document.activeElement.matches(".hop"))`) == "true" {
					if seen := x.ask(`(() => { const e = document.activeElement, r = e.getBoundingClientRect(); return String(r.width > 40 && r.height > 24 && r.left >= 0 && r.right <= innerWidth && (e === document.elementFromPoint(r.x + r.width / 2, r.y + 10) || e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + 10)))) })()`); seen != "true" {
						t.Errorf("%s, %s: the way on is not to be seen", lang, id)
					}
					x.do(chromedp.KeyEvent(kb.Enter))
				}
			}
			t.Logf("%s, %s: %d stops", lang, id, stops)
			if stops > 3 {
				t.Errorf("%s, %s: %d stops to what follows", lang, id, stops)
			}
			if i+1 < len(ids) {
				if seen := x.ask(`(() => { const r = document.getElementById("t-` + ids[i+1] + `").getBoundingClientRect(); return String(r.bottom > 0 && r.top < innerHeight) })()`); seen != "true" {
					t.Errorf("%s: the question %s is not in the window", lang, ids[i+1])
				}
			}
		}
	}
}
