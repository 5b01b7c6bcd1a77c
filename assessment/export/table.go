package export

import (
	"strings"
	"time"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// kind is what the cells of a column are.
type kind string

// The kinds, by their names in Frictionless table schemas.
const (
	text    kind = "string"
	integer kind = "integer"
	number  kind = "number"
	truth   kind = "boolean"
	moment  kind = "datetime"
)

// column is a column of a table.
type column struct {
	name  string
	kind  kind
	tag   string // HXL hashtag with attributes
	key   string // message that explains the column
	says  string // what explains it where there is no such message
	key1  bool   // part of the primary key
	to    string // table to whose first column it leads; empty for none
	width int    // in a workbook, in characters; 0 for what suits name and kind
}

// sink takes the cells of a table, row by row. Every cell is said, in order; the row ends with end.
type sink interface {
	text(s string)
	code(s string) // a text of letters, digits and _ - . | alone; empty for none
	integer(n int)
	number(x float64)
	truth(is bool)
	moment(t time.Time) // the zero time is none
	none()
	end() error
	close() error
}

// table is a subject laid out.
type table struct {
	name    string
	columns []column
	row     func(out sink, r *Record) error // the rows of one record
	all     func(out sink) error            // of a table that does not depend on records
}

// fill writes the rows of a table.
func (t table) fill(out sink, each func(func(*Record) error) error) error {
	if t.all != nil {
		return t.all(out)
	}
	return each(func(r *Record) error { return t.row(out, r) })
}

func col(name string, k kind, tag string) column {
	return column{name: name, kind: k, tag: tag, key: "export.col_" + name}
}

func (c column) primary() column         { c.key1 = true; return c }
func (c column) refers(to string) column { c.to = to; return c }

// cityColumn begins every table of cities.
var cityColumn = col("city", text, "#loc+city+code").primary()

var indicatorColumn = col("indicator", text, "#indicator+code").primary().refers("indicators")

func tableOf(o Order, s Source) table {
	switch o.Subject {
	case Cities:
		return citiesTable(s)
	case Powers:
		return powersTable(s)
	case Results:
		return resultsTable(s)
	case Verdicts:
		return verdictsTable(s)
	case Indicators:
		return indicatorsTable(s)
	case Codebook:
		return codebookTable(s)
	}
	if o.Shape == Wide {
		return wideTable(s)
	}
	return longTable(s)
}

func citiesTable(Source) table {
	return table{name: string(Cities), columns: []column{cityColumn, col("name", text, "#loc+city+name"), col("country", text, "#country+code+v_iso2"),
		col("region", text, "#region+code+v_m49"), col("locode", text, "#loc+city+code+v_unlocode"), col("population", integer, "#population+num"),
		col("roles", text, "#loc+type+list"), col("income", text, "#country+type+income"), col("fictional", truth, "#meta+fictional"),
		col("state", text, "#status+code"), col("handed_in", moment, "#date+handed_in"), col("answered", integer, "#indicator+answered+num"), col("settled", integer, "#indicator+settled+num")},
		row: func(out sink, r *Record) error {
			out.code(r.Code)
			out.text(r.Name)
			out.text(r.Country)
			out.text(r.Region)
			out.text(r.Locode)
			if r.Population > 0 {
				out.integer(r.Population)
			} else {
				out.none()
			}
			out.text(r.Roles)
			out.text(r.Income)
			out.truth(r.Fictional)
			out.code(r.State)
			out.moment(r.HandedIn)
			out.integer(r.Answered)
			out.integer(r.Settled)
			return out.end()
		}}
}

// value writes the value of an answer as what it is: levels and numbers as numbers.
func value(out sink, q *survey.Indicator, v string) {
	switch {
	case v == "":
		out.none()
	case q.Kind == survey.Level && len(v) == 1 && v[0] >= '0' && v[0] <= '9':
		out.integer(int(v[0] - '0'))
	case q.Kind == survey.Number:
		if x, ok := parsed(v); ok {
			out.number(x)
		} else {
			out.text(v)
		}
	case q.Kind == survey.YesNo || q.Kind == survey.Multiple:
		out.code(v)
	default:
		out.text(v)
	}
}

// longTable has the columns of package longform, so that its CSV can be read back, and the confidence.
func longTable(s Source) table {
	questions := s.Instrument.All()
	return table{name: string(Answers), columns: []column{cityColumn.refers("cities"), indicatorColumn, col("value", text, "#indicator+value"),
		col("non_answer", text, "#status+non_answer+code"), col("power", text, "#org+power+code"), col("explanation", text, "#description+explanation"),
		col("evidence", text, "#description+evidence"), col("standing", text, "#status+standing+code"), col("proposed", text, "#indicator+value+proposed"),
		col("proposed_by_role", text, "#org+type+proposed"), col("proposal_reason", text, "#description+reason+proposed"), col("city_reply", text, "#description+reply"),
		col("confidence", text, "#status+confidence+code")},
		row: func(out sink, r *Record) error {
			for i, q := range questions {
				a := &r.Answers[i]
				out.code(r.Code)
				out.code(q.ID)
				value(out, q, a.Value)
				out.code(a.NonAnswer)
				out.code(a.Power)
				out.text(a.Explanation)
				out.text(a.Evidence)
				out.code(a.Standing)
				out.text(a.Proposed)
				out.code(a.ProposedBy)
				out.text(a.ProposalReason)
				out.text(a.Reply)
				out.code(a.Confidence)
				if err := out.end(); err != nil {
					return err
				}
			}
			return nil
		}}
}

// wideTable has for each indicator its value, for each option of a multiple choice whether it was chosen, and the non-answer.
func wideTable(s Source) table {
	questions := s.Instrument.All()
	columns := []column{cityColumn.refers("cities"), col("name", text, "#loc+city+name"), col("country", text, "#country+code+v_iso2"), col("handed_in", moment, "#date+handed_in")}
	for _, q := range questions {
		k, tag := text, strings.ToLower(strings.ReplaceAll(q.ID, "-", "_"))
		switch q.Kind {
		case survey.Level:
			k = integer
		case survey.Number:
			k = number
		}
		title := s.label(q.Title)
		columns = append(columns, column{name: q.ID, kind: k, tag: "#indicator+value+i_" + tag, says: title})
		if q.Kind == survey.Multiple {
			for _, o := range q.Options {
				columns = append(columns, column{name: q.ID + "_" + o.ID, kind: truth, tag: "#indicator+chosen+i_" + tag + "+o_" + strings.ReplaceAll(o.ID, "-", "_"), says: title + ": " + s.label(o.Label)})
			}
		}
		columns = append(columns, column{name: q.ID + "_non_answer", kind: text, tag: "#status+non_answer+code+i_" + tag, says: title + ": " + s.Say("export.col_non_answer")})
	}
	return table{name: string(Answers), columns: columns, row: func(out sink, r *Record) error {
		out.code(r.Code)
		out.text(r.Name)
		out.text(r.Country)
		out.moment(r.HandedIn)
		for i, q := range questions {
			a := &r.Answers[i]
			value(out, q, a.Value)
			if q.Kind == survey.Multiple {
				for _, o := range q.Options {
					if a.Value == "" {
						out.none()
					} else {
						out.truth(chosen(a.Value, o.ID))
					}
				}
			}
			out.code(a.NonAnswer)
		}
		return out.end()
	}}
}

// chosen tells whether an option is among those of a value, which are joined by |.
func chosen(value, option string) bool {
	for id := range strings.SplitSeq(value, "|") {
		if id == option {
			return true
		}
	}
	return false
}

func powersTable(s Source) table {
	questions := s.Instrument.Indicators()
	return table{name: string(Powers), columns: []column{cityColumn.refers("cities"), indicatorColumn, col("power", text, "#org+power+code"),
		col("default_power", text, "#org+power+default+code"), col("set_by_city", truth, "#meta+set_by_city"), col("reason", text, "#description+reason")},
		row: func(out sink, r *Record) error {
			for i, q := range questions {
				a := &r.Answers[i]
				out.code(r.Code)
				out.code(q.ID)
				out.code(a.Power)
				out.code(string(q.Power))
				out.truth(a.PowerSet)
				out.text(a.PowerReason)
				if err := out.end(); err != nil {
					return err
				}
			}
			return nil
		}}
}

// resultsTable has the numbers of every dimension and sub-category. Overall numbers stand on a city's own pages alone: beside
// those of other cities they would be read as a league table.
func resultsTable(s Source) table {
	scheme := score.NewScheme(s.Instrument)
	type part struct{ kind, id string }
	var parts []part
	for _, id := range scheme.DimensionIDs() {
		parts = append(parts, part{"dimension", id})
	}
	for _, id := range scheme.SubcategoryIDs() {
		parts = append(parts, part{"subcategory", id})
	}
	interval := func(out sink, x score.Interval) {
		number := func(known bool, v float64) {
			if known {
				out.number(v)
			} else {
				out.none()
			}
		}
		number(x.Known, x.Central)
		number(x.Banded, x.Low)
		number(x.Banded, x.High)
	}
	return table{name: string(Results), columns: []column{cityColumn.refers("cities"), col("part", text, "#meta+part"), col("id", text, "#indicator+code").primary(),
		col("backing", text, "#status+standing+code").primary(), col("situation", number, "#indicator+situation+num"), col("situation_low", number, "#indicator+situation+min+num"),
		col("situation_high", number, "#indicator+situation+max+num"), col("effort", number, "#indicator+effort+num"), col("effort_low", number, "#indicator+effort+min+num"),
		col("effort_high", number, "#indicator+effort+max+num"), col("coverage", number, "#indicator+coverage+num"), col("answered", integer, "#indicator+answered+num"),
		col("applicable", integer, "#indicator+applicable+num"), col("note", text, "#status+note+code"), col("effort_note", text, "#status+note+effort+code")},
		row: func(out sink, r *Record) error {
			for i, p := range parts {
				for j := range r.Results {
					all, at := r.Results[j].Dimensions, i
					if p.kind == "subcategory" {
						all, at = r.Results[j].Subcategories, i-len(r.Results[j].Dimensions)
					}
					x := all[at]
					out.code(r.Code)
					out.code(p.kind)
					out.code(p.id)
					out.code(Backings[j])
					interval(out, x.Situation)
					interval(out, x.Effort)
					if share, known := x.Coverage(); known {
						out.number(share)
					} else {
						out.none()
					}
					out.integer(x.Answered)
					out.integer(x.Applicable)
					out.code(string(x.SituationNote()))
					out.code(string(x.EffortNote()))
					if err := out.end(); err != nil {
						return err
					}
				}
			}
			return nil
		}}
}

func verdictsTable(Source) table {
	return table{name: string(Verdicts), columns: []column{cityColumn.refers("cities"), indicatorColumn, col("verdict", text, "#status+verdict+code"),
		col("version", integer, "#meta+version+num"), col("current", truth, "#meta+current"), col("proposed", text, "#indicator+value+proposed"),
		col("by_role", text, "#org+type").primary(), col("reason", text, "#description+reason"), col("at", moment, "#date+verdict").primary()},
		row: func(out sink, r *Record) error {
			for _, v := range r.Verdicts {
				out.code(r.Code)
				out.code(v.Indicator)
				out.code(v.Says)
				out.integer(v.Version)
				out.truth(v.Current)
				out.text(v.Proposed)
				out.code(v.Role)
				out.text(v.Reason)
				out.moment(v.At)
				if err := out.end(); err != nil {
					return err
				}
			}
			return nil
		}}
}

func indicatorsTable(s Source) table {
	own := indicatorColumn
	own.to = ""
	return table{name: string(Indicators), columns: []column{own, col("dimension", text, "#sector+code"), col("subcategory", text, "#subsector+code"),
		col("kind", text, "#indicator+type"), col("scored", truth, "#meta+scored"), col("core", truth, "#meta+core"), col("default_power", text, "#org+power+default+code"),
		col("title", text, "#indicator+name"), col("question", text, "#indicator+description"), col("unit", text, "#indicator+unit"),
		col("minimum", number, "#indicator+min+num"), col("maximum", number, "#indicator+max+num")},
		all: func(out sink) error {
			for _, q := range s.Instrument.All() {
				out.code(q.ID)
				out.text(q.Dimension)
				out.text(q.Subcategory)
				out.code(string(q.Kind))
				out.truth(q.Scored)
				out.truth(q.Core)
				out.code(string(q.Power))
				out.text(s.label(q.Title))
				out.text(s.label(q.Question))
				if b := q.Number; b != nil {
					out.text(s.label(b.Unit))
					out.number(b.Min)
					out.number(b.Max)
				} else {
					out.none()
					out.none()
					out.none()
				}
				if err := out.end(); err != nil {
					return err
				}
			}
			return nil
		}}
}
