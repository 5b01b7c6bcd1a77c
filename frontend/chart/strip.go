package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// Strip shows how the cities of a group are spread in each dimension: a circle for each city (stacked when they touch),
// the ground from the first to the third quartile, a line at the median, and one city marked. It orders no city.
type Strip struct {
	Label, Caption                       string
	RTL                                  bool
	Dimension                            string // head of the first column of the table
	Median, FirstQuartile, ThirdQuartile string // names of the figures
	Marked                               string // name of the marked city, "" without
	Rows                                 []StripRow
}

// StripRow is one dimension. Quartiles count only when Spread; with fewer than five cities there is no distribution
// and Words say so. Values are the words at the end of the row ("58, median 66").
type StripRow struct {
	Name, Values, Words string
	Spread              bool
	Q1, Median, Q3      float64
	Own                 Interval // the marked city, Known or not; not among Peers
	Peers               []Peer
}

// Peer is one other city with its value.
type Peer struct {
	Name  string
	Value float64
}

// MostDots is the number of cities up to which each is a circle of its own. Beyond, the row is a histogram, and the
// words of the page should say "the taller, the more cities" instead of "one dot per city".
const MostDots = 40

// Dots reports whether each city is drawn as a circle.
func (d Strip) Dots() bool {
	for _, row := range d.Rows {
		if len(row.Peers) > MostDots {
			return false
		}
	}
	return true
}

// Table is the figures of the chart.
func (d Strip) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.Dimension}}
	if d.Marked != "" {
		t.Head = append(t.Head, d.Marked)
	}
	t.Head = append(t.Head, d.FirstQuartile, d.Median, d.ThirdQuartile)
	for _, row := range d.Rows {
		out := TableRow{Head: row.Name}
		if d.Marked != "" {
			out.Cells = append(out.Cells, row.Own.cell())
		}
		if row.Spread {
			for _, v := range []float64{row.Q1, row.Median, row.Q3} {
				out.Cells = append(out.Cells, TableCell{Value: figure(v)})
			}
		} else {
			out.Cells = append(out.Cells, TableCell{Words: row.Words}, TableCell{}, TableCell{})
		}
		t.Rows = append(t.Rows, out)
	}
	return t
}

func (d Strip) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Rows) == 0 {
		return Drawing{}, false
	}
	l := dotLayout{width: 700, from: 190, to: 590, first: 48, pitch: 58, bottom: 32, nameWidth: 172}
	if size != Wide {
		l = dotLayout{width: 350, from: 14, to: 336, first: 70, pitch: 82, bottom: 32, nameUp: 36, nameWidth: 220}
	}
	const top = 10
	bottom := l.first + l.pitch*float64(len(d.Rows)-1) + l.bottom
	s := newSheet(l.width, bottom+26, d.RTL)
	p := s.axis(l.from, l.to, top, bottom)

	var grounds []opts.CustomData
	var peers, medians, own []opts.ScatterData
	var columns []string
	saidMedian, saidOwn := false, false
	dots := d.Dots()
	for i, row := range d.Rows {
		y := l.first + l.pitch*float64(i)
		s.lines(0, y-l.nameUp, r.wrap(row.Name, strong, l.nameWidth), strong, start)
		s.text(l.width, y-l.nameUp, row.Values, small, end)
		if !row.Spread {
			s.text(p.from+10, y, row.Words, small, start)
			continue
		}
		grounds = append(grounds, opts.CustomData{Name: row.Name, Value: []float64{round(row.Q1), round(row.Q3), y - top}})
		medians = append(medians, opts.ScatterData{Name: row.Name, Value: []float64{round(row.Median), y - top}})
		if dots {
			peers = append(peers, stack(row.Peers, y-top, p.place(1)-p.place(0))...)
		} else {
			columns = append(columns, histogram(p, row.Peers, y))
		}
		if row.Own.Known {
			own = append(own, mark(d.Marked, row.Own, y-top)...)
		}
		if !saidMedian {
			above := 22.0
			if !dots {
				above = 28
			}
			s.text(p.place(row.Median), y-above, d.Median, small, middle)
			saidMedian = true
		}
		if row.Own.Known && !saidOwn {
			x, half := p.place(row.Own.Central), r.of(d.Marked, ofOchre)/2
			s.text(min(max(x, half), l.width-half), y+21, d.Marked, ofOchre, middle)
			saidOwn = true
		}
	}
	s.intervals("", grounds, 22, 3, level(1), map[string]any{"opacity": .55})
	if columns != nil {
		data := make([]opts.CustomData, len(columns))
		for i := range data {
			data[i].Value = []float64{float64(i)}
		}
		s.addInPixels("area", "", data, map[string]any{"paths": columns, "fill": level(3), "opacity": .6})
	}
	s.marks("", "circle", 9.2, peers, opts.ItemStyle{Color: level(3), Opacity: opts.Float(.6), BorderColor: surface, BorderWidth: 1})
	s.marks(d.Median, "rect", []int{2, 28}, medians, opts.ItemStyle{Color: ink, Opacity: opts.Float(1)})
	s.marks(d.Marked, "diamond", 16, own, opts.ItemStyle{Opacity: opts.Float(1), Color: ochreMark, BorderColor: surface, BorderWidth: 1.5})
	return s.finish(d.Label), true
}

// stack places the circles of a row: on the line, or beside it above and below where they would touch.
// perPoint is the width of one point of value in pixels.
func stack(all []Peer, y, perPoint float64) []opts.ScatterData {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Peer) int { return cmp.Or(cmp.Compare(a.Value, b.Value), strings.Compare(a.Name, b.Name)) })
	offsets := []float64{0, -8, 8, -16, 16}
	last := make([]float64, len(offsets)) // the value that stands last on each line
	for i := range last {
		last[i] = -100
	}
	if perPoint < 0 {
		perPoint = -perPoint
	}
	var data []opts.ScatterData
	for _, peer := range all {
		line := slices.Index(last, slices.Min(last)) // all taken: the one that is free longest
		for i, value := range last {
			if (peer.Value-value)*perPoint >= 9.5 {
				line = i
				break
			}
		}
		last[line] = peer.Value
		data = append(data, opts.ScatterData{Name: peer.Name, Value: []float64{round(peer.Value), y + offsets[line]}})
	}
	return data
}

// histogram is the path of columns, 2.5 points wide and centred on the line, as tall as the share of cities in them.
func histogram(p plot, all []Peer, y float64) string {
	const bins, tallest = 40, 40 // number of columns; pixels
	var counts [bins]int
	for _, peer := range all {
		counts[min(max(int(peer.Value/100*bins), 0), bins-1)]++
	}
	most := slices.Max(counts[:])
	var path strings.Builder
	for i, n := range counts {
		if n == 0 {
			continue
		}
		a, b := p.s.px(p.place(100*float64(i)/bins)), p.s.px(p.place(100*float64(i+1)/bins))
		height := max(tallest*float64(n)/float64(most), 2)
		fmt.Fprintf(&path, "M%.1f %.1fH%.1fV%.1fH%.1fZ", min(a, b)+.5, y-height/2, max(a, b)-.5, y+height/2, min(a, b)+.5)
	}
	return path.String()
}
