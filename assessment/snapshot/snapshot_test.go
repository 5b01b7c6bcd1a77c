package snapshot_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
	"migov/data"
)

var update = flag.Bool("update", false, "write the golden file anew")

// questionnaire is the built-in instrument, or a later version of it after some words of its source were replaced.
func questionnaire(t testing.TB, replace ...string) *survey.Instrument {
	t.Helper()
	sources, err := data.InstrumentSources()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		in, problems := survey.Decode([]byte(strings.NewReplacer(replace...).Replace(string(source))))
		if in == nil {
			t.Fatal(problems)
		}
		if in.Code == "urban-migof" {
			return in
		}
	}
	t.Fatal("there is no urban-migof")
	return nil
}

// document is an assessment in which every kind of answer occurs; thirds and sevenths make numbers that need every digit.
func document(t testing.TB, scheme *score.Scheme) snapshot.Document {
	t.Helper()
	sheet := assessment.Sheet{Answers: map[string]assessment.Kept{}, Powers: map[string]assessment.Power{}}
	for i, q := range scheme.Instrument().All() {
		k := assessment.Kept{Indicator: q.ID, Version: i%3 + 1, By: assessment.Author{Account: "account-1", Name: "Somebody Known", Role: account.Contributor}, At: time.Now()}
		switch {
		case i%11 == 3:
			k.NonAnswer = survey.NonAnswers[i/11%len(survey.NonAnswers)]
		case q.Kind == survey.Level:
			k.Value, k.Confidence = string(rune('0'+i%5)), survey.VerySure
		case q.Kind == survey.YesNo:
			k.Value = []string{"yes", "no"}[i%2]
		case q.Kind == survey.Multiple:
			k.Value = q.Options[0].ID
		case q.Kind == survey.Number:
			k.Value = "12"
		default:
			k.Value = "A text with “quotes”, <b>marks</b> & \u2028 lines, مدينة"
		}
		if i%7 == 0 {
			k.Explanation = "Because of article 3."
		}
		sheet.Answers[q.ID] = k
	}
	sheet.Powers["MR-01"] = assessment.Power{Indicator: "MR-01", Holder: survey.Shared, Reason: "Law 12", Version: 2}
	sheet.Powers["MR-02"] = assessment.Power{Indicator: "MR-02", Version: 3} // set back to the default
	b := assessment.Beside{
		Evidence: []assessment.Evidence{{ID: "e1", Kind: assessment.EvidenceFile, Title: "Plan", SHA256: strings.Repeat("ab", 32), Revision: 2},
			{ID: "e2", Kind: assessment.EvidenceLink, Title: "Site", URL: "https://example.org/a?b=1&c=2", Revision: 1},
			{ID: "e3", Kind: assessment.EvidenceLink, Title: "Removed", URL: "https://example.org", Removed: time.Now()}},
		Citations: []assessment.Citation{{Indicator: "MR-02", Evidence: "e2"}, {Indicator: "MR-01", Evidence: "e2", Passage: "page 4"}, {Indicator: "MR-01", Evidence: "e1"}, {Indicator: "MR-03", Evidence: "e3"}},
	}
	a := assessment.Assessment{ID: "a1", City: assessment.City{Code: "marsa-selwa", Name: "Marsa Selwa"}, Round: assessment.Round{Code: "2026", Title: "Round 2026"}, Perspective: assessment.Officials}
	return assessment.NewDocument(a, scheme, 1, sheet, b)
}

func encoded(t testing.TB, d snapshot.Document) ([]byte, string) {
	t.Helper()
	content, hash, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return content, hash
}

func TestTheDocumentIsWrittenInOneWayOnly(t *testing.T) {
	scheme := score.NewScheme(questionnaire(t))
	content, hash := encoded(t, document(t, scheme))
	for range 20 { // maps come in another order each time
		if again, h := encoded(t, document(t, scheme)); !bytes.Equal(again, content) || h != hash {
			t.Fatal("the same assessment was written in another way")
		}
	}
	const path = "testdata/document.json"
	if *update {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content, want) {
		t.Errorf("the document is now\n%s", content)
	}
	for _, secret := range []string{"Somebody", "account-1", "Removed"} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the document holds %q", secret)
		}
	}
	d, err := snapshot.Check(want, hash)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, document(t, scheme)) {
		t.Error("what was read is not what was written")
	}
	if err := d.Recompute(scheme); err != nil {
		t.Error(err)
	}
}

func TestOneChangedByteIsFound(t *testing.T) {
	content, hash := encoded(t, document(t, score.NewScheme(questionnaire(t))))
	for i := range content {
		changed := bytes.Clone(content)
		changed[i] ^= 1
		if _, err := snapshot.Check(changed, hash); !errors.Is(err, snapshot.ErrHash) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for says, changed := range map[string][]byte{"cut short": content[:len(content)-1], "a line end added": append(bytes.Clone(content), '\n'), "empty": nil} {
		if _, err := snapshot.Check(changed, hash); !errors.Is(err, snapshot.ErrHash) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestWhatIsNoSnapshotIsRefused(t *testing.T) {
	content, _ := encoded(t, document(t, score.NewScheme(questionnaire(t))))
	text := string(content)
	for _, c := range []struct {
		says, content string
		want          error
	}{
		{"nothing", "", snapshot.ErrForm},
		{"other JSON", `{"a":1}`, snapshot.ErrForm},
		{"another format", strings.Replace(text, "migov-snapshot/1", "migov-snapshot/9", 1), snapshot.ErrForm},
		{"a name that is not known", strings.Replace(text, `"city":`, `"town":`, 1), snapshot.ErrForm},
		{"spaces between", strings.Replace(text, ",", ", ", 1), snapshot.ErrRewrite},
		{"something after it", text + "{}", snapshot.ErrRewrite},
		{"a field twice, of which only the last would count", strings.Replace(text, `"revision":1,`, `"revision":7,"revision":1,`, 1), snapshot.ErrRewrite},
		{"a number with more digits", strings.Replace(text, `"answered":`, `"answered":0`, 1), snapshot.ErrForm},
	} {
		if _, err := snapshot.Decode([]byte(c.content)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.says, err, c.want)
		}
	}
}

// TestAFigureStaysToTheLastDigit: new versions of the questionnaire and of the method change nothing of what was handed in.
func TestAFigureStaysToTheLastDigit(t *testing.T) {
	scheme := score.NewScheme(questionnaire(t))
	d := document(t, scheme)
	content, hash := encoded(t, d)
	before := d.Numbers.Score()

	// A later questionnaire scores otherwise: an option less to choose from, another power by default.
	in := scheme.Instrument()
	later := questionnaire(t, `version: "`+in.Version+`"`, `version: "9.0.0"`, "version: "+in.Version, "version: 9.0.0", "power: municipal", "power: national")
	other := score.NewScheme(later)
	if later.Name() == in.Name() || later.Hash == in.Hash {
		t.Fatalf("the later version is %s", later.Name())
	}
	if live := document(t, other); reflect.DeepEqual(live.Numbers, d.Numbers) {
		t.Fatal("the later version gives the same numbers, so that the test shows nothing")
	}
	kept, err := snapshot.Check(content, hash)
	if err != nil {
		t.Fatal(err)
	}
	if got := kept.Numbers.Score(); !reflect.DeepEqual(got, before) {
		t.Errorf("the numbers are now %+v", got)
	}
	if err := kept.Recompute(other); !errors.Is(err, snapshot.ErrUnknown) {
		t.Errorf("with the later questionnaire: %v", err)
	}
	if err := kept.Recompute(scheme); err != nil {
		t.Errorf("with its own questionnaire: %v", err)
	}
	// A method of another version: the program says that it cannot compute it, and shows what stands there.
	kept.Method = "0.9.0"
	if err := kept.Recompute(scheme); !errors.Is(err, snapshot.ErrUnknown) || !reflect.DeepEqual(kept.Numbers.Score(), before) {
		t.Errorf("with another method: %v", err)
	}
	// What live scoring gives is bit by bit what stands in the document.
	var live score.Numbers
	scheme.Numbers(scheme.Marks(d.Sheet()), &live)
	if !reflect.DeepEqual(live, before) {
		t.Errorf("live %+v, kept %+v", live, before)
	}
}

func TestANumberThatTheAnswersDoNotAmountToIsNamed(t *testing.T) {
	scheme := score.NewScheme(questionnaire(t))
	d := document(t, scheme)
	x := *d.Numbers.Dimensions[2].Situation.Low
	x = x + 1e-13
	d.Numbers.Dimensions[2].Situation.Low = &x
	d.Numbers.Overall.Advocacy = snapshot.Interval{Central: &x}
	err := d.Recompute(scheme)
	if !errors.Is(err, snapshot.ErrNumbers) || !strings.Contains(err.Error(), d.Numbers.Dimensions[2].ID) || !strings.Contains(err.Error(), score.OverallID) {
		t.Error(err)
	}
	d = document(t, scheme)
	d.Answers[0].Value, d.Answers[0].NonAnswer = "4", ""
	if err := d.Recompute(scheme); !errors.Is(err, snapshot.ErrNumbers) {
		t.Errorf("another answer: %v", err)
	}
}

func TestAReferenceIsReadAsPeopleWriteIt(t *testing.T) {
	r := snapshot.Reference([snapshot.RandomBytes]byte{0x3d, 0x26, 0x40, 0x50, 0x6d, 0xef, 0x12, 0xa9})
	for _, written := range []string{r, strings.ToLower(r), strings.ReplaceAll(r, "-", ""), " " + strings.ReplaceAll(r, "-", " ") + " ", strings.ReplaceAll(strings.ReplaceAll(r, "0", "o"), "1", "l")} {
		if got, ok := snapshot.ParseReference(written); !ok || got != r {
			t.Errorf("%q is read as %q, %v", written, got, ok)
		}
	}
	for _, wrong := range []string{"", "7QK4", "7QK4-0M3D-XW9U", r + "0", "7QK4-0M3D-XW9é"} {
		if got, ok := snapshot.ParseReference(wrong); ok {
			t.Errorf("%q is read as %q", wrong, got)
		}
	}
	if strings.ContainsAny(r, "ILOU") || len(r) != 14 {
		t.Error(r)
	}
}
