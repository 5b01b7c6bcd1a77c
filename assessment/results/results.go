// Package results writes and checks packages of results: a ZIP file with the answers of a round, the questionnaire, the method
// and everything that they amount to, from which anybody computes the same numbers again with this program, elsewhere and
// without a database. A package holds what scoring takes: values, non-answers, powers and standings; no explanation, no
// evidence and no person.
package results

import (
	"encoding/json"
	"strconv"
	"time"

	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Format names the form of a package.
const Format = "migov-results/1"

// The files of a package.
const (
	manifestFile   = "manifest.json" // the last one: it holds the SHA-256 of the others
	instrumentFile = "instrument.yaml"
	methodFile     = "method.json"
	citiesFile     = "cities.csv"
	answersFile    = "answers.csv"
	resultsFile    = "results.csv"
	spreadFile     = "distributions.csv"
)

// Manifest says what a package holds.
type Manifest struct {
	Format     string              `json:"format"`
	Round      snapshot.Named      `json:"round"`
	Instrument snapshot.Instrument `json:"instrument"`
	Method     string              `json:"method"`
	Seed       *uint64             `json:"seed"`  // of what is drawn at random; null: nothing in these results is
	AsOf       string              `json:"as_of"` // the moment of the standings, RFC 3339 in UTC: evidence ends
	Cities     int                 `json:"cities"`
	Files      []File              `json:"files"` // in the order in which they stand in the package
}

// File is a file of a package.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // hex
	Bytes  int64  `json:"bytes"`
}

// City is a city with what scoring takes of its assessment.
type City struct {
	Code, Name, Country string
	Entries             []Entry // in the order of the questionnaire, indicators about which nothing is known left out
}

// Entry is what is known for an indicator.
type Entry struct {
	Indicator        string
	Value, NonAnswer string
	Power            survey.Holder     // empty: the default of the questionnaire holds
	Standing         evidence.Standing // none, claimed, evidenced, verified or challenged
}

// levels are the standings for which numbers are computed: with every answer, with those that are evidenced or better, with
// those that are verified.
var levels = []evidence.Standing{evidence.Claimed, evidence.Evidenced, evidence.Verified}

// method writes the parameters of the method in words and numbers. Its source is the method's own description (page /method).
func method() ([]byte, error) {
	b, err := json.MarshalIndent(struct {
		Version        string             `json:"version"`
		Level          string             `json:"level"`
		YesNo          string             `json:"yes_no"`
		Multiple       string             `json:"multiple_choice"`
		Unscored       string             `json:"not_scored"`
		Mean           string             `json:"mean"`
		Coverage       string             `json:"central_value"`
		Band           string             `json:"band"`
		Weights        map[string]float64 `json:"effort_weights"`
		Basis          string             `json:"effort_basis"`
		Standing       string             `json:"standing"`
		Quantiles      string             `json:"quantiles"`
		DistributionOf int                `json:"distribution_from_cities"`
	}{score.MethodVersion, "25 × level", "yes 100, no 0", "100 × chosen / options; the exclusive option is 0 and not counted",
		"numbers, texts, the context module", "arithmetic, each answered indicator with equal weight", "shown when 3 × answered >= 2 × applicable",
		"0 and 100 in place of what is not known, declined, skipped or blank",
		map[string]float64{"municipal": 1, "shared": .5, "contested": .5, "regional": 0, "national": 0, "nobody": 0},
		"no effort when 5 × out > 2 × basis", "a number is computed three times: with every answer, with those evidenced or better, with those verified; the others are open",
		"type 7 of Hyndman and Fan 1996", compare.MinCities}, "", "  ")
	return append(b, '\n'), err
}

var (
	citiesHead  = []string{"city", "name", "country"}
	answersHead = []string{"city", "indicator", "value", "non_answer", "power", "standing"}
	resultsHead = []string{"city", "standing", "part", "measure", "low", "central", "high", "answered", "applicable"}
	spreadHead  = []string{"standing", "part", "measure", "counted", "min", "first_quartile", "median", "third_quartile", "max"}
)

// number writes a number with the fewest digits that give the same float64 again.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// The measures of a part.
const (
	situation = "situation"
	effort    = "effort"
	advocacy  = "advocacy_gap"
)

// counted computes the rows of the results of a city, and adds its numbers to the columns.
func counted(scheme *score.Scheme, c City, columns *columns) (rows [][]string) {
	answers, holders := make(map[string]survey.Answer, len(c.Entries)), make(map[string]survey.Holder, len(c.Entries))
	standings := make(map[string]evidence.Standing, len(c.Entries))
	for _, e := range c.Entries {
		answers[e.Indicator] = survey.Answer{Value: e.Value, NonAnswer: survey.NonAnswer(e.NonAnswer)}
		standings[e.Indicator] = e.Standing
		if e.Power != "" {
			holders[e.Indicator] = e.Power
		}
	}
	all := scheme.Marks(answers, holders)
	for level, least := range levels {
		marks := all
		if least != evidence.Claimed {
			marks = scheme.Only(all, func(id string) bool { return standings[id].AtLeast(least) })
		}
		var n score.Numbers
		scheme.Numbers(marks, &n)
		row := func(part, measure string, x score.Interval, answered, applicable string) {
			low, central, high := "", "", ""
			if x.Banded {
				low, high = number(x.Low), number(x.High)
			}
			if x.Known {
				central = number(x.Central)
			}
			rows = append(rows, []string{c.Code, string(least), part, measure, low, central, high, answered, applicable})
		}
		for place, part := range columns.parts {
			r := n.Dimensions
			if place >= len(r) {
				r, place = n.Subcategories, place-len(r)
			}
			x := r[place]
			row(part, situation, x.Situation, strconv.Itoa(x.Answered), strconv.Itoa(x.Applicable))
			row(part, effort, x.Effort, number(x.EffortAnswered), number(x.EffortApplicable))
			columns.add(level, part, situation, x.Situation)
			columns.add(level, part, effort, x.Effort)
		}
		row(score.OverallID, situation, n.Situation, "", "")
		row(score.OverallID, effort, n.Effort, "", "")
		row(score.OverallID, advocacy, n.Advocacy, "", "")
	}
	return rows
}

func asOf(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
