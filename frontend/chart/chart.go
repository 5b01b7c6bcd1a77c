// Package chart draws the figures of a card and of a comparison.
//
// Each chart is a plain struct of numbers and of words in the reader's language. It yields an ECharts option
// (built by go-echarts: data only, never a function) and the table that says the same. Engine turns the option into SVG
// on the server: ECharts inside goja, with text widths from embedded fonts. Nothing here knows of scores or languages.
//
// Colours are the custom properties of style.css ("var(--teal)"), so that one drawing serves light, dark and paper.
package chart

import (
	"encoding/json"
	"math"
	"strconv"
)

// Size chooses among the drawings of a chart.
type Size int

const (
	Wide   Size = iota // about 760 pixels, for `.only-wide`
	Narrow             // 350 pixels, for `.only-narrow`
	Small              // one of many beside each other (Radar only; others draw Narrow)
)

// Chart is anything that Engine can draw.
type Chart interface {
	// drawing lays the chart out. It is false when the figures do not allow the drawing; then words stand in its place.
	drawing(r *ruler, s Size) (Drawing, bool)
	// Table holds the same figures as the drawing.
	Table() Table
}

// Drawing is a laid-out chart. Option is JSON without any function and safe inside <script type="application/json">.
type Drawing struct {
	Option        json.RawMessage
	Width, Height int    // CSS pixels
	Label         string // one sentence for those who do not see the drawing
}

// Table holds the figures of a chart for a data table: the first cell of a row is its header.
type Table struct {
	Caption string
	Head    []string
	Rows    []TableRow
}

// TableRow is a row of a Table. Marked is the own or chosen city.
type TableRow struct {
	Head   string
	Marked bool
	Cells  []TableCell
}

// TableCell shows a figure with its range ("58", "50–63"), or words where there is no figure, or nothing.
type TableCell struct{ Value, Range, Words string }

// Interval is a number from 0 to 100 with its band. Central means something only when Known, Low and High only when
// Banded. Words stand at the place of the mark where the number is absent ("insufficient basis").
type Interval struct {
	Low, Central, High float64
	Known, Banded      bool
	Words              string
}

func (v Interval) cell() TableCell {
	var c TableCell
	if v.Known {
		c.Value = figure(v.Central)
	} else {
		c.Words = v.Words
	}
	if v.Banded {
		c.Range = figure(v.Low) + "–" + figure(v.High)
	}
	return c
}

// top is the end of all that is drawn of v, and bottom its start. Both are false when nothing is.
func (v Interval) ends() (bottom, top float64, ok bool) {
	switch {
	case v.Banded && v.Known:
		return min(v.Low, v.Central), max(v.High, v.Central), true
	case v.Banded:
		return v.Low, v.High, true
	default:
		return v.Central, v.Central, v.Known
	}
}

// figure shows a value as people read it: a whole number, half up (66.6 is 67, 62.5 is 63).
func figure(v float64) string { return strconv.Itoa(int(math.Floor(v + 0.5))) }

// Shade is the class of a value from 0 to 100 in a matrix, 0 to 4: round(value ÷ 25). In pages it is written l0 to l4.
func Shade(value float64) int {
	return int(min(max(math.Floor(value/25+0.5), 0), 4))
}

// ShadeClass is the class name of a value's cell in an HTML table: "l0" to "l4".
func ShadeClass(value float64) string { return "l" + strconv.Itoa(Shade(value)) }

// The palette: custom properties of style.css. No other colour stands in a drawing.
const (
	teal      = "var(--teal)"
	ochre     = "var(--ochre)"
	ochreMark = "var(--ochre-mark)"
	ochreTint = "var(--ochre-tint)"
	ink       = "var(--ink)"
	ink2      = "var(--ink-2)"
	ink3      = "var(--ink-3)"
	gridLine  = "var(--line)"
	line2     = "var(--line-2)"
	edge      = "var(--edge)"
	surface   = "var(--surface)"
	hatch     = "var(--hatch)"
	onLight   = "var(--l-ink-light)"
	onDark    = "var(--l-ink-dark)"
)

func level(i int) string { return "var(--l" + strconv.Itoa(i) + ")" }

// A role is a kind of text: its class in style.css, which alone decides how it looks in the page, and the same
// size, weight and colour for the engine.
type role struct {
	class string
	size  float64 // pixels
	bold  bool
	fill  string
}

var (
	plain     = role{"", 13, false, ink2}
	small     = role{"t-s", 12, false, ink3}
	tiny      = role{"t-s t10", 10.5, false, ink3}
	strong    = role{"t-b", 13, true, ink}
	ofTeal    = role{"teal-t", 13, true, teal}
	ofOchre   = role{"own-t", 13, true, ochre}
	cellLight = role{"c0 t12", 12, false, onLight}
	cellDark  = role{"c1 t12", 12, false, onDark}
)

// roles are all of them; the cleaning of the SVG turns fill and font back into the class.
var roles = []role{plain, small, tiny, strong, ofTeal, ofOchre, cellLight, cellDark}

func (r role) font() string {
	weight := "400"
	if r.bold {
		weight = "600"
	}
	return weight + " " + strconv.FormatFloat(r.size, 'f', -1, 64) + "px sans-serif"
}
