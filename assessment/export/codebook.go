package export

import (
	"strconv"

	"migov/assessment/evidence"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// entry is a line of the codebook: a code of a list, its label, and what more there is to say.
type entry struct{ list, code, label, meaning string }

// codebook lists every code that the tables use, in the reader's language.
func codebook(s Source) (all []entry) {
	add := func(list, code, label, meaning string) { all = append(all, entry{list, code, label, meaning}) }
	named := func(list string, codes []string, key string) {
		for _, c := range codes {
			add(list, c, s.Say(key+c), "")
		}
	}
	for _, o := range []Order{{Subject: Cities}, {Subject: Answers, Shape: Long}, {Subject: Powers}, {Subject: Results}, {Subject: Verdicts}, {Subject: Indicators}, {Subject: Codebook}} {
		for _, c := range layout(o, s).columns {
			add("column:"+string(o.Subject), c.name, s.Say(c.key), c.tag)
		}
	}
	named("non_answer", codes(survey.NonAnswers), "shell.non_")
	named("power", codes(survey.Holders), "shell.holder_")
	named("standing", codes(evidence.Standings), "evidence.standing_")
	named("confidence", codes(survey.Confidences), "export.confidence_")
	named("verdict", []string{"verified", "challenged"}, "evidence.standing_")
	named("note", codes(score.Notes[:6]), "results.note_")
	for i := range s.Instrument.Dimensions {
		d := &s.Instrument.Dimensions[i]
		add("dimension", d.ID, s.label(d.Title), s.label(d.About))
	}
	if d := s.Instrument.Context; d != nil {
		add("dimension", d.ID, s.label(d.Title), s.label(d.About))
	}
	for _, x := range s.Instrument.Sections() {
		add("subcategory", x.ID, s.label(x.Title), "")
	}
	for _, q := range s.Instrument.All() {
		for i, l := range q.Levels {
			word := ""
			if scale := s.Instrument.Scale(q.Scale); scale != nil && i < len(scale.Words) {
				word = s.label(scale.Words[i])
			}
			add(q.ID, strconv.Itoa(i), word, s.label(l))
		}
		for _, o := range q.Options {
			add(q.ID, o.ID, s.label(o.Label), "")
		}
		if q.Kind == survey.YesNo {
			add(q.ID, "yes", s.Say("shell.yes"), "")
			add(q.ID, "no", s.Say("shell.no"), "")
		}
	}
	return all
}

// layout is a table whose rows nobody asks for.
func layout(o Order, s Source) table {
	if o.Subject == Codebook {
		return table{columns: codebookColumns}
	}
	return tableOf(o, s)
}

func codes[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

var codebookColumns = []column{col("list", text, "#meta+list").primary(), col("code", text, "#meta+code").primary(), col("label", text, "#meta+label"), col("meaning", text, "#meta+description")}

func codebookTable(s Source) table {
	return table{name: string(Codebook), columns: codebookColumns, all: func(out sink) error {
		for _, e := range codebook(s) {
			out.text(e.list)
			out.text(e.code)
			out.text(e.label)
			out.text(e.meaning)
			if err := out.end(); err != nil {
				return err
			}
		}
		return nil
	}}
}
