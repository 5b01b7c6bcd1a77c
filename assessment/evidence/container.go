package evidence

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"migov/assessment/fault"
)

// Limits of what is inside an office file, which is an archive. They hold while it is read, whatever it says of itself.
const (
	maxParts     = 5000
	maxUnpacked  = 100 << 20 // bytes of all parts
	maxRatio     = 150       // unpacked to packed, of the whole, once more than freeUnpacked came out
	freeUnpacked = 10 << 20
)

// office tells which office file an archive is.
func (l look) office() (is Type, other string, err error) {
	z, err := zip.NewReader(l, l.size)
	if err != nil {
		return "", "ZIP", nil
	}
	names := map[string]*zip.File{}
	for _, f := range z.File {
		names[f.Name] = f
	}
	if f := names["mimetype"]; f != nil {
		said, _ := part(f, 200)
		for _, t := range []Type{ODT, ODS} {
			if string(bytes.TrimSpace(said)) == t.Media() {
				return t, "", nil
			}
		}
		return "", "ZIP", nil
	}
	if f := names["[Content_Types].xml"]; f != nil {
		said, _ := part(f, 1<<20)
		switch {
		case bytes.Contains(said, []byte("macroEnabled")) && names["word/document.xml"] != nil:
			return "", "DOCM", nil
		case bytes.Contains(said, []byte("macroEnabled")) && names["xl/workbook.xml"] != nil:
			return "", "XLSM", nil
		case names["word/document.xml"] != nil && bytes.Contains(said, []byte("wordprocessingml.document.main+xml")):
			return DOCX, "", nil
		case names["xl/workbook.xml"] != nil && bytes.Contains(said, []byte("spreadsheetml.sheet.main+xml")):
			return XLSX, "", nil
		case names["ppt/presentation.xml"] != nil:
			return "", "PPTX", nil
		}
	}
	return "", "ZIP", nil
}

// part reads the beginning of a part.
func part(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}

// container reads an office file whole, part by part, and refuses what such a file has no need of: programs, texts that
// call for other files, names that lead out of a folder, locks, and more than may come out of it.
func (l look) container(t Type) error {
	name := fault.Args{"Type": strings.ToUpper(string(t))}
	z, err := zip.NewReader(l, l.size)
	if err != nil {
		return refused("evidence.file_broken", name)
	}
	if len(z.File) > maxParts {
		return refused("evidence.file_bomb", name)
	}
	seen := map[string]bool{}
	left := int64(maxUnpacked)
	if allowed := l.size * maxRatio; allowed < left {
		left = max(allowed, freeUnpacked)
	}
	for _, f := range z.File {
		low := strings.ToLower(f.Name)
		switch {
		case seen[low] || !local(f.Name) || f.Mode()&^0o7777 != 0 && !f.Mode().IsDir():
			return refused("evidence.file_path", name)
		case f.Flags&1 != 0:
			return refused("evidence.file_locked", name)
		case program(low):
			return refused("evidence.file_macro", name)
		}
		seen[low] = true
		n, err := unpack(f, low, left)
		if err != nil {
			if _, ours := fault.As(err); ours {
				return err
			}
			return refused("evidence.file_broken", name)
		}
		if left -= n; left < 0 {
			return refused("evidence.file_bomb", name)
		}
	}
	if (t == ODT || t == ODS) && !seen["content.xml"] {
		return refused("evidence.file_broken", name)
	}
	return nil
}

// local tells whether the name of a part stays inside the archive.
func local(name string) bool {
	trimmed := strings.TrimSuffix(name, "/")
	return trimmed != "" && !strings.HasPrefix(name, "/") && !strings.ContainsAny(name, "\\:\x00") && path.Clean(trimmed) == trimmed && trimmed != ".." && !strings.HasPrefix(trimmed, "../")
}

// program tells whether a part, by its name in small letters, is or holds a program.
func program(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, "vba") && (strings.HasSuffix(base, ".bin") || strings.HasSuffix(base, ".xml")) {
		return true
	}
	for _, folder := range []string{"basic", "scripts", "macros", "activex", "macrosheets"} {
		if strings.HasPrefix(name, folder+"/") || strings.Contains(name, "/"+folder+"/") {
			return true
		}
	}
	for _, end := range []string{".exe", ".dll", ".js", ".vbs", ".jar", ".sh", ".bat", ".cmd", ".ps1", ".hta"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
}

// unpack reads a part to its end, or one byte over what is left, and looks into the parts that are XML.
func unpack(f *zip.File, low string, left int64) (n int64, err error) {
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	xml := strings.HasSuffix(low, ".xml") || strings.HasSuffix(low, ".rels") || strings.HasSuffix(low, ".rdf")
	s := scanner{manifest: low == "meta-inf/manifest.xml", relations: strings.HasSuffix(low, ".rels")}
	buffer := make([]byte, 32<<10)
	for n <= left {
		m, err := r.Read(buffer)
		n += int64(m)
		if xml {
			if err := s.see(buffer[:m]); err != nil {
				return n, err
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err // a wrong checksum too
		}
	}
	return n, nil
}

// scanner looks for what an XML part of an office file never needs. It keeps the end of what it saw, so that nothing hides
// between two reads.
type scanner struct {
	manifest  bool // old office programs declare a document type in it
	relations bool
	begun     bool
	kept      []byte
}

const scanned = 4 << 10 // the longest text that is looked for as a whole: a relation

func (s *scanner) see(b []byte) error {
	if !s.begun && len(b) > 1 {
		s.begun = true
		if byteOrder(b) != nil || b[0] == 0 || b[1] == 0 { // parts are UTF-8; another encoding would hide from this
			return refused("evidence.file_dtd", nil)
		}
	}
	window := append(s.kept, b...)
	if bytes.Contains(window, []byte("<!ENTITY")) || !s.manifest && bytes.Contains(window, []byte("<!DOCTYPE")) {
		return refused("evidence.file_dtd", nil)
	}
	if s.relations {
		for rest := window; ; {
			_, after, found := bytes.Cut(rest, []byte("<Relationship "))
			if !found {
				break
			}
			one, next, _ := bytes.Cut(after, []byte(">"))
			if bytes.Contains(one, []byte(`TargetMode="External"`)) && (bytes.Contains(one, []byte("/attachedTemplate")) || bytes.Contains(one, []byte("/oleObject")) || bytes.Contains(one, []byte("/frame"))) {
				return refused("evidence.file_macro", fault.Args{"Type": "DOCX"})
			}
			rest = next
		}
	}
	s.kept = append([]byte(nil), window[max(len(window)-scanned, 0):]...)
	return nil
}
