package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"migov/api/apitest"
	"migov/api/rest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/compare"
)

// towns makes cities that have handed in, the one with the last name first.
func towns(t *testing.T, w *apitest.World, n int) {
	t.Helper()
	ctx, operator := context.Background(), assessment.Author{Name: "Test", Role: account.Operator}
	var codes []string
	for i := range n {
		code := fmt.Sprintf("town-%d", i)
		codes = append(codes, code)
		if _, err := w.Store.AddCity(ctx, assessment.City{Code: code, Name: fmt.Sprintf("Town %c", 'A'+n-1-i), Country: "FR", Fictional: true}, operator); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Store.AddCities(ctx, w.Round.Code, w.Library.Scheme(w.Instrument), codes, operator); err != nil {
		t.Fatal(err)
	}
	who := account.Actor{Role: account.Operator, Name: "Test"}
	all, err := w.Store.Assessments(ctx, who, w.Round.Code)
	if err != nil {
		t.Fatal(err)
	}
	for k, a := range all {
		if !strings.HasPrefix(a.City.Code, "town") {
			continue
		}
		var given []assessment.Given
		for _, q := range w.Instrument.Indicators() {
			if level := fmt.Sprint(k % 5); q.Kind == "level" {
				given = append(given, assessment.Given{Mutation: key(), Indicator: q.ID, Value: &level, Source: "test"})
			}
		}
		if _, rejected, err := w.Pages.Drafts.Save(ctx, who, a.ID, given...); err != nil || len(rejected) > 0 {
			t.Fatal(err, rejected)
		}
		if _, err := w.Pages.Drafts.HandIn(ctx, who, a.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// consenting is a store in which every city shows its numbers to peers.
type consenting struct{ assessment.Store }

func (c consenting) CohortSince(ctx context.Context, round string, since int64, visit func(compare.City)) (int64, error) {
	return c.Store.CohortSince(ctx, round, since, func(x compare.City) {
		x.Consents = true
		visit(x)
	})
}

func TestAProgramComparesAsThePageDoes(t *testing.T) {
	w := apitest.New(t)
	towns(t, w, 6)
	c, base := w.Client(apitest.Analyst), "/api/v1/rounds/2026/comparison"
	first := w.Instrument.Dimensions[0].ID
	type view struct {
		Selected   int
		Dimensions []rest.Spread
		Outside    []string          `json:"outside_group"`
		Groups     []rest.GroupClass `json:"groups"`
	}
	for _, x := range []struct {
		name, query             string
		selected, counted, told int
		quantiles               bool
		outside                 int
	}{
		{"every city", "", 6, 6, 6, true, 0},
		{"a slice has the quantiles of all", "?from=1&most=2", 6, 6, 2, true, 0},
		{"a slice after the last city", "?from=99", 6, 6, 0, true, 0},
		{"a class", "?group=country:FR", 6, 6, 6, true, 0},
		{"a class of nobody", "?group=country:PE", 0, 0, 0, false, 6},
		{"a group of four tells no distribution", "?group=hand:town-0,town-1,town-2,town-3", 4, 4, 0, false, 2},
		{"powers alike", "?group=powers:town-0", 6, 6, 6, true, 0},
		{"nothing is verified", "?standing=verified", 6, 0, 0, false, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			var got view
			p := c.JSON(http.MethodGet, base+x.query, "", nil)
			read(t, p, http.StatusOK, &got)
			d := got.Dimensions[0]
			if got.Selected != x.selected || d.Counted != x.counted || len(d.Cities) != x.told || (d.Quantiles != nil) != x.quantiles || len(got.Outside) != x.outside {
				t.Errorf("%s", p.Body)
			}
			if !slices.Contains(got.Groups, rest.GroupClass{Group: "country:FR", Cities: 6}) {
				t.Errorf("groups %v", got.Groups)
			}
		})
	}
	for _, x := range []struct {
		query  string
		status int
		code   string
	}{
		{"?group=nonsense", http.StatusUnprocessableEntity, "fault.group_unknown"},
		{"?standing=perhaps", http.StatusUnprocessableEntity, "fault.request"},
		{"/pairs?x=" + first + "&y=nothing", http.StatusUnprocessableEntity, "rest.part_unknown"},
		{"/change", http.StatusUnprocessableEntity, "rest.missing"},
		{"/change?since=nowhere", http.StatusNotFound, "fault.not_found"},
	} {
		refused(t, c.JSON(http.MethodGet, base+x.query, "", nil), x.status, x.code)
	}

	var cells struct {
		Indicators []string
		Cities     []rest.IndicatorRow
	}
	p := c.JSON(http.MethodGet, base+"/indicators?most=5", "", nil)
	read(t, p, http.StatusOK, &cells)
	if len(cells.Cities) != 5 || len(cells.Indicators) < 50 || cells.Cities[0].City != "town-5" || len(cells.Cities[0].Cells) != len(cells.Indicators) {
		t.Fatalf("%.500s", p.Body)
	}
	valued, blank := 0, 0
	for _, x := range cells.Cities[0].Cells {
		switch {
		case x.Value != nil && x.Why == "":
			valued++
		case x.Value == nil && x.Why != "":
			blank++
		}
	}
	if valued == 0 || valued+blank != len(cells.Indicators) {
		t.Errorf("%d with a value, %d without, of %d", valued, blank, len(cells.Indicators))
	}

	var pairs struct {
		Cities []rest.Pairing
		Left   int
	}
	p = c.JSON(http.MethodGet, base+"/pairs", "", nil)
	if read(t, p, http.StatusOK, &pairs); len(pairs.Cities) != 6 || pairs.Left != 0 {
		t.Errorf("%s", p.Body)
	}
	p = c.JSON(http.MethodGet, base+"/pairs?x="+first+"&y=population", "", nil)
	if read(t, p, http.StatusOK, &pairs); len(pairs.Cities) != 0 || pairs.Left != 6 { // nobody has said how many residents there are
		t.Errorf("%s", p.Body)
	}

	var change struct {
		Indicators []string
		Cities     []rest.Moved
		More, Left int
	}
	p = c.JSON(http.MethodGet, base+"/change?since=2026", "", nil)
	read(t, p, http.StatusOK, &change)
	if len(change.Cities) != 6 || change.Left != 0 || change.More != 0 || len(change.Indicators) != len(cells.Indicators) {
		t.Fatalf("%s", p.Body)
	}
	for _, part := range change.Cities[0].Dimensions {
		if part.Before == nil || part.Now == nil || *part.Before != *part.Now {
			t.Errorf("nothing has changed since the same round, but %s", p.Body)
		}
	}
}

func TestAProgramReadsWhereItsCityStands(t *testing.T) {
	w := apitest.New(t)
	towns(t, w, 5)
	c, path := w.Client(apitest.CoordinatorA), "/api/v1/assessments/"+w.A.ID+"/peers"
	type standing struct {
		Cities  int
		Refused string
		Groups  []rest.PeerGroup
		Parts   []rest.Standpoint
	}
	ask := func() (got standing) {
		t.Helper()
		read(t, c.JSON(http.MethodGet, path, "", nil), http.StatusOK, &got)
		return got
	}
	if got := ask(); !strings.Contains(got.Refused, "handed in") || len(got.Parts) != 0 {
		t.Errorf("a draft: %+v", got)
	}
	if _, err := w.Pages.Drafts.HandIn(t.Context(), account.Actor{Role: account.Operator, Name: "Test"}, w.A.ID); err != nil {
		t.Fatal(err)
	}
	if got := ask(); !strings.Contains(got.Refused, "fewer than 5") || len(got.Parts) != 0 || len(got.Groups) != 0 {
		t.Errorf("nobody consents: %+v", got)
	}
	refused(t, c.JSON(http.MethodGet, path+"?group=country:FR", "", nil), http.StatusForbidden, "fault.peers_too_few")
	w.REST.Cohorts = &assessment.Cohorts{Store: consenting{w.Store}, Questionnaires: w.Library, Now: w.REST.Now} // which has read nothing yet
	got := ask()
	if got.Cities != 5 || got.Refused != "" || len(got.Parts) == 0 || got.Parts[0].Peers == nil || got.Parts[0].Peers.Counted != 5 {
		t.Fatalf("%+v", got)
	}
	for _, part := range got.Parts {
		if (part.Value == nil) != (part.Why != "") || (part.Quarter != "") != (part.Distance != nil) || (part.Quarter != "" && part.Peers == nil) {
			t.Errorf("%+v", part)
		}
	}
	body := c.JSON(http.MethodGet, path, "", nil).Body
	for _, word := range []string{"town", "Town", `"min"`, `"max"`, "rank"} {
		if strings.Contains(body, word) {
			t.Errorf("a city is told %q of its peers", word)
		}
	}
	if r := c.JSON(http.MethodGet, path+"?group=country:FR", "", nil); r.Status != http.StatusOK { // all five are there
		t.Errorf("a group that is offered: %d %s", r.Status, r.Body)
	}
	refused(t, c.JSON(http.MethodGet, path+"?group=hand:town-0", "", nil), http.StatusUnprocessableEntity, "fault.group_unknown")
	refused(t, w.Client(apitest.CoordinatorB).JSON(http.MethodGet, path, "", nil), http.StatusNotFound, "fault.not_found")
	refused(t, w.Client(apitest.Analyst).JSON(http.MethodGet, path, "", nil), http.StatusForbidden, "fault.forbidden")
}
