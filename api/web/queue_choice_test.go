package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/survey"
)

// Whoever reviews chooses another value as the city did: a level, yes or no, or options.
func TestAProposalIsChosenAsTheAnswerWas(t *testing.T) {
	w := apitest.New(t)
	d, err := w.Pages.Drafts.Open(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	of := map[survey.Kind]*survey.Indicator{}
	for _, q := range d.Instrument.Indicators() {
		if !d.Instrument.IsContext(q) && of[q.Kind] == nil && (q.Kind != survey.Multiple || len(q.Options) > 2) {
			of[q.Kind] = q
		}
	}
	yesNo, several := of[survey.YesNo], of[survey.Multiple]
	if yesNo == nil || several == nil {
		t.Fatal("the questionnaire has no such question")
	}
	for id, value := range map[string]string{yesNo.ID: "yes", several.ID: several.Options[0].ID} {
		if _, rejected, err := w.Pages.Drafts.Save(context.Background(), w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: "first-of-" + id, Indicator: id, Value: &value}); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
	}
	handedIn(t, w)
	reviewer, home := w.Client(apitest.Reviewer), "/assessments/"+w.A.ID+"/review/"
	contains(t, reviewer.Get(home+yesNo.ID).Body, `<option value="no">No</option>`, "Propose another value", `href="/assessments/`+w.A.ID+`/review" aria-current="page"`)
	contains(t, reviewer.Get(home+several.ID).Body, `type="checkbox" name="proposed" value="`+several.Options[1].ID+`"`)

	both := url.Values{"version": {"1"}, "verdict": {"challenged"}, "show": {"first"}, "proposed": {several.Options[0].ID, several.Options[1].ID}}
	refused := reviewer.Post(home+several.ID, both)
	if contains(t, refused.Body, `value="`+several.Options[1].ID+`" checked`); refused.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: status %d", refused.Status)
	}
	both.Set("reason", "The decree names both.")
	if sent := reviewer.Post(home+several.ID, both); sent.Status != http.StatusSeeOther {
		t.Errorf("with a reason: status %d", sent.Status)
	}
	contains(t, w.Client(apitest.Analyst).Get(home+several.ID).Body, several.Options[0].Label.String()+"; "+several.Options[1].Label.String())

	for name, x := range map[string]struct {
		version, proposed string
		status            int
	}{
		"a level for a yes or no":     {"1", "3", http.StatusUnprocessableEntity},
		"the city's own value":        {"1", "yes", http.StatusUnprocessableEntity},
		"a version that is not there": {"9", "no", http.StatusConflict},
		"another value, as it stands": {"1", "no", http.StatusSeeOther},
	} {
		got := reviewer.Post(home+yesNo.ID, url.Values{"version": {x.version}, "verdict": {"challenged"}, "show": {"first"}, "proposed": {x.proposed}, "reason": {"The bylaw says no <i>such</i> thing."}})
		if got.Status != x.status {
			t.Errorf("%s: status %d", name, got.Status)
		}
		if x.status != http.StatusSeeOther {
			contains(t, got.Body, `<details class="drawer" id="propose" open>`, "The bylaw says no &lt;i&gt;such&lt;/i&gt; thing.")
		}
	}
}
