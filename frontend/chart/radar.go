package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Radar shows one city's values as a shape, with the median of others dashed at most. It is drawn only when every
// corner has a value: ECharts would put a missing one at the centre, which reads as zero.
type Radar struct {
	Label, Caption string
	RTL            bool
	Dimension      string // head of the first column of the table
	Name           string // what the shape shows: "Situation", or the city
	MedianName     string // "" without median
	Marked         bool   // the own or chosen city: ochre
	Corners        []Corner
}

// Corner is one dimension. Median counts only when MedianKnown.
type Corner struct {
	Name        string // short: at most about 14 characters; for Small an id such as MR
	Value       Interval
	Median      float64
	MedianKnown bool
}

// Table is the figures of the chart.
func (d Radar) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.Dimension, d.Name}}
	if d.MedianName != "" {
		t.Head = append(t.Head, d.MedianName)
	}
	for _, c := range d.Corners {
		row := TableRow{Head: c.Name, Cells: []TableCell{c.Value.cell()}}
		if d.MedianName != "" {
			var median TableCell
			if c.MedianKnown {
				median.Value = figure(c.Median)
			}
			row.Cells = append(row.Cells, median)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// radarLayout is the place of the shape in its sheet.
type radarLayout struct{ width, height, x, y, radius float64 }

func (d Radar) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Corners) < 3 {
		return Drawing{}, false
	}
	banded, median := true, d.MedianName != ""
	for _, c := range d.Corners {
		if !c.Value.Known {
			return Drawing{}, false
		}
		banded = banded && c.Value.Banded
		median = median && c.MedianKnown
	}
	l := radarLayout{380, 340, 190, 172, 114}
	if size == Small {
		l = radarLayout{150, 132, 75, 68, 48}
		banded = false
	}
	s := newSheet(l.width, l.height, d.RTL)
	if banded {
		s.addInPixels("area", "", []opts.CustomData{{Value: []float64{0}}},
			map[string]any{"paths": []string{d.band(s, l)}, "fill": level(2), "opacity": .42})
	}
	if size == Small {
		d.small(s, l)
	} else {
		d.corners(s, r, l)
	}
	out := s.finish(d.Label)
	out.Option = d.withRadar(out.Option, l, size == Small, median)
	return out, true
}

// withRadar adds the radar itself, which go-echarts builds as a chart of its own, behind the texts of the sheet.
func (d Radar) withRadar(option []byte, l radarLayout, small, median bool) []byte {
	radar := charts.NewRadar()
	var indicators []*opts.Indicator
	var values, medians []float64
	for _, c := range d.Corners {
		indicators = append(indicators, &opts.Indicator{Name: c.Name, Max: 100})
		values = append(values, round(c.Value.Central))
		medians = append(medians, round(c.Median))
	}
	splits := 4
	if small {
		splits = 2
	}
	radar.SetGlobalOptions(charts.WithRadarComponentOpts(opts.RadarComponent{
		Indicator: indicators, Shape: "polygon", SplitNumber: splits, StartAngle: 90, Center: []float64{l.x, l.y},
		SplitArea: &opts.SplitArea{Show: opts.Bool(false)},
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: gridLine}},
		AxisLine:  &opts.AxisLine{Show: opts.Bool(!small), LineStyle: &opts.LineStyle{Color: gridLine}},
	}))
	colour := teal
	if d.Marked {
		colour = ochreMark
	}
	if median {
		radar.AddSeries(d.MedianName, []opts.RadarData{{Name: d.MedianName, Value: medians}},
			charts.WithLineStyleOpts(opts.LineStyle{Color: edge, Width: 1.25}))
	}
	radar.AddSeries(d.Name, []opts.RadarData{{Name: d.Name, Value: values}},
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: 2.25}))
	radar.Validate()

	plain := asMap(radar.JSON())
	component := plain["radar"].(map[string]any)
	component["radius"] = l.radius
	component["clockwise"] = !d.RTL
	component["axisName"] = map[string]any{"show": false} // the sheet writes names with their values
	series := plain["series"].([]any)
	for i, one := range series {
		m := one.(map[string]any)
		m["symbol"], m["symbolSize"] = "circle", 8
		if small || len(series) == 2 && i == 0 {
			m["symbol"] = "none"
		}
		if len(series) == 2 && i == 0 {
			m["lineStyle"].(map[string]any)["type"] = []int{3, 3}
		} else if small {
			m["areaStyle"] = map[string]any{"color": colour, "opacity": .16}
		}
	}
	var sheet map[string]any
	unmarshal(option, &sheet)
	sheet["radar"] = component
	sheet["series"] = append(series, sheet["series"].([]any)...)
	// The band lies under the lines: the radar's series have z 2 like all others, so order alone decides.
	all := sheet["series"].([]any)
	for i, one := range all {
		if one.(map[string]any)["renderItem"] == "area" {
			copy(all[1:i+1], all[:i])
			all[0] = one
		}
	}
	return mustMarshal(sheet)
}

// angle of a corner, clockwise from the top; mirrored for right-to-left readers by the sheet.
func (d Radar) angle(i int) float64 { return 2 * math.Pi * float64(i) / float64(len(d.Corners)) }

// corners writes each name and value outside its corner, and the scale on the first axis.
func (d Radar) corners(s *sheet, r *ruler, l radarLayout) {
	for i, c := range d.Corners {
		sin, cos := math.Sincos(d.angle(i))
		x, y := l.x+(l.radius+7)*sin, l.y-(l.radius+22)*cos
		a := middle
		switch {
		case sin > .2:
			a = start
		case sin < -.2:
			a = end
		}
		room := l.width - x
		if a == end {
			room = x
		} else if a == middle {
			room = l.width
		}
		lines := r.wrap(c.Name, small, room)
		height := 15 * float64(len(lines))
		if a == middle && cos > 0 {
			y -= height - 15 // grow upwards at the top
		}
		s.lines(x, y-8+(height-15)/2, lines, small, a)
		s.text(x, y+8+(height-15), figure(c.Value.Central), strong, a)
	}
	s.text(l.x+4, l.y-l.radius/2, "50", tiny, start)
	s.text(l.x+4, l.y-l.radius+3, "100", tiny, start)
}

// small writes the ids alone.
func (d Radar) small(s *sheet, l radarLayout) {
	for i, c := range d.Corners {
		sin, cos := math.Sincos(d.angle(i))
		s.text(l.x+(l.radius+11)*sin, l.y-(l.radius+10)*cos, c.Name, tiny, middle)
	}
}

// band is the path between the polygons of high and low; low runs backwards, which leaves it empty.
func (d Radar) band(s *sheet, l radarLayout) string {
	var path strings.Builder
	n := len(d.Corners)
	for k := range 2 * n {
		i, value := k, 0.0
		if k < n {
			value = d.Corners[i].Value.High
		} else {
			i = 2*n - 1 - k
			value = d.Corners[i].Value.Low
		}
		sin, cos := math.Sincos(d.angle(i))
		op := "L"
		if k%n == 0 {
			op = "M"
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", op, s.px(l.x+l.radius*value/100*sin), l.y-l.radius*value/100*cos)
		if k%n == n-1 {
			path.WriteString("Z")
		}
	}
	return path.String()
}
