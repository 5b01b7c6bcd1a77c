package survey

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxSource is the size of the largest instrument file that is read, in bytes: 4 MB, about eight times urban-migof.
const MaxSource = 4 << 20

// Problem is something wrong, or worth knowing, about an instrument file. It is for the terminal of an author, in English.
type Problem struct {
	Line    int    // from 1; 0 when it concerns the whole file
	Path    string // such as "MR-01.levels[2]"; empty when it concerns the whole file
	Message string
	Warning bool // the instrument works all the same
}

// String returns the problem as one line without the name of the file.
func (p Problem) String() string {
	s := p.Message
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Warning {
		s = "warning: " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// Check returns every problem of an instrument file, by line. With strict, what is else a warning is a fault.
func Check(source []byte, strict bool) []Problem {
	_, problems := Decode(source)
	if strict {
		for i := range problems {
			problems[i].Warning = false
		}
	}
	return problems
}

// Decode reads an instrument file of format 1. It returns every problem, by line; the instrument is nil when one of them
// is more than a warning. Any input is safe: YAML anchors, aliases, tags and deep nesting are refused before they are built.
func Decode(source []byte) (in *Instrument, problems []Problem) {
	r := &reader{ids: map[string]int{}}
	defer func() {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		problems = r.problems
		if slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning }) {
			in = nil
		}
	}()
	root := r.parse(source)
	if root.node == nil {
		return nil, nil
	}
	in = r.instrument(root)
	r.translations(in)
	in.index()
	in.Source = bytes.Clone(source)
	in.Hash = hash(in)
	return in, nil
}

// at is a place in the file. The zero place is one that is missing: reading it gives nothing and reports nothing,
// because what is required and missing has been reported already.
type at struct {
	node ast.Node
	line int
	path string
}

func (a at) missing() bool { return a.node == nil }

// reader walks the syntax tree of a file and collects problems.
type reader struct {
	problems  []Problem
	languages []Language
	ids       map[string]int // kind and id -> line where it stands first
	texts     []spoken       // every text that was read, in order
	targets   map[string]map[string]bool
}

func (r *reader) fault(a at, format string, args ...any) {
	r.problems = append(r.problems, Problem{Line: a.line, Path: a.path, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) warn(a at, format string, args ...any) {
	r.problems = append(r.problems, Problem{Line: a.line, Path: a.path, Message: fmt.Sprintf(format, args...), Warning: true})
}

// parse returns the root of the only document, or the zero place after it has noted why there is none. The library
// has panicked on broken files before, so a panic of its is one more fault of the file.
func (r *reader) parse(source []byte) (root at) {
	defer func() {
		if p := recover(); p != nil {
			r.fault(at{}, "is not YAML that can be read")
			root = at{}
		}
	}()
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	switch {
	case len(source) > MaxSource:
		r.fault(at{}, "is larger than %d MB", MaxSource>>20)
		return at{}
	case !utf8.Valid(source):
		before := source[:len(source)-len(bytes.TrimLeftFunc(source, func(c rune) bool { return c != utf8.RuneError }))]
		r.fault(at{line: 1 + bytes.Count(before, []byte{'\n'})}, "is not UTF-8")
		return at{}
	}
	tokens := lexer.Tokenize(string(source))
	if r.guard(tokens); len(r.problems) > 0 {
		return at{}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var bad *yaml.SyntaxError
		if errors.As(err, &bad) && bad.GetToken() != nil {
			r.fault(at{line: bad.GetToken().Position.Line}, "is not YAML: %s", bad.GetMessage())
		} else {
			r.fault(at{}, "is not YAML that can be read")
		}
		return at{}
	}
	switch {
	case len(file.Docs) > 1 && file.Docs[1].Body != nil:
		r.fault(at{line: line(file.Docs[1].Body)}, "holds a second document; an instrument is one")
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		r.fault(at{}, "is empty")
	default:
		return at{node: file.Docs[0].Body, line: line(file.Docs[0].Body)}
	}
	return at{}
}

// Limits of the shape of a file, far above what any instrument needs; the parser works recursively and would else exhaust the stack.
const (
	maxNesting = 30   // mappings and lists within each other
	maxKeys    = 5000 // keys of one mapping
)

// guard refuses what the format has no use for and what could exhaust memory or stack: anchors, aliases (a few lines can
// expand to gigabytes), tags, merge keys, directives, very deep nesting.
func (r *reader) guard(tokens token.Tokens) {
	foreign := map[token.Type]string{token.AnchorType: "anchor (&)", token.AliasType: "alias (*)", token.TagType: "tag (!)",
		token.MergeKeyType: "merge key (<<)", token.DirectiveType: "directive (%)", token.MappingKeyType: "complex key (?)"}
	depth, dashes, row := 0, 0, 0
	keys := map[int]int{} // column -> keys in the mapping that is open there
	for i, t := range tokens {
		here := at{line: t.Position.Line}
		if row != here.line {
			row, dashes = here.line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType, token.MappingKeyType:
			r.fault(here, "a YAML %s is not part of the format; write the text out or put it in quotes", foreign[t.Type])
			if len(r.problems) > 20 {
				return
			}
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		case token.MappingValueType:
			if i > 0 {
				column := tokens[i-1].Position.Column
				for c := range keys {
					if c > column {
						delete(keys, c)
					}
				}
				keys[column]++
				if keys[column] > maxKeys {
					r.fault(here, "a mapping has more than %d keys", maxKeys)
					return
				}
			}
		}
		if depth > maxNesting || dashes > maxNesting || len(keys) > 10*maxNesting {
			r.fault(here, "is nested too deeply")
			return
		}
	}
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

// mapping reads the keys of a mapping. spec lists the keys that belong here; a "!" marks those that may not be missing.
// Unknown, duplicate and missing keys are noted.
func (r *reader) mapping(a at, spec string) map[string]at {
	if a.missing() {
		return nil
	}
	var pairs []*ast.MappingValueNode
	switch n := a.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.wrong(a, "keys with values")
		return nil
	}
	allowed := map[string]bool{} // key -> required
	for key := range strings.FieldsSeq(spec) {
		name, required := strings.CutSuffix(key, "!")
		allowed[name] = required
	}
	found := map[string]at{}
	for _, p := range pairs {
		key := p.Key.GetToken().Value
		here := at{node: p.Value, line: line(p.Key), path: join(a.path, key)}
		_, known := allowed[key]
		first, twice := found[key]
		switch {
		case !known:
			r.fault(at{line: here.line, path: a.path}, "unknown key %q; here may stand %s", key, strings.ReplaceAll(strings.Join(strings.Fields(spec), ", "), "!", ""))
		case twice:
			r.fault(here, "stands twice, first in line %d", first.line)
		default:
			found[key] = here
		}
	}
	for key := range strings.FieldsSeq(spec) {
		if name, required := strings.CutSuffix(key, "!"); required && found[name].missing() {
			r.fault(a, "%q is missing", name)
		}
	}
	return found
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// list reads the items of a list; an empty list is noted when it may not be empty.
func (r *reader) list(a at, filled bool) []at {
	if a.missing() {
		return nil
	}
	n, ok := a.node.(*ast.SequenceNode)
	if !ok {
		r.wrong(a, "a list")
		return nil
	}
	if filled && len(n.Values) == 0 {
		r.fault(a, "is empty")
	}
	items := make([]at, len(n.Values))
	for i, v := range n.Values {
		items[i] = at{node: v, line: line(v), path: fmt.Sprintf("%s[%d]", a.path, i)}
	}
	return items
}

// wrong notes that something else than wanted stands at a place.
func (r *reader) wrong(a at, wanted string) {
	var is string
	switch n := a.node.(type) {
	case *ast.NullNode:
		is = "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		is = "keys with values"
	case *ast.SequenceNode:
		is = "a list"
	case *ast.StringNode, *ast.LiteralNode:
		is = "a text"
	default:
		is = n.GetToken().Value + " without quotes"
	}
	r.fault(a, "must be %s, but is %s", wanted, is)
}

// str reads a text that is not blank.
func (r *reader) str(a at) string {
	var s string
	switch n := a.node.(type) {
	case nil:
		return ""
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	default:
		r.wrong(a, "a text")
		return ""
	}
	if strings.TrimSpace(s) == "" {
		r.fault(a, "is empty")
	}
	if strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
		r.fault(a, "holds a control character")
	}
	return s
}

func (r *reader) boolean(a at) bool {
	if a.missing() {
		return false
	}
	n, ok := a.node.(*ast.BoolNode)
	if !ok {
		r.wrong(a, "true or false")
		return false
	}
	return n.Value
}

func (r *reader) number(a at) float64 {
	switch n := a.node.(type) {
	case nil:
		return 0
	case *ast.FloatNode:
		if !math.IsInf(n.Value, 0) && !math.IsNaN(n.Value) {
			return n.Value
		}
	case *ast.IntegerNode:
		switch v := n.Value.(type) {
		case int64:
			return float64(v)
		case uint64:
			return float64(v)
		}
	}
	r.wrong(a, "a number")
	return 0
}

// integer reads a whole number from low to high.
func (r *reader) integer(a at, low, high int) int {
	if a.missing() {
		return low
	}
	if _, ok := a.node.(*ast.IntegerNode); !ok {
		r.wrong(a, "a whole number")
		return low
	}
	if f := r.number(a); f >= float64(low) && f <= float64(high) {
		return int(f)
	}
	r.fault(a, "must be a whole number from %d to %d", low, high)
	return low
}

// oneOf reads a text that must be one of a few.
func oneOf[T ~string](r *reader, a at, what string, allowed []T) T {
	s := T(r.str(a))
	if s != "" && !slices.Contains(allowed, s) {
		names := make([]string, len(allowed))
		for i, x := range allowed {
			names[i] = string(x)
		}
		r.fault(a, "unknown %s %q; it must be one of %s", what, s, strings.Join(names, ", "))
		return ""
	}
	return s
}
