package store_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

func TestSheetsAreTheSameTogetherAsOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "3"))
		save(t, w, w.Coordinator, storetest.Explain("AA-02", 0, "first"))
		save(t, w, w.Contributor, storetest.Explain("AA-02", 0, "later")) // an alternative
		save(t, w, w.Coordinator, storetest.NotAnswered("AA-03", 0, survey.NotOurs, survey.National))
		order := w.Order(w.Foreign, storetest.Value("AA-01", 0, "1"))
		order.Assessment = w.Theirs.ID
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Foreign, order))
		ids := []string{w.Theirs.ID, w.Mine.ID}
		for range 600 { // more than one statement takes
			ids = append(ids, w.Mine.ID)
		}
		got := must[[]assessment.Sheet](t)(w.Store.Sheets(ctx, w.Operator, ids))
		if len(got) != len(ids) {
			t.Fatalf("%d sheets for %d assessments", len(got), len(ids))
		}
		for i, id := range ids {
			if want := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Operator, id)); i < 3 && !reflect.DeepEqual(got[i], want) {
				t.Errorf("together %+v\none by one %+v", got[i], want)
			}
		}
		if len(got[1].Alternatives["AA-02"]) != 1 || got[1].Powers["AA-03"].Holder != survey.National || got[0].Answers["AA-01"].Value != "1" || len(got[0].Powers) != 0 {
			t.Errorf("%+v", got[:2])
		}
		if none := must[[]assessment.Sheet](t)(w.Store.Sheets(ctx, w.Operator, nil)); len(none) != 0 {
			t.Errorf("nothing asked for: %v", none)
		}
		for name, c := range map[string]struct {
			who account.Actor
			ids []string
		}{
			"another city":          {w.Coordinator, ids[:2]},
			"nothing handed in yet": {w.Analyst, ids[:1]},
			"an admin":              {w.Admin, ids[:1]},
			"nobody":                {account.Actor{}, ids[:1]},
			"an unknown id":         {w.Operator, []string{w.Mine.ID, "none"}},
		} {
			if all, err := w.Store.Sheets(ctx, c.who, c.ids); !fault.Is(err, fault.NotFound) || all != nil {
				t.Errorf("%s: %v, %v", name, all, err)
			}
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		for _, who := range []account.Actor{w.Analyst, w.Coordinator} {
			one, many := must[assessment.Sheet](t)(w.Store.Sheet(ctx, who, w.Mine.ID)), must[[]assessment.Sheet](t)(w.Store.Sheets(ctx, who, []string{w.Mine.ID}))
			if !reflect.DeepEqual(one, many[0]) {
				t.Errorf("to a %s together %+v\none by one %+v", who.Role, many[0], one)
			}
		}
	})
}

func TestARoundIsExportedAndImportedWithTheSameNumberOfQuestionsHoweverManyCitiesItHas(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		asked := store.CountReads(w.Store)
		count := func() (export, plan int64) {
			var file bytes.Buffer
			asked.Store(0)
			if err := w.Transfer.Export(ctx, w.Operator, "2026", "", &file, true); err != nil {
				t.Fatal(err)
			}
			export = asked.Swap(0)
			again := must[assessment.Plan](t)(w.Transfer.Plan(ctx, w.Operator, "2026", "", &file, true))
			if len(again.Refused) > 0 || again.Count(assessment.Same) != len(again.Lines) || len(again.Lines) == 0 {
				t.Errorf("what was exported would change something: %+v", again)
			}
			return export, asked.Load()
		}
		export, plan := count()
		var codes []string
		for i := range 6 {
			codes = append(codes, w.City(t, fmt.Sprintf("city-%d", i), strings.Repeat("x", i+1), "GH").Code)
		}
		if err := w.Store.AddCities(ctx, "2026", w.Library.Scheme(w.Instrument), codes, assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		if e, p := count(); e != export || p != plan || e > 6 {
			t.Errorf("two cities: %d questions to export and %d to plan; eight: %d and %d", export, plan, e, p)
		}
	})
}
