package demo

import (
	"migov/assessment"
	"migov/assessment/survey"
)

// state is how far a fictional city is.
type state int

const (
	handedIn   state = iota // complete and given to the analyst
	complete                // complete, not given yet
	unfinished              // some sections only
	empty                   // nothing yet
)

// profile is an invented city: the shape of its answers, nothing else. Countries are codes that ISO 3166-1 leaves to
// users, so that no invented answer can be taken for a finding about a country.
type profile struct {
	code, name, country string
	language            survey.Language
	state               state
	level               [6]float64 // typical level of each dimension, 0 to 4
	ours                float64    // share of the powers, else shared or held elsewhere, that this city holds alone
	elsewhere           float64    // share of the shared powers that a region or the state holds here
	unknown             float64    // share of answers "do not know yet"
	population          int
	foreign             float64 // per cent of residents born abroad
}

// cities are the fictional cities; the first and the last have a coordinator to sign in as.
var cities = []profile{
	{"marsa-selwa", "Marsa Selwa", "XA", survey.English, unfinished, [6]float64{2.3, 2.6, 2.9, 1.8, 1.9, 1.6}, .35, .2, .05, 412000, 9.4},
	{"nakuvale", "Nakuvale", "XA", survey.English, handedIn, [6]float64{1.5, 1.2, 2.1, 1.4, 1.8, 1.1}, .2, .35, .12, 880000, 4.1},
	{"mavunda", "Mavunda", "XA", survey.French, handedIn, [6]float64{1.9, 2.4, 2.2, 2.6, 1.2, 1.5}, .3, .3, .08, 265000, 6.2},
	{"tambore-do-vale", "Tamboré do Vale", "XB", survey.English, handedIn, [6]float64{2.9, 3.2, 3.1, 2.7, 2.2, 2.4}, .6, .1, .03, 1350000, 5.8},
	{"villa-corriente", "Villa Corriente", "XB", survey.Spanish, handedIn, [6]float64{2.6, 2.1, 2.8, 2.3, 2.7, 2.9}, .5, .15, .06, 540000, 11.3},
	{"costa-merina", "Costa Merina", "XB", survey.Spanish, handedIn, [6]float64{1.6, 1.9, 1.3, 1.7, 3.1, 1.9}, .4, .25, .1, 98000, 3.2},
	{"ciudad-almenar", "Ciudad Almenar", "XB", survey.Spanish, unfinished, [6]float64{2.2, 2.0, 2.4, 2.1, 1.8, 2.0}, .45, .2, .08, 310000, 7.7},
	{"port-ellery", "Port Ellery", "XE", survey.English, handedIn, [6]float64{3.2, 2.8, 2.5, 3.1, 2.1, 2.3}, .55, .2, .04, 720000, 18.6},
	{"saint-aubry", "Saint-Aubry-les-Ponts", "XE", survey.French, handedIn, [6]float64{2.8, 2.3, 3.0, 2.4, 1.6, 2.6}, .35, .3, .05, 187000, 14.2},
	{"lindhaven", "Lindhaven", "XE", survey.English, handedIn, [6]float64{3.4, 3.3, 2.7, 3.2, 2.9, 3.0}, .7, .05, .02, 455000, 21.5},
	{"velmora", "Velmora", "XE", survey.English, unfinished, [6]float64{2.4, 1.7, 2.0, 2.2, 1.5, 1.8}, .3, .35, .1, 76000, 8.9},
	{"sungai-melor", "Sungai Melor", "XC", survey.English, handedIn, [6]float64{1.2, 1.6, 1.9, 2.4, 3.0, 1.3}, .25, .4, .09, 1120000, 12.7},
	{"banari", "Banari", "XC", survey.English, handedIn, [6]float64{2.0, 1.4, 2.6, 1.9, 2.5, 2.2}, .3, .3, .15, 2300000, 2.4},
	{"greywater-bay", "Greywater Bay", "XO", survey.English, unfinished, [6]float64{2.7, 2.5, 2.3, 2.6, 2.8, 2.1}, .5, .2, .05, 134000, 24.8},
	{"tukaroa", "Tukaroa", "XO", survey.French, empty, [6]float64{}, .4, .2, .05, 22000, 5.0},
	{"kasbah-nour", "Kasbah Nour", "XA", survey.French, handedIn, [6]float64{2.0, 2.1, 1.8, 2.3, 1.4, 1.7}, .3, .3, .07, 530000, 5.1},
	{"oumberra", "Oumberra", "XA", survey.French, handedIn, [6]float64{1.3, 1.6, 2.0, 1.2, 1.9, 1.4}, .25, .35, .09, 145000, 3.8},
	{"rio-sereno", "Río Sereno", "XB", survey.Spanish, handedIn, [6]float64{2.4, 2.7, 2.2, 2.0, 1.9, 2.5}, .5, .15, .05, 260000, 6.6},
	{"puerto-viejo-del-sur", "Puerto Viejo del Sur", "XB", survey.Spanish, handedIn, [6]float64{1.9, 2.3, 2.6, 1.8, 2.4, 2.1}, .45, .2, .06, 610000, 8.4},
	{"nordmarsk", "Nordmarsk", "XE", survey.English, handedIn, [6]float64{3.1, 2.6, 2.9, 2.8, 2.2, 2.7}, .6, .15, .03, 330000, 15.3},
	{"valdoria", "Valdoria", "XE", survey.French, handedIn, [6]float64{2.6, 2.9, 2.4, 2.3, 2.0, 2.2}, .4, .25, .05, 170000, 12.1},
	{"lumbang-hilir", "Lumbang Hilir", "XC", survey.English, handedIn, [6]float64{1.7, 1.9, 2.1, 2.2, 2.6, 1.5}, .3, .35, .08, 420000, 9.9},
	{"pasir-timur", "Pasir Timur", "XC", survey.English, handedIn, [6]float64{2.1, 1.7, 2.3, 2.0, 2.8, 1.9}, .35, .3, .07, 95000, 4.4},
	{"coral-haven", "Coral Haven", "XO", survey.English, handedIn, [6]float64{2.5, 2.2, 2.7, 2.4, 2.9, 2.3}, .5, .2, .04, 48000, 19.7},
	{"qasr-yanbou", "قصر ينبوع", "XC", survey.Arabic, complete, [6]float64{2.1, 2.2, 1.7, 2.5, 2.4, 1.9}, .3, .35, .07, 640000, 16.9},
}

// homes say of each invented country in which sub-region (UN M49) it is placed, and the group of its income.
var homes = map[string]struct{ region, income string }{
	"XA": {"015", "lower_middle"}, "XB": {"005", "upper_middle"}, "XE": {"155", "high"}, "XC": {"035", "lower_middle"}, "XO": {"054", "upper_middle"},
}

// roles are what an invented city is in migration: by the share of residents born abroad, and of cities that many leave.
func (p profile) roles() (out []string) {
	if p.foreign < 6 {
		out = append(out, "origin")
	}
	if p.population > 300_000 {
		out = append(out, "transit")
	}
	if p.foreign >= 6 {
		out = append(out, "destination")
	}
	if p.country == "XA" {
		out = append(out, "return")
	}
	return out
}

// city is the city of a profile.
func (p profile) city() assessment.City {
	return assessment.City{Code: p.code, Name: p.name, Country: p.country, Fictional: true, Region: homes[p.country].region, Income: homes[p.country].income,
		Population: p.population, Roles: p.roles()}
}

// published are the real cities; what is said of them stands in published.csv.
var published = []struct{ code, name, country string }{
	{"accra", "Accra", "GH"}, {"montreal", "Montréal", "CA"}, {"sao-paulo", "São Paulo", "BR"}, {"medellin", "Medellín", "CO"},
	{"bogota", "Bogotá", "CO"}, {"barcelona", "Barcelona", "ES"}, {"johannesburg", "Johannesburg", "ZA"},
}

// reasons are explanations by language and level; proofs are kinds of evidence.
var reasons = map[survey.Language][5][]string{
	survey.English: {
		{"No department has taken this up so far.", "We found no document on this, and the front desks know of none."},
		{"It depends on individual colleagues; nothing is written down.", "It happened twice last year, each time after a request."},
		{"A trial runs in two districts until the end of next year.", "It covers some groups; the others are sent to partner organisations."},
		{"There is a written rule with an owner, and the budget line is yearly.", "It works in all districts; the yearly report gives the figures."},
		{"It was evaluated last year with migrant associations and changed afterwards.", "Partners review it every two years; the last review is public."}},
	survey.French: {
		{"Aucun service ne s’en est encore chargé.", "Nous n’avons trouvé aucun document à ce sujet."},
		{"Cela dépend de collègues ; rien n’est écrit.", "C’est arrivé deux fois l’an dernier, sur demande."},
		{"Un essai est en cours dans deux quartiers.", "Certains groupes en bénéficient ; les autres sont orientés vers des partenaires."},
		{"Une règle écrite existe, avec un responsable et une ligne budgétaire.", "Cela fonctionne dans tous les quartiers ; le rapport annuel donne les chiffres."},
		{"Une évaluation avec des associations a eu lieu l’an dernier, suivie de changements."}},
	survey.Spanish: {
		{"Ningún departamento se ha ocupado de esto todavía.", "No encontramos ningún documento al respecto."},
		{"Depende de algunas personas del equipo; no hay nada escrito.", "Ocurrió dos veces el año pasado, a petición."},
		{"Hay una prueba en dos distritos hasta finales del próximo año.", "Cubre a algunos grupos; los demás se derivan a organizaciones aliadas."},
		{"Existe una norma escrita, con responsable y partida anual.", "Funciona en todos los distritos; el informe anual da las cifras."},
		{"Se evaluó el año pasado con asociaciones y después se modificó."}},
	survey.Arabic: {
		{"لم تتولَّ أي إدارة هذا الموضوع حتى الآن.", "لم نجد أي وثيقة في هذا الشأن."},
		{"يعتمد ذلك على موظفين بعينهم، ولا شيء مكتوب.", "حدث ذلك مرتين في العام الماضي بناءً على طلب."},
		{"تجري تجربة في حيَّين حتى نهاية العام المقبل.", "يشمل ذلك بعض الفئات، ويُحال الآخرون إلى منظمات شريكة."},
		{"توجد قاعدة مكتوبة لها مسؤول وبند سنوي في الميزانية.", "يعمل ذلك في جميع الأحياء، ويعرض التقرير السنوي الأرقام."},
		{"جرى تقييمه في العام الماضي مع جمعيات المهاجرين ثم عُدّل بعد ذلك."}},
}

var proofs = map[survey.Language][]string{
	survey.English: {"Council decision, 2024", "Service rules, page 3", "Annual report 2025, chapter 4", "Minutes of the last two meetings"},
	survey.French:  {"Délibération du conseil, 2024", "Règlement du service, page 3", "Rapport annuel 2025, chapitre 4"},
	survey.Spanish: {"Acuerdo del concejo, 2024", "Reglamento del servicio, página 3", "Informe anual 2025, capítulo 4"},
	survey.Arabic:  {"قرار المجلس، 2024", "لائحة الخدمة، الصفحة 3", "التقرير السنوي 2025، الفصل 4"},
}

var notOurs = map[survey.Language]string{
	survey.English: "The law gives this task to the national government.",
	survey.French:  "La loi confie cette tâche à l’État.",
	survey.Spanish: "La ley asigna esta tarea al gobierno nacional.",
	survey.Arabic:  "يسند القانون هذه المهمة إلى الحكومة الوطنية.",
}
