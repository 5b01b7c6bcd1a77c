package account_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"migov/assessment/account"
)

func TestTheTableOfScopes(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-17s", "")
	for _, s := range account.Scopes {
		fmt.Fprintf(&b, " %-14s", s)
	}
	fmt.Fprintf(&b, " %s\n", "bound to a round")
	may := func(s account.Scope, only string, a account.Action) string {
		who := account.Actor{Token: s, Only: only}
		switch read, change := who.WithinToken(a, true), who.WithinToken(a, false); {
		case read && change:
			return "read, change"
		case read:
			return "read"
		case change:
			return "change alone"
		}
		return "-"
	}
	for _, a := range account.Actions {
		fmt.Fprintf(&b, "%-17s", a)
		for _, s := range account.Scopes {
			fmt.Fprintf(&b, " %-14s", may(s, "", a))
		}
		fmt.Fprintf(&b, " %s\n", may(account.ScopeRead, "r", a))
	}
	const path = "testdata/scopes.golden"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the table of scopes is now\n%s\nit was\n%s", &b, want)
	}
}

func TestAScopeIsNeverWiderThanTheNext(t *testing.T) {
	for _, a := range account.Actions {
		for _, reading := range []bool{true, false} {
			for i, s := range account.Scopes[1:] {
				if account.Scopes[i].Allows(a, reading) && !s.Allows(a, reading) {
					t.Errorf("%s allows %s, %s does not", account.Scopes[i], a, s)
				}
			}
			if account.Scope("").Allows(a, reading) || account.Scope("more").Allows(a, reading) {
				t.Errorf("an unknown scope allows %s", a)
			}
			if !(account.Actor{}).WithinToken(a, reading) {
				t.Errorf("a person without a token is kept from %s", a)
			}
		}
	}
}

func TestATokenOfARoundReachesNothingOfOthers(t *testing.T) {
	given := account.Place{City: "accra", Round: "2026", ID: "a", HandedIn: true}
	for _, who := range []account.Actor{{Role: account.Coordinator, City: "accra"}, {Role: account.Analyst, Rounds: []string{"2026", "2027"}}, {Role: account.Reviewer, Assigned: []string{"a"}}} {
		for only, want := range map[string]bool{"": true, "2026": true, "2027": false} {
			who.Only = only
			if got := account.Reach(who, given); got != want {
				t.Errorf("%s bound to %q: %v", who.Role, only, got)
			}
			if who.Role == account.Analyst && who.InRound("2026") != want {
				t.Errorf("bound to %q the analyst is in the round: %v", only, !want)
			}
		}
	}
}
