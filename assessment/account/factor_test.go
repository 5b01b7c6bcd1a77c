package account_test

import (
	"bytes"
	"encoding/base32"
	"image/png"
	"strings"
	"testing"
	"time"

	"migov/assessment/account"
)

// The secret and the codes of RFC 6238, appendix B (SHA-1), of which the last six figures count.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

func TestCodesAreThoseOfTheStandard(t *testing.T) {
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := account.CodeAt(rfcSecret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: %s, %v; wanted %s", at, got, err, want)
		}
	}
}

func TestACodeCountsOnceAndNearItsTime(t *testing.T) {
	at := time.Unix(1111111111, 0) // the first second but one of step 37037037
	const step = 37037037
	for _, c := range []struct {
		says, code string
		moved      time.Duration
		last       int64
		ok         bool
	}{
		{"at its time", "050471", 0, 0, true},
		{"as people type it", " 050 471 ", 0, 0, true},
		{"in Arabic figures", "٠٥٠٤٧١", 0, 0, true},
		{"one step late", "050471", account.FactorStep, 0, true},
		{"one step early", "050471", -account.FactorStep, 0, true},
		{"two steps late", "050471", 2 * account.FactorStep, 0, false},
		{"two steps early", "050471", -2 * account.FactorStep, 0, false},
		{"used already", "050471", 0, step, false},
		{"used already, by a clock that was set back", "050471", -account.FactorStep, step, false},
		{"after the one before was used", "050471", 0, step - 1, true},
		{"another code", "050472", 0, 0, false},
		{"too short", "50471", 0, 0, false},
		{"nothing", "", 0, 0, false},
	} {
		got, ok := account.MatchCode(rfcSecret, c.code, at.Add(c.moved), c.last)
		if ok != c.ok || ok && got != step {
			t.Errorf("%s: step %d, %v", c.says, got, ok)
		}
	}
}

func TestAKeyIsMadePicturedAndReadAgain(t *testing.T) {
	k, err := account.NewFactorKey("Cities", "a@example.org")
	if err != nil {
		t.Fatal(err)
	}
	again, err := account.FactorKeyOf("Cities", "a@example.org", k.Secret)
	if err != nil || again.Secret != k.Secret || again.Address() != k.Address() || len(k.Secret) != 32 || strings.ReplaceAll(k.Spelt(), " ", "") != k.Secret {
		t.Errorf("%+v became %+v, %v", k, again, err)
	}
	raw, err := k.Picture(240)
	if err != nil {
		t.Fatal(err)
	}
	if img, err := png.Decode(bytes.NewReader(raw)); err != nil || img.Bounds().Dx() != 240 {
		t.Errorf("the picture: %v", err)
	}
	if other, _ := account.NewFactorKey("Cities", "a@example.org"); other.Secret == k.Secret {
		t.Error("two keys are the same")
	}
	if _, err := account.FactorKeyOf("Cities", "a@example.org", "no base 32!"); err == nil {
		t.Error("a damaged secret was taken")
	}
}

func TestRecoveryCodesAreKeptAsHashesHoweverTheyAreTyped(t *testing.T) {
	texts, hashes := account.NewRecoveryCodes()
	if len(texts) != 10 || len(hashes) != 10 || texts[0] == texts[1] || len(texts[0]) != 19 {
		t.Fatalf("%v", texts)
	}
	for i, text := range texts {
		for _, typed := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, "-", ""), " " + strings.ReplaceAll(text, "-", " ")} {
			if hash, ok := account.HashRecoveryCode(typed); !ok || hash != hashes[i] {
				t.Errorf("%q is not known again", typed)
			}
		}
	}
	if _, ok := account.HashRecoveryCode("123456"); ok {
		t.Error("a code of six figures was taken for a recovery code")
	}
}

func TestAVaultOpensForTheAccountOnly(t *testing.T) {
	v, err := account.OpenVault(account.NewVaultKey())
	if err != nil {
		t.Fatal(err)
	}
	sealed := v.Seal("secret", "me")
	if strings.Contains(sealed, "secret") || sealed == v.Seal("secret", "me") {
		t.Error("it is not sealed, or always the same way")
	}
	if text, err := v.Open(sealed, "me"); err != nil || text != "secret" {
		t.Errorf("%q, %v", text, err)
	}
	other, _ := account.OpenVault(account.NewVaultKey())
	for says, open := range map[string]func() (string, error){
		"another account": func() (string, error) { return v.Open(sealed, "you") },
		"another key":     func() (string, error) { return other.Open(sealed, "me") },
		"a cut text":      func() (string, error) { return v.Open(sealed[:8], "me") },
		"an empty text":   func() (string, error) { return v.Open("", "me") },
	} {
		if text, err := open(); err == nil {
			t.Errorf("%s opened it: %q", says, text)
		}
	}
	if _, err := account.OpenVault("short"); err == nil {
		t.Error("a bad key was taken")
	}
}
