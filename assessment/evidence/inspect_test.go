package evidence_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"migov/assessment/evidence"
	"migov/assessment/fault"
)

type entry struct{ name, body string }

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.name == "mimetype" {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	wordTypes  = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	excelTypes = `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
)

func word(t *testing.T, more ...entry) []byte {
	return archive(t, append([]entry{{"[Content_Types].xml", wordTypes}, {"_rels/.rels", "<Relationships/>"}, {"word/document.xml", "<w:document/>"}}, more...)...)
}

func excel(t *testing.T, more ...entry) []byte {
	return archive(t, append([]entry{{"[Content_Types].xml", excelTypes}, {"xl/workbook.xml", "<workbook/>"}}, more...)...)
}

func open(t *testing.T, media string, more ...entry) []byte {
	return archive(t, append([]entry{{"mimetype", media}, {"META-INF/manifest.xml", `<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><m/>`}, {"content.xml", "<c/>"}}, more...)...)
}

func picture(t *testing.T, form string) []byte {
	t.Helper()
	var b bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	var err error
	if form == "png" {
		err = png.Encode(&b, m)
	} else {
		err = jpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// vast is a PNG whose head says that it has so many pixels on a side.
func vast(t *testing.T, side uint32) []byte {
	b := picture(t, "png")
	binary.BigEndian.PutUint32(b[16:], side)
	binary.BigEndian.PutUint32(b[20:], side)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

const pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n41\n%%EOF\n"

// eicar is the harmless text that virus scanners take for a virus (eicar.org).
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func utf16Of(text string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// bomb says in its head that a part is small and unpacks to very much.
func bomb(t *testing.T, lie bool) []byte {
	t.Helper()
	var b, packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	crc := crc32.NewIEEE()
	const size = 120 << 20
	for range size >> 20 {
		f.Write(zeros)
		crc.Write(zeros)
	}
	f.Close()
	z := zip.NewWriter(&b)
	for _, e := range []entry{{"[Content_Types].xml", wordTypes}, {"word/document.xml", "<w/>"}} {
		w, _ := z.Create(e.name)
		io.WriteString(w, e.body)
	}
	h := &zip.FileHeader{Name: "word/media/image1.bmp", Method: zip.Deflate, CRC32: crc.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: size}
	if lie {
		h.UncompressedSize64 = 1000
	}
	w, err := z.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(packed.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatAFileIsIsToldByItsContent(t *testing.T) {
	xxe := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document>&x;</w:document>`
	padded := func(n int, text string) string { return strings.Repeat(" ", n) + text }
	for _, c := range []struct {
		name, file string
		content    []byte
		media, key string // one of the two
		is         string // the true type that is named
	}{
		{"a PDF", "plan.pdf", []byte(pdf), "application/pdf", "", ""},
		{"an ending in capitals", "PLAN.PDF", []byte(pdf), "application/pdf", "", ""},
		{"a PNG", "map.png", picture(t, "png"), "image/png", "", ""},
		{"a JPEG", "photo.jpeg", picture(t, "jpg"), "image/jpeg", "", ""},
		{"a Word file", "strategy.docx", word(t), evidence.DOCX.Media(), "", ""},
		{"an Excel file", "budget.xlsx", excel(t), evidence.XLSX.Media(), "", ""},
		{"an OpenDocument text with the old manifest", "note.odt", open(t, evidence.ODT.Media()), evidence.ODT.Media(), "", ""},
		{"an OpenDocument sheet", "sums.ods", open(t, evidence.ODS.Media()), evidence.ODS.Media(), "", ""},
		{"a CSV in UTF-8", "rows.csv", []byte("المدينة;n\nVille d’été;12\n"), "text/csv; charset=utf-8", "", ""},
		{"a CSV with a byte order mark", "rows.csv", []byte("\ufeffa;b\n"), "text/csv; charset=utf-8", "", ""},
		{"a text in UTF-16, small end first", "note.txt", utf16Of("مدينة 🏙 note", binary.LittleEndian), "text/plain; charset=utf-16", "", ""},
		{"a text in UTF-16, big end first", "note.txt", utf16Of("note", binary.BigEndian), "text/plain; charset=utf-16", "", ""},
		{"a text that begins with <5", "note.txt", []byte("<5 people, they said"), "text/plain; charset=utf-8", "", ""},
		{"one byte", "a.txt", []byte("1"), "text/plain; charset=utf-8", "", ""},
		{"the text that scanners know, inert as a text", "eicar.txt", []byte(eicar), "text/plain; charset=utf-8", "", ""},
		{"two endings, the last of which is true", "run.exe.pdf", []byte(pdf), "application/pdf", "", ""},
		{"a text of exactly 10 MB", "long.txt", bytes.Repeat([]byte("a"), evidence.MaxFile), "text/plain; charset=utf-8", "", ""},

		{"nothing", "empty.pdf", nil, "", "evidence.file_empty", ""},
		{"10 MB and a byte", "long.txt", bytes.Repeat([]byte("a"), evidence.MaxFile+1), "", "evidence.file_large", ""},
		{"an ending that is not taken", "run.exe", []byte("MZ\x90\x00"), "", "evidence.file_type", ""},
		{"two endings, the last of which is not taken", "plan.pdf.exe", []byte(pdf), "", "evidence.file_type", ""},
		{"no ending", "plan", []byte(pdf), "", "evidence.file_type", ""},
		{"an ending turned round by a direction character", "plan\u202Efdp.exe", []byte(pdf), "", "evidence.file_type", ""},
		{"a picture behind .svg", "a.svg", []byte("<svg/>"), "", "evidence.file_type", ""},
		{"HTML behind .pdf", "plan.pdf", []byte("<!DOCTYPE html><html><script>alert(1)</script>"), "", "evidence.file_other", "HTML"},
		{"SVG behind .png", "map.png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>`), "", "evidence.file_other", "SVG"},
		{"SVG behind .txt", "note.txt", []byte(`  <svg onload="x()">`), "", "evidence.file_other", "SVG"},
		{"HTML behind .csv", "rows.csv", []byte("\ufeff<html><body>"), "", "evidence.file_other", "HTML"},
		{"HTML in UTF-16 behind .txt", "note.txt", utf16Of("<script>x()</script>", binary.LittleEndian), "", "evidence.file_other", "HTML"},
		{"a script of a server", "note.txt", []byte("<?php system('x');"), "", "evidence.file_other", "PHP"},
		{"a program behind .pdf", "plan.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), "", "evidence.file_other", "EXE"},
		{"the text that scanners know behind .pdf", "eicar.pdf", []byte(eicar), "", "evidence.file_other", "TXT"},
		{"a PDF behind .docx", "plan.docx", []byte(pdf), "", "evidence.file_other", "PDF"},
		{"a JPEG behind .png", "photo.png", picture(t, "jpg"), "", "evidence.file_other", "JPG"},
		{"an Excel file behind .docx", "budget.docx", excel(t), "", "evidence.file_other", "XLSX"},
		{"a plain archive behind .docx", "plan.docx", archive(t, entry{"a.txt", "a"}), "", "evidence.file_other", "ZIP"},
		{"an archive cut short", "plan.docx", word(t)[:200], "", "evidence.file_other", "ZIP"},
		{"RTF behind .txt", "note.txt", []byte(`{\rtf1\ansi hello}`), "", "evidence.file_other", "RTF"},

		{"a PDF cut short", "plan.pdf", []byte(pdf[:50]), "", "evidence.file_broken", ""},
		{"a PDF with a page behind it", "plan.pdf", []byte(pdf + "<html><script>x()</script>"), "", "evidence.file_two", ""},
		{"a PDF with an archive behind it", "plan.pdf", append([]byte(pdf), archive(t, entry{"a.txt", "a"})...), "", "evidence.file_two", ""},
		{"a PDF with an archive inside its end", "plan.pdf", append(append([]byte(pdf), archive(t, entry{"a.txt", "a"})...), "\nstartxref\n1\n%%EOF"...), "", "evidence.file_two", ""},
		{"a JPEG with an archive behind it", "photo.jpg", append(picture(t, "jpg"), archive(t, entry{"a.txt", "a"})...), "", "evidence.file_two", ""},
		{"a PNG with text behind it", "map.png", append(picture(t, "png"), "<script>"...), "", "evidence.file_broken", ""},
		{"a PNG cut short", "map.png", picture(t, "png")[:40], "", "evidence.file_broken", ""},
		{"a head of a PNG and nothing else", "map.png", []byte("\x89PNG\r\n\x1a\nxxxxxxxxxxxxx"), "", "evidence.file_broken", ""},
		{"a picture of 20,000 by 20,000", "map.png", vast(t, 20_000), "", "evidence.picture_large", ""},
		{"a picture with a side of 2,000,000,000", "map.png", vast(t, 2_000_000_000), "", "evidence.file_broken", ""},
		{"a picture without pixels", "map.png", vast(t, 0), "", "evidence.file_broken", ""},

		{"macros", "plan.docx", word(t, entry{"word/vbaProject.bin", "x"}), "", "evidence.file_macro", ""},
		{"macros under another case", "plan.docx", word(t, entry{"word/VBAPROJECT.BIN", "x"}), "", "evidence.file_macro", ""},
		{"a file with macros that was renamed", "plan.docx", archive(t, entry{"[Content_Types].xml", "application/vnd.ms-word.document.macroEnabled.main+xml"}, entry{"word/document.xml", "<w/>"}), "", "evidence.file_other", "DOCM"},
		{"macros of OpenDocument", "note.odt", open(t, evidence.ODT.Media(), entry{"Basic/Standard/Module1.xml", "x"}), "", "evidence.file_macro", ""},
		{"a template from elsewhere", "plan.docx", word(t, entry{"word/_rels/settings.xml.rels", padded(40_000, `<Relationship Id="1" Type="x/attachedTemplate" Target="http://a.example/t.dotm" TargetMode="External"/>`)}), "", "evidence.file_macro", ""},
		{"a link from a Word file", "plan.docx", word(t, entry{"word/_rels/document.xml.rels", `<Relationship Id="1" Type="x/hyperlink" Target="http://a.example/" TargetMode="External"/>`}), evidence.DOCX.Media(), "", ""},
		{"a program inside", "plan.docx", word(t, entry{"word/embeddings/a.exe", "MZ"}), "", "evidence.file_macro", ""},
		{"an entity that reads a file", "plan.docx", archive(t, entry{"[Content_Types].xml", wordTypes}, entry{"word/document.xml", xxe}), "", "evidence.file_dtd", ""},
		{"a document type far into a part, across two reads", "plan.docx", word(t, entry{"word/styles.xml", padded(32<<10-4, `<!DOCTYPE d SYSTEM "http://a.example/d.dtd">`)}), "", "evidence.file_dtd", ""},
		{"an entity in the old manifest", "note.odt", open(t, evidence.ODT.Media(), entry{"META-INF/manifest.xml", "x"}, entry{"meta.xml", "<!ENTITY a 'b'>"}), "", "evidence.file_path", ""},
		{"a part in UTF-16", "plan.docx", word(t, entry{"word/styles.xml", string(utf16Of(xxe, binary.LittleEndian))}), "", "evidence.file_dtd", ""},
		{"a part that leads out", "plan.docx", word(t, entry{"../../etc/cron.d/x", "x"}), "", "evidence.file_path", ""},
		{"a part with a path of Windows", "plan.docx", word(t, entry{`..\x`, "x"}), "", "evidence.file_path", ""},
		{"a part from the root", "plan.docx", word(t, entry{"/etc/passwd", "x"}), "", "evidence.file_path", ""},
		{"a part twice", "plan.docx", word(t, entry{"word/Document.xml", "x"}), "", "evidence.file_path", ""},
		{"a bomb", "plan.docx", bomb(t, false), "", "evidence.file_bomb", ""},
		{"a bomb that lies about its size", "plan.docx", bomb(t, true), "", "evidence.file_broken", ""},
		{"an OpenDocument file without content", "note.odt", archive(t, entry{"mimetype", evidence.ODT.Media()}), "", "evidence.file_broken", ""},

		{"a text in Latin-1", "rows.csv", []byte("Ville d'\xe9t\xe9;12\n"), "", "evidence.file_encoding", ""},
		{"a NUL in a text", "rows.csv", append(bytes.Repeat([]byte("a;b\n"), 5000), 0), "", "evidence.file_encoding", ""},
		{"half a pair in UTF-16", "note.txt", []byte("\xff\xfe\x3d\xd8a\x00"), "", "evidence.file_encoding", ""},
		{"half a unit in UTF-16", "note.txt", []byte("\xff\xfea\x00b"), "", "evidence.file_encoding", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := evidence.Inspect(c.file, bytes.NewReader(c.content), int64(len(c.content)))
			if c.key == "" {
				if err != nil || f.Media != c.media || len(f.SHA256) != 64 || f.Size != int64(len(c.content)) {
					t.Fatalf("%+v, %v", f, err)
				}
				return
			}
			bad, ok := fault.As(err)
			if !ok || bad.Kind != fault.Invalid || bad.Key != c.key || len(bad.Fields) != 1 || bad.Fields[0].Name != "file" {
				t.Fatalf("%+v, %v, not %s", f, err, c.key)
			}
			if c.is != "" && bad.Args["Is"] != c.is {
				t.Errorf("is called %v, not %s", bad.Args["Is"], c.is)
			}
		})
	}
}

func TestNamesOfFilesAreMadeSafe(t *testing.T) {
	for given, want := range map[string]string{
		"Plan 2026.pdf":                    "Plan 2026.pdf",
		"خطة المدينة.pdf":                  "خطة المدينة.pdf",
		"../../etc/passwd":                 "passwd",
		`C:\Users\x\plan.pdf`:              "plan.pdf",
		"..":                               "file",
		"":                                 "file",
		"/":                                "file",
		".pdf":                             "pdf",
		"plan\u202Efdp.exe":                "planfdp.exe",
		"a\x00b\r\nc.txt":                  "abc.txt",
		"a\u2028b\u2066\u200fc.txt":        "abc.txt",
		`a<b>:"|?*.csv`:                    "a_b______.csv",
		"con.txt":                          "_con.txt",
		"LPT1.csv":                         "_LPT1.csv",
		"comma.csv":                        "comma.csv",
		"plan. .pdf":                       "plan.pdf",
		"a\xffb.txt":                       "a_b.txt",
		"نمی\u200cخواهم.txt":               "نمی\u200cخواهم.txt",
		strings.Repeat("é", 300) + ".docx": strings.Repeat("é", 115) + ".docx",
		strings.Repeat("a", 300):           strings.Repeat("a", 120),
	} {
		if got := evidence.Clean(given); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
		if again := evidence.Clean(evidence.Clean(given)); again != evidence.Clean(given) {
			t.Errorf("%q is not clean after one time: %q", given, again)
		}
	}
}

func TestOnlyWebAddressesAreLinks(t *testing.T) {
	for link, ok := range map[string]bool{
		"https://city.example/plan.pdf": true, "http://city.example:8080/a?b=c#d": true, " https://city.example ": true, "HTTPS://City.example": true,
		"https://ville.example/été": true, "http://192.0.2.7/plan": true, "https://[2001:db8::1]/": true,
		"": false, "city.example/plan": false, "/plan": false, "//city.example": false, "ftp://city.example": false, "mailto:a@city.example": false,
		"javascript:alert(1)": false, "JaVaScRiPt:alert(1)": false, "data:text/html,x": false, "file:///etc/passwd": false, "https://": false, "https:city.example": false,
		"https://a:b@city.example": false, "https://city.example/a b": false, "https://city.example/\n": true, "https://city.example/\u202Egpj": false,
		"https://localhost/x": false, "http://intranet/": false, `https://city.example\@evil.example`: false, "https://city.example/\x00": false,
		"https://city.example/" + strings.Repeat("a", 2000): false,
	} {
		if got, bad := evidence.CleanLink(link); (bad == nil) != ok || ok && got != strings.TrimSpace(link) {
			t.Errorf("%q: %q, %v", link, got, bad)
		}
	}
	if host := evidence.Host("https://City.example:8443/a"); host != "city.example" {
		t.Error(host)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add("a.pdf", []byte(pdf))
	f.Add("a.docx", []byte("PK\x03\x04"))
	f.Add("a.txt", []byte("\xff\xfea"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		file, err := evidence.Inspect(name, bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatal(fmt.Errorf("%q: %w", name, err))
			}
			return
		}
		if file.Type == "" || evidence.TypeOf(file.Media) != file.Type || strings.ContainsAny(file.Name, "/\\\x00") {
			t.Fatalf("%+v", file)
		}
	})
}
