package longform

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Book is a workbook (XLSX) of answers, a sheet for each round. Texts are cells of the type text, so that none is taken for a
// formula. The zero Book is empty.
type Book struct {
	names  []string
	sheets [][]Row
}

// Add adds a sheet.
func (b *Book) Add(name string, rows []Row) {
	b.names, b.sheets = append(b.names, name), append(b.sheets, rows)
}

// Limits of XLSX: characters of the name of a sheet, and UTF-16 units of a cell.
const (
	maxSheet = 31
	maxCell  = excelize.TotalCellChars
)

// cut ends a text that no cell can hold.
const cut = " … (cut: no cell holds more; the whole text is in the JSON file)"

// Write writes the workbook.
func (b *Book) Write(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close() // it holds memory only
	for i, rows := range b.sheets {
		name := sheetName(i, b.names[i])
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
		if err := writeSheet(f, name, rows); err != nil {
			return err
		}
	}
	if len(b.sheets) > 0 {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func sheetName(i int, name string) string {
	name = fmt.Sprintf("%d %s", i+1, strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return '-'
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > maxSheet {
		name = string(runes[:maxSheet])
	}
	return name
}

func writeSheet(f *excelize.File, name string, rows []Row) error {
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	line := func(n int, texts ...string) error {
		cells := make([]any, len(texts))
		for i, t := range texts {
			cells[i] = fitted(t)
		}
		return s.SetRow(fmt.Sprintf("A%d", n), cells)
	}
	if err := line(1, known...); err != nil {
		return err
	}
	for i, r := range rows {
		if err := line(i+2, r.cells()...); err != nil {
			return err
		}
	}
	return s.Flush()
}

// fitted is a text as a cell can hold it.
func fitted(t string) string {
	if len(t) <= maxCell {
		return t
	}
	units := utf16.Encode([]rune(t))
	if len(units) <= maxCell {
		return t
	}
	kept := []rune(string(utf16.Decode(units[:maxCell-len(utf16.Encode([]rune(cut)))-1])))
	return strings.TrimSuffix(string(kept), "\ufffd") + cut
}
