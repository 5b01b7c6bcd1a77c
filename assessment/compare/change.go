package compare

import (
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Comparable lists the scored indicators that two versions of a questionnaire have in common without any difference in what
// they ask (see survey.Differences), in the order of the later one.
func Comparable(before, now *survey.Instrument) (ids []string) {
	was := map[string]*survey.Indicator{}
	for _, q := range scored(before) {
		was[q.ID] = q
	}
	for _, q := range scored(now) {
		if old := was[q.ID]; old != nil && len(survey.Differences(old, q)) == 0 {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

func scored(in *survey.Instrument) (out []*survey.Indicator) {
	for _, d := range in.Dimensions {
		for _, sub := range d.Subcategories {
			for _, q := range sub.Indicators {
				if q.Scored {
					out = append(out, q)
				}
			}
		}
	}
	return out
}

// Change is what has become of a city from one round to another in the dimensions, in order.
type Change struct {
	City, Name  string
	Before, Now []score.Result
}

// Changes sets the selected cities beside themselves in an earlier round, on the indicators alone that both questionnaires have
// in common. Cities that had not handed in then are counted as left out. It computes at most so many cities, the first in the
// order of the cohort; a negative number means all.
func Changes(now *Selection, before *Cohort, most int) (out []Change, left int) {
	later, earlier := now.cohort.Scheme, before.Scheme
	common := map[string]bool{}
	for _, id := range Comparable(earlier.Instrument(), later.Instrument()) {
		common[id] = true
	}
	keep := func(id string) bool { return common[id] }
	for _, place := range now.in {
		c := &now.cohort.cities[place]
		was, there := before.City(c.Code)
		if !there || !was.HandedIn {
			left++
			continue
		}
		if most >= 0 && len(out) >= most {
			continue
		}
		var a, b score.Numbers
		earlier.Numbers(earlier.Among(was.Marks, keep), &a)
		later.Numbers(later.Among(c.Marks, keep), &b)
		out = append(out, Change{c.Code, c.Name, a.Dimensions, b.Dimensions})
	}
	return out, left
}
