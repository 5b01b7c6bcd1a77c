package store_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/export"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

// draw writes an export of the round of a world.
func draw(w *storetest.World, who account.Actor, o assessment.ExportOrder) ([]byte, error) {
	o.Round, o.Language, o.Say = "2026", survey.English, func(key string) string { return key }
	p, err := w.Exports.Prepare(ctx, who, o)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = p.Write(ctx, &b)
	return b.Bytes(), err
}

func TestAWalkReadsWhatIsKeptOfEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		for i := range 3 { // more cities than a statement looks at, one of them hostile
			w.City(t, fmt.Sprintf("more-%d", i), "=<b>بلدية", "GH")
		}
		text := "'a\n\x01\"\"= ع"
		m := storetest.Value("AA-02", 0, "no")
		m.Answer.Explanation, m.Fields = text, m.Fields.With(assessment.ExplanationField)
		order := w.Order(w.Foreign, m)
		order.Assessment = w.Theirs.ID
		if _, err := s.Save(ctx, w.Foreign, order); err != nil {
			t.Fatal(err)
		}
		for _, texts := range []bool{false, true} {
			var codes []string
			err := s.Walk(ctx, w.Operator, "2026", "", export.Needs{Answers: true, Texts: texts, Powers: true}, func(all []assessment.Walked) error {
				for _, x := range all {
					codes = append(codes, x.Assessment.City.Code)
					sheet, err := s.SheetOf(ctx, w.Operator, x.Assessment)
					if err != nil {
						return err
					}
					got := 0
					x.EachAnswer(func(a assessment.WalkedAnswer) {
						got++
						k := sheet.Answers[a.Indicator]
						want := assessment.WalkedAnswer{Indicator: a.Indicator, Value: k.Value, NonAnswer: string(k.NonAnswer)}
						if texts {
							want.Version, want.Explanation, want.Evidence, want.Confidence = k.Version, k.Explanation, k.Evidence, string(k.Confidence)
						}
						if a != want {
							t.Errorf("%+v, want %+v", a, want)
						}
					})
					if got != len(sheet.Answers) {
						t.Errorf("%s: %d answers, want %d", x.Assessment.City.Code, got, len(sheet.Answers))
					}
					got = 0
					x.EachPower(func(indicator string, holder survey.Holder, reason string) {
						got++
						if p := sheet.Powers[indicator]; p.Holder != holder || p.Reason != reason {
							t.Errorf("%s is %s for %q, want %+v", indicator, holder, reason, p)
						}
					})
					if got != len(sheet.Powers) {
						t.Errorf("%d powers, want %d", got, len(sheet.Powers))
					}
				}
				return nil
			})
			if err != nil || !slices.Equal(codes, []string{"accra", "quito"}) {
				t.Errorf("%v %v", codes, err)
			}
		}
	})
}

func TestALongExportHasTheRowsOfTheExportThatIsReadBackIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		for name, who := range map[string]account.Actor{"operator": w.Operator, "analyst": w.Analyst, "coordinator": w.Coordinator, "another city": w.Foreign} {
			var want bytes.Buffer
			if err := w.Transfer.Export(ctx, who, "2026", "", &want, true); err != nil {
				t.Fatal(name, err)
			}
			got, err := draw(w, who, assessment.ExportOrder{Order: export.Order{Format: export.Raw}})
			if err != nil {
				t.Fatal(name, err)
			}
			if !reflect.DeepEqual(columnsOf(t, got, 12), columnsOf(t, want.Bytes(), 12)) {
				t.Errorf("%s:\n%s\nwant\n%s", name, got, want.String())
			}
		}
	})
}

// columnsOf are the first columns of a CSV.
func columnsOf(t *testing.T, data []byte, n int) (out [][]string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r[:n])
	}
	return out
}

func TestNobodyExportsMoreThanTheyMaySee(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s) // Accra has handed in, Quito has not
		bound := w.Analyst
		bound.Only = "another round"
		for name, x := range map[string]struct {
			who    account.Actor
			city   string
			cities []string
			kind   fault.Kind
		}{
			"an analyst gets what was handed in":          {who: w.Analyst, cities: []string{"accra"}},
			"and no draft by name":                        {who: w.Analyst, city: "quito", cities: nil},
			"people of a city get their own":              {who: w.Foreign, cities: []string{"quito"}},
			"and no other by name":                        {who: w.Foreign, city: "accra", kind: fault.NotFound},
			"an analyst of no round gets nothing":         {who: w.Stray, kind: fault.NotFound},
			"a token of another round gets nothing":       {who: bound, kind: fault.NotFound},
			"an administrator reads no answers":           {who: w.Admin, kind: fault.Forbidden},
			"an operator gets everything, drafts as well": {who: w.Operator, cities: []string{"accra", "quito"}},
		} {
			for _, subject := range []export.Subject{export.Cities, export.Answers, export.Powers, export.Results} {
				got, err := draw(w, x.who, assessment.ExportOrder{City: x.city, Order: export.Order{Format: export.Raw, Subject: subject, Shape: export.Wide}})
				if x.kind != "" {
					if !fault.Is(err, x.kind) {
						t.Errorf("%s, %s: %v", name, subject, err)
					}
					continue
				}
				if err != nil {
					t.Fatal(name, err)
				}
				var cities []string
				for _, r := range columnsOf(t, got, 1)[1:] {
					if !slices.Contains(cities, r[0]) {
						cities = append(cities, r[0])
					}
				}
				if !slices.Equal(cities, x.cities) {
					t.Errorf("%s, %s: %v, want %v", name, subject, cities, x.cities)
				}
			}
		}
	})
}

func TestAnExportIsNotedForEachCityBeforeItIsWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		p, err := w.Exports.Prepare(ctx, w.Analyst, assessment.ExportOrder{Order: export.Order{Format: export.JSON, Subject: export.Results}, Round: "2026", Say: strings.ToUpper})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(ctx, failing{}); !errors.Is(err, errFailing) {
			t.Errorf("a reader who has gone: %v", err)
		}
		lines, err := s.Audit(ctx, w.Coordinator, assessment.AuditFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(lines, func(l assessment.Line) bool { return l.Action == "export" }); i < 0 || lines[i].Detail != "results json" || lines[i].Subject != w.Mine.ID || lines[i].Actor.Role != account.Analyst {
			t.Errorf("%+v", lines)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := p.Write(gone, io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that has ended: %v", err)
		}
	})
}

var errFailing = errors.New("gone")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFailing }

func TestTheResultsOfAnExportAreThoseOfTheBacking(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		data, err := draw(w, w.Analyst, assessment.ExportOrder{Order: export.Order{Format: export.XLSX}})
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("results", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Assessment(ctx, w.Operator, w.Mine.ID)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := s.SheetOf(ctx, w.Operator, a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.BesideOf(ctx, w.Operator, a)
		if err != nil {
			t.Fatal(err)
		}
		backing := assessment.BackingOf(w.Scheme, sheet, b, storetest.Now)
		marks := map[string]int{"claimed": 0, "evidenced": 0, "verified": 0}
		for _, r := range rows[1:] {
			card := w.Scheme.Card("accra", backing.Claimed)
			switch r[3] {
			case "evidenced":
				card = w.Scheme.Card("accra", backing.Evidenced)
			case "verified":
				card = w.Scheme.Card("accra", backing.Verified)
			}
			for _, x := range slices.Concat(card.Dimensions, card.Subcategories) {
				if x.ID == r[2] {
					marks[r[3]]++
					if want := fmt.Sprint(x.Answered); r[11] != want {
						t.Errorf("%v: %s answered, want %s", r, r[11], want)
					}
					if known := r[4] != ""; known != x.Situation.Known {
						t.Errorf("%v: situation %+v", r, x.Situation)
					}
				}
			}
		}
		if n := len(w.Scheme.DimensionIDs()) + len(w.Scheme.SubcategoryIDs()); marks["claimed"] != n || marks["evidenced"] != n || marks["verified"] != n {
			t.Errorf("%v", marks)
		}
		verdicts, err := f.GetRows("verdicts")
		if err != nil || len(verdicts) != 4 || verdicts[1][2] != "challenged" && verdicts[2][2] != "challenged" {
			t.Errorf("%v %v", verdicts, err)
		}
	})
}
