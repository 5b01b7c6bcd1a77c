package demo

import (
	"context"
	"fmt"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/publish"
)

// shown is the city that shows its profile to everybody; consenting are those that show their numbers to their peers.
const shown = "port-ellery"

var consenting = []string{"nakuvale", "mavunda", "tambore-do-vale", "villa-corriente", "costa-merina", "saint-aubry", "sungai-melor", "banari", "kasbah-nour", "oumberra", "rio-sereno",
	"nordmarsk", "valdoria", "lumbang-hilir"}

// show completes the reviews of cities and publishes what they consent to, as an analyst and approvers of the cities would. Nobody
// signs in as these approvers, so that no second factor is asked.
func (s Seeder) show(ctx context.Context, places map[string]assessment.Assessment) error {
	if err := s.publish(ctx, places[shown], publish.Parts, publish.Public); err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	for _, code := range consenting {
		if err := s.begin(ctx, places[code]); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
		if err := s.publish(ctx, places[code], publish.Scope{publish.Numbers}, publish.Peers); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
	}
	return nil
}

// begin begins the review of a city: the first answer of level 3 or 4 is verified.
func (s Seeder) begin(ctx context.Context, a assessment.Assessment) error {
	d, err := s.Drafts.Open(ctx, operator, a.ID)
	if err != nil {
		return err
	}
	proofs := assessment.Proofs{Store: s.Store, Questionnaires: s.Library, Now: func() time.Time { return s.Now.AddDate(0, 0, -3) }}
	for _, q := range d.Instrument.Indicators() {
		if k := d.Sheet.Answers[q.ID]; k.Value == "3" || k.Value == "4" {
			return proofs.Judge(ctx, operator, a.ID, q.ID, assessment.VerdictVerified, k.Version, "", "")
		}
	}
	return nil
}

func (s Seeder) publish(ctx context.Context, a assessment.Assessment, scope publish.Scope, audience publish.Audience) error {
	now := func() time.Time { return s.Now.AddDate(0, 0, -2) }
	if err := s.Store.Validate(ctx, operator, a.ID, assessment.Author{Role: account.Operator}, now()); err != nil {
		return err
	}
	p := assessment.Publishing{Store: s.Store, Besides: &assessment.Besides{Store: s.Store}, Questionnaires: s.Library, Now: now}
	approver := account.Account{Role: account.Approver, City: a.City.ID}
	preview, err := p.Preview(ctx, approver.Actor(), a.ID, scope)
	if err != nil {
		return err
	}
	return p.Publish(ctx, approver, a.ID, assessment.ConsentGiven{Scope: scope, Audience: audience, Hash: preview.Hash, Terms: publish.TermsVersion})
}
