package frontend

// Problem is the page that says what went wrong and keeps the texts that were sent.
type Problem struct {
	Frame
	Status   int
	Sentence string
	Details  []string
	Texts    []string
}

// Start is the first page.
type Start struct {
	Frame
	Home                  string
	Questions, Dimensions int       // of the questionnaire in use; 0 when there is none
	Roles                 []TryRole // demonstration only
}

// TryRole is a demonstration account to try by one click.
type TryRole struct{ Email, Role, Place string }

// Resume gives a sealed form back to the person who wrote it.
type Resume struct {
	Frame
	Action, Home string
	Values       []Pair
}

// Pair is a hidden input.
type Pair struct{ Name, Value string }

// Notice says who sees what, before the first use.
type Notice struct {
	Frame
	To     string
	OfCity bool
}

// Scale is the drawing of the five levels. Lengths are in the units of its view box.
type Scale struct {
	Width, Step float64
	Anchor      string // of its texts: where the language begins to read
	Small       bool
	Steps       []Stair
}

// Stair is one level of the drawing.
type Stair struct {
	Level                                 int
	X, Y, Height, FigureX, FigureY, WordX float64
}

// WideScale is the drawing for wide screens.
func (f Start) WideScale() Scale { return drawScale(480, 84, 96, 10, f.Dir) }

// NarrowScale is the drawing for phones.
func (f Start) NarrowScale() Scale { return drawScale(358, 67.6, 71.6, 6, f.Dir) }

// drawScale places five steps of a width at a pitch; texts begin inset from the edge of their step. From right to left it is mirrored.
func drawScale(width, step, pitch, inset float64, dir string) Scale {
	s := Scale{Width: width, Step: step, Anchor: "start", Small: width < 400}
	for level, height := range [5]float64{26, 58, 92, 128, 166} {
		x := float64(level) * pitch
		p := Stair{Level: level, X: x, Y: 176 - height, Height: height, FigureX: x + inset, FigureY: 176 - height + 24, WordX: x}
		if level == 0 {
			p.FigureY = 168
		}
		if dir == "rtl" {
			p.X, p.FigureX, p.WordX = width-x-step, width-x-inset, width-x
		}
		s.Steps = append(s.Steps, p)
	}
	if dir == "rtl" {
		s.Anchor = "end"
	}
	return s
}
