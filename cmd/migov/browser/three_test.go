//go:build browser

package browser

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

const (
	onePDF = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n41\n%%EOF\n"
	body   = `document.getElementById("main")?.textContent ?? ""`
)

// set chooses an option of a list by its words, as a person does.
func (x *tab) set(id, words string) {
	x.t.Helper()
	chosen := x.ask(`(() => { const list = document.getElementById("` + id + `"); const o = [...list?.options ?? []].find((o) => o.text.includes("` + words + `"));
		if (o) { list.value = o.value; list.dispatchEvent(new Event("change", {bubbles: true})); } return o ? "yes" : "no" })()`)
	if chosen != "yes" {
		x.t.Fatalf("%s has no option %q", id, words)
	}
}

// reaches waits until an answer has come to the server.
func reaches(t *testing.T, w *apitest.World, indicator string, there func(assessment.Kept) bool) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if k, _ := kept(t, w, indicator); there(k) {
			return
		}
	}
	t.Fatalf("the answer to %s does not come", indicator)
}

// press clicks an element in the middle of the window, where the bar at the foot does not lie over it.
func (x *tab) press(css string) {
	x.t.Helper()
	x.do(chromedp.WaitVisible(chromedp.CSS(css)))
	x.ask(`(document.querySelector(` + strconv.Quote(css) + `).scrollIntoView({block: "center", behavior: "instant"}), "")`)
	x.do(click(css))
}

// TestBrowserThreePeopleWorkTogether walks with three people at once: invite, assign, answer in parallel, conflict,
// conversation, evidence, check, consent, hand in.
func TestBrowserThreePeopleWorkTogether(t *testing.T) {
	bothEngines(t, threePeople)
}

// bothEngines runs a walk in English on SQLite and in Arabic on PostgreSQL.
func bothEngines(t *testing.T, walk func(t *testing.T, w *apitest.World, lang string)) {
	for lang, engine := range map[string]store.Engine{"en": store.SQLite, "ar": store.PostgreSQL} {
		t.Run(lang+" "+string(engine), func(t *testing.T) {
			walk(t, apitest.With(t, apitest.Options{Database: storetest.Address(t, engine)}), lang)
		})
	}
}

func threePeople(t *testing.T, w *apitest.World, lang string) {
	chrome := chromium(t)
	ctx, home := context.Background(), "/assessments/"+w.A.ID
	words := w.Pages.Site.Words.In(lang)
	saved, _, _ := strings.Cut(words.T("section.saved"), " {")
	coordinator, contributor, approver := open(t, chrome, w, apitest.CoordinatorA), open(t, chrome, w, ""), open(t, chrome, w, "")

	// Invite.
	invite := func(name, role, department string) string {
		t.Helper()
		coordinator.visit("/people?lang=" + lang)
		coordinator.do(typed("#name", name), typed("#email", role+"@city.example"), typed("#department", department))
		coordinator.set("role", words.T("shell.role_"+role))
		coordinator.set("language", map[string]string{"en": "English", "ar": "العربية"}[lang])
		coordinator.do(click(`form[action="/people"] button`))
		coordinator.waitFor(`document.getElementById("address")?.value ?? ""`, w.URL+"/links/", 20*time.Second)
		return strings.TrimPrefix(coordinator.ask(`document.getElementById("address").value`), w.URL)
	}
	accept := func(x *tab, link string) {
		t.Helper()
		x.visit(link)
		if got := x.ask("document.documentElement.lang"); got != lang {
			t.Errorf("the invitation is in %q", got)
		}
		x.do(typed("#password", "eleven brown rivers 5"), typed("#password_again", "eleven brown rivers 5"), click("form button.main-act"))
		x.waitFor("location.pathname", "/notice", 20*time.Second)
		x.do(click("main form button"))
		x.waitFor("location.pathname", home, 20*time.Second)
	}
	toContributor, toApprover := invite("Housing One", "contributor", "Housing"), invite("Council One", "approver", "Council")
	accept(contributor, toContributor)
	accept(approver, toApprover)
	again := open(t, chrome, w, "")
	again.visit(toContributor + "?lang=" + lang)
	again.waitFor(body, words.T("link.gone"), 20*time.Second)

	// Assign.
	coordinator.visit(home + "/parts/MR.2")
	coordinator.set("who-MR.2", "Housing One")
	coordinator.do(typed("#note", "Ask the desk."), click(`form[action$="/parts/MR.2"] button`))
	coordinator.waitFor(body, words.T("parts.saved", "Count", 1), 20*time.Second)
	contributor.visit(home)
	contributor.waitFor(body, "Ask the desk.", 20*time.Second)

	// Answer in parallel: different questions, then the same field.
	page := home + "/MR.2"
	for _, x := range []*tab{coordinator, contributor} {
		x.visit(page)
		x.started()
	}
	coordinator.press(`#MR-08 .level:nth-child(3)`)
	contributor.press(`#MR-07 .level:nth-child(4)`)
	for _, x := range []*tab{coordinator, contributor} {
		x.waitFor(state, saved, 20*time.Second)
	}
	coordinator.do(typed("#MR-07-explanation", "First text."))
	reaches(t, w, "MR-07", func(k assessment.Kept) bool { return k.Explanation == "First text." })
	contributor.do(typed("#MR-07-explanation", "نص ثانٍ."))
	contributor.waitFor(state, words.T("section.clash_bar"), 20*time.Second)
	contributor.do(click(`#save .state a`), chromedp.WaitVisible(chromedp.CSS("#both-MR-07")))
	contributor.started()
	contributor.do(click(`#both-MR-07 .join summary`), click(`#both-MR-07 .join button`), chromedp.WaitNotPresent(chromedp.CSS("#both-MR-07")))
	if got, beside := kept(t, w, "MR-07"); got.Explanation != "First text.\n\nنص ثانٍ." || got.Value != "3" || len(beside) != 0 {
		t.Errorf("joined: %+v, %v", got, beside)
	}

	// Talk.
	contributor.started()
	contributor.press("#talk-MR-07 > summary")
	contributor.do(typed("#talk-text-MR-07", "Who has the signed copy?"))
	contributor.set("talk-with-MR-07city", "Coordinator A")
	contributor.press(`button[value="talk MR-07"]`)
	contributor.waitFor(`document.querySelector("#talk-MR-07 .thread")?.textContent ?? ""`, "Who has the signed copy?", 20*time.Second)
	coordinator.visit("/inbox")
	coordinator.do(click(`main ul form button`))
	coordinator.waitFor(body, "Who has the signed copy?", 20*time.Second)
	coordinator.press(`#main details:has(textarea) > summary`)
	coordinator.do(typed("#main details[open] textarea", "I have."), click(`#main details[open] button[value^="talk "]`))
	coordinator.waitFor(body, "I have.", 20*time.Second)
	coordinator.do(click(`#main button[value^="resolve "]`))
	coordinator.waitFor(body, words.T("talk.resolved_done"), 20*time.Second)

	// Prove.
	file := filepath.Join(t.TempDir(), "سجل log.pdf")
	if err := os.WriteFile(file, []byte(onePDF), 0o600); err != nil {
		t.Fatal(err)
	}
	contributor.visit(page)
	contributor.started()
	contributor.press(`#evidence-MR-07 button[name=go]`)
	contributor.waitFor("location.pathname", "/indicators/MR-07/evidence", 20*time.Second)
	contributor.do(chromedp.SetUploadFiles(chromedp.CSS("#add-file"), []string{file}), typed("#add-passage", "4"), click(send))
	contributor.waitFor(body, words.T("evidence.standing_evidenced"), 20*time.Second)

	// Check, consent, hand in. What an approver has seen is what goes out.
	coordinator.visit(home + "/check")
	if there := coordinator.ask(`String(!!document.querySelector('form[action$="/hand-in"]'))`); there != "false" {
		t.Error("without consent the assessment can be handed in")
	}
	coordinator.do(click(`a[href$="/sign-off"]`))
	coordinator.waitFor("location.pathname", "/sign-off", 20*time.Second)
	coordinator.do(click(`form[action$="/sign-off/ask"] button`))
	coordinator.waitFor(body, words.T("signoff.asked"), 20*time.Second)
	approver.visit(home + "/sign-off")
	contributor.visit(page)
	contributor.started()
	contributor.press(`#MR-09 .level:nth-child(2)`)
	reaches(t, w, "MR-09", assessment.Kept.Answered)
	approver.do(click(`form[action$="/sign-off"] button`))
	approver.waitFor(`document.getElementById("faults")?.textContent ?? ""`, "MR-09", 20*time.Second)
	approver.do(click(`form[action$="/sign-off"] button`))
	approver.waitFor(body, words.T("signoff.done"), 20*time.Second)
	coordinator.visit(home + "/check")
	coordinator.do(click(`form[action$="/hand-in"] button`))
	coordinator.waitFor(body, words.T("receipt.lede"), 20*time.Second)
	coordinator.waitFor(`String(document.querySelector("[data-module=clock]").hidden)`, "false", 20*time.Second) // the time of this device

	// Whoever still writes is told, and the text stays.
	a, err := w.Store.Assessment(ctx, account.Actor{Role: account.Operator}, w.A.ID)
	if err != nil || a.Open() || a.Answered != 3 {
		t.Errorf("%+v, %v", a, err)
	}
	contributor.do(typed("#MR-10-explanation", "Too late."))
	contributor.waitFor(state, words.T("fault.handed_in", "Date", a.HandedIn), 20*time.Second)
	if text := contributor.ask(`document.getElementById("MR-10-explanation").value`); text != "Too late." {
		t.Errorf("the text is now %q", text)
	}
}

// TestBrowserWorksByKeyboardAlone goes through the core of the work with Tab, Space, Enter and arrows (trust.md 4.4, U2).
func TestBrowserWorksByKeyboardAlone(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	home := "/assessments/" + w.A.ID
	approver := account.Account{Email: "approver@example.org", Name: "Deputy mayor", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.CoordinatorA].Password, Noticed: account.NoticeVersion, Created: time.Now()}
	if _, err := w.Store.AddAccount(context.Background(), approver, assessment.Author{Role: account.Operator}); err != nil {
		t.Fatal(err)
	}
	var exported atomic.Bool
	real := w.Server.Config.Handler
	w.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		real.ServeHTTP(rw, r)
		if strings.HasSuffix(r.URL.Path, "/answers.csv") {
			exported.Store(true)
		}
	})
	x := open(t, chrome, w, apitest.CoordinatorA)
	press := func(keys string) { t.Helper(); x.do(chromedp.KeyEvent(keys)) }
	// to presses Tab until the focus is where an expression holds. It must be visible, and always go on.
	to := func(holds string, most int) (stops int) {
		t.Helper()
		last, same := "", 0
		for stops = 1; stops <= most; stops++ {
			press(kb.Tab)
			at := x.ask(`(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
				window.stops = window.stops ?? new WeakMap(); const known = window.stops.get(e) ?? Math.random(); window.stops.set(e, known);
				return [known, (` + holds + `) ? "there" : "", s.outlineStyle !== "none" || s.boxShadow !== "none" || e.matches("body, .vh, input[type=date], input[type=radio], input[type=checkbox]") ? "" : "unseen", e.outerHTML.slice(0, 90)].join("¦") })()`)
			part := strings.Split(at, "¦")
			if part[0] != last {
				same = 0
			} else if same++; same > 4 { // a date has a stop for each of its numbers
				t.Fatalf("the focus does not leave %s", part[3])
			}
			if last = part[0]; part[2] != "" {
				t.Errorf("the focus is not to be seen on %s", part[3])
			}
			if part[1] == "there" {
				return stops
			}
		}
		t.Fatalf("%s is not reached by %d stops", holds, most)
		return
	}
	x.visit(home + "/MR.2?lang=en")
	x.started()
	press(kb.Tab) // the first stop leads past the navigation
	press(kb.Enter)
	to(`e.name === "MR-07.choice"`, 20)
	press(" ")
	press(kb.ArrowDown)
	to(`e.id === "MR-07-explanation"`, 20)
	press("By keyboard.")
	x.waitFor(state, "Saved ", 20*time.Second)
	got, _ := kept(t, w, "MR-07")
	if got.Explanation != "By keyboard." || got.Value == "" {
		t.Errorf("kept %+v", got)
	}
	to(`e.closest("#talk-MR-07") && e.tagName === "SUMMARY"`, 20)
	press(kb.Enter)
	to(`e.id === "talk-text-MR-07"`, 3)
	press("A word.")
	to(`e.value === "talk MR-07"`, 5)
	press(kb.Enter)
	x.waitFor(`document.querySelector("#talk-MR-07 .thread")?.textContent ?? ""`, "A word.", 20*time.Second)
	x.started()
	to(`e.value === "evidence MR-07" || e.closest("#evidence-MR-07") && e.tagName === "BUTTON"`, 250) // which stands before the conversation: all the way round
	press(kb.Enter)
	x.waitFor("location.pathname", "/indicators/MR-07/evidence", 20*time.Second)
	to(`e.id === "add-url"`, 60)
	press("https://city.example/paper")
	to(`e.value === "add" && e.tagName === "BUTTON"`, 8)
	press(kb.Enter)
	x.waitFor(`document.querySelector("#main li.card")?.textContent ?? ""`, "city.example", 20*time.Second) // the hint of the form names it too
	coordinator := x
	x = open(t, chrome, w, "approver")
	x.visit(home + "/sign-off?lang=en")
	to(`e.form?.action.endsWith("/sign-off") && e.tagName === "BUTTON"`, 60)
	press(kb.Enter)
	x.waitFor(body, w.Pages.Site.Words.In("en").T("signoff.done"), 20*time.Second)
	x = coordinator
	x.visit(home + "/transfer")
	to(`e.matches("a[href*='answers.csv']")`, 60)
	press(kb.Enter)
	for end := time.Now().Add(20 * time.Second); !exported.Load(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the answers are not sent")
		}
	}
	x.visit(home + "/check")
	to(`e.form?.action.endsWith("/hand-in") && e.tagName === "BUTTON"`, 200)
	press(kb.Enter)
	x.waitFor(body, "Handed in", 20*time.Second)
}
