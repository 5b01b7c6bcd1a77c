package store_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
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
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Foreign, w.Theirs.ID)) // nobody saved anything
		if got := must[[]int](t)(w.Store.ActiveMinutes(ctx, 20)); !reflect.DeepEqual(got, []int{10 + 2 + 15 + 7 + 4}) {
			t.Errorf("measured %v", got)
		}
	})
}

// guest is an account that waits to be accepted.
func guest(email string, role account.Role, city string) account.Account {
	return account.Account{Email: email, Name: "Guest", Role: role, City: city, Language: survey.English, Created: storetest.Now}
}

func TestAnInvitationDoesNotTakeItsAddress(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s, by := w.Store, assessment.Author{Account: w.Coordinator.Account, Role: account.Coordinator}
		joined := func(email string, role account.Role, city string) account.Account {
			a := guest(email, role, city)
			a.Password = "hash"
			return must[account.Account](t)(s.AddAccount(ctx, a, by))
		}
		there, here := joined("there@example.org", account.Contributor, w.Quito.ID), joined("here@example.org", account.Coordinator, w.Accra.ID)
		joined("analyst@example.org", account.Analyst, "")
		must[account.Account](t)(s.AddInvited(ctx, w.Foreign, guest("waits-there@example.org", account.Contributor, w.Quito.ID), by))
		must[account.Account](t)(s.AddInvited(ctx, w.Coordinator, guest("waits-here@example.org", account.Coordinator, w.Accra.ID), by))
		must[account.Account](t)(s.AddInvited(ctx, w.Coordinator, guest("helps-here@example.org", account.Contributor, w.Accra.ID), by))
		ended := must[account.Account](t)(s.AddInvited(ctx, w.Coordinator, guest("ended-here@example.org", account.Contributor, w.Accra.ID), by))
		gone := joined("gone@example.org", account.Contributor, w.Quito.ID)
		for _, a := range []account.Account{ended, gone} {
			if err := s.SetDisabled(ctx, a.ID, true, by); err != nil {
				t.Fatal(err)
			}
		}
		all := []string{"there", "here", "analyst", "waits-there", "waits-here", "helps-here", "ended-here", "gone", "nobody"}
		for _, test := range []struct {
			name string
			who  account.Actor
			sees []string // addresses that are answered as taken
		}{
			{"a coordinator sees the own team", w.Coordinator, []string{"here", "waits-here", "helps-here", "ended-here"}},
			{"an analyst sees who was invited as analysts invite", w.Analyst, []string{"waits-here"}},
			{"an administrator sees everybody", w.Admin, all[:8]},
			{"an operator sees everybody", w.Operator, all[:8]},
		} {
			for _, name := range all {
				a, err := s.AddInvited(ctx, test.who, guest(name+"@example.org", account.Approver, w.Accra.ID), by)
				if slices.Contains(test.sees, name) {
					wantFault(t, err, fault.Conflict)
					continue
				}
				if err != nil || a.Email != name+"@example.org" {
					t.Errorf("%s: %s is answered %+v, %v", test.name, name, a, err)
					continue
				}
				if _, err := s.Erase(ctx, a.ID, by, storetest.Now); err != nil { // so that the next one finds the address as it was
					t.Fatal(err)
				}
			}
		}
		for name, want := range map[string]account.Account{"there": there, "here": here} {
			if got := must[account.Account](t)(s.AccountByEmail(ctx, name+"@example.org")); got.ID != want.ID {
				t.Errorf("%s opens %+v", name, got)
			}
		}
	})
}

func TestOfInvitationsToOneAddressTheFirstAcceptedHasIt(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		s, by := w.Store, assessment.Author{Account: w.Coordinator.Account, Role: account.Coordinator}
		accepts := map[string]func(hash string) error{
			"a password": func(hash string) error {
				_, err := s.UseLink(ctx, hash, "Corrected", "hash", storetest.Now)
				return err
			},
			"an identity": func(hash string) error {
				_, err := s.UseInviteLink(ctx, hash, assessment.Identity{Issuer: "issuer", Subject: hash}, storetest.Now)
				return err
			},
		}
		for how, accept := range accepts {
			email := account.HashSecret(how) + "@example.org"
			ids, links := map[string]string{}, []string{how + " accra", how + " quito"}
			for i, city := range []string{w.Accra.ID, w.Quito.ID} {
				a := must[account.Account](t)(s.AddInvited(ctx, []account.Actor{w.Coordinator, w.Foreign}[i], guest(email, account.Contributor, city), by))
				ids[links[i]] = a.ID
				for _, l := range []assessment.Link{{Hash: links[i], By: by}, {Hash: "posted " + links[i], Beside: true}} {
					l.Account, l.Purpose, l.Expires = a.ID, assessment.InviteLink, storetest.Now.Add(time.Hour)
					if err := s.AddLink(ctx, l, storetest.Now); err != nil {
						t.Fatal(err)
					}
				}
			}
			if o := must[assessment.Opened](t)(s.PeekLink(ctx, links[0], storetest.Now)); o.Holder != "" || o.Posted || o.Account.Email != email {
				t.Errorf("%s: before anybody accepts: %+v", how, o)
			}
			var errs [2]error
			together(func() { errs[0] = accept(links[0]) }, func() { errs[1] = accept(links[1]) })
			first, second := links[0], links[1]
			if errs[0] != nil {
				first, second, errs[0], errs[1] = second, first, errs[1], errs[0]
			}
			if errs[0] != nil {
				t.Fatalf("%s: nobody got in: %v, %v", how, errs[0], errs[1])
			}
			wantFault(t, errs[1], fault.Conflict)
			if a := must[account.Account](t)(s.AccountByEmail(ctx, email)); a.ID != ids[first] {
				t.Errorf("%s: the address opens %+v", how, a)
			}
			for link, posted := range map[string]bool{second: false, "posted " + second: true} { // still there, and still refused
				if o := must[assessment.Opened](t)(s.PeekLink(ctx, link, storetest.Now)); o.Holder != ids[first] || o.Posted != posted {
					t.Errorf("%s: the link of the second leads to %+v", how, o)
				}
			}
			wantFault(t, accept(second), fault.Conflict)
			if a := must[account.Account](t)(s.Account(ctx, ids[second])); assessment.Joined(a) || a.Name != "Guest" || a.Email != email {
				t.Errorf("%s: the second is %+v", how, a)
			}
			before := waitingLetters(t, w, ids[second])
			if err := s.Forgotten(ctx, "key "+how, email, 3, storetest.Now.Add(-time.Hour), storetest.Now.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if got := waitingLetters(t, w, ids[second]); !reflect.DeepEqual(got, before) || waitingLetters(t, w, ids[first])["reset"] != 1 {
				t.Errorf("%s: forgotten, the second gets %v", how, got)
			}
			if _, err := s.Erase(ctx, ids[first], by, storetest.Now); err != nil { // gives the address back
				t.Fatal(err)
			}
			if err := accept(second); err != nil {
				t.Errorf("%s: after the first has left: %v", how, err)
			}
		}
	})
}

func TestAFormThatWasSentTwiceInvitesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		var errs [4]error
		work := make([]func(), len(errs))
		for i := range work {
			work[i] = func() {
				_, errs[i] = w.Store.AddInvited(ctx, w.Coordinator, guest("new@example.org", account.Contributor, w.Accra.ID), assessment.Author{})
			}
		}
		together(work...)
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else {
				wantFault(t, err, fault.Conflict)
			}
		}
		if made != 1 {
			t.Errorf("%d invitations", made)
		}
	})
}

func TestAForgottenPasswordRenewsTheNewestInvitation(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		one := must[account.Account](t)(w.Store.AddInvited(ctx, w.Coordinator, guest("new@example.org", account.Contributor, w.Accra.ID), assessment.Author{}))
		two := must[account.Account](t)(w.Store.AddInvited(ctx, w.Foreign, guest("new@example.org", account.Contributor, w.Quito.ID), assessment.Author{}))
		if err := w.Store.Forgotten(ctx, "key", "new@example.org", 3, storetest.Now.Add(-time.Hour), storetest.Now); err != nil {
			t.Fatal(err)
		}
		if a, b := waitingLetters(t, w, one.ID), waitingLetters(t, w, two.ID); a["invite"] != 0 || b["invite"] != 1 || a["reset"]+b["reset"] != 0 {
			t.Errorf("the letters are %v and %v", a, b)
		}
	})
}

func TestAnInvitationThatIsErasedHelpsNobodyGuess(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		there := guest("there@example.org", account.Contributor, w.Quito.ID)
		there.Password = "hash"
		must[account.Account](t)(w.Store.AddAccount(ctx, there, assessment.Author{}))
		key := "account:" + account.HashSecret(there.Email)
		if err := w.Store.AddFailure(ctx, key, storetest.Now); err != nil {
			t.Fatal(err)
		}
		a := must[account.Account](t)(w.Store.AddInvited(ctx, w.Coordinator, guest(there.Email, account.Contributor, w.Accra.ID), assessment.Author{}))
		must[int](t)(w.Store.Erase(ctx, a.ID, assessment.Author{}, storetest.Now))
		if n := must[int](t)(w.Store.Failures(ctx, key, time.Time{})); n != 1 {
			t.Errorf("%d failed tries are remembered", n)
		}
		if got := must[account.Account](t)(w.Store.Account(ctx, a.ID)); got.Email == there.Email {
			t.Error("the address is still kept")
		}
	})
}

func TestTheStepToInvitationsSetsAddressesFree(t *testing.T) {
	step := must[[]byte](t)(os.ReadFile("migrations/0009_invitations.sql"))
	_, move, _ := strings.Cut(string(step), "UPDATE account")
	each(t, func(t *testing.T, w *storetest.World) {
		joined, bound := guest("joined@example.org", account.Contributor, w.Quito.ID), guest("bound@example.org", account.Contributor, w.Quito.ID)
		joined.Noticed = "1"
		must[account.Account](t)(w.Store.AddAccount(ctx, joined, assessment.Author{}))
		bound = must[account.Account](t)(w.Store.AddAccount(ctx, bound, assessment.Author{}))
		if err := w.Store.LinkIdentity(ctx, bound.ID, assessment.Identity{Issuer: "issuer", Subject: "s"}, assessment.Author{}, storetest.Now); err != nil {
			t.Fatal(err)
		}
		waits := must[account.Account](t)(w.Store.AddAccount(ctx, guest("waits@example.org", account.Contributor, w.Quito.ID), assessment.Author{}))
		rowsOf(t, w, "UPDATE account SET email = invited, invited = '' WHERE invited <> ''") // as it was before the step
		if moved := rowsOf(t, w, "UPDATE account"+move); moved != 7 {
			t.Errorf("%d accounts wait, the six of this world and one more", moved)
		}
		if a := must[account.Account](t)(w.Store.Account(ctx, waits.ID)); a.Email != "waits@example.org" {
			t.Errorf("the address reads %q", a.Email)
		}
		for email, free := range map[string]bool{"joined@example.org": false, "bound@example.org": false, "waits@example.org": true} {
			a := guest(email, account.Contributor, w.Accra.ID)
			a.Password = "hash"
			if _, err := w.Store.AddAccount(ctx, a, assessment.Author{}); (err == nil) != free {
				t.Errorf("%s: %v", email, err)
			}
		}
	})
}
