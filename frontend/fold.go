package frontend

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// Folding. Most of what a page says is the same each time: messages that take no argument, and icons. They are put into
// the templates as text when these are parsed, once for each language, so that rendering neither looks them up nor escapes
// them again. A text of an instrument is said by one call instead of a part with four look-ups.

// fold folds every template of a set.
func (s *Site) fold(set *template.Template, lang string) {
	f := folder{set, s.Words.In(lang).T}
	for _, t := range set.Templates() {
		if t.Tree != nil {
			f.list(t.Tree.Root)
		}
	}
}

type folder struct {
	set *template.Template
	say func(key string, pairs ...any) string
}

func (f folder) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for i, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if text, ok := f.message(n.Pipe); ok {
				l.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
			}
		case *parse.TemplateNode:
			if text := f.constant(n); text != nil {
				l.Nodes[i] = text
			} else if said := saying(n); said != nil {
				l.Nodes[i] = said
			}
		case *parse.IfNode:
			f.list(n.List)
			f.list(n.ElseList)
		case *parse.RangeNode:
			f.list(n.List)
			f.list(n.ElseList)
		case *parse.WithNode:
			f.list(n.List)
			f.list(n.ElseList)
		}
	}
}

// message is what {{t "key"}} says. {{t (print "beginning" x)}} becomes {{tp "beginning" x}}.
func (f folder) message(p *parse.PipeNode) (string, bool) {
	name, rest := call(p)
	if name == nil || name.Ident != "t" || len(rest) != 1 {
		return "", false
	}
	switch arg := rest[0].(type) {
	case *parse.StringNode:
		return f.say(arg.Text), true
	case *parse.PipeNode:
		if inner, parts := call(arg); inner != nil && inner.Ident == "print" && len(parts) == 2 && parts[0].Type() == parse.NodeString {
			name.Ident = "tp"
			p.Cmds[0].Args = []parse.Node{name, parts[0], parts[1]}
		}
	}
	return "", false
}

// call parts a pipe that is one call of a function; the name is nil when it is anything else.
func call(p *parse.PipeNode) (name *parse.IdentifierNode, args []parse.Node) {
	if p == nil || len(p.Decl) > 0 || len(p.Cmds) != 1 {
		return nil, nil
	}
	name, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	if !ok {
		return nil, nil
	}
	return name, p.Cmds[0].Args[1:]
}

// constant is the text of a part that takes nothing and is text alone, such as an icon; nil for any other.
func (f folder) constant(n *parse.TemplateNode) *parse.TextNode {
	part := f.set.Lookup(n.Name)
	if n.Pipe != nil || part == nil || part.Tree == nil || len(part.Tree.Root.Nodes) != 1 {
		return nil
	}
	text, ok := part.Tree.Root.Nodes[0].(*parse.TextNode)
	if !ok {
		return nil
	}
	return text
}

// saying turns {{template "said" in X}} into {{said X}}.
func saying(n *parse.TemplateNode) parse.Node {
	name, args := call(n.Pipe)
	if n.Name != "said" || name == nil || name.Ident != "in" || len(args) != 1 {
		return nil
	}
	name.Ident = "said"
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: n.Pos, Line: n.Line, Pipe: n.Pipe}
}

// said writes a text of an instrument as the part "said" does.
func said(s Said) template.HTML {
	text := template.HTMLEscapeString(s.Text)
	if s.Foreign {
		text = `<span lang="` + s.Lang + `" dir="` + s.Dir + `">` + text + `</span>`
	}
	return template.HTML(text)
}

// text is what print makes of a value.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
