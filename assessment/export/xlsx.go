package export

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// A workbook is written by hand (ECMA-376, part 1, chapter 18): a library that knows every feature of workbooks takes four
// times as long for the few that a table needs, and its own temporary files. Texts are inline strings, which no program takes
// for formulas; no cell has a formula.

// Limits of a workbook.
const (
	maxRows = 1 << 20   // rows of a sheet
	maxCell = 32767     // UTF-16 units of a cell
	epoch   = 25569     // days from 1899-12-30, the first of the dates, to 1970-01-01
	dayLong = 24 * 3600 // seconds
)

// Cell styles, by their number in styles.xml.
const (
	headStyle   = "1"
	momentStyle = "2"
	wrapStyle   = "3" // text on several lines, in the direction of the workbook
	truthStyle  = "4" // LibreOffice shows a boolean as a number where no format says otherwise
)

const styles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/><numFmt numFmtId="165" formatCode="&quot;TRUE&quot;;&quot;TRUE&quot;;&quot;FALSE&quot;"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE6EEF5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1" readingOrder="1"/></xf><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// workbook is a workbook in the making.
type workbook struct {
	archive
	rtl    bool
	most   int      // rows of a sheet
	sheets []string // names
}

// sheetSink writes a table to a sheet, and to further ones when it is full.
type sheetSink struct {
	book    *workbook
	name    string
	columns []column
	letters []string // " r=\"A" and so on
	out     *part
	b       []byte
	row     int    // number of the row that is being written
	label   string // the same as text; empty between rows
	at      int
	count   int    // sheets
	style   string // of texts
}

// sheet begins a sheet for a table. Its name is at most 31 characters.
func (w *workbook) sheet(name string, columns []column) (*sheetSink, error) {
	s := &sheetSink{book: w, name: name, columns: columns, b: make([]byte, 0, held+held/4)}
	for i := range columns {
		s.letters = append(s.letters, `<c r="`+letters(i))
	}
	return s, s.open()
}

// letters are those of a column, counted from 0: A, …, Z, AA, …
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// open begins the next sheet with the header.
func (s *sheetSink) open() error {
	s.count++
	name := s.name
	if s.count > 1 {
		name += " " + strconv.Itoa(s.count)
	}
	s.book.sheets = append(s.book.sheets, name)
	s.out = s.book.add(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(s.book.sheets)))
	view := ""
	if s.book.rtl {
		view = ` rightToLeft="1"`
	}
	if len(s.book.sheets) == 1 {
		view += ` tabSelected="1"`
	}
	s.b = append(s.b, xmlHead+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView`+view+` workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`...)
	for i, c := range s.columns {
		s.b = fmt.Appendf(s.b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, c.shown())
	}
	s.b = append(s.b, "</cols><sheetData>"...)
	s.row = 0
	s.begin()
	for _, c := range s.columns {
		s.string(c.name, ` s="`+headStyle+`"`)
	}
	return s.end()
}

// shown is how wide the column is shown, in characters.
func (c column) shown() int {
	switch {
	case c.width > 0:
		return c.width
	case c.kind == moment:
		return 18
	case c.kind != text:
		return max(10, len(c.name)+2)
	}
	switch c.name {
	case "name", "label", "title", "note", "effort_note":
		return 34
	case "explanation", "evidence", "meaning", "question", "proposal_reason", "city_reply", "reason":
		return 60
	}
	if c.name == "city" || c.name == "roles" {
		return 24
	}
	return max(14, len(c.name)+2)
}

// begin begins a row.
func (s *sheetSink) begin() {
	s.row++
	s.label = strconv.Itoa(s.row)
	s.b = append(append(append(s.b, `<row r="`...), s.label...), `">`...)
	s.at = 0
}

// place begins the next cell of the row, up to the end of its address.
func (s *sheetSink) place() {
	s.b = append(append(append(s.b, s.letters[s.at]...), s.label...), '"')
	s.at++
}

// next tells that a cell follows which may be left out.
func (s *sheetSink) next() {
	if s.at == 0 && s.label == "" {
		s.begin()
	}
}

func (s *sheetSink) string(t, style string) {
	s.place()
	s.b = append(append(s.b, style...), ` t="inlineStr"><is><t`...)
	if c, z := t[0], t[len(t)-1]; c <= ' ' || z <= ' ' || strings.IndexByte(t, '\n') >= 0 || strings.Contains(t, "  ") {
		s.b = append(s.b, ` xml:space="preserve"`...)
	}
	s.b = append(s.b, '>')
	s.b = appendXML(s.b, t)
	s.b = append(s.b, "</t></is></c>"...)
}

func (s *sheetSink) text(t string) {
	s.next()
	if t == "" {
		s.at++
		return
	}
	s.string(fitted(t), s.style)
}

func (s *sheetSink) code(t string) {
	s.next()
	if t == "" {
		s.at++
		return
	}
	s.place()
	s.b = append(append(append(s.b, ` t="inlineStr"><is><t>`...), t...), "</t></is></c>"...)
}

func (s *sheetSink) integer(n int) {
	s.next()
	s.place()
	s.b = append(s.b, "><v>"...)
	s.b = append(strconv.AppendInt(s.b, int64(n), 10), "</v></c>"...)
}

func (s *sheetSink) decimal(x float64, style string) {
	s.next()
	s.place()
	s.b = append(append(s.b, style...), "><v>"...)
	s.b = append(appendNumber(s.b, x), "</v></c>"...)
}

func (s *sheetSink) number(x float64) { s.decimal(x, "") }

func (s *sheetSink) truth(is bool) {
	s.next()
	s.place()
	n := byte('0')
	if is {
		n = '1'
	}
	s.b = append(append(append(s.b, ` s="`+truthStyle+`" t="b"><v>`...), n), "</v></c>"...)
}

func (s *sheetSink) moment(t time.Time) {
	if t.IsZero() {
		s.none()
		return
	}
	s.decimal(float64(t.Unix())/dayLong+epoch, ` s="`+momentStyle+`"`)
}

func (s *sheetSink) none() { s.next(); s.at++ }

func (s *sheetSink) end() error {
	s.b = append(s.b, "</row>"...)
	s.label, s.at = "", 0
	if s.row >= s.book.most {
		if err := s.finish(); err != nil {
			return err
		}
		return s.open()
	}
	if len(s.b) < held {
		return nil
	}
	return s.flush()
}

func (s *sheetSink) flush() error {
	_, err := s.out.Write(s.b)
	s.b = s.b[:0]
	return err
}

func (s *sheetSink) finish() error {
	s.b = append(s.b, `</sheetData><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>`...)
	if err := s.flush(); err != nil {
		return err
	}
	return s.out.finish()
}

func (s *sheetSink) close() error { return s.finish() }

// fitted is a text as a cell can hold it: the longest beginning of it that ends with a whole character.
func fitted(t string) string {
	if len(t) <= maxCell {
		return t
	}
	units := 0
	for i, r := range t {
		if units += utf16.RuneLen(r); units > maxCell-1 {
			return t[:i] + "…"
		}
	}
	return t
}

// appendXML writes a text as XML. What XML 1.0 cannot hold is written as workbooks do (_x0007_), and so is the beginning of
// what would be read as such (ECMA-376, part 1, 22.9.2.19).
func appendXML(b []byte, t string) []byte {
	from := 0
	for i := 0; i < len(t); {
		c, put, n := t[i], "", 1
		switch {
		case c == '<':
			put = "&lt;"
		case c == '>':
			put = "&gt;"
		case c == '&':
			put = "&amp;"
		case c == '\r':
			put = "_x000D_"
		case c < ' ' && c != '\n' && c != '\t':
			put = "_x00" + string(rune(hex[c>>4])) + string(rune(hex[c&15])) + "_"
		case c == '_' && escaped(t[i:]):
			put = "_x005F_"
		case c >= utf8.RuneSelf:
			var r rune
			if r, n = utf8.DecodeRuneInString(t[i:]); r == utf8.RuneError && n == 1 || r == '\ufffe' || r == '\uffff' {
				put = "\ufffd"
			}
		}
		if put != "" {
			b = append(append(b, t[from:i]...), put...)
			from = i + n
		}
		i += n
	}
	return append(b, t[from:]...)
}

// escaped tells whether a text begins as an escape does: _x0041_.
func escaped(t string) bool {
	if len(t) < 7 || t[1] != 'x' || t[6] != '_' {
		return false
	}
	for _, c := range []byte(t[2:6]) {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

// finish writes the workbook.
func (w *workbook) finish(to io.Writer) error {
	put := func(name, text string) error {
		_, err := w.add(name).Write([]byte(text))
		return err
	}
	look := styles
	if w.rtl {
		look = strings.Replace(look, `readingOrder="1"`, `horizontal="right" readingOrder="2"`, 1)
	}
	var list, ties, kinds strings.Builder
	for i, name := range w.sheets {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, appendXML(nil, name), i+1, i+1)
		fmt.Fprintf(&ties, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		fmt.Fprintf(&kinds, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
	}
	fmt.Fprintf(&ties, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>`, len(w.sheets)+1)
	for _, f := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + kinds.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + ties.String() + `</Relationships>`},
		{"xl/styles.xml", strings.TrimPrefix(look, xmlHead)},
	} {
		if err := put(f[0], xmlHead+f[1]); err != nil {
			return err
		}
	}
	// What says what the parts are stands first, as readers that do not look at the directory expect.
	return w.writeTo(to, func(name string) int {
		if strings.HasPrefix(name, "xl/worksheets/") {
			return 1
		}
		return 0
	})
}

// tables are those of a file of several tables, in their order; answers in the shape wished for.
func (o Order) tables(s Source) (all []table) {
	for _, x := range []Subject{Cities, Answers, Powers, Results, Verdicts, Indicators, Codebook} {
		companion := x == Cities || x == Indicators || x == Codebook
		if o.Subject == Everything || o.Subject == x || companion && o.Subject != Indicators && o.Subject != Codebook && o.Subject != Cities {
			all = append(all, tableOf(Order{Subject: x, Shape: o.Shape}, s))
		}
	}
	return all
}

func writeWorkbook(w io.Writer, o Order, s Source, each func(func(*Record) error) error) error {
	return sheets(w, o, s, maxRows, each)
}

// sheets writes a workbook whose sheets have at most so many rows.
func sheets(w io.Writer, o Order, s Source, most int, each func(func(*Record) error) error) error {
	book := &workbook{archive: archive{at: s.At}, rtl: s.Language.RightToLeft(), most: most}
	defer book.drop()
	first, err := book.sheet("README", []column{{name: s.Say("export.readme"), kind: text, width: 30}, {name: s.Title, kind: text, width: 150}})
	if err != nil {
		return err
	}
	first.style = ` s="` + wrapStyle + `"`
	for _, line := range readme(s) {
		first.text(line[0])
		first.text(line[1])
		if err := first.end(); err != nil {
			return err
		}
	}
	if err := first.close(); err != nil {
		return err
	}
	if err := fillAll(o.tables(s), each, func(t table) (sink, error) { return book.sheet(t.name, t.columns) }); err != nil {
		return err
	}
	return book.finish(w)
}

// fillAll writes several tables in one pass over the records.
func fillAll(all []table, each func(func(*Record) error) error, open func(table) (sink, error)) error {
	outs := make([]sink, len(all))
	for i, t := range all {
		out, err := open(t)
		if err != nil {
			return err
		}
		if t.all == nil {
			outs[i] = out
			continue
		}
		if err := errors.Join(t.all(out), out.close()); err != nil { // finished already, so that its memory is free
			return err
		}
	}
	err := each(func(r *Record) error {
		for i, t := range all {
			if t.row != nil {
				if err := t.row(outs[i], r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, out := range outs {
		if out == nil {
			continue
		}
		if err := out.close(); err != nil {
			return err
		}
	}
	return nil
}

// readme says what a file holds.
func readme(s Source) [][2]string {
	lines := [][2]string{{s.Say("export.readme_round"), s.Round}}
	if s.City != "" {
		lines = append(lines, [2]string{s.Say("export.readme_city"), s.City})
	}
	return append(lines, [2]string{s.Say("export.readme_instrument"), s.Instrument.Name()}, [2]string{s.Say("export.readme_hash"), s.Instrument.Hash}, [2]string{s.Say("export.readme_method"), s.Method},
		[2]string{s.Say("export.readme_at"), string(appendMoment(nil, s.At))}, [2]string{s.Say("export.readme_scope"), s.Say("export.readme_scope_text")},
		[2]string{s.Say("export.readme_missing"), s.Say("export.readme_missing_text")}, [2]string{s.Say("export.readme_rank"), s.Say("export.readme_rank_text")})
}
