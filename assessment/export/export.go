// Package export writes what a round has gathered for other programs: answers in long and wide form, cities, powers, results
// and verdicts, as CSV, JSON, HXL, XLSX, as a Frictionless data package and for SPSS. Everything goes by stable codes; what they
// mean stands in the codebook, in the reader's language. Records come in one after another and go out at once, so that memory
// does not grow with the round.
package export

import (
	"io"
	"slices"
	"time"

	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Format is the kind of a file.
type Format string

// The formats.
const (
	CSV     Format = "csv"     // for spreadsheets: with a byte order mark, texts guarded against being taken for formulas
	Raw     Format = "raw"     // CSV for R and other programs: no byte order mark, every text exactly as it is
	JSON    Format = "json"    // one list of objects
	NDJSON  Format = "ndjson"  // one object on each line
	HXL     Format = "hxl"     // CSV with a second header row of hashtags of the Humanitarian Exchange Language 1.1
	XLSX    Format = "xlsx"    // a workbook, one sheet for each subject
	Package Format = "package" // a Frictionless data package (ZIP)
	SPSS    Format = "spss"    // syntax and CSV (ZIP)
)

// Formats lists the formats.
var Formats = []Format{XLSX, CSV, Raw, JSON, NDJSON, HXL, Package, SPSS}

// Suffix is how the name of such a file ends.
func (f Format) Suffix() string {
	switch f {
	case Raw:
		return ".raw.csv"
	case HXL:
		return ".hxl.csv"
	case Package:
		return ".datapackage.zip"
	case SPSS:
		return ".spss.zip"
	}
	return "." + string(f)
}

// Media is the media type of such a file.
func (f Format) Media() string {
	switch f {
	case JSON:
		return "application/json"
	case NDJSON:
		return "application/x-ndjson"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case Package, SPSS:
		return "application/zip"
	}
	return "text/csv; charset=utf-8"
}

// Packed tells whether such a file is compressed already.
func (f Format) Packed() bool { return f == XLSX || f == Package || f == SPSS }

// Subject is what a file is about.
type Subject string

// The subjects.
const (
	Everything Subject = "everything" // every other one; only in formats that hold several tables
	Answers    Subject = "answers"
	Cities     Subject = "cities"
	Powers     Subject = "powers"
	Results    Subject = "results"
	Verdicts   Subject = "verdicts"
	Indicators Subject = "indicators"
	Codebook   Subject = "codebook"
)

// Subjects lists the subjects.
var Subjects = []Subject{Everything, Answers, Cities, Powers, Results, Verdicts, Indicators, Codebook}

// Shape is how answers are laid out.
type Shape string

// The shapes.
const (
	Long Shape = "long" // a row for each city and indicator
	Wide Shape = "wide" // a row for each city, columns for each indicator
)

// Shapes lists the shapes.
var Shapes = []Shape{Long, Wide}

// Order says what shall be written.
type Order struct {
	Format  Format
	Subject Subject // empty: Everything where the format holds several tables, else Answers
	Shape   Shape   // of answers; empty for Long. SPSS is always wide.
}

// Settled fills in what was left open. What cannot be is a fault of kind Invalid that names the field.
func (o Order) Settled() (Order, error) {
	many := o.Format.Packed()
	if o.Subject == "" {
		o.Subject = Answers
		if many {
			o.Subject = Everything
		}
	}
	if o.Shape == "" {
		o.Shape = Long
	}
	if o.Format == SPSS {
		o.Shape = Wide
	}
	var bad []fault.Field
	if !slices.Contains(Formats, o.Format) {
		bad = append(bad, fault.Field{Name: "format", Key: "export.no_format"})
	}
	if !slices.Contains(Subjects, o.Subject) {
		bad = append(bad, fault.Field{Name: "subject", Key: "export.no_subject"})
	}
	if !slices.Contains(Shapes, o.Shape) {
		bad = append(bad, fault.Field{Name: "shape", Key: "export.no_shape"})
	}
	if o.Subject == Everything && !many && len(bad) == 0 {
		bad = append(bad, fault.Field{Name: "subject", Key: "export.one_subject"})
	}
	if len(bad) > 0 {
		return o, fault.New(fault.Invalid, bad[0].Key, nil).WithFields(bad...)
	}
	return o, nil
}

// Needs says what of the records an export uses, so that nothing else is read for it.
type Needs struct {
	Answers bool // values and non-answers
	Texts   bool // explanations, evidence, confidence, and what stands beside the answers
	Powers  bool
	Results bool
}

// Needs says what of the records the export uses. The order is settled.
func (o Order) Needs() Needs {
	all := o.Subject == Everything && o.Format != SPSS
	has := func(some ...Subject) bool { return all || slices.Contains(some, o.Subject) }
	n := Needs{Answers: has(Answers, Results) || o.Format == SPSS, Powers: has(Powers, Results), Results: has(Results), Texts: has(Verdicts, Results)}
	if has(Answers) && o.Shape == Long && o.Format != SPSS {
		n.Texts, n.Powers = true, true
	}
	return n
}

// Name is the name of the file: what it is about, the round (and the city), the questionnaire, the method and the day.
func (o Order) Name(s Source) string {
	name := s.Round
	if s.City != "" {
		name += "_" + s.City
	}
	name += "_" + s.Instrument.Code + "-" + s.Instrument.Version + "_method-" + s.Method + "_"
	if o.Format != SPSS {
		name += string(o.Subject) + "_"
	}
	if o.Format != SPSS && (o.Subject == Answers || o.Subject == Everything) {
		name += string(o.Shape) + "_"
	}
	return name + s.At.UTC().Format(time.DateOnly) + o.Format.Suffix()
}

// Source is what an export is made from.
type Source struct {
	Round, Title string // code and title of the round
	City         string // code, where the export is of one city
	Instrument   *survey.Instrument
	Method       string // version
	At           time.Time
	Language     survey.Language         // of labels
	Say          func(key string) string // messages in that language
}

// label is a text in the reader's language, else in English.
func (s Source) label(t survey.Text) string {
	text, _ := t.In(s.Language)
	return text
}

// City is what is known of a city and of its assessment in the round.
type City struct {
	Code, Name, Country string
	Region, Locode      string
	Population          int
	Roles, Income       string // roles joined by |
	Fictional           bool
	State               string // of the assessment
	HandedIn            time.Time
	Answered, Settled   int
}

// Record is everything of one city. What it holds is good until the call that has handed it over returns.
type Record struct {
	City
	Answers  []Answer // in the order of Instrument.All
	Results  [3]score.Numbers
	Verdicts []Verdict
}

// Backings are what Record.Results count: every answer, those evidenced or better, those verified.
var Backings = [3]string{"claimed", "evidenced", "verified"}

// Answer is what is kept for an indicator; the zero Answer is a blank.
type Answer struct {
	Value, NonAnswer, Explanation, Evidence, Confidence   string
	Standing, Proposed, ProposedBy, ProposalReason, Reply string
	Power, PowerReason                                    string // empty for context
	PowerSet                                              bool   // by the city; otherwise it is the instrument's
}

// Verdict is what somebody from outside says of an answer.
type Verdict struct {
	Indicator, Says, Proposed, Role, Reason string
	Version                                 int
	Current                                 bool // said of the answer as it stands
	At                                      time.Time
}

// Write writes an export. Each calls its argument with one record after another, in the order of the codes of the cities. After
// an error what was written is no whole file; before the first 64 KB nothing is.
func Write(w io.Writer, o Order, s Source, each func(func(*Record) error) error) error {
	switch o.Format {
	case XLSX:
		return writeWorkbook(w, o, s, each)
	case Package:
		return writePackage(w, o, s, each)
	case SPSS:
		return writeSPSS(w, s, each)
	}
	t := tableOf(o, s)
	var out sink
	switch o.Format {
	case JSON, NDJSON:
		out = newJSON(w, t, o.Format == NDJSON)
	default:
		out = newCSV(w, t, o.Format)
	}
	if err := t.fill(out, each); err != nil {
		return err
	}
	return out.close()
}
