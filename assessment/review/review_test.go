package review_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestTheWholeTable holds every state × step × role against the golden file: where the step leads, "-" where it is not possible.
func TestTheWholeTable(t *testing.T) {
	var b strings.Builder
	roles := append([]account.Role{account.Anonymous, account.Operator}, account.Roles...)
	for _, state := range review.States {
		fmt.Fprintf(&b, "%s (open %v, handed in %v)\n", state, state.Open(), state.HandedIn())
		for _, step := range review.Steps {
			fmt.Fprintf(&b, "  %-13s", step)
			for _, role := range roles {
				name := string(role)
				if role == account.Anonymous {
					name = "nobody"
				}
				to, err := review.Next(state, step, role)
				cell := string(to)
				switch {
				case fault.Is(err, fault.Forbidden):
					cell = "-"
				case fault.Is(err, fault.Closed):
					cell = "closed"
				case fault.Is(err, fault.Conflict):
					cell = "not now"
				case err != nil:
					t.Fatal(err)
				}
				fmt.Fprintf(&b, " %s:%s", name, cell)
			}
			b.WriteString("\n")
		}
	}
	const path = "testdata/machine.golden"
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
		t.Errorf("the table is now\n%s", &b)
	}
}

func TestAnAssessmentThatIsPublishedIsWithdrawnBeforeItIsReopened(t *testing.T) {
	if _, err := review.Next(review.Published, review.Reopen, account.Analyst); !fault.Is(err, fault.Conflict) {
		t.Error("a published assessment is reopened:", err)
	}
	private, err := review.Next(review.Published, review.Withdraw, account.Approver)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := review.Next(private, review.Reopen, account.Analyst); err != nil || now != review.Collecting {
		t.Error(now, err)
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	reached := map[review.State]bool{review.Draft: true}
	for range review.States {
		for s := range reached {
			for _, role := range account.Roles {
				for _, step := range review.Possible(s, role) {
					to, _ := review.Next(s, step, role)
					reached[to] = true
				}
			}
		}
	}
	for _, s := range review.States {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
	}
}
