//go:build browser

package browser

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
)

// axe is the accessibility checker axe-core, as npm installed it.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "..", "frontend", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("%v; run make build first", err)
	}
	return string(source)
}

// accessible fails with every fault that axe-core finds in the page against WCAG 2.2 AA.
func (x *tab) accessible(source string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 30*time.Second)
	defer cancel()
	// The bar that stays at the foot covers part of whatever lies under it just then; people scroll, axe-core does not.
	still := `document.getElementById("save")?.style.setProperty("position", "static")`
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](still), chromedp.Evaluate[chromedp.Void](source)); err != nil {
		x.t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
		`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
			.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	if err != nil {
		x.t.Fatal(err)
	}
	for _, f := range found {
		x.t.Errorf("%s\n%s", x.ask("location.pathname"), f)
	}
}

func TestBrowserFindsSectionsAccessible(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	text := func(s string) *string { return &s }
	save := func(who string, g ...assessment.Given) {
		t.Helper()
		if _, rejected, err := w.Pages.Drafts.Save(context.Background(), w.Actor(who), w.A.ID, g...); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
	}
	save(apitest.CoordinatorA, assessment.Given{Mutation: "coordinator-1", Indicator: "MR-07", Value: text("3"), Explanation: text("One."), Evidence: text("A report"), Confidence: text("unsure")},
		assessment.Given{Mutation: "coordinator-2", Indicator: "MR-09", NonAnswer: text("not_ours")})
	save(apitest.ContributorA, assessment.Given{Mutation: "contributor-1", Indicator: "MR-07", Value: text("2"), Explanation: text("Two.")})
	x := open(t, chrome, w, apitest.CoordinatorA)
	for lang, width := range map[string]int64{"en": 1280, "ar": 390} {
		x.do(chromedp.EmulateViewport(width, 900))
		for _, section := range []string{"MR.2", "MR.3", "PA.2", "CX.1"} {
			x.visit("/assessments/" + w.A.ID + "/" + section + "?lang=" + lang)
			x.started()
			x.accessible(source)
		}
	}
	t.Run("with a message at a field", func(t *testing.T) {
		x.t = t
		x.visit("/assessments/" + w.A.ID + "/MR.2?lang=en")
		x.started()
		x.do(typed("#MR-10-value", "<5"))
		x.waitFor(state, "MR-10", 20*time.Second)
		x.accessible(source)
	})
	t.Run("handed in", func(t *testing.T) {
		x := open(t, chrome, w, apitest.CoordinatorA) // the other tab would ask before it lets go of what is not saved
		if _, err := w.Pages.Drafts.HandIn(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID); err != nil {
			t.Fatal(err)
		}
		x.visit("/assessments/" + w.A.ID + "/MR.2")
		x.accessible(source)
	})
}
