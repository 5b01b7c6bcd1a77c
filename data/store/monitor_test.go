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
		if len(m.Rows) != 2 || m.AtWork != 1 || m.Counts[w.Mine.ID] != (assessment.CityCount{}) {
			t.Errorf("%+v", m)
		}
		for _, row := range m.Rows {
			if len(row.Numbers.Dimensions) > 0 {
				t.Error("the monitor holds numbers of a draft")
			}
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
