package chart

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write the golden options anew")

func TestOptionsAreThoseOfTheGoldenFiles(t *testing.T) {
	e := sharedEngine(t)
	for _, lang := range []string{"en", "ar"} {
		for _, s := range samples(lang) {
			if strings.HasPrefix(s.name, "matrix") && lang == "en" || strings.HasPrefix(s.name, "strip-of-many") {
				continue // long; the Arabic matrix covers both, the pictures the histogram
			}
			t.Run(s.name+" in "+lang, func(t *testing.T) {
				d, ok := e.Drawing(s.chart, s.size)
				if !ok {
					t.Fatal("not laid out")
				}
				var got bytes.Buffer
				if err := json.Indent(&got, d.Option, "", " "); err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&got, "\n%d × %d\n", d.Width, d.Height)
				name := filepath.Join("testdata", s.name+"."+lang+".golden.json")
				if *update {
					if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("the option differs from %s; look at it with -pictures, then run with -update", name)
				}
			})
		}
	}
}

// The same data must give the same bytes, or the cache never hits.
func TestTheSameDataGivesTheSameOption(t *testing.T) {
	e := sharedEngine(t)
	for _, s := range samples("en") {
		a, _ := e.Drawing(s.chart, s.size)
		for range 5 {
			if b, _ := e.Drawing(s.chart, s.size); !bytes.Equal(a.Option, b.Option) {
				t.Errorf("%s: two layouts differ", s.name)
			}
		}
	}
}

func TestNoOptionHoldsAFunction(t *testing.T) {
	e := sharedEngine(t)
	for _, lang := range []string{"en", "ar"} {
		for _, s := range samples(lang) {
			d, _ := e.Drawing(s.chart, s.size)
			for _, script := range []string{"function", "__f__", "=>", "<script", "</", "formatter"} {
				if bytes.Contains(d.Option, []byte(script)) {
					t.Errorf("%s in %s: the option contains %q", s.name, lang, script)
				}
			}
		}
	}
}

// Whatever ECharts may write, a page gets these elements and attributes only.
func TestDrawingsKeepToTheContentPolicy(t *testing.T) {
	e := sharedEngine(t)
	properties := regexp.MustCompile(`^(var\(--[a-z0-9-]+\)|none)$`)
	for _, lang := range []string{"en", "ar"} {
		for _, s := range samples(lang) {
			svg := string(e.SVG(t.Context(), s.chart, s.size))
			if !strings.HasPrefix(svg, `<svg class="chart" viewBox="0 0 `) || !strings.Contains(svg, `role="img" direction="ltr" aria-label="`) {
				t.Fatalf("%s in %s begins %.120s", s.name, lang, svg)
			}
			in := xml.NewDecoder(strings.NewReader(svg))
			for {
				token, err := in.Token()
				if token == nil {
					break
				}
				if err != nil {
					t.Fatalf("%s in %s: %v", s.name, lang, err)
				}
				element, ok := token.(xml.StartElement)
				if !ok || element.Name.Local == "svg" {
					continue
				}
				if _, ok := kept[element.Name.Local]; !ok {
					t.Errorf("%s in %s: an element %s", s.name, lang, element.Name.Local)
				}
				for _, a := range element.Attr {
					switch a.Name.Local {
					case "style", "id", "href", "onclick", "onerror":
						t.Errorf("%s in %s: an attribute %s", s.name, lang, a.Name.Local)
					case "fill", "stroke":
						if !properties.MatchString(a.Value) {
							t.Errorf("%s in %s: the colour %q is no custom property", s.name, lang, a.Value)
						}
					}
				}
			}
			for _, bad := range []string{"NaN", "Infinity", "undefined", "url(", "<style", "<defs"} {
				if strings.Contains(svg, bad) {
					t.Errorf("%s in %s contains %q", s.name, lang, bad)
				}
			}
		}
	}
}

// Every class and custom property of a drawing must exist in the stylesheet.
func TestLooksAreInTheStylesheet(t *testing.T) {
	css, err := os.ReadFile("../style/style.css")
	if err != nil {
		t.Fatal(err)
	}
	e := sharedEngine(t)
	for _, s := range samples("en") {
		svg := string(e.SVG(t.Context(), s.chart, s.size))
		for _, m := range regexp.MustCompile(`<text class="([^"]+)"|var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(svg, -1) {
			for _, class := range strings.Fields(m[1]) {
				if !bytes.Contains(css, []byte(".chart ."+class+" ")) {
					t.Errorf("%s: no class %q in the stylesheet", s.name, class)
				}
			}
			if m[2] != "" && !bytes.Contains(css, []byte(m[2]+":")) {
				t.Errorf("%s: no property %q in the stylesheet", s.name, m[2])
			}
		}
	}
}

const evil = `x</script><img src=x onerror="alert(1)">&'{b}{a|__f__alert(2)__f__`

func TestTextsOfPeopleComeOutAsText(t *testing.T) {
	e := sharedEngine(t)
	dots, radar, strip, matrix := sampleDots("en"), sampleRadar("en", false, false), sampleStrip("en", 7), sampleMatrix("en")
	dots.Label, dots.Rows[0].Name, dots.Rows[1].Values, dots.Situation, dots.Rows[5].Effort.Words = evil, evil, evil, evil, evil
	radar.Label, radar.Name, radar.Corners[2].Name = evil, evil, evil
	strip.Label, strip.Marked, strip.Rows[0].Peers[0].Name, strip.Rows[0].Name = evil, evil, evil, evil
	matrix.Label, matrix.Rows[3].Name, matrix.Groups[0].Name, matrix.Groups[1].Columns[0] = evil, evil, evil, evil
	for _, c := range []Chart{dots, radar, strip, matrix, Band{Label: evil, Name: evil, Value: band(1, 2, 3)}} {
		t.Run(fmt.Sprintf("%T", c), func(t *testing.T) {
			d, ok := e.Drawing(c, Wide)
			if !ok {
				t.Fatal("not laid out")
			}
			if bytes.ContainsAny(d.Option, "<>&") {
				t.Error("the option is not safe inside a script element")
			}
			svg := string(e.SVG(t.Context(), c, Wide))
			if !strings.Contains(svg, "x&lt;/script&gt;&lt;img") {
				t.Error("the text is missing")
			}
			if strings.Contains(svg, "<img") || strings.Contains(svg, "</script") {
				t.Error("the text came out as an element")
			}
		})
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	e := sharedEngine(t)
	gap := sampleRadar("en", false, false)
	gap.Corners[3].Value = Interval{Low: 10, High: 90, Banded: true}
	large := sampleMatrix("en")
	for len(large.Rows) < 20 {
		large.Rows = append(large.Rows, large.Rows[0])
	}
	nan := sampleDots("en")
	nan.Rows[0].Situation.Central = math.NaN()
	for _, test := range []struct {
		name  string
		chart Chart
	}{
		{"a radar with a missing corner, which would read as zero", gap},
		{"a radar with two corners", Radar{Corners: gap.Corners[:2]}},
		{"a matrix of more than 500 cells, which is a table", large},
		{"a matrix without cities", HeatMap{Groups: large.Groups}},
		{"a band of nothing", Band{Value: Interval{Words: "not enough answers"}}},
		{"dots without dimensions", Dots{}},
		{"three times nothing", Backed{}},
		{"a strip without dimensions", Strip{}},
		{"a value that is no number", nan},
	} {
		t.Run(test.name, func(t *testing.T) {
			if svg := e.SVG(t.Context(), test.chart, Wide); svg != "" {
				t.Errorf("was drawn: %.80s", svg)
			}
		})
	}
}

func TestTablesSayWhatTheChartsSay(t *testing.T) {
	dots := harderDots("en").Table()
	strip := sampleStrip("en", 7).Table()
	matrix := sampleMatrix("en").Table()
	for _, test := range []struct {
		name      string
		got, want TableCell
	}{
		{"value and band", sampleDots("en").Table().Rows[0].Cells[0], TableCell{"58", "50–63", ""}},
		{"words for an absent number", sampleDots("en").Table().Rows[5].Cells[1], TableCell{"", "", "effort: insufficient basis"}},
		{"a band without a centre keeps its words", dots.Rows[1].Cells[0], TableCell{"", "10–95", "not enough answers"}},
		{"a number of the best backed alone", sampleBacked("en").Table().Rows[0].Cells[2], TableCell{"55", "45–70", ""}},
		{"words where too few are backed", sampleBacked("en").Table().Rows[1].Cells[2], TableCell{"", "32–100", "not enough answers"}},
		{"the marked city in a strip", strip.Rows[0].Cells[0], TableCell{"58", "50–63", ""}},
		{"the median in a strip", strip.Rows[0].Cells[2], TableCell{"66", "", ""}},
		{"no distribution of fewer than five cities", strip.Rows[5].Cells[1], TableCell{"", "", "fewer than five cities"}},
		{"a value in a matrix", matrix.Rows[0].Cells[0], TableCell{"0", "", ""}},
		{"not comparable in a matrix", matrix.Rows[5].Cells[0], TableCell{"", "", "not comparable"}},
		{"not answered in a matrix", matrix.Rows[0].Cells[7], TableCell{"", "", "not answered"}},
	} {
		if test.got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, test.got, test.want)
		}
	}
	for name, table := range map[string]Table{"dots": dots, "strip": strip, "matrix": matrix, "radar": sampleRadar("en", true, false).Table()} {
		for _, row := range table.Rows {
			if len(row.Cells)+1 != len(table.Head) {
				t.Errorf("%s: %q has %d cells below %d heads", name, row.Head, len(row.Cells), len(table.Head))
			}
		}
	}
}

func TestShadesAndFiguresAreRoundedHalfUp(t *testing.T) {
	for _, test := range []struct {
		value  float64
		shade  string
		figure string
	}{
		{0, "l0", "0"}, {12.4, "l0", "12"}, {12.5, "l1", "13"}, {50, "l2", "50"}, {62.5, "l3", "63"}, {66.6, "l3", "67"}, {87.5, "l4", "88"}, {100, "l4", "100"},
	} {
		if got := ShadeClass(test.value); got != test.shade {
			t.Errorf("the shade of %v is %s, want %s", test.value, got, test.shade)
		}
		if got := figure(test.value); got != test.figure {
			t.Errorf("%v is shown as %s, want %s", test.value, got, test.figure)
		}
	}
}

func TestPeersNeverCoverEachOther(t *testing.T) {
	// Six cities with one value: five lines, and the sixth goes where the line is free longest.
	same := make([]Peer, 5)
	for i := range same {
		same[i] = Peer{fmt.Sprint(i), 50}
	}
	seen := map[float64]bool{}
	for _, dot := range stack(same, 0, 4) {
		y := dot.Value.([]float64)[1]
		if seen[y] {
			t.Errorf("two circles at %v", y)
		}
		seen[y] = true
	}
	for _, dot := range stack([]Peer{{"a", 10}, {"b", 20}, {"c", 30}}, 0, 4) {
		if y := dot.Value.([]float64)[1]; y != 0 {
			t.Errorf("a circle with room is at %v", y)
		}
	}
}

// The widths are those of Chromium (getComputedTextLength at 100 px): Latin with the same Noto Sans, Arabic with Debian's
// Noto Sans Arabic, an older drawing of the same letters, hence the tolerance.
func TestRuler(t *testing.T) {
	r := sharedEngine(t).ruler
	for _, test := range []struct {
		text      string
		bold      bool
		want      float64
		tolerance float64
	}{
		{"Whole of government", false, 1022.5, .001},
		{"Whole of government", true, 1060.0, .001},
		{"Bahía Nueva", false, 589.9, .001},
		{"58 و66", false, 299.5, .02},
		{"حقوق المهاجرين", false, 644.8, .1},
		{"الجهد: أساس غير كافٍ", true, 922.8, .1},
	} {
		if got := r.width(test.text, 100, test.bold); math.Abs(got-test.want) > test.want*test.tolerance {
			t.Errorf("%q is %.1f wide, Chromium says %.1f", test.text, got, test.want)
		}
	}
	joined, apart := r.width("حقوق", 100, false), r.width("ح", 100, false)+r.width("ق", 100, false)+r.width("و", 100, false)+r.width("ق", 100, false)
	if joined >= apart*.9 {
		t.Errorf("joined letters are %.1f wide, apart %.1f: the text is not shaped", joined, apart)
	}
	if r.width("Situation", 13, true) <= r.width("Situation", 13, false) {
		t.Error("semi-bold is not wider than regular")
	}
	if got := r.cssWidth("Situation", "600 13px sans-serif"); got != r.width("Situation", 13, true) {
		t.Errorf("as CSS the width is %v", got)
	}
	if got := r.width("漢字", 10, false); got != 20 {
		t.Errorf("two unknown ideographs are %v wide, want 20", got)
	}
	if a, b := r.width("58 و66", 13, false), r.width(isolate("58 و66"), 13, false); a != b {
		t.Errorf("isolating marks have a width: %v and %v", a, b)
	}
	if got := r.wrap("Safe, orderly and regular migration", strong, 214); len(got) != 2 {
		t.Errorf("wrapped into %q", got)
	}
}

func TestASmallRadarAndALargeOneStayWithinTheirBytes(t *testing.T) {
	e := sharedEngine(t)
	for _, s := range samples("ar") {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, 6)
		svg := e.SVG(t.Context(), s.chart, s.size)
		w.Write([]byte(svg))
		w.Close()
		t.Logf("%-20s %6d bytes, %5d compressed", s.name, len(svg), packed.Len())
		if strings.HasPrefix(s.name, "radar") && packed.Len() > 4<<10 {
			t.Errorf("%s is %d bytes compressed, the limit is 4 KB", s.name, packed.Len())
		}
	}
}

func TestMissingFrontEndIsAnError(t *testing.T) {
	if _, err := New(fstest.MapFS{}, nil); err == nil {
		t.Error("an engine without its files")
	}
}
