package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
)

// TestEachScopeAllowsExactlyTheOperationsThatThePolicySays sends every request of the policy with a token of every scope, by
// everybody who may use it at all.
func TestEachScopeAllowsExactlyTheOperationsThatThePolicySays(t *testing.T) {
	w := apitest.New(t)
	pages, operations := policy(t, w)
	nobody := w.Client("")
	asked := 0
	for _, who := range []string{apitest.Admin, apitest.Analyst, apitest.CoordinatorA, apitest.ContributorA, apitest.Reviewer} {
		for _, only := range []string{"", w.Round.ID} {
			for _, scope := range account.Scopes {
				if only != "" && !scope.OfRound() {
					continue
				}
				text, err := w.Pages.Crowd.ScopedToken(t.Context(), account.Token{Account: w.Accounts[who].ID, Name: "test", Scope: scope, Round: only, Expires: time.Now().Add(time.Hour)}, assessment.Author{Role: account.Operator})
				if err != nil {
					t.Fatal(err)
				}
				header := http.Header{"Authorization": {"Bearer " + text}, "Content-Type": {"application/json"}, "Accept": {"application/json"}, "Sec-Fetch-Site": nil}
				actor := account.Actor{Role: w.Accounts[who].Role, Token: scope, Only: only}
				for _, l := range append(pages, operations...) {
					if !account.Allowed(actor.Role, l.action) || (scope == account.ScopeAll && !strings.HasPrefix(l.path, "/api/")) || l.path == "/api/v1" {
						continue
					}
					asked++
					path := filled(w, strings.NewReplacer("{", ":", "}", "").Replace(l.path))
					p := nobody.Send(l.method, path, strings.NewReader("{}"), header)
					refused := p.Status == http.StatusForbidden && strings.Contains(p.Body, "tokens.beyond")
					if may := actor.WithinToken(l.action, l.method == http.MethodGet); refused == may || p.Status >= 500 {
						t.Errorf("%s %s by %s with a token of scope %s (round %q): %d %.120s", l.method, path, who, scope, only, p.Status, p.Body)
					}
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d requests were made", asked)
	}
}
