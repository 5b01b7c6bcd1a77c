package lens_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"migov/assessment/lens"
	"migov/assessment/score"
	"migov/assessment/survey"
)

func questionnaire(t *testing.T) *survey.Instrument {
	t.Helper()
	source, err := os.ReadFile("../../data/instruments/urban-migof.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

func builtIn(t *testing.T) lens.Set {
	t.Helper()
	set, err := lens.Load(os.DirFS("../../data/lenses"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func through(t *testing.T, framework string) lens.View {
	t.Helper()
	v, ok := lens.Through(questionnaire(t), framework, builtIn(t)[framework])
	if !ok {
		t.Fatalf("the questionnaire has no framework %s", framework)
	}
	return v
}

// The counts of the 23 objectives are those of the crosswalk in the design of the questionnaire: 140 links.
func TestTheGlobalCompactIsCoveredAsDesigned(t *testing.T) {
	want := []int{5, 5, 9, 3, 4, 5, 17, 3, 1, 4, 2, 1, 1, 4, 15, 19, 8, 5, 5, 1, 3, 1, 19}
	v := through(t, "gcm")
	var got []int
	for _, o := range v.Objectives {
		got = append(got, len(o.Ties))
		if o.Coverage != lens.CoverageOf(len(o.Ties)) {
			t.Errorf("objective %s is covered %s", o.ID, o.Coverage)
		}
	}
	if !slices.Equal(got, want) || v.Links != 140 || len(v.Beyond) != 0 || len(v.Uncovered()) != 0 {
		t.Errorf("%v, %d links, %d beyond", got, v.Links, len(v.Beyond))
	}
}

// How many objectives there are stands in the papers themselves: A/RES/73/195, A/RES/70/1, A/RES/71/256 and the MICIC guidelines.
func TestEveryObjectiveIsLinkedOrListed(t *testing.T) {
	for framework, all := range map[string]int{"gcm": 23, "sdg": 169, "nua": 175, "micic": 15} {
		v := through(t, framework)
		if n := len(v.Objectives) + len(v.Beyond); n != all {
			t.Errorf("%s: %d of %d objectives are seen or listed", framework, n, all)
		}
		for _, o := range v.Objectives {
			if slices.Contains(v.Beyond, o.ID) {
				t.Errorf("%s: %s is seen and listed as not seen", framework, o.ID)
			}
		}
	}
}

func TestCoverage(t *testing.T) {
	for n, want := range map[int]lens.Coverage{0: lens.None, 1: lens.Thin, 2: lens.Some, 4: lens.Some, 5: lens.Broad, 90: lens.Broad} {
		if got := lens.CoverageOf(n); got != want {
			t.Errorf("%d indicators are %s, want %s", n, got, want)
		}
	}
}

func file(links ...string) fstest.MapFS {
	return fstest.MapFS{
		"frameworks.yaml": {Data: []byte("format: 1\nquestionnaire: urban-migof\nframeworks:\n  gcm: [\"1-23\"]\n")},
		"gcm.yaml":        {Data: []byte("format: 1\nframework: gcm\nlinks:\n" + strings.Join(links, ""))},
	}
}

const why = ", why: {en: \"Because.\"}}\n"

func TestALensThatDoesNotFitTheQuestionnaire(t *testing.T) {
	in := questionnaire(t)
	set, err := lens.Load(file("  - {indicator: MR-01, target: \"15\", type: full"+why, "  - {indicator: ZZ-99, target: \"15\", type: full"+why, "  - {indicator: MR-01, target: \"16\", type: partial"+why))
	if err != nil {
		t.Fatal(err)
	}
	v, _ := lens.Through(in, "gcm", set["gcm"])
	var gone []string
	for _, k := range v.Removed {
		gone = append(gone, k.Indicator+" "+k.Target)
	}
	if !slices.Equal(gone, []string{"ZZ-99 15", "MR-01 16"}) {
		t.Errorf("listed as removed: %v", gone)
	}
	first := v.Objectives[14].Ties[0]
	if first.Indicator.ID != "MR-01" || first.Type != lens.Full || !first.Explained {
		t.Errorf("the link that fits is %+v", first)
	}
	if second := v.Objectives[14].Ties[1]; second.Explained || second.Type != lens.Partial || !second.Counts {
		t.Errorf("a link without a reason counts in part: %+v", second)
	}
	if _, ok := lens.Through(in, "none", nil); ok {
		t.Error("a framework that the questionnaire has not was found")
	}
	other := *in
	other.Code = "other"
	if v, _ := lens.Through(&other, "gcm", set["gcm"]); len(v.Removed) != 0 || v.Objectives[14].Ties[0].Explained {
		t.Error("the reasons of another questionnaire were taken")
	}
	if v, _ := lens.Through(in, "gcm", nil); v.Links != 140 || len(v.Beyond) != 0 {
		t.Error("without a lens the links of the questionnaire stand alone")
	}
	// An indicator that is taken out leaves its objective without any: it is listed.
	short, _ := lens.Through(without(t, "SO-09"), "gcm", set["gcm"])
	if u := short.Uncovered(); len(u) != 1 || u[0].ID != "9" {
		t.Errorf("objectives without an indicator: %v", u)
	}
}

// without is the questionnaire without the links of an indicator.
func without(t *testing.T, id string) *survey.Instrument {
	in := questionnaire(t)
	in.Indicator(id).Crosswalk = nil
	return in
}

func TestFilesThatAreRefused(t *testing.T) {
	ok := "  - {indicator: MR-01, target: \"15\", type: full" + why
	for _, x := range []struct {
		name  string
		files fstest.MapFS
		says  string
	}{
		{"the same link twice", file(ok, ok), "linked twice"},
		{"a type that does not exist", file("  - {indicator: MR-01, target: \"15\", type: much" + why), "no type"},
		{"an objective that does not exist", file("  - {indicator: MR-01, target: \"24\", type: full" + why), "has no 24"},
		{"no reason in English", file("  - {indicator: MR-01, target: \"15\", type: full, why: {fr: \"Car.\"}}\n"), "no reason"},
		{"a key that does not exist", file("  - {indicator: MR-01, target: \"15\", type: full, weight: 2" + why), "weight"},
		{"a framework that nobody declared", fstest.MapFS{"frameworks.yaml": file()["frameworks.yaml"], "abc.yaml": {Data: []byte("format: 1\n")}}, "does not know abc"},
		{"a range backwards", fstest.MapFS{"frameworks.yaml": {Data: []byte("format: 1\nquestionnaire: q\nframeworks: {gcm: [\"9-1\"]}\n")}}, "no range"},
		{"another format", fstest.MapFS{"frameworks.yaml": {Data: []byte("format: 2\nquestionnaire: q\n")}}, "format 1"},
		{"nothing at all", fstest.MapFS{}, "frameworks.yaml"},
	} {
		if _, err := lens.Load(x.files); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v, want %q in it", x.name, err, x.says)
		}
	}
}

// said are the answers of a text such as "MR-01=4 MR-05=not_applicable MR-08=2/national".
func said(scheme *score.Scheme, text string) score.Marks {
	answers, holders := map[string]survey.Answer{}, map[string]survey.Holder{}
	for word := range strings.FieldsSeq(text) {
		indicator, said, _ := strings.Cut(word, "=")
		said, holder, _ := strings.Cut(said, "/")
		if n := survey.NonAnswer(said); n.Known() {
			answers[indicator] = survey.Answer{NonAnswer: n}
		} else {
			answers[indicator] = survey.Answer{Value: said}
		}
		if holder != "" {
			holders[indicator] = survey.Holder(holder)
		}
	}
	return scheme.Marks(answers, holders)
}

// The numbers are means that can be worked out by head: level l is worth 25·l (method 1.0.0), and two thirds must be answered.
func TestTheNumberOfAnObjective(t *testing.T) {
	scheme := score.NewScheme(questionnaire(t))
	for _, x := range []struct {
		name       string
		indicators []string
		answers    string
		known      bool
		central    float64
		note       score.Note
	}{
		{"the mean of three levels", []string{"MR-01", "MR-02", "MR-03"}, "MR-01=4 MR-02=2 MR-03=0", true, 50, ""},
		{"an indicator named twice counts once", []string{"MR-01", "MR-02", "MR-01"}, "MR-01=4 MR-02=2", true, 75, ""},
		{"two of three answered are enough", []string{"MR-01", "MR-02", "MR-03"}, "MR-01=4 MR-02=1", true, 62.5, ""},
		{"one of three answered is not", []string{"MR-01", "MR-02", "MR-03"}, "MR-01=4", false, 0, score.NotEnoughAnswers},
		{"nothing answered is not zero", []string{"MR-01", "MR-02", "MR-03"}, "", false, 0, score.NotEnoughAnswers},
		{"what others decide alone counts in the situation", []string{"MR-01", "MR-02"}, "MR-01=4/national MR-02=2/national", true, 75, ""},
		{"one that does not apply leaves two", []string{"MR-01", "MR-02", "MR-03"}, "MR-01=not_applicable MR-02=1 MR-03=2", true, 37.5, ""},
		{"one that does not apply leaves one", []string{"MR-01", "MR-02"}, "MR-01=not_applicable MR-02=1", false, 0, lens.TooFewApply},
		{"none applies", []string{"MR-01", "MR-02"}, "MR-01=not_applicable MR-02=not_applicable", false, 0, score.NothingApplicable},
		{"a single indicator", []string{"MR-01"}, "MR-01=4", false, 0, lens.TooFewLinks},
		{"an indicator that is not scored does not make two", []string{"MR-01", "nobody"}, "MR-01=4", false, 0, lens.TooFewLinks},
		{"no indicator", nil, "MR-01=4", false, 0, lens.TooFewLinks},
	} {
		v := lens.ValueOf(scheme.Set(x.indicators), said(scheme, x.answers))
		if v.Known != x.known || v.Central != x.central || v.Note != x.note {
			t.Errorf("%s: known %v, %v, %q; want %v, %v, %q", x.name, v.Known, v.Central, v.Note, x.known, x.central, x.note)
		}
		if (v.Note == lens.TooFewApply || v.Note == lens.TooFewLinks) && v.Banded {
			t.Errorf("%s: there is a band without a number", x.name)
		}
	}
}

// A context link is listed and does not count; a number that rests on anything but full links says so.
func TestTypesOfLinks(t *testing.T) {
	in := questionnaire(t)
	set, err := lens.Load(file("  - {indicator: MR-09, target: \"4\", type: full"+why, "  - {indicator: CR-10, target: \"4\", type: full"+why, "  - {indicator: SO-02, target: \"4\", type: context"+why))
	if err != nil {
		t.Fatal(err)
	}
	v, _ := lens.Through(in, "gcm", set["gcm"])
	o := v.Objectives[3]
	if got := o.Counting(); !slices.Equal(got, []string{"MR-09", "CR-10"}) || len(o.Ties) != 3 || o.InPart() {
		t.Errorf("counting %v of %d, in part %v", got, len(o.Ties), o.InPart())
	}
	if !v.Objectives[14].InPart() {
		t.Error("an objective with links in part does not say so")
	}
}

func TestStepsOfAPledge(t *testing.T) {
	in := questionnaire(t)
	scheme := score.NewScheme(in)
	v, _ := lens.Through(in, "gcm", nil)
	steps := v.Steps(scheme, said(scheme, "MR-01=3/municipal MR-02=1/shared MR-03=0/national MR-04=4/municipal MR-05=dont_know MR-07=1/municipal MR-08=not_ours/municipal"))
	var got []string
	for _, s := range steps {
		got = append(got, s.ID)
	}
	// MR-03 is decided elsewhere, MR-04 has nothing above it, MR-05 and MR-08 have no value.
	if !slices.Equal(got, []string{"MR-02", "MR-07", "MR-01"}) {
		t.Fatalf("steps: %v", got)
	}
	if s := steps[2]; s.Next.String() != in.Indicator("MR-01").Levels[4].String() || !slices.Equal(s.Objectives, []string{"15"}) {
		t.Errorf("the next level of MR-01 is %q, for objectives %v", s.Next, s.Objectives)
	}
	if s := steps[0]; !slices.Equal(s.Objectives, in.Indicator("MR-02").Crosswalk["gcm"]) {
		t.Errorf("MR-02 stands for %v", s.Objectives)
	}
}
