package chart

import "github.com/go-echarts/go-echarts/v2/opts"

// MostCells is the size up to which a matrix is drawn as a chart; a larger one is an HTML table with ShadeClass.
const MostCells = 500

// HeatMap is a matrix of cities (alphabetical) and dimensions or sub-categories, with the figure in every cell.
type HeatMap struct {
	Label, Caption             string
	RTL                        bool
	City                       string // head of the first column of the table
	NotComparable, NotAnswered string // what the cells without figure mean, for the table
	NotApplicable              string
	Groups                     []HeatGroup
	Rows                       []HeatRow
}

// HeatGroup is a dimension with its columns; a group without a name stands alone.
type HeatGroup struct {
	Name    string
	Columns []string
}

// HeatRow is one city; Cells are in the order of the groups' columns.
type HeatRow struct {
	Name   string
	Marked bool
	Cells  []HeatCell
}

// HeatCell is a value from 0 to 100, or one of the reasons why there is none.
type HeatCell struct {
	Value float64
	Kind  CellKind
}

// CellKind says what a cell of a matrix holds.
type CellKind int

const (
	HasValue      CellKind = iota
	NotComparable          // hatched: another level of government decides, or too little basis
	NotAnswered            // dashed, with "?": never 0, never empty
	NotApplicable          // dashed, with "–": nothing is asked of the city here
)

// Size is the number of cells.
func (d HeatMap) Size() int { return len(d.Rows) * d.columns() }

func (d HeatMap) columns() int {
	n := 0
	for _, g := range d.Groups {
		n += len(g.Columns)
	}
	return n
}

// Table is the figures of the matrix.
func (d HeatMap) Table() Table {
	t := Table{Caption: d.Caption, Head: []string{d.City}}
	for _, g := range d.Groups {
		t.Head = append(t.Head, g.Columns...)
	}
	for _, row := range d.Rows {
		out := TableRow{Head: row.Name, Marked: row.Marked}
		for _, c := range row.Cells {
			switch c.Kind {
			case NotComparable:
				out.Cells = append(out.Cells, TableCell{Words: d.NotComparable})
			case NotAnswered:
				out.Cells = append(out.Cells, TableCell{Words: d.NotAnswered})
			case NotApplicable:
				out.Cells = append(out.Cells, TableCell{Words: d.NotApplicable})
			default:
				out.Cells = append(out.Cells, TableCell{Value: figure(c.Value)})
			}
		}
		t.Rows = append(t.Rows, out)
	}
	return t
}

// Columns are 39 pixels wide, or as wide as their name needs; rows are 30 pixels apart.
const (
	cellWidth, cellHeight  = 39, 26
	columnGap, groupGap    = 2, 7
	rowPitch, markedIndent = 30, 20
)

func (d HeatMap) drawing(r *ruler, _ Size) (Drawing, bool) {
	if d.Size() == 0 || d.Size() > MostCells {
		return Drawing{}, false
	}
	names := 0.0
	for _, row := range d.Rows {
		as := plain
		if row.Marked {
			as = ofOchre
		}
		names = max(names, r.of(row.Name, as)+markedIndent)
	}
	names = min(names+10, 190)
	column := float64(cellWidth)
	grouped := false
	for _, g := range d.Groups {
		grouped = grouped || g.Name != ""
		for _, name := range g.Columns {
			column = max(column, r.of(name, small)+6)
		}
	}
	column = min(column, 110)
	top := 34.0 // of the first row; names of columns above
	if grouped {
		top = 59
	}

	var places []float64
	x := names
	for i, g := range d.Groups {
		if i > 0 && grouped {
			x += groupGap
		}
		for range g.Columns {
			places = append(places, x)
			x += column + columnGap
		}
	}
	width := x + 1
	s := newSheet(width, top+rowPitch*float64(len(d.Rows))+4, d.RTL)
	d.heads(s, r, places, column, top)

	payload := map[string]any{
		"width": column, "height": cellHeight, "font": cellLight.font(), "hatch": hatch, "line": line2, "edge": edge, "mute": ink3,
		"fills": []string{level(0), level(1), level(2), level(3), level(4)},
		"inks":  []string{onLight, onLight, onLight, onDark, onDark},
	}
	var columns []string
	for _, g := range d.Groups {
		columns = append(columns, g.Columns...)
	}
	var cells []opts.CustomData
	var texts []string
	for i, row := range d.Rows {
		y := top + rowPitch*float64(i)
		nameX, as := 0.0, plain
		if row.Marked {
			s.markRow(y)
			nameX, as = markedIndent, ofOchre
		}
		s.lines(nameX, y+cellHeight/2, r.wrap(row.Name, as, names-nameX-4), as, start)
		for k, c := range row.Cells {
			shade, text := float64(Shade(c.Value)), figure(c.Value)
			switch c.Kind {
			case NotComparable:
				shade, text = -1, ""
			case NotAnswered:
				shade, text = -2, "?"
			case NotApplicable:
				shade, text = -2, "–"
			}
			left := min(s.px(places[k]), s.px(places[k]+column))
			cells = append(cells, opts.CustomData{Name: row.Name + ", " + columns[k], Value: []float64{round(left), y, shade}})
			texts = append(texts, text)
		}
	}
	payload["texts"] = texts
	s.drawRules()
	s.addInPixels("cell", d.Label, cells, payload)
	return s.finish(d.Label), true
}

// heads writes the names of groups, each with a rule over its columns, and of columns.
func (d HeatMap) heads(s *sheet, r *ruler, places []float64, column, top float64) {
	k := 0
	for _, g := range d.Groups {
		first := k
		for _, name := range g.Columns {
			s.text(places[k]+column/2, top-19, name, small, middle)
			k++
		}
		if g.Name == "" || k == first {
			continue
		}
		until := places[k-1] + column
		s.lines(places[first]+1, 12, r.wrap(g.Name, strong, max(until-places[first], 90))[:1], strong, start)
		s.rule(places[first], 24, until, 24, stroke{line2, 1.5})
	}
}

// markRow gives the marked city's row its ground and its diamond.
func (s *sheet) markRow(y float64) {
	const middle = cellHeight / 2
	ground := rectangle(0, y-2, s.width, rowPitch)
	diamond := diamond(s.px(8), y+middle, 6)
	s.addInPixels("area", "", []opts.CustomData{{Value: []float64{0}}}, map[string]any{"paths": []string{ground}, "fill": ochreTint})
	s.addInPixels("area", "", []opts.CustomData{{Value: []float64{0}}}, map[string]any{"paths": []string{diamond}, "fill": ochreMark})
}
