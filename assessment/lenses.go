package assessment

import (
	"context"
	"io/fs"
	"sync"

	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/lens"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Lenses read the same answers through other frameworks.
type Lenses struct {
	Files   fs.FS // see the package lens
	Drafts  Drafts
	Cohorts *Cohorts

	once sync.Once
	set  lens.Set
	err  error
}

// load reads the files when somebody asks for the first time; the program is sooner ready.
func (l *Lenses) load() (lens.Set, error) {
	l.once.Do(func() { l.set, l.err = lens.Load(l.Files) })
	return l.set, l.err
}

// Through sees a questionnaire through one of its frameworks, the first when none is named. One that it has not is NotFound.
func (l *Lenses) Through(in *survey.Instrument, framework string) (lens.View, error) {
	if framework == "" && len(in.Frameworks) > 0 {
		framework = in.Frameworks[0].ID
	}
	set, err := l.load()
	if err != nil {
		return lens.View{}, err
	}
	v, ok := lens.Through(in, framework, set[framework])
	if !ok {
		return v, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return v, nil
}

// OwnLens is one assessment, as it stands now, seen through a framework.
type OwnLens struct {
	lens.View
	Draft
	Scheme *score.Scheme
	Marks  score.Marks
	Values []lens.Value // of the objectives, in order
}

// Own sees an assessment within reach through a framework.
func (l *Lenses) Own(ctx context.Context, who account.Actor, id, framework string) (out OwnLens, err error) {
	if out.Draft, err = l.Drafts.Open(ctx, who, id); err != nil {
		return out, err
	}
	if out.View, err = l.Through(out.Instrument, framework); err != nil {
		return out, err
	}
	out.Scheme = l.Drafts.Questionnaires.Scheme(out.Instrument)
	out.Marks = out.Scheme.Marks(out.Sheet.Plain(), out.Sheet.Holders())
	for _, set := range out.View.Sets(out.Scheme) {
		out.Values = append(out.Values, lens.ValueOf(set, out.Marks))
	}
	return out, nil
}

// RoundLens is the cities of a round that have handed in, seen through a framework.
type RoundLens struct {
	lens.View
	Round     Round
	Cohort    *compare.Cohort
	Selection *compare.Selection
	Spreads   []compare.Spread // of the objectives, in order; one with fewer than lens.Fewest indicators counts nobody
}

// Round sees a peer group of a round through a framework, for an analyst of the round.
func (l *Lenses) Round(ctx context.Context, who account.Actor, code, framework string, g compare.Group) (out RoundLens, err error) {
	if out.Round, out.Cohort, err = l.Cohorts.Of(ctx, who, code); err != nil {
		return out, err
	}
	if out.View, err = l.Through(out.Cohort.Scheme.Instrument(), framework); err != nil {
		return out, err
	}
	out.Selection = out.Cohort.Select(g)
	out.Spreads = make([]compare.Spread, len(out.Objectives))
	var working sync.WaitGroup
	for i, set := range out.View.Sets(out.Cohort.Scheme) {
		working.Go(func() {
			out.Spreads[i] = out.Selection.SpreadBy(out.Objectives[i].ID, func(m score.Marks) (float64, score.Note) {
				v := lens.ValueOf(set, m)
				if !v.Known && v.Note == "" {
					v.Note = score.NotEnoughAnswers
				}
				return v.Central, v.Note
			})
		})
	}
	working.Wait()
	return out, nil
}

// Pledge is an assessment of a city with the steps that a pledge could name. Only people of the city draft one.
func (l *Lenses) Pledge(ctx context.Context, who account.Actor, id, framework string) (OwnLens, []lens.Step, error) {
	if !account.Allowed(who.Role, account.DraftPledge) {
		return OwnLens{}, nil, forbidden()
	}
	x, err := l.Own(ctx, who, id, framework)
	if err != nil {
		return x, nil, err
	}
	if x.Assessment.Round.Published {
		return x, nil, fault.New(fault.Forbidden, "fault.round_published", nil)
	}
	return x, x.View.Steps(x.Scheme, x.Marks), nil
}
