package results_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment/evidence"
	"migov/assessment/results"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

func scheme(t *testing.T) *score.Scheme {
	t.Helper()
	source, err := os.ReadFile("../../data/instruments/urban-migof.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, _ := survey.Decode(source)
	return score.NewScheme(in)
}

// cities are some of which each answers every level question alike: city i with level i mod 5, the first half evidenced.
func cities(s *score.Scheme, n int) (out []results.City) {
	for i := range n {
		c := results.City{Code: fmt.Sprintf("city-%d", i), Name: `=SUM(A1) "مدينة"`, Country: "XA"}
		for j, q := range s.Instrument().Indicators() {
			e := results.Entry{Indicator: q.ID, Standing: evidence.Claimed}
			switch {
			case j%2 == 0:
				e.Standing = evidence.Evidenced
			case q.ID == "MR-02":
				e.Power = survey.National
			}
			switch q.Kind {
			case survey.Level:
				e.Value = fmt.Sprint(i % 5)
			case survey.YesNo:
				e.NonAnswer = string(survey.NotApplicable)
			default:
				continue
			}
			c.Entries = append(c.Entries, e)
		}
		out = append(out, c)
	}
	return out
}

func written(t *testing.T, s *score.Scheme, all []results.City) []byte {
	t.Helper()
	var b bytes.Buffer
	m, err := results.Write(&b, snapshot.Named{Code: "2026", Name: "Round 2026"}, s, time.Date(2026, 11, 25, 8, 0, 0, 1, time.UTC), func(yield func(results.City, error) bool) {
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil || m.Cities != len(all) || m.AsOf != "2026-11-25T08:00:00Z" {
		t.Fatal(m, err)
	}
	return b.Bytes()
}

// unpacked are the files of a package, in order.
func unpacked(t *testing.T, file []byte) (names []string, content map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	content = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		content[f.Name] = string(b)
	}
	return names, content
}

// packed makes a package of files again; with honest hashes where the manifest is to say what the files have become.
func packed(t *testing.T, names []string, was, content map[string]string, honest bool) []byte {
	t.Helper()
	if honest {
		for name, text := range content {
			if name == "manifest.json" {
				continue
			}
			hash := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
			m := strings.Replace(content["manifest.json"], hash(was[name]), hash(text), 1)
			content["manifest.json"] = strings.Replace(m, fmt.Sprintf("%q,\n      \"bytes\": %d", hash(text), len(was[name])), fmt.Sprintf("%q,\n      \"bytes\": %d", hash(text), len(text)), 1)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		text, there := content[name]
		if !there {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func look(file []byte) (lines []string, equal bool, err error) {
	_, equal, err = results.Verify(bytes.NewReader(file), int64(len(file)), func(l results.Line) {
		if !l.Equal {
			lines = append(lines, l.What+": "+l.Words)
		}
	})
	return lines, equal, err
}

func TestAPackageIsComputedAgain(t *testing.T) {
	s := scheme(t)
	file := written(t, s, cities(s, 7))
	if !bytes.Equal(file, written(t, s, cities(s, 7))) {
		t.Error("the same results make another file")
	}
	if wrong, equal, err := look(file); err != nil || !equal || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	_, content := unpacked(t, file)
	for _, line := range []string{
		"city-2,claimed,PA.3,situation,50,50,50,", // each is answered with level 2: 25 × 2, whoever holds the power
		"city-4,claimed,PA.3,situation,100,100,100,",
		"city-4,verified,PA.3,situation,0,,100,0,", // none is verified: the band alone
	} {
		if !strings.Contains(content["results.csv"], line) {
			t.Errorf("no line begins with %s", line)
		}
	}
	// Levels 0 to 4, 0 and 1: medians of type 7 of 0 0 25 25 50 75 100.
	if want := "claimed,PA.3,situation,7,0,12.5,25,62.5,100\n"; !strings.Contains(content["distributions.csv"], want) {
		t.Errorf("no %q in\n%s", want, content["distributions.csv"])
	}
	if strings.Contains(content["manifest.json"], "seed\": 0") || !strings.Contains(content["manifest.json"], `"seed": null`) {
		t.Error("a seed is named where nothing is drawn")
	}
}

func TestFewerThanFiveCitiesHaveNoDistribution(t *testing.T) {
	s := scheme(t)
	file := written(t, s, cities(s, 4))
	if _, equal, err := look(file); !equal || err != nil {
		t.Fatal(err)
	}
	_, content := unpacked(t, file)
	for _, line := range strings.Split(strings.TrimSpace(content["distributions.csv"]), "\n")[1:] {
		if !strings.HasSuffix(line, ",,,,,") {
			t.Errorf("a quantile of four: %s", line)
		}
	}
}

func TestAPackageThatWasChangedIsNotConfirmed(t *testing.T) {
	s := scheme(t)
	names, is := unpacked(t, written(t, s, cities(s, 6)))
	for _, c := range []struct {
		says   string
		change func(files map[string]string)
		honest bool
		wrong  string // in the first line that is different, or in the error
	}{
		{"an answer", func(f map[string]string) {
			f["answers.csv"] = strings.Replace(f["answers.csv"], "city-3,MR-01,3", "city-3,MR-01,4", 1)
		}, false, "answers.csv: its SHA-256"},
		{"an answer, with the hash put right", func(f map[string]string) {
			f["answers.csv"] = strings.Replace(f["answers.csv"], "city-3,MR-01,3", "city-3,MR-01,4", 1)
		}, true, "city city-3: claimed MR situation is"},
		{"a power, with the hash put right", func(f map[string]string) {
			f["answers.csv"] = strings.Replace(f["answers.csv"], "city-1,MR-02,1,,national", "city-1,MR-02,1,,municipal", 1)
		}, true, "city city-1: claimed MR effort is"},
		{"a standing, with the hash put right", func(f map[string]string) {
			f["answers.csv"] = strings.Replace(f["answers.csv"], "city-1,MR-01,1,,,evidenced", "city-1,MR-01,1,,,claimed", 1)
		}, true, "city city-1: evidenced MR situation is"},
		{"a result, with the hash put right", func(f map[string]string) {
			f["results.csv"] = strings.Replace(f["results.csv"], "city-2,claimed,PA.3,situation,50", "city-2,claimed,PA.3,situation,51", 1)
		}, true, "city city-2: claimed PA.3 situation is"},
		{"a distribution, with the hash put right", func(f map[string]string) {
			f["distributions.csv"] = strings.Replace(f["distributions.csv"], "claimed,PA.3,situation,6,0", "claimed,PA.3,situation,6,1", 1)
		}, true, "distribution claimed PA.3 situation"},
		{"the method", func(f map[string]string) {
			f["method.json"] = strings.Replace(f["method.json"], `"shared": 0.5`, `"shared": 0.6`, 1)
		}, true, "method: it is 1.0.0"},
		{"another version of the method", func(f map[string]string) {
			f["manifest.json"] = strings.Replace(f["manifest.json"], `"method": "1.0.0"`, `"method": "0.9.0"`, 1)
		}, true, "method: it is 0.9.0"},
		{"the questionnaire", func(f map[string]string) {
			f["instrument.yaml"] = strings.Replace(f["instrument.yaml"], `version: "1.0.0"`, `version: "1.0.1"`, 1)
		}, true, "instrument: urban-migof@1.0.1"},
		{"a city that is gone", func(f map[string]string) { f["cities.csv"] = strings.Replace(f["cities.csv"], "city-5,", "city-9,", 1) }, true, "city city-9"},
		{"a city twice", func(f map[string]string) { f["cities.csv"] = strings.Replace(f["cities.csv"], "city-5,", "city-4,", 1) }, true, "city city-4: it stands here twice"},
		{"a number of cities", func(f map[string]string) {
			f["manifest.json"] = strings.Replace(f["manifest.json"], `"cities": 6`, `"cities": 7`, 1)
		}, true, "cities.csv: 6 cities"},
		{"more answers", func(f map[string]string) { f["answers.csv"] += "city-x,MR-01,4,,,claimed\n" }, true, "answers.csv: there are answers of"},
		{"more results", func(f map[string]string) { f["results.csv"] += "city-x,claimed,MR,situation,1,1,1,1,1\n" }, true, "results.csv: there is more"},
		{"a file that is gone", func(f map[string]string) { delete(f, "results.csv") }, false, "results.csv: it is missing"},
		{"a file that came", func(f map[string]string) { f["more.txt"] = "x" }, false, "more.txt: the manifest does not name it"},
		{"columns", func(f map[string]string) {
			f["answers.csv"] = strings.Replace(f["answers.csv"], "non_answer", "nonanswer", 1)
		}, true, "this is no package of results"},
		{"the manifest", func(f map[string]string) { f["manifest.json"] = `{"a": 1}` }, false, "this is no package of results"},
		{"the form", func(f map[string]string) {
			f["manifest.json"] = strings.Replace(f["manifest.json"], "migov-results/1", "migov-results/2", 1)
		}, false, `its format is "migov-results/2"`},
	} {
		files := map[string]string{}
		for name, text := range is {
			files[name] = text
		}
		c.change(files)
		all := slices.Clone(names)
		if files["more.txt"] != "" {
			all = append(all, "more.txt")
		}
		wrong, equal, err := look(packed(t, all, is, files, c.honest))
		said := strings.Join(wrong, "\n")
		if err != nil {
			said += "\n" + err.Error()
		}
		if equal || !strings.Contains(said, c.wrong) {
			t.Errorf("%s: equal %t, said %q, want %q", c.says, equal, said, c.wrong)
		}
	}
	if _, _, err := look([]byte("no zip")); !errors.Is(err, results.ErrForm) {
		t.Error("a file that is no ZIP file:", err)
	}
}

func TestAnErrorOfTheSourceIsPassedOn(t *testing.T) {
	s := scheme(t)
	broken := errors.New("broken")
	_, err := results.Write(io.Discard, snapshot.Named{}, s, time.Now(), func(yield func(results.City, error) bool) { yield(results.City{}, broken) })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
