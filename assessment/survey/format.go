package survey

import (
	"fmt"
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

// The keys of an indicator: of every one, of those in scored dimensions, and what each kind takes beside them.
const (
	everyKey  = "id! kind! title! question! help evidence scale levels options number max_length"
	scoredKey = everyKey + " core power! elsewhere crosswalk"
)

var kindKeys = map[Kind][]string{Level: {"scale", "levels"}, YesNo: {}, Multiple: {"options"}, Number: {"number"}, Freetext: {"max_length"}}

func (r *reader) indicator(in *Instrument, a at, dimension, sub string, inDimension bool) *Indicator {
	a = identified(a, true)
	keys := everyKey
	if inDimension {
		keys = scoredKey
	}
	m := r.mapping(a, keys)
	if m == nil {
		return &Indicator{Dimension: dimension, Subcategory: sub}
	}
	q := &Indicator{ID: r.id(m["id"], "indicator", indicatorPattern, "its dimension, a hyphen and two or three digits, such as MR-01"),
		Dimension: dimension, Subcategory: sub, Line: a.line, Reviewed: in.Reviewed,
		Kind: oneOf(r, m["kind"], "kind", Kinds), Title: r.text(m["title"], title), Question: r.text(m["question"], title),
		Help: r.text(m["help"], help), Evidence: r.text(m["evidence"], evidence)}
	r.begins(m["id"], q.ID, dimension, "-")
	if inDimension {
		q.Scored = q.Kind == Level || q.Kind == YesNo || q.Kind == Multiple
		q.Core = r.boolean(m["core"])
		q.Power = oneOf(r, m["power"], "power", Holders)
		q.Elsewhere = r.text(m["elsewhere"], elsewhere)
		q.Crosswalk = r.crosswalk(m["crosswalk"])
		for _, key := range []string{"help", "evidence", "elsewhere"} {
			if m[key].missing() {
				r.warn(a, "has no %s", key)
			}
		}
	}
	if q.Kind == "" {
		return q
	}
	r.belonging(a, m, q.Kind)
	r.scaleOf(in, q, m["scale"])
	q.Levels = r.five(m["levels"], levels)
	r.options(q, m["options"])
	if b := m["number"]; !b.missing() {
		q.Number = r.bounds(b)
	}
	if l := m["max_length"]; !l.missing() {
		q.MaxLength = r.integer(l, 1, maxTextAnswer)
	}
	return q
}

// belonging notes the keys that the kind needs and lacks, and those it has no use for.
func (r *reader) belonging(a at, m map[string]at, kind Kind) {
	for _, key := range []string{"scale", "levels", "options", "number", "max_length"} {
		needed := slices.Contains(kindKeys[kind], key)
		switch {
		case needed && m[key].missing():
			r.fault(a, "%q is missing; kind %s needs it", key, kind)
		case !needed && !m[key].missing():
			r.fault(m[key], "does not belong to kind %s", kind)
		}
	}
}

func (r *reader) scaleOf(in *Instrument, q *Indicator, a at) {
	q.Scale = r.str(a)
	if q.Scale != "" && in.Scale(q.Scale) == nil {
		r.fault(a, "unknown scale %q; it is not among the scales of the instrument", q.Scale)
	}
}

// options reads the choices. In a scored indicator the option "none" is worth 0 and is the only exclusive one (method
// 1.0.0); in the context module exclusive options make a single choice.
func (r *reader) options(q *Indicator, a at) {
	choices := 0
	for _, item := range r.list(a, false) {
		item = identified(item, false)
		m := r.mapping(item, "id! label! exclusive")
		o := Option{ID: r.id(m["id"], q.ID+" option", wordPattern, "small letters, digits and _"), Label: r.text(m["label"], title), Exclusive: r.boolean(m["exclusive"])}
		switch {
		case o.ID == "none" && !o.Exclusive:
			r.fault(item, "the option none must be exclusive")
		case q.Scored && o.Exclusive && o.ID != "none" && o.ID != "":
			r.fault(item, "in a scored indicator only the option none may be exclusive, because any other would count as a point")
		}
		if o.ID != "none" {
			choices++
		}
		q.Options = append(q.Options, o)
	}
	if a.missing() || q.Kind != Multiple {
		return
	}
	if choices < 2 {
		r.fault(a, "needs at least two options beside none")
	}
	if q.Scored && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == "none" }) {
		r.fault(a, "needs an exclusive option with the id none, so that a city can say that it has none of them")
	}
}

func (r *reader) bounds(a at) *Bounds {
	m := r.mapping(a, "unit! min! max! decimals!")
	b := &Bounds{Unit: r.text(m["unit"], title), Min: r.number(m["min"]), Max: r.number(m["max"]), Decimals: r.integer(m["decimals"], 0, maxDecimals)}
	if !m["min"].missing() && !m["max"].missing() && b.Min >= b.Max {
		r.fault(a, "min %s must be smaller than max %s", decimal(b.Min), decimal(b.Max))
	}
	return b
}

func (r *reader) crosswalk(a at) map[string][]string {
	walk := map[string][]string{}
	m := r.mapping(a, strings.Join(FrameworkIDs, " "))
	for _, f := range FrameworkIDs {
		list, there := m[f]
		if !there {
			continue
		}
		known, declared := r.targets[f]
		if !declared {
			r.fault(list, "unknown framework %q; it is not among the frameworks of the instrument", f)
			continue
		}
		for _, item := range r.list(list, false) {
			id := r.str(item)
			switch {
			case id == "":
			case !known[id]:
				r.fault(item, "framework %s has no target %q", f, id)
			case slices.Contains(walk[f], id):
				r.fault(item, "target %q stands twice", id)
			default:
				walk[f] = append(walk[f], id)
			}
		}
	}
	return walk
}

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
