package chart

import (
	"bytes"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
)

// ruler measures texts in the embedded fonts, Noto Sans and Noto Sans Arabic, regular and semi-bold. The browser draws
// with its own fonts, which are about as wide. Arabic is shaped first: joined letters are half as wide as separate ones.
type ruler struct {
	mu    sync.Mutex // harfbuzz fonts and buffers have scratch space of their own
	fonts map[face]*harfbuzz.Font
	known map[measured]float64
}

type face struct{ arabic, bold bool }

type measured struct {
	text string
	bold bool
}

// maxKnown bounds the remembered widths: charts repeat few texts, city names come and go.
const maxKnown = 4096

func newRuler(assets fs.FS) (*ruler, error) {
	r := &ruler{fonts: map[face]*harfbuzz.Font{}, known: map[measured]float64{}}
	for f, name := range map[face]string{
		{false, false}: "measure-latin-400.ttf.gz",
		{false, true}:  "measure-latin-600.ttf.gz",
		{true, false}:  "measure-arabic-400.ttf.gz",
		{true, true}:   "measure-arabic-600.ttf.gz",
	} {
		data, err := unpacked(assets, name)
		if err != nil {
			return nil, fmt.Errorf("measuring font: %w", err)
		}
		parsed, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("measuring font %s: %w", name, err)
		}
		r.fonts[f] = harfbuzz.NewFont(parsed)
	}
	return r, nil
}

// width is the length of one line of text in pixels.
func (r *ruler) width(text string, size float64, bold bool) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := measured{text, bold}
	em, ok := r.known[key]
	if !ok {
		for _, one := range spans(text) {
			em += r.shape(one, bold)
		}
		if len(r.known) >= maxKnown {
			clear(r.known)
		}
		r.known[key] = em
	}
	return em * size
}

func (r *ruler) of(text string, as role) float64 { return r.width(text, as.size, as.bold) }

// shape is the width of one run in em. A letter that the font lacks counts as 1 em if it is wide (Chinese, Japanese,
// Korean), else as 0.6 em.
func (r *ruler) shape(run span, bold bool) float64 {
	f := r.fonts[face{run.arabic, bold}]
	buffer := harfbuzz.NewBuffer()
	buffer.AddRunes(run.text, 0, len(run.text))
	buffer.GuessSegmentProperties()
	buffer.Shape(f, nil)
	em := 0.0
	for i, glyph := range buffer.Info {
		if glyph.Glyph != 0 {
			em += float64(buffer.Pos[i].XAdvance) / float64(f.XScale)
			continue
		}
		if c := run.text[glyph.Cluster]; unicode.In(c, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			em++
		} else if unicode.IsPrint(c) {
			em += 0.6
		}
	}
	return em
}

type span struct {
	text   []rune
	arabic bool
}

// spans parts a text where the font changes. Marks join the letter before them.
func spans(text string) []span {
	var all []span
	for _, c := range text {
		arabic := unicode.Is(unicode.Arabic, c)
		if n := len(all); n > 0 && (all[n-1].arabic == arabic || unicode.Is(unicode.Mn, c)) {
			all[n-1].text = append(all[n-1].text, c)
			continue
		}
		all = append(all, span{[]rune{c}, arabic})
	}
	return all
}

// cssWidth measures for ECharts, which gives a font as CSS shorthand.
func (r *ruler) cssWidth(text, css string) float64 {
	size, bold := parseFont(css)
	return r.width(text, size, bold)
}

// parseFont reads size and weight from "600 13px sans-serif"; without a size it is the 12 pixels of ECharts.
func parseFont(css string) (size float64, bold bool) {
	size = 12
	for part := range strings.FieldsSeq(css) {
		if px, ok := strings.CutSuffix(part, "px"); ok {
			if v, err := strconv.ParseFloat(px, 64); err == nil {
				size = v
			}
		} else if part == "bold" || part == "600" || part == "700" {
			bold = true
		}
	}
	return size, bold
}

// wrap breaks a text at spaces into lines of at most the given width; a longer word keeps its own line.
func (r *ruler) wrap(text string, as role, most float64) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && r.of(lines[n-1]+" "+word, as) <= most {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// cut is what of a text fits on one line, with a sign where words are left out. The table has the whole.
func (r *ruler) cut(text string, as role, most float64) string {
	lines := r.wrap(text, as, most)
	if len(lines) < 2 {
		return text
	}
	return r.wrap(text, as, most-r.of("…", as))[0] + "…"
}
