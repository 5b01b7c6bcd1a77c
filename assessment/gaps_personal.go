package assessment

import (
	"math/big"
	"regexp"
	"strings"
)

// PersonalKind is a kind of personal data that a text may hold.
type PersonalKind string

// The kinds. None is ever certain: a person is asked to look.
const (
	PersonalEmail PersonalKind = "email"
	PersonalPhone PersonalKind = "phone"
	PersonalIBAN  PersonalKind = "iban"
	PersonalID    PersonalKind = "id" // a long number such as that of a passport or a register
)

// PersonalKinds lists the kinds in the order in which they are told.
var PersonalKinds = []PersonalKind{PersonalEmail, PersonalPhone, PersonalIBAN, PersonalID}

var (
	emailPattern = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+'-]*@[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.[a-z]{2,24}`)
	ibanPattern  = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?\b`)
	// idPattern is capital letters that run into digits, as on passports and identity cards.
	idPattern   = regexp.MustCompile(`\b[A-Z]{1,3}[0-9]{6,10}\b`)
	datePattern = regexp.MustCompile(`\b([0-9]{1,4})([./-])([0-9]{1,2})([./-])([0-9]{1,4})\b`)
	// spanPattern is years, as "2019-2025" or "2019 / 2025".
	spanPattern = regexp.MustCompile(`\b(19|20)[0-9]{2}( ?[-/] ?(19|20)[0-9]{2})+\b`)
	// amountPattern is a number in groups of three: no phone is written so.
	amountPattern = regexp.MustCompile(`^[0-9]{1,3}([ .][0-9]{3})+$`)
)

// namedBefore are the words before a number that say that it is no number of a person: of laws and papers, of money, of a count.
var namedBefore = []string{
	"law", "act", "article", "art.", "art", "decree", "order", "ordinance", "resolution", "regulation", "section", "no.", "nº", "n°", "no", "number", "ref", "ref.", "isbn", "issn", "doi",
	"loi", "décret", "arrêté", "délibération", "décision", "article", "numéro", "ley", "decreto", "acuerdo", "ordenanza", "resolución", "artículo", "número", "núm.", "expediente",
	"قانون", "القانون", "مرسوم", "المرسوم", "قرار", "القرار", "المادة", "مادة", "رقم", "عدد",
}

// calledBefore are the words before a number that say that it is a phone number.
var calledBefore = []string{"tel", "tel.", "tel:", "phone", "phone:", "mobile", "call", "whatsapp", "fax", "tél", "tél.", "téléphone", "portable", "teléfono", "móvil", "celular", "هاتف", "الهاتف", "جوال", "موبايل", "واتساب"}

// fewestDigits is from how many digits a number may be somebody's.
const fewestDigits = 6

// around is how much text on both sides of a number tells what it is, in bytes.
const around = 60

// PersonalIn tells which kinds of personal data a text seems to hold, in the order of PersonalKinds. Years, dates, amounts,
// articles and numbers of laws and decrees are none; digits may be Arabic. It looks closely only at numbers of some length,
// because the pages of answers ask for it.
func PersonalIn(text string) (kinds []PersonalKind) {
	text = plainDigits(text)
	found := map[PersonalKind]bool{}
	if strings.Contains(text, "@") && emailPattern.MatchString(text) {
		found[PersonalEmail] = true
	}
	for at := 0; at < len(text) && len(found) < len(PersonalKinds); {
		start, end, digits := nextRun(text, at)
		if at = end; digits >= fewestDigits {
			look(text, start, end, found)
		}
	}
	for _, k := range PersonalKinds {
		if found[k] {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// nextRun finds the next digits in groups, as phone numbers and register numbers are written: "+216 71 123 456".
func nextRun(text string, from int) (start, end, digits int) {
	start = strings.IndexAny(text[from:], "0123456789")
	if start < 0 {
		return len(text), len(text), 0
	}
	start += from
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
			end = i + 1
		case !strings.ContainsRune(" .()/-", rune(c)) || i-end >= 2:
			i = len(text)
		}
	}
	if start > 0 && text[start-1] == '+' {
		start--
	}
	return start, end, digits
}

// look tells what a run of digits is.
func look(text string, start, end int, found map[PersonalKind]bool) {
	if i := strings.LastIndexAny(text[:start], " \n\t"); strings.ContainsAny(text[i+1:start], "@") || strings.Contains(text[i+1:start], "://") || strings.HasPrefix(text[i+1:], "www.") {
		return // part of an address
	}
	from := max(start-around, 0)
	near := text[from:min(end+around, len(text))]
	for _, at := range ibanPattern.FindAllStringIndex(near, -1) {
		if from+at[0] < end && from+at[1] > start && validIBAN(near[at[0]:at[1]]) {
			found[PersonalIBAN] = true
			return
		}
	}
	if idPattern.MatchString(text[max(start-4, 0):end]) {
		found[PersonalID] = true
		return
	}
	number := datePattern.ReplaceAllString(spanPattern.ReplaceAllString(text[start:end], ","), ",")
	for one := range strings.SplitSeq(number, ",") {
		if kind := numberOf(text[max(start-around, 0):start], strings.Trim(one, " "), text[end:min(end+around, len(text))]); kind != "" {
			found[kind] = true
		}
	}
}

// plainDigits writes Arabic and Persian digits as 0 to 9, and special spaces and hyphens as plain ones.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r == '\u00a0' || r == '\u202f' || r == '\u2009':
			return ' '
		case r == '\u2010' || r == '\u2011' || r == '–':
			return '-'
		}
		return r
	}, text)
}

// numberOf tells what a number in groups is, by its length, its form, and the word before it; "" for an innocent one.
func numberOf(before, number, after string) PersonalKind {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	word := lastWord(before)
	international := strings.HasPrefix(number, "+") || strings.HasPrefix(number, "00")
	decimals := strings.HasPrefix(after, ",") && len(after) > 1 && after[1] >= '0' && after[1] <= '9' || strings.HasSuffix(before, ",") && len(before) > 1 && before[len(before)-2] >= '0' && before[len(before)-2] <= '9'
	switch n := len(digits); {
	case isOneOf(word, calledBefore) && n >= 6 && n <= 15:
		return PersonalPhone
	case isOneOf(word, namedBefore), decimals, amountPattern.MatchString(number), money(after), isOneOf(word, currencies):
		return ""
	case international && n >= 9 && n <= 15:
		return PersonalPhone
	case groupsIn(number) == 1 && n >= 9 && n <= 20 && strings.Trim(digits, "0") != "" && !strings.HasSuffix(digits, "000"):
		if strings.HasPrefix(digits, "0") && n == 10 {
			return PersonalPhone
		}
		return PersonalID
	case groupsIn(number) >= 3 && n >= 8 && n <= 15 && (strings.HasPrefix(digits, "0") || strings.ContainsAny(number, "-(.")) && !years(number):
		return PersonalPhone
	}
	return ""
}

func groupsIn(number string) int {
	return len(strings.FieldsFunc(number, func(r rune) bool { return r < '0' || r > '9' }))
}

// years tells whether all that stands there could be years: a list of them is no phone number.
func years(number string) bool {
	for _, g := range strings.FieldsFunc(number, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(g) != 4 || g[0] != '1' && g[0] != '2' {
			return false
		}
	}
	return true
}

// currencies are the signs and codes that stand before an amount.
var currencies = []string{"€", "$", "£", "eur", "usd", "tnd", "mad", "cop", "dt", "dh", "xof"}

// money tells whether a number is an amount or a count, by what stands beside it.
func money(text string) bool {
	text = strings.TrimLeft(strings.ToLower(text), " ")
	for _, unit := range []string{"€", "$", "£", "%", "eur", "usd", "dollar", "euro", "dinar", "dirham", "tnd", "mad", "cop", "peso", "fcfa", "xof", "million", "millones", "inhab", "people", "person", "habit", "دينار", "درهم", "دولار", "نسمة", "مليون"} {
		if strings.HasPrefix(text, unit) {
			return true
		}
	}
	return false
}

func lastWord(before string) string {
	before = strings.TrimRight(before, " :(\n\t")
	if i := strings.LastIndexAny(before, " \n\t(«\"'’"); i >= 0 {
		before = before[i+1:]
	}
	return strings.ToLower(before)
}

func isOneOf(word string, list []string) bool {
	for _, w := range list {
		if word == w || strings.TrimRight(word, ".:") == strings.TrimRight(w, ".:") && word != "" {
			return true
		}
	}
	return false
}

// validIBAN tests the check digits (ISO 13616: modulo 97 leaves 1).
func validIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			digits.WriteString(big.NewInt(int64(r - 'A' + 10)).String())
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}
