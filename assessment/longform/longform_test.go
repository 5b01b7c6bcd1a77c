package longform_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/survey"
)

const header = "city,indicator,value,non_answer,power,explanation,evidence\n"

// written is the header that a writer writes.
const written = "city,indicator,value,non_answer,power,explanation,evidence,standing,proposed,proposed_by_role,proposal_reason,city_reply\n"

func said(faults []fault.Field) []string {
	var out []string
	for _, f := range faults {
		out = append(out, f.Name+": "+f.Key)
	}
	return out
}

func TestAFileIsReadOrItsRowsAreNamed(t *testing.T) {
	for _, c := range []struct {
		name, file string
		rows       int
		faults     []string
	}{
		{"all columns", header + "accra,LB-01,3,,shared,why,where\n", 1, nil},
		{"what others think of the answers", written + "accra,LB-01,3,,shared,why,where,challenged,1,reviewer,no plan yet,there is one\n", 1, nil},
		{"some of what others think, before the rest", "Standing,city,indicator,value,non_answer\nverified,accra,LB-01,3,\n", 1, nil},
		{"what others think twice", "city,indicator,value,non_answer,proposed,proposed\n", 0, []string{"row 1: fault.column_twice"}},
		{"the least columns", "city,indicator,value,non_answer\naccra,LB-01,3,\n", 1, nil},
		{"columns in another order and in capitals", "Value, Indicator ,CITY,non_answer\n3,LB-01,accra,\n", 1, nil},
		{"semicolons", "city;indicator;value;non_answer\naccra;LB-04;12,5;\n", 1, nil},
		{"a byte order mark and line ends of Windows", "\ufeffcity,indicator,value,non_answer\r\naccra,LB-01,3,\r\n", 1, nil},
		{"no line end at the end", "city,indicator,value,non_answer\naccra,LB-01,3,", 1, nil},
		{"only the header", header, 0, nil},
		{"nothing", "", 0, []string{"row 1: fault.file_empty"}},
		{"only a byte order mark", "\ufeff", 0, []string{"row 1: fault.file_empty"}},
		{"a header with a broken quotation mark", "city,\"indicator,value\n", 0, []string{"row 1: fault.row_quotes"}},
		{"unknown, double and missing columns", "city,city,score\n", 0, []string{"row 1: fault.column_twice", "row 1: fault.column_unknown", "row 1: fault.column_missing", "row 1: fault.column_missing", "row 1: fault.column_missing"}},
		{"a row too short in the middle", header + "accra,LB-01,3,,,,\naccra,LB-02\naccra,LB-03,none,,,,\n", 2, []string{"row 3: fault.row_columns"}},
		{"a row too long in the middle", header + "accra,LB-01,3,,,,\naccra,LB-02,yes,,,a comma, in a text,\naccra,LB-03,none,,,,\n", 2, []string{"row 3: fault.row_columns"}},
		{"a quotation mark in the middle", header + "accra,LB-01,3,,,,\naccra,LB-02,yes,,,say \"aye\",\naccra,LB-03,none,,,,\n", 1, []string{"row 3: fault.row_quotes"}},
		{"a quotation mark that is never closed", header + "accra,LB-01,3,,,,\naccra,LB-02,yes,,,\"open,\naccra,LB-03,none,,,,\n", 1, []string{"row 3: fault.row_quotes"}},
		{"a text of several lines before a short row", header + "accra,LB-01,3,,,\"one\ntwo\r\nthree\",\naccra,LB-02\n", 1, []string{"row 3: fault.row_columns"}},
		{"an empty line before a short row", header + "\naccra,LB-02\n", 0, []string{"row 3: fault.row_columns"}},
		{"a text of several lines before a quotation mark", header + "accra,LB-01,3,,,\"one\ntwo\",\naccra,\"LB\"-02,,,,,\n", 1, []string{"row 3: fault.row_quotes"}},
		{"a file that is not UTF-8", header + "accra,LB-01,3,,,\"one\ntwo\",\naccra,LB-02,yes,,,caf\xe9,\n", 0, []string{"row 3: fault.file_encoding"}},
		{"a file in UTF-16", "\xff\xfec\x00i\x00t\x00y\x00", 0, []string{"row 1: fault.file_encoding"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, faults := longform.Read(strings.NewReader(c.file), false)
			if len(rows) != c.rows || !slices.Equal(said(faults), c.faults) {
				t.Errorf("%d rows, faults %v", len(rows), said(faults))
			}
		})
	}
}

func TestAFileThatIsTooLargeOrBreaksOffIsRefused(t *testing.T) {
	rows, faults := longform.Read(&endless{}, false)
	if rows != nil || !slices.Equal(said(faults), []string{"file: fault.file_too_large"}) || faults[0].Args["Megabytes"] != 64 {
		t.Errorf("%d rows, faults %v", len(rows), faults)
	}
	rows, faults = longform.Read(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(header))), false)
	if rows != nil || !slices.Equal(said(faults), []string{"file: fault.file_unreadable"}) {
		t.Errorf("%d rows, faults %v", len(rows), said(faults))
	}
}

// endless is a file without end.
type endless struct{}

func (*endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestOneTextThatASpreadsheetWouldRunIsGuarded(t *testing.T) {
	for plain, guarded := range map[string]string{
		"":               "",
		"twelve":         "twelve",
		"=1+1":           "'=1+1",
		"+44 20":         "'+44 20",
		"-5":             "'-5",
		"@import":        "'@import",
		"  =1+1":         "'  =1+1",
		"\t=1+1":         "'\t=1+1",
		"\r\nsecond":     "'\r\nsecond",
		"＝1+1":           "'＝1+1",
		"'=1+1":          "''=1+1",
		"'quoted'":       "'quoted'",
		"1=1":            "1=1",
		"مرحبا = ترحيب":  "مرحبا = ترحيب",
		"'' two and no":  "'' two and no",
		"'''@ and three": "''''@ and three",
	} {
		if got := longform.Guard(plain); got != guarded {
			t.Errorf("%q is guarded as %q, not %q", plain, got, guarded)
		}
		if got := longform.Unguard(guarded); got != plain {
			t.Errorf("%q is freed as %q, not %q", guarded, got, plain)
		}
	}
}

// nasty draws texts that have broken CSV files before.
func nasty(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@＝＋－＠ \t\r\n\",;ab١٢ب\u200f")), 0, 12, -1),
		rapid.SampledFrom([]string{"=1+1", "'=1+1", "قال: \"نعم\"، ثم سكت\r\nسطر ثان", "</script>", "a,b;c|d", "\\.", "line\nline", "\r", "\"", "\"\"", "\r\n"}),
		rapid.String(),
	).Draw(t, label)
}

func TestGuardingIsUndoneExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := nasty(t, "text")
		g := longform.Guard(s)
		if longform.Unguard(g) != s {
			t.Fatalf("%q is guarded as %q and freed as %q", s, g, longform.Unguard(g))
		}
		if bare := strings.TrimLeft(g, " \t\r\n"); bare != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(bare)[0]) {
			t.Fatalf("%q still begins like a formula", g)
		}
	})
}

func TestWhatIsWrittenIsReadBackByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.Bool().Draw(t, "raw")
		var out bytes.Buffer
		w, err := longform.NewWriter(&out, raw)
		if err != nil {
			t.Fatal(err)
		}
		var want []longform.Row
		for i := range rapid.IntRange(0, 5).Draw(t, "rows") {
			r := longform.Row{Line: i + 2, City: "city", Indicator: fmt.Sprintf("LB-%02d", i), Value: nasty(t, "value"), NonAnswer: "skipped",
				Power: "shared", Explanation: nasty(t, "explanation"), Evidence: nasty(t, "evidence"), Standing: "challenged",
				Proposed: nasty(t, "proposed"), ProposedBy: "reviewer", ProposalReason: nasty(t, "reason"), Reply: nasty(t, "reply")}
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
			want = append(want, r)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, faults := longform.Read(&out, raw)
		if len(faults) > 0 || !slices.Equal(got, want) {
			t.Fatalf("written %+v\nread %+v\nfaults %v", want, got, said(faults))
		}
	})
}

func TestOnlyTheFileForSpreadsheetsHasAMarkAndGuards(t *testing.T) {
	for raw, want := range map[bool]string{
		true:  written + "accra,LB-01,3,,,=1+1,\"say \"\"aye\"\"\",claimed,,,,\n",
		false: "\ufeff" + written + "accra,LB-01,3,,,'=1+1,\"say \"\"aye\"\"\",claimed,,,,\n",
	} {
		var out bytes.Buffer
		w, err := longform.NewWriter(&out, raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(longform.Row{City: "accra", Indicator: "LB-01", Value: "3", Explanation: "=1+1", Evidence: `say "aye"`, Standing: "claimed"}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("raw %v: %q", raw, out.String())
		}
	}
}

func libraries(t testing.TB) *survey.Instrument {
	t.Helper()
	source, err := os.ReadFile("../survey/testdata/libraries.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

// pipe is a writer that has to be told to hand on what it got.
type pipe struct {
	bytes.Buffer
	flushed int // bytes written before the last flush
}

func (p *pipe) FlushError() error {
	p.flushed = p.Len()
	return nil
}

func TestRowsAreHandedOnWhenToldTo(t *testing.T) {
	var p pipe
	w, err := longform.NewWriter(&p, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(longform.Row{City: "accra", Indicator: "LB-01", Value: "3"}); err != nil {
		t.Fatal(err)
	}
	if p.Len() != 0 {
		t.Error("the first row is not waited for")
	}
	if err := w.Flush(); err != nil || p.flushed != len(written+"accra,LB-01,3,,,,,,,,,\n") {
		t.Errorf("%d bytes were handed on, %v", p.flushed, err)
	}
}

func TestRowsAreUnderstoodOrEveryOneIsNamed(t *testing.T) {
	in := libraries(t)
	for _, c := range []struct {
		name, rows string
		want       string // city indicator=value/non-answer/power
		faults     []string
	}{
		{"each kind of answer", "accra,LB-01,٣,,,,\naccra,LB-02,YES,,,,\naccra,LB-03,children|newcomers,,,,\naccra,LB-04,\"12,5\",,,,\naccra,LB-05,bus,,,,\naccra,CT-01,12 345,,,,\n",
			"accra LB-01=3// LB-02=yes// LB-03=newcomers|children// LB-04=12.5// LB-05=bus// CT-01=12345//", nil},
		{"scattered cities in the order in which they appear", "b,LB-01,1,,,,\na,LB-01,2,,,,\nb,LB-02,no,,,,\n", "b LB-01=1// LB-02=no// a LB-01=2//", nil},
		{"non-answers and powers", "a,LB-01,,not_ours,national,,\na,LB-02,,,contested,,\n", "a LB-01=/not_ours/national LB-02=//contested", nil},
		{"an unknown indicator", "a,LB-99,1,,,,\n", "", []string{"row 2: fault.indicator_unknown"}},
		{"level 7", "a,LB-01,7,,,,\n", "", []string{"row 2: fault.level_range"}},
		{"a text in a number", "a,LB-04,many,,,,\n", "", []string{"row 2: fault.number_format"}},
		{"a bound in a number", "a,LB-04,<5,,,,\n", "", []string{"row 2: fault.number_inexact"}},
		{"a formula in a number", "a,LB-04,=1+1,,,,\n", "", []string{"row 2: fault.number_format"}},
		{"an option that does not exist", "a,LB-03,martians,,,,\n", "", []string{"row 2: fault.option_unknown"}},
		{"value and non-answer", "a,LB-01,3,skipped,,,\n", "", []string{"row 2: fault.value_and_non_answer"}},
		{"an unknown non-answer and an unknown power", "a,LB-01,,busy,mayor,,\n", "", []string{"row 2: fault.non_answer_unknown", "row 2: fault.power_unknown"}},
		{"no city", ",LB-01,3,,,,\n", "", []string{"row 2: fault.city_missing"}},
		{"two rows for one indicator", "a,LB-01,3,,,,\nb,LB-01,3,,,,\na,LB-01,4,,,,\n", "a LB-01=3// b LB-01=3//", []string{"row 4: fault.row_twice"}},
		{"a NUL in a text", "a,LB-01,3,,,x\x00y,\n", "", []string{"row 2: fault.text_nul"}},
		{"one broken row in the middle", "a,LB-01,3,,,,\na,LB-02,perhaps,,,,\na,LB-03,none,,,,\n", "a LB-01=3// LB-03=none//", []string{"row 3: fault.yes_no"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, faults := longform.Read(strings.NewReader(header+c.rows), false)
			if len(faults) > 0 {
				t.Fatal(said(faults))
			}
			cities, faults := longform.Understand(in, rows)
			var got []string
			for _, city := range cities.Order {
				got = append(got, city)
				for _, e := range cities.Entries[city] {
					got = append(got, fmt.Sprintf("%s=%s/%s/%s", e.Row.Indicator, e.Answer.Value, e.Answer.NonAnswer, e.Power))
				}
			}
			if s := strings.Join(got, " "); s != c.want || !slices.Equal(said(faults), c.faults) {
				t.Errorf("understood as %q, faults %v", s, said(faults))
			}
		})
	}
}

func TestATwinRowNamesTheFirst(t *testing.T) {
	rows, _ := longform.Read(strings.NewReader(header+"a,LB-01,3,,,\"two\nlines\",\na,LB-02,yes,,,,\na,LB-02,no,,,,\n"), false)
	_, faults := longform.Understand(libraries(t), rows)
	if len(faults) != 1 || faults[0].Name != "row 4" || faults[0].Args["First"] != 3 {
		t.Errorf("the faults are %v", faults)
	}
}

func TestEveryAnswerComesBackFromAFile(t *testing.T) {
	in := libraries(t)
	answers := map[string]survey.Answer{
		"LB-01": {Value: "4", Explanation: "قال: \"نعم\"\r\nوسكت", Evidence: "=1+1"},
		"LB-02": {NonAnswer: survey.NotOurs, Explanation: strings.Repeat("ب", survey.MaxText/2)},
		"LB-03": {Value: "newcomers|children"},
		"LB-04": {Value: "-0.25"},
		"LB-05": {Value: "</script>"},
		"CT-01": {Value: "1234"},
	}
	for _, raw := range []bool{true, false} {
		var out bytes.Buffer
		w, err := longform.NewWriter(&out, raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range in.All() {
			a := answers[q.ID]
			if err := w.Write(longform.Row{City: "a", Indicator: q.ID, Value: a.Value, NonAnswer: string(a.NonAnswer), Power: string(q.Power), Explanation: a.Explanation, Evidence: a.Evidence}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rows, faults := longform.Read(&out, raw)
		cities, more := longform.Understand(in, rows)
		if len(faults)+len(more) > 0 || len(cities.Entries["a"]) != len(in.All()) {
			t.Fatalf("raw %v: %d entries, faults %v %v", raw, len(cities.Entries["a"]), said(faults), said(more))
		}
		for _, e := range cities.Entries["a"] {
			if e.Answer != answers[e.Row.Indicator] {
				t.Errorf("raw %v: %s comes back as %+v", raw, e.Row.Indicator, e.Answer)
			}
		}
	}
}
