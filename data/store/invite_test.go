package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

// link makes a link of an hour for the contributor of Accra.
func link(w *storetest.World, hash string, beside bool) assessment.Link {
	return assessment.Link{Hash: hash, Account: w.Contributor.Account, Purpose: assessment.InviteLink, Expires: storetest.Now.Add(time.Hour), Beside: beside,
		By: assessment.Author{Account: w.Coordinator.Account, Role: account.Coordinator}}
}

func TestALinkServesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		add := func(l assessment.Link) {
			t.Helper()
			if err := w.Store.AddLink(ctx, l, storetest.Now); err != nil {
				t.Fatal(err)
			}
		}
		use := func(hash string, at time.Time) error {
			_, err := w.Store.UseLink(ctx, hash, "Housing", "hash", at)
			return err
		}
		add(link(w, "one", false))
		o := must[assessment.Opened](t)(w.Store.PeekLink(ctx, "one", storetest.Now))
		if o.Account.ID != w.Contributor.Account || o.By.Account != w.Coordinator.Account || o.By.Role != account.Coordinator || o.Purpose != assessment.InviteLink {
			t.Errorf("the link leads to %+v", o)
		}
		wantFault(t, use("one", storetest.Now.Add(2*time.Hour)), fault.NotFound)
		wantFault(t, use("none", storetest.Now), fault.NotFound)
		add(link(w, "two", false)) // ends the first
		wantFault(t, use("one", storetest.Now), fault.NotFound)
		letter := link(w, "three", true) // stays beside the second
		letter.By = assessment.Author{}
		add(letter)
		if o := must[assessment.Opened](t)(w.Store.PeekLink(ctx, "three", storetest.Now)); o.By.Role != account.Coordinator {
			t.Errorf("the link of the letter was made by %+v", o.By)
		}
		if err := w.Store.KeepSession(ctx, assessment.Session{Hash: "s", Account: w.Contributor.Account, Data: []byte("data"), Expires: time.Now().Add(time.Hour)}, true, time.Now()); err != nil {
			t.Fatal(err)
		}
		var errs [8]error
		work := make([]func(), len(errs))
		for i := range work {
			work[i] = func() { errs[i] = use([]string{"two", "three"}[i%2], storetest.Now) }
		}
		together(work...)
		used := 0
		for _, err := range errs {
			if err == nil {
				used++
			} else {
				wantFault(t, err, fault.NotFound)
			}
		}
		if a := must[account.Account](t)(w.Store.Account(ctx, w.Contributor.Account)); used != 1 || a.Password != "hash" || a.Name != "Housing" {
			t.Errorf("used %d times, the account is %+v", used, a)
		}
		if _, err := w.Store.Session(ctx, "s", time.Now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("a session goes on with the old password: %v", err)
		}
		add(link(w, "four", false))
		if err := w.Store.SetDisabled(ctx, w.Contributor.Account, true, assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		wantFault(t, use("four", storetest.Now), fault.NotFound)
		_, err := w.Store.PeekLink(ctx, "four", storetest.Now)
		wantFault(t, err, fault.NotFound)
		wantFault(t, w.Store.AddLink(ctx, link(w, "five", false), storetest.Now), fault.NotFound)
	})
}

// rowsOf runs a statement past the store and counts the rows it touched.
func rowsOf(t *testing.T, w *storetest.World, statement string) int {
	t.Helper()
	done, err := storetest.Raw(t, w.Store).Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// waitingLetters counts the letters that wait for an account, by kind.
func waitingLetters(t *testing.T, w *storetest.World, id string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, kind := range []string{assessment.LetterInvite, assessment.LetterReset} {
		out[kind] = rowsOf(t, w, fmt.Sprintf("UPDATE letter SET due = due WHERE account_id = '%s' AND kind = '%s' AND sent IS NULL", id, kind))
	}
	return out
}

func TestAForgottenPasswordWritesALetterToWhoeverHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		person := must[account.Account](t)(w.Store.Account(ctx, w.Contributor.Account))
		ask := func(email string, at time.Time) {
			t.Helper()
			if err := w.Store.Forgotten(ctx, "key "+email, email, 3, at.Add(-time.Hour), at); err != nil {
				t.Fatal(err)
			}
		}
		ask(person.Email, storetest.Now)
		if got := waitingLetters(t, w, person.ID); got["invite"] != 1 || got["reset"] != 0 {
			t.Errorf("somebody who has not joined gets %v", got)
		}
		if err := w.Store.SetPassword(ctx, person.ID, "hash", assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			ask(person.Email, storetest.Now)
		}
		if got := waitingLetters(t, w, person.ID); got["invite"] != 1 || got["reset"] != 2 {
			t.Errorf("after six wishes in an hour: %v", got)
		}
		ask(person.Email, storetest.Now.Add(time.Hour+time.Second))
		if got := waitingLetters(t, w, person.ID); got["reset"] != 3 {
			t.Errorf("an hour later: %v", got)
		}
		all := func() int { return rowsOf(t, w, "UPDATE letter SET due = due") }
		before := all()
		ask("nobody@example.org", storetest.Now)
		if err := w.Store.SetDisabled(ctx, person.ID, true, assessment.Author{}); err != nil {
			t.Fatal(err)
		}
		ask(person.Email, storetest.Now.Add(3*time.Hour))
		if after := all(); after != before {
			t.Errorf("%d letters to nobody and to an account that has ended", after-before)
		}
	})
}

func TestPeopleAndPlacesWithinReach(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		w.City(t, "lima", "Lima", "PE")
		ids := func(all []account.Account, err error) (out []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				out = append(out, a.ID)
			}
			return out
		}
		codes := func(all []assessment.City, err error) (out []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				out = append(out, c.Code)
			}
			return out
		}
		for _, test := range []struct {
			name   string
			who    account.Actor
			people int
			places []string
		}{
			{"an administrator", w.Admin, 6, []string{"accra", "lima", "quito"}},
			{"an operator", w.Operator, 6, []string{"accra", "lima", "quito"}},
			{"a coordinator", w.Coordinator, 2, []string{"accra"}},
			{"another coordinator", w.Foreign, 1, []string{"quito"}},
			{"an analyst of a round", w.Analyst, 3, []string{"accra", "quito"}},
			{"an analyst of no round", w.Stray, 0, nil},
			{"a contributor", w.Contributor, 0, nil},
			{"nobody", account.Actor{}, 0, nil},
			{"a coordinator of no city", account.Actor{Role: account.Coordinator}, 0, nil},
		} {
			if got := ids(w.Store.People(ctx, test.who)); len(got) != test.people {
				t.Errorf("%s reaches %v, want %d", test.name, got, test.people)
			}
			if got := codes(w.Store.Places(ctx, test.who)); !reflect.DeepEqual(got, test.places) {
				t.Errorf("%s invites to %v, want %v", test.name, got, test.places)
			}
		}
	})
}

func TestTheLastCoordinatorOfACityStays(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		first := must[account.Account](t)(w.Store.Account(ctx, w.Coordinator.Account))
		second := must[account.Account](t)(w.Store.Account(ctx, w.Person(t, account.Coordinator, w.Accra.ID).Account))
		join := func(a account.Account) {
			t.Helper()
			if err := w.Store.SetPassword(ctx, a.ID, "hash", assessment.Author{}); err != nil {
				t.Fatal(err)
			}
		}
		end := func(a account.Account, disabled bool) error {
			return w.Store.SetDisabled(ctx, a.ID, disabled, assessment.Author{})
		}
		join(first)
		wantFault(t, end(first, true), fault.Conflict) // the second has not joined yet
		demoted := first
		demoted.Role = account.Contributor
		wantFault(t, w.Store.ChangePerson(ctx, demoted, assessment.Author{}, storetest.Now), fault.Conflict)
		join(second)
		var errs [2]error
		together(func() { errs[0] = end(first, true) }, func() { errs[1] = end(second, true) })
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("ending both at the same moment: %v, %v", errs[0], errs[1])
		}
		if err := end(first, false); err != nil {
			t.Fatal(err)
		}
		if err := end(second, false); err != nil {
			t.Fatal(err)
		}
		demoted.Department, demoted.Language = "Housing", survey.French
		if err := w.Store.ChangePerson(ctx, demoted, assessment.Author{}, storetest.Now); err != nil {
			t.Fatal(err)
		}
		if got := must[account.Account](t)(w.Store.Account(ctx, first.ID)); got.Role != account.Contributor || got.Department != "Housing" || got.Language != survey.French {
			t.Errorf("changed to %+v", got)
		}
		wantFault(t, end(account.Account{ID: "none"}, true), fault.NotFound)
	})
}

func TestTheMinutesOfWorkAreMeasured(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save := func(who account.Actor, minute int, source string) {
			t.Helper()
			m := storetest.Explain("AA-01", 0, fmt.Sprint(who.Account, minute))
			m.Source = source
			o := w.Order(who, m)
			o.At = storetest.Now.Add(time.Duration(minute) * time.Minute)
			must[[]assessment.Saved](t)(w.Store.Save(ctx, who, o))
		}
		for _, minute := range []int{0, 10, 12, 27, 43, 50} { // gaps 10, 2, 15, 16 (a pause), 7
			save(w.Contributor, minute, "form")
		}
		save(w.Coordinator, 5, "script") // gap 4
		save(w.Coordinator, 9, "script")
		save(w.Coordinator, 11, "import")
		if got := must[[]int](t)(w.Store.ActiveMinutes(ctx, 20)); len(got) != 0 {
			t.Errorf("before anything is handed in: %v", got)
		}
		must[assessment.Assessment](t)(w.Store.SetHandedIn(ctx, w.Coordinator, w.Mine.ID, true, assessment.Author{}, storetest.Now))
		must[assessment.Assessment](t)(w.Store.SetHandedIn(ctx, w.Foreign, w.Theirs.ID, true, assessment.Author{}, storetest.Now)) // nobody saved anything
		if got := must[[]int](t)(w.Store.ActiveMinutes(ctx, 20)); !reflect.DeepEqual(got, []int{10 + 2 + 15 + 7 + 4}) {
			t.Errorf("measured %v", got)
		}
	})
}
