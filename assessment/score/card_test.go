package score_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; -update writes it anew. Got:\n%s", path, got)
	}
}

// goldenCards are a city with the vectors V19 and V20 beside a dimension of which little is known, a city whose name a
// spreadsheet would take for a formula, and one without any answer.
func goldenCards() []score.Card {
	lines := append([]string{"E.1 E-1 level municipal core", "E.1 E-2 level municipal", "E.1 E-3 number municipal", "E.2 E-4 yes_no nobody"}, vectorLines...)
	s := score.NewScheme(questionnaire(lines...))
	full := s.Marks(said(vectorAnswers+" E-1=not_applicable E-2=skipped E-3=12.5 E-4=not_ours"), nil)
	other := s.Marks(said("E-1=4 E-2=3 E-4=no A-1=0 B-1=declined"), nil)
	s.SetHolder(other, "E-4", survey.Municipal)
	return []score.Card{s.Card("vectors", full), s.Card("=1+1", other), s.Card("empty", s.Blank())}
}

func TestGoldenJSON(t *testing.T) {
	var b bytes.Buffer
	if err := score.WriteJSON(&b, goldenCards()); err != nil {
		t.Fatal(err)
	}
	golden(t, "cards.golden.json", b.Bytes())
}

func TestGoldenCSV(t *testing.T) {
	var b bytes.Buffer
	if err := score.WriteCSV(&b, goldenCards()); err != nil {
		t.Fatal(err)
	}
	golden(t, "cards.golden.csv", b.Bytes())
}

func TestNoCardsAreAnEmptyList(t *testing.T) {
	var b bytes.Buffer
	if err := score.WriteJSON(&b, nil); err != nil {
		t.Fatal(err)
	}
	expect(t, "JSON", b.String(), "[]\n")
}

func TestCardsOfAFile(t *testing.T) {
	s := score.NewScheme(questionnaire(vectorLines...))
	row := func(city, indicator, what string, power survey.Holder) longform.Entry {
		return longform.Entry{Row: longform.Row{City: city, Indicator: indicator}, Answer: said(indicator + "=" + what)[indicator], Power: power}
	}
	cards := s.Cards(longform.Cities{Order: []string{"zulu", "alpha"}, Entries: map[string][]longform.Entry{
		"alpha": {row("alpha", "A-1", "4", ""), row("alpha", "A-2", "0", "municipal"), row("alpha", "A-3", "", "municipal")},
		"zulu":  {row("zulu", "A-1", "4", "")},
	}})
	var cities []string
	for _, c := range cards {
		cities = append(cities, c.City)
	}
	expect(t, "cities as they first appear", strings.Join(cities, " "), "zulu alpha")
	alpha := cards[1].Subcategories[0]
	expect(t, "situation", brief(alpha.Situation), "33.3333 50 66.6667")
	expect(t, "effort, with the powers of the rows and the default of A-1", brief(alpha.Effort), "33.3333 50 66.6667")
	expect(t, "applicable weight", alpha.EffortApplicable, 3)
	expect(t, "the other city has answered one of three", brief(cards[0].Subcategories[0].Situation), "33.3333 - 100")
}
