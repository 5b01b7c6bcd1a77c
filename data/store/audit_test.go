package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/store/storetest"
)

// written is a world with some lines in the audit log of its first city.
func written(t *testing.T, w *storetest.World) {
	t.Helper()
	for n := range 5 {
		if _, err := w.Store.Save(ctx, w.Operator, w.Order(w.Operator, storetest.Explain("AA-01", n, fmt.Sprint("text ", n)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Store.Record(ctx, assessment.Event{At: storetest.Now, Actor: assessment.Author{Account: "out", Role: account.Analyst}, City: w.Mine.City.ID, Action: "read", Subject: w.Mine.ID}); err != nil {
		t.Fatal(err)
	}
}

func TestTheAuditLogIsAChain(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		written(t, w)
		heads, wrong, err := w.Store.VerifyAudit(ctx, nil)
		if err != nil || len(wrong) > 0 {
			t.Fatalf("a log nobody touched: %v, %v", wrong, err)
		}
		var mine assessment.Head
		for _, h := range heads {
			if h.City == w.Mine.City.ID {
				mine = h
			}
		}
		if mine.Seq < 6 || len(mine.Hash) != 64 || mine.Code != w.Mine.City.Code {
			t.Fatalf("the head is %+v", mine)
		}
		if _, wrong, _ := w.Store.VerifyAudit(ctx, []assessment.Head{mine}); len(wrong) > 0 {
			t.Errorf("with its own head: %v", wrong)
		}
		raw := storetest.Raw(t, w.Store)
		change := func(text string, args ...any) {
			t.Helper()
			for i := range args {
				text = strings.Replace(text, "?", fmt.Sprintf("'%v'", args[i]), 1)
			}
			if _, err := raw.Exec(text); err != nil {
				t.Fatal(err)
			}
		}
		id := w.Mine.City.ID
		tests := []struct{ name, do, undo, says string }{
			{"a changed line", "UPDATE audit SET role = 'admin' WHERE city_id = ? AND seq = 3", "UPDATE audit SET role = 'operator' WHERE city_id = ? AND seq = 3", "line 3 "},
			{"a line taken out", "UPDATE audit SET seq = 0 WHERE city_id = ? AND seq = 4", "UPDATE audit SET seq = 4 WHERE city_id = ? AND seq = 0", "line 5 follows line 3"},
			{"two lines in each other's place", "UPDATE audit SET seq = 7 - seq + 1000 WHERE city_id = ? AND seq IN (3, 4)", "UPDATE audit SET seq = 1007 - seq WHERE city_id = ? AND seq > 1000", "follows line 2"},
			{"a moved clock", "UPDATE audit SET at = '2001-01-01 00:00:00' WHERE city_id = ? AND seq = 6", "", "line 6 "},
		}
		for _, c := range tests {
			change(c.do, id)
			_, wrong, err := w.Store.VerifyAudit(ctx, nil)
			if err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], c.says) || !strings.HasPrefix(wrong[0], mine.Code+": ") {
				t.Errorf("%s: %q, %v", c.name, wrong, err)
			}
			if c.undo == "" {
				continue
			}
			change(c.undo, id)
			if _, wrong, _ := w.Store.VerifyAudit(ctx, nil); len(wrong) > 0 {
				t.Fatalf("after %s was undone: %v", c.name, wrong)
			}
		}
		change("DELETE FROM audit WHERE city_id = ? AND seq >= 6", id)
		if _, wrong, _ := w.Store.VerifyAudit(ctx, nil); len(wrong) > 0 {
			t.Errorf("a shorter log is a sound one: %v", wrong)
		}
		if _, wrong, _ := w.Store.VerifyAudit(ctx, []assessment.Head{mine}); len(wrong) != 1 || !strings.Contains(wrong[0], "noted earlier") {
			t.Errorf("a log whose end was cut off, with the head noted before: %v", wrong)
		}
	})
}

func TestLinesWrittenAtTheSameTimeStandInOneChain(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 10 {
					if err := w.Store.Record(ctx, assessment.Event{At: time.Now(), City: w.Mine.City.ID, Action: "read"}, assessment.Event{At: time.Now(), Action: "read"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		heads, wrong, err := w.Store.VerifyAudit(ctx, nil)
		if err != nil || len(wrong) > 0 || len(heads) < 2 {
			t.Errorf("%v, %v, %v", heads, wrong, err)
		}
	})
}

func TestTheAuditLogIsReadByItsCityAlone(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		written(t, w)
		mine := account.Actor{Role: account.Coordinator, City: w.Mine.City.ID}
		read := func(who account.Actor, f assessment.AuditFilter) []assessment.Line {
			t.Helper()
			return must[[]assessment.Line](t)(w.Store.Audit(ctx, who, f))
		}
		all := read(mine, assessment.AuditFilter{})
		if len(all) < 6 || all[0].Action != "read" || all[0].Seq != all[1].Seq+1 {
			t.Fatalf("%d lines, the newest first: %+v", len(all), all[0])
		}
		if got := read(account.Actor{Role: account.Coordinator, City: w.Theirs.City.ID}, assessment.AuditFilter{}); len(got) > 0 && got[0].City == w.Mine.City.ID {
			t.Errorf("another city reads %+v", got[0])
		}
		tests := []struct {
			name string
			f    assessment.AuditFilter
			want int
		}{
			{"who looked", assessment.AuditFilter{Group: assessment.AuditLooked}, 1},
			{"answers", assessment.AuditFilter{Group: assessment.AuditAnswers}, 5},
			{"answers, two at most", assessment.AuditFilter{Group: assessment.AuditAnswers, Limit: 2}, 2},
			{"nothing of evidence", assessment.AuditFilter{Group: assessment.AuditEvidence}, 0},
			{"from a day after", assessment.AuditFilter{From: storetest.Now.AddDate(1, 0, 0)}, 0},
			{"looked, until a day before", assessment.AuditFilter{Group: assessment.AuditLooked, Until: storetest.Now.AddDate(0, 0, -1)}, 0},
			{"looked, that day", assessment.AuditFilter{Group: assessment.AuditLooked, From: storetest.Now, Until: storetest.Now.Add(time.Second)}, 1},
			{"older than the newest", assessment.AuditFilter{Group: assessment.AuditLooked, Before: &all[0].Seq}, 0},
		}
		for _, c := range tests {
			if got := read(mine, c.f); len(got) != c.want {
				t.Errorf("%s: %d lines, want %d", c.name, len(got), c.want)
			}
		}
		for _, l := range read(mine, assessment.AuditFilter{Outside: true}) {
			if l.Actor.Role.OfCity() {
				t.Errorf("from outside: %+v", l)
			}
		}
	})
}

func TestLinesOlderThanTheChainAreReadPageByPage(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		written(t, w)
		raw := storetest.Raw(t, w.Store)
		if _, err := raw.Exec("UPDATE audit SET seq = seq - 4, hash = '' WHERE city_id = '" + w.Mine.City.ID + "'"); err != nil { // four of them are older then
			t.Fatal(err)
		}
		trail := assessment.Trail{Store: w.Store}
		all, _, err := trail.Lines(ctx, w.Coordinator, assessment.AuditFilter{})
		if err != nil || len(all) < 6 || all[len(all)-1].Seq > 0 {
			t.Fatalf("%d lines (%v)", len(all), err)
		}
		var paged []string
		f := assessment.AuditFilter{Limit: 1}
		for more := true; more && len(paged) <= len(all); {
			var lines []assessment.Line
			if lines, more, err = trail.Lines(ctx, w.Coordinator, f); err != nil || len(lines) != 1 {
				t.Fatalf("%d lines (%v)", len(lines), err)
			}
			paged = append(paged, lines[0].ID)
			f.Before = &lines[0].Seq
		}
		for i, l := range all {
			if i >= len(paged) || paged[i] != l.ID {
				t.Fatalf("line %d of %d is not the same page by page", i, len(all))
			}
		}
	})
}
