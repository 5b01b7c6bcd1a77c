// Package demo fills a database with demonstration data: fictional cities, marked as such, with made-up answers, and
// readings of published material about real cities, each with its source, in a round of their own.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

//go:embed published.csv
var readings string

// Codes of the demonstration rounds.
const (
	Round    = "demo-2026"
	Before   = "demo-2025" // the round before, of one city
	Readings = "published-readings"
)

// Store is what seeding needs of a store.
type Store interface {
	assessment.Store
	Property(ctx context.Context, name string) (string, error)
	SetProperty(ctx context.Context, name, value string) error
	MarkDemonstration(ctx context.Context) error
}

// SignIn is a demonstration account.
type SignIn struct {
	Email, Password string
	Role            account.Role
	Place           string
}

// Seeder fills a database.
type Seeder struct {
	Store    Store
	Library  *assessment.Library
	Drafts   assessment.Drafts
	Crowd    assessment.Crowd
	Transfer assessment.Transfer
	Now      time.Time
}

const property = "demonstration_sign_ins"

var operator = account.Actor{Role: account.Operator}

// Seed fills an empty database and returns its sign-ins; a database that was seeded before is left as it is.
func (s Seeder) Seed(ctx context.Context, in *survey.Instrument) ([]SignIn, error) {
	kept, err := s.Store.Property(ctx, property)
	if err == nil {
		var known []SignIn
		return known, json.Unmarshal([]byte(kept), &known)
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err := s.Store.MarkDemonstration(ctx); err != nil {
		return nil, err
	}
	places, err := s.rounds(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, p := range cities {
		if err := s.fill(ctx, in, p, places[p.code]); err != nil {
			return nil, fmt.Errorf("%s: %w", p.code, err)
		}
	}
	if err := s.twoVersions(ctx, places[cities[0].code]); err != nil {
		return nil, err
	}
	if err := s.lastYear(ctx); err != nil {
		return nil, err
	}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	ins, people, err := s.people(ctx, places)
	if err != nil {
		return nil, err
	}
	if err := s.divide(ctx, places, people); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, places, people); err != nil {
		return nil, err
	}
	if err := s.look(ctx, places, people); err != nil {
		return nil, err
	}
	if err := s.show(ctx, places); err != nil {
		return nil, err
	}
	if err := s.tell(ctx, in); err != nil {
		return nil, fmt.Errorf("national statements: %w", err)
	}
	if err := s.set(ctx, in); err != nil {
		return nil, fmt.Errorf("country pack: %w", err)
	}
	text, err := json.Marshal(ins)
	if err != nil {
		return nil, err
	}
	return ins, s.Store.SetProperty(ctx, property, string(text))
}

// rounds makes cities and rounds, and returns the fictional cities' assessments by code.
func (s Seeder) rounds(ctx context.Context, in *survey.Instrument) (map[string]assessment.Assessment, error) {
	by := assessment.Author{Role: account.Operator}
	var fictional, real []string
	for _, p := range cities {
		if _, err := s.Store.AddCity(ctx, p.city(), by); err != nil {
			return nil, err
		}
		fictional = append(fictional, p.code)
	}
	for _, p := range published {
		if _, err := s.Store.AddCity(ctx, assessment.City{Code: p.code, Name: p.name, Country: p.country}, by); err != nil {
			return nil, err
		}
		real = append(real, p.code)
	}
	due := s.Now.AddDate(0, 0, 25).UTC().Truncate(24 * time.Hour)
	scheme := s.Library.Scheme(in)
	if err := s.roundBefore(ctx, in); err != nil {
		return nil, err
	}
	if _, err := s.Store.AddRound(ctx, assessment.Round{Code: Round, Title: "Demonstration round 2026", Instrument: in.Name(), Due: due}, in, scheme, fictional, by); err != nil {
		return nil, err
	}
	if _, err := s.Store.AddRound(ctx, assessment.Round{Code: Readings, Title: "Readings of published material", Instrument: in.Name(), Published: true}, in, scheme, real, by); err != nil {
		return nil, err
	}
	all, err := s.Store.Assessments(ctx, operator, Round)
	places := map[string]assessment.Assessment{}
	for _, a := range all {
		places[a.City.Code] = a
	}
	return places, err
}

// fill writes the answers of one city as its coordinator would.
func (s Seeder) fill(ctx context.Context, in *survey.Instrument, p profile, a assessment.Assessment) error {
	if p.state == empty {
		return nil
	}
	w := newWriter(p, in)
	who := account.Actor{Role: account.Coordinator, City: a.City.ID}
	drafts := s.Drafts
	drafts.Now = func() time.Time { return s.Now.AddDate(0, 0, -12).Add(time.Duration(w.rnd.IntN(60)) * time.Minute) }
	var given []assessment.Given
	var powers []assessment.PowerGiven
	for i, section := range in.Sections() {
		if p.state == unfinished && i%3 == 2 {
			continue
		}
		for _, q := range section.Indicators {
			held := q.Power
			if !in.IsContext(q) {
				if h := w.power(q); h != "" {
					held = h
					powers = append(powers, assessment.PowerGiven{Indicator: q.ID, Holder: string(h)})
				}
			}
			g := w.answer(q, held)
			if a.Round.Code == Before {
				g.Mutation = Before + "-" + g.Mutation // the same city answers in both
			}
			if g.Value != nil || g.NonAnswer != nil {
				given = append(given, g)
			}
		}
	}
	if _, err := drafts.SetPowers(ctx, who, a.ID, powers...); err != nil {
		return err
	}
	_, rejected, err := drafts.Save(ctx, who, a.ID, given...)
	if err != nil {
		return err
	}
	if len(rejected) > 0 {
		return fmt.Errorf("an answer was rejected: %+v", rejected[0])
	}
	if p.state == handedIn {
		_, err = drafts.HandIn(ctx, who, a.ID)
	}
	return err
}

// twoVersions makes one answer that two people wrote at the same time, so that the choice can be seen.
func (s Seeder) twoVersions(ctx context.Context, a assessment.Assessment) error {
	d, err := s.Drafts.Open(ctx, operator, a.ID, twice)
	if err != nil {
		return err
	}
	base := d.Sheet.Answers[twice].Version
	for _, v := range []struct {
		role                  account.Role
		mutation, value, text string
	}{
		{account.Coordinator, "demo-first-version", "2", "An interpreter is at the welcome desk on two mornings a week. Other counters rely on colleagues."},
		{account.Contributor, "demo-second-version", "3", "An interpreter is at the welcome desk on two mornings a week. Since September all clinics use a telephone line in six languages."},
	} {
		_, _, err := s.Drafts.Save(ctx, account.Actor{Role: v.role, City: a.City.ID}, a.ID,
			assessment.Given{Mutation: v.mutation, Indicator: twice, Base: base, Value: &v.value, Explanation: &v.text, Source: "demo"})
		if err != nil {
			return err
		}
	}
	return nil
}

// twice is the indicator with two versions.
const twice = "MR-08"

// read imports the readings of published material and hands them in, so that an analyst can open them.
func (s Seeder) read(ctx context.Context) error {
	plan, err := s.Transfer.Plan(ctx, operator, Readings, "", strings.NewReader(readings), true)
	if err != nil {
		return err
	}
	if err := s.Transfer.Apply(ctx, operator, plan, nil); err != nil {
		return err
	}
	all, err := s.Store.Assessments(ctx, operator, Readings)
	if err != nil {
		return err
	}
	for _, a := range all {
		if _, err := s.Drafts.HandIn(ctx, operator, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// people makes the accounts to sign in as, and returns them by address too; their passwords are made here and nowhere else.
func (s Seeder) people(ctx context.Context, places map[string]assessment.Assessment) ([]SignIn, map[string]account.Account, error) {
	first, last := places[cities[0].code], places[cities[len(cities)-1].code]
	rounds, err := s.Store.Rounds(ctx)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, r := range rounds {
		ids = append(ids, r.ID)
	}
	wanted := []struct {
		account account.Account
		place   string
	}{
		{account.Account{Email: "coordinator@marsa-selwa.example", Name: "Coordinator", Role: account.Coordinator, City: first.City.ID, Language: survey.English, Department: "Mayor’s office"}, first.City.Name},
		{account.Account{Email: "contributor@marsa-selwa.example", Name: "Housing department", Role: account.Contributor, City: first.City.ID, Language: survey.English, Department: "Housing"}, first.City.Name},
		{account.Account{Email: "approver@marsa-selwa.example", Name: "Deputy mayor", Role: account.Approver, City: first.City.ID, Language: survey.English, Department: "Mayor’s office"}, first.City.Name},
		{account.Account{Email: "coordinator@qasr-yanbou.example", Name: "منسق المدينة", Role: account.Coordinator, City: last.City.ID, Language: survey.Arabic, Department: "مكتب العمدة"}, last.City.Name},
		{account.Account{Email: "approver@qasr-yanbou.example", Name: "نائب العمدة", Role: account.Approver, City: last.City.ID, Language: survey.Arabic, Department: "مكتب العمدة"}, last.City.Name},
		{account.Account{Email: "coordinator@tukaroa.example", Name: "Coordination", Role: account.Coordinator, City: places[again].City.ID, Language: survey.French, Department: "Mairie"}, places[again].City.Name},
		{account.Account{Email: "analyst@round.example", Name: "Analyst", Role: account.Analyst, Rounds: ids, Language: survey.English}, "Demonstration round 2026"},
		{account.Account{Email: reviewer, Name: "Reviewer", Role: account.Reviewer, Language: survey.English, Department: "Ministry"}, "Demonstration round 2026"},
		{account.Account{Email: "admin@instance.example", Name: "Administrator", Role: account.Admin, Language: survey.English}, ""},
	}
	var out []SignIn
	known := map[string]account.Account{}
	for _, x := range wanted {
		a, secret, err := s.Crowd.Invite(ctx, x.account, assessment.Author{Role: account.Operator})
		if err != nil {
			return nil, nil, err
		}
		password, _ := account.NewSecret()
		password = password[:16]
		if _, err := s.Crowd.Accept(ctx, secret, "", password); err != nil {
			return nil, nil, err
		}
		known[a.Email] = a
		out = append(out, SignIn{Email: a.Email, Password: password, Role: a.Role, Place: x.place})
	}
	return out, known, nil
}
