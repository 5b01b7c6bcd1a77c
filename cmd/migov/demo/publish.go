package demo

import (
	"context"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
)

// shown is the city that shows its profile to everybody.
const shown = "port-ellery"

// show completes the review of a city and publishes its profile, as an analyst and an approver of the city would. Nobody signs in
// as that approver, so that no second factor is asked.
func (s Seeder) show(ctx context.Context, a assessment.Assessment) error {
	now := func() time.Time { return s.Now.AddDate(0, 0, -2) }
	if err := s.Store.Validate(ctx, operator, a.ID, assessment.Author{Role: account.Operator}, now()); err != nil {
		return err
	}
	p := assessment.Publishing{Store: s.Store, Besides: &assessment.Besides{Store: s.Store}, Questionnaires: s.Library, Now: now}
	approver := account.Account{Role: account.Approver, City: a.City.ID}
	scope := publish.Scope(publish.Parts)
	preview, err := p.Preview(ctx, approver.Actor(), a.ID, scope)
	if err != nil {
		return err
	}
	return p.Publish(ctx, approver, a.ID, assessment.ConsentGiven{Scope: scope, Audience: publish.Public, Hash: preview.Hash, Terms: publish.TermsVersion})
}
