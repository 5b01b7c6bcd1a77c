package demo

import (
	"context"
	"fmt"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// colleague is somebody of a fictional city who is there to be given parts, and signs in as nobody.
type colleague struct {
	email, name, department string
	language                survey.Language
	left                    bool
}

// share is a part of a fictional city's assessment: to a person, by address, or to a department.
type share struct {
	ref, to, department string
	due                 int // days from the day of seeding
	note                string
	opened              bool
}

// work is how the cities with people divide theirs.
var work = []struct {
	city, coordinator, approver string
	consents                    bool // the approver has consented to what stands
	colleagues                  []colleague
	shares                      []share
}{
	{"marsa-selwa", "coordinator@marsa-selwa.example", "approver@marsa-selwa.example", false, []colleague{
		{"social@marsa-selwa.example", "Social services", "Social services", survey.English, false},
		{"planning@marsa-selwa.example", "Planning department", "Planning", survey.English, false},
		{"economy@marsa-selwa.example", "Economic development", "Economy", survey.English, false},
		{"legal@marsa-selwa.example", "Legal office", "Legal affairs", survey.English, true},
	}, []share{
		{"MR.1", "", "Social services", 5, "", true},
		{"MR.2", "coordinator@marsa-selwa.example", "", 9, "", true},
		{"MR.3", "legal@marsa-selwa.example", "", 12, "The rules on complaints are with the registry.", false},
		{"WG", "coordinator@marsa-selwa.example", "", 14, "", true},
		{"WG.5", "planning@marsa-selwa.example", "", 14, "", false},
		{"PA", "planning@marsa-selwa.example", "", 3, "", true},
		{"SW", "economy@marsa-selwa.example", "", -2, "", true},
		{"SW.4", "", "Housing", 7, "The rent survey of last spring has the figures.", true},
		{"CR", "", "Social services", 8, "", false},
		{"CR.3", "", "Housing", 4, "", false},
		{"SO.1", "", "Social services", 12, "", true},
	}},
	{"qasr-yanbou", "coordinator@qasr-yanbou.example", "approver@qasr-yanbou.example", true, []colleague{
		{"social@qasr-yanbou.example", "الخدمات الاجتماعية", "الخدمات الاجتماعية", survey.Arabic, false},
		{"housing@qasr-yanbou.example", "إدارة الإسكان", "الإسكان", survey.Arabic, false},
	}, []share{
		{"MR", "", "الخدمات الاجتماعية", 6, "", true},
		{"WG", "coordinator@qasr-yanbou.example", "", 9, "", true},
		{"SW.4", "", "الإسكان", 4, "أرقام مسح الإيجارات عند إدارة الإسكان.", true},
		{"CR", "", "الخدمات الاجتماعية", -3, "", false},
		{"SO", "coordinator@qasr-yanbou.example", "", 11, "", true},
	}},
}

// divide gives the cities with people their colleagues, divides the work, and lets an approver consent.
func (s Seeder) divide(ctx context.Context, places map[string]assessment.Assessment, people map[string]account.Account) error {
	besides := &assessment.Besides{Store: s.Store}
	given := func() time.Time { return s.Now.AddDate(0, 0, -10) }
	parts := assessment.Parts{Store: s.Store, Besides: besides, Questionnaires: s.Library, Now: given}
	consents := assessment.SignOffs{Store: s.Store, Besides: besides, Now: func() time.Time { return s.Now.AddDate(0, 0, -1) }}
	by := assessment.Author{Role: account.Operator}
	for _, w := range work {
		a := places[w.city]
		for _, c := range w.colleagues {
			x, _, err := s.Crowd.Invite(ctx, account.Account{Email: c.email, Name: c.name, Role: account.Contributor, City: a.City.ID, Language: c.language, Department: c.department}, by)
			if err != nil {
				return err
			}
			people[c.email] = x
		}
		coordinator := people[w.coordinator].Actor()
		var all []assessment.PartGiven
		for _, x := range w.shares {
			all = append(all, assessment.PartGiven{Ref: x.ref, Account: people[x.to].ID, Department: x.department, Note: x.note, Due: s.Now.AddDate(0, 0, x.due).UTC().Format(time.DateOnly)})
		}
		if err := parts.Assign(ctx, coordinator, a.ID, all...); err != nil {
			return fmt.Errorf("%s: %w", w.city, err)
		}
		if err := s.open(ctx, parts, coordinator, a.ID, w.shares); err != nil {
			return err
		}
		for _, c := range w.colleagues {
			if !c.left {
				continue
			}
			if err := s.Store.SetDisabled(ctx, people[c.email].ID, true, by); err != nil {
				return err
			}
		}
		if !w.consents {
			continue
		}
		approver := people[w.approver].Actor()
		now, err := consents.Of(ctx, approver, a.ID)
		if err != nil {
			return err
		}
		if err := consents.Consent(ctx, approver, a.ID, now.Seq); err != nil {
			return err
		}
	}
	return nil
}

// open opens parts as those whose parts they are would.
func (s Seeder) open(ctx context.Context, parts assessment.Parts, who account.Actor, id string, shares []share) error {
	a, err := s.Store.Assessment(ctx, who, id)
	if err != nil {
		return err
	}
	b, err := parts.Besides.Of(ctx, who, a)
	if err != nil {
		return err
	}
	opened := map[string]bool{}
	for _, x := range shares {
		opened[x.ref] = x.opened
	}
	parts.Now = func() time.Time { return s.Now.AddDate(0, 0, -8) }
	for _, p := range b.Parts {
		people := b.PeopleOf(p.Owner())
		if !opened[p.Ref] || len(people) == 0 {
			continue
		}
		if err := parts.Opened(ctx, account.Actor{Account: people[0], Role: account.Contributor, City: a.City.ID}, id, p); err != nil {
			return err
		}
	}
	return nil
}
