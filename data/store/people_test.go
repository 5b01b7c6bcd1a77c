package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

func TestAnAccountIsReadBackAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		a := account.Account{Email: "x@example.org", Name: "Étoile", Role: account.Analyst, Rounds: []string{w.Round.ID}, Language: survey.Arabic,
			Password: "hash", Noticed: "1", Created: storetest.Now, Department: "Housing", Mail: account.WeeklyMail}
		made := must[account.Account](t)(w.Store.AddAccount(ctx, a, assessment.Author{}))
		a.ID, a.Created = made.ID, storetest.Now.UTC().Truncate(time.Microsecond)
		for name, read := range map[string]func() (account.Account, error){
			"Account":        func() (account.Account, error) { return w.Store.Account(ctx, made.ID) },
			"AccountByEmail": func() (account.Account, error) { return w.Store.AccountByEmail(ctx, "x@example.org") },
		} {
			if got := must[account.Account](t)(read()); !reflect.DeepEqual(got, a) {
				t.Errorf("%s: %+v\nwant %+v", name, got, a)
			}
		}
		_, err := w.Store.AddAccount(ctx, a, assessment.Author{})
		wantFault(t, err, fault.Conflict)
		_, err = w.Store.AddAccount(ctx, account.Account{Email: "y@example.org", Role: account.Coordinator, City: "no-such-city"}, assessment.Author{})
		wantFault(t, err, fault.Invalid)
		_, err = w.Store.AddAccount(ctx, account.Account{Email: "z@example.org", Role: account.Analyst, Rounds: []string{"no-such-round"}}, assessment.Author{})
		wantFault(t, err, fault.Invalid)
		_, err = w.Store.AccountByEmail(ctx, "z@example.org")
		wantFault(t, err, fault.NotFound)

		if err := errors.Join(w.Store.SetLanguage(ctx, a.ID, survey.French), w.Store.SetNoticed(ctx, a.ID, "2"), w.Store.SetDisabled(ctx, a.ID, true, assessment.Author{}),
			w.Store.SetPassword(ctx, a.ID, "other", assessment.Author{})); err != nil {
			t.Fatal(err)
		}
		got := must[account.Account](t)(w.Store.Account(ctx, a.ID))
		a.Language, a.Noticed, a.Disabled, a.Password, a.Unread = survey.French, "2", true, "other", 1 // told of the new password
		if !reflect.DeepEqual(got, a) {
			t.Errorf("changed to %+v", got)
		}
		for name, err := range map[string]error{
			"SetLanguage": w.Store.SetLanguage(ctx, "none", survey.French), "SetNoticed": w.Store.SetNoticed(ctx, "none", "2"),
			"SetDisabled": w.Store.SetDisabled(ctx, "none", true, assessment.Author{}), "SetPassword": w.Store.SetPassword(ctx, "none", "x", assessment.Author{}),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
	})
}

func TestNamesStandInTheOrderOfPeople(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for code, name := range map[string]string{"z": "Zürich", "e1": "Évora", "e2": "eldoret", "o": "Öskemen", "a": "Ålesund"} {
			w.City(t, code, name, "CH")
			must[account.Account](t)(w.Store.AddAccount(ctx, account.Account{Email: code, Name: name, Role: account.Admin}, assessment.Author{}))
		}
		if err := w.Planning.Invite(ctx, w.Operator, "2026", "z", "e1", "e2", "o", "a", "accra"); err != nil {
			t.Fatal(err)
		}
		want := []string{"Accra", "Ålesund", "eldoret", "Évora", "Öskemen", "Quito", "Zürich"}
		var got []string
		for _, c := range must[[]assessment.City](t)(w.Store.Cities(ctx)) {
			got = append(got, c.Name)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("cities: %v", got)
		}
		got = nil
		for _, a := range must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Operator, "2026")) {
			got = append(got, a.City.Name)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("assessments: %v", got)
		}
		accounts := must[[]account.Account](t)(w.Store.Accounts(ctx))
		if len(accounts) != 11 || accounts[len(accounts)-1].Name != "Zürich" {
			t.Errorf("accounts: %+v", accounts)
		}
	})
}

func TestATokenEndsWithItsDayAndItsAccount(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		if err := w.Store.AddToken(ctx, w.Analyst.Account, "hash", "laptop", storetest.Now.Add(time.Hour), assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		a := must[account.Account](t)(w.Store.AccountByToken(ctx, "hash", storetest.Now))
		want := w.Analyst
		want.Token = account.ScopeAll
		if !reflect.DeepEqual(a.Actor(), want) {
			t.Errorf("the token is of %+v", a)
		}
		_, err := w.Store.AccountByToken(ctx, "hash", storetest.Now.Add(time.Hour))
		wantFault(t, err, fault.NotFound)
		if err := w.Store.SetDisabled(ctx, a.ID, true, assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		_, err = w.Store.AccountByToken(ctx, "hash", storetest.Now)
		wantFault(t, err, fault.NotFound)
	})
}

func TestFailuresAreCountedAndSwept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, at := range []time.Duration{-25 * time.Hour, -20 * time.Minute, -time.Minute, 0} {
			if err := errors.Join(s.AddFailure(ctx, "key", storetest.Now.Add(at)), s.AddFailure(ctx, "other", storetest.Now.Add(at))); err != nil {
				t.Fatal(err)
			}
		}
		if n := must[int](t)(s.Failures(ctx, "key", storetest.Now.Add(-15*time.Minute))); n != 2 {
			t.Errorf("%d in a quarter of an hour", n)
		}
		if n := must[int](t)(s.Failures(ctx, "key", storetest.Now.Add(-1000*time.Hour))); n != 3 {
			t.Errorf("%d are left", n)
		}
		if err := s.ClearFailures(ctx, "key"); err != nil {
			t.Fatal(err)
		}
		if n, m := must[int](t)(s.Failures(ctx, "key", time.Time{})), must[int](t)(s.Failures(ctx, "other", time.Time{})); n != 0 || m != 3 {
			t.Errorf("after clearing: %d and %d", n, m)
		}
	})
}

func TestRoundsAndInstruments(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		for who, want := range map[string]account.Actor{"admin": w.Admin, "operator": w.Operator, "analyst": w.Analyst} {
			r := must[assessment.Round](t)(w.Store.Round(ctx, want, "2026"))
			if !reflect.DeepEqual(r, w.Round) {
				t.Errorf("%s reads %+v, want %+v", who, r, w.Round)
			}
		}
		for _, who := range []account.Actor{w.Coordinator, w.Contributor, w.Stray, {}} {
			_, err := w.Store.Round(ctx, who, "2026")
			wantFault(t, err, fault.NotFound)
		}
		if rounds := must[[]assessment.Round](t)(w.Store.Rounds(ctx)); len(rounds) != 1 || !reflect.DeepEqual(rounds[0], w.Round) {
			t.Errorf("rounds: %+v", rounds)
		}
		if err := w.Planning.AddInstrument(ctx, w.Operator, w.Instrument); err != nil {
			t.Fatal(err)
		}
		if err := w.Planning.AddInstrument(ctx, w.Operator, w.Instrument); err != nil {
			t.Fatal(err)
		}
		fresh := must[*assessment.Library](t)(assessment.NewLibrary())
		if err := fresh.Load(ctx, w.Store); err != nil {
			t.Fatal(err)
		}
		in, ok := fresh.Find("small", "1.0.0")
		if !ok || in.Hash != w.Instrument.Hash || len(fresh.List()) != 1 || fresh.Scheme(in) != fresh.Scheme(in) {
			t.Error("the stored instrument was not loaded once")
		}
		other := *w.Instrument
		other.Hash = "other"
		wantFault(t, w.Store.AddInstrument(ctx, &other, assessment.Author{}), fault.Conflict)
		wantFault(t, fresh.Add(&other), fault.Conflict)
	})
}

func TestOnlyWhatIsHandedInShowsItsNumbers(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "4"))
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		rows := must[[]assessment.ScoreRow](t)(w.Store.Scores(ctx, w.Analyst, "2026"))
		if len(rows) != 2 || len(rows[0].Numbers.Dimensions) != 2 || len(rows[1].Numbers.Dimensions) != 0 {
			t.Fatalf("the analyst reads %+v", rows)
		}
		if got := rows[0].Numbers.Dimensions[0]; got.Answered != 1 || got.Situation.Low <= 0 {
			t.Errorf("the numbers are %+v", got)
		}
		if rows := must[[]assessment.ScoreRow](t)(w.Store.Scores(ctx, w.Stray, "2026")); len(rows) != 0 {
			t.Errorf("a stray analyst reads %+v", rows)
		}
		list := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Analyst, ""))
		if len(list) != 1 || list[0].City.Code != "accra" {
			t.Errorf("the analyst lists %+v", list)
		}
		s := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Analyst, w.Mine.ID))
		if k := s.Answers["AA-01"]; k.By.Name != "" || k.By.Role != account.Coordinator || k.Value != "4" {
			t.Errorf("the analyst reads %+v", k)
		}
		if s := must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID, "AA-02")); len(s.Answers) != 0 {
			t.Errorf("one indicator asked for, %+v read", s)
		}
	})
}

func TestTheDemonstrationMark(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if must[bool](t)(s.Demonstration(ctx)) {
			t.Error("a fresh database is marked")
		}
		if err := s.MarkDemonstration(ctx); err != nil {
			t.Fatal(err)
		}
		if !must[bool](t)(s.Demonstration(ctx)) {
			t.Error("the mark is not there")
		}
	})
}

func TestEveryChangeLeavesAnAuditLine(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "1"))
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		if err := w.Store.Record(ctx, assessment.Event{At: storetest.Now, Action: "sign_in"}); err != nil {
			t.Fatal(err)
		}
		rows, err := storetest.Raw(t, w.Store).Query("SELECT action FROM audit ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []string
		for rows.Next() {
			var action string
			if err := rows.Scan(&action); err != nil {
				t.Fatal(err)
			}
			got = append(got, action)
		}
		want := []string{"city.add", "city.add", "round.add", "account.add", "account.add", "account.add", "account.add", "account.add", "account.add", "answer.save", "hand_in", "sign_in"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("the audit log has %v", got)
		}
	})
}

func TestATokenIsListedWithItsLastUseAndEndedByItsOwnerAlone(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		t0, by := storetest.Now, assessment.Author{Account: w.Analyst.Account, Role: account.Analyst}
		keep := func(hash string, scope account.Scope, round string, at time.Time) {
			t.Helper()
			if err := w.Store.KeepToken(ctx, hash, account.Token{Account: w.Analyst.Account, Name: "=R <b>", Scope: scope, Round: round, Created: at, Expires: t0.Add(time.Hour)}, by); err != nil {
				t.Fatal(err)
			}
		}
		keep("one", account.ScopeExport, w.Round.ID, t0.Add(-time.Hour))
		keep("two", account.ScopeAll, "", t0)
		a := must[account.Account](t)(w.Store.AccountByToken(ctx, "one", t0))
		if a.Token != account.ScopeExport || a.Only != w.Round.ID {
			t.Errorf("the token lets %+v act", a)
		}
		for _, later := range []time.Duration{time.Minute, 4 * time.Minute, 6 * time.Minute} { // noted anew after five minutes alone
			must[account.Account](t)(w.Store.AccountByToken(ctx, "one", t0.Add(later)))
		}
		all := must[[]account.Token](t)(w.Store.Tokens(ctx, w.Analyst.Account, t0))
		if len(all) != 2 || all[0].Scope != account.ScopeAll || !all[0].Used.IsZero() || all[1].Name != "=R <b>" || all[1].Round != w.Round.ID || !all[1].Used.Equal(t0.Add(6*time.Minute).Truncate(time.Microsecond)) || all[0].ID == all[1].ID || all[0].ID == "" {
			t.Errorf("%+v", all)
		}
		wantFault(t, w.Store.EndToken(ctx, w.Coordinator.Account, all[1].ID, by, t0), fault.NotFound)
		wantFault(t, w.Store.EndToken(ctx, w.Analyst.Account, "nothing", by, t0), fault.NotFound)
		if err := w.Store.EndToken(ctx, w.Analyst.Account, all[1].ID, by, t0); err != nil {
			t.Fatal(err)
		}
		_, err := w.Store.AccountByToken(ctx, "one", t0)
		wantFault(t, err, fault.NotFound)
		if left := must[[]account.Token](t)(w.Store.Tokens(ctx, w.Analyst.Account, t0.Add(2*time.Hour))); len(left) != 0 {
			t.Errorf("a token that has ended is listed: %+v", left)
		}
	})
}
