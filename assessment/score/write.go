package score

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"migov/assessment/longform"
)

// Cards computes the card of every city of a file, in the order in which the cities first appear. Where a row names no
// power the instrument's default holds.
func (s *Scheme) Cards(cities longform.Cities) []Card {
	cards := make([]Card, 0, len(cities.Order))
	for _, city := range cities.Order {
		m := s.Blank()
		for _, e := range cities.Entries[city] {
			s.SetAnswer(m, e.Row.Indicator, e.Answer)
			s.SetHolder(m, e.Row.Indicator, e.Power)
		}
		cards = append(cards, s.Card(city, m))
	}
	return cards
}

// The shapes of the JSON. Nothing is ever left out: what is absent is null, and a list without notes is empty.
type (
	jsonCard struct {
		City          string        `json:"city"`
		Instrument    string        `json:"instrument"`
		Method        string        `json:"method"`
		Dimensions    []jsonSection `json:"dimensions"`
		Subcategories []jsonSection `json:"subcategories"`
		Overall       jsonOverall   `json:"overall"`
	}
	jsonSection struct {
		ID         string       `json:"id"`
		Situation  jsonInterval `json:"situation"`
		Effort     jsonInterval `json:"effort"`
		Coverage   *float64     `json:"coverage"`
		Answered   int          `json:"answered"`
		Applicable int          `json:"applicable"`
		Notes      []Note       `json:"notes"`
	}
	jsonOverall struct {
		Situation jsonInterval `json:"situation"`
		Effort    jsonInterval `json:"effort"`
		Advocacy  jsonInterval `json:"advocacy"`
		Notes     []Note       `json:"notes"`
	}
	jsonInterval struct {
		Low     *float64 `json:"low"`
		Central *float64 `json:"central"`
		High    *float64 `json:"high"`
	}
)

// WriteJSON writes cards as a JSON list, numbers at full precision, one card after the other.
func WriteJSON(w io.Writer, cards []Card) error {
	list := make([]jsonCard, len(cards))
	for i, c := range cards {
		list[i] = jsonCard{
			City: c.City, Instrument: c.Instrument, Method: c.Method,
			Dimensions:    jsonSections(c.Dimensions),
			Subcategories: jsonSections(c.Subcategories),
			Overall: jsonOverall{jsonOf(c.Overall.Situation), jsonOf(c.Overall.Effort), jsonOf(c.Overall.Advocacy),
				jsonNotes(c.Overall.Notes)},
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func jsonSections(sections []Section) []jsonSection {
	out := make([]jsonSection, len(sections))
	for i, s := range sections {
		coverage, known := s.Coverage()
		out[i] = jsonSection{ID: s.ID, Situation: jsonOf(s.Situation), Effort: jsonOf(s.Effort), Coverage: present(coverage, known),
			Answered: s.Answered, Applicable: s.Applicable, Notes: jsonNotes(s.Notes)}
	}
	return out
}

func jsonOf(i Interval) jsonInterval {
	return jsonInterval{present(i.Low, i.Banded), present(i.Central, i.Known), present(i.High, i.Banded)}
}

func present(x float64, known bool) *float64 {
	if !known {
		return nil
	}
	return &x
}

func jsonNotes(notes []Note) []Note {
	if notes == nil {
		return []Note{}
	}
	return notes
}

// header names the columns of WriteCSV.
var header = []string{"city", "instrument", "method", "part", "id",
	"situation_low", "situation_central", "situation_high", "effort_low", "effort_central", "effort_high",
	"advocacy_low", "advocacy_central", "advocacy_high", "coverage", "answered", "applicable", "notes"}

// The parts of a card, as the column "part" names them.
const (
	partDimension   = "dimension"
	partSubcategory = "subcategory"
)

// WriteCSV writes cards for spreadsheets: a byte order mark, a header, and for each city a row for each dimension, each
// sub-category and the overall numbers. What is absent is empty; notes are joined by a space. Texts are guarded against
// being taken for formulas.
func WriteCSV(w io.Writer, cards []Card) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Write(header) // the writer keeps its first error for Error
	for _, card := range cards {
		lead := []string{longform.Guard(card.City), longform.Guard(card.Instrument), card.Method}
		for _, s := range card.Dimensions {
			c.Write(append(lead[:3:3], s.row(partDimension)...))
		}
		for _, s := range card.Subcategories {
			c.Write(append(lead[:3:3], s.row(partSubcategory)...))
		}
		c.Write(append(lead[:3:3], card.Overall.row()...))
	}
	c.Flush()
	return c.Error()
}

func (s Section) row(part string) []string {
	coverage, known := s.Coverage()
	row := []string{part, longform.Guard(s.ID)}
	row = append(row, cells(s.Situation)...)
	row = append(row, cells(s.Effort)...)
	row = append(row, cells(Interval{})...)
	return append(row, cell(coverage, known), strconv.Itoa(s.Answered), strconv.Itoa(s.Applicable), joined(s.Notes))
}

func (o Overall) row() []string {
	row := []string{OverallID, ""}
	row = append(row, cells(o.Situation)...)
	row = append(row, cells(o.Effort)...)
	row = append(row, cells(o.Advocacy)...)
	return append(row, "", "", "", joined(o.Notes))
}

func cells(i Interval) []string {
	return []string{cell(i.Low, i.Banded), cell(i.Central, i.Known), cell(i.High, i.Banded)}
}

func cell(x float64, known bool) string {
	if !known {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func joined(notes []Note) string {
	texts := make([]string, len(notes))
	for i, n := range notes {
		texts[i] = string(n)
	}
	return strings.Join(texts, " ")
}
