package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// kept are the elements and attributes that may stand in a page: nothing that runs, refers, styles or names.
var kept = map[string][]string{
	"g":        {"transform"},
	"path":     {"d", "transform"},
	"rect":     {"x", "y", "width", "height", "rx", "ry"},
	"circle":   {"cx", "cy", "r"},
	"ellipse":  {"cx", "cy", "rx", "ry"},
	"line":     {"x1", "y1", "x2", "y2"},
	"polyline": {"points"},
	"polygon":  {"points"},
	"text":     {"x", "y", "text-anchor", "dominant-baseline", "transform"},
}

// look are the presentation attributes kept on everything but texts, whose look is their class.
var look = []string{"fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"}

// clean rewrites the SVG of ECharts for a page with a strict content security policy: listed elements and attributes
// only, no style, no script, no ids, texts escaped anew and dressed by the classes of style.css, numbers shortened.
// direction="ltr" keeps text-anchor from flipping in a right-to-left page; each text still runs in its own direction.
func clean(svg string, d Drawing) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="chart" viewBox="0 0 %d %d" width="%d" role="img" direction="ltr" aria-label="`, d.Width, d.Height, d.Width)
	escape(&out, d.Label)
	out.WriteString(`">`)

	in := xml.NewDecoder(strings.NewReader(svg))
	depth, skip := 0, 0 // skip counts the open elements inside one that is left out
	inText := false
	var renamed []string // the open elements by the name that they got
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read the drawn SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			name := t.Name.Local
			attributes, ok := kept[name]
			if depth == 1 {
				continue // the root is our own
			}
			if skip > 0 || !ok || invisible(name, t.Attr, d) {
				skip++
				continue
			}
			inText = name == "text"
			if box := roundedBox(t.Attr); box != nil {
				t = xml.StartElement{Name: xml.Name{Local: "rect"}, Attr: box}
				name, attributes = "rect", kept["rect"]
			}
			renamed = append(renamed, name)
			out.WriteString("<" + name)
			writeAttributes(&out, name, attributes, t.Attr)
			out.WriteString(">")
		case xml.EndElement:
			depth--
			switch {
			case depth == 0:
			case skip > 0:
				skip--
			default:
				out.WriteString("</" + renamed[len(renamed)-1] + ">")
				renamed = renamed[:len(renamed)-1]
				inText = false
			}
		case xml.CharData:
			if inText && skip == 0 {
				escape(&out, string(t))
			}
		}
	}
	out.WriteString("</svg>")
	return shorten.Replace(out.String()), nil
}

// shorten closes empty elements in one tag.
var shorten = strings.NewReplacer("></path>", "/>", "></rect>", "/>", "></circle>", "/>", "></ellipse>", "/>", "></line>", "/>",
	"></polyline>", "/>", "></polygon>", "/>")

// rounded is the path that ECharts writes for a rectangle with round corners: x+r, y, …, right edge, …, bottom, …, r.
var rounded = regexp.MustCompile(`^M([\d.-]+) ([\d.-]+)L[\d.-]+ [\d.-]+A([\d.]+) [\d.]+ 0 0 1 ([\d.-]+) [\d.-]+L[\d.-]+ [\d.-]+A[\d.]+ [\d.]+ 0 0 1 [\d.-]+ ([\d.-]+)` +
	`L[\d.-]+ [\d.-]+A[\d.]+ [\d.]+ 0 0 1 [\d.-]+ [\d.-]+L[\d.-]+ [\d.-]+A[\d.]+ [\d.]+ 0 0 1 [\d.-]+ [\d.-]+Z?$`)

// roundedBox turns such a path back into the attributes of a rect, a quarter as long. It is nil for any other element.
func roundedBox(attributes []xml.Attr) []xml.Attr {
	found := rounded.FindStringSubmatch(attribute(attributes, "d"))
	if found == nil || attribute(attributes, "transform") != "" {
		return nil
	}
	var v [5]float64
	for i := range v {
		v[i], _ = strconv.ParseFloat(found[i+1], 64) // digits, by the expression
	}
	x, y, r := v[0]-v[2], v[1], v[2]
	var out []xml.Attr
	for _, a := range []struct {
		name  string
		value float64
	}{{"x", x}, {"y", y}, {"width", v[3] - x}, {"height", v[4] - y}, {"rx", r}} {
		out = append(out, xml.Attr{Name: xml.Name{Local: a.name}, Value: strconv.FormatFloat(a.value, 'f', 2, 64)})
	}
	for _, name := range look {
		if value := attribute(attributes, name); value != "" {
			out = append(out, xml.Attr{Name: xml.Name{Local: name}, Value: value})
		}
	}
	return out
}

// moved is the transform of a text; placed adds it to x and y.
var moved = regexp.MustCompile(`^translate\(([\d.-]+)[ ,]([\d.-]+)\)$`)

func placed(attributes []xml.Attr) []xml.Attr {
	found := moved.FindStringSubmatch(attribute(attributes, "transform"))
	if found == nil {
		return attributes
	}
	var out []xml.Attr
	for _, a := range attributes {
		if n := a.Name.Local; n != "transform" && n != "x" && n != "y" {
			out = append(out, a)
		}
	}
	for i, name := range []string{"x", "y"} {
		own, _ := strconv.ParseFloat(attribute(attributes, name), 64) // absent is 0
		by, _ := strconv.ParseFloat(found[i+1], 64)
		out = append(out, xml.Attr{Name: xml.Name{Local: name}, Value: strconv.FormatFloat(own+by, 'f', 2, 64)})
	}
	return out
}

// invisible is true for what ECharts draws only to catch the pointer, and for its background.
func invisible(name string, attributes []xml.Attr, d Drawing) bool {
	if name == "g" || name == "text" {
		return false
	}
	fill, stroke := attribute(attributes, "fill"), attribute(attributes, "stroke")
	if (fill == "none" || fill == "transparent") && (stroke == "" || stroke == "none") {
		return true
	}
	return name == "rect" && attribute(attributes, "width") == strconv.Itoa(d.Width) && attribute(attributes, "height") == strconv.Itoa(d.Height)
}

func attribute(attributes []xml.Attr, name string) string {
	for _, a := range attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func writeAttributes(out *strings.Builder, name string, names []string, attributes []xml.Attr) {
	if name == "text" {
		attributes = placed(attributes)
		if class := classOf(attribute(attributes, "fill"), attribute(attributes, "style")); class != "" {
			fmt.Fprintf(out, ` class="%s"`, class)
		}
	} else {
		names = append(append([]string{}, names...), look...)
	}
	for _, want := range names {
		value := attribute(attributes, want)
		switch {
		case value == "" || strings.ContainsAny(value, "<&") || strings.Contains(value, "url("):
		case want == "text-anchor" && value == "start", want == "stroke-width" && value == "1":
		default:
			out.WriteString(" " + want + `="`)
			escape(out, numbers(value))
			out.WriteString(`"`)
		}
	}
}

// classOf finds the role of a text again from the colour and the font that the engine wrote.
func classOf(fill, style string) string {
	font := ""
	for rule := range strings.SplitSeq(style, ";") {
		if key, value, _ := strings.Cut(rule, ":"); strings.HasPrefix(strings.TrimSpace(key), "font") {
			font += " " + value // "font: 600 13px …", or font-size and font-weight apart
		}
	}
	size, bold := parseFont(font)
	for _, r := range roles {
		if r.fill == fill && r.size == size && r.bold == bold {
			return r.class
		}
	}
	return small.class
}

// numbers shortens every number in an attribute to one decimal.
func numbers(value string) string {
	if strings.HasPrefix(value, "var(") {
		return value
	}
	var out strings.Builder
	for i := 0; i < len(value); {
		j := i
		for j < len(value) && (value[j] >= '0' && value[j] <= '9' || value[j] == '.') {
			j++
		}
		if j == i {
			out.WriteByte(value[i])
			i++
			continue
		}
		v, err := strconv.ParseFloat(value[i:j], 64)
		if err != nil || !strings.Contains(value[i:j], ".") {
			out.WriteString(value[i:j])
		} else {
			out.WriteString(short(v))
		}
		i = j
	}
	return out.String()
}

// short keeps one decimal from 1 upwards and two below, where opacities are.
func short(v float64) string {
	decimals := 1
	if v < 1 {
		decimals = 2
	}
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', decimals, 64), "0"), ".")
	if text == "" {
		return "0"
	}
	return text
}

// escape writes text so that it is text in HTML and in XML.
func escape(out *strings.Builder, text string) {
	for _, c := range text {
		switch c {
		case '<':
			out.WriteString("&lt;")
		case '>':
			out.WriteString("&gt;")
		case '&':
			out.WriteString("&amp;")
		case '"':
			out.WriteString("&#34;")
		case '\'':
			out.WriteString("&#39;")
		default:
			out.WriteRune(c)
		}
	}
}
