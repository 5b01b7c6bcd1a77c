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
