package assessment_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

var ctx = context.Background()

func world(t *testing.T) *storetest.World {
	return storetest.Populate(t, storetest.Open(t, store.SQLite))
}

func text(s string) *string { return &s }

func wantFault(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v, want a fault of kind %s", err, kind)
	}
}

func TestWhatCanBeReadIsSavedAndTheRestIsNamed(t *testing.T) {
	w := world(t)
	given := func(indicator string, value string) assessment.Given {
		return assessment.Given{Mutation: "mutation-" + indicator, Indicator: indicator, Value: text(value), NonAnswer: text(""), Source: "form"}
	}
	two := given("AA-02", "yes")
	two.NonAnswer = text("skipped")
	short := given("BB-03", "text")
	short.Mutation = "short"
	saved, rejected, err := w.Drafts.Save(ctx, w.Contributor, w.Mine.ID,
		given("AA-01", "3"), given("BB-01", "7"), given("BB-02", "many"), given("AA-03", "men"), two, given("ZZ-01", "1"), short, given("CX-01", "a port"))
	if err != nil {
		t.Fatal(err)
	}
	var ok, bad []string
	for _, s := range saved {
		ok = append(ok, s.Indicator)
	}
	for _, r := range rejected {
		bad = append(bad, r.Indicator)
	}
	if fmt.Sprint(ok) != "[AA-01 CX-01]" || fmt.Sprint(bad) != "[BB-01 BB-02 AA-03 AA-02 ZZ-01 BB-03]" {
		t.Errorf("saved %v, rejected %v", ok, bad)
	}
	d, err := w.Drafts.Open(ctx, w.Coordinator, w.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Answered != 1 || d.Sheet.Answers["AA-01"].Value != "3" || d.Instrument != w.Instrument {
		t.Errorf("opened %+v", d)
	}
	w.Sound(t)
}

func TestWhoMayDoWhatWithAnAssessment(t *testing.T) {
	w := world(t)
	g := assessment.Given{Mutation: "mutation-1", Indicator: "AA-01", Value: text("3")}
	calls := []struct {
		name string
		call func(who account.Actor) error
	}{
		{"open", func(who account.Actor) error { _, err := w.Drafts.Open(ctx, who, w.Mine.ID); return err }},
		{"save", func(who account.Actor) error { _, _, err := w.Drafts.Save(ctx, who, w.Mine.ID, g); return err }},
		{"history", func(who account.Actor) error { _, err := w.Drafts.History(ctx, who, w.Mine.ID, "AA-01"); return err }},
		{"powers", func(who account.Actor) error {
			_, err := w.Drafts.SetPowers(ctx, who, w.Mine.ID, assessment.PowerGiven{Indicator: "AA-01", Holder: "municipal"})
			return err
		}},
		{"undo power", func(who account.Actor) error {
			_, err := w.Drafts.UndoPower(ctx, who, w.Mine.ID, "AA-02", 0)
			return err
		}},
		{"hand in", func(who account.Actor) error { _, err := w.Drafts.HandIn(ctx, who, w.Mine.ID); return err }},
		{"open what was handed in", func(who account.Actor) error { _, err := w.Drafts.Open(ctx, who, w.Mine.ID); return err }},
		{"save what was handed in", func(who account.Actor) error { _, _, err := w.Drafts.Save(ctx, who, w.Mine.ID, g); return err }},
		{"give back", func(who account.Actor) error {
			_, err := w.Drafts.Reopen(ctx, who, w.Mine.ID, "Look again.")
			return err
		}},
	}
	people := []struct {
		name string
		who  account.Actor
		want string // one letter for each call: y done, f forbidden, n not found, c closed
	}{
		{"foreign coordinator", w.Foreign, "nnnnnnnnn"},
		{"admin", w.Admin, "nnnnnnnnn"},
		{"nobody", account.Actor{}, "nnnnnnnnn"},
		{"stray analyst", w.Stray, "nnnnnnnnn"},
		{"contributor", w.Contributor, "yyyfffycf"},
		{"coordinator", w.Coordinator, "yyyyyyycf"},
		{"analyst", w.Analyst, "nnnnnfyfy"}, // the coordinator has just handed it in,
	}
	got := map[string]string{}
	for _, c := range calls {
		for _, p := range people {
			err := c.call(p.who)
			letter := "y"
			switch {
			case fault.Is(err, fault.NotFound):
				letter = "n"
			case fault.Is(err, fault.Forbidden):
				letter = "f"
			case fault.Is(err, fault.Closed):
				letter = "c"
			case err != nil:
				t.Errorf("%s by %s: %v", c.name, p.name, err)
			}
			got[p.name] += letter
		}
	}
	for _, p := range people {
		if got[p.name] != p.want {
			t.Errorf("%s: %s, want %s", p.name, got[p.name], p.want)
		}
	}
}

func TestAContributorTellsNoPower(t *testing.T) {
	w := world(t)
	g := assessment.Given{Mutation: "mutation-1", Indicator: "AA-01", NonAnswer: text("not_ours"), Holder: "national"}
	for _, who := range []account.Actor{w.Contributor, w.Coordinator} {
		if _, rejected, err := w.Drafts.Save(ctx, who, w.Mine.ID, g); err != nil || len(rejected) > 0 {
			t.Fatal(rejected, err)
		}
		d, err := w.Drafts.Open(ctx, who, w.Mine.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, set := d.Sheet.Powers["AA-01"]; set != (who.Role == account.Coordinator) {
			t.Errorf("by a %s the power was set: %v", who.Role, set)
		}
		g.Mutation, g.Indicator, g.Base = "mutation-2", "AA-01", 1
		g.Value, g.NonAnswer = text("2"), nil
		if _, _, err := w.Drafts.Save(ctx, who, w.Mine.ID, g); err != nil {
			t.Fatal(err)
		}
		g = assessment.Given{Mutation: "mutation-3", Indicator: "AA-01", Base: 2, NonAnswer: text("not_ours"), Holder: "national"}
	}
}

func TestSigningIn(t *testing.T) {
	w := world(t)
	now := storetest.Now
	crowd := assessment.Crowd{Store: w.Store, Now: func() time.Time { return now }}
	const password = "correct horse battery"
	by := assessment.Author{Role: account.Operator}
	a, secret, err := crowd.Invite(ctx, account.Account{Email: " Someone@Example.org ", Name: "Someone", Role: account.Coordinator, City: w.Accra.ID, Language: survey.French}, by)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crowd.SignIn(ctx, a.Email, "", "here"); !fault.Is(err, fault.Invalid) {
		t.Errorf("without any password: %v", err)
	}
	if _, err := crowd.Accept(ctx, secret, "", "short"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short password: %v", err)
	}
	if got, err := crowd.Peek(ctx, account.Actor{}, secret, "here"); err != nil || got.Account.ID != a.ID {
		t.Errorf("a refused password used the link up: %v", err)
	}
	if _, err := crowd.Accept(ctx, secret, "", password); err != nil {
		t.Fatal(err)
	}
	if _, err := crowd.Accept(ctx, secret, "", password); !fault.Is(err, fault.NotFound) {
		t.Errorf("the link a second time: %v", err)
	}
	if got, err := crowd.SignIn(ctx, "SOMEONE@example.org", password, "here"); err != nil || got.ID != a.ID {
		t.Errorf("signed in as %+v, %v", got, err)
	}
	unknown, wrong := fmt.Sprint(crowd.SignIn(ctx, "nobody@example.org", password, "there")), fmt.Sprint(crowd.SignIn(ctx, a.Email, "wrong", "there"))
	if unknown != wrong {
		t.Errorf("an unknown address says %q, a wrong password %q", unknown, wrong)
	}
	for range assessment.FailuresByAccount - 1 {
		if _, err := crowd.SignIn(ctx, a.Email, "wrong", "there"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a wrong password: %v", err)
		}
	}
	if _, err := crowd.SignIn(ctx, a.Email, password, "elsewhere"); !fault.Is(err, fault.TooMany) {
		t.Errorf("after too many failures: %v", err)
	}
	now = now.Add(assessment.FailureWindow + time.Second)
	if _, err := crowd.SignIn(ctx, a.Email, password, "elsewhere"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	if err := crowd.ChangePassword(ctx, a.Actor(), "wrong", password+"!"); !fault.Is(err, fault.Invalid) {
		t.Errorf("changing with a wrong password: %v", err)
	}
	if err := crowd.ChangePassword(ctx, a.Actor(), password, password+"!"); err != nil {
		t.Fatal(err)
	}
	if _, err := crowd.SignIn(ctx, a.Email, password, "here"); !fault.Is(err, fault.Invalid) {
		t.Errorf("the old password: %v", err)
	}
	token, err := crowd.Token(ctx, a, "laptop", time.Hour, by)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := crowd.Bearer(ctx, token); err != nil || got.ID != a.ID {
		t.Errorf("the token is of %+v, %v", got, err)
	}
	if _, err := crowd.Bearer(ctx, token+"x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestABurstOfGuessesIsNoWayAroundTheLimit(t *testing.T) {
	w := world(t)
	by := assessment.Author{Role: account.Operator}
	a, secret, err := w.Crowd.Invite(ctx, account.Account{Email: "someone@example.org", Name: "Someone", Role: account.Admin, Language: survey.English}, by)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Crowd.Accept(ctx, secret, "", "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	answered := 0
	for i := range 24 {
		all.Go(func() {
			_, err := w.Crowd.SignIn(ctx, a.Email, fmt.Sprint("guess ", i), "there")
			if fault.Is(err, fault.Invalid) {
				mu.Lock()
				answered++
				mu.Unlock()
			} else if !fault.Is(err, fault.TooMany) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if answered > 2*assessment.FailuresByAccount { // a few more are under way while the fifth is written down
		t.Errorf("%d of 24 guesses were answered", answered)
	}
}

func TestAnAccountThatMakesNoSenseIsRefused(t *testing.T) {
	w := world(t)
	fine := account.Account{Email: "x@example.org", Name: "X", Role: account.Coordinator, City: w.Accra.ID, Language: survey.English}
	for name, c := range map[string]struct {
		field  string
		change func(a *account.Account)
	}{
		"no address":                 {"email", func(a *account.Account) { a.Email = "" }},
		"an address with a name":     {"email", func(a *account.Account) { a.Email = "X <x@example.org>" }},
		"no name":                    {"name", func(a *account.Account) { a.Name = " " }},
		"a name of 201 characters":   {"name", func(a *account.Account) { a.Name = strings.Repeat("م", 201) }},
		"an unknown role":            {"role", func(a *account.Account) { a.Role, a.City = "mayor", "" }},
		"the operator":               {"role", func(a *account.Account) { a.Role, a.City = account.Operator, "" }},
		"a coordinator without city": {"city", func(a *account.Account) { a.City = "" }},
		"an admin with a city":       {"city", func(a *account.Account) { a.Role = account.Admin }},
		"a coordinator with rounds":  {"round", func(a *account.Account) { a.Rounds = []string{w.Round.ID} }},
		"an unknown language":        {"language", func(a *account.Account) { a.Language = "xx" }},
		"an unknown city":            {"city", func(a *account.Account) { a.City = "none" }},
	} {
		a := fine
		c.change(&a)
		_, _, err := w.Crowd.Invite(ctx, a, assessment.Author{})
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		} else if c.field == "name" && f.Fields[0].Args["Most"] != 200 {
			t.Errorf("%s: at most %v characters are asked for", name, f.Fields[0].Args["Most"])
		}
	}
	fine.Name = strings.Repeat("م", 200) // 400 bytes
	if _, _, err := w.Crowd.Invite(ctx, fine, assessment.Author{}); err != nil {
		t.Errorf("a name of 200 characters: %v", err)
	}
}

const header = "city,indicator,value,non_answer,power,explanation,evidence\n"

func TestImporting(t *testing.T) {
	w := world(t)
	plan := func(who account.Actor, only, rows string) assessment.Plan {
		t.Helper()
		p, err := w.Transfer.Plan(ctx, who, "2026", only, strings.NewReader(header+rows), true)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	answers := func() int {
		t.Helper()
		all, err := w.Store.Assessments(ctx, w.Operator, "2026")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, a := range all {
			n += a.Answered
		}
		return n
	}
	refusedRows := func(p assessment.Plan) string {
		var out []string
		for _, f := range p.Refused {
			out = append(out, f.Name+" "+f.Key)
		}
		return strings.Join(out, ", ")
	}

	broken := plan(w.Operator, "", "accra,AA-01,3,,,,\nquito,AA-01,7,,,,\nlima,AA-01,1,,,,\naccra,AA-02,yes,,,,\n")
	if got := refusedRows(broken); !strings.Contains(got, "row 3 ") || !strings.Contains(got, "row 4 fault.city_unknown") || len(broken.Refused) != 2 {
		t.Errorf("refused: %s", got)
	}
	wantFault(t, w.Transfer.Apply(ctx, w.Operator, broken, nil), fault.Invalid)
	if answers() != 0 {
		t.Fatal("something of a broken file was imported")
	}
	foreign := plan(w.Coordinator, "accra", "quito,AA-01,3,,,,\n")
	if got := refusedRows(foreign); got != "row 2 fault.city_unknown" {
		t.Errorf("a foreign city: %s", got)
	}

	rows := "accra,AA-01,3,,national,because,link\nquito,AA-02,yes,,,,\naccra,BB-01,,not_ours,,,\naccra,AA-03,,,regional,,\n"
	dry := plan(w.Operator, "", rows)
	if dry.Count(assessment.Adds) != 4 || len(dry.Refused) != 0 || answers() != 0 {
		t.Fatalf("the dry run says %+v", dry)
	}
	if err := w.Transfer.Apply(ctx, w.Operator, plan(w.Operator, "", rows), dry.Seen); err != nil {
		t.Fatal(err)
	}
	if answers() != 2 {
		t.Errorf("%d answers", answers())
	}
	sheet, err := w.Store.Sheet(ctx, w.Operator, w.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	if k := sheet.Answers["AA-01"]; k.Value != "3" || k.Explanation != "because" || sheet.Powers["AA-01"].Holder != survey.National || sheet.Powers["AA-03"].Holder != survey.Regional {
		t.Errorf("imported %+v", sheet)
	}
	again := plan(w.Operator, "", rows)
	if again.Count(assessment.Same) != 4 {
		t.Errorf("the same file again: %+v", again.Lines)
	}

	rows = "accra,AA-01,4,,,,\nquito,AA-02,no,,,,\n"
	dry = plan(w.Operator, "", rows)
	if _, _, err := w.Drafts.Save(ctx, w.Contributor, w.Mine.ID, assessment.Given{Mutation: "mutation-9", Indicator: "AA-01", Base: 1, Explanation: text("meanwhile")}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"planned again": w.Transfer.Apply(ctx, w.Operator, plan(w.Operator, "", rows), dry.Seen),
		"the old plan":  w.Transfer.Apply(ctx, w.Operator, dry, nil),
	} {
		if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || len(f.Fields) != 1 || f.Fields[0].Name != "row 2" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sheet, _ := w.Store.Sheet(ctx, w.Foreign, w.Theirs.ID); sheet.Answers["AA-02"].Value != "yes" {
		t.Error("half of a refused import was kept")
	}
	if _, err := w.Transfer.Plan(ctx, w.Contributor, "2026", "accra", strings.NewReader(header), true); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a contributor imports: %v", err)
	}
	if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
		t.Fatal(err)
	}
	if got := refusedRows(plan(w.Operator, "", "accra,AA-01,4,,,,\n")); got != "row 2 fault.city_handed_in" {
		t.Errorf("a closed city: %s", got)
	}
	w.Sound(t)
}

func TestWhatIsExportedCanBeImportedUnchanged(t *testing.T) {
	w := world(t)
	hostile := "=1+1 \"<5\" </script>\nالعربية, 'quoted'"
	if _, _, err := w.Drafts.Save(ctx, w.Coordinator, w.Mine.ID, assessment.Given{Mutation: "mutation-1", Indicator: "AA-01", Value: text("3"), Explanation: text(hostile)}); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []bool{true, false} {
		var out bytes.Buffer
		if err := w.Transfer.Export(ctx, w.Coordinator, "2026", "accra", &out, raw); err != nil {
			t.Fatal(err)
		}
		plan, err := w.Transfer.Plan(ctx, w.Coordinator, "2026", "accra", &out, raw)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Count(assessment.Same) != len(w.Instrument.All()) || len(plan.Refused) != 0 {
			t.Errorf("raw %v: %+v", raw, plan)
		}
	}
	var out bytes.Buffer
	wantFault(t, w.Transfer.Export(ctx, w.Coordinator, "2026", "quito", &out, true), fault.NotFound)
	wantFault(t, w.Transfer.Export(ctx, w.Admin, "2026", "", &out, true), fault.Forbidden)
	wantFault(t, w.Transfer.Export(ctx, w.Analyst, "2026", "", &out, true), fault.NotFound) // nothing was handed in
}

func TestComparing(t *testing.T) {
	w := world(t)
	if _, err := w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID); err != nil {
		t.Fatal(err)
	}
	r, err := w.Comparisons.Of(ctx, w.Analyst, "2026")
	if err != nil || len(r.Rows) != 2 || r.Instrument != w.Instrument || r.Rows[0].Assessment.City.Code != "accra" {
		t.Errorf("compared %+v, %v", r, err)
	}
	for _, who := range []account.Actor{w.Coordinator, w.Contributor, w.Admin, {}} {
		_, err := w.Comparisons.Of(ctx, who, "2026")
		wantFault(t, err, fault.Forbidden)
		_, err = w.Comparisons.Overview(ctx, who, "2026")
		wantFault(t, err, fault.Forbidden)
	}
	_, err = w.Comparisons.Of(ctx, w.Stray, "2026")
	wantFault(t, err, fault.NotFound)
	if _, err := w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "readings", Title: "Readings", Instrument: "small@1.0.0", Published: true}, "accra"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Comparisons.Of(ctx, w.Operator, "readings")
	wantFault(t, err, fault.Forbidden)
	if _, err := w.Comparisons.Overview(ctx, w.Operator, "readings"); err != nil {
		t.Error(err)
	}
}

func TestPlanning(t *testing.T) {
	w := world(t)
	for name, c := range map[string]assessment.City{
		"code":    {Code: "Not A Code", Name: "X", Country: "GH"},
		"name":    {Code: "x", Name: strings.Repeat("x", 201), Country: "GH"},
		"country": {Code: "x", Name: "X", Country: "ZZ"},
	} {
		_, err := w.Planning.AddCity(ctx, w.Admin, c)
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := w.Planning.AddCity(ctx, w.Admin, assessment.City{Code: "lima", Name: " Lima ", Country: "pe"}); err != nil || c.Name != "Lima" || c.Country != "PE" || c.ID == "" {
		t.Errorf("added %+v, %v", c, err)
	}
	_, err := w.Planning.AddCity(ctx, w.Admin, assessment.City{Code: "lima", Name: "Lima", Country: "PE"})
	wantFault(t, err, fault.Conflict)
	fine := assessment.Round{Code: "2027", Title: "Round", Instrument: "small@1.0.0"}
	for name, change := range map[string]func(r *assessment.Round){
		"code":       func(r *assessment.Round) { r.Code = "a/b" },
		"title":      func(r *assessment.Round) { r.Title = "" },
		"instrument": func(r *assessment.Round) { r.Instrument = "other@1.0.0" },
		"due":        func(r *assessment.Round) { r.Due = storetest.Now },
	} {
		r := fine
		change(&r)
		_, err := w.Planning.AddRound(ctx, w.Admin, r)
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.Planning.AddRound(ctx, w.Admin, fine, "accra", "nowhere")
	wantFault(t, err, fault.Invalid)
	if _, err := w.Planning.AddRound(ctx, w.Admin, fine, "accra", "accra"); err != nil {
		t.Errorf("a refused round took its code, or a city named twice hinders it: %v", err)
	}
	if err := w.Planning.Invite(ctx, w.Admin, "2027", "lima", "accra"); err != nil {
		t.Fatal(err)
	}
	if all, err := w.Store.Assessments(ctx, w.Operator, "2027"); err != nil || len(all) != 2 {
		t.Errorf("invited %d, %v", len(all), err)
	}
	wantFault(t, w.Planning.Invite(ctx, w.Admin, "2027", "nowhere"), fault.Invalid)
	wantFault(t, w.Planning.Invite(ctx, w.Admin, "none", "lima"), fault.NotFound)
	for _, who := range []account.Actor{w.Coordinator, w.Contributor, w.Analyst, {}} {
		_, err := w.Planning.AddCity(ctx, who, assessment.City{Code: "y", Name: "Y", Country: "PE"})
		wantFault(t, err, fault.Forbidden)
		_, err = w.Planning.AddRound(ctx, who, fine)
		wantFault(t, err, fault.Forbidden)
		wantFault(t, w.Planning.Invite(ctx, who, "2027", "quito"), fault.Forbidden)
		wantFault(t, w.Planning.AddInstrument(ctx, who, w.Instrument), fault.Forbidden)
	}
	if day, err := assessment.ParseDue("2026-12-31"); err != nil || day.Day() != 31 {
		t.Errorf("read %v, %v", day, err)
	}
	if _, err := assessment.ParseDue("31/12/2026"); !fault.Is(err, fault.Invalid) {
		t.Errorf("read %v", err)
	}
}

func TestTheLibraryListsTheNewestFirst(t *testing.T) {
	in := storetest.Instrument(t)
	var all []*survey.Instrument
	for _, v := range []string{"1.9.0", "1.10.0", "1.0.0"} {
		c := *in
		c.Version = v
		all = append(all, &c)
	}
	l, err := assessment.NewLibrary(all...)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range l.List() {
		got = append(got, x.Version)
	}
	if fmt.Sprint(got) != "[1.10.0 1.9.0 1.0.0]" {
		t.Errorf("listed %v", got)
	}
	if _, found := l.Find("small", "2.0.0"); found {
		t.Error("found what is not there")
	}
}
