package frontend_test

import (
	"fmt"
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/frontend"
)

// backed backs the answers of a sheet, whose versions it sets to 1: every second of them by evidence, every fourth by a verdict
// too; every third of the rest is challenged, with another value proposed.
func backed(in *survey.Instrument, sheet assessment.Sheet) (b assessment.Beside) {
	b.Evidence = []assessment.Evidence{{ID: "e", Title: hostile, At: day}}
	b.Reviewers = []assessment.Reviewer{{Account: "r", Organisation: hostile}}
	for i, q := range in.Indicators() {
		k := sheet.Answers[q.ID]
		k.Version = 1
		sheet.Answers[q.ID] = k
		v := assessment.Verdict{Indicator: q.ID, Version: 1, By: assessment.Author{Account: "r", Role: account.Analyst}, At: noon}
		switch {
		case i%4 == 0:
			v.Kind = assessment.VerdictVerified
			b.Verdicts = append(b.Verdicts, v)
			fallthrough
		case i%2 == 0:
			b.Citations = append(b.Citations, assessment.Citation{Indicator: q.ID, Evidence: "e"})
		case i%3 == 0:
			v.Kind, v.Reason = assessment.VerdictChallenged, hostile
			if q.Kind == survey.Level {
				v.Proposed = "1"
			}
			b.Verdicts = append(b.Verdicts, v)
		}
	}
	return b
}

func TestResultsSayWhatTheAnswersAmountToWhenFewerCount(t *testing.T) {
	in := asked()
	scheme := score.NewScheme(in)
	for _, c := range []struct {
		name   string
		say    func(int) string
		beside func(assessment.Sheet) assessment.Beside
		tables int
		words  string
	}{
		{"all three", full, func(s assessment.Sheet) assessment.Beside { return backed(in, s) }, 2, "Evidence or verification backs"},
		{"nothing is backed", full, func(assessment.Sheet) assessment.Beside { return assessment.Beside{} }, 0, "No counted answer is evidenced or verified yet."},
		{"nothing is answered", blank, func(s assessment.Sheet) assessment.Beside { return backed(in, s) }, 0, "There is no counted answer yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, sheet := city(in, 1, c.say)
			b := c.beside(sheet)
			f := frontend.Frame{Lang: "en", Dir: "ltr"}
			p := frontend.NewResults(signed(f), words(f), scheme, a, sheet, b, noon, drawIn(f))
			if len(p.Backing.Tables) != c.tables || !strings.HasPrefix(p.Backing.Finding, c.words) || (p.Backing.Wide != "") != (c.tables > 0) {
				t.Errorf("%d tables, %q", len(p.Backing.Tables), p.Backing.Finding)
			}
			x := assessment.BackingOf(scheme, sheet, b, noon)
			cards := []score.Card{scheme.Card("", x.Claimed), scheme.Card("", x.Evidenced), scheme.Card("", x.Verified)}
			for _, table := range p.Backing.Tables {
				if len(table.Rows) != len(in.Dimensions)+1 {
					t.Fatalf("%s has %d rows", table.Title, len(table.Rows))
				}
			}
			for i := range in.Dimensions {
				for k, card := range cards {
					if c.tables == 0 {
						continue
					}
					got, want := p.Backing.Tables[0].Rows[i].Cells[k], card.Dimensions[i]
					figure := ""
					if want.Situation.Known {
						figure = fmt.Sprint(score.Round(want.Situation.Central))
					}
					if got.Shown.Figure != figure || got.Counted != fmt.Sprintf("%d of %d", want.Answered, want.Applicable) || (figure == "") == (got.Shown.Words == "") {
						t.Errorf("%s, %s: %+v, not %q", in.Dimensions[i].ID, got.Head, got, figure)
					}
				}
			}
		})
	}
}

// A proposed level changes no figure of the page, and stands beside the city's own.
func TestAProposedLevelStandsBesideTheCitysOwn(t *testing.T) {
	in := asked()
	s, scheme := site(t), score.NewScheme(in)
	for _, lang := range locale.Languages {
		f := frontend.Frame{Lang: lang, Dir: "ltr"}
		a, sheet := city(in, 1, full)
		b := backed(in, sheet)
		with := frontend.NewResults(signed(f), words(f), scheme, a, sheet, b, noon, drawIn(f))
		quiet := b
		quiet.Verdicts = nil
		without := frontend.NewResults(signed(f), words(f), scheme, a, sheet, quiet, noon, drawIn(f))
		if fmt.Sprint(with.Values, with.Dimensions) != fmt.Sprint(without.Values, without.Dimensions) {
			t.Errorf("%s: the claimed numbers have changed", lang)
		}
		proposed := 0
		for _, list := range []frontend.ItemList{with.Strong, with.Possible, with.Ministries} {
			for _, x := range append(list.First, list.Rest...) {
				if k := sheet.Answers[x.ID]; k.Value != "" && in.Indicator(x.ID).Kind == survey.Level && x.Answer.Figure != k.Value {
					t.Errorf("%s: %s shows %q, not the city's %q", lang, x.ID, x.Answer.Figure, k.Value)
				}
				for _, y := range x.Proposed {
					proposed++
					if y.Given.Figure != "1" || !strings.Contains(y.By, hostile) || y.Reason == "" {
						t.Errorf("%s: %s: %+v", lang, x.ID, y)
					}
				}
			}
		}
		if proposed == 0 {
			t.Errorf("%s: nothing is proposed", lang)
		}
		body, err := s.Render(lang, "results", with)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(body), words(f).T("results.proposed")) {
			t.Errorf("%s: the page does not show what is proposed", lang)
		}
	}
}

// What was proposed for an earlier version is no longer shown beside the answer.
func TestAProposalForAnEarlierAnswerIsNotShown(t *testing.T) {
	in := asked()
	f := frontend.Frame{Lang: "en", Dir: "ltr"}
	a, sheet := city(in, 1, full)
	b := backed(in, sheet)
	for id, k := range sheet.Answers {
		k.Version = 2
		sheet.Answers[id] = k
	}
	p := frontend.NewResults(signed(f), words(f), score.NewScheme(in), a, sheet, b, noon, drawIn(f))
	for _, x := range p.Possible.First {
		if len(x.Proposed) > 0 {
			t.Errorf("%s: %+v", x.ID, x.Proposed)
		}
	}
}
