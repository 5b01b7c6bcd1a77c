package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Generated is the code of the round that is generated.
const Generated = "generated"

// Shares of the cities of a generated round: in what state they are. The rest has not begun.
const (
	shareHandedIn   = .85
	shareCollecting = .10
	shareConsenting = .30 // of those handed in: they show their numbers to peers
)

// land is an invented country: a code that ISO 3166-1 leaves to users, with what its cities have in common.
type land struct {
	code, region, income string
	federal              float64 // 0: the state holds most powers; 1: cities do
	level                float64 // mean of what cities there tend to
}

// regions are the UN M49 codes of sub-regions (Africa, the Americas, Asia, Europe, Oceania).
var regions = []string{"015", "014", "017", "018", "011", "029", "013", "005", "021", "143", "030", "035", "034", "145", "151", "154", "039", "155", "053", "054", "057", "061"}

// lands makes one country for each code that ISO 3166-1 leaves to users (AA, QM to QZ, XA to XZ without XK, ZZ).
func lands(rnd *rand.Rand) (out []land) {
	codes := []string{"AA"}
	for c := 'M'; c <= 'Z'; c++ {
		codes = append(codes, "Q"+string(c))
	}
	for c := 'A'; c <= 'Z'; c++ {
		if c != 'K' {
			codes = append(codes, "X"+string(c))
		}
	}
	codes = append(codes, "ZZ")
	for i, c := range codes {
		wealth := rnd.IntN(len(assessment.IncomeGroups))
		out = append(out, land{c, regions[i%len(regions)], assessment.IncomeGroups[wealth], rnd.Float64(), 1.5 + .25*float64(wealth) + .35*rnd.NormFloat64()})
	}
	return out
}

// Generator makes up a round of any size. The same seed gives the same answers.
type Generator struct {
	Store interface {
		Store
		AddWholes(ctx context.Context, round assessment.Round, all iter.Seq2[assessment.Whole, error], by assessment.Author) (int, error)
	}
	Library *assessment.Library
	Crowd   assessment.Crowd
	Now     time.Time
	Seed    uint64
	Cities  int
}

// Generate fills an empty database with a round of invented cities, and returns accounts to sign in with.
func (g Generator) Generate(ctx context.Context, in *survey.Instrument) ([]SignIn, error) {
	if err := g.Store.MarkDemonstration(ctx); err != nil {
		return nil, err
	}
	by, scheme := assessment.Author{Role: account.Operator}, g.Library.Scheme(in)
	if err := g.Store.AddInstrument(ctx, in, by); err != nil {
		return nil, err
	}
	due := g.Now.AddDate(0, 0, 30).UTC().Truncate(24 * time.Hour)
	round, err := g.Store.AddRound(ctx, assessment.Round{Code: Generated, Title: fmt.Sprintf("Generated round of %d cities", g.Cities), Due: due}, in, scheme, nil, by)
	if err != nil {
		return nil, err
	}
	all := lands(rand.New(rand.NewPCG(g.Seed, 0)))
	one := func(i int) (assessment.Whole, error) { return g.whole(i, all, in, scheme, round) }
	if _, err := g.Store.AddWholes(ctx, round, ordered(ctx, g.Cities, one), by); err != nil {
		return nil, err
	}
	ins, err := g.people(ctx, round)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(ins)
	if err != nil {
		return nil, err
	}
	return ins, g.Store.SetProperty(ctx, property, string(text))
}

// ordered makes things on every core and gives them out in order.
func ordered[T any](ctx context.Context, n int, one func(int) (T, error)) iter.Seq2[T, error] {
	type made struct {
		thing T
		err   error
	}
	return func(yield func(T, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		waiting := make(chan chan made, 64)
		limit := make(chan struct{}, runtime.GOMAXPROCS(0))
		go func() {
			defer close(waiting)
			for i := range n {
				c := make(chan made, 1)
				select {
				case waiting <- c:
				case <-ctx.Done():
					return
				}
				limit <- struct{}{}
				go func() {
					thing, err := one(i)
					<-limit
					c <- made{thing, err}
				}()
			}
		}()
		for c := range waiting {
			if m := <-c; !yield(m.thing, m.err) {
				return
			}
		}
	}
}

func (g Generator) people(ctx context.Context, round assessment.Round) ([]SignIn, error) {
	cities, err := g.Store.Cities(ctx)
	if err != nil {
		return nil, err
	}
	wanted := []account.Account{
		{Email: "analyst@round.example", Name: "Analyst", Role: account.Analyst, Rounds: []string{round.ID}, Language: survey.English},
		{Email: "analyst-ar@round.example", Name: "محلل", Role: account.Analyst, Rounds: []string{round.ID}, Language: survey.Arabic},
		{Email: "admin@instance.example", Name: "Administrator", Role: account.Admin, Language: survey.English}}
	if len(cities) > 0 {
		wanted = append(wanted, account.Account{Email: "coordinator@first.example", Name: "Coordinator", Role: account.Coordinator, City: cities[0].ID, Language: survey.English})
	}
	var out []SignIn
	for _, a := range wanted {
		a, secret, err := g.Crowd.Invite(ctx, a, assessment.Author{Role: account.Operator})
		if err != nil {
			return nil, err
		}
		password, _ := account.NewSecret()
		password = password[:16]
		if _, err := g.Crowd.Accept(ctx, secret, "", password); err != nil {
			return nil, err
		}
		place := round.Title
		if a.City != "" {
			place = cities[0].Name
		}
		out = append(out, SignIn{Email: a.Email, Password: password, Role: a.Role, Place: place})
	}
	return out, nil
}

// whole makes up the city at a place in the round.
func (g Generator) whole(i int, all []land, in *survey.Instrument, scheme *score.Scheme, round assessment.Round) (w assessment.Whole, err error) {
	rnd := rand.New(rand.NewPCG(g.Seed, uint64(i)+1))
	from := all[rnd.IntN(len(all))]
	w.City = assessment.City{Code: fmt.Sprintf("sample-%06d", i+1), Name: fmt.Sprintf("Sample city %06d", i+1), Country: from.code, Fictional: true, Region: from.region,
		Income: from.income, Population: int(math.Exp(11.5+1.3*rnd.NormFloat64())) + 900}
	for j, chance := range []float64{.25, .3, .6, .15, .2} { // origin, transit, destination, return, displacement
		if rnd.Float64() < chance {
			w.City.Roles = append(w.City.Roles, assessment.MigrationRoles[j])
		}
	}
	stage := rnd.Float64()
	share := 1.0
	switch {
	case stage < shareHandedIn*shareConsenting:
		w.State = review.Published
	case stage < shareHandedIn:
		w.State = review.Submitted
	case stage < shareHandedIn+shareCollecting:
		w.State, share = review.Collecting, .15+.8*rnd.Float64()
	default:
		w.State = review.Draft
		_, err = w.Complete(scheme, round, "")
		return w, err
	}
	w.Changed = g.Now.Add(-time.Duration(1+rnd.IntN(45*24)) * time.Hour).UTC().Truncate(time.Second)
	if w.State.HandedIn() {
		w.Moved = w.Changed.Add(20 * time.Minute)
	}
	own := from.level + .45*rnd.NormFloat64() // a city is more like itself than like its country
	p := profile{name: w.City.Name, code: w.City.Code, language: survey.English, ours: .15 + .5*from.federal, elsewhere: .4 * (1 - from.federal),
		unknown: .02 + .12*rnd.Float64(), population: w.City.Population, foreign: 1 + 25*rnd.Float64()}
	for d := range p.level {
		p.level[d] = min(3.8, max(.2, own+.4*rnd.NormFloat64()))
	}
	c := writer{p, in, rnd}
	for _, q := range in.All() {
		held := c.power(q)
		if held != "" && !in.IsContext(q) {
			w.Powers = append(w.Powers, assessment.WholePower{Indicator: q.ID, Holder: held, Reason: "Municipal code"})
		} else {
			held = q.Power
		}
		if rnd.Float64() >= share {
			continue
		}
		given := c.answer(q, held)
		a := survey.Answer{Value: text(given.Value), NonAnswer: survey.NonAnswer(text(given.NonAnswer)), Explanation: text(given.Explanation), Evidence: text(given.Evidence),
			Confidence: survey.Confidence(text(given.Confidence))}
		clean, faults := survey.CleanAnswer(q, a)
		if len(faults) > 0 {
			return w, fmt.Errorf("%s %s: %v", w.City.Code, q.ID, faults[0])
		}
		if !clean.Blank() {
			w.Answers = append(w.Answers, assessment.WholeAnswer{Indicator: q.ID, Answer: clean})
		}
	}
	var random [snapshot.RandomBytes]byte
	for j := range random {
		random[j] = byte(rnd.Uint32())
	}
	d, err := w.Complete(scheme, round, snapshot.Reference(random))
	if err != nil || w.State != review.Published {
		return w, err
	}
	shown := publish.New(publish.Source{Document: d, Reference: w.Reference, Hash: w.DocumentHash, Country: w.City.Country, Fictional: true, Instrument: in,
		Standings: map[string]evidence.Standing{}}, publish.Scope{publish.Numbers})
	w.ProfileTerms = publish.TermsVersion
	w.Profile, w.ProfileHash, err = shown.Encode()
	return w, err
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
