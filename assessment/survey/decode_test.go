package survey_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"migov/assessment/survey"
)

var update = flag.Bool("update", false, "write the golden files anew")

func libraries(t testing.TB) []byte {
	t.Helper()
	source, err := os.ReadFile("testdata/libraries.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func decoded(t testing.TB, source []byte) *survey.Instrument {
	t.Helper()
	in, problems := survey.Decode(source)
	if in == nil || len(problems) > 0 {
		t.Fatalf("the fixture has problems: %v", problems)
	}
	return in
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

func TestAnInstrumentWithEveryFeatureIsRead(t *testing.T) {
	in := decoded(t, libraries(t))
	if in.Name() != "town-libraries@2.1.0-trial.1" || len(in.Dimensions) != 2 || in.Context.ID != "CT" || len(in.All()) != 11 || len(in.Indicators()) != 6 {
		t.Errorf("%s: %d dimensions, %d indicators, %d of them in dimensions", in.Name(), len(in.Dimensions), len(in.All()), len(in.Indicators()))
	}
	seen := map[survey.Kind]bool{}
	for _, q := range in.All() {
		seen[q.Kind] = true
		wantScored := !in.IsContext(q) && (q.Kind == survey.Level || q.Kind == survey.YesNo || q.Kind == survey.Multiple)
		if q.Scored != wantScored {
			t.Errorf("%s: scored is %v", q.ID, q.Scored)
		}
		if in.Subcategory(q.Subcategory) == nil || in.Dimension(q.Dimension) == nil || q.Line == 0 {
			t.Errorf("%s: sub-category %q, dimension %q, line %d", q.ID, q.Subcategory, q.Dimension, q.Line)
		}
	}
	for _, k := range survey.Kinds {
		if !seen[k] {
			t.Errorf("the fixture has no indicator of kind %s", k)
		}
	}
	q := in.Indicator("LB-01")
	if !q.Core || q.Power != survey.Municipal || q.Levels[3][survey.French] != "Une bibliothèque est ouverte chaque jour." || !slices.Equal(q.Crosswalk["sdg"], []string{"16.10"}) {
		t.Errorf("LB-01 is %+v", q)
	}
	if b := in.Indicator("LB-04").Number; b.Min != -0.5 || b.Max != 1000 || b.Decimals != 3 {
		t.Errorf("the bounds of LB-04 are %+v", b)
	}
	if s := in.Indicator("LB-05").Help[survey.French]; s != "Un seul projet suffit.\nIl peut tenir sur deux lignes.\n" {
		t.Errorf("a text of two lines is %q", s)
	}
	if w := in.Scale("OPEN").Words[4][survey.English]; w != "Always" {
		t.Errorf("the word of level 4 is %q", w)
	}
}

func TestEveryFaultIsNamedAtOnceWithItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, problems := survey.Decode(source)
			if in != nil || len(problems) == 0 {
				t.Errorf("a broken file was read: %v", problems)
			}
			var lines strings.Builder
			for _, p := range problems {
				lines.WriteString(p.String() + "\n")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", []byte(lines.String()))
		})
	}
}

// changes are ways to break the fixture by replacing one text by another. The schema sees those it can express; the
// checker sees them all.
var changes = []struct {
	name, old, new, want string
	schema               bool // the schema refuses it too
}{
	{"unknown key", "code: town", "codes: x\ncode: town", `unknown key "codes"`, true},
	{"missing key", "version: 2.1.0-trial.1\n", "", `"version" is missing`, true},
	{"other format", "format: 1", "format: 2", "must be 1", true},
	{"format in quotes", "format: 1", `format: "1"`, "must be 1", true},
	{"code in capitals", "code: town", "code: Town", "small letters", true},
	{"version of two parts", "version: 2.1.0-trial.1", `version: "2.1"`, "semantic version", true},
	{"version with a leading zero", "version: 2.1.0-trial.1", "version: 2.01.0", "semantic version", true},
	{"version that YAML takes for a number", "version: 2.1.0-trial.1", "version: 2.1", "must be a text", true},
	{"unknown language in the list", "languages: [en, fr]", "languages: [en, fr, de]", `unknown language "de"`, true},
	{"other first language", "languages: [en, fr]", "languages: [fr, en]", "first language must be en", true},
	{"language twice", "languages: [en, fr]", "languages: [en, fr, fr]", "stands twice", true},
	{"language of a text that is no language", `title: {en: "Libraries of the town",`, `title: {de: "Bibliotheken", en: "Libraries of the town",`, `unknown language "de"`, true},
	{"language of a text that the instrument lacks", `title: {en: "Libraries of the town",`, `title: {es: "Bibliotecas", en: "Libraries of the town",`, `unknown language "es"`, false},
	{"reviewed language that the instrument lacks", "reviewed: [en]", "reviewed: [es]", "not among the languages", false},
	{"no English text", `question: {en: "Is borrowing free of charge?", fr:`, `question: {fr:`, "no English text", true},
	{"blank text", `question: {en: "Is borrowing free of charge?"`, `question: {en: "  "`, "is empty", true},
	{"text without languages", `short: {en: "Lending", fr: "Prêt"}`, `short: "Lending"`, "a text for each language", true},
	{"too long a short name", `short: {en: "Lending"`, `short: {en: "Lending for all"`, "at most 14", true},
	{"unknown kind", "kind: yes_no\n            core", "kind: yesno\n            core", `unknown kind "yesno"`, true},
	{"unknown power", "power: shared", "power: mayor", `unknown power "mayor"`, true},
	{"missing power", "            power: shared\n", "", `"power" is missing`, true},
	{"power in the context module", "kind: yes_no\n          title", "kind: yes_no\n          power: shared\n          title", `unknown key "power"`, true},
	{"crosswalk in the context module", "kind: yes_no\n          title", "kind: yes_no\n          crosswalk: {}\n          title", `unknown key "crosswalk"`, true},
	{"core that is no truth value", "core: false", "core: no", "true or false", true},
	{"unknown scale", "scale: OPEN\n            core", "scale: SHUT\n            core", `unknown scale "SHUT"`, false},
	{"missing scale", "            scale: OPEN\n", "", `"scale" is missing`, true},
	{"missing level", `              - {en: "A library is open every day.", fr: "Une bibliothèque est ouverte chaque jour."}` + "\n", "", "exactly five", true},
	{"surplus level", `              - {en: "No library is open.",`, "              - {en: \"x\", fr: \"x\"}\n" + `              - {en: "No library is open.",`, "exactly five", true},
	{"missing word of a scale", `      - {en: "Always", fr: "Toujours"}` + "\n", "", "exactly five", true},
	{"levels of a yes/no", "kind: yes_no\n            core", "kind: yes_no\n            levels: []\n            core", "does not belong to kind yes_no", true},
	{"options of a text", "max_length: 40", "options: []\n            max_length: 40", "does not belong to kind text", true},
	{"text without a limit", "            max_length: 40\n", "", `"max_length" is missing`, true},
	{"limit of zero", "max_length: 40", "max_length: 0", "from 1 to 10000", true},
	{"limit that is no whole number", "max_length: 40", "max_length: 1.5", "must be a whole number", true},
	{"min above max", "min: -0.5, max: 1000", "min: 1000, max: 1", "smaller than max", false},
	{"no max", "min: -0.5, max: 1000", "min: -0.5", `"max" is missing`, true},
	{"bound in quotes", "min: -0.5", `min: "-0.5"`, "must be a number", true},
	{"too many decimals", "decimals: 3", "decimals: 7", "from 0 to 6", true},
	{"scored options without none", `              - {id: none, label: {en: "None of these", fr: "Aucun de ces groupes"}, exclusive: true}` + "\n", "", "id none", true},
	{"none that is not exclusive", `fr: "Aucun de ces groupes"}, exclusive: true`, `fr: "Aucun de ces groupes"}`, "must be exclusive", true},
	{"another exclusive scored option", "exclusive: false", "exclusive: true", "only the option none", true},
	{"a single option", "            - {id: large, label: {en: \"Large\", fr: \"Grande\"}, exclusive: true}\n", "", "at least two", true},
	{"option twice", "id: large", "id: small", "stands twice", false},
	{"option id in capitals", "id: large", "id: Large", "small letters", true},
	{"indicator twice", "id: LB-02", "id: LB-01", "stands twice, first in line", false},
	{"indicator of another dimension", "id: LB-02", "id: RD2-02", `does not begin with "LB-"`, false},
	{"indicator id of another form", "id: LB-02", "id: LB-2", "two or three digits", true},
	{"sub-category twice", "id: LB.2", "id: LB.1", "stands twice", false},
	{"sub-category of another dimension", "id: LB.2", "id: RD2.2", `does not begin with "LB."`, false},
	{"dimension twice", "id: RD2\n", "id: LB\n", "stands twice", false},
	{"scale twice", "frameworks:\n", "  - {id: OPEN, title: {en: \"x\", fr: \"x\"}, words: [{en: x, fr: x}, {en: x, fr: x}, {en: x, fr: x}, {en: x, fr: x}, {en: x, fr: x}]}\nframeworks:\n", "stands twice", false},
	{"target twice", `id: "4.6"`, `id: "16.10"`, "stands twice", false},
	{"target that YAML takes for a number", `{id: "38"`, `{id: 38`, "must be a text", true},
	{"unknown framework", "id: nua", "id: unesco", `unknown framework "unesco"`, true},
	{"framework that is not declared", "crosswalk: {}", `crosswalk: {gcm: ["1"]}`, `unknown framework "gcm"`, false},
	{"unknown target", `nua: ["38"]`, `nua: ["39"]`, `no target "39"`, false},
	{"target twice in a crosswalk", `sdg: ["4.6", "16.10"]`, `sdg: ["4.6", "4.6"]`, "stands twice", true},
	{"empty sub-category", "indicators:\n          - id: RD2-01", "indicators: []\n      - id: RD2.2\n        title: {en: x, fr: x}\n        short: {en: x, fr: x}\n        indicators:\n          - id: RD2-01", "is empty", true},
	{"list instead of a mapping", "context:\n  id: CT", "context: []\nx:\n  id: CT", "must be keys with values", true},
	{"key without a value", "max_length: 40", "max_length:", "must be a whole number", true},
	{"control character", `"Free lending"`, `"Free\u0007lending"`, "control character", false},
	{"rule twice", "id: free_and_closed", "id: projects_without_library", "stands twice", false},
	{"rule without a sentence", `    say: {en: "Books are lent, but no library is open.", fr: "Des livres sont prêtés, mais aucune bibliothèque n’est ouverte."}` + "\n", "", `"say" is missing`, true},
	{"rule about one indicator", "{indicator: LB-04, at_least: 0.5}", "{indicator: LB-01, at_least: 0}", "at least two indicators", false},
	{"rule about an unknown indicator", "{indicator: LB-04, at_least: 0.5}", "{indicator: LB-99, at_least: 1}", `no indicator has the id "LB-99"`, false},
	{"rule without a condition", "{indicator: LB-04, at_least: 0.5}", "{indicator: LB-04}", "needs at_least, at_most, is or more_than", true},
	{"rule with a condition of an unknown form", "{indicator: LB-04, at_least: 0.5}", "{indicator: LB-04, over: 0.5}", `unknown key "over"`, true},
	{"rule about level 5", "{indicator: LB-01, at_most: 0}", "{indicator: LB-01, at_most: 5}", "level from 0 to 4", false},
	{"rule that can never be met", "at_least: 0, at_most: 0", "at_least: 2, at_most: 1", "can never be met", false},
	{"rule with a bound of a yes/no", `{indicator: LB-02, is: "yes"}`, "{indicator: LB-02, at_least: 1}", "does not belong to LB-02", false},
	{"rule about a value that cannot be", `is: "yes"`, `is: "perhaps"`, `cannot be "perhaps"`, false},
	{"rule that compares with a level", "{indicator: LB-04, at_least: 0.5}", "{indicator: LB-04, more_than: LB-01}", "two different indicators of kind number", false},
	{"rule with two kinds of conditions", `is: "yes"`, `is: "yes", at_most: 1`, "is stands alone", true},
	{"term twice", "glossary:\n", "glossary:\n  - {id: reader, term: {en: x, fr: x}, meaning: {en: x, fr: x}}\n", "stands twice", false},
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(survey.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("instrument.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("instrument.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, source []byte) error {
	t.Helper()
	var loose any
	if err := yaml.Unmarshal(source, &loose); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(loose)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestTheSchemaAndTheCheckerAgree(t *testing.T) {
	schema, source := compiled(t), string(libraries(t))
	if err := valid(t, schema, []byte(source)); err != nil {
		t.Fatalf("the schema refuses the fixture: %v", err)
	}
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(source, c.old) {
				t.Fatalf("the fixture does not hold %q", c.old)
			}
			broken := []byte(strings.Replace(source, c.old, c.new, 1))
			in, problems := survey.Decode(broken)
			found := slices.ContainsFunc(problems, func(p survey.Problem) bool {
				return !p.Warning && p.Line > 0 && strings.Contains(p.String(), c.want)
			})
			if in != nil || !found {
				t.Errorf("the checker says %v", problems)
			}
			if refused := valid(t, schema, broken) != nil; refused != c.schema {
				t.Errorf("the schema refuses it: %v", refused)
			}
		})
	}
}

func TestAMissingTranslationIsAWarningAndWithStrictAFault(t *testing.T) {
	source := string(libraries(t))
	for _, cut := range []string{`, fr: "Prêt gratuit"`, `, fr: "Une bibliothèque est ouverte chaque jour."`, `, fr: "Une bibliothèque est ouverte chaque semaine."`, `, fr: "L'horaire."`, `, fr: "Toujours"`} {
		if !strings.Contains(source, cut) {
			t.Fatal(cut)
		}
		source = strings.Replace(source, cut, "", 1)
	}
	in, problems := survey.Decode([]byte(source))
	want := []string{
		"warning: levels: 2 of 10 texts have no translation into fr, the first in line 54",
		"warning: evidence: 1 of 6 texts have no translation into fr, the first in line 49",
		"line 18: warning: scales[OPEN].words[4]: has no translation into fr",
		"line 62: warning: LB-02.title: has no translation into fr",
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if in == nil || !slices.Equal(got, want) {
		t.Errorf("the problems are\n%s", strings.Join(got, "\n"))
	}
	for _, p := range survey.Check([]byte(source), true) {
		if p.Warning {
			t.Errorf("with strict, %v is still a warning", p)
		}
	}
	if len(survey.Check([]byte(source), true)) != len(want) {
		t.Error("strict changes how many problems there are")
	}
}

func TestTheHashKnowsMeaningAndNotTranslation(t *testing.T) {
	source := string(libraries(t))
	before := decoded(t, []byte(source)).Hash
	if len(before) != 64 {
		t.Fatalf("the hash is %q", before)
	}
	for _, c := range []struct {
		name, old, new string
		same           bool
	}{
		{"a translation", "Prêt gratuit", "Prêt libre", true},
		{"a comment", "# A small instrument", "# Another remark", true},
		{"a reviewed language", "reviewed: [en]", "reviewed: [en, fr]", true},
		{"core left out", "            core: false\n", "", true},
		{"an English question", "Is borrowing free", "Is lending free", false},
		{"a power", "power: shared", "power: national", false},
		{"an option", "id: newcomers", "id: arrivals", false},
		{"an English level", "open every week", "open each week", false},
		{"a bound", "max: 1000", "max: 1001", false},
		{"a version", "2.1.0-trial.1", "2.1.0", false},
	} {
		if !strings.Contains(source, c.old) {
			t.Fatal(c.old)
		}
		after := decoded(t, []byte(strings.Replace(source, c.old, c.new, 1))).Hash
		if (after == before) != c.same {
			t.Errorf("%s: the hash is the same: %v", c.name, after == before)
		}
	}
	crlf := decoded(t, []byte("\ufeff"+strings.ReplaceAll(source, "\n", "\r\n"))).Hash
	if crlf != before {
		t.Error("line ends of Windows and a byte order mark change the hash")
	}
}

func TestHostileFilesAreRefusedAndCostLittle(t *testing.T) {
	bomb := "a0: &a0 [x, x]\n"
	for _, c := range []struct {
		name, source string
	}{
		{"alias bomb", bomb + strings.Repeat("b: [*a0, *a0, *a0, *a0]\n", 40)},
		{"deep flow lists", strings.Repeat("[", 200000)},
		{"deep flow mappings", strings.Repeat("{a: ", 200000)},
		{"deep block lists", strings.Repeat("- ", 200000)},
		{"complex keys", strings.Repeat("? ", 200000)},
		{"tags", strings.Repeat("!!str ", 100000)},
		{"anchors", strings.Repeat("&a ", 100000)},
		{"many keys", strings.Repeat("a: 1\n", 100000)},
		{"keys on one line", strings.Repeat("a: ", 100000)},
		{"deep block mappings", func() string {
			var b strings.Builder
			for i := range 2000 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}()},
		{"too large", strings.Repeat("# remark\n", survey.MaxSource/9+1)},
		{"binary", "\x00\x01\x02\x03"},
		{"only a mark", "\ufeff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, problems := survey.Decode([]byte(c.source))
			if in != nil || len(problems) == 0 || len(problems) > 100 {
				t.Errorf("%d problems", len(problems))
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(libraries(f))
	files, _ := filepath.Glob("testdata/broken/*.yaml")
	for _, file := range files {
		if source, err := os.ReadFile(file); err == nil {
			f.Add(source)
		}
	}
	for _, s := range []string{"", "a", "{", "[}", "? a\n: b", "- - -", "'", "a: |\n", "a:\n\t- b", "%YAML 1.2\n---\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		in, problems := survey.Decode(source)
		faulty := slices.ContainsFunc(problems, func(p survey.Problem) bool { return !p.Warning })
		if (in == nil) != faulty {
			t.Errorf("instrument: %v, problems: %v", in != nil, problems)
		}
		if !slices.IsSortedFunc(problems, func(a, b survey.Problem) int { return a.Line - b.Line }) {
			t.Error("the problems are not in the order of their lines")
		}
	})
}

func TestRulesAboutAnswersThatHardlyGoTogether(t *testing.T) {
	in := decoded(t, libraries(t))
	value := func(v string) survey.Answer { return survey.Answer{Value: v} }
	for _, c := range []struct {
		name    string
		answers map[string]survey.Answer
		want    []string
	}{
		{"nothing answered", nil, nil},
		{"one of two conditions", map[string]survey.Answer{"LB-01": value("0")}, nil},
		{"both", map[string]survey.Answer{"LB-01": value("0"), "LB-04": value("0.5")}, []string{"projects_without_library"}},
		{"just below", map[string]survey.Answer{"LB-01": value("0"), "LB-04": value("0.499")}, nil},
		{"a non-answer is no value", map[string]survey.Answer{"LB-01": {NonAnswer: survey.DontKnow}, "LB-02": value("yes")}, nil},
		{"two rules", map[string]survey.Answer{"LB-01": value("0"), "LB-02": value("yes"), "LB-04": value("1000")}, []string{"projects_without_library", "free_and_closed"}},
		{"another value", map[string]survey.Answer{"LB-01": value("1"), "LB-02": value("yes"), "LB-04": value("1000")}, nil},
	} {
		var got []string
		for _, x := range in.Contradicted(c.answers) {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
	more := survey.Contradiction{When: []survey.Condition{{Indicator: "A", MoreThan: "B"}}}
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2", "1", true}, {"1", "1", false}, {"1", "2", false}, {"2", "", false}, {"", "1", false}, {"10", "9", true}} {
		if got := more.Holds(map[string]survey.Answer{"A": value(c.a), "B": value(c.b)}); got != c.want {
			t.Errorf("%q more than %q: %v", c.a, c.b, got)
		}
	}
	option := survey.Contradiction{When: []survey.Condition{{Indicator: "A", Is: "b"}}}
	for _, c := range []struct {
		a    survey.Answer
		want bool
	}{{value("a|b"), true}, {value("a"), false}, {value("ab"), false}, {survey.Answer{}, false}} {
		if got := option.Holds(map[string]survey.Answer{"A": c.a}); got != c.want {
			t.Errorf("%v: %v", c.a, got)
		}
	}
	not := survey.Contradiction{When: []survey.Condition{{Indicator: "A", Is: "not_applicable"}}}
	if !not.Holds(map[string]survey.Answer{"A": {NonAnswer: survey.NotApplicable}}) || not.Holds(map[string]survey.Answer{"A": {NonAnswer: survey.NotOurs}}) {
		t.Error("a non-answer is not told")
	}
	without, _, _ := strings.Cut(string(libraries(t)), "contradictions:")
	if decoded(t, []byte(without)).Hash != in.Hash {
		t.Error("the rules are part of the hash")
	}
}
