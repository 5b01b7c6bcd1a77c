package survey

import (
	"regexp"
	"strconv"
	"strings"

	"migov/assessment/fault"
)

// spelling turns the signs in which people write numbers into few: Arabic (and Persian, and full-width) digits into
// 0-9, every minus into "-", every grouping space into " ", the Arabic separators into "٫" and "٬"; marks of direction go.
var spelling = strings.NewReplacer(
	"٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9",
	"۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9",
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9",
	"\u2212", "-", "\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\ufe63", "-", "\uff0d", "-",
	"\u00a0", " ", "\u2007", " ", "\u2009", " ", "\u200a", " ", "\u202f", " ", "\u2008", " ", "'", " ", "\u2019", " ",
	"\u060c", ",", "\u066a", "%",
	"\u200e", "", "\u200f", "", "\u061c", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "",
)

// plain is the text in the few signs of spelling, without space around it.
func plain(s string) string { return strings.TrimSpace(spelling.Replace(s)) }

var (
	// inexact is a bound, an estimate or a range: "<5", "≈ 20", "5-10".
	inexact = regexp.MustCompile(`^[<>≤≥~≈±]|^[0-9][0-9., ]*-+ *[0-9]`)
	numeral = regexp.MustCompile(`^[0-9 .,٫٬]+$`)
	digits  = regexp.MustCompile(`^[0-9]+$`)
	// thousands are groups of three, or the Indian lakh and crore in groups of two before the last three.
	thousands = regexp.MustCompile(`^[1-9][0-9]{0,2}(S[0-9]{3})+$|^[1-9][0-9]?(S[0-9]{2})+S[0-9]{3}$`)
)

// cleanNumber reads a decimal number as people type it (decision 21) and returns it as canonical text: a point, no
// grouping, no needless zero. The one exception: a fraction of exactly three digits that could be taken for a group of
// thousands keeps a zero at its end ("1.2340"), so that canonical text is never asked back.
func cleanNumber(b *Bounds, typed string) (string, *fault.Field) {
	if len(typed) > 200 {
		return "", &fault.Field{Key: "fault.number_format", Args: fault.Args{"Value": brief(typed)}}
	}
	s := plain(typed)
	if inexact.MatchString(s) {
		return "", &fault.Field{Key: "fault.number_inexact", Args: fault.Args{"Value": brief(typed)}}
	}
	if b != nil && isPercent(b.Unit) {
		s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	}
	s, negative := strings.CutPrefix(s, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	readings := readNumber(strings.TrimSpace(s))
	for i, r := range readings {
		readings[i] = r.canonical(negative)
	}
	switch len(readings) {
	case 0:
		return "", &fault.Field{Key: "fault.number_format", Args: fault.Args{"Value": brief(typed)}}
	case 2:
		return "", &fault.Field{Key: "fault.number_two_ways",
			Args: fault.Args{"Value": brief(typed), "First": readings[0].text, "Second": readings[1].text}}
	}
	return inBounds(b, readings[0], typed)
}

// isPercent tells whether a percent sign behind the number only repeats the unit.
func isPercent(unit Text) bool {
	s := unit[English]
	return s == "%" || s == "percent" || s == "per cent"
}

// reading is one way to understand a number: the digits before and after the decimal separator.
type reading struct{ whole, fraction, text string }

func (r reading) canonical(negative bool) reading {
	r.whole = strings.TrimLeft(r.whole, "0")
	r.fraction = strings.TrimRight(r.fraction, "0")
	r.text = r.whole
	if r.whole == "" {
		r.text = "0"
	}
	if r.fraction != "" {
		r.text += "." + r.fraction
		if len(r.fraction) == 3 && len(r.whole) >= 1 && len(r.whole) <= 3 {
			r.text += "0"
		}
	}
	if negative && r.text != "0" {
		r.text = "-" + r.text
	}
	return r
}

// readNumber returns the ways in which an unsigned number can be read: none, one, or two when a lone point or comma
// stands before exactly three digits.
func readNumber(s string) []reading {
	if !numeral.MatchString(s) {
		return nil
	}
	whole, fraction, decimal := strings.Cut(s, "٫")
	if !decimal {
		last := strings.LastIndexAny(s, ".,")
		if last < 0 {
			return one(s, "", false)
		}
		mark := s[last : last+1]
		if strings.Count(s, mark) > 1 {
			return one(s, "", false)
		}
		whole, fraction = s[:last], s[last+1:]
		if len(fraction) == 3 && thousands.MatchString(whole+"S"+fraction) {
			return append(one(whole+fraction, "", false), one(whole, fraction, true)...)
		}
	}
	return one(whole, fraction, true)
}

// one returns the single reading of a whole part that may be grouped and a fraction that may not; none when it is no number.
func one(whole, fraction string, decimal bool) []reading {
	if decimal && !digits.MatchString(fraction) {
		return nil
	}
	if decimal && whole == "" {
		return []reading{{fraction: fraction}}
	}
	for _, mark := range []string{" ", ",", ".", "٬"} {
		if strings.Contains(whole, mark) {
			grouped := strings.ReplaceAll(whole, mark, "S")
			if !thousands.MatchString(grouped) {
				return nil
			}
			whole = strings.ReplaceAll(grouped, "S", "")
		}
	}
	if !digits.MatchString(whole) {
		return nil
	}
	return []reading{{whole: whole, fraction: fraction}}
}

func inBounds(b *Bounds, r reading, typed string) (string, *fault.Field) {
	if b == nil {
		return r.text, nil
	}
	switch {
	case len(r.fraction) > b.Decimals && b.Decimals == 0:
		return "", &fault.Field{Key: "fault.number_whole", Args: fault.Args{"Value": brief(typed)}}
	case len(r.fraction) > b.Decimals:
		return "", &fault.Field{Key: "fault.number_decimals", Args: fault.Args{"Value": brief(typed), "Decimals": b.Decimals}}
	}
	if n, err := strconv.ParseFloat(r.text, 64); err != nil || n < b.Min || n > b.Max {
		return "", &fault.Field{Key: "fault.number_range",
			Args: fault.Args{"Value": brief(typed), "Min": decimal(b.Min), "Max": decimal(b.Max)}}
	}
	return r.text, nil
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
