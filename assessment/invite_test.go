package assessment_test

import (
	"context"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

func TestALetterMakesALinkOfItsOwn(t *testing.T) {
	w := world(t)
	crowd := w.Crowd
	crowd.Mail = true
	a, copied, err := crowd.Ask(ctx, w.Coordinator, account.Account{Email: "New@example.org", Name: " New ", Role: account.Contributor, Language: survey.French, Rounds: []string{w.Round.ID}})
	if err != nil || a.City != w.Accra.ID || a.Rounds != nil || a.Name != "New" {
		t.Fatalf("%+v, %v", a, err)
	}
	sent, life, err := crowd.LetterLink(ctx, a.ID, assessment.LetterInvite)
	if err != nil || life != 7*24*time.Hour || sent == copied {
		t.Fatalf("%v, %v", life, err)
	}
	for name, secret := range map[string]string{"copied": copied, "sent": sent} {
		if o, err := crowd.Peek(ctx, account.Actor{}, secret, "here"); err != nil || o.Purpose != assessment.InviteLink || o.By.Role != account.Coordinator || o.By.Name != "" {
			t.Errorf("the link %s leads to %+v, %v", name, o, err)
		}
	}
	if _, err := crowd.Accept(ctx, sent, "", "correct horse battery staple"); err != nil {
		t.Fatal(err)
	}
	_, err = crowd.Accept(ctx, copied, "", "correct horse battery staple")
	wantFault(t, err, fault.NotFound)
	_, _, err = crowd.LetterLink(ctx, a.ID, assessment.LetterInvite) // a letter that waited a day at a mail server
	wantFault(t, err, fault.NotFound)
	if _, life, err := crowd.LetterLink(ctx, a.ID, assessment.LetterReset); err != nil || life != 30*time.Minute {
		t.Errorf("a reset lasts %v, %v", life, err)
	}
	kinds := map[string]int{}
	for {
		l, found, err := w.Store.Claim(ctx, w.Crowd.Now())
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		kinds[l.Kind]++
		for _, text := range append([]string{l.Href}, values(l.Args)...) {
			if text == copied || text == sent {
				t.Error("a letter that waits holds a secret")
			}
		}
	}
	if kinds[assessment.LetterInvite] != 1 {
		t.Errorf("the letters are %v", kinds)
	}
	if _, _, err := w.Crowd.Ask(ctx, w.Coordinator, account.Account{Email: "other@example.org", Name: "Other", Role: account.Contributor, Language: survey.French}); err != nil {
		t.Fatal(err)
	}
	if l, found, _ := w.Store.Claim(ctx, w.Crowd.Now().Add(time.Hour)); found && l.Kind == assessment.LetterInvite && l.Account != a.ID {
		t.Error("without mail a letter was written")
	}
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// minutes is a store that knows only how long the work took.
type minutes struct {
	assessment.Store
	are []int
}

func (m minutes) ActiveMinutes(context.Context, int) ([]int, error) { return m.are, nil }

func TestHowLongItTakesIsTheMedianOfAtLeastThree(t *testing.T) {
	for _, c := range []struct {
		name  string
		are   []int
		known int
		want  int
	}{
		{"none", nil, 0, 0},
		{"two tell nothing", []int{60, 70}, 2, 0},
		{"three: the middle one", []int{600, 60, 90}, 3, 90},
		{"four: the mean of the two in the middle, half up", []int{10, 600, 61, 90}, 4, 76},
	} {
		e, err := assessment.Crowd{Store: minutes{are: c.are}}.Effort(ctx)
		if err != nil || e.Known != c.known || e.Minutes != c.want {
			t.Errorf("%s: %+v, %v", c.name, e, err)
		}
	}
}

func TestWhoIsToldThatAnAddressHasAnAccount(t *testing.T) {
	invited := assessment.Opened{Account: account.Account{ID: "invited"}, Purpose: assessment.InviteLink}
	link := func(holder string, posted bool) assessment.Opened {
		o := invited
		o.Holder, o.Posted = holder, posted
		return o
	}
	for _, test := range []struct {
		name   string
		link   assessment.Opened
		who    string // account that is signed in
		says   bool
		holder string
	}{
		{"nobody has the address", link("", false), "", true, ""},
		{"nobody has the address to which a letter went", link("", true), "", true, ""},
		{"a copied link says nothing of the address: whoever invited has it too", link("there", false), "", true, ""},
		{"a link from a letter was read at the address", link("there", true), "", true, "there"},
		{"whoever is signed in at the address opens a copied link", link("there", false), "there", true, "there"},
		{"whoever is signed in at the address opens one from a letter", link("there", true), "there", true, "there"},
		{"whoever invited is signed in", link("there", false), "coordinator", false, ""},
		{"somebody else opens a link from a letter", link("there", true), "coordinator", false, ""},
		{"somebody else opens the link of an address that nobody has", link("", true), "coordinator", false, ""},
		{"the account itself, with a link for a password", link("", false), "invited", true, ""},
	} {
		o, says := test.link.SeenBy(account.Actor{Account: test.who})
		if says != test.says || o.Holder != test.holder {
			t.Errorf("%s: %v, %q", test.name, says, o.Holder)
		}
	}
}

func TestWhoseAddressAnInviterSees(t *testing.T) {
	waits := func(r account.Role) account.Account {
		return account.Account{Email: "a@example.org", Name: "A", Role: r}
	}
	joined := func(r account.Role) account.Account {
		a := waits(r)
		a.Noticed = "1"
		return a
	}
	for _, test := range []struct {
		name string
		who  account.Role
		is   account.Account
		sees bool
	}{
		{"a coordinator, of the own team", account.Coordinator, joined(account.Contributor), true},
		{"an administrator, of anybody", account.Admin, joined(account.Analyst), true},
		{"an analyst, of a coordinator who was invited", account.Analyst, waits(account.Coordinator), true},
		{"an analyst, of an approver who was invited", account.Analyst, waits(account.Approver), true},
		{"an analyst, of a contributor who was invited", account.Analyst, waits(account.Contributor), false},
		{"an analyst, of a coordinator who has joined", account.Analyst, joined(account.Coordinator), false},
	} {
		a := assessment.SeenBy(account.Actor{Role: test.who}, test.is)
		if (a.Email != "") != test.sees || (a.Name != "") != test.sees {
			t.Errorf("%s: %+v", test.name, a)
		}
	}
}

func TestAnInvitationIsAnsweredTheSameWhoeverHasTheAddress(t *testing.T) {
	w := world(t)
	taken := w.Person(t, account.Contributor, w.Quito.ID)
	elsewhere, err := w.Store.Account(ctx, taken.Account)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Store.SetPassword(ctx, elsewhere.ID, "hash", assessment.Author{}); err != nil {
		t.Fatal(err)
	}
	ask := func(email string) (account.Account, string, error) {
		return w.Crowd.Ask(ctx, w.Coordinator, account.Account{Email: email, Name: "New", Role: account.Contributor, Language: survey.French})
	}
	for _, email := range []string{elsewhere.Email, "nobody@example.org"} {
		a, secret, err := ask(email)
		if err != nil || a.Email != email || assessment.Joined(a) || secret == "" {
			t.Fatalf("%s: %+v, %v", email, a, err)
		}
		if o, err := w.Crowd.Peek(ctx, account.Actor{}, secret, "here"); err != nil || o.Holder != "" || o.Account.ID != a.ID {
			t.Errorf("%s: the copied link leads to %+v, %v", email, o, err)
		}
		_, _, err = ask(email)
		wantFault(t, err, fault.Conflict) // by now it is somebody of the own team
		if _, _, err := w.Crowd.Renew(ctx, w.Coordinator, a.ID); err != nil {
			t.Errorf("%s: a new link: %v", email, err)
		}
		letter, _, err := w.Crowd.LetterLink(ctx, a.ID, assessment.LetterInvite)
		if err != nil {
			t.Fatal(err)
		}
		if o, err := w.Crowd.Peek(ctx, account.Actor{}, letter, "here"); err != nil || (o.Holder != "") != (email == elsewhere.Email) {
			t.Errorf("%s: the link of the letter leads to %+v, %v", email, o, err)
		}
		_, err = w.Crowd.Accept(ctx, letter, "", "correct horse battery staple")
		if email == elsewhere.Email {
			wantFault(t, err, fault.Conflict)
		} else if err != nil {
			t.Error(err)
		}
	}
	if a, err := w.Store.AccountByEmail(ctx, elsewhere.Email); err != nil || a.ID != elsewhere.ID || a.Password != "hash" {
		t.Errorf("the address opens %+v, %v", a, err)
	}
}
