package chart

import (
	"cmp"
	"slices"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// MostSlopes is how many cities a slope chart shows.
const MostSlopes = 40

// Slope shows what has become of each city from one round to another: a line from the earlier value to the later one.
type Slope struct {
	Label, Caption, City string // City: head of the first column of the table
	RTL                  bool
	Before, Now          string // names of the two rounds
	None                 string // where one of the two has no value
	Lines                []SlopeLine
}

// SlopeLine is a city; it is drawn where both values are Known.
type SlopeLine struct {
	Name        string
	Marked      bool
	Before, Now Interval
}

// Table is the figures of the chart.
func (d Slope) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.City, d.Before, d.Now}}
	for _, l := range d.Lines {
		row := TableRow{Head: l.Name, Marked: l.Marked}
		for _, v := range []Interval{l.Before, l.Now} {
			if v.Words == "" {
				v.Words = d.None
			}
			row.Cells = append(row.Cells, v.cell())
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (d Slope) drawing(r *ruler, size Size) (Drawing, bool) {
	var lines []SlopeLine
	for _, l := range d.Lines {
		if l.Before.Known && l.Now.Known {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 || len(lines) > MostSlopes {
		return Drawing{}, false
	}
	width, side := 560.0, max(300, 15*float64(len(lines)))
	if size != Wide {
		width = 350
	}
	const top = 44.0
	from, to := 60.0, width-190
	if size != Wide {
		to = width - 150
	}
	bottom := top + side
	down := func(v float64) float64 { return bottom - side*v/100 }
	// Names stand where their line ends, moved down where they would touch.
	slices.SortStableFunc(lines, func(a, b SlopeLine) int { return cmp.Compare(b.Now.Central, a.Now.Central) })
	named := make([]float64, len(lines))
	for i, l := range lines {
		if named[i] = down(l.Now.Central); i > 0 {
			named[i] = max(named[i], named[i-1]+14)
		}
	}
	s := newSheet(width, max(bottom, named[len(named)-1])+16, d.RTL)
	s.hiddenAxis(0, width) // places are per cent of the width
	for _, step := range []float64{0, 25, 50, 75, 100} {
		s.rule(from, down(step), to, down(step), stroke{gridLine, 1})
		s.text(from-10, down(step), figure(step), small, end)
	}
	for _, name := range []struct {
		at    float64
		words string
	}{{from, d.Before}, {to, d.Now}} { // two lines at most, and neither name reaches the other
		lines := r.wrap(name.words, strong, min(to-from-8, 2*from))
		s.lines(name.at, 18, lines[:min(2, len(lines))], strong, middle)
	}
	var ends, own []opts.ScatterData
	for i, l := range lines {
		y1, y2 := down(l.Before.Central), down(l.Now.Central)
		look, as := stroke{level(3), 1.5}, small
		if l.Marked {
			look, as = stroke{ochreMark, 2.5}, ofOchre
		}
		s.rule(from, y1, to, y2, look)
		for _, end := range [][2]float64{{from, y1}, {to, y2}} {
			at := opts.ScatterData{Name: l.Name, Value: []float64{round(100 * end[0] / width), round(end[1])}}
			if l.Marked {
				own = append(own, at)
			} else {
				ends = append(ends, at)
			}
		}
		s.text(to+10, named[i], r.cut(l.Name, as, width-to-12), as, start)
	}
	s.drawRules()
	s.marks("", "circle", 6, ends, opts.ItemStyle{Color: level(3), Opacity: opts.Float(1)})
	s.marks("", "diamond", 11, own, opts.ItemStyle{Color: ochreMark, Opacity: opts.Float(1)})
	return s.finish(d.Label), true
}
