package export

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"migov/assessment/survey"
)

// SPSS reads answers.csv by answers.sps: a variable for each indicator, for each option of a multiple choice, and none for
// explanations. What is no answer has a number of its own, declared as missing, so that SPSS counts it apart from a blank.

// nonAnswerCodes are the numbers of the non-answers, by survey.NonAnswers; no question of an instrument takes such a number.
var nonAnswerCodes = []int{-9991, -9992, -9993, -9994, -9995}

// Limits of SPSS, in bytes.
const (
	labelBytes = 255 // of a label of a variable
	valueBytes = 120 // of a label of a value
	textBytes  = 4000
)

// variable is a column of answers.csv.
type variable struct {
	name, format, label string
	values              [][2]string // code and label
	missing             bool        // the numbers of non-answers are
}

func writeSPSS(w io.Writer, s Source, each func(func(*Record) error) error) error {
	a := archive{at: s.At}
	defer a.drop()
	variables := variables(s)
	out := newCSV(a.add("answers.csv"), table{columns: named(variables)}, Raw)
	questions := s.Instrument.All()
	err := each(func(r *Record) error {
		out.code(r.Code)
		out.text(spssText(r.Name))
		out.code(r.Country)
		for i, q := range questions {
			spssAnswer(out, q, &r.Answers[i])
		}
		return out.end()
	})
	if err != nil {
		return err
	}
	if err := out.close(); err != nil {
		return err
	}
	if _, err := a.add("answers.sps").Write(syntax(s, variables)); err != nil {
		return err
	}
	var about bytes.Buffer
	for _, line := range readme(s) {
		fmt.Fprintf(&about, "%s: %s\n", line[0], line[1])
	}
	if _, err := a.add("README.txt").Write(about.Bytes()); err != nil {
		return err
	}
	return a.writeTo(w, func(string) int { return 0 })
}

func named(all []variable) []column {
	out := make([]column, len(all))
	for i, v := range all {
		out[i] = column{name: v.name}
	}
	return out
}

// spssAnswer writes the variables of an answer.
func spssAnswer(out *csvSink, q *survey.Indicator, a *Answer) {
	number := 0
	for i, n := range survey.NonAnswers {
		if a.NonAnswer == string(n) {
			number = nonAnswerCodes[i]
		}
	}
	one := func(is bool) {
		switch {
		case number != 0:
			out.integer(number)
		case a.Value == "":
			out.none()
		case is:
			out.integer(1)
		default:
			out.integer(0)
		}
	}
	switch q.Kind {
	case survey.YesNo:
		one(a.Value == "yes")
	case survey.Multiple:
		for _, o := range q.Options {
			one(chosen(a.Value, o.ID))
		}
	case survey.Freetext:
		out.text(spssText(a.Value))
	default:
		if number != 0 {
			out.integer(number)
		} else {
			value(out, q, a.Value)
		}
	}
}

// spssText is a text on one line, as its reader of CSV takes line breaks for the end of a case.
func spssText(t string) string {
	return cutBytes(strings.Join(strings.Fields(t), " "), textBytes)
}

// cutBytes is the longest beginning of a text of at most so many bytes that ends with a whole character.
func cutBytes(t string, most int) string {
	if len(t) <= most {
		return t
	}
	for most > 0 && !utf8.RuneStart(t[most]) {
		most--
	}
	return t[:most]
}

// spssName is a code as the name of a variable.
func spssName(code string) string { return strings.NewReplacer("-", "_", ".", "_").Replace(code) }

func variables(s Source) []variable {
	missing := make([][2]string, len(survey.NonAnswers))
	for i, n := range survey.NonAnswers {
		missing[i] = [2]string{strconv.Itoa(nonAnswerCodes[i]), s.Say("shell.non_" + string(n))}
	}
	yes := append([][2]string{{"1", s.Say("shell.yes")}, {"0", s.Say("shell.no")}}, missing...)
	all := []variable{{name: "city", format: "A64", label: s.Say("export.col_city")}, {name: "name", format: fmt.Sprintf("A%d", textBytes), label: s.Say("export.col_name")},
		{name: "country", format: "A2", label: s.Say("export.col_country")}}
	for _, q := range s.Instrument.All() {
		v := variable{name: spssName(q.ID), format: "F8.0", label: q.ID + " " + s.label(q.Title), missing: true}
		switch q.Kind {
		case survey.Level:
			for i, l := range q.Levels {
				v.values = append(v.values, [2]string{strconv.Itoa(i), s.label(l)})
			}
			v.values = append(v.values, missing...)
		case survey.YesNo:
			v.values = yes
		case survey.Multiple:
			for _, o := range q.Options {
				all = append(all, variable{name: v.name + "_" + spssName(o.ID), format: "F8.0", label: v.label + ": " + s.label(o.Label), values: yes, missing: true})
			}
			continue
		case survey.Number:
			decimals := 0
			if q.Number != nil {
				decimals = q.Number.Decimals
			}
			v.format, v.values = fmt.Sprintf("F%d.%d", 16, decimals), missing
		default:
			v.format, v.missing = fmt.Sprintf("A%d", textBytes), false
		}
		all = append(all, v)
	}
	return all
}

// syntax is answers.sps.
func syntax(s Source, all []variable) []byte {
	var b bytes.Buffer
	quoted := func(t string, most int) string {
		return "'" + strings.ReplaceAll(cutBytes(spssText(t), most), "'", "''") + "'"
	}
	fmt.Fprintf(&b, "* Encoding: UTF-8.\n* %s, %s, method %s.\n", spssText(s.Round), s.Instrument.Name(), s.Method)
	b.WriteString("SET DECIMAL=DOT.\nGET DATA\n  /TYPE=TXT\n  /FILE='answers.csv'\n  /ENCODING='UTF8'\n  /DELCASE=LINE\n  /DELIMITERS=\",\"\n  /QUALIFIER='\"'\n  /ARRANGEMENT=DELIMITED\n  /FIRSTCASE=2\n  /VARIABLES=")
	for _, v := range all {
		fmt.Fprintf(&b, "\n    %s %s", v.name, v.format)
	}
	b.WriteString(".\n\nVARIABLE LABELS")
	for i, v := range all {
		if i > 0 {
			b.WriteString("\n  /")
		} else {
			b.WriteString("\n  ")
		}
		fmt.Fprintf(&b, "%s %s", v.name, quoted(v.label, labelBytes))
	}
	b.WriteString(".\n\nVALUE LABELS")
	first := true
	for _, v := range all {
		if len(v.values) == 0 {
			continue
		}
		if !first {
			b.WriteString("\n  /")
		} else {
			b.WriteString("\n  ")
		}
		first = false
		b.WriteString(v.name)
		for _, x := range v.values {
			fmt.Fprintf(&b, "\n    %s %s", x[0], quoted(x[1], valueBytes))
		}
	}
	b.WriteString(".\n\nMISSING VALUES")
	for _, v := range all {
		if v.missing {
			fmt.Fprintf(&b, "\n  %s (LO THRU %d)", v.name, nonAnswerCodes[0])
		}
	}
	b.WriteString(".\nEXECUTE.\n")
	return b.Bytes()
}
