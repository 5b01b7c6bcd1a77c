package frontend

import (
	"io/fs"
	"regexp"
	"sync"

	"migov/frontend/chart"
)

// token is a colour among the tokens of style.css; the first of a name is that of light pages.
var token = regexp.MustCompile(`--([a-z0-9-]+): ?(#[0-9a-fA-F]{3,8})`)

// palette reads the colours of light pages from the built style sheet.
var palette = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	sheets, _ := fs.Glob(Built(), "style-*.css") // the pattern is a constant
	for _, name := range sheets {
		text, err := fs.ReadFile(Built(), name)
		if err != nil {
			continue
		}
		for _, found := range token.FindAllStringSubmatch(string(text), -1) {
			if out[found[1]] == "" {
				out[found[1]] = found[2]
			}
		}
	}
	return out
})

// Drawn makes a drawing a file of its own; empty where there is none.
func Drawn(svg string) string { return chart.File(svg, palette()) }
