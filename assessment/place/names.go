package place

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Kind is what a word names.
type Kind = string

// The kinds.
const (
	Country Kind = "country"
	Region  Kind = "region"
	Role    Kind = "role"
	Income  Kind = "income"
	Column  Kind = "column" // of a file of cities
)

// Say returns what something is called in every language that is known.
type Say func(kind Kind, code string) []string

// Names finds what people mean by a word: the code of a thing, or its name in one of several languages.
type Names struct{ of map[Kind]map[string]string }

// NewNames prepares for reading. Further countries may be known by their code alone, such as invented ones.
func NewNames(say Say, columns []string, further ...string) *Names {
	n := &Names{map[Kind]map[string]string{}}
	for kind, codes := range map[Kind][]string{Country: append(Countries(), further...), Region: Regions(), Role: Roles, Income: Incomes, Column: columns} {
		n.of[kind] = map[string]string{}
		for _, code := range codes {
			n.of[kind][fold(code)] = code
		}
		for _, code := range codes {
			n.add(kind, code, say(kind, code))
		}
	}
	for code, names := range official {
		n.add(Country, code, strings.Split(names, "|"))
	}
	for code, name := range groups {
		n.add(Income, code, []string{name})
	}
	return n
}

// twofold stands for a word that names two things, and so says nothing.
const twofold = "\x00"

func (n *Names) add(kind Kind, code string, names []string) {
	for _, name := range names {
		key := fold(name)
		if key == "" {
			continue
		}
		if other, taken := n.of[kind][key]; taken && other != code {
			if key != fold(other) { // a code is never taken away
				n.of[kind][key] = twofold
			}
			continue
		}
		n.of[kind][key] = code
	}
}

// Find returns the code of what a word names; empty when that is not known.
func (n *Names) Find(kind Kind, word string) string {
	if code := n.of[kind][fold(word)]; code != twofold {
		return code
	}
	return ""
}

// fold leaves of a word what tells it from others: letters and figures, without capitals, accents and vowel signs, so that
// Côte d’Ivoire is cote d'ivoire.
func fold(word string) string {
	word = strings.ReplaceAll(word, "&", " and ")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ': // the stroke that makes Arabic words longer
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(word))
}

// Same is a name of a city as it is compared: capitals, accents written in two ways, and blanks make no difference.
func Same(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(name)), " "))
}

// longest is how many characters a code that is made of a name has at most; some room is left for what tells two apart.
const longest = 30

// Code makes the short name of a city, for files and addresses, from its name: small Latin letters and figures, joined by
// hyphens. A name in another script has none; there the LOCODE stands, else the country. The code is none of those taken.
func Code(name, country, locode string, taken func(code string) bool) string {
	var parts []string
	for _, p := range strings.FieldsFunc(norm.NFKD.String(strings.ToLower(name)), func(r rune) bool {
		return !unicode.Is(unicode.Mn, r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		p = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, p)
		if strings.ContainsFunc(p, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			parts = nil
			break
		}
		if p != "" && len(strings.Join(parts, "-"))+len(p) < longest {
			parts = append(parts, p)
		}
	}
	code := strings.Join(parts, "-")
	if len(code) < 2 {
		code = strings.ToLower(locode)
	}
	if code == "" {
		code = strings.ToLower(country) + "-city"
	}
	if !taken(code) {
		return code
	}
	if with := code + "-" + strings.ToLower(country); !strings.HasPrefix(code, strings.ToLower(country)) && !taken(with) {
		return with
	}
	for i := 2; ; i++ {
		if with := code + "-" + strconv.Itoa(i); !taken(with) {
			return with
		}
	}
}

// listed puts codes into the order of a list, each once.
func listed(order, codes []string) (out []string) {
	for _, code := range order {
		if slices.Contains(codes, code) {
			out = append(out, code)
		}
	}
	return out
}
