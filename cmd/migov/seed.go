package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data"
)

// demoData is demonstration.json.
type demoData struct {
	Note, Disclaimer string
	Fictional        []fictionalCity
	Published        []struct{ Code, Name, Country string }
	Explanations     map[survey.Language]map[string][]string // by language, then "low", "middle", "high" or a non-answer
	Evidence         map[survey.Language][]string
}

type fictionalCity struct {
	Code, Name, Country string
	Levels              map[string]float64 // dimension -> mean level, 0 to 4
	Answered            float64            // share of the indicators that have an answer, from the first on
	HandedIn            bool               `json:"handed_in"`
	Language            survey.Language    // of the explanations
}

// seed fills a new database with demonstration data. The same answers come out every time.
func seed(ctx context.Context, k kept, now time.Time) error {
	raw, err := fs.ReadFile(data.Demonstration, "demonstration.json")
	if err != nil {
		return err
	}
	var d demoData
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("demonstration.json: %w", err)
	}
	drafts := assessment.Drafts{Store: k.Store, Questionnaires: k.library, Now: func() time.Time { return now }}
	if err := d.seedFictional(ctx, k, drafts, now); err != nil {
		return err
	}
	return d.seedPublished(ctx, k, drafts)
}

func (d demoData) seedFictional(ctx context.Context, k kept, drafts assessment.Drafts, now time.Time) error {
	var cities []assessment.City
	for _, f := range d.Fictional {
		cities = append(cities, assessment.City{Code: f.Code, Name: f.Name, Country: f.Country, Fictional: true})
	}
	due := now.AddDate(0, 2, 0).UTC().Truncate(24 * time.Hour)
	places, err := addDemoRound(ctx, k, assessment.Round{Code: demoRound, Title: "Demonstration round", Due: due}, cities)
	if err != nil {
		return err
	}
	if err := d.addPublishedRound(ctx, k); err != nil {
		return err
	}
	people, err := addDemoPeople(ctx, k, now)
	if err != nil {
		return err
	}
	for i, f := range d.Fictional {
		if err := d.answer(ctx, drafts, places[f.Code].ID, f, uint64(i+1)); err != nil {
			return fmt.Errorf("%s: %w", f.Code, err)
		}
	}
	return twoTexts(ctx, drafts, places["haven-point"].ID, people)
}

// answer fills in one fictional city and hands it in when it is complete.
func (d demoData) answer(ctx context.Context, drafts assessment.Drafts, id string, f fictionalCity, number uint64) error {
	draft, err := drafts.Open(ctx, operator, id)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(number, 2026))
	var given []assessment.Given
	var powers []assessment.PowerGiven
	all := draft.Instrument.All()
	for _, q := range all[:int(f.Answered*float64(len(all))+0.5)] {
		given = append(given, d.given(r, q, f))
		if !draft.Instrument.IsContext(q) && r.IntN(14) == 0 {
			holder := survey.Holders[r.IntN(len(survey.Holders))]
			powers = append(powers, assessment.PowerGiven{Indicator: q.ID, Holder: string(holder), Reason: "Municipal code, article " + strconv.Itoa(10+r.IntN(80)) + " (invented)."})
		}
	}
	if len(given) == 0 {
		return nil
	}
	if _, err := drafts.SetPowers(ctx, operator, id, powers...); err != nil {
		return err
	}
	_, rejected, err := drafts.Save(ctx, operator, id, given...)
	if err != nil {
		return err
	}
	if len(rejected) > 0 {
		return fmt.Errorf("rejected: %v", rejected)
	}
	if f.HandedIn {
		_, err = drafts.HandIn(ctx, operator, id)
	}
	return err
}

// given makes the answer of a fictional city to one indicator.
func (d demoData) given(r *rand.Rand, q *survey.Indicator, f fictionalCity) assessment.Given {
	g := assessment.Given{Mutation: uuid.NewString(), Indicator: q.ID, Source: "demo"}
	level, known := f.Levels[q.Dimension]
	if !known {
		level = 2
	}
	texts := d.Explanations[f.Language]
	pick := func(s []string) *string { return &s[r.IntN(len(s))] }
	if non := nonAnswer(r, q); non != "" {
		g.NonAnswer = new(string(non))
		if from := texts[string(non)]; len(from) > 0 {
			g.Explanation = pick(from)
		}
		return g
	}
	n := min(4, max(0, int(level+r.NormFloat64()*0.8+0.5)))
	g.Value = new(value(r, q, n))
	switch words := []string{"low", "low", "middle", "high", "high"}[n]; {
	case q.Kind != survey.Level:
	case r.IntN(3) > 0:
		g.Explanation = pick(texts[words])
	}
	if n >= 3 && r.IntN(5) > 0 {
		g.Evidence = pick(d.Evidence[f.Language])
	}
	g.Confidence = new(string(survey.Confidences[r.IntN(len(survey.Confidences))]))
	return g
}

// nonAnswer is given where the power lies elsewhere in about one case of five, else seldom.
func nonAnswer(r *rand.Rand, q *survey.Indicator) survey.NonAnswer {
	elsewhere := q.Power == survey.National || q.Power == survey.Regional
	switch n := r.IntN(100); {
	case elsewhere && n < 20, !elsewhere && q.Power != "" && n < 2:
		return survey.NotOurs
	case n >= 96:
		return survey.DontKnow
	case n == 95:
		return survey.NotApplicable
	case n == 94:
		return survey.Declined
	}
	return ""
}

// value is the text of an answer that stands for a level from 0 to 4, whatever the kind of the indicator.
func value(r *rand.Rand, q *survey.Indicator, n int) string {
	switch q.Kind {
	case survey.YesNo:
		if n >= 2 {
			return "yes"
		}
		return "no"
	case survey.Multiple:
		return options(r, q, n)
	case survey.Number:
		top := min(q.Number.Max, q.Number.Min+40*float64(n+1))
		return strconv.FormatFloat(q.Number.Min+(top-q.Number.Min)*float64(n+1)/5, 'f', min(1, q.Number.Decimals), 64) // three decimals could be read as thousands
	case survey.Freetext:
		return "Invented for the demonstration."
	}
	return strconv.Itoa(n)
}

// options chooses n quarters of the options of a multiple-choice indicator, or the exclusive one when that is none.
func options(r *rand.Rand, q *survey.Indicator, n int) string {
	var open []string
	exclusive := ""
	for _, o := range q.Options {
		if o.Exclusive {
			exclusive = o.ID
		} else {
			open = append(open, o.ID)
		}
	}
	take := (n*len(open) + 2) / 4
	if take == 0 && exclusive != "" {
		return exclusive
	}
	chosen := r.Perm(len(open))[:max(1, take)]
	slices.Sort(chosen)
	var ids []string
	for _, i := range chosen {
		ids = append(ids, open[i])
	}
	return strings.Join(ids, "|")
}

// twoTexts lets two people of one city write about the same indicator without seeing each other, so that there is a choice to make.
func twoTexts(ctx context.Context, drafts assessment.Drafts, id string, people map[string]account.Account) error {
	draft, err := drafts.Open(ctx, operator, id, "MR-08")
	if err != nil {
		return err
	}
	base := draft.Sheet.Answers["MR-08"].Version
	for _, x := range []struct{ email, text string }{
		{"coordinator@demo.example", "The mayor's office counts four languages at the desks."},
		{"contributor@demo.example", "The welcome centre counts six languages, two of them by telephone only."},
	} {
		g := assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-08", Base: base, Explanation: &x.text, Source: "demo"}
		if _, _, err := drafts.Save(ctx, people[x.email].Actor(), id, g); err != nil {
			return err
		}
	}
	return nil
}

// readings are the levels that decision 24 gives to what a page states.
var readings = map[string]int{"in_place": 3, "partial": 2, "planned": 1, "absent": 0}

func (d demoData) addPublishedRound(ctx context.Context, k kept) error {
	var cities []assessment.City
	for _, c := range d.Published {
		cities = append(cities, assessment.City{Code: c.Code, Name: c.Name, Country: c.Country})
	}
	_, err := addDemoRound(ctx, k, assessment.Round{Code: publishedRound, Title: "Readings of published material", Published: true}, cities)
	return err
}

// reading is what published material lets us say about one indicator of a city; of several facts the lowest counts.
type reading struct {
	level   int
	facts   []string
	sources []string
}

func (d demoData) seedPublished(ctx context.Context, k kept, drafts assessment.Drafts) error {
	all, err := k.Assessments(ctx, operator, publishedRound)
	if err != nil {
		return err
	}
	found, err := readPublished()
	if err != nil {
		return err
	}
	for _, a := range all {
		var given []assessment.Given
		for indicator, r := range found[a.City.Code] {
			given = append(given, assessment.Given{Mutation: uuid.NewString(), Indicator: indicator, Source: "demo", Value: new(strconv.Itoa(r.level)),
				Explanation: new(d.Disclaimer + "\n\n" + strings.Join(r.facts, "\n")), Evidence: new(strings.Join(r.sources, "\n"))})
		}
		slices.SortFunc(given, func(a, b assessment.Given) int { return strings.Compare(a.Indicator, b.Indicator) })
		_, rejected, err := drafts.Save(ctx, operator, a.ID, given...)
		if err != nil || len(rejected) > 0 {
			return fmt.Errorf("%s: %w (rejected %v)", a.City.Code, err, rejected)
		}
		if _, err := drafts.HandIn(ctx, operator, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// readPublished reads published.csv: city -> indicator -> reading.
func readPublished() (map[string]map[string]reading, error) {
	f, err := data.Demonstration.Open("published.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]reading{}
	for _, row := range rows[1:] {
		city, indicator, status, fact, asOf, source := row[0], row[1], row[2], row[3], row[4], row[5]
		level, ok := readings[status]
		if !ok {
			return nil, fmt.Errorf("published.csv: %q is no status", status)
		}
		if out[city] == nil {
			out[city] = map[string]reading{}
		}
		r, more := out[city][indicator]
		if !more || level < r.level {
			r.level = level
		}
		if asOf != "" {
			fact += " (" + asOf + ")"
		}
		r.facts = append(r.facts, fact)
		if !slices.Contains(r.sources, source) {
			r.sources = append(r.sources, source)
		}
		out[city][indicator] = r
	}
	return out, nil
}
