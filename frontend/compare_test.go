package frontend

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/compare"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/data"
	"migov/data/locale"
	"migov/frontend/chart"
)

func TestTheChartsOfAComparisonAreDrawnAtTheSameTime(t *testing.T) {
	_, w := site(t)
	scheme, x := round(t, 8, "")
	var under atomic.Int32
	var once sync.Once
	together := make(chan struct{})
	p := NewCompare(Frame{Lang: "en", Dir: "ltr"}, w, x.compared(scheme, ParseAsk(nil)), ParseAsk(nil), func(c chart.Chart, size chart.Size) template.HTML {
		switch n := under.Add(1); {
		case n == chart.Engines:
			once.Do(func() { close(together) })
		case n > chart.Engines:
			t.Errorf("%d charts at the same time, for %d engines", n, chart.Engines)
		}
		defer under.Add(-1)
		select {
		case <-together:
		case <-time.After(5 * time.Second):
			t.Error("the charts are drawn one after another")
		}
		return template.HTML(fmt.Sprintf("%T %d", c, size))
	}, func(chart.Chart, chart.Size) (chart.Drawing, bool) { return chart.Drawing{}, false })
	if p.Heat.Wide != "chart.HeatMap 0" || p.Heat.Narrow != "chart.HeatMap 1" || p.Strip.Wide != "chart.Strip 0" || p.Strip.Narrow != "chart.Strip 1" {
		t.Errorf("drawn: %+v %+v", p.Heat, p.Strip)
	}
	for i, s := range p.Shapes {
		if s.Words == "" && s.Chart != "chart.Radar 2" {
			t.Errorf("shape %d: %+v", i, s)
		}
	}
}

func TestAPhoneDoesNotShortenTheHeadsOfTheWideMatrix(t *testing.T) {
	_, w := site(t)
	scheme, x := round(t, 8, "")
	heads := map[chart.Size]string{}
	var mu sync.Mutex
	NewCompare(Frame{Lang: "en", Dir: "ltr"}, w, x.compared(scheme, ParseAsk(nil)), ParseAsk(nil), func(c chart.Chart, size chart.Size) template.HTML {
		if heat, ok := c.(chart.HeatMap); ok {
			time.Sleep(50 * time.Millisecond) // while the page goes on
			mu.Lock()
			defer mu.Unlock()
			heads[size] = heat.Groups[0].Columns[0]
		}
		return ""
	}, noDrawing)
	if id := x.Instrument.Dimensions[0].ID; heads[chart.Wide] == "" || heads[chart.Wide] == id || heads[chart.Narrow] != id {
		t.Errorf("the heads are %v", heads)
	}
}

func instrument(t testing.TB) *survey.Instrument {
	t.Helper()
	sources, err := data.InstrumentSources()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if in, _ := survey.Decode(source); in != nil && in.Code == "urban-migof" {
			return in
		}
	}
	t.Fatal("urban-migof is not built in")
	return nil
}

// round makes a round of cities with random answers, some of them left open.
func round(t testing.TB, cities int, prefix string) (*score.Scheme, made) {
	t.Helper()
	in := instrument(t)
	scheme := score.NewScheme(in)
	random := rand.New(rand.NewPCG(2026, 11))
	x := made{RoundResults: assessment.RoundResults{Round: assessment.Round{Code: "big", Title: "Big round"}, Instrument: in}}
	for i := range cities {
		answers := map[string]survey.Answer{}
		for _, q := range in.Indicators() {
			if q.Kind == survey.Level && random.IntN(10) > 0 {
				answers[q.ID] = survey.Answer{Value: fmt.Sprint(random.IntN(5))}
			}
		}
		row := assessment.ScoreRow{Assessment: assessment.Assessment{ID: fmt.Sprintf("a%04d", i), City: assessment.City{Code: fmt.Sprintf("c%04d", i), Name: fmt.Sprintf("%sCity %04d", prefix, i)},
			HandedIn: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}}
		marks := scheme.Marks(answers, nil)
		scheme.Numbers(marks, &row.Numbers)
		x.Rows, x.marks = append(x.Rows, row), append(x.marks, marks)
	}
	return scheme, x
}

// made is a round with the marks of its rows.
type made struct {
	assessment.RoundResults
	marks []score.Marks
}

// compared is a made round as it is compared.
func (x made) compared(scheme *score.Scheme, ask Ask) Compared {
	var all []compare.City
	for i, row := range x.Rows {
		a := row.Assessment
		all = append(all, compare.City{Assessment: a.ID, Code: a.City.Code, Name: a.City.Name, HandedIn: !a.Open(), Marks: x.marks[i], Numbers: row.Numbers})
	}
	c := compare.NewCohort(scheme, all)
	return Compared{Round: x.Round, Instrument: x.Instrument, Cohort: c, Selection: c.Select(ask.Group)}
}

func site(t testing.TB) (*Site, *locale.Words) {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	static, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(words, static)
	if err != nil {
		t.Fatal(err)
	}
	return s, words.In("en")
}

func noChart(chart.Chart, chart.Size) template.HTML                { return "" }
func noDrawing(chart.Chart, chart.Size) (d chart.Drawing, ok bool) { return d, false }

func TestAPageHoldsAHundredCitiesAndDistributionsCountAll(t *testing.T) {
	scheme, x := round(t, 250, "")
	_, w := site(t)
	ask := ParseAsk(url.Values{"page": {"3"}, "city": {"c0007"}, "level": {BySubcategory}})
	p := NewCompare(Frame{Lang: "en", Dir: "ltr"}, w, x.compared(scheme, ask), ask, noChart, noDrawing)
	if len(p.Matrix.Rows) != 50 || p.Pager.First != 201 || p.Pager.Last != 250 || len(p.Pager.Pages) != 3 {
		t.Errorf("page 3 of 250 cities has %d rows, %d to %d, %d pages", len(p.Matrix.Rows), p.Pager.First, p.Pager.Last, len(p.Pager.Pages))
	}
	if p.Matrix.Drawn {
		t.Error("1,300 cells are drawn although more than 500 are a table")
	}
	if !strings.Contains(p.Pager.Pages[1].Href, "city=c0007") || !strings.Contains(p.Pager.Pages[1].Href, "level=subcategories") {
		t.Errorf("the address of a page loses the filters: %s", p.Pager.Pages[1].Href)
	}
	var members []compare.Member
	for _, row := range x.Rows {
		members = append(members, compare.Member{City: row.Assessment.City.Code, Name: row.Assessment.City.Name, Numbers: row.Numbers})
	}
	all := compare.Distribute(scheme, members, compare.Situation)
	for i, d := range all.Dimensions {
		if got, want := p.ShapesTable.Rows[len(p.ShapesTable.Rows)-1].Cells[i].Value, fmt.Sprint(score.Round(d.Median)); got != want {
			t.Errorf("%s: the median shown is %s, that of all cities %s", d.ID, got, want)
		}
	}
	if len(p.Positions) != len(all.Dimensions) {
		t.Errorf("the marked city, on another page, has %d positions", len(p.Positions))
	}
}

func TestAbsentNumbersAreWordsInTheMatrix(t *testing.T) {
	scheme, x := round(t, 6, "")
	x.Rows[0].Numbers = score.Numbers{} // nothing answered: a row of before the first save
	scheme.Numbers(scheme.Blank(), &x.Rows[0].Numbers)
	x.marks[0] = scheme.Blank()
	_, w := site(t)
	p := NewCompare(Frame{Lang: "en", Dir: "ltr"}, w, x.compared(scheme, Ask{}), ParseAsk(url.Values{"city": {"c0000"}}), noChart, noDrawing)
	for _, c := range p.Matrix.Rows[0].Cells {
		if c.Figure != "" || c.Words == "" {
			t.Errorf("an unanswered dimension shows %+v", c)
		}
	}
	for _, line := range p.Positions {
		if line.Shown.Figure != "" || line.Shown.Words == "" || line.Words == "" {
			t.Errorf("an unanswered dimension has a place: %+v", line)
		}
	}
	if p.Shapes[0].Chart != "" || p.Shapes[0].Words == "" {
		t.Error("a shape is drawn for a city without values")
	}
	if p.Counted != 5 || p.All != 6 {
		t.Errorf("%d of %d are counted", p.Counted, p.All)
	}
}

func TestCitiesStandInTheOrderOfTheReadersLanguage(t *testing.T) {
	same := func(s string) string { return s }
	for _, c := range []struct {
		lang string
		want []string
	}{
		{"en", []string{"Ávila", "berlin", "Čakovec", "Denver", "ألف", "باء"}},
		{"es", []string{"Nuevo", "Ñuble", "Oviedo"}},
		{"ar", []string{"ألف", "باء", "تونس"}},
	} {
		mixed := slices.Clone(c.want)
		slices.Reverse(mixed)
		if got := byName(c.lang, mixed, same, same); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.lang, got)
		}
	}
}

func TestWidthsAndPagesKeepWithinTheirBounds(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{{0, 0, "w0"}, {0, 90, "w0"}, {89, 90, "w98"}, {90, 90, "w100"}, {95, 90, "w100"}} {
		if got := width(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	_, w := site(t)
	for page, first := range map[int]int{-1: 1, 0: 1, 1: 1, 2: 101, 3: 201, 9: 201} {
		rows, p := turn(make([]int, 205), page, w, func(int) string { return "" })
		if p.First != first || len(rows) != p.Last-p.First+1 {
			t.Errorf("page %d begins at %d with %d rows", page, p.First, len(rows))
		}
	}
	if rows, p := turn([]int(nil), 1, w, func(int) string { return "" }); rows != nil || p.Pages != nil {
		t.Error("an empty list has pages")
	}
}

// BenchmarkCompareThousandCities lays out and renders the comparison of 1,000 cities with every chart drawn anew (the
// names differ each time); the engine itself is warm. The budget of the issue is 300 ms.
func BenchmarkCompareThousandCities(b *testing.B) {
	s, w := site(b)
	engine, err := chart.New(Built(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	draw := func(c chart.Chart, size chart.Size) template.HTML { return engine.SVG(context.Background(), c, size) }
	for _, level := range []string{ByDimension, BySubcategory} {
		b.Run(level, func(b *testing.B) {
			scheme, x := round(b, 1000, "")
			ask := ParseAsk(url.Values{"level": {level}, "city": {"c0042"}, "with": {"c0001", "c0002", "c0003", "c0004"}})
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				for i := range x.Rows {
					x.Rows[i].Assessment.City.Name = fmt.Sprintf("%s %d City %04d", level, n, i)
				}
				b.StartTimer()
				p := NewCompare(Frame{Lang: "en", Dir: "ltr", Method: score.MethodVersion}, w, x.compared(scheme, ask), ask, draw, engine.Drawing)
				if _, err := s.Render("en", "compare", p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
