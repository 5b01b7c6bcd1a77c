// Package longform reads and writes answers as CSV in long form: one row per city and indicator. It is the exchange
// format of import, export and scoring from files.
package longform

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"migov/assessment/fault"
)

// Columns are the columns that are read, in the order in which they are written. Power, explanation and evidence may be missing
// from a file.
var Columns = []string{"city", "indicator", "value", "non_answer", "power", "explanation", "evidence"}

const required = 4 // the first of Columns that no file may lack

// Beside are the columns that are written after the others and say what others think of an answer: how far it is backed, the
// value that somebody from outside proposes with role and reason, and what the city has replied. They may stand in a file that
// is read; an import lets them be, since nobody changes by a file what another has said.
var Beside = []string{"standing", "proposed", "proposed_by_role", "proposal_reason", "city_reply"}

// known are the columns that are written.
var known = slices.Concat(Columns, Beside)

// readable are the columns that a file may have: also what package export writes beyond them, which an import lets be.
var readable = append(slices.Clone(known), "confidence")

// MaxBytes is the largest file that is read: 64 MB, more than 100,000 rows with explanations.
const MaxBytes = 64 << 20

// Row is one row of the file, as text. Line is its number as a spreadsheet counts it: from 1 with the header, a row whose
// texts have several lines counted once.
type Row struct {
	Line                              int
	City, Indicator, Value, NonAnswer string
	Power, Explanation, Evidence      string

	Standing                                    string // see evidence.Standing; empty where nothing is claimed
	Proposed, ProposedBy, ProposalReason, Reply string // of the newest proposal for the answer as it stands; ProposedBy is a role
}

// cells are the texts of the row in the order of the columns.
func (r Row) cells() []string {
	return []string{r.City, r.Indicator, r.Value, r.NonAnswer, r.Power, r.Explanation, r.Evidence,
		r.Standing, r.Proposed, r.ProposedBy, r.ProposalReason, r.Reply}
}

// Place names the row in a fault.
func (r Row) Place() string { return "row " + strconv.Itoa(r.Line) }

// Read reads a whole file. Columns are found by the header, in any order; the separator is the comma, or the semicolon
// that spreadsheets write in many countries. Unless raw is set, the apostrophe that guards a text against being taken
// for a formula is taken off. All faults of form are returned at once: unknown or missing columns, rows with the wrong
// number of columns, bad quoting, text that is not UTF-8. The rows that could be read are returned with them.
func Read(r io.Reader, raw bool) ([]Row, []fault.Field) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, []fault.Field{{Name: "file", Key: "fault.file_unreadable"}}
	}
	if len(data) > MaxBytes {
		return nil, []fault.Field{{Name: "file", Key: "fault.file_too_large", Args: fault.Args{"Megabytes": MaxBytes >> 20}}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line := 1 + rowsBefore(data[:firstInvalid(data)])
		return nil, []fault.Field{{Name: "row " + strconv.Itoa(line), Key: "fault.file_encoding"}}
	}
	c := csv.NewReader(bytes.NewReader(keepReturns(data)))
	c.FieldsPerRecord = -1
	c.Comma = separator(data)
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, []fault.Field{{Name: "row 1", Key: "fault.file_empty"}}
	}
	if err != nil {
		return nil, []fault.Field{{Name: "row 1", Key: "fault.row_quotes"}}
	}
	where, faults := columns(header)
	if len(faults) > 0 {
		return nil, faults
	}
	var rows []Row
	inside := breaks(header) // line breaks within texts so far
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, faults
		}
		if err != nil {
			line := 0
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				line = bad.StartLine - inside
			}
			return rows, append(faults, fault.Field{Name: "row " + strconv.Itoa(line), Key: "fault.row_quotes"})
		}
		line, _ := c.FieldPos(0)
		line -= inside
		inside += breaks(record)
		if len(record) != len(header) {
			faults = append(faults, fault.Field{Name: "row " + strconv.Itoa(line), Key: "fault.row_columns",
				Args: fault.Args{"Found": len(record), "Expected": len(header)}})
			continue
		}
		rows = append(rows, row(line, record, where, raw))
	}
}

// keepReturns doubles the carriage return of every CR LF within quotation marks, because the CSV reader drops one: texts
// come from forms with CR LF and stay byte for byte (decision 26).
func keepReturns(data []byte) []byte {
	if !bytes.Contains(data, []byte("\r\n")) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/16)
	quoted := false
	for i, c := range data {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\r' && quoted && i+1 < len(data) && data[i+1] == '\n':
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

// breaks counts the line breaks within the texts of a row.
func breaks(record []string) (n int) {
	for _, s := range record {
		n += strings.Count(s, "\n")
	}
	return n
}

// rowsBefore counts the line breaks outside quotation marks.
func rowsBefore(data []byte) (n int) {
	quoted := false
	for _, c := range data {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			n++
		}
	}
	return n
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func separator(data []byte) rune {
	head, _, _ := bytes.Cut(data, []byte{'\n'})
	if bytes.Count(head, []byte{';'}) > bytes.Count(head, []byte{','}) {
		return ';'
	}
	return ','
}

func columns(header []string) (where []int, faults []fault.Field) {
	where = make([]int, len(readable))
	for i := range where {
		where[i] = -1
	}
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		k := slices.Index(readable, name)
		switch {
		case k < 0:
			faults = append(faults, fault.Field{Name: "row 1", Key: "fault.column_unknown", Args: fault.Args{"Column": h}})
		case where[k] >= 0:
			faults = append(faults, fault.Field{Name: "row 1", Key: "fault.column_twice", Args: fault.Args{"Column": name}})
		default:
			where[k] = i
		}
	}
	for k, name := range Columns[:required] {
		if where[k] < 0 {
			faults = append(faults, fault.Field{Name: "row 1", Key: "fault.column_missing", Args: fault.Args{"Column": name}})
		}
	}
	return where, faults
}

func row(line int, record []string, where []int, raw bool) Row {
	at := func(k int) string {
		if where[k] < 0 {
			return ""
		}
		s := record[where[k]]
		if !raw {
			s = Unguard(s)
		}
		return s
	}
	trim := strings.TrimSpace
	return Row{Line: line, City: trim(at(0)), Indicator: trim(at(1)), Value: at(2), NonAnswer: trim(at(3)),
		Power: trim(at(4)), Explanation: at(5), Evidence: at(6),
		Standing: trim(at(7)), Proposed: at(8), ProposedBy: trim(at(9)), ProposalReason: at(10), Reply: at(11)}
}

// guarded is a text that a spreadsheet would take for a formula: the first sign that is not white space is = + - @ (or its
// full-width form), or the text begins with a tab or a line break; any apostrophes before it included, so that guarding can be undone exactly.
var guarded = regexp.MustCompile(`^'*([ \t\r\n]*[=+\-@＝＋－＠]|[\t\r\n])`)

// Guard puts an apostrophe before a text that a spreadsheet would take for a formula.
func Guard(s string) string {
	if s == "" || !strings.Contains("'= +-@\t\r\n\xef", s[:1]) { // most texts; matching takes longer
		return s
	}
	if guarded.MatchString(s) {
		return "'" + s
	}
	return s
}

// Unguard takes off the apostrophe that Guard has put there.
func Unguard(s string) string {
	if strings.HasPrefix(s, "'") && guarded.MatchString(s) {
		return s[1:]
	}
	return s
}

// Writer writes rows, one at a time.
type Writer struct {
	csv *csv.Writer
	buf *bufio.Writer
	raw bool

	under io.Writer
}

// NewWriter writes the header. Unless raw is set, texts are guarded and a byte order mark stands first, so that spreadsheets read the file as UTF-8.
func NewWriter(w io.Writer, raw bool) (*Writer, error) {
	b := bufio.NewWriter(w)
	if !raw {
		if _, err := b.WriteString("\ufeff"); err != nil {
			return nil, err
		}
	}
	c := csv.NewWriter(b)
	return &Writer{csv: c, buf: b, raw: raw, under: w}, c.Write(known)
}

// Write writes one row.
func (w *Writer) Write(r Row) error {
	record := r.cells()
	if !w.raw {
		for i := range record {
			record[i] = Guard(record[i])
		}
	}
	return w.csv.Write(record)
}

// Flush hands on what is buffered, down to a reader on the other side of a network where there is one.
func (w *Writer) Flush() error {
	if err := w.Close(); err != nil {
		return err
	}
	if f, ok := w.under.(interface{ FlushError() error }); ok {
		return f.FlushError()
	}
	return nil
}

// Close writes out what is buffered; it does not close the underlying writer.
func (w *Writer) Close() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.buf.Flush()
}
