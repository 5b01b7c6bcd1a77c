package store_test

import (
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store/storetest"
)

func TestATextOfSomebodyWhoLeftStandsBesideAndIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		second := w.Person(t, account.Coordinator, w.Accra.ID)
		left := func(m assessment.Mutation) assessment.Saved {
			t.Helper()
			o := w.Order(w.Contributor, m)
			o.Left = map[string]string{m.Indicator: "/there#" + m.Indicator}
			return must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, o))[0]
		}
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Explain("AA-01", 0, "stands"))))
		m := storetest.Explain("AA-01", 1, "left")
		x := left(m)
		if x.Version != 1 || x.Alternative == nil || x.Theirs == nil || x.Theirs.Explanation != "stands" {
			t.Errorf("saved %+v", x)
		}
		if again := left(m); !again.Replay || again.Alternative == nil {
			t.Errorf("a second time: %+v", again)
		}
		left(storetest.Explain("AA-01", 1, "left, a little later"))
		left(storetest.NotAnswered("AA-02", 0, "not_ours", "national"))
		if x := left(storetest.Explain("AA-01", 1, "stands")); x.Alternative != nil {
			t.Errorf("what stands already is kept beside itself: %+v", x)
		}
		// A save that was accepted before the end, sent again because its answer was lost, is what it was.
		before := storetest.Prove("AA-01", 1, "accepted in time")
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, before)))
		if x := left(before); !x.Replay || x.Alternative != nil || x.Version != 2 {
			t.Errorf("accepted before: %+v", x)
		}
		sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
		if len(sheet.Alternatives["AA-01"]) != 2 || len(sheet.Alternatives["AA-02"]) != 1 || sheet.Answers["AA-02"].Version != 0 || sheet.Powers["AA-02"].Version != 0 {
			t.Errorf("the sheet is %+v", sheet)
		}
		for _, who := range []account.Actor{w.Coordinator, second} {
			if news := must[[]assessment.Notice](t)(w.Store.Unread(ctx, who.Account)); len(news) != 2 || news[0].Kind != assessment.NoticeLeftText || news[0].Args["City"] != "Accra" {
				t.Errorf("told is %+v", news)
			}
		}
		if news := must[[]assessment.Notice](t)(w.Store.Unread(ctx, w.Foreign.Account)); len(news) != 0 {
			t.Errorf("another city is told %+v", news)
		}
		w.Sound(t)
		must[int](t)(w.Store.Rebuild(ctx, w.Library))
		w.Sound(t)
	})
}
