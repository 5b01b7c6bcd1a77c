package demo

import (
	"context"
	"time"

	"migov/assessment"
	"migov/assessment/account"
)

// reviewer looks at some of the fictional cities from outside.
const reviewer = "reviewer@ministry.example"

var reviewed = []string{"lindhaven", "port-ellery", "saint-aubry"}

// look asks the reviewer to look at cities that have handed in, and lets two things be said of the first.
func (s Seeder) look(ctx context.Context, places map[string]assessment.Assessment, people map[string]account.Account) error {
	panels := assessment.Panels{Store: s.Store, Besides: &assessment.Besides{Store: s.Store}, Now: func() time.Time { return s.Now.AddDate(0, 0, -4) }}
	for _, code := range reviewed {
		if err := panels.Assign(ctx, operator, places[code].ID, people[reviewer].ID); err != nil {
			return err
		}
	}
	a, err := s.Store.Account(ctx, people[reviewer].ID)
	if err != nil {
		return err
	}
	first := places[reviewed[0]]
	d, err := s.Drafts.Open(ctx, operator, first.ID)
	if err != nil {
		return err
	}
	proofs := assessment.Proofs{Store: s.Store, Questionnaires: s.Library, Now: func() time.Time { return s.Now.AddDate(0, 0, -3) }}
	said := 0
	for _, q := range d.Instrument.Indicators() {
		k := d.Sheet.Answers[q.ID]
		if k.Value != "3" && k.Value != "4" || said == 2 {
			continue
		}
		said++
		if said == 1 {
			err = proofs.Judge(ctx, a.Actor(), first.ID, q.ID, assessment.VerdictVerified, k.Version, "", "")
		} else {
			err = proofs.Judge(ctx, a.Actor(), first.ID, q.ID, assessment.VerdictChallenged, k.Version, "2", "The paper speaks of a trial in two districts, not of the whole city.")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
