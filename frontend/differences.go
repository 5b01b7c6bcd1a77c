package frontend

import (
	"math"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/data/locale"
)

// Differences is the page on how far those who review and the cities of a round differ, item by item.
type Differences struct {
	Frame
	Code, Title string
	Rows        []DifferenceRow
	Words       int // said in all
}

// DifferenceRow is an indicator of which something was said.
type DifferenceRow struct {
	ID                             string
	Name                           survey.Text
	Verified, Proposed, Challenged int
	Mean                           string // signed, in levels; empty where nothing is a number
	Deviation                      string // empty with fewer than two numbers
	Said                           []DifferenceLine
}

// DifferenceLine is one word from outside beside the answer of a city.
type DifferenceLine struct {
	City, Value, Proposed, Kind, By, Reason string
	Levels                                  string // signed; empty where it is no number
}

// NewDifferences fills the page.
func NewDifferences(f Frame, w *locale.Words, r assessment.Round, all []assessment.Difference) Differences {
	page := Differences{Frame: f, Code: r.Code, Title: r.Title}
	for _, x := range all {
		row := DifferenceRow{ID: x.Indicator.ID, Name: x.Indicator.Title, Verified: x.Verified, Proposed: x.Proposed, Challenged: x.Challenged}
		if x.Counted > 0 {
			row.Mean = signedLevels(w, x.Mean)
		}
		if x.Counted > 1 {
			row.Deviation = tenth(w, x.Deviation)
		}
		for _, s := range x.Said {
			line := DifferenceLine{City: s.City.Name, Value: s.Value, Proposed: s.Proposed, Kind: string(s.Kind), By: string(s.By), Reason: s.Reason}
			if s.Counts {
				line.Levels = signedLevels(w, s.Levels)
			}
			row.Said = append(row.Said, line)
		}
		page.Words += len(x.Said)
		page.Rows = append(page.Rows, row)
	}
	return page
}

// signedLevels writes a difference with its sign, to a tenth: +0.5, −1, 0.
func signedLevels(w *locale.Words, x float64) string {
	switch shown := tenth(w, math.Abs(x)); {
	case math.Abs(x) < 0.05:
		return w.Int(0)
	case x > 0:
		return "+" + shown
	default:
		return "−" + shown
	}
}

// tenth writes a number to a tenth, a whole one without any.
func tenth(w *locale.Words, x float64) string {
	if tenths := math.Round(10 * x); int(tenths)%10 != 0 {
		return w.Number(tenths/10, 1)
	}
	return w.Int(int(math.Round(x)))
}
