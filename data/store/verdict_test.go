package store_test

import (
	"strings"
	"testing"

	"migov/assessment"
	"migov/data/store/storetest"
)

func TestWhoIsToldOfAVerdict(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "3"))))
		parts := assessment.Parts{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}
		must[any](t)(nil, parts.Assign(ctx, w.Coordinator, w.Mine.ID, assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account}))
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		proofs := assessment.Proofs{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
		must[any](t)(nil, proofs.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictVerified, 1, "", ""))
		must[any](t)(nil, proofs.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictChallenged, 1, "", "It ends before the round."))
		must[any](t)(nil, proofs.Judge(ctx, w.Analyst, w.Mine.ID, "AA-01", assessment.VerdictWithdrawn, 1, "", ""))
		for name, test := range map[string]struct{ account, want string }{
			"the coordinator":        {w.Coordinator.Account, "verified challenged"},
			"whose part it is":       {w.Contributor.Account, "verified challenged"},
			"the reviewer":           {w.Analyst.Account, ""},
			"people of other cities": {w.Foreign.Account, ""},
		} {
			var got []string
			for _, n := range must[[]assessment.Notice](t)(w.Store.Unread(ctx, test.account)) {
				if n.Args["Indicator"] != "" {
					got = append(got, string(n.Kind))
					if n.Args["Questionnaire"] != w.Instrument.Name() || n.Args["By"] != "" || n.Args["Role"] != "analyst" {
						t.Errorf("%s: the notice says %v", name, n.Args)
					}
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s: told %v, want %q", name, got, test.want)
			}
		}
	})
}
