package survey

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// The patterns of ids; instrument.schema.json repeats them.
var (
	codePattern      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	versionPattern   = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)
	dimensionPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	subPattern       = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}\.[1-9][0-9]?$`)
	indicatorPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}-[0-9]{2,3}$`)
	scalePattern     = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	wordPattern      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	targetPattern    = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]*$`)
)

// FrameworkIDs are the frameworks a crosswalk can point into: the Global Compact for Migration, the Sustainable
// Development Goals, the New Urban Agenda, the Migrants in Countries in Crisis guidelines.
var FrameworkIDs = []string{"gcm", "sdg", "nua", "micic"}

// Limits of the format, in characters and figures.
const (
	maxDimensionShort   = 14 // English; the corners of a radar and the heads of a heat map have no room for more
	maxSubcategoryShort = 18
	maxTextAnswer       = 10000
	maxDecimals         = 6
)

func (r *reader) instrument(root at) *Instrument {
	m := r.mapping(root, "format! code! version! title! about! languages! reviewed scales frameworks dimensions! context glossary contradictions")
	in := &Instrument{}
	if n, ok := m["format"].node.(*ast.IntegerNode); !m["format"].missing() && (!ok || n.Token.Value != "1") {
		r.fault(m["format"], "must be 1, the only format there is")
	}
	in.Code = r.pattern(m["code"], codePattern, "small letters, digits and hyphens, such as urban-migof")
	in.Version = r.pattern(m["version"], versionPattern, "a semantic version such as 1.0.0")
	r.readLanguages(in, m["languages"], m["reviewed"])
	in.Title = r.text(m["title"], title)
	in.About = r.text(m["about"], title)
	for _, a := range r.list(m["scales"], false) {
		in.Scales = append(in.Scales, r.scale(a))
	}
	r.targets = map[string]map[string]bool{}
	for _, a := range r.list(m["frameworks"], false) {
		in.Frameworks = append(in.Frameworks, r.framework(a))
	}
	for _, a := range r.list(m["dimensions"], true) {
		in.Dimensions = append(in.Dimensions, r.dimension(in, a, true))
	}
	if a := m["context"]; !a.missing() {
		d := r.dimension(in, a, false)
		in.Context = &d
	}
	for _, a := range r.list(m["glossary"], false) {
		in.Glossary = append(in.Glossary, r.term(a))
	}
	in.index()
	r.contradictions(in, m["contradictions"])
	return in
}

func (r *reader) readLanguages(in *Instrument, languages, reviewed at) {
	for i, a := range r.list(languages, true) {
		l := oneOf(r, a, "language", Languages)
		switch {
		case l == "":
		case i == 0 && l != English:
			r.fault(a, "the first language must be en, because every other text falls back on English")
		case slices.Contains(in.Languages, l):
			r.fault(a, "language %s stands twice", l)
		default:
			in.Languages = append(in.Languages, l)
		}
	}
	r.languages = in.Languages
	for _, a := range r.list(reviewed, false) {
		l := Language(r.str(a))
		switch {
		case l == "":
		case !slices.Contains(in.Languages, l):
			r.fault(a, "language %q is not among the languages of the instrument", l)
		case slices.Contains(in.Reviewed, l):
			r.fault(a, "language %s stands twice", l)
		default:
			in.Reviewed = append(in.Reviewed, l)
		}
	}
}

// identified gives a list item its id for a name: alone ("MR-01") or with the list ("glossary[diaspora]").
func identified(a at, alone bool) at {
	m, ok := a.node.(*ast.MappingNode)
	if !ok {
		return a
	}
	for _, p := range m.Values {
		s, ok := p.Value.(*ast.StringNode)
		if !ok || p.Key.GetToken().Value != "id" || s.Value == "" {
			continue
		}
		list := a.path[:max(strings.LastIndexByte(a.path, '['), 0)]
		if alone {
			a.path = s.Value
		} else {
			a.path = list + "[" + s.Value + "]"
		}
		break
	}
	return a
}

// id reads an id, checks its form and that it stands only once within its space.
func (r *reader) id(a at, space string, form *regexp.Regexp, like string) string {
	s := r.pattern(a, form, like)
	if s == "" {
		return ""
	}
	if first, twice := r.ids[space+" "+s]; twice {
		r.fault(a, "id %q stands twice, first in line %d", s, first)
	} else {
		r.ids[space+" "+s] = a.line
	}
	return s
}

// pattern reads a text of a certain form; "" when it has another.
func (r *reader) pattern(a at, form *regexp.Regexp, like string) string {
	s := r.str(a)
	if strings.TrimSpace(s) != "" && !form.MatchString(s) {
		r.fault(a, "%q must be %s", s, like)
		return ""
	}
	return s
}

func (r *reader) scale(a at) Scale {
	a = identified(a, false)
	m := r.mapping(a, "id! title! words!")
	s := Scale{ID: r.id(m["id"], "scale", scalePattern, "capital letters and digits, such as ACC"), Title: r.text(m["title"], title)}
	words := r.five(m["words"], title)
	copy(s.Words[:], words)
	return s
}

// five reads the texts of the levels 0 to 4.
func (r *reader) five(a at, use use) []Text {
	items := r.list(a, false)
	if !a.missing() && items != nil && len(items) != 5 {
		r.fault(a, "needs exactly five texts, for the levels 0 to 4, but has %d", len(items))
	}
	texts := make([]Text, 0, 5)
	for _, item := range items {
		texts = append(texts, r.text(item, use))
	}
	return texts
}

func (r *reader) framework(a at) Framework {
	a = identified(a, false)
	m := r.mapping(a, "id! title! source! targets!")
	f := Framework{Title: r.text(m["title"], title), Source: r.str(m["source"])}
	if f.ID = oneOf(r, m["id"], "framework", FrameworkIDs); f.ID != "" {
		r.id(m["id"], "framework", wordPattern, "")
	}
	known := map[string]bool{}
	for _, item := range r.list(m["targets"], true) {
		item = identified(item, false)
		t := r.mapping(item, "id! title!")
		target := Target{ID: r.id(t["id"], f.ID+" target", targetPattern, `a number such as "10.7", in quotes`), Title: r.text(t["title"], title)}
		known[target.ID] = true
		f.Targets = append(f.Targets, target)
	}
	if f.ID != "" {
		r.targets[f.ID] = known
	}
	return f
}

func (r *reader) term(a at) Term {
	a = identified(a, false)
	m := r.mapping(a, "id! term! meaning!")
	return Term{ID: r.id(m["id"], "term", wordPattern, "small letters, digits and _"), Term: r.text(m["term"], title), Meaning: r.text(m["meaning"], title)}
}

func (r *reader) dimension(in *Instrument, a at, scored bool) Dimension {
	a = identified(a, true)
	m := r.mapping(a, "id! title! short! about! subcategories!")
	d := Dimension{ID: r.id(m["id"], "dimension", dimensionPattern, "two to eight capital letters and digits, such as MR"),
		Title: r.text(m["title"], title), Short: r.short(m["short"], maxDimensionShort), About: r.text(m["about"], title)}
	for _, item := range r.list(m["subcategories"], true) {
		d.Subcategories = append(d.Subcategories, r.subcategory(in, item, d.ID, scored))
	}
	return d
}

func (r *reader) short(a at, limit int) Text {
	t := r.text(a, title)
	if n := utf8.RuneCountInString(t[English]); n > limit {
		r.fault(a, "has %d characters in English; at most %d fit into a chart", n, limit)
	}
	return t
}

func (r *reader) subcategory(in *Instrument, a at, dimension string, scored bool) Subcategory {
	a = identified(a, true)
	m := r.mapping(a, "id! title! short! indicators!")
	s := Subcategory{ID: r.id(m["id"], "sub-category", subPattern, "its dimension, a point and a number, such as MR.1"), Dimension: dimension,
		Title: r.text(m["title"], title), Short: r.short(m["short"], maxSubcategoryShort)}
	r.begins(m["id"], s.ID, dimension, ".")
	for _, item := range r.list(m["indicators"], true) {
		s.Indicators = append(s.Indicators, r.indicator(in, item, dimension, s.ID, scored))
	}
	return s
}

func (r *reader) begins(a at, id, dimension, mark string) {
	if id != "" && dimension != "" && !strings.HasPrefix(id, dimension+mark) {
		r.fault(a, "id %q does not begin with %q, as its dimension does", id, dimension+mark)
	}
}
