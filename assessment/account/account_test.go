package account_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestThePermissionTable(t *testing.T) {
	roles := []account.Role{account.Anonymous, account.Admin, account.Analyst, account.Coordinator, account.Contributor, account.Approver, account.Operator}
	var b strings.Builder
	row := func(first string, cell func(account.Role) string) {
		fmt.Fprintf(&b, "%-17s", first)
		for _, r := range roles {
			fmt.Fprintf(&b, " %-12s", cell(r))
		}
		b.WriteString("\n")
	}
	row("", func(r account.Role) string {
		if r == account.Anonymous {
			return "(nobody)"
		}
		return string(r)
	})
	for _, a := range account.Actions {
		row(string(a), func(r account.Role) string {
			if account.Allowed(r, a) {
				return "yes"
			}
			return "-"
		})
	}
	const path = "testdata/permissions.golden"
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
		t.Errorf("the permission table is now\n%s\nit was\n%s", &b, want)
	}
}

func TestAnUnknownRoleOrActionIsNeverAllowed(t *testing.T) {
	for _, a := range append(account.Actions, "destroy") {
		if account.Allowed("mayor", a) {
			t.Errorf("an unknown role may %s", a)
		}
	}
	for _, r := range append(account.Roles, account.Operator, account.Anonymous) {
		if account.Allowed(r, "destroy") {
			t.Errorf("%q may do what is in no table", r)
		}
	}
}

func TestReach(t *testing.T) {
	mine := account.Place{City: "accra", Round: "2026"}
	given := account.Place{City: "accra", Round: "2026", HandedIn: true}
	tests := []struct {
		name       string
		who        account.Actor
		open, gave bool
	}{
		{"a coordinator reaches the own city", account.Actor{Role: account.Coordinator, City: "accra"}, true, true},
		{"a contributor reaches the own city", account.Actor{Role: account.Contributor, City: "accra"}, true, true},
		{"a coordinator of another city does not", account.Actor{Role: account.Coordinator, City: "quito"}, false, false},
		{"a coordinator without a city reaches nothing", account.Actor{Role: account.Coordinator}, false, false},
		{"rounds give a coordinator nothing", account.Actor{Role: account.Coordinator, City: "quito", Rounds: []string{"2026"}}, false, false},
		{"an analyst of the round reaches it once it was handed in", account.Actor{Role: account.Analyst, Rounds: []string{"2025", "2026"}}, false, true},
		{"an analyst of another round does not", account.Actor{Role: account.Analyst, Rounds: []string{"2025"}}, false, false},
		{"an analyst of no round does not", account.Actor{Role: account.Analyst}, false, false},
		{"a city gives an analyst nothing", account.Actor{Role: account.Analyst, City: "accra"}, false, false},
		{"an admin reads no answers", account.Actor{Role: account.Admin, City: "accra", Rounds: []string{"2026"}}, false, false},
		{"nobody reaches nothing", account.Actor{City: "accra", Rounds: []string{"2026"}}, false, false},
		{"an operator reaches all", account.Actor{Role: account.Operator}, true, true},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			if got := account.Reach(c.who, mine); got != c.open {
				t.Errorf("open: %v", got)
			}
			if got := account.Reach(c.who, given); got != c.gave {
				t.Errorf("handed in: %v", got)
			}
		})
	}
	if account.Reach(account.Actor{Role: account.Coordinator}, account.Place{}) {
		t.Error("an empty city reached an empty place")
	}
}

func TestPasswords(t *testing.T) {
	ctx := context.Background()
	const password = "correct horse battery" // 21 characters
	hash, err := account.HashPassword(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %q", hash)
	}
	tests := []struct {
		name, password, hash string
		want                 bool
	}{
		{"the right one", password, hash, true},
		{"a wrong one", password + "s", hash, false},
		{"an empty one", "", hash, false},
		{"another case", strings.ToUpper(password), hash, false},
		{"no hash", password, "", false},
		{"neither", "", "", false},
		{"one longer than any that can be set", strings.Repeat("x", 100_000), hash, false},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := account.CheckPassword(ctx, c.password, c.hash)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	for _, wrong := range []string{"", "short", strings.Repeat("é", 11), strings.Repeat("é", 257)} {
		if _, err := account.HashPassword(ctx, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("a password of %d bytes: %v", len(wrong), err)
		}
	}
	for _, right := range []string{strings.Repeat("é", 12), strings.Repeat("é", 256), "كلمة مرور طويلة"} {
		if _, err := account.HashPassword(ctx, right); err != nil {
			t.Errorf("%q: %v", right, err)
		}
	}
	if _, err := account.CheckPassword(ctx, password, "not a hash"); err == nil {
		t.Error("a broken hash was not reported")
	}
}

func TestAnUnknownAddressTakesAsLongAsAKnownOne(t *testing.T) {
	ctx := context.Background()
	hash, err := account.HashPassword(ctx, "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	fastest := func(hash string) time.Duration {
		least := time.Hour
		for range 5 {
			began := time.Now()
			if _, err := account.CheckPassword(ctx, "some other password", hash); err != nil {
				t.Fatal(err)
			}
			least = min(least, time.Since(began))
		}
		return least
	}
	known, unknown := fastest(hash), fastest("")
	if unknown < known/3 || unknown > known*3 {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

func TestSecretsAreLongAndKeptAsHashes(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		text, hash := account.NewSecret()
		if len(text) != 43 || len(hash) != 64 || account.HashSecret(text) != hash || seen[text] {
			t.Fatalf("secret %q, hash %q", text, hash)
		}
		seen[text] = true
	}
}
