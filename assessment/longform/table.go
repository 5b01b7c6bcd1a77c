package longform

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"migov/assessment/fault"
)

// Line is a row of a table of texts, with its number as a spreadsheet counts it.
type Line struct {
	Number int
	Cells  []string
}

// What a table may hold: columns of which the rest is not read, and bytes that may come out of a workbook, which is an archive.
const (
	maxColumns  = 100
	maxUnpacked = 64 << 20
)

// workbookMark begins every workbook (XLSX), as any ZIP archive.
var workbookMark = []byte("PK\x03\x04")

// IsWorkbook tells a workbook from other files.
func IsWorkbook(data []byte) bool { return bytes.HasPrefix(data, workbookMark) }

// Table reads a table from CSV (with commas, semicolons or tabs, with or without a byte order mark, in UTF-8), or from the first
// sheet of a workbook (XLSX). Rows without any text are left out. A workbook that may come from anybody is to be inspected
// before (see package evidence). A table with more than most rows is refused.
func Table(data []byte, most int) ([]Line, *fault.Field) {
	read := readCSV
	if IsWorkbook(data) {
		read = readWorkbook
	}
	var lines []Line
	bad := read(data, func(number int, cells []string) *fault.Field {
		if len(cells) > maxColumns {
			cells = cells[:maxColumns]
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			return nil
		}
		if len(lines) == most {
			return &fault.Field{Name: "file", Key: "fault.file_rows", Args: fault.Args{"Most": most}}
		}
		lines = append(lines, Line{number, cells})
		return nil
	})
	if bad == nil && len(lines) == 0 {
		bad = &fault.Field{Name: "row 1", Key: "fault.file_empty"}
	}
	return lines, bad
}

// readCSV reads texts; the apostrophe that guards one against being taken for a formula is taken off.
func readCSV(data []byte, visit func(number int, cells []string) *fault.Field) *fault.Field {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return &fault.Field{Name: "row " + strconv.Itoa(1+rowsBefore(data[:firstInvalid(data)])), Key: "fault.file_encoding"}
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord = -1
	c.Comma = separator(data)
	if head, _, _ := bytes.Cut(data, []byte{'\n'}); bytes.Count(head, []byte{'\t'}) > bytes.Count(head, []byte(string(c.Comma))) {
		c.Comma = '\t'
	}
	inside := 0 // line breaks within texts so far
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return &fault.Field{Name: "row " + strconv.Itoa(wrong.StartLine-inside), Key: "fault.row_quotes"}
		}
		line, _ := c.FieldPos(0)
		line -= inside
		inside += breaks(record)
		for i := range record {
			record[i] = Unguard(record[i])
		}
		if bad := visit(line, record); bad != nil {
			return bad
		}
	}
}

// broken is a number as a workbook keeps it that is not whole, or so large that it is written with a power of ten.
var broken = regexp.MustCompile(`^-?[0-9]*(\.[0-9]+)?([Ee][+-]?[0-9]+)?$`)

// readWorkbook reads the texts of the first sheet; of a formula, what it had come to.
func readWorkbook(data []byte, visit func(number int, cells []string) *fault.Field) *fault.Field {
	unreadable := &fault.Field{Name: "file", Key: "fault.file_unreadable"}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return unreadable
	}
	defer f.Close() // it holds memory only
	sheet := f.GetSheetName(0)
	rows, err := f.Rows(sheet)
	if err != nil {
		return unreadable
	}
	defer rows.Close()
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return unreadable
		}
		for i, text := range cells {
			if strings.ContainsAny(text, ".eE") && broken.MatchString(text) {
				cells[i] = written(f, sheet, i+1, number, text)
			}
		}
		if bad := visit(number, cells); bad != nil {
			return bad
		}
	}
	if rows.Error() != nil {
		return unreadable
	}
	return nil
}

// written is what a person sees of a number that is kept as such; a text stays as it is. A zero at the end keeps the decimals
// of a number from being taken for thousands, as in 250.125.
func written(f *excelize.File, sheet string, column, row int, text string) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return text
	}
	kind, err := f.GetCellType(sheet, name)
	if err != nil || (kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && kind != excelize.CellTypeFormula) {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	plain := strconv.FormatFloat(n, 'f', -1, 64)
	if strings.Contains(plain, ".") {
		plain += "0"
	}
	return plain
}

// Sheet is a sheet of a workbook that is written.
type Sheet struct {
	Name  string
	Rows  [][]string // the first is the heading
	Width float64    // of its columns, in characters
}

// WriteSheets writes a workbook of texts, from right to left where that is wished. The heading of each sheet stays in sight.
func WriteSheets(w io.Writer, rtl bool, sheets ...Sheet) error {
	f := excelize.NewFile()
	defer f.Close() // it holds memory only
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err == nil {
			err = f.SetSheetView(s.Name, 0, &excelize.ViewOptions{RightToLeft: &rtl})
		}
		if err == nil {
			err = writeTable(f, s, bold)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return f.Write(w)
}

func writeTable(f *excelize.File, s Sheet, heading int) error {
	out, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, maxColumns, s.Width); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for n, row := range s.Rows {
		cells := make([]any, len(row))
		for i, text := range row {
			cell := excelize.Cell{Value: fitted(text)}
			if n == 0 {
				cell.StyleID = heading
			}
			cells[i] = cell
		}
		if err := out.SetRow(fmt.Sprintf("A%d", n+1), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
