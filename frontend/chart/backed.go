package chart

import "github.com/go-echarts/go-echarts/v2/opts"

// Backed shows a number of each dimension three times, one under the other: with every answer (teal circle with its band),
// with those that are better backed (hollow circle, outlined band), and with the best backed alone (ochre diamond, outlined
// band). Bands grow wider downwards, as fewer answers count.
type Backed struct {
	Label, Caption string
	RTL            bool
	Dimension      string // head of the first column of the table
	Names          [3]string
	Rows           []BackedRow
}

// BackedRow is one dimension.
type BackedRow struct {
	Name   string
	Values [3]Interval
}

// Table is the figures of the chart.
func (d Backed) Table() Table {
	t := Table{Caption: d.Caption, Head: append([]string{d.Dimension}, d.Names[:]...)}
	for _, row := range d.Rows {
		t.Rows = append(t.Rows, TableRow{Head: row.Name, Cells: []TableCell{row.Values[0].cell(), row.Values[1].cell(), row.Values[2].cell()}})
	}
	return t
}

func (d Backed) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Rows) == 0 {
		return Drawing{}, false
	}
	const apart = 13 // pixels from one bar to the next
	l := dotLayout{width: 780, from: 230, to: 750, first: 50, pitch: 56, bottom: 32, nameWidth: 214}
	if size != Wide {
		l = dotLayout{width: 350, from: 12, to: 336, first: 74, pitch: 76, bottom: 32, nameUp: 32, nameWidth: 330}
	}
	bottom := l.first + l.pitch*float64(len(d.Rows)-1) + l.bottom
	s := newSheet(l.width, bottom+26, d.RTL)
	p := s.axis(l.from, l.to, 20, bottom)

	var bars [3][]opts.CustomData
	var marks [3][]opts.ScatterData
	for i, row := range d.Rows {
		y := l.first + l.pitch*float64(i)
		if i > 0 && size == Wide {
			s.rule(0, y-l.pitch/2, l.width, y-l.pitch/2, stroke{gridLine, 1})
		}
		for k, v := range row.Values {
			at := y + apart*float64(k-1)
			bars[k] = append(bars[k], bar(row.Name, v, at-20)...)
			marks[k] = append(marks[k], mark(row.Name, v, at-20)...)
		}
		if v := row.Values[0]; !v.Banded {
			p.beside(r, v, y, v.Words, small)
		}
		s.lines(0, y-l.nameUp, r.wrap(row.Name, strong, l.nameWidth), strong, start)
	}
	s.drawRules()
	s.intervals(d.Names[0], bars[0], 8, 4, level(1), nil)
	s.intervals(d.Names[1], bars[1], 5, 2.5, surface, map[string]any{"stroke": teal})
	s.intervals(d.Names[2], bars[2], 5, 2.5, level(0), map[string]any{"stroke": ochreMark})
	s.marks(d.Names[0], "circle", 12, marks[0], opts.ItemStyle{Color: teal, Opacity: opts.Float(1)})
	s.marks(d.Names[1], "circle", 10, marks[1], opts.ItemStyle{Color: surface, BorderColor: teal, BorderWidth: 2.5, Opacity: opts.Float(1)})
	s.marks(d.Names[2], "diamond", 13, marks[2], opts.ItemStyle{Opacity: opts.Float(1), Color: ochreMark, BorderColor: surface, BorderWidth: 1.5})
	return s.finish(d.Label), true
}
