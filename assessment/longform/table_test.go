package longform_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"migov/assessment/longform"
)

func TestATableIsReadFromCSVOfManyKinds(t *testing.T) {
	want := []longform.Line{{1, []string{"name", "country"}}, {2, []string{"Accra", "GH"}}, {4, []string{"=Quito", "two\nlines"}}, {5, []string{"<b>"}}}
	for says, text := range map[string]string{
		"commas":                  "name,country\nAccra,GH\n,\n=Quito,\"two\nlines\"\n<b>\n",
		"semicolons":              "name;country\nAccra;GH\n;\n=Quito;\"two\nlines\"\n<b>\n",
		"tabs":                    "name\tcountry\nAccra\tGH\n\t\n=Quito\t\"two\nlines\"\n<b>\n",
		"a byte order mark, CRLF": "\ufeffname,country\r\nAccra,GH\r\n,\r\n=Quito,\"two\nlines\"\r\n<b>\r\n",
		"guarded formulas":        "name,country\nAccra,GH\n,\n'=Quito,\"two\nlines\"\n<b>",
	} {
		if got, bad := longform.Table([]byte(text), 10); bad != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %v", says, got, bad)
		}
	}
}

func TestATableThatCannotBeReadSaysWhere(t *testing.T) {
	for _, c := range []struct{ says, text, name, key string }{
		{"nothing", "", "row 1", "fault.file_empty"},
		{"blank rows only", "\n,,\n", "row 1", "fault.file_empty"},
		{"another encoding", "name\nS\xe3o\n", "row 2", "fault.file_encoding"},
		{"an open quotation mark", "name\nA\n\"B\n", "row 3", "fault.row_quotes"},
		{"too many rows", strings.Repeat("a\n", 11), "file", "fault.file_rows"},
		{"an archive that is no workbook", "PK\x03\x04 and nothing more", "file", "fault.file_unreadable"},
	} {
		if _, bad := longform.Table([]byte(c.text), 10); bad == nil || bad.Name != c.name || bad.Key != c.key {
			t.Errorf("%s: %v", c.says, bad)
		}
	}
}

func TestATableIsReadFromTheFirstSheetOfAWorkbook(t *testing.T) {
	f := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "name", "B1": "population", "A2": "Accra", "B2": 2388000, "A4": "مراكش", "B4": "1.234.567", "A5": "Thousands", "B5": 250.125,
		"A6": "Large", "B6": 1.5e21, "A7": "Formula", "A8": "Text", "B8": "250.125"} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "B7", "1+1"); err != nil {
		t.Fatal(err)
	}
	shown, err := f.NewStyle(&excelize.Style{NumFmt: 3}) // #,##0
	if err == nil {
		err = f.SetCellStyle("Sheet1", "B2", "B2", shown)
	}
	if err == nil {
		_, err = f.NewSheet("Notes")
	}
	var b bytes.Buffer
	if err == nil {
		err = f.Write(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := []longform.Line{{1, []string{"name", "population"}}, {2, []string{"Accra", "2388000"}}, {4, []string{"مراكش", "1.234.567"}}, {5, []string{"Thousands", "250.1250"}},
		{6, []string{"Large", "1500000000000000000000"}}, {7, []string{"Formula", ""}}, {8, []string{"Text", "250.125"}}}
	got, bad := longform.Table(b.Bytes(), 10)
	if bad != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, bad)
	}
}

func TestSheetsComeBackAsTheyWereWritten(t *testing.T) {
	rows := [][]string{{"name", "country"}, {"=1+1", "GH"}, {strings.Repeat("م", 300), "<b>"}}
	var b bytes.Buffer
	if err := longform.WriteSheets(&b, true, longform.Sheet{Name: "مدن", Rows: rows, Width: 20}, longform.Sheet{Name: "Notes", Rows: rows[:1], Width: 20}); err != nil {
		t.Fatal(err)
	}
	got, bad := longform.Table(b.Bytes(), 10)
	if bad != nil || len(got) != 3 || !reflect.DeepEqual([][]string{got[0].Cells, got[1].Cells, got[2].Cells}, rows) {
		t.Errorf("%v %v", got, bad)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if formula, err := f.GetCellFormula("مدن", "A2"); err != nil || formula != "" {
		t.Errorf("a text has become a formula: %q %v", formula, err)
	}
}
