package storetest

import (
	"context"
	_ "embed"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/store"
)

//go:embed small.yaml
var small []byte

// Instrument is small@1.0.0: every kind of question, two dimensions (AA-01 level municipal, AA-02 yes/no shared, AA-03
// multiple national; BB-01 level national, BB-02 number shared, BB-03 text municipal) and one question of context (CX-01).
func Instrument(t testing.TB) *survey.Instrument {
	t.Helper()
	in, problems := survey.Decode(small)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

// Now is the moment at which the clock of the tests stands.
var Now = time.Date(2026, 11, 24, 14, 3, 0, 123456789, time.FixedZone("Bogota", -5*3600))

// Clock returns Now.
func Clock() time.Time { return Now }

// World is a round of two cities on the small instrument, with their people.
type World struct {
	Store        *store.Store
	Library      *assessment.Library
	Instrument   *survey.Instrument
	Scheme       *score.Scheme
	Round        assessment.Round
	Accra, Quito assessment.City
	Mine, Theirs assessment.Assessment // of Accra and of Quito
	Coordinator  account.Actor         // of Accra
	Contributor  account.Actor         // of Accra
	Foreign      account.Actor         // coordinator of Quito
	Analyst      account.Actor         // of the round
	Stray        account.Actor         // analyst of no round
	Admin        account.Actor
	Operator     account.Actor
	Drafts       assessment.Drafts
	Crowd        assessment.Crowd
	Transfer     assessment.Transfer
	Exports      assessment.Exports
	Comparisons  assessment.Comparisons
	Planning     assessment.Planning
	by           assessment.Author
}

// Populate fills a store.
func Populate(t testing.TB, s *store.Store) *World {
	t.Helper()
	ctx := context.Background()
	in := Instrument(t)
	library, err := assessment.NewLibrary(in)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Store: s, Library: library, Instrument: in, Scheme: library.Scheme(in), Operator: account.Actor{Role: account.Operator}}
	w.Drafts = assessment.Drafts{Store: s, Questionnaires: library, Now: Clock}
	w.Crowd = assessment.Crowd{Store: s, Now: Clock}
	w.Transfer = assessment.Transfer{Store: s, Questionnaires: library, Now: Clock}
	w.Exports = assessment.Exports{Store: s, Questionnaires: library, Now: Clock}
	w.Comparisons = assessment.Comparisons{Store: s, Questionnaires: library}
	w.Planning = assessment.Planning{Store: s, Questionnaires: library}
	w.by = assessment.Author{Role: account.Operator}
	w.Accra, w.Quito = w.City(t, "accra", "Accra", "GH"), w.City(t, "quito", "Quito", "EC")
	w.Round, err = w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2026", Title: "Round 2026", Instrument: in.Name(),
		Due: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)}, "accra", "quito")
	if err != nil {
		t.Fatal(err)
	}
	w.Mine, w.Theirs = w.Assessment(t, "accra"), w.Assessment(t, "quito")
	w.Coordinator = w.Person(t, account.Coordinator, w.Accra.ID)
	w.Contributor = w.Person(t, account.Contributor, w.Accra.ID)
	w.Foreign = w.Person(t, account.Coordinator, w.Quito.ID)
	w.Analyst = w.Person(t, account.Analyst, "", w.Round.ID)
	w.Stray = w.Person(t, account.Analyst, "")
	w.Admin = w.Person(t, account.Admin, "")
	return w
}

// City adds a city.
func (w *World) City(t testing.TB, code, name, country string) assessment.City {
	t.Helper()
	c, err := w.Planning.AddCity(context.Background(), w.Operator, assessment.City{Code: code, Name: name, Country: country})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Assessment returns the assessment of a city, by code, in the first round.
func (w *World) Assessment(t testing.TB, code string) assessment.Assessment {
	t.Helper()
	all, err := w.Store.Assessments(context.Background(), w.Operator, w.Round.Code)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.City.Code == code {
			return a
		}
	}
	t.Fatalf("no assessment of %s", code)
	return assessment.Assessment{}
}

// Person adds an account without a password.
func (w *World) Person(t testing.TB, role account.Role, city string, rounds ...string) account.Actor {
	t.Helper()
	a := account.Account{Email: uuid.NewString() + "@example.org", Name: fmt.Sprintf("A %s", role), Role: role, City: city, Rounds: rounds,
		Language: survey.English, Created: Now}
	a, err := w.Store.AddAccount(context.Background(), a, w.by)
	if err != nil {
		t.Fatal(err)
	}
	return a.Actor()
}

// Order is a save of some mutations by somebody.
func (w *World) Order(who account.Actor, mutations ...assessment.Mutation) assessment.SaveOrder {
	return assessment.SaveOrder{Assessment: w.Mine.ID, Instrument: w.Instrument, Scheme: w.Scheme, Mutations: mutations,
		By: assessment.Author{Account: who.Account, Name: who.Name, Role: who.Role}, At: Now}
}

// Sound fails the test when the tables are not what the revision logs amount to.
func (w *World) Sound(t testing.TB) {
	t.Helper()
	wrong, err := w.Store.VerifyLog(context.Background(), w.Library)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range wrong {
		t.Error(x)
	}
}

// Explain is a mutation of an explanation.
func Explain(indicator string, base int, text string) assessment.Mutation {
	return assessment.Mutation{ID: uuid.NewString(), Indicator: indicator, Base: base, Source: "script",
		Fields: assessment.Fields(0).With(assessment.ExplanationField), Answer: survey.Answer{Explanation: text}}
}

// Prove is a mutation of an evidence text.
func Prove(indicator string, base int, text string) assessment.Mutation {
	return assessment.Mutation{ID: uuid.NewString(), Indicator: indicator, Base: base, Source: "script",
		Fields: assessment.Fields(0).With(assessment.EvidenceField), Answer: survey.Answer{Evidence: text}}
}

// Value is a mutation of a value.
func Value(indicator string, base int, value string) assessment.Mutation {
	return assessment.Mutation{ID: uuid.NewString(), Indicator: indicator, Base: base, Source: "script",
		Fields: assessment.Fields(0).With(assessment.ValueField), Answer: survey.Answer{Value: value}}
}

// NotAnswered is a mutation to a non-answer.
func NotAnswered(indicator string, base int, n survey.NonAnswer, holder survey.Holder) assessment.Mutation {
	m := Value(indicator, base, "")
	m.Answer.NonAnswer, m.Holder = n, holder
	return m
}
