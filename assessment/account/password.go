package account

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"migov/assessment/fault"
)

// Guesses is how many guesses a new password must withstand: what zxcvbn calls safely unguessable (its score 4, from 10^10
// on; D. L. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016). Beside the most common
// breached passwords it knows words, names, keyboard runs, repetitions, dates and the usual disguises of letters by figures.
const Guesses = 1e10

// Guesser tells how many guesses a password withstands when whoever guesses begins with the known words.
type Guesser func(ctx context.Context, password string, known []string) (float64, error)

// looked is how many characters are judged: the time grows with the cube of the length, and a longer password is only better.
const looked = 64

// productWords are words of the product that people put into passwords here.
var productWords = []string{"migov", "cities", "city", "migration", "self", "assessment", "governance"}

// laterYears are years that zxcvbn does not know as such.
var laterYears = regexp.MustCompile(`20[2-9]\d`)

// JudgePassword tells what is wrong with a new password: its length, or that it is among the commonly breached or easily guessed
// ones. About names words that people who know the person would try first: name, address, city. Without a guesser only the
// length, the variety and the known words are judged.
func JudgePassword(ctx context.Context, guesses Guesser, password string, about ...string) error {
	refuse := func(key string, args fault.Args) error {
		return fault.New(fault.Invalid, key, args).WithFields(fault.Field{Name: "password", Key: key, Args: args})
	}
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword || !utf8.ValidString(password) {
		return refuse("fault.password_length", fault.Args{"Min": MinPassword, "Max": MaxPassword})
	}
	known := append([]string{}, productWords...)
	for _, text := range about {
		known = append(known, words(text)...)
	}
	first := password
	if r := []rune(password); len(r) > looked {
		first = string(r[:looked])
	}
	if few(first) || bare(first, known) < besideWords {
		return refuse("fault.password_guessed", nil)
	}
	if guesses == nil {
		return nil
	}
	n, err := guesses(ctx, laterYears.ReplaceAllString(strings.ToLower(first), "2010"), known)
	if err == nil && n < Guesses {
		err = refuse("fault.password_guessed", nil)
	}
	return err
}

// words are the parts of a text from three characters on, in lower case, and the text without what parts them.
func words(text string) (out []string) {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range append(parts, strings.Join(parts, "")) {
		if utf8.RuneCountInString(w) >= 3 {
			out = append(out, w)
		}
	}
	return out
}

// besideWords is how many letters and figures a password needs beside the words that everybody around the person knows.
const besideWords = 8

// bare counts the letters and figures of a password that are left without the words it holds; enough where it holds none.
func bare(password string, known []string) int {
	rest := strings.Join(strings.FieldsFunc(strings.ToLower(password), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
	before := rest
	for _, w := range slices.SortedFunc(slices.Values(known), func(a, b string) int { return len(b) - len(a) }) {
		rest = strings.ReplaceAll(rest, w, " ")
	}
	if rest == before {
		return besideWords
	}
	return utf8.RuneCountInString(strings.ReplaceAll(rest, " ", ""))
}

// few tells whether a password is made of fewer than five different characters, in any script.
func few(password string) bool {
	seen := map[rune]bool{}
	for _, r := range password {
		seen[unicode.ToLower(r)] = true
	}
	return len(seen) < 5
}
