package locale

import (
	"maps"
	"time"
)

// isolated keeps the direction of a name from moving the signs around it: first strong isolate … pop directional isolate.
func isolated(s string) string {
	if s == "" {
		return ""
	}
	return "\u2068" + s + "\u2069"
}

// Notice says what a notice tells: the message inbox.kind_KIND with its arguments, which are names, ids, and days such as
// 2026-12-18. Who did it is named by "By", else by "Role" and "Department". Where the day is missing, the message
// inbox.kind_KIND_open stands in if there is one.
func (w *Words) Notice(kind string, args map[string]string) string {
	values := map[string]any{"City": "", "Part": "", "From": "", "Indicator": "", "Evidence": "", "By": "", "Due": "", "What": ""}
	for name, text := range args {
		values[name] = isolated(w.Name(text))
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
	return w.With(key, maps.Clone(values))
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
