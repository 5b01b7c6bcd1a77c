package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// instrument is a questionnaire of every kind of answer, as the tests of the store use it.
func instrument(t testing.TB) *survey.Instrument {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "data", "store", "storetest", "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

var at = time.Date(2026, 11, 25, 8, 30, 15, 0, time.UTC)

func source(t testing.TB, lang survey.Language) Source {
	return Source{Round: "2026", Title: "Round =2026", Instrument: instrument(t), Method: score.MethodVersion, At: at, Language: lang, Say: func(key string) string { return "«" + key + "»" }}
}

// hostile are names that break exports.
var hostile = []string{"=1+1", "<b>&\"'", "بلدية تونس", "-2", "@SUM(A1)", "+49", "\ttab", "a,b\nc\r\nd", "_x0041_\x01", strings.Repeat("ع", 300), "plain"}

// sample is a record of a city; the number makes it differ from others.
func sample(s Source, n int) *Record {
	r := &Record{City: City{Code: fmt.Sprintf("city-%03d", n), Name: hostile[n%len(hostile)], Country: "TN", Region: "015", Population: 1000 * n, Roles: "transit|destination",
		Fictional: true, State: "submitted", HandedIn: at.Add(-time.Hour), Answered: 3, Settled: 4}}
	scheme := score.NewScheme(s.Instrument)
	marks := scheme.Blank()
	for i, q := range s.Instrument.All() {
		a := Answer{Power: string(q.Power)}
		switch {
		case (i+n)%5 == 0:
			a.NonAnswer = string(survey.NonAnswers[n%5])
		case (i+n)%5 == 1: // a blank
		case q.Kind == survey.Level:
			a.Value = strconv.Itoa(n % 5)
		case q.Kind == survey.YesNo:
			a.Value = []string{"yes", "no"}[n%2]
		case q.Kind == survey.Multiple:
			a.Value = q.Options[0].ID + "|" + q.Options[1].ID
		case q.Kind == survey.Number:
			a.Value = "12.5"
		default:
			a.Value = string([]rune(hostile[(n+1)%len(hostile)] + strings.Repeat(" ", 200))[:9])
		}
		if a.Value != "" {
			a.Standing, a.Explanation, a.Evidence, a.Confidence = "claimed", hostile[(n+i)%len(hostile)], "Law of 2019", "unsure"
		}
		scheme.SetAnswer(marks, q.ID, survey.Answer{Value: a.Value, NonAnswer: survey.NonAnswer(a.NonAnswer)})
		r.Answers = append(r.Answers, a)
	}
	for i := range r.Results {
		scheme.Numbers(marks, &r.Results[i])
	}
	r.Verdicts = []Verdict{{Indicator: "AA-01", Says: "challenged", Proposed: "2", Role: "analyst", Reason: "=see the plan", Version: 1, Current: true, At: at.Add(time.Duration(n) * time.Second)}}
	return r
}

// several hands over n cities.
func several(s Source, n int) func(func(*Record) error) error {
	return func(visit func(*Record) error) error {
		for i := range n {
			if err := visit(sample(s, i)); err != nil {
				return err
			}
		}
		return nil
	}
}

func written(t testing.TB, o Order, s Source, n int) []byte {
	t.Helper()
	settled, err := o.Settled()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, settled, s, several(s, n)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rowsOf(t testing.TB, data []byte) [][]string {
	t.Helper()
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	rows, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestLongCSVGoesBackInAsItIs(t *testing.T) {
	s := source(t, survey.English)
	for _, f := range []Format{CSV, Raw} {
		data := written(t, Order{Format: f, Subject: Answers}, s, len(hostile))
		if marked := bytes.HasPrefix(data, []byte("\ufeff")); marked != (f == CSV) {
			t.Errorf("%s: byte order mark %v", f, marked)
		}
		rows, faults := longform.Read(bytes.NewReader(data), f == Raw)
		if len(faults) > 0 || len(rows) != len(hostile)*len(s.Instrument.All()) {
			t.Fatalf("%s: %d rows, %v", f, len(rows), faults)
		}
		if _, faults := longform.Understand(s.Instrument, rows); len(faults) > 0 {
			t.Errorf("%s: %v", f, faults)
		}
		for i, row := range rows {
			n := i / len(s.Instrument.All())
			want := sample(s, n).Answers[i%len(s.Instrument.All())]
			if row.City != fmt.Sprintf("city-%03d", n) || row.Value != want.Value || row.Explanation != want.Explanation || row.NonAnswer != want.NonAnswer || row.Standing != want.Standing {
				t.Fatalf("%s, row %d: %+v, want %+v", f, i, row, want)
			}
		}
	}
}

func TestNoCellOfCSVForSpreadsheetsBeginsAsAFormula(t *testing.T) {
	s := source(t, survey.English)
	for _, subject := range Subjects[1:] {
		for _, shape := range Shapes {
			for _, row := range rowsOf(t, written(t, Order{Format: CSV, Subject: subject, Shape: shape}, s, len(hostile))) {
				for _, cell := range row {
					if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
						if _, err := strconv.ParseFloat(cell, 64); err != nil {
							t.Errorf("%s %s: %q", subject, shape, cell)
						}
					}
				}
			}
		}
	}
}

func TestEveryTextOfRawCSVStaysAsItIs(t *testing.T) {
	s := source(t, survey.English)
	rows := rowsOf(t, written(t, Order{Format: Raw, Subject: Cities}, s, len(hostile)))
	for i, row := range rows[1:] {
		if want := strings.ReplaceAll(hostile[i], "\r\n", "\n"); row[1] != want { // encoding/csv reads CR LF as LF
			t.Errorf("%q, want %q", row[1], want)
		}
	}
}

// numeric is a number that R reads as such.
var numeric = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// R's read.csv takes a column for numbers when every cell is one or empty, for logical when every cell is TRUE, true, FALSE or
// false, and stops at rows of another length (utils::read.table, fill = FALSE, type.convert).
func TestRawCSVKeepsTheRulesOfR(t *testing.T) {
	s := source(t, survey.English)
	for _, subject := range Subjects[1:] {
		for _, shape := range Shapes {
			table := tableOf(Order{Subject: subject, Shape: shape}, s)
			rows := rowsOf(t, written(t, Order{Format: Raw, Subject: subject, Shape: shape}, s, 7))
			seen := map[string]bool{}
			for i, c := range table.columns {
				if rows[0][i] != c.name || seen[c.name] {
					t.Errorf("%s: column %d is %q", subject, i, rows[0][i])
				}
				seen[c.name] = true
				for _, row := range rows[1:] {
					cell := row[i]
					if ok := cell == "" || c.kind == text || c.kind == moment || numeric.MatchString(cell) && c.kind != truth || (cell == "true" || cell == "false") && c.kind == truth; !ok {
						t.Errorf("%s.%s holds %q", subject, c.name, cell)
					}
				}
			}
		}
	}
}

func TestJSONIsReadBack(t *testing.T) {
	s := source(t, survey.Arabic)
	for _, n := range []int{0, 1, len(hostile)} {
		var list []map[string]any
		if err := json.Unmarshal(written(t, Order{Format: JSON, Subject: Cities}, s, n), &list); err != nil || len(list) != n {
			t.Fatalf("%d cities: %d, %v", n, len(list), err)
		}
		for i, x := range list {
			if x["name"] != hostile[i] || x["fictional"] != true || i > 0 && x["population"] != float64(1000*i) {
				t.Errorf("%d: %v", i, x)
			}
		}
		lines := 0
		for d := json.NewDecoder(bytes.NewReader(written(t, Order{Format: NDJSON, Subject: Answers}, s, n))); ; lines++ {
			var x struct {
				Indicator string
				Value     any
			}
			if err := d.Decode(&x); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if _, isNumber := x.Value.(float64); x.Value != nil && isNumber != (s.Instrument.Indicator(x.Indicator).Kind == survey.Level || s.Instrument.Indicator(x.Indicator).Kind == survey.Number) {
				t.Errorf("%s is %v", x.Indicator, x.Value)
			}
		}
		if lines != n*len(s.Instrument.All()) {
			t.Errorf("%d lines", lines)
		}
	}
}

// hashtag is what HXL 1.1 takes for one, with its attributes (hxlstandard.org/standard/1-1final/tagging).
var hashtag = regexp.MustCompile(`^#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*$`)

// core are the hashtags of HXL 1.1 that are used.
var core = []string{"#loc", "#country", "#region", "#population", "#status", "#date", "#indicator", "#org", "#description", "#meta", "#sector", "#subsector"}

func TestHXLHasARowOfHashtags(t *testing.T) {
	s := source(t, survey.English)
	for _, subject := range Subjects[1:] {
		for _, shape := range Shapes {
			rows := rowsOf(t, written(t, Order{Format: HXL, Subject: subject, Shape: shape}, s, 2))
			for i, tag := range rows[1] {
				name, _, _ := strings.Cut(tag, "+")
				if !hashtag.MatchString(tag) || !slices.Contains(core, name) {
					t.Errorf("%s.%s has the hashtag %q", subject, rows[0][i], tag)
				}
			}
		}
	}
}

func TestAWorkbookHoldsTextsAsTextsAndNumbersAsNumbers(t *testing.T) {
	s := source(t, survey.Arabic)
	f, err := excelize.OpenReader(bytes.NewReader(written(t, Order{Format: XLSX}, s, len(hostile))))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.GetSheetList(), []string{"README", "cities", "answers", "powers", "results", "verdicts", "indicators", "codebook"}; !slices.Equal(got, want) {
		t.Fatalf("%v", got)
	}
	for _, sheet := range f.GetSheetList() {
		view, err := f.GetSheetView(sheet, 0)
		if err != nil || view.RightToLeft == nil || !*view.RightToLeft {
			t.Errorf("%s is not right to left: %v", sheet, err)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v %v", sheet, panes, err)
		}
	}
	for i, name := range hostile {
		cell := fmt.Sprintf("B%d", i+2)
		if got, _ := f.GetCellValue("cities", cell); got != name {
			t.Errorf("%s: %q, want %q", cell, got, name)
		}
		if kind, _ := f.GetCellType("cities", cell); kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of the type %v", cell, kind)
		}
		if formula, _ := f.GetCellFormula("cities", cell); formula != "" {
			t.Errorf("%s has the formula %q", cell, formula)
		}
	}
	for cell, want := range map[string]string{"F3": "1000", "I2": "TRUE", "K2": "2026-11-25 07:30", "L2": "3", "F2": ""} {
		if got, _ := f.GetCellValue("cities", cell); got != want {
			t.Errorf("cities %s is %q, want %q", cell, got, want)
		}
	}
	if raw, _ := f.GetCellValue("cities", "K2", excelize.Options{RawCellValue: true}); !strings.HasPrefix(raw, "46351.3126") { // 46351 is 2026-11-25, 0.3126 of it is 07:30:15
		t.Errorf("the date is kept as %q", raw)
	}
	rows, err := f.GetRows("answers")
	if err != nil || len(rows) != 1+len(hostile)*len(s.Instrument.All()) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}

func TestASheetThatIsFullGoesOnInTheNext(t *testing.T) {
	s := source(t, survey.English)
	o, _ := Order{Format: XLSX, Subject: Answers}.Settled()
	var b bytes.Buffer
	if err := sheets(&b, o, s, 15, several(s, 4)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	per := len(s.Instrument.All())
	var read int
	for _, name := range []string{"answers", "answers 2", "answers 3"} {
		rows, err := f.GetRows(name)
		if err != nil {
			break
		}
		if len(rows) > 15 || len(rows[0]) == 0 || rows[0][0] != "city" {
			t.Errorf("%s: %d rows, header %v", name, len(rows), rows[0])
		}
		read += len(rows) - 1
	}
	if read != 4*per {
		t.Errorf("%d rows, want %d", read, 4*per)
	}
}

func TestATextTooLongForACellIsCutAtAWholeCharacter(t *testing.T) {
	for _, text := range []string{strings.Repeat("ع", maxCell), strings.Repeat("ع", maxCell+1), strings.Repeat("😀", maxCell)} {
		got := fitted(text)
		units := 0
		for _, r := range got {
			units++
			if r > 0xffff {
				units++
			}
			if r == '\ufffd' {
				t.Fatal("a character is broken")
			}
		}
		if units > maxCell {
			t.Errorf("%d units", units)
		}
	}
}

// files reads an archive.
func files(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil { // checks the sum
			t.Fatal(f.Name, err)
		}
	}
	return out
}

var slugged = regexp.MustCompile(`^[-a-z0-9._/]+$`)

// What is checked is the specification of Tabular Data Packages, version 1: required members, types, unique primary keys,
// foreign keys that lead somewhere, missing values.
func TestADataPackageIsWhatItsSchemasSay(t *testing.T) {
	s := source(t, survey.French)
	for _, o := range []Order{{Format: Package}, {Format: Package, Shape: Wide}, {Format: Package, Subject: Results}} {
		all := files(t, written(t, o, s, len(hostile)))
		var d descriptor
		decode := json.NewDecoder(bytes.NewReader(all["datapackage.json"]))
		decode.DisallowUnknownFields()
		if err := decode.Decode(&d); err != nil {
			t.Fatal(err)
		}
		if d.Profile != "tabular-data-package" || !slugged.MatchString(d.Name) || len(d.Resources) != len(all)-1 {
			t.Errorf("%+v has %d resources", d.Name, len(d.Resources))
		}
		keys := map[string]map[string]bool{}
		for _, r := range d.Resources {
			rows := rowsOf(t, all[r.Path])
			where := map[string]int{}
			for i, f := range r.Schema.Fields {
				where[f.Name] = i
				if rows[0][i] != f.Name || f.Description == "" {
					t.Errorf("%s: field %d is %+v, the file says %q", r.Name, i, f, rows[0][i])
				}
			}
			if !slugged.MatchString(r.Name) || len(rows[0]) != len(r.Schema.Fields) || len(r.Schema.PrimaryKey) == 0 || !slices.Equal(r.Schema.MissingValues, []string{""}) {
				t.Errorf("%s: %+v", r.Name, r.Schema)
			}
			seen := map[string]bool{}
			keys[r.Name] = map[string]bool{}
			for _, row := range rows[1:] {
				key := ""
				for _, k := range r.Schema.PrimaryKey {
					if row[where[k]] == "" {
						t.Errorf("%s: a key is empty: %q", r.Name, row)
					}
					key += row[where[k]] + "\x00"
				}
				if seen[key] {
					t.Errorf("%s has the key %q twice", r.Name, key)
				}
				seen[key], keys[r.Name][row[0]] = true, true
				for i, f := range r.Schema.Fields {
					if err := fits(f.Type, row[i]); err != nil {
						t.Errorf("%s.%s: %v", r.Name, f.Name, err)
					}
				}
			}
		}
		for _, r := range d.Resources {
			rows := rowsOf(t, all[r.Path])
			for _, k := range r.Schema.ForeignKeys {
				at := slices.Index(rows[0], k.Fields)
				for _, row := range rows[1:] {
					if !keys[k.Reference.Resource][row[at]] {
						t.Errorf("%s.%s: %q leads nowhere", r.Name, k.Fields, row[at])
					}
				}
			}
		}
	}
}

func fits(k kind, cell string) (err error) {
	if cell == "" {
		return nil
	}
	switch k {
	case integer:
		_, err = strconv.Atoi(cell)
	case number:
		_, err = strconv.ParseFloat(cell, 64)
	case truth:
		if cell != "true" && cell != "false" {
			err = fmt.Errorf("%q is no boolean", cell)
		}
	case moment:
		_, err = time.Parse(time.RFC3339, cell)
	}
	return err
}

func TestSyntaxOfSPSSDescribesEveryVariable(t *testing.T) {
	s := source(t, survey.English)
	all := files(t, written(t, Order{Format: SPSS}, s, len(hostile)))
	text, rows := string(all["answers.sps"]), rowsOf(t, all["answers.csv"])
	if len(rows) != 1+len(hostile) || bytes.Count(all["answers.csv"], []byte("\n")) != len(rows) {
		t.Errorf("%d rows on %d lines", len(rows), bytes.Count(all["answers.csv"], []byte("\n")))
	}
	declared := regexp.MustCompile(`(?m)^    ([A-Za-z][A-Za-z0-9_]*) ([AF][0-9.]+)\.?$`).FindAllStringSubmatch(text[:strings.Index(text, "VARIABLE LABELS")], -1)
	if len(declared) != len(rows[0]) {
		t.Fatalf("%d variables are declared for %d columns", len(declared), len(rows[0]))
	}
	for i, d := range declared {
		if d[1] != rows[0][i] || len(d[1]) > 64 {
			t.Errorf("variable %d is %q, the column %q", i, d[1], rows[0][i])
		}
		if strings.Count(text, "\n  "+d[1]+" '")+strings.Count(text, "\n  /"+d[1]+" '") != 1 {
			t.Errorf("%s has not exactly one label", d[1])
		}
		if missing := strings.Contains(text, "\n  "+d[1]+" (LO THRU -9991)"); missing != (d[2][0] == 'F') {
			t.Errorf("%s is %s, missing values are declared: %v", d[1], d[2], missing)
		}
		for _, row := range rows[1:] {
			if d[2][0] == 'F' && row[i] != "" && !numeric.MatchString(row[i]) {
				t.Errorf("%s holds %q", d[1], row[i])
			}
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.Count(line, "'")%2 != 0 {
			t.Errorf("a text is not closed: %s", line)
		}
	}
	for _, command := range []string{"GET DATA", "VARIABLE LABELS", "VALUE LABELS", "MISSING VALUES", "EXECUTE."} {
		if !strings.Contains(text, "\n"+command) {
			t.Errorf("%s is missing", command)
		}
	}
	if strings.HasPrefix(text, "\ufeff") || !strings.Contains(text, "/ENCODING='UTF8'") {
		t.Error("the encoding is not said")
	}
}

func TestNothingToExportIsAFileWithoutRows(t *testing.T) {
	s := source(t, survey.Arabic)
	for _, f := range Formats {
		data := written(t, Order{Format: f}, s, 0)
		switch f {
		case XLSX:
			book, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if rows, _ := book.GetRows("answers"); len(rows) != 1 {
				t.Errorf("%d rows of answers", len(rows))
			}
		case Package, SPSS:
			files(t, data)
		case JSON:
			if strings.Join(strings.Fields(string(data)), "") != "[]" {
				t.Errorf("%s", data)
			}
		case NDJSON:
			if len(data) > 0 {
				t.Errorf("%s", data)
			}
		default:
			if rows := rowsOf(t, data); len(rows) < 1 || len(rows) > 2 {
				t.Errorf("%s: %d rows", f, len(rows))
			}
		}
	}
}

func TestWhereNothingWasSaidNothingStands(t *testing.T) {
	s := source(t, survey.English)
	scheme := score.NewScheme(s.Instrument)
	silent := &Record{City: City{Code: "silent"}, Answers: make([]Answer, len(s.Instrument.All()))}
	for i := range silent.Results {
		scheme.Numbers(scheme.Blank(), &silent.Results[i])
	}
	for _, f := range Formats {
		for _, subject := range Subjects {
			o, err := Order{Format: f, Subject: subject}.Settled()
			if err != nil {
				continue
			}
			var b bytes.Buffer
			if err := Write(&b, o, s, func(visit func(*Record) error) error { return visit(silent) }); err != nil {
				t.Fatal(err)
			}
			texts := map[string][]byte{"": b.Bytes()}
			if f.Packed() {
				texts = files(t, b.Bytes())
			}
			for name, text := range texts {
				if bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Inf")) {
					t.Errorf("%s %s %s holds no number", f, subject, name)
				}
			}
			if f == Raw && subject == Results {
				for _, row := range rowsOf(t, b.Bytes())[1:] {
					if row[4] != "" || row[7] != "" || row[10] == "" { // no situation, no effort; the coverage is 0
						t.Errorf("%q", row)
					}
				}
			}
			if f == Raw && subject == Answers {
				for _, row := range rowsOf(t, b.Bytes())[1:] {
					if strings.Join(row[2:], "") != "" {
						t.Errorf("%q", row)
					}
				}
			}
		}
	}
}

func TestAFailureOnTheWayIsSaidAndLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, failed := source(t, survey.English), errors.New("the database is away")
	before := runtime.NumGoroutine()
	for _, f := range Formats {
		o, _ := Order{Format: f}.Settled()
		var b bytes.Buffer
		err := Write(&b, o, s, func(visit func(*Record) error) error {
			if err := visit(sample(s, 1)); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) || b.Len() > 0 {
			t.Errorf("%s: %v after %d bytes", f, err, b.Len())
		}
		if err := Write(broken{}, o, s, several(s, 2000)); !errors.Is(err, errGone) {
			t.Errorf("%s: %v for a reader who has gone", f, err)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines are left", n-before)
	}
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

var errGone = errors.New("gone")

// broken is a reader who has gone away.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errGone }

func TestWhatCannotBeIsRefused(t *testing.T) {
	for name, o := range map[string]Order{"no format": {}, "another format": {Format: "pdf"}, "another subject": {Format: CSV, Subject: "people"}, "another shape": {Format: CSV, Shape: "square"},
		"everything in one table": {Format: CSV, Subject: Everything}} {
		if _, err := o.Settled(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestTheNameOfAFileSaysWhatItIsOf(t *testing.T) {
	s := source(t, survey.English)
	for want, o := range map[string]Order{
		"2026_small-1.0.0_method-1.0.0_everything_long_2026-11-25.xlsx":            {Format: XLSX},
		"2026_small-1.0.0_method-1.0.0_answers_wide_2026-11-25.raw.csv":            {Format: Raw, Shape: Wide},
		"2026_small-1.0.0_method-1.0.0_results_2026-11-25.hxl.csv":                 {Format: HXL, Subject: Results},
		"2026_small-1.0.0_method-1.0.0_2026-11-25.spss.zip":                        {Format: SPSS},
		"2026_small-1.0.0_method-1.0.0_everything_wide_2026-11-25.datapackage.zip": {Format: Package, Shape: Wide},
	} {
		o, err := o.Settled()
		if got := o.Name(s); err != nil || got != want {
			t.Errorf("%s, want %s (%v)", got, want, err)
		}
	}
}
