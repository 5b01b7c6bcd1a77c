package account_test

import (
	"context"
	"strings"
	"testing"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// What a guesser says is tried with the real one in frontend/guess.
func TestANewPasswordIsJudged(t *testing.T) {
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
		{"one sign again and again", "aaaaaaaaaaaa", "fault.password_guessed"},
		{"one sign of another script again and again", strings.Repeat("é", 12), "fault.password_guessed"},
		{"the city and the year", "MarsaSelwa2026", "fault.password_guessed"},
		{"the city in two words", "marsa-selwa-27", "fault.password_guessed"},
		{"the address", "housing.lead@marsa", "fault.password_guessed"},
		{"the name", "HeadOfHousing1", "fault.password_guessed"},
		{"the product", "migov-migration", "fault.password_guessed"},
	} {
		err := account.JudgePassword(context.Background(), nil, c.password, about...)
		f, _ := fault.As(err)
		if c.key == "" && err != nil || c.key != "" && (f == nil || f.Kind != fault.Invalid || f.Key != c.key || f.Fields[0].Name != "password") {
			t.Errorf("%s: %v, wanted %q", c.says, err, c.key)
		}
	}
}
