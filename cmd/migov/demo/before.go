package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// again is the city that has answered before: its answers of the round before can be carried over into this one, in which
// it has answered nothing yet.
const again = "tukaroa"

// earlier are the cities of the round before. All but the first have handed in again, so that their change is told.
var earlier = []string{again, "nakuvale", "mavunda", "tambore-do-vale", "villa-corriente", "lindhaven", "nordmarsk", "banari"}

// edits make the questionnaire of the round before out of the one of today: what was asked then is put in the place of what
// is asked now. One option was not offered yet.
var edits = strings.NewReplacer(
	`version: "1.0.0"`, `version: "0.9.0"`,
	"Which migrants living in the city can use public primary health care?", "Can migrants use public health care in the city?",
	"Quelles personnes migrantes vivant dans la ville peuvent recevoir des soins de santé primaires publics ?", "Les personnes migrantes peuvent-elles utiliser les soins de santé publics dans la ville ?",
	"¿Qué personas migrantes que viven en la ciudad pueden recibir atención primaria de salud pública?", "¿Pueden las personas migrantes usar la atención de salud pública en la ciudad?",
	"من هم المهاجرون المقيمون في المدينة الذين يمكنهم الاستفادة من الرعاية الصحية الأولية العامة؟", "هل يمكن للمهاجرين الاستفادة من الرعاية الصحية العامة في المدينة؟",
	"Everyone with regular status can use public primary health care on the same terms as nationals.", "All residents with regular status can use public health care.",
	"              - {id: stateless_people,", "              # ")

// roundBefore opens the round before for one city, on a questionnaire in which some questions were asked in another way. It
// comes before the round of today, because the newest round before is what a city carries over from.
func (s Seeder) roundBefore(ctx context.Context, today *survey.Instrument) error {
	by := assessment.Author{Role: account.Operator}
	in, problems := survey.Decode([]byte(edits.Replace(string(today.Source))))
	if in == nil {
		return fmt.Errorf("the questionnaire of the round before: %v", problems)
	}
	if err := s.Store.AddInstrument(ctx, in, by); err != nil {
		return err
	}
	if err := s.Library.Add(in); err != nil {
		return err
	}
	due := s.Now.AddDate(-1, 0, 25).UTC().Truncate(24 * time.Hour)
	_, err := s.Store.AddRound(ctx, assessment.Round{Code: Before, Title: "Demonstration round 2025", Instrument: in.Name(), Due: due}, in, s.Library.Scheme(in), earlier, by)
	return err
}

// kept are pieces of evidence of the round before; one has expired since.
var kept = []piece{
	{proof: assessment.Proof{Title: "Convention avec le service d’interprètes", Link: "https://example.org/tukaroa/interpretes"}, cited: [][2]string{{"MR-08", "article 2"}}, days: -30},
	{proof: assessment.Proof{Title: "Plan d’accueil", Link: "https://example.org/tukaroa/plan"}, cited: [][2]string{{"WG-08", "page 4"}, {"MR-01", "page 7"}}},
}

// lastYear answers the round before and hands it in, a year ago.
func (s Seeder) lastYear(ctx context.Context) error {
	all, err := s.Store.Assessments(ctx, operator, Before)
	if err != nil {
		return err
	}
	s.Now = s.Now.AddDate(-1, 0, 0)
	s.Drafts.Now = func() time.Time { return s.Now }
	for _, a := range all {
		for _, p := range cities {
			if p.code != a.City.Code {
				continue
			}
			p.state, p.unknown = complete, .06
			if p.code == again {
				p.level = [6]float64{1.8, 2.2, 2.4, 1.6, 1.9, 1.4}
			}
			for i := range p.level { // a year ago
				p.level[i] = max(.5, p.level[i]-.2*float64((i+len(p.code))%4))
			}
			if err := s.fill(ctx, s.instrument(a), p, a); err != nil {
				return err
			}
		}
		early := assessment.Proofs{Store: s.Store, Questionnaires: s.Library, Now: s.Drafts.Now}
		for _, x := range kept {
			if a.City.Code != again {
				break
			}
			if err := s.cite(ctx, early, account.Actor{Role: account.Coordinator, City: a.City.ID}, a, x); err != nil {
				return err
			}
		}
		if _, err := s.Drafts.HandIn(ctx, operator, a.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s Seeder) instrument(a assessment.Assessment) *survey.Instrument {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, _ := s.Library.Find(code, version)
	return in
}
