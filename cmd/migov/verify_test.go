package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"migov/assessment/snapshot"
)

// TestACopyIsCheckedElsewhere gives the program the golden document of assessment/snapshot, and copies of it that are not the same.
func TestACopyIsCheckedElsewhere(t *testing.T) {
	golden, err := os.ReadFile("../../assessment/snapshot/testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, hash := string(golden), snapshot.Hash(golden)
	folder := t.TempDir()
	file := func(name, content string) string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	another := strings.Replace(doc, `"indicator":"CR-02","version":3,"value":"2"`, `"indicator":"CR-02","version":3,"value":"3"`, 1)
	figure := regexp.MustCompile(`("central":\d+\.\d+)\d`).ReplaceAllString(doc, "${1}")
	if another == doc || figure == doc {
		t.Fatal("nothing was changed")
	}
	right := file("right.json", doc)
	source, err := os.ReadFile("../../data/store/storetest/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	small := file("small.yaml", string(source))
	for _, c := range []struct {
		says  string
		args  []string
		stdin string
		code  int
		out   []string // regular expressions of what is said
		err   string
	}{
		{"the document with its hash", []string{right, "--hash", hash}, "", done, []string{"sha256 +" + hash, "receipt +the same SHA-256", `city +Marsa Selwa \(marsa-selwa\), Round 2026, revision 1`,
			"made with +urban-migof@1.0.0, method 1.0.0", "form +as migov writes it", `numbers +\d+ answers amount to exactly these numbers`}, ""},
		{"a hash in capitals", []string{right, "--hash", strings.ToUpper(hash)}, "", done, []string{"receipt +the same"}, ""},
		{"from standard input, without a hash", []string{"-"}, doc, done, []string{"numbers +[0-9]"}, ""},
		{"with the questionnaire named", []string{right, "--instrument", "urban-migof@1.0.0"}, "", done, []string{"numbers +[0-9]"}, ""},
		{"another hash", []string{right, "--hash", strings.Repeat("0", 64)}, "", failed, []string{"receipt +WRONG: the SHA-256 is another one", "numbers +[0-9]"}, "not confirmed"},
		{"an answer changed", []string{"-", "--hash", hash}, another, failed, []string{"receipt +WRONG", "form +as migov", "numbers +WRONG: the answers amount to other numbers: CR"}, "not confirmed"},
		{"a digit of a figure taken away", []string{"-"}, figure, failed, []string{"numbers +WRONG: the answers amount to other numbers"}, "not confirmed"},
		{"written anew by another program", []string{"-"}, strings.Replace(doc, ",", ", ", 1), failed, []string{"form +WRONG: it was written anew", "numbers +[0-9]"}, "not confirmed"},
		{"a questionnaire that is not known", []string{"-"}, strings.Replace(doc, "urban-migof@1.0.0", "other@1.0.0", 1), failed, []string{"numbers +WRONG: .*name the questionnaire other@1.0.0 with --instrument"}, "not confirmed"},
		{"another questionnaire named", []string{right, "--instrument", small}, "", failed, []string{"numbers +WRONG: .*the questionnaire at hand is small@1.0.0"}, "not confirmed"},
		{"another method", []string{"-"}, strings.Replace(doc, `"method":"1.0.0"`, `"method":"0.9.0"`, 1), failed, []string{"numbers +WRONG: .*the document is of method 0.9.0"}, "not confirmed"},
		{"other JSON", []string{"-"}, `{"a":1}`, failed, nil, "is not a snapshot of migov"},
		{"no such file", []string{filepath.Join(folder, "absent")}, "", failed, nil, "absent"},
		{"no file named", nil, "", misuse, nil, "verify"},
	} {
		t.Run(c.says, func(t *testing.T) {
			var out, said bytes.Buffer
			if code := run(t.Context(), append([]string{"verify"}, c.args...), nil, strings.NewReader(c.stdin), &out, &said); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.out {
				if !regexp.MustCompile(`(?m)^` + want).MatchString(out.String()) {
					t.Errorf("no line %q in\n%s", want, &out)
				}
			}
			if !strings.Contains(said.String(), c.err) || c.err == "" && said.Len() > 0 {
				t.Errorf("on standard error: %q", &said)
			}
		})
	}
}

func TestTheManualOfVerifyIsTheGoldenOne(t *testing.T) {
	want, err := os.ReadFile("testdata/verify.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"verify", "--help"}, nil, strings.NewReader(""), &out, &out); code != done || out.String() != string(want) {
		t.Errorf("exit code %d, and the manual is now\n%s", code, &out)
	}
}
