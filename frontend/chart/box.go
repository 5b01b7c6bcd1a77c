package chart

import "github.com/go-echarts/go-echarts/v2/opts"

// Box shows the five numbers of a distribution in each part: a line from the least to the largest value, a box from the first
// to the third quartile, a stroke at the median, and one city marked.
type Box struct {
	Label, Caption string
	RTL            bool
	Part           string    // head of the first column of the table
	Names          [5]string // of the five numbers, from the least to the largest
	Marked         string    // name of the marked city, "" without
	Middle         bool      // the box alone: the ends of the line are values of single cities
	Rows           []BoxRow
}

// BoxRow is one part. The five numbers count only when Spread; otherwise Words say why there are none.
type BoxRow struct {
	Name, Words string
	Spread      bool
	Five        [5]float64
	Own         Interval
}

// Table is the figures of the chart.
func (d Box) Table() Table {
	first, last := 0, 4
	if d.Middle {
		first, last = 1, 3
	}
	t := Table{Caption: d.Caption, Head: append([]string{d.Part}, d.Names[first:last+1]...)}
	if d.Marked != "" {
		t.Head = append(t.Head, d.Marked)
	}
	for _, row := range d.Rows {
		out := TableRow{Head: row.Name}
		for i := first; i <= last; i++ {
			switch {
			case row.Spread:
				out.Cells = append(out.Cells, TableCell{Value: figure(row.Five[i])})
			case i == first:
				out.Cells = append(out.Cells, TableCell{Words: row.Words})
			default:
				out.Cells = append(out.Cells, TableCell{})
			}
		}
		if d.Marked != "" {
			out.Cells = append(out.Cells, row.Own.cell())
		}
		t.Rows = append(t.Rows, out)
	}
	return t
}

func (d Box) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Rows) == 0 {
		return Drawing{}, false
	}
	l := dotLayout{width: 760, from: 290, to: 740, first: 26, pitch: 30, bottom: 18, nameWidth: 272}
	if size != Wide {
		l = dotLayout{width: 350, from: 14, to: 336, first: 44, pitch: 48, bottom: 18, nameUp: 22, nameWidth: 320}
	}
	const top, half = 10, 8
	bottom := l.first + l.pitch*float64(len(d.Rows)-1) + l.bottom
	s := newSheet(l.width, bottom+26, d.RTL)
	p := s.axis(l.from, l.to, top, bottom)
	var boxes []opts.CustomData
	var medians, own []opts.ScatterData
	for i, row := range d.Rows {
		y := l.first + l.pitch*float64(i)
		s.text(0, y-l.nameUp, r.cut(row.Name, plain, l.nameWidth), plain, start)
		if row.Spread {
			if whisker := (stroke{ink3, 1}); !d.Middle {
				s.rule(p.place(row.Five[0]), y, p.place(row.Five[4]), y, whisker)
				for _, end := range []float64{row.Five[0], row.Five[4]} {
					s.rule(p.place(end), y-half/2, p.place(end), y+half/2, whisker)
				}
			}
			boxes = append(boxes, opts.CustomData{Name: row.Name, Value: []float64{round(row.Five[1]), round(row.Five[3]), y - top}})
			medians = append(medians, opts.ScatterData{Name: row.Name, Value: []float64{round(row.Five[2]), y - top}})
		} else {
			s.text(p.from+10, y, row.Words, small, start)
		}
		if row.Own.Known {
			own = append(own, mark(d.Marked, row.Own, y-top)...)
		}
	}
	s.drawRules()
	s.intervals("", boxes, 2*half, 2, level(2), nil)
	s.marks("", "rect", []int{2, 2 * half}, medians, opts.ItemStyle{Color: ink, Opacity: opts.Float(1)})
	s.marks(d.Marked, "diamond", 14, own, opts.ItemStyle{Opacity: opts.Float(1), Color: ochreMark, BorderColor: surface, BorderWidth: 1.5})
	return s.finish(d.Label), true
}
