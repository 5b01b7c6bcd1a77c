package guess_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/frontend"
	"migov/frontend/guess"
)

func TestANewPasswordIsJudged(t *testing.T) {
	g, err := guess.New(frontend.Built())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	about := []string{"Head of Housing", "housing.lead@marsa-selwa.example", "Marsa Selwa"}
	for _, c := range []struct{ says, password, key string }{
		{"a few words in a row", "quiet river 42 stones", ""},
		{"words of another language", "un deux trois quatre", ""},
		{"words of another script", "كلمة مرور طويلة", ""},
		{"what a password manager makes", "Ghj7kdP2mQx9", ""},
		{"256 characters", strings.Repeat("a long one, ", 22)[:256], ""},
		{"11 characters", "Ghj7kdP2mQx", "fault.password_length"},
		{"257 characters", strings.Repeat("x", 257), "fault.password_length"},
		{"damaged text", "Ghj7kdP2mQx9\xff", "fault.password_length"},
		{"a breached one", "123456789012", "fault.password_guessed"},
		{"a breached one with figures behind", "password1234", "fault.password_guessed"},
		{"a breached one in disguise", "P@ssw0rd1234", "fault.password_guessed"},
		{"a run on the keyboard", "zxcvbnmasdfgh", "fault.password_guessed"},
		{"one sign again and again", "aaaaaaaaaaaa", "fault.password_guessed"},
		{"one sign of another script again and again", strings.Repeat("é", 12), "fault.password_guessed"},
		{"a season and the year", "summer2026!!", "fault.password_guessed"},
		{"the city and the year", "MarsaSelwa2026", "fault.password_guessed"},
		{"the city in two words", "marsa-selwa-27", "fault.password_guessed"},
		{"the address", "housing.lead@marsa", "fault.password_guessed"},
		{"the name", "HeadOfHousing1", "fault.password_guessed"},
		{"the product", "migov-migration", "fault.password_guessed"},
	} {
		err := account.JudgePassword(ctx, g.Guesses, c.password, about...)
		f, _ := fault.As(err)
		if c.key == "" && err != nil || c.key != "" && (f == nil || f.Kind != fault.Invalid || f.Key != c.key || f.Fields[0].Name != "password") {
			t.Errorf("%s: %v, wanted %q", c.says, err, c.key)
		}
	}
}

func TestJudgingEndsWithWhoeverAskedForIt(t *testing.T) {
	g, err := guess.New(frontend.Built())
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	leave()
	if n, err := g.Guesses(ctx, "quiet river 42 stones", nil); err == nil {
		t.Errorf("got %v", n)
	} else if !errors.Is(err, context.Canceled) {
		t.Logf("ended by %v", err)
	}
	if n, err := g.Guesses(context.Background(), "quiet river 42 stones", nil); err != nil || n < account.Guesses {
		t.Errorf("the next one: %v, %v", n, err)
	}
}
