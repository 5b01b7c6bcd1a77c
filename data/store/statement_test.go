package store_test

import (
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/reality"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

func statements(w *storetest.World) assessment.Statements {
	return assessment.Statements{Store: w.Store, Questionnaires: w.Library, Now: storetest.Clock}
}

// sourced is a statement that may be published.
var sourced = reality.Given{Indicator: "AA-01", Says: "in_place", Text: "=Care is open to all.\nالرعاية للجميع", Source: "Strategy, page 4", URL: "https://state.example/strategy", Date: "2024-03-31", Language: "en"}

func TestAStatementKeepsItsRevisions(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := statements(w)
		id := must[string](t)(x.Keep(ctx, w.Analyst, "GH", "small", "", 0, sourced))
		k := must[[]assessment.KeptStatement](t)(x.List(ctx, w.Analyst, "GH"))[0]
		if k.ID != id || k.Country != "GH" || k.Instrument != "small" || k.Revision != 1 || k.Published != 0 || k.Text != sourced.Text || k.Says != reality.InPlace || k.URL != sourced.URL ||
			k.Date.Format(time.DateOnly) != "2024-03-31" || k.Language != "en" || k.By.Account != w.Analyst.Account || k.By.Role != account.Analyst || !k.At.Equal(storetest.Now.Truncate(time.Microsecond)) {
			t.Errorf("%+v", k)
		}
		if err := x.Publish(ctx, w.Analyst, "GH", id, 1); err != nil {
			t.Fatal(err)
		}
		changed := sourced
		changed.Says, changed.Source, changed.Date = "partly", "", ""
		if got := must[string](t)(x.Keep(ctx, w.Admin, "GH", "", id, 1, changed)); got != id {
			t.Errorf("a change is another statement: %s", got)
		}
		if shown := must[[]reality.Statement](t)(w.Store.PublishedStatements(ctx, "GH", "small")); len(shown) != 1 || shown[0].Says != reality.InPlace {
			t.Errorf("a draft is read by others: %+v", shown)
		}
		if all := must[[]assessment.KeptStatement](t)(x.Revisions(ctx, w.Operator, "GH", id)); len(all) != 2 || all[0].Revision != 2 || all[0].Says != reality.Partly || !all[0].Date.IsZero() || all[0].Shown() || !all[1].Shown() {
			t.Errorf("%+v", all)
		}
		isKind(t, "published without a source and a date", x.Publish(ctx, w.Analyst, "GH", id, 2), fault.Invalid)
		isKind(t, "an older revision published", x.Publish(ctx, w.Analyst, "GH", id, 1), fault.Conflict)
		_, err := x.Keep(ctx, w.Analyst, "GH", "", id, 1, sourced)
		isKind(t, "a change of what somebody has changed", err, fault.Conflict)
		_, err = x.Keep(ctx, w.Analyst, "GH", "small", "", 0, reality.Given{Indicator: "BB-02"})
		isKind(t, "a statement without a text", err, fault.Invalid)
		_, err = x.Keep(ctx, w.Analyst, "GH", "another", "", 0, sourced)
		isKind(t, "an unknown questionnaire", err, fault.Invalid)
		if shown := must[[]reality.Statement](t)(w.Store.PublishedStatements(ctx, "GH", "small")); len(shown) != 1 || shown[0].Says != reality.InPlace {
			t.Errorf("what was refused has changed what is read: %+v", shown)
		}
		for range 2 { // once more changes nothing
			if err := x.Withdraw(ctx, w.Analyst, "GH", id); err != nil {
				t.Fatal(err)
			}
		}
		if shown := must[[]reality.Statement](t)(w.Store.PublishedStatements(ctx, "GH", "small")); len(shown) != 0 {
			t.Errorf("withdrawn, and read: %+v", shown)
		}
		if n := counted(t, w.Store, "SELECT COUNT(*) FROM audit WHERE action LIKE 'statement.%' AND subject = 'GH/"+id+"'"); n != 4 {
			t.Errorf("%d lines in the log, not add, publish, change, withdraw", n)
		}
	})
}

func TestStatementsAreKeptByThoseWhoseCountryItIs(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := statements(w)
		w.City(t, "lima", "Lima", "PE") // in no round
		id := must[string](t)(x.Keep(ctx, w.Analyst, "GH", "small", "", 0, sourced))
		for name, c := range map[string]struct {
			who     account.Actor
			country string
			kind    fault.Kind // empty where it may be done
		}{
			"an analyst, in the own round": {w.Analyst, "EC", ""}, "an administrator, anywhere": {w.Admin, "PE", ""}, "an operator, anywhere": {w.Operator, "PE", ""},
			"an analyst, where no city is in the round": {w.Analyst, "PE", fault.NotFound}, "an analyst of no round": {w.Stray, "GH", fault.NotFound},
			"anybody, where there is no city": {w.Admin, "FR", fault.NotFound}, "a country in small letters": {w.Admin, "gh", fault.NotFound},
			"a coordinator": {w.Coordinator, "GH", fault.Forbidden}, "nobody": {account.Actor{}, "GH", fault.Forbidden},
		} {
			_, err := x.Keep(ctx, c.who, c.country, "small", "", 0, sourced)
			if c.kind == "" && err != nil || c.kind != "" && !fault.Is(err, c.kind) {
				t.Errorf("%s adds: %v", name, err)
			}
			if _, err := x.List(ctx, c.who, c.country); (err == nil) != (c.kind == "") {
				t.Errorf("%s reads: %v", name, err)
			}
		}
		for name, err := range map[string]error{"published": x.Publish(ctx, w.Analyst, "EC", id, 1), "withdrawn": x.Withdraw(ctx, w.Analyst, "EC", id), "changed": must2(x.Keep(ctx, w.Analyst, "EC", "", id, 1, sourced)),
			"read": must2(x.Revisions(ctx, w.Analyst, "EC", id))} {
			isKind(t, name+" by the address of another country", err, fault.NotFound)
		}
	})
}

func TestARealityCheckCountsWhatWasHandedIn(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := statements(w)
		check := assessment.RealityChecks{Store: w.Store, Questionnaires: w.Library}
		for _, g := range []reality.Given{sourced, {Indicator: "AA-02", Says: "not_in_place", Text: "Nothing yet.", Source: "Report", Date: "2025-01-31", Language: "fr"}} {
			id := must[string](t)(x.Keep(ctx, w.Analyst, "GH", "small", "", 0, g))
			if err := x.Publish(ctx, w.Analyst, "GH", id, 1); err != nil {
				t.Fatal(err)
			}
		}
		must[string](t)(x.Keep(ctx, w.Analyst, "GH", "small", "", 0, sourced)) // a draft
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "1"))
		save(t, w, w.Coordinator, storetest.NotAnswered("AA-02", 0, survey.NotOurs, survey.National))
		got := must[assessment.RealityCheck](t)(check.Of(ctx, w.Analyst, "2026", "GH"))
		if got.Cities != nil || got.Check.Cities != 0 || got.Country != (assessment.RoundCountry{Country: "GH", Cities: 1, Statements: 2}) || len(got.Countries) != 2 {
			t.Errorf("before it is handed in: %+v", got)
		}
		own := must[assessment.OwnReality](t)(check.Own(ctx, w.Contributor, w.Mine.ID))
		if len(own.Findings) != 2 || own.Findings[0].Counts[reality.OnPaperOnly] != 1 || own.Findings[1].Counts[reality.NoData] != 1 {
			t.Errorf("the city's own: %+v", own.Findings)
		}
		if _, err := check.Own(ctx, w.Analyst, w.Mine.ID); !fault.Is(err, fault.NotFound) {
			t.Error("an analyst reads what is not handed in:", err)
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		before := w.Store.Statements()
		got = must[assessment.RealityCheck](t)(check.Of(ctx, w.Analyst, "2026", ""))
		if n := w.Store.Statements() - before; n > 4 {
			t.Errorf("%d statements", n)
		}
		if len(got.Cities) != 1 || got.Cities[0].City.Code != "accra" || got.Country.Country != "GH" || got.Country.HandedIn != 1 {
			t.Fatalf("%+v", got)
		}
		if f := got.Findings; len(f) != 2 || f[0].Counts[reality.OnPaperOnly] != 1 || f[1].Pairs[0].Answer.NonAnswer != survey.NotOurs || f[1].Holders[0].Holder != survey.National {
			t.Errorf("%+v", f)
		}
		for name, err := range map[string]error{"an analyst of no round": must2(check.Of(ctx, w.Stray, "2026", "GH")), "a country without a city in the round": must2(check.Of(ctx, w.Analyst, "2026", "FR")),
			"a city's own, for another city": must2(check.Own(ctx, w.Foreign, w.Mine.ID))} {
			isKind(t, name, err, fault.NotFound)
		}
		isKind(t, "a coordinator", must2(check.Of(ctx, w.Coordinator, "2026", "GH")), fault.Forbidden)
		some := must[[]assessment.CountryStatements](t)(w.Store.CountriesWithStatements(ctx))
		if len(some) != 1 || some[0] != (assessment.CountryStatements{Country: "GH", Instrument: "small"}) {
			t.Errorf("%v", some)
		}
	})
}

func TestAFileOfStatementsIsTakenWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := statements(w)
		plan := func(file string) assessment.StatementPlan {
			return must[assessment.StatementPlan](t)(x.Plan(ctx, w.Analyst, "GH", "small", strings.NewReader(file)))
		}
		const head = "\ufeffindicator,says,text,language,source,url,date\n"
		bad := plan(head + "AA-01,in_place,One,en,Strategy,,2024-03-31\nBB-02,in_place,A number,en,,,\nAA-02,partly,Too few\n")
		if len(bad.Refused) != 1 || bad.Refused[0].Name != "row 4" { // the shape of rows is looked at before their sense
			t.Errorf("%+v", bad.Refused)
		}
		if sense := plan(head + "AA-01,in_place,One,en,Strategy,,2024-03-31\nBB-02,in_place,A number,en,,,\n"); len(sense.Refused) != 1 || sense.Refused[0].Name != "row 3, indicator" {
			t.Errorf("%+v", sense.Refused)
		}
		_, _, err := x.Import(ctx, w.Analyst, bad, true)
		isKind(t, "a plan with a refused row", err, fault.Invalid)
		good := plan(head + "AA-01,in_place,\"One,\nin two lines\",en,Strategy,,2024-03-31\nAA-02,partly,'=Two,en,,,\nAA-02,partly,'=Two,en,,,\n")
		if len(good.Refused) > 0 || len(good.Lines) != 3 || good.Adds() != 2 || !good.Lines[2].Same {
			t.Errorf("%+v", good)
		}
		added, published, err := x.Import(ctx, w.Analyst, good, true)
		if err != nil || added != 2 || published != 1 {
			t.Errorf("%d added, %d published, %v", added, published, err)
		}
		if again := plan(head + "AA-01,in_place,\"One,\nin two lines\",en,Strategy,,2024-03-31\n"); again.Adds() != 0 {
			t.Errorf("what is kept is added once more: %+v", again)
		}
		all := must[[]assessment.KeptStatement](t)(x.List(ctx, w.Analyst, "GH"))
		if len(all) != 2 || all[0].Text != "One,\nin two lines" || !all[0].Shown() || all[1].Text != "=Two" || all[1].Published != 0 {
			t.Errorf("%+v", all)
		}
		for name, file := range map[string]string{"nothing": "", "an open quotation mark": head + "AA-01,in_place,\"One", "another coding": head + "AA-01,in_place,\xff,en,,,\n", "a column twice": "indicator,indicator,says,text,language\n", "columns that are missing": "indicator,text\n"} {
			if p := plan(file); len(p.Refused) == 0 {
				t.Errorf("%s: %+v", name, p)
			}
		}
		_, err = x.Plan(ctx, w.Stray, "GH", "small", strings.NewReader(head))
		isKind(t, "an analyst of no round", err, fault.NotFound)
	})
}
