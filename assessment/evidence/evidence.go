// Package evidence knows what may prove an answer: which files are taken and whether a file is what its name says, which
// links, and how far an answer is backed by what was cited and what others said of it. It reads bytes it is given and
// nothing else: no link is ever fetched.
package evidence

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"migov/assessment/fault"
)

// Limits (trust.md 3.2, Files).
const (
	MaxFile    = 10 << 20  // bytes of one file
	MaxCity    = 500 << 20 // bytes of all files of a city, each content counted once
	MaxCited   = 20        // pieces for one indicator of an assessment
	MaxLink    = 2000      // bytes of an address
	MaxTitle   = 200       // characters
	MaxPassage = 200       // characters of "page or passage"
	MaxNote    = 2000      // characters of a note, or of a reason
	maxName    = 120       // characters of a file name
)

// Type is a kind of file that is taken, by its ending.
type Type string

// The types.
const (
	PDF  Type = "pdf"
	PNG  Type = "png"
	JPG  Type = "jpg"
	DOCX Type = "docx"
	XLSX Type = "xlsx"
	ODT  Type = "odt"
	ODS  Type = "ods"
	CSV  Type = "csv"
	TXT  Type = "txt"
)

// Types lists the types in the order in which pages name them.
var Types = []Type{PDF, PNG, JPG, DOCX, XLSX, ODT, ODS, CSV, TXT}

// media are the types as they are sent. Texts carry their charset, which Inspect finds.
var media = map[Type]string{
	PDF: "application/pdf", PNG: "image/png", JPG: "image/jpeg", CSV: "text/csv", TXT: "text/plain",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	ODT:  "application/vnd.oasis.opendocument.text",
	ODS:  "application/vnd.oasis.opendocument.spreadsheet",
}

// Media is the media type of a type, without a charset.
func (t Type) Media() string { return media[t] }

// TypeOf returns the type of a media type as Inspect gave it; "" for any other.
func TypeOf(m string) Type {
	m, _, _ = strings.Cut(m, ";")
	for t, is := range media {
		if is == m {
			return t
		}
	}
	return ""
}

// Names are the endings of the types as people know them, joined by a comma.
func Names() string {
	names := make([]string, len(Types))
	for i, t := range Types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// endings are the endings of names, beside those that are called like their type.
var endings = map[string]Type{"jpeg": JPG, "text": TXT}

// ending is the type that the ending of a clean name promises, with the ending as it stands there; "" for any other.
func ending(name string) (t Type, as string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", ""
	}
	as = strings.ToLower(name[i+1:])
	if _, known := media[Type(as)]; known {
		return Type(as), as
	}
	return endings[as], as
}

// Clean makes a name that is safe to keep, to show and to send: without path, control and direction characters and what
// file systems keep for themselves, and not too long. What is left of a name of nothing else is "file".
func Clean(name string) string {
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "_")
	}
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d': // joiners, which some languages write with
			return r
		case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	name = strings.Trim(name, ". ")
	stem, end := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, end = strings.TrimRight(name[:i], ". "), name[i:]
	}
	if len([]rune(end)) > 12 {
		stem, end = name, ""
	}
	if keep := maxName - len([]rune(end)); len([]rune(stem)) > keep {
		stem = strings.TrimRight(string([]rune(stem)[:keep]), ". ")
	}
	switch base, _, _ := strings.Cut(strings.ToUpper(stem), "."); {
	case stem == "":
		stem = "file"
	case device(base):
		stem = "_" + stem
	}
	return stem + end
}

// device tells whether a name is that of a device of Windows, which no file can have there.
func device(name string) bool {
	switch name {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "COM") || strings.HasPrefix(name, "LPT")) && name[3] >= '0' && name[3] <= '9'
}

// Stem is a name without its ending, as a title to begin with.
func Stem(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// CleanLink takes an absolute web address, and nothing else: no other scheme, no name and password in it.
func CleanLink(s string) (string, *fault.Field) {
	s = strings.TrimSpace(s)
	bad := func(key string) (string, *fault.Field) { return "", &fault.Field{Name: "url", Key: key} }
	switch {
	case s == "":
		return bad("evidence.link_missing")
	case len(s) > MaxLink:
		return bad("evidence.link_long")
	case !utf8.ValidString(s), strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '\\' || r == '<' || r == '>' || r == '"'
	}):
		return bad("evidence.link_bad")
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return bad("evidence.link_bad")
	}
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" {
		return bad("evidence.link_bad")
	}
	if u.User != nil {
		return bad("evidence.link_secret")
	}
	if host := u.Hostname(); !strings.Contains(strings.Trim(host, "."), ".") {
		if _, err := netip.ParseAddr(host); err != nil { // a name of one word leads to a machine of the reader's own network
			return bad("evidence.link_bad")
		}
	}
	return s, nil
}

// Host is the host of an address, which tells people where a link leads.
func Host(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
