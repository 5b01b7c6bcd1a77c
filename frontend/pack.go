package frontend

import (
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/survey"
)

// Pack is the page of what is set for a country.
type Pack struct {
	Frame
	Home, Country, By     string
	Instrument            string // code
	Revision              int    // that the form was filled from; 0 for none
	Role                  string // of whoever kept it
	At                    time.Time
	Powers, Terms         string // as CSV
	Rows                  []PackRow
	Words                 []assessment.PackTerm
	Marks                 Marks
	Holders               string // that may stand in a row
	PowersHead, TermsHead string
	Applies               bool // there is something to apply
}

// PackRow says who holds a power in the country.
type PackRow struct {
	Indicator        string
	Title            Said
	Holder, Citation string
}

// NewPack fills the page with what is kept.
func NewPack(f Frame, in *survey.Instrument, by string, p assessment.Pack) Pack {
	out := Pack{Frame: f, Home: "/countries/" + p.Country, Country: p.Country, By: by, Instrument: in.Code, Revision: p.Revision, Role: string(p.By.Role), At: p.At,
		Words: p.Terms, Applies: len(p.Powers) > 0, PowersHead: strings.Join(assessment.PackPowerColumns, ","), TermsHead: strings.Join(assessment.PackTermColumns, ",")}
	for _, w := range p.Powers {
		out.Rows = append(out.Rows, PackRow{w.Indicator, Say(in.TitleOf(w.Indicator), f.Lang), string(w.Holder), w.Citation})
	}
	holders := make([]string, len(survey.Holders))
	for i, h := range survey.Holders {
		holders[i] = string(h)
	}
	out.Holders = strings.Join(holders, ", ")
	out.Powers, out.Terms = csvText(assessment.PackPowerColumns, p.PowerRows()), csvText(assessment.PackTermColumns, p.TermRows())
	return out
}

func csvText(columns []string, rows [][]string) string {
	var b strings.Builder
	_ = assessment.WritePack(&b, columns, rows) // a strings.Builder takes everything
	return b.String()
}
