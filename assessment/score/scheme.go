package score

import (
	"cmp"
	"slices"
	"strings"

	"migov/assessment/survey"
)

// Scheme is an instrument compiled for scoring. It is immutable and safe for concurrent use.
type Scheme struct {
	instrument *survey.Instrument
	items      []item         // scored indicators in order
	place      map[string]int // indicator id -> place in items
	order      []int          // places in items as lists show them: core first, then by id
	dimensions []span         // of sub-categories
	subs       []span         // of items
}

// item is a scored indicator.
type item struct {
	*survey.Indicator
	values []float64 // by points
	holder int       // the default, as a place in survey.Holders counted from 1
}

// span is a part of the scheme: what lies from a place up to, not including, another.
type span struct {
	id       string
	from, to int
}

// NewScheme compiles an instrument.
func NewScheme(in *survey.Instrument) *Scheme {
	s := &Scheme{instrument: in, place: map[string]int{}}
	for _, d := range in.Dimensions {
		dimension := span{id: d.ID, from: len(s.subs)}
		for _, sub := range d.Subcategories {
			part := span{id: sub.ID, from: len(s.items)}
			for _, q := range sub.Indicators {
				if values := valuesOf(q); q.Scored && values != nil {
					s.place[q.ID] = len(s.items)
					s.items = append(s.items, item{q, values, holderMark(q.Power)})
				}
			}
			part.to = len(s.items)
			s.subs = append(s.subs, part)
		}
		dimension.to = len(s.subs)
		s.dimensions = append(s.dimensions, dimension)
	}
	for i := range s.items {
		s.order = append(s.order, i)
	}
	slices.SortFunc(s.order, func(i, j int) int {
		a, b := s.items[i], s.items[j]
		if a.Core != b.Core {
			if a.Core {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return s
}

// Instrument returns the instrument that was compiled.
func (s *Scheme) Instrument() *survey.Instrument { return s.instrument }

// DimensionIDs returns the ids of the dimensions in the order of Numbers.
func (s *Scheme) DimensionIDs() []string { return ids(s.dimensions) }

// SubcategoryIDs returns the ids of the sub-categories in the order of Numbers.
func (s *Scheme) SubcategoryIDs() []string { return ids(s.subs) }

func ids(spans []span) []string {
	out := make([]string, len(spans))
	for i, p := range spans {
		out[i] = p.id
	}
	return out
}

// Blank returns the marks of an assessment in which nothing is said yet.
func (s *Scheme) Blank() Marks { return make(Marks, 2*len(s.items)) }

// Marks returns the marks of answers and of the holders that differ from the instrument's default.
func (s *Scheme) Marks(answers map[string]survey.Answer, holders map[string]survey.Holder) Marks {
	m := s.Blank()
	for id, a := range answers {
		s.SetAnswer(m, id, a)
	}
	for id, h := range holders {
		s.SetHolder(m, id, h)
	}
	return m
}

// SetAnswer marks an answer. An unknown or unscored indicator has no effect; a value that is none for the indicator
// (survey.Parse lets none through) counts as a blank.
func (s *Scheme) SetAnswer(m Marks, indicator string, a survey.Answer) {
	i, ok := s.place[indicator]
	if !ok {
		return
	}
	what := said(a.NonAnswer)
	if what == blank && a.Answered() {
		if n, ok := pointsOf(s.items[i].Indicator, a.Value); ok {
			what = points + n
		}
	}
	_, holder := m.at(i)
	m.set(i, what, holder)
}

// SetHolder marks who holds the power; empty is back to the instrument's default. An unknown or unscored indicator or an
// unknown holder has no effect.
func (s *Scheme) SetHolder(m Marks, indicator string, h survey.Holder) {
	i, ok := s.place[indicator]
	if !ok || h != "" && !h.Known() {
		return
	}
	what, _ := m.at(i)
	m.set(i, what, holderMark(h))
}

// holderMark is a place in survey.Holders counted from 1; 0 for none.
func holderMark(h survey.Holder) int { return slices.Index(survey.Holders, h) + 1 }

// holderOf resolves the mark of a holder to the one that counts. An indicator without any counts as municipal.
func (it *item) holderOf(mark int) survey.Holder {
	if mark == 0 {
		mark = it.holder
	}
	if mark == 0 || mark > len(survey.Holders) {
		return survey.Municipal
	}
	return survey.Holders[mark-1]
}

// halves is the weight of a holder in the municipal effort, in halves: 1 where the power is municipal, 0.5 where it is
// shared or contested, 0 where it is regional, national or nobody's.
func halves(h survey.Holder) int {
	switch h {
	case survey.Municipal:
		return 2
	case survey.Shared, survey.Contested:
		return 1
	}
	return 0
}

// none is the id of the exclusive option that is worth 0 and is not counted as an option.
const none = "none"

// valuesOf returns the values of an indicator by points: level l is worth 25·l, yes 100 and no 0, multiple choice
// 100·chosen/options. Numbers and texts have none.
func valuesOf(q *survey.Indicator) []float64 {
	switch q.Kind {
	case survey.Level:
		return []float64{0, 25, 50, 75, 100}
	case survey.YesNo:
		return []float64{0, 100}
	case survey.Multiple:
		options := 0
		for _, o := range q.Options {
			if o.ID != none {
				options++
			}
		}
		values := make([]float64, options+1)
		for k := 1; k <= options; k++ {
			values[k] = 100 * float64(k) / float64(options)
		}
		return values
	}
	return nil
}

// pointsOf reads a canonical value: the level, 1 for yes, or the number of options chosen.
func pointsOf(q *survey.Indicator, value string) (n int, ok bool) {
	switch q.Kind {
	case survey.Level:
		if len(value) != 1 || value[0] < '0' || value[0] > '4' {
			return 0, false
		}
		return int(value[0] - '0'), true
	case survey.YesNo:
		return count(value == "yes"), value == "yes" || value == "no"
	case survey.Multiple:
		chosen := strings.Split(value, "|")
		found := 0
		for _, o := range q.Options {
			if slices.Contains(chosen, o.ID) {
				found++
				n += count(o.ID != none)
			}
		}
		return n, found == len(chosen)
	}
	return 0, false
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
