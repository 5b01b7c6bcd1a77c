package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// use says what a text is for. Translations of titles (and questions, options, words) are missed one by one; those of the others are summed up.
type use string

const (
	title     use = ""
	levels    use = "levels"
	help      use = "help"
	evidence  use = "evidence"
	elsewhere use = "elsewhere"
)

// spoken is a text that was read, with its place and use.
type spoken struct {
	at
	use  use
	text Text
}

// text reads a text in languages of the instrument; English may not be missing.
func (r *reader) text(a at, use use) Text {
	if a.missing() {
		return nil
	}
	names := make([]string, len(r.languages))
	for i, l := range r.languages {
		names[i] = string(l)
	}
	t := Text{}
	var pairs []*ast.MappingValueNode
	switch n := a.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.wrong(a, `a text for each language, such as {en: "…"}`)
		return nil
	}
	for _, p := range pairs {
		l := Language(p.Key.GetToken().Value)
		here := at{node: p.Value, line: line(p.Key), path: join(a.path, string(l))}
		_, twice := t[l]
		switch {
		case !slices.Contains(r.languages, l):
			r.fault(here, "unknown language %q; the languages of the instrument are %s", l, strings.Join(names, ", "))
		case twice:
			r.fault(here, "stands twice")
		default:
			t[l] = r.str(here)
		}
	}
	if _, there := t[English]; !there {
		r.fault(a, "has no English text")
	}
	r.texts = append(r.texts, spoken{at: a, use: use, text: t})
	return t
}

// translations warns of what is not translated: texts of titles, questions and choices one by one, levels and help in one line for each language.
func (r *reader) translations(in *Instrument) {
	type lack struct{ first, count, of int }
	sums := map[use]map[Language]*lack{}
	for _, s := range r.texts {
		var missing []string
		for _, l := range in.Languages {
			if sums[s.use] == nil {
				sums[s.use] = map[Language]*lack{}
			}
			sum := sums[s.use][l]
			if sum == nil {
				sum = &lack{}
				sums[s.use][l] = sum
			}
			sum.of++
			if l == English || strings.TrimSpace(s.text[l]) != "" {
				continue
			}
			missing = append(missing, string(l))
			if sum.count++; sum.count == 1 {
				sum.first = s.line
			}
		}
		if s.use == title && len(missing) > 0 {
			r.warn(s.at, "has no translation into %s", strings.Join(missing, ", "))
		}
	}
	for _, u := range []use{levels, help, evidence, elsewhere} {
		for _, l := range in.Languages {
			if sum := sums[u][l]; sum != nil && sum.count > 0 {
				r.problems = append(r.problems, Problem{Warning: true, Path: string(u),
					Message: fmt.Sprintf("%d of %d texts have no translation into %s, the first in line %d", sum.count, sum.of, l, sum.first)})
			}
		}
	}
}
