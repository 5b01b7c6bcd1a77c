package locale

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// months are the names of the months as they stand inside a date.
var months = map[string][12]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"es": {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	"ar": {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
}

// Date writes a day, such as "18 December 2026", in UTC. The zero time is an empty text.
func (w *Words) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	of := " "
	if w.lang == "es" {
		of = " de "
	}
	return strconv.Itoa(t.Day()) + of + months[w.lang][t.Month()-1] + of + strconv.Itoa(t.Year())
}

// Time writes a time of day in UTC and says so, such as "14:03 UTC".
func (w *Words) Time(t time.Time) string { return t.UTC().Format("15:04") + " UTC" }

// Moment writes day and time.
func (w *Words) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	comma := ", "
	if w.lang == "ar" {
		comma = "\u060c "
	}
	return w.Date(t) + comma + w.Time(t)
}

// Int writes a whole number with the language's grouping of thousands. Digits are 0 to 9 in every language.
func (w *Words) Int(n int) string { return w.Number(float64(n), 0) }

// marks are the signs between thousands and before decimals (CLDR; Arabic with Latin digits writes them as English does).
var marks = map[string][2]string{"en": {",", "."}, "fr": {"\u202f", ","}, "es": {"\u00a0", ","}, "ar": {",", "."}}

// Number writes a number with a fixed count of decimals.
func (w *Words) Number(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	m := marks[w.lang]
	for i := len(whole) - 3; i > 0 && len(whole) > 4; i -= 3 {
		whole = whole[:i] + m[0] + whole[i:]
	}
	if fraction != "" {
		whole += m[1] + fraction
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "\u2212" + whole
	}
	return whole
}

// shown turns a value into the text that stands in a message.
func (w *Words) shown(v any) any {
	switch x := v.(type) {
	case time.Time:
		return w.Date(x)
	case int:
		return w.Int(x)
	case float64:
		return w.Number(x, decimals(x))
	}
	return v
}

// decimals is how many decimals a number needs, at most three.
func decimals(x float64) int {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	_, fraction, _ := strings.Cut(s, ".")
	return min(len(fraction), 3)
}
