package store_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/data/locale"
	"migov/data/store/storetest"
)

func cities(t testing.TB, w *storetest.World) assessment.Cities {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return assessment.Cities{Store: w.Store, Names: words.PlaceNames, Now: storetest.Clock}
}

func planned(t testing.TB, x assessment.Cities, who account.Actor, file string) assessment.CityPlan {
	t.Helper()
	return must[assessment.CityPlan](t)(x.Plan(ctx, who, strings.NewReader(file)))
}

// imported imports a file of which nothing may be refused.
func imported(t testing.TB, x assessment.Cities, who account.Actor, file string) assessment.CityPlan {
	t.Helper()
	p := planned(t, x, who, file)
	if err := x.Apply(ctx, who, p, p.Digest); err != nil {
		t.Fatal(err, p.Refused)
	}
	return p
}

func keptCity(t testing.TB, w *storetest.World, code string) assessment.City {
	t.Helper()
	for _, c := range must[[]assessment.City](t)(w.Store.Cities(ctx)) {
		if c.Code == code {
			return c
		}
	}
	t.Fatalf("there is no city %s", code)
	return assessment.City{}
}

func TestCitiesComeFromAFile(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := cities(t, w)
		const file = "\ufeffVille;Pays;Région;UN/LOCODE;Population;Rôle dans la migration;Groupe de revenu;Remarque\n" +
			"accra;Ghana;;GH ACC;2.388.000;Transit | Destination;Revenu intermédiaire inférieur;kept already\n" +
			"'=Lima <b>;Pérou;005;PELIM;;Départ;;a new one\n" +
			"مراكش;MA;;;١٬٢٣٤٬٥٦٧;;;\n"
		p := planned(t, x, w.Operator, file)
		if len(p.Refused) > 0 || p.Count(assessment.Adds) != 2 || p.Count(assessment.Changes) != 1 || fmt.Sprint(p.Unread) != "[Remarque]" {
			t.Fatalf("%+v", p)
		}
		if got := fmt.Sprint(p.Lines[0].Fields); got != "[name region locode population roles income]" {
			t.Errorf("accra changes %s", got)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM city"); n != 2 {
			t.Errorf("a dry run has written: %d cities", n)
		}
		imported(t, x, w.Operator, file)
		if got := keptCity(t, w, "accra"); got.ID != w.Accra.ID || got.Name != "accra" || got.Region != "011" || got.Locode != "GHACC" || got.Population != 2388000 ||
			fmt.Sprint(got.Roles) != "[transit destination]" || got.Income != "lower_middle" {
			t.Errorf("%+v", got)
		}
		if got := keptCity(t, w, "lima-b"); got.Name != "=Lima <b>" || got.Country != "PE" || got.Region != "005" || got.Population != 0 || fmt.Sprint(got.Roles) != "[origin]" {
			t.Errorf("%+v", got)
		}
		if got := keptCity(t, w, "ma-city"); got.Name != "مراكش" || got.Region != "015" || got.Population != 1234567 {
			t.Errorf("%+v", got)
		}
		if again := imported(t, x, w.Operator, file); again.Count(assessment.Same) != 3 {
			t.Errorf("the same file again: %+v", again.Lines)
		}
		var log []string
		for _, city := range []string{w.Accra.ID, keptCity(t, w, "lima-b").ID} {
			for _, l := range must[[]assessment.Line](t)(w.Store.Audit(ctx, account.Actor{Role: account.Coordinator, City: city}, assessment.AuditFilter{})) {
				if strings.HasPrefix(l.Action, "city.") {
					log = append(log, l.Action)
				}
			}
		}
		if got := fmt.Sprint(log); got != "[city.change city.add city.add]" {
			t.Errorf("the log tells %s", got)
		}
		if _, wrong, err := w.Store.VerifyAudit(ctx, nil); err != nil || len(wrong) > 0 {
			t.Error(wrong, err)
		}
	})
}

func TestAComparisonSeesWhatHasChangedOfACity(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		seen := func() (moved int64, got compare.City) {
			moved, err := w.Store.CohortSince(ctx, w.Round.ID, 0, func(c compare.City) {
				if c.Code == "accra" {
					got = c
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			return moved, got
		}
		before, _ := seen()
		imported(t, cities(t, w), w.Operator, "city,population\naccra,5000\n")
		after, got := seen()
		if after <= before || got.Population != 5000 || got.Region != "011" {
			t.Errorf("moved from %d to %d: %+v", before, after, got)
		}
	})
}

func TestARowOfCitiesThatCannotBeKeptIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := cities(t, w)
		imported(t, x, w.Operator, "name,country,locode\nSpringfield,US,USSFY\nNewport,GB,\n")
		storetest.Exec(t, w.Store, "INSERT INTO city (id, code, name, country, fictional, created) SELECT 'twin', 'twin', 'newport', 'GB', fictional, created FROM city WHERE code = 'newport'")
		for _, c := range []struct{ says, file, at, key string }{
			{"the same city twice by name", "name,country\nLima,PE\n LIMA ,Peru\n", "row 3", "cities.twice"},
			{"the same name in two ways of writing its accents", "name,country\nBogot\u00e1,CO\nBogota\u0301,CO\n", "row 3", "cities.twice"},
			{"the same city twice by LOCODE", "name,country,locode\nLima,PE,PELIM\nCallao,PE,PE LIM\n", "row 3", "cities.twice"},
			{"the same city twice, once by code and once by name", "city,name,country\naccra,,\n,Accra,GH\n", "row 3", "cities.twice"},
			{"a name once with and once without a LOCODE", "name,country,locode\nLima,PE,PELIM\nLima,PE,\n", "row 3", "cities.twice"},
			{"an unknown country", "name,country\nLima,Atlantis\n", "row 2, country", "cities.country"},
			{"a population in words", "name,country,population\nLima,PE,ten million\n", "row 2, population", "cities.population_words"},
			{"no name", "name,country\n,PE\n", "row 2, name", "cities.name_missing"},
			{"no country", "name,country\nLima,\n", "row 2, country", "cities.country_missing"},
			{"a name of 300 characters", "name,country\n" + strings.Repeat("م", 300) + ",PE\n", "row 2, name", "fault.name"},
			{"a name with an invisible sign", "name,country\nLi\x07ma,PE\n", "row 2, name", "fault.name"},
			{"a code that no address can hold", "city,name,country\nli ma,Lima,PE\n", "row 2, city", "fault.code"},
			{"another code than the kept one", "city,name,country\nlima,Accra,GH\n", "row 2, city", "cities.code_other"},
			{"the LOCODE of another city", "city,name,country,locode\naccra,Accra,,GHTMA\n", "", ""},
			{"the LOCODE of another kept city", "city,locode\nnewport,USSFY\n", "row 2, locode", "cities.locode_country"},
			{"several cities of that name", "name,country\nNewport,GB\n", "row 2, name", "cities.several"},
			{"a column twice", "name,country,Country\nLima,PE,PE\n", "row 1", "fault.column_twice"},
			{"no column of countries", "name,population\nLima,5\n", "row 1", "fault.column_missing"},
			{"nothing", "", "row 1", "fault.file_empty"},
			{"an archive that is no workbook", "PK\x03\x04 nothing more", "file", "evidence.file_other"},
		} {
			p := planned(t, x, w.Operator, c.file)
			if c.key == "" {
				if len(p.Refused) > 0 {
					t.Errorf("%s: %v", c.says, p.Refused)
				}
				continue
			}
			if len(p.Refused) != 1 || p.Refused[0].Name != c.at || p.Refused[0].Key != c.key {
				t.Errorf("%s: %v", c.says, p.Refused)
				continue
			}
			isKind(t, c.says, x.Apply(ctx, w.Operator, p, p.Digest), fault.Invalid)
		}
		if p := planned(t, x, w.Operator, "name,country,locode\nSpringfield,US,USSGF\n"); len(p.Refused) > 0 || p.Count(assessment.Adds) != 1 || p.Lines[0].After.Code != "springfield-us" {
			t.Errorf("another place of the same name: %+v", p)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM city"); n != 5 {
			t.Errorf("%d cities are kept of what was refused", n)
		}
	})
}

func TestWhatADryRunHasShownIsImportedOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := cities(t, w)
		const file = "name,country,population\nAccra,GH,5000\nLima,PE,\n"
		shown := planned(t, x, w.Operator, file)
		imported(t, x, w.Operator, "city,population\naccra,4000\n")
		isKind(t, "a plan whose city has changed", x.Apply(ctx, w.Operator, shown, shown.Digest), fault.Conflict)
		now := planned(t, x, w.Operator, file)
		isKind(t, "the digest of another plan", x.Apply(ctx, w.Operator, now, shown.Digest), fault.Conflict)
		isKind(t, "no digest", x.Apply(ctx, w.Operator, now, ""), fault.Conflict)
		w.City(t, "lima", "Lima", "PE")
		isKind(t, "a plan that does not know of a new city", x.Apply(ctx, w.Operator, now, now.Digest), fault.Conflict)
		if got := keptCity(t, w, "accra"); got.Population != 4000 {
			t.Errorf("half of a plan is kept: %+v", got)
		}
		if got := imported(t, x, w.Operator, file); got.Count(assessment.Adds) != 0 || keptCity(t, w, "accra").Population != 5000 {
			t.Errorf("%+v", got.Lines)
		}
		for who, actor := range map[string]account.Actor{"a coordinator": w.Coordinator, "nobody": {}} {
			_, err := x.Plan(ctx, actor, strings.NewReader(file))
			isKind(t, who, err, fault.Forbidden)
			isKind(t, who, x.Apply(ctx, actor, now, now.Digest), fault.Forbidden)
			_, err = x.List(ctx, actor, assessment.CityAsk{})
			isKind(t, who, err, fault.Forbidden)
		}
	})
}

func TestAnAnalystChangesNoCityOfOthers(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		free := w.City(t, "lima", "Lima", "PE")
		for _, c := range []struct {
			says string
			who  account.Actor
			want int
		}{{"of the round", w.Analyst, 0}, {"of no round", w.Stray, 2}, {"the administrator", w.Admin, 0}} {
			got := must[map[string]bool](t)(w.Store.CitiesElsewhere(ctx, c.who))
			if len(got) != c.want || got[free.ID] {
				t.Errorf("%s: %v", c.says, got)
			}
		}
		mark := assessment.CityMark{Count: 3, Newest: free.ID}
		change := assessment.CityOrder{Seen: mark, Changes: []assessment.CityChange{{Before: keptCity(t, w, "accra"), After: assessment.City{Name: "Taken", Country: "GH"}}}}
		by := assessment.Author{Account: w.Stray.Account, Role: account.Analyst}
		isKind(t, "an analyst of no round", w.Store.KeepCities(ctx, w.Stray, change, by, storetest.Now), fault.Conflict)
		if got := keptCity(t, w, "accra"); got.Name != "Accra" {
			t.Errorf("%+v", got)
		}
	})
}

func TestTheListOfCitiesIsCutByCountryRegionAndPage(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := cities(t, w)
		imported(t, x, w.Operator, "name,country\nKumasi,GH\nTema,GH\nLagos,NG\n")
		for _, c := range []struct {
			says string
			ask  assessment.CityAsk
			want string
			of   int
		}{
			{"everything", assessment.CityAsk{Most: 10}, "[Quito Accra Kumasi Tema Lagos]", 5},
			{"a page", assessment.CityAsk{From: 1, Most: 2}, "[Accra Kumasi]", 5},
			{"a country", assessment.CityAsk{Country: "GH", Most: 10}, "[Accra Kumasi Tema]", 3},
			{"a region", assessment.CityAsk{Region: "011", Most: 10}, "[Kumasi Tema Lagos]", 3},
			{"a country outside the region", assessment.CityAsk{Country: "EC", Region: "011", Most: 10}, "[]", 0},
		} {
			got := must[assessment.CityList](t)(x.List(ctx, w.Admin, c.ask))
			names := []string{}
			for _, city := range got.Cities {
				names = append(names, city.Name)
			}
			if fmt.Sprint(names) != c.want || got.Of != c.of || len(got.Countries) != 3 || len(got.Regions) != 1 {
				t.Errorf("%s: %v %+v", c.says, names, got)
			}
		}
	})
}

func TestTenThousandCitiesComeInWithinSeconds(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		rows := [][]string{{"name", "country", "population", "roles", "income"}}
		for i := range 10_000 {
			rows = append(rows, []string{fmt.Sprintf("Town %05d", i), "GH", fmt.Sprint(1000 + i), "origin|transit", "lower_middle"})
		}
		var file bytes.Buffer
		if err := longform.WriteSheets(&file, false, longform.Sheet{Name: "cities", Rows: rows, Width: 10}); err != nil {
			t.Fatal(err)
		}
		x, began := cities(t, w), time.Now()
		p := must[assessment.CityPlan](t)(x.Plan(ctx, w.Operator, bytes.NewReader(file.Bytes())))
		read := time.Since(began)
		if err := x.Apply(ctx, w.Operator, p, p.Digest); err != nil || p.Count(assessment.Adds) != 10_000 {
			t.Fatal(err, p.Count(assessment.Adds), p.Refused)
		}
		t.Logf("read in %s, kept in %s", read.Round(time.Millisecond), (time.Since(began) - read).Round(time.Millisecond))
		if took := time.Since(began); took > time.Minute { // a second or two; a row that costs more the more there are would take minutes
			t.Errorf("took %s", took)
		}
	})
}
