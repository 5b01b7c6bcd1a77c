package chart

import (
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// Dots is the dot-interval chart: for each dimension the situation (teal circle with its band) and the municipal
// effort (ochre diamond with its outlined band). Marks are named on the first row where they stand; no key is needed.
type Dots struct {
	Label, Caption    string
	RTL               bool
	Dimension         string // head of the first column of the table
	Situation, Effort string // names of the two values
	Rows              []DotRow
}

// DotRow is one dimension. Values are the words at the end of the row ("58 and 66").
type DotRow struct {
	Name, Values      string
	Situation, Effort Interval
}

// Table is the figures of the chart.
func (d Dots) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.Dimension, d.Situation, d.Effort}}
	for _, row := range d.Rows {
		t.Rows = append(t.Rows, TableRow{Head: row.Name, Cells: []TableCell{row.Situation.cell(), row.Effort.cell()}})
	}
	return t
}

// dotLayout holds what differs between the wide and the narrow drawing, in pixels from the reading start and the top.
type dotLayout struct {
	width, from, to      float64 // the sheet, and the places of 0 and 100
	first, pitch, bottom float64 // the first row's line, the distance of rows, what lies below the last line
	nameUp               float64 // how far the name stands above the line
	nameWidth            float64
}

func (d Dots) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Rows) == 0 {
		return Drawing{}, false
	}
	l := dotLayout{width: 780, from: 230, to: 660, first: 54, pitch: 50, bottom: 30, nameWidth: 214}
	if size != Wide {
		l = dotLayout{width: 350, from: 12, to: 336, first: 68, pitch: 64, bottom: 30, nameUp: 24, nameWidth: 240}
	}
	bottom := l.first + l.pitch*float64(len(d.Rows)-1) + l.bottom
	s := newSheet(l.width, bottom+26, d.RTL)
	p := s.axis(l.from, l.to, 24, bottom)

	var bars, outlined []opts.CustomData
	var circles, diamonds []opts.ScatterData
	saidSituation, saidEffort := false, false
	for i, row := range d.Rows {
		y := l.first + l.pitch*float64(i)
		if i > 0 && size == Wide {
			s.rule(0, y-l.pitch/2+1, l.width, y-l.pitch/2+1, stroke{gridLine, 1})
		}
		bars = append(bars, bar(row.Name, row.Situation, y-5-24)...)
		outlined = append(outlined, bar(row.Name, row.Effort, y+9.5-24)...)
		circles = append(circles, mark(row.Name, row.Situation, y-5-24)...)
		diamonds = append(diamonds, mark(row.Name, row.Effort, y+9.5-24)...)

		// Words that find no room beside a very wide band stand at the end of the row, with the values.
		ends := []string{}
		if row.Values != "" {
			ends = append(ends, row.Values)
		}
		switch {
		case !row.Situation.Known:
			if !p.beside(r, row.Situation, y-5, row.Situation.Words, small) {
				ends = append(ends, row.Situation.Words)
			}
		case !saidSituation && size == Wide: // above its mark; a narrow row has the name there
			s.text(p.place(row.Situation.Central), y-21, d.Situation, ofTeal, middle)
			saidSituation = true
		case !saidSituation:
			saidSituation = p.beside(r, row.Situation, y-5, d.Situation, ofTeal)
		}
		switch {
		case !row.Effort.Known:
			by := row.Effort
			if !by.Banded { // the mark is missing: words after the situation's band
				by = row.Situation
			}
			if !p.beside(r, by, y+9.5, row.Effort.Words, small) {
				ends = append(ends, row.Effort.Words)
			}
		case !saidEffort:
			saidEffort = p.beside(r, row.Effort, y+9.5, d.Effort, ofOchre)
		}
		if size == Wide {
			var lines []string
			for _, one := range ends {
				lines = append(lines, r.wrap(one, plain, l.width-l.to)...)
			}
			ends = lines
		} else if len(ends) > 1 {
			ends = []string{strings.Join(ends, " · ")}
		}
		nameWidth := l.nameWidth
		if size != Wide && len(ends) == 1 {
			nameWidth = min(nameWidth, l.width-10-r.of(ends[0], plain))
		}
		s.lines(0, y-l.nameUp, r.wrap(row.Name, strong, nameWidth), strong, start)
		s.lines(l.width, y-l.nameUp, ends, plain, end)
	}
	s.drawRules()
	s.intervals(d.Situation, bars, 8, 4, level(1), nil)
	s.intervals(d.Effort, outlined, 5, 2.5, level(0), map[string]any{"stroke": ochreMark})
	s.marks(d.Situation, "circle", 13, circles, opts.ItemStyle{Color: teal, Opacity: opts.Float(1)})
	s.marks(d.Effort, "diamond", 15, diamonds, opts.ItemStyle{Opacity: opts.Float(1), Color: ochreMark, BorderColor: surface, BorderWidth: 1.5})
	return s.finish(d.Label), true
}

// bar is the band of a value, if it has one.
func bar(name string, v Interval, y float64) []opts.CustomData {
	if !v.Banded {
		return nil
	}
	return []opts.CustomData{{Name: name, Value: []float64{round(v.Low), round(v.High), round(y)}}}
}

// mark is the central value, if there is one.
func mark(name string, v Interval, y float64) []opts.ScatterData {
	if !v.Known {
		return nil
	}
	return []opts.ScatterData{{Name: name, Value: []float64{round(v.Central), round(y)}}}
}

// beside writes words next to what is drawn of a value: after it, before it where they would leave the plot, and at the
// start of the plot where nothing is drawn. It is false, and nothing is written, when neither side has room.
func (p plot) beside(r *ruler, v Interval, y float64, words string, as role) bool {
	const gap, slack = 10, 16 // between band and words; how far words may stand out of the plot
	bottom, top, ok := v.ends()
	width := r.of(words, as)
	if !ok {
		p.s.text(p.from+gap, y, words, as, start)
		return true
	}
	switch after, before := p.place(top)+gap, p.place(bottom)-gap; {
	case after+width <= p.to+slack:
		p.s.text(after, y, words, as, start)
	case before-width >= p.from-slack:
		p.s.text(before, y, words, as, end)
	default:
		return false
	}
	return true
}
