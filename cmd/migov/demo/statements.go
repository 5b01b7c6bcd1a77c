package demo

import (
	"context"
	"time"

	"migov/assessment"
	"migov/assessment/reality"
	"migov/assessment/survey"
)

// toldOf is the invented country of which national statements are kept: the one with the most cities that hand in, so that
// its counts may be told; of several, the last by code.
func toldOf() (country string) {
	handed := map[string]int{}
	for _, p := range cities {
		if p.state == handedIn {
			handed[p.country]++
		}
	}
	for c, n := range handed {
		if n > handed[country] || n == handed[country] && c > country {
			country = c
		}
	}
	return country
}

// invented stands before every text, by its language, so that nobody takes one for a finding.
var invented = map[string]string{"en": "Invented for this demonstration: ", "fr": "Inventé pour cette démonstration : "}

// statements are what invented papers say. Those without a source stay drafts.
var statements = []struct {
	indicator      string
	says           reality.Says
	text, where    string
	language, date string
}{
	{"MR-01", reality.InPlace, "primary health care is open to every resident, whatever the residence status.", "Health act, article 4", "en", "2022-01-15"},
	{"MR-05", reality.Partly, "help against discrimination on the housing market exists in some regions and is being extended.", "National strategy, section 2.3", "en", "2024-05-06"},
	{"MR-12", reality.NotInPlace, "no rule yet says that municipal services need not report a residence status.", "National strategy, section 2.6", "en", "2024-05-06"},
	{"WG-04", reality.InPlace, "the ministry and the municipalities meet four times a year on migration.", "National strategy, section 5.1", "en", "2024-05-06"},
	{"WG-06", reality.InPlace, "municipalities are heard before places of reception are distributed.", "Reception act, article 12", "en", "2023-09-01"},
	{"WG-07", reality.Partly, "les compétences de l’État et des communes sont décrites pour l’accueil, pas encore pour le logement.", "Rapport de la Cour des comptes, page 31", "fr", "2025-02-20"},
	{"WG-13", reality.InPlace, "transfers to municipalities follow the number of newcomers of the year before.", "Finance act, annex 3", "en", "2025-01-01"},
	{"WG-15", reality.NotInPlace, "figures on migrants are not yet published by municipality.", "Report of the statistics office, page 8", "en", "2025-06-30"},
	{"PA-07", reality.Partly, "migrant associations are heard on national programmes, without a fixed procedure.", "National strategy, section 5.4", "en", "2024-05-06"},
	{"SW-06", reality.InPlace, "qualifications from abroad are recognised within three months.", "Recognition act, article 9", "en", "2021-11-30"},
	{"SW-07", reality.InPlace, "every adult newcomer has the right to a course of the national language.", "National strategy, section 3.2", "en", "2024-05-06"},
	{"CR-05", reality.Partly, "sudden arrivals are part of the national contingency plan; a template for municipalities is being written.", "Civil protection plan, chapter 7", "en", "2024-10-14"},
	{"CR-16", reality.NotInPlace, "there is no plan yet for people displaced by floods and drought.", "Climate report, page 55", "en", "2025-03-03"},
	{"SO-01", reality.NotInPlace, "welcome services are left to the municipalities; the State runs none.", "National strategy, section 3.1", "en", "2024-05-06"},
	{"SO-07", reality.InPlace, "a referral procedure for victims of trafficking applies in every municipality.", "Action plan against trafficking, step 6", "en", "2023-03-08"},
	{"SO-05", reality.Partly, "help for returning residents is planned.", "", "en", ""},
}

// tell keeps what the invented papers of the country say, and publishes what has a source.
func (s Seeder) tell(ctx context.Context, in *survey.Instrument) error {
	country := toldOf()
	x := assessment.Statements{Store: s.Store, Questionnaires: s.Library, Now: func() time.Time { return s.Now.AddDate(0, 0, -20) }}
	for _, y := range statements {
		g := reality.Given{Indicator: y.indicator, Says: string(y.says), Text: invented[y.language] + y.text, Date: y.date, Language: y.language}
		if y.where != "" {
			g.Source, g.URL = y.where+" (invented)", "https://state.example/papers"
		}
		id, err := x.Keep(ctx, operator, country, in.Code, "", 0, g)
		if err != nil {
			return err
		}
		if y.where == "" {
			continue
		}
		if err := x.Publish(ctx, operator, country, id, 1); err != nil {
			return err
		}
	}
	return nil
}

// packPowers and packTerms are what is set for the same country, from the same invented papers.
const packPowers = `indicator,holder,citation
MR-01,shared,"Invented for this demonstration: Health act, article 4"
MR-03,national,"Invented for this demonstration: School act, article 2"
MR-04,national,"Invented for this demonstration: Social code, book 2"
MR-05,shared,"Invented for this demonstration: Housing act, article 11"
MR-06,municipal,"Invented for this demonstration: Act on municipalities, article 30"
MR-09,national,"Invented for this demonstration: Civil status act, article 7"
MR-15,municipal,"Invented for this demonstration: Act on municipalities, article 41"
WG-12,municipal,"Invented for this demonstration: Act on municipalities, article 52"
WG-13,national,"Invented for this demonstration: Finance act, annex 3"
SW-06,national,"Invented for this demonstration: Recognition act, article 9"
SO-05,national,"Invented for this demonstration: National strategy, section 6.2"
`

const packTerms = `language,term,meaning
en,commune,"The municipality, with an elected council and a mayor."
en,residence card,"The paper that says who may live in the country, and for how long."
fr,commune,"La municipalité, avec un conseil élu et un maire."
fr,carte de séjour,"Le document qui dit qui peut vivre dans le pays, et combien de temps."
es,comuna,"El municipio, con un concejo elegido y un alcalde."
ar,بلدية,"الإدارة المحلية، ولها مجلس منتخب ورئيس."
`

// set keeps the pack of the country. Nothing is applied: cities have their powers from their own hands.
func (s Seeder) set(ctx context.Context, in *survey.Instrument) error {
	x := assessment.Packs{Store: s.Store, Questionnaires: s.Library, Now: func() time.Time { return s.Now.AddDate(0, 0, -19) }}
	return x.Replace(ctx, operator, toldOf(), in, 0, packPowers, packTerms)
}
