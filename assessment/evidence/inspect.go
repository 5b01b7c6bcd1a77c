package evidence

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"migov/assessment/fault"
)

// Pictures may have so many pixels on a side, and altogether.
const (
	maxSide   = 30_000
	maxPixels = 100_000_000
)

// headSize is how many bytes tell what a file is; tailSize is where an archive that was put behind another file ends.
const (
	headSize = 4 << 10
	tailSize = 66 << 10
)

// File is a file that may be kept.
type File struct {
	Name   string // clean
	Type   Type
	Media  string // as it is sent
	Size   int64  // bytes
	SHA256 string // hex
}

// Inspect tells what a file is by its content and whether that may be kept under its name. It reads the content in small
// pieces, twice. What may not be kept is a fault of kind Invalid about the field "file"; other errors are of the reader.
func Inspect(name string, content io.ReaderAt, size int64) (File, error) {
	f := File{Name: Clean(name), Size: size}
	if err := Takes(f.Name, size); err != nil {
		return f, err
	}
	promised, as := ending(f.Name)
	l := look{ReaderAt: content, size: size}
	is, other, err := l.kind()
	if err != nil {
		return f, err
	}
	if other == "" && is != promised && !(text(is) && text(promised)) {
		other = strings.ToUpper(string(is))
	}
	if other != "" {
		return f, refused("evidence.file_other", fault.Args{"Name": strings.ToUpper(as), "Is": other})
	}
	f.Type, f.Media = promised, promised.Media()
	switch promised {
	case PDF:
		err = l.pdf()
	case PNG, JPG:
		err = l.picture(promised)
	case CSV, TXT:
		var charset string
		charset, err = l.text()
		f.Media += "; charset=" + charset
	default:
		err = l.container(promised)
	}
	if err != nil {
		return f, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, l.all()); err != nil {
		return f, err
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

func refused(key string, args fault.Args) error {
	return fault.New(fault.Invalid, key, args).WithFields(fault.Field{Name: "file", Key: key, Args: args})
}

func text(t Type) bool { return t == CSV || t == TXT }

// look is a file that is looked at.
type look struct {
	io.ReaderAt
	size int64
}

func (l look) all() *io.SectionReader { return io.NewSectionReader(l, 0, l.size) }

func (l look) piece(from, length int64) ([]byte, error) {
	from = max(from, 0)
	b := make([]byte, min(length, l.size-from))
	_, err := io.ReadFull(io.NewSectionReader(l, from, l.size-from), b)
	return b, err
}

// kind tells what the content is: one of our types, TXT for any plain text, or the name of something else.
func (l look) kind() (is Type, other string, err error) {
	head, err := l.piece(0, headSize)
	if err != nil {
		return "", "", err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return l.office()
	}
	m := mimetype.Detect(head)
	switch {
	case m.Is("application/pdf") && bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, "", nil
	case m.Is("image/png"):
		return PNG, "", nil
	case m.Is("image/jpeg"):
		return JPG, "", nil
	}
	if name := markup(plain(head)); name != "" {
		return "", name, nil
	}
	if m.Is("application/octet-stream") && !bytes.Contains(head, []byte("\x00")) { // a text in an encoding of its own
		return TXT, "", nil
	}
	for t := m; t != nil; t = t.Parent() {
		if t.Is("text/plain") && !m.Is("text/rtf") {
			return TXT, "", nil
		}
	}
	name := strings.ToUpper(strings.TrimPrefix(m.Extension(), "."))
	if name == "" {
		name = m.String()
	}
	return "", name, nil
}

// plain is the beginning of a text in UTF-8, whatever Unicode encoding its mark says.
func plain(head []byte) []byte {
	if order := byteOrder(head); order != nil {
		var units []uint16
		for i := 2; i+1 < len(head); i += 2 {
			units = append(units, order(head[i], head[i+1]))
		}
		return []byte(string(utf16.Decode(units)))
	}
	return bytes.TrimPrefix(head, []byte("\ufeff"))
}

// byteOrder joins two bytes as the byte order mark of UTF-16 says; nil without one.
func byteOrder(head []byte) func(a, b byte) uint16 {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return func(a, b byte) uint16 { return uint16(a) | uint16(b)<<8 }
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return func(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }
	}
	return nil
}

// markup names the mark-up that a text begins with. "<5" is no mark-up.
func markup(head []byte) string {
	head = bytes.ToLower(bytes.TrimSpace(head))
	if len(head) < 2 || head[0] != '<' || !(head[1] == '!' || head[1] == '?' || head[1] == '/' || head[1] >= 'a' && head[1] <= 'z') {
		return ""
	}
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return "SVG"
	case bytes.HasPrefix(head, []byte("<?php")):
		return "PHP"
	case bytes.HasPrefix(head, []byte("<?xml")) && !bytes.Contains(head, []byte("<html")):
		return "XML"
	}
	return "HTML"
}

// pdf sees that a PDF is whole, ends where it says, and is no archive as well.
func (l look) pdf() error {
	tail, err := l.piece(l.size-tailSize, tailSize)
	if err != nil {
		return err
	}
	end := bytes.LastIndex(tail, []byte("%%EOF"))
	if end < 0 || !bytes.Contains(tail[:end], []byte("startxref")) {
		return refused("evidence.file_broken", fault.Args{"Type": "PDF"})
	}
	if len(bytes.Trim(tail[end+len("%%EOF"):], "\x00\t\n\f\r ")) > 0 || archived(tail) {
		return refused("evidence.file_two", fault.Args{"Type": "PDF"})
	}
	return nil
}

// archived tells whether the end of an archive stands in the end of a file.
func archived(tail []byte) bool { return bytes.Contains(tail, []byte("PK\x05\x06")) }

// picture sees that a picture has a head that can be read, a sane size, and an end.
func (l look) picture(t Type) error {
	broken := refused("evidence.file_broken", fault.Args{"Type": strings.ToUpper(string(t))})
	decode := jpeg.DecodeConfig
	if t == PNG {
		decode = png.DecodeConfig
	}
	c, err := decode(bufio.NewReader(l.all()))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return broken
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return refused("evidence.picture_large", fault.Args{"Megapixels": maxPixels / 1_000_000})
	}
	tail, err := l.piece(l.size-tailSize, tailSize)
	if err != nil {
		return err
	}
	if archived(tail) {
		return refused("evidence.file_two", fault.Args{"Type": strings.ToUpper(string(t))})
	}
	if t == PNG && !bytes.HasSuffix(tail, []byte("\x00\x00\x00\x00IEND\xaeB`\x82")) || t == JPG && !bytes.Contains(tail, []byte("\xff\xd9")) {
		return broken
	}
	return nil
}

// text sees that a text is UTF-8, or UTF-16 with a byte order mark, throughout, and returns its charset.
func (l look) text() (charset string, err error) {
	in := bufio.NewReaderSize(l.all(), 64<<10)
	head, err := in.Peek(int(min(l.size, 2)))
	if err != nil {
		return "", err
	}
	if order := byteOrder(head); order != nil {
		return "utf-16", utf16Text(in, order)
	}
	for {
		r, n, err := in.ReadRune()
		switch {
		case err == io.EOF:
			return "utf-8", nil
		case err != nil:
			return "", err
		case r == utf8.RuneError && n == 1, r == 0:
			return "", refused("evidence.file_encoding", nil)
		}
	}
}

func utf16Text(in io.ByteReader, order func(a, b byte) uint16) error {
	wrong := refused("evidence.file_encoding", nil)
	high := false // half of a pair waits for the other
	for {
		a, err := in.ReadByte()
		if err == io.EOF {
			if high {
				return wrong
			}
			return nil
		}
		if err != nil {
			return err
		}
		b, err := in.ReadByte()
		if err == io.EOF {
			return wrong
		}
		if err != nil {
			return err
		}
		u := order(a, b)
		low := u >= 0xDC00 && u < 0xE000
		if u == 0 || low != high {
			return wrong
		}
		high = u >= 0xD800 && u < 0xDC00
	}
}
