package lens

import (
	"slices"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// Step is an indicator in which a city could go further by its own power, as a proposal for a pledge.
type Step struct {
	*survey.Indicator
	Now        score.Line
	Next       survey.Text // what the next level asks; empty where the answer is no level
	Objectives []string    // ids in the framework that it is linked to, more than as context, in the order of the framework
}

// Steps lists the indicators of a view in which a city holds or shares the power, has answered, and has not reached the highest value:
// the least developed first, then in the order of the questionnaire. Nothing is proposed that others decide alone.
func (v View) Steps(s *score.Scheme, m score.Marks) (out []Step) {
	at := map[string]int{}
	for _, o := range v.Objectives {
		for _, t := range o.Ties {
			if !t.Counts {
				continue
			}
			if i, listed := at[t.Indicator.ID]; listed {
				out[i].Objectives = append(out[i].Objectives, o.ID)
				continue
			}
			l, _ := s.Line(m, t.Indicator.ID)
			if !l.Answered || l.Weight == 0 || l.Points >= l.Of {
				continue
			}
			at[t.Indicator.ID] = len(out)
			step := Step{Indicator: t.Indicator, Now: l, Objectives: []string{o.ID}}
			if t.Kind == survey.Level {
				step.Next = t.Levels[l.Points+1]
			}
			out = append(out, step)
		}
	}
	place := map[string]int{}
	for i, id := range s.ScoredIDs() {
		place[id] = i
	}
	slices.SortFunc(out, func(a, b Step) int {
		switch {
		case a.Now.Value < b.Now.Value:
			return -1
		case a.Now.Value > b.Now.Value:
			return 1
		}
		return place[a.ID] - place[b.ID]
	})
	return out
}
