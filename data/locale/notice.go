package locale

import (
	"strings"
	"time"
)

// isolated keeps the direction of a name from moving the signs around it: first strong isolate … pop directional isolate.
func isolated(s string) string {
	if s == "" {
		return ""
	}
	return "\u2068" + s + "\u2069"
}

// Titles finds the title of a part or an indicator of a questionnaire, code@version, in a language, else in another, and says
// which it is; nothing where it is not known.
type Titles func(questionnaire, id, wish string) (title, lang string)

// Sentence is what a notice tells, in pieces: those in another language than the reader's say which.
type Sentence []Piece

// Piece is a part of a sentence.
type Piece struct {
	Text string
	Lang string // empty: the reader's
}

// String is the whole sentence.
func (s Sentence) String() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.Text)
	}
	return b.String()
}

// partsNamed is how many parts a notice names; it says how many more there are.
const partsNamed = 3

// Notice says what a notice tells: the message inbox.kind_KIND with its arguments, which are names, days such as 2026-12-18,
// and ids of parts and indicators, which are called by their titles, with the id after. Who did it is named by "By", else by "Role" and
// "Department". Where the day is missing, the message inbox.kind_KIND_open stands in if there is one.
func (w *Words) Notice(kind string, args map[string]string, titles Titles) Sentence {
	values := map[string]any{"City": "", "Part": "", "From": "", "Indicator": "", "Evidence": "", "By": "", "Due": "", "What": "", "Level": ""}
	for name, text := range args {
		values[name] = isolated(w.Name(text))
	}
	var foreign []Piece // in the order in which they stand
	called := func(id string) string {
		title, lang := titles(args["Questionnaire"], id, w.lang)
		if title == "" {
			return isolated(id)
		}
		title = isolated(title)
		if lang != w.lang {
			foreign = append(foreign, Piece{title, lang})
		}
		return isolated(title + " (" + id + ")")
	}
	if id := args["Indicator"]; id != "" {
		values["Indicator"] = called(id)
	}
	if args["Part"] != "" {
		ids := strings.Split(args["Part"], ", ")
		var names []string
		for _, id := range ids[:min(len(ids), partsNamed)] {
			names = append(names, called(id))
		}
		if more := len(ids) - partsNamed; more > 0 {
			names = append(names, w.N("inbox.more_parts", more))
		}
		values["Part"] = strings.Join(names, w.T("results.separator"))
	}
	if args["By"] == "" {
		values["By"] = w.Person("", args["Role"], args["Department"])
	}
	key := "inbox.kind_" + kind
	if day, err := time.Parse(time.DateOnly, args["Due"]); err == nil {
		values["Due"] = w.Date(day)
	} else if w.Has(key + "_open") {
		key += "_open"
	}
	if args["What"] != "" {
		values["What"] = w.T(args["What"])
	}
	return cut(w.With(key, values), foreign)
}

// cut takes the texts in other languages out of a sentence as pieces of their own.
func cut(text string, foreign []Piece) (all Sentence) {
	for _, f := range foreign {
		before, after, found := strings.Cut(text, f.Text)
		if found {
			all, text = append(all, Piece{before, ""}, f), after
		}
	}
	return append(all, Piece{text, ""})
}

// Person names somebody: by name where it may be known, else by role, and by department where there is one.
func (w *Words) Person(name, role, department string) string {
	who := isolated(w.Name(name))
	if name == "" {
		who = w.T("shell.role_" + role)
	}
	if department == "" {
		return who
	}
	comma := ", "
	if w.lang == "ar" {
		comma = "\u060c "
	}
	return who + comma + isolated(department)
}
