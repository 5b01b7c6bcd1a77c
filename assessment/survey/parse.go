package survey

import (
	"slices"
	"strings"
	"unicode/utf8"

	"migov/assessment/fault"
)

// CleanAnswer turns what a person or a program gave for an indicator into an answer in canonical text. A level becomes
// "0" to "4", a yes/no "yes" or "no", options their ids joined by "|" in the instrument's order, a number decimal text
// such as "12.5"; texts stay byte for byte. A value of nothing but space is no value. All faults are returned at once,
// named by indicator and field, such as "MR-01.value"; a non-answer is part of the field value. What is faulty is empty
// in the answer. Cleaning a clean answer changes nothing.
func CleanAnswer(q *Indicator, raw Answer) (Answer, []fault.Field) {
	var clean Answer
	var faults []fault.Field
	note := func(field string, bad *fault.Field) {
		if bad != nil {
			bad.Name = q.ID + "." + field
			faults = append(faults, *bad)
		}
	}
	var bad *fault.Field
	switch given := strings.TrimSpace(raw.Value) != ""; {
	case given && raw.NonAnswer != "":
		note("value", &fault.Field{Key: "fault.value_and_non_answer"})
	case raw.NonAnswer != "" && !raw.NonAnswer.Known():
		note("value", &fault.Field{Key: "fault.non_answer_unknown", Args: fault.Args{"NonAnswer": brief(string(raw.NonAnswer))}})
	case given:
		clean.Value, bad = cleanValue(q, raw.Value)
		note("value", bad)
	default:
		clean.NonAnswer = raw.NonAnswer
	}
	clean.Explanation, bad = CleanText(raw.Explanation, MaxText)
	note("explanation", bad)
	clean.Evidence, bad = CleanText(raw.Evidence, MaxText)
	note("evidence", bad)
	if raw.Confidence != "" && !slices.Contains(Confidences, raw.Confidence) {
		note("confidence", &fault.Field{Key: "fault.confidence_unknown", Args: fault.Args{"Confidence": brief(string(raw.Confidence))}})
	} else {
		clean.Confidence = raw.Confidence
	}
	return clean, faults
}

// CleanText lets a text pass byte for byte unless it holds a NUL, is not UTF-8, has more than limit characters, or takes
// more than MaxText bytes. The caller names the fault.
func CleanText(s string, limit int) (string, *fault.Field) {
	switch {
	case len(s) > MaxText:
		return "", &fault.Field{Key: "fault.text_too_large", Args: fault.Args{"Kilobytes": MaxText >> 10}}
	case strings.ContainsRune(s, 0):
		return "", &fault.Field{Key: "fault.text_nul"}
	case !utf8.ValidString(s):
		return "", &fault.Field{Key: "fault.text_encoding"}
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return "", &fault.Field{Key: "fault.text_too_long", Args: fault.Args{"Found": n, "Limit": limit}}
	}
	return s, nil
}

func cleanValue(q *Indicator, typed string) (string, *fault.Field) {
	switch q.Kind {
	case Level:
		return cleanLevel(typed)
	case YesNo:
		return cleanYesNo(typed)
	case Multiple:
		return cleanOptions(q, typed)
	case Number:
		return cleanNumber(q.Number, typed)
	default:
		limit := MaxText
		if q.MaxLength > 0 {
			limit = q.MaxLength
		}
		return CleanText(typed, limit)
	}
}

func cleanLevel(typed string) (string, *fault.Field) {
	s := plain(typed)
	if len(s) == 1 && s[0] >= '0' && s[0] <= '4' {
		return s, nil
	}
	return "", &fault.Field{Key: "fault.level_range", Args: fault.Args{"Value": brief(typed)}}
}

// yesNo are the words that are understood, in the languages of the product.
var yesNo = map[string]string{
	"yes": "yes", "oui": "yes", "sí": "yes", "si": "yes", "نعم": "yes",
	"no": "no", "non": "no", "لا": "no",
}

func cleanYesNo(typed string) (string, *fault.Field) {
	if v, ok := yesNo[strings.ToLower(plain(typed))]; ok {
		return v, nil
	}
	return "", &fault.Field{Key: "fault.yes_no", Args: fault.Args{"Value": brief(typed)}}
}

func cleanOptions(q *Indicator, typed string) (string, *fault.Field) {
	chosen := map[string]bool{}
	for id := range strings.SplitSeq(typed, "|") {
		id = strings.ToLower(plain(id))
		if id == "" {
			continue
		}
		if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == id }) {
			return "", &fault.Field{Key: "fault.option_unknown", Args: fault.Args{"Option": brief(id), "Options": optionIDs(q)}}
		}
		chosen[id] = true
	}
	var ids []string
	for _, o := range q.Options {
		if !chosen[o.ID] {
			continue
		}
		if o.Exclusive && len(chosen) > 1 {
			return "", &fault.Field{Key: "fault.option_exclusive", Args: fault.Args{"Option": o.ID}}
		}
		ids = append(ids, o.ID)
	}
	return strings.Join(ids, "|"), nil
}

func optionIDs(q *Indicator) string {
	ids := make([]string, len(q.Options))
	for i, o := range q.Options {
		ids[i] = o.ID
	}
	return strings.Join(ids, " | ")
}

// brief shortens what was typed for a message; the whole stays with the caller.
func brief(s string) string {
	const most = 40
	s = strings.ToValidUTF8(strings.TrimSpace(s), "\ufffd")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
