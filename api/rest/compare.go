package rest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// View says which cities of a round are compared, and by which answers.
type View struct {
	Code     string `path:"code" doc:"code of the round"`
	Group    string `query:"group" doc:"which cities: region:M49, population:BAND, role:ROLE, income:GROUP, country:ISO, powers:CITY (alike with a city) or hand:CITY,CITY; without it all"`
	Measure  string `query:"measure" enum:"situation,effort" default:"situation"`
	Standing string `query:"standing" enum:"claimed,evidenced,verified" default:"claimed" doc:"how far an answer must be backed to count; above 500 cities only claimed"`
}

// Slice is a part of a list of cities by name.
type Slice struct {
	From int `query:"from" minimum:"0" default:"0" doc:"how many cities are passed over"`
	Most int `query:"most" minimum:"1" maximum:"1000" default:"1000" doc:"how many cities are sent at most"`
}

// Viewed repeats what is compared.
type Viewed struct {
	Round    string `json:"round"`
	Group    string `json:"group" doc:"empty for every city"`
	Measure  string `json:"measure"`
	Standing string `json:"standing"`
	Selected int    `json:"selected" doc:"cities of the group that have handed in"`
}

// Spread is the distribution of one dimension or sub-category.
type Spread struct {
	ID        string         `json:"id"`
	Counted   int            `json:"counted" doc:"of all selected cities"`
	Left      map[string]int `json:"left" doc:"how many of all selected cities have no value, by why"`
	Quantiles *Quantiles     `json:"quantiles" doc:"of all selected cities; null when fewer than five have a value"`
	Cities    []SpreadCity   `json:"cities" doc:"those of the slice, by name, never by value; none when fewer than five have a value"`
	LeftOut   []LeftOut      `json:"left_out" doc:"those of the slice that have no value"`
}

// Quantiles are of type 7 (Hyndman and Fan 1996).
type Quantiles struct {
	Min           float64 `json:"min"`
	FirstQuartile float64 `json:"first_quartile"`
	Median        float64 `json:"median"`
	ThirdQuartile float64 `json:"third_quartile"`
	Max           float64 `json:"max"`
}

// SpreadCity is one city in a distribution.
type SpreadCity struct {
	City    string  `json:"city"`
	Low     float64 `json:"low"`
	Central float64 `json:"central"`
	High    float64 `json:"high"`
}

// LeftOut is a city that is not counted, and why.
type LeftOut struct {
	City string `json:"city"`
	Why  string `json:"why"`
}

// GroupClass is a peer group that may be asked for.
type GroupClass struct {
	Group  string `json:"group"`
	Cities int    `json:"cities"`
}

// IndicatorRow is what a city answers, in the order of the indicators.
type IndicatorRow struct {
	City  string          `json:"city"`
	Cells []IndicatorCell `json:"cells"`
}

// IndicatorCell is one answer of a city.
type IndicatorCell struct {
	Value *float64 `json:"value" doc:"0 to 100; null where there is none"`
	Why   string   `json:"why" enum:",blank,not_ours,not_applicable,dont_know,declined,skipped,held_elsewhere" doc:"why there is no value; blank: not answered; held_elsewhere: of effort, where others hold the power"`
}

// Pairing is a city with two values.
type Pairing struct {
	City string  `json:"city"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// Moved is what has become of a city from one round to another.
type Moved struct {
	City       string      `json:"city"`
	Dimensions []MovedPart `json:"dimensions"`
}

// MovedPart is what has become of a dimension.
type MovedPart struct {
	ID     string   `json:"id"`
	Before *float64 `json:"before" doc:"null where there was no value"`
	Now    *float64 `json:"now" doc:"null where there is no value"`
}

// viewed finds what a view compares.
func (a *API) viewed(ctx context.Context, who session.Asker, v View) (*compare.Cohort, *compare.Selection, Viewed, error) {
	said := Viewed{Measure: v.Measure, Standing: v.Standing}
	r, cohort, err := a.Cohorts.Of(ctx, who.Actor, v.Code)
	if err != nil {
		return nil, nil, said, err
	}
	group, err := compare.ParseGroup(v.Group)
	if err != nil {
		return nil, nil, said, err
	}
	if cohort, err = a.Cohorts.Backed(ctx, who.Actor, r, cohort, evidence.Standing(v.Standing)); err != nil {
		return nil, nil, said, err
	}
	sel := cohort.Select(group)
	said.Round, said.Group, said.Selected = r.Code, group.Key(), sel.Size()
	return cohort, sel, said, nil
}

func (s Slice) cities(sel *compare.Selection) (out []compare.City) {
	for i := s.From; i < min(s.From+s.Most, sel.Size()); i++ {
		out = append(out, sel.At(i))
	}
	return out
}

func (a *API) comparison() {
	type wish struct {
		View
		Slice
	}
	type comparison struct {
		Body struct {
			Viewed
			Dimensions    []Spread     `json:"dimensions"`
			Subcategories []Spread     `json:"subcategories"`
			NotHandedIn   []string     `json:"not_handed_in"`
			OutsideGroup  []string     `json:"outside_group"`
			Groups        []GroupClass `json:"groups" doc:"that may be asked for, beside powers and hand"`
		}
	}
	add(a, huma.Operation{OperationID: "compare-round", Method: http.MethodGet, Path: "/rounds/{code}/comparison", Summary: "Distributions of a round", Errors: []int{http.StatusConflict},
		Description: "Only assessments that were handed in are counted. There are no ranks: cities stand by name. Open answers are left out of a value; a value is told when two thirds of what applies are answered."},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*comparison, error) {
			cohort, sel, said, err := a.viewed(ctx, who, in.View)
			if err != nil {
				return nil, err
			}
			out := &comparison{}
			out.Body.Viewed, out.Body.NotHandedIn, out.Body.OutsideGroup = said, sel.Absent(compare.NotHandedIn), sel.Absent(compare.OutsideGroup)
			out.Body.Groups = []GroupClass{}
			for _, class := range cohort.Classes() {
				out.Body.Groups = append(out.Body.Groups, GroupClass{class.Key(), class.Cities})
			}
			all := spreads(cohort, sel, compare.Measure(in.Measure), in.cities(sel))
			dimensions := len(cohort.Scheme.DimensionIDs())
			out.Body.Dimensions, out.Body.Subcategories = all[:dimensions], all[dimensions:]
			return out, nil
		})
	a.indicators()
	a.scatter()
	a.change()
	a.peers()
}

// spreads are the distributions of every part among the selected cities, with the values of some of them.
func spreads(cohort *compare.Cohort, sel *compare.Selection, measure compare.Measure, cities []compare.City) []Spread {
	parts := cohort.Parts()
	out := make([]Spread, len(parts))
	for i, part := range parts {
		d := sel.Spread(part, measure)
		s := Spread{ID: part, Counted: d.Counted, Left: map[string]int{}, Cities: []SpreadCity{}, LeftOut: []LeftOut{}}
		for why, n := range d.Left {
			s.Left[string(why)] = n
		}
		if d.Enough {
			s.Quantiles = &Quantiles{d.Min, d.FirstQuartile, d.Median, d.ThirdQuartile, d.Max}
		}
		out[i] = s
	}
	var numbers score.Numbers
	for _, city := range cities {
		cohort.Scheme.Numbers(city.Marks, &numbers)
		for i, r := range slices.Concat(numbers.Dimensions, numbers.Subcategories) {
			v, why := measured(r, measure)
			switch {
			case why != "":
				out[i].LeftOut = append(out[i].LeftOut, LeftOut{city.Code, string(why)})
			case out[i].Quantiles != nil:
				out[i].Cities = append(out[i].Cities, SpreadCity{city.Code, v.Low, v.Central, v.High})
			}
		}
	}
	return out
}

func measured(r score.Result, measure compare.Measure) (score.Interval, score.Note) {
	if measure == compare.Effort {
		return r.Effort, r.EffortNote()
	}
	return r.Situation, r.SituationNote()
}

func (a *API) indicators() {
	type wish struct {
		View
		Slice
	}
	type indicatorMatrix struct {
		Body struct {
			Viewed
			Indicators []string       `json:"indicators" doc:"that are scored, in the order of the questionnaire"`
			Cities     []IndicatorRow `json:"cities" doc:"those of the slice, by name"`
		}
	}
	add(a, huma.Operation{OperationID: "compare-indicators", Method: http.MethodGet, Path: "/rounds/{code}/comparison/indicators", Summary: "Cities of a round by indicators", Errors: []int{http.StatusConflict}},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*indicatorMatrix, error) {
			cohort, sel, said, err := a.viewed(ctx, who, in.View)
			if err != nil {
				return nil, err
			}
			out := &indicatorMatrix{}
			out.Body.Viewed, out.Body.Indicators, out.Body.Cities = said, cohort.Scheme.ScoredIDs(), []IndicatorRow{}
			for _, city := range in.cities(sel) {
				row := IndicatorRow{City: city.Code, Cells: make([]IndicatorCell, len(out.Body.Indicators))}
				for i := range row.Cells {
					row.Cells[i] = indicatorCell(cohort.Scheme.At(city.Marks, i), compare.Measure(in.Measure))
				}
				out.Body.Cities = append(out.Body.Cities, row)
			}
			return out, nil
		})
}

func indicatorCell(x score.Saying, measure compare.Measure) IndicatorCell {
	switch {
	case x.NonAnswer != "":
		return IndicatorCell{Why: string(x.NonAnswer)}
	case measure == compare.Effort && (x.Holder == survey.Regional || x.Holder == survey.National || x.Holder == survey.Nobody):
		return IndicatorCell{Why: "held_elsewhere"}
	case !x.Answered:
		return IndicatorCell{Why: "blank"}
	}
	return IndicatorCell{Value: &x.Value}
}

// population is the axis of residents.
const population = "population"

func axis(cohort *compare.Cohort, name string, measure compare.Measure) (compare.Axis, error) {
	if name != population && !slices.Contains(cohort.Parts(), name) {
		return compare.Axis{}, fault.New(fault.Invalid, "rest.part_unknown", fault.Args{"Part": name})
	}
	return compare.Axis{Part: name, Measure: measure, Population: name == population}, nil
}

func (a *API) scatter() {
	type wish struct {
		View
		X string `query:"x" doc:"id of a dimension or sub-category, or population; without it the first dimension"`
		Y string `query:"y" doc:"the same; without it the second dimension"`
	}
	type pairings struct {
		Body struct {
			Viewed
			Cities []Pairing `json:"cities" doc:"that have both values; none when they are fewer than five"`
			Left   int       `json:"left" doc:"selected cities that are not sent"`
		}
	}
	add(a, huma.Operation{OperationID: "compare-pairs", Method: http.MethodGet, Path: "/rounds/{code}/comparison/pairs", Summary: "Two values of each city of a round", Errors: []int{http.StatusConflict},
		Description: "Values that go together do not explain each other."},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*pairings, error) {
			cohort, sel, said, err := a.viewed(ctx, who, in.View)
			if err != nil {
				return nil, err
			}
			x, errX := axis(cohort, cmp.Or(in.X, cohort.Parts()[0]), compare.Measure(in.Measure))
			y, errY := axis(cohort, cmp.Or(in.Y, cohort.Parts()[1]), compare.Measure(in.Measure))
			if errX != nil || errY != nil {
				return nil, errors.Join(errX, errY)
			}
			out := &pairings{}
			out.Body.Viewed, out.Body.Cities = said, []Pairing{}
			pairs, left := sel.Pairs(x, y)
			for _, p := range pairs {
				out.Body.Cities = append(out.Body.Cities, Pairing{p.City, p.X, p.Y})
			}
			out.Body.Left = left
			return out, nil
		})
}

// mostMoved is of how many cities a change is computed for one request.
const mostMoved = 1000

func (a *API) change() {
	type wish struct {
		View
		Since string `query:"since" doc:"code of the earlier round, which has to be given"`
	}
	type changes struct {
		Body struct {
			Viewed
			Since      string   `json:"since"`
			Indicators []string `json:"indicators" doc:"that ask the same in both rounds; only they are counted"`
			Cities     []Moved  `json:"cities" doc:"the first 1,000"`
			More       int      `json:"more" doc:"cities with both rounds that are not sent"`
			Left       int      `json:"left" doc:"selected cities that had not handed in then"`
		}
	}
	add(a, huma.Operation{OperationID: "compare-change", Method: http.MethodGet, Path: "/rounds/{code}/comparison/change", Summary: "Change of the cities of a round since an earlier one", Errors: []int{http.StatusConflict},
		Description: "Both rounds are counted anew on the indicators alone that ask the same in both questionnaires. Answers of the earlier round count as claimed."},
		account.Compare, func(ctx context.Context, who session.Asker, in *wish) (*changes, error) {
			cohort, sel, said, err := a.viewed(ctx, who, in.View)
			if err != nil {
				return nil, err
			}
			if in.Since == "" { // said after the round was found, so that a foreign round does not look as if it existed
				return nil, fault.New(fault.Invalid, "rest.missing", fault.Args{"Name": "since"})
			}
			earlier, before, err := a.Cohorts.Of(ctx, who.Actor, in.Since)
			if err != nil {
				return nil, err
			}
			out := &changes{}
			out.Body.Viewed, out.Body.Since, out.Body.Cities = said, earlier.Code, []Moved{}
			out.Body.Indicators = compare.Comparable(before.Scheme.Instrument(), cohort.Scheme.Instrument())
			if out.Body.Indicators == nil {
				out.Body.Indicators = []string{}
			}
			changes, left := compare.Changes(sel, before, mostMoved)
			was := before.Scheme.DimensionIDs()
			for _, c := range changes {
				m := Moved{City: c.City, Dimensions: []MovedPart{}}
				for i, id := range cohort.Scheme.DimensionIDs() {
					part := MovedPart{ID: id, Now: central(c.Now[i], compare.Measure(in.Measure))}
					if k := slices.Index(was, id); k >= 0 {
						part.Before = central(c.Before[k], compare.Measure(in.Measure))
					}
					m.Dimensions = append(m.Dimensions, part)
				}
				out.Body.Cities = append(out.Body.Cities, m)
			}
			out.Body.Left, out.Body.More = left, sel.Size()-left-len(changes)
			return out, nil
		})
}

// central is the central value; nil where there is none.
func central(r score.Result, measure compare.Measure) *float64 {
	v, why := measured(r, measure)
	if why != "" {
		return nil
	}
	return &v.Central
}

// PeerGroup is a group that a city may compare itself with.
type PeerGroup struct {
	Group   string `json:"group"`
	Cities  *int   `json:"cities" doc:"null where the group is refused"`
	Refused string `json:"refused" enum:",too_few,too_close" doc:"too_few: fewer than five cities would be told of; too_close: two groups would differ by fewer than five"`
}

// Standpoint is where a city stands in a dimension or sub-category.
type Standpoint struct {
	ID       string      `json:"id"`
	Value    *float64    `json:"value" doc:"of the own city; null where there is none"`
	Why      string      `json:"why" doc:"why the own city has no value"`
	Peers    *PeerMiddle `json:"peers" doc:"null when fewer than five peers have a value"`
	Quarter  string      `json:"quarter" enum:",first_quarter,second_quarter,at_median,third_quarter,fourth_quarter" doc:"of the distribution of the peers; empty where one of them has no value"`
	Distance *float64    `json:"distance" doc:"to the median of the peers, in points; null where there is no quarter"`
}

// PeerMiddle is the middle of the peers. The ends belong to single cities and are not told.
type PeerMiddle struct {
	Counted       int     `json:"counted"`
	FirstQuartile float64 `json:"first_quartile"`
	Median        float64 `json:"median"`
	ThirdQuartile float64 `json:"third_quartile"`
}

func (a *API) peers() {
	type wish struct {
		ID      string `path:"id" doc:"id of the assessment"`
		Group   string `query:"group" doc:"one of the groups that are offered; without it every city that shows its numbers to peers"`
		Measure string `query:"measure" enum:"situation,effort" default:"situation"`
	}
	type standing struct {
		Body struct {
			Group   string       `json:"group"`
			Measure string       `json:"measure"`
			Cities  int          `json:"cities" doc:"peers in the group, without the own city"`
			Refused string       `json:"refused" doc:"a sentence on why nothing is compared; empty where something is"`
			Groups  []PeerGroup  `json:"groups"`
			Parts   []Standpoint `json:"parts" doc:"dimensions, then sub-categories"`
		}
	}
	add(a, huma.Operation{OperationID: "get-peers", Method: http.MethodGet, Path: "/assessments/{id}/peers", Summary: "Where a city stands among its peers",
		Description: "A quarter of the distribution and a distance to the median among at least five cities that agreed to be compared, or nothing. No city is named. A group is refused that would tell of fewer than five cities, alone or beside another group."},
		account.ReadPeers, func(ctx context.Context, who session.Asker, in *wish) (*standing, error) {
			assessed, cohort, peers, err := a.Cohorts.Peers(ctx, who.Actor, in.ID)
			out := &standing{}
			out.Body.Measure, out.Body.Groups, out.Body.Parts = in.Measure, []PeerGroup{}, []Standpoint{}
			if fault.Is(err, fault.Conflict) { // not handed in yet
				out.Body.Refused = a.sentence(err, who)
				return out, nil
			}
			if err != nil {
				return nil, err
			}
			group, err := compare.ParseGroup(in.Group)
			if err != nil {
				return nil, err
			}
			for _, o := range peers.Offers {
				g := PeerGroup{Group: o.Key(), Refused: string(o.Refused)}
				if o.Refused == "" {
					g.Cities = &o.Cities
				}
				out.Body.Groups = append(out.Body.Groups, g)
			}
			sel, err := peers.Select(group, assessed.ID)
			if err != nil && group.By == compare.Everybody {
				out.Body.Refused = a.sentence(err, who)
				return out, nil
			}
			if err != nil {
				return nil, err
			}
			out.Body.Group, out.Body.Cities = group.Key(), sel.Size()
			out.Body.Parts = standpoints(cohort, sel, assessed, compare.Measure(in.Measure))
			return out, nil
		})
}

// sentence is what a fault says.
func (a *API) sentence(err error, who session.Asker) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	return a.Words.In(who.Lang).With(f.Key, f.Args)
}

func standpoints(cohort *compare.Cohort, sel *compare.Selection, own assessment.Assessment, measure compare.Measure) []Standpoint {
	city, _ := cohort.Own(own.ID)
	var numbers score.Numbers
	cohort.Scheme.Numbers(city.Marks, &numbers)
	parts := cohort.Parts()
	out := make([]Standpoint, len(parts))
	for i, r := range slices.Concat(numbers.Dimensions, numbers.Subcategories) {
		_, why := measured(r, measure)
		s := Standpoint{ID: parts[i], Value: central(r, measure), Why: string(why)}
		if d := sel.Spread(parts[i], measure); d.Enough {
			s.Peers = &PeerMiddle{d.Counted, d.FirstQuartile, d.Median, d.ThirdQuartile}
			if s.Value != nil {
				quarter, distance, _ := d.Place(*s.Value)
				s.Quarter, s.Distance = string(quarter), &distance
			}
		}
		out[i] = s
	}
	return out
}
