package chart

import "github.com/go-echarts/go-echarts/v2/opts"

// Band is the small bar of a value card: low, central and high on the scale from 0 to 100.
type Band struct {
	Label string
	RTL   bool
	Name  string // what the value is called, for the table
	Value Interval
}

// Table is the value in words.
func (b Band) Table() Table {
	return Table{Rows: []TableRow{{Head: b.Name, Cells: []TableCell{b.Value.cell()}}}}
}

// drawing is false when nothing is known of the value: an empty scale would look like zero.
func (b Band) drawing(r *ruler, _ Size) (Drawing, bool) {
	if !b.Value.Known && !b.Value.Banded {
		return Drawing{}, false
	}
	const width, from, to, middleY = 300, 6, 294, 26
	s := newSheet(width, 58, b.RTL)
	p := s.hiddenAxis(from, to)

	s.intervals("", []opts.CustomData{{Value: []float64{0, 100, middleY}}}, 8, 4, level(0), nil)
	if v := b.Value; v.Banded {
		s.intervals(b.Name, bar(b.Name, v, middleY), 12, 6, level(1), nil)
		low, high := figure(v.Low), figure(v.High)
		// A figure that does not fit beside the band stands above its end.
		if x := p.place(v.Low) - 4; x-r.of(low, small) >= 0 {
			s.text(x, middleY, low, small, end)
		} else {
			s.text(0, 7, low, small, start)
		}
		if x := p.place(v.High) + 4; x+r.of(high, small) <= width {
			s.text(x, middleY, high, small, start)
		} else {
			s.text(width, 7, high, small, end)
		}
	}
	if b.Value.Known {
		s.marks(b.Name, "roundRect", []int{4, 24}, mark(b.Name, b.Value, middleY), opts.ItemStyle{Color: teal, Opacity: opts.Float(1)})
	}
	s.text(from, 50, "0", small, start)
	s.text(to, 50, "100", small, end)
	return s.finish(b.Label), true
}
