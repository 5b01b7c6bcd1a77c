package store_test

import (
	"testing"

	"migov/assessment"
	"migov/assessment/account"
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
		settled, atWork := settledOf(t)(w.Store.SettledCounts(ctx, w.Operator, "2026"))
		if atWork != 1 || settled["AA-01"] != 1 || settled["AA-02"] != 0 {
			t.Error(settled, atWork)
		}
		if none, atWork := settledOf(t)(w.Store.SettledCounts(ctx, account.Actor{Role: account.Analyst}, "2026")); len(none) > 0 || atWork > 0 {
			t.Error("an analyst of no round counts")
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

func settledOf(t testing.TB) func(map[string]int, int, error) (map[string]int, int) {
	return func(m map[string]int, n int, err error) (map[string]int, int) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m, n
	}
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
