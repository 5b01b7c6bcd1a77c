package survey

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The shape of an instrument as JSON. No key is ever left out; lists and maps that hold nothing are empty.
type (
	wireInstrument struct {
		Code           string              `json:"code"`
		Version        string              `json:"version"`
		Hash           string              `json:"hash"`
		Title          Text                `json:"title"`
		About          Text                `json:"about"`
		Languages      []Language          `json:"languages"`
		Reviewed       []Language          `json:"reviewed"`
		Scales         []wireScale         `json:"scales"`
		Frameworks     []wireFramework     `json:"frameworks"`
		Dimensions     []wireDimension     `json:"dimensions"`
		Context        *wireDimension      `json:"context"`
		Indicators     []wireIndicator     `json:"indicators"`
		Glossary       []wireTerm          `json:"glossary"`
		Contradictions []wireContradiction `json:"contradictions"`
	}
	wireContradiction struct {
		ID   string          `json:"id"`
		When []wireCondition `json:"when"`
		Say  Text            `json:"say"`
	}
	wireCondition struct {
		Indicator string   `json:"indicator"`
		AtLeast   *float64 `json:"at_least"`
		AtMost    *float64 `json:"at_most"`
		Is        string   `json:"is"`
		MoreThan  string   `json:"more_than"`
	}
	wireScale struct {
		ID    string  `json:"id"`
		Title Text    `json:"title"`
		Words [5]Text `json:"words"`
	}
	wireFramework struct {
		ID      string       `json:"id"`
		Title   Text         `json:"title"`
		Source  string       `json:"source"`
		Targets []wireTarget `json:"targets"`
	}
	wireTarget struct {
		ID    string `json:"id"`
		Title Text   `json:"title"`
	}
	wireDimension struct {
		ID            string            `json:"id"`
		Title         Text              `json:"title"`
		Short         Text              `json:"short"`
		About         Text              `json:"about"`
		Subcategories []wireSubcategory `json:"subcategories"`
	}
	wireSubcategory struct {
		ID         string   `json:"id"`
		Title      Text     `json:"title"`
		Short      Text     `json:"short"`
		Indicators []string `json:"indicators"`
	}
	wireIndicator struct {
		ID          string              `json:"id"`
		Dimension   string              `json:"dimension"`
		Subcategory string              `json:"subcategory"`
		Kind        Kind                `json:"kind"`
		Scored      bool                `json:"scored"`
		Power       Holder              `json:"power"`
		Core        bool                `json:"core"`
		Scale       string              `json:"scale"`
		Title       Text                `json:"title"`
		Question    Text                `json:"question"`
		Help        Text                `json:"help"`
		Evidence    Text                `json:"evidence"`
		Elsewhere   Text                `json:"elsewhere"`
		Levels      []Text              `json:"levels"`
		Options     []wireOption        `json:"options"`
		Number      *wireBounds         `json:"number"`
		MaxLength   int                 `json:"max_length"`
		Crosswalk   map[string][]string `json:"crosswalk"`
	}
	wireOption struct {
		ID        string `json:"id"`
		Label     Text   `json:"label"`
		Exclusive bool   `json:"exclusive"`
	}
	wireBounds struct {
		Unit     Text    `json:"unit"`
		Min      float64 `json:"min"`
		Max      float64 `json:"max"`
		Decimals int     `json:"decimals"`
	}
	wireTerm struct {
		ID      string `json:"id"`
		Term    Text   `json:"term"`
		Meaning Text   `json:"meaning"`
	}
)

// WriteJSON writes an instrument for programs. Dimensions and indicators stand in order. The context module is no
// dimension: it stands under its own key (null when there is none), and its indicators stand last among the others,
// with "scored" false, an empty power and an empty crosswalk.
func WriteJSON(w io.Writer, in *Instrument) error {
	out := wireInstrument{Code: in.Code, Version: in.Version, Hash: in.Hash, Title: some(in.Title), About: some(in.About),
		Languages: each(in.Languages, same), Reviewed: each(in.Reviewed, same),
		Scales:     each(in.Scales, func(s Scale) wireScale { return wireScale(s) }),
		Frameworks: each(in.Frameworks, wireOfFramework),
		Dimensions: each(in.Dimensions, wireOfDimension),
		Indicators: each(in.All(), wireOfIndicator),
		Glossary:   each(in.Glossary, func(t Term) wireTerm { return wireTerm(t) }),
		Contradictions: each(in.Contradictions, func(c Contradiction) wireContradiction {
			return wireContradiction{c.ID, each(c.When, func(w Condition) wireCondition { return wireCondition(w) }), some(c.Say)}
		})}
	if in.Context != nil {
		context := wireOfDimension(*in.Context)
		out.Context = &context
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// each turns a list into another one that is never nil, so that JSON has [] and not null.
func each[A, B any](from []A, turn func(A) B) []B {
	to := make([]B, len(from))
	for i, a := range from {
		to[i] = turn(a)
	}
	return to
}

func same[A any](a A) A { return a }

func some(t Text) Text {
	if t == nil {
		return Text{}
	}
	return t
}

func wireOfFramework(f Framework) wireFramework {
	return wireFramework{ID: f.ID, Title: some(f.Title), Source: f.Source,
		Targets: each(f.Targets, func(t Target) wireTarget { return wireTarget(t) })}
}

func wireOfDimension(d Dimension) wireDimension {
	return wireDimension{ID: d.ID, Title: some(d.Title), Short: some(d.Short), About: some(d.About),
		Subcategories: each(d.Subcategories, func(s Subcategory) wireSubcategory {
			return wireSubcategory{ID: s.ID, Title: some(s.Title), Short: some(s.Short),
				Indicators: each(s.Indicators, func(q *Indicator) string { return q.ID })}
		})}
}

func wireOfIndicator(q *Indicator) wireIndicator {
	out := wireIndicator{ID: q.ID, Dimension: q.Dimension, Subcategory: q.Subcategory, Kind: q.Kind, Scored: q.Scored, Power: q.Power,
		Core: q.Core, Scale: q.Scale, Title: some(q.Title), Question: some(q.Question), Help: some(q.Help), Evidence: some(q.Evidence),
		Elsewhere: some(q.Elsewhere), Levels: each(q.Levels, some), MaxLength: q.MaxLength, Crosswalk: map[string][]string{},
		Options: each(q.Options, func(o Option) wireOption { return wireOption(o) })}
	if q.Number != nil {
		b := wireBounds(*q.Number)
		out.Number = &b
	}
	for _, f := range FrameworkIDs {
		out.Crosswalk[f] = each(q.Crosswalk[f], same)
	}
	return out
}

// phrases are the few words of the printed questionnaire that are not in the instrument.
var phrases = map[Language]map[string]string{
	English: {"version": "Version", "core": "core", "help": "Help", "evidence": "What counts as evidence", "elsewhere": "When the power lies elsewhere",
		"power": "Who usually holds the power", "choose": "Choose every option that is true.", "one": "Choose one option.", "level": "Choose the highest level that is fully true.", "alone": "stands alone",
		"number": "a number from %s to %s; decimal places: %d", "text": "a text of at most %d characters", "crosswalk": "See also", "glossary": "Words used", "unscored": "not scored",
		"yes": "Yes", "no": "No", "municipal": "the city", "shared": "shared", "regional": "a region or province", "national": "the state", "nobody": "nobody", "contested": "contested",
		"contradictions": "Answers that hardly go together", "contradictions_more": "Before handing in, look again where one of these sentences is true. It may be right all the same."},
	French: {"version": "Version", "core": "essentiel", "help": "Aide", "evidence": "Ce qui vaut preuve", "elsewhere": "Si la compétence est ailleurs",
		"power": "Qui détient en général la compétence", "choose": "Choisissez tout ce qui est vrai.", "one": "Choisissez une seule réponse.", "level": "Choisissez le plus haut niveau entièrement vrai.", "alone": "choix unique",
		"number": "un nombre de %s à %s ; décimales : %d", "text": "un texte de %d caractères au plus", "crosswalk": "Voir aussi", "glossary": "Mots employés", "unscored": "non noté",
		"yes": "Oui", "no": "Non", "municipal": "la ville", "shared": "partagée", "regional": "une région ou une province", "national": "l’État", "nobody": "personne", "contested": "contestée",
		"contradictions": "Réponses qui vont mal ensemble", "contradictions_more": "Avant la remise, relisez là où l’une de ces phrases est vraie. La réponse peut être juste malgré tout."},
	Spanish: {"version": "Versión", "core": "esencial", "help": "Ayuda", "evidence": "Qué vale como evidencia", "elsewhere": "Si la competencia está en otra parte",
		"power": "A quién suele corresponder la competencia", "choose": "Elija todo lo que sea cierto.", "one": "Elija una sola opción.", "level": "Elija el nivel más alto que sea del todo cierto.", "alone": "opción única",
		"number": "un número de %s a %s; decimales: %d", "text": "un texto de %d caracteres como máximo", "crosswalk": "Véase también", "glossary": "Palabras empleadas", "unscored": "sin puntuación",
		"yes": "Sí", "no": "No", "municipal": "la ciudad", "shared": "compartida", "regional": "una región o provincia", "national": "el Estado", "nobody": "nadie", "contested": "disputada",
		"contradictions": "Respuestas que casan mal", "contradictions_more": "Antes de entregar, vuelva a mirar donde una de estas frases sea cierta. Puede ser correcto de todos modos."},
	Arabic: {"version": "الإصدار", "core": "أساسي", "help": "مساعدة", "evidence": "ما يُعدّ دليلاً", "elsewhere": "إذا كانت الصلاحية لدى جهة أخرى",
		"power": "صاحب الصلاحية عادةً", "choose": "اختر كل ما هو صحيح.", "one": "اختر خياراً واحداً.", "level": "اختر أعلى مستوى صحيح تماماً.", "alone": "يُختار وحده",
		"number": "عدد من %s إلى %s؛ المنازل العشرية: %d", "text": "نص لا يتجاوز %d حرفاً", "crosswalk": "انظر أيضاً", "glossary": "الكلمات المستخدمة", "unscored": "لا يُحتسب",
		"yes": "نعم", "no": "لا", "municipal": "المدينة", "shared": "مشتركة", "regional": "إقليم أو محافظة", "national": "الدولة", "nobody": "لا أحد", "contested": "متنازع عليها",
		"contradictions": "إجابات يصعب أن تجتمع", "contradictions_more": "قبل التسليم، راجع المواضع التي تصح فيها إحدى هذه الجمل. قد تكون الإجابة صحيحة رغم ذلك."},
}

// WriteMarkdown writes an instrument as a questionnaire to read and to print. A text without a translation stands in English.
func WriteMarkdown(w io.Writer, in *Instrument, lang Language) error {
	if phrases[lang] == nil {
		lang = English
	}
	p := page{Writer: bufio.NewWriter(w), in: in, lang: lang, words: phrases[lang]}
	p.line("# %s", p.say(in.Title))
	p.line("%s: %s %s", p.words["version"], in.Code, in.Version)
	p.line("%s", p.say(in.About))
	for i := range in.Dimensions {
		p.dimension(&in.Dimensions[i], "")
	}
	if in.Context != nil {
		p.dimension(in.Context, " ("+p.words["unscored"]+")")
	}
	if len(in.Glossary) > 0 {
		p.line("## %s", p.words["glossary"])
	}
	for _, t := range in.Glossary {
		p.line("**%s**: %s", p.say(t.Term), p.say(t.Meaning))
	}
	if len(in.Contradictions) > 0 {
		p.line("## %s", p.words["contradictions"])
		p.line("%s", p.words["contradictions_more"])
	}
	for _, c := range in.Contradictions {
		p.line("%s: %s", strings.Join(c.Indicators(), ", "), p.say(c.Say))
	}
	return p.Flush()
}

type page struct {
	*bufio.Writer
	in    *Instrument
	lang  Language
	words map[string]string
}

// line writes a paragraph; the writer keeps its first error for Flush.
func (p page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n\n", args...) }

// marks are the signs that Markdown would take for mark-up.
var marks = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, "#", `\#`, "|", `\|`, "\n", " ")

func (p page) say(t Text) string {
	s, _ := t.In(p.lang)
	return marks.Replace(strings.TrimSpace(s))
}

func (p page) dimension(d *Dimension, after string) {
	p.line("## %s %s%s", d.ID, p.say(d.Title), after)
	p.line("%s", p.say(d.About))
	for _, s := range d.Subcategories {
		p.line("### %s %s", s.ID, p.say(s.Title))
		for _, q := range s.Indicators {
			p.indicator(q)
		}
	}
}

func (p page) indicator(q *Indicator) {
	core := ""
	if q.Core {
		core = " (" + p.words["core"] + ")"
	}
	p.line("#### %s %s%s", q.ID, p.say(q.Title), core)
	p.line("**%s**", p.say(q.Question))
	p.choices(q)
	for _, x := range []struct {
		word string
		text Text
	}{{"help", q.Help}, {"evidence", q.Evidence}, {"elsewhere", q.Elsewhere}} {
		if s := p.say(x.text); s != "" {
			p.line("*%s:* %s", p.words[x.word], s)
		}
	}
	if q.Power != "" {
		p.line("*%s:* %s", p.words["power"], p.words[string(q.Power)])
	}
	var see []string
	for _, f := range p.in.Frameworks {
		if ids := q.Crosswalk[f.ID]; len(ids) > 0 {
			see = append(see, strings.ToUpper(f.ID)+" "+strings.Join(ids, ", "))
		}
	}
	if len(see) > 0 {
		p.line("*%s:* %s", p.words["crosswalk"], strings.Join(see, "; "))
	}
}

func (p page) choices(q *Indicator) {
	switch q.Kind {
	case Level:
		p.line("%s", p.words["level"])
		for i, l := range q.Levels {
			word := ""
			if s := p.in.Scale(q.Scale); s != nil {
				word = p.say(s.Words[i]) + ": "
			}
			fmt.Fprintf(p, "- [ ] **%d** %s%s\n", i, word, p.say(l))
		}
		fmt.Fprintln(p)
	case YesNo:
		p.line("- [ ] %s\n- [ ] %s", p.words["yes"], p.words["no"])
	case Multiple:
		p.line("%s", p.words[howMany(q)])
		for _, o := range q.Options {
			alone := ""
			if o.Exclusive && howMany(q) == "choose" {
				alone = " (" + p.words["alone"] + ")"
			}
			fmt.Fprintf(p, "- [ ] %s%s\n", p.say(o.Label), alone)
		}
		fmt.Fprintln(p)
	case Number:
		p.line("%s: ________ ("+p.words["number"]+")", p.say(q.Number.Unit), decimal(q.Number.Min), decimal(q.Number.Max), q.Number.Decimals)
	case Freetext:
		p.line("________________ ("+p.words["text"]+")", q.MaxLength)
	}
}

// howMany tells whether one or several of the options can be chosen: where every option is exclusive, only one can.
func howMany(q *Indicator) string {
	for _, o := range q.Options {
		if !o.Exclusive {
			return "choose"
		}
	}
	return "one"
}
