package chart

import (
	"regexp"
	"strings"
)

// variable is a custom property of style.css where a drawing uses it.
var variable = regexp.MustCompile(`var\(--([a-z0-9-]+)\)`)

// head is the opening of a drawing up to its label.
var head = regexp.MustCompile(`^<svg class="chart" viewBox="0 0 (\d+) (\d+)" width="\d+" role="img" direction="ltr" aria-label="([^"]*)">`)

// File makes a drawing of Engine a file of its own, for programs that know nothing of style.css: with the colours of a palette,
// the looks of its texts, a ground and a title. It is empty where there is no drawing.
func File(svg string, palette map[string]string) string {
	found := head.FindStringSubmatch(svg)
	if found == nil {
		return ""
	}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + found[1] + " " + found[2] + `" width="` + found[1] + `" height="` + found[2] + `"><title>` + found[3] + "</title><style>text{" + looks(plain) + "}")
	for _, r := range roles {
		if r.class != "" {
			out.WriteString("." + strings.ReplaceAll(r.class, " ", ".") + "{" + looks(r) + "}")
		}
	}
	out.WriteString(`</style><rect width="100%" height="100%" fill="` + surface + `"/>` + svg[len(found[0]):])
	return variable.ReplaceAllStringFunc(out.String(), func(use string) string {
		if colour := palette[variable.FindStringSubmatch(use)[1]]; colour != "" {
			return colour
		}
		return "#888"
	})
}

// looks is a role in CSS.
func looks(r role) string { return "font:" + r.font() + ";fill:" + r.fill }
