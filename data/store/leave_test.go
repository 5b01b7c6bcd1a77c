package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/store"
	"migov/data/store/storetest"
)

func TestErasingAPersonLeavesAPlaceWithoutAName(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		named := must[account.Account](t)(w.Store.AddAccount(ctx, account.Account{Email: "canary@example.org", Name: "Canary Bird", Role: account.Contributor, City: w.Accra.ID,
			Department: "Canary office", Created: storetest.Now}, assessment.Author{}))
		who := named.Actor()
		by := assessment.Author{Account: w.Coordinator.Account, Role: account.Coordinator}
		must[[]assessment.Saved](t)(w.Store.Save(ctx, who, w.Order(who, storetest.Explain("AA-01", 0, "what was written"))))
		canary := func(sql string) {
			t.Helper()
			if n := rowsOf(t, w, strings.ReplaceAll(sql, "ID", named.ID)); n != 1 {
				t.Fatalf("%d rows: %s", n, sql)
			}
		}
		if err := w.Store.SetPassword(ctx, named.ID, "hash", by); err != nil {
			t.Fatal(err)
		}
		l := link(w, "of canary", false)
		l.Account, l.Letter = named.ID, assessment.LetterInvite
		if err := w.Store.AddLink(ctx, l, storetest.Now); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.AddToken(ctx, named.ID, "token", "laptop", storetest.Now.Add(time.Hour), by); err != nil {
			t.Fatal(err)
		}
		args := must[[]byte](t)(json.Marshal(map[string]string{"By": "Canary Bird", "Part": "AA"}))
		const moment = "'2026-11-24 12:00:00+00:00'"
		canary("INSERT INTO recovery_code (account_id, hash) VALUES ('ID', 'x')")
		canary("INSERT INTO identity (issuer, subject, account_id, created) VALUES ('https://canary', 'bird', 'ID', " + moment + ")")
		canary("INSERT INTO notice (account_id, id, city_id, kind, args, href, at) VALUES ('" + w.Coordinator.Account + "', 'n1', 'c', 'assigned', '" + string(args) + "', '/', " + moment + ")")
		canary("INSERT INTO letter (id, account_id, kind, args, href, at, due, attempts) VALUES ('l1', '" + w.Coordinator.Account + "', 'assigned', '" + string(args) + "', '/', " + moment + ", " + moment + ", 0)")
		written, parts, err := w.Store.Holds(ctx, named.ID)
		if err != nil || written != 1 || parts != 0 {
			t.Errorf("holds %d and %d, %v", written, parts, err)
		}
		if n := must[int](t)(w.Store.Erase(ctx, named.ID, by, storetest.Now)); n != 1 {
			t.Errorf("the number is %d", n)
		}
		a := must[account.Account](t)(w.Store.Account(ctx, named.ID))
		if a.Name != "former:1" || a.Former != 1 || !a.Disabled || a.Password != "" || a.Department != "" {
			t.Errorf("the account is %+v", a)
		}
		sheet := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
		if k := sheet.Answers["AA-01"]; k.Explanation != "what was written" || k.By.Account != named.ID || k.By.Name != "former:1" {
			t.Errorf("the answer is %+v", k)
		}
		for _, read := range []error{
			errorOf(w.Store.AccountByEmail(ctx, "canary@example.org")), errorOf(w.Store.AccountByToken(ctx, "token", storetest.Now)),
			errorOf(w.Store.PeekLink(ctx, "of canary", storetest.Now)), errorOf(w.Store.Erase(ctx, named.ID, by, storetest.Now)),
		} {
			wantFault(t, read, fault.NotFound)
		}
		wantFault(t, w.Store.SetDisabled(ctx, named.ID, false, by), fault.NotFound)
		if hits := grep(t, w.Store, "anary"); len(hits) > 0 {
			t.Errorf("the name is still in %v", hits)
		}
		again := must[account.Account](t)(w.Store.AddAccount(ctx, account.Account{Email: "canary@example.org", Name: "Second", Role: account.Contributor, City: w.Accra.ID}, by))
		if n := must[int](t)(w.Store.Erase(ctx, again.ID, by, storetest.Now)); n != 2 {
			t.Errorf("the second number is %d", n)
		}
		w.Sound(t)
		if _, wrong, err := w.Store.VerifyAudit(ctx, nil); err != nil || len(wrong) > 0 {
			t.Errorf("the audit log: %v, %v", wrong, err)
		}
	})
}

func errorOf[T any](_ T, err error) error { return err }

// grep lists the tables in which a text stands.
func grep(t *testing.T, s *store.Store, text string) (hits []string) {
	t.Helper()
	db := storetest.Raw(t, s)
	ask := "SELECT name FROM sqlite_master WHERE type = 'table'"
	cast := "SELECT COUNT(*) FROM (SELECT * FROM %) x WHERE "
	if s.Engine() == store.PostgreSQL {
		ask, cast = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "SELECT COUNT(*) FROM % x WHERE x::text LIKE '%%'"
	}
	rows, err := db.Query(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if len(tables) < 20 {
		t.Fatalf("only the tables %v", tables)
	}
	if s.Engine() == store.SQLite { // the whole file: SQLite overwrites what it deletes only sometimes, so that its rows are read
		for _, name := range tables {
			found, err := db.Query("SELECT * FROM " + name)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := found.Columns()
			if err != nil {
				t.Fatal(err)
			}
			for found.Next() {
				cells := make([]any, len(columns))
				for i := range cells {
					cells[i] = new([]byte)
				}
				if err := found.Scan(cells...); err != nil {
					t.Fatal(err)
				}
				for i, c := range cells {
					if strings.Contains(string(*c.(*[]byte)), text) {
						hits = append(hits, name+"."+columns[i])
					}
				}
			}
			found.Close()
		}
		return hits
	}
	for _, name := range tables {
		var n int
		if err := db.QueryRow(strings.Replace(strings.Replace(cast, "%", name, 1), "%%", "%"+text+"%", 1)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			hits = append(hits, name)
		}
	}
	return hits
}

func TestWhatAPersonWroteIsFoundAgain(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("AA-01", 0, "mine"))))
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Explain("AA-01", 1, "another's"))))
		by := assessment.Author{Account: w.Contributor.Account, Role: w.Contributor.Role}
		if err := w.Store.Record(ctx, assessment.Event{At: storetest.Now, Actor: by, City: w.Accra.ID, Action: "sign_in", Subject: w.Contributor.Account},
			assessment.Event{At: storetest.Now, Actor: by, City: w.Accra.ID, Action: "export", Subject: w.Mine.ID}); err != nil {
			t.Fatal(err)
		}
		trace := must[assessment.Trace](t)(w.Store.Trace(ctx, w.Contributor.Account))
		if len(trace.Revisions) != 1 || trace.Revisions[0].Answer.Explanation != "mine" || trace.Revisions[0].Round != "2026" || trace.Revisions[0].City != "accra" || trace.Revisions[0].Indicator != "AA-01" {
			t.Errorf("written: %+v", trace.Revisions)
		}
		if len(trace.SignIns) != 1 || len(trace.Posts) != 0 {
			t.Errorf("sign-ins %+v, posts %+v", trace.SignIns, trace.Posts)
		}
	})
}
