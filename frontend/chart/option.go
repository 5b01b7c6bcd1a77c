package chart

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// sheet lays out one drawing. Horizontal places count from the reading start: from the left in English, from the right
// in Arabic; sheet turns them into pixels. Series are drawn in the order in which they are added.
type sheet struct {
	width, height float64
	rtl           bool
	custom        *charts.Custom
	extra         []map[string]any // what go-echarts cannot say, by series
	axes          bool             // values have places; without it everything stands at pixels
	texts         []text
	rules         []rules
}

type text struct {
	x, y   float64
	words  string
	as     role
	anchor anchor
}

// anchor says which point of a text stands at its place, in reading direction.
type anchor int

const (
	start anchor = iota
	middle
	end
)

// rules are the straight lines of one look, in the order in which the looks first came (a map would shuffle them).
type rules struct {
	as   stroke
	data []opts.CustomData
}

type stroke struct {
	colour string
	width  float64
}

func newSheet(width, height float64, rtl bool) *sheet {
	return &sheet{width: width, height: height, rtl: rtl, custom: charts.NewCustom()}
}

// px turns a place counted from the reading start into one counted from the left.
func (s *sheet) px(x float64) float64 {
	if s.rtl {
		return s.width - x
	}
	return x
}

func (s *sheet) text(x, y float64, words string, as role, a anchor) {
	if words != "" {
		s.texts = append(s.texts, text{x, y, isolate(words), as, a})
	}
}

// isolate lets Arabic words with figures among them run from right to left: the drawing itself runs from left to right,
// which would put "58 و66" in the wrong order. The two marks are invisible and have no width.
func isolate(words string) string {
	const rightToLeft, end = "\u2067", "\u2069"
	arabic, other := false, false
	for _, c := range words {
		if unicode.Is(unicode.Arabic, c) {
			arabic = true
		} else if c != ' ' {
			other = true
		}
	}
	if arabic && other {
		return rightToLeft + words + end
	}
	return words
}

// lines writes wrapped lines centred on y.
func (s *sheet) lines(x, y float64, lines []string, as role, a anchor) {
	pitch := as.size * 1.25
	y -= pitch * float64(len(lines)-1) / 2
	for i, line := range lines {
		s.text(x, y+pitch*float64(i), line, as, a)
	}
}

// rule draws a straight line between two places.
func (s *sheet) rule(x1, y1, x2, y2 float64, as stroke) {
	line := opts.CustomData{Value: []float64{round(s.px(x1)), round(y1), round(s.px(x2)), round(y2)}}
	for i := range s.rules {
		if s.rules[i].as == as {
			s.rules[i].data = append(s.rules[i].data, line)
			return
		}
	}
	s.rules = append(s.rules, rules{as, []opts.CustomData{line}})
}

// plot is the value axis from 0 to 100 between two places, with its grid lines and figures below.
type plot struct {
	s           *sheet
	from, to    float64 // places of 0 and 100, from the reading start
	top, bottom float64
}

// axis sets up the coordinate system: values across, pixels below top downwards.
func (s *sheet) axis(from, to, top, bottom float64) plot {
	s.axes = true
	s.custom.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{
			Type: "value", Min: 0, Max: 100, Inverse: opts.Bool(s.rtl),
			AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
			AxisTick:  &opts.AxisTick{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: ink3, FontSize: 12, Margin: 12},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: gridLine}},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Show: opts.Bool(false), Inverse: opts.Bool(true), Min: 0, Max: bottom - top,
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(false)}, // Validate expects one
		}),
		charts.WithGridOpts(opts.Grid{
			Left: pixels(min(s.px(from), s.px(to))), Right: pixels(s.width - max(s.px(from), s.px(to))),
			Top: pixels(top), Bottom: pixels(s.height - bottom),
		}),
	)
	return plot{s, from, to, top, bottom}
}

// hiddenAxis is axis without anything drawn: values across, pixels of the whole sheet down.
func (s *sheet) hiddenAxis(from, to float64) plot {
	p := s.axis(from, to, 0, s.height)
	s.custom.XAxisList[0].Show = opts.Bool(false)
	return p
}

// place is where a value stands, from the reading start.
func (p plot) place(value float64) float64 { return p.from + (p.to-p.from)*value/100 }

func pixels(v float64) string { return strconv.FormatFloat(round(v), 'f', -1, 64) + "px" }

// round keeps two decimals: a hundredth of a pixel or of a point is never seen, and options and SVG stay short.
func round(v float64) float64 { return math.Round(v*100) / 100 }

// add appends a series of one of our own kinds (src/engine/series.ts) with what it needs beside its data.
func (s *sheet) add(kind, name string, data []opts.CustomData, payload map[string]any) {
	if len(data) == 0 {
		return
	}
	s.custom.AddSeries(name, data, charts.WithCustomChartOpts(opts.CustomChart{RenderItem: types.FuncStr(kind)}))
	s.extra = append(s.extra, map[string]any{"itemPayload": payload, "clip": false})
}

// addInPixels is add for the kinds that stand at pixels of the sheet, not at values.
func (s *sheet) addInPixels(kind, name string, data []opts.CustomData, payload map[string]any) {
	if len(data) == 0 {
		return
	}
	s.add(kind, name, data, payload)
	last := s.extra[len(s.extra)-1]
	last["coordinateSystem"] = "none"
	last["silent"] = kind != "cell"
}

// marks appends symbols at values.
func (s *sheet) marks(name, symbol string, size any, data []opts.ScatterData, style opts.ItemStyle) {
	if len(data) == 0 {
		return
	}
	scatter := charts.NewScatter()
	scatter.AddSeries(name, data, charts.WithItemStyleOpts(style))
	s.custom.Overlap(scatter)
	s.extra = append(s.extra, map[string]any{"symbol": symbol, "symbolSize": size, "clip": false})
}

// intervals appends bars from low to high at values.
func (s *sheet) intervals(name string, data []opts.CustomData, height, radius float64, fill string, more map[string]any) {
	payload := map[string]any{"height": height, "radius": radius, "fill": fill}
	for k, v := range more {
		payload[k] = v
	}
	s.add("interval", name, data, payload)
}

// drawRules appends the rules drawn so far; texts come last, by finish.
func (s *sheet) drawRules() {
	for _, r := range s.rules {
		s.addInPixels("rule", "", r.data, map[string]any{"stroke": r.as.colour, "width": r.as.width})
	}
	s.rules = nil
}

// finish writes the texts and yields the drawing.
func (s *sheet) finish(label string) Drawing {
	s.drawRules()
	data, words := make([]opts.CustomData, len(s.texts)), make([][4]string, len(s.texts))
	for i, t := range s.texts {
		data[i] = opts.CustomData{Value: []float64{round(s.px(t.x)), round(t.y)}}
		words[i] = [4]string{t.words, t.as.fill, t.as.font(), s.align(t.anchor)}
	}
	s.addInPixels("words", "", data, map[string]any{"words": words})
	s.custom.SetGlobalOptions(charts.WithAnimation(false))
	s.custom.Validate()
	return Drawing{
		Option: s.patch(s.custom.JSON()), Width: int(math.Ceil(s.width)), Height: int(math.Ceil(s.height)), Label: label,
	}
}

func (s *sheet) align(a anchor) string {
	switch {
	case a == middle:
		return "center"
	case (a == start) == s.rtl:
		return "right"
	default:
		return "left"
	}
}

// patch adds to the map of go-echarts what its types cannot say, and takes out what our engine does not have.
func (s *sheet) patch(option map[string]any) json.RawMessage {
	for _, key := range []string{"title", "legend", "toolbox", "tooltip", "color"} {
		delete(option, key)
	}
	if !s.axes {
		delete(option, "xAxis")
		delete(option, "yAxis")
	}
	plain := asMap(option)
	each(plain["xAxis"], func(_ int, axis map[string]any) { axis["interval"] = 25 })
	each(plain["grid"], func(_ int, grid map[string]any) { grid["outerBoundsMode"] = "none" }) // ECharts 6 else shrinks it
	each(plain["series"], func(i int, series map[string]any) {
		for k, v := range s.extra[i] {
			series[k] = v
		}
	})
	return mustMarshal(plain)
}

// each visits the maps of a list, or the one map that stands where go-echarts writes a list of one.
func each(v any, do func(int, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		do(0, v)
	case []any:
		for i, item := range v {
			do(i, item.(map[string]any))
		}
	}
}

// asMap turns the structs of go-echarts into plain maps.
func asMap(v any) map[string]any {
	var m map[string]any
	if err := json.Unmarshal(mustMarshal(v), &m); err != nil {
		panic(err) // what Marshal wrote is an object
	}
	return m
}

// mustMarshal panics on what JSON cannot hold: NaN, which never leaves the method. Engine recovers.
func mustMarshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// unmarshal reads back what mustMarshal wrote.
func unmarshal(data []byte, into any) {
	if err := json.Unmarshal(data, into); err != nil {
		panic(err)
	}
}

// rectangle and diamond are paths in pixels.
func rectangle(x, y, width, height float64) string {
	return fmt.Sprintf("M%.1f %.1fH%.1fV%.1fH%.1fZ", x, y, x+width, y+height, x)
}

func diamond(x, y, r float64) string {
	return fmt.Sprintf("M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ", x, y-r, x+r, y, x, y+r, x-r, y)
}
