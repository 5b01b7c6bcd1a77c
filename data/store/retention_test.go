package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/data/store/storetest"
)

// kindsOf lists the kinds of what has ended, with the codes of city and round.
func kindsOf(all []assessment.Expiry) (out []string) {
	for _, e := range all {
		out = append(out, strings.TrimSuffix(string(e.Kind)+" "+e.City+" "+e.Round, " "))
	}
	return out
}

func TestRetentionDeletesWhatHasEndedAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save := func(m assessment.Mutation) {
			t.Helper()
			must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, m)))
		}
		save(storetest.Explain("AA-01", 0, "stands"))
		later := storetest.Explain("AA-01", 0, "Canary beside it")
		save(later)
		open := storetest.Explain("AA-02", 0, "stands too")
		save(open)
		save(storetest.Explain("AA-02", 0, "undecided"))
		choose := w.Order(w.Contributor, assessment.Mutation{ID: "choose-00000001", Indicator: "AA-01", Base: 1, Source: "form"})
		must[assessment.Saved](t)(w.Store.Choose(ctx, w.Contributor, choose, []string{later.ID}))
		by, usual := assessment.Author{}, assessment.UsualRetention
		after := func(months int) time.Time { return storetest.Now.AddDate(0, months, 1) }
		find := func(r assessment.Retention, now time.Time, want ...string) []assessment.Expiry {
			t.Helper()
			all := must[[]assessment.Expiry](t)(assessment.Expired(ctx, w.Store, w.Operator, r, now, false))
			if got := kindsOf(all); !slices.Equal(got, want) {
				t.Errorf("ended are %v, want %v", got, want)
			}
			return all
		}
		find(usual, after(11))
		find(assessment.Retention{}, after(1000))
		ended := find(usual, after(12), "decided alternative accra 2026")
		if len(ended) != 1 {
			t.FailNow()
		}
		w.Sound(t)
		if err := w.Store.Expire(ctx, ended[0], usual, by, after(11)); err != nil { // not yet: nothing happens
			t.Fatal(err)
		}
		find(usual, after(12), "decided alternative accra 2026")
		if _, err := assessment.Expired(ctx, w.Store, w.Admin, usual, after(12), true); err == nil {
			t.Error("an administrator deletes")
		}
		must[[]assessment.Expiry](t)(assessment.Expired(ctx, w.Store, w.Operator, usual, after(12), true))
		find(usual, after(12))
		if hits := grep(t, w.Store, "Canary"); len(hits) > 0 {
			t.Errorf("the text is still in %v", hits)
		}
		w.Sound(t)
		must[int](t)(w.Store.Rebuild(ctx, w.Library))
		w.Sound(t)
		sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
		if sheet.Answers["AA-01"].Explanation != "stands" || len(sheet.Alternatives["AA-02"]) != 1 || len(sheet.Alternatives["AA-01"]) != 0 {
			t.Errorf("the sheet is %+v", sheet)
		}

		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Foreign, w.Theirs.ID))
		find(usual, after(26), "unfinished assessment accra 2026") // the one of Quito was handed in
		find(usual, after(59), "unfinished assessment accra 2026")
		find(usual, after(63), "unfinished assessment accra 2026", "assessment handed in quito 2026")
		must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2031", Title: "Round 2031", Instrument: w.Instrument.Name()}, "quito"))
		rowsOf(t, w, "UPDATE round SET due = '2032-12-31 00:00:00+00:00' WHERE code = '2031'")
		find(usual, after(63), "unfinished assessment accra 2026") // the programme goes on
		must[[]assessment.Expiry](t)(assessment.Expired(ctx, w.Store, w.Operator, usual, after(63), true))
		all := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Operator, "2026"))
		if len(all) != 1 || all[0].ID != w.Theirs.ID {
			t.Errorf("left are %+v", all)
		}
		if hits := grep(t, w.Store, "stands"); len(hits) > 0 {
			t.Errorf("answers are left in %v", hits)
		}
		if hits := grep(t, w.Store, w.Mine.ID); !slices.Equal(tablesOf(hits), []string{"audit"}) {
			t.Errorf("the assessment is left in %v", hits)
		}
		w.Sound(t)
		if _, wrong, err := w.Store.VerifyAudit(ctx, nil); err != nil || len(wrong) > 0 {
			t.Errorf("the audit log: %v, %v", wrong, err)
		}
	})
}

func tablesOf(hits []string) (out []string) {
	for _, h := range hits {
		name, _, _ := strings.Cut(h, ".")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func TestRemovedEvidenceEndsWithItsContents(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		const moment = "'2026-11-24 12:00:00+00:00'"
		for _, id := range []string{"cited", "free", "stays"} {
			rowsOf(t, w, "INSERT INTO evidence (city_id, id, kind, title, note, revision, removed, removed_by, by_account, by_role, at) VALUES ('"+w.Accra.ID+"', '"+id+"', 'file', 'T', '', 1, "+
				map[bool]string{true: moment, false: "NULL"}[id != "stays"]+", '', '', '', "+moment+")")
			rowsOf(t, w, "INSERT INTO evidence_revision (city_id, evidence_id, revision, url, name, media, size, sha256, by_account, by_role, at) VALUES ('"+w.Accra.ID+"', '"+id+"', 1, '', 'n', 'm', 1, 'hash-"+id+"', '', '', "+moment+")")
			rowsOf(t, w, "INSERT INTO blob (city_id, sha256, piece, data) VALUES ('"+w.Accra.ID+"', 'hash-"+id+"', 0, 'x')")
		}
		rowsOf(t, w, "INSERT INTO citation (city_id, assessment_id, indicator, evidence_id, passage, by_account, by_role, at) VALUES ('"+w.Accra.ID+"', '"+w.Mine.ID+"', 'AA-01', 'cited', '', '', '', "+moment+")")
		only := assessment.Retention{Evidence: 24}
		if got := must[[]assessment.Expiry](t)(assessment.Expired(ctx, w.Store, w.Operator, only, storetest.Now.AddDate(0, 23, 0), true)); len(got) != 0 {
			t.Errorf("too early: %v", kindsOf(got))
		}
		if got := must[[]assessment.Expiry](t)(assessment.Expired(ctx, w.Store, w.Operator, only, storetest.Now.AddDate(0, 25, 0), true)); len(got) != 1 || got[0].ID != "free" {
			t.Errorf("ended: %v", kindsOf(got))
		}
		for table, want := range map[string]int{"blob": 2, "evidence": 2, "evidence_revision": 2} {
			if n := rowsOf(t, w, "UPDATE "+table+" SET city_id = city_id"); n != want {
				t.Errorf("%d rows of %s are left, want %d", n, table, want)
			}
		}
	})
}
