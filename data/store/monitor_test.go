package store_test

import (
	"slices"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

func TestAMonitorCountsAndTellsNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "2"))
		save(t, w, w.Coordinator, storetest.Explain("AA-01", 1, "why"))
		before := w.Store.Statements()
		m, err := w.Comparisons.Monitor(ctx, w.Analyst, "2026")
		if err != nil {
			t.Fatal(err)
		}
		if asked := w.Store.Statements() - before; asked > 10 {
			t.Errorf("%d statements", asked)
		}
		if len(m.Cities) != 2 || m.AtWork != 1 || m.Counts[w.Mine.ID] != (assessment.CityCount{}) {
			t.Errorf("%+v", m)
		}
		settled := must[map[string]int](t)(w.Store.SettledCounts(ctx, w.Operator, "2026", []string{"AA-01", "AA-02"}))
		if len(settled) != 1 || settled["AA-01"] != 1 {
			t.Error(settled)
		}
		if other := must[map[string]int](t)(w.Store.SettledCounts(ctx, w.Operator, "2026", []string{"AA-02"})); len(other) > 0 {
			t.Error(other)
		}
		nobody := account.Actor{Role: account.Analyst}
		if none := must[map[string]int](t)(w.Store.SettledCounts(ctx, nobody, "2026", []string{"AA-01"})); len(none) > 0 {
			t.Error("an analyst of no round counts")
		}
		if err := w.Store.MarksAtWork(ctx, nobody, "2026", func(score.Marks) { t.Error("an analyst of no round reads marks") }); err != nil {
			t.Error(err)
		}
		counts := must[map[string]assessment.CityCount](t)(w.Store.CityCounts(ctx, w.Stray, "2026"))
		if len(counts) > 0 {
			t.Error("an analyst of no round counts")
		}
		if cited := must[map[string]int](t)(w.Store.CitedCounts(ctx, w.Stray, "2026", nil)); len(cited) > 0 {
			t.Error("an analyst of no round counts evidence")
		}
	})
}

// TestAMonitorCountsEvidenceQuestionsAndCarriedAnswers: one answer cites a piece, one says in words what supports it, one has nothing.
func TestAMonitorCountsEvidenceQuestionsAndCarriedAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Contributor, storetest.Prove("AA-02", 0, "Our plan"))
		save(t, w, w.Contributor, storetest.Prove("AA-03", 0, "It has no value and does not count"))
		x := reviewed(t, w) // answers AA-01 and AA-02, and hands in
		piece := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 10)))
		storetest.Exec(t, w.Store, `INSERT INTO citation (city_id, assessment_id, indicator, evidence_id, passage, by_account, by_role, at)
			SELECT city_id, id, 'AA-01', '`+piece.ID+`', '', '', 'operator', '2026-11-24 14:00:00' FROM assessment WHERE id = '`+w.Mine.ID+`'`)
		cited := func(ids ...string) map[string]int {
			t.Helper()
			return must[map[string]int](t)(w.Store.CitedCounts(ctx, w.Analyst, "2026", ids))
		}
		if got := cited(); got[w.Mine.ID] != 2 || len(got) != 2 {
			t.Errorf("of all: %v", got)
		}
		if got := cited(w.Mine.ID); got[w.Mine.ID] != 2 || len(got) != 1 {
			t.Errorf("of one: %v", got)
		}
		if got := must[map[string]int](t)(w.Store.CitedCounts(ctx, w.Analyst, "2026", []string{})); len(got) > 0 {
			t.Errorf("of none: %v", got)
		}
		x.ask(t, x.reviewers[0], "AA-01")
		x.ask(t, x.reviewers[0], "AA-02")
		m, err := w.Comparisons.Monitor(ctx, w.Analyst, "2026")
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Counts[w.Mine.ID]; got != (assessment.CityCount{Questions: 2}) {
			t.Errorf("before it is asked for evidence: %+v", got)
		}
		if err := w.Comparisons.Cite(ctx, w.Analyst, m, []string{w.Mine.ID}); err != nil {
			t.Fatal(err)
		}
		if got := m.Counts[w.Mine.ID]; got != (assessment.CityCount{Cited: 2, Questions: 2}) {
			t.Errorf("with its evidence: %+v", got)
		}
	})
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "3"))
		x := carried(t, w, nil)
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		counts := must[map[string]assessment.CityCount](t)(w.Store.CityCounts(ctx, w.Operator, "2027"))
		if len(counts) != 1 || counts[x.next.ID] != (assessment.CityCount{Carried: 1}) {
			t.Errorf("carried over: %+v", counts)
		}
	})
}

// TestAMonitorSeesFromMarksWhatAnswersSay compares where cities get stuck with a count over the answers themselves, for every kind of
// indicator, value and non-answer.
func TestAMonitorSeesFromMarksWhatAnswersSay(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		w.City(t, "lima", "Lima", "PE")
		r := must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2028", Title: "Round 2028", Instrument: w.Instrument.Name()}, "accra", "quito", "lima"))
		values := map[string]string{"AA-01": "0", "AA-02": "no", "BB-01": "2", "BB-02": "3", "BB-03": "words"}
		says := append([]survey.NonAnswer{"", ""}, survey.NonAnswers...) // nothing, a value, then each non-answer
		cities := must[[]assessment.Assessment](t)(w.Store.RoundCities(ctx, w.Operator, r.Code))
		all, named := w.Instrument.Indicators(), map[string]bool{}
		for turn := range len(says) {
			open := map[string]int{}
			for k, a := range cities {
				for i, q := range all {
					sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Operator, a.ID))
					value := values[q.ID]
					if q.Kind == "multiple" {
						value = q.Options[0].ID
					}
					m := storetest.Value(q.ID, sheet.Answers[q.ID].Version, "")
					switch what := (turn + k*i + k) % len(says); what {
					case 0:
					case 1:
						m.Answer.Value = value
					default:
						m.Answer.NonAnswer = says[what]
					}
					order := w.Order(w.Operator, m)
					order.Assessment = a.ID
					must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Operator, order))
					if !m.Answer.Settled() {
						open[q.ID]++
					}
				}
			}
			var want []assessment.Stuck
			for _, q := range all {
				if 2*open[q.ID] > len(cities) {
					want = append(want, assessment.Stuck{Indicator: q.ID, Cities: open[q.ID]})
				}
			}
			slices.SortStableFunc(want, func(a, b assessment.Stuck) int { return b.Cities - a.Cities })
			m, err := w.Comparisons.Monitor(ctx, w.Operator, r.Code)
			if err != nil {
				t.Fatal(err)
			}
			if want = want[:min(len(want), 3)]; !slices.Equal(m.Stuck, want) || m.AtWork != 3 {
				t.Errorf("turn %d: %v of %d, not %v", turn, m.Stuck, m.AtWork, want)
			}
			for _, x := range want {
				named[x.Indicator] = true
			}
		}
		if len(named) < 5 {
			t.Errorf("only %v were ever stuck: the test tells too little", named)
		}
	})
}
