package frontend

import (
	"slices"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/data/locale"
)

// Carried is the page of what the last round has left.
type Carried struct {
	Frame
	Home, By string
	Action   string
	Open     bool   // the assessment takes changes
	Earlier  string // title of the earlier round; empty when there is none
	Begun    bool   // something was carried over
	Offer    bool   // the reader may carry over
	Waiting  int    // lines to confirm or answer anew
	Powers   int    // that the reader may confirm apart from answers
	First    []CarriedItem
	Groups   []CarriedGroup
	Settled  []CarriedItem // confirmed, put aside or answered in this round
}

// CarriedGroup is a sub-category with the lines of which nobody needs to look at something first.
type CarriedGroup struct {
	ID    string
	Title survey.Text
	Items []CarriedItem
}

// CarriedItem is one line.
type CarriedItem struct {
	ID       string
	Href     string // of the question
	Question survey.Text
	Was      Shown
	Explains string // shortened
	By       string
	At       time.Time
	Round    string
	Holder   string // of the power, where it was set
	Reason   string
	Fits     bool
	Changes  []CarriedChange
	Expired  []CarriedEvidence
	Gone     int
	State    string // of a settled one: confirmed, aside, answered
}

// CarriedEvidence is cited and no longer valid.
type CarriedEvidence struct {
	Title string
	Since time.Time // the last day on which it held
}

// CarriedChange is a part of a question as it was and as it is.
type CarriedChange struct {
	Part          string // see survey.Differences
	English       bool   // the change is in the English text only
	Before, After []Piece
}

// CarriedHere is what the last round has left, at the question.
type CarriedHere struct {
	Round   string
	Was     Shown
	Confirm bool // without looking at what has changed first
}

// carriedText is how much of an explanation is shown, in characters.
const carriedText = 280

// Shorten ends a text after n characters at most, at a space where there is one.
func Shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	short := string(r[:n])
	if i := strings.LastIndexAny(short, " \n"); i > len(short)/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " \n,;:.") + "…"
}

// NewCarriedItem shows a line; was is the answer in words, by who wrote it.
func NewCarriedItem(w *locale.Words, home string, in *survey.Instrument, x assessment.CarriedLine, was Shown, by string) CarriedItem {
	out := CarriedItem{ID: x.Indicator, Href: home + "/" + x.Question.Subcategory + "#" + x.Indicator, Question: x.Question.Question, Was: was, Explains: Shorten(x.Answer.Explanation, carriedText),
		By: by, At: x.At, Round: x.Round, Holder: string(x.Holder), Reason: x.Reason, Fits: x.Fits(), Gone: x.Gone}
	if x.Before != nil {
		for _, part := range x.Changed {
			c := CarriedChange{Part: part}
			before, after := carriedPart(w, w.Lang(), x.Asked, x.Before, x.Question, part), carriedPart(w, w.Lang(), in, x.Question, x.Before, part)
			if c.English = before == after; c.English {
				before, after = carriedPart(w, "en", x.Asked, x.Before, x.Question, part), carriedPart(w, "en", in, x.Question, x.Before, part)
			}
			if before != after {
				c.Before, c.After = Compare(before, after)
				out.Changes = append(out.Changes, c)
			}
		}
	}
	for _, e := range x.Expired {
		out.Expired = append(out.Expired, CarriedEvidence{e.Title, e.Expires})
	}
	switch {
	case x.Settled.IsZero():
		out.State = "answered"
	case x.Confirmed:
		out.State = "confirmed"
	default:
		out.State = "aside"
	}
	return out
}

// carriedPart is a part of a question in a language; of levels and options, what the other question has in another way.
func carriedPart(w *locale.Words, lang string, in *survey.Instrument, q, other *survey.Indicator, part string) string {
	say := func(t survey.Text) string { return Say(t, lang).Text }
	var lines []string
	switch part {
	case survey.KindPart:
		return w.T("carry.kind_" + string(q.Kind))
	case survey.QuestionPart:
		return say(q.Question)
	case survey.TitlePart:
		return say(q.Title)
	case survey.HelpPart:
		return say(q.Help)
	case survey.EvidencePart:
		return say(q.Evidence)
	case survey.ElsewherePart:
		return say(q.Elsewhere)
	case survey.PowerPart:
		return w.T("shell.holder_" + string(q.Power))
	case survey.NumberPart:
		if q.Number != nil {
			return w.T("carry.number", "Unit", say(q.Number.Unit), "Min", w.Number(q.Number.Min, 0), "Max", w.Number(q.Number.Max, 0))
		}
	case survey.LevelsPart:
		scale := in.Scale(q.Scale)
		for i, l := range q.Levels {
			if i < len(other.Levels) && other.Levels[i][survey.English] == l[survey.English] && q.Scale == other.Scale {
				continue
			}
			line := w.Number(float64(i), 0)
			if scale != nil {
				line += " " + say(scale.Words[i])
			}
			lines = append(lines, line+": "+say(l))
		}
	case survey.OptionsPart, survey.LabelsPart:
		for _, o := range q.Options {
			if part == survey.LabelsPart && slices.ContainsFunc(other.Options, func(x survey.Option) bool { return x.ID == o.ID && x.Label[survey.English] == o.Label[survey.English] }) {
				continue
			}
			lines = append(lines, say(o.Label))
		}
	}
	return strings.Join(lines, "\n")
}
