package apitest

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// void are the elements without an end tag (HTML, 13.1.2); those of SVG are closed in their own tag.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// Unsound returns everything that is wrong with the HTML of a page in a language: tags that do not close, ids that are
// not unique or missing, inputs without a label, headings out of order, the wrong language or direction, what the content
// policy forbids, and messages that do not exist.
func Unsound(body, lang string) (faults []string) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if i := strings.IndexRune(body, '⟨'); i >= 0 {
		add("a message is missing: %s", body[i:min(i+60, len(body))])
	}
	balance(body, add)
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		add("it cannot be parsed: %v", err)
		return faults
	}
	p := &sound{add: add, ids: map[string]int{}, labels: map[string]bool{}}
	p.collect(root)
	for id, n := range p.ids {
		if n > 1 {
			add("the id %s stands %d times", id, n)
		}
	}
	p.check(root, false)
	p.headings()
	dir := "ltr"
	if lang == "ar" {
		dir = "rtl"
	}
	if !strings.Contains(body, `<html lang="`+lang+`" dir="`+dir+`">`) {
		add("the page does not say lang=%s dir=%s", lang, dir)
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

// balance finds tags that are not closed in order.
func balance(body string, add func(string, ...any)) {
	z := html.NewTokenizer(strings.NewReader(body))
	var open []string
	for {
		kind := z.Next()
		name, _ := z.TagName()
		switch tag := string(name); kind {
		case html.ErrorToken:
			if len(open) > 0 {
				add("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			if !slices.Contains(void, tag) {
				open = append(open, tag)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tag {
				add("</%s> closes %v", tag, open[max(0, len(open)-3):])
				return
			}
			open = open[:len(open)-1]
		}
	}
}

// sound is what is known of a page while it is checked.
type sound struct {
	add    func(string, ...any)
	ids    map[string]int
	labels map[string]bool // ids that a label is for
	levels []int
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (p *sound) collect(n *html.Node) {
	if n.Type == html.ElementNode {
		if id, ok := attribute(n, "id"); ok {
			p.ids[id]++
		}
		if id, ok := attribute(n, "for"); ok && n.Data == "label" {
			p.labels[id] = true
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.collect(c)
	}
}

// check looks at an element and those inside it; inLabel tells whether one around it is a label.
func (p *sound) check(n *html.Node, inLabel bool) {
	if n.Type == html.ElementNode {
		p.element(n, inLabel)
		inLabel = inLabel || n.Data == "label"
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.check(c, inLabel)
	}
}

func (p *sound) element(n *html.Node, inLabel bool) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			p.add("the content policy forbids %s=%q", a.Key, a.Val)
		}
		switch a.Key {
		case "aria-describedby", "aria-labelledby", "aria-controls", "for", "list":
			for _, id := range strings.Fields(a.Val) {
				if p.ids[id] == 0 {
					p.add("%s names #%s, which does not exist", a.Key, id)
				}
			}
		}
	}
	if href, ok := attribute(n, "href"); ok && strings.HasPrefix(href, "#") && p.ids[href[1:]] == 0 {
		p.add("a link leads to %s, which does not exist", href)
	}
	switch n.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		p.levels = append(p.levels, int(n.Data[1]-'0'))
	case "input", "select", "textarea":
		p.input(n, inLabel)
	case "button", "a":
		if _, named := attribute(n, "aria-label"); !named && strings.TrimSpace(text(n)) == "" {
			p.add("a %s without words", n.Data)
		}
	case "script":
		kind, _ := attribute(n, "type")
		if _, ok := attribute(n, "src"); !ok && kind != "application/json" {
			p.add("an inline script")
		}
	}
}

func (p *sound) input(n *html.Node, inLabel bool) {
	if kind, _ := attribute(n, "type"); kind == "hidden" {
		return
	}
	id, _ := attribute(n, "id")
	_, named := attribute(n, "aria-label")
	_, namedBy := attribute(n, "aria-labelledby")
	if name, _ := attribute(n, "name"); !inLabel && !p.labels[id] && !named && !namedBy {
		p.add("the %s %q has no label", n.Data, name)
	}
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
	}
	return b.String()
}

// headings finds a page without its one h1, and a heading that skips a level.
func (p *sound) headings() {
	first, last := 0, 0
	for _, level := range p.levels {
		if level == 1 {
			first++
		}
		if last > 0 && level > last+1 {
			p.add("an h%d follows an h%d", level, last)
		}
		last = level
	}
	if first != 1 {
		p.add("%d h1", first)
	}
}
