package frontend

import (
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/data/locale"
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

// Countries lists what is kept of each country.
type Countries struct {
	Frame
	Rows []CountryRow
}

// CountryRow is a country within reach.
type CountryRow struct {
	assessment.PackCountry
	Name, Href string
}

// NewCountries fills the page; countries stand by their names.
func NewCountries(f Frame, w *locale.Words, all []assessment.PackCountry) Countries {
	p := Countries{Frame: f}
	for _, c := range all {
		p.Rows = append(p.Rows, CountryRow{c, w.Country(c.Country), "/countries/" + c.Country})
	}
	p.Rows = byName(w.Lang(), p.Rows, func(r CountryRow) string { return r.Name }, func(r CountryRow) string { return r.Country })
	return p
}

// PowersTold is what is set for the country of a city, beside its powers map.
type PowersTold struct {
	Revision int
	Rows     []PowerTold // that differ from what stands here, or that nobody has set here
	Same     int         // that say what stands here
	Words    []assessment.PackTerm
}

// PowerTold says who holds a power by the law of the country, and what stands here.
type PowerTold struct {
	ID, Citation string
	Title        survey.Text
	Told, Here   string // holders
	Set          bool   // somebody has set it here
}

// NewPowersTold sets a pack beside the powers of an assessment; nil when nothing is set for the country.
func NewPowersTold(d assessment.Draft, p assessment.Pack) *PowersTold {
	if p.Revision == 0 {
		return nil
	}
	out := &PowersTold{Revision: p.Revision, Words: p.Terms}
	for _, w := range p.Powers {
		q := d.Instrument.Indicator(w.Indicator)
		if q == nil {
			continue
		}
		_, set := d.Sheet.Powers[q.ID]
		here := d.Sheet.Holder(q)
		if here == w.Holder {
			out.Same++
			continue
		}
		out.Rows = append(out.Rows, PowerTold{ID: q.ID, Citation: w.Citation, Title: q.Title, Told: string(w.Holder), Here: string(here), Set: set})
	}
	return out
}
