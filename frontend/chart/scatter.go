package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// MostPoints is up to how many cities a scatter shows each as a circle. Beyond, the plane is divided into squares, the darker the more cities.
const MostPoints = 400

// Scatter sets two values of each city against each other. It draws no line through them and orders no city.
type Scatter struct {
	Label, Caption string
	RTL            bool
	City           string // head of the first column of the table
	X, Y           Scale
	Marked         string // name of the marked city, "" without
	Points         []Point
	Least          int // under so many points nothing is drawn
}

// Scale is what an axis shows. A logarithmic one runs over powers of ten that hold every value, such as populations.
type Scale struct {
	Name string
	Log  bool
}

// Point is a city. On a logarithmic scale the value is positive.
type Point struct {
	Name   string
	X, Y   float64
	Marked bool
}

// Table is the figures of the chart, of at most MostPoints cities.
func (d Scatter) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.City, d.X.Name, d.Y.Name}}
	for i, p := range d.Points {
		if i == MostPoints {
			break
		}
		t.Rows = append(t.Rows, TableRow{Head: p.Name, Marked: p.Marked, Cells: []TableCell{{Value: d.X.figure(p.X)}, {Value: d.Y.figure(p.Y)}}})
	}
	return t
}

func (a Scale) figure(v float64) string {
	if a.Log {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return figure(v)
}

// ends are the powers of ten around positive values.
func ends(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, math.Floor(math.Log10(v))), max(high, math.Ceil(math.Log10(v)))
	}
	if high <= low {
		high = low + 1
	}
	return low, high
}

// at puts a value on 0 to 100.
func (a Scale) at(v, low, high float64) float64 {
	if !a.Log {
		return v
	}
	return 100 * (math.Log10(v) - low) / (high - low)
}

// tens are short figures of powers of ten: 1, 10, 100, 1k, 10k, 100k, 1M, 10M.
func tens(power float64) string {
	switch p := int(power); {
	case p >= 6:
		return strconv.Itoa(int(math.Pow10(p-6))) + "M"
	case p >= 3:
		return strconv.Itoa(int(math.Pow10(p-3))) + "k"
	default:
		return strconv.Itoa(int(math.Pow10(p)))
	}
}

func (d Scatter) drawing(r *ruler, size Size) (Drawing, bool) {
	if len(d.Points) == 0 || len(d.Points) < d.Least {
		return Drawing{}, false
	}
	width, side := 560.0, 380.0
	if size != Wide {
		width, side = 350, 270
	}
	from, top := 44.0, 30.0
	bottom := top + side
	s := newSheet(width, bottom+52, d.RTL)
	p := s.axis(from, width-16, top, bottom)
	var xs, ys []float64
	for _, point := range d.Points {
		xs, ys = append(xs, point.X), append(ys, point.Y)
	}
	lowX, highX, lowY, highY := 0.0, 0.0, 0.0, 0.0
	if d.X.Log {
		lowX, highX = ends(xs)
		s.custom.XAxisList[0].AxisLabel.Show = opts.Bool(false)
		s.custom.XAxisList[0].SplitLine.Show = opts.Bool(false)
		for e := lowX; e <= highX; e++ {
			x := p.place(100 * (e - lowX) / (highX - lowX))
			s.rule(x, top, x, bottom, stroke{gridLine, 1})
			s.text(x, bottom+16, tens(e), small, middle)
		}
	}
	if d.Y.Log {
		lowY, highY = ends(ys)
	}
	down := func(y float64) float64 { return bottom - side*y/100 }
	steps := []float64{0, 25, 50, 75, 100}
	for _, step := range steps {
		words := figure(step)
		if d.Y.Log {
			words = ""
		}
		s.rule(from, down(step), width-16, down(step), stroke{gridLine, 1})
		s.text(from-8, down(step), words, small, end)
	}
	if d.Y.Log {
		for e := lowY; e <= highY; e++ {
			s.text(from-8, down(100*(e-lowY)/(highY-lowY)), tens(e), small, end)
		}
	}
	s.lines(0, 12, r.wrap(d.Y.Name, strong, width-20)[:1], strong, start)
	s.text(width-16, bottom+38, d.X.Name, strong, end)
	s.drawRules()
	var others, own []opts.ScatterData
	if len(d.Points) > MostPoints {
		d.squares(s, p, lowX, highX, lowY, highY, down)
	}
	for _, point := range d.Points {
		at := opts.ScatterData{Name: point.Name, Value: []float64{round(d.X.at(point.X, lowX, highX)), round(down(d.Y.at(point.Y, lowY, highY)) - top)}}
		switch {
		case point.Marked:
			own = append(own, at)
		case len(d.Points) <= MostPoints:
			others = append(others, at)
		}
	}
	s.marks("", "circle", 9.2, others, opts.ItemStyle{Color: level(3), Opacity: opts.Float(.6), BorderColor: surface, BorderWidth: 1})
	s.marks(d.Marked, "diamond", 16, own, opts.ItemStyle{Opacity: opts.Float(1), Color: ochreMark, BorderColor: surface, BorderWidth: 1.5})
	return s.finish(d.Label), true
}

// squares are the plane in 20 by 20 fields, in four shades by the share of the fullest one.
func (d Scatter) squares(s *sheet, p plot, lowX, highX, lowY, highY float64, down func(float64) float64) {
	const fields = 20
	var counts [fields][fields]int
	most := 1
	field := func(v float64) int { return min(max(int(v/100*fields), 0), fields-1) }
	for _, point := range d.Points {
		i, j := field(d.X.at(point.X, lowX, highX)), field(d.Y.at(point.Y, lowY, highY))
		counts[i][j]++
		most = max(most, counts[i][j])
	}
	paths := map[int][]string{}
	const step = 100.0 / fields
	for i := range counts {
		for j, n := range counts[i] {
			if n == 0 {
				continue
			}
			shade := 1 + min(3, 4*n/(most+1))
			a, b := s.px(p.place(step*float64(i))), s.px(p.place(step*float64(i+1)))
			y := down(step * float64(j+1))
			paths[shade] = append(paths[shade], rectangle(min(a, b)+.5, y+.5, max(a, b)-min(a, b)-1, down(step*float64(j))-y-1))
		}
	}
	for shade := 1; shade <= 4; shade++ {
		if len(paths[shade]) > 0 { // all of a shade are one shape, which an engine draws in the time of one
			s.addInPixels("area", "", []opts.CustomData{{Value: []float64{0}}}, map[string]any{"paths": []string{strings.Join(paths[shade], "")}, "fill": level(shade)})
		}
	}
}
