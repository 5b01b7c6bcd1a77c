package survey

import "slices"

// The parts of a question in which two versions of it can differ; see Differences.
const (
	KindPart      = "kind"
	QuestionPart  = "question"
	LevelsPart    = "levels"  // the descriptions of the levels, or the words of their scale
	OptionsPart   = "options" // which options there are
	LabelsPart    = "labels"  // how options are worded
	NumberPart    = "number"  // unit or limits
	TitlePart     = "title"
	HelpPart      = "help"
	EvidencePart  = "evidence"
	ElsewherePart = "elsewhere"
	PowerPart     = "power" // the default
)

// Differences lists the parts in which a question is another than it was, those that touch its meaning most coming first.
// Texts are compared in English, the source of all translations, so that a better translation is no difference.
func Differences(before, after *Indicator) (parts []string) {
	add := func(part string, differs bool) {
		if differs {
			parts = append(parts, part)
		}
	}
	other := func(a, b Text) bool { return a[English] != b[English] }
	add(KindPart, before.Kind != after.Kind)
	add(QuestionPart, other(before.Question, after.Question))
	add(LevelsPart, before.Scale != after.Scale || !slices.EqualFunc(before.Levels, after.Levels, func(a, b Text) bool { return !other(a, b) }))
	add(OptionsPart, !sameOptions(before, after))
	add(LabelsPart, slices.ContainsFunc(after.Options, func(o Option) bool {
		i := slices.IndexFunc(before.Options, func(x Option) bool { return x.ID == o.ID })
		return i >= 0 && other(before.Options[i].Label, o.Label)
	}))
	add(NumberPart, !sameNumber(before.Number, after.Number))
	add(TitlePart, other(before.Title, after.Title))
	add(HelpPart, other(before.Help, after.Help))
	add(EvidencePart, other(before.Evidence, after.Evidence))
	add(ElsewherePart, other(before.Elsewhere, after.Elsewhere))
	add(PowerPart, before.Power != after.Power)
	return parts
}

// sameOptions tells whether both questions offer the same options, in whatever order.
func sameOptions(before, after *Indicator) bool {
	if len(before.Options) != len(after.Options) {
		return false
	}
	for _, o := range after.Options {
		if !slices.ContainsFunc(before.Options, func(x Option) bool { return x.ID == o.ID && x.Exclusive == o.Exclusive }) {
			return false
		}
	}
	return true
}

func sameNumber(a, b *Bounds) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Unit[English] == b.Unit[English] && a.Min == b.Min && a.Max == b.Max && a.Decimals == b.Decimals
}

// Fits returns an answer to an earlier version of a question as the later one takes it. The value is dropped, and fits is
// false, where it can no longer be taken for an answer: another kind, other options, another unit, a limit that it passes.
// Non-answers and texts fit every question.
func Fits(before, after *Indicator, a Answer) (out Answer, fits bool) {
	out = a
	if a.Value == "" {
		return out, true
	}
	out.Value = ""
	switch {
	case before.Kind != after.Kind, !sameOptions(before, after):
		return out, false
	case after.Number != nil && before.Number.Unit[English] != after.Number.Unit[English]:
		return out, false
	}
	clean, faults := CleanAnswer(after, Answer{Value: a.Value})
	if len(faults) > 0 {
		return out, false
	}
	out.Value = clean.Value
	return out, out.Value != ""
}
