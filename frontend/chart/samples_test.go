package chart

import (
	"flag"
	"fmt"
	"html"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// samples are all charts in English and in Arabic, wide, narrow and small. The cities are invented, the figures those of
// no city.
type sample struct {
	name  string
	chart Chart
	size  Size
}

var words = map[string]map[string]string{
	"en": {
		"situation": "Situation", "effort": "Municipal effort", "basis": "effort: insufficient basis", "few": "not enough answers",
		"and": "%s and %s", "median": "median", "own": "Marsa Selwa", "against": "%s, median %s", "city": "City", "dimension": "Dimension",
		"q1": "First quartile", "q3": "Third quartile", "fewcities": "fewer than five cities",
		"dotlabel": "Situation and municipal effort by dimension, with intervals", "comparable": "not comparable", "answered": "not answered",
		"claimed": "As claimed", "evidenced": "Evidenced or better", "verified": "Verified only",
	},
	"ar": {
		"situation": "الوضع", "effort": "جهد البلدية", "basis": "الجهد: أساس غير كافٍ", "few": "إجابات غير كافية",
		"and": "%s و%s", "median": "الوسيط", "own": "مرسى سلوى", "against": "%s، الوسيط %s", "city": "المدينة", "dimension": "البُعد",
		"q1": "الربيع الأول", "q3": "الربيع الثالث", "fewcities": "أقل من خمس مدن",
		"dotlabel": "الوضع وجهد البلدية حسب البُعد مع المدى", "comparable": "غير قابل للمقارنة", "answered": "لا إجابة",
		"claimed": "كما ذُكر", "evidenced": "مدعومة بدليل أو أكثر", "verified": "المتحقق منها فقط",
	},
}

var names = map[string][]string{
	"en": {"Migrants' rights", "Whole of government", "Partnerships", "Socioeconomic well-being", "Mobility and crises", "Safe, orderly and regular migration"},
	"ar": {"حقوق المهاجرين", "نهج الحكومة بأكملها", "الشراكات", "الرفاه الاجتماعي والاقتصادي", "التنقل والأزمات", "الهجرة الآمنة والمنظمة"},
}

var shorts = map[string][]string{
	"en": {"Rights", "Whole of gov.", "Partnerships", "Well-being", "Crises", "Safe, orderly"},
	"ar": {"الحقوق", "الحكومة", "الشراكات", "الرفاه", "الأزمات", "الآمنة"},
}

var cities = map[string][]string{
	"en": {"Alderport", "Bahía Nueva", "Bir Amal", "Havenbruck", "Jisr Hadi", "Lindmoor", "Marsa Selwa", "Monte Claro", "Puerto Laurel", "San Aurelio", "Sidi Wahat", "Tell Rihan"},
	"ar": {"ألدربورت", "باهيا نويفا", "بئر أمل", "هافنبروك", "جسر هادي", "ليندمور", "مرسى سلوى", "مونتي كلارو", "بويرتو لوريل", "سان أوريليو", "سيدي واحات", "تل ريحان"},
}

var (
	situations = []Interval{band(50, 58, 63), band(57, 61, 63), band(65, 70, 73), band(40, 44, 48), band(42, 48, 55), band(31, 39, 53)}
	efforts    = []Interval{band(60, 66, 70), band(64, 68, 70), band(68, 72, 74), band(54, 57, 60), band(49, 55, 60), {}}
	medians    = []float64{66, 60, 69, 50, 51, 47}
)

func band(low, central, high float64) Interval {
	return Interval{Low: low, Central: central, High: high, Known: true, Banded: true}
}

func sampleDots(lang string) Dots {
	w := words[lang]
	d := Dots{Label: w["dotlabel"], Caption: w["dotlabel"], RTL: lang == "ar", Dimension: w["dimension"], Situation: w["situation"], Effort: w["effort"]}
	for i, name := range names[lang] {
		row := DotRow{Name: name, Situation: situations[i], Effort: efforts[i], Values: fmt.Sprintf(w["and"], figure(situations[i].Central), figure(efforts[i].Central))}
		if !row.Effort.Known {
			row.Effort.Words = w["basis"]
			row.Values = figure(row.Situation.Central)
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// harderDots has what is rare: marks at both ends, bands alone, nothing at all.
func harderDots(lang string) Dots {
	w, d := words[lang], sampleDots(lang)
	d.Rows[0].Situation, d.Rows[0].Effort = band(96, 100, 100), band(92, 99, 100)
	d.Rows[1].Situation = Interval{Low: 10, High: 95, Banded: true, Words: w["few"]}
	d.Rows[1].Effort = Interval{Low: 2, High: 30, Banded: true, Words: w["few"]}
	d.Rows[2].Situation, d.Rows[2].Effort = band(0, 0, 4), band(0, 1, 9)
	d.Rows[3].Situation, d.Rows[3].Effort = Interval{Words: w["few"]}, Interval{Words: w["basis"]}
	d.Rows[4].Situation = Interval{Low: 12, High: 97, Banded: true, Words: w["few"]}
	d.Rows[4].Values = figure(d.Rows[4].Effort.Central)
	for i := range 4 {
		d.Rows[i].Values = ""
	}
	return d
}

// sampleBacked has bands that grow wider, bands alone, and a dimension of which nothing is asked.
func sampleBacked(lang string) Backed {
	w := words[lang]
	d := Backed{Label: w["dotlabel"], Caption: w["dotlabel"], RTL: lang == "ar", Dimension: w["dimension"], Names: [3]string{w["claimed"], w["evidenced"], w["verified"]}}
	for i, name := range names[lang] {
		v := situations[i]
		d.Rows = append(d.Rows, BackedRow{Name: name, Values: [3]Interval{v, band(v.Low-9, v.Central+2, v.High+12), {Low: v.Low - 25, High: 100, Banded: true, Words: w["few"]}}})
	}
	d.Rows[0].Values = [3]Interval{situations[0], situations[0], band(45, 55, 70)}
	d.Rows[4].Values[1] = Interval{Low: 0, High: 100, Banded: true, Words: w["few"]}
	d.Rows[5].Values = [3]Interval{{Words: w["basis"]}, {Words: w["basis"]}, {Words: w["basis"]}}
	return d
}

func sampleRadar(lang string, small, marked bool) Radar {
	w := words[lang]
	d := Radar{Label: w["situation"], RTL: lang == "ar", Dimension: w["dimension"], Name: w["situation"], Marked: marked}
	for i, name := range shorts[lang] {
		c := Corner{Name: name, Value: situations[i]}
		if small {
			c.Name = []string{"MR", "WG", "PA", "SW", "CR", "SO"}[i]
			c.Median, c.MedianKnown, d.MedianName = medians[i], true, w["median"]
		}
		d.Corners = append(d.Corners, c)
	}
	return d
}

func sampleStrip(lang string, cities int) Strip {
	w := words[lang]
	d := Strip{Label: w["city"], Caption: w["city"], RTL: lang == "ar", Dimension: w["dimension"], Median: w["median"],
		FirstQuartile: w["q1"], ThirdQuartile: w["q3"], Marked: w["own"]}
	for i, name := range names[lang] {
		row := StripRow{Name: name, Spread: true, Q1: medians[i] - 11, Median: medians[i], Q3: medians[i] + 7,
			Own: situations[i], Values: fmt.Sprintf(w["against"], figure(situations[i].Central), figure(medians[i]))}
		for k := range cities {
			row.Peers = append(row.Peers, Peer{fmt.Sprint("City ", k), medians[i] - 24 + float64((k*k*7+i*13+k*11)%46)})
		}
		d.Rows = append(d.Rows, row)
	}
	d.Rows[5] = StripRow{Name: names[lang][5], Words: w["fewcities"]}
	return d
}

func sampleBox(lang string) Box {
	w := words[lang]
	d := Box{Label: w["city"], RTL: lang == "ar", Part: w["dimension"], Names: [5]string{"min", w["q1"], w["median"], w["q3"], "max"}, Marked: w["own"]}
	for i, name := range names[lang] {
		d.Rows = append(d.Rows, BoxRow{Name: name, Spread: true, Five: [5]float64{medians[i] - 40, medians[i] - 11, medians[i], medians[i] + 7, medians[i] + 25}, Own: situations[i]})
	}
	d.Rows[0].Five = [5]float64{0, 0, 50, 100, 100}
	d.Rows[5] = BoxRow{Name: names[lang][5], Words: w["fewcities"]}
	return d
}

func sampleScatter(lang string, n int, population bool) Scatter {
	w := words[lang]
	d := Scatter{Label: w["city"], RTL: lang == "ar", City: w["city"], X: Scale{Name: names[lang][0]}, Y: Scale{Name: names[lang][1]}, Marked: w["own"], Least: 5}
	for i := range n {
		p := Point{Name: cities[lang][i%12], X: float64(i * 37 % 101), Y: float64((i*i*7 + 13) % 101), Marked: i == 6}
		if population {
			d.X = Scale{Name: w["city"], Log: true}
			p.X = float64(20_000 + i*i*i*1000%9_000_000)
		}
		d.Points = append(d.Points, p)
	}
	return d
}

func sampleSlope(lang string) Slope {
	w := words[lang]
	d := Slope{Label: w["city"], City: w["city"], RTL: lang == "ar", Before: "2024", Now: "2026", None: w["few"]}
	for i, name := range cities[lang] {
		d.Lines = append(d.Lines, SlopeLine{Name: name, Marked: i == 6, Before: band(10, float64(i*29%90), 99), Now: band(20, float64(40+i*31%60), 99)})
	}
	d.Lines[3].Before = Interval{}
	return d
}

func sampleMatrix(lang string) HeatMap {
	w := words[lang]
	d := HeatMap{Label: w["situation"], RTL: lang == "ar", City: w["city"], NotComparable: w["comparable"], NotAnswered: w["answered"], NotApplicable: "–"}
	for i, n := range []int{4, 6, 4, 4, 4, 4} {
		g := HeatGroup{Name: shorts[lang][i]}
		for k := range n {
			g.Columns = append(g.Columns, fmt.Sprintf("%s.%d", []string{"MR", "WG", "PA", "SW", "CR", "SO"}[i], k+1))
		}
		d.Groups = append(d.Groups, g)
	}
	for i, name := range cities[lang] {
		row := HeatRow{Name: name, Marked: i == 6}
		for k := range 26 {
			c := HeatCell{Value: float64((i*37 + k*53 + i*k*11) % 101)}
			switch {
			case (i+k*3)%23 == 5:
				c = HeatCell{Kind: NotComparable}
			case (i*5+k)%29 == 7:
				c = HeatCell{Kind: NotAnswered}
			case (i*7+k)%31 == 3:
				c = HeatCell{Kind: NotApplicable}
			}
			row.Cells = append(row.Cells, c)
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// sampleMatrixByDimension has six columns named in words.
func sampleMatrixByDimension(lang string) HeatMap {
	d := sampleMatrix(lang)
	d.Groups = []HeatGroup{{Columns: shorts[lang]}}
	for i := range d.Rows {
		d.Rows[i].Cells = d.Rows[i].Cells[:6]
	}
	return d
}

func samples(lang string) []sample {
	w := words[lang]
	return []sample{
		{"dots-wide", sampleDots(lang), Wide},
		{"dots-narrow", sampleDots(lang), Narrow},
		{"dots-harder-wide", harderDots(lang), Wide},
		{"dots-harder-narrow", harderDots(lang), Narrow},
		{"backed-wide", sampleBacked(lang), Wide},
		{"backed-narrow", sampleBacked(lang), Narrow},
		{"radar", sampleRadar(lang, false, false), Wide},
		{"radar-small", sampleRadar(lang, true, false), Small},
		{"radar-small-marked", sampleRadar(lang, true, true), Small},
		{"band", Band{Label: w["situation"], RTL: lang == "ar", Name: w["situation"], Value: band(48, 53, 59)}, Wide},
		{"band-at-the-ends", Band{Label: w["situation"], RTL: lang == "ar", Name: w["situation"], Value: band(1, 50, 99)}, Wide},
		{"strip-wide", sampleStrip(lang, 11), Wide},
		{"strip-narrow", sampleStrip(lang, 11), Narrow},
		{"strip-of-many-wide", sampleStrip(lang, 400), Wide},
		{"box-wide", sampleBox(lang), Wide},
		{"box-narrow", sampleBox(lang), Narrow},
		{"scatter-wide", sampleScatter(lang, 12, false), Wide},
		{"scatter-population-narrow", sampleScatter(lang, 12, true), Narrow},
		{"scatter-of-many-wide", sampleScatter(lang, 3000, true), Wide},
		{"slope-wide", sampleSlope(lang), Wide},
		{"slope-narrow", sampleSlope(lang), Narrow},
		{"matrix", sampleMatrix(lang), Wide},
		{"matrix-by-dimension", sampleMatrixByDimension(lang), Wide},
	}
}

// newEngine opens an engine on the built front end. The Makefile builds it before the tests; without it they fail.
func newEngine(t testing.TB) *Engine {
	t.Helper()
	if _, err := os.Stat("../static/engine.js.gz"); err != nil {
		t.Fatalf("the front end is not built: run `make build`, or `npm ci && npm run build` in frontend (%v)", err)
	}
	e, err := New(os.DirFS("../static"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e.within = time.Minute // the race detector and a busy machine make it ten times slower; engine_test.go tests the limit
	return e
}

// shared is one engine for the tests that only look at drawings: each sample is drawn once.
var shared *Engine

func sharedEngine(t testing.TB) *Engine {
	t.Helper()
	if shared == nil {
		shared = newEngine(t)
	}
	return shared
}

var pictures = flag.String("pictures", "", "write a page with all charts to this folder, to be looked at")

func TestPicturesForTheEye(t *testing.T) {
	e := sharedEngine(t)
	for _, lang := range []string{"en", "ar"} {
		dir := map[string]string{"en": "ltr", "ar": "rtl"}[lang]
		var page strings.Builder
		fmt.Fprintf(&page, `<!doctype html><html lang=%s dir=%s><meta charset=utf-8><link rel=stylesheet href=style.css><main class="wrap wide main">`, lang, dir)
		for _, s := range samples(lang) {
			svg := e.SVG(t.Context(), s.chart, s.size)
			if svg == "" {
				t.Errorf("%s in %s was not drawn", s.name, lang)
			}
			fmt.Fprintf(&page, "<section class=section><h2 class=hsans>%s</h2>%s</section>\n", html.EscapeString(s.name), svg)
		}
		if *pictures != "" {
			if err := os.WriteFile(filepath.Join(*pictures, lang+".html"), []byte(page.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
