package export

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"migov/assessment/longform"
)

// held is how much is gathered before it is handed on, in bytes.
const held = 64 << 10

// csvSink writes RFC 4180 with line feeds.
type csvSink struct {
	w     io.Writer
	b     []byte
	raw   bool // texts exactly as they are
	begun bool // of the row
}

func newCSV(w io.Writer, t table, f Format) *csvSink {
	s := &csvSink{w: w, b: make([]byte, 0, held+held/4), raw: f != CSV}
	if f == CSV {
		s.b = append(s.b, "\ufeff"...)
	}
	for _, c := range t.columns {
		s.text(c.name)
	}
	_ = s.end() // too little for anything to be written
	if f == HXL {
		for _, c := range t.columns {
			s.text(c.tag)
		}
		_ = s.end()
	}
	return s
}

func (s *csvSink) next() {
	if s.begun {
		s.b = append(s.b, ',')
	}
	s.begun = true
}

func (s *csvSink) text(t string) {
	s.next()
	if t == "" {
		return
	}
	if !s.raw {
		t = longform.Guard(t)
	}
	if t[0] != ' ' && t[0] != '\t' && strings.IndexByte(t, '"') < 0 && strings.IndexByte(t, ',') < 0 && strings.IndexByte(t, '\n') < 0 && strings.IndexByte(t, '\r') < 0 {
		s.b = append(s.b, t...)
		return
	}
	s.b = append(s.b, '"')
	for {
		i := strings.IndexByte(t, '"')
		if i < 0 {
			break
		}
		s.b = append(s.b, t[:i+1]...)
		s.b = append(s.b, '"')
		t = t[i+1:]
	}
	s.b = append(s.b, t...)
	s.b = append(s.b, '"')
}

func (s *csvSink) code(t string)    { s.next(); s.b = append(s.b, t...) }
func (s *csvSink) integer(n int)    { s.next(); s.b = strconv.AppendInt(s.b, int64(n), 10) }
func (s *csvSink) number(x float64) { s.next(); s.b = appendNumber(s.b, x) }
func (s *csvSink) truth(is bool)    { s.next(); s.b = strconv.AppendBool(s.b, is) }
func (s *csvSink) none()            { s.next() }
func (s *csvSink) moment(t time.Time) {
	s.next()
	s.b = appendMoment(s.b, t)
}

func (s *csvSink) end() error {
	s.b = append(s.b, '\n')
	s.begun = false
	if len(s.b) < held {
		return nil
	}
	return s.flush()
}

func (s *csvSink) flush() error {
	_, err := s.w.Write(s.b)
	s.b = s.b[:0]
	return err
}

func (s *csvSink) close() error { return s.flush() }

// appendNumber writes the shortest decimal that is exactly x, without an exponent.
func appendNumber(b []byte, x float64) []byte {
	if n := int64(x); float64(n) == x {
		return strconv.AppendInt(b, n, 10)
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}

// appendMoment writes a time in UTC to the second, as RFC 3339 says, and nothing for the zero time.
func appendMoment(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	return t.UTC().AppendFormat(b, "2006-01-02T15:04:05Z")
}

// parsed reads a number in canonical text; not ok for what is none.
func parsed(v string) (float64, bool) {
	x, err := strconv.ParseFloat(v, 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// jsonSink writes objects whose names are those of the columns.
type jsonSink struct {
	w     io.Writer
	b     []byte
	names []string // `"city":` and so on, with what stands before
	at    int
	lines bool
	rows  int
}

func newJSON(w io.Writer, t table, lines bool) *jsonSink {
	s := &jsonSink{w: w, b: make([]byte, 0, held+held/4), lines: lines}
	for i, c := range t.columns {
		before := ","
		if i == 0 {
			before = "{"
		}
		s.names = append(s.names, before+strconv.Quote(c.name)+":")
	}
	return s
}

func (s *jsonSink) next() {
	if s.at == 0 && !s.lines {
		if s.rows == 0 {
			s.b = append(s.b, '[', '\n')
		} else {
			s.b = append(s.b, ',', '\n')
		}
	}
	s.b = append(s.b, s.names[s.at]...)
	s.at++
}

func (s *jsonSink) text(t string) {
	s.next()
	if t == "" {
		s.b = append(s.b, "null"...)
		return
	}
	s.b = appendJSON(s.b, t)
}

func (s *jsonSink) code(t string)    { s.text(t) }
func (s *jsonSink) integer(n int)    { s.next(); s.b = strconv.AppendInt(s.b, int64(n), 10) }
func (s *jsonSink) number(x float64) { s.next(); s.b = appendNumber(s.b, x) }
func (s *jsonSink) truth(is bool)    { s.next(); s.b = strconv.AppendBool(s.b, is) }
func (s *jsonSink) none()            { s.next(); s.b = append(s.b, "null"...) }
func (s *jsonSink) moment(t time.Time) {
	if t.IsZero() {
		s.none()
		return
	}
	s.next()
	s.b = append(s.b, '"')
	s.b = append(appendMoment(s.b, t), '"')
}

func (s *jsonSink) end() error {
	s.b = append(s.b, '}')
	if s.lines {
		s.b = append(s.b, '\n')
	}
	s.at = 0
	s.rows++
	if len(s.b) < held {
		return nil
	}
	return s.flush()
}

func (s *jsonSink) flush() error {
	_, err := s.w.Write(s.b)
	s.b = s.b[:0]
	return err
}

func (s *jsonSink) close() error {
	if !s.lines {
		if s.rows == 0 {
			s.b = append(s.b, '[')
		}
		s.b = append(s.b, "\n]\n"...)
	}
	return s.flush()
}

const hex = "0123456789abcdef"

// appendJSON writes a text as JSON. Signs that could end a script are escaped too, as encoding/json does.
func appendJSON(b []byte, t string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(t); {
		c := t[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(t[i:])
			if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
				b = append(b, t[from:i]...)
				switch r {
				case '\u2028':
					b = append(b, `\u2028`...)
				case '\u2029':
					b = append(b, `\u2029`...)
				default:
					b = append(b, `\ufffd`...)
				}
				from = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
			i++
			continue
		}
		b = append(b, t[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(append(b, t[from:]...), '"')
}
